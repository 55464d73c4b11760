package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress shows on a terminal how far the cases are.
type progress struct {
	out         io.Writer // nil: nobody looks
	done, total int
	shown       time.Time
}

// newProgress shows progress on errs if it is a terminal, unless cases are printed
// to a terminal as well.
func newProgress(errs, out io.Writer, printing bool, total int) *progress {
	p := &progress{total: total}
	if onTerminal(errs) && !(printing && onTerminal(out)) {
		p.out = errs
	}
	return p
}

func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && isTerminal(f)
}

func (p *progress) step() {
	p.done++
	if p.out == nil || time.Since(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = time.Now()
	if p.total > 0 {
		_, _ = fmt.Fprintf(p.out, "\r\x1b[K%d of %d", p.done, p.total)
	} else {
		_, _ = fmt.Fprintf(p.out, "\r\x1b[K%d", p.done)
	}
}

// say shows what is being done instead.
func (p *progress) say(what string) {
	if p.out != nil {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K"+what)
	}
}

// clear takes the progress off the line; step brings it back.
func (p *progress) clear() {
	if p.out != nil {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K")
	}
}

func (p *progress) end() { p.clear() }
