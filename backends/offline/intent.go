package offline

import (
	"slices"
	"strings"

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

// evidence weighs what the schema says about the words: values that fit, fields
// and objects that are named.
func (p *planner) evidence(s *skill, toks []token) float64 {
	v := 0.0
	if !s.Changes() && s.shows(toks) {
		v += bonusField
	}
	hit, miss := false, false
	if len(toks) > 3 && s.Changes() && p.holdsAddress(toks) {
		if s.takes(useAddress) {
			return v + bonusLiteral
		}
		if !s.takes(useProse) {
			return v - malusLiteral
		}
	}
	if s.Changes() && !s.wantsNumber() && toNumber(toks) && slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.required && sl.use == useAddress }) {
		v -= bonusNumber
	}
	for _, t := range toks {
		switch t.kind {
		case tokEmail:
			if s.takes(useEmail) {
				hit = true
			}
		case tokNumber, tokWord:
			if !strings.ContainsAny(t.low, "0123456789") {
				continue
			}
			switch {
			case s.keyFits(t):
				hit = true
			case p.keyAnywhere(t):
				miss = true
			}
		default:
		}
	}
	if len(toks) > 3 && !hit && s.groupedKey(toks) {
		hit, miss = true, false
	}
	if ph, _ := findPhone(toks); ph != "" {
		if s.takes(usePhone) {
			hit, miss = true, false
		} else if s.Changes() {
			miss = true
		}
	}
	if s.wantsNumber() && slices.ContainsFunc(toks, func(t token) bool { n, ok := numberOf(t.low); return ok && n < 1000 && len(t.low) < 4 }) {
		v += bonusNumber
	}
	switch {
	case len(s.keys) > 0 && !hit && !p.hasObject(s, toks):
		v -= malusObject
	case len(s.keys) == 0 && s.Changes() && len(toks) == 2 && toks[1].is("it", "them", "that"):
		v -= malusLiteral
	}
	if hit {
		v += bonusLiteral
	} else if miss && !s.takes(useAddress) {
		v -= malusLiteral
	}
	return v
}

// toNumber tells whether the words set something to a small number: "to 2 pieces".
func toNumber(toks []token) bool {
	for i, t := range toks {
		if i > 0 && i+2 >= len(toks) && toks[i-1].is("to") && t.kind == tokNumber {
			n, ok := numberOf(t.low)
			return ok && n < 100
		}
	}
	return false
}

// shows tells whether a word names a field of the intent's result, the object's
// own key excepted.
func (s *skill) shows(toks []token) bool {
	for _, f := range s.fields {
		if f.kind == kindObjects || keyLike(f.name) {
			continue
		}
		for _, t := range toks {
			if t.kind == tokWord && !functionWords[t.low] && f.words[t.stem] >= inTitle {
				return true
			}
		}
	}
	return false
}

// wantsNumber tells whether a quantity must be given.
func (s *skill) wantsNumber() bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool {
		return sl.required && sl.use != useKey && (sl.kind == kindInteger || sl.kind == kindNumber)
	})
}

// hasObject tells whether the words speak of an object that a key could name: by
// its noun, a pronoun, or a word that is none of the intent's own.
func (p *planner) hasObject(s *skill, toks []token) bool {
	for i, t := range toks {
		if t.kind != tokWord {
			continue
		}
		for _, key := range s.keys {
			if t.stem == stem(key.noun()) {
				return true
			}
		}
		if pronouns[t.low] && isObjectPronoun(toks, i) || i > 0 && !functionWords[t.low] && !s.vocab[t.stem] && !isCapital(t.text) {
			return true
		}
	}
	return false
}

// foreign weighs words of which the catalog knows none.
func (p *planner) foreign(s *skill, toks []token) float64 {
	content, marked := 0, false
	for i, t := range toks {
		marked = marked || i > 0 && (nounMarks[toks[i-1].low] || toks[i-1].is("with", "of", "for", "'s"))
		if i != 1 && s.keyFits(t) {
			return 0 // with nothing but a strange verb before it, the verb decides
		}
		if t.kind == tokNumber {
			content++
			if s.wantsNumber() || s.takes(usePhone) {
				return 0
			}
		}
		if t.kind != tokWord || functionWords[t.low] {
			continue
		}
		if p.k.stems[t.stem] {
			return 0
		}
		content++
	}
	switch {
	case content == 0:
		return 0
	case slices.ContainsFunc(s.slots, func(sl *slot) bool { return len(sl.makers) > 0 && marked || sl.use == useName || sl.use == useProse }):
		return malusNew
	}
	return malusForeign
}

func (s *skill) takes(use slotUse) bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.use == use })
}

// keyFits tells whether the token can be the value of one of the intent's
// identifiers.
func (s *skill) keyFits(t token) bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.pattern != nil && sl.matches(t.text) != "" })
}

// groupedKey tells whether an identifier of the intent stands in the words in several
// groups.
func (s *skill) groupedKey(toks []token) bool {
	for _, sl := range s.slots {
		if sl.pattern == nil {
			continue
		}
		for i, t := range toks {
			if countDigits(t.low) == 0 {
				continue
			}
			if _, n := sl.groupsAt(toks, i); n > 0 {
				return true
			}
		}
	}
	return false
}

// keyAnywhere tells whether the token looks like an identifier of any intent.
func (p *planner) keyAnywhere(t token) bool {
	return slices.ContainsFunc(p.k.patterned, func(sl *slot) bool { return sl.matches(t.text) != "" })
}

// matches returns the value that the text gives to a slot with a pattern, or "":
// as it stands, or in upper or lower case.
func (sl *slot) matches(text string) string {
	if sl.pattern == nil {
		return ""
	}
	if countDigits(text) == 0 && !isCapital(text) {
		return "" // a word that happens to be as long
	}
	for _, v := range []string{text, strings.ToUpper(text), strings.ToLower(text)} {
		if sl.pattern.MatchString(v) {
			return v
		}
	}
	return ""
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
