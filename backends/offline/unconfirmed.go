package offline

import "slices"

// praiseWords are what people say of those whom they are content with.
var praiseWords = set("great good nice helpful excellent wonderful amazing friendly lovely fantastic kind brilliant perfect superb awesome quick polite")

// unasked tells whether the words do not ask outright for a change that would be made
// without a yes: they ask what the program is, praise somebody, or begin with a verb
// that nobody says for it.
func (p *planner) unasked(s *skill, toks []token) bool {
	if s.NeedsYes() {
		return false
	}
	w := trimGreeting(trimPunct(toks))
	if len(w) > 2 && (w[0].is("are", "is") && w[1].is("you", "this", "that", "it") || w[0].is("who", "what") && w[1].is("are") && w[2].is("you")) {
		return true
	}
	if statement(w) && praiseWords[w[len(w)-1].low] && !isNegated(w) {
		return true
	}
	v := headVerb(w)
	return v.low != "" && p.k.verbs[v.low] && !s.verbs[v.stem] && !s.known[v.stem] && !slices.Contains(s.nameStems, v.stem)
}
