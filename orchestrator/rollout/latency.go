package rollout

import (
	"math"
	"slices"
	"time"
)

// latencies are the durations of the last calls of one side, in microseconds.
type latencies struct {
	ring     []int32
	next     int
	sorted   []int32 // nil if something came since it was made
	limit    time.Duration
	limitFor int // how many calls had come when limit was computed
	count    int
}

const latenciesKept = 256

func (l *latencies) add(d time.Duration) {
	l.keep(int32(min(max(d.Microseconds(), 0), math.MaxInt32)))
}

func (l *latencies) keep(us int32) {
	if len(l.ring) < latenciesKept {
		l.ring = append(l.ring, us)
	} else {
		l.ring[l.next] = us
	}
	l.next = (l.next + 1) % latenciesKept
	l.count++
	l.sorted = nil
}

// quantile is the duration that a share q of the calls does not exceed (the nearest
// rank); 0 without calls.
func (l *latencies) quantile(q float64) time.Duration {
	if len(l.ring) == 0 {
		return 0
	}
	if l.sorted == nil {
		l.sorted = slices.Clone(l.ring)
		slices.Sort(l.sorted)
	}
	rank := min(max(int(math.Ceil(q*float64(len(l.sorted))))-1, 0), len(l.sorted)-1)
	return time.Duration(l.sorted[rank]) * time.Microsecond
}

// ms is a duration in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
