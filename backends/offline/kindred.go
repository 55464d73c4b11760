package offline

import "sync"

// kindredWords are groups of words that services and people use for the same moment
// in the life of a thing, whatever it is. The first words of a group are what fields
// are called, all of them what people say.
var kindredWords = [][]string{
	{"departs", "departure", "departing", "leaves", "leave", "leaving", "left", "go", "goes"},
	{"arrives", "arrival", "arriving", "arrive", "lands", "come", "comes", "reach", "reaches"},
	{"delivery", "estimated", "expected", "expect", "arrives", "arrive", "arriving", "arrival", "come", "comes", "coming", "delivered", "deliver", "here"},
	{"earliest", "arrives", "arrive", "come", "comes", "delivered", "delivery", "here"},
	{"latest", "arrives", "arrive", "come", "comes", "delivered", "delivery", "here"},
	{"starts", "start", "begins", "beginning", "starting", "begin", "happens", "happen", "take", "takes", "scheduled"},
	{"ends", "end", "finishes", "finish", "ending", "stops", "over", "lasts"},
	{"created", "creation", "opened", "placed", "ordered", "booked", "requested", "submitted", "filed", "raised", "made", "make", "bought", "purchased", "registered", "reported", "received", "issued", "started"},
	{"expires", "expiry", "expiration", "valid", "ends", "lapses", "runs"},
	{"due", "deadline", "payable", "owed", "back"},
	{"updated", "update", "changed", "modified", "edited", "touched"},
	{"closed", "resolved", "solved", "finished", "completed", "done"},
	{"paid", "settled"},
	{"sent", "dispatched", "shipped", "posted", "mailed", "left", "gone"},
}

// kindred tells, for the stem of a field's word, the stems of what people say for
// it.
var kindred = sync.OnceValue(func() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, group := range kindredWords {
		for _, a := range group[:min(4, len(group))] {
			if out[stem(a)] == nil {
				out[stem(a)] = map[string]bool{}
			}
			for _, b := range group {
				out[stem(a)][stem(b)] = true
			}
		}
	}
	return out
})

// akin tells whether people may say the word for the field, though the field is
// called otherwise.
func (f *field) akin(t token) bool {
	if t.kind != tokWord {
		return false
	}
	for w, n := range f.words {
		if n >= inTitle && kindred()[w][t.stem] {
			return true
		}
	}
	return false
}

// upcomingNames are what fields are called that hold a time still to come.
var upcomingNames = map[string]bool{
	stem("due"): true, stem("deadline"): true, stem("expires"): true, stem("expiry"): true, stem("expiration"): true, stem("starts"): true, stem("begins"): true, stem("ends"): true,
	stem("departs"): true, stem("departure"): true, stem("arrives"): true, stem("arrival"): true, stem("until"): true, stem("estimated"): true, stem("expected"): true,
	stem("valid"): true, stem("earliest"): true, stem("latest"): true, stem("next"): true, stem("renews"): true, stem("renewal"): true,
}

// upcoming tells whether the field holds a time that is usually still to come.
func (f *field) upcoming() bool {
	if f.past() {
		return false
	}
	for w, n := range f.words {
		if n >= inTitle && upcomingNames[w] {
			return true
		}
	}
	return false
}
