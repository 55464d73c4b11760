package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// saysWhether tells whether the words ask for a yes or no that the intent's result
// holds: "check whether the parcel is lost", "has it shipped". The states are the
// values of enumerations, the names of flags and those of times.
func (s *skill) saysWhether(toks []token) bool {
	if len(s.states) == 0 {
		return false
	}
	open := auxiliaries[toks[0].low]
	for i, t := range toks {
		if t.is("if", "whether") {
			if i+2 < len(toks) && toks[i+1].is("you", "i", "we") && auxiliaries[toks[i+2].low] && !haveForms[toks[i+2].low] && !beForms[toks[i+2].low] {
				return false // whether somebody could do something
			}
			open = true
		}
		if open && i > 1 && t.kind == tokWord && s.states[t.stem] {
			return true
		}
	}
	return false
}

// statesOf collects the stems of the words for what a result says to be so or not.
func statesOf(fields []*field, out map[string]bool) {
	for _, f := range fields {
		switch f.kind {
		case kindEnum:
			for _, v := range f.values {
				for _, form := range v.stems {
					if len(form) == 1 && !functionWords[v.forms[0][0]] {
						out[form[0]] = true
					}
				}
			}
		case kindBool, kindTime:
			if first, _, _ := strings.Cut(f.name, "_"); !functionWords[first] && first != "is" && first != "has" {
				out[stem(first)] = true
			}
		case kindObjects, kindObject:
			statesOf(f.sub, out)
		default:
		}
	}
}

// statusWords ask how far along something is.
var statusWords = set("status progress state stage")

// asksStatus tells whether the words are nothing but an object and a word for how it
// stands: "yaris status", "status of the kettle".
func (p *planner) asksStatus(toks []token) bool {
	w := wordsOnly(toks)
	if len(w) < 2 || len(w) > 5 {
		return false
	}
	said, other := false, false
	for _, t := range w {
		switch {
		case statusWords[t.low]:
			said = true
		case p.k.verbs[t.low] || questionWords[t.low] || auxiliaries[t.low]:
			return false
		default:
			other = other || !functionWords[t.low]
		}
	}
	return said && other
}

// tellsState tells whether the intent is the only read of one object whose result
// says how far along that is.
func (k *knowledge) tellsState(s *skill) bool {
	stated := func(s *skill) bool {
		key := s.soleKey()
		return s.Effect == orchestrator.Read && key != nil && len(key.makers) > 0 && slices.ContainsFunc(s.fields, func(f *field) bool { return f.kind == kindEnum })
	}
	return stated(s) && !slices.ContainsFunc(k.skills, func(o *skill) bool { return o != s && stated(o) })
}

// direct makes a question of one that stands in another: "check if the yaris is done"
// asks "is the yaris done". It returns nil if there is none.
func direct(toks []token) []token {
	for i := 1; i < min(len(toks), 7); i++ {
		if !toks[i].is("if", "whether") || !askIf[toks[i-1].low] {
			continue
		}
		tail := trimPunct(toks[i+1:])
		for j := 1; j < min(len(tail), 7); j++ {
			if auxiliaries[tail[j].low] {
				return slices.Concat(tail[j:j+1], tail[:j], tail[j+1:])
			}
		}
		return nil
	}
	return nil
}

// asksWhetherCan tells whether the words ask if something can be done with an object
// of the read, by the verb of an intent that does it: "can the atlas be renewed".
func (p *planner) asksWhetherCan(s *skill, toks []token) bool {
	key := s.soleKey()
	if key == nil || len(toks) < 4 || !toks[0].is("can", "could", "may") {
		return false
	}
	for i := 2; i+1 < len(toks); i++ {
		if !toks[i].is("be") || !isParticiple(toks[i+1]) {
			continue
		}
		return slices.ContainsFunc(p.k.skills, func(c *skill) bool {
			return c.Changes() && related(c.nameStems[0], toks[i+1].stem) && slices.ContainsFunc(c.keys, func(sl *slot) bool { return sl.name == key.name })
		})
	}
	return false
}

// frame returns the question word and the verb that some words begin with, "" if they
// begin with none: where is.
func frame(toks []token) string {
	if len(toks) < 3 || !toks[0].is("where", "when") || !auxiliaries[toks[1].low] {
		return ""
	}
	second := toks[1].low
	if second == "are" {
		second = "is"
	}
	return toks[0].low + " " + second
}

// onlyAsks tells whether the intent reads one object and is the only one whose
// examples ask with that frame.
func (k *knowledge) onlyAsks(s *skill, frame string) bool {
	key := s.soleKey()
	asks := k.frames[frame]
	return s.Effect == orchestrator.Read && key != nil && len(key.makers) > 0 && len(asks) == 1 && asks[s]
}
