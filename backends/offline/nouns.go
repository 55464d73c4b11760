package offline

import "strings"

// objectNouns finds, for every key, the words by which the examples of the intents
// that take it call its object: flight for booking_code, where the list of trips
// speaks of "my flights" and others of "the flight to Rome". A thing that happens to
// stand in an example or two is none: a word counts if it ends a noun phrase, in the
// plural in an example of the list and in the singular in one of another intent.
func (k *knowledge) objectNouns() map[string]map[string]bool {
	plurals, singulars := map[string]map[string]bool{}, map[string]map[string]bool{}
	enter := func(into map[string]map[string]bool, key string, words map[string]bool) {
		if into[key] == nil {
			into[key] = map[string]bool{}
		}
		for w := range words {
			into[key][w] = true
		}
	}
	for _, s := range k.skills {
		for _, sl := range s.slots {
			if sl.use != useKey {
				continue
			}
			enter(singulars, sl.name, s.heads())
			for _, m := range sl.makers {
				enter(plurals, sl.name, m.skill.heads())
			}
		}
	}
	out := map[string]map[string]bool{}
	k.heads = map[string]map[string]bool{}
	for key, words := range singulars {
		k.heads[key] = map[string]bool{}
		for w := range words {
			k.heads[key][stem(w)] = true
		}
	}
	for key, words := range plurals {
		out[key] = map[string]bool{}
		for w := range words {
			if one := stripPlural(w); one != w && singulars[key][one] {
				out[key][stem(one)] = true
			}
		}
	}
	return out
}

// heads returns the words that end noun phrases in the intent's examples: flight of
// "my flight to Rome", not electricity of "the electricity bill".
func (s *skill) heads() map[string]bool {
	out := map[string]bool{}
	for _, ex := range s.Examples {
		toks := tokenize(ex)
		for i, t := range toks {
			if isHead(toks, i) {
				out[t.low] = true
			}
		}
	}
	return out
}

// isHead tells whether the word at i ends a noun phrase that begins not far before
// it.
func isHead(toks []token, i int) bool {
	t := toks[i]
	if i == 0 || t.kind != tokWord || functionWords[t.low] || isCapital(t.text) || len(t.low) < 3 || isParticiple(t) || strings.HasSuffix(t.low, "ly") {
		return false
	}
	if i+1 < len(toks) {
		next := toks[i+1]
		if next.kind == tokWord && !functionWords[next.low] && !isCapital(next.text) && !isParticiple(next) && !predicates[next.low] {
			return false
		}
	}
	for k := i - 1; k >= max(0, i-3); k-- {
		if nounMarks[toks[k].low] || toks[k].is("which", "what", "many", "much", "list", "show") {
			return true
		}
		if functionWords[toks[k].low] || toks[k].kind == tokPunct {
			return false
		}
	}
	return false
}

// objectNoun tells whether the word is what the key's object is called.
func (k *knowledge) objectNoun(sl *slot, t token) bool {
	return t.kind == tokWord && k.nouns[sl.name][t.stem] && !isCapital(t.text)
}

// withoutNouns leaves out the words by which examples call the key's object, and which
// its texts need not hold: Rome of "my Rome ticket".
func (k *knowledge) withoutNouns(sl *slot, words []token) []token {
	var out []token
	for _, w := range words {
		if w.kind != tokWord || isCapital(w.text) || !k.heads[sl.name][w.stem] {
			out = append(out, w)
		}
	}
	return out
}

// begunBy tells whether the words begin with a verb that is said for the intent.
func (s *skill) begunBy(toks []token) bool { return s.verbs[first(strip(toks)).stem] }
