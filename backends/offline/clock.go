package offline

import (
	"strconv"
	"strings"
	"time"
)

// clockAt reads a time of day that begins at i: 14:30, 3pm, 3 pm, 3.30 pm, noon,
// half past two. A bare hour counts only after a word that announces one; if it is
// from one to six, the afternoon is meant unless the words say otherwise.
func clockAt(toks []token, i int, bare bool) (time.Duration, int) {
	if i >= len(toks) || toks[i].kind == tokQuoted {
		return 0, 0
	}
	w := toks[i].low
	switch w {
	case "noon", "midday":
		return 12 * time.Hour, 1
	case "midnight":
		return 0, 1
	}
	if c, n := spokenClock(toks, i); n > 0 {
		return c, n
	}
	half, n := "", 1
	for _, tail := range []string{"am", "pm"} {
		if strings.HasSuffix(w, tail) && len(w) > 2 {
			half, w = tail, strings.TrimSuffix(w, tail)
		}
	}
	if half == "" && i+1 < len(toks) && toks[i+1].is("am", "pm", "a.m", "p.m") {
		half, n = strings.ReplaceAll(toks[i+1].low, ".", ""), 2
	}
	hour, minute, colon := strings.Cut(w, ":")
	if !colon && (half != "" || bare) {
		hour, minute, colon = strings.Cut(w, ".")
		colon = colon && len(minute) == 2
	}
	if h, m, ok := strings.Cut(w, "h"); ok && !colon && half == "" {
		hour, minute, colon, bare = h, m, m != "", true
	}
	if !colon && half == "" && !bare {
		return 0, 0
	}
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if err != nil || (colon && err2 != nil) || h > 23 || m > 59 || h < 0 || m < 0 || (half != "" && h > 12) {
		return 0, 0
	}
	part, pn := partOfDay(toks, i+n)
	oclock := i+n < len(toks) && toks[i+n].is("o'clock")
	if half == "" && !colon && w == hour && !oclock && pn == 0 && i+1 < len(toks) && (unitDays[toks[i+1].stem] != 0 || months[toks[i+1].low] != 0 || toks[i+1].kind == tokWord && !functionWords[toks[i+1].low] && weekdays[toks[i+1].low] == 0 && !timeWords[toks[i+1].low]) {
		return 0, 0
	}
	if oclock {
		n++
		part, pn = partOfDay(toks, i+n)
	}
	if half == "" {
		half = part
		n += pn
	}
	if half == "" {
		half = laterHalf(toks, i+n, h)
	}
	return clockTime(h, m, half, colon && len(hour) == 2), n
}

// clockTime is a time of day; half is am, pm or "" if nothing says which, exact if it was
// written with both digits of the hour.
func clockTime(h, m int, half string, exact bool) time.Duration {
	switch {
	case half == "pm" && h < 12, half == "" && h >= 1 && h <= 6 && !exact:
		h += 12
	case half == "am" && h == 12:
		h = 0
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
}

// laterHalf takes the half of the day from the end of a stretch: the 2 of "from 2 to
// 4pm".
func laterHalf(toks []token, i, h int) string {
	if i+1 >= len(toks) || !toks[i].is("to", "until", "till", "-", "–", "and") {
		return ""
	}
	w := toks[i+1].low
	half := ""
	for _, tail := range []string{"am", "pm"} {
		if strings.HasSuffix(w, tail) {
			half, w = tail, strings.TrimSuffix(w, tail)
		}
	}
	if half == "" && i+2 < len(toks) && toks[i+2].is("am", "pm") {
		half = toks[i+2].low
	}
	if end, err := strconv.Atoi(w); err != nil || end%12 < h%12 {
		return ""
	}
	return half
}

// partOfDay reads "in the morning", "this evening" after an hour.
func partOfDay(toks []token, i int) (half string, n int) {
	j := i
	if j < len(toks) && toks[j].is("in", "at", "this") {
		j++
		if j < len(toks) && toks[j].is("the") {
			j++
		}
	} else {
		return "", 0
	}
	if j >= len(toks) {
		return "", 0
	}
	switch {
	case toks[j].is("morning"):
		return "am", j + 1 - i
	case toks[j].is("afternoon", "evening", "night"):
		return "pm", j + 1 - i
	}
	return "", 0
}

// spokenClock reads "half past two", "quarter to five", "ten past nine".
func spokenClock(toks []token, i int) (time.Duration, int) {
	j := i
	if toks[j].is("a") && j+1 < len(toks) && toks[j+1].is("quarter") {
		j++
	}
	if j+2 >= len(toks) || !toks[j+1].is("past", "to", "after") {
		return 0, 0
	}
	m, ok := numberOf(toks[j].low)
	switch {
	case toks[j].is("half"):
		m, ok = 30, toks[j+1].is("past")
	case toks[j].is("quarter"):
		m, ok = 15, true
	case !toks[j+1].is("past"):
		ok = false // "10 to 5" is a stretch
	}
	h, isHour := numberOf(strings.TrimSuffix(strings.TrimSuffix(toks[j+2].low, "pm"), "am"))
	if !ok || !isHour || h < 1 || h > 12 || h != float64(int(h)) || m < 1 || m > 59 {
		return 0, 0
	}
	n := j + 3 - i
	half := ""
	for _, tail := range []string{"am", "pm"} {
		if strings.HasSuffix(toks[j+2].low, tail) {
			half = tail
		}
	}
	if i+n < len(toks) && toks[i+n].is("am", "pm") {
		half = toks[i+n].low
		n++
	} else if part, pn := partOfDay(toks, i+n); pn > 0 {
		half = part
		n += pn
	}
	d := clockTime(int(h), int(m), half, false)
	if toks[j+1].is("to") {
		d = clockTime(int(h), 0, half, false) - time.Duration(m)*time.Minute
	}
	return d, n
}
