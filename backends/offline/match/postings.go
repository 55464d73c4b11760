package match

// postings are sparse weights, feature by feature: which classes have one, and its
// weight there.
type postings struct {
	start   []uint32 // where each feature begins, and the end
	classes []int32
	weights []float32
}

// transpose makes postings of the weights of each class.
func transpose(classes []vector, features int) *postings {
	p := &postings{start: make([]uint32, features+1)}
	total := 0
	for _, v := range classes {
		for _, id := range v.ids {
			p.start[id+1]++
		}
		total += len(v.ids)
	}
	for i := range features {
		p.start[i+1] += p.start[i]
	}
	p.classes, p.weights = make([]int32, total), make([]float32, total)
	for c, v := range classes {
		for k, id := range v.ids {
			at := p.start[id]
			p.start[id]++
			p.classes[at], p.weights[at] = int32(c), v.weights[k] //nolint:gosec // the number of a class
		}
	}
	copy(p.start[1:], p.start[:features])
	p.start[0] = 0
	return p
}

// score fills out with the sum for each class of what its features weigh.
func (p *postings) score(out []float32, v *vector) {
	clear(out)
	for i, id := range v.ids {
		x := v.weights[i]
		from, to := p.start[id], p.start[id+1]
		weights := p.weights[from:to]
		for k, c := range p.classes[from:to] {
			out[c] += x * weights[k]
		}
	}
}
