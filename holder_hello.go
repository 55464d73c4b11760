package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"banyan/tui"
)

// protocol is the version of what holder and guest say to each other. It grows
// whenever an older program would misunderstand.
const protocol = 1

// hello is what a guest says first: everything that its command needs to know of
// the process that it was started in.
type hello struct {
	Protocol int      `json:"protocol"`
	Program  string   `json:"program"` // its version
	Args     []string `json:"args"`
	// Settings are those that come from the guest's environment, .env or config
	// file; flags stand in Args. Given are all that somebody gave, flags too.
	Settings map[string]string `json:"settings,omitempty"`
	Given    map[string]string `json:"given,omitempty"`
	Env      []string          `json:"env,omitempty"` // of the terminal only
	// In, Out and Err tell whether these are terminals.
	In      bool                 `json:"in,omitempty"`
	Out     bool                 `json:"out,omitempty"`
	Err     bool                 `json:"err,omitempty"`
	Size    tui.Size             `json:"size"`
	Profile colorprofile.Profile `json:"profile"`
	Trail   trail                `json:"trail"`
}

// welcome is the holder's answer.
type welcome struct {
	Protocol int    `json:"protocol"`
	PID      int    `json:"pid"`
	Command  string `json:"command"`
}

// trail is how far a command has come: what another process needs to go on with
// it when the one that runs it is gone.
type trail struct {
	// Token tells this run of the program from all others.
	Token string `json:"token"`
	// Conversation is where the turns of the command are, and User whose they are.
	Conversation string `json:"conversation,omitempty"`
	User         string `json:"user,omitempty"`
	// Last is the ID of the last turn of the conversation that is dealt with. Turns
	// counts those of this command.
	Last  string `json:"last,omitempty"`
	Turns int    `json:"turns,omitempty"`
	// Line was taken from standard input and is not dealt with yet.
	Line string `json:"line,omitempty"`
	// Draft is the message that a chat is working on.
	Draft string `json:"draft,omitempty"`
}

// trail is how far the command has come that this process is to run.
func (o *options) trail() trail {
	switch {
	case o.guest != nil:
		return o.guest.said.Trail
	case o.trip != nil:
		return o.trip.trail
	}
	return trail{}
}

// reached notes how far the command has come, for whoever may have to go on.
func (o *options) reached(t trail) {
	if o.guest != nil {
		o.guest.reached(t)
	}
}

// begin lets a turn begin, unless it has to be run elsewhere; over is called when
// it has ended.
func (o *options) begin() (over func(), err error) {
	if o.guest != nil {
		return o.guest.begin()
	}
	return func() {}, nil
}

// screen says what kind of chat begins: on a full screen, or line by line.
type screen struct {
	Full bool `json:"full"`
}

// terminalEnv are the variables that say what a terminal can do. No others leave
// the process.
func terminalEnv(env []string) []string {
	var out []string
	for _, v := range env {
		name, _, _ := strings.Cut(v, "=")
		switch name {
		case "TERM", "COLORTERM", "COLORFGBG", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM_PROGRAM", "TERM_PROGRAM_VERSION",
			"WT_SESSION", "TMUX", "STY", "SSH_TTY", "ACCESSIBLE", "LANG", "LC_ALL", "LC_CTYPE", "TZ":
			out = append(out, v)
		}
	}
	return out
}

// newHello says what there is to say of this process.
func newHello(o *options) hello {
	h := hello{
		Protocol: protocol, Program: version(), Args: o.trip.args, Settings: o.elsewhere, Given: o.given,
		Env: terminalEnv(os.Environ()), In: isTerminal(os.Stdin), Out: isTerminal(os.Stdout), Err: isTerminal(os.Stderr),
		Profile: colorprofile.Detect(os.Stdout, os.Environ()), Trail: o.trip.trail,
	}
	if h.Out {
		h.Size = terminalSize()
	}
	return h
}

func terminalSize() tui.Size {
	w, h, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		return tui.Size{Width: 80, Height: 24}
	}
	return tui.Size{Width: w, Height: h}
}

// frameTimeout is how long the other side may take to accept one frame. A process
// that was suspended is let go; it comes back by itself.
const frameTimeout = 20 * time.Second

// wire is one end of a connection. Any goroutine may write.
type wire struct {
	conn net.Conn
	mu   sync.Mutex // keeps frames whole
}

func (w *wire) send(kind frameKind, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.conn.SetWriteDeadline(time.Now().Add(frameTimeout)); err != nil {
		return err
	}
	if err := writeFrame(w.conn, kind, payload); err != nil {
		_ = w.conn.Close() // half a frame may be out: nothing can follow it
		return err
	}
	return nil
}

// tell sends a value as JSON.
func (w *wire) tell(kind frameKind, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write a frame: %w", err)
	}
	return w.send(kind, b)
}

// stream is an output of a command: what is written leaves in frames of one kind.
type stream struct {
	wire *wire
	kind frameKind
}

// Write implements io.Writer.
func (s stream) Write(p []byte) (int, error) {
	for n := 0; n < len(p); n += chunk {
		if err := s.wire.send(s.kind, p[n:min(n+chunk, len(p))]); err != nil {
			return n, err
		}
	}
	return len(p), nil
}
