package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// unserved finds the people whom the message names and no step of a plan is about, so
// that what is asked about one is never shown or done for another. Staff are asked who
// is meant; to customers nothing is told of what belongs to others. Somebody who only
// stands in a value, as in a complaint, is not asked about.
func (r *run) unserved(ctx context.Context, plan *Plan) []fault {
	if plan.Kind != PlanSteps && plan.Kind != PlanQuestion || r.unasked {
		return nil
	}
	about, silent, step := r.about(ctx, plan)
	if len(about) == 0 && silent == nil {
		return nil // nothing is about anybody
	}
	spoken := slices.DeleteFunc(r.spokenOf(ctx, plan), func(u User) bool { return u.Email == r.req.User.Email })
	others := slices.DeleteFunc(slices.Clone(spoken), func(u User) bool { return slices.Contains(about, u.Email) })
	if r.req.User.Staff() && silent != nil && !slices.ContainsFunc(spoken, func(u User) bool { return u.Email == r.subject.Email }) {
		others = spoken // nothing says that the step is about the customer of before
	}
	if len(others) == 0 {
		return nil
	}
	l, names := r.k.cfg.Locale, namesOf(others)
	switch {
	case !r.req.User.Staff():
		rest, _ := withoutValues(r.turn.Message, plan)
		if !slices.ContainsFunc(others, func(u User) bool { return ownsIn(rest, u, plan.Kind == PlanQuestion) }) {
			return nil
		}
		return []fault{{what: "the message asks for what belongs to somebody else, so the plan must be a refusal", refusal: r.notYours()}}
	case silent != nil:
		whom := slices.Clone(names)
		if name := PrintableLine(r.subject.Name); name != "" && !slices.Contains(whom, name) {
			whom = append(whom, name)
		}
		return []fault{{
			what: fmt.Sprintf("the message names %s: say in \"for\" of every step whom it is about, or ask", l.JoinAnd(names)),
			ask:  &Missing{Step: step, Param: silent.Subject}, question: fmt.Sprintf("Which customer is this about: %s? Give an email address or a full name.", l.JoinOr(whom)),
		}}
	case r.req.Goal || plan.Kind == PlanQuestion:
		return nil // the others may come later
	}
	return []fault{{
		what:     fmt.Sprintf("the message names %s, and no step is about them", l.JoinAnd(names)),
		question: fmt.Sprintf("You also named %s, and I did not understand what is to be done there. Nothing was done. Please ask about one customer at a time.", l.JoinAnd(names)),
	}}
}

// about returns the emails of those whom the steps name, and the first step that names
// nobody and so is about whom the conversation is about.
func (r *run) about(ctx context.Context, plan *Plan) (emails []string, silent *Entry, step string) {
	for _, s := range plan.Steps {
		e := r.catalog.Intent(s.Intent)
		switch {
		case e == nil || e.Subject == "":
		case strings.TrimSpace(s.For) == "":
			if silent == nil {
				silent, step = e, s.ID
			}
			if r.req.User.Staff() {
				emails = append(emails, r.subject.Email)
			}
		default:
			if u, err := r.k.cfg.Directory.Lookup(ctx, strings.TrimSpace(s.For)); err == nil {
				emails = append(emails, u.Email)
			}
		}
	}
	return emails, silent, step
}

// spokenOf are the people whom the message names outside of the values of a plan.
func (r *run) spokenOf(ctx context.Context, plan *Plan) []User {
	rest, loose := withoutValues(r.turn.Message, plan)
	people, err := r.k.cfg.Directory.Mentioned(ctx, rest)
	if err != nil || len(people) == 0 {
		return nil // that the directory answers was seen before
	}
	inValues, err := r.k.cfg.Directory.Mentioned(ctx, strings.Join(loose, "\n"))
	if err != nil {
		inValues = nil
	}
	return slices.DeleteFunc(slices.Clone(people), func(u User) bool { return slices.Contains(inValues, u) || ruledOut(rest, u) })
}

// withoutValues is a message without the values that a plan takes from it. The values
// that stand in it in other words are returned too.
func withoutValues(message string, plan *Plan) (rest string, loose []string) {
	rest = message
	var take func(v any)
	take = func(v any) {
		switch t := v.(type) {
		case []any:
			for _, e := range t {
				take(e)
			}
		case string:
			if t = strings.TrimSpace(t); t == "" {
				return
			}
			at := strings.Index(rest, t)
			if low := strings.ToLower(rest); at < 0 && len(low) == len(rest) && len(strings.ToLower(t)) == len(t) {
				at = strings.Index(low, strings.ToLower(t))
			}
			if at < 0 {
				loose = append(loose, t)
				return
			}
			rest = rest[:at] + " ; " + rest[at+len(t):]
		}
	}
	for _, s := range plan.Steps {
		for _, a := range s.Args {
			if a.Ref == "" {
				take(a.Value)
			}
		}
	}
	return rest, loose
}

// formsOf are the ways in which a user is named.
func formsOf(u User) []string {
	return []string{strings.ToLower(u.Email), strings.ToLower(u.Name), strings.ToLower(FirstName(u.Name))}
}

// ownsIn tells whether a text speaks of what belongs to a user: Ben's, Bens, James'. If
// goals is true, that something is to go to what is theirs does not count: a value will
// be asked for in its place.
func ownsIn(text string, u User, goals bool) bool {
	low := strings.ToLower(strings.NewReplacer("’", "'", "ʼ", "'", "´", "'", "`", "'").Replace(text))
	for _, name := range formsOf(u) {
		for _, ending := range []string{"'s", "s", "'"} {
			if name == "" || !standsIn(low, name+ending) {
				continue
			}
			before, _, _ := strings.Cut(low, name+ending)
			words := plainWords(before)
			if goals && len(words) > 0 && slices.Contains([]string{"to", "at", "into", "an", "auf", "nach", "zu"}, words[len(words)-1]) {
				continue
			}
			return true
		}
	}
	return false
}

// ruledOut tells whether a text names a user only to say that it is not about them.
func ruledOut(text string, u User) bool {
	words := plainWords(text)
	for i := 1; i < len(words); i++ {
		switch words[i-1] {
		case "not", "nicht", "except", "außer":
		default:
			continue
		}
		for _, name := range formsOf(u) {
			if first := plainWords(name); len(first) > 0 && (words[i] == first[0] || words[i] == first[0]+"s") {
				return true
			}
		}
	}
	return false
}

func namesOf(people []User) []string {
	var out []string
	for _, u := range people {
		out = append(out, PrintableLine(u.Name))
	}
	return out
}
