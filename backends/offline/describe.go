package offline

import (
	"slices"
)

// ordinals are words for a place in a list: positive from the oldest, negative
// from the newest.
var ordinals = map[string]int{
	"latest": -1, "newest": -1, "last": -1, "recent": -1, "current": -1, "previous": -2, "penultimate": -2,
	"first": 1, "oldest": 1, "earliest": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "original": 1,
}

// extremes are words for the object with the most or least of something: the
// kinds of fields to look at, and whether the least is meant.
var extremes = map[string]bool{
	"cheapest": true, "smallest": true, "shortest": true, "lowest": true, "biggest": false, "largest": false, "longest": false, "highest": false, "priciest": false, "dearest": false,
}

// description is how a message describes an object without naming its key.
type description struct {
	// words are what must stand in the object's texts; loose: they may be just
	// another word for the object, as the intent's own examples use them.
	words []token
	loose bool
	// core are the words without those by which examples call such objects.
	core []token
	// ordinal is the place in the list, 0 if none is given.
	ordinal int
	// extreme is a superlative of amount.
	extreme string
	// next: the first that is still to come.
	next bool
	// relative holds the words of "that has not shipped", status an adjective
	// before the noun.
	relative []token
	status   []statusWord
	pronoun  bool // it, that one
	demo     bool // that order, this booking
	definite bool // the order
	any      bool // an order
	other    bool // the other one
	both     bool
	all      bool
	plural   bool
	noun     bool  // the object's own noun was said
	alias    bool  // it was said by another word for it: flight for a trip
	called   token // that word
	// tests are expressions over o that the object meets; count is how many of the
	// newest or oldest are meant, 0 if no number was said.
	tests []string
	count int
	text  string
}

// comparatives are words for one of two, and the superlative that says the same.
var comparatives = map[string]string{
	"older": "oldest", "newer": "newest", "earlier": "oldest", "later": "newest", "cheaper": "cheapest", "smaller": "smallest", "bigger": "biggest", "larger": "largest",
	"dearer": "dearest", "shorter": "shortest", "longer": "longest", "lower": "lowest", "higher": "highest", "former": "oldest",
}

type statusWord struct {
	field *field
	value enumValue
}

// empty tells whether nothing narrows down which object is meant.
func (d description) empty() bool {
	return len(d.words) == 0 && d.ordinal == 0 && !d.next && d.extreme == "" && len(d.relative) == 0 && len(d.status) == 0 && len(d.tests) == 0
}

var (
	bothWords = set("both")
	allWords  = set("all every everything")
)

