package memory_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"banyan/memory"
	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestStateConformance(t *testing.T) {
	conformance.State(t, func(tb testing.TB) orchestrator.State {
		return MustOpen(tb, filepath.Join(tb.TempDir(), "banyan.db"), memory.Options{NoSync: true}).State()
	})
}

func TestStateStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	s := MustOpen(t, path, memory.Options{})
	r, err := s.State().Put(t.Context(), "routes/a", []byte("canary=25"), 0)
	if err != nil {
		t.Fatal(err)
	}
	MustClose(t, s)
	s = MustOpen(t, path, memory.Options{})
	value, again, err := s.State().Get(t.Context(), "routes/a")
	if err != nil || string(value) != "canary=25" || again != r {
		t.Errorf("after reopening: %q, %d, %v; want revision %d", value, again, err, r)
	}
	next, err := s.State().Put(t.Context(), "routes/b", nil, 0)
	if err != nil || next == r {
		t.Errorf("the revision %d was given again, %v", next, err)
	}
}

func TestStateEndsWithTheStore(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	state := s.State()
	ch, err := state.Watch(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	MustClose(t, s)
	if key, open := <-ch; open {
		t.Errorf("after the end came %q", key)
	}
	if _, err := state.Watch(t.Context(), ""); err == nil {
		t.Error("a closed store is watched")
	}
	if _, err := state.Put(t.Context(), "a", nil, 0); code(err) != orchestrator.CodeStore {
		t.Errorf("Put: %v, want the code %s", err, orchestrator.CodeStore)
	}
	if _, _, err := state.Get(t.Context(), "a"); code(err) != orchestrator.CodeStore {
		t.Errorf("Get: %v, want the code %s", err, orchestrator.CodeStore)
	}
}

func TestStateNoticesDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	s := MustOpen(t, path, memory.Options{})
	if _, err := s.State().Put(t.Context(), "k", []byte("a value that stands out"), 0); err != nil {
		t.Fatal(err)
	}
	MustClose(t, s)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content = bytes.ReplaceAll(content, []byte("stands out"), []byte("stands 0ut"))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s = MustOpen(t, path, memory.Options{})
	if _, _, err := s.State().Get(t.Context(), "k"); code(err) != memory.CodeDamaged {
		t.Errorf("Get: %v, want the code %s", err, memory.CodeDamaged)
	}
	if _, err := s.State().Put(t.Context(), "k", nil, 0); code(err) != memory.CodeDamaged {
		t.Errorf("Put: %v, want the code %s", err, memory.CodeDamaged)
	}
}

// helperState raises counters "c0", "c1" … for ever, each by compare-and-set, and
// prints "c0 17" once 17 has been acknowledged.
func helperState(path string) int {
	s, err := memory.Open(path, memory.Options{})
	if err != nil {
		say("error %v", err)
		return 1
	}
	state, ctx := s.State(), context.Background()
	failed := make(chan error)
	for w := range writers {
		go func() {
			key := fmt.Sprint("c", w)
			for {
				value, revision, err := state.Get(ctx, key)
				n := 0
				if err == nil && revision > 0 {
					_, err = fmt.Sscan(string(value), &n)
				}
				if err == nil {
					_, err = state.Put(ctx, key, []byte(fmt.Sprint(n+1)), revision)
				}
				if err != nil {
					failed <- err
					return
				}
				say("%s %d", key, n+1)
			}
		}()
	}
	say("error %v", <-failed)
	return 1
}

// stateKills is how often TestStateCrash kills a process that writes.
const stateKills = 12

// TestStateCrash kills a process that changes shared facts, again and again on the
// same file, and compares what is there with what had been acknowledged.
func TestStateCrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	acknowledged := make([]int, writers)
	for round := range stateKills {
		p := MustStart(t, "state", path)
		note := func(line string) {
			var w, n int
			if _, err := fmt.Sscanf(line, "c%d %d", &w, &n); err != nil || strings.HasPrefix(line, "error") {
				t.Fatalf("round %d: the process says %q", round, line)
			}
			if n != acknowledged[w]+1 {
				t.Fatalf("round %d: c%d is %d after %d", round, w, n, acknowledged[w])
			}
			acknowledged[w] = n
		}
		for range 5 + 3*round {
			note(p.line())
		}
		_ = p.Process.Kill() // it is there: it just wrote
		for line := p.line(); line != ""; line = p.line() {
			note(line)
		}
		_ = p.Wait() // it was killed

		s := MustOpen(t, path, memory.Options{})
		for w := range writers {
			value, revision, err := s.State().Get(t.Context(), fmt.Sprint("c", w))
			n := 0
			if err == nil && revision > 0 {
				_, err = fmt.Sscan(string(value), &n)
			}
			// One more may be there: stored, and killed before it could say so.
			if err != nil || n < acknowledged[w] || n > acknowledged[w]+1 {
				t.Fatalf("round %d: c%d is %d, %v; %d was acknowledged", round, w, n, err, acknowledged[w])
			}
			acknowledged[w] = n
		}
		MustClose(t, s)
	}
}

func TestStateSharesATransaction(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{})
	state := s.State()
	// A stale write must not take down the others that share its transaction.
	done := make(chan error)
	for i := range 40 {
		go func() {
			revision := uint64(0)
			if i%2 == 1 {
				revision = 1 << 40
			}
			_, err := state.Put(context.Background(), fmt.Sprint("k", i), nil, revision)
			if errors.Is(err, orchestrator.ErrStale) == (i%2 == 1) {
				err = nil
			}
			done <- err
		}()
	}
	for range 40 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	keys, err := state.Keys(t.Context(), "k")
	if err != nil || len(keys) != 20 {
		t.Errorf("%d keys are there, %v; want 20", len(keys), err)
	}
}

func BenchmarkState(b *testing.B) {
	for name, opts := range map[string]memory.Options{"Synced": {}, "NoSync": {NoSync: true}} {
		s := MustOpen(b, filepath.Join(b.TempDir(), "banyan.db"), opts)
		state, ctx := s.State(), context.Background()
		value := make([]byte, 300)
		revision := uint64(0)
		b.Run("Put/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var err error
				if revision, err = state.Put(ctx, "routes/cancel_order", value, revision); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Get/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := state.Get(ctx, "routes/cancel_order"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
