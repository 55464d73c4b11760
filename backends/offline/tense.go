package offline

import (
	"fmt"
	"slices"
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
	if !ok || !q.time || isPeriod(toks, q) {
		return p.onDay(toks, sc, negated)
	}
	if op == "" {
		op = ">="
		if has(toks, "last") || has(toks, "past") || has(toks, "this") || has(toks, "in") || has(toks, "next") {
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
	for i, t := range toks {
		future = future || futureWords[t.low] || t.is("in") && i+1 < len(toks) && (i+1 == at || i+1 == q.at)
		past = past || pastWords[t.low] && (!t.is("past") || i > 0 && toks[i-1].is("the"))
	}
	if score == scoreTime && !past && !(future && sc.own && f.upcoming()) {
		return test{}, false
	}
	if !past && f.upcoming() {
		future = true
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
		for i, t := range toks {
			if t.kind != tokWord || unitDays[t.stem] != 0 || auxiliaries[t.low] || weekdays[t.low] != 0 || months[t.low] != 0 {
				continue
			}
			if w := f.words[t.stem]; !functionWords[t.low] || w >= inTitle && (i == 0 || !nounMarks[toks[i-1].low]) {
				if w == inDescription && (isParticiple(t) || futureWords[t.low]) {
					w = inTitle // when the contract started
				}
				s += w
			}
		}
		if s == 0 {
			for _, t := range toks {
				if t.kind == tokWord && !functionWords[t.low] && related(stem(f.name), t.stem) {
					s = inTitle
				}
			}
		}
		if s <= inTitle {
			for i, t := range toks {
				if f.akin(t) && (!f.upcoming() || saysFuture(toks) || !isPerfect(toks)) && (!t.is("go", "make", "here", "back", "over", "take", "left") || i > 0) {
					s = inTitle
					if f.upcoming() == saysFuture(toks) {
						s++
					}
					if f.words["latest"] >= inTitle {
						s += 2 // what should have happened by then
					}
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

// onDay understands a day or a period instead of a span: placed yesterday, due
// before Friday, due this week, starts after 5pm.
func (p *planner) onDay(toks []token, sc scope, negated bool) (test, bool) {
	from, to, at, ok := p.stretch(toks)
	if !ok {
		return p.atTime(toks, sc, negated)
	}
	f, score := sc.timeField(toks)
	if f == nil || score < scoreTime+inTitle && !(sc.own && onlyThing(toks[:at], sc)) {
		return test{}, false // no word says which time is meant
	}
	if f.past() {
		if from.After(p.today()) && weekdays[toks[at].low] != 0 && !saysFuture(toks) {
			from, to = from.AddDate(0, 0, -7), to.AddDate(0, 0, -7) // "placed on Monday": the one that was
		}
		if from.After(p.today()) && months[toks[at].low] != 0 && !saysFuture(toks) {
			from, to = from.AddDate(-1, 0, 0), to.AddDate(-1, 0, 0)
		}
		if from.After(p.today()) || saysFuture(toks) {
			return test{}, false // when something has happened does not say when it will
		}
	}
	day, next := celTime(from), celTime(to)
	before := toks[:at+1]
	x := sc.at(f)
	var expr string
	switch {
	case has(before, "before") || has(before, "earlier"):
		expr = x + " < " + day
	case has(before, "after") || has(before, "later") || has(before, "past"):
		expr = x + " >= " + next
	case has(before, "since") || has(before, "from"):
		expr = x + " >= " + day
	case has(before, "by") || has(before, "until") || has(before, "till"):
		expr = x + " < " + next
	default:
		expr = x + " >= " + day + " && " + x + " < " + next
	}
	if negated {
		expr = "!(" + expr + ")"
	}
	return test{guard(sc, f, expr), score}, true
}

// stretch finds the day, week, month or year that a condition names, and where it
// stands. A moment with a time of day is as long as nothing.
func (p *planner) stretch(toks []token) (from, to time.Time, at int, ok bool) {
	if from, to, at, n := calendarPeriod(toks, p.today()); n > 0 {
		return from, to, at, true
	}
	for _, m := range p.momentsIn(toks) {
		if m.day.IsZero() {
			continue
		}
		if m.hasClock {
			t := atClock(m.day, m.clock)
			return t, t, m.at, true
		}
		return m.day, m.day.AddDate(0, 0, 1), m.at, true
	}
	return from, to, 0, false
}

// onlyThing tells whether the words only point at the object: "it is", "the delivery
// estimate is".
func onlyThing(toks []token, sc scope) bool {
	for _, t := range toks {
		if t.kind == tokWord && !functionWords[t.low] && !slices.Contains(sc.about, t.stem) && !t.is("earlier", "later") {
			return false
		}
	}
	return true
}

// atTime understands a time of day without a day: "it starts before 10 am".
func (p *planner) atTime(toks []token, sc scope, negated bool) (test, bool) {
	found := p.momentsIn(toks)
	for i := 1; i < len(toks) && len(found) == 0; i++ {
		if toks[i-1].is("before", "after", "by", "until", "at") {
			if c, n := clockAt(toks, i, true); n > 0 {
				found = append(found, moment{clock: c, hasClock: true, at: i, n: n})
			}
		}
	}
	if len(found) == 0 || !found[0].hasClock {
		return test{}, false
	}
	f, score := sc.timeField(toks)
	if f == nil || f.dateOnly || score < scoreTime+inTitle && !(sc.own && onlyThing(toks[:found[0].at], sc)) {
		return test{}, false
	}
	zone := ""
	if z := p.req.Now.Format("-07:00"); z != "+00:00" {
		zone = celString(z)
	}
	before := toks[:found[0].at]
	op := "=="
	switch {
	case has(before, "before") || has(before, "earlier"):
		op = "<"
	case has(before, "after") || has(before, "later"):
		op = ">"
	case has(before, "by") || has(before, "until"):
		op = "<="
	}
	x := sc.at(f)
	expr := fmt.Sprintf("%s.getHours(%s) * 60 + %s.getMinutes(%s) %s %d", x, zone, x, zone, op, int(found[0].clock.Minutes()))
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
	if upcomingNames[stem(first)] {
		return false
	}
	return strings.HasSuffix(first, "ed") && len(first) > 3 || irregular[first] != "" && irregular[first] != first
}

// saysFuture tells whether a clause speaks of what is to come: "it will arrive",
// "it arrives within 5 days".
func saysFuture(toks []token) bool {
	for i, t := range toks {
		if t.is("will", "arrives", "comes", "gets", "ships", "leaves", "going", "shall", "reaches", "come", "upcoming", "expected", "due", "expires", "starts", "begins", "ends", "departs", "departure", "arrival") && (!t.is("will") || i == 0 || !toks[i-1].is("the")) {
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

// momentsIn finds the dates and times in the words, and remembers those it found last:
// the same clause is tried on many objects.
func (p *planner) momentsIn(toks []token) []moment {
	if len(toks) == 0 {
		return nil
	}
	if first := &toks[0]; p.lastMoments.first != first || p.lastMoments.n != len(toks) {
		p.lastMoments.first, p.lastMoments.n = first, len(toks)
		p.lastMoments.found = moments(toks, p.req.Now)
	}
	return p.lastMoments.found
}

// measurement remembers what measured found where it looked last.
type measurement struct {
	first *token
	n     int
	found bool
}

func (p *planner) measures(toks []token) bool {
	if _, _, _, n := calendarPeriod(toks, p.today()); n > 0 {
		return true
	}
	for _, m := range p.momentsIn(toks) {
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
