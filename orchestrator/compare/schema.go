package compare

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// keyword is what a property of a result schema says about its comparison.
const keyword = "x-compare"

// maxSchema bounds how deep a schema is looked into.
const maxSchema = 12

// stated returns the patterns that a result schema states.
func stated(root *jsonschema.Schema) []pattern {
	r := schemaReader{root: root}
	r.read(root, nil)
	return r.found
}

type schemaReader struct {
	root  *jsonschema.Schema
	found []pattern
}

func (r *schemaReader) read(s *jsonschema.Schema, path []segment) {
	for range maxSchema {
		if s == nil || s.Ref == "" {
			break
		}
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		if s = r.root.Defs[name]; s == nil {
			s = r.root.Definitions[name]
		}
	}
	if s == nil || len(path) > maxSchema {
		return
	}
	if set := treats(s.Extra[keyword]); set != nil && len(path) > 0 {
		r.found = append(r.found, pattern{slices.Clone(path), set})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		r.read(s.Properties[name], append(path, segment{name: name}))
	}
	r.read(s.Items, append(path, segment{kind: anyItem}))
	r.read(s.AdditionalProperties, append(path, segment{kind: anyField}))
}

// treats returns what a keyword means, or nil if it means nothing.
func treats(v any) func(*treatment) {
	switch v := v.(type) {
	case string:
		switch v {
		case "ignore":
			return func(t *treatment) { t.ignore = true }
		case "unordered":
			return func(t *treatment) { t.unordered = true }
		case "text":
			return func(t *treatment) { t.text = true }
		case "strict":
			return func(t *treatment) { t.strict = true }
		case "empty":
			return func(t *treatment) { t.empty = true }
		}
	case map[string]any:
		absolute, _ := v["tolerance"].(float64)
		relative, related := v["relative"].(float64)
		written, _ := v["within"].(string)
		within, err := time.ParseDuration(written)
		timed := err == nil && within >= 0
		_, told := v["tolerance"]
		if !(absolute >= 0 && relative >= 0) || !told && !related && !timed {
			return nil
		}
		return func(t *treatment) {
			if told || related {
				t.number = Tolerance{absolute, relative}
			}
			if timed {
				t.within = within
			}
		}
	}
	return nil
}
