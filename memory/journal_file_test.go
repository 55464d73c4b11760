package memory

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"banyan/orchestrator"
)

// watched is the journal's file with an eye on it.
type watched struct {
	journalFile
	syncs *atomic.Int64
	// fail, if set, is asked before each call that changes the file.
	fail func(doing string) error
}

func (w *watched) asked(doing string) error {
	if w.fail == nil {
		return nil
	}
	return w.fail(doing)
}

func (w *watched) WriteAt(p []byte, at int64) (int, error) {
	if err := w.asked("write"); err != nil {
		n, _ := w.journalFile.WriteAt(p[:len(p)/2], at) // half of it gets there
		return n, err
	}
	return w.journalFile.WriteAt(p, at)
}

func (w *watched) Truncate(size int64) error {
	if err := w.asked("truncate"); err != nil {
		return err
	}
	return w.journalFile.Truncate(size)
}

func (w *watched) Sync() error {
	w.syncs.Add(1)
	if err := w.asked("sync"); err != nil {
		return err
	}
	return w.journalFile.Sync()
}

// watch opens a store whose journal is watched; syncs counts those of its file,
// with two for a file that is made or written anew.
func watch(tb testing.TB, opts Options, fail func(doing string) error) (s *Store, syncs *atomic.Int64) {
	tb.Helper()
	s, err := Open(filepath.Join(tb.TempDir(), "banyan.db"), opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	syncs = new(atomic.Int64)
	s.journal.anew = func(path string, content []byte) (journalFile, error) {
		if fail != nil {
			if err := fail("anew"); err != nil {
				return nil, err
			}
		}
		f, err := s.journal.writeAnew(path, content)
		if err != nil {
			return nil, err
		}
		syncs.Add(2)
		return &watched{f, syncs, fail}, nil
	}
	return s, syncs
}

func testTurn(id string) orchestrator.Turn {
	t := testOpen(id).Turn
	t.Kind, t.Answer = orchestrator.KindAnswer, "done"
	return t
}

func codeOf(err error) string {
	var e *orchestrator.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// A turn costs one sync of the journal, its notes none.
func TestJournalSyncs(t *testing.T) {
	ctx := context.Background()
	s, syncs := watch(t, Options{}, nil)
	if err := errors.Join(s.Begin(ctx, testOpen("first")), s.Append(ctx, testTurn("first"))); err != nil {
		t.Fatal(err) // makes the file
	}
	for i := range 5 {
		before := syncs.Load()
		id := fmt.Sprint("t", i)
		err := s.Begin(ctx, testOpen(id))
		for n := range 4 {
			err = errors.Join(err, s.Note(ctx, id, testNote(n), false))
		}
		if err = errors.Join(err, s.Append(ctx, testTurn(id))); err != nil {
			t.Fatal(err)
		}
		if n := syncs.Load() - before; n != 1 {
			t.Errorf("turn %d cost %d syncs of the journal, want 1", i, n)
		}
	}
	before := syncs.Load()
	if err := s.Append(ctx, testTurn("reads only")); err != nil {
		t.Fatal(err)
	}
	if n := syncs.Load() - before; n != 0 {
		t.Errorf("a turn that did not begin cost %d syncs of the journal", n)
	}
	err := errors.Join(s.Begin(ctx, testOpen("sync")), s.Note(ctx, "sync", testNote(1), false), s.Note(ctx, "sync", testNote(2), true))
	if n := syncs.Load() - before; err != nil || n != 2 {
		t.Errorf("a turn with a note that is synced cost %d syncs, %v, want 2", n, err)
	}
}

// The file stays small: when nothing is open it is emptied, and while something
// is open all the time it is written anew.
func TestJournalStaysSmall(t *testing.T) {
	ctx := context.Background()
	for name, always := range map[string]bool{"Idle": false, "AlwaysOpen": true} {
		t.Run(name, func(t *testing.T) {
			s, syncs := watch(t, Options{NoSync: true}, nil)
			if always {
				if err := s.Begin(ctx, testOpen("always")); err != nil {
					t.Fatal(err)
				}
			}
			largest := int64(0)
			const turns = 800
			for i := range turns {
				o := testOpen(fmt.Sprint("t", i))
				o.Turn.Message = strings.Repeat("m", 4000)
				if err := errors.Join(s.Begin(ctx, o), s.Append(ctx, testTurn(o.Turn.ID))); err != nil {
					t.Fatal(err)
				}
				info, err := os.Stat(s.journal.path)
				if err != nil {
					t.Fatal(err)
				}
				largest = max(largest, info.Size())
			}
			bound := int64(journalKeep + 5000)
			if always {
				bound = journalBound + 5000
			}
			if largest > bound {
				t.Errorf("the file grew to %d bytes, want at most %d", largest, bound)
			}
			if n := syncs.Load(); n > turns+2+2*turns*4500/journalBound {
				t.Errorf("%d turns cost %d syncs", turns, n)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(s.journal.path)
			if err != nil || !always && info.Size() != int64(headLength) || info.Mode() != 0o600 {
				t.Errorf("closed, the file has %d bytes and mode %v, %v", info.Size(), info.Mode(), err)
			}
			again, err := Open(s.path, Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = again.Close() }()
			if got, err := again.Unfinished(ctx); err != nil || always != (len(got) == 1) {
				t.Errorf("got %d unfinished turns, %v", len(got), err)
			}
		})
	}
}

// With a full disk what was written stays, and later there may be room; after any
// other error nothing more is begun, and what has begun can still be stored.
func TestJournalFaults(t *testing.T) {
	ctx := context.Background()
	for name, tt := range map[string]struct {
		doing string
		err   error
		code  string
		ends  bool
	}{
		"FullDisk":           {"write", syscall.ENOSPC, CodeFull, false},
		"FullDiskWhenMade":   {"anew", syscall.ENOSPC, CodeFull, false},
		"BrokenDisk":         {"write", syscall.EIO, orchestrator.CodeStore, true},
		"BrokenSync":         {"sync", syscall.EIO, orchestrator.CodeStore, true},
		"FullDiskWhenSynced": {"sync", syscall.ENOSPC, orchestrator.CodeStore, true},
	} {
		t.Run(name, func(t *testing.T) {
			var on bool
			s, _ := watch(t, Options{}, func(doing string) error {
				if on && doing == tt.doing {
					return tt.err
				}
				return nil
			})
			var want []string
			if tt.doing != "anew" {
				if err := s.Begin(ctx, testOpen("a")); err != nil {
					t.Fatal(err)
				}
				want = append(want, "a")
			}
			on = true
			err := s.Begin(ctx, testOpen("b"))
			if codeOf(err) != tt.code || !errors.Is(err, tt.err) || !strings.Contains(err.Error(), s.journal.path) {
				t.Errorf("Begin: got %v, want the code %s and the cause %v", err, tt.code, tt.err)
			}
			on = false
			err = s.Begin(ctx, testOpen("c"))
			if tt.ends == (err == nil) {
				t.Errorf("Begin afterwards: %v", err)
			}
			if err == nil {
				want = append(want, "c")
			}
			if err := s.Append(ctx, testTurn("stored")); err != nil {
				t.Errorf("Append: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if tt.doing == "sync" {
				want = append(want, "b") // it was not acknowledged, and may be there
			}
			again, err := Open(s.path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = again.Close() }()
			list, err := again.Unfinished(ctx)
			var got []string
			for _, o := range list {
				got = append(got, o.Turn.ID)
			}
			if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("unfinished are %q, %v, want %q", got, err, want)
			}
		})
	}
}

// A process that may not write the file anew goes on with the old one.
func TestJournalGoesOnWithoutCompaction(t *testing.T) {
	ctx := context.Background()
	made := 0
	s, _ := watch(t, Options{NoSync: true}, func(doing string) error {
		if doing == "anew" {
			if made++; made > 1 {
				return syscall.EACCES
			}
		}
		return nil
	})
	if err := s.Begin(ctx, testOpen("always")); err != nil {
		t.Fatal(err)
	}
	for i := range 60 {
		o := testOpen(fmt.Sprint("t", i))
		o.Turn.Message = strings.Repeat("m", 40_000)
		if err := errors.Join(s.Begin(ctx, o), s.Append(ctx, testTurn(o.Turn.ID))); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Unfinished(ctx); err != nil || len(got) != 1 || made < 2 || made > 4 {
		t.Errorf("%d turns are unfinished, %v, after %d attempts", len(got), err, made)
	}
}

func BenchmarkJournal1(b *testing.B)  { benchmarkJournal(b, 1) }
func BenchmarkJournal8(b *testing.B)  { benchmarkJournal(b, 8) }
func BenchmarkJournal64(b *testing.B) { benchmarkJournal(b, 64) }

// benchmarkJournal measures turns with two changes: Begin, four notes, Append. It
// reports the syncs of the journal for each; Append's own are not counted.
func benchmarkJournal(b *testing.B, concurrent int) {
	for _, journalled := range []bool{true, false} {
		b.Run(fmt.Sprintf("Journal=%t", journalled), func(b *testing.B) {
			ctx := context.Background()
			s, syncs := watch(b, Options{}, nil)
			o := testOpen("turn")
			o.Turn.Steps = []orchestrator.StepRecord{*testNote(1).Step, *testNote(2).Step}
			b.ReportAllocs()
			var next atomic.Int64
			var wg sync.WaitGroup
			for range concurrent {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						open := o
						open.Turn.ID = fmt.Sprint("turn ", n)
						open.Turn.Conversation = fmt.Sprint("c", n/20)
						var err error
						if journalled {
							err = s.Begin(ctx, open)
							for i := range 4 {
								err = errors.Join(err, s.Note(ctx, open.Turn.ID, testNote(i), false))
							}
						}
						if err = errors.Join(err, s.Append(ctx, open.Turn)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(syncs.Load())/float64(b.N), "syncs/turn")
		})
	}
}
