package match

import (
	"math"
	"slices"
)

// A raw score becomes evidence that the class is right: the score itself, some of
// its lead over the best other class, and some of the share of the text that
// the model knows; a class that is not the best loses by what it lies behind.
// Messages that belong nowhere are told apart best by the sum of the three, on
// catalogs of 7 to 150 intents alike.
const (
	leadWeight    = 0.2
	coveredWeight = 0.4
	behindWeight  = 0.3
)

// calibration turns evidence into a chance by a logistic function.
type calibration struct {
	offset, slope float64
}

// rivals are the two best scores of a text.
type rivals struct{ first, second float64 }

func (r *rivals) see(s float64) {
	switch {
	case s > r.first:
		r.first, r.second = s, r.first
	case s > r.second:
		r.second = s
	}
}

// evidence weighs a raw score against its rivals.
func (r rivals) evidence(s, covered float64) float64 {
	if s < r.first {
		return s - behindWeight*(r.first-s) + coveredWeight*covered
	}
	return s + leadWeight*(s-max(r.second, 0)) + coveredWeight*covered
}

// value is the chance that a class with this evidence is the right one.
func (c calibration) value(evidence float64) float64 {
	return 1 / (1 + math.Exp(-(c.offset + c.slope*evidence)))
}

// observation is what a model that has not seen an example makes of it.
type observation struct {
	evidence float64 // of the best class
	right    bool    // it is the right one
}

// observe judges the leave-one-out scores of an example of class.
func observe(scores []float64, class int, covered float64) observation {
	all := rivals{-1, -1}
	for _, s := range scores {
		all.see(s)
	}
	return observation{
		evidence: all.evidence(all.first, covered),
		right:    scores[class] >= all.first,
	}
}

// The typical catalog, which stands in where a catalog has few examples of its
// own.
const (
	usualOffset, usualSlope = -1.5, 6.0
	// The best threshold grows with the number of examples n, as usualAccept +
	// usualGrowth·ln n: measured on subsets of CLINC150 of 3 to 150 intents with 0
	// to 10 examples each, so that about as many messages are kept as are caught.
	usualAccept, usualGrowth = 0.055, 0.0467
	// mostExamples is the number from which on the threshold grows no more.
	mostExamples = 2000
	// rejected is the share of a catalog's own messages that may be rejected, and
	// ownCount the number of examples from which on their word counts by half of
	// ownShare.
	rejected, ownShare, ownCount = 0.05, 0.5, 20.0
	// ownReach is how far above the usual threshold the examples' word counts:
	// examples that repeat each other foretell too much of how messages will fit.
	ownReach = 0.1
	// surelyKnown is the chance of being right that is always enough.
	surelyKnown = 0.9
)

// accept returns the evidence from which on a text is taken to belong to a class:
// between what is usual for catalogs of this size and what all but a few of the
// examples reach that the model has not seen.
func accept(seen []observation, examples int) float64 {
	n := float64(len(seen))
	usual := usualAccept + usualGrowth*math.Log(float64(min(max(examples, 1), mostExamples)))
	if n == 0 {
		return usual
	}
	all := make([]float64, len(seen))
	for i, o := range seen {
		all[i] = o.evidence
	}
	slices.Sort(all)
	own := ownShare * n / (n + ownCount)
	above := ownReach
	if examples > mostExamples { // where words are shared by so many, scores are lower
		above = 0
	}
	return (1-own)*usual + own*min(all[int(rejected*n)], usual+above)
}

// prior is how strongly the typical catalog stands against what was seen.
const prior = 0.5

// fit finds the logistic function that makes the observations likeliest, by
// Newton's method under a prior that stands for the typical catalog. A step that
// makes things worse is halved.
func fit(seen []observation) calibration {
	c := calibration{usualOffset, usualSlope}
	likely := c.likelihood(seen)
	for range 50 {
		g0, g1 := prior*(usualOffset-c.offset), prior*(usualSlope-c.slope)
		h00, h01, h11 := prior, 0.0, prior
		for _, o := range seen {
			p := c.value(o.evidence)
			y := 0.0
			if o.right {
				y = 1
			}
			x, v := o.evidence, p*(1-p)
			g0 += y - p
			g1 += (y - p) * x
			h00 += v
			h01 += v * x
			h11 += v * x * x
		}
		det := h00*h11 - h01*h01
		d0, d1 := (h11*g0-h01*g1)/det, (h00*g1-h01*g0)/det
		next, better := c, likely
		for try := 0; try < 30 && better <= likely; try++ {
			next = calibration{c.offset + d0, c.slope + d1}
			better = next.likelihood(seen)
			d0, d1 = d0/2, d1/2
		}
		if better <= likely+1e-9 {
			break
		}
		c, likely = next, better
	}
	c.slope = max(c.slope, 0.5)
	return c
}

// likelihood is the logarithm of how likely the observations and the calibration
// are together.
func (c calibration) likelihood(seen []observation) float64 {
	d0, d1 := c.offset-usualOffset, c.slope-usualSlope
	sum := -prior / 2 * (d0*d0 + d1*d1)
	for _, o := range seen {
		z := c.offset + c.slope*o.evidence
		if !o.right {
			z = -z
		}
		// log(1/(1+e^-z)) without overflow
		sum -= math.Log1p(math.Exp(-math.Abs(z))) + max(-z, 0)
	}
	return sum
}
