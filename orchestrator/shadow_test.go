package orchestrator

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// slow is a side that takes its time for every call.
type slow struct {
	side
	takes time.Duration
}

func (s slow) Call(ctx context.Context, call Call) (Result, error) {
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	return s.side.Call(ctx, call)
}

func twoSides(legacy, modern time.Duration) (young, old slow) {
	young = slow{side{&process{vault: newVault(), died: make(chan struct{})}, Modern}, modern}
	old = slow{side{&process{vault: newVault(), died: make(chan struct{})}, Legacy}, legacy}
	return young, old
}

func routedKernel(tb testing.TB, router Router, backend Backend, services ...Service) (*Kernel, *shelf) {
	tb.Helper()
	store := &shelf{}
	k, err := New(context.Background(), Config{Services: services, Store: store, Directory: people{}, Router: router, Backend: backend})
	if err != nil {
		tb.Fatal(err)
	}
	return k, store
}

func TestShadow(t *testing.T) {
	play := func(t *testing.T, legacy, modern time.Duration, found ShadowRecord) (Turn, *fixed, time.Duration, slow) {
		t.Helper()
		f := &fixed{choice: func(RouteAsk) Choice { return shadowed }, found: found}
		young, old := twoSides(legacy, modern)
		k, _ := routedKernel(t, f, &script{plan: steps(Step{ID: "a", Intent: "set_a"})}, young, old)
		began := time.Now()
		turn, err := k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set it", Yes: true})
		took := time.Since(began)
		synctest.Wait()
		time.Sleep(time.Minute) // of the simulated clock
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
		return turn, f, took, young
	}
	t.Run("AVerdictThatIsThereInTimeIsInTheTurn", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			turn, f, _, young := play(t, 100*time.Millisecond, time.Millisecond, ShadowRecord{Matched: true})
			rec := turn.Steps[0]
			if rec.Status != StepDone || rec.Route != Legacy || rec.Shadow == nil || !rec.Shadow.Matched || rec.Routed.Kind != RouteShadow {
				t.Errorf("the step says %+v", rec)
			}
			_, pairs := f.heard()
			if len(pairs) != 1 || pairs[0].Primary.Era != Legacy || pairs[0].Candidate.Era != Modern || pairs[0].Moved {
				t.Errorf("compared were %+v", pairs)
			}
			if n := young.effectsOfTurn(); n != 0 {
				t.Errorf("the candidate did it %d times", n)
			}
		})
	})
	t.Run("ASlowCandidateDelaysNobody", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			turn, f, took, _ := play(t, 100*time.Millisecond, time.Second, ShadowRecord{Matched: true})
			if took > 202*time.Millisecond*105/100 { // the dry run and the change, and what may be waited for the verdict
				t.Errorf("the turn took %v", took)
			}
			if turn.Steps[0].Shadow != nil {
				t.Error("the verdict cannot have been there")
			}
			if _, pairs := f.heard(); len(pairs) != 1 || pairs[0].Candidate.Duration != time.Second {
				t.Errorf("it was not compared afterwards: %+v", pairs)
			}
		})
	})
	t.Run("ACandidateThatHangsIsLeftBehind", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			_, f, _, _ := play(t, time.Millisecond, time.Hour, ShadowRecord{})
			_, pairs := f.heard()
			if len(pairs) != 1 || pairs[0].Candidate.Err == nil || pairs[0].Candidate.Err.Code != CodeTimeout {
				t.Errorf("compared were %+v", pairs)
			}
		})
	})
}

// TestShadowOfManyTurns shows that no more than so many candidates are asked at a
// time, and that turns go on without.
func TestShadowOfManyTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fixed{choice: func(RouteAsk) Choice { return shadowed }, found: ShadowRecord{Matched: true}}
		young, old := twoSides(0, time.Second)
		k, store := routedKernel(t, f, &script{plan: steps(Step{ID: "a", Intent: "set_a"})}, young, old)
		for range 2 * maxShadows {
			if _, err := k.Turn(t.Context(), Request{Conversation: k.NewConversation(), User: ann, Message: "set it", Yes: true}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		_, pairs := f.heard()
		if len(store.turns) != 2*maxShadows || len(pairs) < maxShadows/2 || len(pairs) > maxShadows {
			t.Errorf("%d turns, %d compared", len(store.turns), len(pairs))
		}
		if err := k.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestTaskStaysOnItsSide confirms a change after the canary has moved on.
func TestTaskStaysOnItsSide(t *testing.T) {
	var pins []Era
	era := Legacy
	f := &fixed{choice: func(ask RouteAsk) Choice {
		pins = append(pins, ask.Pinned)
		if ask.Pinned != "" {
			return Choice{First: ask.Pinned, Why: ByTask}
		}
		return Choice{First: era, Why: ByCanary}
	}}
	young, old := twoSides(0, 0)
	k, _ := routedKernel(t, f, &script{plan: steps(Step{ID: "a", Intent: "set_a"})}, young, old)
	asked, err := k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set it"})
	if err != nil || asked.Kind != KindConfirmation || asked.Steps[0].Route != Legacy {
		t.Fatal(err, asked.Kind, asked.Steps)
	}
	era = Modern
	done, err := k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "yes"})
	if err != nil || done.Steps[0].Status != StepDone || done.Steps[0].Route != Legacy {
		t.Errorf("the task went on with %+v, %v", done.Steps, err)
	}
	if want := []Era{"", Legacy}; !slices.Equal(pins, want) {
		t.Errorf("pinned were %q, want %q", pins, want)
	}
	if other, err := k.Turn(t.Context(), Request{Conversation: "two", User: ann, Message: "set it", Yes: true}); err != nil || other.Steps[0].Route != Modern {
		t.Errorf("another conversation went to %+v, %v", other.Steps, err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyServes(t *testing.T) {
	f := &fixed{choice: func(RouteAsk) Choice { return Choice{Route: Route{Kind: RouteRetired}} }}
	_, old := twoSides(0, 0)
	k, _ := routedKernel(t, f, &script{plan: steps(Step{ID: "a", Intent: "set_a"})}, old)
	turn, err := k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set it", Yes: true})
	if err != nil || turn.Steps[0].Status != StepFailed || turn.Steps[0].Error.Code != CodeRetired || old.effectsOfTurn() != 0 {
		t.Errorf("it came to %+v, %v", turn.Steps, err)
	}
	if err := k.Close(); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkShadow measures what a slow candidate adds to a turn: turns with and
// without one are taken alternately, and the extra time is reported in percent.
func BenchmarkShadow(b *testing.B) {
	shadowing := false
	f := &fixed{found: ShadowRecord{Matched: true}, choice: func(RouteAsk) Choice {
		if shadowing {
			return shadowed
		}
		return legacyOnly
	}}
	young, old := twoSides(5*time.Millisecond, 50*time.Millisecond)
	k, _ := routedKernel(b, f, &script{plan: steps(Step{ID: "a", Intent: "set_a"})}, young, old)
	var took [2]time.Duration
	for b.Loop() {
		for i := range took {
			shadowing = i == 1
			began := time.Now()
			if _, err := k.Turn(b.Context(), Request{Conversation: k.NewConversation(), User: ann, Message: "set it", Yes: true}); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(began)
		}
	}
	b.ReportMetric(100*(float64(took[1])/float64(took[0])-1), "%added")
	if err := k.Close(); err != nil {
		b.Fatal(err)
	}
}
