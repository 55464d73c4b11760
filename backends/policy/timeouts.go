package policy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"banyan/orchestrator"
)

// TimeoutConfig bounds how long a call may take; zero means that there is no
// bound. Connecting is bounded by the HTTP client of the backend.
type TimeoutConfig struct {
	// FirstToken is how long Respond may take until its first piece, Idle how long
	// from one piece to the next. Empty pieces do not count.
	FirstToken, Idle time.Duration
	// Total bounds every call.
	Total time.Duration
}

// Timeouts ends calls that are too slow, with an error of kind CodeBackendTimeout.
type Timeouts struct {
	layer
	cfg TimeoutConfig
}

// NewTimeouts wraps a backend.
func NewTimeouts(b orchestrator.Backend, cfg TimeoutConfig) *Timeouts {
	t := &Timeouts{cfg: cfg}
	t.layer = layer{inner: b, do: t.around}
	return t
}

// tooSlow is the cause with which a call's context is ended.
type tooSlow struct{ what string }

// Error implements error.
func (e *tooSlow) Error() string { return "too slow: " + e.what }

func (t *Timeouts) around(ctx context.Context, x *exchange) error {
	bounded, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if t.cfg.Total > 0 {
		total := time.AfterFunc(t.cfg.Total, func() { cancel(&tooSlow{"no end after " + brief(t.cfg.Total)}) })
		defer total.Stop()
	}
	if x.skill == Respond && (t.cfg.FirstToken > 0 || t.cfg.Idle > 0) {
		defer t.watch(x, cancel)()
	}
	return wordSlow(ctx, bounded, t.inner, x.ask(bounded, t.inner))
}

// wordSlow returns err, or if the call failed because bounded was ended as too slow
// while ctx goes on, an error that says so.
func wordSlow(ctx, bounded context.Context, b orchestrator.Backend, err error) error {
	var slow *tooSlow
	if err == nil || ctx.Err() != nil || !errors.As(context.Cause(bounded), &slow) {
		return err
	}
	name := nameOf(ctx, b)
	orchestrator.Notify(ctx, fmt.Sprintf("timeout: %s gave %s", name, slow.what))
	return &orchestrator.Error{
		Code: orchestrator.CodeBackendTimeout, Cause: errors.Join(slow, err),
		Message: fmt.Sprintf("%s was too slow: %s. Your message is kept. Send it again, or choose another backend with /model or --backend.", name, slow.what),
	}
}

// watch ends the call when its pieces come too slowly, until the returned function
// is called.
func (t *Timeouts) watch(x *exchange, cancel context.CancelCauseFunc) (stop func()) {
	emit := x.emit
	var clock *time.Timer
	if t.cfg.FirstToken > 0 {
		clock = time.AfterFunc(t.cfg.FirstToken, func() { cancel(&tooSlow{"no first word after " + brief(t.cfg.FirstToken)}) })
	}
	idle := false // clock runs from one piece to the next
	x.emit = func(delta string) {
		if delta != "" {
			switch {
			case idle:
				clock.Reset(t.cfg.Idle)
			case clock != nil:
				clock.Stop()
				clock = nil
			}
			if !idle && t.cfg.Idle > 0 {
				idle = true
				clock = time.AfterFunc(t.cfg.Idle, func() { cancel(&tooSlow{"nothing more for " + brief(t.cfg.Idle)}) })
			}
		}
		emit(delta)
	}
	return func() {
		if clock != nil {
			clock.Stop()
		}
	}
}
