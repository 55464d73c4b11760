package offline

import (
	"slices"
	"strings"
)

// decideParts writes a condition of several clauses that have each a verb of their
// own, and so perhaps a subject of their own. done is false if it is one clause.
func (p *planner) decideParts(c clause, s *skill, ref reference, who string) (expr string, done, ok bool) {
	parts, ops := splitCondition(c.toks)
	if len(parts) < 2 || has(c.toks, "neither") || has(c.toks, "nor") {
		return "", false, false
	}
	for _, part := range parts {
		if bareParts([][]token{part}) || len(part) < 2 {
			return "", false, false
		}
	}
	if p.quantified(c.toks) < 0 && !p.ownSubjects(parts) {
		return "", false, false
	}
	var exprs []string
	for _, part := range parts {
		e, ok := p.decide(clause{toks: part, text: c.text}, s, ref, who)
		if !ok {
			return "", true, false
		}
		exprs = append(exprs, e)
	}
	expr = "(" + joinTests(exprs, ops) + ")"
	if c.negated {
		expr = "!" + expr
	}
	return expr, true, true
}

// ownSubjects tells whether a clause after the first speaks of something else than
// "it".
func (p *planner) ownSubjects(parts [][]token) bool {
	for _, part := range parts[1:] {
		if sub := subjectOf(part); len(sub) > 0 && !sub[0].is("it", "they", "that") {
			return true
		}
	}
	return false
}

// decideCount writes a condition on how many objects there are.
func (p *planner) decideCount(c clause, noun int, s *skill, ref reference, who string) (string, bool) {
	main, key := "", ""
	for _, sl := range s.keys {
		if len(sl.makers) > 0 {
			key = sl.makers[0].key
			if main = ref.arg.Ref; main == "" && ref.arg.Value != nil {
				main = celValue(ref.arg.Value)
			}
		}
	}
	for _, free := range p.k.skills {
		if !free.free() {
			continue
		}
		for _, list := range free.lists() {
			expr, ok := p.counted(c.toks, noun, scope{expr: hole, fields: free.fields}, list, main, key)
			if !ok {
				continue
			}
			if c.negated {
				expr = negate(expr)
			}
			id := p.lookup(free, lookupName(free), who, nil)
			return strings.ReplaceAll(expr, hole, "steps."+id), true
		}
	}
	return "", false
}

// partSpokenOf returns the words that name a part of the object whose price or
// number a condition is about: "the poles cost more than 60"; "they", where the
// request is about a part.
func (p *planner) partSpokenOf(toks []token, s *skill, ref reference) []token {
	subject := subjectOf(toks)
	if len(subject) == 0 || len(s.keys) == 0 && ref.key == "" {
		return p.countedThing(toks)
	}
	if len(subject) == 1 && pronouns[subject[0].low] || subject[0].is("they") {
		for _, sl := range s.slots {
			if sl.use == useName && ref.inner != "" && ref.holdsPart(sl.name) {
				return tokenize(ref.inner)
			}
		}
		return nil
	}
	var key *slot
	if len(s.keys) > 0 {
		key = s.keys[0]
	} else {
		return nil
	}
	d := p.describe(s, key, newBag(p.req.Message, subject, nil))
	if d.noun || d.ordinal != 0 || slices.ContainsFunc(subject, p.fieldNoun) {
		return nil
	}
	if len(d.words) == 0 {
		return p.countedThing(toks)
	}
	return d.words
}

// countedThing returns the noun after a number that is neither a unit nor a list:
// "more than 5 socks".
func (p *planner) countedThing(toks []token) []token {
	q, ok := quantityIn(toks, 0)
	if !ok || q.unit != "" || q.next >= len(toks) {
		return nil
	}
	t := toks[q.next]
	if t.kind != tokWord || functionWords[t.low] || months[t.low] != 0 || weekdays[t.low] != 0 || timeWords[t.low] || p.listNoun(t) || costWords[t.low] || p.fieldNoun(t) {
		return nil
	}
	return []token{t}
}

// fieldNoun tells whether a number or a list of the catalog is called so.
func (p *planner) fieldNoun(t token) bool {
	var in func(fs []*field) bool
	in = func(fs []*field) bool {
		for _, f := range fs {
			if (f.kind == kindInteger || f.kind == kindNumber || f.kind == kindObjects || f.kind == kindTexts) && (f.words[t.stem] >= inTitle || stem(strings.ToLower(f.unit)) == t.stem) || in(f.sub) {
				return true
			}
		}
		return false
	}
	for _, s := range p.k.skills {
		if in(s.fields) {
			return true
		}
	}
	return false
}

// partTest writes a comparison of the price or the number of a part. The question
// mark stands for the operator and the value.
func (sc scope) partTest(part []token, money bool) string {
	for _, f := range sc.fields {
		if f.kind != kindObjects {
			continue
		}
		text := containsAll(part, "i", f.sub)
		if text == "" {
			continue
		}
		if strings.Contains(text, " || ") {
			text = "(" + text + ")"
		}
		for _, g := range f.sub {
			if g.optional || keyLike(g.name) || money != isMoney(g, f.sub) || g.kind != kindNumber && g.kind != kindInteger {
				continue
			}
			return guard(sc, f, sc.at(f)+".exists(i, "+text+" && i."+g.name+" ?)")
		}
	}
	return ""
}

// positive takes the negation out of a clause: "it has not shipped yet" becomes
// "it has shipped".
func positive(text string) string {
	text = strings.ReplaceAll(text, "’", "'")
	for _, r := range [][2]string{{"won't", "will"}, {"can't", "can"}, {"cannot", "can"}, {"ain't", "is"}, {"n't", ""}, {" not", ""}, {" never", ""}} {
		if strings.Contains(text, r[0]) {
			text = strings.Replace(text, r[0], r[1], 1)
			break
		}
	}
	return strings.TrimSuffix(strings.TrimSpace(text), " yet")
}
