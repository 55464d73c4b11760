package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// hole stands for the object in an expression whose step is not made yet.
const hole = "\x00"

// longExpr is the length from which on an object is read by itself rather than
// reached into a list for, so that people can read the condition.
const longExpr = 64

// option is a way to decide a condition: an expression over a hole, and what
// makes the step that fills it.
type option struct {
	test test
	make func() string
}

// conditions hangs the request's conditions on a step. It returns false, with the
// assembly's question set, if one of them cannot be put as an expression.
func (p *planner) conditions(st *orchestrator.Step, s *skill, r *request, ref reference, who string, a *assembly) bool {
	if len(r.when) == 0 {
		return true
	}
	var exprs, texts []string
	for _, c := range r.when {
		message := p.req.Message
		if c.text != "" {
			p.req.Message = c.text // the clause's words stand there
		}
		expr, ok := p.decided(c, s, r, ref, who)
		p.req.Message = message
		if !ok && p.partOfProse(st, s, c) {
			continue
		}
		if !ok {
			if a.question == "" {
				a.question = "I cannot check whether “" + p.said(c) + "” by myself. Shall I " + brief(s.Summary) + " anyway?"
			}
			return false
		}
		exprs = append(exprs, expr)
		texts = append(texts, p.clauseText(c))
	}
	if len(exprs) == 0 {
		return true
	}
	st.When = &orchestrator.Condition{Text: strings.Join(texts, ", and "), Expr: exprs[0]}
	if len(exprs) > 1 {
		for i, e := range exprs {
			if strings.Contains(e, " || ") || strings.Contains(e, " ? ") {
				exprs[i] = "(" + e + ")"
			}
		}
		st.When.Expr = strings.Join(exprs, " && ")
	}
	return true
}

// partOfProse gives a clause that no condition could be made of to the message that it
// ends: "tell the doctor to call me if the results are bad".
func (p *planner) partOfProse(st *orchestrator.Step, s *skill, c clause) bool {
	if len(c.toks) == 0 || c.text != "" || c.turned {
		return false
	}
	for _, sl := range s.slots {
		if sl.required && sl.use != useProse {
			return false
		}
	}
	for _, sl := range s.slots {
		arg := st.Args[sl.name]
		from := strings.Index(p.req.Message, arg.Text)
		if !sl.required || sl.use != useProse || arg.Text == "" || from < 0 || from+len(arg.Text) > c.toks[0].start {
			continue
		}
		v := strings.TrimRight(p.req.Message[from:c.toks[len(c.toks)-1].end], " \t")
		st.Args[sl.name] = orchestrator.Arg{Value: capital(v), Text: v}
		p.inProse = true
		return true
	}
	return false
}

// decided writes one condition as CEL. One that an earlier request of the message
// hangs on, and that this request has no object for, speaks of that one's object.
func (p *planner) decided(c clause, s *skill, r *request, ref reference, who string) (string, bool) {
	if len(c.toks) == 0 {
		return "", false
	}
	at := [2]int{c.toks[0].start, c.toks[len(c.toks)-1].end}
	known, ok := p.earlierTests[at]
	free := len(s.keys) == 0 && ref.arg.Value == nil && ref.arg.Ref == ""
	if ok && p.standing(known.expr) && (free || known.by != r && known.n == 1 && !saysEach(c.toks)) {
		if known.negated != c.negated {
			return negate(known.expr), true
		}
		return known.expr, true
	}
	expr, ok := p.decide(c, s, ref, who)
	if ok {
		if p.earlierTests == nil {
			p.earlierTests = map[[2]int]earlierTest{}
		}
		if known.by != r {
			known.n = 0
		}
		p.earlierTests[at] = earlierTest{expr, c.negated, r, known.n + 1}
	}
	return expr, ok
}

// standing tells whether all steps that the expression reads are in the plan.
func (p *planner) standing(expr string) bool {
	return !slices.ContainsFunc(stepsNamed(expr), func(id string) bool { return p.step(id) == nil })
}

// earlierTest is a condition that has been written as CEL.
type earlierTest struct {
	expr    string
	negated bool
	by      *request // for which it was written last
	n       int      // how often for that one: for so many objects
}

// saysEach tells whether a condition is about every object by itself.
func saysEach(toks []token) bool {
	return slices.ContainsFunc(toks, func(t token) bool { return t.is("they", "them", "both", "each", "either") })
}

// clauseText is a condition in the user's words.
func (p *planner) clauseText(c clause) string {
	text := p.said(c)
	if c.negated && c.turned && isNegated(c.toks) {
		return positive(text)
	}
	if c.negated {
		return "unless " + text
	}
	return text
}

// said is what a condition says, in the user's words.
func (p *planner) said(c clause) string {
	if c.text != "" {
		return c.text
	}
	return p.words(c.toks)
}

