package offline

import (
	"math"
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

// bag is what a request says, and which of its words are used up.
type bag struct {
	msg  string
	toks []token
	used []bool
	// own is how many of the tokens belong to the request itself; the rest are
	// sentences beside it.
	own int
}

func newBag(msg string, own, context []token) *bag {
	b := &bag{msg: msg, own: len(own)}
	b.toks = append(append([]token{}, own...), context...)
	b.used = make([]bool, len(b.toks))
	return b
}

func (b *bag) take(at, n int) {
	for i := at; i < at+n && i < len(b.used); i++ {
		b.used[i] = true
	}
}

func (b *bag) free(at, n int) bool {
	for i := at; i < at+n; i++ {
		if i >= len(b.used) || b.used[i] {
			return false
		}
	}
	return true
}

// text returns the user's words from one token to another, end excluded.
func (b *bag) text(from, to int) string {
	from, to = max(from, 0), min(to, len(b.toks))
	if from >= to {
		return ""
	}
	if to-from == 1 && b.toks[from].kind == tokQuoted {
		return b.toks[from].text
	}
	return span(b.msg, b.toks[from:to])
}

// filled are the literal values found for an intent: for each parameter one, or
// several where the message lists them.
type filled map[string][]orchestrator.Arg

// literals finds the values that stand in the words themselves, the kinds that
// cannot be mistaken first.
func (p *planner) literals(s *skill, b *bag) filled {
	out := filled{}
	put := func(sl *slot, v any, text string) {
		out[sl.name] = append(out[sl.name], orchestrator.Arg{Value: v, Text: text})
	}
	for _, pass := range []func(*skill, *bag, func(*slot, any, string)){
		p.fillContacts, p.fillNames, p.fillKeys, p.fillEnums, p.fillTimes, p.fillNumbers, p.fillProse,
	} {
		pass(s, b, put)
	}
	return out
}

// fillKeys finds identifiers: words that fit the pattern, or that have digits and
// stand after the parameter's own word.
func (p *planner) fillKeys(s *skill, b *bag, put func(*slot, any, string)) {
	for _, sl := range s.slots {
		if sl.use != useKey {
			continue
		}
		seen := map[string]bool{}
		for i, t := range b.toks {
			if b.used[i] || t.kind == tokPunct || t.kind == tokEmail {
				continue
			}
			v, n := sl.keyAt(b.toks, i)
			if v == "" && p.bareKey(s, sl, b.toks, i) {
				v, n = t.text, 1
			}
			if v == "" || seen[v] || p.isQuantity(sl, b.toks, i) || isDigits(v) && i > 0 && b.toks[i-1].is("to", "by", "at", "under", "over", "than") && s.wantsNumber() {
				continue
			}
			seen[v] = true
			b.take(i, n)
			if sl.kind == kindInteger {
				f, _ := numberOf(v)
				put(sl, f, v)
			} else {
				put(sl, v, t.text)
			}
		}
	}
}

// isQuantity tells whether a number is an amount or a span of time rather than
// an identifier.
func (p *planner) isQuantity(sl *slot, toks []token, i int) bool {
	if toks[i].kind != tokNumber || i+1 >= len(toks) {
		return false
	}
	next := toks[i+1]
	return unitDays[next.stem] != 0 || currencyOf(next.low) != "" || i > 0 && currencyOf(toks[i-1].low) != "" || sl.pattern == nil && next.is("x", "×")
}

// keyAt reads a value of the slot at i, which may take two tokens: "AB 12345".
func (sl *slot) keyAt(toks []token, i int) (string, int) {
	t := toks[i]
	if sl.isPhone() {
		if v, at := findPhone(toks[i:]); v != "" && at[0] == 0 {
			return v, at[1]
		}
	}
	if sl.pattern == nil {
		if countDigits(t.low) == 0 || i == 0 {
			return "", 0
		}
		prev := toks[i-1]
		if prev.is("#", "number", "no", "id", "nr", "code", "reference", "ref", ".") || sl.words[prev.stem] >= inTitle || sl.kind == kindInteger && stem(sl.noun()) == prev.stem {
			return t.text, 1
		}
		return "", 0
	}
	if v, n := sl.groupsAt(toks, i); n > 0 {
		return v, n
	}
	if v, n := sl.gluedAt(toks, i); n > 0 {
		return v, n
	}
	if i+1 < len(toks) && toks[i+1].kind != tokPunct && (countDigits(t.low) > 0 || countDigits(toks[i+1].low) > 0) && canLead(t) && canLead(toks[i+1]) {
		for _, glue := range []string{"", "-", " "} {
			if v := sl.matches(t.text + glue + toks[i+1].text); v != "" && sl.matches(t.text) == "" {
				return v, 2
			}
		}
	}
	if v := sl.matches(t.text); v != "" && (countDigits(v) > 0 || t.kind == tokQuoted) {
		return v, 1
	}
	return "", 0
}

// gluedAt reads an identifier with signs inside, which stands in the message without
// a gap: P/2001, 12.345, A_17.
func (sl *slot) gluedAt(toks []token, i int) (string, int) {
	if toks[i].kind == tokPunct || i > 0 && toks[i-1].end == toks[i].start && toks[i-1].kind != tokPunct {
		return "", 0
	}
	end := i + 1
	for end < len(toks) && end < i+8 && toks[end].start == toks[end-1].end {
		end++
	}
	for ; end > i+1; end-- {
		var run strings.Builder
		for _, t := range toks[i:end] {
			run.WriteString(t.text)
		}
		if v := sl.matches(run.String()); v != "" && countDigits(v) > 0 {
			return v, end - i
		}
	}
	return "", 0
}

// groupsAt reads an identifier that is written in three groups or more: DE89 3704 0044
// 0532 0130 00.
func (sl *slot) groupsAt(toks []token, i int) (string, int) {
	if countDigits(toks[i].low) == 0 || i+2 >= len(toks) || sl.matches(toks[i].text) != "" {
		return "", 0
	}
	end := i
	for end < len(toks) && end < i+12 && (toks[end].kind == tokNumber || toks[end].kind == tokWord && countDigits(toks[end].low) > 0) {
		end++
	}
	for j := end; j > i+2; j-- {
		var parts []string
		for _, t := range toks[i:j] {
			parts = append(parts, t.text)
		}
		for _, glue := range []string{"", " ", "-"} {
			if v := sl.matches(strings.Join(parts, glue)); v != "" {
				return v, j - i
			}
		}
	}
	return "", 0
}

// canLead tells whether a token can be the first of the two that an identifier is
// written in: a number, or a few letters that are no word.
func canLead(t token) bool {
	return countDigits(t.low) > 0 || len(t.low) <= 3 && !functionWords[t.low] && !common[t.low]
}

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

// bareKey tells whether the number at i is an identifier that nothing marks as one:
// "close 42", "what about 37", where the intent takes no other number.
func (p *planner) bareKey(s *skill, sl *slot, toks []token, i int) bool {
	t := toks[i]
	if sl.pattern != nil || sl.kind != kindInteger || t.kind != tokNumber || !isDigits(t.low) || p.isQuantity(sl, toks, i) {
		return false
	}
	n, _ := numberOf(t.low)
	for _, other := range s.slots {
		if other.use == useKey {
			continue
		}
		if other.schema.Maximum != nil && n > *other.schema.Maximum {
			continue
		}
		if (other.kind == kindInteger || other.kind == kindNumber) && !(i > 0 && i <= 3 && p.k.verbs[toks[i-1].low] && len(t.low) > 2) {
			return false
		}
	}
	for _, m := range moments(toks, p.req.Now) {
		if i >= m.at && i < m.at+m.n {
			return false
		}
	}
	if i+1 < len(toks) && toks[i+1].kind == tokWord && !functionWords[toks[i+1].low] && !timeWords[toks[i+1].low] && weekdays[toks[i+1].low] == 0 && !s.vocab[toks[i+1].stem] && gapText(p.req.Message, toks[i], toks[i+1]) == " " {
		return false
	}
	if i == 0 {
		return len(wordsOnly(toks)) <= 3
	}
	prev := toks[i-1]
	return prev.kind == tokPunct || prev.kind == tokNumber || p.k.verbs[prev.low] || s.vocab[prev.stem] || prev.is("and", "or", "about", "for", "of", "on", "to", "except", "but", "not", "no", "with", "than")
}

func isDigits(s string) bool {
	return s != "" && countDigits(s) == len(s)
}

// fillEnums finds the values of enumerations and flags.
func (p *planner) fillEnums(s *skill, b *bag, put func(*slot, any, string)) {
	for _, sl := range s.slots {
		if sl.kind != kindEnum {
			continue
		}
		for _, v := range contentFirst(sl.values) {
			at, n := v.find(b.toks[:b.own])
			if n == 0 || !b.free(at, n) || (!sl.required && at == 0 && p.k.verbs[b.toks[0].low] && b.own > 1) || n == 1 && p.asPreposition(b.toks[:b.own], at) {
				continue
			}
			put(sl, v.value, b.text(at, at+n))
			b.take(at, n)
			if sl.required && s.Changes() {
				b.listed(sl, at, n, put)
			}
			break
		}
	}
}

// contentFirst returns the values with those last that are called by a small word,
// such as on: it says less than any other.
func contentFirst(values []enumValue) []enumValue {
	small := func(v enumValue) bool {
		return len(v.forms) > 0 && len(v.forms[0]) == 1 && functionWords[v.forms[0][0]]
	}
	out := slices.DeleteFunc(slices.Clone(values), small)
	for _, v := range values {
		if small(v) {
			out = append(out, v)
		}
	}
	return out
}

// asPreposition tells whether the small word at i belongs to what follows it rather
// than to a verb: "on all my lines", not "turn on the light".
func (p *planner) asPreposition(toks []token, i int) bool {
	if !functionWords[toks[i].low] || i+1 >= len(toks) || toks[i+1].kind == tokPunct {
		return false
	}
	next := toks[i+1]
	return (nounMarks[next.low] || allWords[next.low] || next.kind == tokNumber) && (i == 0 || !p.k.verbs[toks[i-1].low])
}

// fillTimes finds dates and times of day.
func (p *planner) fillTimes(s *skill, b *bag, put func(*slot, any, string)) {
	var want []*slot
	for _, sl := range s.slots {
		if sl.kind == kindTime {
			want = append(want, sl)
		}
	}
	if len(want) == 0 {
		return
	}
	found := moments(b.toks, p.req.Now)
	day := p.today()
	for i, m := range found {
		if i >= len(want) {
			return
		}
		if !b.free(m.at, m.n) {
			continue
		}
		if !m.day.IsZero() {
			day = p.toCome(want[i], m, b.toks)
		} else if want[i].dateOnly {
			continue
		}
		b.take(m.at, m.n)
		text := b.text(m.at, m.at+m.n)
		if want[i].dateOnly {
			put(want[i], day.Format(time.DateOnly), text)
			continue
		}
		if m.hasClock {
			put(want[i], atClock(day, m.clock).Format(time.RFC3339), text)
		} else if len(want) == 1 || want[i].required {
			b.used[m.at] = true // a day alone does not make a time; the question asks for it
		}
	}
}

// toCome is the day of a moment: a date without a year is the next such day, unless
// the parameter asks when something has happened.
func (p *planner) toCome(sl *slot, m moment, toks []token) time.Time {
	if m.day.After(p.today()) && weekdays[toks[m.at+m.n-1].low] != 0 && (m.at == 0 || !toks[m.at].is("next") && !toks[m.at-1].is("next", "until", "by")) && tellsPast(toks) {
		return m.day.AddDate(0, 0, -7) // "it did not come on Thursday"
	}
	if !m.day.Before(p.today()) || sl.pastDay() {
		return m.day
	}
	yearless := false
	for _, t := range toks[m.at:min(m.at+m.n, len(toks))] {
		if len(t.low) == 4 && isDigits(t.low) || countDigits(t.low) > 4 || t.is("ago", "last", "yesterday") {
			return m.day
		}
		yearless = yearless || months[t.low] != 0 || strings.Contains(t.low, "/")
	}
	if yearless {
		return m.day.AddDate(1, 0, 0)
	}
	return m.day
}

// tellsPast tells whether the words tell what was, in a sentence of their own.
func tellsPast(toks []token) bool {
	for i, t := range toks {
		if t.is("did", "was", "were", "had") && (i > 0 || len(toks) > 1 && toks[1].is("not")) {
			return true
		}
	}
	return false
}

// pastDay tells whether the parameter asks for a day that has been.
func (sl *slot) pastDay() bool {
	for _, w := range []string{"birth", "born", "happened", "occurred", "bought", "purchased", "purchase", "noticed", "since", "incident", "accident", "lost", "read", "reading"} {
		if sl.words[stem(w)] > 0 {
			return true
		}
	}
	return false
}

func atClock(day time.Time, c time.Duration) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), int(c.Hours()), int(c.Minutes())%60, 0, 0, day.Location())
}

func (p *planner) today() time.Time {
	n := p.req.Now
	return time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, n.Location())
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
