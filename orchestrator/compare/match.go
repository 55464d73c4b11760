package compare

import (
	"fmt"
	"slices"
)

// matched pairs entries with equal ones: for each of a the index in b, or -1. Those that
// are written the same come first, then as many of the others as possible. If they are
// too many, the work is spent.
func (w *walk) matched(a, b []any, at window) []int {
	partner := slices.Repeat([]int{-1}, len(a))
	places := map[string][]int{}
	for j := 0; j < len(b) && !w.spent; j++ {
		text := w.written(b[j])
		places[text] = append(places[text], j)
	}
	taken := make([]bool, len(b))
	var restA, restB []int
	for i := range a {
		if w.spent {
			return partner
		}
		text := w.written(a[i])
		if list := places[text]; len(list) > 0 && w.quietly(a[i], b[list[0]], step{"", i}, at) {
			partner[i], taken[list[0]], places[text] = list[0], true, list[1:]
		} else {
			restA = append(restA, i)
		}
	}
	for j := range b {
		if !taken[j] {
			restB = append(restB, j)
		}
	}
	if len(restA)*len(restB) > w.left {
		w.spent, w.left = true, -1
		return partner
	}
	w.matchRest(a, b, restA, restB, partner, at)
	return partner
}

// matchRest pairs as many as possible of those that are left. With tolerances to be
// equal is not transitive, so this is a maximum matching in a bipartite graph, found by
// augmenting paths (Kuhn, "The Hungarian method for the assignment problem", 1955, in
// its form without weights).
func (w *walk) matchRest(a, b []any, restA, restB, partner []int, at window) {
	n := len(restB)
	equal := make([]bool, len(restA)*n)
	for i, x := range restA {
		for j, y := range restB {
			equal[i*n+j] = w.quietly(a[x], b[y], step{"", x}, at)
		}
	}
	owner := make([]int, n) // of each of restB, one more than the index in restA
	seen := make([]bool, n)
	var pair func(i int) bool
	pair = func(i int) bool {
		for j := range n {
			if !equal[i*n+j] || seen[j] {
				continue
			}
			seen[j] = true
			if owner[j] == 0 || pair(owner[j]-1) {
				owner[j] = i + 1
				return true
			}
		}
		return false
	}
	for i := range restA {
		clear(seen)
		pair(i)
	}
	for j, i := range owner {
		if i > 0 {
			partner[restA[i-1]] = restB[j]
		}
	}
}

// written writes a value so that equal values are written the same: fields sorted. What
// it costs is taken from the work that is left, and nothing is written without any.
func (w *walk) written(v any) string {
	if w.left < 0 {
		w.spent = true
		return ""
	}
	text := fmt.Sprintf("%v", v)
	w.left -= 8 + len(text)/2 // a value costs about as much to write as twenty to compare
	return text
}
