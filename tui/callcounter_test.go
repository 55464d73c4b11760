package tui

import (
	"runtime"
	"sync/atomic"
)

// callCounter counts the calls of a fake, and apart those that came from inside
// Update or View, whatever else runs at the same time.
type callCounter struct {
	calls, inside atomic.Int64
}

func (c *callCounter) called() {
	c.calls.Add(1)
	pcs := make([]uintptr, 128)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if f.Function == "banyan/tui.(*model).Update" || f.Function == "banyan/tui.(*model).View" {
			c.inside.Add(1)
			return
		}
		if !more {
			return
		}
	}
}
