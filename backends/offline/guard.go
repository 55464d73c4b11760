package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// What is said instead of the request's own words when nothing is to be done.
var (
	// questionLeads ask about doing something, rather than for it.
	questionLeads = newPhrases(
		"how do i", "how can i", "how do you", "how could i", "how to", "how would i", "how should i", "how do we", "how can we", "how does one", "where can i", "where do i",
		"what do i need to do to", "what do i do to", "what should i do to", "what must i do to", "what happens if i", "what if i",
		"should i", "do i", "did i", "am i", "shall i", "would i", "must i", "do i have to", "do i need to", "do i get to", "why should i", "why can not i", "why can i not", "when can i", "is there a way to", "is there any way to",
		"should we", "shall we", "must we", "would we", "do we have to", "do we need to", "why should we", "when should we", "when should i", "ought we to", "ought i to", "are we ready to", "are we allowed to", "am i allowed to",
		"would it be wise to", "would it be a good idea to", "would it be better to", "would it be safe to", "would it make sense to", "would it be sensible to", "is it wise to", "is it a good idea to", "is it a bad idea to", "is it safe to", "is it better to", "is it sensible to", "is it time to", "does it make sense to", "is it worth it to", "what do you think about", "what do you think of",
		"do you think i should", "do you think we should", "do you recommend to", "would you recommend to", "do you suggest to", "would you advise to", "i wonder if i should", "i wonder if we should", "i wonder whether i should", "i wonder whether we should", "i am not sure if i should", "i am not sure whether to", "what would happen if i", "what would happen if we", "what happens if we", "what if we",
	)
	// lastMinute end a message by taking it back.
	lastMinute = newPhrases("no wait", "wait no", "no", "wait", "never mind", "actually no", "no do not", "do not", "forget it", "scratch that", "on second thought no", "on second thoughts no", "stop", "no stop", "no never mind", "actually never mind", "oh wait", "no forget it", "hold on", "i changed my mind", "better not", "actually not", "not", "just kidding", "oh no", "maybe not", "or maybe not", "perhaps not", "or perhaps not", "or better not", "or rather not", "or not", "actually do not", "maybe do not", "or do not", "or maybe do not", "no actually do not", "sorry do not", "sorry no", "hmm no", "hmm maybe not", "hmm better not", "wait do not", "no wait do not", "i take that back", "no i take that back", "i would rather not")
	// orNot ends a message so without a comma as well.
	orNot   = newPhrases("or maybe not", "or perhaps not", "or better not", "or rather not", "or maybe do not")
	wanting = set("want need like wish care require wanted subscribed asked asking interested")
	holding = set("keep leave retain preserve hold")
)

// prevented tells what to say instead of planning a request whose words do not ask
// for what its intent does: they negate it, ask about it, ask for the opposite or
// for something that nobody offers. A read is rarely prevented.
func (p *planner) prevented(s *skill, r *request) (orchestrator.Plan, bool) {
	if p.k.examples[joinLow(r.toks)] || p.exampleOf() {
		return orchestrator.Plan{}, false
	}
	say := func(kind orchestrator.PlanKind, text string) (orchestrator.Plan, bool) {
		return orchestrator.Plan{Kind: kind, Text: text}, true
	}
	if _, back, ok := p.reversed(r.toks); ok && back == s {
		return orchestrator.Plan{}, false
	}
	if text := p.nobodyOffers(s, r); text != "" {
		return say(orchestrator.PlanRefusal, text)
	}
	if !s.Changes() {
		return orchestrator.Plan{}, false
	}
	words := trimGreeting(trimPunct(r.toks))
	if len(r.context) == 0 && p.unasked(s, words) {
		return say(orchestrator.PlanAnswer, p.explain(s))
	}
	switch {
	case p.takenBack(), s.negatedIn(words) && !s.negates, p.keeps(s, words):
		return say(orchestrator.PlanAnswer, "All right, I leave it as it is. Nothing was changed.")
	case s.oppositeIn(words), p.isReversed(s, words):
		return say(orchestrator.PlanRefusal, "It sounds as if you want the opposite, and that is not something I can do here: what I can do is "+brief(s.Summary)+". Nothing was changed.")
	case len(r.context) == 0 && questionLeads.at(words, 0) > 0:
		return say(orchestrator.PlanAnswer, p.explain(s))
	}
	if when := p.scheduled(s, r); when != "" {
		return say(orchestrator.PlanAnswer, "I can only do that at once, not “"+when+"”, and nothing was done. Ask me again when it is time, or say it without the time.")
	}
	return orchestrator.Plan{}, false
}

