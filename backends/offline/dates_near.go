package offline

import (
	"time"
)

// weekAt reads "next week" and "next week Friday", which begin at i. "This week" is
// no day.
func weekAt(toks []token, i int, today time.Time) (time.Time, int) {
	weeks := 0
	if toks[i].is("next") {
		weeks = 1
	}
	j := i + 2
	if j < len(toks) && toks[j].is("on", ",") {
		j++
	}
	if j < len(toks) {
		if wd, ok := weekdays[toks[j].low]; ok {
			return dayOfWeek(today, wd, weeks), j + 1 - i
		}
	}
	if weeks == 0 {
		return time.Time{}, 0
	}
	return today.AddDate(0, 0, 7), 2
}

// dayOfWeek is a weekday of the week that is so many weeks after this one; weeks
// begin on Monday.
func dayOfWeek(today time.Time, wd time.Weekday, weeks int) time.Time {
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	return monday.AddDate(0, 0, 7*weeks+(int(wd)+6)%7)
}

// spanFrom adds a span of time that begins at i to a day: "two weeks", "a month".
func spanFrom(toks []token, i int, day time.Time) (time.Time, int) {
	if i+1 >= len(toks) {
		return time.Time{}, 0
	}
	q, j := 0.0, i+1
	n, ok := numberOf(toks[i].low)
	switch {
	case toks[i].is("a", "an") && toks[i+1].is("couple") && i+2 < len(toks):
		q, j = 2, i+2
		if toks[j].is("of") {
			j++
		}
	case toks[i].is("a", "an", "one"):
		q = 1
	case ok:
		q = n
	}
	if q == 0 || j >= len(toks) || unitDays[toks[j].stem] <= 0 || q != float64(int(q)) {
		return time.Time{}, 0
	}
	return addSpan(day, int(q), toks[j].stem), j + 1 - i
}

// addSpan adds n units of time; a month ends on the same day of another one.
func addSpan(day time.Time, n int, unit string) time.Time {
	switch unit {
	case "month":
		return day.AddDate(0, n, 0)
	case "year":
		return day.AddDate(n, 0, 0)
	}
	return day.AddDate(0, 0, n*unitDays[unit])
}

// spanAway reads a span with what it is counted from: "two weeks from now", "a week
// from Monday", "three days ago".
func spanAway(toks []token, i int, now time.Time) (time.Time, int) {
	today := midnight(now)
	d, n := spanFrom(toks, i, today)
	j := i + n
	if n == 0 || j >= len(toks) {
		return time.Time{}, 0
	}
	days := d.Sub(today)
	switch {
	case toks[j].is("ago"):
		return midnight(today.Add(-days + 12*time.Hour)), n + 1
	case toks[j].is("from", "after") && j+1 < len(toks):
		if toks[j+1].is("now", "today") {
			return d, n + 2
		}
		if from, m := dateAt(toks, j+1, now); m > 0 {
			return midnight(from.Add(days + 12*time.Hour)), n + 1 + m
		}
	}
	return time.Time{}, 0
}

// edgeOf reads the first or last day of a month, a week or a year: "end of the
// month", "beginning of next week".
func edgeOf(toks []token, i int, today time.Time) (time.Time, int) {
	last := toks[i].is("end", "last")
	j := i + 1
	if j < len(toks) && toks[j].is("day") {
		j++
	} else if toks[i].is("last") {
		return time.Time{}, 0
	}
	if j+1 >= len(toks) || !toks[j].is("of") {
		return time.Time{}, 0
	}
	j++
	step := 0
	for j < len(toks) && toks[j].is("the", "this", "next") {
		if toks[j].is("next") {
			step = 1
		}
		j++
	}
	if j >= len(toks) {
		return time.Time{}, 0
	}
	var from, to time.Time
	switch m, ok := months[toks[j].low]; {
	case ok:
		from = onDate(today, 0, m, 1)
		to = from.AddDate(0, 1, -1)
	case toks[j].is("month"):
		from = time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, today.Location()).AddDate(0, step, 0)
		to = from.AddDate(0, 1, -1)
	case toks[j].is("week"):
		from = dayOfWeek(today, time.Monday, step)
		to = from.AddDate(0, 0, 6)
	case toks[j].is("year"):
		from = time.Date(today.Year()+step, 1, 1, 0, 0, 0, 0, today.Location())
		to = from.AddDate(1, 0, -1)
	default:
		return time.Time{}, 0
	}
	if last {
		return to, j + 1 - i
	}
	return from, j + 1 - i
}

// nthOfMonth reads a day without its month that stands at i, lead words after where
// the date begins: "the 3rd", "the 3rd of next month". The length counts the lead.
func nthOfMonth(toks []token, i, lead int, today time.Time) (time.Time, int) {
	if i >= len(toks) || toks[i].kind != tokWord || countDigits(toks[i].low) == 0 || ordinalDay(toks[i].low) == 0 {
		return time.Time{}, 0
	}
	if _, n := calendarDate(toks, i, today); n > 0 {
		return time.Time{}, 0
	}
	d := ordinalDay(toks[i].low)
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, today.Location())
	j := i + 1
	if j+2 < len(toks) && toks[j].is("of") && toks[j+1].is("next", "this", "the") && toks[j+2].is("month") {
		if toks[j+1].is("next") {
			first = first.AddDate(0, 1, 0)
		}
		return first.AddDate(0, 0, d-1), 3 + 1 + lead
	}
	if j < len(toks) && toks[j].kind == tokWord && !functionWords[toks[j].low] && !openersOfTime[toks[j].low] {
		return time.Time{}, 0 // the 3rd order
	}
	day := first.AddDate(0, 0, d-1)
	for day.Before(today) || day.Day() != d {
		first = first.AddDate(0, 1, 0)
		day = first.AddDate(0, 0, d-1)
	}
	return day, 1 + lead
}

// openersOfTime may follow a date.
var openersOfTime = set("noon midday midnight morning afternoon evening half quarter around")

func onWeekday(today time.Time, wd time.Weekday, how string) time.Time {
	d := (int(wd) - int(today.Weekday()) + 7) % 7
	switch {
	case how == "last":
		d -= 7
	case d == 0 && how != "this":
		d = 7
	}
	return today.AddDate(0, 0, d)
}
