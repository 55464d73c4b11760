package offline

import (
	"maps"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// plan makes the plan. The stops, in order: what an open question waits for,
// corrections, an address that was asked for earlier, a change of mind that says no more, what was done before, the message's own requests, what is left out
// because the last turn said it, small talk, and at last what can be done instead.
func (p *planner) plan() orchestrator.Plan {
	if len(wordsOnly(p.toks)) == 0 {
		return p.help()
	}
	p.reconsider()
	for _, try := range []func() (orchestrator.Plan, bool){
		p.answerQuestion, p.smallTalk, p.correct, p.onlyAddress, p.otherMind, p.remembered, p.ask, p.leftOut,
	} {
		p.steps, p.last, p.earlierTests = nil, map[string]reference{}, nil
		if plan, ok := try(); ok {
			return plan
		}
	}
	return p.refuse()
}

// ask plans the requests that the message makes itself.
func (p *planner) ask() (orchestrator.Plan, bool) {
	reqs := p.requests(p.toks)
	known := slices.ContainsFunc(reqs, func(r *request) bool { return r.rank != nil })
	if !known {
		return orchestrator.Plan{}, false
	}
	if len(reqs) == 1 && p.looksLeftOut(reqs[0]) {
		if plan, ok := p.leftOut(); ok {
			return plan, true
		}
	}
	plan := p.assemble(reqs)
	if text := p.unclear(); text != "" && p.changed(plan.Steps) {
		return orchestrator.Plan{Kind: orchestrator.PlanQuestion, Text: "I am not sure what you mean by “" + text + "”. Could you say all of it once more? Nothing was changed."}, true
	}
	if plan.Kind == orchestrator.PlanSteps && !p.inProse && p.lostCondition(plan) {
		plan.Kind = orchestrator.PlanQuestion
		plan.Text = "I am not sure what depends on which condition there. Could you say it again in two sentences, or without the condition?"
	}
	return plan, true
}

// lostCondition tells whether the message has a condition and the plan changes
// something on none: what was not understood is asked, never left out.
func (p *planner) lostCondition(plan orchestrator.Plan) bool {
	conditional := false
	for _, c := range chunks(p.toks) {
		conditional = conditional || c.kind == chunkCondition
	}
	if !conditional {
		return false
	}
	changes := false
	for _, st := range plan.Steps {
		if st.When != nil {
			return false
		}
		changes = changes || p.k.byName[st.Intent].Changes()
	}
	return changes
}

// assembly is what planning the requests of a message comes to.
type assembly struct {
	ids      [][]string // of the steps of each request
	missing  *orchestrator.Missing
	question string
	unknown  []string // requests that were not understood
	notes    []string // what is said instead of doing a part
}

// assemble makes a plan of requests.
func (p *planner) assemble(reqs []*request) orchestrator.Plan {
	var a assembly
	for i, r := range reqs {
		switch {
		case r.rank == nil:
			a.unknown = append(a.unknown, p.words(r.toks))
			a.ids = append(a.ids, nil)
			continue
		case r.not && len(r.when) == 0 && r.rank[0].skill.Changes():
			p.takeBack(r.rank[0].skill, a.ids)
			a.ids = append(a.ids, nil)
			if len(reqs) == 1 {
				return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "All right, I leave it as it is. Nothing was changed."}
			}
			continue
		case r.not && len(r.when) > 0:
			r.when = turned(r.when)
		}
		a.unknown = append(a.unknown, p.unheard(r)...)
		s, other := p.choose(r)
		if other != nil {
			return p.whichOf(r, s, other)
		}
		if plan, ok := p.prevented(s, r); ok {
			if len(reqs) == 1 {
				return plan
			}
			a.notes = append(a.notes, plan.Text)
			a.ids = append(a.ids, nil)
			continue
		}
		a.ids = append(a.ids, p.build(s, r, &a))
		if note := p.cannotNarrow(s, r); note != "" {
			a.notes = append(a.notes, note)
		}
		p.order(reqs, i, a.ids)
	}
	for i, r := range reqs {
		if r.rank != nil && p.calledOff(r) && len(reqs) > 1 {
			p.takeBack(r.rank[0].skill, a.ids[i:i+1])
		}
	}
	p.afterChanges(a.ids)
	p.sweep()
	p.dropSelfWaits()
	return p.finish(&a)
}

