package offline

import (
	"slices"

	"banyan/orchestrator"
)

// lastNamed fills a choice that the words leave to what was just spoken of: by "it" or
// "that", or by saying nothing where an example of the intent says as little. It is the
// value that a parameter of the same name had last.
func (p *planner) lastNamed(s *skill, b *bag, versions []map[string]orchestrator.Arg) {
	said, at := false, -1
	for i, t := range b.toks[:b.own] {
		if t.is("it", "that", "this", "them") && !b.used[i] {
			said, at = true, i
			break
		}
	}
	if !said && !p.k.examples[joinLow(strip(b.toks[:b.own]))] {
		return
	}
	for _, sl := range s.slots {
		if _, ok := versions[0][sl.name]; ok || sl.kind != kindEnum || !sl.required || len(sl.values) <= manyChoices/2 {
			continue
		}
		v, ok := p.lastValue(sl)
		if !ok {
			continue
		}
		arg := orchestrator.Arg{Value: v}
		if said {
			arg.Text = b.toks[at].text
		}
		for _, args := range versions {
			args[sl.name] = arg
		}
		return
	}
}

// lastValue is the value that a parameter of this name had last in the conversation, if
// it is one of this parameter's choices.
func (p *planner) lastValue(sl *slot) (any, bool) {
	choice := func(v any) bool {
		return slices.ContainsFunc(sl.values, func(c enumValue) bool { return c.value == v })
	}
	for t := range p.turnsBack {
		for _, st := range slices.Backward(t.Steps) {
			if v, ok := st.Args[sl.name]; ok && choice(v) {
				return v, true
			}
		}
		if t.Plan == nil {
			continue
		}
		for _, st := range slices.Backward(t.Plan.Steps) {
			if a, ok := st.Args[sl.name]; ok && a.Value != nil && choice(a.Value) {
				return a.Value, true
			}
		}
	}
	return nil, false
}
