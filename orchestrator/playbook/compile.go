package playbook

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v3"

	"banyan/orchestrator"
)

var errNotCalled = errors.New("a playbook is played, not called")

// compile lets the kernel check the plan: types, fields, values and templates. The
// parameters stand before it as the result of a step of their own.
func (c *checker) compile(ctx context.Context, p *problems, b *book) {
	plan := orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{{ID: paramsID, Intent: paramsID}}}
	known := map[string]bool{}
	for i, s := range b.play.Plan.Steps {
		plan.Steps = append(plan.Steps, b.steps[i].asChecked(s, i, known))
		known[s.ID] = true
	}
	catalog, bad := c.catalog(b, true)
	for _, err := range bad {
		n := b.keys["answer"]
		if strings.Contains(err.Error(), "confirm") {
			n = b.keys["confirm"]
		}
		_, text, _ := strings.Cut(err.Error(), "intent "+thisBook+": ")
		p.at(n, "%s", text)
	}
	if len(bad) > 0 {
		if catalog, bad = c.catalog(b, false); len(bad) > 0 {
			return
		}
	}
	faults := orchestrator.CheckPlan(ctx, catalog, &plan)
	for _, fault := range faults {
		c.locate(p, b, fault)
	}
	// A step whose list is wrong was looked at no further.
	again := false
	for i := range b.steps {
		list := &plan.Steps[i+1].ForEach
		if *list != "" && slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, "for_each "+strconv.Quote(*list)) }) {
			*list, again = "dyn([])", true
		}
	}
	if !again {
		return
	}
	for _, fault := range orchestrator.CheckPlan(ctx, catalog, &plan) {
		if !slices.Contains(faults, fault) {
			c.locate(p, b, fault)
		}
	}
}

// standIn is the name of the intent that stands for what a step with a mistake calls.
// It has the parameters that the step gives, of any type, so that the rest of the step
// can be checked.
func standIn(i int) string { return "called_by_step_" + strconv.Itoa(i+1) }

// thisBook is the name under which a book is checked.
const thisBook = "this_playbook_itself"

// catalog holds what the steps of a book call, and its parameters.
func (c *checker) catalog(b *book, templates bool) (*orchestrator.Catalog, []error) {
	plain := func(in orchestrator.Intent) orchestrator.Intent {
		return orchestrator.Intent{Name: in.Name, Summary: in.Summary, Params: in.Params, Result: in.Result, Effect: in.Effect, Subject: in.Subject}
	}
	world := orchestrator.Description{Name: "services", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern}
	plays := orchestrator.Description{Name: "playbooks", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern}
	result := b.intent.Params.CloneSchemas()
	for i := range b.steps { // what is not there was said to be missing
		for _, e := range b.steps[i].expressions() {
			for _, name := range paramsIn(e.expr) {
				if result.Properties[name] == nil {
					result.Properties[name] = &jsonschema.Schema{}
				}
			}
		}
	}
	world.Intents = append(world.Intents, orchestrator.Intent{Name: paramsID, Result: result, Effect: orchestrator.Read})
	used := map[string]bool{}
	for i := range b.steps {
		s := &b.steps[i]
		in, ok := c.offered[s.made.Intent]
		switch {
		case !s.sound():
			world.Intents = append(world.Intents, s.stand(i))
		case ok && !used[in.Name]:
			used[in.Name] = true
			world.Intents = append(world.Intents, plain(in))
		}
	}
	for name, other := range c.books { // whatever those play is needed as well
		if c.state[other] != sound || name == thisBook {
			continue
		}
		plays.Intents = append(plays.Intents, plain(other.intent))
		for _, s := range other.play.Plan.Steps {
			if in, ok := c.offered[s.Intent]; ok && !used[s.Intent] {
				used[s.Intent] = true
				world.Intents = append(world.Intents, plain(in))
			}
		}
	}
	own := plain(b.intent)
	if own.Name = thisBook; templates {
		own.Confirm, own.Answer = b.confirm, b.answer
	}
	plays.Intents = append(plays.Intents, own)
	return orchestrator.NewCatalog([]orchestrator.Offered{
		{Service: players{}, Description: world}, {Service: players(c.books), Description: plays},
	})
}

// players plays books that are being checked.
type players map[string]*book

// Describe implements orchestrator.Service.
func (players) Describe(context.Context) (orchestrator.Description, error) {
	return orchestrator.Description{}, nil
}

// Call implements orchestrator.Service.
func (players) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, errNotCalled
}

// Play implements orchestrator.Playbook.
func (p players) Play(intent string) (orchestrator.Play, bool) {
	b := p[intent]
	if b == nil {
		return orchestrator.Play{}, false
	}
	return b.play, true
}

