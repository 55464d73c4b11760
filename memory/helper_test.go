package memory_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"

	"banyan/memory"
)

// The tests that need a second process start this test binary again, with the
// name of a helper in this variable.
const helperVariable = "BANYAN_MEMORY_HELPER"

// helpers run in processes of their own and return an exit status. They
// get the path of the store.
func helpers() map[string]func(path string) int {
	all := unixHelpers()
	all["hold"] = helperHold
	all["append"] = helperAppend
	all["journal"] = helperJournal
	all["state"] = helperState
	return all
}

func TestMain(m *testing.M) {
	if name := os.Getenv(helperVariable); name != "" {
		os.Exit(helpers()[name](os.Args[1]))
	}
	os.Exit(m.Run())
}

// process is a helper that runs.
type process struct {
	*exec.Cmd
	out *bufio.Reader
	in  io.WriteCloser
}

// MustStart starts a helper; it is killed at clean-up if it still runs.
func MustStart(tb testing.TB, name, path string) *process {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self, path)
	cmd.Env = append(os.Environ(), helperVariable+"="+name)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended long ago
		_ = cmd.Wait()
	})
	return &process{cmd, bufio.NewReader(out), in}
}

// line reads a line of the helper's output; empty at its end.
func (p *process) line() string {
	s, err := p.out.ReadString('\n')
	if err != nil {
		return "" // a half line is no line
	}
	return s[:len(s)-1]
}

// say prints a line in one piece.
func say(format string, args ...any) {
	_, _ = os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n") // nobody to tell
}

// helperHold holds the store until its standard input ends.
func helperHold(path string) int {
	s, err := memory.Open(path, memory.Options{Command: "banyan hold\x1b[31m"})
	if err != nil {
		say("error %v", err)
		return 1
	}
	say("held")
	_, _ = io.Copy(io.Discard, os.Stdin) // until the end, however it comes
	if err := s.Close(); err != nil {
		say("error %v", err)
		return 1
	}
	return 0
}

// writers is how many conversations helperAppend writes at the same time.
const writers = 3

// helperAppend adds turns to conversations w0, w1 … for ever and prints
// "w0 17" once turn 17 of w0 has been acknowledged.
func helperAppend(path string) int {
	s, err := memory.Open(path, memory.Options{})
	if err != nil {
		say("error %v", err)
		return 1
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			name := fmt.Sprint("w", w)
			turns, err := s.Turns(context.Background(), name, 0)
			for i := len(turns); err == nil; i++ {
				if err = s.Append(context.Background(), newTurn(name, i)); err == nil {
					say("%s %d", name, i)
				}
			}
			say("error %v", err)
		})
	}
	wg.Wait()
	return 1
}
