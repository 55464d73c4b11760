// Package compare says whether two sides gave the same answer to a call: field by
// field over results and the state they left, with what may differ stated by rules.
//
//	c, err := compare.New(compare.Rules{Intents: map[string]compare.Rule{
//		"open_ticket": {Ignore: []string{"ticket_id"}, Unordered: []string{"ticket.tags"}},
//	}})
//	found := c.Compare(pair)
//
// # What is the same without any rule
//
// A field that is null and one that is not there; 1 and 1.0, and numbers that differ
// by one part in a thousand million; times that name the same moment in any zone, or
// moments up to a second apart. For a change the second grows by what the slower of the
// two calls took, because each side writes down its own now. Entries of a list that
// have a key, such as an id, are compared with the entry of the same key.
//
// Two refusals of the business are the same if their codes are, whatever the words.
//
// # Rules
//
// A rule names places by paths: orders[*].total. A name stands for a field, * for any
// field, [*] for any entry of a list, ** for any number of either; a name that is not
// made of letters, digits, _ and - is quoted: state["order 1003"].status. Paths into
// the state that calls leave begin with state.
//
// Rules come from Rules and from the services themselves: a property of a result schema
// may have the keyword x-compare, which is "ignore", "unordered", "text", "strict",
// "empty" or an object of tolerance, relative (numbers) and within (a duration).
//
// # What is not decided
//
// A pair is inconclusive if the side that answered the user failed, if the other one
// was too late or was not asked to the end, if the state moved meanwhile and the answers
// differ, or if the answers are too large to be compared and no difference was found in
// what was looked at.
//
// Comparing is a pure function of the pair and the rules. If a and b match, so do b and
// a.
package compare
