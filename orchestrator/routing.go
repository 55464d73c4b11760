package orchestrator

import (
	"context"
	"fmt"
	"time"
)

// route decides, once for each step, which side serves it: by the router, or modern
// before legacy if there is none. The error is for people.
func (r *run) route(s *stepRun) (Choice, *Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.choice.First != "" {
		return s.choice, nil
	}
	c := preferred(s.entry)
	if router := r.k.cfg.Router; router != nil {
		c = router.Choose(RouteAsk{Entry: s.entry, Who: r.who(s), Pinned: r.pinned(s)})
	}
	if s.entry.Offer(c.First) == nil {
		return Choice{}, Errorf(CodeRetired, "%s is not served at the moment: its route is %s. Nothing was done. Somebody who may steer the migration can set another route.", label(s.entry.Name, nil), c.Route)
	}
	if s.entry.Offer(c.Then) == nil {
		c.Then = ""
	}
	if s.entry.Offer(c.Shadow) == nil || c.Shadow == c.First {
		c.Shadow = ""
	}
	s.choice = c
	offer := s.entry.Offer(c.First)
	s.rec.Route, s.rec.Service, s.rec.Version, s.rec.FallbackFrom = offer.Era, offer.Service, offer.Version, c.Tripped
	if r.k.cfg.Router != nil {
		route := c.Route
		s.rec.Routed, s.rec.Why = &route, c.Why
	}
	return c, nil
}

// offer returns the offer that serves a step first, or nil if nobody may.
func (r *run) offer(s *stepRun) *Offer {
	c, problem := r.route(s)
	if problem != nil {
		return nil
	}
	return s.entry.Offer(c.First)
}

// who is whom the route of a step hangs on.
func (r *run) who(s *stepRun) string {
	if s.subject.Email != "" {
		return s.subject.Email
	}
	return r.req.User.Email
}

// pinned returns the era on which an unfinished task was begun: that of the step as
// it was shown to the user, or of the same intent in the turn whose question or
// confirmation this turn goes on with. The caller holds mu.
func (r *run) pinned(s *stepRun) Era {
	if s.rec.Route != "" {
		return s.rec.Route
	}
	if len(r.history) == 0 {
		return ""
	}
	last := r.history[len(r.history)-1]
	if last.Kind != KindQuestion && last.Kind != KindConfirmation {
		return ""
	}
	for _, rec := range last.Steps {
		if rec.Intent == s.step.Intent && rec.Route != "" {
			return rec.Route
		}
	}
	return ""
}

// routed prepares the changes that are about to be made, so that the journal knows
// from the start which side each of them goes to.
func (r *run) routed() {
	for _, s := range r.ownChanges() {
		if !s.settled() {
			_, _ = r.route(s) // what cannot be routed says so when it is its turn
		}
	}
}

// observe tells the router how a call went.
func (r *run) observe(s *stepRun, offer Offer, took time.Duration, problem *Error) {
	router := r.k.cfg.Router
	if router == nil {
		return
	}
	router.Observe(r.sample(s, offer.Service, offer.Era, took, problem))
}

func (r *run) sample(s *stepRun, service string, era Era, took time.Duration, problem *Error) Sample {
	return Sample{
		At: r.k.cfg.Now(), Intent: s.entry.Name, Service: service, Era: era,
		Conversation: r.turn.Conversation, Turn: r.turn.ID, Step: s.step.ID, Who: r.who(s), Choice: s.choice,
		Duration: took, Err: problem, Changes: s.entry.Changes(),
	}
}

// fallsBack puts in the record that another side is asked, and tells.
func (r *run) fallsBack(s *stepRun, from Offer, problem *Error) {
	r.set(s, func(rec *StepRecord) {
		rec.Route, rec.Service, rec.Version, rec.FallbackFrom, rec.Error = from.Era, from.Service, from.Version, from.Era, problem
	})
	r.publishStep(EventStepFallback, s)
	r.set(s, func(rec *StepRecord) { rec.Error = nil })
}

// patience is how long the first side may take where another one can answer.
func (r *run) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, r.k.cfg.FallbackAfter, errTooSlow)
}

var errTooSlow = fmt.Errorf("it took longer than is waited for where another side can answer: %w", context.DeadlineExceeded)
