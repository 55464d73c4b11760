package tui

import (
	"context"
	"os"
	"sync"
	"time"
)

// sameSignal is how much later than the end of a context the signal that ended
// it can be noticed.
const sameSignal = 50 * time.Millisecond

// interrupts decides what a Ctrl+C means in the linear mode: while a turn runs
// the first one stops it, every other one leaves.
type interrupts struct {
	leave context.CancelCauseFunc
	ended chan struct{}
	close func() // ends the watching and waits for that

	mu   sync.Mutex // guards stop
	stop func()     // stops the running turn; nil if none runs or it was stopped
}

// watchInterrupts returns a context for all work. It ends with ErrInterrupted as
// its cause when the user leaves by a signal, and with the parent's cause when
// that ended for another reason. A parent that the signal ended is not waited
// on: the program's own context usually ends with the first Ctrl+C.
func watchInterrupts(parent context.Context, signals <-chan os.Signal) (context.Context, *interrupts) {
	ctx, leave := context.WithCancelCause(context.WithoutCancel(parent))
	i := &interrupts{leave: leave, ended: make(chan struct{})}
	quit := make(chan struct{})
	i.close = func() {
		close(quit)
		<-i.ended
		leave(context.Canceled)
	}
	go func() {
		defer close(i.ended)
		i.watch(parent, signals, quit)
	}()
	return ctx, i
}

func (i *interrupts) watch(parent context.Context, signals <-chan os.Signal, quit <-chan struct{}) {
	over := parent.Done()
	for {
		select {
		case <-quit:
			return
		case <-signals:
			i.interrupt()
			over = nil // the same signal ends the program's context, sooner or later
		case <-over:
			over = nil
			select {
			case <-signals:
				i.interrupt()
			case <-time.After(sameSignal):
				i.leave(context.Cause(parent))
			case <-quit:
				return
			}
		}
	}
}

// interrupt is one Ctrl+C.
func (i *interrupts) interrupt() {
	i.mu.Lock()
	stop := i.stop
	i.stop = nil
	i.mu.Unlock()
	if stop == nil {
		i.leave(ErrInterrupted)
		return
	}
	stop()
}

// during lets the next interrupt stop a turn instead of leaving, until over is
// called. stopped is closed when it does.
func (i *interrupts) during(cancel context.CancelFunc) (stopped <-chan struct{}, over func()) {
	c := make(chan struct{})
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stop = func() {
		cancel()
		close(c)
	}
	return c, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.stop = nil
	}
}
