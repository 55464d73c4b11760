package offline

import "strings"

// listed takes the other values of an enumeration that stand in one list with the
// value of n tokens at a place: "coffee and snacks", "new brakes and an inspection".
// A change that takes one value is then made for each.
func (b *bag) listed(s *skill, sl *slot, at, n int, put func(*slot, any, string)) {
	from, to := at, at+n // the list so far
	for more := true; more; {
		more = false
		for _, v := range sl.values {
			i, m := v.find(b.toks[:b.own])
			if m == 0 || !b.free(i, m) || !b.coordinated(s, i, i+m, from, to) {
				continue
			}
			put(sl, v.value, b.text(i, i+m))
			b.take(i, m)
			from, to, more = min(from, i), max(to, i+m), true
		}
	}
}

// coordinated tells whether two stretches of tokens stand beside each other with
// nothing but a comma or "and", articles and the noun of the intent between them: "my
// transcript and a certificate of enrolment".
func (b *bag) coordinated(s *skill, i, iEnd, j, jEnd int) bool {
	if i > j {
		iEnd, j, jEnd = jEnd, i, iEnd
	}
	if iEnd > j || jEnd > b.own {
		return false
	}
	for _, t := range b.toks[iEnd:j] {
		if !nounMarks[t.low] && !t.is("and", ",", "&", "new", "another", "of") && t.stem != stem(s.noun) {
			return false
		}
	}
	start, end := b.toks[iEnd-1].end, b.toks[j].start
	if start > end || end > len(b.msg) {
		return false
	}
	gap := strings.ToLower(b.msg[start:end])
	return strings.Contains(gap, ",") || strings.Contains(gap, "&") || strings.Contains(" "+gap+" ", " and ")
}
