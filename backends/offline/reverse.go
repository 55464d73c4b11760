package offline

import (
	"slices"
	"strings"
)

// reversing are verbs that put an action the other way round; those of calling also
// name actions of their own, so that only an action right after them counts.
var (
	reversing = newPhrases("undo", "reverse", "revoke", "take back", "revert", "roll back", "annul", "rescind", "retract", "withdraw", "call off", "cancel", "nullify", "go back on")
	calling   = set("cancel withdraw call retract")
)

// reversed tells whether the words ask to take back what an intent does: "undo the
// cancellation of 1003", "uncancel it". back is the intent that does it, which the
// catalog names; it is nil if nothing does.
func (p *planner) reversed(toks []token) (s, back *skill, ok bool) {
	w := strip(toks)
	if len(w) == 0 || w[0].kind != tokWord {
		return nil, nil, false
	}
	if rest, un := strings.CutPrefix(w[0].low, "un"); un && len(rest) > 3 && !p.k.stems[w[0].stem] {
		if s := p.actionOf(tokenize(strings.TrimPrefix(rest, "-")), w[1:]); s != nil {
			return s, p.undoes(s), true
		}
	}
	n := reversing.at(w, 0)
	if n == 0 {
		return nil, nil, false
	}
	rest := w[n:]
	for len(rest) > 1 && (nounMarks[rest[0].low] || rest[0].is("of", "last", "latest", "recent")) {
		rest = rest[1:]
	}
	if len(rest) == 0 || rest[0].kind != tokWord {
		return nil, nil, false
	}
	if s = p.actionOf(rest[:1], rest[1:]); s == nil && len(rest) > 1 && rest[1].kind == tokWord && !functionWords[rest[1].low] {
		s = p.actionOf(rest[1:2], append(slices.Clone(rest[:1]), rest[2:]...)) // undo the phone change
	}
	if s == nil || s.nameStems[0] == stem(w[0].low) && n == 1 && rest[0].stem != s.nameStems[0] && !actionNoun(rest[0]) {
		return nil, nil, false
	}
	if calling[w[0].low] && p.undoes(s) == nil {
		return nil, nil, false
	}
	return s, p.undoes(s), true
}

// actionNoun tells whether the word is an action made a noun: cancellation.
func actionNoun(t token) bool {
	for _, end := range []string{"ation", "ion", "ment", "al", "ing"} {
		if len(t.low) > len(end)+3 && strings.HasSuffix(t.low, end) {
			return true
		}
	}
	return false
}

// actionOf finds the change that a word names as an action: cancel_order by
// "cancellation". Of several, the one more of whose name the other words say.
func (p *planner) actionOf(action, others []token) *skill {
	if len(action) != 1 {
		return nil
	}
	var best *skill
	most := -1
	for _, s := range p.k.skills {
		if !s.Changes() || !related(s.nameStems[0], action[0].stem) || len(action[0].stem) < len(s.nameStems[0]) {
			if !s.Changes() || len(s.nameStems) < 2 || !slices.Contains(s.nameStems[1:], action[0].stem) || p.undoes(s) == nil || !p.k.verbs[action[0].low] || slices.ContainsFunc(s.keys, func(sl *slot) bool { return stem(sl.noun()) == action[0].stem }) {
				continue
			}
		}
		n := 0
		for _, part := range s.nameStems[1:] {
			if slices.ContainsFunc(others, func(t token) bool { return t.stem == part }) {
				n++
			}
		}
		if s.Undo != nil {
			n++
		}
		if n > most {
			best, most = s, n
		}
	}
	return best
}

// undoes is the other intent that takes back what s does, nil if the catalog has none.
func (p *planner) undoes(s *skill) *skill {
	if s.Undo == nil || s.Undo.Intent == s.Name {
		return nil
	}
	return p.k.byName[s.Undo.Intent]
}

// turnRound puts the intent that takes back first among the candidates for words that
// ask for it, and never offers what is to be taken back.
func (p *planner) turnRound(out []ranked, toks []token) []ranked {
	s, back, ok := p.reversed(toks)
	if !ok || back == nil || p.k.examples[joinLow(toks)] {
		return out
	}
	value := almostSure
	out = slices.DeleteFunc(out, func(r ranked) bool { return r.skill == s || r.skill == back })
	for i := range out {
		out[i].value = min(out[i].value, value/2)
	}
	return append([]ranked{{back, value}}, out...)
}

// isReversed tells whether the words ask to take back what the intent does.
func (p *planner) isReversed(s *skill, toks []token) bool {
	of, back, ok := p.reversed(toks)
	return ok && of == s && back != s
}
