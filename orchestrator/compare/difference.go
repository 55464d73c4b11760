package compare

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"banyan/orchestrator"
)

// The most that is told of a value that differs: bytes of a text, values within an
// object or a list.
const (
	maxShown  = 300
	maxWithin = 24
)

// short returns a value as it is told in a difference: nil if there is none, cut or
// described if it is long.
func short(v any) any {
	switch v := v.(type) {
	case absent:
		return nil
	case exact:
		return int64(v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) { // JSON has none of these
			return fmt.Sprint(v)
		}
	case string:
		if len(v) > maxShown {
			cut := maxShown
			for cut > 0 && !utf8.RuneStart(v[cut]) {
				cut--
			}
			return v[:cut] + "…"
		}
	case []any:
		if left := maxWithin; !few(v, &left) {
			return fmt.Sprintf("a list of %d", len(v))
		}
	case map[string]any:
		if left := maxWithin; !few(v, &left) {
			return fmt.Sprintf("an object of %d fields", len(v))
		}
	}
	return v
}

// few tells whether a value consists of no more values than are left, and none of them
// is long.
func few(v any, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch v := v.(type) {
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case string:
		return len(v) <= maxShown
	case []any:
		return !slices.ContainsFunc(v, func(one any) bool { return !few(one, left) })
	case map[string]any:
		for _, one := range v {
			if !few(one, left) {
				return false
			}
		}
	}
	return true
}

// severity orders the classes: what says most about the candidate comes first.
func severity(class string) int {
	return slices.Index([]string{"type", "missing", "extra", "count", "value", "order"}, class)
}

// gravest returns the class of the gravest difference in the data; without any it is
// only the state that differs.
func gravest(found []orchestrator.Difference) string {
	if len(found) == 0 {
		return stateRoot
	}
	class := found[0].Class
	for _, d := range found {
		if severity(d.Class) < severity(class) {
			class = d.Class
		}
	}
	return class
}
