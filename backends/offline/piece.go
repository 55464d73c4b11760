package offline

import (
	"math"
	"slices"
	"strings"
)

// piece values the chunks i to j, taken as one request.
func (p *planner) piece(row []chunk, i, j int) (*request, float64) {
	first := row[i]
	r := &request{then: first.then, last: first.last, first: first.first, ahead: first.ahead, behind: first.behind}
	for k := i; k < j; k++ {
		r.toks = append(r.toks, row[k].toks...)
		if j-i > 1 {
			r.parts = append(r.parts, row[k].toks)
		}
	}
	cut := cutBefore(row, i)
	words, price := p.begin(r, row, i, cut)
	if neg := negatedRequest(words); neg > 0 && !p.saysNo(words, words[neg:]) {
		r.not = true
		words = words[neg:]
		r.toks = r.toks[min(neg, len(r.toks)):]
	}
	rank := p.rank(words)
	if i > 0 && p.k.keyed {
		rank = p.rankSaid(rank, words, row[i-1])
	}
	v, bar := 0.0, 0.0
	if len(rank) > 0 {
		v, bar = min(rank[0].value, almostSure), p.accept(rank[0].skill)
	}
	if cut.soft() && r.lent == nil && len(rank) > 0 && p.startOf(words) != startRequest && p.sameAsked(rank[0].skill, row[i-1]) {
		return r, math.Inf(-1) // more of what is asked for before it
	}
	switch {
	case r.lent != nil && len(rank) > 0 && p.k.keyed && v >= bar && (parallel(row[i-1].toks, row[i].toks) || p.listsObjects(row[i-1].toks)) && p.sameAsked(rank[0].skill, row[i-1]):
		v = almostSure // another of what was just asked for
	case r.lent != nil:
		v *= lentFactor
	}
	whole := i == 0 && j == len(row)
	told := false
	if !whole {
		// Where no intent is about an object, telling what happened is asking.
		told = p.k.keyed && p.tells(row[i:j])
		if told {
			v *= report
		}
		if cut != cutNone && !p.k.keyed && leans(words) {
			price += leaning
		}
		if !p.k.keyed && len(wordsOnly(strip(r.toks))) < 3 {
			price += shortPart
		}
		switch changes := len(rank) > 0 && rank[0].skill.Changes(); {
		case told || changes && cut != cutNone && p.startOf(words) != startRequest:
			bar = max(bar, least)
		case !changes:
			bar = min(bar, p.leastRead())
		}
	}
	if !whole && p.tooLittle(words, v, cut) {
		v = 0
	}
	if v >= bar && v > 0 {
		r.rank = rank
		if j-i > 1 && !p.k.keyed {
			price += twofold * p.both(rank, row[i:j])
		}
		return r, dampened*math.Log(v) - price
	}
	if !whole && !told && (p.commands(words) || cut == cutOrder && says(words) > 1) {
		r.strange = true
		return r, -price - aside - strange
	}
	if cut.soft() && !whole {
		return r, math.Inf(-1)
	}
	return r, -price - aside
}

// leastRead is the least value of a request to look that stands beside another. A
// read of an object that nobody meant is worse than one of nothing in particular.
func (p *planner) leastRead() float64 {
	if p.k.keyed {
		return max(leastRead, shareRead*p.k.model.Accept)
	}
	return leastRead
}

// both returns how likely the second intent of a stretch is meant beside the first:
// its value, if the stretch can be cut so that one part asks for the one and the rest
// for the other, else 0.
func (p *planner) both(rank []ranked, row []chunk) float64 {
	if len(rank) < 2 {
		return 0
	}
	for b := 1; b < len(row); b++ {
		left, right := p.rank(joined(row[:b])), p.rank(joined(row[b:]))
		if len(left) == 0 || len(right) == 0 || left[0].skill == right[0].skill {
			continue
		}
		if (left[0].skill == rank[0].skill || left[0].skill == rank[1].skill) && (right[0].skill == rank[0].skill || right[0].skill == rank[1].skill) {
			return min(rank[1].value, almostSure)
		}
	}
	return 0
}

// joined returns the words of some chunks.
func joined(row []chunk) []token {
	if len(row) == 1 {
		return row[0].toks
	}
	var out []token
	for _, c := range row {
		out = append(out, c.toks...)
	}
	return out
}

// commands tells whether the words order or ask for something by a verb that they
// begin with: what is not understood of them is said, not passed over.
func (p *planner) commands(words []token) bool {
	w := strip(words)
	return len(w) > 1 && says(w) > 0 && p.k.verbs[w[0].low] && !w[0].is("i", "we", "i'd", "please", "have", "had", "do", "did", "does", "let", "need", "want") && !auxiliaries[w[0].low]
}

