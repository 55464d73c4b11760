package offline

import (
	"slices"

	"banyan/orchestrator"
)

// whole tells whether the words say all that the intent needs beyond its object: they
// begin with a verb that is said for it, name the object by its key, its noun or a
// pronoun, and give every other value that it must have.
func (p *planner) whole(s *skill, toks []token) bool {
	if !s.Changes() || len(s.keys) != 1 || len(toks) < 3 || toks[0].kind != tokWord || !s.verbs[toks[0].stem] {
		return false
	}
	key := s.keys[0]
	named := false
	for i, t := range toks[1:] {
		named = named || key.matches(t.text) != "" || t.stem == stem(key.noun()) || pronouns[t.low] && isObjectPronoun(toks, i+1) || p.k.objectNoun(key, t)
	}
	if !named {
		return false
	}
	found, values := p.literals(s, newBag(p.req.Message, toks, nil)), 0
	for _, sl := range s.slots {
		if !sl.required || sl == key {
			continue
		}
		if len(found[sl.name]) == 0 || sl.use == useProse || sl.use == useName || sl.use == useAddress {
			return false
		}
		values++
	}
	return values > 0
}

// keyAlone tells whether the words are an identifier and nothing else, and the intent
// shows the object that it names.
func (s *skill) keyAlone(toks []token) bool {
	if len(toks) != 1 || s.Effect != orchestrator.Read {
		return false
	}
	key := s.soleKey()
	return key != nil && key.matches(toks[0].text) != "" && s.describes(key)
}

// namedOnly tells whether the words say nothing but what the intent's name says: my bag
// is lost, to one that reports a lost bag.
func (s *skill) namedOnly(toks []token) bool {
	for _, t := range toks {
		if t.kind == tokPunct || t.kind == tokWord && (slices.Contains(s.nameStems, t.stem) || functionWords[t.low] && !t.is("late", "delayed", "missing", "lost", "broken", "damaged", "defective", "faulty", "wrong")) {
			continue
		}
		return false
	}
	return slices.ContainsFunc(toks, func(t token) bool { return slices.Contains(s.nameStems[1:], t.stem) })
}
