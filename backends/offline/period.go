package offline

import "time"

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
