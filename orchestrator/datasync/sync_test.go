package datasync

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

func TestWritesAreReadOnTheOtherSide(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	w.put(old, "ada/x", "1")
	if got := w.peek(fresh, "ada/x"); got != "" {
		t.Fatalf("it came to the other side as %q while the workers pause", got)
	}
	if got := w.get(fresh, "ada/x"); got != "1" {
		t.Errorf("the new side says %q", got)
	}
	if got := w.peek(follow, "ada/x"); got != "" {
		t.Errorf("a barrier of one node brought %q to another", got)
	}
	w.put(fresh, "ada/x", "2")
	if got := w.get(old, "ada/x"); got != "2" {
		t.Errorf("the old side says %q", got)
	}
	if got := w.get(follow, "ADA/x"); got != "" {
		t.Errorf("another key says %q", got)
	}
	if got := w.get(follow, "ada/x"); got != "2" {
		t.Errorf("the follower says %q", got)
	}
	if w.pending() != 0 || w.Status().Conflicts != 0 {
		t.Errorf("status %+v", w.Status())
	}
}

// TestWorkersBringWhatNobodyAsksFor waits for the workers by their news.
func TestWorkersBringWhatNobodyAsksFor(t *testing.T) {
	arrived := make(chan string, 16)
	w := mustOpen(t, t.TempDir(), func(o *Options) {
		o.Audit = func(tx *bbolt.Tx, node string, e Event) error {
			tx.OnCommit(func() { arrived <- node + " " + e.Name + " " + e.Owner })
			return nil
		}
	})
	w.put(old, "ada/x", "1")
	got := map[string]bool{<-arrived: true, <-arrived: true}
	if !got["new ThingPut ada"] || !got["follower ThingPut ada"] {
		t.Errorf("arrived: %v", got)
	}
	if w.peek(fresh, "ada/x") != "1" || w.peek(follow, "ada/x") != "1" {
		t.Error("the state did not arrive")
	}
}

func TestDryRunsAndRefusalsTellNobody(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	dry := request("put", "ada/x", "1")
	dry.DryRun = true
	res, err := w.services[old].Call(context.Background(), dry)
	if want := map[string]any{"thing ada/x": map[string]any{"key": "ada/x", "value": "1"}}; err != nil || !reflect.DeepEqual(res.State, want) {
		t.Errorf("a dry run tells the state %v, %v", res.State, err)
	}
	boom := errors.New("boom")
	err = w.shelves[old].db.Update(func(tx *bbolt.Tx) error {
		if err := w.Record(context.Background(), tx, old, Change{Name: "ThingPut", Kind: thing, Key: "ada/x", Owner: "ada", State: thingState{"ada/x", "2"}}); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if n := w.outbox(old); n != 0 || w.pending() != 0 {
		t.Errorf("%d events in the outbox, %d pending", n, w.pending())
	}
}

func TestRecordRefusesWhatIsNotTheNodes(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	for name, c := range map[string]struct {
		node   string
		change Change
	}{
		"Follower": {follow, Change{Name: "E", Kind: thing, Key: "k", Owner: "o"}},
		"Kind":     {old, Change{Name: "E", Kind: "other", Key: "k", Owner: "o"}},
		"NoName":   {old, Change{Kind: thing, Key: "k", Owner: "o"}},
		"NoOwner":  {old, Change{Name: "E", Kind: thing, Key: "k"}},
		"Stranger": {"nobody", Change{Name: "E", Kind: thing, Key: "k", Owner: "o"}},
		"NotJSON":  {old, Change{Name: "E", Kind: thing, Key: "k", Owner: "o", State: make(chan int)}},
	} {
		db := w.shelves[old].db
		if c.node == follow {
			db = w.shelves[follow].db
		}
		if err := db.Update(func(tx *bbolt.Tx) error { return w.Record(context.Background(), tx, c.node, c.change) }); err == nil {
			t.Errorf("%s: recorded", name)
		}
	}
	err := w.shelves[old].db.Update(func(tx *bbolt.Tx) error {
		return w.Record(context.Background(), tx, fresh, Change{Name: "E", Kind: thing, Key: "k", Owner: "o"})
	})
	if err == nil {
		t.Error("recorded in the file of another node")
	}
}

func TestOutboxIsTrimmed(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	for range 40 {
		w.put(old, "ada/x", "1")
	}
	if n := w.outbox(old); n != 40 {
		t.Fatalf("%d events in the outbox", n)
	}
	w.get(fresh, "ada/x")
	w.put(old, "ada/x", "2")
	if n := w.outbox(old); n != 41 {
		t.Errorf("%d events: some were trimmed that the follower does not have", n)
	}
	w.drain()
	if n := w.outbox(old); n != 0 {
		t.Errorf("%d events in the outbox after all arrived", n)
	}
}

// TestChangesOfOneOwnerFollowEachOther holds a call inside its service after its
// caller has given up.
func TestChangesOfOneOwnerFollowEachOther(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.put(old, "ada/x", "1")
	entered, leave := make(chan struct{}), make(chan struct{})
	w.shelves[old].enter = func() { close(entered); <-leave }
	left, giveUp := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = w.services[old].Call(left, request("put", "ada/x", "2")) })
	<-entered
	giveUp()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := w.services[fresh].Call(ctx, request("put", "ada/x", "3"))
	var coded *orchestrator.Error
	if !errors.As(err, &coded) || coded.Code != orchestrator.CodeUnavailable || !errors.Is(err, orchestrator.ErrNotSent) {
		t.Errorf("a second change of the same customer: %v", err)
	}
	if got := w.get(fresh, "ada/x"); got != "1" {
		t.Errorf("a read beside a change that hangs says %q", got)
	}
	w.put(fresh, "ben/x", "4")
	close(leave)
	wg.Wait()
	w.shelves[old].enter = nil
	w.put(fresh, "ada/x", "5")
	if got := w.get(old, "ada/x"); got != "5" || w.owners.held["ada"] != nil {
		t.Errorf("the old side says %q, the lock is %+v", got, w.owners.held["ada"])
	}
}

