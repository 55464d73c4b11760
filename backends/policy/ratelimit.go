package policy

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"banyan/orchestrator"
)

// RateConfig limits calls to what a provider allows; zero means no limit.
type RateConfig struct {
	// Requests and Tokens are allowed per minute, input and output tokens together.
	Requests, Tokens int
	// MaxWait is how long a call may wait for its turn (5 s); one that would have to
	// wait longer fails at once.
	MaxWait time.Duration
	// Estimate sizes a call's input beforehand.
	Estimate Estimator
	// Now is the clock; time.Now if nil. Waiting is in real time.
	Now func() time.Time
}

// RateLimit keeps calls within requests and tokens per minute. A call waits if its
// turn comes soon, otherwise it fails with an error of kind CodeBackendRateLimit
// that says how long to wait (RetryAfter). The input is counted by estimate
// beforehand, the rest of what the call came to when it has ended. Saved-up
// allowance is one minute's at most.
type RateLimit struct {
	layer
	cfg              RateConfig
	estimate         *estimate
	requests, tokens *rate.Limiter // nil without a limit
}

// NewRateLimit wraps a backend.
func NewRateLimit(b orchestrator.Backend, cfg RateConfig) *RateLimit {
	setDefault(&cfg.MaxWait, 5*time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	l := &RateLimit{cfg: cfg, estimate: newEstimate(cfg.Estimate), requests: perMinute(cfg.Requests), tokens: perMinute(cfg.Tokens)}
	l.layer = layer{inner: b, do: l.around}
	return l
}

func perMinute(n int) *rate.Limiter {
	if n <= 0 {
		return nil
	}
	return rate.NewLimiter(rate.Limit(float64(n)/60), n)
}

func (l *RateLimit) around(ctx context.Context, x *exchange) error {
	estimated := 0
	if l.tokens != nil {
		in, _ := l.estimate.size(x)
		estimated = min(in, l.cfg.Tokens) // more than a minute's worth is for the provider to refuse
	}
	now := l.cfg.Now()
	wait, cancel := l.reserve(now, estimated)
	end, bounded := ctx.Deadline()
	if wait > l.cfg.MaxWait || bounded && time.Until(end) <= wait {
		cancel()
		return l.refuse(ctx, wait)
	}
	if wait > 0 {
		orchestrator.Notify(ctx, fmt.Sprintf("rate limit: waiting %s before %s is asked", brief(wait), nameOf(ctx, l.inner)))
		turn := time.NewTimer(wait)
		defer turn.Stop()
		select {
		case <-turn.C:
		case <-ctx.Done():
			cancel()
			return ctx.Err()
		}
	}
	err := x.ask(ctx, l.inner)
	l.settle(x.usage(), estimated)
	return err
}

// reserve takes one request and the estimated tokens, and says how long to wait
// for them. cancel gives back what was not waited for.
func (l *RateLimit) reserve(now time.Time, estimated int) (wait time.Duration, cancel func()) {
	var held []*rate.Reservation
	for _, want := range []struct {
		limiter *rate.Limiter
		n       int
	}{{l.requests, 1}, {l.tokens, estimated}} {
		if want.limiter == nil {
			continue
		}
		r := want.limiter.ReserveN(now, want.n)
		held = append(held, r)
		wait = max(wait, r.DelayFrom(now))
	}
	return wait, func() {
		for _, r := range held {
			r.CancelAt(now)
		}
	}
}

// settle counts what the call came to beyond the estimate. Nobody waits for it
// here; calls to come do.
func (l *RateLimit) settle(u *orchestrator.Usage, estimated int) {
	if l.tokens == nil {
		return
	}
	for left := u.InputTokens + u.OutputTokens - estimated; left > 0; left -= l.cfg.Tokens {
		l.tokens.ReserveN(l.cfg.Now(), min(left, l.cfg.Tokens))
	}
}

func (l *RateLimit) refuse(ctx context.Context, wait time.Duration) error {
	name := nameOf(ctx, l.inner)
	orchestrator.Notify(ctx, fmt.Sprintf("rate limit: %s is not asked, its turn would come in %s", name, brief(wait)))
	return &orchestrator.Error{
		Code: orchestrator.CodeBackendRateLimit, Cause: &waitError{"the own rate limit is used up", wait},
		Message: fmt.Sprintf("The rate limit set for %s is used up. Your message is kept. Send it again in %s, raise the limit, or choose another backend with /model or --backend.", name, brief(wait)),
	}
}
