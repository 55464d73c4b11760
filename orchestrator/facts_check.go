package orchestrator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// check reads the part of a text from one place to another and tells where its
// facts come from. What stands in front only helps to understand it. Open is where
// a fact begins that goes on behind to, or to.
func (f *facts) check(text string, from, to int, out *findings) (open int) {
	ws := splitWords(f.words[:0], text)
	kept := ws // f.words is used for sources meanwhile
	english := 0
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
				if english == 0 {
					english = englishness(text, ws)
				}
				n, end = f.nameAt(text, i, english > 0, out)
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
func (f *facts) phone(digits string) (at int32, ok bool) {
	a := strings.TrimLeft(digits, "0")
	for _, p := range f.phones {
		b := strings.TrimLeft(p.value, "0")
		long, short := a, b
		if len(long) < len(short) {
			long, short = short, long
		}
		if a == b || len(short) >= shortestPhone && len(long)-len(short) <= 3 && strings.HasSuffix(long, short) {
			return p.at, true
		}
	}
	return 0, false
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
	if n := decimals(r.text); n > 0 {
		v, _ := strconv.ParseFloat(r.text, 64) // a plain number
		for _, a := range f.amounts {
			if decimals(written(a.value)) > n && math.Abs(math.Round(a.value*math.Pow10(n))-v*math.Pow10(n)) < 0.01 {
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

// checkCurrency finds an amount in another currency than any source mentions, if
// they mention one.
func (f *facts) checkCurrency(text string, r reading, out *findings) {
	if r.currency == "" || len(f.currencies) == 0 || f.currencies[r.currency] {
		return
	}
	if !f.united {
		f.united = true
		for i := range f.steps {
			if e := f.entry(i); e != nil {
				f.addUnits(e.Result)
			}
		}
	}
	for code := range f.currencies {
		if code == r.currency || sameCurrency(code, r.currency) || sameCurrency(r.currency, code) {
			return
		}
	}
	out.problem(fmt.Sprintf("the currency of %q stands in no result", text[r.start:r.end]+" "+r.currency))
}

// addUnits adds the currencies that a schema gives as units.
func (f *facts) addUnits(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if u := Unit(s); currencyCode(u) {
		f.currencies[u] = true
	}
	for _, p := range s.Properties {
		f.addUnits(p)
	}
	f.addUnits(s.Items)
}

// sameCurrency tells whether a sign can stand for a code.
func sameCurrency(code, sign string) bool {
	switch sign {
	case "€":
		return code == "EUR"
	case "£":
		return code == "GBP" || code == "EGP"
	case "$":
		return strings.HasSuffix(code, "D") || code == "MXN" || code == "ARS" || code == "CLP" || code == "COP"
	case "¥":
		return code == "JPY" || code == "CNY"
	case "₹":
		return code == "INR"
	case "₩":
		return code == "KRW"
	case "₺":
		return code == "TRY"
	case "zł":
		return code == "PLN"
	}
	return false
}

// relative checks the words that mean a date: "3 weeks ago", "yesterday", "Friday".
func (f *facts) relative(text string, i int, out *findings) {
	w := f.words[i]
	s := w.of(text)
	ws := f.words
	if start, n, unit, past, ok := f.agoAt(text, i); ok {
		f.words = nil
		said := text[start:w.end]
		f.orProblem(said, "the time", out, func() (int32, bool) {
			if at, ok := f.away(n, unit, past); ok {
				return at, true
			}
			if at, ok := f.counted(n, unit); ok {
				return at, true
			}
			return f.said(strings.ToLower(said))
		})
		f.words = ws
		return
	}
	fits := func(time.Time) bool { return false }
	switch s {
	case "yesterday", "Yesterday":
		fits = func(t time.Time) bool { return daysBetween(f.now, t) == -1 }
	case "tomorrow", "Tomorrow":
		fits = func(t time.Time) bool { return daysBetween(f.now, t) == 1 }
	default:
		weekday := weekdayOf(s)
		if weekday < 0 || i > 0 && f.words[i-1].upper && f.words[i-1].gap != gapStop && weekdayOf(f.words[i-1].of(text)) < 0 && month(f.words[i-1].of(text)) == 0 {
			return // Black Friday
		}
		fits = func(t time.Time) bool { return t.Weekday() == weekday }
	}
	f.words = nil
	f.orProblem(s, "the day", out, func() (int32, bool) {
		for _, m := range f.moments {
			if fits(m.Time) && f.nodes[m.at].from != fromClock {
				return m.at, true
			}
		}
		return f.said(strings.ToLower(s))
	})
	f.words = ws
}

// orProblem looks for a fact in one source after the other.
func (f *facts) orProblem(said, what string, out *findings, find func() (int32, bool)) {
	for {
		if at, ok := find(); ok {
			out.found(f.source(said, at))
			return
		}
		if !f.load() {
			break
		}
	}
	out.problem(fmt.Sprintf("%s %q fits no date in a result", what, said))
}

func weekdayOf(s string) time.Weekday {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == s {
			return d
		}
	}
	return -1
}

// daysBetween counts the midnights from one time to another.
func daysBetween(from, to time.Time) int {
	return int(math.Round(midnight(to.In(from.Location())).Sub(midnight(from)).Hours() / 24))
}

// away tells whether a known date is so far away from now: counted in midnights or
// in whole units.
func (f *facts) away(n int, unit string, past bool) (int32, bool) {
	for _, m := range f.moments {
		if f.nodes[m.at].from == fromClock {
			continue
		}
		d, days := m.Sub(f.now), daysBetween(f.now, m.Time)
		if past {
			d, days = -d, -days
		}
		if days < 0 {
			continue
		}
		hours := d.Hours()
		months := float64(days) / 30.44
		fits := false
		switch unit {
		case "minute":
			fits = m.clock && (int(d.Minutes()) == n || int(math.Round(d.Minutes())) == n)
		case "hour":
			fits = m.clock && (int(hours) == n || int(math.Round(hours)) == n)
		case "day":
			fits = days == n || m.clock && int(hours/24) == n
		case "week":
			fits = days/7 == n || int(math.Round(float64(days)/7)) == n
		case "month":
			fits = int(months) == n || int(math.Round(months)) == n
		case "year":
			fits = days/365 == n || int(math.Round(float64(days)/365.25)) == n
		}
		if fits {
			return m.at, true
		}
	}
	return 0, false
}

// counted tells whether a field counts this many of a unit: delivery_days.
func (f *facts) counted(n int, unit string) (int32, bool) {
	at, ok := f.numbers[strconv.Itoa(n)]
	return at, ok && strings.Contains(f.nodes[at].field, unit)
}