// TestCallsWithoutOwnerPass sees that what is about nobody waits for nothing.
func TestCallsWithoutOwnerPass(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	call := request("get", "ada/x", "")
	call.Subject = orchestrator.User{}
	if _, err := w.services[old].Call(context.Background(), call); err != nil {
		t.Error(err)
	}
}

func TestBarrierGivesUpWithTheCaller(t *testing.T) {
	way := &stuck{gate: make(chan struct{})}
	w := mustOpen(t, t.TempDir(), func(o *Options) {
		o.Carry = func(direct Transport) Transport { way.Transport = direct; return way }
	})
	w.put(old, "ada/x", "1")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := w.services[fresh].Call(ctx, request("get", "ada/x", ""))
	var coded *orchestrator.Error
	if !errors.As(err, &coded) || coded.Code != orchestrator.CodeUnavailable || !errors.Is(err, orchestrator.ErrNotSent) || !strings.Contains(coded.Message, "new service") {
		t.Errorf("got %v", err)
	}
	if got := w.get(fresh, "ben/x"); got != "" {
		t.Errorf("somebody else's thing is %q", got)
	}
	if err := w.SetBarrier(false); err != nil {
		t.Fatal(err)
	}
	if got := w.get(fresh, "ada/x"); got != "" || w.Status().Barrier {
		t.Errorf("without the barrier it is %q", got)
	}
	if err := w.SetBarrier(true); err != nil {
		t.Fatal(err)
	}
	close(way.gate)
	if got := w.get(fresh, "ada/x"); got != "1" {
		t.Errorf("when the way is free it is %q", got)
	}
}