// decide writes one condition as CEL and adds the lookups that it needs.
func (p *planner) decide(c clause, s *skill, ref reference, who string) (string, bool) {
	toks := c.toks
	if len(toks) == 0 {
		return "", false
	}
	if expr, done, ok := p.decideParts(c, s, ref, who); done {
		return expr, ok
	}
	if noun := p.quantified(toks); noun > 0 {
		return p.decideCount(c, noun, s, ref, who)
	}
	defer func(part []token, s *skill) { p.part, p.setting = part, s }(p.part, p.setting)
	p.part, p.setting = p.partSpokenOf(toks, s, ref), s
	var best option
	var me, thing bool
	consider := func(sc scope, make func() string, bonus int) {
		switch {
		case sc.own && thing:
			bonus += ownBonus
		case !sc.own && me:
			bonus += mineBonus
		}
		sc.own = sc.own && !me
		if t, ok := p.condition(toks, sc); ok && t.score+bonus > best.test.score {
			t.score += bonus
			best = option{t, make}
		}
	}
	main := ref
	if in, rest, ok := p.placeOf(toks, who); ok {
		main, toks = in, rest
	} else if other, ok := p.spokenOf(c, s, ref, who); ok {
		main = other
		if sub := subjectOf(toks); len(sub) > 0 && sub[0].start == toks[0].start && other.object != "" {
			it := token{text: "it", low: "it", stem: "it", kind: tokWord, start: sub[0].start, end: sub[len(sub)-1].end}
			toks = append([]token{it}, toks[len(sub):]...)
		}
	}
	me, thing = aboutMe(toks), saysIt(toks)
	if main.object != "" {
		consider(scope{expr: hole, fields: main.fields, own: true, about: p.k.called(s)}, func() string { return main.object }, 1)
	}
	if main.arg.Value != nil || main.arg.Ref != "" {
		p.detailOptions(s, main, who, consider)
	}
	for _, free := range p.k.skills {
		if !free.free() {
			continue
		}
		consider(scope{expr: hole, fields: free.fields}, func() string {
			return "steps." + p.lookup(free, lookupName(free), who, nil)
		}, 0)
	}
	if best.make == nil || pickedBy(best.test.expr, main.object) {
		return "", false
	}
	expr := best.test.expr
	if c.negated {
		expr = negate(expr)
	}
	return strings.ReplaceAll(expr, hole, best.make()), true
}

// pickedBy tells whether a condition on an object only compares what the object was
// found by, and so says nothing of it: that the car policy is a car's, or a home's.
func pickedBy(expr, object string) bool {
	field, value, ok := strings.Cut(expr, " == ")
	if !ok {
		field, value, ok = strings.Cut(expr, " != ")
	}
	name, own := strings.CutPrefix(field, hole+".")
	return ok && own && !strings.ContainsAny(value, "&|") && strings.Contains(object, "filter(o, o."+name+" == ")
}

// ownBonus speaks for the object of the request where a condition says "it", and
// mineBonus for what is known of the customer where it says "I".
const (
	ownBonus  = 6
	mineBonus = 2
)

// detailOptions considers the reads that tell more of the object: those that need
// its key alone.
func (p *planner) detailOptions(s *skill, ref reference, who string, consider func(scope, func() string, int)) {
	for _, d := range p.k.skills {
		if d.Effect != orchestrator.Read || len(d.fields) == 0 {
			continue
		}
		key := d.soleKey()
		if key == nil || s.slot(key.name) == nil && ref.key != key.name {
			continue
		}
		args := map[string]orchestrator.Arg{key.name: ref.arg}
		bonus := 0
		if d.describes(key) {
			bonus = 1
			if len(ref.object) > longExpr {
				bonus = 2
			}
		}
		if d == s {
			bonus--
		}
		sc := scope{expr: hole, fields: d.fields, own: true, about: append(p.k.called(d), d.nameStems[1:]...)}
		consider(sc, func() string { return "steps." + p.lookup(d, lookupName(d), who, args) }, bonus)
	}
	for _, sl := range s.keys {
		if ref.arg.Value == nil || len(sl.makers) == 0 {
			continue
		}
		m := sl.makers[0]
		consider(scope{expr: hole, fields: m.list.sub, own: true, about: p.k.called(s)}, func() string {
			id := p.lookup(m.skill, lookupName(m.skill), who, nil)
			return "steps." + id + "." + m.list.name + ".filter(o, o." + m.key + " == " + celValue(ref.arg.Value) + ")[0]"
		}, -1)
	}
}

// soleKey returns the slot of an intent that needs one key and nothing else.
func (s *skill) soleKey() *slot {
	var key *slot
	for _, sl := range s.slots {
		if !sl.required {
			continue
		}
		if key != nil || sl.use != useKey {
			return nil
		}
		key = sl
	}
	return key
}

// describes tells whether the intent's result is the object itself: it has most of
// the fields that lists of such objects show.
func (s *skill) describes(key *slot) bool {
	for _, m := range key.makers {
		same := 0
		for _, f := range m.list.sub {
			for _, g := range s.fields {
				if f.name == g.name {
					same++
				}
			}
		}
		if 2*same > len(m.list.sub) {
			return true
		}
	}
	return false
}

// lookupName names the step of a lookup after what it reads.
func lookupName(s *skill) string {
	if lists := s.lists(); len(lists) > 0 && s.free() {
		return lists[0].name
	}
	return s.noun
}
