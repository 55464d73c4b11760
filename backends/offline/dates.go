package offline

import (
	"strconv"
	"strings"
	"time"
)

// spelledDays are the days of a month as words.
var spelledDays = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
	"eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
	"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
}

// holidays are the days that people name instead of a date, wherever they live.
var holidays = []struct {
	words *phrases
	month time.Month
	day   int
}{
	{newPhrases("christmas eve"), 12, 24},
	{newPhrases("christmas", "christmas day"), 12, 25},
	{newPhrases("boxing day"), 12, 26},
	{newPhrases("new year 's eve", "new years eve"), 12, 31},
	{newPhrases("new year 's day", "new years day", "new year"), 1, 1},
	{newPhrases("halloween"), 10, 31},
	{newPhrases("valentine 's day", "valentines day"), 2, 14},
}

// holidayWords begin the names of holidays.
var holidayWords = set("christmas boxing new halloween valentine valentines")

// dateAt reads a date that begins at i and returns it with its length, 0 if there is
// none. Days without a year or a month are the next such days.
func dateAt(toks []token, i int, now time.Time) (time.Time, int) {
	today := midnight(now)
	low := func(k int) string {
		if k >= 0 && k < len(toks) && toks[k].kind != tokQuoted {
			return toks[k].low
		}
		return ""
	}
	for _, h := range holidays {
		if !holidayWords[toks[i].low] {
			break
		}
		if n := h.words.at(toks, i); n > 0 {
			d := onDate(today, 0, h.month, h.day)
			if d.Before(today) {
				d = d.AddDate(1, 0, 0)
			}
			return d, n
		}
	}
	switch w := low(i); w {
	case "today", "tonight", "tonite":
		return today, 1
	case "tomorrow", "tmrw", "tmr", "tomoz", "2morrow":
		return today.AddDate(0, 0, 1), 1
	case "yesterday":
		return today.AddDate(0, 0, -1), 1
	case "day":
		switch {
		case low(i+1) == "after" && low(i+2) == "tomorrow":
			return today.AddDate(0, 0, 2), 3
		case low(i+1) == "before" && low(i+2) == "yesterday":
			return today.AddDate(0, 0, -2), 3
		}
	case "the":
		return nthOfMonth(toks, i+1, 1, today)
	case "on", "by", "until", "till", "before", "after", "since":
		if d, n := nthOfMonth(toks, i+1, 0, today); n > 0 {
			return d, n + 1
		}
	case "weekend":
		return onWeekday(today, time.Saturday, "this"), 1
	case "end", "beginning", "start", "first", "last":
		if d, n := edgeOf(toks, i, today); n > 0 {
			return d, n
		}
		if wd, ok := weekdays[low(i+1)]; ok && w == "last" {
			return onWeekday(today, wd, w), 2
		}
	case "next", "this", "coming":
		if w == "this" && low(i+1) == "coming" {
			if wd, ok := weekdays[low(i+2)]; ok {
				return onWeekday(today, wd, ""), 3
			}
		}
		if wd, ok := weekdays[low(i+1)]; ok {
			return onWeekday(today, wd, w), 2
		}
		if low(i+1) == "weekend" {
			d := onWeekday(today, time.Saturday, "this")
			if w == "next" {
				d = d.AddDate(0, 0, 7)
			}
			return d, 2
		}
		if low(i+1) == "week" && w != "coming" {
			return weekAt(toks, i, today)
		}
	case "in":
		if d, n := spanFrom(toks, i+1, today); n > 0 {
			n++
			if low(i+n) == "time" || low(i+n) == "'s" && low(i+n+1) == "time" {
				n += 1 + strings.Count(low(i+n), "'s")
			}
			return d, n
		}
	default:
		if wd, ok := weekdays[w]; ok {
			if low(i+1) == "week" && low(i) != "" {
				return onWeekday(today, wd, "").AddDate(0, 0, 7), 2
			}
			if k := i + 1; low(k) == "next" && low(k+1) == "week" || low(k) == "of" && low(k+1) == "next" && low(k+2) == "week" {
				return dayOfWeek(today, wd, 1), 3 + strings.Count(low(k), "of")
			}
			return onWeekday(today, wd, ""), 1
		}
		if d, n := spanAway(toks, i, now); n > 0 {
			return d, n
		}
		return calendarDate(toks, i, today)
	}
	return time.Time{}, 0
}

