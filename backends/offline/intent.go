package offline

import (
	"slices"

	"banyan/orchestrator"
)

// ranked is an intent and how likely it is meant, from 0 to 1.
type ranked struct {
	skill *skill
	value float64
}

// What speaks for or against an intent beside the classifier.
const (
	bonusLiteral   = 0.12 // a value in the message fits a parameter of its own
	malusLiteral   = 0.15 // a value fits none
	bonusField     = 0.06 // the result has a field of that name
	bonusState     = 0.20 // it is asked whether something is so, and the result says it
	bonusFrame     = 0.15 // no other intent is asked for with that question word and verb
	bonusNumber    = 0.06 // a quantity, and a parameter that needs one
	malusObject    = 0.08 // an object is needed, and none is spoken of
	malusForeign   = 0.25 // no word that the catalog knows, and no parameter that it could be for
	malusNew       = 0.10 // no word that the catalog knows
	bonusName      = 0.25 // of what is missing to certainty: all words of the name are there
	bonusWhole     = 0.25 // of what is missing to certainty: its verb, its object and a value that it needs
	bonusKeyAlone  = 0.30 // nothing but an identifier, and it shows the object
	malusAsked     = 0.30 // a question after how things are, and the intent changes something
	malusCommand   = 0.12 // an order to alter something, and the intent only looks
	malusStatement = 0.15 // no verb at all, and the intent changes something
	certain        = 0.85 // the classifier needs no known word
	closeCall      = 0.07 // two intents nearer than this are told apart by asking
	candidates     = 6    // intents looked at
)

// rank lists the likeliest intents for some words, best first. What it answers
// for the same words is kept while the message is planned.
func (p *planner) rank(toks []token) []ranked {
	stripped := strip(toks)
	text := joinLow(p.impersonal(stripped))
	if text == "" {
		return nil
	}
	asked := isAsked(toks, stripped)
	memo := text
	if asked {
		memo = "? " + text
	}
	if r, ok := p.ranks[memo]; ok {
		return r
	}
	scores := p.k.model.Rank(text, candidates)
	out := make([]ranked, 0, len(scores))
	verbless := !slices.ContainsFunc(stripped, func(t token) bool { return p.k.verbs[t.low] })
	status, asks := p.k.keyed && p.asksStatus(stripped), ""
	if p.k.keyed {
		asks = frame(stripped)
	}
	for _, sc := range scores {
		s := p.k.byName[sc.Class]
		v := sc.Value
		if s.named(stripped) {
			v += bonusName * (1 - v)
		}
		if p.whole(s, stripped) {
			v += bonusWhole * (1 - v)
		}
		if s.keyAlone(stripped) {
			v += bonusKeyAlone
		}
		v += p.evidence(s, stripped)
		if asked && !s.Changes() && s.saysWhether(toks) {
			if s.soleKey() == nil {
				v -= bonusState / 2 // a list says it of many
			}
			v += bonusState
		}
		if sc.Value < certain {
			v -= p.foreign(s, stripped)
		}
		if s.Changes() {
			if asked || verbless && p.questioned(stripped) {
				v -= malusAsked
			}
			if verbless {
				v -= malusStatement
			}
		} else if p.k.changing && len(stripped) > 0 && alterVerbs[stripped[0].low] {
			v -= malusCommand
		}
		if asked && p.asksWhetherCan(s, stripped) {
			v += bonusState
		}
		if asks != "" && p.k.onlyAsks(s, asks) {
			v += bonusFrame
		}
		if status && p.k.tellsState(s) {
			v = max(v, p.accept(s))
		}
		out = append(out, ranked{s, max(v, 0)})
	}
	slices.SortStableFunc(out, func(a, b ranked) int {
		switch {
		case a.value > b.value:
			return -1
		case a.value < b.value:
			return 1
		}
		return 0
	})
	if within := direct(stripped); within != nil && p.k.keyed && (len(out) == 0 || out[0].value < p.accept(out[0].skill)) {
		if again := p.rank(within); len(again) > 0 && (len(out) == 0 || again[0].value > out[0].value) {
			out = again
		}
	}
	out = p.turnRound(out, stripped)
	p.ranks[memo] = out
	return out
}

var letKnow = []string{"let", "me", "know"}

// isAsked tells whether the words ask how things are, rather than for something
// to be done: "is my order cancelled", not "can you cancel my order".
func isAsked(toks, stripped []token) bool {
	if len(stripped) == 0 {
		return false
	}
	first := stripped[0].low
	if first == "do" && len(stripped) > 1 && stripped[1].is("not") {
		return false
	}
	if auxiliaries[first] || questionWords[first] {
		return true
	}
	if len(stripped) > 1 && (first == "show" || first == "list" || first == "tell" && stripped[1].is("me", "us") || matchAt(stripped, 0, letKnow)) {
		return true
	}
	for i, t := range toks[:max(0, len(toks)-len(stripped))] {
		if t.is("if", "whether") && i > 0 && askIf[toks[i-1].low] {
			return true
		}
	}
	for i, t := range stripped {
		if t.is("if", "whether") && i > 0 && askIf[stripped[i-1].low] {
			return true
		}
	}
	return false
}

// questioned tells whether a question mark follows the words.
func (p *planner) questioned(toks []token) bool {
	if len(toks) == 0 {
		return false
	}
	end := toks[len(toks)-1].end
	for _, t := range p.toks {
		if t.start >= end {
			return t.is("?")
		}
	}
	return false
}

// holdsAddress tells whether a postal address stands in the words.
func (p *planner) holdsAddress(toks []token) bool {
	if p.addressed == nil {
		p.addressed = map[int]bool{}
	}
	at := toks[0].start<<16 | toks[len(toks)-1].end
	found, ok := p.addressed[at]
	if !ok {
		v := ""
		if slices.ContainsFunc(toks, func(t token) bool { return t.kind == tokNumber }) {
			v, _ = findAddress(newBag(p.req.Message, toks, nil), p.keyAnywhere)
		}
		found = v != "" && countDigits(v) > 0
		p.addressed[at] = found
	}
	return found
}

// named tells whether all words of the intent's name are there.
func (s *skill) named(toks []token) bool {
	for _, st := range s.nameStems {
		if !slices.ContainsFunc(toks, func(t token) bool { return t.kind == tokWord && t.stem == st }) {
			return false
		}
	}
	return true
}

// accept is the value from which on an intent is taken to be meant. Changes need
// more than reads.
func (p *planner) accept(s *skill) float64 {
	a := p.k.model.Accept
	if s.Changes() {
		a += 0.05
	}
	if s.Effect == orchestrator.Destructive {
		a += 0.03
	}
	return min(a, 0.95)
}

// confident returns the best intent for the words if it is good enough, nil
// otherwise.
func (p *planner) confident(toks []token) *ranked {
	r := p.rank(toks)
	if len(r) == 0 || r[0].value < p.accept(r[0].skill) {
		return nil
	}
	return &r[0]
}

// starts tells whether a request could begin with these words.
func (p *planner) starts(toks []token) bool {
	toks = trimPunct(toks)
	if len(toks) == 0 || toks[0].kind != tokWord {
		return false
	}
	if openers.at(toks, 0) > 0 {
		toks = strip(toks)
	}
	return len(toks) > 0 && p.k.verbs[toks[0].low]
}
