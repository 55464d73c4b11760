package tui

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

// heard is an output that can be waited on.
type heard struct {
	mu  sync.Mutex // guards out
	out strings.Builder
	new chan struct{}
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out.Write(p)
	select {
	case h.new <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out.String()
}

func (h *heard) expect(t *testing.T, words string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for !strings.Contains(h.String(), words) {
		select {
		case <-h.new:
		case <-deadline:
			t.Fatalf("no %q in\n%s", words, h.String())
		}
	}
}

// hanging is a kernel whose turns do not end.
type hanging struct{ *fakeKernel }

func (hanging) Turn(context.Context, orchestrator.Request) (orchestrator.Turn, error) {
	select {}
}

// Ctrl+C at the prompt leaves, although a read of the terminal cannot end by
// itself; while a turn runs the first one stops the turn.
func TestLinearInterrupts(t *testing.T) {
	start := func(t *testing.T, change func(*Config)) (typed io.Writer, out *heard, signals chan os.Signal, stop context.CancelFunc, ended chan error) {
		t.Helper()
		in, w := io.Pipe()
		t.Cleanup(func() { _ = w.Close() })
		out = &heard{new: make(chan struct{}, 1)}
		c := newClock()
		cfg := Config{Kernel: newFakeKernel(c.now), Accounts: fakeAccounts(), Now: c.now, Accessible: true, Env: []string{}, In: in, Out: out}
		if change != nil {
			change(&cfg)
		}
		ctx, stop := context.WithCancel(context.Background())
		t.Cleanup(stop)
		signals, ended = make(chan os.Signal, 4), make(chan error, 1)
		go func() { ended <- dialogue(ctx, cfg, signals) }()
		return w, out, signals, stop, ended
	}
	ends := func(t *testing.T, ended chan error, want error) {
		t.Helper()
		select {
		case err := <-ended:
			if !errors.Is(err, want) {
				t.Errorf("it ended with %v, want %v", err, want)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("it does not end")
		}
	}
	t.Run("AtTheLogin", func(t *testing.T) {
		_, out, signals, stop, ended := start(t, nil)
		out.expect(t, "or a name: ")
		signals <- os.Interrupt
		stop() // as the program's own context does
		ends(t, ended, ErrInterrupted)
		out.expect(t, "goodbye")
	})
	t.Run("ContextFirst", func(t *testing.T) {
		_, out, signals, stop, ended := start(t, nil)
		out.expect(t, "or a name: ")
		stop()
		signals <- os.Interrupt
		ends(t, ended, ErrInterrupted)
	})
	t.Run("ContextAlone", func(t *testing.T) {
		_, out, _, stop, ended := start(t, nil)
		out.expect(t, "or a name: ")
		stop()
		ends(t, ended, context.Canceled)
	})
	t.Run("WhileOpening", func(t *testing.T) {
		_, out, signals, _, ended := start(t, func(c *Config) {
			c.Kernel = nil
			c.Open = func(ctx context.Context) (Opened, error) {
				<-ctx.Done()
				return Opened{}, ctx.Err()
			}
		})
		out.expect(t, "opening the shop")
		signals <- os.Interrupt
		ends(t, ended, ErrInterrupted)
	})
	t.Run("FirstStopsTheTurn", func(t *testing.T) {
		w, out, signals, stop, ended := start(t, nil)
		_, _ = io.WriteString(w, "ada@example.com\nslow\n")
		out.expect(t, "working")
		signals <- os.Interrupt
		stop()
		out.expect(t, "stopping this turn. Ctrl+C again leaves.")
		out.expect(t, "Stopped. What was done before stays done.")
		_, _ = io.WriteString(w, "show my orders\n")
		out.expect(t, "order 1003, status processing")
		signals <- os.Interrupt
		ends(t, ended, ErrInterrupted)
	})
	t.Run("SecondLeavesWhileTheTurnHangs", func(t *testing.T) {
		w, out, signals, _, ended := start(t, func(c *Config) { c.Kernel = hanging{c.Kernel.(*fakeKernel)} })
		_, _ = io.WriteString(w, "1\nslow\n")
		out.expect(t, "working")
		signals <- os.Interrupt
		out.expect(t, "stopping this turn")
		signals <- os.Interrupt
		ends(t, ended, ErrInterrupted)
	})
}

// In a real terminal the program leaves at once, and what is typed afterwards is
// not swallowed by a read that it left behind.
func TestLinearInATerminal(t *testing.T) {
	x := startChild(t, "ACCESSIBLE=1")
	x.expect("a number, an email or a name:")
	x.typeIn("ada@example.com\r")
	x.expect("you are ada@example.com")
	x.typeIn("slow\r")
	x.expect("working")
	x.typeIn("\x03")
	x.expect("What was done before stays done")
	x.typeIn("\x03")
	x.expect("the end, and a line please")
	x.typeIn("hello\r")
	x.expect("read after the end: hello")
	select {
	case err := <-x.done:
		var status *exec.ExitError
		if !errors.As(err, &status) || status.ExitCode() != 130 {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it does not end")
	}
}
