package tui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// crew runs what Cmds do under the program's context, and lets Run wait for all
// of it: Bubble Tea itself waits for no Cmd.
type crew struct {
	// scope makes a context that ends with the program.
	scope func() (context.Context, context.CancelFunc)

	mu      sync.Mutex // guards what follows
	closing bool
	busy    int
	idle    chan struct{}
}

func newCrew(ctx context.Context) *crew {
	return &crew{
		scope: func() (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
		idle:  make(chan struct{}),
	}
}

// do makes a Cmd of f. Once the crew closes, a Cmd that has not begun does
// nothing.
func (c *crew) do(f func(ctx context.Context) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		if !c.enter() {
			return nil
		}
		defer c.leave()
		ctx, cancel := c.scope()
		defer cancel()
		return f(ctx)
	}
}

func (c *crew) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.busy++
	return true
}

func (c *crew) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	if c.closing && c.busy == 0 {
		close(c.idle)
	}
}

// wait takes no more work and waits until all has ended, at most for the given
// time. It tells whether all has. It is called once, after the program's context
// has ended.
func (c *crew) wait(most time.Duration) bool {
	c.mu.Lock()
	c.closing = true
	busy := c.busy
	c.mu.Unlock()
	if busy == 0 {
		return true
	}
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-c.idle:
		return true
	case <-t.C:
		return false
	}
}
