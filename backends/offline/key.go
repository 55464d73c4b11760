package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// key finds which object a request is about when its words give no key: by
// description, by what was said before, or because there is only one way to read
// it.
func (p *planner) key(s *skill, sl *slot, r *request, b *bag, who string) (refs []reference, unknown bool) {
	d := p.describe(s, sl, b)
	if d.empty() && !d.both && !d.all && !d.any {
		if arg, ok := p.keyInCondition(sl, r); ok {
			return []reference{{arg: arg, who: who}}, false
		}
	}
	if d.empty() && !d.both && !d.all {
		if arg, ok := p.elsewhere(sl); ok {
			return []reference{{arg: arg, who: who}}, false
		}
		if c, ok := p.describedInCondition(s, sl, r); ok {
			d = c
		} else if c, ok := p.describedBeside(s, sl, r); ok && (d.pronoun || d.definite || !d.noun) {
			d = c
		}
	}
	if one, ok := p.last[sl.name]; ok && one.who == who && one.arg.Value != nil && len(d.words) > 0 && !d.noun && p.wantsPart(s) {
		return []reference{one}, false // remove a pair of socks from 4003 and the poles
	}
	if sl.use != useKey && len(d.words) > 0 {
		d.plural = false // the alerts to my mobile: one mobile
	}
	if d.any && d.empty() && !d.pronoun && s.Changes() && sl.required {
		return nil, true // which one is for the user to say
	}
	if !sl.required && d.empty() && !d.pronoun && !d.noun {
		return nil, false
	}
	if !sl.required && s.Changes() && !d.pronoun && !d.demo && len(d.words) > 0 && !d.noun {
		return nil, false
	}
	if s.Changes() && sl.required && d.empty() && d.pronoun && !d.noun && p.missedLast(sl, who) {
		return nil, true // "it" may be what was not understood
	}
	if !s.Changes() && sl.required && d.empty() && !d.noun && !d.pronoun && !d.all && !d.both && indefiniteOf(s, sl, b.toks[:b.own]) && !p.spoken(sl, who) {
		return nil, true // an invoice: of which order is for the user to say
	}
	at, n := exceptAt(b.toks[:b.own])
	if d.all || at > 0 || d.count > 1 || d.plural && s.Changes() && !d.both {
		var except []token
		if at > 0 {
			except = b.toks[at+n : b.own]
			d = p.describe(s, sl, newBag(p.req.Message, b.toks[:at], nil))
		} else if refs := p.everyone(sl, d, who); len(refs) > 0 {
			return refs, false
		}
		if d.all || at > 0 || d.count > 1 || !d.empty() {
			if refs, ok := p.every(s, sl, d, except, who); ok {
				return refs, false
			}
		}
		return nil, true
	}
	if _, spoken := p.last[sl.name]; !spoken && d.empty() && !d.pronoun && !d.demo && !s.Changes() && len(sl.makers) > 0 && !p.justChanged(sl, who) {
		d.tests = p.statesOf(s, sl.makers[0])
		d.loose = len(d.tests) > 0
	}
	if s.Changes() && sl.required && d.empty() && !d.noun && !d.demo && !d.definite && !d.other && !d.both && (d.pronoun || !p.ownThing(s, sl, b.toks[:b.own])) && !p.spoken(sl, who) {
		return nil, true // nothing was said of it
	}
	return p.resolve(sl, d, who)
}

// missedLast tells whether the last message was not understood, and no earlier part of
// this one names such an object.
func (p *planner) missedLast(sl *slot, who string) bool {
	n := len(p.req.Conversation)
	if r, ok := p.last[sl.name]; ok && r.who == who || n == 0 {
		return false
	}
	t := p.req.Conversation[n-1]
	return t.Kind == orchestrator.KindRefusal && len(t.Steps) == 0
}

// indefiniteOf tells whether the words ask for one, whichever, of what the intent shows
// of an object: "an invoice".
func indefiniteOf(s *skill, sl *slot, toks []token) bool {
	for i, t := range toks {
		if i > 0 && t.stem == stem(s.noun) && s.noun != sl.noun() && toks[i-1].is("a", "an") {
			return true
		}
	}
	return false
}

// ownThing tells whether the words speak of something of the object as known, by a word
// that is the intent's own: "the estimate", "my estimate".
func (p *planner) ownThing(s *skill, sl *slot, toks []token) bool {
	for i, t := range toks {
		if t.is("the", "my", "our", "his", "her", "their") && i+1 < len(toks) && toks[i+1].kind == tokWord && !functionWords[toks[i+1].low] && weekdays[toks[i+1].low] == 0 && ordinalDay(toks[i+1].low) == 0 {
			return !slices.ContainsFunc(s.slots, func(o *slot) bool {
				return o != sl && o.required && (o.use == useProse || o.detail) && slices.Contains(s.nameStems[1:], toks[i+1].stem)
			})
		}
	}
	return false
}

// spoken tells whether the message or the conversation has spoken of such an object.
func (p *planner) spoken(sl *slot, who string) bool {
	if r, ok := p.last[sl.name]; ok && r.who == who {
		return true
	}
	_, ok := p.antecedent(sl, who)
	return ok
}

// justChanged tells whether the last turn changed an object that the key names.
func (p *planner) justChanged(sl *slot, who string) bool {
	n := len(p.req.Conversation)
	if n == 0 {
		return false
	}
	return slices.ContainsFunc(p.req.Conversation[n-1].Steps, func(st orchestrator.StepRecord) bool {
		s := p.k.byName[st.Intent]
		return s != nil && s.Changes() && st.Status == orchestrator.StepDone && st.Args[sl.name] != nil && p.concerns(st.For, who)
	})
}

