package openai

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// How much of what a service says of an intent goes into a prompt.
const (
	maxSummary  = 240 // characters
	maxExamples = 3
	maxExample  = 120
	maxAbout    = 100 // characters of the description of a field
	maxEnum     = 16
	maxFields   = 40 // of one intent's result
	maxDepth    = 4
)

// describe writes an intent as a model should know it, on a few lines. Whatever
// the service says stays on its line. The subject is not among the parameters:
// it is nobody's to choose.
func describe(e *orchestrator.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- %s [%s] %s\n", e.Name, e.Effect, line(e.Summary, maxSummary))
	for _, name := range e.ParamNames() {
		p := e.Params.Properties[name]
		mark := "optional"
		if e.Required(name) {
			mark = "required"
		}
		fmt.Fprintf(&b, "    param %s (%s): %s%s\n", line(name, 64), mark, typeName(p, 0, &budget{maxFields}), about(p))
	}
	if e.Subject != "" {
		b.WriteString("    about a customer\n")
	}
	if e.Result != nil {
		left := &budget{maxFields}
		fmt.Fprintf(&b, "    result: %s\n", typeName(e.Result, 0, left))
	} else {
		b.WriteString("    result: of unknown shape\n")
	}
	for i, x := range e.Examples {
		if i == maxExamples {
			break
		}
		fmt.Fprintf(&b, "    asked as: %s\n", line(x, maxExample))
	}
	return b.String()
}

// budget bounds how many fields are written.
type budget struct{ left int }

// typeName writes a schema as the type that CEL sees.
func typeName(s *jsonschema.Schema, depth int, left *budget) string {
	if s == nil {
		return "any"
	}
	if len(s.Enum) > 0 {
		return enum(s.Enum)
	}
	switch one(s) {
	case "string":
		switch s.Format {
		case "date-time":
			return "timestamp"
		case "date":
			return "timestamp (a date)"
		}
		return "string"
	case "integer":
		return "int"
	case "number":
		return "double"
	case "boolean":
		return "bool"
	case "array":
		return "list of " + typeName(s.Items, depth, left)
	case "object":
		return object(s, depth, left)
	}
	return "any"
}

func object(s *jsonschema.Schema, depth int, left *budget) string {
	if len(s.Properties) == 0 || depth >= maxDepth {
		return "map"
	}
	names := slices.Clone(s.PropertyOrder)
	for name := range s.Properties {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names[len(s.PropertyOrder):])
	var fields []string
	for _, name := range names {
		p := s.Properties[name]
		if p == nil {
			continue
		}
		if left.left == 0 {
			fields = append(fields, "…")
			break
		}
		left.left--
		mark := ""
		if !slices.Contains(s.Required, name) {
			mark = "?"
		}
		fields = append(fields, line(name, 64)+mark+" "+typeName(p, depth+1, left)+about(p))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func enum(values []any) string {
	var out []string
	for i, v := range values {
		if i == maxEnum {
			out = append(out, "…")
			break
		}
		if s, ok := v.(string); ok {
			out = append(out, `"`+line(s, 40)+`"`)
		} else {
			out = append(out, line(fmt.Sprint(v), 40))
		}
	}
	return strings.Join(out, "|")
}

// about writes what is said of a field beside its type.
func about(s *jsonschema.Schema) string {
	if s == nil {
		return ""
	}
	var said []string
	if s.Title != "" {
		said = append(said, line(s.Title, 40))
	}
	if s.Description != "" && s.Description != s.Title {
		said = append(said, line(s.Description, maxAbout))
	}
	if u := orchestrator.Unit(s); u != "" {
		said = append(said, "in "+line(u, 20))
	}
	if s.Pattern != "" && len(s.Pattern) <= 60 {
		said = append(said, "pattern "+line(s.Pattern, 60))
	}
	if s.Minimum != nil {
		said = append(said, fmt.Sprintf("at least %v", *s.Minimum))
	}
	if s.Maximum != nil {
		said = append(said, fmt.Sprintf("at most %v", *s.Maximum))
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, "; ") + ")"
}

// one returns the one type of a schema beside null, or "".
func one(s *jsonschema.Schema) string {
	if s.Type != "" {
		return s.Type
	}
	types := slices.DeleteFunc(slices.Clone(s.Types), func(t string) bool { return t == "null" })
	if len(types) == 1 {
		return types[0]
	}
	return ""
}

// line puts a text that is not ours on one line of at most n characters.
func line(s string, n int) string {
	return cut(strings.TrimSpace(orchestrator.PrintableLine(s)), n)
}
