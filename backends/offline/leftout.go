package offline

import (
	"maps"
	"slices"
	"strings"

	"banyan/orchestrator"
)

var (
	corrections = newPhrases(
		"no i meant", "no i mean", "i meant", "i mean", "sorry i meant", "sorry i mean", "no sorry", "no not", "no the", "no", "nope", "actually i meant", "actually", "wait", "no wait", "make it", "make that", "change it to",
		"rather", "sorry", "correction", "i meant to say", "oops", "not that one", "not that", "wrong one", "use", "better", "let us say", "that should be", "it should be", "instead",
	)
	leftOutOpeners = newPhrases(
		"and", "what about", "how about", "and what about", "and how about", "or", "what of", "and for", "same for", "the same for", "and the same for", "and also", "also", "likewise for", "do the same for", "do the same with", "same with", "and then", "then what about", "but what about", "ok and", "okay and", "what if", "and is", "now", "now for", "only", "just", "now only", "but only", "and only", "ok what about", "okay what about", "and with",
	)
)

// earlier returns the steps of the last turn that had any, and whether they still
// wait for a yes.
func (p *planner) earlier() (steps []orchestrator.Step, waiting bool) {
	back := 0
	for t := range p.turnsBack {
		back++
		if back > 3 {
			break
		}
		waiting = t.Kind == orchestrator.KindConfirmation && back == 1
		if t.Plan != nil && len(t.Plan.Steps) > 0 && t.Plan.Kind == orchestrator.PlanSteps {
			return cloneSteps(t.Plan.Steps), waiting
		}
		for _, st := range t.Steps {
			step := orchestrator.Step{ID: st.ID, Intent: st.Intent, For: st.For, Lookup: st.Lookup, Text: st.Text}
			for name, v := range st.Args {
				if step.Args == nil {
					step.Args = map[string]orchestrator.Arg{}
				}
				step.Args[name] = orchestrator.Arg{Value: v}
			}
			steps = append(steps, step)
		}
		if len(steps) > 0 {
			return steps, waiting
		}
		if t.Kind == orchestrator.KindQuestion && t.Plan != nil && len(t.Plan.Steps) > 0 {
			return cloneSteps(t.Plan.Steps), false
		}
	}
	return nil, false
}

// onlyOne keeps, of several changes that wait for a yes, the one that the words
// name.
func (p *planner) onlyOne(steps []orchestrator.Step, toks []token) (orchestrator.Plan, bool) {
	best, most, writes := -1, 0, 0
	for i, st := range steps {
		s := p.k.byName[st.Intent]
		if s == nil || !s.Changes() {
			continue
		}
		writes++
		n := 0
		for _, t := range toks {
			if functionWords[t.low] {
				continue
			}
			for _, part := range s.nameStems {
				if related(part, t.stem) {
					n += 2
				}
			}
			for _, a := range st.Args {
				if slices.ContainsFunc(tokenize(a.Text), func(w token) bool { return w.low == t.low || w.kind == tokWord && w.stem == t.stem }) {
					n++
				}
			}
		}
		if n > most {
			best, most = i, n
		}
	}
	if best < 0 || writes < 2 {
		return orchestrator.Plan{}, false
	}
	for i, st := range steps {
		if s := p.k.byName[st.Intent]; i == best || s != nil && !s.Changes() && st.Lookup {
			p.steps = append(p.steps, st)
		}
	}
	p.dropUnknownWaits()
	return p.complete(), true
}

// looksLeftOut tells whether a request that was understood is only a new value for
// the last one: "and the kettle?", not "and my points?".
func (p *planner) looksLeftOut(r *request) bool {
	if len(p.req.Conversation) == 0 {
		return false
	}
	n := leftOutOpeners.at(p.toks, 0)
	rest := trimPunct(p.toks[n:])
	if steps, _ := p.earlier(); len(r.when) == 0 && p.refines(steps, rest) {
		return true
	}
	if n == 0 && len(wordsOnly(rest)) > 4 || len(r.when) > 0 || len(rest) == 0 {
		return false
	}
	if n == 0 && p.starts(rest) || p.exampleOf() {
		return false
	}
	steps, _ := p.earlier()
	top := r.rank[0].skill
	if top.free() && len(top.lists()) > 0 && slices.ContainsFunc(rest, func(t token) bool { return p.makes(top, t) && stripPlural(t.low) != t.low }) && !slices.ContainsFunc(steps, func(st orchestrator.Step) bool { return st.Intent == top.Name }) {
		return false
	}
	for _, t := range rest {
		if t.kind != tokWord || functionWords[t.low] || !top.vocab[t.stem] {
			continue
		}
		if !p.keyNoun(steps, t) {
			return false
		}
	}
	if n > 0 && len(rest) > 1 && p.k.verbs[rest[0].low] && !nounMarks[rest[0].low] && !functionWords[rest[0].low] {
		return false
	}
	return true
}

