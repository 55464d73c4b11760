package rollout

import (
	"context"
	"slices"
	"testing"
	"time"

	"banyan/orchestrator"
)

var failure = orchestrator.Errorf(orchestrator.CodeUnavailable, "It failed.")

// calls plays n calls of look_up about different users, of which those to modern come
// to err, and returns how many went to each side.
func calls(c *Controller, cat *orchestrator.Catalog, clock *hands, n int, err *orchestrator.Error) (legacy, modern int) {
	for i := range n {
		choice := ask(c, cat, "look_up", user(i), "")
		s := orchestrator.Sample{At: clock.now(), Intent: "look_up", Era: choice.First, Service: "old", Choice: choice, Duration: time.Millisecond}
		if choice.First == orchestrator.Modern {
			modern++
			s.Service, s.Err = "new", err
		} else {
			legacy++
		}
		c.Observe(s)
	}
	return legacy, modern
}

func breakerState(t *testing.T, c *Controller, service string) orchestrator.NodeStatus {
	t.Helper()
	st, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(st.Services, func(n orchestrator.NodeStatus) bool { return n.Service == service })
	if i < 0 {
		t.Fatalf("%s is not in the status", service)
	}
	return st.Services[i]
}

func TestBreaker(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	var told []string
	c := MustNew(t, Options{Now: clock.now, OnChange: func(s string) { told = append(told, s) }}, cat)
	if _, modern := calls(c, cat, clock, 100, failure); modern != 5 {
		t.Errorf("a service that fails got %d calls before it was left alone", modern)
	}
	choice := ask(c, cat, "look_up", "ada@example.com", "")
	if choice.First != orchestrator.Legacy || choice.Then != "" || choice.Why != orchestrator.ByBreaker || choice.Tripped != orchestrator.Modern {
		t.Errorf("while it is left alone %+v", choice)
	}
	if got := ask(c, cat, "only_new", "ada@example.com", ""); got.First != orchestrator.Modern {
		t.Errorf("where nobody else can serve %+v", got)
	}
	if n := breakerState(t, c, "new"); n.Breaker != "open" || n.Share != 0 || !n.Until.Equal(clock.now().Add(5*time.Second)) {
		t.Errorf("it is said to be %+v", n)
	}
	t.Run("backs off for longer each time, up to a cap", func(t *testing.T) {
		for _, want := range []time.Duration{10, 20, 40, 80, 120, 120} {
			clock.move(breakerState(t, c, "new").Until.Sub(clock.now()))
			if n := breakerState(t, c, "new"); n.Breaker != "half-open" || n.Share != 0.1 {
				t.Errorf("when its time has come it is said to be %+v", n)
			}
			if _, modern := calls(c, cat, clock, 10, failure); modern != 1 {
				t.Errorf("%d calls tried it", modern)
			}
			if got := breakerState(t, c, "new").Until.Sub(clock.now()); got != want*time.Second {
				t.Errorf("it is left alone for %s, want %ds", got, want)
			}
		}
	})
	t.Run("comes back by shares", func(t *testing.T) {
		clock.move(2 * time.Minute)
		for _, stage := range []struct {
			share         float64
			calls, modern int
		}{{0.1, 21, 3}, {0.25, 9, 3}, {0.5, 5, 3}, {1, 3, 3}} {
			if n := breakerState(t, c, "new"); n.Share != stage.share {
				t.Errorf("the share is %v, want %v", n.Share, stage.share)
			}
			if _, modern := calls(c, cat, clock, stage.calls, nil); modern != stage.modern {
				t.Errorf("at %v modern got %d of %d calls, want %d", stage.share, modern, stage.calls, stage.modern)
			}
		}
		if n := breakerState(t, c, "new"); n.Breaker != "closed" || n.Share != 1 {
			t.Errorf("after its return it is said to be %+v", n)
		}
	})
	if len(told) < 2 || told[0] != "new (modern) keeps failing and is left alone for 5 seconds." || told[len(told)-1] != "new (modern) is well again and gets all its calls." {
		t.Errorf("people were told %q", told)
	}
}

func TestBreakerByRate(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	c := MustNew(t, Options{Now: clock.now}, cat)
	for i := range 40 {
		err := failure
		if i%2 == 0 {
			err = nil
		}
		calls(c, cat, clock, 1, err)
	}
	if n := breakerState(t, c, "new"); n.Breaker != "open" {
		t.Errorf("every second call fails, and it is %s", n.Breaker)
	}
}

func TestBreakerIgnores(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	c := MustNew(t, Options{Now: clock.now}, cat)
	for _, code := range []string{orchestrator.CodeNotFound, orchestrator.CodeCancelled, orchestrator.CodeDenied, "already_cancelled"} {
		calls(c, cat, clock, 20, orchestrator.Errorf(code, "No."))
	}
	if n := breakerState(t, c, "new"); n.Breaker != "closed" {
		t.Errorf("a service that says no is %s", n.Breaker)
	}
}

// TestLegacyBreaker shows that calls pass where nobody else may serve, and that the
// breaker closes again by them.
func TestLegacyBreaker(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	c := MustNew(t, Options{Now: clock.now}, cat)
	MustSet(t, c, "look_up", "legacy")
	old := func(err *orchestrator.Error) {
		choice := ask(c, cat, "look_up", "ada@example.com", "")
		if choice.First != orchestrator.Legacy {
			t.Fatalf("%+v", choice)
		}
		c.Observe(orchestrator.Sample{At: clock.now(), Intent: "look_up", Era: orchestrator.Legacy, Service: "old", Choice: choice, Err: err})
	}
	for range 6 {
		old(failure)
	}
	if n := breakerState(t, c, "old"); n.Breaker != "open" {
		t.Errorf("it is %s", n.Breaker)
	}
	clock.move(6 * time.Second)
	for range 12 {
		old(nil)
	}
	if n := breakerState(t, c, "old"); n.Breaker != "closed" {
		t.Errorf("it is %s", n.Breaker)
	}
}

// board is a FaultBoard that keeps what it is told.
type board struct{ healed []string }

func (b *board) Inject(context.Context, orchestrator.Fault) error { return nil }

func (b *board) Heal(_ context.Context, service string) error {
	b.healed = append(b.healed, service)
	return nil
}

func (b *board) Faults() []orchestrator.Fault { return nil }

func TestHealTriesAtOnce(t *testing.T) {
	cat, clock := bothOffer(t), newHands()
	b := &board{}
	c := MustNew(t, Options{Now: clock.now, Faults: b}, cat)
	calls(c, cat, clock, 20, failure)
	if err := c.Heal(t.Context(), "new", ada); err != nil {
		t.Fatal(err)
	}
	if n := breakerState(t, c, "new"); n.Breaker != "half-open" || len(b.healed) != 1 {
		t.Errorf("it is %s, healed %q", n.Breaker, b.healed)
	}
}

func BenchmarkObserve(b *testing.B) {
	cat := bothOffer(b)
	c := MustNew(b, Options{}, cat)
	s := orchestrator.Sample{At: time.Now(), Intent: "look_up", Era: orchestrator.Modern, Service: "new", Choice: ask(c, cat, "look_up", "a@b.c", ""), Duration: time.Millisecond}
	b.ReportAllocs()
	for b.Loop() {
		c.Observe(s)
	}
}
