package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// How often a step may be repeated: without a word of the plan, and at most.
const (
	defaultRepeat = 20
	maxRepeat     = 100
)

// repeat runs a step once for every element of its list: reads side by side,
// changes one after the other. The step itself is done when all repetitions are
// done or skipped.
func (r *run) repeat(ctx context.Context, s *stepRun) {
	if !r.unfold(ctx, s) {
		return
	}
	var wg sync.WaitGroup
	for _, c := range s.children {
		switch {
		case c.settled():
		case s.changes():
			r.runStep(ctx, c)
		default:
			wg.Go(func() { r.runStep(ctx, c) })
		}
	}
	wg.Wait()
	r.gather(s)
}

// gather ends a step whose repetitions have ended.
func (r *run) gather(s *stepRun) {
	values := []any{}
	failed, waiting, done := 0, 0, 0
	for _, c := range s.children {
		rec := r.snapshot(c)
		if rec.refused() {
			failed++
			continue
		}
		switch rec.Status {
		case StepDone:
			values = append(values, c.value)
			done++
		case StepSkipped, StepDenied, StepUndone:
		case StepFailed:
			failed++
		case StepPlanned, StepRunning, StepWaiting:
			waiting++
		}
	}
	switch {
	case waiting > 0:
		r.set(s, func(rec *StepRecord) { rec.Status = StepWaiting })
	case failed > 0:
		r.finish(s, StepFailed, &Error{Code: CodeDependency, Message: fmt.Sprintf("It did not work for %d of %d.", failed, len(s.children))})
	case done == 0:
		r.finish(s, StepSkipped, nil)
	default:
		r.mu.Lock()
		s.value = values
		r.mu.Unlock()
		r.finish(s, StepDone, nil)
	}
}

// unfold makes the repetitions of a step, once. If it cannot, the record of the
// step says why.
func (r *run) unfold(ctx context.Context, s *stepRun) bool {
	switch {
	case len(s.children) > 0:
		return true
	case ctx.Err() != nil:
		r.fails(s, &Error{Code: CodeCancelled, Message: "It was stopped before it started."})
		return false
	case !r.provided(s):
		return false
	}
	out, err := s.list.eval(ctx, r.vars(s))
	if err != nil {
		r.fails(s, &Error{Code: CodeNotFound, Cause: err, Message: "There is nothing to do it for: the look-up found nothing."})
		return false
	}
	items := elements(out)
	limit := s.step.Max
	if limit == 0 {
		limit = defaultRepeat
	}
	switch {
	case len(items) == 0:
		r.finish(s, StepSkipped, nil)
		return false
	case len(items) > limit:
		r.fails(s, &Error{Code: CodeInvalid, Message: fmt.Sprintf("It would be done %d times, and at most %d are allowed at once, so nothing of it was done. Please narrow it down.", len(items), limit)})
		return false
	}
	children := make([]*stepRun, len(items))
	for i, item := range items {
		children[i] = s.repetition(i+1, item)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	s.children = children
	return true
}

// repetition makes the step for one element of the list.
func (s *stepRun) repetition(n int, item any) *stepRun {
	c := &stepRun{
		step: s.step, entry: s.entry, subject: s.subject, when: s.when, refs: s.refs, needs: s.needs,
		unless: s.unless, asks: s.asks, written: s.written, harmful: s.harmful, gated: s.gated, item: item,
	}
	c.step.ID = s.step.ID + "_" + strconv.Itoa(n)
	c.rec = s.rec
	c.rec.ID, c.rec.Each, c.rec.Group, c.rec.Status, c.rec.Lookup = c.step.ID, s.step.ID, false, StepPlanned, s.step.Lookup
	return c
}

// elements returns the elements of a CEL list, as CEL sees them.
func elements(v ref.Val) []any {
	l, ok := v.(traits.Lister)
	if !ok {
		return nil
	}
	var out []any
	for it := l.Iterator(); it.HasNext() == types.True; {
		out = append(out, it.Next())
	}
	return out
}

// unfoldChanges makes the repetitions of the changes whose list is known, so that
// the user is asked for each of them.
func (r *run) unfoldChanges(ctx context.Context) {
	for _, s := range r.steps {
		if s.list == nil || !s.gated || !s.needsYes() || s.settled() || !r.knowable(s) {
			continue
		}
		if r.unfold(ctx, s) {
			for _, c := range s.children {
				r.ready(ctx, c)
			}
			if !slices.ContainsFunc(s.children, func(c *stepRun) bool { return !c.settled() }) {
				r.gather(s)
			}
		}
	}
}
