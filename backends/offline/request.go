package offline

// request is one thing that the message asks for, with the conditions it hangs
// on.
type request struct {
	toks []token
	// lent are the words that an elliptic request takes from the one before it: its
	// verb.
	lent []token
	rank []ranked
	// parts are the stretches that it was made of.
	parts [][]token
	// context are sentences beside it that ask for nothing themselves.
	context []token
	when    []clause
	// strange: it asks for something that is not understood, beside one that is.
	strange bool
	// not: the user says not to do it.
	not                        bool
	then, first, ahead, behind bool
	last                       bool
}

// clause is a condition as it stands in the message; negated if it must not hold.
type clause struct {
	toks    []token
	negated bool
	text    string // the user's words, if they stand in an earlier message
	// asked: it is what an earlier request of the message asked.
	asked bool
	// turned: it is the opposite of a condition that the user stated.
	turned bool
}

func (r *request) words() []token {
	if r.lent == nil {
		return r.toks
	}
	return append(append([]token{}, r.lent...), r.toks...)
}

// requests divides a message into requests and hangs the conditions on them.
func (p *planner) requests(toks []token) []*request {
	list := p.placeConditions(p.wholeQuestions(chunksWith(toks, p.k.verbs)))
	for i := range list {
		if list[i].kind == chunkRequest && i > 0 {
			list[i].toks = p.placed(list[i].toks)
		}
	}
	var out []*request
	var last []clause // of the condition that an "otherwise" would turn round
	var ahead []clause
	sentence := 0
	for i := 0; i < len(list); {
		c := list[i]
		if c.hard {
			ahead = nil
			sentence = len(out)
		}
		switch c.kind {
		case chunkIgnored:
			i++
		case chunkEcho:
			if r := len(out); r > 0 {
				when := echoed(c.link, last)
				if asked := p.lastAsked(); len(last) == 0 && len(asked) > 0 {
					when = echoed(c.link, asked)
				} else if len(last) == 0 {
					when = []clause{{text: p.words(c.link)}}
				}
				out[r-1].when = append(out[r-1].when, when...)
			}
			i++
		case chunkCondition:
			cl := clause{toks: p.withSubject(c.toks, out), negated: c.negated}
			if len(cl.toks) > len(c.toks) {
				cl.text = p.words(c.toks)
			}
			leads := c.before(list[i+1:], len(out) > sentence)
			if alike := leads && !c.hard && len(ahead) > 0 && len(out) > sentence; !alike {
				last = nil // not one of "if A, … if B, … otherwise"
			}
			last = append(last, cl)
			if leads {
				ahead = []clause{cl}
			} else if len(out) > 0 {
				r := out[len(out)-1]
				r.when = append(r.when, cl)
			} else {
				ahead = []clause{cl}
			}
			i++
		default:
			j := i + 1
			for j < len(list) && list[j].kind == chunkRequest && !list[j].other && !list[j].same {
				if list[j].hard && len(ahead) > 0 {
					break
				}
				j++
			}
			if c.other && len(last) > 0 && letBe.at(wordsOnly(c.toks), 0) == len(wordsOnly(c.toks)) {
				i++ // otherwise nothing
				continue
			}
			if len(ahead) > 0 && len(out) > 0 && letBe.at(wordsOnly(c.toks), 0) == len(wordsOnly(c.toks)) {
				// "cancel it, but if it has shipped, leave it"
				r := out[len(out)-1]
				r.when = append(r.when, turned(ahead)...)
				i++
				continue
			}
			if verb := p.lentTo(c, out); verb != nil {
				list[i].toks = append([]token{*verb}, c.toks...)
			}
			when := ahead
			if n := len(out); (c.other || c.same) && len(last) == 0 && n > 0 {
				if q := questioned(out[n-1].toks); len(q) > 1 {
					last = []clause{{toks: q, asked: true}}
				}
			}
			if (c.other || c.same) && len(last) == 0 && len(out) == 0 {
				last = p.lastAsked()
			}
			lost := (c.other || c.same) && len(last) == 0
			switch {
			case c.other && len(last) > 0, c.same:
				when = echoed(c.link, last)
				ahead = when
			}
			for _, r := range p.divide(list[i:j]) {
				if lost && (c.link[0].is("if") || r.rank != nil && r.rank[0].skill.Changes()) {
					// Nothing says what it depends on: that is asked, never guessed.
					r.when = append(r.when, clause{text: p.words(c.link)})
				}
				r.when = append(r.when, when...)
				out = append(out, r)
			}
			i = j
		}
	}
	return out
}

