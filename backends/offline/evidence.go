package offline

import (
	"slices"
	"strings"
)

// evidence weighs what the schema says about the words: values that fit, fields
// and objects that are named.
func (p *planner) evidence(s *skill, toks []token) float64 {
	v := 0.0
	if !s.Changes() && s.shows(toks) {
		v += bonusField
	}
	hit, miss := false, false
	if len(toks) > 3 && s.Changes() && p.holdsAddress(toks) {
		if s.takes(useAddress) {
			return v + bonusLiteral
		}
		if !s.takes(useProse) {
			return v - malusLiteral
		}
	}
	if s.Changes() && !s.wantsNumber() && toNumber(toks) && slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.required && sl.use == useAddress }) {
		v -= bonusNumber
	}
	for _, t := range toks {
		switch t.kind {
		case tokEmail:
			if s.takes(useEmail) {
				hit = true
			}
		case tokNumber, tokWord:
			if !strings.ContainsAny(t.low, "0123456789") {
				continue
			}
			switch {
			case s.keyFits(t):
				hit = true
			case p.keyAnywhere(t):
				miss = true
			}
		default:
		}
	}
	if len(toks) > 3 && !hit && s.groupedKey(toks) {
		hit, miss = true, false
	}
	if ph, _ := findPhone(toks); ph != "" {
		if s.takes(usePhone) {
			hit, miss = true, false
		} else if s.Changes() {
			miss = true
		}
	}
	if s.wantsNumber() && slices.ContainsFunc(toks, func(t token) bool { n, ok := numberOf(t.low); return ok && n < 1000 && len(t.low) < 4 }) {
		v += bonusNumber
	}
	switch {
	case len(s.keys) > 0 && !hit && !p.hasObject(s, toks):
		v -= malusObject
	case len(s.keys) == 0 && s.Changes() && len(toks) == 2 && toks[1].is("it", "them", "that"):
		v -= malusLiteral
	}
	if hit {
		v += bonusLiteral
	} else if miss && !s.takes(useAddress) {
		v -= malusLiteral
	}
	return v
}

// toNumber tells whether the words set something to a small number: "to 2 pieces".
func toNumber(toks []token) bool {
	for i, t := range toks {
		if i > 0 && i+2 >= len(toks) && toks[i-1].is("to") && t.kind == tokNumber {
			n, ok := numberOf(t.low)
			return ok && n < 100
		}
	}
	return false
}

// shows tells whether a word names a field of the intent's result, the object's
// own key excepted.
func (s *skill) shows(toks []token) bool {
	for _, f := range s.fields {
		if f.kind == kindObjects || keyLike(f.name) {
			continue
		}
		for _, t := range toks {
			if t.kind == tokWord && !functionWords[t.low] && f.words[t.stem] >= inTitle {
				return true
			}
		}
	}
	return false
}

// wantsNumber tells whether a quantity must be given.
func (s *skill) wantsNumber() bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool {
		return sl.required && sl.use != useKey && (sl.kind == kindInteger || sl.kind == kindNumber)
	})
}

// hasObject tells whether the words speak of an object that a key could name: by
// its noun, a pronoun, or a word that is none of the intent's own.
func (p *planner) hasObject(s *skill, toks []token) bool {
	for i, t := range toks {
		if t.kind != tokWord {
			continue
		}
		for _, key := range s.keys {
			if t.stem == stem(key.noun()) {
				return true
			}
		}
		if pronouns[t.low] && isObjectPronoun(toks, i) || i > 0 && !functionWords[t.low] && !s.vocab[t.stem] && !isCapital(t.text) {
			return true
		}
	}
	return false
}

// foreign weighs words of which the catalog knows none.
func (p *planner) foreign(s *skill, toks []token) float64 {
	content, marked := 0, false
	for i, t := range toks {
		marked = marked || i > 0 && (nounMarks[toks[i-1].low] || toks[i-1].is("with", "of", "for", "'s"))
		if i != 1 && s.keyFits(t) {
			return 0 // with nothing but a strange verb before it, the verb decides
		}
		if t.kind == tokNumber {
			content++
			if s.wantsNumber() || s.takes(usePhone) {
				return 0
			}
		}
		if t.kind != tokWord || functionWords[t.low] {
			continue
		}
		if p.k.stems[t.stem] {
			return 0
		}
		content++
	}
	switch {
	case content == 0:
		return 0
	case slices.ContainsFunc(s.slots, func(sl *slot) bool { return len(sl.makers) > 0 && marked || sl.use == useName || sl.use == useProse }):
		return malusNew
	}
	return malusForeign
}

func (s *skill) takes(use slotUse) bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.use == use })
}

// keyFits tells whether the token can be the value of one of the intent's
// identifiers.
func (s *skill) keyFits(t token) bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.pattern != nil && sl.matches(t.text) != "" })
}

// groupedKey tells whether an identifier of the intent stands in the words in several
// groups.
func (s *skill) groupedKey(toks []token) bool {
	for _, sl := range s.slots {
		if sl.pattern == nil {
			continue
		}
		for i, t := range toks {
			if countDigits(t.low) == 0 {
				continue
			}
			if _, n := sl.groupsAt(toks, i); n > 0 {
				return true
			}
		}
	}
	return false
}

// keyAnywhere tells whether the token looks like an identifier of any intent.
func (p *planner) keyAnywhere(t token) bool {
	return slices.ContainsFunc(p.k.patterned, func(sl *slot) bool { return sl.matches(t.text) != "" })
}

// matches returns the value that the text gives to a slot with a pattern, or "":
// as it stands, or in upper or lower case.
func (sl *slot) matches(text string) string {
	if sl.pattern == nil {
		return ""
	}
	if countDigits(text) == 0 && !isCapital(text) {
		return "" // a word that happens to be as long
	}
	for _, v := range []string{text, strings.ToUpper(text), strings.ToLower(text)} {
		if sl.pattern.MatchString(v) {
			return v
		}
	}
	return ""
}
