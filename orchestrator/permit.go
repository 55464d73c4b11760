package orchestrator

import (
	"context"
	"fmt"
	"strings"
)

// permit finds whom every step is about and whether the user may ask for them. If
// not, or if staff have not said which customer they mean, it turns the plan into
// a refusal or a question and returns false.
func (r *run) permit(ctx context.Context, plan *Plan, steps []*stepRun) bool {
	for _, s := range steps {
		if s.entry.Subject == "" {
			s.subject = r.req.User
			continue
		}
		subject, ok := r.subjectOf(ctx, plan, s)
		if !ok {
			return false
		}
		s.subject = subject
		s.rec.For = subject.Email
		r.turn.Subject = subject.Email
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
		*plan = Plan{Kind: PlanRefusal, Text: fmt.Sprintf("I can only help with your own account, %s. What belongs to other customers is not shown or changed for you. Nothing was done.", user.Email)}
		return User{}, false
	}
	ask := func(text string) (User, bool) {
		*plan = Plan{Kind: PlanQuestion, Text: text, Steps: plan.Steps, Missing: &Missing{Step: s.top(), Param: s.entry.Subject}}
		return User{}, false
	}
	if who == "" {
		if r.subject.Email != "" {
			return r.subject, true
		}
		return ask("Which customer is this about? Give an email address or a full name.")
	}
	subject, err := r.k.cfg.Directory.Lookup(ctx, who)
	if err != nil {
		return ask(fmt.Sprintf("I do not know a customer called %q. Which customer do you mean? Give an email address or a full name.", PrintableLine(who)))
	}
	return subject, true
}
