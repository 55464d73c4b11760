package orchestrator

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// pick is what a word says about the changes of a confirmation.
type pick int

const (
	pickFill pick = iota // says nothing of itself
	pickNumber
	pickYes
	pickNo
	pickNot
	pickOnly
	pickAll
	pickExcept
	pickTo
	pickBut
	pickEnd    // a comma, a full stop, "and"
	pickUnsure // may turn round what stands beside it: "keep 1", "-1", a cross
)

type picked struct {
	kind pick
	n    int // of a number
}

// pickWords are the English words in which some of several changes are chosen.
var pickWords = func() map[string]picked {
	out := map[string]picked{}
	for kind, words := range map[pick]string{
		pickYes:    "yes y yeah yep yup ok okay sure",
		pickNo:     "no n nope nah",
		pickNot:    "not dont skip leave",
		pickOnly:   "only just solely merely",
		pickAll:    "all everything both",
		pickExcept: "except excluding without",
		pickTo:     "to for with",
		pickBut:    "but",
		pickEnd:    "and",
		pickUnsure: "never neither nor none nothing keep stop drop remove exclude rather instead cancel forget or nt cannot cant wont",
		pickFill: "please pls plz do make go ahead the that this of them out number item change it then i want oh well great perfect good fine cool alright ah " +
			"thanks thank you id like take lets",
	} {
		for w := range strings.FieldsSeq(words) {
			out[w] = picked{kind: kind}
		}
	}
	for i, words := range []string{"first one", "second two", "third three", "fourth four", "fifth five", "sixth six"} {
		for w := range strings.FieldsSeq(words) {
			out[w] = picked{pickNumber, i + 1}
		}
	}
	return out
}()

// pickWord is what a word says, in English or in the words of a locale.
func (l *Locale) pickWord(w string) (picked, bool) {
	if l != nil {
		a := &l.Asking.Picking
		for _, list := range []struct {
			kind  pick
			words []string
		}{
			{pickYes, a.Yes},
			{pickNo, a.No},
			{pickNot, a.Not},
			{pickOnly, a.Only},
			{pickAll, a.All},
			{pickExcept, a.Except},
			{pickTo, a.To},
			{pickBut, a.But},
			{pickEnd, a.And},
			{pickUnsure, a.Unsure},
			{pickFill, a.Fill},
		} {
			if slices.Contains(list.words, w) {
				return picked{kind: list.kind}, true
			}
		}
		for i, words := range a.Numbers {
			if slices.Contains(strings.Fields(words), w) {
				return picked{pickNumber, i + 1}, true
			}
		}
	}
	p, ok := pickWords[w]
	return p, ok
}

// parseWhich reads which of several changes a yes is for. The message consists of
// clauses, and a clause is one of
//
//	[yes] [to] [only] 1 2 · 1 2 only · 1 2 yes    these
//	not 1 2 · no to 1 2 · 1 2 no                  not these
//	1 yes 2 no                                    the one, not the other
//	yes · all · yes all                           all, as far as no other clause says less
//	[yes] [all] except 1 2                        all but these
//
// What has a no in it and is none of these, or does not say what is to be made, is
// unclear: nothing is made and the question is asked again. It returns ok if the
// message does nothing but choose; with one change there is nothing to choose.
func parseWhich(message string, n int, l *Locale) (answer reply, ok bool) {
	tokens, ok := l.picking(message)
	if !ok {
		return reply{}, false
	}
	has := func(kinds ...pick) bool {
		return slices.ContainsFunc(tokens, func(p picked) bool { return slices.Contains(kinds, p.kind) })
	}
	unclear := reply{kind: replyUnclear}
	switch {
	case n < 2: // "no, 2" puts a value right
		return reply{}, false
	case !has(pickNumber):
		return unclear, has(pickAll) && has(pickNot, pickExcept)
	case has(pickUnsure), strings.ContainsRune(message, '?'):
		return unclear, true
	}
	c := choice{n: n}
	for i, clause := range clauses(tokens) {
		if !c.clause(clause, i == 0) {
			return unclear, true
		}
	}
	only := c.made()
	if len(only) == 0 {
		return unclear, true
	}
	return reply{kind: replyYes, only: only}, true
}

// picking reads a message as words that choose; ok is false if other words stand in it.
func (l *Locale) picking(message string) (tokens []picked, ok bool) {
	runes := []rune(strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(message)))
	at := func(i int, is func(rune) bool) bool { return i >= 0 && i < len(runes) && is(runes[i]) }
	letters := func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }
	before := "" // the word before
	for i := 0; i < len(runes); i++ {
		c := runes[i]
		if !letters(c) {
			switch {
			case c == '.' && at(i-1, unicode.IsDigit), strings.ContainsRune(" \t:=\"“”„)?", c): // "1." is a number in a list
			case (c == '-' || c == '–') && !at(i+1, unicode.IsDigit) && !(at(i-1, unicode.IsDigit) && at(i+1, unicode.IsDigit)):
			case c == '!' && !at(i+1, letters), strings.ContainsRune(",;.(\n\r", c):
				tokens = append(tokens, picked{kind: pickEnd})
			case c == '#' && at(i+1, unicode.IsDigit), c == '&':
			default:
				tokens = append(tokens, picked{kind: pickUnsure})
			}
			continue
		}
		end := i
		for end < len(runes) && letters(runes[end]) {
			end++
		}
		w := string(runes[i:end])
		i = end - 1
		p, known := l.pickWord(w)
		if k, err := strconv.Atoi(w); err == nil {
			if k > 99 {
				return nil, false // that is no place in a list
			}
			p, known = picked{pickNumber, k}, true
		}
		if !known {
			return nil, false
		}
		if w == "one" && pointsAt(before) {
			p = picked{kind: pickFill}
		}
		before = w
		tokens = append(tokens, p)
	}
	return tokens, true
}

