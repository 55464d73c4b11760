package match

import (
	"cmp"
	"math"
	"slices"
)

// How training weighs things; the same for every catalog.
const (
	// centroidShare is the share of the centroid in a score; the rest is the ridge's.
	centroidShare = 0.3

	// penaltyExample is the ridge penalty of an example, penaltyText that of what a
	// class says of itself beside its examples.
	penaltyExample = 0.35
	penaltyText    = 1.0
	// textWeight is the weight of such a text in the centroid of its class.
	textWeight = 0.5
	// maxWeights bounds the model's size: beyond it, the rarest features go.
	maxWeights = 8 << 20
)

// row is one training text, or the mean of several, of one class.
type row struct {
	class   int
	example bool // as opposed to a text that describes the class
	vec     vector
	shared  float64 // what covered would be without this row
}

// Train makes a model of the classes. It is deterministic; classes of the same
// name are one class. Its time grows with the cube of the number of examples, up
// to 2,048 of them, from where on examples of one class are merged.
func Train(classes []Class) *Model {
	m := &Model{}
	index := map[string]int{}
	var texts []string
	var rows []row
	for _, c := range classes {
		id, ok := index[c.Name]
		if !ok {
			id = len(m.names)
			index[c.Name] = id
			m.names = append(m.names, c.Name)
		}
		seen := map[string]bool{}
		add := func(example bool, text string) {
			if key := string(normalise(nil, text)); key != "" && !seen[key] {
				seen[key] = true
				texts = append(texts, text)
				rows = append(rows, row{class: id, example: example})
			}
		}
		for _, t := range c.Examples {
			add(true, t)
		}
		for _, t := range c.Texts {
			add(false, t)
		}
	}
	s := m.scratch.get(0, 0)
	m.lex = learn(s, texts, len(m.names))
	s = m.scratch.get(len(m.lex.idf), len(m.names))
	for i, t := range texts {
		v := m.lex.vector(s, t)
		rows[i].vec = vector{slices.Clone(v.ids), slices.Clone(v.weights), v.covered}
	}
	m.scratch.put(s)
	rows = slices.DeleteFunc(rows, func(r row) bool { return len(r.vec.ids) == 0 })
	rows, held := condense(rows, len(m.names))
	m.solve(rows, held)
	return m
}

// learn makes the lexicon of the texts.
func learn(s *scratch, texts []string, classes int) lexicon {
	type seen struct {
		last int32
		df   int32
	}
	found := map[uint64]*seen{}
	var order []uint64
	for i, t := range texts {
		s.read(t)
		for kind := range kinds {
			for _, h := range s.hashes[kind] {
				f := found[h]
				if f == nil {
					f = &seen{last: -1}
					found[h] = f
					order = append(order, h)
				}
				if f.last != int32(i) {
					f.last = int32(i)
					f.df++
				}
			}
		}
	}
	if most := maxWeights / max(classes, 1); len(order) > most {
		slices.SortStableFunc(order, func(a, b uint64) int { return cmp.Compare(found[b].df, found[a].df) })
		order = order[:most]
	}
	n := float64(len(texts))
	l := lexicon{
		ids:    make(map[uint64]int32, len(order)),
		idf:    make([]float32, len(order)),
		unseen: float32(math.Log(n+1) + 1),
	}
	for id, h := range order {
		l.ids[h] = int32(id)
		l.idf[id] = float32((math.Log((n+1)/float64(found[h].df+1)) + 1) * weight(h))
	}
	return l
}

// solve computes the weights and the calibration, the latter from the rows held
// back or, if there are none, from the examples by leaving one out.
func (m *Model) solve(rows, held []row) {
	n, classes := len(rows), len(m.names)
	m.weights = make([]float32, len(m.lex.idf)*classes)
	if n == 0 {
		m.fit, m.Accept = fit(nil), 1
		return
	}
	measureShared(rows, len(m.lex.idf))
	kernel := gram(rows, len(m.lex.idf))
	examples, total := make([]int, classes), 0
	for _, r := range rows {
		if r.example {
			examples[r.class]++
			total++
		}
	}
	weight := make([]float64, n) // in the centroid
	penalty := make([]float64, n)
	target := make([]int, n)
	for i, r := range rows {
		target[i] = r.class
		weight[i], penalty[i] = 1, penaltyExample
		if !r.example && examples[r.class] > 0 {
			weight[i], penalty[i] = textWeight, penaltyText
		}
	}
	// near[i*classes+c] is the inner product of row i with the sum of class c.
	near := make([]float64, n*classes)
	length := make([]float64, classes)
	for i := range n {
		for j := range n {
			near[i*classes+target[j]] += weight[j] * kernel[i*n+j]
		}
		length[target[i]] += weight[i] * near[i*classes+target[i]]
	}
	self := make([]float64, n)
	for i := range n {
		self[i] = kernel[i*n+i]
	}
	alpha, diagonal := ridge(kernel, n, penalty, target, classes)

	for i, r := range rows {
		a := alpha[i*classes : (i+1)*classes]
		c := weight[i] / math.Sqrt(max(length[r.class], 1e-9))
		for k, id := range r.vec.ids {
			x := float64(r.vec.weights[k])
			w := m.weights[int(id)*classes : (int(id)+1)*classes]
			for j := range w {
				w[j] += float32((1 - centroidShare) * x * a[j])
			}
			w[r.class] += float32(centroidShare * x * c)
		}
	}

	var seen []observation
	out := make([]float64, classes)
	for _, r := range held {
		scores := make([]float32, classes)
		m.score(scores, &r.vec)
		for c, v := range scores {
			out[c] = float64(v)
		}
		seen = append(seen, observe(out, r.class, r.vec.covered))
	}
	// The scores that each example would have from a model that has not seen it.
	for i, r := range rows {
		if !r.example || len(held) > 0 {
			continue
		}
		for c := range classes {
			y, product, norm := 0.0, near[i*classes+c], length[c]
			if c == r.class {
				y = 1
				product -= weight[i] * self[i]
				norm += weight[i]*weight[i]*self[i] - 2*weight[i]*near[i*classes+c]
			}
			out[c] = (1 - centroidShare) * (y - alpha[i*classes+c]/diagonal[i])
			if norm > 1e-9 {
				out[c] += centroidShare * product / math.Sqrt(norm)
			}
		}
		seen = append(seen, observe(out, r.class, r.shared))
	}
	m.fit = fit(seen)
	m.Accept = min(m.fit.value(accept(seen, total)), surelyKnown)
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
