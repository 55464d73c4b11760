package policy

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"banyan/orchestrator"
)

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e ear
		ctx := e.listen(t.Context(), orchestrator.Asking{})
		down := fails(orchestrator.CodeBackendOverloaded)
		s := scripted(down, down, down, down, well())
		b := NewBreaker(s, BreakerConfig{Failures: 3, Window: time.Minute, Delay: 30 * time.Second})
		call := func(kind string) {
			t.Helper()
			_, err := b.Plan(ctx, ask("hello"))
			wantKind(t, err, kind)
		}
		for range 3 {
			call(orchestrator.CodeBackendOverloaded)
		}
		if state, left := b.State(); state != "open" || left != 30*time.Second {
			t.Errorf("it is %s for %s", state, left)
		}
		call(orchestrator.CodeBackendOpen)
		wantCalls(t, s, 3)
		time.Sleep(30 * time.Second)
		call(orchestrator.CodeBackendOverloaded) // the trial fails
		call(orchestrator.CodeBackendOpen)
		wantCalls(t, s, 4)
		time.Sleep(30 * time.Second)
		call("") // the trial is well
		if state, _ := b.State(); state != "closed" {
			t.Errorf("it is %s", state)
		}
		call("")
		e.wantHeard(t, "is left alone for 30 s", "is left alone for another 30 s", "breaker: trying script (m1) again", "is well again")
	})
}

// Some errors show that the provider is there.
func TestBreakerKinds(t *testing.T) {
	for _, c := range []struct {
		code  string
		state string
	}{
		{orchestrator.CodeBackendUnreachable, "open"},
		{orchestrator.CodeBackendTimeout, "open"},
		{orchestrator.CodeBackend, "open"},
		{orchestrator.CodeBackendFiltered, "closed"},
		{orchestrator.CodeBackendBadRequest, "closed"},
		{orchestrator.CodeBackendBudget, "closed"},
	} {
		b := NewBreaker(scripted(fails(c.code)), BreakerConfig{Failures: 2})
		for range 4 {
			_, _ = b.Plan(t.Context(), ask("hello"))
		}
		if state, _ := b.State(); state != c.state {
			t.Errorf("after errors of kind %s it is %s, not %s", c.code, state, c.state)
		}
	}
	b := NewBreaker(scripted(fails(orchestrator.CodeBackendFiltered)), BreakerConfig{Failures: 1, Kinds: []string{orchestrator.CodeBackendFiltered}})
	_, _ = b.Plan(t.Context(), ask("hello"))
	if state, _ := b.State(); state != "open" {
		t.Errorf("a kind of error that was configured does not count: %s", state)
	}
}

// Failures long ago do not add up with those of now.
func TestBreakerWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := NewBreaker(scripted(fails(orchestrator.CodeBackendOverloaded)), BreakerConfig{Failures: 3, Window: time.Minute})
		for range 6 {
			_, _ = b.Plan(t.Context(), ask("hello"))
			time.Sleep(40 * time.Second)
		}
		if state, _ := b.State(); state != "closed" {
			t.Errorf("it is %s", state)
		}
	})
}

// Who stops a turn says nothing about the backend.
func TestBreakerCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := NewBreaker(scripted(), BreakerConfig{Failures: 1})
	for range 5 {
		_, _ = b.Plan(ctx, ask("hello"))
	}
	if state, _ := b.State(); state != "closed" {
		t.Errorf("it is %s", state)
	}
}

// The own limit says nothing about the provider; the provider's does.
func TestBreakerAroundRateLimit(t *testing.T) {
	b := NewBreaker(NewRateLimit(scripted(), RateConfig{Requests: 1, MaxWait: time.Nanosecond}), BreakerConfig{Failures: 2})
	for range 5 {
		_, _ = b.Plan(t.Context(), ask("hello"))
	}
	if state, _ := b.State(); state != "closed" {
		t.Errorf("after refusals of the own limit it is %s", state)
	}
	b = NewBreaker(scripted(waits(orchestrator.CodeBackendRateLimit, time.Second)), BreakerConfig{Failures: 2})
	for range 5 {
		_, _ = b.Plan(t.Context(), ask("hello"))
	}
	if state, _ := b.State(); state != "open" {
		t.Errorf("after refusals of the provider it is %s", state)
	}
}

// Retry leaves an open breaker alone, and a breaker inside sees each attempt.
func TestRetryAroundBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(fails(orchestrator.CodeBackendOverloaded))
		b := NewRetry(NewBreaker(s, BreakerConfig{Failures: 2}), RetryConfig{Attempts: 10, Rand: half})
		_, err := b.Plan(t.Context(), ask("hello"))
		wantKind(t, err, orchestrator.CodeBackendOpen)
		wantCalls(t, s, 2)
		if found, ok := Find[*Breaker](b); !ok || found == nil {
			t.Error("the breaker is not found inside")
		}
		if _, ok := Find[*Cache](b); ok {
			t.Error("a cache is found where there is none")
		}
	})
}
