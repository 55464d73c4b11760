package offline

import "strings"

// past tells whether the field says when something has happened.
func (f *field) past() bool {
	first, _, _ := strings.Cut(f.name, "_")
	return strings.HasSuffix(first, "ed") && len(first) > 3 || irregular[first] != "" && irregular[first] != first
}

// saysFuture tells whether a clause speaks of what is to come: "it will arrive",
// "it arrives within 5 days".
func saysFuture(toks []token) bool {
	for i, t := range toks {
		if t.is("will", "arrives", "comes", "gets", "ships", "leaves", "going", "shall", "reaches", "come", "upcoming", "expected", "due") && !(t.is("will") && i > 0 && toks[i-1].is("the")) {
			return true
		}
		if t.is("arrive", "ship", "leave") && i > 0 && toks[i-1].is("can", "could", "might", "may", "should", "would", "to") {
			return true
		}
	}
	return false
}

// able tells whether a clause says what can be done with a thing rather than what
// has been: "it can still be cancelled".
func able(toks []token) bool {
	for i, t := range toks {
		if !t.is("can", "could", "may", "might", "should", "must", "would") {
			continue
		}
		for _, u := range toks[i+1 : min(i+4, len(toks))] {
			if u.is("be", "get") {
				return true
			}
		}
	}
	return false
}

// measured tells whether a clause has a day, a span of time or a comparison in it,
// which a test of a state would lose.
func (p *planner) measured(toks []token) bool {
	for _, m := range moments(toks, p.req.Now) {
		if !m.day.IsZero() {
			return true
		}
	}
	if op, at, n := comparator(toks); op != "" {
		if q, ok := quantityIn(toks, at+n); ok && q.at <= at+n+2 {
			return true
		}
	}
	q, ok := quantityIn(toks, 0)
	return ok && q.time
}
