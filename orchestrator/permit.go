package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// permit finds whom every step is about and whether the user may ask for them and
// for what the step does. If not, or if staff have not said which customer they mean,
// it turns the plan into a refusal or a question and returns false.
func (r *run) permit(ctx context.Context, plan *Plan, steps []*stepRun) bool {
	for _, s := range steps {
		if s.entry.Subject == "" {
			s.subject = r.req.User
		} else {
			subject, ok := r.subjectOf(ctx, plan, s)
			if !ok {
				return false
			}
			s.subject = subject
			s.rec.For = subject.Email
			r.turn.Subject = subject.Email
		}
		if problem := r.refusedAtOnce(ctx, s); problem != nil {
			*plan = Plan{Kind: PlanRefusal, Text: problem.Message}
			return false
		}
	}
	return true
}

func (r *run) subjectOf(ctx context.Context, plan *Plan, s *stepRun) (User, bool) {
	who := strings.TrimSpace(s.step.For)
	user := r.req.User
	if !user.Staff() {
		if who == "" || strings.EqualFold(who, user.Email) || strings.EqualFold(who, user.Name) {
			return user, true
		}
		text := r.notYours()
		*plan = Plan{Kind: PlanRefusal, Text: text}
		if !r.unasked {
			r.publish(Event{Kind: EventDenied, Text: text})
		}
		return User{}, false
	}
	ask := func(text string) (User, bool) {
		*plan = Plan{Kind: PlanQuestion, Text: text, Steps: plan.Steps, Missing: &Missing{Step: s.top(), Param: s.entry.Subject}}
		return User{}, false
	}
	if who == "" {
		if r.subject.Email != "" {
			r.actsFor(r.subject)
			return r.subject, true
		}
		return ask("Which customer is this about? Give an email address or a full name.")
	}
	subject, err := r.k.cfg.Directory.Lookup(ctx, who)
	if err != nil {
		if !slices.ContainsFunc(r.userTexts(), func(text string) bool { return saysWords(text, who) }) { // nobody said it
			return ask("I do not know the customer whom this is about. Which customer do you mean? Give an email address or a full name.")
		}
		return ask(fmt.Sprintf("I do not know a customer called %q. Which customer do you mean? Give an email address or a full name.", PrintableLine(who)))
	}
	if !r.named(ctx, subject, who) {
		r.publish(Event{Kind: EventDenied, Text: fmt.Sprintf("The plan was about %s, whom %s did not name.", subject.Email, user.Email)})
		return ask("I understood this to be about a customer whom you did not name, so nothing was looked up or changed. Which customer is it about? Give an email address or a full name.")
	}
	r.actsFor(subject)
	return subject, true
}

// notYours is what a customer is told who asks about somebody else.
func (r *run) notYours() string {
	return fmt.Sprintf("I can only help with your own account, %s. What belongs to other customers is not shown or changed for you. Nothing was done.", r.req.User.Email)
}

// named tells whether staff themselves said that something is about this customer: in
// this conversation, by acting for them, or as the one whom it is about already. That
// a result or a document mentions somebody is not enough.
func (r *run) named(ctx context.Context, subject User, who string) bool {
	if subject.Email == r.req.User.Email || subject.Email == r.subject.Email {
		return true
	}
	for _, text := range r.userTexts() {
		for _, name := range []string{subject.Email, subject.Name, who} {
			if saysWords(text, name) {
				return true
			}
		}
		people, err := r.k.cfg.Directory.Mentioned(ctx, text)
		if err != nil {
			continue
		}
		for _, u := range people {
			if u.Email == subject.Email {
				return true
			}
		}
	}
	return false
}
