package offline

import (
	"fmt"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// mostAtOnce bounds the objects that one request changes without their having been
// listed before. If there are more, none is touched.
const mostAtOnce = 5

// exceptWords part what is meant from what is not.
var exceptWords = newPhrases("except", "except for", "excluding", "apart from", "other than", "but", "but not", "besides", "save for", "with the exception of", "not including", "aside from", "but the")

// exceptAt returns where the words name an exception to "all", and its length.
func exceptAt(toks []token) (at, n int) {
	all := false
	for i, t := range toks {
		if all {
			if n := exceptWords.at(toks, i); n > 0 {
				return i, n
			}
		}
		all = all || allWords[t.low] || t.is("any", "anything", "both", "none") || i > 0 && t.stem != "" && strings.HasSuffix(t.low, "s") && (nounMarks[toks[i-1].low] || i > 1 && nounMarks[toks[i-2].low] && !functionWords[toks[i-1].low])
	}
	return -1, 0
}

// every fills a key that means several objects which nobody has listed: a
// reference to each place in the filtered list, which counts only if the list is
// that long. ok is false if the words say something of them that is not
// understood.
func (p *planner) every(s *skill, sl *slot, d description, except []token, who string) (refs []reference, ok bool) {
	if len(sl.makers) == 0 || d.pronoun || d.other {
		return nil, false
	}
	m := p.pickMaker(sl, d)
	var tests []string
	if len(except) > 0 {
		t := p.exclusion(s, sl, m, except, who)
		if t == "" {
			return nil, false
		}
		tests = append(tests, t)
	}
	if d.ordinal != 0 && d.count == 0 || d.extreme != "" || d.next {
		return nil, false
	}
	id := p.lookup(m.skill, m.list.name, who, nil)
	list := "steps." + id + "." + m.list.name
	n := mostAtOnce
	if d.count > 0 {
		if d.count > mostAtOnce {
			return nil, false
		}
		for i := range d.count {
			refs = append(refs, p.objectRef(m, list, d, who, i+1))
		}
		return refs, true
	}
	filtered := p.filtered(m, list, d, tests)
	for i := range n {
		object := fmt.Sprintf("%s[%d]", filtered, i)
		refs = append(refs, reference{
			arg: orchestrator.Arg{Ref: object + "." + m.key, Text: d.text}, object: object, fields: m.list.sub, who: who, text: d.text,
			guard: fmt.Sprintf("size(%s) > %d && size(%s) <= %d", filtered, i, filtered, n), guardText: nth(i),
		})
	}
	return refs, true
}

func nth(i int) string {
	if i == 0 {
		return "there is one that fits, and no more than five"
	}
	return "there is " + []string{"a second", "a third", "a fourth", "a fifth"}[i-1] + " one that fits"
}

// filtered writes the list of those objects that the description fits.
func (p *planner) filtered(m maker, list string, d description, tests []string) string {
	tests = append(slices.Clone(tests), p.testsOf(m, d)...)
	if len(d.words) > 0 {
		text := containsAll(d.words, "o", m.list.sub)
		if strings.Contains(text, " || ") {
			text = "(" + text + ")"
		}
		tests = append(tests, text)
	}
	if len(tests) == 0 {
		return list
	}
	return list + ".filter(o, " + strings.Join(tests, " && ") + ")"
}

// testsOf writes what a description says of an object o beside its texts.
func (p *planner) testsOf(m maker, d description) []string {
	var tests []string
	for _, sw := range d.status {
		tests = append(tests, "o."+sw.field.name+" == "+celValue(sw.value.value))
	}
	if len(d.relative) > 0 {
		if t, ok := p.condition(d.relative, scope{expr: "o", fields: m.list.sub}); ok {
			tests = append(tests, t.expr)
		}
	}
	return append(tests, d.tests...)
}

// exclusion writes that o is none of the objects that the words name, "" if they
// are not understood.
func (p *planner) exclusion(s *skill, sl *slot, m maker, toks []token, who string) string {
	var tests []string
	var rest []token
	for i := 0; i < len(toks); i++ {
		if v, n := sl.keyAt(toks, i); v != "" && sl.pattern != nil {
			tests = append(tests, "o."+m.key+" != "+celValue(v))
			i += n - 1
			continue
		}
		if n, ok := numberOf(toks[i].low); ok && sl.kind == kindInteger && isDigits(toks[i].low) {
			tests = append(tests, "o."+m.key+" != "+celNumber(n))
			continue
		}
		rest = append(rest, toks[i])
	}
	d := p.describe(s, sl, newBag(p.req.Message, rest, nil))
	if (d.ordinal != 0 || d.extreme != "") && len(tests) == 0 && d.count == 0 && len(d.words) == 0 && len(d.status) == 0 && len(d.relative) == 0 {
		list := "steps." + p.lookup(m.skill, m.list.name, who, nil) + "." + m.list.name
		return "o." + m.key + " != " + pick(list, m, d, 0) + "." + m.key // all but the newest
	}
	if d.pronoun || d.ordinal != 0 || d.extreme != "" || d.all || d.plural && len(d.words) == 0 && len(d.status) == 0 && len(d.relative) == 0 {
		return ""
	}
	is := p.testsOf(m, d)
	for _, w := range d.words {
		if e := containsWord(needle(w), "o", m.list.sub, 0); e != "" {
			tests = append(tests, negate(e))
		}
	}
	if len(is) > 0 {
		tests = append(tests, "!("+strings.Join(is, " && ")+")")
	}
	for _, t := range rest {
		if t.kind == tokNumber {
			return "" // a number that is no key
		}
	}
	return strings.Join(tests, " && ")
}

// badKey finds a number that stands where a key is expected and is none.
func (p *planner) badKey(s *skill, sl *slot, b *bag) (string, bool) {
	if sl.pattern == nil {
		return "", false
	}
	noun := stem(sl.noun())
	_, phone := findPhone(b.toks)
	for i := phone[0]; i < phone[1]; i++ {
		if b.used[i] {
			phone = [2]int{} // a key is among its groups
			break
		}
	}
	for i, t := range b.toks {
		if b.used[i] || i >= phone[0] && i < phone[1] || t.kind == tokPunct || t.kind == tokEmail || t.kind == tokQuoted || countDigits(t.low) == 0 || strings.ContainsAny(t.low, ":/") {
			continue
		}
		prev := token{}
		if i > 0 {
			prev = b.toks[i-1]
		}
		named := prev.stem == noun || prev.is("#", "number", "no", "nr", "id") && i > 1 && (b.toks[i-2].stem == noun || prev.is("#"))
		if p.isQuantity(sl, b.toks, i) || i+1 < len(b.toks) && (b.toks[i+1].stem == noun || b.toks[i+1].is("x", "×", "%", "of", "latest", "last", "newest", "oldest", "first")) || months[prev.low] != 0 || i+1 < len(b.toks) && months[b.toks[i+1].low] != 0 {
			continue
		}
		if !named && (t.kind != tokNumber || len(t.low) < 3 || prev.is("in", "since", "to", "than", "over", "under", "above", "below", "for", "at") || s.takes(useProse) || s.takes(useAddress) || s.takes(usePhone) || s.wantsNumber()) {
			continue
		}
		return t.text, true
	}
	return "", false
}

// guarded makes a step depend on there being such an object.
func guarded(st *orchestrator.Step, r reference) {
	if st.When == nil {
		st.When = &orchestrator.Condition{Text: r.guardText, Expr: r.guard}
		return
	}
	expr := st.When.Expr
	if strings.Contains(expr, " || ") || strings.Contains(expr, " ? ") {
		expr = "(" + expr + ")"
	}
	st.When = &orchestrator.Condition{Text: st.When.Text, Expr: r.guard + " && " + expr}
}

func withAn(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}
