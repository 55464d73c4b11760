package policy

import (
	"context"
	"testing"
	"time"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

// unsure is a Surer that is sure of every second message.
type unsure struct{}

func (unsure) Sure(_ context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, bool) {
	return orchestrator.PlanReply{Plan: hello}, len(req.Message)%2 == 0
}

func TestConformance(t *testing.T) {
	broken := func() *script { return scripted(fails(orchestrator.CodeBackendOverloaded)).named("broken") }
	for name, wrap := range map[string]func(orchestrator.Backend) orchestrator.Backend{
		"Bare":     func(b orchestrator.Backend) orchestrator.Backend { return b },
		"Retry":    func(b orchestrator.Backend) orchestrator.Backend { return NewRetry(b, RetryConfig{}) },
		"Timeouts": func(b orchestrator.Backend) orchestrator.Backend { return NewTimeouts(b, bounds) },
		"Breaker":  func(b orchestrator.Backend) orchestrator.Backend { return NewBreaker(b, BreakerConfig{}) },
		"RateLimit": func(b orchestrator.Backend) orchestrator.Backend {
			return NewRateLimit(b, RateConfig{Requests: 1000, Tokens: 1e7})
		},
		"Fallback": func(b orchestrator.Backend) orchestrator.Backend { return NewFallback(FallbackConfig{}, broken(), b) },
		"Cascade":  func(b orchestrator.Backend) orchestrator.Backend { return NewCascade(unsure{}, scripted().local(), b) },
		"Budget":   func(b orchestrator.Backend) orchestrator.Backend { return NewBudget(b, BudgetConfig{Day: 100}) },
		"Cache":    func(b orchestrator.Backend) orchestrator.Backend { return NewCache(b, CacheConfig{}) },
		"Meter":    func(b orchestrator.Backend) orchestrator.Backend { return NewMeter(b, MeterConfig{}) },
		"All":      stack,
	} {
		t.Run(name, func(t *testing.T) {
			conformance.Backend(t, func(testing.TB) orchestrator.Backend { return wrap(scripted()) })
		})
	}
}

var bounds = TimeoutConfig{FirstToken: 10 * time.Second, Idle: 10 * time.Second, Total: time.Minute}

// stack puts every policy around a backend.
func stack(b orchestrator.Backend) orchestrator.Backend {
	b = NewMeter(b, MeterConfig{})
	b = NewTimeouts(b, bounds)
	b = NewRateLimit(b, RateConfig{Requests: 1e9, Tokens: 1e12})
	b = NewBreaker(b, BreakerConfig{})
	b = NewRetry(b, RetryConfig{})
	b = NewBudget(b, BudgetConfig{Turn: 1e6, Conversation: 1e6, User: 1e6, Day: 1e6})
	b = NewFallback(FallbackConfig{}, b, scripted().named("second"))
	b = NewCascade(never{}, scripted().local(), b)
	return NewCache(b, CacheConfig{})
}

// never is sure of nothing.
type never struct{}

func (never) Sure(context.Context, orchestrator.PlanRequest) (orchestrator.PlanReply, bool) {
	return orchestrator.PlanReply{}, false
}

// The composition of all policies costs little beside any call of a model.
func BenchmarkStack(b *testing.B) {
	for _, c := range []struct {
		name string
		b    orchestrator.Backend
	}{{"Bare", scripted()}, {"All", stack(scripted())}} {
		b.Run(c.name, func(b *testing.B) {
			ctx := orchestrator.WithAsking(b.Context(), orchestrator.Asking{Conversation: "c", Turn: "t", User: ada.Email}, nil)
			req := ask("where is my kettle?")
			req.Catalog = catalog(b)
			req.User = orchestrator.User{} // so that nothing comes from the cache
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.b.Plan(ctx, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, p := range []struct {
		name string
		wrap func(orchestrator.Backend) orchestrator.Backend
	}{
		{"Meter", func(b orchestrator.Backend) orchestrator.Backend { return NewMeter(b, MeterConfig{}) }},
		{"Timeouts", func(b orchestrator.Backend) orchestrator.Backend { return NewTimeouts(b, bounds) }},
		{"RateLimit", func(b orchestrator.Backend) orchestrator.Backend {
			return NewRateLimit(b, RateConfig{Requests: 1e9, Tokens: 1e12})
		}},
		{"Breaker", func(b orchestrator.Backend) orchestrator.Backend { return NewBreaker(b, BreakerConfig{}) }},
		{"Retry", func(b orchestrator.Backend) orchestrator.Backend { return NewRetry(b, RetryConfig{}) }},
		{"Budget", func(b orchestrator.Backend) orchestrator.Backend {
			return NewBudget(b, BudgetConfig{Turn: 1e6, Conversation: 1e6, User: 1e6, Day: 1e6})
		}},
		{"Cache", func(b orchestrator.Backend) orchestrator.Backend { return NewCache(b, CacheConfig{}) }},
	} {
		b.Run(p.name, func(b *testing.B) {
			ctx := orchestrator.WithAsking(b.Context(), orchestrator.Asking{Conversation: "c", Turn: "t", User: ada.Email}, nil)
			one := p.wrap(scripted())
			req := ask("where is my kettle?")
			req.Catalog = catalog(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := one.Plan(ctx, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
