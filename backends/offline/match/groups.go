package match

import (
	"cmp"
	"context"
	"slices"
)

// How large catalogs are solved: in groups of similar classes, each against the
// means of the nearest classes outside it.
const (
	// groupSize is the number of classes that are solved together, rivalCount the
	// number of those near a class that it is told from.
	groupSize, rivalCount = 16, 24
	// outsiders bounds the classes outside a group that stand against it.
	outsiders = 48
	// sketchSize is the number of features kept of the mean of a class, nearSize the
	// number of those that say which classes are near.
	sketchSize, nearSize = 256, 48
	// holdOut is the number of examples that are kept from the model to calibrate
	// it, each from a class with more than holdFrom examples.
	holdOut, holdFrom = 600, 3
)

// solveGroups computes the weights of a large catalog. A class has weights for the
// features of its own texts alone, so that the model's size grows with the texts.
func (m *Model) solveGroups(ctx context.Context, s *scratch, texts [][]text) error {
	texts, held := spare(texts)
	sketches := make([]vector, len(texts))
	for c, list := range texts {
		if err := ctx.Err(); err != nil {
			return err
		}
		sketches[c] = sketch(m.read(s, c, list))
	}
	near := nearest(sketches, len(m.lex.idf))
	own := make([]vector, len(texts)) // the weights of each class
	g := grouper{local: make([]int32, len(m.lex.idf))}
	for _, group := range groups(near) {
		var rows []row
		for i, c := range group {
			rows = append(rows, m.read(s, i, texts[c])...)
		}
		for _, c := range outside(group, near) {
			rows = append(rows, row{class: len(group), example: true, vec: sketches[c]})
		}
		weights, err := g.solve(ctx, rows, len(group))
		if err != nil {
			return err
		}
		for i, w := range weights {
			own[group[i]] = w
		}
	}
	m.postings = transpose(own, len(m.lex.idf))
	var seen []observation
	out, scores := make([]float64, len(m.names)), make([]float32, len(m.names))
	for _, h := range held {
		v := m.lex.vector(s, h.text)
		m.score(scores, v)
		for c, x := range scores {
			out[c] = float64(x)
		}
		seen = append(seen, observe(out, h.class, m.lex.shared(v)))
	}
	examples := 0
	for _, list := range texts {
		for _, t := range list {
			if t.example {
				examples++
			}
		}
	}
	m.calibrate(seen, examples)
	return nil
}

// heldText is an example that the model does not see.
type heldText struct {
	class int
	text  string
}

// spare keeps back the last example of classes all over the catalog.
func spare(texts [][]text) (kept [][]text, held []heldText) {
	kept = slices.Clone(texts)
	step := max(1, len(texts)/holdOut)
	for c := 0; c < len(texts); c += step {
		last, n := -1, 0
		for i, t := range texts[c] {
			if t.example {
				last, n = i, n+1
			}
		}
		if n > holdFrom {
			held = append(held, heldText{c, texts[c][last].text})
			kept[c] = slices.Delete(slices.Clone(texts[c]), last, last+1)
		}
	}
	return kept, held
}

// sketch returns the heaviest features of the mean of some rows, heaviest first.
func sketch(rows []row) vector {
	v := mean(rows)
	order := make([]int, len(v.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(v.weights[b], v.weights[a]) })
	var out vector
	for _, i := range order[:min(sketchSize, len(order))] {
		out.ids, out.weights = append(out.ids, v.ids[i]), append(out.weights, v.weights[i])
	}
	return out
}

// nearest returns for each class those whose sketches are most like its own,
// nearest first.
func nearest(sketches []vector, features int) [][]int32 {
	heads := make([]vector, len(sketches))
	for c, v := range sketches {
		n := min(nearSize, len(v.ids))
		heads[c] = vector{ids: v.ids[:n], weights: v.weights[:n]}
	}
	index := transpose(heads, features)
	out := make([][]int32, len(sketches))
	scores := make([]float32, len(sketches))
	for c, v := range heads {
		index.score(scores, &v)
		scores[c] = 0
		var best []int32
		for i, x := range scores {
			if x <= 0 || len(best) == rivalCount && x <= scores[best[rivalCount-1]] {
				continue
			}
			at, _ := slices.BinarySearchFunc(best, x, func(b int32, x float32) int {
				if scores[b] >= x {
					return -1
				}
				return 1
			})
			if len(best) == rivalCount {
				best = best[:rivalCount-1]
			}
			best = slices.Insert(best, at, int32(i)) //nolint:gosec // the number of a class
		}
		out[c] = best
	}
	return out
}

// groups divides the classes: each one that is in no group yet makes one with the
// nearest that are in none.
func groups(near [][]int32) [][]int32 {
	var out [][]int32
	taken := make([]bool, len(near))
	for c := range near {
		if taken[c] {
			continue
		}
		taken[c] = true
		group := []int32{int32(c)} //nolint:gosec // the number of a class
		for _, o := range near[c] {
			if len(group) == groupSize {
				break
			}
			if !taken[o] {
				taken[o] = true
				group = append(group, o)
			}
		}
		out = append(out, group)
	}
	return out
}

// outside returns the classes nearest to those of a group, each one's nearest
// before all others.
func outside(group []int32, near [][]int32) []int32 {
	var out []int32
	for i := range rivalCount {
		for _, c := range group {
			if i < len(near[c]) && len(out) < outsiders && !slices.Contains(group, near[c][i]) && !slices.Contains(out, near[c][i]) {
				out = append(out, near[c][i])
			}
		}
	}
	return out
}

// grouper solves groups one after the other in the same memory.
type grouper struct {
	local  []int32 // by feature, its number in the group plus 1
	global []int32
	dense  []float32
}

// solve returns the weights of the first classes, whose number is given, for the
// features of their own rows. The rows' features are renumbered. It fails only if
// ctx ends.
func (g *grouper) solve(ctx context.Context, rows []row, classes int) ([]vector, error) {
	g.global = g.global[:0]
	own := make([][]int32, classes)
	last := []int32{} // by local feature, the last class that has it, plus 1
	for i := range rows {
		r := &rows[i]
		ids := make([]int32, len(r.vec.ids))
		for k, id := range r.vec.ids {
			if g.local[id] == 0 {
				g.global = append(g.global, id)
				g.local[id] = int32(len(g.global)) //nolint:gosec // below maxFeatures
				last = append(last, 0)
			}
			l := g.local[id] - 1
			ids[k] = l
			if r.class < classes && last[l] != int32(r.class)+1 { //nolint:gosec // below groupSize
				last[l] = int32(r.class) + 1 //nolint:gosec // below groupSize
				own[r.class] = append(own[r.class], l)
			}
		}
		r.vec.ids = ids
	}
	columns := classes + 1 // the last one is everything outside
	n := len(g.global) * columns
	if cap(g.dense) < n {
		g.dense = make([]float32, n)
	}
	g.dense = g.dense[:n]
	clear(g.dense)
	y, err := newSystem(ctx, rows, len(g.global), columns)
	if err != nil {
		return nil, err
	}
	y.weights(g.dense)
	out := make([]vector, classes)
	for c, ids := range own {
		for _, l := range ids {
			if w := g.dense[int(l)*columns+c]; w != 0 {
				out[c].ids = append(out[c].ids, g.global[l])
				out[c].weights = append(out[c].weights, w)
			}
		}
	}
	for _, id := range g.global {
		g.local[id] = 0
	}
	return out, nil
}
