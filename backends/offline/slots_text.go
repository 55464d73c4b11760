package offline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The words that announce what the user has to say, the surest first.
var (
	sayingWords  = newPhrases("saying", "saying that", "which says", "that says", "with the message", "with the comment", "with the note", "with the text", "with the reason", "the reason is", "the reason being", "the reason is that", "the problem is", "the problem is that", "the issue is", "the issue is that", "telling them", "tell them", "and say", "and say that", "message is", "comment is", "it says", "reason is", "reason", "the message is")
	becauseWords = newPhrases("because", "because of", "since", "due to", "as it", "as they", "as i", "cause")
	thatWords    = newPhrases("that", "about", "regarding", "concerning", "about how", "about the fact that", "on the subject of")
)

// fillProse finds what the user has to say: quoted, after a colon, or after
// words that announce it; for a required parameter also sentences of their own.
func (p *planner) fillProse(s *skill, b *bag, put func(*slot, any, string)) {
	for _, sl := range s.slots {
		if sl.use != useProse {
			continue
		}
		lead, from, to := p.prose(s, sl, b)
		v := b.text(from, to)
		if v == "" {
			continue
		}
		if from > 0 {
			b.take(lead, to-lead)
		}
		put(sl, capital(v), v)
	}
}

// prose returns the tokens that hold what the user has to say, and where the words
// begin that announce it.
func (p *planner) prose(s *skill, sl *slot, b *bag) (lead, from, to int) {
	end := len(b.toks)
	for i, t := range b.toks {
		if t.kind == tokQuoted && !b.used[i] && !s.wantsName() {
			return i, i, i + 1
		}
		if t.is(":") && i+1 < end {
			return i, i + 1, end
		}
	}
	for _, words := range []*phrases{sayingWords, becauseWords} {
		if at, n := words.find(b.toks); n > 0 && at+n < end {
			if b.toks[at].is("as") {
				n = 1
			}
			from := at + n
			if b.toks[at+n-1].is("them") {
				from = p.toldFrom(s, b, from)
			}
			return at, from, p.proseEnd(b, from)
		}
	}
	if from := p.remark(b); from > 0 {
		return from, from, p.proseEnd(b, from)
	}
	if !sl.required {
		for at := 1; at < b.own; at++ {
			if b.toks[at].is("about", "regarding", "concerning") && p.says(s, b, at+1, b.own) {
				return at, at + 1, p.proseEnd(b, at+1)
			}
		}
	}
	if about := strings.ToLower(sl.schema.Description); !sl.required && (strings.Contains(about, "what it is for") || strings.Contains(about, "what for") || strings.Contains(about, "purpose")) {
		for at := b.own - 2; at > 0; at-- {
			if b.toks[at].is("for") && b.free(at, b.own-at) && p.says(s, b, at+1, b.own) {
				return at, at + 1, p.proseEnd(b, at+1)
			}
		}
	}
	if from := p.message(b); sl.required && from > 0 {
		return from - 1, from, p.proseEnd(b, from)
	}
	if sl.required {
		if statement(b.toks[:b.own]) && !s.namedOnly(b.toks[:b.own]) || p.telegram(s, sl, b) {
			return 0, 0, b.own
		}
		for at := 1; at < b.own; at++ {
			n := thatWords.at(b.toks, at)
			if n == 0 || b.toks[at].is("that") && at+1 < b.own && (b.toks[at+1].is("is", "was") || nounMarks[b.toks[at-1].low]) {
				continue
			}
			if p.says(s, b, at+n, p.proseEnd(b, at+n)) {
				return at, at + n, p.proseEnd(b, at+n)
			}
		}
		if p.says(s, b, b.own, end) {
			return b.own, b.own, end
		}
	}
	return 0, 0, 0
}