// pointsAt tells whether "one" after a word is no number: "the first one".
func pointsAt(w string) bool {
	p := pickWords[w]
	return p.kind == pickNumber && w != "one" || w == "that" || w == "this"
}

// clauses parts what a message says where it pauses. Numbers in a row are a list: a
// pause between them parts nothing. What says nothing is left out.
func clauses(tokens []picked) (out [][]picked) {
	var now []picked
	lastNumber := false // the clause so far ends in a number, and only pauses follow it
	ended := false
	flush := func() {
		if len(now) > 0 {
			out = append(out, now)
		}
		now = nil
	}
	for i, t := range tokens {
		switch t.kind {
		case pickFill:
			continue
		case pickEnd:
			ended = true
			continue
		case pickBut:
			if len(now) > 0 && !ended && now[len(now)-1].kind == pickAll && nextIs(tokens[i+1:], pickNumber, pickTo) {
				now = append(now, picked{kind: pickExcept}) // "all but 2"
				continue
			}
			flush()
			now, ended, lastNumber = []picked{t}, false, false
			continue
		default:
		}
		if ended && !(lastNumber && t.kind == pickNumber) {
			flush()
		}
		ended, lastNumber = false, t.kind == pickNumber
		now = append(now, t)
	}
	flush()
	return out
}

// nextIs tells whether the first word that says something is one of these.
func nextIs(tokens []picked, kinds ...pick) bool {
	i := slices.IndexFunc(tokens, func(p picked) bool { return p.kind != pickFill })
	return i >= 0 && slices.Contains(kinds, tokens[i].kind)
}

// choice is what the clauses so far say of n changes.
type choice struct {
	n    int
	take []int
	drop []int
	yes  bool // to whatever else is said
	all  bool
	bare bool // numbers stand alone: only "not 2" may follow
	only bool // and no others
	no   bool // a number was said no to, as an answer of its own
}

// clause takes one clause in; false if it is not understood for sure.
func (c *choice) clause(tokens []picked, first bool) bool {
	var shape strings.Builder
	var groups [][]int // the numbers, those in a row together
	for i, t := range tokens {
		if t.kind == pickNumber {
			if i == 0 || tokens[i-1].kind != pickNumber {
				groups = append(groups, nil)
				shape.WriteByte('1')
			}
			if t.n < 1 || t.n > c.n {
				return false
			}
			groups[len(groups)-1] = append(groups[len(groups)-1], t.n)
			continue
		}
		shape.WriteString(pickLetters[t.kind])
	}
	s := shape.String()
	but := strings.HasPrefix(s, "b")
	s = strings.TrimPrefix(s, "b")
	switch s {
	case "": // "but" alone, between pauses
	case "y", "yy":
		c.yes = true
	case "a", "ya", "yta":
		c.all = true
	case "1":
		if !first && (but || !c.yes || c.all || len(c.take)+len(c.drop) > 0) {
			return false
		}
		c.bare = true
		c.take = append(c.take, groups[0]...)
	case "o1", "1o", "y1", "yt1", "yo1", "yto1", "yot1", "ot1", "to1", "t1", "1y", "o1y":
		only := strings.Contains(s, "o")
		if c.bare || c.only || only && len(c.take) > 0 {
			return false
		}
		c.only = only
		c.take = append(c.take, groups[0]...)
	case "x1", "1x", "xt1", "nt1", "1n":
		if c.bare && s != "x1" && s != "xt1" {
			return false // "1, 2 no"
		}
		c.no = c.no || strings.Contains(s, "n")
		c.drop = append(c.drop, groups[0]...)
	case "ye1", "ae1", "yae1", "e1", "yet1", "aet1", "yaet1", "yte1", "ytae1":
		if strings.HasPrefix(s, "e") && !c.yes && !c.all {
			return false
		}
		c.all = true
		c.drop = append(c.drop, groups[0]...)
	case "1y1n", "1y1x", "1y1y1n", "1y1y1x":
		for _, g := range groups[:len(groups)-1] {
			c.take = append(c.take, g...)
		}
		c.drop = append(c.drop, groups[len(groups)-1]...)
	case "1y1y", "1y1y1y":
		for _, g := range groups {
			c.take = append(c.take, g...)
		}
	default:
		return false
	}
	return !(but && s == "y")
}

var pickLetters = map[pick]string{
	pickYes: "y", pickNo: "n", pickNot: "x", pickOnly: "o", pickAll: "a", pickExcept: "e", pickTo: "t", pickBut: "b",
}

// made returns the numbers of the changes that the clauses together want; none if they
// contradict each other or do not say.
func (c *choice) made() []int {
	if slices.ContainsFunc(c.take, func(k int) bool { return slices.Contains(c.drop, k) }) || c.no && len(c.take) == 0 && !c.all {
		return nil
	}
	if len(c.take) > 0 {
		if c.all {
			return nil
		}
		slices.Sort(c.take)
		return slices.Compact(c.take)
	}
	if !c.yes && !c.all {
		return nil
	}
	var out []int
	for k := 1; k <= c.n; k++ {
		if !slices.Contains(c.drop, k) {
			out = append(out, k)
		}
	}
	return out
}
