package offline

// chunk is a stretch of a message between two places where a new request or a
// condition could begin.
type chunk struct {
	toks []token
	kind chunkKind
	// negated: the condition must not hold (unless).
	negated bool
	// other: what follows holds if the last condition did not (otherwise).
	other bool
	// same: what follows holds under the last condition (in that case).
	same bool
	// hard: a sentence begins here; comma, and: a comma or a conjunction stands
	// before it.
	// link holds the words that other and same stand for.
	link             []token
	hard, comma, and bool
	// asked: a question mark ends the sentence here.
	asked bool
	// then: after what came before; first: before everything else; ahead: before
	// the action that follows in the sentence (after you have …); behind: after it
	// (before you …).
	then, first, ahead, behind bool
	// last: after all that came before.
	last bool
	// also: words stand before it that add something new.
	also bool
	// mine: a clause of time says what the user does (before I leave), which may be
	// no request at all.
	mine bool
}

type chunkKind int

const (
	chunkRequest chunkKind = iota
	chunkCondition
	chunkIgnored
	// chunkEcho ends a request by repeating the last condition: "… if it has".
	chunkEcho
)

var (
	conditionOpeners = newPhrases(
		"if", "only if", "but only if", "and only if", "if and only if", "only when", "as long as", "so long as", "provided", "provided that", "providing", "providing that",
		"assuming", "assuming that", "given that", "in case", "on condition that", "on the condition that", "in the event that", "once", "as soon as", "supposing", "suppose",
		"only as long as",
	)
	negatedOpeners = newPhrases("unless", "except if", "except when", "if not already", "but not if", "just not if", "not if")
	evenIf         = newPhrases("even if", "even though", "even when", "no matter if", "no matter whether", "regardless of whether", "whether or not")
	// pseudoIf are conditions in form alone.
	pseudoIf = newPhrases(
		"if possible", "if you can", "if you could", "if you would", "if you please", "if you do not mind", "if you like", "if you want", "if you are able to", "if i may", "if i can", "if i could", "if at all possible",
		"if that is ok", "if that is okay", "if that is possible", "if that is alright", "if that is fine", "if that works", "if it is possible", "if it is ok", "if it is okay", "if it is not too much trouble",
		"if you would be so kind", "if you have time", "if you have a moment", "if need be", "if necessary", "if needed", "as soon as possible", "as soon as you can", "if i remember correctly", "if i am not mistaken", "if i recall correctly",
		"if it is not too late", "if it is no trouble", "if that is no trouble", "if it is no bother", "if it is not a problem", "if that is not a problem", "if it is not too much to ask", "if i may ask",
	)
	// politeLeads come before an "if" that is politeness: "it would be great if you
	// could".
	politeLeads = newPhrases("it would be great", "it would be nice", "it would be good", "it would be lovely", "it would be helpful", "it would be wonderful", "it would be perfect", "would be great", "would be nice", "would be good",
		"it would help", "it would help me", "it would make my day", "i would appreciate it", "i would really appreciate it", "i would be grateful", "i would be very grateful", "i would be glad", "i would be happy", "i would be thankful", "i would love it", "i would like it",
		"would it be ok", "would it be okay", "would it be possible", "would it be alright", "is it ok", "is it okay", "would you mind", "do you mind")
	youCould = newPhrases("you could", "you would", "you can", "you will", "you", "i could", "i can", "we could", "we can")
	// askIf come before an "if" that opens a question, not a condition.
	askIf = set(`checking seeing knowing telling finding verifying asking double-check see check know wonder wondering ask asking sure tell find verify confirm me out say curious unsure determine learn hear`)

	otherwiseWords = newPhrases("otherwise", "else", "or else", "if not", "if not then", "or otherwise", "in the other case", "failing that", "if that is not the case", "if it is not", "if it has not", "if that fails", "if they have not", "if they are not")
	sameWords      = newPhrases("if so", "in that case", "if it is", "if it has", "if yes", "if they have", "if they are", "if that is the case")
	thenWords      = newPhrases("then", "and then", "after that", "and after that", "afterwards", "and afterwards", "followed by", "once you are done", "when you are done", "once that is done", "when that is done", "after you are done", "after that is done", "once done", "when done", "when finished", "once you are finished", "when you are finished", "once that is finished", "as soon as that is done", "and once that is done", "and when that is done", "only then", "and only then")
	// laterWords say so where they begin a stretch of words.
	laterWords = newPhrases("finally", "and finally", "lastly", "and lastly", "last of all", "in the end", "at the end", "later", "and later", "next", "and next", "second", "secondly", "third", "thirdly", "fourth", "fourthly")
	firstWords = newPhrases("first", "first of all", "firstly", "but first", "and first", "before that", "but before that", "before anything else", "before you do that", "before you do", "before doing that", "but before you do that", "but before you do")
	andWords   = newPhrases("and", "and also", "also", "plus", "as well as", "and please", "but", "but also", "and another thing", "in addition", "additionally", "furthermore", "moreover", "besides", "oh and", "and besides", "while you are at it", "on top of that", "and while you are at it")
	beforeYou  = newPhrases("before you")
	beforeI    = newPhrases("before i", "before we", "after i", "after we")
	afterYou   = newPhrases("after you have", "after you", "when you have", "once you have")
)

