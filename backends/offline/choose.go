package offline

import (
	"slices"

	"banyan/orchestrator"
)

// choose takes the likeliest intent of a request. other is set if a second one is
// so near that only the user can tell, and one of them changes something.
func (p *planner) choose(r *request) (best, other *skill) {
	best = r.rank[0].skill
	if len(r.rank) > 1 && r.rank[0].value-r.rank[1].value < closeCall {
		second := r.rank[1].skill
		if (best.Changes() || second.Changes()) && r.rank[1].value >= p.accept(second) {
			switch a, b := p.lacks(best, r), p.lacks(second, r); {
			case a == b && p.doesToListed(best, second, r):
				return best, nil
			case a == b:
				return best, second
			case b < a && (!best.named(r.toks) || second.named(r.toks)) && !best.ownsVerb(second, r.toks):
				return second, nil
			}
		}
	}
	// An intent that needs nothing more may come before one for which nothing was
	// said of its object.
	if len(r.rank) > 1 && best.Changes() && r.rank[0].value-r.rank[1].value < 2*closeCall && r.rank[1].value >= p.accept(r.rank[1].skill) {
		if second := r.rank[1].skill; second.Changes() && (!best.named(r.toks) || second.named(r.toks)) && !best.ownsVerb(second, r.toks) && p.lacks(second, r) == 0 && p.lacks(best, r) > 0 {
			return second, nil
		}
	}
	if owner := p.byVerb(r, best); owner != nil {
		if owner.Effect != orchestrator.Destructive && r.valueOf(owner) >= p.accept(owner) {
			return owner, nil
		}
		return best, owner
	}
	return p.wider(r, p.closer(r, best)), nil
}

// looking are verbs that ask to see something.
var looking = set("show list see view display find look check tell give get read print")

// doesToListed tells whether the words order something to be done with the objects that
// the read only lists: "take me off all my exams".
func (p *planner) doesToListed(change, list *skill, r *request) bool {
	w := strip(r.toks)
	if !change.Changes() || list.Changes() || len(w) == 0 || isAsked(r.toks, w) || !p.k.verbs[w[0].low] || functionWords[w[0].low] && !changeVerbs[w[0].low] && !w[0].is("take") || looking[w[0].low] {
		return false
	}
	return slices.ContainsFunc(change.keys, func(sl *slot) bool {
		return slices.ContainsFunc(sl.makers, func(m maker) bool { return m.skill == list })
	})
}

// headVerb is the verb that the words begin with, once politeness is gone: pause of
// "please pause my membership". It is empty if they begin with none.
func headVerb(toks []token) token {
	w := strip(toks)
	if len(w) < 2 || w[0].kind != tokWord || functionWords[w[0].low] || auxiliaries[w[0].low] || questionWords[w[0].low] || nounMarks[w[0].low] || countDigits(w[0].low) > 0 {
		return token{}
	}
	return w[0]
}

// ownsVerb tells whether the words begin with a verb that is said for this intent and
// not for the other.
func (s *skill) ownsVerb(other *skill, toks []token) bool {
	v := headVerb(toks)
	return v.low != "" && s.verbs[v.stem] && !other.verbs[v.stem] && !other.known[v.stem]
}

// valueOf is how likely an intent is meant.
func (r *request) valueOf(s *skill) float64 {
	for _, c := range r.rank {
		if c.skill == s {
			return c.value
		}
	}
	return 0
}

// byVerb finds the intent that the verb at the head of the words belongs to, where the
// likeliest one destroys something and nobody says it so: that is asked.
func (p *planner) byVerb(r *request, best *skill) *skill {
	if best.Effect != orchestrator.Destructive || headVerb(r.toks).low == "" {
		return nil
	}
	for _, c := range r.rank[1:] {
		if c.skill.Changes() && c.value >= r.rank[0].value/4 && c.skill.ownsVerb(best, r.toks) {
			return c.skill
		}
	}
	return nil
}

