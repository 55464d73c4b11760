package offline

import (
	"strings"
)

// fillKeys finds identifiers: words that fit the pattern, or that have digits and
// stand after the parameter's own word.
func (p *planner) fillKeys(s *skill, b *bag, put func(*slot, any, string)) {
	for _, sl := range s.slots {
		if sl.use != useKey {
			continue
		}
		seen := map[string]bool{}
		for i, t := range b.toks {
			if b.used[i] || t.kind == tokPunct || t.kind == tokEmail {
				continue
			}
			v, n := sl.keyAt(b.toks, i)
			if v == "" && p.bareKey(s, sl, b.toks, i) {
				v, n = t.text, 1
			}
			if v == "" || seen[v] || p.isQuantity(sl, b.toks, i) || isDigits(v) && i > 0 && b.toks[i-1].is("to", "by", "at", "under", "over", "than") && s.wantsNumber() {
				continue
			}
			seen[v] = true
			b.take(i, n)
			if sl.kind == kindInteger {
				f, _ := numberOf(v)
				put(sl, f, v)
			} else {
				put(sl, v, t.text)
			}
		}
	}
}

// isQuantity tells whether a number is an amount or a span of time rather than
// an identifier.
func (p *planner) isQuantity(sl *slot, toks []token, i int) bool {
	if toks[i].kind != tokNumber || i+1 >= len(toks) {
		return false
	}
	next := toks[i+1]
	return unitDays[next.stem] != 0 || currencyOf(next.low) != "" || i > 0 && currencyOf(toks[i-1].low) != "" || sl.pattern == nil && next.is("x", "×")
}

// keyAt reads a value of the slot at i, which may take two tokens: "AB 12345".
func (sl *slot) keyAt(toks []token, i int) (string, int) {
	t := toks[i]
	if sl.isPhone() {
		if v, at := findPhone(toks[i:]); v != "" && at[0] == 0 {
			return v, at[1]
		}
	}
	if sl.pattern == nil {
		if countDigits(t.low) == 0 || i == 0 {
			return "", 0
		}
		prev := toks[i-1]
		if prev.is("#", "number", "no", "id", "nr", "code", "reference", "ref", ".") || sl.words[prev.stem] >= inTitle || sl.kind == kindInteger && stem(sl.noun()) == prev.stem {
			return t.text, 1
		}
		return "", 0
	}
	if v, n := sl.groupsAt(toks, i); n > 0 {
		return v, n
	}
	if v, n := sl.gluedAt(toks, i); n > 0 {
		return v, n
	}
	if i+1 < len(toks) && toks[i+1].kind != tokPunct && (countDigits(t.low) > 0 || countDigits(toks[i+1].low) > 0) && canLead(t) && canLead(toks[i+1]) {
		for _, glue := range []string{"", "-", " "} {
			if v := sl.matches(t.text + glue + toks[i+1].text); v != "" && sl.matches(t.text) == "" {
				return v, 2
			}
		}
	}
	if v := sl.matches(t.text); v != "" && (countDigits(v) > 0 || t.kind == tokQuoted) {
		return v, 1
	}
	return "", 0
}

// gluedAt reads an identifier with signs inside, which stands in the message without
// a gap: P/2001, 12.345, A_17.
func (sl *slot) gluedAt(toks []token, i int) (string, int) {
	if toks[i].kind == tokPunct || i > 0 && toks[i-1].end == toks[i].start && toks[i-1].kind != tokPunct {
		return "", 0
	}
	end := i + 1
	for end < len(toks) && end < i+8 && toks[end].start == toks[end-1].end {
		end++
	}
	for ; end > i+1; end-- {
		var run strings.Builder
		for _, t := range toks[i:end] {
			run.WriteString(t.text)
		}
		if v := sl.matches(run.String()); v != "" && countDigits(v) > 0 {
			return v, end - i
		}
	}
	return "", 0
}

// groupsAt reads an identifier that is written in three groups or more: DE89 3704 0044
// 0532 0130 00.
func (sl *slot) groupsAt(toks []token, i int) (string, int) {
	if countDigits(toks[i].low) == 0 || i+2 >= len(toks) || sl.matches(toks[i].text) != "" {
		return "", 0
	}
	end := i
	for end < len(toks) && end < i+12 && (toks[end].kind == tokNumber || toks[end].kind == tokWord && countDigits(toks[end].low) > 0) {
		end++
	}
	for j := end; j > i+2; j-- {
		var parts []string
		for _, t := range toks[i:j] {
			parts = append(parts, t.text)
		}
		for _, glue := range []string{"", " ", "-"} {
			if v := sl.matches(strings.Join(parts, glue)); v != "" {
				return v, j - i
			}
		}
	}
	return "", 0
}

// canLead tells whether a token can be the first of the two that an identifier is
// written in: a number, or a few letters that are no word.
func canLead(t token) bool {
	return countDigits(t.low) > 0 || len(t.low) <= 3 && !functionWords[t.low] && !common[t.low]
}

// bareKey tells whether the number at i is an identifier that nothing marks as one:
// "close 42", "what about 37", where the intent takes no other number.
func (p *planner) bareKey(s *skill, sl *slot, toks []token, i int) bool {
	t := toks[i]
	if sl.pattern != nil || sl.kind != kindInteger || t.kind != tokNumber || !isDigits(t.low) || p.isQuantity(sl, toks, i) {
		return false
	}
	n, _ := numberOf(t.low)
	for _, other := range s.slots {
		if other.use == useKey {
			continue
		}
		if other.schema.Maximum != nil && n > *other.schema.Maximum {
			continue
		}
		if (other.kind == kindInteger || other.kind == kindNumber) && !(i > 0 && i <= 3 && p.k.verbs[toks[i-1].low] && len(t.low) > 2) {
			return false
		}
	}
	for _, m := range moments(toks, p.req.Now) {
		if i >= m.at && i < m.at+m.n {
			return false
		}
	}
	if i+1 < len(toks) && toks[i+1].kind == tokWord && !functionWords[toks[i+1].low] && !timeWords[toks[i+1].low] && weekdays[toks[i+1].low] == 0 && !s.vocab[toks[i+1].stem] && gapText(p.req.Message, toks[i], toks[i+1]) == " " {
		return false
	}
	if i == 0 {
		return len(wordsOnly(toks)) <= 3
	}
	prev := toks[i-1]
	return prev.kind == tokPunct || prev.kind == tokNumber || p.k.verbs[prev.low] || s.vocab[prev.stem] || prev.is("and", "or", "about", "for", "of", "on", "to", "except", "but", "not", "no", "with", "than")
}

func isDigits(s string) bool {
	return s != "" && countDigits(s) == len(s)
}
