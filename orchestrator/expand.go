package orchestrator

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// expanded is a step of a plan in which playbooks stand open.
type expanded struct {
	Step
	inside int  // index of the playbook's own step, or -1
	play   bool // this is the playbook's own step
	asks
	// written are the arguments that the file of a playbook gives, each with the
	// arguments of the plan that it puts into them; nil outside of playbooks.
	written map[string][]Arg
}

// asks are parameters of a playbook that the user must be asked for before a step
// can run.
type asks struct {
	names []string
	first bool // before its condition can be decided
}

// maxNesting is how deep playbooks may stand in each other.
const maxNesting = 3

// expand replaces every step that calls a playbook by that step and those of the
// playbook. The steps of the playbook get the ID of the step that calls it in front
// of theirs, and the arguments in place of the parameters in their expressions.
func (c *Catalog) expand(steps []Step) ([]expanded, error) {
	var out []expanded
	for _, s := range steps {
		if err := c.unroll(&out, s, -1, asks{}, nil, maxNesting); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// unroll adds a step and, if it calls a playbook, the steps of that.
func (c *Catalog) unroll(out *[]expanded, s Step, inside int, ask asks, written map[string][]Arg, depth int) error {
	play, ok := c.playbook(s.Intent)
	at := len(*out)
	*out = append(*out, expanded{Step: s, inside: inside, play: ok, asks: ask, written: written})
	if !ok {
		return nil
	}
	switch {
	case depth == 0:
		return fmt.Errorf("step %s: playbooks stand more than %d deep in each other", s.ID, maxNesting)
	case s.ForEach != "":
		return fmt.Errorf("step %s: a playbook cannot be repeated for each of a list", s.ID)
	}
	last := map[string][]string{} // step of the playbook → what waiting for it means
	given := params{args: s.Args, schema: c.Intent(s.Intent).Params, questions: play.Questions, prefix: s.ID + "_", written: written}
	for _, sub := range play.Plan.Steps {
		from := len(*out)
		in, ask, written := given.into(sub)
		in.For = s.For
		if err := c.unroll(out, in, at, ask, written, depth-1); err != nil {
			return err
		}
		for _, e := range (*out)[from:] {
			last[in.ID] = append(last[in.ID], e.ID)
		}
	}
	for i := range (*out)[at+1:] { // to come after a playbook's step is to come after all of its steps
		e := &(*out)[at+1+i]
		var after []string
		for _, id := range e.After {
			if all := last[id]; len(all) > 0 {
				after = append(after, all...)
			} else {
				after = append(after, id)
			}
		}
		e.After = slices.Compact(after)
	}
	return nil
}

// playbook returns the plan of an intent, if the intent is one.
func (c *Catalog) playbook(intent string) (Play, bool) {
	e := c.byName[intent]
	if e == nil {
		return Play{}, false
	}
	p, ok := e.Offers[0].service.(Playbook)
	if !ok {
		return Play{}, false
	}
	return p.Play(intent)
}

// offer returns a service's offer of an intent.
func (c *Catalog) offer(intent, service string) (Offer, bool) {
	e := c.byName[intent]
	if e == nil {
		return Offer{}, false
	}
	i := slices.IndexFunc(e.Offers, func(o Offer) bool { return o.Service == service })
	if i < 0 {
		return Offer{}, false
	}
	return e.Offers[i], true
}

// params are the arguments that a playbook is called with.
type params struct {
	args      map[string]Arg
	schema    *jsonschema.Schema
	questions map[string]string
	prefix    string
	written   map[string][]Arg // those of args that the file of an outer playbook gives
}

// into writes the arguments and the step's new name into a step of the playbook. It
// returns the parameters which the user must be asked for before it can run, and
// which arguments the file gives.
func (p params) into(s Step) (step Step, ask asks, written map[string][]Arg) {
	written, list := map[string][]Arg{}, p.reads(s.ForEach)
	s.ID = p.prefix + s.ID
	s.After = slices.Clone(s.After)
	for i, id := range s.After {
		s.After[i] = p.prefix + id
	}
	if s.Otherwise != "" {
		s.Otherwise = p.prefix + s.Otherwise
	}
	s.ForEach = p.expr(s.ForEach, &ask.names)
	if s.When != nil {
		w := *s.When
		w.Expr = p.expr(w.Expr, &ask.names)
		s.When = &w
	}
	ask.first = len(ask.names) > 0
	s.Args = maps.Clone(s.Args)
	for name, a := range s.Args {
		param, plain := strings.CutPrefix(a.Ref, "params.")
		switch {
		case a.Ref == "":
			written[name] = []Arg{}
		case plain && onlyName.MatchString(param):
			given, ok := p.args[param]
			switch {
			case ok:
				s.Args[name] = given
				if of, ok := p.written[param]; ok {
					written[name] = of
				}
			case p.questions[param] != "":
				ask.names = append(ask.names, param)
				delete(s.Args, name)
			default:
				delete(s.Args, name) // an optional parameter that was not given
			}
		default:
			written[name] = p.reads(a.Ref)
			if eachWord.MatchString(a.Ref) {
				written[name] = append(written[name], list...)
			}
			a.Ref = p.expr(a.Ref, &ask.names)
			s.Args[name] = a
		}
	}
	slices.Sort(ask.names)
	ask.names = slices.Compact(ask.names)
	return s, ask, written
}

// reads returns the arguments of the plan that an expression of the playbook reads.
func (p params) reads(expr string) []Arg {
	out := []Arg{}
	for _, m := range reads.FindAllString(expr, -1) {
		name, ok := strings.CutPrefix(m, "params.")
		if !ok {
			continue
		}
		if of, ok := p.written[name]; ok {
			out = append(out, of...)
		} else if a, ok := p.args[name]; ok {
			out = append(out, a)
		}
	}
	return out
}

var eachWord = regexp.MustCompile(`\beach\b`)

var (
	onlyName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	// reads finds string literals, which stay as they are, and what an expression
	// reads of parameters and steps.
	reads = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|has\(params\.[a-z][a-z0-9_]*\)|\bparams\.[a-z][a-z0-9_]*|\bsteps\.[a-z][a-z0-9_]*`)
)

// expr writes the arguments and the steps' new names into an expression.
func (p params) expr(expr string, asks *[]string) string {
	return reads.ReplaceAllStringFunc(expr, func(m string) string {
		switch {
		case strings.HasPrefix(m, "steps."):
			return "steps." + p.prefix + strings.TrimPrefix(m, "steps.")
		case strings.HasPrefix(m, "has("):
			_, ok := p.args[strings.TrimSuffix(strings.TrimPrefix(m, "has(params."), ")")]
			return fmt.Sprint(ok)
		case !strings.HasPrefix(m, "params."):
			return m
		}
		name := strings.TrimPrefix(m, "params.")
		a, ok := p.args[name]
		switch {
		case ok && a.Ref != "":
			return "(" + a.Ref + ")"
		case ok:
			return p.literal(name, a.Value)
		case p.questions[name] != "":
			*asks = append(*asks, name)
		}
		return "dyn(null)"
	})
}

// literal writes a value as CEL.
func (p params) literal(name string, v any) string {
	if p.schema != nil && p.schema.Properties[name] != nil {
		schema := p.schema.Properties[name]
		v = coerce(schema, v)
		switch at := celValue(schema, v).(type) {
		case time.Time:
			return fmt.Sprintf("timestamp(%q)", at.Format(time.RFC3339))
		case int64:
			return fmt.Sprint(at)
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(data) // JSON's literals are CEL's
}
