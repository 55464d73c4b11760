package offline

import (
	"slices"
	"strconv"
	"strings"
)

// superlativeIn finds the superlative that a relative clause comes to: "costs the most",
// "is due first". It is "" if there is none.
func superlativeIn(rel []token) string {
	n := len(rel)
	switch {
	case n < 2 || n > 5:
	case rel[n-1].is("most") && rel[n-2].is("the") && saysMoney(rel):
		return "priciest"
	case rel[n-1].is("least") && rel[n-2].is("the") && saysMoney(rel):
		return "cheapest"
	case rel[n-1].is("first", "soonest", "earliest") && !nounMarks[rel[n-2].low]:
		return "first"
	case rel[n-1].is("last", "latest") && !nounMarks[rel[n-2].low]:
		return "last"
	}
	return ""
}

// flagOf writes that an object o is as an adjective says which names a field that is
// true or false: the refundable one.
func flagOf(fields []*field, t token) string {
	for _, f := range fields {
		if f.kind != kindBool || f.optional {
			continue
		}
		if f.words[t.stem] >= inTitle {
			return "o." + f.name
		}
		for _, no := range []string{"non-", "un", "non", "in"} {
			if rest, ok := strings.CutPrefix(t.low, no); ok && len(rest) > 4 && f.words[stem(rest)] >= inTitle {
				return "!o." + f.name
			}
		}
	}
	return ""
}

// indefinite tells whether the noun at i is that of any object: "an order", "a standing
// order".
func indefinite(s *skill, toks []token, i int) bool {
	for k := i - 1; k >= max(0, i-3); k-- {
		if toks[k].is("a", "an", "some") {
			return true
		}
		if toks[k].kind != tokWord || functionWords[toks[k].low] || !s.vocab[toks[k].stem] {
			return false
		}
	}
	return false
}

// endsPhrase tells whether no noun stands at i.
func endsPhrase(toks []token, i int) bool {
	return i >= len(toks) || toks[i].kind == tokPunct || functionWords[toks[i].low] && !toks[i].is("one", "ones")
}

// spansTime tells whether an ordinal at i belongs to a span of time: last week.
func spansTime(toks []token, i int) bool {
	return i+1 < len(toks) && unitDays[toks[i+1].stem] != 0
}

// endsWithout tells whether an ordinal ends the words without a noun phrase around
// it: "do that first".
func endsWithout(toks []token, i int) bool {
	return toks[i].is("first", "last", "second") && i+1 == len(toks) && i > 0 && !nounMarks[toks[i-1].low]
}

// isPast tells whether the word at i is a verb in the past tense after a noun
// rather than an adjective before one.
func isPast(toks []token, i int) bool {
	return i > 0 && isParticiple(toks[i]) && !nounMarks[toks[i-1].low] && toks[i-1].kind == tokWord && !functionWords[toks[i-1].low]
}

func hasKey(m map[string]bool, k string) bool {
	_, ok := m[k]
	return ok
}

// isObjectPronoun tells whether the word at i stands for a thing by itself.
func isObjectPronoun(toks []token, i int) bool {
	t := toks[i]
	if t.is("it", "them", "they") {
		return true
	}
	if i+1 == len(toks) || toks[i+1].kind == tokPunct {
		return true
	}
	return toks[i+1].is("one", "ones") || auxiliaries[toks[i+1].low] && !t.is("those", "these") || functionWords[toks[i+1].low] && !nounMarks[toks[i+1].low]
}

// relativeAt finds where a relative clause begins: "that has not shipped".
func relativeAt(toks []token) int {
	for i := 1; i+1 < len(toks); i++ {
		if toks[i].is("that", "which", "who") && (auxiliaries[toks[i+1].low] || haveForms[toks[i+1].low] || toks[i+1].is("contains", "includes", "costs", "cost", "contain", "include", "already", "still", "just", "never", "only") || isParticiple(toks[i+1]) && !toks[i].is("who")) && i > 0 && !toks[i-1].is("is", "was", "know", "see", "tell", "sure") {
			return i
		}
	}
	return 0
}

// statusIn tells whether the word at i is an adjective for the state of an
// object: a value of an enumeration in front of a noun.
func statusIn(fields []*field, toks []token, i int) (statusWord, bool) {
	for _, f := range fields {
		if f.kind != kindEnum {
			continue
		}
		for _, v := range f.values {
			for _, form := range v.forms {
				if len(form) > len(toks)-i {
					continue
				}
				ok := true
				for k := range form {
					if toks[i+k].low != form[k] && (k < len(form)-1 || !spelledAlike(toks[i+k].low, form[k])) {
						ok = false
						break
					}
				}
				if next := i + len(form); ok && next < len(toks) && toks[next].kind != tokPunct &&
					(!functionWords[toks[next].low] || toks[next].is("one", "ones")) {
					return statusWord{f, v}, true
				}
			}
		}
	}
	return statusWord{}, false
}

// fieldValue finds a property with its value at i: "zone B", "size M".
func fieldValue(fields []*field, toks []token, i int) (statusWord, bool) {
	if i+1 >= len(toks) || toks[i].kind != tokWord || !endsPhrase(toks, i+2) {
		return statusWord{}, false
	}
	for _, f := range fields {
		if f.kind != kindEnum || f.words[toks[i].stem] < inTitle {
			continue
		}
		for _, v := range f.values {
			if slices.ContainsFunc(v.forms, func(form []string) bool { return len(form) == 1 && form[0] == toks[i+1].low }) {
				return statusWord{f, v}, true
			}
		}
	}
	return statusWord{}, false
}

// statesIn tells whether the word is a value of one of the fields' enumerations,
// wherever it stands.
func statesIn(fields []*field, t token) bool {
	for _, f := range fields {
		for _, v := range f.values {
			for _, form := range v.forms {
				if len(form) == 1 && form[0] == t.low {
					return true
				}
			}
		}
	}
	return false
}

// spelledAlike: canceled and cancelled, delievered is left to mending.
func spelledAlike(a, b string) bool {
	return strings.HasSuffix(a, "ed") && strings.HasSuffix(b, "ed") && stem(a) == stem(b)
}

// needle is the part of a word that the value is expected to contain: without
// the ending of a plural.
func needle(t token) string {
	w := t.low
	s := stripPlural(w)
	if strings.HasSuffix(w, "ies") && len(w) > 4 {
		s = w[:len(w)-3]
	}
	if len(s) < 3 {
		return w
	}
	return s
}

// celString writes a text as a CEL literal.
func celString(s string) string { return strconv.Quote(s) }

// takesThing tells whether what stands at i is what is done something with, or where to:
// "book yoga", "put me into boxing".
func (p *planner) takesThing(toks []token, i int) bool {
	prev := toks[i-1]
	return prev.is("in", "into", "for", "to", "off", "from", "out", "of", "with", "on", "onto") || prev.kind == tokWord && p.k.verbs[prev.low] && !auxiliaries[prev.low] && !beForms[prev.low]
}
