package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// visit is a command of this process while the holder runs it.
type visit struct {
	*held
	trip    *trip
	out     io.Writer
	err     io.Writer
	kept    []keptFrame // output since the command was last known to have come so far
	size    int         // of kept, in bytes
	shown   bool        // kept grew too large and was let go: it cannot be repeated
	chat    bool
	full    *fullScreen // while a full screen is shown
	reading bool        // a line is wanted
	stopped time.Time   // since when the command is to stop
}

type keptFrame struct {
	kind frameKind
	text []byte
}

const (
	// maxKept bounds the output that is kept until it is known to stay, in bytes.
	maxKept = 8 << 20
	// maxPending bounds what is kept of a line that is not dealt with, in bytes; no
	// message may be so long.
	maxPending = 2 * chunk
	// stopTime is how long a command may take to stop after Ctrl+C.
	stopTime = 8 * time.Second
)

// frame is what comes from the holder; err ends it.
type frame struct {
	kind    frameKind
	payload []byte
	err     error
}

// visit lets the holder run the command. It returns over with the exit status
// when the command has ended, and otherwise false: the command has to go on
// elsewhere, with what the trip holds.
func (h *held) visit(t *trip) (status int, over bool) {
	v := &visit{held: h, trip: t, out: os.Stdout, err: os.Stderr}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	resized := make(chan os.Signal, 1)
	notifyResize(resized)
	defer signal.Stop(resized)
	frames, stop := make(chan frame), make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			kind, payload, err := readFrame(h.wire.conn)
			select {
			case frames <- frame{kind, payload, err}:
			case <-stop:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() {
		close(stop)
		_ = h.wire.conn.Close() // all was read that counts
		<-ended
	}()
	return v.loop(frames, signals, resized)
}

func (v *visit) loop(frames <-chan frame, signals, resized <-chan os.Signal) (status int, over bool) {
	var late <-chan time.Time
	for {
		var lines <-chan piece
		var stuck <-chan struct{}
		if v.reading {
			lines = v.trip.input.next()
		}
		if v.full != nil {
			stuck = v.full.stuck
		}
		select {
		case f := <-frames:
			if status, over, more := v.take(f); !more {
				return status, over
			}
		case p := <-lines:
			v.give(p)
		case s := <-signals:
			switch {
			case s != os.Interrupt, !v.chat && !v.stopped.IsZero():
				v.leaveScreen(true)
				return exitInterrupted, true
			case !v.chat:
				v.stopped = time.Now()
				late = time.After(stopTime)
			}
			_ = v.wire.send(frameInterrupt, nil) // the end of the connection says the rest
		case <-resized:
			_ = v.wire.tell(frameSize, terminalSize()) // as above
		case <-late:
			return exitInterrupted, true
		case <-stuck:
			v.leaveScreen(true)
			return exitInterrupted, true
		}
	}
}

// take takes a frame in. more is false when the visit is over; over tells whether
// the command is, too.
func (v *visit) take(f frame) (status int, over, more bool) {
	if f.err != nil || f.kind == frameMoved {
		return v.broken()
	}
	switch f.kind {
	case frameOut, frameErr:
		v.show(f)
	case frameWant:
		if v.full != nil {
			break // it gets every key anyway
		}
		if n := len(v.trip.trail.Line); n > 0 && v.trip.trail.Line[n-1] == '\n' {
			v.trip.trail.Line = "" // it was blank, or belongs to what was shown
		}
		v.settle()
		v.reading = true
	case frameTrail:
		token := v.trip.trail.Token
		var t trail
		if json.Unmarshal(f.payload, &t) != nil {
			break
		}
		if t.Turns == v.trip.trail.Turns {
			t.Line = v.trip.trail.Line
		}
		v.trip.trail, v.trip.trail.Token = t, token
		v.settle()
	case frameScreen:
		var s screen
		_ = json.Unmarshal(f.payload, &s) // a line by line chat works everywhere
		v.settle()
		v.chat = true
		if s.Full {
			v.full = enterFullScreen(v.wire)
		}
	case frameExit:
		_ = json.Unmarshal(f.payload, &status) // 0
		v.settle()
		v.leaveScreen(false)
		return status, true, false
	default: // a later version may say more
	}
	return 0, false, true
}

// show writes output, or keeps it until it is sure that the command need not be
// run again.
func (v *visit) show(f frame) {
	if v.chat || v.shown {
		v.write(f.kind, f.payload)
		return
	}
	v.kept = append(v.kept, keptFrame{f.kind, f.payload})
	if v.size += len(f.payload); v.size > maxKept {
		v.settle()
		v.shown = true
	}
}

func (v *visit) write(kind frameKind, text []byte) {
	w := v.out
	if kind == frameErr {
		w = v.err
	}
	_, _ = w.Write(text) // who closes the output does not want it
}

// settle shows what was kept.
func (v *visit) settle() {
	for _, k := range v.kept {
		v.write(k.kind, k.text)
	}
	v.kept, v.size = nil, 0
}

// give sends a piece of standard input.
func (v *visit) give(p piece) {
	v.trip.input.taken(p)
	v.reading = false
	if len(p.text) > 0 {
		if len(v.trip.trail.Line) < maxPending {
			v.trip.trail.Line += string(p.text)
		}
		_ = v.wire.send(frameInput, p.text) // the end of the connection says the rest
		return
	}
	if p.err != nil {
		_ = v.wire.send(frameEnd, nil) // as above
	}
}

// broken decides how it goes on when the holder is gone.
func (v *visit) broken() (status int, over, more bool) {
	v.leaveScreen(true)
	switch {
	case !v.stopped.IsZero():
		return exitInterrupted, true, false
	case v.shown:
		_, _ = fmt.Fprintf(v.err, "banyan: process %d, which ran this, ended in the middle of it. What stands above is not all. Run it again.\n", v.welcome.PID)
		return exitFailed, true, false
	}
	v.kept, v.trip.moved = nil, true
	// What a command has not dealt with it reads again, unless it is known to look for
	// what became of it.
	t := &v.trip.trail
	if whole := strings.HasSuffix(t.Line, "\n") || v.trip.input.ended != nil; t.Conversation == "" || v.chat || !whole {
		v.trip.input.back = append([]byte(t.Line), v.trip.input.back...)
		t.Line = ""
	}
	return 0, false, false
}

func (v *visit) leaveScreen(torn bool) {
	if v.full != nil {
		v.full.leave(torn)
		v.full = nil
	}
}

// exitStatus is what the program ends with after err.
func exitStatus(err error) int {
	var e *exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.status
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	}
	return exitUsage // what cobra itself finds wrong with the command line
}
