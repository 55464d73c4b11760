package orchestrator

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/google/jsonschema-go/jsonschema"
)

// Whatever a backend says in a plan is seen by people: in the trace, in the question
// for a yes, in an answer. So no part of a plan may have facts that stand nowhere, see
// facts: not only what it wants said, but also its conditions, its arguments and what it
// says of them.

// founded tells whether all facts of a text stand in what the user said, in the account,
// in results or in earlier turns. What other parts of the plan say does not count.
func (r *run) founded(text string) bool { return len(r.unfoundedIn(text)) == 0 }

// unfoundedIn returns what founded misses.
func (r *run) unfoundedIn(text string) []string {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	for _, said := range r.userTexts() {
		if strings.Contains(said, text) {
			return nil
		}
	}
	if r.saidByUser().mentions(text) {
		return nil
	}
	r.grounding.Lock()
	defer r.grounding.Unlock()
	var found findings
	r.ground().check(text, 0, len(text), &found)
	return found.problems
}

// mentions tells at little cost whether a text has no words that can be facts but those
// that the user said: none with a digit or a capital letter.
func (u *said) mentions(text string) bool {
	for word := range strings.FieldsSeq(text) {
		if !strings.ContainsFunc(word, func(c rune) bool { return unicode.IsDigit(c) || unicode.IsUpper(c) || strings.ContainsRune("@:/.", c) }) {
			continue
		}
		for _, part := range plainWords(word) {
			if !u.known[part] {
				return false
			}
		}
	}
	return true
}

// ground are the facts that a plan may have, as far as they are known by now. The caller
// holds grounding.
func (r *run) ground() *facts {
	var done []StepRecord
	for _, rec := range r.records() {
		if rec.Status == StepDone {
			rec.Condition, rec.Args = nil, nil
			done = append(done, rec)
		}
	}
	if r.grounds == nil || len(r.grounds.steps) != len(done) {
		r.grounds = newFacts(RespondRequest{
			Message: r.turn.Message, User: r.req.User, Subject: r.subject, Steps: done, Conversation: r.history, Catalog: r.catalog, Now: r.now,
		}, r.digest)
	}
	return r.grounds
}

// madeUp takes out of a checked plan what it says beside its steps and has from nowhere,
// and finds what cannot be taken out because the steps hang on it.
func (r *run) madeUp(plan *Plan) (faults []fault) {
	if r.unasked || plan.Kind == PlanUndo {
		return nil
	}
	cut := false
	keep := func(text string) string {
		if r.founded(text) {
			return text
		}
		cut = true
		return ""
	}
	switch plan.Kind {
	case PlanAnswer, PlanRefusal:
		plan.Steps, plan.Missing = nil, nil
	case PlanSteps:
		plan.Text = keep(plan.Text)
	case PlanQuestion, PlanUndo: // untrue reads what a question says; the kernel itself writes what is taken back
	}
	if m := plan.Missing; m != nil {
		kept := *m
		kept.Options = slices.DeleteFunc(slices.Clone(m.Options), func(o string) bool { return keep(o) != o })
		plan.Missing = &kept
	}
	for i := range plan.Steps {
		s := &plan.Steps[i]
		s.Text = keep(s.Text)
		s.Args = maps.Clone(s.Args)
		for _, name := range slices.Sorted(maps.Keys(s.Args)) {
			arg := s.Args[name]
			arg.Text = keep(arg.Text)
			s.Args[name] = arg
			if r.soundArg(s.Intent, name, arg) {
				continue
			}
			if plan.Kind == PlanQuestion { // then it has to be asked for as well
				delete(s.Args, name)
				continue
			}
			faults = append(faults, r.fromNowhere(s.ID, "the value of "+name, r.argLabel(s.Intent, name)))
		}
		if !r.foundedIn(s.ForEach) {
			faults = append(faults, r.fromNowhere(s.ID, "for_each", "list"))
		}
		if c := s.When; c != nil {
			when := *c
			when.Text = keep(c.Text)
			switch {
			case !r.foundedIn(c.Expr), when.Text == "" && c.Expr == "":
				faults = append(faults, r.fromNowhere(s.ID, "the condition", "condition"))
			case when.Text == "":
				when.Text = c.Expr
			}
			s.When = &when
		}
	}
	for _, s := range r.steps { // what was made of the plan before
		for i := range plan.Steps {
			if own := &plan.Steps[i]; own.ID == s.step.ID {
				s.step.Text, s.step.Args, s.step.When = own.Text, own.Args, own.When
				s.rec.Text = own.Text
				if own.When != nil && s.rec.Condition != nil {
					s.rec.Condition.Text = Printable(own.When.Text)
				}
			}
		}
	}
	if cut {
		r.publish(Event{Kind: EventMended, Text: "Something that the plan said was left out, because it stands in no result and nobody said it."})
	}
	return faults
}

