//go:build unix

package memory_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"banyan/memory"
)

func unixHelpers() map[string]func(path string) int {
	return map[string]func(path string) int{"fill": helperFill, "denied": helperDenied}
}

// helperFill appends turns until the system refuses to let the file grow, then
// lifts the limit and appends one more.
func helperFill(path string) int {
	signal.Ignore(syscall.SIGXFSZ)
	s, err := memory.Open(path, memory.Options{})
	if err != nil {
		say("error %v", err)
		return 1
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		say("error %v", err)
		return 1
	}
	small := limit
	small.Cur = 1 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		say("error %v", err)
		return 1
	}
	n := 0
	for ; err == nil && n < 1000; n++ {
		x := newTurn("a", n)
		x.Answer = strings.Repeat("x", 10_000)
		err = s.Append(context.Background(), x)
	}
	n-- // the last one failed
	turns, readErr := s.Turns(context.Background(), "a", 0)
	say("%s %t", code(err), readErr == nil && len(turns) == n && n > 0)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		say("error %v", err)
		return 1
	}
	again := newTurn("a", n)
	if err := s.Append(context.Background(), again); err != nil {
		say("error %v", err)
		return 1
	}
	say("%d", n+1)
	if err := s.Close(); err != nil {
		say("error %v", err)
		return 1
	}
	return 0
}

func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	p := MustStart(t, "fill", path)
	if got, want := p.line(), memory.CodeFull+" true"; got != want {
		t.Errorf("when there is no room: got %q, want %q", got, want)
	}
	want := p.line()
	if err := p.Wait(); err != nil {
		t.Fatalf("the process says %q: %v", want, err)
	}
	s := MustOpen(t, path, memory.Options{})
	if got := fmt.Sprint(len(MustTurns(t, s, "a", 0))); got != want {
		t.Errorf("there are %s turns, %s were acknowledged", got, want)
	}
}

// nobody is a user who may write to none of this.
const nobody = 65534

// helperDenied opens the store as a user without rights and prints the code of
// the error.
func helperDenied(path string) int {
	if os.Geteuid() == 0 { // root may do everything
		if err := syscall.Setuid(nobody); err != nil {
			say("error %v", err)
			return 1
		}
	}
	_, err := memory.Open(path, memory.Options{})
	say("%s", code(err))
	return 0
}

func TestReadOnly(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, path string){
		"Folder": func(*testing.T, string) {},
		"File": func(t *testing.T, path string) {
			MustClose(t, MustOpen(t, path, memory.Options{}))
			chmod(t, path, 0o444)
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "banyan.db")
			make(t, path)
			chmod(t, filepath.Dir(folder), 0o755) // the other user must be able to come here
			chmod(t, folder, 0o555)
			t.Cleanup(func() { chmod(t, folder, 0o755) })
			before, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			if got := MustStart(t, "denied", path).line(); got != memory.CodeReadOnly {
				t.Errorf("got the code %q, want %q", got, memory.CodeReadOnly)
			}
			after, err := os.ReadDir(folder)
			if err != nil || len(after) != len(before) {
				t.Errorf("the folder holds %v, %v, and held %v", after, err, before)
			}
		})
	}
}

func chmod(tb testing.TB, path string, mode os.FileMode) {
	tb.Helper()
	if err := os.Chmod(path, mode); err != nil {
		tb.Fatal(err)
	}
}
