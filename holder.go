package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"banyan/orchestrator"
)

// Bounds of what a holder lets others do.
const (
	helloTimeout = 5 * time.Second // from the connection to a whole hello
	maxGuests    = 256             // connections at a time
	// partingTime is how long a holder that is leaving waits for the turns of its
	// guests; what is not finished then is finished by whoever holds the store next.
	partingTime = 30 * time.Second
)

// holder serves the other processes of this user while this one has the store
// open: it runs their commands on its own kernel and sends them what comes of it.
type holder struct {
	app      *app
	command  string
	folder   string
	listener net.Listener
	quit     chan struct{} // closed when the holder leaves
	done     sync.WaitGroup

	// playing has room for one command that puts a plan of its own before the kernel's
	// backend.
	playing chan struct{}

	mu     sync.Mutex // guards what follows
	guests map[*guest]struct{}
	ended  map[string]chan struct{} // by the token of a run: closed when its last guest has ended
	told   map[string]bool          // turns of which asking users were told that they were recovered
}

// serve begins to serve others.
func (a *app) serve(command string) error {
	folder := filepath.Dir(a.store.Path())
	l, err := listenIn(folder)
	if err != nil {
		return err
	}
	h := &holder{
		app: a, command: command, folder: folder, listener: l, quit: make(chan struct{}), playing: make(chan struct{}, 1),
		guests: map[*guest]struct{}{}, ended: map[string]chan struct{}{}, told: map[string]bool{},
	}
	a.holder = h
	h.done.Go(h.accept)
	return nil
}

func (h *holder) accept() {
	for {
		c, err := h.listener.Accept()
		if err != nil {
			select {
			case <-h.quit:
				return
			case <-time.After(50 * time.Millisecond): // too many open files, perhaps
				continue
			}
		}
		h.done.Go(func() { h.receive(c) })
	}
}

// receive serves one connection. Whatever the other side sends, it ends, and
// disturbs nobody.
func (h *holder) receive(c net.Conn) {
	defer func() { _ = c.Close() }()
	w := &wire{conn: c}
	said, problem := h.greet(c)
	if problem != "" {
		_ = w.send(frameRefused, []byte(problem)) // if nobody listens any more, so be it
		return
	}
	if said == nil {
		return
	}
	g, before := h.admit(w, *said)
	if g == nil {
		_ = w.send(frameMoved, nil)
		return
	}
	defer h.dismiss(g)
	if err := w.tell(frameWelcome, welcome{Protocol: protocol, PID: os.Getpid(), Command: h.command}); err != nil {
		return
	}
	if before != nil {
		<-before // its turn must be stored before it is looked for
	}
	g.serve()
}

// greet reads the hello. It returns nil for a peer that is none of ours, and a
// sentence for one that is to be told why it cannot be served.
func (h *holder) greet(c net.Conn) (said *hello, problem string) {
	if u, ok := c.(*net.UnixConn); ok && sameUser(u) != nil {
		return nil, ""
	}
	if err := c.SetReadDeadline(time.Now().Add(helloTimeout)); err != nil {
		return nil, ""
	}
	kind, payload, err := readFrame(c)
	if err != nil || kind != frameHello {
		return nil, ""
	}
	var version struct {
		Protocol int    `json:"protocol"`
		Program  string `json:"program"`
	}
	if json.Unmarshal(payload, &version) != nil {
		return nil, ""
	}
	if version.Protocol != protocol {
		return nil, h.otherVersion(version.Protocol, version.Program)
	}
	said = &hello{}
	if json.Unmarshal(payload, said) != nil || c.SetReadDeadline(time.Time{}) != nil {
		return nil, ""
	}
	return said, ""
}

func (h *holder) otherVersion(other int, program string) string {
	return fmt.Sprintf("The data folder is held by process %d (%s, banyan %s), which speaks version %d of the protocol between processes; "+
		"this banyan %s speaks version %d. Nothing was done. Run the same program in both places, or end that process first.",
		os.Getpid(), h.command, version(), protocol, program, other)
}

// admit takes a guest in, or returns nil if the holder is leaving or has too many.
// before, if not nil, is closed when an earlier guest of the same run has ended.
func (h *holder) admit(w *wire, said hello) (g *guest, before <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case <-h.quit:
		return nil, nil
	default:
	}
	if len(h.guests) >= maxGuests {
		return nil, nil
	}
	if c := h.ended[said.Trail.Token]; c != nil {
		before = c
	}
	g = newGuest(h, w, said)
	h.guests[g] = struct{}{}
	h.ended[said.Trail.Token] = g.over
	return g, before
}

func (h *holder) dismiss(g *guest) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.guests, g)
	if h.ended[g.said.Trail.Token] == g.over {
		delete(h.ended, g.said.Trail.Token)
	}
	close(g.over)
}

// count says how many guests there are.
func (h *holder) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.guests)
}

// tells is true once for every turn, and always if nobody is served.
func (h *holder) tells(turn string) bool {
	if h == nil {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	told := h.told[turn]
	h.told[turn] = true
	return !told
}

// leave ends the serving. Guests finish the turn they are in and then move on to
// whoever holds the store next. It returns false if some did not finish in time,
// or ctx ended: then the store must be left as it is, as if the process had died,
// so that the next one finishes what is under way.
func (h *holder) leave(ctx context.Context, say io.Writer) bool {
	_ = os.Remove(filepath.Join(h.folder, socketName)) // the next holder would replace it
	h.mu.Lock()
	close(h.quit)
	h.mu.Unlock()
	_ = h.listener.Close()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		h.done.Wait()
	}()
	notice, end := time.NewTimer(time.Second), time.NewTimer(partingTime)
	defer notice.Stop()
	defer end.Stop()
	for {
		select {
		case <-gone:
			return true
		case <-notice.C:
			_, _ = fmt.Fprintf(say, "banyan: %s of other processes still under way; they go on without this one as soon as they can. Ctrl+C leaves at once.\n",
				orchestrator.Wording{}.Plural(h.count(), "command"))
			continue
		case <-end.C:
		case <-ctx.Done():
		}
		break
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for g := range h.guests {
		_ = g.wire.conn.Close() // its process takes over
	}
	return false
}