// wider prefers the list to the read of one object when several are meant: "which
// of them were cancelled", "has she open orders".
func (p *planner) wider(r *request, best *skill) *skill {
	if best.Changes() || len(best.keys) != 1 || len(best.keys[0].makers) == 0 {
		return best
	}
	sl := best.keys[0]
	b := newBag(p.req.Message, r.words(), nil)
	if best.noun != sl.noun() && slices.ContainsFunc(r.toks, func(t token) bool { return t.stem == stem(best.noun) }) {
		return best // the invoices of all my orders
	}
	if len(p.literals(best, b)[sl.name]) > 0 || !best.describes(sl) && best.named(r.toks) {
		return best
	}
	if d := p.describe(best, sl, b); d.plural && !d.both && len(d.words) == 0 && (!d.pronoun || len(p.recentSet(sl, "")) < 2) {
		return sl.makers[0].skill
	}
	return best
}

// lacks counts the required parameters that the words of a request leave open.
func (p *planner) lacks(s *skill, r *request) int {
	b := newBag(p.req.Message, r.words(), r.context)
	lits := p.literals(s, b)
	n := 0
	for _, sl := range s.slots {
		if !sl.required || len(lits[sl.name]) > 0 {
			continue
		}
		switch {
		case sl.use == useKey && len(sl.makers) > 0:
			if d := p.describe(s, sl, b); d.empty() && !d.noun && !d.pronoun && !d.other {
				n++
			}
		case sl.use == useName:
			if _, ok := p.fillName(s, sl, b); !ok {
				n++
			}
		default:
			n++
		}
	}
	return n
}

// closer prefers the read of one object to the list of all when one object is
// meant: "my latest order", "order 1003".
func (p *planner) closer(r *request, best *skill) *skill {
	if len(best.lists()) == 0 || !best.free() {
		return best
	}
	for _, c := range r.rank[1:] {
		s := c.skill
		if s.Effect != orchestrator.Read || len(s.keys) != 1 || c.value < r.rank[0].value/3 {
			continue
		}
		sl := s.keys[0]
		if !slices.ContainsFunc(sl.makers, func(m maker) bool { return m.skill == best }) {
			continue
		}
		b := newBag(p.req.Message, r.words(), nil)
		if slices.ContainsFunc(b.toks, func(t token) bool { return sl.matches(t.text) != "" }) {
			return s
		}
		d := p.describe(s, sl, b)
		apart := len(d.words) > 0 && !d.plural
		for _, w := range d.words {
			apart = apart && !best.vocab[w.stem] && !best.known[w.stem]
		}
		if apart || (d.noun && (d.ordinal != 0 || d.demo) || d.pronoun) && !d.plural && !d.all && len(d.status) == 0 {
			return s
		}
	}
	if s := p.priceOfOne(r, best); s != nil {
		return s
	}
	return best
}

// priceOfOne finds the read of one object where the price of one thing in the list is
// asked for: "how much did I pay for the headphones?".
func (p *planner) priceOfOne(r *request, list *skill) *skill {
	if !saysMoney(r.toks) || !definiteIn(r.toks) {
		return nil
	}
	for _, s := range p.k.skills {
		sl := s.soleKey()
		if s.Effect != orchestrator.Read || sl == nil || !s.describes(sl) || !slices.ContainsFunc(sl.makers, func(m maker) bool { return m.skill == list }) {
			continue
		}
		if d := p.describe(s, sl, newBag(p.req.Message, r.words(), nil)); len(d.words) > 0 && !d.all && !d.noun {
			return s
		}
	}
	return nil
}

// definiteIn tells whether the words end in a noun phrase such as "the headphones".
func definiteIn(toks []token) bool {
	toks = trimPunct(toks)
	for i, t := range toks {
		if t.is("the", "my", "that", "this", "those", "these") && i > 0 && len(toks)-i <= 4 && i+1 < len(toks) {
			return true
		}
	}
	return false
}
