package offline

import (
	"strings"
	"unicode"
)

// whom finds the customer that a request names: an e-mail address that is not the
// value of a parameter, a name that the directory knows, a possessive, or the
// words after "for customer". The words are used up. need is true if the person
// must be asked for: staff who named nobody.
func (p *planner) whom(s *skill, b *bag) (who string, need bool) {
	if s.Subject == "" {
		return "", false
	}
	who = p.namedPerson(s, b)
	if who == "" {
		who = p.personElsewhere(s)
	}
	need = who == "" && p.req.User.Staff() && p.req.Subject.Email == ""
	return who, need
}

func (p *planner) namedPerson(s *skill, b *bag) string {
	for i, t := range b.toks {
		if t.kind == tokEmail && !s.takes(useEmail) {
			b.take(i, 1)
			return p.notSelf(t.text)
		}
	}
	for _, u := range p.req.People {
		if u.Name == "" {
			continue
		}
		words := strings.Fields(strings.ToLower(u.Name))
		for i := range b.toks {
			if matchAt(b.toks, i, words) {
				b.take(i, len(words))
				if i+len(words) < len(b.toks) && b.toks[i+len(words)].is("'s") {
					b.take(i+len(words), 1)
				}
				return p.notSelf(u.Name)
			}
		}
	}
	for i, t := range b.toks {
		if t.is("customer", "client", "member", "user") && i+1 < len(b.toks) && isCapital(b.toks[i+1].text) {
			n := nameLen(b.toks, i+1)
			b.take(i, n+1)
			return b.text(i+1, i+1+n)
		}
		if t.is("'s") && i > 0 {
			if from := possessor(b.toks, i); from >= 0 {
				b.take(from, i-from+1)
				return b.text(from, i)
			}
		}
		if t.is("for", "of") && i+2 < len(b.toks) && b.own > i+2 && isCapital(b.toks[i+1].text) && isCapital(b.toks[i+2].text) && nameLen(b.toks, i+1) == 2 && !s.takesFreely() {
			b.take(i, 3)
			return b.text(i+1, i+3)
		}
	}
	return ""
}

// takesFreely tells whether the intent has a text parameter that capital words
// could belong to.
func (s *skill) takesFreely() bool {
	return s.takes(useName) || s.takes(useAddress) || s.takes(useProse)
}

// personElsewhere finds a person named in another part of the message: "for
// ben@example.com: cancel his latest order and …".
func (p *planner) personElsewhere(s *skill) string {
	if s.takes(useEmail) {
		return ""
	}
	for _, t := range p.toks {
		if t.kind == tokEmail && !p.emailIsValue() {
			return p.notSelf(t.text)
		}
	}
	if len(p.req.People) == 1 && p.req.People[0].Email != p.req.User.Email {
		return p.req.People[0].Name
	}
	return ""
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
		if n := p.personAt(toks, i); n > 0 {
			i = my(i + n)
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

// personAt returns the length of the name or address of a person that stands at i.
func (p *planner) personAt(toks []token, i int) int {
	if toks[i].kind == tokEmail {
		return 1
	}
	for _, u := range p.req.People {
		if words := strings.Fields(strings.ToLower(u.Name)); len(words) > 0 && matchAt(toks, i, words) {
			return len(words)
		}
	}
	return 0
}

// nameLen counts the capitalised words from i on.
func nameLen(toks []token, i int) int {
	n := 0
	for i+n < len(toks) && toks[i+n].kind == tokWord && isCapital(toks[i+n].text) && n < 3 {
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
