package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ActCommand is the message with which staff say for which customer they act from here
// on, on every surface: "/as ada@example.com", and "/as" alone to end it.
const ActCommand = "/as"

// ActsFor tells, from the turns of a conversation of staff, oldest first, whom the next
// message is about if it names nobody: the customer for whom they said to act, or else
// the one named last. It is empty if there is none.
func ActsFor(turns []Turn) string {
	if last := len(turns) - 1; last >= 0 && turns[last].ActingFor != "" {
		return turns[last].ActingFor
	}
	for _, t := range slices.Backward(turns) {
		if t.ActingEnds {
			return ""
		}
		if t.Subject != "" && t.Subject != t.User {
			return t.Subject
		}
	}
	return ""
}

// isActing tells whether a message is the command to act for somebody, and for whom.
func isActing(message string) (who string, ok bool) {
	name, who, _ := strings.Cut(strings.TrimSpace(message), " ")
	return strings.TrimSpace(who), strings.EqualFold(name, ActCommand)
}

// actAs obeys the command to act for somebody, and what the request says of it. It
// returns true if that was all there is to the turn. Only the session and what the
// user typed say for whom staff act: no plan can.
func (r *run) actAs(ctx context.Context) (done bool) {
	if r.req.As != "" {
		if problem := r.actFor(ctx, r.req.As); problem != nil {
			r.end(KindRefusal, problem.Message)
			return true
		}
	}
	who, ok := isActing(r.turn.Message)
	if !ok {
		return false
	}
	if problem := r.actFor(ctx, who); problem != nil {
		r.end(KindRefusal, problem.Message)
		return true
	}
	if who == "" {
		r.end(KindAnswer, "You act for nobody now. Name the customer when you ask about one.")
	} else {
		r.end(KindAnswer, fmt.Sprintf("You act for %s (%s) now. \"%s\" alone ends that.", PrintableLine(r.behalf.Name), r.behalf.Email, ActCommand))
	}
	return true
}

// actFor makes staff act for a customer, or for nobody.
func (r *run) actFor(ctx context.Context, who string) *Error {
	if !r.req.User.Staff() {
		return Errorf(CodeDenied, "Only staff can act for a customer. You are %s, and what you ask for is about your own account. Nothing was done.", r.req.User.Email)
	}
	if who == "" {
		r.behalf, r.subject, r.turn.ActingFor, r.turn.ActingEnds = User{}, User{}, "", true
		r.tellsActing("")
		return nil
	}
	u, err := r.k.cfg.Directory.Lookup(ctx, who)
	switch {
	case errors.Is(err, ErrUnknownUser):
		return Errorf(CodeNotFound, "I do not know a customer called %q. Nothing was changed. Give an email address or a full name.", PrintableLine(who))
	case err != nil:
		return &Error{Code: CodeUnavailable, Cause: err, Message: "The directory of users did not answer. Nothing was changed. Please try again."}
	case u.Staff():
		return Errorf(CodeDenied, "%s is not a customer, so nobody can act for them. Nothing was changed.", u.Email)
	}
	r.behalf, r.subject, r.turn.ActingFor, r.turn.ActingEnds = u, u, u.Email, false
	r.tellsActing(u.Email)
	return nil
}

// tellsActing tells the subscribers, and later the audit, for whom staff act.
func (r *run) tellsActing(subject string) {
	r.acts = append(r.acts, subject)
	r.publish(Event{Kind: EventActingFor, User: r.req.User.Email, Subject: subject})
}

// actsFor tells the subscribers, once a turn, that staff act for a customer whom they
// named.
func (r *run) actsFor(subject User) {
	if r.unasked || r.told == subject.Email || subject.Email == r.req.User.Email {
		return
	}
	r.told = subject.Email
	r.tellsActing(subject.Email)
}