var (
	// strings in an expression stay as they are; what else begins with params is one.
	reads  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\bparams\.[a-z][a-z0-9_]*`)
	isStep = regexp.MustCompile(`^step (?:\d+ )?\(?([^):\s]+)\)?: `)
	// hidden takes the step of the parameters out of the kernel's words.
	hidden = strings.NewReplacer(
		"steps.params", "params",
		"the steps before this one are params, ", "the steps before this one are ",
		"the steps before this one are params", "no step stands before this one",
	)
)

// paramsIn returns the parameters that an expression reads.
func paramsIn(expr string) (names []string) {
	for _, m := range reads.FindAllString(expr, -1) {
		if name, ok := strings.CutPrefix(m, "params."); ok {
			names = append(names, name)
		}
	}
	return names
}

// checkedExpr is an expression as the check sees it.
func checkedExpr(expr string) string {
	return reads.ReplaceAllStringFunc(expr, func(m string) string {
		if strings.HasPrefix(m, "params.") {
			return "steps." + m
		}
		return m
	})
}

// sound tells whether it is known what a step calls, and whether the step gives what
// that takes.
func (s *step) sound() bool {
	if s.calls == nil {
		return false
	}
	for _, a := range s.args {
		if a.flawed || s.calls.Params.Properties[a.key.Value] == nil || a.key.Value == s.calls.Subject {
			return false
		}
	}
	return !slices.ContainsFunc(s.calls.Params.Required, func(name string) bool {
		return name != s.calls.Subject && !slices.ContainsFunc(s.args, func(a argument) bool { return a.key.Value == name })
	})
}

// stand is the intent that stands for what a step with a mistake calls.
func (s *step) stand(i int) orchestrator.Intent {
	in := orchestrator.Intent{Name: standIn(i), Params: &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}}, Effect: orchestrator.Read}
	if s.calls != nil && s.calls.Result != nil {
		in.Result = s.calls.Result
	}
	for _, a := range s.args {
		var schema *jsonschema.Schema
		if s.calls != nil && !a.flawed && a.key.Value != s.calls.Subject {
			schema = s.calls.Params.Properties[a.key.Value]
		}
		if schema == nil {
			schema = &jsonschema.Schema{}
		}
		in.Params.Properties[a.key.Value] = schema
	}
	return in
}

// asChecked is a step of a book as the kernel checks it: without what was found to be
// wrong already. i is its place, known the IDs before it.
func (s *step) asChecked(step orchestrator.Step, i int, known map[string]bool) orchestrator.Step {
	if !s.sound() {
		step.Intent = standIn(i)
	}
	if step.ID == "" {
		step.ID = "step_" + strconv.Itoa(i+1)
	}
	step.After = slices.DeleteFunc(slices.Clone(step.After), func(id string) bool { return !known[id] })
	if !known[step.Otherwise] {
		step.Otherwise = ""
	}
	return asChecked(step)
}

func asChecked(s orchestrator.Step) orchestrator.Step {
	s.ForEach = checkedExpr(s.ForEach)
	if s.When != nil {
		s.When = &orchestrator.Condition{Text: s.When.Text, Expr: checkedExpr(s.When.Expr)}
	}
	s.Args = maps.Clone(s.Args)
	for name, a := range s.Args {
		a.Ref = checkedExpr(a.Ref)
		s.Args[name] = a
	}
	return s
}

// placed is an expression of a step and where it stands.
type placed struct {
	node *yaml.Node
	expr string
}

func (s *step) expressions() []placed {
	var out []placed
	if s.forEach != nil {
		out = append(out, placed{s.forEach, s.made.ForEach})
	}
	if s.when != nil {
		out = append(out, placed{s.when, s.made.When.Expr})
	}
	for _, a := range s.args {
		if a.ref != "" {
			out = append(out, placed{a.value, a.ref})
		}
	}
	return out
}

// locate finds out where a fault of the plan stands in the file.
func (c *checker) locate(p *problems, b *book, fault string) {
	n := b.keys["steps"]
	text := fault
	if m := isStep.FindStringSubmatch(fault); m != nil {
		i := slices.IndexFunc(b.steps, func(s step) bool { return s.made.ID == m[1] })
		if i >= 0 {
			s := &b.steps[i]
			n, text = s.node, strings.TrimPrefix(fault, m[0])
			for _, e := range s.expressions() {
				if strings.Contains(fault, strconv.Quote(checkedExpr(e.expr))) {
					n = e.node
				}
			}
			for _, a := range s.args {
				if a.ref == "" && strings.Contains(fault, "the parameter "+a.key.Value+": ") {
					n = a.value
				}
			}
			if s.otherwise != nil && strings.Contains(fault, "alternative to") {
				n = s.otherwise
			}
			if strings.Contains(fault, "the id must be") {
				n = s.id
			}
			if s.id != nil && (strings.Contains(fault, "the id is used twice") || strings.Contains(fault, "the id must be") && !shortID.MatchString(s.made.ID)) {
				return // as was said already
			}
		}
	}
	p.at(n, "%s", hidden.Replace(text))
}