// explain says what an intent does and how to ask for it.
func (p *planner) explain(s *skill) string {
	text := "I can " + inSentence(s.Summary) + "."
	if say := s.sample(); say != "" {
		text += " Say, for example, “" + say + "”."
	}
	return text + " Nothing was changed."
}

// sample is an example that asks for the intent outright.
func (s *skill) sample() string {
	verb := s.nameStems[0]
	best := ""
	for _, ex := range s.Examples {
		toks := tokenize(ex)
		if len(toks) < 2 || has(toks, "?") {
			continue
		}
		if toks[0].stem == verb && (best == "" || slices.ContainsFunc(toks, func(t token) bool { return countDigits(t.low) > 0 })) {
			return ex
		}
		if best == "" && !questionWords[toks[0].low] && !auxiliaries[toks[0].low] {
			best = ex
		}
	}
	return best
}

// trimGreeting takes off what opens a message without asking anything.
func trimGreeting(toks []token) []token {
	for len(toks) > 1 {
		n := greetings.at(toks, 0)
		if n == 0 && toks[0].is("please", "ok", "okay", "so", "and", "but", "well", "um", "uh", "oh", "hmm", "also", "actually", "then") {
			n = 1
		}
		if n == 0 || n >= len(toks) {
			break
		}
		toks = trimPunct(toks[n:])
	}
	return toks
}

// takenBack tells whether the message ends by taking itself back.
func (p *planner) takenBack() bool {
	w := trimPunct(p.toks)
	for i := 1; i < len(w); i++ {
		if w[i].is("or") && orNot.at(w, i) == len(w)-i {
			return true
		}
		if w[i-1].kind != tokPunct || w[i-1].is("€", "$", "£", "#", "\"") {
			continue
		}
		tail := wordsOnly(w[i:])
		if len(tail) > 0 && lastMinute.at(tail, 0) == len(tail) {
			return true
		}
	}
	return false
}

// negatedIn tells whether the words say not to do what the intent does: "I do not
// want to cancel anything".
func (s *skill) negatedIn(toks []token) bool {
	for i, t := range toks {
		if t.is("nothing", "none") && i > 0 && toks[i-1].stem == s.nameStems[0] {
			return true
		}
		negator := t.is("not", "never", "without") || t.is("longer") && i > 0 && toks[i-1].is("no")
		if !negator || nonNegations.at(toks, max(i-1, 0)) > 1 {
			continue
		}
		for j := i + 1; j < min(i+7, len(toks)); j++ {
			w := toks[j]
			if w.stem == s.nameStems[0] && w.kind == tokWord {
				return true
			}
			if !w.is("want", "to", "you", "me", "wish", "like", "need", "ever", "intend", "plan", "going", "any", "have", "us", "please", "be", "just", "yet", "him", "her", "them", "planning", "ask", "asked", "would", "trying", "mean") {
				break
			}
		}
	}
	return false
}

// correctsItself tells whether the message takes back part of what it says: "cancel
// 1003, no wait, 1002".
func (p *planner) correctsItself() bool {
	for i := 1; i+1 < len(p.toks); i++ {
		t := p.toks[i]
		if p.toks[i-1].kind == tokPunct && corrections.at(p.toks, i) > 0 && !t.is("use", "better", "make", "change", "instead") || t.is("rather", "meant") || t.is("mean") && p.toks[i-1].is("i") {
			return true
		}
	}
	return false
}

