package offline

import (
	"slices"
	"strings"
)

// making are verbs for bringing something about that was not there.
var making = set("place make create submit start open buy purchase put file new")

// peopleWords are what a business calls those whom it serves.
var peopleWords = set("customers clients users members people accounts")

// nobodyOffers returns what to say if the words ask for something that the intent
// looks like and is not, "" otherwise.
func (p *planner) nobodyOffers(s *skill, r *request) string {
	w := strip(r.toks)
	if len(w) == 0 {
		return ""
	}
	sorry := func(what string) string {
		text := "I cannot " + what + " here."
		if list := p.samples(3, true); len(list) > 0 {
			text += " What I can do is, for example: " + orList(list) + "."
		}
		return text + " Nothing was changed."
	}
	own := span(p.req.Message, w)
	switch {
	case p.otherPeople(s, w):
		if p.req.User.Staff() {
			return "I can only look at one customer at a time: name one by email or full name."
		}
		return "I can only help with your own account. What belongs to other customers is not shown or changed for you."
	case p.strangeGift(s, w):
		return sorry("“" + own + "”")
	case p.strangeVerb(s, w), p.k.keyed && (p.strangeDeed(s, w) || p.strangePlace(s, w)):
		return sorry("“" + own + "”")
	case !s.Changes() && p.asksForNew(s, w):
		return sorry("do that (“" + own + "”)")
	case p.strayEmail(s, w):
		return sorry("do that (“" + own + "”)")
	case p.strangeObject(s, w):
		return sorry("“" + own + "”")
	case p.tellsOnly(s, r):
		return sorry("help with that (“" + own + "”)")
	case p.asksTheHouse(s, w), p.k.keyed && p.asksTheWorld(s, w):
		return sorry("answer that (“" + own + "”)")
	}
	return ""
}

// otherPeople tells whether the words are about customers in general, and the
// intent about one.
func (p *planner) otherPeople(s *skill, w []token) bool {
	if s.Subject == "" || s.takes(useProse) {
		return false
	}
	for i, t := range w {
		if peopleWords[t.low] && i > 0 && w[i-1].is("all", "other", "every", "the", "your", "of", "many", "which", "any", "list", "show", "our", "these", "for") && !s.examplesHave(t.low) {
			return true
		}
	}
	return false
}

// examplesHave tells whether an example of the intent has the word.
func (s *skill) examplesHave(word string) bool {
	return slices.ContainsFunc(s.Examples, func(ex string) bool { return slices.Contains(strings.Fields(strings.ToLower(ex)), word) })
}

// strangeVerb tells whether the words order something by a verb that the catalog
// does not know: "restore order 1003". What follows shows that it is a verb. An
// intent without parameters has nothing that could be done with in two ways.
func (p *planner) strangeVerb(s *skill, w []token) bool {
	if len(w) < 2 || len(s.slots) == 0 && s.Subject == "" || w[0].kind != tokWord || p.k.verbs[w[0].low] || p.k.stems[w[0].stem] || functionWords[w[0].low] || isCapital(w[0].text) && len(p.toks) > 0 && w[0].start != p.toks[0].start {
		return false
	}
	if s.vocab[w[0].stem] || strings.HasSuffix(w[0].low, "ing") || strings.HasSuffix(w[0].low, "ed") || ordinals[w[0].low] != 0 || changeVerbs[w[0].low] || alterVerbs[w[0].low] || wanting[w[0].low] || holding[w[0].low] || spellOut[w[0].low] != 0 || questionWords[w[0].low] {
		return false
	}
	if n := p.isPerson(w, 0); n {
		return false
	}
	if len(w) > 3 && w[1].is("me", "us", "them") && nounMarks[w[2].low] {
		return true
	}
	if nounMarks[w[1].low] && !w[1].is("no", "this", "that") || w[1].is("it", "me", "him", "us") && len(w) == 2 {
		return true
	}
	for _, sl := range s.slots {
		if sl.use != useKey || sl.pattern == nil {
			continue
		}
		rest := w[1:]
		if stem(sl.noun()) == rest[0].stem && len(rest) > 1 {
			rest = rest[1:]
		}
		if v := sl.matches(rest[0].text); v != "" && len(rest) == 1 {
			return true
		}
	}
	return false
}