// statesOf writes which objects a read is about, if its summary names their states:
// "the refund of a cancelled or returned order".
func (p *planner) statesOf(s *skill, m maker) []string {
	var some []string
	toks := tokenize(s.Summary)
	for i, t := range toks {
		for _, f := range m.list.sub {
			if f.kind != kindEnum || i == 0 {
				continue
			}
			for _, v := range f.values {
				if len(v.forms) > 0 && len(v.forms[0]) == 1 && v.forms[0][0] == t.low && (nounMarks[toks[i-1].low] || toks[i-1].is("or")) {
					some = append(some, "o."+f.name+" == "+celValue(v.value))
				}
			}
		}
	}
	if len(some) == 0 {
		return nil
	}
	return []string{"(" + strings.Join(some, " || ") + ")"}
}

// keyInCondition finds the key of the object that a condition of the request speaks
// of: "if 1003 has not shipped, cancel it".
func (p *planner) keyInCondition(sl *slot, r *request) (orchestrator.Arg, bool) {
	for _, c := range r.when {
		for i, t := range c.toks {
			if t.kind == tokPunct || t.kind == tokEmail || p.isQuantity(sl, c.toks, i) || comparatorBefore(c.toks, i) != "" {
				continue
			}
			v, _ := sl.keyAt(c.toks, i)
			if v == "" {
				continue
			}
			if sl.kind == kindInteger {
				n, ok := numberOf(v)
				if ok {
					return orchestrator.Arg{Value: n, Text: v}, true
				}
				continue
			}
			return orchestrator.Arg{Value: v, Text: t.text}, true
		}
	}
	return orchestrator.Arg{}, false
}

// elsewhere finds a key that stands literally in another part of the message.
func (p *planner) elsewhere(sl *slot) (orchestrator.Arg, bool) {
	if sl.pattern == nil {
		return orchestrator.Arg{}, false
	}
	if _, ok := p.last[sl.name]; ok {
		return orchestrator.Arg{}, false
	}
	_, phone := findPhone(p.toks)
	for i, t := range p.toks {
		if i >= phone[0] && i < phone[1] || t.kind == tokPunct || t.kind == tokQuoted || p.isQuantity(sl, p.toks, i) {
			continue
		}
		if v, _ := sl.keyAt(p.toks, i); v != "" && countDigits(v) < len(v) && countDigits(t.low) > 0 || v != "" && i > 0 && (sl.words[p.toks[i-1].stem] > 0 || p.toks[i-1].is("#", "number", "no")) {
			return orchestrator.Arg{Value: v, Text: t.text}, true
		}
	}
	return orchestrator.Arg{}, false
}

// describedInCondition takes the description from the subject of a condition: "if
// my latest order has not shipped, cancel it".
func (p *planner) describedInCondition(s *skill, sl *slot, r *request) (description, bool) {
	for _, c := range r.when {
		subject := subjectOf(c.toks)
		if _, known := p.last[sl.name]; len(subject) == 0 || c.asked && known {
			continue
		}
		b := newBag(p.req.Message, subject, nil)
		for i, t := range subject {
			if v := sl.matches(t.text); v != "" && t.kind != tokPunct {
				b.take(i, 1)
			}
		}
		d := p.describe(s, sl, b)
		if !d.empty() && !p.others(s, d.words) {
			return d, true
		}
	}
	return description{}, false
}

// others tells whether a word belongs to the name of another intent: what is spoken
// of is then no object of this one.
func (p *planner) others(s *skill, words []token) bool {
	for _, w := range words {
		for _, other := range p.k.skills {
			if other != s && slices.Contains(other.nameStems, w.stem) {
				return true
			}
		}
	}
	return false
}

// subjectOf returns the words of a clause before its verb, none if the verb is not
// found.
func subjectOf(toks []token) []token {
	if len(toks) > 2 && auxiliaries[toks[0].low] {
		toks = toks[1:] // a question: has my order shipped
	}
	for i, t := range toks {
		if auxiliaries[t.low] {
			return toks[:i]
		}
		if predicates[t.low] || negators[t.low] || i > 0 && isParticiple(t) && !nounMarks[toks[i-1].low] {
			return toks[:i]
		}
	}
	return nil
}

// describedBeside takes the description from a sentence beside the request: "My
// kettle arrived broken. I want to return it."
func (p *planner) describedBeside(s *skill, sl *slot, r *request) (description, bool) {
	if len(r.context) == 0 {
		return description{}, false
	}
	subject := subjectOf(r.context)
	if len(subject) > 4 || len(subject) == 0 || !nounMarks[subject[0].low] {
		// A sentence without an auxiliary: the noun phrase at its start.
		if !nounMarks[r.context[0].low] || len(r.context) < 2 {
			return description{}, false
		}
		subject = r.context[:2]
	}
	d := p.describe(s, sl, newBag(p.req.Message, subject, nil))
	return d, !d.empty()
}

// everyone returns a reference for every object that earlier results list, if the
// description means all of them.
func (p *planner) everyone(sl *slot, d description, who string) []reference {
	var out []reference
	for _, v := range p.listed(sl, who) {
		out = append(out, reference{arg: orchestrator.Arg{Value: v, Text: d.text}, who: who})
	}
	if len(out) > 8 || !d.empty() || d.count > 0 {
		return nil
	}
	return out
}

// wantsPart tells whether the intent needs the name of a part of its object.
func (p *planner) wantsPart(s *skill) bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.use == useName && sl.required && p.namesPart(s, sl) })
}
