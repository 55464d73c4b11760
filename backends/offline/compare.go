package offline

import (
	"math"
	"strconv"
	"strings"
)

// comparators are the words for comparing, and the operator they mean.
var comparators = []struct {
	words *phrases
	op    string
}{
	{newPhrases("no more than", "not more than", "at most", "up to", "maximum of", "a maximum of", "no older than", "not older than", "not over", "not exceeding", "no longer than", "less than or equal to"), "<="},
	{newPhrases("at least", "no less than", "not less than", "minimum of", "a minimum of", "no fewer than", "greater than or equal to", "more than or equal to"), ">="},
	{newPhrases("more than", "over", "above", "greater than", "exceeds", "exceed", "exceeding", "bigger than", "higher than", "longer than", "larger than", "older than", "more expensive than", "beyond", "past", "upwards of", "heavier than"), ">"},
	{newPhrases("less than", "under", "below", "fewer than", "cheaper than", "lower than", "smaller than", "shorter than", "newer than", "younger than", "within", "within the last", "in the last", "in the past", "within the past", "during the last", "less expensive than", "lighter than", "not even"), "<"},
	{newPhrases("exactly", "equal to", "equals", "precisely"), "=="},
}

// comparator finds the first comparison; op is "" if there is none.
func comparator(toks []token) (op string, at, n int) {
	at = len(toks)
	for _, c := range comparators {
		if i, l := c.words.find(toks); l > 0 && (i < at || i == at && l > n) {
			op, at, n = c.op, i, l
		}
	}
	return op, at, n
}

// quantity finds a number with its unit after position from.
type quantity struct {
	value    float64
	unit     string // stem of a unit of time, or a currency, or ""
	time     bool
	at, next int
}

func quantityIn(toks []token, from int) (quantity, bool) {
	for i := from; i < len(toks); i++ {
		t := toks[i]
		if t.is("a", "an") && i+1 < len(toks) && unitDays[toks[i+1].stem] != 0 {
			return quantity{value: 1, unit: toks[i+1].stem, time: true, at: i, next: i + 2}, true
		}
		if unitDays[t.stem] != 0 && i > 0 && toks[i-1].is("last", "past", "this", "next") {
			return quantity{value: 1, unit: t.stem, time: true, at: i, next: i + 1}, true
		}
		v, ok := numberOf(t.low)
		if t.is("once") && i > 0 && toks[i-1].is("than", "least", "most", "exactly") {
			v, ok = 1, true
		}
		if !ok || t.is("one") && isPronounOne(toks, i) {
			continue
		}
		q := quantity{value: v, at: i, next: i + 1}
		if i > 0 && currencyOf(toks[i-1].low) != "" {
			q.unit = currencyOf(toks[i-1].low)
		}
		if i+1 < len(toks) {
			n := toks[i+1]
			if unitDays[n.stem] != 0 {
				q.unit, q.time, q.next = n.stem, true, i+2
			} else if c := currencyOf(n.low); c != "" {
				q.unit, q.next = c, i+2
			}
		}
		return q, true
	}
	return quantity{}, false
}

var (
	costWords   = set("cost costs costed price priced worth expensive cheap pay paid amount total sum value fee charge charged owe spend spent")
	futureWords = set("due start starts starting begin begins expire expires expiring arrive arrives upcoming away ahead until left coming ends end next valid remaining remain")
	pastWords   = set("ago old older last past since newer recently younger overdue")
)

