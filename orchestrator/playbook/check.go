package playbook

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"

	"banyan/orchestrator"
)

// checker holds playbooks against what services offer.
type checker struct {
	offered map[string]orchestrator.Intent // the services' intents by name
	books   map[string]*book
	state   map[*book]state
	found   []Problem
}

type state int

const (
	unknown state = iota
	checking
	sound
	broken
)

// check fills the intents and plays of the sound books and returns them, in the
// order in which they came. A book whose name is taken is broken. All are looked at to
// the end, those with a mistake as well, so that everything that can be known is said.
func (c *checker) check(ctx context.Context, books []*book) []*book {
	c.books, c.state = map[string]*book{}, map[*book]state{}
	for _, b := range books {
		p := &problems{file: b.file}
		if !bookName.MatchString(b.name) {
			b.flawed = true // as was said where it was read
		} else if other := c.books[b.name]; other != nil {
			b.flawed = true
			p.at(b.keys["name"], "%s is already the name of the playbook in %s", b.name, other.file)
		} else if _, taken := c.offered[b.name]; taken {
			b.flawed = true
			p.at(b.keys["name"], "%s is already the name of an intent of a service", b.name)
		} else {
			c.books[b.name] = b
		}
		c.found = append(c.found, p.list...)
	}
	var out []*book
	for _, b := range books {
		if c.settle(ctx, b) == sound {
			out = append(out, b)
		}
	}
	return out
}

// settle checks a book, those that it plays before it.
func (c *checker) settle(ctx context.Context, b *book) state {
	if s := c.state[b]; s != unknown {
		return s
	}
	c.state[b] = checking
	p := &problems{file: b.file}
	for i := range b.steps {
		c.place(ctx, p, b, i)
	}
	c.describe(p, b)
	c.compile(ctx, p, b)
	c.state[b] = sound
	if len(p.list) > 0 || b.flawed {
		c.state[b] = broken
	}
	c.found = append(c.found, p.list...)
	return c.state[b]
}

// place checks a step's intent and arguments, and that it refers to steps before
// it.
func (c *checker) place(ctx context.Context, p *problems, b *book, i int) {
	s := &b.steps[i]
	var before []string
	for _, o := range b.steps[:i] {
		before = append(before, o.made.ID)
	}
	if s.made.ID != "" && slices.Contains(before, s.made.ID) {
		p.at(s.id, "the id %s is used twice", s.made.ID)
	}
	earlier := func(n *yaml.Node, id, what string) {
		switch {
		case slices.Contains(before, id):
		case slices.ContainsFunc(b.steps[i:], func(o step) bool { return o.made.ID == id }):
			p.at(n, "%s %s, which is not a step before this one", what, id)
		default:
			p.at(n, "%s %s, and there is no such step%s", what, id, perhaps(id, before))
		}
	}
	for j, id := range s.made.After {
		earlier(s.after[j], id, "it comes after")
	}
	if id := s.made.Otherwise; s.otherwise != nil {
		earlier(s.otherwise, id, "it is the alternative to")
	}
	c.reads(p, b, s)
	intent, ok := c.intent(ctx, p, b, s)
	if !ok {
		return
	}
	s.calls = &intent
	names := paramsOf(intent)
	given := map[string]bool{}
	for j := range s.args {
		a := &s.args[j]
		name := a.key.Value
		given[name] = true
		switch {
		case name == intent.Subject:
			p.at(a.key, "%s is not an argument: the session says whom it is about", name)
		case !slices.Contains(names, name):
			p.at(a.key, "%s has no parameter %q%s, it has: %s", intent.Name, name, perhaps(name, names), orNone(names))
		}
	}
	for _, name := range intent.Params.Required {
		if !given[name] && name != intent.Subject {
			p.at(s.intent, "%s needs the argument %s", intent.Name, name)
		}
	}
}

// reads checks that the parameters that a step reads are there.
func (c *checker) reads(p *problems, b *book, s *step) {
	for _, e := range s.expressions() {
		for _, name := range paramsIn(e.expr) {
			if !slices.ContainsFunc(b.params, func(q param) bool { return q.name == name }) {
				var known []string
				for _, q := range b.params {
					known = append(known, q.name)
				}
				p.at(e.node, "there is no parameter %s%s, the playbook has: %s", name, perhaps(name, known), orNone(known))
			}
		}
	}
}

