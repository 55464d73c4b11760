package rollout

import (
	"cmp"
	"time"
)

// Rules say how a canary is judged. The zero value is meant for a release that people
// use all day; QuickRules are meant for people who watch.
type Rules struct {
	// MinCalls of modern and MinTime are what a step takes at least (50, 5 min). Within
	// MaxCalls (ten times MinCalls) the calls must have shown that the release is good;
	// if they did not, the rollout is paused as inconclusive.
	MinCalls, MaxCalls int
	MinTime            time.Duration
	// WatchFor is how long a release is looked at once it serves everybody (30 min).
	WatchFor time.Duration
	// WorseBy is how much higher than legacy's a rate of errors or differences must be to
	// count as bad, as a share (0.10). ErrorFloor and MismatchFloor are rates that are
	// taken as normal, however well legacy does (0.01, 0.02).
	WorseBy, ErrorFloor, MismatchFloor float64
	// A call is slow if it takes longer than SlowerBy times what 95 % of legacy's calls
	// stay under (1.5), and longer than SlowFloor (250 ms).
	SlowerBy  float64
	SlowFloor time.Duration
	// Alarm is the evidence at which a release counts as bad, Proof the evidence at which
	// its errors count as good, both as logarithms of a likelihood ratio (8.5, 3).
	Alarm, Proof float64
}

// QuickRules are rules for a demo: 20 calls and 10 seconds a step.
func QuickRules() Rules {
	return Rules{MinCalls: 20, MinTime: 10 * time.Second, WatchFor: 5 * time.Minute, Proof: 1.5}
}

func (r Rules) withDefaults() Rules {
	r.MinCalls = cmp.Or(r.MinCalls, 50)
	r.MaxCalls = max(cmp.Or(r.MaxCalls, 10*r.MinCalls), r.MinCalls)
	r.MinTime = cmp.Or(r.MinTime, 5*time.Minute)
	r.WatchFor = cmp.Or(r.WatchFor, 30*time.Minute)
	r.WorseBy = cmp.Or(r.WorseBy, 0.10)
	r.ErrorFloor = cmp.Or(r.ErrorFloor, 0.01)
	r.MismatchFloor = cmp.Or(r.MismatchFloor, 0.02)
	r.SlowerBy = cmp.Or(r.SlowerBy, 1.5)
	r.SlowFloor = cmp.Or(r.SlowFloor, 250*time.Millisecond)
	r.Alarm = cmp.Or(r.Alarm, 8.5)
	r.Proof = cmp.Or(r.Proof, 3)
	return r
}
