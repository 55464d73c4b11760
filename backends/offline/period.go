package offline

import (
	"slices"
	"strconv"
	"time"
)

// amountAt returns where a comparison with an amount of money begins: "over 80
// euros". It is 0 if there is none.
func amountAt(toks []token) int {
	op, at, n := comparator(toks)
	if op == "" || at == 0 {
		return 0
	}
	q, ok := quantityIn(toks, at+n)
	if !ok || q.at > at+n+1 || q.unit == "" || q.time {
		return 0
	}
	if prev := toks[at-1]; prev.is("for", "worth", "costing") {
		return at - 1
	}
	return at
}

// period finds a stretch of days in the past: last week, this month, October,
// yesterday. at and n say where, with the preposition before it.
func period(toks []token, now time.Time) (from, to time.Time, at, n int) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	for i, t := range toks {
		prev, next := token{}, token{}
		if i > 0 {
			prev = toks[i-1]
		}
		if i+1 < len(toks) {
			next = toks[i+1]
		}
		if i == 0 || !prev.is("from", "in", "of", "during", "last", "this", "since", "for", "placed", "made", "ordered", "bought") && !isParticiple(prev) {
			if !t.is("last", "this") {
				continue
			}
		}
		switch m, ok := months[t.low]; {
		case ok && ordinalDay(next.low) == 0 && ordinalDay(prev.low) == 0 && (t.low != "may" || isCapital(t.text)):
			from = time.Date(today.Year(), m, 1, 0, 0, 0, 0, today.Location())
			if from.After(today) {
				from = from.AddDate(-1, 0, 0)
			}
			to = from.AddDate(0, 1, 0)
			at, n = i, 1
		case t.is("last", "this") && next.is("week"):
			from = today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
			if t.is("last") {
				from = from.AddDate(0, 0, -7)
			}
			to = from.AddDate(0, 0, 7)
			at, n = i, 2
		case t.is("last", "this") && next.is("month"):
			from = time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, today.Location())
			if t.is("last") {
				from = from.AddDate(0, -1, 0)
			}
			to = from.AddDate(0, 1, 0)
			at, n = i, 2
		case t.is("last", "this") && next.is("year"):
			from = time.Date(today.Year(), 1, 1, 0, 0, 0, 0, today.Location())
			if t.is("last") {
				from = from.AddDate(-1, 0, 0)
			}
			to = from.AddDate(1, 0, 0)
			at, n = i, 2
		default:
			continue
		}
		for at > 0 && toks[at-1].is("from", "in", "of", "during", "the") {
			at, n = at-1, n+1
		}
		return from, to, at, n
	}
	return from, to, 0, 0
}

// periodTest writes that the time by which objects are ordered, or that a
// participle before it names, lies in the period that the words name; n is 0 if
// they name none.
func (p *planner) periodTest(fields []*field, toks []token) (test string, at, n int) {
	from, to, at, n := period(toks, p.req.Now)
	if n == 0 || at == 0 {
		return "", 0, 0
	}
	f := mainTime(fields)
	if f == nil || f.optional {
		return "", 0, 0
	}
	x := "o." + f.name
	return x + " >= " + celTime(from) + " && " + x + " < " + celTime(to), at, n
}

// dayTest writes that the time of the object lies on a day that describes it: "my
// meeting on Wednesday", "the Friday booking", where the intent takes no day itself or
// the day stands before the noun. n is 0 if there is none.
func (p *planner) dayTest(s *skill, fields []*field, toks []token, used []bool) (test string, at, n int) {
	f := mainTime(fields)
	if f == nil || f.optional || f.past() {
		return "", 0, 0
	}
	for i := 1; i+1 < len(toks); i++ {
		m := months[toks[i].low]
		if m == 0 || !nounMarks[toks[i-1].low] || toks[i+1].kind != tokWord || functionWords[toks[i+1].low] || toks[i].is("may") && !isCapital(toks[i].text) {
			continue
		}
		from := onDate(p.today(), 0, m, 1) // my December holiday
		x := "o." + f.name
		return x + " >= " + celTime(from) + " && " + x + " < " + celTime(from.AddDate(0, 1, 0)), i, 1
	}
	takes := slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.kind == kindTime })
	for _, m := range moments(toks, p.req.Now) {
		if m.day.IsZero() || m.at == 0 && !ownsNext(toks, m) || used[m.at] || m.at+m.n > len(used) {
			continue
		}
		prev := toks[max(m.at-1, 0)]
		noun := m.at+m.n < len(toks) && toks[m.at+m.n].kind == tokWord && !functionWords[toks[m.at+m.n].low] && (nounMarks[prev.low] || toks[m.at].is("today", "tomorrow")) || m.at+m.n < len(toks) && toks[m.at+m.n].is("'s")
		if !noun && (takes || !prev.is("on", "for", "of", "from") && !toks[m.at].is("on", "today", "tomorrow", "next", "this")) {
			continue
		}
		at, n = m.at, m.n
		if !noun && prev.is("on", "for", "of", "from") {
			at, n = at-1, n+1
		}
		if at+n < len(toks) && toks[at+n].is("'s") {
			n++
		}
		x := "o." + f.name
		return x + " >= " + celTime(m.day) + " && " + x + " < " + celTime(m.day.AddDate(0, 0, 1)), at, n
	}
	return "", 0, 0
}

