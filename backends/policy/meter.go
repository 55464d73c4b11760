package policy

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"banyan/orchestrator"
)

// shownLatencies is how many of the last calls' latencies are kept.
const shownLatencies = 120

// MeterConfig says how to measure; the zero value will do.
type MeterConfig struct {
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// Meter counts what a backend does and how long it takes.
type Meter struct {
	layer
	now func() time.Time

	mu        sync.Mutex // guards what follows
	stats     Stats
	latencies ring
	firsts    ring
}

// Stats is what a Meter has counted. It shares nothing with the meter.
type Stats struct {
	// Calls counts ended calls, Running those under way. Cancelled are those that
	// the user stopped: neither well nor errors.
	Calls, Running, Cancelled int
	BySkill                   map[Skill]int
	// Errors counts failed calls, ByKind each kind of them, see Kind.
	Errors int
	ByKind map[string]int
	// ModelCalls, tokens and cost are sums over all calls, failed ones included.
	ModelCalls, InputTokens, OutputTokens int
	CostUSD                               float64
	// Latencies are those of the last calls that succeeded, at most 120, oldest
	// first: ready for a sparkline. FirstTokens are the times to the first piece of
	// the last answers.
	Latencies, FirstTokens []time.Duration
	// P50 and P95 are taken over Latencies; zero without any.
	P50, P95 time.Duration
	// LastError is the message for people of the last failure, LastErrorAt its time.
	LastError   string
	LastErrorAt time.Time
	// LastCall is when the last call ended.
	LastCall time.Time
	// FailingSince is the time of the first of the failures since the last success;
	// zero if the last call was well.
	FailingSince time.Time
}

// NewMeter wraps a backend.
func NewMeter(b orchestrator.Backend, cfg MeterConfig) *Meter {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	m := &Meter{now: cfg.Now, stats: Stats{BySkill: map[Skill]int{}, ByKind: map[string]int{}}}
	m.layer = layer{inner: b, do: m.around}
	return m
}

// Stats returns what was counted so far.
func (m *Meter) Stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.stats
	s.BySkill, s.ByKind = maps.Clone(s.BySkill), maps.Clone(s.ByKind)
	s.Latencies, s.FirstTokens = m.latencies.list(), m.firsts.list()
	sorted := slices.Sorted(slices.Values(s.Latencies))
	s.P50, s.P95 = percentile(sorted, 50), percentile(sorted, 95)
	return s
}

// percentile takes the nearest rank.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*p+99)/100-1]
}

func (m *Meter) around(ctx context.Context, x *exchange) error {
	started := m.now()
	var first time.Time
	if x.skill == Respond {
		emit := x.emit
		x.emit = func(delta string) {
			if first.IsZero() && delta != "" {
				first = m.now()
			}
			emit(delta)
		}
	}
	m.mu.Lock()
	m.stats.Running++
	m.mu.Unlock()
	err := x.ask(ctx, m.inner)
	done := m.now()

	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.stats
	s.Running--
	s.Calls++
	s.BySkill[x.skill]++
	s.LastCall = done
	u := x.usage()
	s.ModelCalls += u.ModelCalls
	s.InputTokens += u.InputTokens
	s.OutputTokens += u.OutputTokens
	s.CostUSD += u.CostUSD
	if !first.IsZero() {
		m.firsts.add(first.Sub(started))
	}
	switch {
	case err == nil:
		m.latencies.add(done.Sub(started))
		s.FailingSince = time.Time{}
	case stopped(ctx):
		s.Cancelled++
	default:
		s.Errors++
		s.ByKind[kindIn(ctx, err)]++
		s.LastError, s.LastErrorAt = message(kindIn(ctx, err), err), done
		if s.FailingSince.IsZero() {
			s.FailingSince = done
		}
	}
	return err
}

// message is what people are told about an error. One without a message of its own
// is named by its kind: its text is for the log.
func message(kind string, err error) string {
	var coded *orchestrator.Error
	if errors.As(err, &coded) {
		return orchestrator.PrintableLine(coded.Message)
	}
	if kind != orchestrator.CodeBackend {
		return "It failed: " + words(kind) + "."
	}
	return "It failed. The log says why."
}

// ring keeps the last values.
type ring struct {
	values []time.Duration
	next   int
}

func (r *ring) add(d time.Duration) {
	if len(r.values) < shownLatencies {
		r.values = append(r.values, d)
		return
	}
	r.values[r.next] = d
	r.next = (r.next + 1) % len(r.values)
}

// list returns the values, oldest first.
func (r *ring) list() []time.Duration {
	return append(slices.Clone(r.values[r.next:]), r.values[:r.next]...)
}
