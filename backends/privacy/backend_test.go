package privacy

import (
	"context"
	"strings"
	"sync"
	"testing"

	"banyan/orchestrator"
)

// quiet is a backend that keeps what it is asked and says what it is told to.
type quiet struct {
	mu sync.Mutex // guards the three requests

	plan    orchestrator.PlanRequest
	judge   orchestrator.JudgeRequest
	respond orchestrator.RespondRequest

	reply orchestrator.Plan
	why   string
	text  string
}

func (q *quiet) Describe(context.Context) (orchestrator.BackendInfo, error) {
	return orchestrator.BackendInfo{Name: "quiet", Version: "1", Contract: orchestrator.ContractVersion}, nil
}

func (q *quiet) Plan(_ context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.plan = req
	return orchestrator.PlanReply{Plan: q.reply}, nil
}

func (q *quiet) Judge(_ context.Context, req orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.judge = req
	return orchestrator.Verdict{Why: q.why}, nil
}

func (q *quiet) Respond(_ context.Context, req orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	q.mu.Lock()
	q.respond = req
	q.mu.Unlock()
	for i := range q.text {
		emit(q.text[i : i+1])
	}
	return orchestrator.Reply{Text: q.text}, nil
}

var ada = orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer}

func asking(t *testing.T, conversation string) context.Context {
	t.Helper()
	return orchestrator.WithAsking(t.Context(), orchestrator.Asking{Conversation: conversation, User: ada.Email}, nil)
}

func TestPlanComesBackInClear(t *testing.T) {
	t.Parallel()
	q := &quiet{reply: orchestrator.Plan{Kind: orchestrator.PlanSteps, Text: "For <name-1.2>.", Steps: []orchestrator.Step{{
		ID: "a", Intent: "send", For: "<name-1>",
		Args: map[string]orchestrator.Arg{"to": {Value: "<address-1>", Text: "<address-1>"}, "copies": {Value: []any{"<email-2>"}}, "who": {Ref: `steps.a.people.filter(p, p.name == '<name-1>')[0].id`}},
		When: &orchestrator.Condition{Text: "it is for <email-1>", Expr: `user.email == "<email-1>"`}, ForEach: `['<email-2>', '<email-3>']`,
	}}, Missing: &orchestrator.Missing{Step: "a", Param: "to", Options: []string{"<address-1>"}}}}
	b := New(q, Config{})
	reply, err := b.Plan(asking(t, "c"), orchestrator.PlanRequest{
		Message: "ada wants it at 12 Elm Street, 0150 Oslo, with copies to ben@example.com", User: ada, Subject: ada,
	})
	if err != nil {
		t.Fatal(err)
	}
	if q.plan.Message != "<name-1.2> wants it at <address-1>, with copies to <email-2>" || q.plan.User.Name != "<name-1>" || q.plan.User.Email != "<email-1>" {
		t.Errorf("sent: %q of %+v", q.plan.Message, q.plan.User)
	}
	s := reply.Plan.Steps[0]
	if reply.Plan.Text != "For ada." || s.For != "Ada Okafor" || s.Args["to"].Value != "12 Elm Street, 0150 Oslo" || s.Args["copies"].Value.([]any)[0] != "ben@example.com" ||
		s.Args["who"].Ref != `steps.a.people.filter(p, p.name == 'Ada Okafor')[0].id` || s.When.Expr != `user.email == "ada@example.com"` ||
		s.When.Text != "it is for ada@example.com" || s.ForEach != `['ben@example.com', '<email-3>']` || reply.Plan.Missing.Options[0] != "12 Elm Street, 0150 Oslo" {
		t.Errorf("the plan: %+v", reply.Plan)
	}
}

// TestFollowUp: what was found in one turn is found in part in the next, and results
// count that nobody has seen before.
func TestFollowUp(t *testing.T) {
	t.Parallel()
	q := &quiet{text: "<name-1>, <name-2> lives at <address-1>. <phone-1> is 3 < 4."}
	b := New(q, Config{})
	ctx := asking(t, "c")
	steps := []orchestrator.StepRecord{{ID: "p", Intent: "find", Status: orchestrator.StepDone, Result: map[string]any{
		"full_name": "Wanda Itoh", "street": "Am Hof 3", "notes": "Itoh, called Wanda, is at am hof 3",
	}}}
	var got strings.Builder
	reply, err := b.Respond(ctx, orchestrator.RespondRequest{Message: "where does wanda itoh live? asks Ada", User: ada, Subject: ada, Steps: steps}, func(d string) { got.WriteString(d) })
	if err != nil {
		t.Fatal(err)
	}
	if notes := q.respond.Steps[0].Result["notes"]; notes != "<name-2.3>, called <name-2.4>, is at <address-1.2>" {
		t.Errorf("sent: %v", notes)
	}
	if strings.Contains(strings.ToLower(q.respond.Message), "wanda") {
		t.Errorf("sent: %q", q.respond.Message)
	}
	if want := "Ada Okafor, Wanda Itoh lives at Am Hof 3. <phone-1> is 3 < 4."; reply.Text != want || got.String() != want {
		t.Errorf("%q, streamed %q, want %q", reply.Text, got.String(), want)
	}
	q.why = "<name-2.3> is"
	verdict, err := b.Judge(ctx, orchestrator.JudgeRequest{Condition: "Itoh is at Am Hof 3"})
	if err != nil || q.judge.Condition != "<name-2.3> is at <address-1>" || verdict.Why != "Itoh is" {
		t.Errorf("judged %q: %q %v", q.judge.Condition, verdict.Why, err)
	}
	if _, err := b.Judge(asking(t, "another"), orchestrator.JudgeRequest{Condition: "Itoh"}); err != nil || q.judge.Condition != "Itoh" {
		t.Errorf("another conversation knows her: %q %v", q.judge.Condition, err)
	}
}
