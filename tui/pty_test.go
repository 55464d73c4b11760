package tui

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is a child process in a pseudo-terminal, and all that it has written.
type terminal struct {
	t    *testing.T
	file *os.File
	cmd  *exec.Cmd
	done chan error

	mu  sync.Mutex // guards out
	out bytes.Buffer
	new chan struct{}
}

// startChild runs the test binary as the chat on the fake kernel.
func startChild(t *testing.T, env ...string) *terminal {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe) //nolint:gosec,noctx // the test binary itself, ended below
	cmd.Env = append(os.Environ(), append([]string{"BANYAN_TUI_CHILD=1", "BANYAN_TUI_STILL=1", "TERM=xterm-256color"}, env...)...)
	f, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	if err := keepTyped(f); err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, file: f, cmd: cmd, done: make(chan error, 1), new: make(chan struct{}, 1)}
	go x.read()
	go func() { x.done <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = f.Close()
	})
	return x
}

func (x *terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := x.file.Read(buf)
		x.mu.Lock()
		x.out.Write(buf[:n])
		x.mu.Unlock()
		select {
		case x.new <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

var sequences = regexp.MustCompile("\x1b(\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(\x07|\x1b\\\\)|[@-Z\\\\^_=>])")

// text is what was written so far, without escape sequences and blanks, because
// the renderer moves over cells that it need not write.
func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Join(strings.Fields(sequences.ReplaceAllString(x.out.String(), " ")), "")
}

func (x *terminal) raw() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.out.String()
}

// expect waits until the words have been written after the place from.
func (x *terminal) expect(words string) {
	x.t.Helper()
	want := strings.Join(strings.Fields(words), "")
	deadline := time.After(15 * time.Second)
	for !strings.Contains(x.text(), want) {
		select {
		case <-x.new:
		case <-deadline:
			x.t.Fatalf("no %q in\n%s", words, x.text())
		}
	}
}

func (x *terminal) typeIn(s string) {
	x.t.Helper()
	if _, err := io.WriteString(x.file, s); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) ends() {
	x.t.Helper()
	select {
	case err := <-x.done:
		if err != nil {
			x.t.Fatalf("the program ended with %v\n%s", err, x.text())
		}
	case <-time.After(15 * time.Second):
		x.t.Fatal("the program does not end")
	}
}

// The whole program in a real terminal: log in, ask, confirm, quit.
func TestInATerminal(t *testing.T) {
	x := startChild(t, "COLORTERM=truecolor")
	x.expect("Who are you?")
	x.typeIn("ada\r")
	x.expect("Hello Ada")
	x.typeIn("show my orders\r")
	x.expect("kettle and mug")
	x.typeIn("cancel my latest order\r")
	x.expect("This yes is good")
	x.typeIn("yes")
	x.expect("Type yes, no")
	// Enter counts once the dialog has stood for a moment; on an empty input it does
	// nothing, so it may be pressed again.
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(15 * time.Second)
	for !strings.Contains(x.text(), "nothingtosendback") {
		select {
		case <-tick.C:
			x.typeIn("\r")
		case <-x.new:
		case <-deadline:
			t.Fatalf("the yes was not taken:\n%s", x.text())
		}
	}
	x.expect("nothing to send back")
	x.typeIn("\x03")
	x.expect("again to quit")
	x.typeIn("\x03")
	x.ends()
	if !strings.Contains(x.raw(), "\x1b[38;2;") {
		t.Error("no colours on a terminal that has them")
	}
}

// Backends are listed, tested and switched in a real terminal.
func TestBackendsInATerminal(t *testing.T) {
	x := startChild(t, "NO_COLOR=1")
	x.expect("Who are you?")
	x.typeIn("ada\r")
	x.expect("Hello Ada")
	x.typeIn("/integrations\r")
	x.expect("5 backends")
	x.expect("llama3.2:3b")
	x.typeIn("t")
	x.expect("offline answers")
	x.typeIn("q/model openai\r")
	x.expect("openai plans and answers")
	x.typeIn("show my orders\r")
	x.expect("1.2k tokens")
	x.typeIn("\x03\x03")
	x.ends()
}

// Any value of NO_COLOR that is not empty takes the colours off.
func TestNoColor(t *testing.T) {
	x := startChild(t, "COLORTERM=truecolor", "NO_COLOR=yes")
	x.expect("Who are you?")
	x.typeIn("\r")
	x.expect("Hello Ada")
	x.typeIn("show my orders\r")
	x.expect("modern")
	x.typeIn("\x03\x03")
	x.ends()
	if m := regexp.MustCompile("\x1b\\[[0-9;:]*(3[0-8]|9[0-7])[;:m]").FindString(x.raw()); m != "" {
		t.Errorf("there is colour: %q", m)
	}
}
