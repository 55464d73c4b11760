package offline

import (
	"slices"
	"strings"
	"time"
)

// fillContacts finds e-mail addresses, phone numbers and postal addresses.
func (p *planner) fillContacts(s *skill, b *bag, put func(*slot, any, string)) {
	for _, sl := range s.slots {
		switch sl.use {
		case useEmail:
			for i, t := range b.toks {
				if t.kind == tokEmail && !b.used[i] {
					b.take(i, 1)
					put(sl, t.text, t.text)
					break
				}
			}
		case usePhone:
			if v, at := findPhone(b.toks); v != "" {
				b.take(at[0], at[1]-at[0])
				put(sl, b.text(at[0], at[1]), b.text(at[0], at[1]))
			}
		case useAddress:
			if v, at := findAddress(b, p.keyAnywhere); v != "" && !standsFor(b.toks[at[0]:at[1]]) {
				from := p.placeBefore(b, at[0])
				b.take(from, at[1]-from)
				put(sl, v, v)
			}
		default:
		}
	}
}

// findPhone finds the first phone number: 7 to 15 digits, in groups.
func findPhone(toks []token) (string, [2]int) {
	for i := 0; i < len(toks); i++ {
		if toks[i].kind != tokNumber || strings.ContainsAny(toks[i].low, "/:,") {
			continue
		}
		if _, err := time.Parse(time.DateOnly, toks[i].low); err == nil {
			continue
		}
		digits, groups, end := 0, 0, i
		for j := i; j < len(toks); j++ {
			t := toks[j]
			if t.kind == tokNumber && (j == i || t.low[0] != '+') {
				digits += countDigits(t.low)
				groups++
				end = j + 1
			} else if !t.is("(", ")", "-", ".") {
				break
			}
		}
		if digits >= 7 && digits <= 15 {
			start := i
			if i > 0 && toks[i-1].is("(") {
				start--
			}
			return joinLow(toks[start:end]), [2]int{start, end}
		}
		i = max(i, end-1)
	}
	return "", [2]int{}
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// findAddress finds a postal address: what follows "to", "is", "at" or a colon
// and begins with a number or a name, to the end of the request.
func findAddress(b *bag, key func(token) bool) (string, [2]int) {
	if v, at := addressIn(b, 0, b.own, key); v != "" {
		return v, at
	}
	return addressIn(b, b.own, len(b.toks), key)
}

// addressIn looks for a postal address between two tokens.
func addressIn(b *bag, start, end int, key func(token) bool) (string, [2]int) {
	toks := b.toks
	for {
		if n := closers.endAt(toks, end); n > 0 {
			end -= n
			continue
		}
		if end > start && toks[end-1].kind == tokPunct {
			end--
			continue
		}
		break
	}
	for i := start + 3; i < end; i++ {
		if addressStops(toks, i) {
			end = i
			break
		}
	}
	for i := start + 3; i < end; i++ {
		low := toks[i].text == toks[i].low
		if low && strings.Contains(gapText(b.msg, toks[i-1], toks[i]), ",") && (openers.at(toks, i) > 0 || generalVerbs[toks[i].low] || subjectPronouns[toks[i].low] || toks[i].is("that", "this", "which") && i+1 < end && auxiliaries[toks[i+1].low]) {
			end = i // what follows the address asks for something
			for end > start && toks[end-1].kind == tokPunct {
				end--
			}
			break
		}
	}
	for i := start; i < end; i++ {
		if toks[i].kind == tokQuoted && !b.used[i] {
			return toks[i].text, [2]int{i, i + 1}
		}
	}
	for i := start; i < end; i++ {
		if n := addressShape(b.msg, toks[i:end]); n > 0 && !key(toks[i]) && (i+n == end || toks[i+n].text == toks[i+n].low) {
			return b.text(i, i+n), [2]int{i, i + n}
		}
	}
	if w := wordsOnly(toks[start:max(end, start)]); len(w) > 2 && w[0].kind == tokNumber && isCapital(w[1].text) && looksLikeAddress(w, key) {
		return b.text(start, end), [2]int{start, end} // nothing but an address
	}
	for i := start + 1; i+2 < end; i++ {
		if countDigits(toks[i].low) > 0 && isCapital(toks[i+1].text) && (toks[i-1].is(",") || strings.Contains(gapText(b.msg, toks[i-1], toks[i]), ",")) && !key(toks[i]) && len(toks[i].low) < 6 && looksLikeAddress(toks[i:end], key) && !inAddress(toks[start:i]) {
			return b.text(i, end), [2]int{i, end}
		}
	}
	for i := start; i < end; i++ {
		if !toks[i].is("to", "is", "at", "into", "in", ":", "be", "address", "now") {
			continue
		}
		j := i + 1
		for j < end && toks[j].kind == tokPunct {
			j++
		}
		if v := b.text(j, end); j < end && looksLikeAddress(toks[j:end], key) && v != "" {
			return v, [2]int{j, end}
		}
	}
	return "", [2]int{}
}

// addressShape returns the length of an address of the common shape that begins the
// words, or 0: a house number, a street in capitals, a comma, a postcode and a town.
func addressShape(msg string, toks []token) int {
	name := func(i int) bool {
		return i < len(toks) && toks[i].kind == tokWord && isCapital(toks[i].text) && countDigits(toks[i].low) == 0
	}
	parted := func(i int) bool { return i < len(toks) && strings.Contains(gapText(msg, toks[i-1], toks[i]), ",") }
	if len(toks) < 4 || countDigits(toks[0].low) == 0 || len(toks[0].low) > 5 || !name(1) {
		return 0
	}
	i := 2
	for name(i) && !parted(i) {
		i++
	}
	if i < len(toks) && toks[i].is(",") {
		i++
	} else if !parted(i) {
		return 0
	}
	code := i
	for i < len(toks) && i < code+3 && countDigits(toks[i].low) > 0 {
		i++
	}
	if i == code || !name(i) {
		return 0
	}
	for name(i) && !parted(i) {
		i++
	}
	return i
}

// inAddress tells whether the words before a comma are the street of an address
// already.
func inAddress(toks []token) bool {
	for i := max(0, len(toks)-5); i < len(toks); i++ {
		if countDigits(toks[i].low) > 0 && countDigits(toks[i].low) == len(toks[i].low) && i+1 < len(toks) && isCapital(toks[i+1].text) {
			return true
		}
	}
	return len(toks) > 1 && countDigits(toks[len(toks)-1].low) > 0 && isCapital(toks[len(toks)-2].text)
}

// addressStops tells whether what begins at i says when or why, and is no part of an
// address.
func addressStops(toks []token, i int) bool {
	if i+1 >= len(toks) || toks[i].text != toks[i].low {
		return false
	}
	next := toks[i+1]
	if toks[i].is("since", "because", "from", "until", "if", "unless", "so", "before", "after", "by", "starting", "as", "instead") {
		return !isCapital(next.text) || weekdays[next.low] != 0 || months[next.low] != 0
	}
	if toks[i].is("tomorrow", "today", "next", "please", "and") {
		return toks[i].text == toks[i].low
	}
	return toks[i].is("on", "in") && (next.is("the") && i+2 < len(toks) && ordinalDay(toks[i+2].low) > 0 || weekdays[next.low] != 0 || months[next.low] != 0 || ordinalDay(next.low) > 0 || strings.Count(next.low, "-") == 2)
}

// looksLikeAddress: a number with a word after it, or several words of which the
// first is a name and one is or has a number.
func looksLikeAddress(toks []token, key func(token) bool) bool {
	words := wordsOnly(toks)
	if len(words) < 2 {
		return false
	}
	digit := false
	for _, t := range words {
		digit = digit || countDigits(t.low) > 0 && !key(t)
		if t.kind == tokEmail || subjectPronouns[t.low] || auxiliaries[t.low] {
			return false
		}
	}
	first := words[0]
	named := first.text[0] >= 'A' && first.text[0] <= 'Z'
	if countDigits(first.low) > 0 {
		return words[1].kind == tokWord && !functionWords[words[1].low]
	}
	return named && (digit || len(words) >= 3) || digit && !functionWords[first.low] && countDigits(words[1].low) > 0
}

// gapText is what stands in the message between two of its tokens.
func gapText(msg string, a, b token) string {
	if a.end > b.start || b.start > len(msg) {
		return ""
	}
	return msg[a.end:b.start]
}

// places are words for where somebody is, which stand for an address and are none.
var places = set("address addresses place house home flat apartment office work workplace room school shop store hotel")

// standsFor tells whether the words only speak of an address that would have to be
// known: "Ben's address".
func standsFor(toks []token) bool {
	w := wordsOnly(toks)
	if len(w) == 0 || len(w) == 1 && w[0].kind == tokQuoted {
		return false
	}
	return places[w[len(w)-1].low] && !slices.ContainsFunc(w, func(t token) bool { return countDigits(t.low) > 0 })
}

// placeBefore is where the words begin that say whose address follows: "to my office
// at", before a street. It is from if there are none.
func (p *planner) placeBefore(b *bag, from int) int {
	if from < 3 || !b.toks[from-1].is("at", "in", "on", ",", ":", "-") {
		return from
	}
	for i := from - 2; i >= max(0, from-6); i-- {
		if b.used[i] || b.toks[i].kind != tokWord {
			break
		}
		if b.toks[i].is("to", "into") && i+1 < from && nounMarks[b.toks[i+1].low] {
			return i
		}
	}
	return from
}
