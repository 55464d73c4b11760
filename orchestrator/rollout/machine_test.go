package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"banyan/orchestrator"
)

// machine drives one intent by everything that can happen to it, and checks what must
// always hold.
type machine struct {
	t     *rapid.T
	c     *Controller
	cat   *orchestrator.Catalog
	state orchestrator.State
	clock *hands
	seen  []orchestrator.RouteVersion // the history so far
}

// start begins as after a crash: what was not stored is lost. Nothing runs in the
// background, so that the judge decides when it is asked to.
func (m *machine) start() {
	c, err := New(Options{State: m.state, Now: m.clock.now, SaveEvery: time.Hour, Judge: Rules{MinCalls: 10, MaxCalls: 30, MinTime: time.Minute, Proof: 0.8}})
	if err != nil {
		m.t.Fatal(err)
	}
	c.stop()
	c.done.Wait()
	c.Learn(m.cat)
	m.c = c
}

func (m *machine) now() record { return m.c.record0("look_up") }

func (m *machine) calls(t *rapid.T, n int, failing bool) {
	before := m.now()
	for i := range n {
		choice := ask(m.c, m.cat, "look_up", user(i), "")
		s := orchestrator.Sample{At: m.clock.now(), Intent: "look_up", Era: choice.First, Service: "s", Choice: choice, Duration: time.Millisecond}
		if failing && choice.First == orchestrator.Modern {
			s.Err = orchestrator.Errorf(orchestrator.CodeTimeout, "It was late.")
		}
		m.c.Observe(s)
	}
	m.judge(t, before)
}

// judge lets the judge decide, and checks that a share grows only by a good verdict.
func (m *machine) judge(t *rapid.T, before record) {
	m.c.mu.Lock()
	trial := m.c.trials["look_up"]
	m.c.mu.Unlock()
	verdict := ""
	if trial != nil {
		verdict = trial.judge(m.clock.now(), "").verdict
	}
	m.c.steer(context.Background())
	was, is := before.current(modernRoute).Route, m.now().current(modernRoute).Route
	if share(is) > share(was) && verdict != verdictGood {
		t.Fatalf("the judge went from %s to %s with the verdict %q", was, is, verdict)
	}
	if verdict == verdictBad && before.Rollout.Mode == orchestrator.RolloutAuto && is != before.stable() {
		t.Fatalf("a bad release is at %s, not at the stable %s", is, before.stable())
	}
}

// share is how much of the users modern serves.
func share(r orchestrator.Route) int {
	switch r.Kind {
	case orchestrator.RouteCanary:
		return r.Percent
	case orchestrator.RouteModern, orchestrator.RouteRetired:
		return 100
	default:
		return 0
	}
}

// check looks at what must hold at any time.
func (m *machine) check(t *rapid.T) {
	rec := m.now()
	history, err := m.c.History(context.Background(), "look_up")
	if err != nil {
		t.Fatal(err)
	}
	if len(history) < len(m.seen) {
		t.Fatalf("the history has become shorter: %d versions, %d before", len(history), len(m.seen))
	}
	for i, v := range history {
		if v.Version != i+1 || i > 0 && (v.Before != history[i-1].Route || v.At.Before(history[i-1].At)) {
			t.Fatalf("version %d does not follow from the one before: %+v", i, v)
		}
		if i < len(m.seen) && !reflect.DeepEqual(v, m.seen[i]) {
			t.Fatalf("version %d was changed: %+v, it was %+v", i, v, m.seen[i])
		}
	}
	m.seen = history
	now := rec.current(modernRoute)
	if !servedByLegacy(rec.stable()) {
		t.Fatalf("%s is no stable route", rec.stable())
	}
	if r := rec.Rollout; r != nil {
		if r.Step < 0 || r.Step >= len(r.Steps) {
			t.Fatalf("step %d of %v", r.Step, r.Steps)
		}
		if rec.under() && (now.Route.Kind != orchestrator.RouteCanary || now.Route.Percent != r.Steps[r.Step]) {
			t.Fatalf("a rollout at step %d of %v has the route %s", r.Step, r.Steps, now.Route)
		}
		if r.State == stateAborted && !servedByLegacy(now.Route) {
			t.Fatalf("an aborted rollout has the route %s", now.Route)
		}
	}
	for i := range 20 {
		if got := ask(m.c, m.cat, "look_up", user(i), "").Route; got != now.Route {
			t.Fatalf("%s has the route %s, the others %s", user(i), got, now.Route)
		}
	}
}

func (m *machine) refused(t *rapid.T, err error) bool {
	var e *orchestrator.Error
	if err != nil && !errors.As(err, &e) {
		t.Fatalf("an error that nobody can be told: %v", err)
	}
	return err != nil
}