// finish makes a plan of the steps, or of the question that they leave open.
func (p *planner) finish(a *assembly) orchestrator.Plan {
	if a.question != "" {
		p.sort()
		return orchestrator.Plan{Kind: orchestrator.PlanQuestion, Text: a.question, Steps: p.steps, Missing: a.missing}
	}
	if len(p.steps) == 0 && len(a.notes) > 0 {
		return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: strings.Join(slices.Compact(a.notes), " ")}
	}
	if len(p.steps) == 0 {
		return p.refuse()
	}
	p.sort()
	plan := orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: p.steps}
	plan.Text = strings.Join(slices.Compact(a.notes), " ")
	if len(a.unknown) > 0 {
		plan.Text = strings.TrimSpace(plan.Text + " I did not understand “" + strings.Join(a.unknown, "” and “") + "”, so I left that out.")
	}
	return plan
}

// whichOf asks which of two intents is meant. The steps of the question are the
// choices.
func (p *planner) whichOf(r *request, a, b *skill) orchestrator.Plan {
	p.steps, p.earlierTests = nil, nil
	for _, s := range []*skill{a, b} {
		var none assembly
		p.build(s, r, &none)
	}
	p.sort()
	return orchestrator.Plan{
		Kind: orchestrator.PlanQuestion, Steps: p.steps,
		Text: "Do you want to " + brief(a.Summary) + ", or to " + brief(b.Summary) + "?",
	}
}

// build makes the steps of one request and returns their IDs, without lookups. A
// value that nobody gave becomes the assembly's question, unless one is open.
func (p *planner) build(s *skill, r *request, a *assembly) []string {
	var ids []string
	people, need := p.whom(s, newBag(p.req.Message, r.words(), r.context))
	for _, who := range people {
		ids = append(ids, p.buildFor(who, need, s, r, a)...)
	}
	return ids
}

// buildFor is build for one customer; needWho if it is not known for whom.
func (p *planner) buildFor(who string, needWho bool, s *skill, r *request, a *assembly) []string {
	b := newBag(p.req.Message, r.words(), r.context)
	if s.Subject != "" {
		p.namedPeople(s, b)
	}
	exceptional := -1
	if len(s.keys) > 0 {
		if at, n := exceptAt(b.toks[:b.own]); at > 0 {
			exceptional = at
			b.take(at, n)
			b.take(at+n, b.own-at-n) // what is left out is nothing to act on
		}
	}
	if v, at := addressIn(b, b.own, len(b.toks), p.keyAnywhere); v != "" && countDigits(v) > 0 && !s.takes(useAddress) {
		b.take(at[0], at[1]-at[0]) // its numbers name no object
	}
	lits := p.literals(s, b)
	if exceptional > 0 {
		fresh := newBag(p.req.Message, r.words(), r.context)
		copy(fresh.used, b.used[:exceptional])
		b = fresh
	}
	for _, sl := range s.slots {
		if sl.use != useKey || a.question != "" {
			continue
		}
		if len(lits[sl.name]) > 1 && s.Changes() && p.correctsItself() {
			id := p.add(orchestrator.Step{Intent: s.Name, For: who, Text: p.words(r.words())})
			a.question, a.missing = p.question(sl, id)
			return []string{id}
		}
		if bad, ok := p.badKey(s, sl, b); ok && exceptional < 0 {
			id := p.add(orchestrator.Step{Intent: s.Name, For: who, Text: p.words(r.words())})
			a.question, a.missing = p.question(sl, id)
			a.question = "“" + bad + "” is not " + withAn(withoutArticle(lowerFirst(sl.title))) + ". " + a.question
			return []string{id}
		}
	}
	versions := []map[string]orchestrator.Arg{{}}
	for name, args := range lits {
		sl := s.slot(name)
		if len(args) == 1 || sl.use != useKey && sl.kind != kindEnum {
			for _, v := range versions {
				v[name] = args[0]
			}
			continue
		}
		versions = nil
		for _, arg := range args {
			versions = append(versions, map[string]orchestrator.Arg{name: arg})
		}
	}
	if len(versions) > 1 {
		for _, v := range versions {
			for name, args := range lits {
				if _, ok := v[name]; !ok {
					v[name] = args[0]
				}
			}
		}
	}
	var ref reference
	refIsObject := false // ref is an object that a list shows, not a seat or a size
	of := []reference{}  // the object of each version
	for _, sl := range s.slots {
		if _, ok := versions[0][sl.name]; ok || !sl.refers() {
			if ok && sl.refers() && len(versions) == 1 {
				one := reference{arg: versions[0][sl.name], who: who}
				p.last[sl.name] = one
				if ref.arg.Value == nil && ref.arg.Ref == "" || len(sl.makers) > 0 && !refIsObject {
					ref, refIsObject = one, len(sl.makers) > 0
				}
			}
			continue
		}
		refs, unknown := p.key(s, sl, r, b, who)
		if unknown && sl.required && len(refs) == 0 {
			continue
		}
		if len(refs) == 0 {
			continue
		}
		if !refIsObject {
			ref, refIsObject = refs[0], len(sl.makers) > 0
		}
		p.last[sl.name] = refs[0]
		base := versions
		versions, of = nil, nil
		for _, one := range refs {
			for _, v := range base {
				c := maps.Clone(v)
				c[sl.name] = one.arg
				versions = append(versions, c)
				of = append(of, one)
			}
		}
	}
	p.toldOf(s, b, who)
	p.names(s, b, ref, versions)
	p.known(s, b, who, versions)
	p.lastNamed(s, b, versions)
	var ids []string
	for i, args := range versions {
		if len(args) == 0 {
			args = nil
		}
		one := ref
		if len(of) == len(versions) {
			one = of[i]
		} else if len(versions) > 1 && len(s.keys) > 0 {
			one = reference{arg: args[s.keys[0].name], who: who}
		}
		st := orchestrator.Step{Intent: s.Name, For: who, Args: args, Text: p.words(r.words())}
		if !p.conditions(&st, s, r, one, who, a) {
			st.When = &orchestrator.Condition{Text: p.clauseText(r.when[0])}
		} else if one.guard != "" {
			guarded(&st, one)
		}
		ids = append(ids, p.add(st))
	}
	p.open(s, ids, versions, needWho, a)
	return ids
}

