package offline

import "slices"

// unheard takes from a request the stretches after or before an "and" that ask for
// something of their own which its intent knows nothing of, and returns them: what is
// not understood is said, never passed over.
func (p *planner) unheard(r *request) []string {
	s := r.rank[0].skill
	if r.lent != nil || slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.use == useProse && sl.required }) || p.k.examples[joinLow(r.toks)] {
		return nil
	}
	if p.foreignRequest(s, r.context) && !p.holdsValues(s, r.context) {
		words := p.words(r.context)
		r.context = nil
		return append(p.unheard(r), words)
	}
	if slices.ContainsFunc(r.toks, func(t token) bool { return t.is("because", "since", ":") || t.kind == tokQuoted }) {
		return nil
	}
	var out []string
	var kept []token
	for _, part := range r.parts {
		if p.foreignRequest(s, part) && !p.holdsValues(s, part) {
			out = append(out, p.words(part))
			continue
		}
		kept = append(kept, part...)
	}
	if len(out) == 0 || len(wordsOnly(kept)) == 0 || p.confident(kept) == nil || p.rank(kept)[0].skill != s {
		return nil
	}
	r.toks, r.parts = kept, nil
	return out
}

// foreignRequest tells whether the words ask for something, by a question or an order
// of their own, and none of them that says what for is one of the intent's.
func (p *planner) foreignRequest(s *skill, toks []token) bool {
	w := trimGreeting(trimPunct(toks))
	if len(w) < 3 || p.startOf(toks) != startRequest && !wanting[w[0].low] && !questionWords[w[0].low] {
		return false
	}
	asks := questionWords[w[0].low] && (auxiliaries[w[1].low] || w[1].is("many", "much", "long", "old"))
	wants := wanting[w[0].low] || w[0].is("i", "we") && wanting[w[1].low]
	if !asks && !wants || asks && w[0].is("how") && w[1].is("is", "are") {
		return false
	}
	content := 0
	for _, t := range w[1:] {
		if t.kind != tokWord || functionWords[t.low] || wanting[t.low] {
			continue
		}
		if p.knows(s, t) {
			return false
		}
		content++
	}
	return content > 0
}

// holdsValues tells whether the words give a value to a parameter of the intent.
func (p *planner) holdsValues(s *skill, toks []token) bool {
	for name := range p.literals(s, newBag(p.req.Message, toks, nil)) {
		if sl := s.slot(name); sl.use != useProse && sl.use != useName {
			return true
		}
	}
	return false
}
