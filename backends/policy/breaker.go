package policy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"banyan/orchestrator"
)

// BreakerConfig says when a backend is left alone. The zero value is a sensible
// one.
type BreakerConfig struct {
	// Failures within Window open the breaker (5 within 60 s).
	Failures uint
	Window   time.Duration
	// Delay is how long it stays open before one call may try (30 s).
	Delay time.Duration
	// Kinds are the kinds of error that count, see Kind. Nil: no connection, too
	// slow, too many requests, a failure of the provider, a reply that was cut off,
	// and errors of no known kind. Other errors show that the provider is there.
	Kinds []string
}

// Breaker leaves a backend alone that keeps failing: calls fail at once with an
// error of kind CodeBackendOpen, which Retry never repeats. After a while single
// calls try whether the backend is well again. A call that the user cancelled, or
// that a RateLimit inside refused, counts neither way; as the trial call it counts
// as failed, because nothing was learned.
type Breaker struct {
	layer
	kinds   map[string]bool
	circuit circuitbreaker.CircuitBreaker[struct{}]
}

// NewBreaker wraps a backend; the breaker starts closed.
func NewBreaker(b orchestrator.Backend, cfg BreakerConfig) *Breaker {
	setDefault(&cfg.Failures, 5)
	setDefault(&cfg.Window, time.Minute)
	setDefault(&cfg.Delay, 30*time.Second)
	br := &Breaker{kinds: orDefault(cfg.Kinds, ailing)}
	br.layer = layer{inner: b, do: br.around}
	br.circuit = circuitbreaker.NewBuilder[struct{}]().
		WithFailureThresholdPeriod(cfg.Failures, cfg.Window).
		WithSuccessThreshold(1).
		WithDelay(cfg.Delay).
		Build()
	return br
}

// State is "closed" (all is well), "open" or "half-open"; left is how long it
// stays open.
func (b *Breaker) State() (state string, left time.Duration) {
	return b.circuit.State().String(), b.circuit.RemainingDelay()
}

// errOpen is the cause of a refusal.
var errOpen = errors.New("the circuit breaker is open")

func (b *Breaker) around(ctx context.Context, x *exchange) error {
	before := b.circuit.State()
	if !b.circuit.TryAcquirePermit() {
		name, left := nameOf(ctx, b.inner), b.circuit.RemainingDelay()
		orchestrator.Notify(ctx, fmt.Sprintf("breaker: %s is left alone for another %s", name, brief(left)))
		return &orchestrator.Error{
			Code: orchestrator.CodeBackendOpen, Cause: errOpen,
			Message: fmt.Sprintf("%s failed too often and is left alone for another %s. Your message is kept. Send it again then, or choose another backend with /model or --backend.", name, brief(left)),
		}
	}
	if before == circuitbreaker.OpenState {
		orchestrator.Notify(ctx, fmt.Sprintf("breaker: trying %s again", nameOf(ctx, b.inner)))
	}
	err := x.ask(ctx, b.inner)
	before = b.circuit.State()
	var own *waitError // a RateLimit inside did not let the call through
	switch {
	case err != nil && (stopped(ctx) || errors.As(err, &own)):
		if before == circuitbreaker.HalfOpenState {
			b.circuit.RecordFailure()
		}
	case b.kinds[kindIn(ctx, err)]:
		b.circuit.RecordFailure()
	default:
		b.circuit.RecordSuccess()
	}
	if after := b.circuit.State(); after != before && after == circuitbreaker.OpenState {
		orchestrator.Notify(ctx, fmt.Sprintf("breaker: %s keeps failing (%s) and is left alone for %s", nameOf(ctx, b.inner), words(kindIn(ctx, err)), brief(b.circuit.RemainingDelay())))
	} else if after != before && after == circuitbreaker.ClosedState {
		orchestrator.Notify(ctx, fmt.Sprintf("breaker: %s is well again", nameOf(ctx, b.inner)))
	}
	return err
}