// open asks for the first thing that a step lacks, if no question is open yet.
func (p *planner) open(s *skill, ids []string, versions []map[string]orchestrator.Arg, needWho bool, a *assembly) {
	if a.question != "" || len(ids) == 0 {
		return
	}
	if needWho {
		a.question = "Which customer is it about? An email address or a full name will do."
		a.missing = &orchestrator.Missing{Step: ids[0], Param: s.Subject}
		return
	}
	for _, sl := range s.slots {
		if _, ok := versions[0][sl.name]; !ok && sl.required {
			a.question, a.missing = p.question(sl, ids[0])
			return
		}
	}
}

// names fills the text parameters that are left: what the object's description
// named inside it, or what is left of the words.
func (p *planner) names(s *skill, b *bag, ref reference, versions []map[string]orchestrator.Arg) {
	for _, sl := range s.slots {
		if sl.use != useName {
			continue
		}
		if _, ok := versions[0][sl.name]; ok {
			continue
		}
		v := ""
		switch {
		case ref.inner != "" && ref.holdsPart(sl.name):
			v = ref.inner
		case sl.required:
			v, _ = p.fillName(s, sl, b)
		case p.namesPart(s, sl):
			for _, key := range s.keys {
				var ws []string
				for _, w := range p.describe(s, key, b).words {
					ws = append(ws, w.low)
				}
				v = strings.Join(ws, " ")
			}
		default:
			for i, t := range b.toks[:b.own] {
				if t.kind == tokQuoted && !b.used[i] {
					v = t.text
				}
			}
		}
		if v == "" {
			continue
		}
		for _, args := range versions {
			args[sl.name] = orchestrator.Arg{Value: v, Text: v}
		}
	}
}

// namesPart tells whether the parameter names a part of the intent's object, which
// lists of such objects show.
func (p *planner) namesPart(s *skill, sl *slot) bool {
	for _, key := range s.keys {
		if len(key.makers) > 0 && (reference{fields: key.makers[0].list.sub}).holdsPart(sl.name) {
			return true
		}
	}
	return false
}

// holdsPart tells whether the object has a list of what the parameter names: items
// for item.
func (r reference) holdsPart(param string) bool {
	return slices.ContainsFunc(r.fields, func(f *field) bool {
		return (f.kind == kindObjects || f.kind == kindTexts) && stem(f.name) == stem(param)
	})
}

// words returns the user's own words for some tokens.
func (p *planner) words(toks []token) string { return span(p.req.Message, toks) }
