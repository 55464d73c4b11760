package policy

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"banyan/orchestrator"
)

// RetryConfig says when and how often a failed call is made again. The zero value
// is a sensible one.
type RetryConfig struct {
	// Attempts is how often a call is made at most, the first time included (3).
	Attempts int
	// Delay is the pause before the second attempt (300 ms); it doubles up to
	// MaxDelay (8 s). A random part of up to half of it is taken off, so that
	// callers that failed together do not come back together.
	Delay, MaxDelay time.Duration
	// Kinds are the kinds of error worth another attempt, see Kind. Nil: no
	// connection, too slow, too many requests, a failure of the provider, a reply
	// that was cut off or that cannot be used.
	Kinds []string
	// Rand returns a number in [0, 1); math/rand/v2 if nil.
	Rand func() float64
}

// Retry makes a call again that failed for a reason that may pass. An error that
// says how long to wait is obeyed; if that is longer than MaxDelay, or than the
// context lasts, there is no further attempt. In Respond there is none once a
// piece of the answer was emitted.
type Retry struct {
	layer
	cfg    RetryConfig
	kinds  map[string]bool
	policy retrypolicy.RetryPolicy[struct{}]
}

// NewRetry wraps a backend.
func NewRetry(b orchestrator.Backend, cfg RetryConfig) *Retry {
	setDefault(&cfg.Attempts, 3)
	setDefault(&cfg.Delay, 300*time.Millisecond)
	setDefault(&cfg.MaxDelay, 8*time.Second)
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	r := &Retry{cfg: cfg, kinds: orDefault(cfg.Kinds, passing)}
	r.layer = layer{inner: b, do: r.around}
	r.policy = retrypolicy.NewBuilder[struct{}]().
		WithMaxAttempts(cfg.Attempts).
		ReturnLastFailure().
		HandleIf(func(_ struct{}, err error) bool { return asAgain(err) != nil }).
		WithDelayFunc(func(exec failsafe.ExecutionAttempt[struct{}]) time.Duration {
			if a := asAgain(exec.LastError()); a != nil {
				return a.after
			}
			return 0
		}).
		Build()
	return r
}

// again marks a failure that is worth another attempt.
type again struct {
	err   error
	after time.Duration
}

// Error implements error.
func (a *again) Error() string { return a.err.Error() }

func asAgain(err error) *again {
	var a *again
	if errors.As(err, &a) {
		return a
	}
	return nil
}

func (r *Retry) around(ctx context.Context, x *exchange) error {
	// Most calls are well at once and do without the machinery of a retry.
	err := x.ask(ctx, r.inner)
	wait, ok := r.worth(ctx, x, err, 1)
	if !ok {
		return err
	}
	var spent tally
	spent.add(x)
	_ = failsafe.With[struct{}](r.policy).WithContext(ctx).RunWithExecution(func(exec failsafe.Execution[struct{}]) error {
		if exec.Attempts() > 1 {
			err = x.ask(ctx, r.inner)
			spent.add(x)
			if wait, ok = r.worth(ctx, x, err, exec.Attempts()); !ok {
				return nil // the outcome is err, whatever it is
			}
		}
		orchestrator.Notify(ctx, fmt.Sprintf("retry: %s failed (%s), attempt %d of %d in %s",
			nameOf(ctx, r.inner), words(Kind(err)), exec.Attempts()+1, r.cfg.Attempts, brief(wait)))
		return &again{err, wait}
	})
	*x.usage() = spent.sum
	return err
}

// worth tells whether another attempt is worth it, and after which pause.
func (r *Retry) worth(ctx context.Context, x *exchange, err error, attempts int) (time.Duration, bool) {
	if err == nil || attempts >= r.cfg.Attempts || x.emitted || ctx.Err() != nil || !r.kinds[Kind(err)] {
		return 0, false
	}
	wait, told := RetryAfter(err)
	if !told {
		wait = min(r.cfg.Delay<<min(attempts-1, 20), r.cfg.MaxDelay)
		wait -= time.Duration(r.cfg.Rand() * float64(wait) / 2)
	}
	if wait > r.cfg.MaxDelay {
		return 0, false
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= wait {
		return 0, false
	}
	return wait, true
}
