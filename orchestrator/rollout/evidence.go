package rollout

import "math"

// evidence weighs, call by call, whether failures come at a normal rate or at one that
// is bad. Sum is the logarithm of the likelihood ratio of Wald's sequential
// probability ratio test (A. Wald, Sequential Tests of Statistical Hypotheses, Ann.
// Math. Statist. 16, 1945): far below zero the rate is normal. Peak is the same sum held
// at zero from below, Page's cumulative sum (E. S. Page, Continuous Inspection Schemes,
// Biometrika 41, 1954): it finds a rate that becomes bad after many good calls as fast
// as one that was bad from the start.
type evidence struct {
	Calls    int     `json:",omitempty"`
	Failures int     `json:",omitempty"`
	Sum      float64 `json:",omitempty"`
	Peak     float64 `json:",omitempty"`
}

// add weighs one call. normal is the rate that is expected of it, bad the one that is
// not accepted; both lie between 0 and 1.
func (e *evidence) add(failed bool, normal, bad float64) {
	e.Calls++
	weight := math.Log((1 - bad) / (1 - normal))
	if failed {
		e.Failures++
		weight = math.Log(bad / normal)
	}
	e.Sum += weight
	e.Peak = max(0, e.Peak+weight)
}

// rates of a baseline that failed in k of n calls: the one that is normal, which
// allows for half as much again as was seen and is not below the floor, and the one
// that is bad.
func rates(k, n int, floor, worse float64) (normal, bad float64) {
	const prior, priorCalls, allowance, most = 0.005, 20, 1.5, 0.8
	seen := (float64(k) + prior*priorCalls) / (float64(n) + priorCalls)
	normal = min(max(floor, allowance*seen), most)
	return normal, min(normal+worse, (1+most)/2)
}
