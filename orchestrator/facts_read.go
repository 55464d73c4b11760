package orchestrator

import (
	"strings"
	"unicode"
)

// leastDigits is how many digits a number has that is a fact by itself.
const leastDigits = 3

// shortestPhone is how many digits a phone number has at least.
const shortestPhone = 7

type readKind uint8

const (
	readSmall  readKind = iota // a number that is no fact by itself
	readNumber                 // text, or other if it can be read in two ways
	readCode
	readLink // an address of mail or of the web
	readPhone
	readDate
	readClock
)

// reading is one way to read what stands at a word.
type reading struct {
	kind       readKind
	count      int // of words
	start, end int // in the text
	text       string
	other      string
	days       [2]int // a date, or the two that 3/4/2026 can mean
	last       int    // the last day of a span of days
	clock      int    // minutes since midnight; -1 for none
	decimals   int    // how many are shown, if it is a number
	currency   string // the currency beside a number, its sign or code
	money      bool
	unit       string // what a number counts, if that is time: day, week …
	ending     bool   // it is said to be only the end of a number
}

// readings are all ways to read what stands at a word, the likeliest first.
type readings struct {
	list [6]reading
	n    int
}

func (r *readings) add(x reading) {
	if r.n < len(r.list) {
		r.list[r.n] = x
		r.n++
	}
}

func (r *readings) all() []reading { return r.list[:r.n] }

// words is how many words the likeliest reading takes.
func (r *readings) words() int {
	if r.n == 0 {
		return 1
	}
	return max(1, r.list[0].count)
}

// readings reads what stands at word i of f.words.
func (f *facts) readings(text string, i int) (out readings) {
	w := f.words[i]
	s := w.of(text)
	switch {
	case strings.IndexByte(s, '@') > 0 || isLink(s):
		out.add(reading{kind: readLink, count: 1, start: w.start, end: w.end, text: strings.ToLower(strings.TrimRight(s, "/"))})
		return out
	case !w.digit && !w.upper:
		return out // months in lower case come behind their day
	}
	if d, ok := f.date(text, i); ok {
		out.add(d)
		return out
	}
	if !w.digit {
		return out
	}
	if c, ok := f.clock(text, i); ok {
		out.add(c)
		return out
	}
	single := f.single(text, i)
	if !single.money {
		f.phoneAt(text, i, &out)
		if n, ok := f.grouped(text, i); ok {
			out.add(n)
		}
		if out.n > 0 && out.list[0].kind == readPhone && (s[0] == '+' || out.list[0].count > 1 && !f.longGroups(text, i, out.list[0].count)) {
			return out // its groups are nothing by themselves
		}
	}
	out.add(single)
	return out
}

// phoneAt adds the phone numbers that begin at a word, the longest first: several
// groups of digits, or one that begins with a plus.
func (f *facts) phoneAt(text string, i int, out *readings) {
	var digits [6]string
	n, all := 0, ""
	for ; n < len(digits) && i+n < len(f.words); n++ {
		w := f.words[i+n]
		s := w.of(text)
		if n > 0 && (w.start-f.words[i+n-1].end > 3 || w.gap != gapSpace && w.gap != gapMark) || !phoneLike(s, n == 0) {
			break
		}
		all += strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
		digits[n] = all
	}
	first := f.words[i]
	for k := n; k > 0; k-- {
		s := first.of(text)
		if d := digits[k-1]; len(d) >= shortestPhone && len(d) <= 17 && (k > 1 || !allDigits(s)) {
			start := first.start
			if start > 0 && text[start-1] == '(' {
				start--
			}
			if s[0] == '+' {
				d = "+" + d
			}
			out.add(reading{kind: readPhone, count: k, start: start, end: f.words[i+k-1].end, text: d})
		}
	}
}

// phoneLike tells whether a word can be a part of a phone number.
func phoneLike(s string, first bool) bool {
	if first {
		s = strings.TrimPrefix(s, "+")
	}
	if s == "" || !isDigit(s[0]) || !isDigit(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
		case c != '-' && c != '/' && c != '.', len(s)-i <= 3 && c == '.': // 12.50 is none
			return false
		}
	}
	return len(s) <= 16
}

// longGroups tells whether each of some words could be a number by itself.
func (f *facts) longGroups(text string, i, n int) bool {
	for _, w := range f.words[i : i+n] {
		if s := w.of(text); !allDigits(s) || len(s) < leastDigits {
			return false
		}
	}
	return true
}

// grouped reads a number whose thousands stand apart: 1 234,50.
func (f *facts) grouped(text string, i int) (reading, bool) {
	s := f.words[i].of(text)
	if !allDigits(s) || len(s) > 3 {
		return reading{}, false
	}
	all, n := s, 1
	for i+n < len(f.words) {
		w := f.words[i+n]
		s := w.of(text)
		if w.gap != gapSpace || len(s) < 3 || !allDigits(s[:3]) || len(s) > 3 && s[3] != ',' && s[3] != '.' {
			break
		}
		all += s
		n++
		if len(s) > 3 {
			break
		}
	}
	if n == 1 {
		return reading{}, false
	}
	r := reading{kind: readNumber, count: n, start: f.words[i].start, end: f.words[i+n-1].end}
	whole, decimals, found := strings.Cut(strings.Replace(all, ",", ".", 1), ".")
	r.text = whole
	if found {
		if !allDigits(decimals) {
			return reading{}, false
		}
		r.text, r.decimals = plainNumber(whole+"."+decimals), len(decimals)
	}
	f.surroundings(text, i, n, &r)
	return r, true
}

