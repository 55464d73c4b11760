package offline

import (
	"slices"
	"strconv"
	"strings"
)

// secondThoughts part, inside one message, what is not meant from what is: "cancel
// 1003, no wait, 1002". The bare ones are signs also where no comma stands before
// them.
var (
	secondThoughts = newPhrases(
		"no", "no no", "nope", "no wait", "wait", "wait no", "oh wait", "oh no", "hang on", "hold on", "hold on no", "sorry", "sorry no", "no sorry", "i mean", "i meant", "i meant to say", "no i mean", "no i meant", "sorry i mean", "sorry i meant", "wait i mean", "wait i meant", "actually i mean", "actually i meant", "i mean to say",
		"actually", "actually no", "no actually", "or rather", "rather", "or actually", "or no", "correction", "oops", "oops i meant", "oops no", "scratch that", "no scratch that", "make that", "no make that", "my mistake", "my bad", "strike that", "that is",
	)
	bareThoughts = newPhrases("no wait", "wait no", "oh wait", "no sorry", "sorry no", "i meant", "i mean", "no i meant", "no i mean", "sorry i meant", "sorry i mean", "or rather", "scratch that", "no scratch that", "actually no", "no actually", "wait i meant", "oops i meant")
	// correctedLead may stand before the corrected value: "no, it is 1002".
	correctedLead = newPhrases("to", "for", "at", "on", "it is", "it should be", "that should be", "make it", "use", "order", "number", "of", "with", "from", "in")
)

// reconsider rewrites a message that corrects itself as if only what is meant had been
// said: "change my phone to 12345678, no, 87654321". A value takes the place of the
// last one of its kind before it, a thing that of the last thing. Where nothing fits,
// the message stays as it is; unclear then says that it has to be asked.
func (p *planner) reconsider() {
	for range 3 {
		msg, ok := p.withoutRejected()
		if !ok {
			return
		}
		p.req.Message = msg
		p.toks = p.k.mend(apart(tokenize(msg), p.req.People))
	}
}

// secondThought finds where the message corrects itself: the tokens before, and those
// of the correction up to the next sign.
func (p *planner) secondThought() (at, from, to int) {
	for i := 1; i < len(p.toks); i++ {
		list := bareThoughts
		if p.toks[i-1].kind == tokPunct && p.toks[i-1].is(",", ".", "-", "–", "—", ";", "…", "!") {
			list = secondThoughts
		}
		n := list.at(p.toks, i)
		if n == 0 {
			continue
		}
		from = i + n
		for from < len(p.toks) && p.toks[from].is(",", ":", "-", "–", "—", ".", "…", "!") {
			from++
		}
		for k := secondThoughts.at(p.toks, from); k > 0 && from+k < len(p.toks); k = secondThoughts.at(p.toks, from) {
			from += k
			for from < len(p.toks) && p.toks[from].kind == tokPunct {
				from++
			}
		}
		to = from
		for to < len(p.toks) && !p.toks[to].is(",", ".", ";", "!", "?", "\n") && !(p.toks[to].is("and", "but", "then") && to > from) {
			to++
		}
		if at = i; from < to && len(trimPunct(p.toks[:at])) > 0 {
			return at, from, to
		}
	}
	return 0, 0, 0
}

// withoutRejected returns the message without the first value that it rejects itself.
func (p *planner) withoutRejected() (string, bool) {
	at, from, to := p.secondThought()
	if at == 0 {
		return "", false
	}
	before, after := p.toks[:at], p.toks[from:to]
	for len(before) > 0 && before[len(before)-1].kind == tokPunct {
		before = before[:len(before)-1]
	}
	if n := afterthoughts.endAt(after, len(after)); n > 0 && n < len(after) {
		after = after[:len(after)-n]
	}
	if n := closers.endAt(after, len(after)); n > 0 && n < len(after) && after[len(after)-1].is("too", "well", "also") {
		return "", false // sorry, 1002 too
	}
	if len(before) == 0 || p.toks[at-1].is("?") || quotedBefore(p.toks[:at]) || p.saying(before) {
		return "", false
	}
	if street := p.address(p.toks[from:]); street != nil {
		if old := p.address(before); old != nil {
			return p.swap(old, street, at, street[len(street)-1].end), true
		}
	}
	for {
		n := correctedLead.at(after, 0)
		if n == 0 || n >= len(after) {
			break
		}
		after = after[n:]
	}
	if old, value := sameKind(before, after); old != nil && !oneOfSeveral(before, old) {
		return p.swap(old, value, at, p.toks[to-1].end), true
	}
	if old := p.sameThing(before, after); old != nil && !oneOfSeveral(before, old) {
		return p.swap(old, after, at, p.toks[to-1].end), true
	}
	return "", false
}

// oneOfSeveral tells whether the stretch is one of several that the words name: which of them
// is rejected is for the user to say.
func oneOfSeveral(before, old []token) bool {
	for i, t := range before {
		if t.start == old[0].start {
			return i > 0 && before[i-1].is("and", "or", "&", ",")
		}
	}
	return false
}

