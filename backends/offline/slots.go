package offline

import (
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

// bag is what a request says, and which of its words are used up.
type bag struct {
	msg  string
	toks []token
	used []bool
	// own is how many of the tokens belong to the request itself; the rest are
	// sentences beside it.
	own int
}

func newBag(msg string, own, context []token) *bag {
	b := &bag{msg: msg, own: len(own)}
	b.toks = append(append([]token{}, own...), context...)
	b.used = make([]bool, len(b.toks))
	return b
}

func (b *bag) take(at, n int) {
	for i := at; i < at+n && i < len(b.used); i++ {
		b.used[i] = true
	}
}

func (b *bag) free(at, n int) bool {
	for i := at; i < at+n; i++ {
		if i >= len(b.used) || b.used[i] {
			return false
		}
	}
	return true
}

// text returns the user's words from one token to another, end excluded.
func (b *bag) text(from, to int) string {
	from, to = max(from, 0), min(to, len(b.toks))
	if from >= to {
		return ""
	}
	if to-from == 1 && b.toks[from].kind == tokQuoted {
		return b.toks[from].text
	}
	return span(b.msg, b.toks[from:to])
}

// filled are the literal values found for an intent: for each parameter one, or
// several where the message lists them.
type filled map[string][]orchestrator.Arg

// literals finds the values that stand in the words themselves, the kinds that
// cannot be mistaken first.
func (p *planner) literals(s *skill, b *bag) filled {
	out := filled{}
	put := func(sl *slot, v any, text string) {
		out[sl.name] = append(out[sl.name], orchestrator.Arg{Value: v, Text: text})
	}
	for _, pass := range []func(*skill, *bag, func(*slot, any, string)){
		p.fillContacts, p.fillNames, p.fillKeys, p.fillEnums, p.fillTimes, p.fillNumbers, p.fillProse,
	} {
		pass(s, b, put)
	}
	return out
}

// fillEnums finds the values of enumerations and flags. The words of a value as they
// stand come before other forms of them, and the thing's own name is none: bookings
// are not what is booked.
func (p *planner) fillEnums(s *skill, b *bag, put func(*slot, any, string)) {
	for _, sl := range s.slots {
		if sl.kind != kindEnum {
			continue
		}
		v, at, n := p.enumIn(s, sl, b)
		if n == 0 {
			continue
		}
		put(sl, v.value, b.text(at, at+n))
		b.take(at, n)
		if sl.required && s.Changes() {
			b.listed(s, sl, at, n, put)
		}
	}
}

// enumIn finds the value of an enumeration that the words give first of all, and where
// it stands; n is 0 if they give none.
func (p *planner) enumIn(s *skill, sl *slot, b *bag) (v enumValue, at, n int) {
	values := contentFirst(sl.values)
	for _, exact := range []bool{true, false} {
		for _, v := range values {
			at, n := v.findAs(b.toks[:b.own], exact)
			if n == 0 || !b.free(at, n) || (!sl.required && at == 0 && p.k.verbs[b.toks[0].low] && b.own > 1) || n == 1 && p.asPreposition(b.toks[:b.own], at) {
				continue
			}
			if !exact && n == 1 && slices.Contains(s.nameStems[1:], b.toks[at].stem) {
				continue
			}
			if at > 0 && b.toks[at-1].is("from") && p.anotherValue(values, v, b) {
				continue // what it is now: "from basic to premium"
			}
			return v, at, n
		}
	}
	return v, 0, 0
}

// anotherValue tells whether the words give a value beside this one.
func (p *planner) anotherValue(values []enumValue, v enumValue, b *bag) bool {
	return slices.ContainsFunc(values, func(o enumValue) bool {
		at, n := o.findAs(b.toks[:b.own], true)
		return n > 0 && b.free(at, n) && o.value != v.value
	})
}

// contentFirst returns the values with those last that are called by a small word,
// such as on: it says less than any other.
func contentFirst(values []enumValue) []enumValue {
	small := func(v enumValue) bool {
		return len(v.forms) > 0 && len(v.forms[0]) == 1 && functionWords[v.forms[0][0]]
	}
	out := slices.DeleteFunc(slices.Clone(values), small)
	for _, v := range values {
		if small(v) {
			out = append(out, v)
		}
	}
	return out
}

// asPreposition tells whether the small word at i belongs to what follows it rather
// than to a verb: "on all my lines", not "turn on the light".
func (p *planner) asPreposition(toks []token, i int) bool {
	if !functionWords[toks[i].low] || i+1 >= len(toks) || toks[i+1].kind == tokPunct {
		return false
	}
	next := toks[i+1]
	return (nounMarks[next.low] || allWords[next.low] || next.kind == tokNumber) && (i == 0 || !p.k.verbs[toks[i-1].low])
}

// fillTimes finds dates and times of day.
func (p *planner) fillTimes(s *skill, b *bag, put func(*slot, any, string)) {
	var want []*slot
	for _, sl := range s.slots {
		if sl.kind == kindTime {
			want = append(want, sl)
		}
	}
	if len(want) == 0 {
		return
	}
	found := moments(b.toks, p.req.Now)
	day := p.today()
	if len(s.keys) > 0 && !want[0].dateOnly {
		found = slices.DeleteFunc(found, func(m moment) bool {
			of := !m.day.IsZero() && ownsNext(b.toks, m)
			if of {
				day = m.day // tonight's table: which one, and the day unless another is said
			}
			return of
		})
	}
	for i, m := range found {
		if i >= len(want) {
			return
		}
		if !b.free(m.at, m.n) {
			continue
		}
		if !m.day.IsZero() {
			day = p.toCome(want[i], m, b.toks)
		} else if want[i].dateOnly {
			continue
		}
		b.take(m.at, m.n)
		text := b.text(m.at, m.at+m.n)
		if want[i].dateOnly {
			put(want[i], day.Format(time.DateOnly), text)
			continue
		}
		if m.hasClock {
			put(want[i], atClock(day, comingClock(b.toks, m, day, p.req.Now)).Format(time.RFC3339), text)
		} else if len(want) == 1 || want[i].required {
			b.used[m.at] = true // a day alone does not make a time; the question asks for it
		}
	}
}

// toCome is the day of a moment: a date without a year is the next such day, unless
// the parameter asks when something has happened.
func (p *planner) toCome(sl *slot, m moment, toks []token) time.Time {
	if m.day.After(p.today()) && weekdays[toks[m.at+m.n-1].low] != 0 && (m.at == 0 || !toks[m.at].is("next") && !toks[m.at-1].is("next", "until", "by")) && tellsPast(toks) {
		return m.day.AddDate(0, 0, -7) // "it did not come on Thursday"
	}
	if !m.day.Before(p.today()) || sl.pastDay() {
		return m.day
	}
	yearless := false
	for _, t := range toks[m.at:min(m.at+m.n, len(toks))] {
		if len(t.low) == 4 && isDigits(t.low) || countDigits(t.low) > 4 || t.is("ago", "last", "yesterday") {
			return m.day
		}
		yearless = yearless || months[t.low] != 0 || strings.Contains(t.low, "/")
	}
	if yearless {
		return m.day.AddDate(1, 0, 0)
	}
	return m.day
}

// tellsPast tells whether the words tell what was, in a sentence of their own.
func tellsPast(toks []token) bool {
	for i, t := range toks {
		if t.is("did", "was", "were", "had") && (i > 0 || len(toks) > 1 && toks[1].is("not")) {
			return true
		}
	}
	return false
}

// pastDay tells whether the parameter asks for a day that has been.
func (sl *slot) pastDay() bool {
	for _, w := range []string{"birth", "born", "happened", "occurred", "bought", "purchased", "purchase", "noticed", "since", "incident", "accident", "lost", "read", "reading"} {
		if sl.words[stem(w)] > 0 {
			return true
		}
	}
	return false
}

func atClock(day time.Time, c time.Duration) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), int(c.Hours()), int(c.Minutes())%60, 0, 0, day.Location())
}

func (p *planner) today() time.Time {
	n := p.req.Now
	return time.Date(n.Year(), n.Month(), n.Day(), 0, 0, 0, 0, n.Location())
}
