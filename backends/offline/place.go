package offline

// placed puts the postal address that the message has named before in the place of a
// "there" at the end of some words: "change my address to …, then send order 12 there".
func (p *planner) placed(toks []token) []token {
	at := len(toks) - 1
	for at > 0 && (toks[at].kind == tokPunct || toks[at].is("please", "too", "instead")) {
		at--
	}
	if !p.k.keyed || at < 2 || !toks[at].is("there") || auxiliaries[toks[at-1].low] || !p.starts(toks) || isAsked(toks, strip(toks)) {
		return toks
	}
	n := 0
	for n < len(p.toks) && p.toks[n].start < toks[0].start {
		n++
	}
	b := newBag(p.req.Message, p.toks[:n], nil)
	v, where := findAddress(b, p.keyAnywhere)
	if v == "" || countDigits(v) == 0 {
		return toks
	}
	out := append([]token{}, toks[:at]...)
	out = append(out, token{text: "to", low: "to", stem: "to", kind: tokWord, start: toks[at].start, end: toks[at].end})
	return append(out, p.toks[where[0]:where[1]]...)
}
