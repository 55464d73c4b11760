package offline

import "strings"

// mention is a person named where a request says whom it is about.
type mention struct {
	at, n int
	who   string
}

// mentions finds the people whom the words name as those whom the intent is about:
// an e-mail address that is no value, somebody whom the directory knows, a
// possessive, a name after "of", "for" or "customer", or one that is asked after.
// What the user has to say to somebody names nobody.
func (p *planner) mentions(s *skill, toks []token) []mention {
	end := len(toks)
	if s.takes(useProse) {
		end = p.saidFrom(toks)
	}
	var out []mention
	for i := 0; i < end; {
		n, who := p.mentionAt(s, toks[:end], i)
		if n == 0 {
			i++
			continue
		}
		out = append(out, mention{i, n, who})
		i += n
	}
	return out
}

// saidFrom is where words begin that tell what happened rather than what is asked
// for.
func (p *planner) saidFrom(toks []token) int {
	for i, t := range toks {
		if i == 0 {
			continue
		}
		if t.is(":") || sayingWords.at(toks, i) > 0 || becauseWords.at(toks, i) > 0 || t.is("that") && !nounMarks[toks[i-1].low] || !p.req.User.Staff() && thatWords.at(toks, i) > 0 {
			return i
		}
	}
	return len(toks)
}

func (p *planner) mentionAt(s *skill, toks []token, i int) (n int, who string) {
	t := toks[i]
	prev, next := token{}, token{}
	if i > 0 {
		prev = toks[i-1]
	}
	if t.kind == tokEmail {
		if s.takes(useEmail) || prev.is("to", "is", "into") && alterVerbs[first(strip(toks)).low] {
			return 0, ""
		}
		return 1, t.text
	}
	if t.kind != tokWord {
		return 0, ""
	}
	if n, who := p.personAt(toks, i); n > 0 {
		if prev.is("to", "with", "from", "by", "like", "near", "at") && (!p.req.User.Staff() || s.takes(useAddress)) {
			return 0, ""
		}
		owner := i+n < len(toks) && toks[i+n].is("'s")
		asked := i == 0 || owner || prev.is("of", "for", "does", "do", "did", "is", "has", "was", "about", "and", "customer", "user", ",", ":") || i == 1 && p.k.verbs[prev.low]
		if !asked && !p.req.User.Staff() {
			return 0, "" // spoken of, not asked for
		}
		return n, who
	}
	if i+1 < len(toks) {
		next = toks[i+1]
	}
	if prev.is("customer", "client", "member", "user") && (isCapital(t.text) || i+1 == len(toks) && p.stranger(t)) {
		n := max(nameLen(toks, i), 1)
		return n, span(p.req.Message, toks[i:i+n])
	}
	if k := i + max(nameLen(toks, i), 1); k < len(toks) && toks[k].is("'s") && (isCapital(t.text) || p.stranger(t)) {
		if from := possessor(toks, k); from >= 0 && from <= i {
			return k - i, span(p.req.Message, toks[i:k])
		}
	}
	if prev.is("for", "of") && len(s.slots) > 0 && isCapital(t.text) && isCapital(next.text) && nameLen(toks, i) == 2 && !s.takesFreely() {
		return 2, span(p.req.Message, toks[i:i+2])
	}
	object := s.takes(useKey) && (!p.req.User.Staff() || !isCapital(t.text)) // the word may describe one
	if s.takes(useName) || !p.stranger(t) || object {
		return 0, ""
	}
	switch {
	case prev.is("for", "of") && (i+1 == len(toks) || next.kind == tokPunct || next.is("and", "or", "please", "now", "too")),
		prev.is("does", "do", "did", "has", "is") && next.is("have", "has", "live", "lives", "own", "owe", "owes", "want", "need", "get", "still", "a", "registered", "subscribed", "been", "ordered", "got", "already"):
		n := max(nameLen(toks, i), 1)
		return n, span(p.req.Message, toks[i:i+n])
	}
	return 0, ""
}

func first(toks []token) token {
	if len(toks) == 0 {
		return token{}
	}
	return toks[0]
}

// stranger tells whether the word is neither English nor of the catalog, as names
// are.
func (p *planner) stranger(t token) bool {
	return len(t.low) > 1 && p.strangers([]token{t})
}

// personAt returns the length of the name or address of a person whom the
// directory knows that stands at i, and who it is.
func (p *planner) personAt(toks []token, i int) (n int, who string) {
	if toks[i].kind == tokEmail {
		return 1, toks[i].text
	}
	for _, u := range p.req.People {
		words := strings.Fields(strings.ToLower(u.Name))
		if len(words) == 0 || toks[i].kind != tokWord {
			continue
		}
		if matchAt(toks, i, words) {
			return len(words), u.Name
		}
	}
	for _, u := range p.req.People {
		name, _, _ := strings.Cut(strings.ToLower(u.Name), " ")
		if toks[i].low == name && toks[i].kind == tokWord && (isCapital(toks[i].text) || !functionWords[name] && !common[name] && !auxiliaries[name]) {
			return 1, u.Name
		}
	}
	return 0, ""
}

// isPerson tells whether the token at i belongs to the name of somebody whom the
// directory knows.
func (p *planner) isPerson(toks []token, i int) bool {
	if len(p.req.People) == 0 {
		return false
	}
	for k := max(0, i-3); k <= i; k++ {
		if n, _ := p.personAt(toks, k); toks[k].kind == tokWord && k+n > i {
			return true
		}
	}
	return false
}
