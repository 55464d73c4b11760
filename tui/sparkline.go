package tui

import "strings"

// sparkline draws the last n values as columns between zero and the largest, one
// cell each, oldest first.
func (g signs) sparkline(values []float64, n int) string {
	values = values[max(len(values)-max(n, 0), 0):]
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	var b strings.Builder
	for _, v := range values {
		at := 0
		if most > 0 && v > 0 {
			at = max(min(int(v/most*float64(len(g.spark))), len(g.spark)-1), 0)
		}
		b.WriteString(g.spark[at])
	}
	return b.String()
}