// remark finds where words begin, after a comma or in a sentence beside the request,
// that say how things are: "return the boots, they are too small". It is 0 if there
// are none.
func (p *planner) remark(b *bag) int {
	for i := 1; i < len(b.toks); i++ {
		gap := gapText(b.msg, b.toks[i-1], b.toks[i])
		if i != b.own && !strings.ContainsAny(gap, ",–—;") && !strings.Contains(gap, " - ") && b.toks[i-1].kind != tokPunct {
			continue
		}
		if b.free(i, 1) && (isRemark(b.toks[i:]) || p.shortRemark(b.toks[i:b.own])) {
			return i
		}
	}
	return 0
}

// shortRemark tells whether the words, which end the request, say in short what is
// wrong: "too small", "wrong size", "arrived broken".
func (p *planner) shortRemark(toks []token) bool {
	w := trimPunct(toks)
	if len(w) < 2 || len(w) > 6 || slices.ContainsFunc(w, func(t token) bool { return t.is(",") || countDigits(t.low) > 0 }) {
		return false
	}
	if w[0].is("too", "wrong", "not") {
		return w[1].kind == tokWord && !nounMarks[w[1].low] && !functionWords[w[1].low]
	}
	return isParticiple(w[0]) && !p.k.verbs[w[0].low] && w[1].kind == tokWord && w[1].is("broken", "damaged", "defective", "faulty", "wrong", "late", "in", "with", "too", "without")
}

// isRemark tells whether the words state something and ask for nothing.
func isRemark(toks []token) bool {
	if len(wordsOnly(toks)) < 3 || openers.at(toks, 0) > 0 || corrections.at(toks, 0) > 1 {
		return false
	}
	first, next := toks[0], toks[1]
	switch {
	case first.is("it", "they", "he", "she", "these", "those", "that", "this", "there"):
		return !questionWords[next.low] && next.kind == tokWord
	case first.is("someone", "somebody", "nobody", "everything", "everyone", "nothing"):
		return next.kind == tokWord
	case first.is("i", "we"):
		return !next.is("want", "need", "would", "wish", "mean", "meant", "must", "will", "said", "think", "guess")
	case first.is("my", "the", "one", "both", "some", "no", "something"):
		for _, t := range toks[1:min(len(toks), 6)] {
			if auxiliaries[t.low] || isParticiple(t) {
				return true
			}
		}
	}
	return first.kind == tokWord && !first.is("sent", "set", "left", "told", "made", "given", "found", "thought") && irregular[first.low] != "" && irregular[first.low] != first.low && !auxiliaries[first.low] && stem(first.low) != first.low || strings.HasSuffix(first.low, "ed") && len(first.low) > 4
}

// toldFrom skips, between "tell them" and what is told, where it is to stand: "on
// ticket 42 that …".
func (p *planner) toldFrom(s *skill, b *bag, from int) int {
	for i := from; i < min(from+6, b.own); i++ {
		if b.toks[i].is("that", ":") {
			return i + 1
		}
		if !b.used[i] && !functionWords[b.toks[i].low] && !s.vocab[b.toks[i].stem] {
			break
		}
	}
	return from
}

// wantsName tells whether a short name must be given, which a quotation is then
// taken for.
func (s *skill) wantsName() bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.use == useName && sl.required })
}

// statement tells whether the words state how something is, rather than ask for
// something: a noun phrase and then its verb.
func statement(toks []token) bool {
	if len(toks) < 4 || !nounMarks[toks[0].low] && !toks[0].is("there", "something", "it", "they") {
		return false
	}
	for _, t := range toks[1:] {
		if auxiliaries[t.low] {
			return true
		}
	}
	return false
}

// message finds what somebody is to be told: "tell the doctor to call me", "ask Kim
// whether it is done". It is 0 if there is no such thing.
func (p *planner) message(b *bag) int {
	for i := 0; i+3 < b.own; i++ {
		if !b.toks[i].is("tell", "ask", "remind", "inform", "let", "write", "message") || b.toks[i+1].is("me", "us") {
			continue
		}
		for j := i + 2; j < min(i+6, b.own-1); j++ {
			if b.toks[j].is("to", "that", "whether", "if") {
				if b.toks[j].is("to") && (nounMarks[b.toks[j+1].low] || isCapital(b.toks[j+1].text)) {
					continue // write … to the doctor
				}
				return j + 1
			}
		}
	}
	return 0
}