// single reads a word as a number or a code.
func (f *facts) single(text string, i int) reading {
	w := f.words[i]
	r := reading{kind: readCode, count: 1, start: w.start, end: w.end}
	s := w.of(text)
	for _, p := range []string{"'s", "’s"} {
		s = strings.TrimSuffix(s, p)
	}
	marked := strings.HasPrefix(s, "#")
	s = strings.TrimPrefix(s, "#")
	s, r.currency = currencyOf(s)
	s = strings.TrimSuffix(s, ",-")
	percent := strings.HasSuffix(s, "%")
	s = strings.TrimLeft(strings.TrimSuffix(s, "%"), "-+")
	if !isNumber(s) {
		r.text = s
		if countDigits(s) < leastDigits && !marked || smallPair(s) {
			r.kind = readSmall
		}
		return r
	}
	r.kind = readNumber
	f.surroundings(text, i, 1, &r)
	r.money = r.money || r.currency != ""
	r.text, r.other = numberIn(s)
	if last := strings.LastIndexAny(s, ".,"); last >= 0 {
		r.decimals = len(s) - last - 1
	}
	if countDigits(s) < leastDigits && !r.money && !marked && !r.ending && !f.calledBy(text, i) || percent && countDigits(s) < leastDigits {
		r.kind = readSmall
	}
	return r
}

// smallPair tells whether s is two small numbers: 24/7, 10–12.
func smallPair(s string) bool {
	for _, sep := range []string{"/", "-", "–", "‑"} {
		if a, b, ok := strings.Cut(s, sep); ok {
			return allDigits(a) && allDigits(b) && len(a) < leastDigits && len(b) < leastDigits
		}
	}
	return false
}

// surroundings reads what a number counts, and what is said in front of it.
func (f *facts) surroundings(text string, i, n int, r *reading) {
	if i > 0 && f.words[i].gap == gapSpace {
		switch before := f.words[i-1].of(text); {
		case currencyCode(before):
			r.currency = before
		case before == "in" && i > 1 && strings.HasPrefix(f.words[i-2].of(text), "end"), before == "with" && i > 1 && strings.HasPrefix(f.words[i-2].of(text), "end"):
			r.ending = true
		}
	}
	if i+n < len(f.words) && f.words[i+n].gap == gapSpace {
		after := f.words[i+n].of(text)
		switch {
		case currencyCode(after):
			r.currency = after
		case moneyWord(after):
			r.money = true
		default:
			r.unit = timeUnit(after)
		}
	}
	r.money = r.money || r.currency != ""
}

// calledBy tells whether the word in front of a number says that the number is a
// name: order 7, ticket number 12. It is the name of a field with numbers such as
// order_id, or one of a few words.
func (f *facts) calledBy(text string, i int) bool {
	if i == 0 || f.words[i].gap != gapSpace {
		return false
	}
	before := strings.ToLower(f.words[i-1].of(text))
	switch before {
	case "number", "nr", "id", "code", "ref", "reference":
		return true
	case "":
		return false
	}
	for _, n := range f.nodes {
		if rest, ok := strings.CutPrefix(n.field, before); ok {
			switch rest {
			case "_id", "_number", "_no", "_code", "_ref", "Id", "ID", "Number":
				return true
			}
		}
	}
	return false
}

// isNumber tells whether s is digits with points, commas or apostrophes between.
func isNumber(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && (i == 0 || i == len(s)-1 || !isDigit(s[i+1]) || strings.IndexByte(".,'", s[i]) < 0) {
			return false
		}
	}
	return s != ""
}

// numberIn reads a number as people write it: 1,234.50 and 1.234,50. Where one
// point or comma can mean both, other is the second way to read it.
func numberIn(s string) (n, other string) {
	if strings.IndexByte(s, '\'') >= 0 {
		s = strings.ReplaceAll(s, "'", "")
	}
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		return s, ""
	}
	whole := s[:last]
	if strings.ContainsAny(whole, ".,") {
		whole = strings.ReplaceAll(strings.ReplaceAll(whole, ".", ""), ",", "")
	}
	decimals := s[last+1:]
	first := strings.IndexAny(s, ".,")
	switch {
	case first != last && s[first] == s[last]: // 1.234.567
		return whole + decimals, ""
	case first == last && len(decimals) == 3 && len(whole) <= 3 && whole != "0":
		if s[last] == ',' {
			return whole + decimals, plainNumber(whole + "." + decimals)
		}
		return plainNumber(whole + "." + decimals), whole + decimals
	}
	return plainNumber(whole + "." + decimals), ""
}

// plainNumber writes a number without needless zeros behind its point.
func plainNumber(n string) string {
	if strings.IndexByte(n, '.') >= 0 {
		n = strings.TrimSuffix(strings.TrimRight(n, "0"), ".")
	}
	return n
}

// letters tells whether all of a word are letters, or marks that names have.
func letters(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '-' && r != '\'' && r != '’' && r != '.' {
			return false
		}
	}
	return s != ""
}
