package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// makerRank prefers lists of the very things that the key tells apart: those named
// after the key, loans for loan_id, and those whose items begin with it. A list of
// other things may hold the key as well: claims tell the policy that they are made on.
func makerRank(m maker, sl *slot) int {
	n := 0
	if stem(stripPlural(m.list.name)) == nounOfKey(sl.name) || lastStem(m.list.name) == nounOfKey(sl.name) {
		n += 4
	}
	if len(m.list.sub) > 0 && m.list.sub[0].name == m.key {
		n += 2
	}
	if strings.HasPrefix(m.skill.Name, "list_") {
		n++
	}
	return n
}

// nounOfKey is the stem of what the name of a key says its object is.
func nounOfKey(name string) string {
	for _, tail := range keyTails {
		name = strings.TrimSuffix(name, tail)
	}
	return lastStem(name)
}

var (
	// heldNames stand in the names of lists of what a customer has; heldWords in what
	// such a list says of itself.
	heldNames = set("my own held owned booked joined borrowed rented enrolled subscribed current registered")
	heldWords = set("has have holds owns own my booked borrowed rented joined taken subscribed enrolled registered signed reserved bought owned held")
	// undoingVerbs begin the names of intents that give back what a customer has, and
	// gainingVerbs those of intents that give what there is.
	undoingVerbs = set("leave return quit unbook unenroll unenrol unjoin give exit extend renew abandon")
	gainingVerbs = set("book join reserve borrow add enroll enrol subscribe order buy rent request sign register take get hire")
)

// held tells whether the list is of what the customer has, rather than of what there
// is.
func (m maker) held() bool {
	if slices.ContainsFunc(strings.Split(m.skill.Name+"_"+m.list.name, "_"), func(w string) bool { return heldNames[w] }) {
		return true
	}
	return slices.ContainsFunc(tokenize(m.skill.Summary), func(t token) bool { return heldWords[t.low] })
}

// order puts the lists first that the intent takes its object from, where several hold
// the same things: what the customer has for leaving, what there is for joining.
func (s *skill) order(makers []maker) []maker {
	verb, _, _ := strings.Cut(s.Name, "_")
	undoing := s.Effect == orchestrator.Destructive || s.removes() || undoingVerbs[verb]
	if len(makers) < 2 || !undoing && !gainingVerbs[verb] {
		return makers
	}
	best := makers[0]
	same := func(m maker) bool {
		return m.key == best.key && slices.EqualFunc(m.list.sub, best.list.sub, func(a, b *field) bool { return a.name == b.name })
	}
	slices.SortStableFunc(makers, func(a, b maker) int {
		switch sa, sb := same(a), same(b); {
		case sa != sb && sa:
			return -1
		case sa != sb:
			return 1
		case a.held() == b.held() || !sa:
			return 0
		case a.held() == undoing:
			return -1
		}
		return 1
	})
	return makers
}

// markDetails marks the parameters of a change that look like keys and are details of
// the object which another key of it names: the value that they have now is never the
// new one.
func (s *skill) markDetails() {
	if !s.Changes() {
		return
	}
	for _, sl := range s.slots {
		if sl.use != useKey || len(sl.makers) == 0 || makerRank(sl.makers[0], sl) > 1 {
			continue
		}
		for _, key := range s.slots {
			if key != sl && key.use == useKey && key.required && len(key.makers) > 0 && key.makers[0].skill == sl.makers[0].skill && makerRank(key.makers[0], key) > makerRank(sl.makers[0], sl) {
				sl.detail = true
			}
		}
	}
}
