package offline

import (
	"slices"
	"strings"
	"unicode"
)

// whom finds the customers that a request names, one for each step that it comes
// to; "" is whom the conversation is about. The words are used up. need is true if
// the person must be asked for: staff who named nobody.
func (p *planner) whom(s *skill, b *bag) (who []string, need bool) {
	if s.Subject == "" {
		return []string{""}, false
	}
	who = p.namedPeople(s, b)
	if len(who) == 0 {
		if one := p.personElsewhere(s, b); one != "" {
			who = []string{one}
		}
	}
	if len(who) == 0 {
		return []string{""}, p.req.User.Staff() && p.req.Subject.Email == ""
	}
	return who, false
}

// namedPeople finds the people whom the words name, as a list if that is how they
// stand there: "orders of Ada and Ben".
func (p *planner) namedPeople(s *skill, b *bag) []string {
	var out []string
	end := 0
	for _, m := range p.mentions(s, b.toks) {
		if len(out) > 0 && !onlyJoins(b.toks[end:m.at]) {
			break
		}
		b.take(m.at, m.n)
		if end = m.at + m.n; end < len(b.toks) && b.toks[end].is("'s") {
			b.take(end, 1)
			end++
		}
		if who := p.notSelf(m.who); !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	return out
}

// namedPerson is the first of the people whom the words name, or "".
func (p *planner) namedPerson(s *skill, b *bag) string {
	if who := p.namedPeople(s, b); len(who) > 0 {
		return who[0]
	}
	return ""
}

// onlyJoins tells whether the words only join the parts of a list.
func onlyJoins(toks []token) bool {
	for _, t := range toks {
		if !t.is("and", ",", "&", "+", "or", "for", "of", "both", "also", "plus", "then", "'s") {
			return false
		}
	}
	return true // even none: a comma or an "and" may have parted two stretches
}

// takesFreely tells whether the intent has a text parameter that capital words
// could belong to.
func (s *skill) takesFreely() bool {
	return s.takes(useName) || s.takes(useAddress) || s.takes(useProse)
}

// personElsewhere finds a person named in another part of the message: "for
// ben@example.com: cancel his latest order and …"; of several, the one named last
// before the request.
func (p *planner) personElsewhere(s *skill, b *bag) string {
	if s.takes(useEmail) || len(b.toks) == 0 || len(p.req.People) == 0 && !slices.ContainsFunc(p.toks, func(t token) bool { return t.kind == tokEmail }) {
		return ""
	}
	found := ""
	for _, m := range p.mentions(s, p.toks) {
		t := p.toks[m.at]
		owner := m.at+m.n < len(p.toks) && p.toks[m.at+m.n].is("'s") || m.at > 0 && p.toks[m.at-1].is("of", "for")
		if t.kind == tokEmail && p.emailIsValue() || t.kind != tokEmail && !owner && !p.req.User.Staff() {
			continue
		}
		if found == "" || t.start <= b.toks[0].start {
			found = m.who
		}
	}
	return p.notSelf(found)
}

// emailIsValue tells whether any intent takes an e-mail address as a value.
func (p *planner) emailIsValue() bool {
	for _, s := range p.k.skills {
		if s.takes(useEmail) {
			return true
		}
	}
	return false
}

// notSelf drops a mention of the user who asks.
func (p *planner) notSelf(who string) string {
	if strings.EqualFold(who, p.req.User.Email) || strings.EqualFold(who, p.req.User.Name) {
		if p.req.Subject.Email != "" && p.req.Subject.Email != p.req.User.Email {
			return p.req.User.Email
		}
		return ""
	}
	return who
}

// impersonal writes "my" for the people whom the words name, so that a request is
// the same whomever it is about.
func (p *planner) impersonal(toks []token) []token {
	var out []token
	my := func(i int) int {
		if i < len(toks) && toks[i].is("'s") {
			out = append(out, token{text: "my", low: "my", stem: "my", kind: tokWord})
			return i + 1
		}
		return i
	}
	for i := 0; i < len(toks); {
		if n, _ := p.personAt(toks, i); n > 0 {
			switch at := my(i + n); {
			case at > i+n:
				i = at
			case len(out) > 0 && out[len(out)-1].is("does", "do", "did", "has", "is"):
				out[len(out)-1] = firstPerson(out[len(out)-1])
				out = append(out, token{text: "i", low: "i", stem: "i", kind: tokWord})
				i += n
			default:
				i += n
			}
			continue
		}
		if i+1 < len(toks) && toks[i+1].is("'s") && isCapital(toks[i].text) && possessor(toks, i+1) >= 0 {
			i = my(i + 1)
			continue
		}
		out = append(out, toks[i])
		i++
	}
	if len(out) == 0 {
		return toks
	}
	return out
}

// nameLen counts the capitalised words from i on, of which none has a digit.
func nameLen(toks []token, i int) int {
	n := 0
	for i+n < len(toks) && toks[i+n].kind == tokWord && isCapital(toks[i+n].text) && countDigits(toks[i+n].low) == 0 && n < 3 {
		n++
	}
	return n
}

// possessor returns where the name before an apostrophe-s at i begins, or -1 if it
// is no name: "Ben Sato's", "ben's"; not "the kettle's", "order 1003's".
func possessor(toks []token, i int) int {
	t := toks[i-1]
	if t.kind != tokWord || strings.IndexFunc(t.low, unicode.IsDigit) >= 0 || timeWords[t.low] || weekdays[t.low] != 0 || functionWords[t.low] {
		return -1
	}
	from := i - 1
	for k := i - 2; k >= 0 && k >= i-4; k-- {
		if nounMarks[toks[k].low] || toks[k].is("'s") {
			return -1
		}
		if isCapital(toks[k].text) && k == from-1 && isCapital(t.text) && !functionWords[toks[k].low] && !auxiliaries[toks[k].low] && k > 0 {
			from = k
			continue
		}
		break
	}
	return from
}

// firstPerson is the form of an auxiliary that goes with "I".
func firstPerson(t token) token {
	if w := map[string]string{"does": "do", "has": "have", "is": "am"}[t.low]; w != "" {
		t.low, t.text, t.stem = w, w, stem(w)
	}
	return t
}
