package offline

import (
	"math"
	"strings"

	"banyan/orchestrator"
)

// oneThing finds "a bag" for the number of bags: a single one of what the parameter
// counts.
func (sl *slot) oneThing(b *bag) (at int, ok bool) {
	if sl.kind != kindInteger || !sl.required || sl.schema.Minimum != nil && *sl.schema.Minimum == 0 {
		return 0, false
	}
	for i := 0; i+1 < b.own; i++ {
		if b.toks[i].is("a", "an", "another") && !b.used[i] && sl.words[b.toks[i+1].stem] >= inTitle && stripPlural(b.toks[i+1].low) == b.toks[i+1].low {
			return i, true
		}
	}
	return 0, false
}

var removing = newPhrases("remove", "delete", "take off", "take out", "drop", "without", "get rid of", "no longer want", "do not want", "strike", "leave out", "cross off")

// fillNumbers finds quantities and amounts.
func (p *planner) fillNumbers(s *skill, b *bag, put func(*slot, any, string)) {
	var want []*slot
	for _, sl := range s.slots {
		if (sl.kind == kindInteger || sl.kind == kindNumber) && sl.use != useKey {
			want = append(want, sl)
		}
	}
	for _, sl := range want {
		if p.fillMeasured(sl, want, b, put) {
			continue
		}
		best, bestScore := -1, 0
		for i, t := range b.toks {
			n, ok := numberOf(t.low)
			if !ok || b.used[i] || sl.kind == kindInteger && n != math.Trunc(n) || t.is("one") && isPronounOne(b.toks, i) {
				continue
			}
			if score := sl.fits(b.toks, i, len(want)); score > bestScore {
				best, bestScore = i, score
			}
		}
		if relativeAmount(sl, b.toks[:b.own], best) {
			continue // how many there will be is not said
		}
		if best >= 0 && (sl.required || bestScore > 1 || len(want) == 1 && s.Changes() && !sl.isLimit()) {
			n, _ := numberOf(b.toks[best].low)
			text := b.toks[best].text
			if best > 0 && b.toks[best-1].is("-", "−", "minus") && (b.toks[best-1].end == b.toks[best].start || b.toks[best-1].is("minus")) {
				n, text = -n, "-"+text
			}
			b.take(best, 1)
			if cents, ok := centsAfter(b.toks, best); ok && sl.kind == kindNumber {
				n += cents / 100
				text = b.text(best, best+3)
				b.take(best+2, 1)
			}
			for _, k := range []int{best - 1, best + 1} {
				if k >= 0 && k < len(b.toks) && currencyOf(b.toks[k].low) != "" {
					b.take(k, 1)
				}
			}
			put(sl, n, text)
			continue
		}
		if at, ok := sl.oneThing(b); ok && best < 0 {
			b.take(at, 2)
			put(sl, float64(1), b.text(at, at+2))
			continue
		}
		if at, n := removingAt(b.toks[:b.own]); sl.required && n > 0 && sl.schema.Minimum != nil && *sl.schema.Minimum == 0 {
			put(sl, float64(0), b.text(at, at+n))
		}
	}
}

// centsAfter reads the fifty of "two pounds fifty".
func centsAfter(toks []token, i int) (float64, bool) {
	if i+2 >= len(toks) || currencyOf(toks[i+1].low) == "" {
		return 0, false
	}
	n, ok := numberOf(toks[i+2].low)
	return n, ok && n >= 5 && n < 100 && n == math.Trunc(n)
}

