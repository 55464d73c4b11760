package rollout

import (
	"cmp"
	"math/bits"
	"sync"
	"sync/atomic"
	"time"

	"banyan/orchestrator"
)

// clock tells the time.
type clock = func() time.Time

// BreakerRules say when a service is left alone. The zero value is a sensible one.
type BreakerRules struct {
	// Consecutive technical failures open the breaker (5), and so does a share of
	// FailureRate (0.5) of at least AtLeast (10) of the last calls, at most 32.
	Consecutive int
	FailureRate float64
	AtLeast     int
	// Delay is how long it stays open the first time (5 s). It doubles each time that
	// the service fails on its return, up to MaxDelay (2 min).
	Delay, MaxDelay time.Duration
	// Shares is how much of the traffic is let through, in percent, on each stage of the
	// return (10, 25, 50, 100).
	Shares []int
	// Successes without a failure end a stage (3). Where there is little traffic one
	// success does, once the stage has lasted StageTime (5 s).
	Successes int
	StageTime time.Duration
}

func (r BreakerRules) withDefaults() BreakerRules {
	r.Consecutive = cmp.Or(r.Consecutive, 5)
	r.FailureRate = cmp.Or(r.FailureRate, 0.5)
	r.AtLeast = min(cmp.Or(r.AtLeast, 10), lastOutcomes)
	r.Delay = cmp.Or(r.Delay, 5*time.Second)
	r.MaxDelay = cmp.Or(r.MaxDelay, 2*time.Minute)
	if len(r.Shares) == 0 {
		r.Shares = []int{10, 25, 50, 100}
	}
	r.Successes = cmp.Or(r.Successes, 3)
	r.StageTime = cmp.Or(r.StageTime, 5*time.Second)
	return r
}

// breaker is the circuit breaker of one service. failsafe-go's, which guards the
// language backends, has neither a return by shares of the traffic nor a clock that can
// be handed in, and its closed state takes a lock; the states and their names are the
// same.
type breaker struct {
	service string
	era     orchestrator.Era
	rules   BreakerRules
	changed func(b *breaker, state string, until time.Time) // called without the lock

	state atomic.Int32 // closed, open or half-open; written under mu

	mu       sync.Mutex // guards what follows
	outcomes uint32     // the last calls, newest in the lowest bit, 1 is a failure
	seen     int        // how many of outcomes there are
	running  int        // failures one after the other
	until    time.Time  // when an open breaker tries again
	delay    time.Duration
	stage    int // index in Shares while half-open
	since    time.Time
	well     int // successes of the stage
	asked    int // calls of the stage that asked to be let through
}

// The states of a breaker.
const (
	breakerClosed = iota
	breakerOpen
	breakerHalfOpen
)

const lastOutcomes = 32

func breakerWord(state int32) string {
	switch state {
	case breakerOpen:
		return "open"
	case breakerHalfOpen:
		return "half-open"
	default:
		return "closed"
	}
}

// closed tells whether all calls are let through.
func (b *breaker) closed() bool { return b.state.Load() == breakerClosed }

// lets tells whether the next call may go to the service. While the breaker is closed
// it reads one number.
func (b *breaker) lets(now clock) bool {
	if b.closed() {
		return true
	}
	at := now()
	b.mu.Lock()
	was := b.state.Load()
	if was == breakerOpen {
		if at.Before(b.until) {
			b.mu.Unlock()
			return false
		}
		b.begin(0, at)
		b.state.Store(breakerHalfOpen)
	}
	if b.state.Load() == breakerHalfOpen && b.well > 0 && at.Sub(b.since) >= b.rules.StageTime {
		b.advance(at) // the calls are too few for the successes that a stage takes
	}
	closed := b.state.Load() == breakerClosed
	let := closed || b.asked%100*b.rules.Shares[b.stage]%100 < b.rules.Shares[b.stage]
	b.asked++
	b.mu.Unlock()
	if closed && was != breakerClosed {
		b.tell(breakerClosed, time.Time{})
	}
	return let
}

