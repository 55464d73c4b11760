package compare

import (
	"encoding/json"
	"math"
	"strings"
	"time"
)

// absent is a field that is not there.
type absent struct{}

// plain brings a value of Go into the shapes of JSON.
func plain(v any) any {
	switch v := v.(type) {
	case nil, string, bool, float64, map[string]any, []any, absent:
		return v
	case int:
		return whole(int64(v))
	case int64:
		return whole(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return whole(n)
		}
		if f, err := v.Float64(); err == nil {
			return f
		}
		return v.String()
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "a value that is no JSON: " + err.Error()
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		return "a value that is no JSON: " + err.Error()
	}
	return out
}

// exact is a whole number that a float64 cannot hold.
type exact int64

func whole(n int64) any {
	if n > -1<<53 && n < 1<<53 {
		return float64(n)
	}
	return exact(n)
}

// The types of values.
type kind int

const (
	kindNone kind = iota // not there, or null where that is the same
	kindNull
	kindText
	kindNumber
	kindBool
	kindList
	kindObject
)

// kindOf returns the type that a plain value counts as.
func kindOf(v any, t treatment) kind {
	switch v := v.(type) {
	case absent:
		return kindNone
	case nil:
		if t.strict {
			return kindNull
		}
		return kindNone
	case string:
		if t.empty && v == "" {
			return kindNone
		}
		return kindText
	case bool:
		return kindBool
	case []any:
		if t.empty && len(v) == 0 {
			return kindNone
		}
		return kindList
	case map[string]any:
		if t.empty && len(v) == 0 {
			return kindNone
		}
		return kindObject
	}
	return kindNumber
}

// sameNumber compares numbers within a tolerance.
func sameNumber(a, b any, t Tolerance) bool {
	x, y := number(a), number(b)
	if i, ok := a.(exact); ok {
		if j, ok := b.(exact); ok && t.Absolute == 0 && t.Relative <= usualRelative {
			return i == j
		}
	}
	if x == y || math.IsNaN(x) && math.IsNaN(y) {
		return true
	}
	d := math.Abs(x - y)
	if math.IsInf(d, 0) || math.IsNaN(d) {
		return false
	}
	return d <= t.Absolute || d <= t.Relative*max(math.Abs(x), math.Abs(y))
}

func number(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case exact:
		return float64(v)
	}
	return math.NaN()
}

// sameText compares texts, and moments and days that are written as text.
func sameText(a, b string, t treatment) bool {
	if a == b {
		return true
	}
	if d, ok := apart(a, b); ok {
		return d <= t.within
	}
	return t.text && strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// apart returns how far two moments, or two days, are apart; ok is false if they are
// not both moments or both days.
func apart(a, b string) (d time.Duration, ok bool) {
	if len(a) < len(time.DateOnly) || len(b) < len(time.DateOnly) || a[4] != '-' || b[4] != '-' {
		return 0, false
	}
	layout := time.RFC3339
	if len(a) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	x, err := time.Parse(layout, a)
	if err != nil {
		return 0, false
	}
	y, err := time.Parse(layout, b)
	if err != nil {
		return 0, false
	}
	if x.Before(y) {
		x, y = y, x
	}
	return x.Sub(y), true // no longer than a Duration can be
}
