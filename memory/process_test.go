package memory_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"banyan/memory"
)

func TestSecondProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	first := MustStart(t, "hold", path)
	if got := first.line(); got != "held" {
		t.Fatalf("the first process says %q", got)
	}
	_, err := memory.Open(path, memory.Options{})
	if code(err) != memory.CodeBusy {
		t.Fatalf("got %v, want the code %s", err, memory.CodeBusy)
	}
	for _, want := range []string{path, fmt.Sprintf("process %d", first.Process.Pid), "banyan hold", "since", "Nothing was lost", "--data"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
	if strings.Contains(err.Error(), "\x1b") {
		t.Errorf("%q carries an escape character", err)
	}

	// Once it has closed the file, the next one has it.
	if err := first.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Fatalf("the first process: %v", err)
	}
	MustClose(t, MustOpen(t, path, memory.Options{}))
}

func TestSecondProcessAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	first := MustStart(t, "hold", path)
	if got := first.line(); got != "held" {
		t.Fatalf("the first process says %q", got)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.Wait() // it was killed
	MustOpen(t, path, memory.Options{})
	_, err := memory.Open(path, memory.Options{Wait: time.Millisecond})
	if code(err) != memory.CodeBusy || !strings.Contains(err.Error(), "this process itself") {
		t.Errorf("the note of the dead process is still read: %v", err)
	}
}

// kills is how often TestCrash kills a process that writes.
const kills = 60

// TestCrash kills a process that appends turns, again and again on the same
// file, and compares what is there with what had been acknowledged.
func TestCrash(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any seed will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	path := filepath.Join(t.TempDir(), "banyan.db")
	acknowledged := make([]int, writers)
	total := 0
	for round := range kills {
		p := MustStart(t, "append", path)
		enough := r.IntN(60)
		if round%3 == 0 { // at any moment, also while the file is being made or opened
			timer := time.AfterFunc(time.Duration(r.IntN(60_000))*time.Microsecond, func() { _ = p.Process.Kill() })
			defer timer.Stop()
			enough = 1 << 30
		}
		for n := 0; n < enough; n++ {
			line := p.line()
			if line == "" {
				break
			}
			var w, i int
			if _, err := fmt.Sscanf(line, "w%d %d", &w, &i); err != nil {
				t.Fatalf("round %d: the process says %q", round, line)
			}
			if i != acknowledged[w] {
				t.Fatalf("round %d: turn %d of w%d was acknowledged after %d others", round, i, w, acknowledged[w])
			}
			acknowledged[w]++
		}
		_ = p.Process.Kill() // the timer may have done it
		for line := p.line(); line != ""; line = p.line() {
			var w, i int
			if _, err := fmt.Sscanf(line, "w%d %d", &w, &i); err == nil {
				acknowledged[w]++
			}
		}
		_ = p.Wait() // it was killed

		s := MustOpen(t, path, memory.Options{})
		for w := range writers {
			turns := MustTurns(t, s, fmt.Sprint("w", w), 0)
			// One more may be there: stored, and killed before it could say so.
			if n := len(turns); n < acknowledged[w] || n > acknowledged[w]+1 {
				t.Fatalf("round %d: w%d has %d turns, %d were acknowledged", round, w, n, acknowledged[w])
			}
			for i, x := range turns {
				if want := newTurn(fmt.Sprint("w", w), i); x.ID != want.ID || x.Answer != want.Answer {
					t.Fatalf("round %d: turn %d of w%d is %s", round, i, w, x.ID)
				}
			}
			acknowledged[w] = len(turns)
		}
		MustClose(t, s)
	}
	for _, n := range acknowledged {
		total += n
	}
	t.Logf("%d kills, %d turns, none lost", kills, total)
	if total == 0 {
		t.Error("nothing was ever stored")
	}
}

// TestCrashWhileNew kills a process at the time when it makes the file: either
// there is none, or it is whole.
func TestCrashWhileNew(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) //nolint:gosec // any seed will do
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 20 {
		path := filepath.Join(t.TempDir(), "new", "banyan.db")
		p := MustStart(t, "append", path)
		timer := time.AfterFunc(time.Duration(r.IntN(20_000))*time.Microsecond, func() { _ = p.Process.Kill() })
		acknowledged := 0
		for p.line() != "" {
			acknowledged++
		}
		timer.Stop()
		_ = p.Wait() // it was killed
		s := MustOpen(t, path, memory.Options{})
		stored := 0
		for w := range writers {
			stored += len(MustTurns(t, s, fmt.Sprint("w", w), 0))
		}
		if stored < acknowledged {
			t.Errorf("%d turns are there, %d were acknowledged", stored, acknowledged)
		}
		MustClose(t, s)
	}
}