// onDate is a day of a month, of the year given or, if that is 0, of the one that
// puts it less than half a year into the past.
func onDate(today time.Time, year int, month time.Month, day int) time.Time {
	if year != 0 {
		return time.Date(year, month, day, 0, 0, 0, 0, today.Location())
	}
	t := time.Date(today.Year(), month, day, 0, 0, 0, 0, today.Location())
	if t.Before(today.AddDate(0, -6, 0)) {
		t = t.AddDate(1, 0, 0)
	}
	return t
}

// dateLayouts are the ways to write a date in digits; where day and month could be
// either, the day comes first.
var dateLayouts = []string{time.DateOnly, "2006/1/2", "2/1/2006", "2.1.2006", "2-1-2006", "2/1/06", "2.1.06", "1/2/2006", "1/2/06"}

// calendarDate reads 2026-12-05, 5/12/2026, 5/12, 5 December, December 5th 2026, and
// the 1 of "1 to 5 December".
func calendarDate(toks []token, i int, today time.Time) (time.Time, int) {
	w := toks[i].low
	if w == "" || toks[i].kind == tokQuoted || months[w] == 0 && spelledDays[w] == 0 && (w[0] < '0' || w[0] > '9') {
		return time.Time{}, 0
	}
	if countDigits(w) > 2 {
		for _, layout := range dateLayouts {
			if t, err := time.ParseInLocation(layout, w, today.Location()); err == nil {
				return t, 1
			}
		}
	}
	if t, err := time.ParseInLocation("2/1", w, today.Location()); err == nil && countDigits(w) < len(w) {
		return onDate(today, 0, t.Month(), t.Day()), 1
	}
	day, month, n := 0, time.Month(0), 0
	if d := dayNumber(w); d > 0 && i+1 < len(toks) {
		j := i + 1
		if toks[j].is("of") && j+1 < len(toks) {
			j++
		}
		if m, ok := months[toks[j].low]; ok {
			day, month, n = d, m, j+1-i
		} else if m := monthAfter(toks, i+1); m != 0 {
			return onDate(today, 0, m, d), 1
		}
	} else if m, ok := months[w]; ok && i+1 < len(toks) {
		j := i + 1
		if toks[j].is("the") && j+1 < len(toks) {
			j++
		}
		if d := dayNumber(toks[j].low); d > 0 && (j+1 >= len(toks) || !toks[j+1].is(":")) {
			day, month, n = d, m, j+1-i
		}
	}
	if n == 0 {
		return time.Time{}, 0
	}
	if j := i + n; j < len(toks) {
		if toks[j].is(",") && j+1 < len(toks) {
			j++
		}
		if y, err := strconv.Atoi(toks[j].low); err == nil && y > 1900 && y < 2200 {
			return onDate(today, y, month, day), j + 1 - i
		}
	}
	return onDate(today, 0, month, day), n
}

// monthAfter finds the month of a day that is the beginning of a stretch: of "to 5
// December".
func monthAfter(toks []token, i int) time.Month {
	if i+2 >= len(toks) || !toks[i].is("to", "until", "till", "-", "–", "through", "and") {
		return 0
	}
	j := i + 1
	if toks[j].is("the") && j+1 < len(toks) {
		j++
	}
	if dayNumber(toks[j].low) == 0 || j+1 >= len(toks) {
		return 0
	}
	j++
	if toks[j].is("of") && j+1 < len(toks) {
		j++
	}
	return months[toks[j].low]
}

// cutDays reads "1-5".
func cutDays(w string) (a, b int, ok bool) {
	x, y, found := strings.Cut(w, "-")
	a, b = ordinalDay(x), ordinalDay(y)
	return a, b, found && a > 0 && b > 0
}

// dayNumber is a day of a month, in digits or as a word.
func dayNumber(w string) int {
	if d := spelledDays[w]; d > 0 {
		return d
	}
	return ordinalDay(w)
}

func ordinalDay(w string) int {
	for _, tail := range []string{"st", "nd", "rd", "th"} {
		w = strings.TrimSuffix(w, tail)
	}
	if len(w) > 2 {
		return 0
	}
	if d, err := strconv.Atoi(w); err == nil && d >= 1 && d <= 31 {
		return d
	}
	return 0
}
