package orchestrator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"github.com/google/jsonschema-go/jsonschema"
)

// checkArgs checks the arguments of a step against the intent's schema, brings
// literals into the form that services take and compiles references.
func (r *run) checkArgs(step *Step, s *stepRun, env *planEnv, wrong func(string, ...any)) []fault {
	var faults []fault
	params := s.entry.Params
	for name, arg := range step.Args {
		if params == nil || params.Properties[name] == nil {
			if params != nil && params.AdditionalProperties == nil && len(params.Properties) == 0 {
				continue // a schema that takes anything
			}
			wrong("%s has no parameter %q, it has: %s", step.Intent, name, orNone(s.entry.ParamNames()))
			continue
		}
		schema := params.Properties[name]
		if arg.Ref != "" {
			p, err := r.k.exprs.compile(env, arg.Ref)
			switch {
			case err != nil:
				wrong("reference %q for %s: %v", arg.Ref, name, err)
			case !refFits(p.out, schema):
				wrong("reference %q for %s has the type %s, the parameter is a %s", arg.Ref, name, p.out, schemaType(schema))
			default:
				s.refs[name] = p
			}
			continue
		}
		arg.Value = coerce(schema, arg.Value)
		step.Args[name] = arg
		if err := s.entry.validateParam(name, arg.Value); err != nil {
			quote := fmt.Sprintf("%q", PrintableLine(inWords(arg.Value)))
			if !r.unasked && !r.founded(inWords(arg.Value)) {
				quote = "That"
			}
			faults = append(faults, fault{
				what:     fmt.Sprintf("step %s: the value %s does not fit the parameter %s: %v", step.ID, inWords(arg.Value), name, err),
				ask:      &Missing{Step: step.ID, Param: name},
				question: fmt.Sprintf("%s does not work as %s. What should it be?", quote, article(label(name, schema))),
			})
		}
	}
	for _, name := range s.entry.ParamNames() {
		if _, ok := step.Args[name]; !ok && s.entry.Required(name) {
			faults = append(faults, fault{
				what:     fmt.Sprintf("step %s: %s needs the parameter %s; ask the user if it is not known", step.ID, step.Intent, name),
				ask:      &Missing{Step: step.ID, Param: name},
				question: fmt.Sprintf("What is the %s?", label(name, params.Properties[name])),
			})
		}
	}
	return faults
}

// refFits tells whether a value of a CEL type can be an argument of a schema.
func refFits(out *cel.Type, s *jsonschema.Schema) bool {
	switch out.Kind() {
	case types.DynKind, types.AnyKind, types.OpaqueKind:
		return true
	case types.StringKind, types.TimestampKind:
		return slices.Contains([]string{"", "string"}, schemaType(s))
	case types.IntKind, types.UintKind, types.DoubleKind:
		return slices.Contains([]string{"", "integer", "number"}, schemaType(s))
	case types.BoolKind:
		return slices.Contains([]string{"", "boolean"}, schemaType(s))
	case types.ListKind:
		return slices.Contains([]string{"", "array"}, schemaType(s))
	case types.StructKind, types.MapKind:
		return slices.Contains([]string{"", "object"}, schemaType(s))
	default:
		return false
	}
}

// coerce mends what backends mix up: numbers given as text and the reverse. Any
// value is brought into JSON's shape.
func coerce(s *jsonschema.Schema, v any) any {
	switch t := v.(type) {
	case string:
		switch schemaType(s) {
		case "number", "integer":
			if f, err := strconv.ParseFloat(strings.TrimSpace(t), 64); err == nil {
				return f
			}
		case "boolean":
			if b, err := strconv.ParseBool(t); err == nil {
				return b
			}
		}
		return t
	case float64:
		if schemaType(s) == "string" {
			return Wording{}.Number(t)
		}
		return t
	case bool, nil, []any, map[string]any:
		return t
	}
	data, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var out any
	if json.Unmarshal(data, &out) != nil {
		return v
	}
	return coerce(s, out)
}
