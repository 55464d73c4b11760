package orchestrator

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/google/jsonschema-go/jsonschema"
)

// validator checks values in JSON's shape against one schema. What most schemas
// consist of is checked by a compiled form, which is several times as fast as the
// library; schemas with anything else, and the wording of errors, are left to the
// library.
type validator struct {
	resolved func() (*jsonschema.Resolved, error) // on first use, which most schemas never see
	quick    *quickSchema                         // nil if the schema says more than the compiled form knows
}

// newValidator returns nil for a nil schema. References to other documents are
// refused: a schema must stand for itself.
func newValidator(s *jsonschema.Schema) (*validator, error) {
	if s == nil {
		return nil, nil //nolint:nilnil // no schema, nothing to validate
	}
	v := &validator{quick: compileQuick(s), resolved: sync.OnceValues(func() (*jsonschema.Resolved, error) { return s.Resolve(nil) })}
	if v.quick == nil {
		if _, err := v.resolved(); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// newObjectValidator is newValidator for the parameters or the result of an
// intent, which are objects.
func newObjectValidator(s *jsonschema.Schema) (*validator, error) {
	if s != nil && s.Type != "" && s.Type != "object" {
		return nil, fmt.Errorf("the type is %q: it must be object", s.Type)
	}
	return newValidator(s)
}

// validate returns an error if the value does not fit. A nil validator takes
// anything.
func (v *validator) validate(value any) error {
	if v == nil || (v.quick != nil && v.quick.fits(value)) {
		return nil
	}
	resolved, err := v.resolved()
	if err == nil {
		err = resolved.Validate(value)
	}
	if err != nil {
		return err
	}
	if v.quick != nil {
		return errors.New("it does not fit the schema")
	}
	return nil
}

// quickSchema is the compiled form of a schema that uses only type, enum of
// texts, pattern, bounds, properties, required, items and no additional
// properties; annotations do not matter.
type quickSchema struct {
	kind      string
	enum      []string
	pattern   *regexp.Regexp
	minLen    int
	maxLen    int
	low, high float64
	fields    map[string]*quickSchema
	required  []string
	closed    bool // no other fields
	items     *quickSchema
	minItems  int
	maxItems  int
}

// compileQuick returns nil if the schema says anything that the compiled form
// does not know, or is no tree.
func compileQuick(s *jsonschema.Schema) *quickSchema {
	return compileTree(s, map[*jsonschema.Schema]bool{})
}

func compileTree(s *jsonschema.Schema, seen map[*jsonschema.Schema]bool) *quickSchema {
	if s == nil || seen[s] {
		return nil
	}
	seen[s] = true
	plain := jsonschema.Schema{
		Type: s.Type, Enum: s.Enum, Pattern: s.Pattern, MinLength: s.MinLength, MaxLength: s.MaxLength,
		Minimum: s.Minimum, Maximum: s.Maximum, Properties: s.Properties, Required: s.Required,
		AdditionalProperties: s.AdditionalProperties, Items: s.Items, MinItems: s.MinItems, MaxItems: s.MaxItems,
		Title: s.Title, Description: s.Description, Format: s.Format, Examples: s.Examples, Default: s.Default,
		Extra: s.Extra, PropertyOrder: s.PropertyOrder, Comment: s.Comment, Deprecated: s.Deprecated,
		ReadOnly: s.ReadOnly, WriteOnly: s.WriteOnly, Schema: s.Schema,
	}
	if !sameSchema(&plain, s) {
		return nil
	}
	q := &quickSchema{kind: s.Type, minLen: -1, maxLen: math.MaxInt, low: math.Inf(-1), high: math.Inf(1), maxItems: math.MaxInt, required: s.Required}
	for _, e := range s.Enum {
		text, ok := e.(string)
		if !ok {
			return nil
		}
		q.enum = append(q.enum, text)
	}
	if s.Schema != "" || s.Type != "string" && s.Pattern != "" {
		return nil
	}
	switch s.Type {
	case "string":
		if s.Pattern != "" {
			p, err := regexp.Compile(s.Pattern)
			if err != nil {
				return nil
			}
			q.pattern = p
		}
		q.minLen, q.maxLen = orElse(s.MinLength, -1), orElse(s.MaxLength, math.MaxInt)
	case "integer", "number":
		q.low, q.high = orElse(s.Minimum, math.Inf(-1)), orElse(s.Maximum, math.Inf(1))
	case "boolean":
	case "array":
		q.minItems, q.maxItems = orElse(s.MinItems, 0), orElse(s.MaxItems, math.MaxInt)
		if s.Items != nil {
			if q.items = compileTree(s.Items, seen); q.items == nil {
				return nil
			}
		}
	case "object":
		q.fields = make(map[string]*quickSchema, len(s.Properties))
		for name, p := range s.Properties {
			if q.fields[name] = compileTree(p, seen); q.fields[name] == nil {
				return nil
			}
		}
		switch a := s.AdditionalProperties; {
		case a == nil:
		case a.Not != nil && sameSchema(a.Not, &jsonschema.Schema{}) && sameSchema(a, &jsonschema.Schema{Not: a.Not}):
			if seen[a] || seen[a.Not] {
				return nil
			}
			q.closed, seen[a], seen[a.Not] = true, true, true
		default:
			return nil
		}
	default:
		return nil
	}
	if len(q.enum) > 0 && s.Type != "string" {
		return nil
	}
	return q
}

func orElse[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

// fits tells whether the value is surely sound. It says no to values that are
// not in JSON's shape, which the library then judges.
func (q *quickSchema) fits(value any) bool {
	switch v := value.(type) {
	case string:
		if q.kind != "string" || (q.enum != nil && !slices.Contains(q.enum, v)) || (q.pattern != nil && !q.pattern.MatchString(v)) {
			return false
		}
		if q.minLen < 0 && q.maxLen == math.MaxInt {
			return true
		}
		n := utf8.RuneCountInString(v)
		return n >= q.minLen && n <= q.maxLen
	case float64:
		return (q.kind == "number" || q.kind == "integer" && v == math.Trunc(v)) && v >= q.low && v <= q.high
	case bool:
		return q.kind == "boolean"
	case []any:
		if q.kind != "array" || len(v) < q.minItems || len(v) > q.maxItems {
			return false
		}
		for _, e := range v {
			if q.items != nil && !q.items.fits(e) {
				return false
			}
		}
		return true
	case map[string]any:
		return q.kind == "object" && q.object(v)
	}
	return false
}

func (q *quickSchema) object(v map[string]any) bool {
	for _, name := range q.required {
		if _, ok := v[name]; !ok {
			return false
		}
	}
	for name, value := range v {
		field, ok := q.fields[name]
		if !ok && q.closed || ok && !field.fits(value) {
			return false
		}
	}
	return true
}

// sameSchema compares two schemas field by field, without what is below them.
func sameSchema(a, b *jsonschema.Schema) bool {
	x, y := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range x.NumField() {
		f, g := x.Field(i), y.Field(i)
		switch f.Kind() {
		case reflect.Slice, reflect.Map:
			if f.Len() != g.Len() {
				return false
			}
		default:
			if !f.Equal(g) {
				return false
			}
		}
	}
	return true
}
