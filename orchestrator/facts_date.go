package orchestrator

import (
	"strconv"
	"strings"
	"time"
)

// A day is a number: 20261120 for 20 November 2026, 1120 for 20 November of some
// year, 20261100 for November 2026.
func day(year, month, dom int) int { return year*10000 + month*100 + dom }

func splitDay(d int) (year, month, dom int) { return d / 10000, d / 100 % 100, d % 100 }

// months are the names of months in the languages that are told apart by no other
// word, whole and in three letters.
var months = monthNames(
	"january february march april may june july august september october november december",
	"jan feb mar apr may jun jul aug sep oct nov dec",
	"januar februar märz april mai juni juli august september oktober november dezember",
	"jan feb mär apr mai jun jul aug sept okt nov dez",
	"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
	"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
	"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
	"janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
	"januari februari maart april mei juni juli augustus september oktober november december",
	"januar februar mars april mai juni juli august september oktober november desember",
)

func monthNames(lists ...string) map[string]int {
	m := map[string]int{}
	for _, list := range lists {
		for i, name := range strings.Fields(list) {
			m[name] = i + 1
		}
	}
	return m
}

// month reads the name of a month; 0 if it is none.
func month(s string) int {
	if len(s) < 3 || len(s) > 12 {
		return 0
	}
	return months[strings.ToLower(s)]
}

// parseTime reads a time as services write it.
func parseTime(s string, loc *time.Location) (t time.Time, clock, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' || !isDigit(s[0]) {
		return t, false, false
	}
	if len(s) == 10 {
		t, err := time.ParseInLocation(time.DateOnly, s, loc)
		return t, false, err == nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, true, true
	}
	t, err := time.ParseInLocation("2006-01-02T15:04:05", s, loc)
	return t, true, err == nil
}

// date reads a date that begins at word i: 20 November 2026, Nov 20, 12–14 May,
// November 2026, 2026-11-20, 20.11.2026, 11/20/26.
func (f *facts) date(text string, i int) (r reading, ok bool) {
	w := f.words[i]
	s := w.of(text)
	r = reading{kind: readDate, count: 1, start: w.start, end: w.end, clock: -1}
	if !w.digit {
		m := month(s)
		if m == 0 {
			return r, false
		}
		return f.monthFirst(text, i, m, r)
	}
	if t, clock, ok := parseTime(s, f.now.Location()); ok {
		r.days[0] = day(t.Year(), int(t.Month()), t.Day())
		if clock {
			here := t.In(f.now.Location())
			r.days[1] = day(here.Year(), int(here.Month()), here.Day())
			r.clock = t.Hour()*60 + t.Minute()
		}
		return r, true
	}
	if days, ok := numericDate(s); ok {
		r.days = days
		return r, true
	}
	return f.dayFirst(text, i, r)
}

// monthFirst reads November 20, 2026 and November 2026.
func (f *facts) monthFirst(text string, i, m int, r reading) (reading, bool) {
	next, ok := f.next(text, i, 1)
	if !ok {
		return r, false
	}
	if y := yearIn(next); y > 0 {
		r.days[0] = day(y, m, 0)
		return f.until(i, 2, r), true
	}
	from, to := daysIn(next)
	if from == 0 {
		return r, false
	}
	r = f.until(i, 2, r)
	y := 0
	if next, ok := f.next(text, i, 2); ok {
		if y = yearIn(next); y > 0 {
			r = f.until(i, 3, r)
		}
	}
	r.days[0] = day(y, m, from)
	if to > 0 {
		r.last = day(y, m, to)
	}
	return r, true
}

// dayFirst reads 20 November 2026, 20th of November, 12–14 November and 12 to 14
// November.
func (f *facts) dayFirst(text string, i int, r reading) (reading, bool) {
	from, to := daysIn(f.words[i].of(text))
	if from == 0 {
		return r, false
	}
	at := 1
	next, ok := f.next(text, i, at)
	if ok && to == 0 && between(next) {
		if second, ok := f.next(text, i, at+1); ok {
			if to, _ = daysIn(second); to > 0 {
				at += 2
			}
		}
		next, ok = f.next(text, i, at)
	}
	if ok && (next == "of" || next == "de") {
		at++
		next, ok = f.next(text, i, at)
	}
	m := 0
	if ok {
		m = month(next)
	}
	if m == 0 {
		return r, false
	}
	at++
	r = f.until(i, at, r)
	y := 0
	if next, ok := f.next(text, i, at); ok {
		if next == "de" || next == "of" {
			at++
			next, _ = f.next(text, i, at)
		}
		if y = yearIn(next); y > 0 {
			r = f.until(i, at+1, r)
		}
	}
	r.days[0] = day(y, m, from)
	if to > 0 {
		r.last = day(y, m, to)
	}
	return r, true
}

