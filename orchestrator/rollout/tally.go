package rollout

import (
	"maps"
	"slices"
	"sync"
	"time"

	"banyan/orchestrator"
)

// tally counts what became of the calls of one intent. It is safe for concurrent use;
// its lock is held for additions only.
type tally struct {
	sampler sampler

	mu sync.Mutex // guards what follows
	// total is everything that is known, fresh the part of it that is not stored yet.
	total, fresh   numbers
	legacy, modern latencies
	dirty          bool // there is something in fresh
}

func newTally(seed uint64, intent string) *tally {
	return &tally{sampler: sampler{seed: seed ^ hash(intent, "")}}
}

// begin says since when there is something to count.
func (t *tally) begin(at time.Time) {
	t.total.Began, t.fresh.Began, t.dirty = at, at, true
}

// numbers are the counts of an intent, in a form that can be stored and added up.
type numbers struct {
	Legacy, Modern sideNumbers
	Shadow         shadowNumbers
	// Since counts the calls of modern since the last one of legacy.
	Since int `json:",omitempty"`
	// Began is when counting began.
	Began time.Time `json:",omitzero"`
}

type sideNumbers struct {
	Calls     int       `json:",omitempty"`
	Errors    int       `json:",omitempty"`
	Fallbacks int       `json:",omitempty"`
	Last      time.Time `json:",omitzero"`
	Hour      minutes   `json:",omitempty"`
}

// shadowNumbers are comparisons with one release of the modern service.
type shadowNumbers struct {
	Release string `json:",omitempty"`
	orchestrator.ShadowStatus
}

// minutes are the counts of the last minutes, oldest first.
type minutes []minuteCount

type minuteCount struct {
	Minute int64 // since 1970
	Calls  int
	Errors int `json:",omitempty"`
}

const minutesKept = 60

// add counts in a minute, and forgets those that are too old.
func (m *minutes) add(minute int64, calls, errors int) {
	list := *m
	i := len(list)
	for i > 0 && list[i-1].Minute > minute {
		i--
	}
	if i > 0 && list[i-1].Minute == minute {
		list[i-1].Calls += calls
		list[i-1].Errors += errors
		return
	}
	list = slices.Insert(list, i, minuteCount{minute, calls, errors})
	if over := len(list) - minutesKept; over > 0 {
		list = slices.Delete(list, 0, over)
	}
	*m = list
}

// within adds up what is not older than an hour.
func (m minutes) within(now time.Time) (calls, errors int) {
	first := minuteOf(now) - minutesKept
	for _, c := range m {
		if c.Minute > first {
			calls += c.Calls
			errors += c.Errors
		}
	}
	return calls, errors
}

func minuteOf(t time.Time) int64 { return t.Unix() / 60 }

// call counts one call that was made for the user.
func (s *sideNumbers) call(at time.Time, failed, fallback bool) {
	s.Calls++
	bad := 0
	if failed {
		s.Errors++
		bad = 1
	}
	if fallback {
		s.Fallbacks++
	}
	if at.After(s.Last) {
		s.Last = at
	}
	s.Hour.add(minuteOf(at), 1, bad)
}

func (s *sideNumbers) plus(o sideNumbers) {
	s.Calls += o.Calls
	s.Errors += o.Errors
	s.Fallbacks += o.Fallbacks
	if o.Last.After(s.Last) {
		s.Last = o.Last
	}
	for _, m := range o.Hour {
		s.Hour.add(m.Minute, m.Calls, m.Errors)
	}
}

func (s *shadowNumbers) plus(o shadowNumbers) {
	if o.Release != s.Release {
		if o.Release != "" {
			*s = o
			s.Classes = maps.Clone(o.Classes)
		}
		return
	}
	s.Compared += o.Compared
	s.Matched += o.Matched
	s.Inconclusive += o.Inconclusive
	s.Failed += o.Failed
	s.NoiseInconclusive += o.NoiseInconclusive
	s.NoiseCompared += o.NoiseCompared
	s.NoiseMatched += o.NoiseMatched
	for class, n := range o.Classes {
		if s.Classes == nil {
			s.Classes = map[string]int{}
		}
		s.Classes[class] += n
	}
}

// plus adds what came later.
func (n *numbers) plus(o numbers) {
	n.Legacy.plus(o.Legacy)
	n.Modern.plus(o.Modern)
	n.Shadow.plus(o.Shadow)
	if o.Legacy.Calls > 0 {
		n.Since = 0
	}
	n.Since += o.Since
	if n.Began.IsZero() || !o.Began.IsZero() && o.Began.Before(n.Began) {
		n.Began = o.Began
	}
}

func (n numbers) clone() numbers {
	n.Legacy.Hour, n.Modern.Hour = slices.Clone(n.Legacy.Hour), slices.Clone(n.Modern.Hour)
	n.Shadow.Classes = maps.Clone(n.Shadow.Classes)
	return n
}

// served counts a call that was made for the user.
func (t *tally) served(s orchestrator.Sample) {
	fallback := s.Choice.First != "" && s.Era != s.Choice.First || s.Choice.Tripped != ""
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirty = true
	for _, n := range []*numbers{&t.total, &t.fresh} {
		if s.Era == orchestrator.Legacy {
			n.Legacy.call(s.At, s.Err.Technical(), fallback)
			n.Since = 0
		} else {
			n.Modern.call(s.At, s.Err.Technical(), fallback)
			n.Since++
		}
	}
}

// took keeps how long a call took that did not fail.
func (t *tally) took(s orchestrator.Sample) {
	if s.Err.Technical() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirty = true
	t.side(s.Era).add(s.Duration)
}

func (t *tally) side(era orchestrator.Era) *latencies {
	if era == orchestrator.Legacy {
		return &t.legacy
	}
	return &t.modern
}

// compared counts a comparison with a release of the modern service.
func (t *tally) compared(release string, p orchestrator.Pair, found orchestrator.ShadowRecord) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirty = true
	for _, n := range []*numbers{&t.total, &t.fresh} {
		s := &n.Shadow
		if s.Release != release {
			*s = shadowNumbers{Release: release}
		}
		matched := 0
		if found.Matched {
			matched = 1
		}
		switch {
		case candidateFailed(p):
			s.Failed++
		case found.Inconclusive && p.Noise:
			s.NoiseInconclusive++
		case found.Inconclusive:
			s.Inconclusive++
		case p.Noise:
			s.NoiseCompared++
			s.NoiseMatched += matched
		default:
			s.Compared++
			s.Matched += matched
			if !found.Matched {
				if s.Classes == nil {
					s.Classes = map[string]int{}
				}
				s.Classes[found.Class]++
			}
		}
	}
}

// snapshot is a copy of the counts.
func (t *tally) snapshot() numbers {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.total.clone()
}