// chunks splits a message at everything that could part two requests, or a
// request from its condition.
func chunks(toks []token) []chunk { return chunksWith(toks, nil) }

// chunksWith is chunks where it is known what words requests start with.
func chunksWith(toks []token, verbs map[string]bool) []chunk {
	s := splitter{toks: toks, verbs: verbs, cur: chunk{hard: true}}
	for s.i < len(toks) {
		if !s.boundary() {
			s.cur.toks = append(s.cur.toks, toks[s.i])
			s.i++
		}
	}
	s.flush()
	return s.out
}

type splitter struct {
	toks  []token
	verbs map[string]bool // that requests start with
	i     int
	cur   chunk
	out   []chunk
}

// flush ends the current chunk. What was said of an empty one is said of the
// next.
func (s *splitter) flush() {
	if len(wordsOnly(s.cur.toks)) == 0 {
		s.cur.toks = nil
		return
	}
	s.out = append(s.out, s.cur)
	s.cur = chunk{}
}

// boundary handles a boundary at the current place, if there is one.
func (s *splitter) boundary() bool {
	t := s.toks[s.i]
	if t.kind == tokPunct {
		switch {
		case t.is("?", "!", ";", "\n") || (t.is(".") && s.gapAfter() && !s.abbreviated()):
			s.cur.asked = t.is("?")
			s.flush()
			s.cur = chunk{hard: true}
			s.i++
			return true
		case t.is(",", "–", "—") || (t.is("-") && s.gapAfter()):
			s.flush()
			s.cur.comma = true
			s.i++
			return true
		case t.is("&") || t.is("+") && s.gapAfter():
			s.open(1, func(c *chunk) { c.and = true })
			return true
		}
		return false
	}
	if n := pseudoIf.at(s.toks, s.i); n > 0 && s.endsThere(s.i+n) {
		s.i += n
		return true
	}
	if n := evenIf.at(s.toks, s.i); n > 0 {
		s.open(n, func(c *chunk) { c.kind = chunkIgnored })
		return true
	}
	if s.conditional() || s.ordering() {
		return true
	}
	if t.is("but", "besides") && s.exception() {
		return false
	}
	if n := andWords.at(s.toks, s.i); n > 0 {
		only := n == 1 && t.is("and", "but")
		s.open(n, func(c *chunk) { c.and, c.also = true, c.also || !only })
		return true
	}
	return false
}

// exception tells whether the word takes something out of "all": what stands
// before it means all, and what follows asks for nothing.
func (s *splitter) exception() bool {
	cur := s.cur.toks
	if len(cur) > 5 {
		cur = cur[len(cur)-5:]
	}
	for _, t := range cur {
		if allWords[t.low] || t.is("anything", "any", "none") {
			return s.i+1 < len(s.toks) && (s.toks[s.i+1].kind == tokNumber || nounMarks[s.toks[s.i+1].low] || s.toks[s.i+1].is("not", "order", "one") || !s.requestAt(s.i+1) && !holding[s.toks[s.i+1].low] && !pronouns[s.toks[s.i+1].low] && !functionWords[s.toks[s.i+1].low])
		}
	}
	return false
}