// TestLag lets time pass by hand: the workers wait, a barrier does not.
func TestLag(t *testing.T) {
	var mu sync.Mutex
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	asked, passes := make(chan time.Duration, 64), make(chan time.Time, 64)
	arrived := make(chan string, 16)
	w := mustOpen(t, t.TempDir(), func(o *Options) {
		o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
		o.After = func(d time.Duration) <-chan time.Time { asked <- d; return passes }
		o.Audit = func(tx *bbolt.Tx, node string, e Event) error {
			tx.OnCommit(func() { arrived <- node })
			return nil
		}
	})
	if err := w.SetLag(time.Minute); err != nil {
		t.Fatal(err)
	}
	w.put(old, "ada/x", "1")
	if d := <-asked; d != time.Minute {
		t.Errorf("a worker waits for %s", d)
	}
	<-asked
	if w.peek(fresh, "ada/x") != "" || w.pending() != 2 {
		t.Errorf("it arrived at once: %+v", w.Status())
	}
	if got := w.get(fresh, "ada/x"); got != "1" {
		t.Errorf("through the barrier it is %q", got)
	}
	<-arrived
	mu.Lock()
	now = now.Add(time.Minute)
	mu.Unlock()
	passes <- now
	passes <- now
	if node := <-arrived; node != follow {
		t.Errorf("after the lag it arrived at %s", node)
	}
	again := mustReopen(t, w)
	if again.Status().Lag != time.Minute {
		t.Errorf("the lag is forgotten: %+v", again.Status())
	}
	if err := again.SetLag(-1); err == nil {
		t.Error("a lag below zero was set")
	}
}

func mustReopen(t *testing.T, w *world, edit ...func(*Options)) *world {
	t.Helper()
	w.close()
	return mustOpen(t, w.dir, edit...)
}

// TestWhatIsUnderWaySurvives closes everything between the commit of an event and
// its arrival.
func TestWhatIsUnderWaySurvives(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	w.put(old, "ada/x", "1")
	w.put(fresh, "ben/x", "2")
	w.get(fresh, "ada/x")
	w = mustReopen(t, w)
	w.SetPaused(true)
	if got := w.get(old, "ben/x"); got != "2" {
		t.Errorf("the old side says %q", got)
	}
	w.drain()
	if w.peek(follow, "ada/x") != "1" || w.peek(follow, "ben/x") != "2" || w.outbox(old)+w.outbox(fresh) != 0 {
		t.Errorf("the follower lacks something: %+v", w.Status())
	}
}

// TestNumberThatTellsOfMovedState sees the number of an owner grow.
func TestNumberThatTellsOfMovedState(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	w.put(fresh, "ada/x", "1")
	w.drain()
	if n := w.Version("ada"); n != 0 {
		t.Errorf("after a change of the modern side it is %d", n)
	}
	w.put(old, "ada/x", "2")
	if n := w.Version("ada"); n != 0 {
		t.Errorf("before it arrived it is %d", n)
	}
	w.get(fresh, "ada/x")
	if n := w.Version("Ada"); n != 1 || w.Version("ben") != 0 {
		t.Errorf("after it arrived it is %d", n)
	}
}

// TestWhatComesAgainIsDropped delivers by hand: the same again, one that is half
// new, and one after a gap.
func TestWhatComesAgainIsDropped(t *testing.T) {
	w := mustOpen(t, t.TempDir())
	w.SetPaused(true)
	for _, v := range []string{"1", "2", "3"} {
		w.put(old, "ada/x", v)
	}
	batch := func(after, through uint64) Batch {
		t.Helper()
		b, err := w.batch(w.byName[fresh], w.byName[old], after, through)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	deliver := func(b Batch, value string, duplicates uint64) {
		t.Helper()
		err := w.apply(context.Background(), fresh, b)
		if got := w.peek(fresh, "ada/x"); err != nil || got != value || w.Status().Duplicates != duplicates || w.Status().Stale != 0 {
			t.Errorf("it is %q, %+v, %v", got, w.Status(), err)
		}
	}
	if err := w.apply(context.Background(), fresh, batch(1, 3)); err == nil {
		t.Error("a gap was not seen")
	}
	deliver(batch(0, 1), "1", 0)
	deliver(batch(0, 1), "1", 1)
	deliver(batch(0, 2), "2", 2)
	deliver(batch(2, 3), "3", 2)
	deliver(batch(0, 3), "3", 5)
	if st := w.Status(); w.pending() != 3 { // the follower has none of them
		t.Errorf("%+v", st)
	}
}
