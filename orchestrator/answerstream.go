package orchestrator

import (
	"strings"
	"unicode/utf8"
)

// answerStream lets an answer out as it is written, and stops at the first fact
// that comes from nowhere: a fact is let out when it is whole and was found in a
// source. The very last character stays back until the turn is stored, so that no
// answer is ever seen whole that could still be lost.
type answerStream struct {
	facts   *facts
	publish func(string)
	text    string // all that came
	sent    int    // how much of it is out
	stopped bool
	words   []word
}

func (a *answerStream) emit(delta string) {
	if a.stopped || delta == "" {
		return
	}
	a.text += delta
	if partialRune(a.text) {
		return
	}
	// The line is enough to understand what stands in it.
	start := strings.LastIndexByte(a.text[:a.sent], '\n') + 1
	line := a.text[start:]
	_, last := utf8.DecodeLastRuneInString(a.text)
	cut := min(a.closed(line), len(line)-last)
	if start+cut <= a.sent {
		return
	}
	var out findings
	if open := a.facts.check(line, a.sent-start, cut, &out); open < cut {
		cut = open
	}
	if len(out.problems) > 0 {
		a.stopped = true
		return
	}
	if cut = wholeTo(line, cut); start+cut > a.sent {
		piece := a.text[a.sent : start+cut]
		a.sent = start + cut
		a.publish(Printable(piece))
	}
}

// partialRune tells whether the end of a text is the beginning of a character.
func partialRune(text string) bool {
	for k := len(text) - 1; k >= 0 && k > len(text)-utf8.UTFMax; k-- {
		if utf8.RuneStart(text[k]) {
			return !utf8.FullRuneInString(text[k:])
		}
	}
	return false
}

// openWords is how many words a fact has at most.
const openWords = 9

// closed is up to where no fact of a text can go on in what is still to come: the
// last word, and in front of it numbers, names, months and what joins them.
func (a *answerStream) closed(text string) int {
	a.words = splitWords(a.words[:0], text)
	ws := a.words
	if len(ws) == 0 {
		return 0
	}
	k := len(ws) - 1
	tail := text[ws[k].end:]
	switch {
	case gapOf(tail) == gapStop && tail != "": // a line or sentence ended
		return len(text)
	case tail == "", a.joins(text, k):
	default:
		return len(text) // an ordinary word is complete
	}
	for n := 0; n < openWords && k > 0 && ws[k].gap != gapStop && a.joins(text, k-1); n++ {
		k--
	}
	cut := ws[k].start
	for {
		r, size := utf8.DecodeLastRuneInString(text[:cut])
		if !strings.ContainsRune("(+#", r) || size == 0 {
			return cut
		}
		cut -= size
	}
}

// joins tells whether the fact that word k may be part of can go on behind it.
func (a *answerStream) joins(text string, k int) bool {
	w := a.words[k]
	s := w.of(text)
	if w.digit || w.upper || particle(s) {
		return true
	}
	if k == 0 || a.words[k].gap == gapStop {
		return s == "in" || month(s) > 0 || countIn(s) > 0
	}
	before := a.words[k-1]
	return (timeUnit(s) != "" || between(s) || s == "of") && (before.digit || countIn(before.of(text)) > 0) ||
		s == "in" || countIn(s) > 0 || month(s) > 0
}