// begin returns the words of a request that begins with chunk i, with the verb
// that it borrows, and what the cut before it costs.
func (p *planner) begin(r *request, row []chunk, i int, cut cutKind) (words []token, price float64) {
	if cut == cutNone {
		return r.toks, 0
	}
	start := p.startOf(r.toks)
	if start != startRequest && cut.soft() {
		if verb := p.lend(row, i); verb != nil && (p.elliptic(row[i].toks) || parallel(row[i-1].toks, row[i].toks)) {
			r.lent = verb
			price = cutPrice[cut] + lentPrice
			if p.listsObjects(row[i-1].toks) {
				price -= inList
			}
			return r.words(), price
		}
	}
	price = cutPrice[cut] + startPrice[start]
	if p.k.keyed && cut.soft() && start == startRequest && p.commands(r.toks) && p.commands(row[i-1].toks) && !leans(r.toks) {
		price -= twoOrders
	}
	return r.toks, price
}

// listsObjects tells whether what follows "and" is another object of the same kind
// rather than a part of the one just named: "where are the vase and the books", not
// "cancel the order with the vase and the books".
func (p *planner) listsObjects(before []token) bool {
	rank := p.rank(before)
	if !p.k.keyed || len(rank) == 0 || !slices.ContainsFunc(rank[0].skill.keys, func(sl *slot) bool { return len(sl.makers) > 0 }) {
		return false
	}
	return !slices.ContainsFunc(before, func(t token) bool { return t.is("with", "containing", "including", "has", "have", "both", "between") })
}

// parallel tells whether a stretch without a verb goes like the one before it: an
// amount and the same preposition, as in "send 50 to Ann and 30 to Tom".
func parallel(before, toks []token) bool {
	if len(toks) < 3 || toks[0].kind != tokNumber || !slices.ContainsFunc(before, func(t token) bool { return t.kind == tokNumber }) {
		return false
	}
	for _, t := range toks[1:min(len(toks), 4)] {
		if followers[t.low] {
			return slices.ContainsFunc(before, func(b token) bool { return b.low == t.low })
		}
	}
	return false
}

// sameAsked tells whether the chunk by itself asks for the same intent.
func (p *planner) sameAsked(s *skill, c chunk) bool {
	r := p.rank(c.toks)
	return len(r) > 0 && r[0].skill == s
}

// rankSaid ranks words again that ask about "it" and are not understood by
// themselves, with the object of the chunk before them in its place: "cancel
// booking 12, but first tell me what it costs".
func (p *planner) rankSaid(rank []ranked, words []token, before chunk) []ranked {
	understood := len(rank) > 0 && rank[0].value >= p.accept(rank[0].skill)
	if understood && (!leans(words) || rank[0].skill.Changes() || len(rank[0].skill.keys) == 0) {
		return rank
	}
	at := slices.IndexFunc(words, func(t token) bool { return t.is("it", "they", "them") })
	prev := p.rank(before.toks)
	if at < 0 || len(prev) == 0 || len(prev[0].skill.keys) == 0 {
		return rank
	}
	if understood && slices.ContainsFunc(rank[0].skill.keys, func(sl *slot) bool { return sl.name == prev[0].skill.keys[0].name }) {
		return rank
	}
	noun := prev[0].skill.keys[0].noun()
	said := append(append([]token{}, words[:at]...),
		token{text: "the", low: "the", stem: "the", kind: tokWord, start: words[at].start, end: words[at].end},
		token{text: noun, low: noun, stem: stem(noun), kind: tokWord, start: words[at].start, end: words[at].end})
	said = append(said, words[at+1:]...)
	if again := p.rank(said); len(again) > 0 && (len(rank) == 0 || again[0].value > rank[0].value) {
		return again
	}
	return rank
}

// says counts the words that are more than glue.
func says(toks []token) int {
	n := 0
	for _, t := range toks {
		if t.kind != tokPunct && !functionWords[t.low] {
			n++
		}
	}
	return n
}

// leans tells whether the words speak of "it" as of something said before: "put it
// there", not "is it cold".
func leans(toks []token) bool {
	for i, t := range toks {
		if i > 0 && t.is("it", "them", "another") && !auxiliaries[toks[i-1].low] && toks[i-1].kind == tokWord {
			return true
		}
	}
	return false
}

