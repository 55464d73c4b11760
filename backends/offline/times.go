package offline

import (
	"strconv"
	"strings"
	"time"
)

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday, "friday": time.Friday,
	"saturday": time.Saturday, "sunday": time.Sunday, "mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday,
}

var months = map[string]time.Month{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10,
	"november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}

// unitDays maps units of time to days; those of hours and less are below zero,
// in minutes.
var unitDays = map[string]int{
	"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "hour": -60, "minut": -1, "min": -1, "hr": -60,
}

// moment is a date, a time of day or both, as found in a message.
type moment struct {
	day      time.Time // midnight; zero if only a time of day was given
	clock    time.Duration
	hasClock bool
	at, n    int // where in the tokens
}

// moments finds the dates and times in the tokens, in order. A date with a time
// beside it is one moment.
func moments(toks []token, now time.Time) []moment {
	var out []moment
	for i := 0; i < len(toks); {
		if d, n := dateAt(toks, i, now); n > 0 {
			m := moment{day: d, at: i, n: n}
			j := i + n
			for j < len(toks) && toks[j].is("at", ",", "from", "around", "by") {
				j++
			}
			if c, cn := clockAt(toks, j, j > i+n); cn > 0 {
				m.clock, m.hasClock, m.n = c, true, j+cn-i
			} else if k := len(out) - 1; k >= 0 && out[k].day.IsZero() && out[k].at+out[k].n >= i-1 {
				m.clock, m.hasClock = out[k].clock, true
				m.n += m.at - out[k].at
				m.at = out[k].at
				out = out[:k]
			}
			out = append(out, m)
			i = max(m.at+m.n, i+1)
			continue
		}
		anchor := i > 0 && toks[i-1].is("at", "from", "to", "until", "till", "between", "and", "by")
		if c, n := clockAt(toks, i, anchor && len(out) > 0 || anchor && toks[i-1].is("at", "until", "till")); n > 0 {
			out = append(out, moment{clock: c, hasClock: true, at: i, n: n})
			i += n
			continue
		}
		i++
	}
	return out
}

// dateAt reads a date that begins at i.
func dateAt(toks []token, i int, now time.Time) (time.Time, int) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	low := func(k int) string {
		if k >= 0 && k < len(toks) {
			return toks[k].low
		}
		return ""
	}
	switch w := low(i); w {
	case "today", "tonight":
		return today, 1
	case "tomorrow":
		return today.AddDate(0, 0, 1), 1
	case "yesterday":
		return today.AddDate(0, 0, -1), 1
	case "day":
		if low(i+1) == "after" && low(i+2) == "tomorrow" {
			return today.AddDate(0, 0, 2), 3
		}
	case "next", "this", "coming", "last":
		if wd, ok := weekdays[low(i+1)]; ok {
			return onWeekday(today, wd, w), 2
		}
		if low(i+1) == "week" && w == "next" {
			return today.AddDate(0, 0, 7), 2
		}
	case "in":
		if n, ok := numberOf(low(i + 1)); ok && i+2 < len(toks) {
			if d := unitDays[toks[i+2].stem]; d > 0 {
				return today.AddDate(0, 0, d*int(n)), 3
			}
		}
	default:
		if wd, ok := weekdays[w]; ok {
			return onWeekday(today, wd, ""), 1
		}
		return calendarDate(toks, i, today)
	}
	return time.Time{}, 0
}

func onWeekday(today time.Time, wd time.Weekday, how string) time.Time {
	d := (int(wd) - int(today.Weekday()) + 7) % 7
	switch {
	case how == "last":
		d -= 7
		if d == -7+0 {
			d = -7
		}
	case d == 0 && how != "this":
		d = 7
	}
	return today.AddDate(0, 0, d)
}

