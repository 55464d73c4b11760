package policy

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"banyan/orchestrator"
)

// able is a backend with every optional ability.
type able struct {
	*script
	prepared, closed int
	sick             error
}

func (a *able) Prepare(context.Context, *orchestrator.Catalog) { a.prepared++ }
func (a *able) Check(context.Context) error                    { return a.sick }
func (a *able) Close() error                                   { a.closed++; return nil }

// What a backend can do beside its skills is not lost in a stack of policies.
func TestAbilities(t *testing.T) {
	inner := &able{script: scripted(), sick: orchestrator.Errorf(orchestrator.CodeBackendBadKey, "the key is wrong")}
	all := stack(inner)
	all.(orchestrator.Preparer).Prepare(t.Context(), nil)
	if inner.prepared != 1 {
		t.Errorf("prepared %d times", inner.prepared)
	}
	// The second of the chain in the stack can work.
	if err := all.(orchestrator.Checker).Check(t.Context()); err != nil {
		t.Error(err)
	}
	wantKind(t, NewRetry(inner, RetryConfig{}).Check(t.Context()), orchestrator.CodeBackendBadKey)
	if err := all.(orchestrator.Closer).Close(); err != nil || inner.closed != 1 {
		t.Errorf("closed %d times, %v", inner.closed, err)
	}
}

func TestKind(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{orchestrator.Errorf(orchestrator.CodeBackendOpen, "open"), orchestrator.CodeBackendOpen},
		{fmt.Errorf("calling: %w", orchestrator.Errorf(orchestrator.CodeBackendOpen, "open")), orchestrator.CodeBackendOpen},
		{fmt.Errorf("calling: %w", context.DeadlineExceeded), orchestrator.CodeBackendTimeout},
		{context.Canceled, orchestrator.CodeCancelled},
		{errors.New("what?"), orchestrator.CodeBackend},
	} {
		if got := Kind(c.err); got != c.want {
			t.Errorf("%v is of kind %q", c.err, got)
		}
	}
}

// The estimate is from above, and grows with what is sent.
func TestEstimate(t *testing.T) {
	e := newEstimate(Estimator{Prompt: 100, Output: 50, Intents: 1})
	size := func(x exchange) int {
		in, out := e.size(&x)
		if out != 50 {
			t.Errorf("the output is %d", out)
		}
		return in
	}
	bare := ask("hello")
	short := size(exchange{skill: Plan, plan: &bare})
	if short < 102 || short > 110 {
		t.Errorf("a short message takes %d", short)
	}
	full := bare
	full.Catalog = catalog(t)
	withCatalog := size(exchange{skill: Plan, plan: &full})
	full.Conversation = []orchestrator.Turn{{Message: "hi", Plan: &hello, Steps: []orchestrator.StepRecord{{Result: map[string]any{"a": []any{"some text", 1.0}}}}}}
	if withHistory := size(exchange{skill: Plan, plan: &full}); withCatalog <= short || withHistory <= withCatalog {
		t.Errorf("%d, %d, %d", short, withCatalog, withHistory)
	}
	answer := tell("hello")
	answer.Steps = full.Conversation[0].Steps
	if size(exchange{skill: Respond, respond: &answer}) <= 102 || size(exchange{skill: Judge, judge: &orchestrator.JudgeRequest{Condition: "so"}}) <= 101 {
		t.Error("the other skills are not sized")
	}
}
