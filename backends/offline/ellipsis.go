package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// ellipsis tells whether words without a lead such as "and" can be what a message
// leaves out: a noun phrase, a value that the last steps take, or a name that their
// results know. Words with a verb of their own are none.
func (p *planner) ellipsis(steps []orchestrator.Step, toks []token) bool {
	if p.ownVerb(toks) {
		return false
	}
	if len(p.mentions(&skill{}, toks)) > 0 || nounMarks[toks[0].low] && len(wordsOnly(toks)) <= 4 && !toks[0].is("all", "no", "every", "any") {
		return true
	}
	used := make([]bool, len(toks))
	for _, st := range steps {
		s := p.k.byName[st.Intent]
		if s == nil || st.Lookup {
			continue
		}
		b := newBag(p.req.Message, toks, nil)
		for name := range p.literals(s, b) {
			if sl := s.slot(name); sl.use != useProse && sl.use != useName && (sl.use != useAddress || p.addressLike(toks)) {
				for i := range used {
					used[i] = used[i] || b.used[i]
				}
			}
		}
	}
	for i, t := range toks {
		if used[i] || t.kind == tokPunct || functionWords[t.low] || ordinals[t.low] != 0 || hasKey(extremes, t.low) || t.is("one", "ones", "other", "please", "instead") {
			continue
		}
		if t.kind != tokWord || !p.knownName(t) && !p.inObject(steps, t) {
			return false
		}
	}
	return true
}

// inObject tells whether the word is the noun of what the steps are about.
func (p *planner) inObject(steps []orchestrator.Step, t token) bool { return p.keyNoun(steps, t) }

// knownName tells whether a result of the conversation has the word in its texts.
func (p *planner) knownName(t token) bool {
	if len(t.low) < 3 {
		return false
	}
	for turn := range p.turnsBack {
		for _, st := range turn.Steps {
			if textsHold(st.Result, []token{t}) {
				return true
			}
		}
	}
	return false
}

// ownVerb tells whether the words are an order or a question by themselves.
func (p *planner) ownVerb(toks []token) bool {
	w := trimPunct(toks)
	if len(w) < 2 || w[0].kind != tokWord || nounMarks[w[0].low] || pronouns[w[0].low] {
		return false
	}
	if generalVerbs[w[0].low] && !auxiliaries[w[0].low] && !w[0].is("please", "i", "where", "when", "what", "who", "which", "how", "why", "i'd", "order", "book", "contact", "return", "change", "report", "log", "file", "stop", "use", "make", "set", "put", "have", "let") {
		return p.confident(w) == nil
	}
	if w[0].is("why", "where", "when", "how") && auxiliaries[w[1].low] && len(w) > 2 {
		return true
	}
	if w[0].is("what", "who", "why", "where", "when", "how") && len(w) > 2 {
		return p.confident(w) == nil && !slices.ContainsFunc(w, func(t token) bool { return p.k.stems[t.stem] && !functionWords[t.low] })
	}
	return !p.k.stems[w[0].stem] && !functionWords[w[0].low] && !p.knownName(w[0]) && !isCapital(w[0].text) && nounMarks[w[1].low] && !w[1].is("no")
}

// addressLike tells whether the words can be a postal address: three words or more
// with a number or a comma among them, and none that no address begins with.
func (p *planner) addressLike(toks []token) bool {
	w := wordsOnly(toks)
	if len(w) < 3 || w[0].kind == tokWord && (functionWords[w[0].low] || allWords[w[0].low] || bothWords[w[0].low] || negators[w[0].low]) && !isCapital(w[0].text) || questionWords[w[0].low] || auxiliaries[w[0].low] {
		return false
	}
	if w[0].kind == tokWord && generalVerbs[w[0].low] && !isCapital(w[0].text) {
		return false
	}
	for _, t := range w {
		if t.is("except", "but", "not") || subjectPronouns[t.low] || auxiliaries[t.low] {
			return false
		}
	}
	return slices.ContainsFunc(toks, func(t token) bool { return countDigits(t.low) > 0 || t.is(",") })
}

// bareValue tells whether the whole message is a value that a waiting step has in
// another form: a new address, a new phone number, a new time.
func (p *planner) bareValue(steps []orchestrator.Step, toks []token) bool {
	for _, st := range steps {
		s := p.k.byName[st.Intent]
		if s == nil || st.Lookup || !s.Changes() {
			continue
		}
		b := newBag(p.req.Message, toks, nil)
		for name, args := range p.literals(s, b) {
			sl := s.slot(name)
			if _, ok := st.Args[name]; !ok || sl.use != useAddress && sl.use != usePhone && sl.use != useEmail {
				continue
			}
			if text := strings.TrimSpace(args[0].Text); len(text)+3 >= len(span(p.req.Message, toks)) {
				return true
			}
		}
	}
	return false
}
