package policy

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"banyan/orchestrator"
)

func TestTimeouts(t *testing.T) {
	slow := func(before, between time.Duration, pieces ...string) outcome {
		o := well()
		o.before, o.between, o.pieces = before, between, pieces
		return o
	}
	cfg := TimeoutConfig{FirstToken: 10 * time.Second, Idle: 5 * time.Second, Total: 30 * time.Second}
	for _, c := range []struct {
		name string
		turn outcome
		cfg  TimeoutConfig
		kind string
		took time.Duration
	}{
		{"InTime", slow(9*time.Second, 4*time.Second, "a", "b", "c"), cfg, "", 17 * time.Second},
		{"FirstToken", slow(11*time.Second, 0, "a"), cfg, orchestrator.CodeBackendTimeout, 10 * time.Second},
		{"Idle", slow(time.Second, 6*time.Second, "a", "b"), cfg, orchestrator.CodeBackendTimeout, 6 * time.Second},
		{"IdleLater", slow(time.Second, 4*time.Second, "a", "b", "c", "", "d"), cfg, orchestrator.CodeBackendTimeout, 14 * time.Second},
		{"EmptyPieces", slow(time.Second, 4*time.Second, "", "", "", "a"), cfg, orchestrator.CodeBackendTimeout, 10 * time.Second},
		{"Total", slow(9*time.Second, 4*time.Second, "a", "b", "c", "d", "e", "f", "g"), cfg, orchestrator.CodeBackendTimeout, 30 * time.Second},
		{"NoFirstToken", slow(time.Hour, 0, "a"), TimeoutConfig{Idle: time.Second}, "", time.Hour},
		{"NoIdle", slow(time.Second, time.Hour, "a", "b"), TimeoutConfig{FirstToken: 2 * time.Second}, "", time.Hour + time.Second},
		{"None", slow(time.Hour, time.Hour, "a", "b"), TimeoutConfig{}, "", 2 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var e ear
				started := time.Now()
				_, err := NewTimeouts(scripted(c.turn), c.cfg).Respond(e.listen(t.Context(), orchestrator.Asking{}), tell("hello"), func(string) {})
				wantKind(t, err, c.kind)
				if took := time.Since(started); took != c.took {
					t.Errorf("it took %s, not %s", took, c.took)
				}
				if c.kind != "" {
					e.wantHeard(t, "timeout: script")
				}
			})
		})
	}
}

func TestTimeoutsPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := well()
		o.before = 20 * time.Second
		if _, err := NewTimeouts(scripted(o), TimeoutConfig{FirstToken: time.Second, Idle: time.Second, Total: time.Minute}).Plan(t.Context(), ask("hello")); err != nil {
			t.Errorf("a plan has no first token to wait for: %v", err)
		}
		_, err := NewTimeouts(scripted(o), TimeoutConfig{Total: 10 * time.Second}).Plan(t.Context(), ask("hello"))
		wantKind(t, err, orchestrator.CodeBackendTimeout)
	})
}

// The end of the caller's context is not called a time-out of this policy.
func TestTimeoutsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := well()
		o.before = 20 * time.Second
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := NewTimeouts(scripted(o), TimeoutConfig{Total: 10 * time.Second}).Plan(ctx, ask("hello"))
		wantKind(t, err, orchestrator.CodeCancelled)
	})
}

// A backend that a policy further out finds too slow has failed: nobody stopped it.
func TestTooSlowFromOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := well()
		hangs.before = time.Hour
		m := NewMeter(scripted(hangs), MeterConfig{})
		b := NewBreaker(m, BreakerConfig{Failures: 1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := NewFallback(FallbackConfig{}, b, scripted()).Plan(ctx, ask("hello")); err != nil {
			t.Fatal(err)
		}
		if state, _ := b.State(); state != "open" {
			t.Errorf("the breaker is %s", state)
		}
		if s := m.Stats(); s.Cancelled != 0 || s.ByKind[orchestrator.CodeBackendTimeout] != 1 || s.LastError != "It failed: too slow." {
			t.Errorf("%+v", s)
		}
	})
}