func TestMachine(t *testing.T) {
	cat := bothOffer(t)
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		m := &machine{t: t, cat: cat, state: orchestrator.NewState(), clock: newHands()}
		m.start()
		t.Repeat(map[string]func(*rapid.T){
			"": m.check,
			"set": func(t *rapid.T) {
				ch := orchestrator.RouteChange{Intent: "look_up", By: ada, Route: orchestrator.Route{Kind: rapid.SampledFrom([]orchestrator.RouteKind{"legacy", "shadow", "canary", "canary", "canary", "modern", "retired"}).Draw(t, "kind")}}
				if ch.Route.Kind == orchestrator.RouteCanary {
					ch.Route.Percent = rapid.IntRange(1, 100).Draw(t, "percent")
					ch.Rollout = rapid.SampledFrom([]orchestrator.RolloutMode{"", "manual", "auto", "auto", "auto"}).Draw(t, "mode")
				}
				v, err := m.c.SetRoute(ctx, ch)
				if err != nil || v.Route != ch.Route {
					t.Fatalf("set %s: %+v, %v", ch.Route, v, err)
				}
			},
			"promote": func(t *rapid.T) {
				before := m.now().current(modernRoute)
				v, err := m.c.Promote(ctx, "look_up", ada)
				if !m.refused(t, err) && share(v.Route) < share(before.Route) {
					t.Fatalf("promoted from %s to %s", before.Route, v.Route)
				}
			},
			"abort": func(t *rapid.T) {
				stable := m.now().stable()
				v, err := m.c.Abort(ctx, "look_up", ada)
				if err != nil || v.Route != stable || m.now().under() {
					t.Fatalf("aborted to %s, the stable route is %s (%v)", v.Route, stable, err)
				}
			},
			"undo": func(t *rapid.T) {
				want, ok := m.c.UndoneTo("look_up")
				v, err := m.c.UndoRoute(ctx, "look_up", ada)
				if m.refused(t, err) == ok || ok && v.Route != want {
					t.Fatalf("taken back to %s (%v), %s was before", v.Route, err, want)
				}
			},
			"pause":  func(t *rapid.T) { m.refused(t, m.c.Pause(ctx, "look_up", ada)) },
			"resume": func(t *rapid.T) { m.refused(t, m.c.Resume(ctx, "look_up", ada)) },
			"good":   func(t *rapid.T) { m.calls(t, rapid.IntRange(1, 200).Draw(t, "calls"), false) },
			"bad":    func(t *rapid.T) { m.calls(t, rapid.IntRange(1, 200).Draw(t, "calls"), true) },
			"wait": func(t *rapid.T) {
				before := m.now()
				m.clock.move(time.Duration(rapid.IntRange(1, 5000).Draw(t, "seconds")) * time.Second)
				m.judge(t, before)
			},
			"crash": func(t *rapid.T) {
				before, err := json.Marshal(m.now())
				if err != nil {
					t.Fatal(err)
				}
				m.start()
				after, err := json.Marshal(m.now())
				if err != nil || string(after) != string(before) {
					t.Fatalf("after the restart there is %s, before it was %s (%v)", after, before, err)
				}
			},
		})
	})
}

// TestAbortWins lets promotions, changes and aborts of several controllers race: what
// is decided on a route that is aborted meanwhile is not done.
func TestAbortWins(t *testing.T) {
	cat := bothOffer(t)
	for range 50 {
		state := orchestrator.NewState()
		one, other := MustNew(t, Options{State: state}, cat), MustNew(t, Options{State: state}, cat)
		MustSet(t, one, "look_up", "legacy")
		MustSet(t, one, "look_up", "canary=10")
		errs := make(chan error, 3)
		go func() { _, err := other.Promote(t.Context(), "look_up", ada); errs <- err }()
		go func() { _, err := one.Abort(t.Context(), "look_up", ada); errs <- err }()
		go func() { _, err := one.Promote(t.Context(), "look_up", ada); errs <- err }()
		for range 3 {
			var e *orchestrator.Error
			if err := <-errs; err != nil && (!errors.As(err, &e) || e.Code != CodeMeanwhile) {
				t.Fatal(err)
			}
		}
		history, err := one.History(t.Context(), "look_up")
		if err != nil {
			t.Fatal(err)
		}
		aborted := -1
		for i, v := range history {
			if v.Cause == causeAbort {
				aborted = i
			}
		}
		if aborted < 0 || history[aborted].Route != legacyRoute {
			t.Fatalf("nothing was aborted: %+v", history)
		}
	}
}

// raced is a State in which something happens between a Get and the Put that follows.
type raced struct {
	orchestrator.State
	between func()
}

func (r *raced) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if f := r.between; f != nil {
		r.between = nil
		f()
	}
	return r.State.Put(ctx, key, value, revision)
}

func TestDecidedAtTheSameMoment(t *testing.T) {
	cat := bothOffer(t)
	for name, decide := range map[string]func(*Controller) error{
		"promote": func(c *Controller) error { _, err := c.Promote(context.Background(), "look_up", ada); return err },
		"undo":    func(c *Controller) error { _, err := c.UndoRoute(context.Background(), "look_up", ada); return err },
		"set": func(c *Controller) error {
			_, err := c.SetRoute(context.Background(), orchestrator.RouteChange{Intent: "look_up", Route: modernRoute, By: ada})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			state := &raced{State: orchestrator.NewState()}
			one, other := MustNew(t, Options{State: state, SaveEvery: time.Hour}, cat), MustNew(t, Options{State: state.State}, cat)
			MustSet(t, one, "look_up", "legacy")
			MustSet(t, one, "look_up", "canary=25")
			state.between = func() {
				if _, err := other.Abort(t.Context(), "look_up", ada); err != nil {
					t.Error(err)
				}
			}
			var e *orchestrator.Error
			if err := decide(one); !errors.As(err, &e) || e.Code != CodeMeanwhile {
				t.Errorf("it was done in spite of the abort: %v", err)
			}
			if got := one.record0("look_up").current(modernRoute).Route; got != legacyRoute {
				t.Errorf("the route is %s", got)
			}
		})
	}
}
