package memory_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"banyan/memory"
	"banyan/orchestrator"
)

// journalNotes is how many notes a turn of helperJournal has.
const journalNotes = 4

// crashOpen is the nth turn that a worker of helperJournal begins, of a size that
// takes several pages now and then.
func crashOpen(worker string, n int) orchestrator.OpenTurn {
	t := newTurn(worker, n)
	if n%7 == 3 {
		t.Steps[0].Result["note"] = fmt.Sprintf("%020000d", n)
	}
	return orchestrator.OpenTurn{Turn: t, Key: t.ID, Began: t.At}
}

func crashNote(n int) orchestrator.JournalNote {
	return orchestrator.JournalNote{Kind: orchestrator.NoteEnded, Step: &orchestrator.StepRecord{ID: fmt.Sprint(n), Intent: "cancel_order"}}
}

// helperJournal lets turns of conversations w0, w1 … begin, go on and end for
// ever, and prints "w0 17 n" once n things of turn 17 of w0 were acknowledged:
// the beginning, each note, the end.
func helperJournal(path string) int {
	s, err := memory.Open(path, memory.Options{})
	if err != nil {
		say("error %v", err)
		return 1
	}
	ctx := context.Background()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			name := fmt.Sprint("w", w)
			// A turn that was left unfinished is never taken up again: go on behind it.
			first, err := firstFree(s, name)
			for n := first; err == nil; n++ {
				o := crashOpen(name, n)
				if err = s.Begin(ctx, o); err != nil {
					break
				}
				say("%s %d 1", name, n)
				for i := range journalNotes {
					if err = s.Note(ctx, o.Turn.ID, crashNote(i), false); err == nil {
						say("%s %d %d", name, n, 2+i)
					}
				}
				if err == nil && n%5 == 4 {
					err = s.Drop(ctx, o.Turn.ID)
				} else if err == nil {
					err = s.Append(ctx, o.Turn)
				}
				if err == nil {
					say("%s %d %d", name, n, 2+journalNotes)
				}
			}
			say("error %v", err)
		})
	}
	wg.Wait()
	return 1
}

// firstFree is the number behind those of all turns of a worker.
func firstFree(s *memory.Store, worker string) (int, error) {
	turns, err := s.Turns(context.Background(), worker, 1)
	if err != nil {
		return 0, err
	}
	open, err := s.Unfinished(context.Background())
	for _, o := range open {
		if o.Turn.Conversation == worker {
			turns = append(turns, o.Turn)
		}
	}
	first := 0
	for _, t := range turns {
		var n int
		if _, scan := fmt.Sscanf(t.ID, worker+"-%d", &n); scan == nil {
			first = max(first, n+1)
		}
	}
	return (first + 9) / 10 * 10, err // a dropped turn may stand behind the last stored one
}

// crashTurn names a turn of a worker.
type crashTurn struct{ worker, n int }

// TestJournalCrash kills a process whose turns begin, go on and end, again and
// again on the same files, and compares what is there with what had been
// acknowledged: no turn that began and did not end is lost, none of its notes,
// and none that ended comes back.
func TestJournalCrash(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any seed will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "banyan.db")
	begun, left, notes := 0, 0, 0
	for round := range kills {
		said := map[crashTurn]int{}
		hear := func(line string) {
			var w, n, done int
			if _, err := fmt.Sscanf(line, "w%d %d %d", &w, &n, &done); err != nil {
				t.Fatalf("round %d: the process says %q", round, line)
			}
			if id := (crashTurn{w, n}); done != said[id]+1 {
				t.Fatalf("round %d: %q comes behind %d", round, line, said[id])
			} else {
				said[id] = done
			}
		}
		p := MustStart(t, "journal", path)
		enough := r.IntN(200)
		if round%3 == 0 { // at any moment, also while the files are being made or opened
			timer := time.AfterFunc(time.Duration(r.IntN(60_000))*time.Microsecond, func() { _ = p.Process.Kill() })
			defer timer.Stop()
			enough = 1 << 30
		}
		for range enough {
			line := p.line()
			if line == "" {
				break
			}
			hear(line)
		}
		_ = p.Process.Kill() // the timer may have done it
		for line := p.line(); line != ""; line = p.line() {
			hear(line)
		}
		_ = p.Wait() // it was killed

		s := MustOpen(t, path, memory.Options{})
		open, err := s.Unfinished(context.Background())
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		unfinished := map[string]orchestrator.OpenTurn{}
		for _, o := range open {
			unfinished[o.Turn.ID] = o
		}
		for id, done := range said {
			begun++
			want := crashOpen(fmt.Sprint("w", id.worker), id.n)
			got, there := unfinished[want.Turn.ID]
			delete(unfinished, want.Turn.ID)
			switch {
			case done == 2+journalNotes && there:
				t.Errorf("round %d: %s ended and came back", round, want.Turn.ID)
			case done == 2+journalNotes:
			case there:
				left++
				notes += len(got.Notes)
				if len(got.Notes) < done-1 || len(got.Notes) > done {
					t.Errorf("round %d: %s has %d notes, %d were acknowledged", round, want.Turn.ID, len(got.Notes), done-1)
				}
				for i, n := range got.Notes {
					if n.Step == nil || n.Step.ID != fmt.Sprint(i) {
						t.Errorf("round %d: note %d of %s is %+v", round, i, want.Turn.ID, n)
					}
				}
			case done == 1+journalNotes && (id.n%5 == 4 || stored(t, s, want.Turn)):
				// It ended, and was killed before it could say so.
			default:
				t.Errorf("round %d: %s is lost, after %d things of it were acknowledged", round, want.Turn.ID, done)
			}
		}
		for id, o := range unfinished {
			// Begun, and killed before it could say so: one of a worker at most.
			if len(o.Notes) > 0 || said[crashTurn{worker(o), number(o) - 1}] == 0 && number(o)%10 != 0 {
				t.Errorf("round %d: %s is unfinished, and was never begun", round, id)
			}
		}
		for _, o := range open {
			if r.IntN(2) == 0 {
				err = errors.Join(err, s.Drop(context.Background(), o.Turn.ID))
			} else {
				err = errors.Join(err, s.Append(context.Background(), o.Turn))
			}
		}
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		MustClose(t, s)
	}
	t.Logf("%d kills, %d turns had begun; %d of them with %d notes were unfinished, none lost", kills, begun, left, notes)
	if left == 0 {
		t.Error("no turn was ever unfinished")
	}
}

func stored(t *testing.T, s *memory.Store, want orchestrator.Turn) bool {
	t.Helper()
	for _, x := range MustTurns(t, s, want.Conversation, 1) {
		if x.ID == want.ID {
			return true
		}
	}
	return false
}

func worker(o orchestrator.OpenTurn) (w int) {
	_, _ = fmt.Sscanf(o.Turn.Conversation, "w%d", &w) // 0 otherwise
	return w
}

func number(o orchestrator.OpenTurn) (n int) {
	_, _ = fmt.Sscanf(o.Turn.ID[len(o.Turn.Conversation):], "-%d", &n) // 0 otherwise
	return n
}
