package offline

import (
	"fmt"
	"strings"
	"time"
)

// age understands spans of time: ordered less than 30 days ago, older than a
// week, due within 3 days, placed yesterday, before 5 December.
func (p *planner) age(toks []token, sc scope, negated bool) (test, bool) {
	op, at, n := comparator(toks)
	from := 0
	if op != "" {
		from = at + n
	}
	q, ok := quantityIn(toks, from)
	if !ok || !q.time {
		return p.onDay(toks, sc, negated)
	}
	if op == "" {
		op = ">="
		if has(toks, "last") || has(toks, "past") || has(toks, "this") || has(toks, "in") {
			op = "<"
		}
	}
	f, score := sc.timeField(toks)
	if f == nil {
		return test{}, false
	}
	if f.past() && saysFuture(toks) {
		return test{}, false
	}
	future, past := false, false
	for _, t := range toks {
		future = future || futureWords[t.low]
		past = past || pastWords[t.low]
	}
	if score == scoreTime && !past {
		return test{}, false
	}
	diff := "now - " + sc.at(f)
	if future && !past {
		diff = sc.at(f) + " - now"
	}
	expr := diff + " " + op + " " + celSpan(q)
	if negated {
		expr = "!(" + expr + ")"
	}
	return test{guard(sc, f, expr), score}, true
}

// timeField finds the time that a condition speaks of: named like one of its
// words, or else the time that the object always has.
func (sc scope) timeField(toks []token) (*field, int) {
	var best *field
	score := 0
	for _, f := range sc.fields {
		if f.kind != kindTime {
			continue
		}
		s := 0
		for _, t := range toks {
			if t.kind == tokWord && unitDays[t.stem] == 0 && !auxiliaries[t.low] && !functionWords[t.low] {
				s += f.words[t.stem]
			}
		}
		if s == 0 {
			for _, t := range toks {
				if t.kind == tokWord && !functionWords[t.low] && related(stem(f.name), t.stem) {
					s = inTitle
				}
			}
		}
		if s > score {
			best, score = f, s
		}
	}
	if best != nil {
		return best, scoreTime + score
	}
	if f := mainTime(sc.fields); f != nil {
		return f, scoreTime
	}
	return nil, 0
}

// mainTime is the time by which objects are ordered: the first that is always
// there.
func mainTime(fields []*field) *field {
	var first *field
	for _, f := range fields {
		if f.kind != kindTime {
			continue
		}
		if !f.optional {
			return f
		}
		if first == nil {
			first = f
		}
	}
	return first
}

// onDay understands a day instead of a span: placed yesterday, due before Friday.
func (p *planner) onDay(toks []token, sc scope, negated bool) (test, bool) {
	found := moments(toks, p.req.Now)
	if len(found) == 0 || found[0].day.IsZero() {
		return test{}, false
	}
	f, score := sc.timeField(toks)
	if f == nil || score < scoreTime+inTitle {
		return test{}, false // no word says which time is meant
	}
	m := found[0]
	if f.past() {
		if m.day.After(p.today()) && weekdays[toks[m.at].low] != 0 && !saysFuture(toks) {
			m.day = m.day.AddDate(0, 0, -7) // "placed on Monday": the one that was
		}
		if m.day.After(p.today()) || saysFuture(toks) {
			return test{}, false // when something has happened does not say when it will
		}
	}
	day, next := celTime(m.day), celTime(m.day.AddDate(0, 0, 1))
	before := toks[:m.at]
	x := sc.at(f)
	var expr string
	switch {
	case has(before, "before"):
		expr = x + " < " + day
	case has(before, "after"):
		expr = x + " >= " + next
	case has(before, "since"):
		expr = x + " >= " + day
	case has(before, "by") || has(before, "until"):
		expr = x + " < " + next
	default:
		expr = x + " >= " + day + " && " + x + " < " + next
	}
	if negated {
		expr = "!(" + expr + ")"
	}
	return test{guard(sc, f, expr), score}, true
}

func celTime(t time.Time) string {
	return fmt.Sprintf("timestamp(%q)", t.UTC().Format(time.RFC3339))
}

func celSpan(q quantity) string {
	d := unitDays[q.unit]
	if d < 0 {
		return fmt.Sprintf("duration(\"%dm\")", int(q.value*float64(-d)))
	}
	return fmt.Sprintf("days(%d)", int(q.value*float64(d)))
}

// past tells whether the field says when something has happened.
func (f *field) past() bool {
	first, _, _ := strings.Cut(f.name, "_")
	return strings.HasSuffix(first, "ed") && len(first) > 3 || irregular[first] != "" && irregular[first] != first
}

// saysFuture tells whether a clause speaks of what is to come: "it will arrive",
// "it arrives within 5 days".
func saysFuture(toks []token) bool {
	for i, t := range toks {
		if t.is("will", "arrives", "comes", "gets", "ships", "leaves", "going", "shall", "reaches", "come", "upcoming", "expected", "due") && (!t.is("will") || i == 0 || !toks[i-1].is("the")) {
			return true
		}
		if t.is("arrive", "ship", "leave") && i > 0 && toks[i-1].is("can", "could", "might", "may", "should", "would", "to") {
			return true
		}
	}
	return false
}

// able tells whether a clause says what can be done with a thing rather than what
// has been: "it can still be cancelled".
func able(toks []token) bool {
	for i, t := range toks {
		if !t.is("can", "could", "may", "might", "should", "must", "would") {
			continue
		}
		for _, u := range toks[i+1 : min(i+4, len(toks))] {
			if u.is("be", "get") {
				return true
			}
		}
	}
	return false
}

// measured tells whether a clause has a day, a span of time or a comparison in it,
// which a test of a state would lose.
func (p *planner) measured(toks []token) bool {
	if first := &toks[0]; p.lastMeasured.first != first || p.lastMeasured.n != len(toks) {
		p.lastMeasured = measurement{first, len(toks), p.measures(toks)}
	}
	return p.lastMeasured.found
}

// measurement remembers what measured found where it looked last.
type measurement struct {
	first *token
	n     int
	found bool
}

func (p *planner) measures(toks []token) bool {
	for _, m := range moments(toks, p.req.Now) {
		if !m.day.IsZero() {
			return true
		}
	}
	if op, at, n := comparator(toks); op != "" {
		if q, ok := quantityIn(toks, at+n); ok && q.at <= at+n+2 {
			return true
		}
	}
	q, ok := quantityIn(toks, 0)
	return ok && q.time
}