// describe reads how the words describe the object of a slot.
func (p *planner) describe(s *skill, sl *slot, b *bag) description {
	var d description
	toks := b.toks[:b.own]
	noun := sl.noun()
	nounStem := stem(noun)
	from, to := -1, -1
	mark := func(i int) {
		if from < 0 {
			from = i
		}
		to = i + 1
	}
	var m *maker
	if len(sl.makers) > 0 {
		m = &sl.makers[0]
	}
	end := len(toks)
	if m != nil {
		if at := relativeAt(toks); at > 0 {
			rel := toks[at+1:]
			if word := superlativeIn(rel); word != "" {
				if ordinals[word] != 0 {
					d.ordinal = ordinals[word]
				} else {
					d.extreme = word
				}
				end, to = at, len(toks)
			} else if c, ok := p.condition(rel, scope{expr: "o", fields: m.list.sub}); ok && c.score > 0 {
				d.relative = rel
				end = at
				to = len(toks)
			}
		}
	}
	if at := amountAt(toks[:end]); m != nil && at > 0 && len(d.relative) == 0 {
		if c, ok := p.condition(toks[at:end], scope{expr: "o", fields: m.list.sub}); ok {
			d.tests = append(d.tests, c.expr)
			end = at
			to = len(toks)
		}
	}
	if m != nil {
		if t, pat, n := p.periodTest(m.list.sub, toks[:end]); n > 0 {
			d.tests = append(d.tests, t)
			toks = append(append([]token{}, toks[:pat]...), toks[pat+n:]...)
			b = &bag{msg: b.msg, toks: toks, used: append(append([]bool{}, b.used[:pat]...), b.used[pat+n:]...), own: len(toks)}
			end -= n
		}
	}
	if m != nil {
		if t, dat, n := p.dayTest(s, m.list.sub, toks[:end], b.used); n > 0 {
			d.tests = append(d.tests, t)
			toks = append(append([]token{}, toks[:dat]...), toks[dat+n:]...)
			b = &bag{msg: b.msg, toks: toks, used: append(append([]bool{}, b.used[:dat]...), b.used[dat+n:]...), own: len(toks)}
			end -= n
			to = len(toks)
		}
	}
	first := -1 // where the first noun phrase begins
	for i, t := range toks[:end] {
		if nounMarks[t.low] && !t.is("that", "no") && !b.used[i] {
			first = i
			break
		}
	}
	predicate := false // past the verb that says something of the object
	for i := 0; i < end; i++ {
		t := toks[i]
		if b.used[i] {
			continue
		}
		if (len(d.words) > 0 || d.noun) && (auxiliaries[t.low] || beForms[t.low] || t.is("still", "already", "yet", "ever") || isPast(toks, i)) {
			predicate = true
		} else if nounMarks[t.low] || t.is("with", "of", "for", "from") {
			predicate = false
		}
		switch {
		case t.is("next", "upcoming") && i > 0 && nounMarks[toks[i-1].low]:
			d.next = true
			mark(i)
			continue
		case ordinals[t.low] != 0 && !spansTime(toks[:end], i) && !endsWithout(toks[:end], i):
			d.ordinal = ordinals[t.low]
			for _, k := range []int{i - 1, i + 1} {
				if k >= 0 && k < end && isCount(toks, k) && (d.ordinal == 1 || d.ordinal == -1) && !p.keyAnywhere(toks[k]) {
					n, _ := numberOf(toks[k].low)
					d.count = int(n)
				}
			}
			mark(i)
			continue
		case comparatives[t.low] != "" && i > 0 && toks[i-1].is("the") && (i+1 == end || toks[i+1].is("one") || toks[i+1].stem == nounStem || p.k.objectNoun(sl, toks[i+1])):
			if w := comparatives[t.low]; ordinals[w] != 0 {
				d.ordinal = ordinals[w]
			} else {
				d.extreme = w
			}
			mark(i)
			continue
		case t.is("old", "older", "new", "newer") && m != nil && i+1 < end && i > 0 && nounMarks[toks[i-1].low] && (toks[i+1].stem == nounStem || toks[i+1].stem == lastStem(m.list.name) || p.k.objectNoun(sl, toks[i+1])):
			d.ordinal = map[bool]int{true: 1, false: -1}[t.is("old", "older")]
			mark(i)
			continue
		case hasKey(extremes, t.low):
			d.extreme = t.low
			mark(i)
			continue
		case t.is("expensive") && i > 0 && toks[i-1].is("most", "least"):
			d.extreme = map[bool]string{true: "cheapest", false: "priciest"}[toks[i-1].is("least")]
			mark(i)
			continue
		case bothWords[t.low]:
			d.both = true
			mark(i)
			continue
		case allWords[t.low]:
			d.all = true
			mark(i)
			continue
		case t.is("other") && i > 0 && toks[i-1].is("the", "my", "that", "no"):
			d.other = true
			mark(i)
			continue
		case t.is("something", "anything") && i+1 == end:
			d.any = true
			mark(i)
			continue
		case t.stem == nounStem || (m != nil && t.stem == lastStem(m.list.name)) || i > 0 && p.k.objectNoun(sl, t):
			if i == 0 && p.k.verbs[t.low] {
				continue
			}
			d.alias = !d.noun && t.stem != nounStem && (m == nil || t.stem != lastStem(m.list.name))
			if d.alias {
				d.called = t
			}
			d.noun = true
			d.plural = d.plural || t.low != noun && stripPlural(t.low) != t.low
			d.demo = d.demo || i > 0 && toks[i-1].is("that", "this", "it", "same")
			d.any = d.any || indefinite(s, toks, i)
			d.definite = d.definite || i > 0 && toks[i-1].is("the")
			mark(i)
			continue
		case t.is("it", "that", "this", "them", "those", "these", "they") && isObjectPronoun(toks, i):
			d.pronoun = true
			if t.is("them", "those", "these", "they") {
				d.plural = true
			}
			if from < 0 {
				mark(i)
			}
			continue
		}
		if m != nil && i > 0 {
			if sw, ok := fieldValue(m.list.sub, toks[:end], i); ok {
				d.status = append(d.status, sw)
				mark(i)
				mark(i + 1)
				i++
				continue
			}
		}
		if m != nil && t.kind == tokWord && i > 0 && !functionWords[t.low] {
			if sw, ok := statusIn(m.list.sub, toks, i); ok {
				d.status = append(d.status, sw)
				mark(i)
				continue
			}
		}
		if m != nil && t.is("open", "outstanding", "unfinished", "ongoing", "unresolved", "active") && i > 0 && i+1 < end && toks[i+1].kind == tokWord && (!functionWords[toks[i+1].low] || toks[i+1].is("one", "ones")) {
			if f, over := overIn(m.list.sub); f != nil {
				d.tests = append(d.tests, "!(o."+f.name+" in "+over+")")
				mark(i)
				continue
			}
		}
		if m != nil && (i > 0 && toks[i-1].is("the", "my", "his", "her", "their") || len(wordsOnly(toks)) == 1) && endsPhrase(toks, i+1) {
			if sw, ok := statusIn(m.list.sub, append(append([]token{}, toks[i]), token{kind: tokWord, low: noun, text: noun}), 0); ok {
				d.status = append(d.status, sw) // the cardiologist: the one of that kind
				mark(i)
				continue
			}
		}
		if m != nil && i > 0 && i+1 < end && t.kind == tokWord && !functionWords[t.low] && (toks[i+1].is("one", "ones") || toks[i+1].stem == nounStem || toks[i+1].stem == lastStem(m.list.name) || p.k.objectNoun(sl, toks[i+1])) {
			if test := flagOf(m.list.sub, t); test != "" {
				d.tests = append(d.tests, test)
				mark(i)
				continue
			}
		}
		if m != nil && i > 0 && statesIn(m.list.sub, t) && !functionWords[t.low] && p.takesThing(toks, i) && endsPhrase(toks, i+1) {
			if sw, ok := statusIn(m.list.sub, []token{t, {kind: tokWord, low: noun, text: noun}}, 0); ok {
				d.status = append(d.status, sw) // into boxing: the one of that kind
				mark(i)
			}
			continue
		}
		if m != nil && statesIn(m.list.sub, t) || statusWords[t.low] && p.asksStatus(toks) {
			continue
		}
		if s.known[t.stem] && i+2 < end && toks[i+1].is("for", "of", "on") && nounMarks[toks[i+2].low] {
			continue // "the estimate for my lamp": the intent's own noun
		}
		if t.is("dr", "mr", "mrs", "ms", "prof", "doctor") && i+1 < end && isCapital(toks[i+1].text) {
			mark(i)
			continue
		}
		if !predicate && (i > first || isCapital(t.text)) && p.content(s, b, i) && (i == 0 || !isCount(toks, i-1)) {
			d.words = append(d.words, t)
			mark(i)
		}
	}
	if !s.Changes() || s.begunBy(toks) {
		if d.core = p.k.withoutNouns(sl, d.words); d.extreme != "" {
			d.words = d.core // my most expensive ticket
		}
	}
	d.loose = len(d.words) > 0
	for _, w := range d.words {
		if !s.mine[w.stem] {
			d.loose = false
		}
	}
	if d.pronoun && len(d.words) > 0 && !slices.ContainsFunc(d.words, func(w token) bool { return !s.known[w.stem] }) {
		d.words = nil // "more time for it": the intent's own words, and it
	}
	if d.ordinal != 0 && !d.noun && len(d.words) == 1 {
		d.loose = true // my latest purchase: likely a word for the object itself
	}
	if from >= 0 {
		for from > 0 && nounMarks[toks[from-1].low] {
			from--
		}
		d.text = b.text(from, to)
	}
	return d
}
