package offline

import (
	"banyan/orchestrator"
)

// lastAsked is what the last turn asked whether it is so, if it was answered: "is it
// refundable", and now "cancel it if it is".
func (p *planner) lastAsked() []clause {
	n := len(p.req.Conversation)
	if n == 0 || p.req.Conversation[n-1].Kind != orchestrator.KindAnswer {
		return nil
	}
	message := p.req.Conversation[n-1].Message
	if q := questioned(p.k.mend(tokenize(message))); len(q) > 1 {
		return []clause{{toks: trimPunct(q), text: message, asked: true}}
	}
	return nil
}

// withSubject puts what the request before it asked for in front of a condition that is
// only a comparison: "how many days do I have left? if more than 5, …".
func (p *planner) withSubject(toks []token, before []*request) []token {
	if op, at, n := comparator(toks); op == "" || at > 0 || len(before) == 0 || n == 0 {
		return toks
	}
	if _, at, n := comparator(toks); at >= 0 {
		if q, ok := quantityIn(toks, at+n); !ok || q.at != at+n || q.next < len(trimPunct(toks)) {
			return toks
		}
	}
	var subject []token
	for _, t := range strip(before[len(before)-1].toks) {
		if t.kind != tokPunct && !questionWords[t.low] && !t.is("many", "much", "show", "tell", "me") {
			subject = append(subject, t)
		}
	}
	return append(subject, toks...)
}

// lentTo finds the verb that a request after "otherwise" takes from the one before it:
// "enrol me in A, otherwise in B". It is nil if the request has one itself.
func (p *planner) lentTo(c chunk, before []*request) *token {
	if !c.other || len(before) == 0 || len(c.toks) == 0 || len(wordsOnly(c.toks)) > 5 {
		return nil
	}
	first := c.toks[0]
	if !first.is("in", "on", "to", "for", "with", "at", "by", "from") && !nounMarks[first.low] && countDigits(first.low) == 0 {
		return nil
	}
	t := strip(before[len(before)-1].toks)
	if len(t) < 2 || t[0].kind != tokWord || !p.k.verbs[t[0].low] || auxiliaries[t[0].low] {
		return nil
	}
	return &t[0]
}

// letBe are the ways to say that nothing is to be done.
var letBe = newPhrases("do not", "do nothing", "leave it", "leave it be", "leave it alone", "leave it as it is", "forget it", "never mind", "skip it", "do not do it", "do not do that", "do not bother", "let it be", "keep it", "then do not", "then leave it", "then keep it", "then forget it", "just leave it", "just keep it", "do not do anything", "nothing", "that is fine", "fine", "then nothing")

// questioned returns what a request asks whether it is so: "check whether my order
// has shipped", "has my order shipped".
func questioned(toks []token) []token {
	for i, t := range toks {
		if t.is("if", "whether") {
			return toks[i+1:]
		}
	}
	if q := strip(toks); len(q) > 2 && auxiliaries[q[0].low] {
		return q
	}
	return nil
}

// echoed is the condition that words such as "if it has" or "otherwise" repeat or
// turn round.
func echoed(link []token, last []clause) []clause {
	if len(last) != 1 {
		if len(link) > 0 && (link[0].is("otherwise", "else", "or") || has(link, "not")) {
			return turned(last)
		}
		return last
	}
	verb := len(link) > 2 && link[0].is("if") && link[1].is("it", "they") // it has, it is not
	c := last[0]
	switch {
	case verb:
		positive := isNegated(c.toks) == c.negated // what the condition says of the thing
		if positive != has(link, "not") {
			return last
		}
		return turned(last)
	case has(link, "otherwise") || has(link, "else") || has(link, "not") || has(link, "other") || has(link, "failing") || has(link, "fails"):
		return turned(last)
	}
	return last
}

// turned is the opposite of a condition.
func turned(cs []clause) []clause {
	out := make([]clause, len(cs))
	for i, c := range cs {
		out[i] = clause{toks: c.toks, negated: !c.negated, text: c.text, asked: c.asked, turned: true}
	}
	return out
}
