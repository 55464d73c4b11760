package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"charm.land/fang/v2"

	"banyan/orchestrator"
	"banyan/tui"
)

// errMoved ends a command whose holder is leaving: it goes on elsewhere.
var errMoved = errors.New("the process that has the data folder open is leaving")

// guest is a command of another process that this one runs.
type guest struct {
	holder *holder
	wire   *wire
	said   hello
	in     *guestInput
	ran    chan struct{} // closed when the command has ended
	over   chan struct{} // closed when nothing of the guest runs any more

	interrupts chan os.Signal
	sizes      chan tui.Size
	leave      chan struct{} // closed when a chat is to end
	gone       chan struct{} // closed when the other process is not there any more

	mu     sync.Mutex // guards what follows
	chat   bool
	full   bool           // a chat on the full screen
	moved  bool           // a chat that has to go on elsewhere
	parted bool           // no turn begins any more
	turns  sync.WaitGroup // turns under way
}

func newGuest(h *holder, w *wire, said hello) *guest {
	g := &guest{
		holder: h, wire: w, said: said, ran: make(chan struct{}), over: make(chan struct{}),
		interrupts: make(chan os.Signal, 4), sizes: make(chan tui.Size, 1), leave: make(chan struct{}), gone: make(chan struct{}),
	}
	g.in = &guestInput{guest: g, c: make(chan []byte, 16)}
	return g
}

// serve runs the command and tells the other process how it ended.
func (g *guest) serve() {
	ctx, cancel := context.WithCancelCause(context.Background())
	var both sync.WaitGroup
	both.Go(func() { g.listen(cancel) })
	both.Go(func() { g.part(ctx, cancel) })
	status, moved := g.run(ctx)
	close(g.ran)
	cancel(nil)
	if moved {
		_ = g.wire.send(frameMoved, nil) // it notices the end of the connection as well
	} else {
		_ = g.wire.tell(frameExit, status)
	}
	_ = g.wire.conn.Close()
	both.Wait()
}

// run runs the command line and returns its exit status, or that it has to go on
// elsewhere.
func (g *guest) run(ctx context.Context) (status int, moved bool) {
	errs := stream{g.wire, frameErr}
	defer func() {
		if r := recover(); r != nil {
			_, _ = fmt.Fprintf(errs, "banyan: the command crashed: %s\n", orchestrator.PrintableLine(fmt.Sprint(r)))
			status, moved = exitFailed, false
		}
	}()
	root := commandLine(&options{guest: g})
	root.SetArgs(slices.Clone(g.said.Args))
	root.SetIn(g.in)
	root.SetOut(stream{g.wire, frameOut})
	root.SetErr(errs)
	root.SilenceUsage, root.SilenceErrors = true, true
	err := root.ExecuteContext(ctx)
	if errors.Is(err, errMoved) || errors.Is(context.Cause(ctx), errMoved) || g.hasMoved() {
		return 0, true
	}
	if err != nil {
		sayError(errs, fang.Styles{}, err)
	}
	return exitStatus(err), false
}

// listen takes in what the other process sends.
func (g *guest) listen(cancel context.CancelCauseFunc) {
	defer close(g.gone)
	defer close(g.in.c)
	for {
		kind, payload, err := readFrame(g.wire.conn)
		if err != nil {
			return
		}
		switch kind {
		case frameInput:
			select {
			case g.in.c <- payload:
			case <-g.ran:
				return
			}
		case frameEnd:
			select {
			case g.in.c <- nil:
			case <-g.ran:
				return
			}
		case frameInterrupt:
			if !g.isChat() {
				cancel(context.Canceled)
				continue
			}
			select {
			case g.interrupts <- os.Interrupt:
			default: // it has not heard the last ones yet
			}
		case frameSize:
			var size tui.Size
			if json.Unmarshal(payload, &size) == nil {
				select {
				case <-g.sizes: // only the last one counts
				default:
				}
				g.sizes <- size
			}
		default: // not for a holder: this is no guest of ours
			_ = g.wire.conn.Close()
			return
		}
	}
}

