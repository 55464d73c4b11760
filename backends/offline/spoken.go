package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// aboutMe tells whether a condition speaks of the user.
func aboutMe(toks []token) bool {
	for _, t := range toks {
		if !t.is("there", "is", "are", "do", "does", "have", "has", "am") {
			return t.is("i", "we", "my", "our")
		}
	}
	return false
}

// saysIt tells whether a condition points at the object.
func saysIt(toks []token) bool {
	for i, t := range toks {
		if t.is("it", "they", "them") || i == 0 && t.is("this", "that", "those", "these") {
			return true
		}
	}
	return false
}

// called returns the stems of the words for the objects of an intent.
func (k *knowledge) called(s *skill) []string {
	var out []string
	for _, sl := range s.keys {
		for _, w := range strings.Fields(sl.called()) {
			out = append(out, stem(w))
		}
		for w := range k.nouns[sl.name] {
			out = append(out, w)
		}
		for _, m := range sl.makers {
			out = append(out, lastStem(m.list.name))
		}
	}
	return out
}

// placeOf finds the object in which a condition says that there is something: "I have
// more than 500 on my savings account". rest is the condition without it.
func (p *planner) placeOf(toks []token, who string) (in reference, rest []token, ok bool) {
	if !aboutMe(toks) && !toks[0].is("there") {
		return reference{}, nil, false
	}
	for at := 2; at+1 < len(toks); at++ {
		if !toks[at].is("on", "in") || !nounMarks[toks[at+1].low] {
			continue
		}
		for _, d := range p.k.skills {
			key := d.soleKey()
			if d.Effect != orchestrator.Read || key == nil || len(key.makers) == 0 || !d.describes(key) {
				continue
			}
			desc := p.describe(d, key, newBag(p.req.Message, toks[at+1:], nil))
			if !desc.noun || desc.plural || desc.empty() {
				continue
			}
			if refs, unknown := p.resolve(key, desc, who); !unknown && len(refs) == 1 {
				refs[0].key = key.name
				it := token{text: "it", low: "it", stem: "it", kind: tokWord, start: toks[0].start, end: toks[0].end}
				return refs[0], append([]token{it, {text: "has", low: "has", stem: stem("has"), kind: tokWord, start: toks[0].start, end: toks[0].end}}, withoutHave(toks[:at])...), true
			}
		}
	}
	return reference{}, nil, false
}

// withoutHave drops the beginning of "I have …" and "there is …".
func withoutHave(toks []token) []token {
	for len(toks) > 0 && (toks[0].is("i", "we", "there", "do", "still", "not") || haveForms[toks[0].low] || beForms[toks[0].low]) {
		if toks[0].is("not") {
			break
		}
		toks = toks[1:]
	}
	return toks
}

// spokenOf finds the object that a condition names itself, if it is another than
// the step's: "close my account if the kettle has been delivered".
func (p *planner) spokenOf(c clause, s *skill, ref reference, who string) (reference, bool) {
	for _, d := range p.k.skills {
		key := d.soleKey()
		if d.Effect != orchestrator.Read || key == nil || len(key.makers) == 0 && key.pattern == nil {
			continue
		}
		for i := range c.toks {
			if v, _ := key.keyAt(c.toks, i); v != "" && key.pattern != nil && !p.isQuantity(key, c.toks, i) && (i > 0 || len(c.toks) > 1 && (auxiliaries[c.toks[1].low] || predicates[c.toks[1].low] || isParticiple(c.toks[1]))) && comparatorBefore(c.toks, i) == "" {
				return reference{arg: orchestrator.Arg{Value: v, Text: c.toks[i].text}, who: who, key: key.name}, true
			}
		}
		if len(key.makers) == 0 || s.slot(key.name) == nil && p.saysOwn(s, subjectOf(c.toks)) {
			continue
		}
		desc := p.describe(d, key, newBag(p.req.Message, subjectOf(c.toks), nil))
		same := len(desc.words) > 0
		desc.words = slices.DeleteFunc(desc.words, func(w token) bool { return s.vocab[w.stem] || s.mine[w.stem] })
		for _, w := range desc.words {
			same = same && strings.Contains(ref.inner, strings.ToLower(w.text))
		}
		if same {
			return reference{}, false
		}
		if desc.plural || desc.empty() && (!desc.noun || s.slot(key.name) != nil) {
			continue
		}
		refs, unknown := p.resolve(key, desc, who)
		if !unknown && len(refs) == 1 {
			refs[0].key = key.name
			return refs[0], true
		}
	}
	return reference{}, false
}

// saysOwn tells whether the words name the intent's own object.
func (p *planner) saysOwn(s *skill, toks []token) bool {
	own := p.k.called(s)
	return slices.ContainsFunc(toks, func(t token) bool { return slices.Contains(own, t.stem) })
}

// comparatorBefore tells whether the number at i is what something is compared
// with.
func comparatorBefore(toks []token, i int) string {
	op, at, n := comparator(toks)
	if op != "" && at+n <= i && i-at-n <= 1 {
		return op
	}
	return ""
}
