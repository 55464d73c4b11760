package orchestrator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// check reads the part of a text from one place to another and tells where its
// facts come from. What stands in front only helps to understand it. Open is where
// a fact begins that goes on behind to, or to.
func (f *facts) check(text string, from, to int, out *findings) (open int) {
	ws := splitWords(f.words[:0], text)
	kept := ws // f.words is used for sources meanwhile
	asked, english := false, false
	for i := 0; i < len(ws); {
		w := ws[i]
		if w.end <= from {
			i++
			continue
		}
		if w.start >= to {
			break
		}
		f.words = kept
		n, end := 1, w.end
		if w.digit || w.upper || strings.IndexByte(w.of(text), '@') > 0 || isLink(w.of(text)) {
			read := f.readings(text, i)
			if list := read.all(); len(list) > 0 {
				if first := list[0]; first.end > to {
					return first.start
				}
				n, end = f.judge(text, list, out)
			} else if w.upper {
				if !asked {
					asked, english = true, f.inEnglish(text, ws)
				}
				n, end = f.nameAt(text, i, english, out)
			}
		}
		if end > to {
			return w.start
		}
		for range max(1, n) {
			f.words = kept
			f.relative(text, i, out)
			f.streetAt(text, i, out)
			i++
		}
	}
	f.words = kept[:0]
	return to
}

// judge takes the first reading that is known; the first one if none is.
func (f *facts) judge(text string, list []reading, out *findings) (words, end int) {
	ws := f.words
	f.words = nil // sources are read meanwhile
	defer func() { f.words = ws }()
	if list[0].kind == readSmall {
		return list[0].count, list[0].end
	}
	for {
		for _, r := range list {
			if r.kind == readSmall {
				return r.count, r.end
			}
			if at, ok := f.knows(r); ok {
				out.found(f.source(text[r.start:r.end], at))
				f.checkCurrency(text, r, out)
				return r.count, r.end
			}
		}
		if !f.load() {
			break
		}
	}
	for _, r := range list {
		if at, ok := f.follows(r); ok {
			out.found(f.source(text[r.start:r.end], at))
			f.checkCurrency(text, r, out)
			return r.count, r.end
		}
	}
	r := list[0]
	out.problem(fmt.Sprintf("%s %q stands in no result", kindNames[r.kind], strings.TrimSpace(text[r.start:r.end])))
	return r.count, r.end
}

var kindNames = map[readKind]string{
	readNumber: "the number", readCode: "the code", readLink: "the address", readPhone: "the number", readDate: "the date", readClock: "the time",
}

// knows tells whether a reading stands in a source that was read.
func (f *facts) knows(r reading) (at int32, ok bool) {
	switch r.kind {
	case readNumber:
		if at, ok = f.numbers[r.text]; ok {
			return at, true
		}
		if r.other != "" {
			if at, ok = f.numbers[r.other]; ok {
				return at, true
			}
		}
		if len(r.text) >= leastDigits && !r.money {
			if at, ok = f.parts[r.text]; ok {
				return at, true
			}
		}
		if r.ending {
			return f.endOf(r.text)
		}
		if len(r.text) >= shortestPhone && allDigits(r.text) {
			return f.phone(r.text)
		}
	case readCode:
		return f.code(r.text)
	case readLink:
		at, ok = f.codes[r.text]
	case readPhone:
		if at, ok = f.parts[r.text]; ok { // a code in groups
			return at, true
		}
		return f.phone(r.text)
	case readDate:
		for _, d := range r.days {
			if at, ok = f.days[d]; ok && d != 0 {
				if r.last != 0 {
					_, ok = f.days[r.last]
				}
				return at, ok
			}
		}
		return 0, false
	case readClock:
		at, ok = f.clocks[r.clock]
	case readSmall: // no fact
	}
	return at, ok
}

// code tells whether a code is known, or all of what it puts together: 1001–1003,
// order-1003, a/b.
func (f *facts) code(s string) (at int32, ok bool) {
	if at, ok = f.codes[squeezed(s)]; ok {
		return at, true
	}
	for _, sep := range []string{"–", "/", ",", "&", "+", ":", "-", "‑", "."} {
		if !strings.Contains(s, sep) {
			continue
		}
		for p := range strings.SplitSeq(s, sep) {
			if countDigits(p) == 0 {
				if sep == "-" && p != "" && p == strings.ToUpper(p) {
					return 0, false // INV-1003 is a code of its own
				}
				continue
			}
			one, other := numberIn(p)
			found := false
			for _, n := range []string{one, other} {
				if k, known := f.numbers[n]; known && n != "" {
					at, found = k, true
				}
			}
			if !found {
				if k, known := f.codes[squeezed(p)]; known {
					at, found = k, true
				}
			}
			if !found {
				return 0, false
			}
		}
		return at, true
	}
	// A unit without a space: 1240points. Letters in front make a code.
	digits := strings.TrimRightFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if digits != s && isNumber(digits) && strings.ToLower(s) == s {
		one, _ := numberIn(digits)
		at, ok = f.numbers[one]
	}
	return at, ok
}

// phone tells whether a phone number is known: the same digits, or one of the two
// with the code of the country in front and without the zero that stands for it.
func (f *facts) phone(number string) (at int32, ok bool) {
	a, abroad := phoneDigits(number)
	for _, p := range f.phones {
		b, there := phoneDigits(p.value)
		if a == b || abroad && !there && withCode(a, b) || !abroad && there && withCode(b, a) {
			return p.at, true
		}
	}
	return 0, false
}

// phoneDigits takes off what stands in front of a phone number: the plus or zeros
// in front of the code of a country, the zero in front of a number without.
func phoneDigits(s string) (digits string, abroad bool) {
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		return rest, true
	}
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		return rest, true
	}
	return strings.TrimPrefix(s, "0"), false
}

// withCode tells whether a phone number is another one with a code in front.
func withCode(long, short string) bool {
	return len(short) >= shortestPhone && len(long) > len(short) && len(long)-len(short) <= 3 && strings.HasSuffix(long, short)
}

// endOf tells whether a number or code is known that ends in these digits.
func (f *facts) endOf(digits string) (int32, bool) {
	for _, m := range []map[string]int32{f.numbers, f.parts, f.codes} {
		for s, at := range m {
			if strings.HasSuffix(s, digits) {
				return at, true
			}
		}
	}
	for _, p := range f.phones {
		if strings.HasSuffix(p.value, digits) {
			return p.at, true
		}
	}
	return 0, false
}

// follows tells whether a number follows from what is known: it is rounded, is the
// length of time since a known date, or can be computed.
func (f *facts) follows(r reading) (int32, bool) {
	if r.kind != readNumber {
		return 0, false
	}
	if n := r.decimals; n > 1 || n > 0 && !r.money {
		v, _ := strconv.ParseFloat(r.text, 64) // a plain number
		for _, a := range f.amounts {
			_, behind, _ := strings.Cut(written(a.value), ".")
			if len(behind) > n && math.Abs(math.Round(a.value*math.Pow10(n))-v*math.Pow10(n)) < 0.01 {
				return a.at, true
			}
		}
	}
	if r.unit != "" && len(r.text) < 5 {
		n, _ := strconv.Atoi(r.text) // digits; 0 otherwise
		for _, past := range []bool{true, false} {
			if at, ok := f.away(n, r.unit, past); ok {
				return at, true
			}
		}
	}
	f.compute()
	at, ok := f.numbers[r.text]
	return at, ok
}
