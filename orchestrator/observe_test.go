package orchestrator

import (
	"context"
	"maps"
	"testing"
	"testing/synctest"
	"time"
)

// TestEveryCallIsObserved shows that a service which does what it is asked for but
// loses its answers is heard to fail, although every change is found to be made.
func TestEveryCallIsObserved(t *testing.T) {
	for _, fault := range []callFault{failsAfter, hangsAfter, panicsAfter} {
		synctest.Test(t, func(t *testing.T) {
			v, d := newVault(), newDesk()
			v.keys, v.finds, v.recovery = true, true, RecoverComplete
			maps.Copy(v.faults, map[string]callFault{"set_a": fault})
			router := &fixed{choice: func(RouteAsk) Choice { return modernFirst }}
			p := &process{vault: v, died: make(chan struct{})}
			k, err := New(t.Context(), Config{
				Services: []Service{findingSide{side{p, Modern}}}, Store: &desk{deskData: d.deskData, dead: p.isDead}, Directory: people{},
				Router: router, Backend: &script{plan: steps(Step{ID: "a", Intent: "set_a"})},
			})
			if err != nil {
				t.Fatal(err)
			}
			turn, err := k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set it", Yes: true})
			if closing := k.Close(); err != nil || closing != nil {
				t.Fatal(err, closing)
			}
			samples, _ := router.heard()
			if len(turn.Steps) != 1 || turn.Steps[0].Status != StepDone || len(samples) == 0 || !samples[0].Err.Technical() {
				t.Errorf("%v: the steps are %+v, the router heard of %+v", fault, turn.Steps, samples)
			}
		})
	}
}

// single is a counter that serves one call at a time.
type single struct{ *counter }

func (s single) Describe(ctx context.Context) (Description, error) {
	d, err := s.counter.Describe(ctx)
	d.Concurrency = 1
	return d, err
}

// TestWaitingIsNoLatency shows that what a call waits for its turn is not counted as
// time that the service took.
func TestWaitingIsNoLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		router := &fixed{choice: func(RouteAsk) Choice { return modernFirst }}
		arg := map[string]Arg{"n": {Value: 1.0}}
		var plan []Step
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			plan = append(plan, Step{ID: id, Intent: "double", Args: arg})
		}
		k, err := New(t.Context(), Config{
			Services: []Service{single{&counter{delay: func() time.Duration { return 100 * time.Millisecond }}}},
			Store:    newDesk(), Directory: people{}, Router: router, Backend: &script{plan: steps(plan...)},
		})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "double them"})
		if closing := k.Close(); err != nil || closing != nil {
			t.Fatal(err, closing)
		}
		samples, _ := router.heard()
		if len(samples) != len(plan) || time.Since(began) < 500*time.Millisecond {
			t.Fatalf("after %s the router heard of %d calls", time.Since(began), len(samples))
		}
		for _, s := range samples {
			if s.Duration != 100*time.Millisecond {
				t.Errorf("a call that took 100ms is said to have taken %s", s.Duration)
			}
		}
	})
}
