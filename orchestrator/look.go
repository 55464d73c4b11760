package orchestrator

import (
	"context"
	"slices"
)

// look runs everything that needs no yes, and decides what it can about the
// rest: conditions are evaluated and arguments resolved with real values, so that
// the user confirms what will really happen.
func (r *run) look(ctx context.Context) *Error {
	r.execute(ctx, func(s *stepRun) bool { return !s.gated })
	if ctx.Err() != nil {
		return r.stopped(ctx)
	}
	for _, s := range r.steps {
		if s.gated && s.list == nil && s.needsYes() && !s.settled() && r.knowable(s) {
			r.ready(ctx, s)
		}
	}
	r.unfoldChanges(ctx)
	return nil
}

// knowable tells whether everything that the step's condition and arguments read
// is known before any change is made.
func (r *run) knowable(s *stepRun) bool {
	unsettled := func(other *stepRun) bool { return !other.settled() }
	if slices.ContainsFunc(s.needs, unsettled) {
		return false
	}
	return s.step.When == nil || s.when != nil || !slices.ContainsFunc(s.after, unsettled) // the judge sees all reads
}

// ask ends the turn with the question of a playbook whose next step needs something
// from the user. Nothing has been changed that needs a yes.
func (r *run) ask() (asked bool) {
	for _, s := range r.all() {
		if len(s.asks.names) == 0 || s.settled() || !s.gated && s.rec.Status != StepWaiting {
			continue
		}
		top := s.top()
		i := slices.IndexFunc(r.plan.Steps, func(p Step) bool { return p.ID == top })
		play, _ := r.catalog.playbook(r.plan.Steps[i].Intent)
		missing := &Missing{Step: top, Param: s.asks.names[0]}
		if p := r.catalog.Intent(r.plan.Steps[i].Intent).Params; p != nil && p.Properties[missing.Param] != nil {
			for _, v := range p.Properties[missing.Param].Enum {
				missing.Options = append(missing.Options, inWords(v))
			}
		}
		q := &Plan{Kind: PlanQuestion, Text: play.Questions[missing.Param], Steps: r.plan.Steps, Missing: missing, Partly: r.plan.Partly}
		r.turn.Plan = q
		r.end(KindQuestion, q.Text)
		return true
	}
	return false
}
