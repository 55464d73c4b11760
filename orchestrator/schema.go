package orchestrator

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// SchemaFor infers a JSON Schema of type object from the struct T. Names and
// required fields follow the json tags (omitempty and omitzero make a field
// optional), time.Time becomes a string of format date-time, and these tags of a
// field say more:
//
//	jsonschema:"…"            the description
//	title:"order number"      what people call it
//	format:"email"            email, phone, postal-address, date, date-time …
//	pattern:"^[0-9]{4}$"      a regular expression
//	enum:"processing,shipped" the values it may have (of a list: its items)
//	synonyms:"shipped=sent|dispatched,delivered=arrived"  other words for them
//	unit:"EUR"                unit or currency
//	personal:"phone"          the sort of personal data that it holds, see Personal
//	compare:"ignore"          how two answers are compared: ignore, unordered, text, strict, empty
//	min:"0" max:"99" minlen:"1" maxlen:"80"  bounds
//	example:"1003"            an example value
//	trust:"user"              of a parameter: user (the user alone), result (a trusted result as well), any
//	trusted:"true"            of a result: its value may decide where a change goes
func SchemaFor[T any]() (*jsonschema.Schema, error) {
	s, err := jsonschema.For[T](nil)
	if err != nil {
		return nil, err
	}
	if err := annotate(s, reflect.TypeFor[T]()); err != nil {
		return nil, err
	}
	return s, nil
}

var timeType = reflect.TypeFor[time.Time]()

// annotate adds what the tags of t's fields say to the schema inferred from t.
func annotate(s *jsonschema.Schema, t reflect.Type) error {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == timeType:
		s.Format = "date-time"
		return nil
	case t.Kind() == reflect.Slice && s.Items != nil:
		return annotate(s.Items, t.Elem())
	case t.Kind() != reflect.Struct:
		return nil
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		p := s.Properties[name]
		if p == nil {
			continue // embedded, unexported or json:"-"
		}
		// A pointer or a slice may be inferred as "null or …": a field that is absent
		// says the same.
		if len(p.Types) == 2 && p.Types[0] == "null" {
			p.Type, p.Types = p.Types[1], nil
		}
		if err := annotate(p, f.Type); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := annotateField(p, f.Tag); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func annotateField(p *jsonschema.Schema, tag reflect.StructTag) error {
	p.Title = tag.Get("title")
	if v := tag.Get("format"); v != "" {
		p.Format = v
	}
	p.Pattern = tag.Get("pattern")
	target := p
	if p.Items != nil {
		target = p.Items
	}
	extra := map[string]any{}
	if v := tag.Get("enum"); v != "" {
		for value := range strings.SplitSeq(v, ",") {
			target.Enum = append(target.Enum, value)
		}
	}
	if v := tag.Get("synonyms"); v != "" {
		syn := map[string]any{}
		for group := range strings.SplitSeq(v, ",") {
			value, words, ok := strings.Cut(group, "=")
			if !ok {
				return fmt.Errorf("synonyms %q: want value=word|word", group)
			}
			list := []any{}
			for w := range strings.SplitSeq(words, "|") {
				list = append(list, w)
			}
			syn[value] = list
		}
		extra["x-synonyms"] = syn
	}
	if v := tag.Get("unit"); v != "" {
		extra["x-unit"] = v
	}
	if v := tag.Get("personal"); v != "" {
		extra["x-personal"] = v
	}
	if len(extra) > 0 {
		target.Extra = extra
	}
	if v := tag.Get("compare"); v != "" { // of a list: the list itself
		if p.Extra == nil {
			p.Extra = map[string]any{}
		}
		p.Extra["x-compare"] = v
	}
	if v := tag.Get("trust"); v != "" {
		if v != "user" && v != "result" && v != "any" {
			return fmt.Errorf("trust %q: want user, result or any", v)
		}
		mark(p, "x-trust", v)
	}
	if v := tag.Get("trusted"); v != "" {
		trusted, err := strconv.ParseBool(v)
		if err != nil {
			return fmt.Errorf("trusted %q: want true or false", v)
		}
		mark(p, "x-trusted", trusted)
	}
	if v := tag.Get("example"); v != "" {
		p.Examples = []any{v}
	}
	for _, b := range []struct {
		tag string
		set func(float64)
	}{
		{"min", func(n float64) { p.Minimum = &n }},
		{"max", func(n float64) { p.Maximum = &n }},
		{"minlen", func(n float64) { i := int(n); p.MinLength = &i }},
		{"maxlen", func(n float64) { i := int(n); p.MaxLength = &i }},
	} {
		if v := tag.Get(b.tag); v != "" {
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return fmt.Errorf("tag %s: %w", b.tag, err)
			}
			b.set(n)
		}
	}
	return nil
}

// mark adds a keyword of our own to a schema.
func mark(p *jsonschema.Schema, keyword string, v any) {
	if p.Extra == nil {
		p.Extra = map[string]any{}
	}
	p.Extra[keyword] = v
}

// Unit returns the x-unit of a schema, or "".
func Unit(s *jsonschema.Schema) string {
	if s == nil {
		return ""
	}
	unit, _ := s.Extra["x-unit"].(string)
	return unit
}

// Personal returns the x-personal of a schema, or "": the sort of personal data that
// the property holds, one of email, phone, address, name (of a person) and card (the
// number of a card or an account). Such values do not leave the machine in clear.
func Personal(s *jsonschema.Schema) string {
	if s == nil {
		return ""
	}
	sort, _ := s.Extra["x-personal"].(string)
	return sort
}

// Synonyms returns the x-synonyms of a schema: enum value → other words for it.
func Synonyms(s *jsonschema.Schema) map[string][]string {
	if s == nil {
		return nil
	}
	raw, _ := s.Extra["x-synonyms"].(map[string]any)
	out := make(map[string][]string, len(raw))
	for value, words := range raw {
		list, _ := words.([]any)
		for _, w := range list {
			if text, ok := w.(string); ok {
				out[value] = append(out[value], text)
			}
		}
	}
	return out
}

// paramNames lists an intent's parameters without the subject: required first,
// each group in schema order.
func paramNames(in Intent) []string {
	if in.Params == nil {
		return nil
	}
	names := slices.Clone(in.Params.PropertyOrder)
	for _, name := range slices.Sorted(maps.Keys(in.Params.Properties)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		return n == in.Subject || in.Params.Properties[n] == nil
	})
	slices.SortStableFunc(names, func(a, b string) int {
		ra, rb := slices.Contains(in.Params.Required, a), slices.Contains(in.Params.Required, b)
		switch {
		case ra == rb:
			return 0
		case ra:
			return -1
		default:
			return 1
		}
	})
	return names
}

// fieldNames lists the properties of a schema in its own order.
func fieldNames(s *jsonschema.Schema) []string {
	return paramNames(Intent{Params: s})
}

// validateParam checks one argument by itself.
func (e *Entry) validateParam(name string, v any) error {
	return e.byParam[name].validate(v)
}
