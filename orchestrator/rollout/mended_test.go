package rollout

import (
	"context"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// breaking is a FaultBoard on which one fault is set.
type breaking struct{ faults []orchestrator.Fault }

func (b *breaking) Inject(_ context.Context, f orchestrator.Fault) error {
	b.faults = append(b.faults, f)
	return nil
}

func (b *breaking) Heal(context.Context, string) error {
	b.faults = nil
	return nil
}

func (b *breaking) Faults() []orchestrator.Fault { return b.faults }

// TestHealClosesTheBreaker shows that a service which was broken on purpose gets all
// its calls as soon as it is mended, by its name or with all others.
func TestHealClosesTheBreaker(t *testing.T) {
	for _, name := range []string{"new", ""} {
		cat, clock := bothOffer(t), newHands()
		c := MustNew(t, Options{Now: clock.now, Faults: &breaking{}}, cat)
		if err := c.Inject(t.Context(), orchestrator.Fault{Service: "new", Outage: true}, ada); err != nil {
			t.Fatal(err)
		}
		calls(c, cat, clock, 20, failure)
		if n := breakerState(t, c, "new"); n.Breaker != "open" {
			t.Fatalf("it is %s", n.Breaker)
		}
		if err := c.Heal(t.Context(), name, ada); err != nil {
			t.Fatal(err)
		}
		if legacy, modern := calls(c, cat, clock, 20, nil); legacy != 0 || modern != 20 {
			t.Errorf("after %q was mended modern got %d calls, legacy %d", name, modern, legacy)
		}
		if _, modern := calls(c, cat, clock, 20, failure); modern > 10 {
			t.Errorf("it fails again, and got %d calls", modern)
		}
	}
}

// TestReturnWithLittleTraffic lets calls come far apart: the service must be back
// within a minute, however few there are.
func TestReturnWithLittleTraffic(t *testing.T) {
	for _, every := range []time.Duration{time.Second, 3 * time.Second, 7 * time.Second, 12 * time.Second} {
		cat, clock := bothOffer(t), newHands()
		c := MustNew(t, Options{Now: clock.now}, cat)
		calls(c, cat, clock, 20, failure)
		clock.move(5 * time.Second)
		began := clock.now()
		for breakerState(t, c, "new").Breaker != "closed" && clock.now().Sub(began) < time.Hour {
			calls(c, cat, clock, 1, nil)
			clock.move(every)
		}
		if took := clock.now().Sub(began); took > time.Minute {
			t.Errorf("with a call every %s it took %s", every, took)
		}
	}
}

// TestLeftAloneIsBad shows that a canary whose service is left alone is aborted, though
// it gets no more calls, and that the reason is said.
func TestLeftAloneIsBad(t *testing.T) {
	p := newPlay(t, 3, orchestrator.RolloutAuto)
	for range 5 {
		p.c.Observe(orchestrator.Sample{At: p.clock.now(), Intent: "only_new", Service: "new", Era: orchestrator.Modern, Choice: orchestrator.Choice{First: orchestrator.Modern}, Err: failure})
	}
	st := p.status(t)
	if st.Rollout.State != stateAborted || st.Version.Route != legacyRoute || !strings.Contains(st.Rollout.Why, "circuit breaker opened") {
		t.Errorf("it is %s at %s: %s", st.Rollout.State, st.Version.Route, st.Rollout.Why)
	}
}

// TestFailedCallsAreNoDifferences plays releases that fail but are right where they
// answer: the reason to abort is the errors, in every seed.
func TestFailedCallsAreNoDifferences(t *testing.T) {
	for seed := range uint64(30) {
		p := newPlay(t, seed, orchestrator.RolloutAuto)
		p.c.opts.Compare = func(pair orchestrator.Pair) orchestrator.ShadowRecord {
			if pair.Candidate.Err != nil {
				return orchestrator.ShadowRecord{Class: "error"}
			}
			return orchestrator.ShadowRecord{Matched: true}
		}
		for i := range 400 {
			choice := p.call(t)
			if choice.First != orchestrator.Legacy || choice.Shadow != orchestrator.Modern {
				continue
			}
			s := orchestrator.Sample{At: p.clock.now(), Intent: "look_up", Era: orchestrator.Modern, Service: "new", Choice: choice, Shadow: true}
			if i%3 == 0 {
				s.Err = failure
			}
			p.c.Observe(s)
			p.c.Compare(orchestrator.Pair{
				At: s.At, Entry: p.cat.Intent("look_up"), Primary: orchestrator.Answer{Era: orchestrator.Legacy},
				Candidate: orchestrator.Answer{Era: orchestrator.Modern, Err: s.Err},
			})
		}
		st := p.status(t)
		if st.Rollout.State != stateAborted || !strings.Contains(st.Rollout.Why, "of modern failed") {
			t.Errorf("seed %d: it is %s: %s", seed, st.Rollout.State, st.Rollout.Why)
		}
		if s := st.Shadow; s.Failed == 0 || s.Compared != s.Matched || s.Compared == 0 {
			t.Errorf("seed %d: the comparisons are counted as %+v", seed, s)
		}
	}
}

// TestComparisonsAddUp counts comparisons of legacy with itself apart.
func TestComparisonsAddUp(t *testing.T) {
	cat := bothOffer(t)
	found := orchestrator.ShadowRecord{}
	c := MustNew(t, Options{Compare: func(orchestrator.Pair) orchestrator.ShadowRecord { return found }}, cat)
	pair := orchestrator.Pair{At: newHands().now(), Entry: cat.Intent("look_up"), Primary: orchestrator.Answer{Era: orchestrator.Legacy}, Candidate: orchestrator.Answer{Era: orchestrator.Modern}}
	for _, found = range []orchestrator.ShadowRecord{{Matched: true}, {Class: "value"}, {Inconclusive: true}} {
		for _, pair.Noise = range []bool{false, true} {
			c.Compare(pair)
		}
	}
	pair.Noise, pair.Candidate.Err = false, failure
	c.Compare(pair)
	st, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range st.Intents {
		if s := one.Shadow; one.Intent == "look_up" && (s.Compared != 2 || s.Matched != 1 || s.Inconclusive != 1 || s.Failed != 1 || s.NoiseCompared != 2 || s.NoiseInconclusive != 1) {
			t.Errorf("they are counted as %+v", s)
		}
	}
}
