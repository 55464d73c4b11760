package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// execute runs the steps that choose picks, each as soon as what it waits for
// has ended: reads side by side, changes one at a time in plan order, so that
// the outcome of a plan does not depend on timing. It returns when all of them
// have ended.
func (r *run) execute(ctx context.Context, choose func(*stepRun) bool) {
	var chosen []*stepRun
	for _, s := range r.steps {
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
		if s.entry.Changes() {
			change = s
		}
		wg.Go(func() {
			defer close(s.ended)
			for _, list := range [][]int{s.needs, s.after} {
				for _, j := range list {
					if ch := r.steps[j].ended; ch != nil {
						<-ch
					}
				}
			}
			if s.entry.Changes() && before != nil {
				<-before.ended
			}
			r.runStep(ctx, s)
		})
	}
	wg.Wait()
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

// runStep decides the step's condition, resolves its arguments and calls the
// service. It never fails: what goes wrong is in the record.
func (r *run) runStep(ctx context.Context, s *stepRun) {
	if !r.ready(ctx, s) {
		return
	}
	first := s.entry.Offers[0]
	r.set(s, func(rec *StepRecord) {
		rec.Status = StepRunning
		rec.Route, rec.Service, rec.Version = first.Era, first.Service, first.Version
	})
	r.publishStep(EventStepStarted, s)
	started := r.k.cfg.Now()
	res := r.perform(ctx, s)
	r.set(s, func(rec *StepRecord) {
		rec.DurationMS = milliseconds(r.k.cfg.Now().Sub(started))
		rec.Route, rec.Service, rec.Version, rec.FallbackFrom = res.offer.Era, res.offer.Service, res.offer.Version, res.fallbackFrom
		if res.err != nil {
			rec.Status, rec.Error = StepFailed, res.err
			return
		}
		rec.Status, rec.Result = StepDone, res.data
		s.value = celValue(s.entry.Result, res.data)
	})
	r.publishStep(EventStepEnded, s)
}

// ready decides the condition and resolves the arguments. If the step cannot
// run, its record says why.
func (r *run) ready(ctx context.Context, s *stepRun) bool {
	if ctx.Err() != nil {
		r.finish(s, StepFailed, &Error{Code: CodeCancelled, Message: "It was stopped before it started."})
		return false
	}
	for _, j := range s.needs {
		dep := r.snapshot(r.steps[j])
		switch dep.Status {
		case StepDone:
		case StepSkipped, StepDenied:
			r.finish(s, dep.Status, nil)
			return false
		default:
			r.finish(s, StepFailed, &Error{Code: CodeDependency, Message: "It was not tried, because what it depends on did not work."})
			return false
		}
	}
	met, problem := r.decide(ctx, s)
	if problem != nil {
		r.finish(s, StepFailed, problem)
		return false
	}
	if !met {
		r.finish(s, StepSkipped, nil)
		return false
	}
	if problem := r.resolve(ctx, s); problem != nil {
		r.finish(s, StepFailed, problem)
		return false
	}
	return true
}

// finish gives a step its last status without a call.
func (r *run) finish(s *stepRun, status StepStatus, problem *Error) {
	r.set(s, func(rec *StepRecord) { rec.Status, rec.Error = status, problem })
	r.publishStep(EventStepEnded, s)
}

// decide says whether the step's condition is met. A condition that is decided
// stays so.
func (r *run) decide(ctx context.Context, s *stepRun) (met bool, problem *Error) {
	if s.step.When == nil {
		return true, nil
	}
	if c := r.snapshot(s).Condition; c != nil && c.Met != nil {
		return *c.Met, nil
	}
	by := "cel"
	if s.when != nil {
		met, problem = r.evaluate(ctx, s)
	} else {
		by = "model"
		met, problem = r.judge(ctx, s)
	}
	if problem != nil {
		return false, problem
	}
	r.set(s, func(rec *StepRecord) {
		c := *rec.Condition
		c.Met, c.By = &met, by
		rec.Condition = &c
	})
	r.publishStep(EventCondition, s)
	return met, nil
}

func (r *run) evaluate(ctx context.Context, s *stepRun) (bool, *Error) {
	out, err := s.when.eval(ctx, r.vars())
	if err == nil {
		if met, ok := out.Value().(bool); ok {
			return met, nil
		}
		err = fmt.Errorf("the condition gave %v", out.Value())
	}
	if errors.Is(err, errNoSuchElement) {
		return false, &Error{Code: CodeNotFound, Cause: err, Message: "There is nothing that the condition could be checked on: " + s.target() + "."}
	}
	return false, &Error{Code: CodeUndecided, Cause: err, Message: fmt.Sprintf("It could not be decided whether %s, so it was left alone.", s.rec.Condition.Text)}
}

func (r *run) judge(ctx context.Context, s *stepRun) (bool, *Error) {
	ctx, cancel := r.asking(ctx)
	defer cancel()
	var done []StepRecord
	for _, rec := range r.records() {
		if rec.Status == StepDone {
			done = append(done, rec)
		}
	}
	v, err := guarded(func() (Verdict, error) {
		return r.backend.Judge(ctx, JudgeRequest{Condition: s.step.When.Text, Steps: done, Now: r.now})
	})
	r.mu.Lock()
	r.turn.Usage.Add(v.Usage)
	r.mu.Unlock()
	if err != nil || !v.Known {
		return false, &Error{Code: CodeUndecided, Cause: err, Message: fmt.Sprintf("It could not be decided whether %s, so it was left alone.", s.rec.Condition.Text)}
	}
	return v.Met, nil
}

// target is what the user called the thing that a step is about.
func (s *stepRun) target() string {
	for _, name := range s.entry.ParamNames() {
		if a, ok := s.step.Args[name]; ok && a.Ref != "" && a.Text != "" {
			return fmt.Sprintf("nothing fits %q", PrintableLine(a.Text))
		}
	}
	return "the look-up found nothing"
}

// resolve fills the step's arguments and checks them as a whole.
func (r *run) resolve(ctx context.Context, s *stepRun) *Error {
	if s.rec.Args != nil {
		return nil // resolved when the user was asked to confirm
	}
	args := make(map[string]any, len(s.step.Args)+1)
	var vars map[string]any
	for name, arg := range s.step.Args {
		if arg.Ref == "" {
			args[name] = arg.Value
			continue
		}
		if vars == nil {
			vars = r.vars()
		}
		out, err := s.refs[name].eval(ctx, vars)
		var v any
		if err == nil {
			v, err = jsonValue(out)
		}
		if errors.Is(err, errNoSuchElement) {
			return &Error{Code: CodeNotFound, Cause: err, Message: s.nothingFits(name, arg)}
		}
		if err != nil {
			return &Error{Code: CodeInvalid, Cause: err, Message: fmt.Sprintf("The %s could not be worked out from what was found.", label(name, s.entry.Params.Properties[name]))}
		}
		args[name] = coerce(s.entry.Params.Properties[name], v)
	}
	full := s.callArgs(args)
	if err := s.entry.params.validate(full); err != nil {
		return &Error{Code: CodeInvalid, Cause: err, Message: fmt.Sprintf("The details do not fit what %q takes, so it was not tried.", s.entry.Summary)}
	}
	r.set(s, func(rec *StepRecord) { rec.Args = args })
	return nil
}

func (s *stepRun) nothingFits(name string, arg Arg) string {
	what := label(name, s.entry.Params.Properties[name])
	if arg.Text != "" {
		return fmt.Sprintf("I found nothing that fits %q.", PrintableLine(arg.Text))
	}
	return fmt.Sprintf("I found no %s to use.", what)
}

// callArgs adds the subject, which only the kernel may fill.
func (s *stepRun) callArgs(args map[string]any) map[string]any {
	full := make(map[string]any, len(args)+1)
	for k, v := range args {
		full[k] = v
	}
	if s.entry.Subject != "" {
		full[s.entry.Subject] = s.subject.Email
	}
	return full
}

// vars is what expressions see: the results so far, the user and the time.
func (r *run) vars() map[string]any {
	r.mu.Lock()
	defer r.mu.Unlock()
	steps := make(map[string]any, len(r.steps))
	for _, s := range r.steps {
		if s.rec.Status == StepDone {
			steps[s.step.ID] = s.value
		}
	}
	u := r.req.User
	return map[string]any{
		"steps": steps,
		"user":  map[string]any{"email": u.Email, "name": u.Name, "role": string(u.Role)},
		"now":   r.now,
	}
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
	out := make([]StepRecord, len(r.steps))
	for i, s := range r.steps {
		out[i] = s.rec
	}
	return out
}

func (r *run) publishStep(kind EventKind, s *stepRun) {
	rec := r.snapshot(s)
	r.publish(Event{Kind: kind, Step: &rec})
}

// changesDone says in words which changes of this turn were made; empty if none.
func (r *run) changesDone() string {
	var done []string
	for _, rec := range r.records() {
		if e := r.catalog.Intent(rec.Intent); e != nil && e.Changes() && rec.Status == StepDone {
			what := rec.Sentence
			if what == "" {
				what = e.Summary
			}
			done = append(done, what)
		}
	}
	if len(done) == 0 {
		return ""
	}
	if len(done) == 1 {
		return "This was done before: " + done[0] + "."
	}
	return "These were done before: " + JoinAnd(done) + "."
}
