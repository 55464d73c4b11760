package offline

import (
	"slices"

	"banyan/orchestrator"
)

var (
	// wholeWords say that all there is to pay is meant.
	wholeWords = newPhrases("in full", "all of it", "all of them", "all of my", "everything", "the full amount", "full amount", "the whole amount", "whole amount", "the whole sum", "the total", "all my", "all the", "the entire", "entire", "completely", "what i owe", "all i owe", "everything i owe", "the rest", "the balance", "the outstanding amount", "outstanding", "it all", "them all", "off")
	// ownWords say that the value that is on file is meant.
	ownWords = newPhrases("my home address", "my home", "my usual address", "my own address", "my registered address", "the address on file", "the address you have", "my address on file", "my normal address", "my address", "home", "my usual number", "the number on file", "the number you have", "my own number", "my email on file", "the email on file", "the email you have", "my usual email")
)

// known fills values that the words only point at, by what a read tells of the
// customer: all there is to pay ("in full"), the address on file ("to my home
// address").
func (p *planner) known(s *skill, b *bag, who string, versions []map[string]orchestrator.Arg) {
	for _, sl := range s.slots {
		if _, ok := versions[0][sl.name]; ok || !sl.required {
			continue
		}
		var words *phrases
		switch {
		case sl.kind == kindNumber && currencyOf(lowUnit(sl)) != "":
			words = wholeWords
		case sl.use == useAddress || sl.use == usePhone || sl.use == useEmail:
			words = ownWords
		default:
			continue
		}
		at, n := words.find(b.toks[:b.own])
		if n == 0 || words == ownWords && !pointsAt(b.toks[:b.own], at) {
			continue
		}
		read, f := p.toldBy(s, sl)
		if f == nil {
			continue
		}
		id := p.lookup(read, lookupName(read), who, nil)
		for _, args := range versions {
			args[sl.name] = orchestrator.Arg{Ref: "steps." + id + "." + f.name, Text: b.text(at, at+n)}
		}
	}
}

// pointsAt tells whether the words at i say where something is to go, rather than what
// is to be changed.
func pointsAt(toks []token, i int) bool {
	return i > 0 && (toks[i-1].is("to", "at", "with", "on") || toks[i].is("home") && i+1 == len(toks))
}

// toldBy finds the read of the customer alone that tells a value of the kind that the
// slot takes: the one whose name is akin to the intent's, or else the only one.
func (p *planner) toldBy(s *skill, sl *slot) (*skill, *field) {
	var only *skill
	var value *field
	n := 0
	for _, r := range p.k.skills {
		if !r.free() || len(r.lists()) > 0 || r == s {
			continue
		}
		i := slices.IndexFunc(r.fields, func(f *field) bool { return !f.optional && sl.same(f, r.fields) })
		if i < 0 {
			continue
		}
		if slices.ContainsFunc(r.nameStems[1:], func(w string) bool { return slices.Contains(s.nameStems[1:], w) }) {
			return r, r.fields[i]
		}
		only, value = r, r.fields[i]
		n++
	}
	if n != 1 || sl.kind == kindNumber {
		return nil, nil
	}
	return only, value
}

// same tells whether a field holds values of the kind that the slot takes.
func (sl *slot) same(f *field, beside []*field) bool {
	if sl.kind == kindNumber {
		return f.kind == kindNumber && isMoney(f, beside)
	}
	if f.kind != kindText {
		return false
	}
	for _, w := range []struct {
		use  slotUse
		word string
	}{{useAddress, "address"}, {usePhone, "phone"}, {useEmail, "email"}} {
		if sl.use == w.use && f.words[stem(w.word)] >= inTitle {
			return true
		}
	}
	return false
}
