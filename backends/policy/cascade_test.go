package policy

import (
	"context"
	"fmt"
	"testing"

	"banyan/orchestrator"
)

// certain is sure of some messages.
type certain map[string]bool

func (c certain) Sure(_ context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, bool) {
	if req.Message == "crash" {
		panic("not sure at all")
	}
	return orchestrator.PlanReply{Plan: orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "sure"}}, c[req.Message]
}

func TestCascade(t *testing.T) {
	var e ear
	first, model := scripted(outcome{plan: hello, pieces: []string{"first"}}).named("offline").local(), scripted()
	c := NewCascade(certain{"easy": true}, first, model)
	turn := func(n int, message string, rejected *orchestrator.Plan) (plan, answer string) {
		t.Helper()
		ctx := e.listen(t.Context(), orchestrator.Asking{Turn: fmt.Sprint(n)})
		req := ask(message)
		planned, err := c.Plan(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		if rejected != nil {
			req.Rejected = rejected
			if planned, err = c.Plan(ctx, req); err != nil {
				t.Fatal(err)
			}
		}
		reply, err := c.Respond(ctx, tell(message), func(string) {})
		if err != nil {
			t.Fatal(err)
		}
		return planned.Plan.Text, reply.Text
	}
	for i, want := range []struct {
		message  string
		rejected *orchestrator.Plan
		plan     string
		answer   string
	}{
		{"easy", nil, "sure", "first"},
		{"hard", nil, hello.Text, "All is done."},
		{"easy", &hello, hello.Text, "All is done."},
		{"crash", nil, hello.Text, "All is done."},
	} {
		if plan, answer := turn(i, want.message, want.rejected); plan != want.plan || answer != want.answer {
			t.Errorf("%d: planned %q and answered %q", i, plan, answer)
		}
	}
	s := c.Stats()
	if s.Plans != 4 || s.Sure != 1 || s.Share() != 0.25 || s.SavedCalls != 2 {
		t.Errorf("%+v", s)
	}
	if d := s.SavedUSD - 2*cheap.CostUSD; d > 1e-9 || d < -1e-9 {
		t.Errorf("saved %v USD", s.SavedUSD)
	}
	e.wantHeard(t, "cascade: offline (m1) is sure, no model is asked (1 of 1 so far)")
	if v, err := c.Judge(t.Context(), orchestrator.JudgeRequest{}); err != nil || v.Usage != cheap {
		t.Errorf("the model did not judge: %+v, %v", v, err)
	}
}

// The yes to a plan is a turn without a plan of its own.
func TestCascadeAfterYes(t *testing.T) {
	first := scripted(outcome{pieces: []string{"first"}})
	c := NewCascade(certain{"easy": true}, first, scripted())
	turn := func(id string) context.Context {
		return orchestrator.WithAsking(t.Context(), orchestrator.Asking{Conversation: "c", Turn: id}, nil)
	}
	for i, want := range []struct{ message, answer string }{{"easy", "first"}, {"hard", "All is done."}} {
		if _, err := c.Plan(turn(fmt.Sprint(i)), ask(want.message)); err != nil {
			t.Fatal(err)
		}
		if reply, err := c.Respond(turn(fmt.Sprint(i, "yes")), tell("yes"), func(string) {}); err != nil || reply.Text != want.answer {
			t.Errorf("after %s comes %q, %v", want.message, reply.Text, err)
		}
	}
}

// The model writes the answer if the first cannot, unless something was said.
func TestCascadeAnswerFails(t *testing.T) {
	for _, pieces := range [][]string{nil, {"half"}} {
		first := scripted(outcome{pieces: pieces, err: orchestrator.Errorf(orchestrator.CodeBackend, "broken")})
		c := NewCascade(certain{"easy": true}, first, scripted())
		ctx := orchestrator.WithAsking(t.Context(), orchestrator.Asking{Turn: "t"}, nil)
		if _, err := c.Plan(ctx, ask("easy")); err != nil {
			t.Fatal(err)
		}
		reply, err := c.Respond(ctx, tell("easy"), func(string) {})
		if ok := err == nil && reply.Text == "All is done."; ok != (pieces == nil) {
			t.Errorf("%q, %v after %q", reply.Text, err, pieces)
		}
	}
}

func TestRecent(t *testing.T) {
	s := recent{keep: 2}
	for _, turn := range []string{"a", "b", "b", "", "c"} {
		s.add(turn)
	}
	if s.has("a") || !s.has("b") || !s.has("c") || s.has("") || len(s.order) != 2 {
		t.Errorf("%+v", s)
	}
}