// keyNoun tells whether the word is the thing that the last steps' keys name.
func (p *planner) keyNoun(steps []orchestrator.Step, t token) bool {
	for _, st := range steps {
		s := p.k.byName[st.Intent]
		if s == nil {
			continue
		}
		for _, sl := range s.keys {
			if stem(sl.noun()) == t.stem || sl.words[t.stem] >= inTitle {
				return true
			}
		}
	}
	return false
}

// leftOut completes a message that leaves out what the last turn said: "and the
// kettle?", "what about 1002?".
func (p *planner) leftOut() (orchestrator.Plan, bool) {
	steps, _ := p.earlier()
	n := leftOutOpeners.at(p.toks, 0)
	rest := trimPunct(p.toks[n:])
	if len(steps) == 0 || len(rest) == 0 || len(wordsOnly(rest)) > 8 || p.conditional() {
		return orchestrator.Plan{}, false
	}
	if n == 0 && len(wordsOnly(rest)) > 4 {
		return orchestrator.Plan{}, false
	}
	if p.refines(steps, rest) {
		return p.replay(steps, rest, false)
	}
	if n == 0 && !p.ellipsis(steps, rest) || n > 0 && p.ownVerb(rest) {
		return orchestrator.Plan{}, false
	}
	return p.replay(steps, rest, false)
}

// replay plans the last of the steps again that the words give a new value for. If
// all is true the other steps stay in the plan.
func (p *planner) replay(steps []orchestrator.Step, toks []token, all bool) (orchestrator.Plan, bool) {
	for i := len(steps) - 1; i >= 0; i-- {
		st := steps[i]
		s := p.k.byName[st.Intent]
		if st.Lookup || s == nil {
			continue
		}
		p.steps = nil
		for j, other := range steps {
			if other.Lookup || all && j != i {
				p.steps = append(p.steps, other)
			}
		}
		var a assembly
		id, ok := p.again(s, st, toks, &a)
		if !ok {
			id, ok = p.oneOf(s, st, toks)
		}
		if !ok {
			continue
		}
		p.dropUnknownWaits()
		if a.question != "" {
			p.sweep()
			return p.finish(&a), true
		}
		_ = id
		return p.complete(), true
	}
	return orchestrator.Plan{}, false
}

// oneOf reads the object that the words describe, of those that the last step listed:
// "and the cardiologist?" after a list of appointments.
func (p *planner) oneOf(s *skill, st orchestrator.Step, toks []token) (string, bool) {
	if len(s.lists()) == 0 {
		return "", false
	}
	for _, d := range p.k.skills {
		key := d.soleKey()
		if d.Effect != orchestrator.Read || key == nil || !d.describes(key) || !slices.ContainsFunc(key.makers, func(m maker) bool { return m.skill == s }) {
			continue
		}
		desc := p.describe(d, key, newBag(p.req.Message, toks, nil))
		if desc.empty() && !desc.other || desc.plural {
			continue
		}
		refs, unknown := p.resolve(key, desc, st.For)
		if unknown || len(refs) != 1 {
			continue
		}
		return p.add(orchestrator.Step{Intent: d.Name, For: st.For, Args: map[string]orchestrator.Arg{key.name: refs[0].arg}, Text: p.words(toks)}), true
	}
	return "", false
}

// dropUnknownWaits takes out waits for steps that are not in the plan.
func (p *planner) dropUnknownWaits() {
	for i := range p.steps {
		p.steps[i].After = slices.DeleteFunc(p.steps[i].After, func(id string) bool { return p.step(id) == nil })
	}
}

