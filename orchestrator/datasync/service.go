package datasync

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"banyan/orchestrator"
)

// Services returns the nodes' services behind the barrier, in the order of the
// nodes; nodes without one are left out. A call waits until the node has all
// events about its owner. A change also holds the owner's lock from there until the
// service has returned, even if its caller is long gone, so that changes about the
// same customer follow each other over both sides. The result of a change tells the
// states that were recorded for it. What a service can besides
// (orchestrator.DryRunner, Finder, Playbook, Closer) it can still.
func (s *Sync) Services() []orchestrator.Service {
	var all []orchestrator.Service
	for _, n := range s.nodes {
		if n.Service != nil {
			all = append(all, s.guard(n))
		}
	}
	return all
}

func (s *Sync) guard(n *node) orchestrator.Service {
	g := &guarded{s: s, node: n, inner: n.Service}
	finder, finds := n.Service.(orchestrator.Finder)
	plays, playbook := n.Service.(orchestrator.Playbook)
	switch {
	case finds && playbook:
		return struct {
			*guarded
			orchestrator.Finder
			orchestrator.Playbook
		}{g, finder, plays}
	case finds:
		return struct {
			*guarded
			orchestrator.Finder
		}{g, finder}
	case playbook:
		return struct {
			*guarded
			orchestrator.Playbook
		}{g, plays}
	}
	return g
}

// guarded is a service behind the barrier.
type guarded struct {
	s       *Sync
	node    *node
	inner   orchestrator.Service
	changes atomic.Pointer[map[string]bool] // which intents change something
}

// Describe asks the service.
func (g *guarded) Describe(ctx context.Context) (orchestrator.Description, error) {
	d, err := g.inner.Describe(ctx)
	if err == nil {
		changes := map[string]bool{}
		for _, in := range d.Intents {
			changes[in.Name] = in.Changes()
		}
		g.changes.Store(&changes)
	}
	return d, err
}

// Call performs the call as Services says. It fails with an *orchestrator.Error
// of code CodeUnavailable that wraps ErrNotSent, and does not call the service, if
// lock or events cannot be had before ctx ends.
func (g *guarded) Call(ctx context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	owner := ownerKey(g.s.owner(call))
	if owner == "" {
		return g.inner.Call(ctx, call)
	}
	if g.changes.Load() == nil {
		if _, err := g.Describe(ctx); err != nil {
			return orchestrator.Result{}, fmt.Errorf("ask what the service changes: %w", err)
		}
	}
	changes := (*g.changes.Load())[call.Intent]
	if changes && !call.DryRun {
		free, err := g.s.owners.take(ctx, owner)
		if err != nil {
			return orchestrator.Result{}, &orchestrator.Error{
				Code: orchestrator.CodeUnavailable, Cause: errors.Join(orchestrator.ErrNotSent, err),
				Message: "Another change for the same customer has not ended yet, so this one was not begun. Nothing was changed.",
			}
		}
		defer free()
	}
	if err := g.s.barrier(ctx, g.node, owner); err != nil {
		return orchestrator.Result{}, err
	}
	if !changes {
		return g.inner.Call(ctx, call)
	}
	ctx, left := collecting(ctx)
	res, err := g.inner.Call(ctx, call)
	if err == nil && res.State == nil {
		res.State = left.all()
	}
	return res, err
}

// CanDryRun asks the service; one that knows no dry runs has none.
func (g *guarded) CanDryRun(intent string) bool {
	d, ok := g.inner.(orchestrator.DryRunner)
	return ok && d.CanDryRun(intent)
}

// Close closes the service, if it can be closed.
func (g *guarded) Close() error {
	if c, ok := g.inner.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