// tooLittle tells whether the words beside a request say too little to be another:
// "and what is it now", "and 1002", "this is Ada".
func (p *planner) tooLittle(words []token, v float64, cut cutKind) bool {
	if p.k.keyed && p.startOf(words) != startRequest && says(p.impersonal(words)) == 0 {
		return true
	}
	return cut.soft() && (v < certain && !p.k.keyed && contentless(words) || valuesOnly(words))
}

// valuesOnly tells whether the words are values alone, or begin with a number as
// the rest of an address does.
func valuesOnly(toks []token) bool {
	if len(toks) > 0 && len(toks) < 4 && toks[0].kind == tokNumber {
		return true
	}
	for _, t := range toks {
		if t.kind == tokWord && countDigits(t.low) == 0 && !functionWords[t.low] {
			return false
		}
	}
	return true
}

// contentless tells whether the words are function words alone.
func contentless(toks []token) bool {
	for _, t := range toks {
		if t.kind != tokPunct && (t.kind != tokWord || !functionWords[t.low]) {
			return false
		}
	}
	return true
}

// tells tells whether the sentences of some chunks report things and none asks.
func (p *planner) tells(row []chunk) bool {
	report := false
	for k, c := range row {
		if c.asked || p.startOf(c.toks) == startRequest && !isReport(c.toks) {
			return false
		}
		report = report || (k == 0 || c.hard) && isReport(c.toks)
	}
	return report
}

// isReport tells whether a sentence tells how things are: "my kettle arrived
// broken", "I ordered two".
func isReport(toks []token) bool {
	toks = trimPunct(toks)
	if len(toks) < 3 {
		return false
	}
	if nounMarks[toks[0].low] || toks[0].is("it", "they") {
		for i, t := range toks[1:min(len(toks), 5)] {
			if t.is("because") {
				break
			}
			if auxiliaries[t.low] || isParticiple(t) {
				return !t.is("is", "are") || !slices.ContainsFunc(toks[i+2:], isValue)
			}
		}
		return false
	}
	return toks[0].is("i", "we") && (isParticiple(toks[1]) && !toks[1].is("wanted", "needed", "need") || toks[1].is("am") && !isParticiple(toks[2]) && !strings.HasSuffix(toks[2].low, "ing"))
}

// isValue tells whether the token can be a value by itself: "my number is 555 1234".
func isValue(t token) bool {
	return t.kind == tokEmail || t.kind == tokQuoted || countDigits(t.low) > 0 || t.kind == tokWord && isCapital(t.text)
}

// lend finds the words that a request without a verb would repeat: those of the
// request before it up to what its verb is about.
func (p *planner) lend(row []chunk, i int) []token {
	for k := i - 1; k >= 0; k-- {
		t := strip(row[k].toks)
		if len(t) < 2 || !p.k.verbs[t[0].low] || t[0].kind != tokWord || !p.starts(row[k].toks) {
			continue
		}
		if !auxiliaries[t[0].low] && !questionWords[t[0].low] {
			return t[:1]
		}
		for n := 1; n < min(len(t), 5); n++ {
			if nounMarks[t[n].low] {
				return t[:n:n]
			}
		}
	}
	return nil
}

// elliptic tells whether the words are a noun phrase by itself, as in "and my
// address to …": it begins like one and holds no verb of its own.
func (p *planner) elliptic(toks []token) bool {
	if len(toks) == 0 {
		return false
	}
	owner, _ := p.personAt(toks, 0)
	owned := owner > 0 && owner < len(toks) && toks[owner].is("'s")
	if !nounMarks[toks[0].low] && !owned {
		return false
	}
	for _, t := range toks[1:] {
		if t.is("because", "since") {
			break
		}
		if auxiliaries[t.low] || subjectPronouns[t.low] {
			return false
		}
	}
	return true
}

// saysNo tells whether the words with their "do not" ask for an intent of their own, as
// "do not know" may, where no intent is about an object.
func (p *planner) saysNo(words, without []token) bool {
	whole, rest := p.rank(words), p.rank(without)
	if p.k.keyed || len(whole) == 0 || whole[0].value < p.accept(whole[0].skill) {
		return false
	}
	return len(rest) == 0 || whole[0].skill != rest[0].skill && whole[0].value > rest[0].value
}

// negatedRequest returns the length of a "do not" at the start of the words.
func negatedRequest(toks []token) int {
	t := toks
	n := 0
	for len(t) > 0 && t[0].is("please", "but", "and", "so", "just", ",") {
		t = t[1:]
		n++
	}
	if len(t) > 2 && t[0].is("do") && t[1].is("not") && !t[2].is("you", "i", "we") {
		return n + 2
	}
	if len(t) > 2 && t[0].is("never") && !t[1].is("mind") {
		return n + 1
	}
	return 0
}
