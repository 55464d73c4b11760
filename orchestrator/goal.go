package orchestrator

import (
	"context"
	"fmt"
	"slices"
)

// pursue answers the turn. In goal mode it first asks the backend, as long as
// something was done and the limits allow, whether the goal is reached and what is
// left to do.
func (r *run) pursue(ctx context.Context) *Error {
	for r.wantsMore() {
		plan := r.planRest(ctx)
		if plan == nil {
			break
		}
		r.plan, r.turn.Plan = plan, plan
		r.publish(Event{Kind: EventPlanned, Plan: plan, Steps: r.records()})
		r.acting, r.begun, r.confirmed = false, false, false // the journal begins anew with the longer plan
		if done, problem := r.carryOut(ctx); done || problem != nil {
			return problem
		}
	}
	return r.respond(ctx)
}

// wantsMore tells whether another plan may be asked for, and says why not if a limit
// is reached.
func (r *run) wantsMore() bool {
	if !r.turn.Goal || r.plan.Kind != PlanSteps || r.turn.Outcome == OutcomeFlagged || r.turn.Outcome == OutcomeUndone {
		return false
	}
	limit := ""
	switch {
	case r.turn.Rounds >= r.k.cfg.GoalRounds:
		limit = fmt.Sprintf("after %d plans", r.turn.Rounds)
	case len(r.plan.Steps) >= r.k.cfg.MaxSteps:
		limit = fmt.Sprintf("after %d steps", len(r.plan.Steps))
	case r.turn.Usage.CostUSD >= r.k.cfg.GoalCost:
		limit = fmt.Sprintf("after %.4f USD", r.turn.Usage.CostUSD)
	default:
		return true
	}
	r.publish(Event{Kind: EventGoalRound, Count: r.turn.Rounds, Text: "stopped " + limit})
	return false
}

// planRest asks the backend for the rest of the plan and checks it together with
// what was done. nil means that the goal is reached, or that no sound plan came.
func (r *run) planRest(ctx context.Context) *Plan {
	r.turn.Rounds++
	var done []StepRecord
	for _, rec := range r.records() {
		if !rec.Group {
			done = append(done, rec)
		}
	}
	rest, problem := r.askForPlan(ctx, PlanRequest{
		Message: r.turn.Message, User: r.req.User, Subject: r.subject, Conversation: r.history, Digest: r.digest,
		Catalog: r.visible(ctx), Now: r.now, Goal: true, Done: done,
	})
	if problem != nil || rest.Kind != PlanSteps || len(rest.Steps) == 0 {
		if problem != nil {
			r.k.cfg.Logger.Warn("the rest of a goal was not planned", "turn", r.turn.ID, "cause", problem)
		}
		r.turn.Rounds-- // that was no plan
		r.publish(Event{Kind: EventGoalRound, Count: r.turn.Rounds, Text: "reached"})
		return nil
	}
	records, whole := r.records(), *r.plan
	whole.Steps = append(slices.Clone(r.plan.Steps), rest.Steps...)
	whole.Partly = r.plan.Partly || rest.Partly
	before := r.steps
	if faults := r.check(ctx, &whole); len(faults) > 0 || len(r.madeUp(&whole)) > 0 || whole.Kind != PlanSteps || !r.carryOver(before, records) {
		r.steps = before
		r.publish(Event{Kind: EventGoalRound, Count: r.turn.Rounds, Text: "the rest was not sound"})
		return nil
	}
	r.publish(Event{Kind: EventGoalRound, Count: r.turn.Rounds, Plan: outline(r.catalog, rest)})
	return &whole
}

// carryOver puts the steps that were done before where they stood.
func (r *run) carryOver(before []*stepRun, records []StepRecord) bool {
	if len(r.steps) < len(before) {
		return false
	}
	fresh := r.steps
	r.steps = fresh[:len(before)]
	ok := r.reinstate(records)
	r.steps = fresh
	return ok
}