// part ends the command when the other process is gone or the holder leaves: not
// in the middle of a turn. A command that only reads input is ended by its input.
func (g *guest) part(ctx context.Context, cancel context.CancelCauseFunc) {
	cause := errMoved
	select {
	case <-ctx.Done():
		return
	case <-g.gone:
		cause = context.Canceled
	case <-g.holder.quit:
		if !g.isChat() {
			return
		}
	}
	g.mu.Lock()
	g.parted = true
	g.mu.Unlock()
	g.turns.Wait()
	g.mu.Lock()
	g.moved = errors.Is(cause, errMoved)
	full := g.full
	g.mu.Unlock()
	if full {
		close(g.leave) // it leaves the terminal as it was
		return
	}
	cancel(cause)
}

// begin lets a turn begin, unless the command has to go on elsewhere; over is
// called when it has ended.
func (g *guest) begin() (over func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-g.holder.quit:
		return nil, errMoved
	default:
	}
	if g.parted {
		return nil, errMoved
	}
	g.turns.Add(1)
	return g.turns.Done, nil
}

func (g *guest) hasMoved() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.moved
}

func (g *guest) isChat() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.chat
}

// becomesChat tells both sides that a chat begins.
func (g *guest) becomesChat(full bool) error {
	g.mu.Lock()
	g.chat, g.full = true, full
	g.mu.Unlock()
	select {
	case <-g.holder.quit:
		return errMoved
	default:
		return g.wire.tell(frameScreen, screen{Full: full})
	}
}

// reached tells the other process how far the command has come.
func (g *guest) reached(t trail) { _ = g.wire.tell(frameTrail, t) } // if it is gone, it is told nothing

// getenv returns a variable of the other process's terminal.
func (g *guest) getenv(name string) string {
	for _, v := range slices.Backward(g.said.Env) {
		if k, value, ok := strings.Cut(v, "="); ok && k == name {
			return value
		}
	}
	return ""
}

// saySettings says which settings of the guest have no effect because the holder
// was started with others.
func (g *guest) saySettings() {
	var differ []string
	for name, value := range g.said.Given {
		if own := g.holder.app.opts.values[name]; own != value {
			differ = append(differ, fmt.Sprintf("%s %s (there: %s)", name, cmp.Or(value, "not set"), cmp.Or(own, "not set")))
		}
	}
	if len(differ) == 0 {
		return
	}
	slices.Sort(differ)
	text := fmt.Sprintf("banyan: this runs in process %d (%s), which has the data folder open with settings of its own; without effect here: %s.",
		os.Getpid(), g.holder.command, strings.Join(differ, ", "))
	_, _ = fmt.Fprintln(stream{g.wire, frameErr}, orchestrator.PrintableLine(text))
}

// guestInput is the standard input of another process. Lines are asked for one by
// one, so that what a command has not taken stays where it is; a full screen gets
// every key as it comes.
type guestInput struct {
	guest *guest
	c     chan []byte // nil stands for the end; closed when the other process is gone
	rest  []byte
	ended bool
}

// Read implements io.Reader.
func (in *guestInput) Read(p []byte) (int, error) {
	if len(in.rest) == 0 && !in.ended {
		if err := in.next(); err != nil {
			return 0, err
		}
	}
	if in.ended {
		return 0, io.EOF
	}
	n := copy(p, in.rest)
	in.rest = in.rest[n:]
	return n, nil
}

func (in *guestInput) next() error {
	g := in.guest
	leaving := g.holder.quit
	if g.isChat() {
		leaving = nil // a chat is told otherwise, after its turn
	}
	if err := g.wire.send(frameWant, nil); err != nil {
		return io.EOF
	}
	select {
	case b, ok := <-in.c:
		if !ok || b == nil {
			in.ended = true
			return nil
		}
		in.rest = b
		return nil
	case <-leaving:
		return errMoved
	case <-g.ran:
		return io.EOF
	}
}

// Terminal tells whether somebody types this.
func (in *guestInput) Terminal() bool { return in.guest.said.In }
