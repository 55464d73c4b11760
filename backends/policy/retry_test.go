package policy

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"banyan/orchestrator"
)

func half() float64 { return 0.5 }

func waits(code string, wait time.Duration) outcome {
	o := fails(code)
	o.err = &orchestrator.Error{Code: code, Message: "Wait.", Cause: busy(wait)}
	return o
}

// busy is the cause of an error with which a provider asks to wait.
type busy time.Duration

func (busy) Error() string { return "busy" }

func (b busy) RetryAfter() time.Duration { return time.Duration(b) }

func TestRetry(t *testing.T) {
	down, cut := fails(orchestrator.CodeBackendOverloaded), fails(orchestrator.CodeBackendTruncated)
	paid := cut
	paid.usage = cheap
	for _, c := range []struct {
		name  string
		turns []outcome
		calls int64
		kind  string
		took  time.Duration
		cost  float64
	}{
		{"WellAtOnce", []outcome{well()}, 1, "", 0, cheap.CostUSD},
		{"SecondTime", []outcome{down, well()}, 2, "", 225 * time.Millisecond, cheap.CostUSD},
		{"ThirdTime", []outcome{down, cut, well()}, 3, "", 225*time.Millisecond + 450*time.Millisecond, cheap.CostUSD},
		{"Never", []outcome{down}, 3, orchestrator.CodeBackendOverloaded, 675 * time.Millisecond, 0},
		{"AttemptsCost", []outcome{paid, well()}, 2, "", 225 * time.Millisecond, 2 * cheap.CostUSD},
		{"FailedAttemptsCost", []outcome{paid}, 3, orchestrator.CodeBackendTruncated, 675 * time.Millisecond, 3 * cheap.CostUSD},
		{"RetryAfter", []outcome{waits(orchestrator.CodeBackendRateLimit, 7*time.Second), well()}, 2, "", 7 * time.Second, cheap.CostUSD},
		{"RetryAfterTooLong", []outcome{waits(orchestrator.CodeBackendRateLimit, 9*time.Second)}, 1, orchestrator.CodeBackendRateLimit, 0, 0},
		{"NotWorthIt", []outcome{fails(orchestrator.CodeBackendBadKey)}, 1, orchestrator.CodeBackendBadKey, 0, 0},
		{"OpenBreaker", []outcome{fails(orchestrator.CodeBackendOpen)}, 1, orchestrator.CodeBackendOpen, 0, 0},
		{"Budget", []outcome{fails(orchestrator.CodeBackendBudget)}, 1, orchestrator.CodeBackendBudget, 0, 0},
		{"Crash", []outcome{{panics: true}}, 1, orchestrator.CodeBackend, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scripted(c.turns...)
				r := NewRetry(s, RetryConfig{Rand: half})
				started := time.Now()
				reply, err := r.Plan(t.Context(), ask("hello"))
				wantKind(t, err, c.kind)
				wantCalls(t, s, c.calls)
				if took := time.Since(started); took != c.took {
					t.Errorf("it took %s, not %s", took, c.took)
				}
				if d := reply.Usage.CostUSD - c.cost; d > 1e-9 || d < -1e-9 {
					t.Errorf("it cost %v, not %v", reply.Usage.CostUSD, c.cost)
				}
			})
		})
	}
}

// Nothing is said twice: once a piece of an answer has left there is no further
// attempt.
func TestRetryAfterEmitted(t *testing.T) {
	cut := outcome{pieces: []string{"All "}, err: orchestrator.Errorf(orchestrator.CodeBackendTruncated, "cut")}
	s := scripted(cut, well())
	var said strings.Builder
	_, err := NewRetry(s, RetryConfig{}).Respond(t.Context(), tell("hello"), func(d string) { said.WriteString(d) })
	wantKind(t, err, orchestrator.CodeBackendTruncated)
	wantCalls(t, s, 1)
	if said.String() != "All " {
		t.Errorf("it said %q", said.String())
	}
}

func TestRetryRespond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var e ear
		s := scripted(fails(orchestrator.CodeBackendUnreachable), well())
		var said strings.Builder
		reply, err := NewRetry(s, RetryConfig{Rand: half}).Respond(e.listen(t.Context(), orchestrator.Asking{}), tell("hello"), func(d string) { said.WriteString(d) })
		if err != nil || reply.Text != "All is done." || said.String() != reply.Text {
			t.Errorf("%q, %q, %v", said.String(), reply.Text, err)
		}
		e.wantHeard(t, "retry: script (m1) failed (no connection), attempt 2 of 3 in 225 ms")
	})
}

// A pause that is longer than the call may last is not begun.
func TestRetryDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(waits(orchestrator.CodeBackendRateLimit, 5*time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		started := time.Now()
		_, err := NewRetry(s, RetryConfig{}).Plan(ctx, ask("hello"))
		wantKind(t, err, orchestrator.CodeBackendRateLimit)
		wantCalls(t, s, 1)
		if time.Since(started) != 0 {
			t.Error("it waited for nothing")
		}
	})
}

// Who stops a turn does not wait for the pause to end.
func TestRetryCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(waits(orchestrator.CodeBackendRateLimit, 5*time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		started := time.Now()
		_, err := NewRetry(s, RetryConfig{}).Plan(ctx, ask("hello"))
		wantKind(t, err, orchestrator.CodeBackendRateLimit)
		wantCalls(t, s, 1)
		if took := time.Since(started); took != time.Second {
			t.Errorf("it took %s", took)
		}
		if _, err := NewRetry(s, RetryConfig{}).Plan(ctx, ask("hello")); !errors.Is(err, context.Canceled) {
			t.Errorf("a call on a context that has ended says %v", err)
		}
	})
}