// keeps tells whether the words say to keep things as they are.
func (p *planner) keeps(s *skill, toks []token) bool {
	w := trimGreeting(toks)
	return len(w) > 1 && holding[w[0].low] && !has(w, "longer") && !s.known[w[0].stem] && !s.vocab[w[0].stem]
}

// oppositeIn tells whether the words ask for the opposite of the intent, and its
// examples know no such words.
func (s *skill) oppositeIn(toks []token) bool {
	for i, t := range toks {
		if t.kind != tokWord {
			continue
		}
		for _, un := range []string{"un", "de", "dis"} {
			rest, ok := strings.CutPrefix(t.low, un)
			if ok && len(rest) > 3 && !s.statesOf(t) && (s.known[stem(rest)] || s.vocab[stem(rest)]) && !s.known[t.stem] && !s.vocab[t.stem] {
				return true
			}
		}
		if s.known[t.stem] {
			continue
		}
		if from := strip(toks); len(from) > 0 && from[0].start == t.start && t.is("stop", "end", "quit", "undo", "reverse", "revoke", "abort", "discontinue", "halt") && !s.vocab[t.stem] && len(s.keys) == 0 {
			return true
		}
		negator := t.is("never") || t.is("not") && i > 0 && auxiliaries[toks[i-1].low] || t.is("longer") && i > 0 && toks[i-1].is("no")
		if negator && !s.refuses && i > 0 && i+1 < len(toks) && wanting[toks[i+1].low] && slices.ContainsFunc(toks[:i], func(b token) bool { return b.is("i", "we", "she", "he", "they") }) && !s.takes(useProse) {
			return true
		}
		if t.is("opt") && i+1 < len(toks) && toks[i+1].is("out") {
			return true
		}
	}
	return false
}

// statesOf tells whether the word is a state of the intent's objects, as its
// parameters and the lists of them say: unpaid, unconfirmed.
func (s *skill) statesOf(t token) bool {
	if statesIn(s.fields, t) {
		return true
	}
	for _, sl := range s.slots {
		if slices.ContainsFunc(sl.makers, func(m maker) bool { return statesIn(m.list.sub, t) }) {
			return true
		}
	}
	return false
}

// scheduled returns the words that put the request off to a later time, if the
// intent takes no time.
func (p *planner) scheduled(s *skill, r *request) string {
	if slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.kind == kindTime || sl.use == useProse && sl.required }) {
		return ""
	}
	for _, sl := range s.keys {
		if len(sl.makers) > 0 && !slices.ContainsFunc(r.toks, func(t token) bool { return sl.matches(t.text) != "" }) {
			if f := mainTime(sl.makers[0].list.sub); f != nil && !f.optional && !f.past() {
				return "" // the day says which one
			}
		}
	}
	toks := trimPunct(r.toks)
	for len(toks) > 0 && closers.endAt(toks, len(toks)) > 0 {
		toks = trimPunct(toks[:len(toks)-closers.endAt(toks, len(toks))])
	}
	if !p.starts(toks) {
		return ""
	}
	later := func(from, end int) string {
		if end != len(toks) || from == 0 || toks[from-1].is("arriving", "due", "coming", "delivered", "arrives", "comes", "ships", "for", "from", "of", "expiring", "starting") {
			return ""
		}
		if toks[from-1].is("until", "till", "on", "by", "at", "before", "after", "next") {
			from--
		}
		return span(p.req.Message, toks[from:end])
	}
	for i := 1; i < len(toks); i++ {
		if toks[i].is("in", "after", "within") {
			if q, ok := quantityIn(toks, i+1); ok && q.time && q.at == i+1 {
				if text := later(i, q.next); text != "" {
					return text
				}
			}
		}
		if toks[i].is("later", "tonight") {
			if text := later(i, i+1); text != "" {
				return text
			}
		}
	}
	for _, m := range moments(toks, p.req.Now) {
		if m.day.After(p.today()) || m.day.IsZero() && m.hasClock {
			if text := later(m.at, m.at+m.n); text != "" {
				return text
			}
		}
	}
	return ""
}
