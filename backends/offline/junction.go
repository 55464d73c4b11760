package offline

import "strings"

// joined writes a condition of several parts. What has no verb of its own belongs to
// the part before it ("pending or confirmed"); of the rest, "and" binds closer than
// "or".
func (p *planner) joined(parts [][]token, ops []string, sc scope) (test, bool) {
	var exprs, between []string
	total := 0
	for i := 0; i < len(parts); {
		j := i + 1
		for j < len(parts) && ops[j-1] == ops[i] && bareParts(parts[j:j+1]) {
			j++
		}
		var t test
		ok := false
		if j > i+1 {
			t, ok = p.alternatives(parts[i:j], ops[i], sc)
		} else {
			t, ok = p.condition(parts[i], sc)
		}
		if !ok {
			return test{}, false
		}
		if i > 0 {
			between = append(between, ops[i-1])
		}
		exprs = append(exprs, t.expr)
		total += t.score
		i = j
	}
	if len(exprs) == 1 {
		return test{exprs[0], total}, true
	}
	return test{"(" + joinTests(exprs, between) + ")", total}, true
}

// alternatives writes parts that share a beginning: "it is pending or confirmed", "it
// costs less than 20 or more than 50".
func (p *planner) alternatives(parts [][]token, op string, sc scope) (test, bool) {
	neither := op == " || " && isNegated(parts[0])
	first := parts[0]
	if neither {
		first = withoutNegators(first)
	}
	head := auxiliaryHead(first)
	if o, at, _ := comparator(first); o != "" {
		head = first[:at]
	} else if at, n := holdWords.find(first); n > 0 && len(head) == 0 {
		head = first[:at+n]
	}
	var exprs []string
	total := 0
	for i, part := range parts {
		var t test
		ok := false
		if i > 0 {
			t, ok = p.condition(append(append([]token{}, head...), part...), sc)
		} else {
			part = first
		}
		if !ok {
			t, ok = p.condition(part, sc)
		}
		if !ok {
			return test{}, false
		}
		exprs = append(exprs, t.expr)
		total += t.score
	}
	expr := "(" + joinAll(exprs, op) + ")"
	if neither {
		expr = "!" + expr
	}
	return test{expr, total}, true
}

// joinTests puts tests together, each with brackets where it needs them. "And" binds
// closer than "or".
func joinTests(exprs, ops []string) string {
	mixed := false
	for _, op := range ops {
		mixed = mixed || op != ops[0]
	}
	if !mixed {
		op := " && "
		if len(ops) > 0 {
			op = ops[0]
		}
		return joinAll(exprs, op)
	}
	var sums []string
	product := exprs[:1:1]
	for i, op := range ops {
		if op == " && " {
			product = append(product, exprs[i+1])
			continue
		}
		sums = append(sums, bracketed(joinAll(product, " && ")))
		product = []string{exprs[i+1]}
	}
	return joinAll(append(sums, bracketed(joinAll(product, " && "))), " || ")
}

// joinAll joins tests by one operator.
func joinAll(exprs []string, op string) string {
	out := make([]string, len(exprs))
	for i, e := range exprs {
		if outside(e, " || ") || outside(e, " ? ") || op == " || " && outside(e, " && ") {
			e = "(" + e + ")"
		}
		out[i] = e
	}
	return strings.Join(out, op)
}

func bracketed(expr string) string {
	if outside(expr, " && ") {
		return "(" + expr + ")"
	}
	return expr
}

// outside tells whether the text stands in the expression outside of all brackets.
func outside(expr, text string) bool {
	depth := 0
	for i := range len(expr) {
		switch expr[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		if depth == 0 && strings.HasPrefix(expr[i:], text) {
			return true
		}
	}
	return false
}

// bareParts tells whether the parts have no verb of their own: "or delivered".
func bareParts(parts [][]token) bool {
	for _, part := range parts {
		for _, t := range part {
			if auxiliaries[t.low] || predicates[t.low] || negators[t.low] {
				return false
			}
		}
	}
	return true
}

func withoutNegators(toks []token) []token {
	var out []token
	for _, t := range toks {
		if !negators[t.low] {
			out = append(out, t)
		}
	}
	return out
}

// auxiliaryHead returns the beginning of a clause up to its auxiliaries: "it has
// not" of "it has not shipped".
func auxiliaryHead(toks []token) []token {
	last := 0
	for i, t := range toks {
		if auxiliaries[t.low] || t.is("not", "been", "be", "still", "already") {
			last = i + 1
		} else if last > 0 {
			break
		}
	}
	return toks[:last]
}

// splitCondition divides at and, or and but, and returns what stands between the
// parts; "between 2 and 5" and "30 or more" stay whole.
func splitCondition(toks []token) (parts [][]token, ops []string) {
	start := 0
	for i := 1; i < len(toks)-1; i++ {
		t := toks[i]
		if !t.is("and", "or", "but", "nor") || i == start {
			continue
		}
		if t.is("or") && toks[i+1].is("more", "less", "fewer", "later", "earlier", "older", "newer", "not", "above", "over", "so") ||
			t.is("and") && has(toks[start:i], "between") {
			continue
		}
		op := " && "
		if t.is("or", "nor") {
			op = " || "
		}
		ops = append(ops, op)
		parts = append(parts, trimPunct(toks[start:i]))
		start = i + 1
	}
	if len(ops) == 0 {
		return nil, nil
	}
	return append(parts, trimPunct(toks[start:])), ops
}
