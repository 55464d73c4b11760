package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How a change is repeated whose outcome is not known: so often at most, after a
// pause that doubles.
const (
	changeAttempts = 3
	firstPause     = 20 * time.Millisecond
)

// performChange calls the service that the route says, after it is noted down that
// the call leaves. What cannot be answered for sure (a time-out, a crash, a lost
// connection) is found out by the idempotency key, as far as the service allows and
// the intent wants. Only where it is known that the change was not made, and cannot
// be made any more by a call that is still under way, may the other side make it.
func (r *run) performChange(ctx context.Context, s *stepRun) outcome {
	choice, problem := r.route(s)
	if problem != nil {
		return outcome{err: problem}
	}
	if problem := r.k.mayChange(); problem != nil {
		return outcome{offer: *s.entry.Offer(choice.First), err: problem}
	}
	call := r.callFor(s)
	if r.turn.TakesBack == "" {
		if problem := r.k.changes.take(ctx, r.req.User.Email, call.Key, r.k.cfg.Now()); problem != nil {
			return outcome{offer: *s.entry.Offer(choice.First), err: problem}
		}
	}
	r.set(s, func(rec *StepRecord) { rec.Key = call.Key })
	if problem := r.begin(ctx); problem != nil {
		return outcome{offer: *s.entry.Offer(choice.First), err: problem}
	}
	first := *s.entry.Offer(choice.First)
	out := r.tryChange(ctx, s, first, call, false)
	if out.err.Technical() && out.notMade && choice.Then != "" && ctx.Err() == nil {
		r.fallsBack(s, first, out.err)
		out = r.tryChange(ctx, s, *s.entry.Offer(choice.Then), call, true)
		out.fallbackFrom = first.Era
		return out
	}
	out.fallbackFrom = choice.Tripped
	return out
}

// tryChange makes a change on one side. The note that it leaves for another side
// than the turn began with must survive a loss of power, or recovery would ask the
// wrong one.
func (r *run) tryChange(ctx context.Context, s *stepRun, offer Offer, call Call, other bool) outcome {
	if other {
		r.set(s, func(rec *StepRecord) { rec.Route, rec.Service, rec.Version = offer.Era, offer.Service, offer.Version })
	}
	r.note(ctx, NoteCalling, s, other || !offer.keys) // without keys, only the journal can tell that it left
	t := &attempt{k: r.k, offer: offer, call: call, called: func(c called) { r.observe(s, offer, c.took, c.problem) }, retried: func(problem *Error) {
		rec := r.snapshot(s)
		rec.Error = problem
		r.publish(Event{Kind: EventStepRetried, Step: &rec})
	}}
	out := t.outcome(ctx)
	out.took = t.took
	return out
}

// attempt is one change on its way to a known outcome.
type attempt struct {
	k       *Kernel
	offer   Offer
	call    Call
	tries   int
	loose   bool          // a call is still under way that nobody waits for any more
	took    time.Duration // of the last call
	called  func(called)  // told of every call, however the change comes out; may be nil
	retried func(*Error)
}

// outcome calls until the outcome is known, as often as the intent's recovery
// allows.
func (t *attempt) outcome(ctx context.Context) outcome {
	var before *Error // of a call that left
	began := time.Now()
	for {
		t.tries++
		res := t.k.callOnce(ctx, t.offer, t.call)
		problem := res.problem
		t.loose, t.took = t.loose || res.left, res.took
		if t.called != nil {
			t.called(res)
		}
		notSent := problem != nil && errors.Is(problem, ErrNotSent)
		switch {
		case notSent && before != nil: // nothing new is known of the call that left
			return t.unknown(before)
		case notSent:
			return outcome{offer: t.offer, err: problem, attempts: t.tries, notMade: true}
		case problem == nil, !problem.Technical() && problem.Code != CodeCancelled:
			return outcome{offer: t.offer, data: res.Data, state: res.State, err: problem, attempts: t.tries}
		}
		before = problem
		// The user's stop must not leave it open whether something was changed.
		detached, cancel := t.k.detached(ctx)
		out, known := t.find(detached)
		cancel()
		switch {
		case known && out.err == nil:
			return out
		case known && !t.loose && (t.policy() != RecoverComplete || ctx.Err() != nil):
			return t.notMade(problem)
		case t.policy() == RecoverComplete && t.offer.keys && t.again(ctx, began):
			t.retried(problem)
			pause(ctx, firstPause<<(t.tries-1))
		case known && !t.loose:
			return t.notMade(problem)
		default:
			return t.unknown(problem)
		}
	}
}

