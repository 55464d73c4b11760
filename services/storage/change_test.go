package storage

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func mustOpen(tb testing.TB) (*Store, *clock) {
	tb.Helper()
	db, err := bbolt.Open(filepath.Join(tb.TempDir(), "test.db"), 0o600, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	c := &clock{time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)}
	s, err := Open(db, "counter", c.now, "numbers")
	if err != nil {
		tb.Fatal(err)
	}
	return s, c
}

func (s *Store) value(tb testing.TB) int {
	tb.Helper()
	var n int
	if err := s.View(func(tx *bbolt.Tx) (err error) {
		n, _, err = Get[int](s.Collection(tx, "numbers"), "n")
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return n
}

// add is a change that is easy to count.
func add(s *Store, call orchestrator.Call) (int, error) {
	return Change(context.Background(), s, call, func(tx *bbolt.Tx) (int, error) {
		n, _, err := Get[int](s.Collection(tx, "numbers"), "n")
		if err != nil {
			return 0, err
		}
		return n + 1, Put(s.Collection(tx, "numbers"), "n", n+1)
	})
}

func TestChangeOnceForEachKey(t *testing.T) {
	s, _ := mustOpen(t)
	call := orchestrator.Call{Intent: "add", Key: "k", Args: map[string]any{"a": 1.0}}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if n, err := add(s, call); n != 1 || err != nil {
				t.Errorf("got %d, %v", n, err)
			}
		})
	}
	wg.Wait()
	if n := s.value(t); n != 1 {
		t.Errorf("50 calls with one key count as %d", n)
	}
	for name, edit := range map[string]func(*orchestrator.Call){
		"Args":    func(c *orchestrator.Call) { c.Args = map[string]any{"a": 2.0} },
		"Intent":  func(c *orchestrator.Call) { c.Intent = "subtract" },
		"Subject": func(c *orchestrator.Call) { c.Subject.Email = "mal@example.com" },
		"DryRun":  func(c *orchestrator.Call) { c.Args, c.DryRun = nil, true },
	} {
		other := call
		edit(&other)
		_, err := add(s, other)
		var coded *orchestrator.Error
		if !errors.As(err, &coded) || coded.Code != CodeKeyReused {
			t.Errorf("the key for another %s: %v", name, err)
		}
	}
	if n := s.value(t); n != 1 {
		t.Errorf("refused calls counted: %d", n)
	}
}

func TestKept(t *testing.T) {
	s, _ := mustOpen(t)
	call := orchestrator.Call{Intent: "add", Key: "k", Args: map[string]any{"a": 1.0}}
	kept := func(want string, code string) {
		t.Helper()
		raw, found, err := s.Kept(context.Background(), call)
		var coded *orchestrator.Error
		if errors.As(err, &coded) != (code != "") || (coded != nil && coded.Code != code) || found != (want != "") || string(raw) != want {
			t.Errorf("got %s, %v, %v, want %s %s", raw, found, err, want, code)
		}
	}
	kept("", "")
	dry := call
	dry.DryRun = true
	if _, err := add(s, dry); err != nil {
		t.Fatal(err)
	}
	kept("", "")
	if _, err := add(s, call); err != nil {
		t.Fatal(err)
	}
	kept("1", "")
	call.Args = map[string]any{"a": 2.0}
	kept("", CodeKeyReused)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, found, err := s.Kept(ctx, call); found || !errors.Is(err, context.Canceled) {
		t.Errorf("after the context has ended: %v, %v", found, err)
	}
}

func TestChangeWithoutKeyCountsEveryTime(t *testing.T) {
	s, _ := mustOpen(t)
	for want := 1; want < 4; want++ {
		if n, err := add(s, orchestrator.Call{}); n != want || err != nil {
			t.Errorf("got %d, %v, want %d", n, err, want)
		}
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	s, _ := mustOpen(t)
	call := orchestrator.Call{Intent: "add", Key: "k", DryRun: true}
	for range 3 {
		if n, err := add(s, call); n != 1 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
	}
	if n := s.value(t); n != 0 {
		t.Errorf("dry runs counted: %d", n)
	}
	call.DryRun = false
	if n, err := add(s, call); n != 1 || err != nil {
		t.Errorf("the key was spent by a dry run: %d, %v", n, err)
	}
}

func TestFailedChangeLeavesNothing(t *testing.T) {
	s, _ := mustOpen(t)
	boom := errors.New("boom")
	call := orchestrator.Call{Intent: "add", Key: "k"}
	_, err := Change(context.Background(), s, call, func(tx *bbolt.Tx) (int, error) {
		return 7, errors.Join(Put(s.Collection(tx, "numbers"), "n", 7), boom)
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if n := s.value(t); n != 0 {
		t.Errorf("a failed change left %d", n)
	}
	if n, err := add(s, call); n != 1 || err != nil {
		t.Errorf("the key was spent by a failure: %d, %v", n, err)
	}
}

func TestEndedContextChangesNothing(t *testing.T) {
	s, _ := mustOpen(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Change(ctx, s, orchestrator.Call{}, func(*bbolt.Tx) (int, error) {
		t.Error("the change ran")
		return 0, nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestOldKeysAreForgotten(t *testing.T) {
	s, c := mustOpen(t)
	count := func() (known, at int) {
		if err := s.View(func(tx *bbolt.Tx) error {
			known, at = s.Collection(tx, keys).Stats().KeyN, s.Collection(tx, keysAt).Stats().KeyN
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return known, at
	}
	for i := range 20 {
		if _, err := add(s, orchestrator.Call{Key: fmt.Sprint("old", i)}); err != nil {
			t.Fatal(err)
		}
	}
	c.at = c.at.Add(remembered / 2)
	if _, err := add(s, orchestrator.Call{Key: "young"}); err != nil {
		t.Fatal(err)
	}
	if known, at := count(); known != 21 || at != 21 {
		t.Errorf("%d keys and %d times, want 21", known, at)
	}
	c.at = c.at.Add(remembered/2 + time.Second)
	for i := range 4 {
		if _, err := add(s, orchestrator.Call{Key: fmt.Sprint("new", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if known, at := count(); known != 5 || at != 5 {
		t.Errorf("%d keys and %d times, want 5", known, at)
	}
}

func TestClearAndReopen(t *testing.T) {
	s, _ := mustOpen(t)
	call := orchestrator.Call{Key: "k"}
	if _, err := add(s, call); err != nil {
		t.Fatal(err)
	}
	again, err := Open(s.db, "counter", nil, "numbers")
	if err != nil {
		t.Fatal(err)
	}
	if n := again.value(t); n != 1 {
		t.Errorf("reopened, it says %d", n)
	}
	if err := s.db.Update(s.Clear); err != nil {
		t.Fatal(err)
	}
	if n := s.value(t); n != 0 {
		t.Errorf("cleared, it says %d", n)
	}
	if n, err := add(s, call); n != 1 || err != nil {
		t.Errorf("the key outlived Clear: %d, %v", n, err)
	}
}

func BenchmarkChange(b *testing.B) {
	s, _ := mustOpen(b)
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		if _, err := add(s, orchestrator.Call{Key: fmt.Sprint(i)}); err != nil {
			b.Fatal(err)
		}
	}
}
