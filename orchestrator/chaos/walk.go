package chaos

import (
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// apply returns a wrong copy of a result. The original belongs to the service.
func (b *bug) apply(data map[string]any, s *jsonschema.Schema) map[string]any {
	if data == nil {
		return nil
	}
	w := walk{root: s, change: b.change}
	wrong, _ := w.value(data, s).(map[string]any)
	return wrong
}

// walk copies a value and changes its parts, then itself.
type walk struct {
	root   *jsonschema.Schema
	change func(v any, s *jsonschema.Schema) any
}

func (w walk) value(v any, s *jsonschema.Schema) any {
	s = w.meant(s)
	switch v := v.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, one := range v {
			object[name] = w.value(one, part(s, name))
		}
		return w.change(object, s)
	case []any:
		list := make([]any, len(v))
		for i, one := range v {
			list[i] = w.value(one, item(s, i))
		}
		return w.change(list, s)
	case int:
		return w.change(float64(v), s)
	}
	return w.change(v, s)
}

// meant follows a reference to a definition of the same schema.
func (w walk) meant(s *jsonschema.Schema) *jsonschema.Schema {
	for range 10 { // a circle has no end
		if s == nil || s.Ref == "" || w.root == nil {
			return s
		}
		if name, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
			s = w.root.Defs[name]
		} else if name, ok := strings.CutPrefix(s.Ref, "#/definitions/"); ok {
			s = w.root.Definitions[name]
		} else {
			return nil
		}
	}
	return nil
}

// part returns the schema of a field, or nil if nothing is said of it.
func part(s *jsonschema.Schema, name string) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	if p := s.Properties[name]; p != nil {
		return p
	}
	return s.AdditionalProperties
}

// item returns the schema of an entry of a list, or nil if nothing is said of it.
func item(s *jsonschema.Schema, i int) *jsonschema.Schema {
	if s == nil {
		return nil
	}
	for _, first := range [][]*jsonschema.Schema{s.PrefixItems, s.ItemsArray} {
		if i < len(first) {
			return first[i]
		}
	}
	return s.Items
}

// fixed tells whether the schema lists the values, or the text, that there may be.
func fixed(s *jsonschema.Schema) bool {
	return s.Const != nil || len(s.Enum) > 0 || s.Pattern != "" || s.MultipleOf != nil
}

// may tells whether the schema lets a value be of that type.
func may(s *jsonschema.Schema, kind string) bool {
	return s.Type == kind || slices.Contains(s.Types, kind) || s.Type == "" && len(s.Types) == 0
}
