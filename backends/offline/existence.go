package offline

import (
	"slices"
	"strings"
)

// anyLeft understands that a number is zero or is not: "there are no refills left",
// "it has any replies", "without bags".
func (p *planner) anyLeft(toks []token, sc scope, _ bool) (test, bool) {
	best, _ := p.placesLeft(toks, sc)
	for i, t := range toks {
		none := t.is("no", "without", "zero")
		bare := (haveForms[t.low] || beForms[t.low] && has(toks[:i], "there")) && i+1 < len(toks) && toks[i+1].kind == tokWord && !functionWords[toks[i+1].low] && stripPlural(toks[i+1].low) != toks[i+1].low
		if !none && !bare && !t.is("any", "some", "a", "an", "still") || i+1 >= len(toks) {
			continue
		}
		if !none && i > 0 && negators[toks[i-1].low] || !none && isNegated(toks[:i]) {
			none = true
		}
		if !t.is("without") && !bare && !has(toks[:i], "there") && !hasForm(toks[:i]) {
			continue
		}
		for _, f := range sc.fields {
			if f.kind != kindInteger && f.kind != kindNumber || keyLike(f.name) {
				continue
			}
			s := 0
			for _, u := range toks[i+1 : min(i+4, len(toks))] {
				s += f.words[u.stem]
			}
			if s < inTitle || scoreExists+s <= best.score {
				continue
			}
			op := " > 0"
			if none {
				op = " == 0"
				if f.kind == kindNumber {
					op = " == 0.0"
				}
			}
			best = test{guard(sc, f, sc.at(f)+op), scoreExists + s}
		}
	}
	return best, best.score > 0
}

// placeWords are what numbers of places left are called, and fullWords say that there
// are none.
var (
	placeWords = set("spot place seat space slot room capacity vacancy left free available remaining")
	fullWords  = newPhrases("full", "fully booked", "booked out", "sold out", "booked up", "out of places", "out of spots", "out of stock", "taken")
)

// placesLeft understands whether a thing is full or has places left: "spinning is full",
// "there is still a place", by the number of places that it tells.
func (p *planner) placesLeft(toks []token, sc scope) (test, bool) {
	at, n := fullWords.find(toks)
	full := n > 0 && at > 0 && at+n == len(toks)
	if !full && !has(toks, "there") && !hasForm(toks) {
		return test{}, false
	}
	some := slices.ContainsFunc(toks, func(t token) bool {
		return t.is("place", "spot", "seat", "space", "room", "slot", "places", "spots", "seats", "spaces", "slots")
	})
	if _, ok := quantityIn(toks, 0); ok || !full && !some {
		return test{}, false
	}
	var only *field
	for _, f := range sc.fields {
		if f.kind != kindInteger || keyLike(f.name) || !slices.ContainsFunc(strings.Split(f.name, "_"), func(w string) bool { return placeWords[stripPlural(w)] }) {
			continue
		}
		if only != nil {
			return test{}, false
		}
		only = f
	}
	if only == nil {
		return test{}, false
	}
	op := " > 0"
	if full != isNegated(toks) {
		op = " == 0"
	}
	return test{guard(sc, only, sc.at(only)+op), scoreEnum + 2}, true
}

// hasForm tells whether a word says that somebody has something.
func hasForm(toks []token) bool {
	for _, t := range toks {
		if haveForms[t.low] || t.is("with", "got", "owe", "owes", "need", "want") {
			return true
		}
	}
	return false
}

var (
	nothingWords = newPhrases("free", "free of charge", "for free", "nothing", "empty", "nothing on it", "nothing in it", "nothing left", "nothing to pay", "no charge", "no cost", "complimentary")
	somethingOf  = newPhrases("anything to pay", "something to pay", "anything on it", "something on it", "owe anything", "owe something", "owes anything", "owe money", "owes money", "anything left", "something left", "any money", "money on it")
)

// worth understands that something costs nothing, or that there is something to pay.
func (p *planner) worth(toks []token, sc scope, _ bool) (test, bool) {
	negated := isNegated(withoutWord(toks, "nothing", "no"))
	zero := false
	if at, n := somethingOf.find(toks); n > 0 {
		negated = isNegated(toks[:at])
	} else if at, n := nothingWords.find(toks); n > 0 && at+n >= len(trimPunct(toks))-2 {
		zero = true
	} else {
		return test{}, false
	}
	f := amountField(sc.fields)
	if f == nil || !isMoney(f, sc.fields) {
		return test{}, false
	}
	x := sc.at(f)
	if zero != negated {
		return test{guard(sc, f, x+" == 0.0"), scoreExists}, true
	}
	return test{guard(sc, f, x+" > 0"), scoreExists}, true
}

func withoutWord(toks []token, words ...string) []token {
	var out []token
	for _, t := range toks {
		if !t.is(words...) {
			out = append(out, t)
		}
	}
	return out
}

// whoever understands that somebody or nobody does what an optional field says who
// does: "nobody works on it", "somebody is assigned to it".
func (p *planner) whoever(toks []token, sc scope, _ bool) (test, bool) {
	who := -1
	for i, t := range toks {
		if t.is("nobody", "noone", "somebody", "someone", "anybody", "anyone") {
			who = i
		}
	}
	if who < 0 || who+1 >= len(toks) {
		return test{}, false
	}
	for _, f := range sc.fields {
		if !f.optional || f.kind != kindText && f.kind != kindTime {
			continue
		}
		for _, t := range toks[who+1:] {
			if t.kind != tokWord || functionWords[t.low] || f.words[t.stem] == 0 && !related(stem(f.name), t.stem) {
				continue
			}
			expr := "has(" + sc.at(f) + ")"
			if toks[who].is("nobody", "noone") || isNegated(withoutWord(toks, "nobody")) {
				expr = "!" + expr
			}
			return test{expr, scoreExists}, true
		}
	}
	return test{}, false
}

// named understands that a name is that of the object or of somebody about it: "it is
// with Dr Lee", "it is from City Power". Only the object that the condition is about
// is looked at, since a name says nothing of which field holds it.
func (p *planner) named(toks []token, sc scope, negated bool) (test, bool) {
	if !sc.own {
		return test{}, false
	}
	for i := 1; i < len(toks); i++ {
		if !toks[i-1].is("with", "from", "by", "to", "for", "in", "at", "called", "named", "is", "not", "of") || !isCapital(toks[i].text) || toks[i].kind != tokWord {
			continue
		}
		j := i
		for j < len(toks) && isCapital(toks[j].text) && toks[j].kind == tokWord {
			j++
		}
		expr := containsAll(toks[i:j], sc.expr, sc.fields)
		if expr == "" {
			return test{}, false
		}
		if negated {
			expr = negate(expr)
		}
		return test{expr, scoreText}, true
	}
	return test{}, false
}
