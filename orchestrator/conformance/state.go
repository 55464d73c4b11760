package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"banyan/orchestrator"
)

// State tests that an orchestrator.State keeps its contract. open returns an empty
// one each time it is called and leaves the closing to the cleanup of the test that
// it is given.
func State(t *testing.T, open func(tb testing.TB) orchestrator.State) {
	for name, test := range map[string]func(*testing.T, orchestrator.State){
		"Get/Nothing":             stateNothing,
		"Put/RoundTrip":           stateRoundTrip,
		"Put/ErrStale":            stateStale,
		"Put/RevisionsAreNotUsed": stateRevisions,
		"Put/ValuesAreCopies":     stateCopies,
		"Put/BadKeys":             stateBadKeys,
		"Put/CancelledContext":    stateCancelled,
		"Put/OneOfManyWins":       stateRace,
		"Put/CountedByMany":       stateCount,
		"Delete":                  stateDelete,
		"Keys/PrefixSorted":       stateKeys,
		"Watch/EveryChange":       stateWatch,
		"Watch/SlowMissesNone":    stateSlow,
		"Watch/EndsWithContext":   stateWatchEnds,
		"Watch/NewsIsThere":       stateNews,
		"Model":                   stateModel,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// mustPut puts a value and returns its revision.
func mustPut(tb testing.TB, s orchestrator.State, key, value string, revision uint64) uint64 {
	tb.Helper()
	given, err := s.Put(context.Background(), key, []byte(value), revision)
	if err != nil {
		tb.Fatalf("Put(%q, %q, %d): %v", key, value, revision, err)
	}
	return given
}

// wantFact fails unless the key has that value and revision.
func wantFact(tb testing.TB, s orchestrator.State, key, value string, revision uint64) {
	tb.Helper()
	got, r, err := s.Get(context.Background(), key)
	if err != nil || string(got) != value || r != revision {
		tb.Errorf("Get(%q) = %q, %d, %v; want %q, %d", key, got, r, err, value, revision)
	}
}

func stateNothing(t *testing.T, s orchestrator.State) {
	wantFact(t, s, "routes/none", "", 0)
	keys, err := s.Keys(context.Background(), "")
	if err != nil || len(keys) > 0 {
		t.Errorf("an empty state lists %q, %v", keys, err)
	}
	if err := s.Delete(context.Background(), "routes/none", 7); err != nil {
		t.Errorf("deleting what is not there: %v", err)
	}
}

func stateRoundTrip(t *testing.T, s orchestrator.State) {
	for key, value := range map[string]string{
		"a": "1", "empty": "", "a/b": "\x00\xff binary \n", "schlüssel/鍵": "wert", strings.Repeat("k", 1024): strings.Repeat("v", 1<<20),
	} {
		r := mustPut(t, s, key, value, 0)
		if r == 0 {
			t.Errorf("a value got the revision 0, which means that there is none")
		}
		wantFact(t, s, key, value, r)
		r2 := mustPut(t, s, key, value+"!", r)
		wantFact(t, s, key, value+"!", r2)
	}
}

func stateStale(t *testing.T, s orchestrator.State) {
	ctx := context.Background()
	if _, err := s.Put(ctx, "k", []byte("x"), 3); !errors.Is(err, orchestrator.ErrStale) {
		t.Errorf("changing what is not there: %v, want ErrStale", err)
	}
	first := mustPut(t, s, "k", "one", 0)
	second := mustPut(t, s, "k", "two", first)
	for _, revision := range []uint64{0, first, second + 1} {
		if _, err := s.Put(ctx, "k", []byte("x"), revision); !errors.Is(err, orchestrator.ErrStale) {
			t.Errorf("Put with revision %d: %v, want ErrStale", revision, err)
		}
		if err := s.Delete(ctx, "k", revision); !errors.Is(err, orchestrator.ErrStale) {
			t.Errorf("Delete with revision %d: %v, want ErrStale", revision, err)
		}
	}
	wantFact(t, s, "k", "two", second)
}

// A key that was deleted and made again must not be taken for the old one.
func stateRevisions(t *testing.T, s orchestrator.State) {
	ctx := context.Background()
	seen := map[uint64]bool{}
	for range 5 {
		r := mustPut(t, s, "k", "v", 0)
		if seen[r] {
			t.Fatalf("the revision %d was given twice", r)
		}
		seen[r] = true
		if err := s.Delete(ctx, "k", r); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Put(ctx, "k", []byte("late"), r); !errors.Is(err, orchestrator.ErrStale) {
			t.Fatalf("Put with the revision of a deleted value: %v, want ErrStale", err)
		}
	}
}

func stateCopies(t *testing.T, s orchestrator.State) {
	ctx := context.Background()
	in := []byte("value")
	r, err := s.Put(ctx, "k", in, 0)
	if err != nil {
		t.Fatal(err)
	}
	in[0] = 'X'
	out, _, err := s.Get(ctx, "k")
	if err != nil || len(out) != 5 {
		t.Fatalf("Get: %q, %v", out, err)
	}
	out[1] = 'X'
	wantFact(t, s, "k", "value", r)
}

func stateBadKeys(t *testing.T, s orchestrator.State) {
	ctx := context.Background()
	for _, key := range []string{"", strings.Repeat("k", 1025), "\xff"} {
		_, put := s.Put(ctx, key, nil, 0)
		_, _, get := s.Get(ctx, key)
		for what, err := range map[string]error{"Put": put, "Get": get, "Delete": s.Delete(ctx, key, 0)} {
			var e *orchestrator.Error
			if !errors.As(err, &e) || e.Code != orchestrator.CodeInvalid {
				t.Errorf("%s with a key of %d bytes: %v, want the code %s", what, len(key), err, orchestrator.CodeInvalid)
			}
		}
	}
}

func stateCancelled(t *testing.T, s orchestrator.State) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, put := s.Put(ctx, "k", nil, 0)
	_, _, get := s.Get(ctx, "k")
	_, keys := s.Keys(ctx, "")
	_, watch := s.Watch(ctx, "")
	for what, err := range map[string]error{"Put": put, "Get": get, "Keys": keys, "Watch": watch, "Delete": s.Delete(ctx, "k", 0)} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", what, err)
		}
	}
	wantFact(t, s, "k", "", 0)
}