// fromNowhere is the fault of a part of a plan that says what stands nowhere.
func (r *run) fromNowhere(step, part, label string) fault {
	return fault{
		what:    fmt.Sprintf("step %s: %s says something that stands neither in the user's words nor in a result; write it as the user did, or refer to a step that looks it up", step, part),
		refusal: origin{kind: FromModel}.refusal(label),
	}
}

func (r *run) argLabel(intent, name string) string {
	if e := r.catalog.Intent(intent); e != nil && e.Params != nil {
		return label(name, e.Params.Properties[name])
	}
	return "details"
}

// soundArg tells whether an argument of a plan says nothing that stands nowhere.
func (r *run) soundArg(intent, name string, arg Arg) bool {
	if arg.Ref != "" {
		return r.foundedIn(arg.Ref)
	}
	text, ok := arg.Value.(string)
	e := r.catalog.Intent(intent)
	if !ok || e == nil || e.Params == nil {
		return !ok || r.founded(text)
	}
	schema := e.Params.Properties[name]
	if schema == nil {
		schema = &jsonschema.Schema{}
	}
	return r.saidByUser().says(name, schema, text) || r.sound(schema, text, e.Changes())
}

// sound tells whether a text may be an argument, wherever it comes from. Of a read, words
// and codes of the backend's own may be looked for.
func (r *run) sound(schema *jsonschema.Schema, text string, changes bool) bool {
	switch schema.Format {
	case "date", "date-time", "time", "duration":
		return true
	}
	return own(schema, text) || !isProse(text) && !changes || r.founded(text)
}

// isProse tells whether a value is a text of several words, as opposed to a word, a code
// or a number.
func isProse(text string) bool { return strings.ContainsAny(strings.TrimSpace(text), " \t\n") }

// quoted are the texts in an expression.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'`)

// foundedIn tells whether the texts in an expression are founded.
func (r *run) foundedIn(expr string) bool {
	for _, text := range quoted.FindAllString(expr, -1) {
		if text = text[1 : len(text)-1]; isProse(text) && !r.founded(text) {
			return false
		}
	}
	return true
}

// tellableProblems words for the trace and the log what is wrong with something that a backend
// said, without the facts that it has from nowhere.
func (r *run) tellableProblems(problems []string) string {
	out := make([]string, 0, len(problems))
	for _, p := range problems {
		if !r.founded(p) {
			p = quoted.ReplaceAllString(p, `"…"`)
			if !r.founded(p) {
				p = "something that stands nowhere"
			}
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

// outline is a plan that was refused, without what it says.
func outline(c *Catalog, plan *Plan) *Plan {
	out := Plan{Kind: plan.Kind}
	for _, s := range plan.Steps {
		if c.Intent(s.Intent) != nil && stepID.MatchString(s.ID) {
			out.Steps = append(out.Steps, Step{ID: s.ID, Intent: s.Intent, Lookup: s.Lookup})
		}
	}
	return &out
}
