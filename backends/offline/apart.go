package offline

import (
	"strings"

	"banyan/orchestrator"
)

// apart parts the s of a possessive without an apostrophe from the names of the people
// whom the directory found in the message, so that "bens phone" reads as "ben's phone".
func apart(toks []token, people []orchestrator.User) []token {
	if len(people) == 0 {
		return toks
	}
	var out []token
	for i, t := range toks {
		name, ok := strings.CutSuffix(t.low, "s")
		if !ok || t.kind != tokWord || len(t.text) != len(t.low) || !named(toks, i, t.low, name, people) {
			out = append(out, t)
			continue
		}
		at := t.end - 1
		owner, ending := t, t
		owner.text, owner.low, owner.end = t.text[:len(name)], name, at
		owner.stem = stem(name)
		ending.text, ending.low, ending.stem, ending.start = "'s", "'s", "'s", at
		out = append(out, owner, ending)
	}
	return out
}

// named tells whether the word at i is the possessive of a first name, or ends that of a
// full name, and is no name itself.
func named(toks []token, i int, word, stem string, people []orchestrator.User) bool {
	found := false
	for _, u := range people {
		parts := strings.Fields(strings.ToLower(u.Name))
		if len(parts) == 0 {
			continue
		}
		last := len(parts) - 1
		if parts[0] == word || parts[last] == word && last > 0 && i >= last && matchAt(toks, i-last, parts) {
			return false
		}
		found = found || parts[0] == stem || last > 0 && parts[last] == stem && i >= last && matchAt(toks, i-last, parts[:last])
	}
	return found
}
