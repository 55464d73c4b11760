package match

import (
	"cmp"
	"math"
	"slices"
)

// merge returns at most n rows: the first ones as they are, the last one the mean
// of all others, at length 1.
func merge(rows []row, n int) []row {
	if len(rows) <= n {
		return rows
	}
	out := slices.Clone(rows[:n])
	out[n-1].vec = mean(rows[n-1:])
	return out
}

// mean returns the mean of some rows, at length 1.
func mean(rows []row) vector {
	sum := map[int32]float64{}
	for _, r := range rows {
		for k, id := range r.vec.ids {
			sum[id] += float64(r.vec.weights[k])
		}
	}
	v := vector{covered: 1}
	for id := range sum {
		v.ids = append(v.ids, id)
	}
	slices.SortFunc(v.ids, cmp.Compare)
	square := 0.0
	for _, id := range v.ids {
		square += sum[id] * sum[id]
	}
	scale := 1 / math.Sqrt(max(square, 1e-12))
	for _, id := range v.ids {
		v.weights = append(v.weights, float32(sum[id]*scale))
	}
	return v
}
