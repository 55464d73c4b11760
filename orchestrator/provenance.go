package orchestrator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Where the value of an argument can come from, as StepRecord.From tells it. What
// comes from a result is followed by the step, or for an earlier turn the intent, and
// the path of the field: "result:orders.orders[0].order_id".
const (
	FromUser     = "user"     // the user's own words, in this message or before in this conversation
	FromResult   = "result"   // a field of a result of this turn that may be trusted
	FromEarlier  = "earlier"  // such a field of an earlier turn
	FromAccount  = "account"  // the email or name of who asks or whom it is about
	FromSchema   = "schema"   // one of the values that the intent itself names
	FromPlaybook = "playbook" // the file of a playbook
	FromUndo     = "undo"     // what it takes to take a change back, worked out by the kernel
	FromComputed = "computed" // worked out from what the user said and from numbers of results
	FromText     = "text"     // a field of a result that may not be trusted: what it says, anybody may have written
	FromModel    = "model"    // none of these: the backend alone
)

// origin is where a value comes from.
type origin struct {
	kind string
	at   string // the step or intent and the path of the field
	of   string // the intent of that step
}

// trusted tells whether a value of this origin may decide where a change goes.
func (o origin) trusted(t trust) bool {
	switch o.kind {
	case FromUser, FromAccount, FromSchema, FromPlaybook, FromUndo:
		return true
	case FromResult, FromEarlier, FromComputed:
		return t != trustUser
	default:
		return t == trustAny
	}
}

func (o origin) String() string {
	if o.at != "" {
		return o.kind + ":" + o.at
	}
	return o.kind
}

// trace finds out where every argument of a step comes from. The arguments of a change
// that decide where it goes must come from the user, or from where the user and the
// services can vouch for it; the problem says which does not.
func (r *run) trace(s *stepRun, args map[string]any) (from map[string]string, said []string, problem *Error) {
	if r.unasked || len(args) == 0 || s.entry.Params == nil {
		return nil, nil, nil
	}
	from = make(map[string]string, len(args))
	for _, name := range slices.Sorted(maps.Keys(args)) {
		schema := s.entry.Params.Properties[name]
		if schema == nil {
			schema = &jsonschema.Schema{}
		}
		o := r.originOf(s, name, schema, args[name])
		from[name] = o.String()
		t := trustOf(name, schema)
		if text, ok := args[name].(string); ok && o.kind == FromModel && !r.sound(schema, text, s.changes()) && problem == nil {
			problem = &Error{Code: CodeUntrusted, Cause: fmt.Errorf("the argument %s says what stands nowhere", name), Message: o.refusal(label(name, schema))}
			r.publish(Event{Kind: EventDenied, Text: problem.Message})
		}
		if t == trustAny || !s.changes() {
			continue
		}
		if !o.trusted(t) {
			if problem == nil {
				problem = &Error{Code: CodeUntrusted, Cause: fmt.Errorf("the argument %s comes from %s", name, o), Message: o.refusal(label(name, schema))}
				r.publish(Event{Kind: EventDenied, Text: problem.Message})
			}
			continue
		}
		if words := r.inWords(o); words != "" {
			said = append(said, label(name, schema)+" "+words)
		}
	}
	return from, said, problem
}

// refusal says why a value of this origin is not taken. The value itself is not
// repeated: it may be what somebody wanted to be shown.
func (o origin) refusal(what string) string {
	why := "you did not say it, and no result that can be trusted for it has it"
	switch o.kind {
	case FromText:
		why = fmt.Sprintf("it stands in what %s returned, in a field that anybody may have written (%s)", o.of, PrintableLine(o.at))
	case FromResult, FromEarlier, FromComputed:
		why = fmt.Sprintf("it comes from what %s returned, and only you may say it", o.of)
	}
	return fmt.Sprintf("I did not take over the %s: %s. Nothing was changed. If you want that, say it in your own words.", what, why)
}

// inWords says in the confirmation where a value comes from; empty if that goes
// without saying.
func (r *run) inWords(o origin) string {
	l := r.k.cfg.Locale
	switch o.kind {
	case FromUser:
		return l.or(func(l *Locale) string { return l.Asking.FromYou })
	case FromResult, FromEarlier, FromComputed:
		if o.of == "" {
			return ""
		}
		return filled(l.or(func(l *Locale) string { return l.Asking.FromResult }), "source", o.of)
	case FromPlaybook:
		return l.or(func(l *Locale) string { return l.Asking.FromPlaybook })
	default:
		return ""
	}
}