// strangeObject tells whether the words order something for a thing that the intent
// knows nothing of and has no parameter for: "order a taxi", where it orders lunch.
func (p *planner) strangeObject(s *skill, w []token) bool {
	if !s.Changes() || len(s.slots) == 0 && s.Subject == "" || len(w) < 3 || !p.k.verbs[w[0].low] || auxiliaries[w[0].low] || s.takes(useName) || s.takes(useProse) || s.takes(useAddress) {
		return false
	}
	at := 1
	for at < len(w) && w[at].is("me", "us") {
		at++
	}
	if at+1 >= len(w) || !w[at].is("a", "an", "some", "my", "the", "our") || shareAt(w, at) {
		return false
	}
	if !w[at].is("a", "an", "some") && slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.use == useKey }) {
		return false // it may be what an object is called
	}
	head := token{}
	for _, t := range w[at+1:] {
		if t.kind != tokWord || functionWords[t.low] {
			break
		}
		if isCapital(t.text) || p.knows(s, t) {
			return false
		}
		head = t
	}
	return head.low != ""
}

// strangeGift tells whether the words ask to be given something that an intent without
// parameters mentions in passing and does not do: "give me a discount", where the
// newsletter tells of discounts.
func (p *planner) strangeGift(s *skill, w []token) bool {
	if !s.Changes() || len(s.slots) > 0 || len(w) < 4 || !w[0].is("give", "get", "grant", "offer", "make", "send") || !w[1].is("me", "us") || !w[2].is("a", "an", "some") {
		return false
	}
	head := w[3]
	for _, t := range w[4:] {
		if t.kind != tokWord || functionWords[t.low] {
			break
		}
		head = t
	}
	said := 0
	for _, ex := range append([]string{s.Summary, s.Summary}, s.Examples...) {
		if slices.ContainsFunc(tokenize(ex), func(t token) bool { return related(t.stem, head.stem) }) {
			said++
		}
	}
	return said < 2 && !slices.ContainsFunc(s.nameStems, func(n string) bool { return related(n, head.stem) })
}

// knows tells whether the word, or a relative of it, is one of the intent's.
func (p *planner) knows(s *skill, t token) bool {
	if s.vocab[t.stem] || s.known[t.stem] || s.mine[t.stem] || p.keyAnywhere(t) {
		return true
	}
	for _, n := range s.nameStems {
		if related(n, t.stem) {
			return true
		}
	}
	return slices.ContainsFunc(s.slots, func(sl *slot) bool {
		return sl.words[t.stem] > 0 || slices.ContainsFunc(sl.values, func(v enumValue) bool { _, n := v.find([]token{t}); return n > 0 })
	})
}

// asksForNew tells whether the words ask for a new object, and the intent only
// looks: "place an order", "order a kettle".
func (p *planner) asksForNew(s *skill, w []token) bool {
	for _, sl := range s.slots {
		if sl.use != useKey {
			continue
		}
		noun := stem(sl.noun())
		fresh := len(w) > 1 && (w[1].is("a", "an", "another", "new", "some", "more") || isCount(w, 1) && w[0].stem != noun)
		if !fresh || len(w) < 2 {
			continue
		}
		if w[0].stem == noun || (making[w[0].low] && len(w) > 2 && slices.ContainsFunc(w[1:min(4, len(w))], func(t token) bool { return t.stem == noun })) || w[0].is("buy", "purchase") {
			return true
		}
	}
	return false
}

// strayEmail tells whether the words set an e-mail address that no parameter takes:
// "change my email to new@example.com".
func (p *planner) strayEmail(s *skill, w []token) bool {
	if s.takes(useEmail) || s.takes(useProse) || !alterVerbs[w[0].low] {
		return false
	}
	for i, t := range w {
		if t.kind == tokEmail && i > 1 && w[i-1].is("to", "is", "into") {
			return true
		}
	}
	return false
}

// asksTheHouse tells whether the words ask what the business does, by a verb that
// the intent does not know: "do you sell lamps". Where intents are about nobody in
// particular, they may be about that.
func (p *planner) asksTheHouse(s *skill, w []token) bool {
	if len(w) < 3 || s.Subject == "" || !w[0].is("do", "does", "did", "will", "are") || !w[1].is("you") || w[2].kind != tokWord || functionWords[w[2].low] || s.takes(useProse) {
		return false
	}
	return !s.known[w[2].stem] && !s.vocab[w[2].stem] && !w[2].is("have", "know", "see", "think", "got", "still", "want", "need", "keep", "store", "hold", "show", "tell")
}