func stateRace(t *testing.T, s orchestrator.State) {
	revision := uint64(0)
	for round := range 20 {
		var wg sync.WaitGroup
		var won atomic.Int32
		var mu sync.Mutex
		next, value := uint64(0), ""
		for i := range 8 {
			wg.Go(func() {
				mine := fmt.Sprint(round, "/", i)
				given, err := s.Put(context.Background(), "k", []byte(mine), revision)
				switch {
				case err == nil:
					won.Add(1)
					mu.Lock()
					next, value = given, mine
					mu.Unlock()
				case !errors.Is(err, orchestrator.ErrStale):
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d of 8 won", round, won.Load())
		}
		wantFact(t, s, "k", value, next)
		revision = next
	}
}

// stateCount adds to one counter from many sides by compare-and-set: none is lost.
func stateCount(t *testing.T, s orchestrator.State) {
	const sides, each = 6, 15
	ctx := context.Background()
	var wg sync.WaitGroup
	for range sides {
		wg.Go(func() {
			for done := 0; done < each; {
				value, revision, err := s.Get(ctx, "count")
				if err != nil {
					t.Error(err)
					return
				}
				_, err = s.Put(ctx, "count", append(value, '|'), revision)
				switch {
				case err == nil:
					done++
				case !errors.Is(err, orchestrator.ErrStale):
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	value, _, err := s.Get(ctx, "count")
	if err != nil || len(value) != sides*each {
		t.Errorf("%d of %d were counted, %v", len(value), sides*each, err)
	}
}

func stateDelete(t *testing.T, s orchestrator.State) {
	ctx := context.Background()
	r := mustPut(t, s, "k", "v", 0)
	other := mustPut(t, s, "k2", "v2", 0)
	for range 2 {
		if err := s.Delete(ctx, "k", r); err != nil {
			t.Fatalf("Delete: %v", err)
		}
		wantFact(t, s, "k", "", 0)
	}
	wantFact(t, s, "k2", "v2", other)
}

func stateKeys(t *testing.T, s orchestrator.State) {
	for _, key := range []string{"routes/b", "routes/a", "route", "routes", "routes/", "s", "routes/a/x", "routfs"} {
		mustPut(t, s, key, "v", 0)
	}
	for prefix, want := range map[string][]string{
		"":          {"route", "routes", "routes/", "routes/a", "routes/a/x", "routes/b", "routfs", "s"},
		"routes/":   {"routes/", "routes/a", "routes/a/x", "routes/b"},
		"routes/a":  {"routes/a", "routes/a/x"},
		"routes/ax": nil,
		"t":         nil,
	} {
		got, err := s.Keys(context.Background(), prefix)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("Keys(%q) = %q, %v; want %q", prefix, got, err, want)
		}
	}
}

// mustWatch watches until the test ends.
func mustWatch(t *testing.T, s orchestrator.State, prefix string) <-chan string {
	t.Helper()
	ch, err := s.Watch(t.Context(), prefix)
	if err != nil {
		t.Fatalf("Watch(%q): %v", prefix, err)
	}
	return ch
}

func stateWatch(t *testing.T, s orchestrator.State) {
	ctx := context.Background()
	before := mustPut(t, s, "routes/before", "v", 0)
	all, some := mustWatch(t, s, ""), mustWatch(t, s, "routes/")
	a := mustPut(t, s, "routes/a", "1", 0)
	mustPut(t, s, "limits/x", "1", 0)
	if _, err := s.Put(ctx, "routes/a", nil, a+100); !errors.Is(err, orchestrator.ErrStale) {
		t.Fatal(err)
	}
	if err := s.Delete(ctx, "routes/none", 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(ctx, "routes/before", before); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		ch   <-chan string
		want []string
	}{
		"all":  {all, []string{"routes/a", "limits/x", "routes/before"}},
		"some": {some, []string{"routes/a", "routes/before"}},
	} {
		got := map[string]bool{}
		for range tt.want {
			got[<-tt.ch] = true
		}
		for _, key := range tt.want {
			if !got[key] {
				t.Errorf("%s: %q was not told of, got %v", name, key, got)
			}
		}
	}
	a = mustPut(t, s, "routes/a", "2", a)
	if got := <-some; got != "routes/a" {
		t.Errorf("after a second change came %q", got)
	}
	mustPut(t, s, "routes/a", "3", a)
	if got := <-some; got != "routes/a" {
		t.Errorf("after a third change came %q", got)
	}
}

// Nobody receives while a few keys change often: no change waits for that, and
// afterwards each key comes, and not more often than it changed.
func stateSlow(t *testing.T, s orchestrator.State) {
	ch := mustWatch(t, s, "k")
	const keys, changes = 4, 10
	revisions := make([]uint64, keys)
	for i := range keys * changes {
		k := i % keys
		revisions[k] = mustPut(t, s, fmt.Sprint("k", k), fmt.Sprint(i), revisions[k])
	}
	last := mustPut(t, s, "k/last", "", 0)
	if last == 0 {
		t.Fatal("no revision")
	}
	seen := map[string]int{}
	for key := range ch {
		if seen[key]++; key == "k/last" {
			break
		}
	}
	for k := range keys {
		if n := seen[fmt.Sprint("k", k)]; n < 1 || n > changes {
			t.Errorf("k%d came %d times", k, n)
		}
	}
}

func stateWatchEnds(t *testing.T, s orchestrator.State) {
	ctx, cancel := context.WithCancel(context.Background())
	idle, err := s.Watch(ctx, "idle")
	if err != nil {
		t.Fatal(err)
	}
	full, err := s.Watch(ctx, "full")
	if err != nil {
		t.Fatal(err)
	}
	r := mustPut(t, s, "full", "1", 0)
	cancel()
	for range full { // what was waiting may come, then the end
	}
	if key, open := <-idle; open {
		t.Errorf("after the end came %q", key)
	}
	mustPut(t, s, "full", "2", r)
}

// Who is told of a key gets the new value.
func stateNews(t *testing.T, s orchestrator.State) {
	ch := mustWatch(t, s, "n")
	var wg sync.WaitGroup
	const changes = 30
	wg.Go(func() {
		r := uint64(0)
		for i := range changes {
			given, err := s.Put(context.Background(), "n", []byte(fmt.Sprint(i+1)), r)
			if err != nil {
				t.Error(err)
				return
			}
			r = given
		}
	})
	before := 0
	for before < changes {
		<-ch
		value, _, err := s.Get(context.Background(), "n")
		var n int
		if _, scan := fmt.Sscan(string(value), &n); err != nil || scan != nil || n < before {
			t.Errorf("after %d came %q, %v", before, value, err)
			break
		}
		before = n
	}
	wg.Wait()
}
