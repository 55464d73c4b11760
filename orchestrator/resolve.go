package orchestrator

import (
	"context"
	"errors"
	"fmt"
)

// decide says whether the step's condition is met, and whether its turn comes at
// all: that of the step which it is the alternative to must not be met. A condition
// that is decided stays so.
func (r *run) decide(ctx context.Context, s *stepRun) (met bool, problem *Error) {
	if open, problem := r.open(ctx, s); !open || problem != nil {
		return false, problem
	}
	return r.condition(ctx, s)
}

// open tells whether the plan comes to the step's own condition: if it is the
// alternative to another step, the plan must have come to that one's condition, and
// found it not met.
func (r *run) open(ctx context.Context, s *stepRun) (bool, *Error) {
	if s.unless == nil {
		return true, nil
	}
	if open, problem := r.open(ctx, s.unless); !open || problem != nil {
		return false, problem
	}
	met, problem := r.condition(ctx, s.unless)
	if problem == nil && s.step.When == nil {
		r.verdict(s, !met, "cel")
	}
	return !met, problem
}

// condition decides the step's own condition.
func (r *run) condition(ctx context.Context, s *stepRun) (met bool, problem *Error) {
	if s.step.When == nil {
		return true, nil
	}
	s.deciding.Lock()
	defer s.deciding.Unlock()
	if c := r.snapshot(s).Condition; c.Met != nil {
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
	r.verdict(s, met, by)
	return met, nil
}

func (r *run) verdict(s *stepRun, met bool, by string) {
	r.set(s, func(rec *StepRecord) {
		c := *rec.Condition
		c.Met, c.By = &met, by
		rec.Condition = &c
	})
	r.publishStep(EventCondition, s)
}

func (r *run) evaluate(ctx context.Context, s *stepRun) (bool, *Error) {
	out, err := s.when.eval(ctx, r.vars(s))
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
		if rec.Status == StepDone && !rec.Group {
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
			vars = r.vars(s)
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
	if problem := r.allowed(ctx, s, full); problem != nil {
		return problem
	}
	from, origins, problem := r.trace(s, args)
	if problem != nil {
		r.set(s, func(rec *StepRecord) { rec.From = from })
		return problem
	}
	r.set(s, func(rec *StepRecord) { rec.Args, rec.From, rec.Origins = args, from, origins })
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
