package orchestrator

import (
	"context"
	"sync"
)

// execute runs the steps that choose picks, each as soon as what it waits for
// has ended: reads side by side, changes one at a time in plan order, so that
// the outcome of a plan does not depend on timing. It returns when all of them
// have ended.
func (r *run) execute(ctx context.Context, choose func(*stepRun) bool) {
	var chosen []*stepRun
	for _, s := range r.steps {
		s.ended = nil
		if choose(s) && !s.settled() {
			s.ended = make(chan struct{})
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 1 { // nothing to run beside it
		r.runStep(ctx, chosen[0])
		close(chosen[0].ended)
		return
	}
	var wg sync.WaitGroup
	var change *stepRun // the last change before
	for _, s := range chosen {
		before := change
		if s.changes() {
			change = s
		}
		wg.Go(func() {
			defer close(s.ended)
			for _, other := range s.waits() {
				if other.ended != nil {
					<-other.ended
				}
			}
			if s.changes() && before != nil {
				<-before.ended
			}
			r.runStep(ctx, s)
		})
	}
	wg.Wait()
}

// runStep decides the step's condition, resolves its arguments and calls the
// service, or does so for every repetition. It never fails: what goes wrong is in
// the record.
func (r *run) runStep(ctx context.Context, s *stepRun) {
	switch {
	case s.list != nil:
		r.repeat(ctx, s)
	case !r.ready(ctx, s):
	case s.isPlay():
		r.finish(s, StepDone, nil)
	default:
		r.callStep(ctx, s)
	}
}

func (r *run) callStep(ctx context.Context, s *stepRun) {
	choice, problem := r.route(s)
	if problem != nil {
		r.fails(s, problem)
		return
	}
	r.set(s, func(rec *StepRecord) { rec.Status = StepRunning })
	r.publishStep(EventStepStarted, s)
	beside := r.shadow(s, choice)
	started := r.k.cfg.Now()
	var res outcome
	if s.changes() {
		res = r.performChange(ctx, s)
	} else {
		res = r.performRead(ctx, s)
	}
	beside.primary(res)
	r.set(s, func(rec *StepRecord) {
		rec.DurationMS = milliseconds(r.k.cfg.Now().Sub(started))
		rec.Route, rec.Service, rec.Version, rec.FallbackFrom = res.offer.Era, res.offer.Service, res.offer.Version, res.fallbackFrom
		if res.attempts > 1 {
			rec.Attempts = res.attempts
		}
		rec.Error, rec.Flag = res.err, res.flag
		if res.err != nil {
			rec.Status = endedBy(res.err)
			return
		}
		rec.Status, rec.Result = StepDone, res.data
		s.value = celValue(s.entry.Result, res.data)
	})
	if s.changes() {
		r.note(ctx, NoteEnded, s, false)
		if res.err != nil {
			r.broke()
		}
	}
	r.publishStep(EventStepEnded, s)
	if res.flag != "" {
		r.publishStep(EventFlagged, s)
	}
}

// ready decides the condition and resolves the arguments. If the step cannot
// run, its record says why.
func (r *run) ready(ctx context.Context, s *stepRun) bool {
	switch {
	case ctx.Err() != nil:
		r.fails(s, &Error{Code: CodeCancelled, Message: "It was stopped before it started."})
		return false
	case s.changes() && r.isBroken():
		r.fails(s, notAlone(s))
		return false
	case !r.provided(s):
		return false
	case s.asks.first:
		r.set(s, func(rec *StepRecord) { rec.Status = StepWaiting })
		return false
	}
	met, problem := r.decide(ctx, s)
	switch {
	case problem != nil:
		r.fails(s, problem)
		return false
	case !met:
		r.finish(s, StepSkipped, nil)
		return false
	case len(s.asks.names) > 0:
		r.set(s, func(rec *StepRecord) { rec.Status = StepWaiting })
		return false
	}
	if problem := r.resolve(ctx, s); problem != nil {
		r.fails(s, problem)
		return false
	}
	return true
}

// provided tells whether the steps that this one needs have brought their results.
// If not, its record says so.
func (r *run) provided(s *stepRun) bool {
	for _, other := range s.needs {
		dep := r.snapshot(other)
		switch dep.Status {
		case StepDone:
			continue
		case StepSkipped, StepDenied:
			if dep.refused() {
				r.fails(s, &Error{Code: CodeDependency, Message: "It was not tried, because what it depends on was refused."})
				return false
			}
			r.finish(s, dep.Status, nil)
		case StepWaiting: // for what the user will be asked
			r.set(s, func(rec *StepRecord) { rec.Status = StepWaiting })
		default:
			r.fails(s, &Error{Code: CodeDependency, Message: "It was not tried, because what it depends on did not work."})
		}
		return false
	}
	return true
}

// finish gives a step its last status without a call.
func (r *run) finish(s *stepRun, status StepStatus, problem *Error) {
	r.set(s, func(rec *StepRecord) {
		rec.Status, rec.Error = status, problem
		if status == StepSkipped || status == StepDenied { // nobody was asked
			rec.Route, rec.Service, rec.Version, rec.Routed, rec.Why = "", "", "", nil, ""
		}
	})
	r.publishStep(EventStepEnded, s)
}

// fails ends a step that went wrong before its call. A change that fails after the
// yes takes the others of an all-or-nothing plan with it.
func (r *run) fails(s *stepRun, problem *Error) {
	r.finish(s, endedBy(problem), problem)
	if s.changes() {
		r.broke()
	}
}

// notAlone is the error of a change that was not tried because another one failed.
func notAlone(s *stepRun) *Error {
	return Errorf(CodeTogether, "Not done: %s. Another change failed, and they were to be made together or not at all.", s.what())
}
