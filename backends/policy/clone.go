package policy

import (
	"slices"

	"banyan/orchestrator"
)

// clonePlan returns a plan that shares nothing with p that the kernel may change.
func clonePlan(p orchestrator.Plan) orchestrator.Plan {
	p.Steps = slices.Clone(p.Steps)
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Args != nil {
			args := make(map[string]orchestrator.Arg, len(s.Args))
			for name, a := range s.Args {
				a.Value = cloneValue(a.Value)
				args[name] = a
			}
			s.Args = args
		}
		if s.When != nil {
			when := *s.When
			s.When = &when
		}
		s.After = slices.Clone(s.After)
	}
	if p.Missing != nil {
		missing := *p.Missing
		missing.Options = slices.Clone(missing.Options)
		p.Missing = &missing
	}
	return p
}

// cloneValue copies a value in JSON's shape.
func cloneValue(v any) any {
	switch t := v.(type) {
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = cloneValue(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, e := range t {
			out[k] = cloneValue(e)
		}
		return out
	}
	return v
}