// amount understands numbers: money, counts, anything with a number field, and
// how many there are of a list.
func (p *planner) amount(toks []token, sc scope, negated bool) (test, bool) {
	op, at, n := comparator(toks)
	from := 0
	if op != "" {
		from = at + n
	}
	q, ok := quantityIn(toks, from)
	if !ok && op == "" {
		return p.anyOf(toks, sc, negated)
	}
	if !ok || q.time && sc.unitField(q.unit) == nil {
		return test{}, false
	}
	for _, or := range []int{q.next, q.next + 1} {
		if or+1 >= len(toks) || !toks[or].is("or") {
			continue
		}
		switch {
		case toks[or+1].is("more", "above", "over", "greater"):
			op = ">="
		case toks[or+1].is("less", "fewer", "below", "under"):
			op = "<="
		}
	}
	said := op != "" || q.unit != ""
	expr, score := sc.number(toks, q)
	if len(p.part) > 0 {
		if e := sc.partTest(p.part, q.unit != "" && !q.time || saysMoney(toks)); e != "" {
			expr, score = e, scoreCompare+2*inName
		} else if p.countedThing(toks) != nil {
			return test{}, false
		}
	}
	if expr == "" && op != "" && (q.unit == "" || !q.time) && len(p.part) == 0 {
		expr, score = p.onlyNumber(toks[:max(at, 0)], sc, q)
	}
	if expr == "" || !said && (score < scoreCompare+inTitle || p.keyAnywhere(toks[q.at])) {
		return test{}, false
	}
	if op == "" {
		op = "=="
	}
	value := celNumber(q.value)
	if op == "==" && !strings.Contains(expr, "size(") && !sc.wholeNumber(expr) {
		value = celDecimal(q.value)
	}
	out := strings.ReplaceAll(expr, "?", op+" "+value)
	if second, ok := quantityIn(toks, q.next); ok && q.at > 0 && toks[q.at-1].is("between") && q.next < len(toks) && toks[q.next].is("and") && second.at <= q.next+2 {
		out = "(" + strings.ReplaceAll(expr, "?", ">= "+celNumber(q.value)) + " && " + strings.ReplaceAll(expr, "?", "<= "+celNumber(second.value)) + ")"
	}
	if negated {
		out = negate(out)
	}
	return test{out, score}, true
}

// onlyNumber finds what a comparison of the object itself is about, if no word says
// so ("it is below 600"): the number that the request sets, or the only one there is.
func (p *planner) onlyNumber(before []token, sc scope, q quantity) (expr string, score int) {
	if !sc.own || !onlyThing(before, sc) {
		return "", 0
	}
	var only *field
	n := 0
	for _, f := range sc.fields {
		if f.kind != kindInteger && f.kind != kindNumber || keyLike(f.name) {
			continue
		}
		if p.setting != nil && p.setting.slot(f.name) != nil {
			return guard(sc, f, sc.at(f)+" ?"), scoreCompare
		}
		n++
		only = f
	}
	if n != 1 || q.unit != "" && only.unit != "" && !strings.EqualFold(only.unit, q.unit) {
		return "", 0
	}
	return guard(sc, only, sc.at(only)+" ?"), scoreCompare
}

// saysMoney tells whether a word speaks of what things cost.
func saysMoney(toks []token) bool {
	for _, t := range toks {
		if costWords[t.low] {
			return true
		}
	}
	return false
}

// wholeNumber tells whether the expression ends in an integer field, which compares
// with whole numbers only.
func (sc scope) wholeNumber(expr string) bool {
	var in func(fs []*field) bool
	in = func(fs []*field) bool {
		for _, f := range fs {
			if f.kind == kindInteger && strings.Contains(expr, "."+f.name+" ?") || in(f.sub) {
				return true
			}
		}
		return false
	}
	return in(sc.fields)
}

