package datasync

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"banyan/orchestrator"
)

// Barrier returns when the node has all events about the owner that others had
// recorded before the call. It brings them itself, whatever lag or pause is set,
// together with those of the same source before them. It costs next to nothing
// if there are none. If the events cannot be brought before ctx ends, or at all, it
// returns an *orchestrator.Error of code CodeUnavailable that wraps ErrNotSent.
func (s *Sync) Barrier(ctx context.Context, name, owner string) error {
	n, err := s.node(name)
	if err != nil {
		return err
	}
	return s.barrier(ctx, n, ownerKey(owner))
}

func (s *Sync) barrier(ctx context.Context, n *node, owner string) error {
	if n.waiting.Load() == 0 || s.settings.Load().BarrierOff {
		return nil
	}
	s.mu.RLock()
	waits := n.waits[owner]
	s.mu.RUnlock()
	if waits == 0 {
		return nil
	}
	err := s.bring(ctx, n, s.needed(n, func(e entry) bool { return e.owner == owner }))
	if err != nil {
		return &orchestrator.Error{
			Code: orchestrator.CodeUnavailable, Cause: errors.Join(orchestrator.ErrNotSent, err),
			Message: fmt.Sprintf("The latest changes could not be brought to the %s service in time, so it was not asked. Nothing was changed.", n.Name),
		}
	}
	return nil
}

// locks are held by owner.
type locks struct {
	mu   sync.Mutex // guards held
	held map[string]*lock
}

type lock struct {
	free  chan struct{} // holds a token while nobody has the lock
	users int           // who has it and who waits; guarded by locks.mu
}

// take waits for the owner's lock until ctx ends and returns what frees it.
func (l *locks) take(ctx context.Context, owner string) (free func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*lock{}
	}
	k := l.held[owner]
	if k == nil {
		k = &lock{free: make(chan struct{}, 1)}
		k.free <- struct{}{}
		l.held[owner] = k
	}
	k.users++
	l.mu.Unlock()
	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if k.users--; k.users == 0 {
			delete(l.held, owner)
		}
	}
	select {
	case <-k.free:
		return func() { k.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
