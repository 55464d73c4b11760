package offline

import (
	"fmt"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// turnsBack yields the conversation's turns, the last one first.
func (p *planner) turnsBack(yield func(orchestrator.Turn) bool) {
	for i := len(p.req.Conversation) - 1; i >= 0; i-- {
		if !yield(p.req.Conversation[i]) {
			return
		}
	}
}

// concerns tells whether an earlier step was about the customer meant now.
func (p *planner) concerns(stepFor, who string) bool {
	if !p.req.User.Staff() || stepFor == "" {
		return true
	}
	now := who
	if now == "" {
		now = p.req.Subject.Email
	}
	for _, u := range append(p.req.People, p.req.Subject) {
		if strings.EqualFold(u.Name, now) {
			now = u.Email
		}
	}
	return now == "" || strings.EqualFold(now, stepFor)
}

// antecedent finds what "it" means: the object that the last turns were about.
func (p *planner) antecedent(sl *slot, who string) (reference, bool) {
	for t := range p.turnsBack {
		if v := p.focus(t, sl, who); v != nil {
			return reference{arg: orchestrator.Arg{Value: v, Text: fmt.Sprint(v)}, who: who}, true
		}
	}
	return reference{}, false
}

// focus is the object that one turn was about: an argument of its steps, or the
// only object of a result.
func (p *planner) focus(t orchestrator.Turn, sl *slot, who string) any {
	for _, lookups := range []bool{false, true} {
		for i := len(t.Steps) - 1; i >= 0; i-- {
			st := t.Steps[i]
			if st.Lookup != lookups || !p.concerns(st.For, who) {
				continue
			}
			if v := st.Args[sl.name]; v != nil && st.Status != orchestrator.StepSkipped {
				return v
			}
			if v := st.Result[sl.name]; v != nil {
				return v
			}
			if keys := p.keysIn(st, sl); len(keys) == 1 {
				return keys[0]
			}
		}
	}
	for i := len(t.Steps) - 1; i >= 0; i-- {
		if v := t.Steps[i].Args[sl.name]; v != nil && p.concerns(t.Steps[i].For, who) {
			return v
		}
	}
	if t.Plan != nil && len(t.Steps) == 0 {
		for i := len(t.Plan.Steps) - 1; i >= 0; i-- {
			if a := t.Plan.Steps[i].Args[sl.name]; a.Value != nil && a.Ref == "" {
				return a.Value
			}
		}
	}
	// A list that was told, in its own order: the first is what people go on about.
	for _, st := range t.Steps {
		if keys := p.keysIn(st, sl); len(keys) > 0 && !st.Lookup && p.concerns(st.For, who) {
			return keys[0]
		}
	}
	return nil
}

// keysIn returns the keys of the objects that a step's result lists.
func (p *planner) keysIn(st orchestrator.StepRecord, sl *slot) []any {
	var out []any
	for _, o := range p.objectsIn(st, sl) {
		out = append(out, o.key)
	}
	return out
}

type object struct {
	key  any
	data map[string]any
}

// objectsIn returns the objects with a key for the slot in a step's result: the
// result itself, or the elements of its lists.
func (p *planner) objectsIn(st orchestrator.StepRecord, sl *slot) []object {
	var out []object
	for _, m := range sl.makers {
		if m.skill.Name != st.Intent {
			continue
		}
		list, _ := st.Result[m.list.name].([]any)
		for _, e := range list {
			if o, ok := e.(map[string]any); ok && o[m.key] != nil {
				out = append(out, object{o[m.key], o})
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	if v := st.Result[sl.name]; v != nil {
		out = append(out, object{v, st.Result})
	}
	return out
}

// recall finds an object of earlier results that the words name.
func (p *planner) recall(sl *slot, d description, who string) (reference, bool) {
	for t := range p.turnsBack {
		var found []object
		for _, st := range t.Steps {
			if !p.concerns(st.For, who) {
				continue
			}
			for _, o := range p.objectsIn(st, sl) {
				if textsHold(o.data, d.words) && !slices.ContainsFunc(found, func(f object) bool { return f.key == o.key }) {
					found = append(found, o)
				}
			}
		}
		if len(found) == 1 {
			var ws []string
			for _, w := range d.words {
				ws = append(ws, strings.ToLower(w.text))
			}
			r := reference{arg: orchestrator.Arg{Value: found[0].key, Text: d.text}, who: who, text: d.text, inner: strings.Join(ws, " ")}
			if len(sl.makers) > 0 {
				r.fields = sl.makers[0].list.sub
			}
			return r, true
		}
		if len(found) > 1 {
			return reference{}, false
		}
	}
	return reference{}, false
}

// textsHold tells whether all words stand in texts of the value.
func textsHold(v any, words []token) bool {
	var b strings.Builder
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			b.WriteString(strings.ToLower(v))
			b.WriteByte('\n')
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	all := b.String()
	for _, w := range words {
		if !strings.Contains(all, needle(w)) {
			return false
		}
	}
	return len(words) > 0
}

// listed returns the keys that the conversation's last list of such objects
// holds.
func (p *planner) listed(sl *slot, who string) []any {
	for t := range p.turnsBack {
		for _, st := range t.Steps {
			if !p.concerns(st.For, who) {
				continue
			}
			if keys := p.keysIn(st, sl); len(keys) > 1 {
				return keys
			}
		}
	}
	return nil
}

// told returns the keys of the objects that were last listed to the user, not long
// ago, in the order in which they were listed.
func (p *planner) told(sl *slot, who string) []any {
	back := 0
	for t := range p.turnsBack {
		if back++; back > 4 {
			break
		}
		for _, st := range t.Steps {
			if keys := p.keysIn(st, sl); !st.Lookup && len(keys) > 1 && p.concerns(st.For, who) {
				return keys
			}
		}
	}
	return nil
}

// recentSet returns the keys of the objects, two or more, that one of the last turns
// was about by itself: those it showed one by one, changed or listed.
func (p *planner) recentSet(sl *slot, who string) []any {
	back := 0
	for t := range p.turnsBack {
		if back++; back > 3 {
			break
		}
		var out []any
		for _, st := range t.Steps {
			if v := st.Args[sl.name]; v != nil && !st.Lookup && p.concerns(st.For, who) && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		if len(out) > 1 {
			return out
		}
		for _, st := range t.Steps {
			if keys := p.keysIn(st, sl); !st.Lookup && len(keys) > 1 && p.concerns(st.For, who) {
				return keys
			}
		}
	}
	return nil
}

// lastTwo returns the two objects that the conversation spoke of last: the two of a list
// told in the last turn, or else those that the last turns were about.
func (p *planner) lastTwo(sl *slot, who string) []any {
	var out []any
	back := 0
	for t := range p.turnsBack {
		if back++; back > 4 {
			break
		}
		for i := len(t.Steps) - 1; i >= 0; i-- {
			st := t.Steps[i]
			if st.Lookup || !p.concerns(st.For, who) {
				continue
			}
			if keys := p.keysIn(st, sl); len(keys) == 2 && len(out) == 0 {
				return keys
			}
			if v := st.Args[sl.name]; v != nil && !slices.Contains(out, v) {
				out = append([]any{v}, out...)
			}
		}
		if len(out) >= 2 {
			return out[len(out)-2:]
		}
	}
	return nil
}

// otherOne finds "the other one": not the object that was spoken of last.
func (p *planner) otherOne(sl *slot, d description, who string) (reference, bool) {
	var now any
	if r, ok := p.last[sl.name]; ok {
		now = r.arg.Value
	}
	if now == nil {
		r, ok := p.antecedent(sl, who)
		if !ok {
			return reference{}, false
		}
		now = r.arg.Value
	}
	if now == nil {
		return reference{}, false
	}
	for _, k := range p.listed(sl, who) {
		if k != now {
			return reference{arg: orchestrator.Arg{Value: k, Text: d.text}, who: who}, true
		}
	}
	if len(sl.makers) == 0 {
		return reference{}, false
	}
	m := p.pickMaker(sl, d)
	id := p.lookup(m.skill, m.list.name, who, nil)
	list := "steps." + id + "." + m.list.name + ".filter(o, o." + m.key + " != " + celValue(now) + ")"
	r := p.objectRef(m, list, description{text: d.text}, who, 0)
	return r, true
}
