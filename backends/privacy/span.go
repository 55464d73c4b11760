package privacy

import "slices"

// span is a piece of a text that holds personal data.
type span struct {
	from, to int
	sort     sort
	// of is the known value that stands here; nil if it was only recognised by form.
	of *entity
}

// spans are pieces of one text that do not overlap, in any order.
type spans []span

// add takes in a span unless it overlaps one that is there.
func (s *spans) add(n span) {
	for _, o := range *s {
		if n.from < o.to && o.from < n.to {
			return
		}
	}
	*s = append(*s, n)
}

// addLongest takes in those of the spans that fit, the longest first.
func (s *spans) addLongest(list spans) {
	slices.SortStableFunc(list, func(a, b span) int { return (b.to - b.from) - (a.to - a.from) })
	for _, n := range list {
		s.add(n)
	}
}

func (s spans) sorted() spans {
	slices.SortFunc(s, func(a, b span) int { return a.from - b.from })
	return s
}