// fits scores the number at i for the slot: 1 for a bare number, more if the unit
// or a word of the slot stands beside it.
func (sl *slot) fits(toks []token, i, slots int) int {
	score := 1
	unit := strings.ToLower(orchestrator.Unit(sl.schema))
	if sl.otherUnit(toks, i) {
		return 0
	}
	for _, k := range []int{i - 2, i - 1, i + 1, i + 2} {
		if k < 0 || k >= len(toks) {
			continue
		}
		if sl.words[toks[k].stem] > 0 || unit != "" && (stem(unit) == toks[k].stem || strings.EqualFold(currencyOf(toks[k].low), unit)) {
			score += 2
		}
		if toks[k].is("to", "x", "×", "only", "just") && k < i {
			score++
		}
	}
	if i > 0 && toks[i-1].is("for") && sl.countsPeople() && (i+1 >= len(toks) || functionWords[toks[i+1].low] || toks[i+1].kind == tokPunct || weekdays[toks[i+1].low] != 0) {
		score += 2
	}
	if sl.isLimit() && i > 0 && toks[i-1].is("last", "latest", "top", "first", "recent", "newest", "past", "next") {
		score += 3
	}
	if i+1 < len(toks) && unitDays[toks[i+1].stem] != 0 && score == 1 && slots > 0 {
		return 0
	}
	for _, k := range []int{i - 1, i + 1} {
		if k >= 0 && k < len(toks) && currencyOf(toks[k].low) != "" && !strings.EqualFold(currencyOf(toks[k].low), unit) && unit != "" || k >= 0 && k < len(toks) && currencyOf(toks[k].low) != "" && sl.isLimit() {
			return 0 // an amount of something else
		}
	}
	if sl.isLimit() && i+1 < len(toks) && unitDays[toks[i+1].stem] != 0 {
		return 0
	}
	if op, at, n := comparator(toks[:i]); sl.isLimit() && op != "" && at+n == i && op != "<=" {
		return 0
	}
	return score
}

// relativeAmount tells whether the words say how much more or less is wanted, where
// the parameter takes how much there is in the end: "two more", "remove one",
// "double". Parameters that begin at zero count what there is.
func relativeAmount(sl *slot, toks []token, at int) bool {
	if sl.schema.Minimum == nil || *sl.schema.Minimum != 0 || !sl.required {
		return false
	}
	for i, t := range toks {
		switch {
		case t.is("double", "triple", "halve", "twice", "half"), t.is("another", "extra", "additional", "fewer"):
			return at < 0 || !toks[max(at-1, 0)].is("to", "=")
		case t.is("more", "less") && i > 0 && at >= 0 && i == at+1:
			return true
		}
	}
	if at < 1 || toks[at-1].is("to", "only", "just", "=") {
		return false
	}
	rm, n := removing.find(toks[:at])
	return n > 0 && rm+n <= at && at-rm-n <= 1
}

// removingAt finds words that take something away; "take … out" may have it between
// its parts.
func removingAt(toks []token) (at, n int) {
	if at, n := removing.find(toks); n > 0 {
		return at, n
	}
	for i, t := range toks {
		if !t.is("take", "leave", "throw") {
			continue
		}
		for j := i + 1; j < min(i+6, len(toks)); j++ {
			if toks[j].is("out", "off", "away") {
				return i, 1
			}
		}
	}
	return -1, 0
}

// lowUnit is the unit of a slot in lower case.
func lowUnit(sl *slot) string { return strings.ToLower(orchestrator.Unit(sl.schema)) }

// countsPeople tells whether the number says for how many people something is.
func (sl *slot) countsPeople() bool {
	for _, w := range []string{"people", "person", "guests", "adults", "seats", "participants", "attendees", "visitors", "travellers", "passengers"} {
		if sl.words[stem(w)] > 0 {
			return true
		}
	}
	return false
}

// isLimit tells whether the number says how many are wanted of a list.
func (sl *slot) isLimit() bool {
	if sl.required || currencyOf(strings.ToLower(orchestrator.Unit(sl.schema))) != "" {
		return false
	}
	for _, w := range strings.Split(sl.name, "_") {
		if w == "limit" || w == "max" || w == "count" || w == "top" || w == "n" {
			return true
		}
	}
	return false
}

// isPronounOne tells "the one", "that one" and "one that" from the number.
func isPronounOne(toks []token, i int) bool {
	if i > 0 && (toks[i-1].is("the", "that", "this", "which", "other", "another", "first", "last", "latest", "second", "new", "my", "any", "no") || nounMarks[toks[i-1].low]) {
		return true
	}
	return i+1 < len(toks) && toks[i+1].is("that", "with", "of", "which", "from")
}

var currencies = map[string]string{
	"€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD",
	"£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "nok": "NOK", "kroner": "NOK", "krone": "NOK", "sek": "SEK", "dkk": "DKK",
	"chf": "CHF", "francs": "CHF", "yen": "JPY", "jpy": "JPY", "¥": "JPY",
}

func currencyOf(w string) string { return currencies[w] }
