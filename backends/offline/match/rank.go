package match

import (
	"cmp"
	"slices"
)

// Rank returns the n classes that fit the text best, best first, fewer if there
// are fewer. A text without any letter or digit fits none. It is safe for
// concurrent use and allocates the result alone.
func (m *Model) Rank(text string, n int) []Score {
	n = min(n, len(m.names))
	if n <= 0 {
		return nil
	}
	s := m.scratch.get(len(m.lex.idf), len(m.names))
	defer m.scratch.put(s)
	v := m.lex.vector(s, text)
	if len(v.ids) == 0 {
		return nil
	}
	scores := s.scores[:len(m.names)]
	m.score(scores, v)
	best := make([]Score, 0, n)
	top := rivals{-1, -1}
	for _, sc := range scores {
		top.see(float64(sc))
	}
	for i, sc := range scores {
		if len(best) == n && float64(sc) <= best[n-1].Value {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, float64(sc), func(b Score, v float64) int {
			return cmp.Compare(v, b.Value)
		})
		for at < len(best) && best[at].Value == float64(sc) {
			at++
		}
		if len(best) == n {
			best = best[:n-1]
		}
		best = slices.Insert(best, at, Score{m.names[i], float64(sc)})
	}
	for i := range best {
		best[i].Value = m.fit.value(top.evidence(best[i].Value, v.covered))
	}
	return best
}

// score fills out with the raw score of each class.
func (m *Model) score(out []float32, v *vector) {
	if m.postings != nil {
		m.postings.score(out, v)
		return
	}
	clear(out)
	classes := len(out)
	for i, id := range v.ids {
		x := v.weights[i]
		w := m.weights[int(id)*classes:][:classes]
		for c, wc := range w {
			out[c] += x * wc
		}
	}
}
