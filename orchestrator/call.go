package orchestrator

import (
	"context"
	"errors"
	"fmt"
)

// outcome is what a routed call came to.
type outcome struct {
	offer        Offer
	fallbackFrom Era // set if another era was tried first
	data         map[string]any
	err          *Error
}

// perform routes a step's call: the preferred offer does it; a read that fails
// there for technical reasons is answered by the next.
func (r *run) perform(ctx context.Context, s *stepRun) outcome {
	call := r.callFor(s)
	var out outcome
	for i, offer := range s.entry.Offers {
		data, err := r.k.call(ctx, offer, call)
		out.offer, out.data, out.err = offer, data, err
		last := i == len(s.entry.Offers)-1
		if !err.Technical() || s.entry.Changes() || last || ctx.Err() != nil {
			return out
		}
		if out.fallbackFrom == "" {
			out.fallbackFrom = offer.Era
		}
		r.set(s, func(rec *StepRecord) {
			rec.Route, rec.Service, rec.Version, rec.FallbackFrom, rec.Error = offer.Era, offer.Service, offer.Version, out.fallbackFrom, err
		})
		r.publishStep(EventStepFallback, s)
		r.set(s, func(rec *StepRecord) { rec.Error = nil })
	}
	return out
}

func (r *run) callFor(s *stepRun) Call {
	return Call{
		Intent: s.step.Intent, Args: s.callArgs(r.snapshot(s).Args),
		User: r.req.User, Subject: s.subject,
		Key: r.key + "/" + s.step.ID, Turn: r.turn.ID, Step: s.step.ID,
	}
}

// call asks one service, within the deadline and safe from its crashes, and
// checks that the answer fits what the service said of itself.
func (k *Kernel) call(ctx context.Context, offer Offer, call Call) (map[string]any, *Error) {
	ctx, cancel := context.WithTimeout(ctx, k.cfg.CallTimeout)
	defer cancel()
	type answer struct {
		res   Result
		err   error
		panic bool
	}
	// A service that does not return when ctx ends keeps its goroutine, not the turn.
	ch := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a.err, a.panic = fmt.Errorf("panic: %v", p), true
			}
			ch <- a
		}()
		a.res, a.err = offer.service.Call(ctx, call)
	}()
	var a answer
	select {
	case a = <-ch:
	case <-ctx.Done():
		a.err = ctx.Err()
	}
	if a.err != nil {
		problem := wordFailure(ctx, offer, a.err, a.panic)
		if problem.Technical() {
			k.cfg.Logger.Warn("call failed", "service", offer.Service, "intent", call.Intent, "turn", call.Turn, "step", call.Step, "code", problem.Code, "cause", a.err)
		}
		return nil, problem
	}
	if a.res.Data == nil {
		a.res.Data = map[string]any{}
	}
	if err := offer.result.validate(a.res.Data); err != nil {
		k.cfg.Logger.Warn("result does not fit its schema", "service", offer.Service, "intent", call.Intent, "turn", call.Turn, "cause", err)
		return nil, &Error{
			Code: CodeBadResult, Cause: err,
			Message: fmt.Sprintf("The %s service gave an answer that does not fit its own description, so it is not used.%s", offer.Service, aftermath(offer, " It is not known whether the change was made; look before you ask again.")),
		}
	}
	return a.res.Data, nil
}

func wordFailure(ctx context.Context, offer Offer, err error, crashed bool) *Error {
	if coded := asError(err); coded != nil && !crashed {
		return &Error{Code: coded.Code, Message: Printable(coded.Message), Cause: coded.Cause}
	}
	unknown := aftermath(offer, " It is not known whether the change was made; look before you ask again.")
	switch {
	case crashed:
		return &Error{Code: CodePanic, Cause: err, Message: fmt.Sprintf("The %s service crashed on this call.%s", offer.Service, unknown)}
	case errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled):
		return &Error{Code: CodeCancelled, Cause: err, Message: fmt.Sprintf("It was stopped while the %s service was at it.%s", offer.Service, unknown)}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: CodeTimeout, Cause: err, Message: fmt.Sprintf("The %s service did not answer in time.%s", offer.Service, unknown)}
	}
	return &Error{Code: CodeUnavailable, Cause: err, Message: fmt.Sprintf("The %s service failed.%s", offer.Service, unknown)}
}

// aftermath adds what a failed change leaves open.
func aftermath(offer Offer, text string) string {
	if offer.Intent.Changes() {
		return text
	}
	return " Nothing was changed."
}
