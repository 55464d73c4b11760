package chaos

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync/atomic"
	"time"

	"banyan/orchestrator"
)

// ErrInjected is in the chain of every failure that a fault causes.
var ErrInjected = errors.New("it was broken on purpose")

// service is one that can be broken.
type service struct {
	board *Board
	inner orchestrator.Service
	// node and intents are nil until the service has been described.
	node    atomic.Pointer[node]
	intents atomic.Pointer[map[string]orchestrator.Intent]
}

// Wrap returns a service that the board can break. It has the abilities of inner, no
// more and no fewer. Until it has been described it cannot be broken.
func (b *Board) Wrap(inner orchestrator.Service) orchestrator.Service {
	s := &service{board: b, inner: inner}
	a := orchestrator.AbilitiesOf(inner)
	if a.Finder != nil {
		a.Finder = finder{s, a.Finder}
	}
	return orchestrator.WithAbilities(s, a)
}

// Describe is that of the service, never broken.
func (s *service) Describe(ctx context.Context) (orchestrator.Description, error) {
	d, err := s.inner.Describe(ctx)
	if err != nil {
		return d, err
	}
	intents := make(map[string]orchestrator.Intent, len(d.Intents))
	for _, in := range d.Intents {
		intents[in.Name] = in
	}
	s.intents.Store(&intents)
	s.node.Store(s.board.meet(d.Name))
	return d, nil
}

// fault returns what the service suffers from, or nil.
func (s *service) fault() *active {
	n := s.node.Load()
	if n == nil {
		return nil
	}
	return n.active.Load()
}

// Call performs the intent as well as the fault lets it.
func (s *service) Call(ctx context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	a := s.fault()
	if a == nil {
		return s.inner.Call(ctx, call)
	}
	fails := a.fails()
	if !a.Lost {
		switch err := a.hold(ctx); {
		case err != nil:
			return orchestrator.Result{}, fmt.Errorf("%w: %w", orchestrator.ErrNotSent, err)
		case a.Outage:
			return orchestrator.Result{}, a.outage()
		case fails:
			return orchestrator.Result{}, fmt.Errorf("the %s service failed: %w", a.Service, ErrInjected)
		}
	}
	res, err := s.inner.Call(ctx, call)
	if a.Lost {
		if held := a.hold(ctx); held != nil {
			return orchestrator.Result{}, held
		}
		if fails {
			return orchestrator.Result{}, fmt.Errorf("the answer of the %s service was lost: %w", a.Service, ErrInjected)
		}
	}
	if err != nil || a.bug == nil {
		return res, err
	}
	in := (*s.intents.Load())[call.Intent]
	if a.bug.remembers {
		if !in.Changes() && !call.DryRun {
			res.Data = a.stale.first(call, res.Data)
		}
		return res, nil
	}
	res.Data = a.bug.apply(res.Data, in.Result)
	return res, nil
}

// hold waits for the latency of the fault. What ends it early is the error.
func (a *active) hold(ctx context.Context) error {
	if a.Latency <= 0 {
		return nil
	}
	timer := time.NewTimer(a.Latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("held up by %s: %w", a.Latency, ctx.Err())
	}
}

func (a *active) outage() error {
	return fmt.Errorf("the %s service is out: %w: %w", a.Service, ErrInjected, orchestrator.ErrNotSent)
}

// fails tells whether this call is one of those that fail: which ones are follows from
// the seed, the service and the number of calls since the fault was injected.
func (a *active) fails() bool {
	n := a.calls.Add(1)
	if a.ErrorRate <= 0 {
		return false
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(a.Service)) // it cannot fail
	// SplitMix64, Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
	// OOPSLA 2014.
	x := (a.Seed ^ h.Sum64()) + n*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	x ^= x >> 31
	return float64(x>>11)/(1<<53) < a.ErrorRate
}

// finder looks up changes at a service that can be out.
type finder struct {
	s     *service
	inner orchestrator.Finder
}

// Find is that of the service, and fails during an outage.
func (f finder) Find(ctx context.Context, call orchestrator.Call) (res orchestrator.Result, found bool, err error) {
	if a := f.s.fault(); a != nil && a.Outage {
		return orchestrator.Result{}, false, a.outage()
	}
	return f.inner.Find(ctx, call)
}