// before tells whether a condition belongs to what follows rather than to the
// request before it.
func (c chunk) before(rest []chunk, hasRequest bool) bool {
	follows := len(rest) > 0 && !rest[0].hard && rest[0].kind == chunkRequest && !rest[0].other && !rest[0].and
	if !hasRequest || c.hard {
		return true
	}
	return follows && (c.and || c.comma || c.then)
}

// wholeQuestions makes one of a question and a clause that only looks like its
// condition: "what do I do if I lost my luggage". Such a clause is what the question
// is about, so that with it an intent is known that is not without it.
func (p *planner) wholeQuestions(list []chunk) []chunk {
	for i := 0; i < len(list); i++ {
		if list[i].kind != chunkCondition || list[i].negated {
			continue
		}
		for _, at := range []int{i - 1, i} { // the first of the two that would be one
			if at < 0 || at+1 >= len(list) || list[at+1].hard {
				continue
			}
			main := list[at]
			if at == i {
				main = list[i+1]
			}
			if main.kind != chunkRequest || main.other || main.same || main.then || main.first || at == i && main.and {
				continue
			}
			all := p.between(list[at].toks, list[at+1].toks)
			if at == i {
				all = p.between(p.opener(list[i].toks), list[i+1].toks)
			}
			if !p.oneQuestion(all, main.toks) {
				continue
			}
			one := list[at]
			one.kind, one.toks, one.asked = chunkRequest, all, list[at+1].asked
			list = append(append(append([]chunk{}, list[:at]...), one), list[at+2:]...)
			i = at
			break
		}
	}
	return list
}

// oneQuestion tells whether all words together ask for something that the main
// clause by itself does not.
func (p *planner) oneQuestion(all, main []token) bool {
	whole := p.rank(all)
	if len(whole) == 0 || whole[0].skill.Changes() || whole[0].value < p.accept(whole[0].skill) {
		return false
	}
	alone := p.rank(main)
	switch {
	case len(alone) == 0:
		return true
	case alone[0].skill.Changes():
		return false
	case !p.k.tells:
		return true // no result could decide a condition
	}
	return alone[0].skill != whole[0].skill && alone[0].value < whole[0].value
}

// between returns the message's tokens from the first of a to the last of b.
func (p *planner) between(a, b []token) []token {
	var out []token
	for _, t := range p.toks {
		if t.start >= a[0].start && t.end <= b[len(b)-1].end {
			out = append(out, t)
		}
	}
	return out
}

// opener returns the words with those before them in the same stretch, such as
// the "if" of a condition.
func (p *planner) opener(toks []token) []token {
	for i, t := range p.toks {
		if t.start != toks[0].start {
			continue
		}
		j := i
		for j > 0 && p.toks[j-1].kind != tokPunct && i-j < 4 {
			j--
		}
		return p.toks[j : i+len(toks)]
	}
	return toks
}

