package orchestrator

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// deaf is a vault of one call at a time that does not hear when its time is over: it
// answers neither calls nor questions until it is released.
type deaf struct {
	*process
	release chan struct{}
	calls   atomic.Int32
}

func (s *deaf) Describe(ctx context.Context) (Description, error) {
	d, err := s.process.Describe(ctx)
	d.Concurrency = 1
	return d, err
}

func (s *deaf) Call(context.Context, Call) (Result, error) {
	s.calls.Add(1)
	<-s.release
	return Result{}, errDead
}

func (s *deaf) Find(context.Context, Call) (Result, bool, error) {
	<-s.release
	return Result{}, false, errDead
}

// TestDeafService hangs in a change. The turn ends all the same and a person has to
// look; the next change finds the service taken, and is known not to have left.
func TestDeafService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &deaf{process: &process{vault: newVault(), died: make(chan struct{})}, release: make(chan struct{})}
		k := mustKernel(t, steps(Step{ID: "a", Intent: "set_a"}), s)
		ask := func(conversation string) StepRecord {
			turn, err := k.Turn(t.Context(), Request{Conversation: conversation, User: ann, Message: "set it", Yes: true})
			if err != nil || len(turn.Steps) != 1 {
				t.Fatal(err, turn.Answer)
			}
			return turn.Steps[0]
		}
		if got := ask("one"); got.Status != StepFailed || got.Flag == "" {
			t.Errorf("the hanging change ended as %s, flag %q", got.Status, got.Flag)
		}
		got := ask("two")
		if got.Status != StepFailed || got.Flag != "" || !strings.Contains(got.Error.Message, "was not called") {
			t.Errorf("the change after it ended as %s, flag %q, %v", got.Status, got.Flag, got.Error)
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%d calls were let through at once", n)
		}
		close(s.release)
	})
}

// TestPlanThatIsGone recovers turns whose intent no service offers any more.
func TestPlanThatIsGone(t *testing.T) {
	v, d := newVault(), newDesk()
	v.faults["set_b"] = diesAfter
	first := &process{vault: v, died: make(chan struct{})}
	if err := first.start(t.Context(), d, false); err != nil {
		t.Fatal(err)
	}
	_, _ = first.kernel.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set all", Yes: true}) // it dies
	d.open[0].Turn.Plan.Steps[0].Intent = "set_z"
	next := &process{vault: v, died: make(chan struct{})}
	if err := next.start(t.Context(), d, false); err != nil {
		t.Fatal(err)
	}
	got := next.kernel.Recovered()
	if len(got) != 1 || got[0].Outcome != OutcomeFlagged || got[0].Steps[0].Flag == "" || got[0].Steps[1].Flag == "" || got[0].Steps[2].Flag != "" {
		t.Fatalf("recovered %+v", got)
	}
	if !strings.Contains(got[0].Answer, "not known whether this was done") {
		t.Errorf("the answer is %q", got[0].Answer)
	}
}