// ownsNext tells whether a day is said of the thing that follows it: tonight's table.
func ownsNext(toks []token, m moment) bool {
	return m.at+m.n+1 < len(toks) && toks[m.at+m.n].is("'s") && toks[m.at+m.n+1].kind == tokWord
}

// cannotNarrow says that a list is told whole although the words ask for part of it,
// by a period or an amount that the read takes no parameter for.
func (p *planner) cannotNarrow(s *skill, r *request) string {
	if s.Changes() || !s.free() || len(s.lists()) == 0 {
		return ""
	}
	for _, sl := range s.slots {
		if sl.kind == kindTime || sl.kind == kindNumber {
			return ""
		}
	}
	toks := trimPunct(r.toks)
	text := ""
	if at := amountAt(toks); at > 0 {
		text = span(p.req.Message, toks[at:])
	} else if _, _, at, n := period(toks, p.req.Now); n > 0 && at > 0 {
		text = span(p.req.Message, toks[at:at+n])
	}
	if q, ok := quantityIn(toks, 1); ok && q.time && text == "" && toks[q.at-1].is("last", "past") {
		text = span(p.req.Message, toks[q.at-1:q.next])
	}
	if text == "" {
		return ""
	}
	return "I cannot narrow the list down to “" + text + "” here, so this is all of it."
}

// calendarPeriod finds a week, a month or a year that a condition names, and where it
// stands; n is 0 if it names none.
func calendarPeriod(toks []token, today time.Time) (from, to time.Time, at, n int) {
	for i, t := range toks {
		if i+1 < len(toks) && t.is("this", "next", "last") && (i == 0 || !toks[i-1].is("the")) {
			step := map[string]int{"this": 0, "next": 1, "last": -1}[t.low]
			switch next := toks[i+1]; {
			case next.is("week"):
				if i+2 < len(toks) && weekdays[toks[min(i+2, len(toks)-1)].low] != 0 {
					continue
				}
				from = dayOfWeek(today, time.Monday, step)
				return from, from.AddDate(0, 0, 7), i, 2
			case next.is("weekend"):
				from = dayOfWeek(today, time.Saturday, step)
				return from, from.AddDate(0, 0, 2), i, 2
			case next.is("month"):
				from = time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, today.Location()).AddDate(0, step, 0)
				return from, from.AddDate(0, 1, 0), i, 2
			case next.is("year"):
				from = time.Date(today.Year()+step, 1, 1, 0, 0, 0, 0, today.Location())
				return from, from.AddDate(1, 0, 0), i, 2
			}
		}
		if y, err := strconv.Atoi(t.low); err == nil && y > 1900 && y < 2200 && i > 0 && toks[i-1].is("in", "before", "after", "since", "until", "during") && (i+1 >= len(toks) || toks[i+1].kind == tokPunct || functionWords[toks[i+1].low]) {
			from = time.Date(y, 1, 1, 0, 0, 0, 0, today.Location())
			return from, from.AddDate(1, 0, 0), i, 1
		}
		m, ok := months[t.low]
		if !ok || i == 0 || !toks[i-1].is("in", "before", "after", "during", "since", "until", "till", "by", "of", "from", "this", "next", "last") {
			continue
		}
		year := 0
		n = 1
		if i+1 < len(toks) {
			if y, err := strconv.Atoi(toks[i+1].low); err == nil && y > 1900 && y < 2200 {
				year, n = y, 2
			} else if dayNumber(toks[i+1].low) > 0 || toks[i+1].is("the") {
				continue
			}
		}
		if i > 1 && dayNumber(toks[i-2].low) > 0 && toks[i-1].is("of") {
			continue
		}
		from = onDate(today, year, m, 1)
		return from, from.AddDate(0, 1, 0), i, n
	}
	return from, to, 0, 0
}

// isPeriod tells whether what looks like a span of time is a period of the calendar:
// this week, as opposed to within a week.
func isPeriod(toks []token, q quantity) bool {
	return q.at > 0 && q.next-q.at == 1 && toks[q.at-1].is("this", "next", "last") && (q.at < 2 || !toks[q.at-2].is("the"))
}