// again tells whether the call is worth another try: not if two of them have taken
// all the time that one may.
func (t *attempt) again(ctx context.Context, began time.Time) bool {
	return t.tries < changeAttempts && ctx.Err() == nil && (t.tries == 1 || time.Since(began) < t.k.cfg.CallTimeout)
}

// notMade is the outcome of a change that is known not to have been made.
func (t *attempt) notMade(problem *Error) outcome {
	problem.Message += " The change was not made."
	return outcome{offer: t.offer, err: problem, attempts: t.tries, notMade: true}
}

func (t *attempt) policy() Recovery {
	if p := t.offer.Intent.Recovery; p != "" {
		return p
	}
	return RecoverComplete
}

// find asks the service what became of the change. known is false if it cannot
// tell; if nothing is kept under the key, the outcome has an error.
func (t *attempt) find(ctx context.Context) (out outcome, known bool) {
	f, ok := t.offer.service.(Finder)
	if !ok || !t.offer.keys {
		return outcome{}, false
	}
	call := t.call
	if t.k.mayCall(ctx, t.offer, call) != nil {
		return outcome{}, false
	}
	call.Credential = t.k.cfg.Credentials.Sign(call)
	ctx, cancel := context.WithTimeout(ctx, t.k.cfg.CallTimeout)
	defer cancel()
	type found struct {
		Result
		yes bool
	}
	res, err := within(ctx, func() (found, error) {
		res, yes, err := f.Find(ctx, call)
		return found{res, yes}, err
	})
	switch {
	case err != nil:
		t.k.cfg.Logger.Warn("the outcome of a change could not be looked up", "service", t.offer.Service, "intent", t.call.Intent, "key", t.call.Key, "cause", err)
		return outcome{}, false
	case !res.yes:
		return outcome{offer: t.offer, attempts: t.tries, err: &Error{Code: CodeUnavailable, Message: "The change was not made."}}, true
	}
	if res.Data == nil {
		res.Data = map[string]any{}
	}
	if err := t.offer.result.validate(res.Data); err != nil {
		return outcome{}, false
	}
	return outcome{offer: t.offer, data: res.Data, attempts: t.tries}, true
}

// within runs f, safe from its crashes, and leaves it behind when ctx ends.
func within[T any](ctx context.Context, f func() (T, error)) (out T, err error) {
	type result struct {
		out T
		err error
	}
	ch := make(chan result, 1)
	go func() {
		out, err := guarded(f)
		ch <- result{out, err}
	}()
	select {
	case res := <-ch:
		return res.out, res.err
	case <-ctx.Done():
		return out, ctx.Err()
	}
}

// unknown is the outcome of a change of which nobody can tell whether it was made.
func (t *attempt) unknown(problem *Error) outcome {
	if problem == nil {
		problem = &Error{Code: CodeTimeout, Message: fmt.Sprintf("The %s service did not answer.", t.offer.Service)}
	}
	problem.Message += " It is not known whether the change was made."
	return outcome{
		offer: t.offer, err: problem, attempts: t.tries,
		flag: fmt.Sprintf("It is not known whether the %s service made this change. Look it up there before it is asked for again. Its key is %s.", t.offer.Service, t.call.Key),
	}
}

// detached is a context that outlives the user's stop, but not by long.
func (k *Kernel) detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), k.cfg.StepTimeout)
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