// advance enters the next stage of the return, and closes the breaker after the last.
// The caller holds mu.
func (b *breaker) advance(at time.Time) {
	if b.begin(b.stage+1, at); b.stage == len(b.rules.Shares) {
		b.close()
	}
}

// close lets all calls through and forgets how they went. The caller holds mu.
func (b *breaker) close() {
	b.stage, b.outcomes, b.seen, b.running, b.delay = 0, 0, 0, 0, 0
	b.state.Store(breakerClosed)
}

// tell says that the state has changed. The caller does not hold mu.
func (b *breaker) tell(state int32, until time.Time) {
	if b.changed != nil {
		b.changed(b, breakerWord(state), until)
	}
}

// would tells what lets says, without a call that is let through.
func (b *breaker) would(at time.Time) bool {
	_, _, share := b.status(at)
	return share == 1
}

// begin enters a stage of the return. The caller holds mu.
func (b *breaker) begin(stage int, at time.Time) {
	b.stage, b.since, b.well, b.asked = stage, at, 0, 0
}

// record is told how a call to the service went.
func (b *breaker) record(failed bool, at time.Time) {
	b.mu.Lock()
	before := b.state.Load()
	now := before
	if before == breakerOpen && !at.Before(b.until) { // a call that nobody else could serve
		b.begin(0, at)
		b.state.Store(breakerHalfOpen)
		now = breakerHalfOpen
	}
	switch {
	case now == breakerOpen: // a call from before
	case failed && now == breakerHalfOpen:
		b.open(min(2*b.delay, b.rules.MaxDelay), at)
	case now == breakerHalfOpen:
		b.well++
		if b.well >= b.rules.Successes || at.Sub(b.since) >= b.rules.StageTime {
			b.advance(at)
		}
	default:
		b.count(failed)
		if b.running >= b.rules.Consecutive || b.seen >= b.rules.AtLeast && float64(bits.OnesCount32(b.outcomes)) >= b.rules.FailureRate*float64(b.seen) {
			b.open(b.rules.Delay, at)
		}
	}
	after, until := b.state.Load(), b.until
	b.mu.Unlock()
	if after != before {
		b.tell(after, until)
	}
}

// count keeps an outcome. The caller holds mu.
func (b *breaker) count(failed bool) {
	b.outcomes <<= 1
	b.running++
	if failed {
		b.outcomes |= 1
	} else {
		b.running = 0
	}
	b.seen = min(b.seen+1, lastOutcomes)
}

// open leaves the service alone for a while. The caller holds mu.
func (b *breaker) open(delay time.Duration, at time.Time) {
	b.delay, b.until = delay, at.Add(delay)
	b.state.Store(breakerOpen)
}

// tryNow lets an open breaker try again at once, because somebody has mended the
// service.
func (b *breaker) tryNow(at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state.Load() != breakerClosed {
		b.delay = b.rules.Delay
	}
	if b.state.Load() == breakerOpen {
		b.until = at
	}
}

// mended closes the breaker, because what made the service fail is known to be gone. A
// service that fails nevertheless opens it again.
func (b *breaker) mended() {
	b.mu.Lock()
	was := b.state.Load()
	b.close()
	b.mu.Unlock()
	if was != breakerClosed {
		b.tell(breakerClosed, time.Time{})
	}
}

// status says how the breaker is.
func (b *breaker) status(at time.Time) (state string, until time.Time, share float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.state.Load()
	switch {
	case now == breakerClosed:
		return breakerWord(now), time.Time{}, 1
	case now == breakerOpen && at.Before(b.until):
		return breakerWord(now), b.until, 0
	default:
		stage := b.stage
		if now == breakerOpen {
			stage = 0
		}
		return breakerWord(breakerHalfOpen), time.Time{}, float64(b.rules.Shares[stage]) / 100
	}
}
