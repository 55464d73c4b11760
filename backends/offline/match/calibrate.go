package match

import (
	"math"
	"slices"
)

// calibration turns raw scores into chances by a logistic function of three
// features: the score itself, its distance to the best other class, and the
// share of the text that the model knows.
type calibration struct {
	w        [dims]float64
	observed []observation
}

const dims = 4

type observation struct {
	x      [dims]float64
	right  bool
	weight float64
	top    bool // the best class of an example whose own class is known to the model
}

// prior are the coefficients of a typical catalog, and how many examples of its
// own a catalog needs to outweigh them.
var prior = [dims]float64{-6, 9, 9, 2}

const priorStrength = 8.0

// rivals are the two best classes of a text.
type rivals struct{ first, second float64 }

func (calibration) context(scores []float32) rivals {
	r := rivals{-1, -1}
	for _, s := range scores {
		r.see(float64(s))
	}
	return r
}

func (r *rivals) see(s float64) {
	switch {
	case s > r.first:
		r.first, r.second = s, r.first
	case s > r.second:
		r.second = s
	}
}

// other returns the best score of the classes other than the one with score s.
func (r rivals) other(s float64) float64 {
	o := r.first
	if s >= r.first {
		o = r.second
	}
	return max(o, 0)
}

func features(s, other, covered float64) [dims]float64 {
	return [dims]float64{1, s, s - other, covered}
}

func (c *calibration) value(s float64, top rivals, covered float64) float64 {
	return sigmoid(dot(c.w[:], slices.Clone(featuresSlice(s, top.other(s), covered))))
}

func featuresSlice(s, other, covered float64) []float64 {
	f := features(s, other, covered)
	return f[:]
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

func (c *calibration) begin() { c.observed = nil }

// add observes the leave-one-out scores of an example.
func (c *calibration) add(scores []float64, class int, covered float64) {
	all, without := rivals{-1, -1}, rivals{-1, -1}
	for i, s := range scores {
		all.see(s)
		if i != class {
			without.see(s)
		}
	}
	c.observed = append(c.observed, observation{
		x: features(all.first, max(all.second, 0), covered), right: scores[class] >= all.first, weight: 1, top: true,
	})
	if len(scores) > 1 {
		c.observed = append(c.observed, observation{
			x: features(without.first, max(without.second, 0), covered), weight: oosWeight,
		})
	}
}

var (
	oosWeight = 1.0
	quantile  = 0.10
)

// finish fits the coefficients and returns the threshold of acceptance.
func (c *calibration) finish() float64 {
	c.w = prior
	c.newton()
	var tops []float64
	for _, o := range c.observed {
		if o.top {
			tops = append(tops, sigmoid(dot(c.w[:], o.x[:])))
		}
	}
	c.observed = nil
	if len(tops) == 0 {
		return 0.5
	}
	slices.Sort(tops)
	return tops[int(quantile*float64(len(tops)))]
}

// newton maximises the likelihood of the observations under a normal prior.
func (c *calibration) newton() {
	for range 20 {
		var g [dims]float64
		var h [dims][dims]float64
		for i := range dims {
			g[i] = priorStrength * (prior[i] - c.w[i]) / 10
			h[i][i] = priorStrength / 10
		}
		for _, o := range c.observed {
			p := sigmoid(dot(c.w[:], o.x[:]))
			y := 0.0
			if o.right {
				y = 1
			}
			for i := range dims {
				g[i] += o.weight * (y - p) * o.x[i]
				for j := range dims {
					h[i][j] += o.weight * p * (1 - p) * o.x[i] * o.x[j]
				}
			}
		}
		step := solveSmall(h, g)
		biggest := 0.0
		for i := range dims {
			c.w[i] += step[i]
			biggest = max(biggest, math.Abs(step[i]))
		}
		if biggest < 1e-6 {
			return
		}
	}
}

// solveSmall solves h·x = g for a symmetric positive h.
func solveSmall(h [dims][dims]float64, g [dims]float64) [dims]float64 {
	a := make([]float64, 0, dims*dims)
	for i := range dims {
		a = append(a, h[i][:]...)
	}
	cholesky(a, dims)
	invertLower(a, dims)
	var y, x [dims]float64
	for i := range dims {
		for j := 0; j <= i; j++ {
			y[i] += a[i*dims+j] * g[j]
		}
	}
	for i := range dims {
		for j := 0; j <= i; j++ {
			x[j] += a[i*dims+j] * y[i]
		}
	}
	return x
}
