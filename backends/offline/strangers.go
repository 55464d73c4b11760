package offline

import "slices"

// dealing are verbs for doing business, which no intent stands for that does not say
// so itself.
var dealing = set("buy purchase pay sell hire rent borrow lend book reserve repair fix")

// strangeDeed tells whether the words order a deal by a verb with which no example of
// the intent begins: "buy a new kettle" where it changes a phone number, "pay my
// invoice" where it lists how one can pay.
func (p *planner) strangeDeed(s *skill, w []token) bool {
	if len(w) < 2 || !dealing[w[0].low] || !nounMarks[w[1].low] && !w[1].is("new", "some", "more", "me") || s.nameStems[0] == w[0].stem {
		return false
	}
	return !s.startsWith(w[0])
}

// startsWith tells whether an example of the intent orders by the verb.
func (s *skill) startsWith(verb token) bool {
	return slices.ContainsFunc(s.Examples, func(ex string) bool {
		toks := trimGreeting(tokenize(ex))
		for _, t := range toks[:min(len(toks), 5)] {
			if t.stem == verb.stem {
				return toks[0].stem == verb.stem || s.Changes()
			}
		}
		return false
	})
}

// strangePlace tells whether the words say, after a preposition, where or to whom
// something is to be done that the catalog has never heard of, and no parameter could
// hold it: "unsubscribe from netflix", "complain to my neighbour".
func (p *planner) strangePlace(s *skill, w []token) bool {
	if !s.Changes() || len(w) < 3 || !p.k.verbs[w[0].low] && !s.known[w[0].stem] {
		return false
	}
	foreign := func(t token) bool {
		return t.kind == tokWord && !functionWords[t.low] && countDigits(t.low) == 0 && !p.k.stems[t.stem] && !p.k.verbs[t.low] && !p.knows(s, t)
	}
	for i := 1; i+1 < min(len(w), 4); i++ {
		if !w[i].is("from", "to", "at") {
			continue
		}
		switch {
		case len(s.slots) == 0 && i+2 == len(w) && foreign(w[i+1]):
			return true
		case s.takes(useProse) && i == 1 && w[1].is("to") && w[2].is("my", "his", "her", "our") && i+2 < len(w) && w[i+2].kind == tokWord && !functionWords[w[i+2].low] && !p.knows(s, w[i+2]) && !s.takes(useName):
			return true
		}
	}
	return false
}

// tellsOnly tells whether the words state how something is, "my phone is broken", and
// give none of the values that the intent needs: nobody asked to set one.
func (p *planner) tellsOnly(s *skill, r *request) bool {
	w := strip(r.toks)
	if !s.Changes() || len(r.context) > 0 || len(r.when) > 0 || len(w) < 3 || len(w) > 7 || !w[0].is("my", "the", "our") || has(r.toks, "?") || len(s.keys) > 0 || s.takes(useProse) || !slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.required }) {
		return false
	}
	last := w[len(w)-1]
	if !slices.ContainsFunc(w[1:len(w)-1], func(t token) bool { return beForms[t.low] }) || last.is("wrong", "outdated", "incorrect", "old", "new", "different", "changed", "invalid") || s.known[last.stem] {
		return false
	}
	return len(p.literals(s, newBag(p.req.Message, r.toks, nil))) == 0
}

// asksTheWorld tells whether the words ask for something of what the intent knows
// nothing of, though it tells only of the customer: "the address of the White House".
func (p *planner) asksTheWorld(s *skill, w []token) bool {
	if s.Changes() || s.Subject == "" || len(s.slots) > 0 {
		return false
	}
	for i := 1; i+2 < len(w); i++ {
		if !w[i].is("of") || !w[i+1].is("the", "a", "an") {
			continue
		}
		return !slices.ContainsFunc(w[i+2:], func(t token) bool {
			return t.kind != tokWord || functionWords[t.low] || s.nameStems[len(s.nameStems)-1] == t.stem
		}) && slices.ContainsFunc(w[i+2:], func(t token) bool { return !p.k.stems[t.stem] || isCapital(t.text) })
	}
	return false
}
