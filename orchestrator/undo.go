package orchestrator

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// UndoCommand is the message that takes back the last confirmed turn, on every
// surface.
const UndoCommand = "/undo"

// planUndo turns a plan of kind undo into the steps that take back the changes of
// the conversation's last turn that made any that can be. Where there is nothing to
// take back the plan becomes an answer that says so, and it returns false.
func (r *run) planUndo(ctx context.Context, plan *Plan) bool {
	say := func(format string, args ...any) bool {
		*plan = Plan{Kind: PlanAnswer, Text: fmt.Sprintf(format, args...)}
		return false
	}
	var stays []string
	for last := range r.changed {
		steps, kept := r.undoSteps(ctx, last)
		stays = append(stays, kept...)
		if len(steps) == 0 {
			continue // nothing of it can be taken back, or needs to be
		}
		r.turn.TakesBack = last.ID
		r.undone = map[string]bool{}
		for _, s := range steps {
			r.undone[s.ID] = true
		}
		*plan = Plan{Kind: PlanSteps, Steps: steps}
		if len(stays) > 0 {
			plan.Text = fmt.Sprintf("This cannot be taken back: %s.", JoinAnd(stays))
		}
		return true
	}
	if len(stays) > 0 {
		return say("This cannot be taken back: %s. Nothing was changed.", JoinAnd(stays))
	}
	return say("There is nothing to take back: no change was made in this conversation, or it is taken back already.")
}

// undoSteps are the steps that take back the changes of a turn, in reverse order, and
// in words what cannot be taken back.
func (r *run) undoSteps(ctx context.Context, last Turn) (steps []Step, stays []string) {
	for _, rec := range slices.Backward(last.Steps) {
		e := r.catalog.Intent(rec.Intent)
		if rec.Status != StepDone || rec.Group || e != nil && !e.Changes() {
			continue
		}
		step, err := r.undoing(ctx, e, rec)
		switch {
		case err != nil:
			stays = append(stays, cmp.Or(rec.Sentence, rec.Intent))
		case step != nil:
			step.ID = fmt.Sprintf("undo_%d", len(steps)+1)
			steps = append(steps, *step)
		}
	}
	return steps, stays
}

// changed yields the conversation's turns whose changes stand, the last one first.
func (r *run) changed(yield func(Turn) bool) {
	gone := map[string]bool{}
	for _, t := range slices.Backward(r.history) {
		stands := t.Outcome == OutcomeDone || t.Outcome == OutcomePartly || t.Outcome == OutcomeFlagged
		switch {
		case t.TakesBack != "" && stands:
			gone[t.TakesBack] = true
		case stands && !gone[t.ID] && !yield(t):
			return
		}
	}
}

// undoing returns the step that takes a recorded change back; nil if there is
// nothing to take back.
func (r *run) undoing(ctx context.Context, e *Entry, rec StepRecord) (*Step, error) {
	if e == nil {
		return nil, fmt.Errorf("there is no intent %s any more", rec.Intent)
	}
	s := &stepRun{entry: e}
	offer, ok := s.madeBy(rec)
	if !ok || offer.undo == nil {
		return nil, fmt.Errorf("%s cannot be taken back", rec.Intent)
	}
	b, err := offer.undo.plan(ctx, offer, rec)
	if err != nil || !b.needed {
		return nil, err
	}
	step := &Step{Intent: offer.undo.Intent, For: rec.For, Args: map[string]Arg{}, Text: rec.Text}
	for name, v := range b.args {
		step.Args[name] = Arg{Value: v}
	}
	return step, nil
}

// isUndo tells whether a message is the command to take back.
func isUndo(message string) bool {
	return strings.EqualFold(strings.TrimSpace(message), UndoCommand)
}