// endsThere tells whether a polite "if you can" ends before i: nothing follows it,
// or the request that it introduces.
func (s *splitter) endsThere(i int) bool {
	if i >= len(s.toks) || s.toks[i].kind == tokPunct || andWords.at(s.toks, i) > 0 || thenWords.at(s.toks, i) > 0 || otherwiseWords.at(s.toks, i) > 0 || s.toks[i].is("please", "or") {
		return true
	}
	return len(wordsOnly(s.cur.toks)) == 0 && !s.toks[i].is("not")
}

// open ends the current chunk, skips the n words that open the next, and marks
// it.
func (s *splitter) open(n int, mark func(*chunk)) {
	s.flush()
	mark(&s.cur)
	s.i += n
}

func (s *splitter) gapAfter() bool {
	return s.i+1 >= len(s.toks) || s.toks[s.i+1].start > s.toks[s.i].end || s.toks[s.i+1].kind == tokPunct
}

// abbreviations are words whose point ends no sentence where more follows.
var abbreviations = set("mr mrs ms dr st jr sr vs etc approx dept prof ave rd blvd jan feb apr jun jul aug sept sep oct nov dec tue tues wed thu thur thurs fri nr ca incl excl")

// abbreviated tells whether the point belongs to the word before it.
func (s *splitter) abbreviated() bool {
	return s.i > 0 && s.i+1 < len(s.toks) && abbreviations[s.toks[s.i-1].low] && s.toks[s.i-1].end == s.toks[s.i].start && s.toks[s.i+1].kind != tokPunct
}

// conditional handles the words that open a condition or its opposite.
func (s *splitter) conditional() bool {
	t := s.toks[s.i]
	for _, list := range []*phrases{otherwiseWords, sameWords} {
		n := list.at(s.toks, s.i)
		stops := s.i+n >= len(s.toks) || s.toks[s.i+n].is(".", "!", "?", ";", "\n")
		if n > 1 && t.is("if") && stops && len(wordsOnly(s.cur.toks)) > 1 && s.cur.kind == chunkRequest {
			link := s.toks[s.i : s.i+n]
			s.flush()
			s.out = append(s.out, chunk{toks: link, kind: chunkEcho, link: link})
			s.i += n
			return true
		}
	}
	if t.is("if") && s.politely() {
		return true
	}
	end := func(n int) bool { return s.i+n >= len(s.toks) || s.toks[s.i+n].kind == tokPunct }
	if n := otherwiseWords.at(s.toks, s.i); n > 0 && (!t.is("if") || end(n) || s.requestAt(s.i+n)) && (!t.is("else") || !s.afterIndefinite()) {
		link := s.toks[s.i : s.i+n]
		s.open(n, func(c *chunk) { c.link = link; c.other = true; c.kind = chunkRequest; c.negated = false })
		return true
	}
	if n := sameWords.at(s.toks, s.i); n > 0 && (n == 2 && t.is("if") && s.toks[s.i+1].is("so", "yes") || end(n) || t.is("in")) {
		link := s.toks[s.i : s.i+n]
		s.open(n, func(c *chunk) { c.link = link; c.same = true; c.kind = chunkRequest; c.negated = false })
		return true
	}
	if n := negatedOpeners.at(s.toks, s.i); n > 0 {
		if s.toks[s.i+n-1].is("already") {
			n--
		}
		s.open(n, func(c *chunk) { c.kind = chunkCondition; c.negated = true })
		return true
	}
	if n := conditionOpeners.at(s.toks, s.i); n > 0 && (!t.is("if") || !s.asked()) && (!t.is("once") || !s.onceAdverb()) && afterYou.at(s.toks, s.i) == 0 && thenWords.at(s.toks, s.i) == 0 {
		s.open(n, func(c *chunk) { c.kind = chunkCondition; c.negated = false })
		return true
	}
	next := token{}
	if s.i+1 < len(s.toks) {
		next = s.toks[s.i+1]
	}
	switch {
	case t.is("when") && !s.asked() && !auxiliaries[next.low] && (nounMarks[next.low] || pronouns[next.low]) && afterYou.at(s.toks, s.i) == 0 && thenWords.at(s.toks, s.i) == 0,
		t.is("while", "after") && next.is("it", "they"):
		s.open(1, func(c *chunk) { c.kind = chunkCondition; c.negated = false })
		return true
	case t.is("before") && next.is("it", "they") && s.i+2 < len(s.toks):
		s.open(1, func(c *chunk) { c.kind = chunkCondition; c.negated = true })
		return true
	}
	return false
}

