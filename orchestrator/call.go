package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// outcome is what a routed call came to.
type outcome struct {
	offer        Offer
	fallbackFrom Era // set if another era was tried first
	data         map[string]any
	state        map[string]any // what a change leaves, if the service tells
	err          *Error
	attempts     int
	took         time.Duration // of the call that was the last
	flag         string        // set if it is not known whether a change was made
	notMade      bool          // a change failed, and it is known that nothing was changed
}

// performRead asks the side that the route says; where that fails for technical
// reasons or is too slow, the other one answers, if the route has one. The last one
// is asked again before the read fails.
func (r *run) performRead(ctx context.Context, s *stepRun) outcome {
	choice, problem := r.route(s)
	if problem != nil {
		return outcome{err: problem}
	}
	ctx, cancel := context.WithTimeout(ctx, r.k.cfg.StepTimeout)
	defer cancel()
	call := r.callFor(s)
	out := outcome{fallbackFrom: choice.Tripped}
	if choice.Then != "" {
		first := *s.entry.Offer(choice.First)
		bounded, cancel := r.patience(ctx)
		res, err, took := r.k.call(bounded, first, call)
		cancel()
		r.observe(s, first, took, err)
		out.offer, out.data, out.err, out.attempts, out.took = first, res.Data, err, 1, took
		if !err.Technical() || ctx.Err() != nil {
			return out
		}
		out.fallbackFrom = first.Era
		r.fallsBack(s, first, err)
		choice.First = choice.Then
	}
	offer := *s.entry.Offer(choice.First)
	for try := 1; ; try++ {
		res, err, took := r.k.call(ctx, offer, call)
		r.observe(s, offer, took, err)
		out.offer, out.data, out.err, out.attempts, out.took = offer, res.Data, err, try, took
		if !err.Technical() || ctx.Err() != nil || try == readAttempts || err.Code == CodeBadResult {
			return out
		}
		rec := r.snapshot(s)
		rec.Error = err
		r.publish(Event{Kind: EventStepRetried, Step: &rec})
		pause(ctx, firstPause<<(try-1))
	}
}

// readAttempts is how often the last service that can answer a read is asked.
const readAttempts = 3

func (r *run) callFor(s *stepRun) Call {
	return Call{
		Intent: s.step.Intent, Args: s.callArgs(r.snapshot(s).Args),
		User: r.req.User, Subject: s.subject,
		Key: r.key + "/" + s.step.ID, Conversation: r.turn.Conversation, Turn: r.turn.ID, Step: s.step.ID,
	}
}

// call asks one service, within the deadline and safe from its crashes, and
// checks that the answer fits what the service said of itself. took is the service's
// own time: what a call waits for its turn is not in it.
func (k *Kernel) call(ctx context.Context, offer Offer, call Call) (res Result, problem *Error, took time.Duration) {
	a := k.callOnce(ctx, offer, call)
	return a.Result, a.problem, a.took
}

// called is what came of one call.
type called struct {
	Result
	problem *Error
	// left means that the service did not return: the call may still be under way.
	left bool
	took time.Duration // from when it was the call's turn
}

// callOnce is call, and tells whether the service returned.
func (k *Kernel) callOnce(ctx context.Context, offer Offer, call Call) called {
	if problem := k.mayCall(ctx, offer, call); problem != nil {
		return called{problem: problem}
	}
	if problem := countCall(ctx); problem != nil {
		return called{problem: problem}
	}
	free, problem := k.slot(ctx, offer)
	if problem != nil {
		return called{problem: problem}
	}
	began := time.Now()
	out := k.reach(ctx, offer, call, free)
	out.took = time.Since(began)
	return out
}

// reach makes the call, and frees its place once the service has returned.
func (k *Kernel) reach(ctx context.Context, offer Offer, call Call, free func()) (out called) {
	call.Credential = k.cfg.Credentials.Sign(call)
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
		defer free()
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
		a.err, out.left = ctx.Err(), true
	}
	if a.err != nil {
		out.problem = wordFailure(ctx, offer, a.err, a.panic)
		if out.problem.Technical() {
			k.cfg.Logger.Warn("call failed", "service", offer.Service, "intent", call.Intent, "turn", call.Turn, "step", call.Step, "code", out.problem.Code, "cause", a.err)
		}
		return out
	}
	if a.res.Data == nil {
		a.res.Data = map[string]any{}
	}
	if err := offer.result.validate(a.res.Data); err != nil {
		k.cfg.Logger.Warn("result does not fit its schema", "service", offer.Service, "intent", call.Intent, "turn", call.Turn, "cause", err)
		out.problem = &Error{
			Code: CodeBadResult, Cause: err,
			Message: fmt.Sprintf("The %s service gave an answer that does not fit its own description, so it is not used.%s", offer.Service, aftermath(offer)),
		}
		return out
	}
	out.Result = a.res
	return out
}

// slot waits, not longer than a step may take, until the service may be called once
// more at the same time, and returns the function that frees its place.
func (k *Kernel) slot(ctx context.Context, offer Offer) (func(), *Error) {
	free := func() { <-offer.slots }
	select {
	case offer.slots <- struct{}{}:
		return free, nil
	default:
	}
	bounded, cancel := context.WithTimeout(ctx, k.cfg.StepTimeout)
	defer cancel()
	select {
	case offer.slots <- struct{}{}:
		return free, nil
	case <-bounded.Done():
	}
	if ctx.Err() != nil {
		return nil, &Error{Code: CodeCancelled, Cause: ErrNotSent, Message: fmt.Sprintf("It was stopped before the %s service was called. Nothing was changed.", offer.Service)}
	}
	return nil, &Error{Code: CodeUnavailable, Cause: ErrNotSent, Message: fmt.Sprintf("The %s service has too much to do and was not called. Nothing was changed.", offer.Service)}
}

func wordFailure(ctx context.Context, offer Offer, err error, crashed bool) *Error {
	if coded := asError(err); coded != nil && !crashed {
		return &Error{Code: coded.Code, Message: Printable(coded.Message), Cause: coded.Cause}
	}
	unknown := aftermath(offer)
	switch {
	case crashed:
		return &Error{Code: CodePanic, Cause: err, Message: fmt.Sprintf("The %s service crashed on this call.%s", offer.Service, unknown)}
	case errors.Is(err, ErrNotSent):
		return &Error{Code: CodeUnavailable, Cause: err, Message: fmt.Sprintf("The %s service could not be reached. Nothing was changed.", offer.Service)}
	case errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled):
		return &Error{Code: CodeCancelled, Cause: err, Message: fmt.Sprintf("It was stopped while the %s service was at it.%s", offer.Service, unknown)}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: CodeTimeout, Cause: err, Message: fmt.Sprintf("The %s service did not answer in time.%s", offer.Service, unknown)}
	}
	return &Error{Code: CodeUnavailable, Cause: err, Message: fmt.Sprintf("The %s service failed.%s", offer.Service, unknown)}
}

// aftermath says what a failed read leaves: of a change it is found out first.
func aftermath(offer Offer) string {
	if offer.Intent.Changes() {
		return ""
	}
	return " Nothing was changed."
}