// intent finds what a step calls: an intent of a service, or another playbook.
func (c *checker) intent(ctx context.Context, p *problems, b *book, s *step) (in orchestrator.Intent, ok bool) {
	name := s.made.Intent
	if name == "" {
		return in, false
	}
	if in, ok = c.offered[name]; ok {
		if in.Params == nil {
			in.Params = &jsonschema.Schema{}
		}
		return in, true
	}
	other := c.books[name]
	if other == nil {
		names := slices.Concat(slices.Collect(maps.Keys(c.offered)), slices.Collect(maps.Keys(c.books)))
		slices.Sort(names)
		p.at(s.intent, "there is no intent %q%s", name, perhaps(name, names))
		return in, false
	}
	switch {
	case other == b:
		p.at(s.intent, "the playbook plays itself")
	case c.state[other] == checking:
		p.at(s.intent, "%s plays %s, which plays it in turn", b.name, name)
	case c.settle(ctx, other) == broken:
		p.at(s.intent, "the playbook %s is left out, because it has mistakes of its own", name)
	default:
		return other.intent, true
	}
	return in, false
}

// describe makes the intent and the plan.
func (c *checker) describe(p *problems, b *book) {
	params := &jsonschema.Schema{
		Type: "object", Properties: map[string]*jsonschema.Schema{},
		AdditionalProperties: &jsonschema.Schema{Not: &jsonschema.Schema{}},
	}
	b.intent = orchestrator.Intent{
		Name: b.name, Summary: b.summary, Examples: b.examples, Params: params,
		Effect: orchestrator.Read, Confirm: b.confirm, Answer: b.answer, Languages: b.languages, Access: b.access,
	}
	b.play = orchestrator.Play{Plan: orchestrator.Plan{Kind: orchestrator.PlanSteps, Partly: b.partly}, Questions: map[string]string{}}
	for i := range b.steps {
		s := &b.steps[i]
		var in orchestrator.Intent
		if s.calls != nil {
			in = *s.calls
		}
		if in.Subject != "" && b.intent.Subject == "" { // whom the steps are about is whom the playbook is about
			b.intent.Subject = in.Subject
			params.Properties[in.Subject] = in.Params.Properties[in.Subject]
			params.PropertyOrder, params.Required = []string{in.Subject}, []string{in.Subject}
		}
		b.intent.Effect = worse(b.intent.Effect, in.Effect)
		made := s.made
		made.Args = map[string]orchestrator.Arg{}
		for _, a := range s.args {
			arg := orchestrator.Arg{Ref: a.ref, Text: a.text}
			if a.ref == "" {
				arg.Value = p.literal(a.value, kindOf(in.Params, a.key.Value))
			}
			made.Args[a.key.Value] = arg
		}
		b.play.Plan.Steps = append(b.play.Plan.Steps, made)
	}
	for _, q := range b.params {
		if params.Properties[q.name] != nil {
			p.at(q.key, "%s is not a parameter: the session says whom it is about", q.name)
			continue
		}
		params.Properties[q.name] = q.schema
		params.PropertyOrder = append(params.PropertyOrder, q.name)
		if q.required {
			params.Required = append(params.Required, q.name)
		}
		if q.question != "" {
			b.play.Questions[q.name] = q.question
		}
	}
	if b.access != "" {
		if err := orchestrator.CheckAccess(b.intent); err != nil {
			p.at(b.keys["access"], "the access rule %v", err)
		}
	}
}

func worse(a, b orchestrator.Effect) orchestrator.Effect {
	order := []orchestrator.Effect{orchestrator.Read, orchestrator.Write, orchestrator.Destructive}
	if b == "" {
		b = orchestrator.Write
	}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

func paramsOf(in orchestrator.Intent) []string {
	names := slices.Sorted(maps.Keys(in.Params.Properties))
	return slices.DeleteFunc(names, func(n string) bool { return n == in.Subject })
}

// kindOf is the type of a parameter, empty if it is not known.
func kindOf(params *jsonschema.Schema, name string) string {
	if params == nil || params.Properties[name] == nil {
		return ""
	}
	return params.Properties[name].Type
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