// politely skips an "if" that only makes a request polite, with what stands before
// it.
func (s *splitter) politely() bool {
	lead := wordsOnly(s.cur.toks)
	for len(lead) > 1 && lead[0].is("please", "hi", "hello", "hey", "and", "so", "well") {
		lead = lead[1:]
	}
	n := youCould.at(s.toks, s.i+1)
	if len(lead) == 0 || n == 0 || politeLeads.at(lead, 0) != len(lead) || s.i+1+n >= len(s.toks) {
		return false
	}
	s.cur.toks = nil
	s.i += 1 + n
	return true
}

// requestAt tells whether a request seems to begin at i.
func (s *splitter) requestAt(i int) bool {
	return i < len(s.toks) && (generalVerbs[s.toks[i].low] && !auxiliaries[s.toks[i].low] || s.toks[i].is("then", "please") || openers.at(s.toks, i) > 0)
}

// asked tells whether the word is asked for rather than a condition: check if,
// tell me when.
func (s *splitter) asked() bool {
	if s.i == 0 {
		return false
	}
	prev := s.toks[s.i-1]
	if prev.is("me") {
		return s.i > 1 && s.toks[s.i-2].is("tell", "let", "show", "ask", "inform", "notify", "remind")
	}
	if prev.kind == tokPunct {
		return false
	}
	return askIf[prev.low] || prev.is("what", "and", "or", "about") && s.toks[s.i].is("when") && s.i > 1 && !prev.is("and")
}

// ofNoun tells whether the n words, such as "first" and "next", belong to the noun
// after them rather than saying what comes when.
func (s *splitter) ofNoun(n int) bool {
	i := s.i + n
	if i >= len(s.toks) {
		return false
	}
	next := s.toks[i]
	if next.kind == tokPunct || questionWords[next.low] || s.requestAt(i) {
		return false
	}
	return !s.verbs[next.low] || i+1 >= len(s.toks) || !nounMarks[s.toks[i+1].low] && !s.toks[i+1].is("me", "us", "it", "them") && s.toks[i+1].kind != tokNumber
}

func (s *splitter) afterIndefinite() bool {
	return s.i > 0 && s.toks[s.i-1].is("anything", "something", "what", "who", "where", "someone", "nothing", "anyone", "everything", "somewhere")
}

func (s *splitter) onceAdverb() bool {
	if s.i+1 >= len(s.toks) {
		return true
	}
	next := s.toks[s.i+1]
	return !nounMarks[next.low] && !pronouns[next.low] && !next.is("they")
}

// ordering handles the words that say what comes first.
func (s *splitter) ordering() bool {
	if n := firstWords.at(s.toks, s.i); n > 0 && len(s.cur.toks) == 0 && (n > 1 || !s.ofNoun(n)) {
		s.open(n, func(c *chunk) { c.first = true })
		return true
	}
	if n := laterWords.at(s.toks, s.i); n > 0 && s.i+n < len(s.toks) && len(s.cur.toks) == 0 && (s.toks[s.i+n-1].is("finally", "lastly") || !s.ofNoun(n)) {
		s.open(n, func(c *chunk) { c.then, c.last = true, s.toks[s.i+n-1].is("finally", "lastly", "all", "end") })
		return true
	}
	if n := thenWords.at(s.toks, s.i); n > 0 && s.i+n < len(s.toks) {
		s.open(n, func(c *chunk) { c.then = true })
		return true
	}
	if n := beforeI.at(s.toks, s.i); n > 0 {
		before := s.toks[s.i].is("before")
		s.open(n, func(c *chunk) { c.behind, c.ahead, c.mine = before, !before, true })
		return true
	}
	if n := afterYou.at(s.toks, s.i); n > 0 {
		s.open(n, func(c *chunk) { c.ahead = true })
		return true
	}
	if n := beforeYou.at(s.toks, s.i); n > 0 {
		s.open(n, func(c *chunk) { c.behind = true })
		return true
	}
	return false
}