// calendarDate reads 2026-12-05, 5/12/2026, 5 December, December 5th 2026.
func calendarDate(toks []token, i int, today time.Time) (time.Time, int) {
	w := toks[i].low
	if w == "" || months[w] == 0 && (w[0] < '0' || w[0] > '9') {
		return time.Time{}, 0
	}
	if t, err := time.ParseInLocation(time.DateOnly, w, today.Location()); err == nil {
		return t, 1
	}
	for _, layout := range []string{"2/1/2006", "2.1.2006", "02.01.2006"} {
		if t, err := time.ParseInLocation(layout, w, today.Location()); err == nil {
			return t, 1
		}
	}
	day, month, n := 0, time.Month(0), 0
	if d := ordinalDay(w); d > 0 && i+1 < len(toks) {
		j := i + 1
		if toks[j].is("of") && j+1 < len(toks) {
			j++
		}
		if m, ok := months[toks[j].low]; ok {
			day, month, n = d, m, j+1-i
		}
	} else if m, ok := months[w]; ok && i+1 < len(toks) {
		if d := ordinalDay(toks[i+1].low); d > 0 {
			day, month, n = d, m, 2
		}
	}
	if n == 0 {
		return time.Time{}, 0
	}
	year := today.Year()
	if i+n < len(toks) {
		if y, err := strconv.Atoi(toks[i+n].low); err == nil && y > 1900 && y < 2200 {
			return time.Date(y, month, day, 0, 0, 0, 0, today.Location()), n + 1
		}
	}
	t := time.Date(year, month, day, 0, 0, 0, 0, today.Location())
	if t.Before(today.AddDate(0, -6, 0)) {
		t = t.AddDate(1, 0, 0)
	}
	return t, n
}

func ordinalDay(w string) int {
	for _, tail := range []string{"st", "nd", "rd", "th"} {
		w = strings.TrimSuffix(w, tail)
	}
	if d, err := strconv.Atoi(w); err == nil && d >= 1 && d <= 31 {
		return d
	}
	return 0
}

// clockAt reads a time of day that begins at i: 14:30, 3pm, 3 pm, noon. A bare
// hour counts only after a word that announces one.
func clockAt(toks []token, i int, bare bool) (time.Duration, int) {
	if i >= len(toks) {
		return 0, 0
	}
	w := toks[i].low
	switch w {
	case "noon", "midday":
		return 12 * time.Hour, 1
	case "midnight":
		return 0, 1
	}
	half := ""
	n := 1
	for _, tail := range []string{"am", "pm"} {
		if strings.HasSuffix(w, tail) && len(w) > 2 {
			half, w = tail, strings.TrimSuffix(w, tail)
		}
	}
	if half == "" && i+1 < len(toks) && toks[i+1].is("am", "pm") {
		half, n = toks[i+1].low, 2
	}
	hour, minute, colon := strings.Cut(w, ":")
	if !colon && half == "" && !bare {
		return 0, 0
	}
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if err != nil || (colon && err2 != nil) || h > 23 || m > 59 || h < 0 || m < 0 || (half != "" && h > 12) {
		return 0, 0
	}
	if half == "" && !colon && i+1 < len(toks) && (unitDays[toks[i+1].stem] != 0 || months[toks[i+1].low] != 0 || toks[i+1].kind == tokWord && !functionWords[toks[i+1].low] && toks[i+1].low != "o'clock") {
		return 0, 0
	}
	if i+n < len(toks) && toks[i+n].is("o'clock") {
		n++
	}
	switch {
	case half == "pm" && h < 12:
		h += 12
	case half == "am" && h == 12:
		h = 0
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, n
}

// numberOf reads a number in digits or as a word.
func numberOf(w string) (float64, bool) {
	if n, ok := spellOut[w]; ok {
		return n, true
	}
	w = strings.TrimSuffix(strings.TrimSuffix(w, "x"), "×")
	w = strings.TrimPrefix(w, "x")
	if w == "" || w[0] < '0' || w[0] > '9' {
		return 0, false
	}
	if i := strings.IndexByte(w, ','); i >= 0 {
		if len(w)-i == 4 { // 1,200
			w = strings.ReplaceAll(w, ",", "")
		} else {
			w = strings.ReplaceAll(w, ",", ".")
		}
	}
	n, err := strconv.ParseFloat(w, 64)
	return n, err == nil
}
