package offline

import "strings"

var holdWords = newPhrases("contain", "contains", "contained", "include", "includes", "included", "including", "has", "have", "with", "holds", "comes with", "consists of")

// holds understands what is inside: "it contains a mug", "it has the kettle in
// it"; and optional fields that are there or not: "it has a tracking number".
func (p *planner) holds(toks []token, sc scope, negated bool) (test, bool) {
	at, n := holdWords.find(toks)
	if n == 0 {
		return test{}, false
	}
	if sc.expr == hole && !sc.own && !aboutMe(toks) && !has(toks, "there") {
		return test{}, false // whose it is, is not known
	}
	if at > 0 && subjectPronouns[toks[at-1].low] && !toks[at-1].is("they", "it") {
		return test{}, false // what I have is inside nothing
	}
	rest := toks[at+n:]
	for _, f := range sc.fields {
		if f.optional && f.score(rest) >= inTitle && (haveForms[toks[at].low] || f.score(rest) >= inName) {
			expr := "has(" + sc.at(f) + ")"
			if negated {
				expr = "!" + expr
			}
			return test{expr, scoreExists + f.score(rest)}, true
		}
	}
	var words []token
	for _, t := range rest {
		if t.kind == tokPunct || functionWords[t.low] || t.kind == tokNumber || t.is("in", "inside") {
			continue
		}
		words = append(words, t)
	}
	if len(words) == 0 || isParticiple(words[0]) && haveForms[toks[at].low] {
		return test{}, false
	}
	expr := containsAll(words, sc.expr, listsOnly(sc.fields))
	if expr == "" {
		return test{}, false
	}
	if negated {
		expr = negate(expr)
	}
	return test{expr, scoreText}, true
}

func isParticiple(t token) bool {
	return strings.HasSuffix(t.low, "ed") || irregular[t.low] != "" && irregular[t.low] != t.low
}

func listsOnly(fields []*field) []*field {
	var out []*field
	for _, f := range fields {
		if f.kind == kindObjects || f.kind == kindTexts {
			out = append(out, f)
		}
	}
	return out
}

// equals understands a text field that has a certain value: "the carrier is Fast
// Freight", "it is made by X".
func (p *planner) equals(toks []token, sc scope, negated bool) (test, bool) {
	var best test
	for _, f := range sc.fields {
		if f.kind != kindText || f.score(toks) < inTitle {
			continue
		}
		var words []string
		seen := false
		for _, t := range toks {
			if f.words[t.stem] >= inTitle {
				seen = true
				continue
			}
			if !seen || t.kind == tokPunct || functionWords[t.low] && t.kind != tokQuoted {
				continue
			}
			words = append(words, strings.ToLower(t.text))
		}
		if len(words) == 0 {
			continue
		}
		expr := sc.at(f) + ".lowerAscii().contains(" + celString(strings.Join(words, " ")) + ")"
		if negated {
			expr = "!" + expr
		}
		best = test{guard(sc, f, expr), scoreText}
	}
	return best, best.score > 0
}

// containsAll writes that every word stands in some text of the object, v.
func containsAll(words []token, v string, fields []*field) string {
	var all []string
	for _, w := range words {
		if e := containsWord(needle(w), v, fields, 0); e != "" {
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		return ""
	}
	for i, e := range all {
		if strings.Contains(e, " || ") && len(all) > 1 {
			all[i] = "(" + e + ")"
		}
	}
	return strings.Join(all, " && ")
}

// containsWord writes that a word stands in some text of v, its objects and lists
// included.
func containsWord(word, v string, fields []*field, depth int) string {
	names := []string{"i", "j", "k"}
	var some []string
	for _, f := range fields {
		x := v + "." + f.name
		e := ""
		switch f.kind {
		case kindText:
			if f.isText() {
				e = x + ".lowerAscii().contains(" + celString(word) + ")"
			}
		case kindTexts:
			if f.textItems {
				n := names[min(depth, 2)]
				e = x + ".exists(" + n + ", " + n + ".lowerAscii().contains(" + celString(word) + "))"
			}
		case kindObjects:
			if depth < 2 {
				n := names[depth]
				if inner := containsWord(word, n, f.sub, depth+1); inner != "" {
					e = x + ".exists(" + n + ", " + inner + ")"
				}
			}
		case kindObject:
			if depth < 2 {
				e = containsWord(word, x, f.sub, depth+1)
				if strings.Contains(e, " || ") {
					e = "(" + e + ")"
				}
			}
		default:
		}
		if e == "" {
			continue
		}
		if f.optional {
			e = "(has(" + x + ") && " + e + ")"
		}
		some = append(some, e)
	}
	return strings.Join(some, " || ")
}
