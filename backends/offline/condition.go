package offline

import (
	"slices"
	"strings"
)

// scope is an object that a condition may speak of.
type scope struct {
	expr   string // how CEL reaches the object: steps.order, o
	fields []*field
	// list is set if the object is a list: conditions on how many there are.
	list *field
	// own: the condition is about this object, if it says "it".
	own bool
	// about holds the stems of the names that the object itself goes by.
	about []string
}

// test is a CEL expression of type bool, and how much of the condition it
// explains.
type test struct {
	expr  string
	score int
}

// The worth of what a condition says, by how it was understood.
const (
	scoreCompare = 6
	scoreTime    = 7
	scoreEnum    = 6
	scoreFlag    = 4
	scoreText    = 3
	scoreExists  = 3
)

// condition writes what the words say of the scope's object as CEL. ok is false
// if some part of it cannot be written so.
func (p *planner) condition(toks []token, sc scope) (test, bool) {
	toks = trimPunct(toks)
	if len(toks) == 0 {
		return test{}, false
	}
	if parts, ops := splitCondition(toks); len(parts) > 1 {
		return p.joined(parts, ops, sc)
	}
	negated := isNegated(toks)
	var best test
	tries := []func([]token, scope, bool) (test, bool){p.age, p.amount, p.state, p.flag, p.anyLeft, p.worth, p.whoever, p.holds, p.equals, p.named}
	if p.measured(toks) {
		tries = tries[:2]
	}
	for _, try := range tries {
		if t, ok := try(toks, sc, negated); ok && t.score > best.score {
			best = t
		}
	}
	return best, best.score > 0
}

func has(toks []token, word string) bool {
	for _, t := range toks {
		if t.low == word {
			return true
		}
	}
	return false
}

var nonNegations = newPhrases("no more than", "not more than", "no less than", "not less than", "no later than", "no fewer than", "no older than", "not older than", "not only", "no matter")

// isNegated counts the negations of a clause.
func isNegated(toks []token) bool {
	n := 0
	for i := 0; i < len(toks); i++ {
		if l := nonNegations.at(toks, i); l > 0 {
			i += l - 1
			continue
		}
		switch {
		case toks[i].is("without", "neither", "cannot"):
			n++
		case negators[toks[i].low]:
			n++
		case toks[i].is("yet") && i+1 < len(toks) && toks[i+1].is("to"):
			n++
		}
	}
	return n%2 == 1
}

func negate(expr string) string {
	if inner, ok := strings.CutPrefix(expr, "!("); ok && strings.HasSuffix(inner, ")") && !outside(expr, " ") {
		return inner[:len(inner)-1]
	}
	if strings.HasPrefix(expr, "!") && !strings.ContainsAny(expr, "&|") {
		return expr[1:]
	}
	for _, p := range [][2]string{{" == ", " != "}, {" != ", " == "}} {
		if strings.Count(expr, p[0]) == 1 && !strings.ContainsAny(expr, "&|?") && !strings.Contains(expr, "exists(") && !strings.Contains(expr, "filter(") {
			return strings.Replace(expr, p[0], p[1], 1)
		}
	}
	if isSimple(expr) {
		return "!" + expr
	}
	return "!(" + expr + ")"
}

// isSimple tells whether a "!" in front of the expression applies to all of it.
func isSimple(expr string) bool {
	depth := 0
	for i := range len(expr) {
		switch expr[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ' ':
			if depth == 0 {
				return false
			}
		}
	}
	return true
}

// guard adds the tests that optional fields need.
func guard(sc scope, f *field, expr string) string {
	if f.optional {
		return "has(" + sc.at(f) + ") && " + expr
	}
	return expr
}

func (sc scope) at(f *field) string { return sc.expr + "." + f.name }

// state understands how far something has come: a value of an enumeration (is
// processing), or a time that is named like the verb (has shipped).
func (p *planner) state(toks []token, sc scope, negated bool) (test, bool) {
	if able(toks) {
		return test{}, false
	}
	perfect := isPerfect(toks)
	var bestTime, bestEnum test
	for _, f := range sc.fields {
		switch f.kind {
		case kindTime:
			if t, ok := p.timeReached(toks, sc, f, perfect, negated); ok && t.score > bestTime.score {
				bestTime = t
			}
		case kindEnum:
			for _, v := range f.values {
				at, n := v.find(toks)
				if n == 0 && v.loosely(toks) {
					at, n = 0, 1
				}
				if n == 0 {
					continue
				}
				expr := sc.at(f) + " == " + celValue(v.value)
				if negated {
					expr = sc.at(f) + " != " + celValue(v.value)
				}
				score := scoreEnum + n
				if exactForm(v, toks, at, n) {
					score++
				}
				if score > bestEnum.score {
					bestEnum = test{guard(sc, f, expr), score}
				}
			}
			if x := f.begun(toks); x != "" && bestEnum.score == 0 {
				expr := sc.at(f) + " in " + x
				if !negated {
					expr = "!(" + expr + ")"
				}
				bestEnum = test{guard(sc, f, expr), scoreEnum - 1}
			}
		case kindObject:
			if t, ok := p.state(toks, scope{expr: sc.at(f), fields: f.sub}, negated); ok && t.score-1 > bestEnum.score {
				bestEnum = test{guard(sc, f, t.expr), t.score - 1}
			}
		default:
		}
	}
	if bestTime.score == 0 && bestEnum.score == 0 && sc.own && slices.ContainsFunc(toks, func(t token) bool { return t.is("open", "ongoing", "unresolved", "active", "unfinished") }) {
		if f, over := overIn(sc.fields); f != nil {
			expr := sc.at(f) + " in " + over
			if !negated {
				expr = "!(" + expr + ")"
			}
			return test{expr, scoreEnum - 1}, true
		}
	}
	switch {
	case bestTime.score == 0 && bestEnum.score == 0:
		return test{}, false
	case bestEnum.score == 0 || bestTime.score > 0 && (perfect || negated):
		return bestTime, true
	}
	return bestEnum, true
}