// swap writes the message with one stretch in place of another that stood before the
// words at; the correction ends at the byte end.
func (p *planner) swap(old, value []token, at, end int) string {
	msg := p.req.Message
	cut := p.toks[at].start
	head := msg[:old[0].start] + msg[value[0].start:value[len(value)-1].end]
	between := strings.TrimRight(msg[old[len(old)-1].end:cut], " ,;.-–—…!\t\n")
	tail := strings.TrimLeft(msg[end:], " ")
	if between != "" && !strings.HasPrefix(between, " ") {
		between = " " + between
	}
	if tail != "" && !strings.HasPrefix(tail, ",") && !strings.HasPrefix(tail, ".") && !strings.HasPrefix(tail, "?") && !strings.HasPrefix(tail, "!") && !strings.HasPrefix(tail, ";") {
		tail = " " + tail
	}
	return head + between + tail
}

// saying tells whether the words before are what somebody is told, which stays as it
// was said.
func (p *planner) saying(before []token) bool {
	return slices.ContainsFunc(before, func(t token) bool { return t.is(":") }) || sayingHere(before)
}

func sayingHere(toks []token) bool {
	_, n := sayingWords.find(toks)
	return n > 0
}

// quotedBefore tells whether a quotation is open or stands in the words.
func quotedBefore(toks []token) bool {
	return slices.ContainsFunc(toks, func(t token) bool { return t.kind == tokQuoted })
}

// address returns the tokens of a postal address with a number in it, nil if there is
// none.
func (p *planner) address(toks []token) []token {
	if len(toks) < 2 {
		return nil
	}
	v, at := findAddress(newBag(p.req.Message, toks, nil), p.keyAnywhere)
	if v == "" || countDigits(v) == 0 || len(wordsOnly(toks[at[0]:at[1]])) < 2 {
		return nil
	}
	return toks[at[0]:at[1]]
}

// sameKind finds the value that the correction begins with, and the last one of its
// kind among the words before; what follows the value must be what followed the old
// one, or nothing.
func sameKind(before, after []token) (old, value []token) {
	if v, at := findPhone(after); v != "" && at[0] == 0 && at[1] == len(after) {
		if o, was := lastPhone(before); o {
			return before[was[0]:was[1]], after
		}
	}
	if len(after) == 0 || len(after) > 4 {
		return nil, nil
	}
	for i := len(before) - 1; i >= 0; i-- {
		if k := sortOfValue(before[i]); k == "" || k != sortOfValue(after[0]) || spellOut[after[0].low] != 0 && len(after) == 1 && spellOut[before[i].low] == 0 {
			continue
		}
		rest, tail := after[1:], before[i+1:]
		if len(rest) <= len(tail) && slices.EqualFunc(rest, tail[:len(rest)], func(a, b token) bool { return a.low == b.low }) {
			return before[i : i+1], after[:1]
		}
		return nil, nil
	}
	return nil, nil
}

// lastPhone finds the last telephone number of the words.
func lastPhone(toks []token) (found bool, at [2]int) {
	for from := 0; from < len(toks); {
		v, one := findPhone(toks[from:])
		if v == "" {
			break
		}
		found, at = true, [2]int{from + one[0], from + one[1]}
		from = at[1]
	}
	return found, at
}

// sortOfValue says what kind of value a word is, "" if it is none: two of one kind may
// stand for each other.
func sortOfValue(t token) string {
	digits := countDigits(t.low)
	switch {
	case t.kind == tokEmail:
		return "email"
	case weekdays[t.low] != 0:
		return "weekday"
	case months[t.low] != 0 && isCapital(t.text):
		return "month"
	case spellOut[t.low] != 0:
		return "number"
	case digits == 0:
		return ""
	case digits < len(t.low):
		return "code" + strconv.Itoa(digits)
	case digits <= 3:
		return "number"
	}
	return "digits" + strconv.Itoa(digits)
}

// sameThing finds, if the correction is a noun phrase and nothing else, the last noun
// phrase before it that could stand in its place.
func (p *planner) sameThing(before, after []token) []token {
	if len(after) < 2 || len(after) > 5 || !nounMarks[after[0].low] || after[0].is("that", "this", "no", "all", "both") || has(after, "not") {
		return nil
	}
	for _, t := range after[1:] {
		if t.kind != tokWord || auxiliaries[t.low] || subjectPronouns[t.low] || questionWords[t.low] || t.is("to", "because", "not", "it", "is") {
			return nil
		}
	}
	if p.confident(after) != nil && p.starts(after) {
		return nil
	}
	for i := len(before) - 1; i > 0; i-- {
		if !nounMarks[before[i].low] || before[i].is("that", "this", "no") || i+1 >= len(before) || before[i+1].kind != tokWord {
			continue
		}
		end := i + 1
		for end < len(before) && before[end].kind == tokWord && !auxiliaries[before[end].low] && !before[end].is("to", "at", "from", "for", "by", "in", "on", "with", "because", "and", "or", "please", "if") {
			end++
		}
		return before[i:end]
	}
	return nil
}

// unclear tells whether the message rejects something it said and what is meant in its
// place is not understood: a few words that ask for nothing themselves.
func (p *planner) unclear() string {
	at, from, to := p.secondThought()
	if at == 0 || to != len(trimPunct(p.toks[from:]))+from || to-from > 4 || p.saying(p.toks[:at]) || p.confident(p.toks[:at]) == nil || p.starts(p.toks[from:to]) || p.toks[from].is("i", "it", "we", "they", "he", "she", "please", "thanks", "thank") {
		return ""
	}
	if closers.endAt(p.toks[from:to], to-from) == to-from || lastMinute.at(p.toks, from) == to-from {
		return ""
	}
	return p.words(p.toks[at:to])
}