// originOf finds out where the value of one argument comes from.
func (r *run) originOf(s *stepRun, name string, schema *jsonschema.Schema, value any) origin {
	if r.undone[s.step.ID] {
		return origin{kind: FromUndo}
	}
	if given, ok := s.written[name]; ok { // a person wrote it into the file, as far as nothing was put in
		for _, arg := range given {
			if arg.Ref != "" {
				return r.valueOrigin(s, name, schema, value, arg.Ref)
			}
			if o := r.valueOrigin(s, name, schema, arg.Value, ""); !o.trusted(trustResult) {
				return o
			}
		}
		return origin{kind: FromPlaybook}
	}
	return r.valueOrigin(s, name, schema, value, s.step.Args[name].Ref)
}

// valueOrigin finds out where a value comes from that a plan gives, as a literal or by
// a reference.
func (r *run) valueOrigin(s *stepRun, name string, schema *jsonschema.Schema, value any, ref string) origin {
	switch v := value.(type) {
	case nil, bool:
		return origin{kind: FromSchema}
	case []any:
		return worst(v, func(e any) origin { return r.valueOrigin(s, name, itemsOf(schema), e, ref) })
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		weighty := func(key string) bool { p := property(schema, key); return p != nil && trustOf(key, p) != trustAny }
		if slices.ContainsFunc(keys, weighty) { // the others decide nothing
			keys = slices.DeleteFunc(keys, func(key string) bool { return !weighty(key) })
		}
		return worst(keys, func(key string) origin {
			p := property(schema, key)
			if p == nil {
				p = &jsonschema.Schema{}
			}
			return r.valueOrigin(s, key, p, v[key], ref)
		})
	}
	if own(schema, value) {
		return origin{kind: FromSchema}
	}
	said := r.saidByUser()
	if ref == "" && said.says(name, schema, value) {
		return origin{kind: FromUser}
	}
	trusted, text := r.inResults(s, value, kindOf(name, schema))
	switch {
	case trusted.kind != "":
		return trusted
	case said.says(name, schema, value):
		return origin{kind: FromUser}
	case r.inAccount(s, value):
		return origin{kind: FromAccount}
	case kindOf(name, schema) == plainParam && r.computed(s, ref, value):
		return origin{kind: FromComputed, of: r.readBy(s)}
	case text.kind != "":
		return text
	default:
		return origin{kind: FromModel}
	}
}

// worst is the least trusted origin of the parts of a value.
func worst[T any](parts []T, of func(T) origin) origin {
	out := origin{kind: FromUser}
	for i, part := range parts {
		o := of(part)
		switch {
		case i == 0:
			out = o
		case !o.trusted(trustResult), !o.trusted(trustUser) && out.trusted(trustUser):
			out = o
		}
		if !out.trusted(trustResult) {
			return out
		}
	}
	return out
}

func itemsOf(s *jsonschema.Schema) *jsonschema.Schema {
	if s.Items != nil {
		return s.Items
	}
	return &jsonschema.Schema{}
}

// own tells whether a value is one that the schema itself names.
func own(s *jsonschema.Schema, v any) bool {
	if slices.Contains(s.Enum, v) || s.Const != nil && *s.Const == v {
		return true
	}
	return len(s.Default) > 0 && strings.Trim(string(s.Default), `"`) == inWords(v)
}

// inAccount tells whether a value is the email or the name of who asks or of whom the
// step is about.
func (r *run) inAccount(s *stepRun, value any) bool {
	text, ok := value.(string)
	if !ok || text == "" {
		return false
	}
	for _, u := range [...]User{r.req.User, s.subject} {
		if strings.EqualFold(text, u.Email) || strings.EqualFold(text, u.Name) {
			return true
		}
	}
	return false
}

// unfounded finds the literals of a plan that would be refused for where they come
// from, so that the backend can mend them: a model that puts things in its own words
// can say them in the user's.
func (r *run) unfounded() (faults []fault) {
	if r.unasked {
		return nil
	}
	for _, s := range r.steps {
		if !s.changes() || s.entry.Params == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(s.step.Args)) {
			arg, schema := s.step.Args[name], s.entry.Params.Properties[name]
			if _, file := s.written[name]; file || arg.Ref != "" || schema == nil {
				continue
			}
			t := trustOf(name, schema)
			if t == trustAny {
				continue
			}
			if o := r.originOf(s, name, schema, arg.Value); !o.trusted(t) {
				faults = append(faults, fault{
					what:    fmt.Sprintf("step %s: the value of %s stands neither in the user's words nor in a trusted field of a result (it comes from: %s); write it exactly as the user did, refer to a step that looks it up, or ask the user", s.step.ID, name, o.kind),
					refusal: o.refusal(label(name, schema)),
				})
			}
		}
	}
	return faults
}