// exactForm tells whether the words are the value itself and not only share its
// stem.
func exactForm(v enumValue, toks []token, at, n int) bool {
	for _, form := range v.forms {
		if len(form) != n {
			continue
		}
		same := true
		for k := range form {
			same = same && toks[at+k].low == form[k]
		}
		if same {
			return true
		}
	}
	return false
}

// isPerfect tells whether a clause says that something has happened: "has (not)
// shipped", "was delivered", "already left", as opposed to "is processing".
func isPerfect(toks []token) bool {
	for i, t := range toks {
		switch {
		case haveForms[t.low] && i+1 < len(toks) && !nounMarks[toks[i+1].low], t.is("was", "were", "been", "did", "already", "does", "do", "gets", "got", "yet", "will", "ships"):
			return true
		}
	}
	// "it shipped", "shipped already": no auxiliary at all.
	for _, t := range toks {
		if beForms[t.low] {
			return false
		}
	}
	return true
}

// timeReached understands an optional time that is set once its verb has
// happened, and a time that has passed or not (overdue).
func (p *planner) timeReached(toks []token, sc scope, f *field, perfect, negated bool) (test, bool) {
	for i, t := range toks {
		if i > 0 && toks[i-1].is("too") {
			continue
		}
		if t.kind != tokWord || ordinals[t.low] != 0 || functionWords[t.low] && t.stem != "leav" {
			continue
		}
		w := f.words[t.stem]
		verb := w >= inTitle && verbLike(f, t)
		if !verb && f.optional && f.past() && perfect && f.akin(t) {
			verb, w = true, inTitle
		}
		if verb && f.optional {
			expr := "has(" + sc.at(f) + ")"
			if negated {
				expr = "!" + expr
			}
			score := scoreTime + w
			if !perfect {
				score -= 3
			}
			return test{expr, score}, true
		}
		late := t.is("overdue", "late", "delayed") && (f.words["due"] > 0 || f.words["deadlin"] > 0 || f.words["expect"] > 0 || f.words["estimat"] > 0) ||
			t.is("expired", "expire") && f.words["expir"] >= inTitle
		if late {
			expr := "now > " + sc.at(f)
			if negated {
				expr = "now <= " + sc.at(f)
			}
			return test{guard(sc, f, expr), scoreTime}, true
		}
	}
	return test{}, false
}

// verbLike tells whether the field is named like something that happens: its name
// begins with a form of the word.
func verbLike(f *field, t token) bool {
	first, _, _ := strings.Cut(f.name, "_")
	if stem(first) == t.stem || related(stem(first), t.stem) {
		return true
	}
	return f.words[t.stem] >= inTitle && (strings.HasSuffix(first, "ed") || irregular[first] != "")
}

// flag understands fields that are true or false.
func (p *planner) flag(toks []token, sc scope, negated bool) (test, bool) {
	var best test
	if does(toks) {
		return best, false
	}
	for _, f := range sc.fields {
		if f.kind != kindBool {
			continue
		}
		if n := max(f.score(toks), f.kin(toks)); n >= inTitle {
			expr := sc.at(f)
			if negated {
				expr = "!" + expr
			}
			if n+scoreFlag-inTitle > best.score {
				best = test{guard(sc, f, expr), n + scoreFlag - inTitle}
			}
		}
	}
	return best, best.score > 0
}

// does tells whether a clause says what somebody can or will do, which no state of a
// thing tells: "the caterer can make it".
func does(toks []token) bool {
	for i, t := range toks {
		if t.is("can", "could", "will", "would", "might") && i > 0 {
			return !able(toks)
		}
	}
	return false
}

// celValue writes a value as a CEL literal.
func celValue(v any) string {
	switch v := v.(type) {
	case string:
		return celString(v)
	case bool:
		if v {
			return "true"
		}
		return "false"
	case float64:
		return celNumber(v)
	case int:
		return celNumber(float64(v))
	}
	return "null"
}
