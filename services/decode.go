package services

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"banyan/orchestrator"

	"github.com/google/jsonschema-go/jsonschema"
)

// rule is what the schema says of one parameter, ready to be checked.
type rule struct {
	name     string
	label    string // what people call it
	required bool
	schema   *jsonschema.Schema
	pattern  *regexp.Regexp
}

type rules struct {
	byName  map[string]rule
	names   []string          // sorted
	fillers map[string]filler // nil: the struct is left to encoding/json
}

// rulesOf prepares the schema that was inferred from the struct t.
func rulesOf(s *jsonschema.Schema, t reflect.Type) (rules, error) {
	out := rules{byName: map[string]rule{}, names: slices.Sorted(maps.Keys(s.Properties)), fillers: fillersOf(t)}
	for name, p := range s.Properties {
		r := rule{name: name, label: p.Title, required: slices.Contains(s.Required, name), schema: p}
		if r.label == "" {
			r.label = strings.ReplaceAll(name, "_", " ")
		}
		if p.Pattern != "" {
			var err error
			if r.pattern, err = regexp.Compile(p.Pattern); err != nil {
				return rules{}, fmt.Errorf("%s: %w", name, err)
			}
		}
		out.byName[name] = r
	}
	return out, nil
}

// decode checks args against the rules and fills the struct that into points at.
// What does not fit is an *orchestrator.Error of code CodeInvalid with a sentence
// for people.
func decode(rs rules, args map[string]any, into any) error {
	given := 0
	for _, name := range rs.names {
		r := rs.byName[name]
		v, ok := args[name]
		if !ok {
			if r.required {
				return invalid("The %s is missing.", r.label)
			}
			continue
		}
		given++
		if err := r.check(v); err != nil {
			return err
		}
	}
	if len(args) > given {
		for _, name := range slices.Sorted(maps.Keys(args)) {
			if _, known := rs.byName[name]; !known {
				return invalid("There is no parameter called %q.", name)
			}
		}
	}
	if rs.fillers == nil {
		return decodeJSON(rs, args, into)
	}
	fields := reflect.ValueOf(into).Elem()
	for name, v := range args {
		f := rs.fillers[name]
		if !f.set(fields.Field(f.index), v) {
			return rs.byName[name].wrongType(v)
		}
	}
	return nil
}

// decodeJSON fills a struct with lists or structs in it by way of its text.
func decodeJSON(rs rules, args map[string]any, into any) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return invalid("The arguments cannot be read: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		field, _, _ := strings.Cut(typed.Field, ".")
		if r, ok := rs.byName[field]; ok && field == typed.Field {
			return r.wrongType(args[field])
		}
	}
	if err != nil {
		return invalid("The arguments do not fit: %w", err)
	}
	return nil
}

func (r rule) wrongType(v any) error {
	return invalid("The %s must be %s, not %s.", r.label, kindInWords(r.schema), valueInWords(v))
}

// check holds one value against its schema's bounds. Types are left to the decoder.
func (r rule) check(v any) error {
	p := r.schema
	switch v := v.(type) {
	case nil:
		return invalid("The %s is empty.", r.label)
	case string:
		if r.pattern != nil && !r.pattern.MatchString(v) {
			if len(p.Examples) > 0 {
				return invalid("%q is not a valid %s: it must look like %v.", v, r.label, p.Examples[0])
			}
			return invalid("%q is not a valid %s.", v, r.label)
		}
		if n := utf8.RuneCountInString(v); p.MaxLength != nil && n > *p.MaxLength {
			return invalid("The %s may be at most %d characters long.", r.label, *p.MaxLength)
		} else if p.MinLength != nil && n < *p.MinLength {
			return invalid("The %s must be at least %d characters long.", r.label, *p.MinLength)
		}
		if p.Enum != nil && !slices.Contains(p.Enum, any(v)) {
			return invalid("%q is not a %s: it must be one of %s.", v, r.label, joinOr(p.Enum))
		}
	case float64:
		switch low, high := p.Minimum, p.Maximum; {
		case low != nil && high != nil && (v < *low || v > *high):
			return invalid("The %s must be between %v and %v.", r.label, *low, *high)
		case low != nil && v < *low:
			return invalid("The %s must be at least %v.", r.label, *low)
		case high != nil && v > *high:
			return invalid("The %s must be at most %v.", r.label, *high)
		}
	}
	return nil
}

func kindInWords(p *jsonschema.Schema) string {
	switch p.Type {
	case "string":
		if p.Format == "date-time" {
			return "a time such as 2026-11-21T14:02:00Z"
		}
		return "a text"
	case "integer":
		return "a whole number"
	case "number":
		return "a number"
	case "boolean":
		return "yes or no"
	case "array":
		return "a list"
	default:
		return "of another kind"
	}
}

func valueInWords(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case float64, int, bool:
		return fmt.Sprint(v)
	case []any:
		return "a list"
	default:
		return "something else"
	}
}

func joinOr(values []any) string {
	parts := make([]string, len(values))
	for i, v := range values {
		parts[i] = fmt.Sprint(v)
	}
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " or " + parts[len(parts)-1]
}

func invalid(format string, args ...any) *orchestrator.Error {
	return orchestrator.Errorf(orchestrator.CodeInvalid, format, args...)
}
