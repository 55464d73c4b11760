package orchestrator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

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

// timeUnit returns day, week, month, year, hour or minute for a word that counts
// such; empty otherwise.
func timeUnit(s string) string {
	switch strings.TrimSuffix(strings.ToLower(s), "s") {
	case "day", "tag", "tage", "tagen", "día", "dia", "jour", "giorni", "dag", "dagen", "dagar", "dage":
		return "day"
	case "week", "woche", "wochen", "semana", "semaine":
		return "week"
	case "month", "monat", "monate", "monaten", "mes", "mese", "moi":
		return "month"
	case "year", "jahr", "jahre", "jahren", "año", "an":
		return "year"
	case "hour", "hr", "stunde", "stunden", "hora", "heure":
		return "hour"
	case "minute", "min", "minuten", "minuto":
		return "minute"
	}
	return ""
}

// clock reads a time of day: 14:02, 2:02 pm, 2pm.
func (f *facts) clock(text string, i int) (reading, bool) {
	w := f.words[i]
	s := strings.ToLower(w.of(text))
	r := reading{kind: readClock, count: 1, start: w.start, end: w.end, text: s}
	half := ""
	for _, h := range []string{"am", "pm"} {
		if rest, ok := strings.CutSuffix(s, h); ok {
			s, half = rest, h
		}
	}
	if half == "" && i+1 < len(f.words) && f.words[i+1].gap == gapSpace {
		switch next := strings.ToLower(strings.ReplaceAll(f.words[i+1].of(text), ".", "")); next {
		case "am", "pm":
			half, r.count, r.end = next, 2, f.words[i+1].end
		}
	}
	if half == "" && strings.IndexByte(s, ':') < 0 {
		return reading{}, false
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return reading{}, false
	}
	var n [3]int
	for k, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 2 || k > 0 && len(p) != 2 || !allDigits(p) {
			return reading{}, false
		}
		n[k] = v
	}
	if n[0] > 24 || n[1] > 59 || half != "" && n[0] > 12 {
		r.clock = -1 // meant for a time, and none
		return r, true
	}
	if half != "" {
		n[0] %= 12
		if half == "pm" {
			n[0] += 12
		}
	}
	r.clock = n[0]*60 + n[1]
	return r, true
}
