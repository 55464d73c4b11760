package policy

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"banyan/orchestrator"
)

// fixed is an Estimator that always says the same.
func fixed(input, output int) Estimator {
	return Estimator{Func: func(Skill, *orchestrator.PlanRequest, *orchestrator.JudgeRequest, *orchestrator.RespondRequest) (int, int) {
		return input, output
	}}
}

func TestRateLimitRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e ear
		s := scripted()
		l := NewRateLimit(s, RateConfig{Requests: 20, MaxWait: 4 * time.Second})
		ctx := e.listen(t.Context(), orchestrator.Asking{})
		started := time.Now()
		for range 20 {
			if _, err := l.Plan(ctx, ask("hello")); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(started) != 0 {
			t.Error("a minute's worth of requests had to wait")
		}
		if _, err := l.Plan(ctx, ask("hello")); err != nil || time.Since(started) != 3*time.Second {
			t.Errorf("the next waited %s, %v", time.Since(started), err)
		}
		e.wantHeard(t, "rate limit: waiting 3 s before script (m1) is asked")
		done := make(chan struct{})
		go func() { defer close(done); _, _ = l.Plan(ctx, ask("hello")) }()
		synctest.Wait()
		_, err := l.Plan(ctx, ask("hello"))
		wantKind(t, err, orchestrator.CodeBackendRateLimit)
		if wait, ok := RetryAfter(err); !ok || wait != 6*time.Second {
			t.Errorf("it says to wait %s", wait)
		}
		<-done
		// What was refused has taken nobody's turn.
		if _, err := l.Plan(ctx, ask("hello")); err != nil || time.Since(started) != 9*time.Second {
			t.Errorf("the next ended after %s, %v", time.Since(started), err)
		}
	})
}

func TestRateLimitTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted() // 110 tokens a call
		l := NewRateLimit(s, RateConfig{Tokens: 600, Estimate: fixed(50, 0), MaxWait: 20 * time.Second})
		started := time.Now()
		for range 5 {
			if _, err := l.Plan(t.Context(), ask("hello")); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(started) != 0 {
			t.Error("it waited too early")
		}
		// 550 are used; of the 50 left the sixth takes all, the seventh waits for the
		// 60 beyond its estimate and its own 50.
		for range 2 {
			if _, err := l.Plan(t.Context(), ask("hello")); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(started); took != 11*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

// A request larger than a minute's worth is for the provider to refuse.
func TestRateLimitHuge(t *testing.T) {
	if _, err := NewRateLimit(scripted(), RateConfig{Tokens: 10, Estimate: fixed(1000, 0)}).Plan(t.Context(), ask("hello")); err != nil {
		t.Error(err)
	}
}

func TestRateLimitCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted()
		l := NewRateLimit(s, RateConfig{Requests: 60, MaxWait: time.Hour})
		for range 60 {
			_, _ = l.Plan(t.Context(), ask("hello"))
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		_, err := l.Plan(ctx, ask("hello"))
		wantKind(t, err, orchestrator.CodeCancelled)
		short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, err = l.Plan(short, ask("hello"))
		wantKind(t, err, orchestrator.CodeBackendRateLimit)
		wantCalls(t, s, 60)
	})
}
