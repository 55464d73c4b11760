package match

import (
	"context"
	"math"
)

// system is the regression over some rows and the centroids of their classes.
type system struct {
	rows     []row
	classes  int
	weight   []float64 // of each row in the centroid of its class
	self     []float64 // the inner product of each row with itself
	near     []float64 // row by row, the inner product with the sum of each class
	length   []float64 // of the sum of each class, squared
	alpha    []float64 // row by row, the dual weights for each class
	diagonal []float64 // of the inverse of the kernel
}

// newSystem solves for rows, whose features are numbered below features and whose
// classes below classes. It fails only if ctx ends.
func newSystem(ctx context.Context, rows []row, features, classes int) (*system, error) {
	n := len(rows)
	y := &system{
		rows: rows, classes: classes,
		weight: make([]float64, n), self: make([]float64, n),
		near: make([]float64, n*classes), length: make([]float64, classes),
	}
	kernel := gram(rows, features)
	examples := make([]int, classes)
	for _, r := range rows {
		if r.example {
			examples[r.class]++
		}
	}
	penalty := make([]float64, n)
	target := make([]int, n)
	for i, r := range rows {
		target[i] = r.class
		y.weight[i], penalty[i] = 1, penaltyExample
		if !r.example && examples[r.class] > 0 {
			y.weight[i], penalty[i] = textWeight, penaltyText
		}
		y.self[i] = kernel[i*n+i]
	}
	for i := range n {
		near := y.near[i*classes : (i+1)*classes]
		for j, k := range kernel[i*n : (i+1)*n] {
			near[target[j]] += y.weight[j] * k
		}
		y.length[target[i]] += y.weight[i] * near[target[i]]
	}
	var err error
	y.alpha, y.diagonal, err = ridge(ctx, kernel, n, penalty, target, classes)
	return y, err
}

// weights adds up the linear weights of the classes, feature by feature, a row of
// len(classes) each, in out.
func (y *system) weights(out []float32) {
	for i, r := range y.rows {
		a := y.alpha[i*y.classes : (i+1)*y.classes]
		c := y.weight[i] / math.Sqrt(max(y.length[r.class], 1e-9))
		for k, id := range r.vec.ids {
			x := float64(r.vec.weights[k])
			w := out[int(id)*y.classes:][:y.classes]
			for j := range w {
				w[j] += float32((1 - centroidShare) * x * a[j])
			}
			w[r.class] += float32(centroidShare * x * c)
		}
	}
}

// without fills out with the scores that row i would have from a model that has
// not seen it.
func (y *system) without(i int, out []float64) {
	class := y.rows[i].class
	for c := range out {
		target, product, norm := 0.0, y.near[i*y.classes+c], y.length[c]
		if c == class {
			target = 1
			product -= y.weight[i] * y.self[i]
			norm += y.weight[i]*y.weight[i]*y.self[i] - 2*y.weight[i]*y.near[i*y.classes+c]
		}
		out[c] = (1 - centroidShare) * (target - y.alpha[i*y.classes+c]/y.diagonal[i])
		if norm > 1e-9 {
			out[c] += centroidShare * product / math.Sqrt(norm)
		}
	}
}

// solve computes the weights from all rows together, and the calibration from the
// examples by leaving one out.
func (m *Model) solve(ctx context.Context, rows []row) error {
	classes := len(m.names)
	m.weights = make([]float32, len(m.lex.idf)*classes)
	if len(rows) == 0 {
		m.fit, m.Accept = fit(nil), 1
		return nil
	}
	measureShared(rows, len(m.lex.idf))
	y, err := newSystem(ctx, rows, len(m.lex.idf), classes)
	if err != nil {
		return err
	}
	y.weights(m.weights)
	var seen []observation
	out := make([]float64, classes)
	for i, r := range rows {
		if r.example {
			y.without(i, out)
			seen = append(seen, observe(out, r.class, r.shared))
		}
	}
	m.calibrate(seen, len(seen))
	return nil
}

// calibrate fits the chances and the threshold to what was seen of examples that
// the model did not know, and their number in the catalog. A class stands for an
// eighth of an example at least.
func (m *Model) calibrate(seen []observation, examples int) {
	m.fit = fit(seen)
	m.Accept = min(m.fit.value(accept(seen, max(examples, len(m.names)/8))), surelyKnown)
}

// measureShared computes for every row the share of its squared length that
// features have which other rows have too.
func measureShared(rows []row, features int) {
	df := make([]int32, features)
	for _, r := range rows {
		for _, id := range r.vec.ids {
			df[id]++
		}
	}
	for i := range rows {
		r := &rows[i]
		for k, id := range r.vec.ids {
			if df[id] > 1 {
				r.shared += float64(r.vec.weights[k]) * float64(r.vec.weights[k])
			}
		}
	}
}

// gram returns the matrix of inner products of the rows.
func gram(rows []row, features int) []float64 {
	n := len(rows)
	type posting struct {
		row int32
		w   float32
	}
	postings := make([][]posting, features)
	k := make([]float64, n*n)
	for i, r := range rows {
		out := k[i*n : i*n+i+1]
		for f, id := range r.vec.ids {
			w := r.vec.weights[f]
			postings[id] = append(postings[id], posting{int32(i), w})
			for _, p := range postings[id] {
				out[p.row] += float64(w) * float64(p.w)
			}
		}
	}
	for i := range n {
		for j := range i {
			k[j*n+i] = k[i*n+j]
		}
	}
	return k
}
