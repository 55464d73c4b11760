package compare

import (
	"maps"
	"slices"

	"banyan/orchestrator"
)

const (
	// maxDifferences bounds the differences that are told.
	maxDifferences = 8
	// maxWork bounds the values that are looked at in one comparison, which bounds its
	// time to some tens of milliseconds.
	maxWork = 100_000
	// maxDepth bounds how deep values are looked into.
	maxDepth = 100
)

// walk is one way through two values side by side.
type walk struct {
	usual treatment
	marks []mark
	left  int // values that may still be looked at
	spent bool

	// tell notes differences. Without it the first one ends the walk, and fields are
	// visited in any order.
	tell   bool
	path   []step
	found  []orchestrator.Difference
	inData int // how many of those are in the data and not in the state
}

// same compares two values and tells whether they are the same. After the work is
// spent it finds everything the same.
func (w *walk) same(a, b any, at window) bool {
	if w.left--; w.left < 0 || len(w.path) > maxDepth {
		w.spent = true
		return true
	}
	t := w.treatment(at)
	if t.ignore {
		return true
	}
	a, b = plain(a), plain(b)
	ka, kb := kindOf(a, t), kindOf(b, t)
	if ka != kb {
		class := "type"
		switch {
		case kb == kindNone:
			class = "missing"
		case ka == kindNone:
			class = "extra"
		}
		return w.differ(class, a, b)
	}
	equal := true
	switch ka {
	case kindNone, kindNull:
	case kindText:
		equal = sameText(a.(string), b.(string), t)
	case kindNumber:
		equal = sameNumber(a, b, t.number)
	case kindBool:
		equal = a == b
	case kindList:
		return w.lists(a.([]any), b.([]any), t, at)
	case kindObject:
		return w.objects(a.(map[string]any), b.(map[string]any), at)
	}
	return equal || w.differ("value", a, b)
}

func (w *walk) objects(a, b map[string]any, at window) bool {
	if w.tell {
		names := slices.Collect(maps.Keys(a))
		for name := range b {
			if _, both := a[name]; !both {
				names = append(names, name)
			}
		}
		slices.Sort(names)
		equal := true
		for _, name := range names {
			if !w.member(get(a, name), get(b, name), step{name, -1}, at) {
				equal = false
			}
			if w.full() {
				break
			}
		}
		return equal
	}
	shared := 0
	for name, x := range a {
		y, both := b[name]
		if both {
			shared++
		} else {
			y = absent{}
		}
		if !w.member(x, y, step{name, -1}, at) {
			return false
		}
	}
	if shared == len(b) {
		return true
	}
	for name, y := range b {
		if _, both := a[name]; !both && !w.member(absent{}, y, step{name, -1}, at) {
			return false
		}
	}
	return true
}

func get(object map[string]any, name string) any {
	if v, there := object[name]; there {
		return v
	}
	return absent{}
}

// member compares what is one step further on.
func (w *walk) member(a, b any, to step, at window) bool {
	inner := window{len(w.marks), len(w.marks)}
	if at.from < at.to {
		inner = w.enter(at, to)
	}
	w.path = append(w.path, to)
	equal := w.same(a, b, inner)
	w.path = w.path[:len(w.path)-1]
	w.leave(inner)
	return equal
}

// differ notes a difference where the walk is.
func (w *walk) differ(class string, a, b any) bool {
	if w.tell && !w.full() {
		w.found = append(w.found, orchestrator.Difference{Path: render(w.path), Class: class, Primary: short(a), Candidate: short(b)})
	}
	return false
}

// full tells whether enough differences were found.
func (w *walk) full() bool { return len(w.found) >= maxDifferences }

// quietly compares without telling.
func (w *walk) quietly(a, b any, to step, at window) bool {
	tell := w.tell
	w.tell = false
	equal := w.member(a, b, to, at)
	w.tell = tell
	return equal
}