// placeConditions finds where conditions end: a condition takes in what follows
// an "and" unless that is a request, and gives up a request that follows it
// without a comma.
func (p *planner) placeConditions(list []chunk) []chunk {
	var out []chunk
	for i := 0; i < len(list); i++ {
		c := list[i]
		if c.kind != chunkCondition {
			out = append(out, c)
			continue
		}
		for i+1 < len(list) {
			n := list[i+1]
			if n.kind != chunkRequest || n.hard || n.other || n.same || n.then || !n.and && (!n.comma || !isAlternative(n.toks)) || p.starts(n.toks) && !haveForms[n.toks[0].low] && !beForms[n.toks[0].low] {
				break
			}
			gap := token{text: "and", low: "and", stem: "and", kind: tokWord, start: n.toks[0].start, end: n.toks[0].start}
			c.toks = append(append(append([]token{}, c.toks...), gap), n.toks...)
			i++
		}
		if at := p.requestInside(c.toks); at > 0 {
			tail := chunk{toks: c.toks[at:]}
			c.toks = c.toks[:at]
			out = append(out, c, tail)
			continue
		}
		out = append(out, c)
	}
	return out
}

func isAlternative(toks []token) bool { return toks[0].is("or") }

// orders tells whether the words begin with a verb and what it is done to: "stop it",
// "cancel my booking".
func (p *planner) orders(toks []token) bool {
	return len(toks) > 1 && p.k.verbs[toks[0].low] && !auxiliaries[toks[0].low] && unitDays[toks[0].stem] == 0 && currencyOf(toks[0].low) == "" &&
		(nounMarks[toks[1].low] || toks[1].is("it", "them", "me", "us"))
}

// longClause bounds the words among which the end of a condition is looked for.
const longClause = 40

// predicates are verbs that say something of an object.
var predicates = set("cost costs contain contains include includes hold holds already still ships arrives exceeds fits works")

// requestInside finds where, in a condition without a comma after it, the
// request begins: "it has not shipped yet | cancel it". It returns 0 if there is
// none.
func (p *planner) requestInside(toks []token) int {
	said := auxiliaries[toks[0].low]
	for j := 1; j < min(len(toks), longClause); j++ {
		t := toks[j]
		prev := toks[j-1]
		if !said || j < 2 {
			said = said || auxiliaries[t.low] || predicates[t.low] || isParticiple(t)
			continue
		}
		if n := letBe.at(toks, j); n > 0 && len(wordsOnly(toks[j+n:])) == 0 && !negators[prev.low] && (n > 1 || prev.kind == tokPunct) && !auxiliaries[prev.low] {
			return j
		}
		if t.is("i", "we") && j+2 < len(toks) && toks[j+1].is("will", "want", "would", "need") && p.confident(toks[j:]) != nil {
			return j
		}
		if prev.is("already", "still", "yet") && p.orders(toks[j:]) && p.confident(toks[j:]) != nil {
			return j
		}
		if t.kind != tokWord || nounMarks[prev.low] || auxiliaries[prev.low] || negators[prev.low] || subjectPronouns[prev.low] ||
			prev.is("to", "be", "been", "it", "of", "than", "over", "in", "on", "at", "for", "with", "and", "or", "'s", "already", "still") && !t.is("please", "can", "could", "tell", "show") {
			continue
		}
		wish := t.is("i", "we") && j+1 < len(toks) && toks[j+1].is("will", "would", "want", "need", "can")
		polite := wish || openers.at(toks, j) > 0 && !t.is("and", "but", "so", "now", "right", "next", "second", "first", "just", "then", "good", "fine", "ok")
		if !polite && (!p.k.verbs[t.low] || auxiliaries[t.low] || functionWords[t.low] && !t.is("tell", "show", "give", "get", "let", "check", "find", "send", "make", "put", "take", "what", "where", "when")) {
			continue
		}
		if (prev.kind == tokNumber || spellOut[prev.low] != 0) && (unitDays[t.stem] != 0 || !generalVerbs[t.low] && (j+1 >= len(toks) || !toks[j+1].is("me", "us")) || j+1 < len(toks) && !nounMarks[toks[j+1].low] && !pronouns[toks[j+1].low] && !toks[j+1].is("me", "us") && countDigits(toks[j+1].low) == 0) || len(wordsOnly(toks[j:])) < 2 {
			continue
		}
		if p.confident(toks[j:]) != nil {
			return j
		}
	}
	return 0
}
