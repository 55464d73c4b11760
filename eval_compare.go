package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sameArgument compares a wanted argument with what was got. A wanted list may be
// one argument that is a list, or the values over several steps.
func sameArgument(want, got any) bool {
	if sameValue(want, got) {
		return true
	}
	one, isList := want.([]any)
	return isList && len(one) == 1 && sameValue(one[0], got)
}

// sameValue compares two values of JSON as people would: 1 is "1" and 1.0, capital
// letters, spaces around and between words and an end mark make no difference, a
// day is that day's midnight. Lists are the same in any order; an object has at
// least the wanted fields.
func sameValue(want, got any) bool {
	switch w := want.(type) {
	case []any:
		g, ok := got.([]any)
		if !ok || len(w) != len(g) {
			return false
		}
		left := slices.Clone(g)
		for _, v := range w {
			i := slices.IndexFunc(left, func(o any) bool { return sameValue(v, o) })
			if i < 0 {
				return false
			}
			left = slices.Delete(left, i, i+1)
		}
		return true
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return false
		}
		for name, v := range w {
			if o, ok := g[name]; !ok || !sameValue(v, o) {
				return false
			}
		}
		return true
	}
	switch got.(type) {
	case []any, map[string]any:
		return false
	}
	a, b := plainText(want), plainText(got)
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return x == y
	}
	s, okS := moment(a)
	t, okT := moment(b)
	return okS && okT && s.Equal(t)
}

// plainText writes a value small, with single spaces and without an end mark.
func plainText(v any) string {
	var s string
	switch t := v.(type) {
	case string:
		s = t
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	default:
		data, err := json.Marshal(t)
		if err != nil {
			return fmt.Sprint(t)
		}
		s = string(data)
	}
	s = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`).Replace(s)
	return strings.TrimRight(strings.ToLower(strings.Join(strings.Fields(s), " ")), ".!?,; ")
}

// moment reads a day or a point in time; a day begins at midnight UTC.
func moment(s string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
