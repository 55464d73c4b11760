package offline

import "strings"

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
