package offline

import "banyan/orchestrator"

// onlyAddress takes a message that is nothing but a postal address for the answer to
// the question after one that was asked a few turns ago: the numbers in it are no
// identifiers. If none was asked for, what to do with it is.
func (p *planner) onlyAddress() (orchestrator.Plan, bool) {
	w := trimPunct(p.toks)
	b := newBag(p.req.Message, w, nil)
	from := addressStart(b)
	if from >= len(w) {
		return orchestrator.Plan{}, false
	}
	street := p.address(w[from:])
	if street == nil || len(street) != len(w)-from || countDigits(street[0].low) == 0 && !isCapital(street[0].text) {
		return orchestrator.Plan{}, false
	}
	taken := false
	for _, s := range p.k.skills {
		taken = taken || s.takes(useAddress)
	}
	if !taken {
		return orchestrator.Plan{}, false
	}
	back := 0
	for t := range p.turnsBack {
		if back++; back > 3 {
			break
		}
		if t.Kind != orchestrator.KindQuestion || t.Plan == nil || t.Plan.Missing == nil {
			continue
		}
		p.steps = cloneSteps(t.Plan.Steps)
		st := p.step(t.Plan.Missing.Step)
		if st == nil || p.k.byName[st.Intent] == nil {
			continue
		}
		if sl := p.k.byName[st.Intent].slot(t.Plan.Missing.Param); sl != nil && sl.use == useAddress {
			v := p.words(street)
			p.put(st.ID, sl.name, orchestrator.Arg{Value: v, Text: v})
			return p.complete(), true
		}
	}
	if from > 0 {
		return orchestrator.Plan{}, false // it says what it is for
	}
	return orchestrator.Plan{Kind: orchestrator.PlanQuestion, Text: "What is to be done with the address “" + p.words(street) + "”? Nothing was changed."}, true
}

var changedMind = newPhrases("changed my mind about", "have changed my mind about", "changed my mind on", "have changed my mind on", "had second thoughts about", "have second thoughts about", "am having second thoughts about", "having second thoughts about")

// otherMind asks what is to be done where a message says that somebody has thought
// again about a thing, and no more: that may be anything.
func (p *planner) otherMind() (orchestrator.Plan, bool) {
	w := strip(p.toks)
	for len(w) > 1 && (w[0].is("i", "we") || corrections.at(w, 0) == 1) {
		w = w[1:]
	}
	n := changedMind.at(w, 0)
	rest := trimPunct(w[n:])
	if n == 0 || len(rest) == 0 || len(rest) > 5 || !nounMarks[rest[0].low] && countDigits(rest[len(rest)-1].low) == 0 || p.exampleOf() {
		return orchestrator.Plan{}, false
	}
	for _, t := range rest {
		if t.kind == tokPunct || auxiliaries[t.low] || subjectPronouns[t.low] {
			return orchestrator.Plan{}, false
		}
	}
	return orchestrator.Plan{Kind: orchestrator.PlanQuestion, Text: "What shall I do about “" + p.words(rest) + "” now? Nothing was changed."}, true
}