// next is the nth word behind word i, if no sentence ends in between.
func (f *facts) next(text string, i, n int) (string, bool) {
	if i+n >= len(f.words) {
		return "", false
	}
	w := f.words[i+n]
	if w.gap == gapStop || w.gap == gapMark || w.start-f.words[i+n-1].end > 3 {
		return "", false
	}
	return w.of(text), true
}

// until lets a reading take n words.
func (f *facts) until(i, n int, r reading) reading {
	r.count, r.end = n, f.words[i+n-1].end
	return r
}

func between(s string) bool {
	switch s {
	case "and", "to", "or", "until", "und", "bis", "oder", "y", "al", "a":
		return true
	}
	return false
}

// daysIn reads a day of a month, 20 or 20th, or a span of them, 12–14.
func daysIn(s string) (from, to int) {
	for _, dash := range []string{"–", "-", "‑"} {
		if a, b, ok := strings.Cut(s, dash); ok {
			from, to = dayIn(a), dayIn(b)
			if from == 0 || to == 0 {
				return 0, 0
			}
			return from, to
		}
	}
	return dayIn(s), 0
}

func dayIn(s string) int {
	for _, end := range []string{"st", "nd", "rd", "th", "."} {
		s = strings.TrimSuffix(s, end)
	}
	if len(s) > 2 || !allDigits(s) {
		return 0
	}
	d, _ := strconv.Atoi(s) // digits
	if d == 0 {
		return 99 // no day, but meant for one
	}
	return d
}

func yearIn(s string) int {
	if len(s) != 4 || !allDigits(s) {
		return 0
	}
	if y, _ := strconv.Atoi(s); y >= 1900 && y < 2200 { // digits
		return y
	}
	return 0
}

// numericDate reads a date of numbers. With the year behind, both orders of day
// and month are taken where both are possible.
func numericDate(s string) (days [2]int, ok bool) {
	sep := strings.IndexAny(s, "./-")
	if sep < 1 {
		return days, false
	}
	parts := strings.Split(s, s[sep:sep+1])
	if len(parts) < 2 || len(parts) > 3 {
		return days, false
	}
	var n [3]int
	for i, p := range parts {
		if len(p) > 4 || !allDigits(p) {
			return days, false
		}
		n[i], _ = strconv.Atoi(p) // digits
	}
	if y := yearIn(parts[0]); y > 0 && len(parts[1]) == 2 && n[1] >= 1 && n[1] <= 12 {
		if len(parts) == 2 && s[sep] == '-' {
			days[0] = day(y, n[1], 0) // 2026-11
			return days, true
		}
		if len(parts) == 3 && len(parts[2]) == 2 && n[2] >= 1 && n[2] <= 31 {
			days[0] = day(y, n[1], n[2])
			return days, true
		}
	}
	if len(parts) != 3 || len(parts[0]) > 2 || len(parts[1]) > 2 {
		return days, false
	}
	y := yearIn(parts[2])
	if len(parts[2]) == 2 {
		y = 2000 + n[2]
	}
	if y == 0 {
		return days, false
	}
	if n[1] >= 1 && n[1] <= 12 && n[0] >= 1 && n[0] <= 31 {
		days[0] = day(y, n[1], n[0])
	}
	if s[sep] != '.' && n[0] >= 1 && n[0] <= 12 && n[1] >= 1 && n[1] <= 31 {
		days[1] = day(y, n[0], n[1])
	}
	return days, days[0] != 0 || days[1] != 0
}

// agoAt reads "3 days ago", "a week ago" and "in 3 days" that end at word i.
func (f *facts) agoAt(text string, i int) (start, n int, unit string, past, ok bool) {
	s := f.words[i].of(text)
	switch {
	case i < 2 || f.words[i].gap != gapSpace || f.words[i-1].gap != gapSpace:
		return 0, 0, "", false, false
	case s == "ago":
		unit, n, past = timeUnit(f.words[i-1].of(text)), countIn(f.words[i-2].of(text)), true
	case f.words[i-2].of(text) == "in" || f.words[i-2].of(text) == "In":
		unit, n = timeUnit(s), countIn(f.words[i-1].of(text))
	}
	fine := unit == "hour" || unit == "minute" // ahead, that is how long something takes
	return f.words[i-2].start, n, unit, past, unit != "" && n > 0 && (past || !fine)
}

// countIn reads a small number in digits or in words.
func countIn(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	switch strings.ToLower(s) {
	case "a", "an", "one":
		return 1
	}
	for i, name := range []string{"two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"} {
		if strings.EqualFold(s, name) {
			return i + 2
		}
	}
	return 0
}