// celDecimal writes a number as a double.
func celDecimal(v float64) string {
	s := celNumber(v)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// unitField finds a number that is measured in a unit of time.
func (sc scope) unitField(unit string) *field {
	for _, f := range sc.fields {
		if (f.kind == kindInteger || f.kind == kindNumber) && f.unit != "" && stem(strings.ToLower(f.unit)) == unit {
			return f
		}
		if (f.kind == kindInteger || f.kind == kindNumber) && f.unit == "" && lastStem(f.name) == unit {
			return f // days, nights
		}
	}
	return nil
}

// number finds the number that a comparison speaks of. The question mark in the
// expression stands for the operator and the value.
func (sc scope) number(toks []token, q quantity) (expr string, score int) {
	if isPeriod(toks, q) {
		return "", 0
	}
	money := q.unit != "" && !q.time
	for _, t := range toks {
		money = money || costWords[t.low]
	}
	numbers := 0
	for _, f := range sc.fields {
		switch f.kind {
		case kindInteger, kindNumber:
			if keyLike(f.name) {
				continue
			}
			numbers++
			s := max(f.score(toks), f.kin(toks))
			if f.countsTimes() && saysTimes(toks, q) {
				s = max(s, inTitle)
			}
			if s < inTitle || isMoney(f, sc.fields) && !money && !f.namedIn(toks) {
				s = 0 // nothing speaks of money
			}
			unit := f.unit
			switch {
			case q.unit != "" && (strings.EqualFold(unit, q.unit) || stem(strings.ToLower(unit)) == q.unit):
				s += 4
			case unit != "" && q.next-1 < len(toks) && q.next < len(toks) && stem(strings.ToLower(unit)) == toks[q.next].stem:
				s += 4
			case money && isMoney(f, sc.fields):
				s += 3
			}
			if s > 0 && scoreCompare+s > score {
				expr, score = guard(sc, f, sc.at(f)+" ?"), scoreCompare+s
			}
		case kindObjects, kindTexts:
			if s := f.countWords(toks, q.at); s > 0 && scoreCompare+s > score {
				expr, score = guard(sc, f, "size("+sc.at(f)+") ?"), scoreCompare+s
			}
		default:
		}
	}
	if sc.list != nil {
		if s := sc.list.countWords(toks, q.at); s > 0 && scoreCompare+s > score {
			expr, score = "size("+sc.expr+") ?", scoreCompare+s
		}
	}
	if score == 0 && money && numbers > 0 {
		// The price of one of several things inside.
		for _, f := range sc.fields {
			if f.kind != kindObjects {
				continue
			}
			for _, g := range f.sub {
				if g.kind == kindNumber && isMoney(g, f.sub) {
					return guard(sc, f, sc.at(f)+".exists(i, i."+g.name+" ?)"), scoreCompare
				}
			}
		}
	}
	return expr, score
}

// countsTimes tells whether the number says how often something has happened.
func (f *field) countsTimes() bool {
	return strings.Contains(f.about, "how often") || strings.Contains(f.about, "how many times") || strings.Contains(f.about, "number of times")
}

// saysTimes tells whether the quantity counts how often something has happened: more
// than twice, 3 times.
func saysTimes(toks []token, q quantity) bool {
	return q.at < len(toks) && toks[q.at].is("once", "twice", "thrice") || q.next < len(toks) && toks[q.next].is("times", "time")
}

// namedIn tells whether the field's own name stands in the words.
func (f *field) namedIn(toks []token) bool {
	for _, t := range toks {
		if f.words[t.stem] >= inName {
			return true
		}
	}
	return false
}

// kin is inTitle if a word is akin to the field's name: renewed for renewals.
func (f *field) kin(toks []token) int {
	for _, t := range toks {
		if t.kind == tokWord && !functionWords[t.low] && related(stem(f.name), t.stem) {
			return inTitle
		}
	}
	return 0
}

// isMoney tells whether a number is an amount of money: by its unit, its words or
// a currency beside it.
func isMoney(f *field, beside []*field) bool {
	if len(f.unit) == 3 && f.unit == strings.ToUpper(f.unit) {
		return true
	}
	if f.cost {
		return true
	}
	for _, g := range beside {
		if g.name == "currency" && f.kind == kindNumber {
			return true
		}
	}
	return false
}

// countWords tells whether the word after the number names what the list holds.
func (f *field) countWords(toks []token, at int) int {
	for i := at + 1; i < len(toks) && i <= at+3; i++ {
		if toks[i].stem == stem(f.name) {
			return inName + 1
		}
	}
	return 0
}

// anyOf understands that there are any, or none: "I have no orders".
func (p *planner) anyOf(toks []token, sc scope, negated bool) (test, bool) {
	for _, f := range append([]*field{}, sc.fields...) {
		if f.kind != kindObjects && f.kind != kindTexts {
			continue
		}
		if t, ok := anyIn(toks, sc.at(f), f, negated); ok {
			return t, true
		}
	}
	if sc.list != nil {
		return anyIn(toks, sc.expr, sc.list, negated)
	}
	return test{}, false
}

func anyIn(toks []token, expr string, f *field, negated bool) (test, bool) {
	for i, t := range toks {
		if t.stem != stem(f.name) || i == 0 {
			continue
		}
		has := false
		for _, b := range toks[:i] {
			has = has || haveForms[b.low] || b.is("there", "any", "no")
		}
		if !has {
			continue
		}
		for _, g := range f.sub {
			if sw, ok := statusIn([]*field{g}, toks, i-1); ok {
				expr += ".filter(o, o." + sw.field.name + " == " + celValue(sw.value.value) + ")"
				break
			}
		}
		if negated {
			return test{"size(" + expr + ") == 0", scoreCompare}, true
		}
		return test{"size(" + expr + ") > 0", scoreCompare}, true
	}
	return test{}, false
}

// celNumber writes a number; whole ones without a point, which CEL compares with
// doubles as well.
func celNumber(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatInt(int64(v), 10)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
