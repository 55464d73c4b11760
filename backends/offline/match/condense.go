package match

import (
	"cmp"
	"math"
	"slices"
)

// How the rows of large catalogs are made fewer.
const (
	// maxRows bounds the rows of the regression, whose time grows with its cube.
	maxRows = 2048
	// textRows is how many rows the texts of a class may have: the first ones have
	// their own, all others share the last.
	textRows = 3
	// holdFrom is the number of examples from which on a class that is merged holds
	// one back for the calibration.
	holdFrom = 5
)

// condense bounds the number of rows. Texts of a class beyond textRows become
// one; where there are more rows than maxRows, examples of one class are merged
// in turn, and the last one of each class that can spare it is held back.
func condense(rows []row, classes int) (kept, held []row) {
	byClass := make([][]row, classes)
	texts := make([][]row, classes)
	described := 0
	for _, r := range rows {
		if r.example {
			byClass[r.class] = append(byClass[r.class], r)
			continue
		}
		texts[r.class] = append(texts[r.class], r)
	}
	examples := 0
	for c := range classes {
		texts[c] = merge(texts[c], textRows, func(i int) int { return min(i, textRows-1) })
		described += len(texts[c])
		examples += len(byClass[c])
	}
	if examples+described > maxRows {
		most := max(1, (maxRows-described)/classes)
		for c, list := range byClass {
			if n := len(list); n >= holdFrom && n > most {
				held = append(held, list[n-1])
				list = list[:n-1]
			}
			byClass[c] = merge(list, most, func(i int) int { return i % most })
		}
	}
	for c := range classes {
		kept = append(kept, byClass[c]...)
		kept = append(kept, texts[c]...)
	}
	return kept, held
}

// merge returns at most n rows: row i joins group(i), and a group becomes the
// mean of its rows, at length 1.
func merge(rows []row, n int, group func(i int) int) []row {
	if len(rows) <= n {
		return rows
	}
	out := slices.Clone(rows[:n])
	sums := make([]map[int32]float64, n)
	for i, r := range rows {
		g := group(i)
		if sums[g] == nil {
			sums[g] = map[int32]float64{}
		}
		for k, id := range r.vec.ids {
			sums[g][id] += float64(r.vec.weights[k])
		}
	}
	for g := range out {
		var v vector
		for id := range sums[g] {
			v.ids = append(v.ids, id)
		}
		slices.SortFunc(v.ids, cmp.Compare)
		square := 0.0
		for _, id := range v.ids {
			square += sums[g][id] * sums[g][id]
		}
		for _, id := range v.ids {
			v.weights = append(v.weights, float32(sums[g][id]/math.Sqrt(square)))
		}
		v.covered = 1
		out[g].vec = v
	}
	return out
}
