package offline

import (
	"strings"
	"time"
)

// bareHour tells whether the words give an hour without saying in which half of the
// day: at 8, 8:30, but not 08:00, 8pm or 20:00.
func bareHour(toks []token, m moment) bool {
	if !m.hasClock || m.clock >= 13*time.Hour || m.clock < time.Hour {
		return false
	}
	said := toks[max(0, m.at):min(m.at+m.n, len(toks))]
	for _, t := range said {
		switch {
		case t.is("am", "pm", "a.m", "p.m", "morning", "noon", "midday", "midnight", "afternoon", "evening", "night"):
			return false
		case countDigits(t.low) > 0 && (strings.HasSuffix(t.low, "am") || strings.HasSuffix(t.low, "pm") || strings.HasPrefix(t.low, "0") && strings.Contains(t.low, ":") || strings.Contains(t.low, "h")):
			return false
		}
	}
	return true
}

// comingClock is the time of day that a moment means on its day: a bare hour of tonight
// is one of the evening, and one that is over today is the one still to come.
func comingClock(toks []token, m moment, day, now time.Time) time.Duration {
	if !bareHour(toks, m) || m.clock >= 12*time.Hour {
		return m.clock
	}
	for _, t := range toks[max(0, m.at):min(m.at+m.n, len(toks))] {
		if t.is("tonight") {
			return m.clock + 12*time.Hour
		}
	}
	if later := m.clock + 12*time.Hour; midnight(day).Equal(midnight(now)) && atClock(day, m.clock).Before(now) && atClock(day, later).After(now) {
		return later
	}
	return m.clock
}

// clockInstead is the time of day that replaces another: a bare hour stays in the half
// of the day that the other was in.
func clockInstead(toks []token, m moment, old time.Time) time.Duration {
	if bareHour(toks, m) && m.clock < 12*time.Hour && old.Hour() >= 12 {
		return m.clock + 12*time.Hour
	}
	return m.clock
}

// dayInstead is the day that replaces another, if the words give nothing but its number:
// "the 23rd" instead of 22 December is in December.
func dayInstead(toks []token, m moment, old time.Time) (time.Time, bool) {
	d := 0
	for _, t := range toks[max(0, m.at):min(m.at+m.n, len(toks))] {
		if n := ordinalDay(t.low); n > 0 {
			d = n
		} else if !t.is("the", "on") {
			return time.Time{}, false
		}
	}
	day := time.Date(old.Year(), old.Month(), d, 0, 0, 0, 0, old.Location())
	return day, d > 0 && day.Day() == d
}
