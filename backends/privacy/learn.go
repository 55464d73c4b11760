package privacy

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// learner makes known what a request says of people before anything is replaced.
type learner struct {
	ctx context.Context
	v   *vault
	dir orchestrator.Directory
}

func (l learner) people(users ...orchestrator.User) {
	for _, u := range users {
		l.v.learn(email, u.Email)
		l.v.learn(name, u.Name)
	}
}

// email makes the person known whose address this is.
func (l learner) email(who string) {
	if who == "" || l.v.learn(email, who) == nil || l.dir == nil || l.looked("@"+who) {
		return
	}
	if u, err := l.dir.Lookup(l.ctx, who); err == nil {
		l.people(u)
	}
}

// mentioned makes those known whom a text names.
func (l learner) mentioned(texts ...string) {
	if l.dir == nil {
		return
	}
	for _, s := range texts {
		if len(s) < 2 || l.looked(s) {
			continue
		}
		if users, err := l.dir.Mentioned(l.ctx, s); err == nil {
			l.people(users...)
		}
	}
}

// looked tells whether the directory was asked about a text before, and notes it.
func (l learner) looked(s string) bool {
	if l.v.looked[s] {
		return true
	}
	l.v.looked[s] = true
	return false
}

func (l learner) turns(turns []orchestrator.Turn) {
	for i := range turns {
		t := &turns[i]
		l.email(t.User)
		l.email(t.Subject)
		l.mentioned(t.Message, t.Answer)
		l.plan(t.Plan)
		l.steps(t.Steps)
	}
}

func (l learner) steps(steps []orchestrator.StepRecord) {
	for i := range steps {
		s := &steps[i]
		l.email(s.For)
		l.mentioned(s.Text, s.Sentence)
		e := l.entry(s.Intent)
		l.fields(s.Args, params(e))
		l.fields(s.Result, result(e))
		if s.Undo != nil {
			l.fields(s.Undo.Args, params(l.entry(s.Undo.Intent)))
		}
		if s.Error != nil {
			l.mentioned(s.Error.Message)
		}
		for _, c := range s.Changes {
			if of := sortOfLabel(c.Field, params(e), result(e)); of != "" {
				l.v.learn(of, c.Old)
				l.v.learn(of, c.New)
			}
		}
	}
}

func (l learner) plan(p *orchestrator.Plan) {
	if p == nil {
		return
	}
	l.mentioned(p.Text)
	for _, s := range p.Steps {
		schema := params(l.entry(s.Intent))
		if strings.Contains(s.For, "@") {
			l.email(s.For)
		}
		l.mentioned(s.For)
		for property, a := range s.Args {
			l.field(property, a.Value, of(schema, property), false)
		}
	}
}

func (l learner) entry(intent string) *orchestrator.Entry {
	if l.v.catalog == nil {
		return nil
	}
	return l.v.catalog.Intent(intent)
}

func params(e *orchestrator.Entry) *jsonschema.Schema {
	if e == nil {
		return nil
	}
	return e.Params
}

func result(e *orchestrator.Entry) *jsonschema.Schema {
	if e == nil {
		return nil
	}
	return e.Result
}

func of(s *jsonschema.Schema, property string) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	return s.Properties[property]
}

// fields learns what stands in the personal fields of an object.
func (l learner) fields(object map[string]any, s *jsonschema.Schema) {
	person := object["email"] != nil || object["phone"] != nil // then a name is a person's
	for _, property := range slices.Sorted(maps.Keys(object)) {
		p := of(s, property)
		if p == nil && s != nil && isList(object[property]) {
			p = &jsonschema.Schema{Items: s} // the results of a step that was repeated
		}
		l.field(property, object[property], p, person)
	}
}

func isList(v any) bool {
	_, ok := v.([]any)
	return ok
}

func (l learner) field(property string, v any, s *jsonschema.Schema, person bool) {
	switch t := v.(type) {
	case map[string]any:
		l.fields(t, s)
	case []any:
		items := s
		if s != nil && s.Items != nil {
			items = s.Items
		}
		for _, e := range t {
			l.field(property, e, items, person)
		}
	case string:
		sort := sortOf(property, s)
		if sort == "" && person && property == "name" {
			sort = name
		}
		switch sort {
		case "":
		case email:
			l.email(t)
		default:
			l.v.learn(sort, t)
		}
	case float64:
		if sort := sortOf(property, s); sort == phone || sort == card {
			l.v.learn(sort, strconv.FormatFloat(t, 'f', -1, 64))
		}
	}
}

// sortOfLabel finds the sort of a property by what people call it.
func sortOfLabel(label string, schemas ...*jsonschema.Schema) sort {
	for _, s := range schemas {
		if s == nil {
			continue
		}
		for property, p := range s.Properties {
			title := strings.ReplaceAll(property, "_", " ")
			if p != nil && p.Title != "" {
				title = p.Title
			}
			if strings.EqualFold(title, label) {
				return sortOf(property, p)
			}
		}
	}
	return ""
}