// telegram tells whether the request is nothing but a short report, to an intent that
// wants nothing else: "shower broken", "no water".
func (p *planner) telegram(s *skill, sl *slot, b *bag) bool {
	toks := trimPunct(b.toks[:b.own])
	if len(toks) < 2 || len(toks) > 5 || p.starts(toks) || generalVerbs[toks[0].low] || questionWords[toks[0].low] {
		return false
	}
	for _, other := range s.slots {
		if other.required && other != sl {
			return false
		}
	}
	last := toks[len(toks)-1]
	return isParticiple(last) || toks[0].is("no") || functionWords[last.low] && last.is("broken", "damaged", "missing", "defective", "faulty", "wrong", "lost", "late", "delayed") || strings.HasSuffix(last.low, "ing")
}

// proseEnd is where the user's words end: with the request, or with the sentences
// beside it if they go on from there.
func (p *planner) proseEnd(b *bag, from int) int {
	if from >= b.own {
		return len(b.toks)
	}
	end := b.own
	for end > from {
		n := closers.endAt(b.toks[:end], end)
		if n == 0 || end-n <= from {
			break
		}
		end -= n
	}
	return end
}

// says tells whether the tokens hold anything beyond the intent's own words and
// values that were found already.
func (p *planner) says(s *skill, b *bag, from, to int) bool {
	for i := from; i < to; i++ {
		t := b.toks[i]
		if t.kind == tokWord && !b.used[i] && !functionWords[t.low] && !s.vocab[t.stem] && openers.at(b.toks, i) == 0 {
			return true
		}
	}
	return false
}

// isPlace tells whether the parameter says where something is.
func (sl *slot) isPlace() bool {
	return sl.use == useName && (sl.words[stem("place")] > 0 || sl.words[stem("where")] > 0 || sl.words[stem("location")] > 0)
}

// capital writes the first letter as a capital.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || unicode.IsUpper(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// fillName finds the short name that a text parameter asks for: quoted, or what
// is left of the request when the intent's own words are taken away. It marks
// nothing as used, since the same words may describe the object.
func (p *planner) fillName(s *skill, sl *slot, b *bag) (string, bool) {
	for i, t := range b.toks {
		if t.kind == tokQuoted && !b.used[i] {
			b.take(i, 1)
			return t.text, true
		}
	}
	type group struct {
		from, to, score int
	}
	var groups []group
	toks := b.toks[:b.own]
	for i := 0; i < len(toks); i++ {
		if !p.content(s, b, i) {
			continue
		}
		j := i + 1
		for j < len(toks) {
			if p.content(s, b, j) {
				j++
				continue
			}
			// A title may hold little words: the Name of the Rose.
			k := j
			for k < len(toks) && toks[k].kind == tokWord && functionWords[toks[k].low] && !b.used[k] {
				k++
			}
			if k == j || k >= len(toks) || !p.content(s, b, k) || !isCapital(toks[k].text) || !isCapital(toks[i].text) {
				break
			}
			j = k + 1
		}
		g := group{from: i, to: j, score: 1}
		if sl.isPlace() && isCapital(toks[i].text) {
			for g.to < len(toks) && isCapital(toks[g.to].text) && toks[g.to].kind == tokWord {
				g.to++ // High Street, even if the street is one of the intent's own words
			}
			j = g.to
			if i > 0 && toks[i-1].kind == tokNumber && countDigits(toks[i-1].low) < 5 && !b.used[i-1] {
				g.from-- // 12 Mill Lane
			}
		}
		if isCapital(toks[i].text) && i > 0 {
			g.score += 2
			if toks[i-1].is("the", "a", "an") && isCapital(toks[i-1].text) {
				g.from--
			}
		}
		for k := max(0, i-2); k < i; k++ {
			if sl.words[toks[k].stem] > 0 || nounMarks[toks[k].low] {
				g.score++
			}
		}
		groups = append(groups, g)
		i = j
	}
	if len(groups) == 0 {
		return "", false
	}
	best := slices.MaxFunc(groups, func(a, c group) int {
		if a.score == c.score {
			return c.from - a.from
		}
		return a.score - c.score
	})
	return b.text(best.from, best.to), true
}