// again adds a step like st with the values that the words give; false if they
// give none.
func (p *planner) again(s *skill, st orchestrator.Step, toks []token, a *assembly) (string, bool) {
	b := newBag(p.req.Message, toks, nil)
	args := maps.Clone(st.Args)
	if args == nil {
		args = map[string]orchestrator.Arg{}
	}
	changed := false
	who := st.For
	if s.Subject != "" {
		if named := p.namedPerson(s, b); named != "" {
			who, changed = named, true
			for _, sl := range s.slots {
				if sl.use == useKey {
					delete(args, sl.name)
				}
			}
		}
	}
	if n := len(wordsOnly(toks)); !changed && s.Subject != "" && p.req.User.Staff() && n <= 2 && n > 0 && p.strangers(toks) {
		who, changed = p.words(toks), true
	}
	if p.shiftTimes(s, b, args) {
		changed = true
	}
	for name, found := range p.literals(s, b) {
		args[name] = found[0]
		changed = true
	}
	if !changed && onlyCapitals(toks) && s.wantsName() && p.renamed(s, st, b, args) {
		changed = true
		b.take(0, b.own)
	}
	var ref reference
	for _, sl := range s.slots {
		if sl.use != useKey || !sl.required {
			continue
		}
		if v, ok := args[sl.name]; ok && v.Text != st.Args[sl.name].Text && v.Ref == "" {
			ref = reference{arg: v, who: who}
			continue
		}
		if v, ok := args[sl.name]; ok {
			ref = reference{arg: v, who: who}
			if v.Value != nil {
				p.last[sl.name] = ref
			}
		}
		d := p.describe(s, sl, b)
		if _, ok := args[sl.name]; ok && d.empty() && !d.other {
			continue
		}
		refs, unknown := p.resolve(sl, d, who)
		if unknown || len(refs) == 0 {
			continue
		}
		ref = refs[0]
		args[sl.name], changed = ref.arg, true
		for _, part := range s.slots {
			if _, ok := args[part.name]; ok && ref.inner != "" && ref.holdsPart(part.name) {
				args[part.name] = orchestrator.Arg{Value: ref.inner, Text: ref.inner}
			}
		}
	}
	if !changed {
		changed = p.renamed(s, st, b, args) || !s.Changes() && s.shows(toks)
	}
	if !changed {
		return "", false
	}
	next := orchestrator.Step{Intent: s.Name, For: who, Args: args, Text: p.words(toks), After: st.After}
	r := &request{}
	if st.When != nil {
		text, negated := strings.CutPrefix(st.When.Text, "unless ")
		r.when = []clause{{toks: p.k.mend(tokenize(text)), negated: negated, text: text}}
		if !p.conditions(&next, s, r, ref, who, a) {
			next.When = &orchestrator.Condition{Text: st.When.Text}
		}
	}
	return p.add(next), true
}

// onlyCapitals tells whether the words are a name and nothing else.
func onlyCapitals(toks []token) bool {
	for _, t := range toks {
		if t.kind != tokPunct && (t.kind != tokWord || !isCapital(t.text)) {
			return false
		}
	}
	return len(wordsOnly(toks)) > 0
}

// strangers tells whether the words are names: neither English glue nor of the
// catalog.
func (p *planner) strangers(toks []token) bool {
	for _, t := range toks {
		if t.kind == tokPunct {
			continue
		}
		if t.kind != tokWord || p.k.inLex[t.low] || functionWords[t.low] || countDigits(t.low) > 0 {
			return false
		}
	}
	return true
}

// renamed takes the words as a new value for the step's text parameter.
func (p *planner) renamed(s *skill, st orchestrator.Step, b *bag, args map[string]orchestrator.Arg) bool {
	for _, sl := range s.slots {
		if _, ok := st.Args[sl.name]; !ok || sl.use != useName && sl.use != useAddress {
			continue
		}
		if sl.use == useAddress {
			from := addressStart(b)
			if v := b.text(from, len(b.toks)); len(wordsOnly(b.toks[from:])) > 1 && p.addressLike(b.toks[from:]) {
				args[sl.name] = orchestrator.Arg{Value: v, Text: v}
				return true
			}
			continue
		}
		if v, ok := p.fillName(s, sl, b); ok {
			args[sl.name] = orchestrator.Arg{Value: v, Text: v}
			return true
		}
	}
	return false
}
