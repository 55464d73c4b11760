package offline

import "time"

// moment is a date, a time of day or both, as found in a message.
type moment struct {
	day      time.Time // midnight; zero if only a time of day was given
	clock    time.Duration
	hasClock bool
	at, n    int // where in the tokens
}

// moments finds the dates and times in the tokens, in order. A date with a time
// beside it is one moment; of a stretch such as "from Monday to Wednesday" the end
// is not before the beginning.
func moments(toks []token, now time.Time) []moment {
	var out []moment
	for i := 0; i < len(toks); {
		if days := dayRange(toks, i, now); len(days) == 2 {
			out = append(out, moment{day: days[0], at: i, n: 1}, moment{day: days[1], at: i, n: 2})
			i += 2
			continue
		}
		if d, n := dateAt(toks, i, now); n > 0 {
			m := moment{day: d, at: i, n: n}
			if k := len(out) - 1; k >= 0 && d.Before(out[k].day) && weekdays[toks[i].low] != 0 && isStretch(toks, out[k].at+out[k].n, i) {
				for m.day.Before(out[k].day) {
					m.day = m.day.AddDate(0, 0, 7)
				}
			}
			j := i + n
			for j < len(toks) && toks[j].is("at", ",", "from", "around", "by") {
				j++
			}
			if c, cn := clockAt(toks, j, j > i+n); cn > 0 && (j > i+n || !isDayOf(toks, j)) {
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

// isStretch tells whether the words between two dates say that they are the ends of
// a stretch.
func isStretch(toks []token, from, to int) bool {
	for i := from; i < to; i++ {
		if toks[i].is("to", "until", "till", "through", "-", "–", "and") {
			return true
		}
	}
	return false
}

// isDayOf tells whether the number at i is the day of a date that follows.
func isDayOf(toks []token, i int) bool {
	_, n := calendarDate(toks, i, time.Time{})
	return n > 0
}

// dayRange reads "1-5 December": two days of the month that follows.
func dayRange(toks []token, i int, now time.Time) []time.Time {
	if toks[i].kind != tokNumber || i+1 >= len(toks) {
		return nil
	}
	a, b, ok := cutDays(toks[i].low)
	j := i + 1
	if ok && toks[j].is("of") && j+1 < len(toks) {
		j++
	}
	m := months[toks[j].low]
	if !ok || m == 0 || a > b {
		return nil
	}
	today := midnight(now)
	return []time.Time{onDate(today, 0, m, a), onDate(today, 0, m, b)}
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