// content tells whether the token is a word of content that is neither used up
// nor one of the intent's own.
func (p *planner) content(s *skill, b *bag, i int) bool {
	t := b.toks[i]
	switch {
	case b.used[i] || t.kind == tokPunct || t.kind == tokEmail || t.kind == tokQuoted:
		return false
	case t.kind == tokNumber, ordinalDay(t.low) > 0, countDigits(t.low) > 0 && p.keyAnywhere(t):
		return false
	case p.isPerson(b.toks, i):
		return false
	case functionWords[t.low] || ordinals[t.low] != 0 || t.is("'s") || spellOut[t.low] != 0:
		return false
	case s.vocab[t.stem] && (!isCapital(t.text) || i == 0 || s.vocab[t.low]):
		return false
	case i == 0 && p.k.verbs[t.low]:
		return false
	case closesQuestion(b.toks[:b.own], i):
		return false
	case costWords[t.low], measureNouns[t.low] && i+1 < len(b.toks) && b.toks[i+1].is("of"):
		return false
	case i > 0 && (subjectPronouns[b.toks[i-1].low] || b.toks[i-1].is("it", "that", "which") && strings.HasSuffix(t.low, "s") || b.toks[i-1].is("to", "not") && p.k.verbs[t.low]):
		return false
	case timeWords[t.low] || unitDays[t.stem] != 0 || weekdays[t.low] != 0 || months[t.low] != 0 && isCapital(t.text):
		return false
	case strings.HasSuffix(t.low, "ly") && len(t.low) > 5 && !nounsInLy[t.low]:
		return false
	}
	return true
}

// isCount tells whether the token at i is a number that counts what follows.
func isCount(toks []token, i int) bool {
	n, ok := numberOf(toks[i].low)
	return ok && n >= 2 && n < 1000 && len(toks[i].low) < 4
}

// closesQuestion tells whether the word at i is the verb of a question with "do": the
// leave of "when does my flight to Rome leave". It stands last, or before a word of
// time.
func closesQuestion(toks []token, i int) bool {
	if i < 2 || isCapital(toks[i].text) || i+1 < len(toks) && toks[i+1].kind != tokPunct && !toks[i+1].is("on", "at", "in", "before", "after", "from", "for", "by", "again", "exactly", "tomorrow", "today") {
		return false
	}
	if nounMarks[toks[i-1].low] || toks[i-1].is("to", "of", "for", "with", "from", "in") || stripPlural(toks[i].low) != toks[i].low {
		return false
	}
	for k := max(0, i-8); k < i-1; k++ {
		if toks[k].is("does", "do", "did", "will") && (k == 0 || questionWords[toks[k-1].low] || toks[k-1].kind == tokPunct || toks[k-1].is("much", "many", "long")) {
			return true
		}
	}
	return false
}

// nounsInLy end like adverbs and are none.
var nounsInLy = set("family supply assembly monthly weekly yearly butterfly italy emily reply monopoly anomaly jelly homily multiply quarterly friendly elderly")

// measureNouns say how much there is of what follows.
var measureNouns = set("pair pairs piece pieces box boxes pack packs packet packets set sets bottle bottles bag bags unit units copy copies item items number quantity amount")

var timeWords = set("today tomorrow yesterday tonight morning afternoon evening week weekend month last ago since recently lately earlier later soon am pm noon sunday")

func isCapital(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}
