package compare

import (
	"fmt"
	"slices"
	"strings"
)

func (w *walk) lists(a, b []any, t treatment, at window) bool {
	if len(a) == len(b) {
		equal := true
		for i := range a {
			if !w.quietly(a[i], b[i], step{"", i}, at) {
				equal = false
				break
			}
		}
		if equal {
			return true
		}
	}
	if !w.tell && !t.unordered {
		return false
	}
	partner := w.byKey(a, b, at)
	keyed := partner != nil
	if !keyed && (t.unordered || w.tell && len(a) == len(b)) {
		partner = w.matched(a, b, at)
		if !t.unordered && slices.Contains(partner, -1) {
			partner = nil // it is not only the order
		}
	}
	if partner == nil {
		return w.inOrder(a, b, at)
	}
	return w.paired(a, b, partner, keyed, t.unordered, at)
}

// inOrder compares entry by entry.
func (w *walk) inOrder(a, b []any, at window) bool {
	if len(a) != len(b) {
		return w.differ("count", float64(len(a)), float64(len(b)))
	}
	equal := true
	for i := range a {
		if !w.member(a[i], b[i], step{"", i}, at) {
			equal = false
		}
		if w.full() {
			break
		}
	}
	return equal
}

// paired compares the entries that belong together and tells which are alone.
func (w *walk) paired(a, b []any, partner []int, keyed, unordered bool, at window) bool {
	if w.spent { // nothing is known of the pairs
		return len(a) == len(b) || w.differ("count", float64(len(a)), float64(len(b)))
	}
	equal, ordered, last := true, true, -1
	taken := make([]bool, len(b))
	var alone []int
	for i, j := range partner {
		if j < 0 {
			alone = append(alone, i)
			continue
		}
		taken[j] = true
		ordered = ordered && j > last
		last = j
		if keyed && !w.member(a[i], b[j], step{"", i}, at) {
			equal = false
		}
		if !equal && (!w.tell || w.full()) {
			return false
		}
	}
	var others []int
	for j := range b {
		if !taken[j] {
			others = append(others, j)
		}
	}
	if !keyed && len(alone) == 1 && len(others) == 1 { // the same entry, in all likelihood
		return w.member(a[alone[0]], b[others[0]], step{"", alone[0]}, at)
	}
	for _, i := range alone {
		equal = w.member(a[i], absent{}, step{"", i}, at) && equal
	}
	for _, j := range others {
		equal = w.member(absent{}, b[j], step{"", j}, at) && equal
	}
	if !ordered && !unordered {
		return w.differ("order", a, b)
	}
	return equal
}

// byKey pairs entries by a field that names them: for each of a the index in b, or -1.
// It is nil if there is no such field.
func (w *walk) byKey(a, b []any, at window) []int {
	if len(a) == 0 || len(b) == 0 || w.spent || len(a)+len(b) > w.left {
		return nil
	}
	first, ok := a[0].(map[string]any)
	if !ok {
		return nil
	}
	var names []string
	for name := range first {
		if lower := strings.ToLower(name); lower == "id" || lower == "key" || strings.HasSuffix(lower, "_id") || strings.HasSuffix(name, "Id") || strings.HasSuffix(name, "ID") {
			names = append(names, name)
		}
	}
	// The shortest name is the closest to the thing itself: id before parent_id.
	slices.SortFunc(names, func(x, y string) int {
		if len(x) != len(y) {
			return len(x) - len(y)
		}
		return strings.Compare(x, y)
	})
	for _, name := range names {
		if w.ignored(name, at) {
			continue
		}
		in, ok := keys(b, name)
		if !ok {
			continue
		}
		of, ok := keys(a, name)
		if !ok {
			continue
		}
		w.left -= len(a) + len(b)
		partner := make([]int, len(a))
		for key, i := range of {
			if j, there := in[key]; there {
				partner[i] = j
			} else {
				partner[i] = -1
			}
		}
		return partner
	}
	return nil
}

// ignored tells whether a field of a list's entries is not compared.
func (w *walk) ignored(name string, at window) bool {
	entry := w.enter(at, step{"", 0})
	f := w.enter(entry, step{name, -1})
	ignore := w.treatment(f).ignore
	w.leave(entry)
	return ignore
}

// keys returns where the entry of each key stands; ok is false if an entry has none or
// two have the same.
func keys(list []any, name string) (at map[string]int, ok bool) {
	at = make(map[string]int, len(list))
	for i, entry := range list {
		object, ok := entry.(map[string]any)
		if !ok {
			return nil, false
		}
		var key string
		switch v := plain(object[name]).(type) {
		case string:
			key = "s" + v
		case float64, exact:
			key = fmt.Sprint("n", v)
		default:
			return nil, false
		}
		if _, twice := at[key]; twice {
			return nil, false
		}
		at[key] = i
	}
	return at, true
}
