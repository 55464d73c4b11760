package offline

import "fmt"

// quantified finds a condition on how many objects of a list are so: "at least 2
// orders are processing", "none of my orders has shipped". noun is where the name
// of the list stands, -1 if there is no such condition.
func (p *planner) quantified(toks []token) (noun int) {
	for k, t := range toks {
		if k == 0 || t.kind != tokWord || !p.listNoun(t) {
			continue
		}
		if k > 1 && placed(toks[:k]) {
			continue
		}
		if count, ok := countIn(toks[:k]); ok && count != "" {
			return k
		}
	}
	return -1
}

// placed tells whether a preposition of place stands closer to the end than any number:
// "more than 500 on my checking …".
func placed(toks []token) bool {
	for i := len(toks) - 1; i >= max(0, len(toks)-4); i-- {
		if toks[i].is("on", "in", "at", "from", "with") {
			return true
		}
		if _, ok := numberOf(toks[i].low); ok || toks[i].is("of", "any", "no", "all", "none") {
			return false
		}
	}
	return false
}

// listNoun tells whether the word names a list that can be read at once.
func (p *planner) listNoun(t token) bool {
	for _, s := range p.k.skills {
		if !s.free() {
			continue
		}
		for _, f := range s.lists() {
			if lastStem(f.name) == t.stem {
				return true
			}
		}
	}
	return false
}

// countIn reads how many are meant before the noun, as the end of an expression
// over their number; "all" stands for itself.
func countIn(toks []token) (count string, ok bool) {
	if len(toks) > 8 {
		toks = toks[len(toks)-8:]
	}
	op, at, n := comparator(toks)
	from := 0
	if op != "" {
		from = at + n
	}
	if q, found := quantityIn(toks, from); found && !q.time && q.unit == "" && (op != "" || len(toks)-q.at <= 4) {
		if op == "" {
			op = "=="
			if q.next+1 < len(toks) && toks[q.next].is("or") && toks[q.next+1].is("more") {
				op = ">="
			}
		}
		return op + " " + celNumber(q.value), true
	}
	for i, t := range toks {
		switch {
		case t.is("none", "no", "neither"):
			return "== 0", true
		case t.is("any", "some", "either"):
			if i > 0 && negators[toks[i-1].low] {
				return "== 0", true
			}
			return "> 0", true
		case t.is("all", "every", "each", "both"):
			if i > 0 && negators[toks[i-1].low] {
				return "not all", true
			}
			return "all", true
		case t.is("a", "an") && i > 0 && i+1 == len(toks) && (haveForms[toks[i-1].low] || toks[i-1].is("is")):
			if isNegated(toks) {
				return "== 0", true
			}
			return "> 0", true
		}
	}
	return "", false
}

// counted writes a condition on how many objects of a list are so.
func (p *planner) counted(toks []token, noun int, sc scope, list *field, main, key string) (string, bool) {
	if lastStem(list.name) != toks[noun].stem {
		return "", false
	}
	count, ok := countIn(toks[:noun])
	if !ok || count == "" {
		return "", false
	}
	var tests []string
	x := sc.at(list)
	for i, t := range toks[:noun] {
		if sw, ok := statusIn(list.sub, toks[:noun+1], i); ok {
			tests = append(tests, "o."+sw.field.name+" == "+celValue(sw.value.value))
		}
		if t.is("other") {
			if main == "" {
				return "", false
			}
			tests = append(tests, "o."+key+" != "+main)
		}
	}
	after := trimPunct(toks[noun+1:])
	if len(after) > 0 && after[0].is("that", "which") {
		after = after[1:]
	}
	if len(after) > 0 {
		negated := isNegated(toks[:noun])
		if negated && count != "== 0" && count != "not all" {
			return "", false
		}
		t, ok := p.condition(after, scope{expr: "o", fields: list.sub})
		if !ok {
			return "", false
		}
		if count == "all" || count == "not all" {
			if len(tests) > 0 {
				return "", false
			}
			if count == "not all" {
				x = "!" + x
			}
			return x + ".all(o, " + t.expr + ")", true
		}
		tests = append(tests, t.expr)
	}
	if count == "all" || count == "not all" {
		return "", false
	}
	for i, e := range tests {
		if len(tests) > 1 && !isSimple(e) {
			tests[i] = "(" + e + ")"
		}
	}
	if len(tests) > 0 {
		x = fmt.Sprintf("%s.filter(o, %s)", x, joinAll(tests, " && "))
	}
	return "size(" + x + ") " + count, true
}
