package orchestrator

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// stepRun is a checked step on its way.
type stepRun struct {
	step    Step
	entry   *Entry
	subject User
	when    *program            // nil: unconditional, or for the model to judge
	refs    map[string]*program // parameter → reference
	list    *program            // what the step is repeated for; nil if it runs once
	needs   []*stepRun          // steps whose results Args, When and ForEach read, or whose playbook this is part of
	after   []*stepRun          // steps that must have ended
	unless  *stepRun            // the step whose condition must not be met; what that needs is in needs
	written map[string][]Arg    // arguments that a playbook's file gives, with the parameters that it puts into them
	asks    asks                // the playbook's parameters that the user must be asked for
	passed  bool                // the rule was true when the plan was checked, whatever the arguments
	harmful bool                // needs a yes in this plan, though the intent alone would not
	gated   bool                // waits for the user's yes, or for a step that does
	before  bool                // was settled in the turn that asked for the yes
	early   bool                // was settled before the plan began to act

	children []*stepRun // the repetitions, once the list is known
	item     any        // the element that a repetition is for, as CEL sees it

	deciding sync.Mutex // held while the condition is decided

	choice Choice // who serves it; zero until it is decided
	rec    StepRecord
	value  any           // the result as CEL sees it
	ended  chan struct{} // closed when the step has ended; nil until it is started
}

// settled tells whether a step has reached its final status.
func (s *stepRun) settled() bool {
	switch s.rec.Status {
	case StepDone, StepSkipped, StepFailed, StepDenied, StepUndone:
		return true
	default:
		return false
	}
}

// waits returns the steps that must have ended before this one starts.
func (s *stepRun) waits() []*stepRun { return slices.Concat(s.needs, s.after) }

// changes tells whether the step itself calls something that may change something.
func (s *stepRun) changes() bool { return s.entry.Changes() && !s.isPlay() }

// needsYes tells whether the step itself waits for the user's confirmation.
func (s *stepRun) needsYes() bool { return s.changes() && (s.entry.NeedsYes() || s.harmful) }

// top is the ID of the step of the plan that this one belongs to: its own, or that
// of the outermost playbook.
func (s *stepRun) top() string {
	for s.rec.Playbook != "" {
		i := slices.IndexFunc(s.needs, func(n *stepRun) bool { return n.step.ID == s.rec.Playbook })
		s = s.needs[i]
	}
	return s.step.ID
}

// isPlay tells whether the step stands for a playbook, whose steps follow it.
func (s *stepRun) isPlay() bool { return s.rec.Group && s.list == nil }

// all returns every step, repetitions after the step that they repeat. The caller
// holds mu, or nothing runs.
func (r *run) all() []*stepRun {
	out := make([]*stepRun, 0, len(r.steps))
	for _, s := range r.steps {
		out = append(append(out, s), s.children...)
	}
	return out
}

// ownChanges returns the steps that call something that may change something:
// repetitions in place of the step that they repeat.
func (r *run) ownChanges() []*stepRun {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*stepRun
	for _, s := range r.all() {
		if s.changes() && s.list == nil {
			out = append(out, s)
		}
	}
	return out
}

// vars is what the step's expressions see: the results so far, the user, the time,
// and the element that it is for.
func (r *run) vars(s *stepRun) map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	steps := make(map[string]any, len(r.steps))
	for _, other := range r.steps {
		if other.rec.Status == StepDone {
			steps[other.step.ID] = other.value
		}
	}
	u := r.req.User
	vars := map[string]any{
		"steps": steps,
		"user":  map[string]any{"email": u.Email, "name": u.Name, "role": string(u.Role)},
		"now":   r.now,
	}
	if s.item != nil {
		vars["each"] = s.item
	}
	return vars
}

func (r *run) set(s *stepRun, change func(*StepRecord)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&s.rec)
}

func (r *run) snapshot(s *stepRun) StepRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	return s.rec
}

// records returns copies of all step records, in plan order.
func (r *run) records() []StepRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.all()
	out := make([]StepRecord, len(all))
	for i, s := range all {
		out[i] = s.rec
	}
	return out
}

func recordsOf(steps []*stepRun) []StepRecord {
	out := make([]StepRecord, len(steps))
	for i, s := range steps {
		out[i] = s.rec
	}
	return out
}

func (r *run) publishStep(kind EventKind, s *stepRun) {
	rec := r.snapshot(s)
	r.publish(Event{Kind: kind, Step: &rec})
}

// what says in words what a step does: the sentence that was confirmed, or the
// intent's summary.
func (s *stepRun) what() string {
	if s.rec.Sentence != "" {
		return s.rec.Sentence
	}
	return s.entry.Summary
}

// changesDone says in words which changes of this turn stand; empty if none.
func (r *run) changesDone() string {
	var done []string
	for _, s := range r.ownChanges() {
		if r.snapshot(s).Status == StepDone {
			done = append(done, s.what())
		}
	}
	switch len(done) {
	case 0:
		return ""
	case 1:
		return "This was done before: " + done[0] + "."
	}
	return fmt.Sprintf("These were done before: %s.", JoinAnd(done))
}

// endedBy is the status of a step that ends with an error before or in its call.
func endedBy(problem *Error) StepStatus {
	if problem.Code == CodeUntrusted || problem.Code == CodeDenied && errors.Is(problem, errNotAllowed) {
		return StepDenied
	}
	return StepFailed
}

// refused tells whether the rules of the house denied the step, as opposed to the
// user, who said no to it.
func (s *StepRecord) refused() bool { return s.Status == StepDenied && s.Error != nil }
