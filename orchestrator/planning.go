package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// planAndCheck asks the backend for a plan and checks it. A plan that fails goes
// back once with the problems. It returns done if the turn ends here: with a
// question, an answer or a refusal.
func (r *run) planAndCheck(ctx context.Context) (done bool, problem *Error) {
	people, err := r.k.cfg.Directory.Mentioned(ctx, r.turn.Message)
	if err != nil {
		return false, &Error{Code: CodeUnavailable, Cause: err, Message: "The directory of users did not answer. Nothing was changed. Please try again."}
	}
	req := PlanRequest{
		Message: r.turn.Message, User: r.req.User, Subject: r.subject, People: people,
		Conversation: r.history, Digest: r.digest, Catalog: r.visible(ctx), Now: r.now,
	}
	var faults []fault
	for range 2 {
		plan, problem := r.firstPlan(ctx, req)
		if problem != nil {
			return false, problem
		}
		if faults = r.check(ctx, plan); len(faults) == 0 {
			faults = slices.Concat(r.unserved(ctx, plan), r.untrue(req, plan), r.unfounded(), r.madeUp(plan))
		}
		if len(faults) == 0 {
			r.plan = plan
			r.turn.Plan = plan
			return r.checked(), nil
		}
		rejected := *plan
		req.Rejected, req.Problems = &rejected, nil
		for _, f := range faults {
			req.Problems = append(req.Problems, f.what)
		}
		r.publish(Event{Kind: EventPlanRejected, Plan: outline(r.catalog, &rejected), Text: r.tellableProblems(req.Problems)})
	}
	return r.unplannable(req.Rejected, faults)
}

// untrue finds facts from nowhere in what a plan says in place of steps. The kernel's
// own sentences, which name nothing else than the user did, pass as well.
func (r *run) untrue(req PlanRequest, plan *Plan) (faults []fault) {
	if plan.Kind == PlanSteps {
		return nil
	}
	facts := newFacts(RespondRequest{
		Message: req.Message, User: req.User, Subject: req.Subject, Conversation: req.Conversation, Catalog: req.Catalog, Now: req.Now,
	}, r.digest)
	var found findings
	facts.check(plan.Text, 0, len(plan.Text), &found)
	if len(found.problems) > 0 { // what can be asked for is told by examples, whose numbers are made up
		text := plan.Text
		for _, e := range r.catalog.Intents() {
			for _, example := range e.Examples {
				text = strings.ReplaceAll(text, example, "…")
			}
		}
		found = findings{}
		facts.check(text, 0, len(text), &found)
	}
	for _, p := range found.problems {
		faults = append(faults, fault{what: "the text: " + p + "; say only what stands in the message or in an earlier answer, or plan steps that find it out"})
	}
	if len(faults) == 0 && plan.Kind == PlanAnswer {
		r.turn.Sources = found.sources
	}
	return faults
}

// firstPlan is the backend's plan of the message, or that of a command.
func (r *run) firstPlan(ctx context.Context, req PlanRequest) (*Plan, *Error) {
	if isUndo(r.turn.Message) {
		return &Plan{Kind: PlanUndo}, nil
	}
	if r.req.Goal {
		r.turn.Goal, r.turn.Rounds = true, 1
	}
	return r.askForPlan(ctx, req)
}

// checked publishes a sound plan and ends the turn if it asks for nothing to be
// done.
func (r *run) checked() (done bool) {
	r.publish(Event{Kind: EventPlanned, Plan: r.plan, Steps: r.records()})
	switch r.plan.Kind {
	case PlanQuestion:
		r.end(KindQuestion, r.plan.Text)
	case PlanAnswer:
		r.end(KindAnswer, r.plan.Text)
	case PlanRefusal:
		r.end(KindRefusal, r.plan.Text)
	case PlanSteps, PlanUndo:
		return false
	}
	return true
}

// unplannable ends a turn whose plan failed twice. If all that is wrong is one
// argument, the user is asked for it.
func (r *run) unplannable(plan *Plan, faults []fault) (done bool, problem *Error) {
	r.steps = nil
	if i := slices.IndexFunc(faults, func(f fault) bool { return f.refusal != "" }); i >= 0 {
		r.publish(Event{Kind: EventDenied, Text: faults[i].refusal})
		r.end(KindRefusal, faults[i].refusal)
		return true, nil
	}
	for _, f := range faults {
		if f.ask == nil && f.question != "" {
			r.turn.Plan = &Plan{Kind: PlanQuestion, Text: f.question}
			r.end(KindQuestion, f.question)
			return true, nil
		}
		if f.ask != nil {
			q := &Plan{Kind: PlanQuestion, Text: f.question, Steps: plan.Steps, Missing: f.ask}
			if len(r.madeUp(q)) > 0 {
				continue
			}
			r.turn.Plan = q
			r.end(KindQuestion, q.Text)
			return true, nil
		}
	}
	var what []string
	for _, f := range faults {
		what = append(what, f.what)
	}
	return false, &Error{
		Code:    CodeBadPlan,
		Message: "I could not work out a sound plan for that. Nothing was changed. Try saying it in other words, or one thing at a time.",
		Cause:   fmt.Errorf("plan refused: %s", strings.ReplaceAll(r.tellableProblems(what), "\n", "; ")),
	}
}

// askForPlan calls the backend, within its deadline and safe from its crashes.
func (r *run) askForPlan(ctx context.Context, req PlanRequest) (plan *Plan, problem *Error) {
	ctx, cancel := r.asking(ctx)
	defer cancel()
	reply, err := guarded(func() (PlanReply, error) { return r.backend.Plan(ctx, req) })
	r.turn.Usage.Add(reply.Usage)
	if err != nil {
		return nil, backendProblem(err, "Nothing was changed.")
	}
	return &reply.Plan, nil
}

// guarded turns a panic of a plugin into an error.
func guarded[T any](f func() (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it crashed: %v", p)
		}
	}()
	return f()
}

// backendProblem words a failure of the backend; a coded error speaks for itself.
func backendProblem(err error, notLost string) *Error {
	if coded := asError(err); coded != nil {
		return coded
	}
	return &Error{
		Code: CodeBackend, Cause: err,
		Message: fmt.Sprintf("The language backend failed. %s Send the message again, or choose another backend with --backend.", notLost),
	}
}

// visible is the part of the catalog that the user can use.
func (r *run) visible(ctx context.Context) *Catalog {
	return r.catalog.For(ctx, r.now, r.req.User)
}
