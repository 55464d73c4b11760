package rollout

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"banyan/orchestrator"
)

// trial is what the judge knows about one rollout. It is safe for concurrent use.
type trial struct {
	rules Rules
	// condemned is set when a release is found bad that the judge may abort: the stable
	// route holds from that call on, before the abort is stored.
	condemned atomic.Bool

	mu sync.Mutex // guards what follows
	trialState
	auto, live bool // the judge acts; the rollout is running, paused or done
	dirty      bool
	said       string // the last verdict that a manual judge told
}

// trialState is the part of a trial that is stored.
type trialState struct {
	Began int       // the version with which the rollout began
	Since time.Time // when the step began

	// Served counts the calls of modern that were made for the user. Errors weighs those
	// that ran beside legacy as well.
	Served                 int `json:",omitempty"`
	Errors, Slow, Mismatch evidence
	// LeftAlone means that the circuit breaker of modern opened during the step: what
	// fails so often gets no more calls by which it could be judged.
	LeftAlone bool `json:",omitempty"`
	// Legacy and Noise are what modern is measured by: the technical failures of legacy,
	// and its differences from itself.
	LegacyCalls, LegacyErrors   int `json:",omitempty"`
	NoiseCompared, NoiseDiffers int `json:",omitempty"`
}

// Slow calls: at most this share of the calls of a release that is as fast as legacy
// are slow, and this share is not accepted. The alarm for it is later by slowAlarm,
// because durations vary together.
const (
	slowNormal, slowBad = 0.06, 0.30
	slowAlarm           = 1.5
	leaning             = 10 // compared calls from which on it counts which way they lean
	knownLatencies      = 20 // calls of legacy from which on its speed counts as known
)

// The verdicts.
const (
	verdictGood         = "good"
	verdictBad          = "bad"
	verdictInconclusive = "inconclusive"
)

// follow takes over what the record says. A step that begins, or begins anew, is
// judged by its own calls; but a release that was found bad remains so, even if
// somebody promoted it at the same moment.
func (t *trial) follow(r *rollout) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.auto = r.Mode == orchestrator.RolloutAuto
	t.live = r.State != stateAborted
	if !t.Since.Equal(r.Since) && !t.condemned.Load() {
		t.Since, t.dirty = r.Since, true
		t.Errors, t.Slow, t.Mismatch, t.Served, t.LeftAlone = evidence{}, evidence{}, evidence{}, 0, false
	}
}

// served weighs a call that was made for the user. It returns true if the judge should
// look: the call made the release a bad one, or was the last that the step needed.
func (t *trial) served(s orchestrator.Sample, counts *tally) bool {
	limit := time.Duration(0)
	if s.Era == orchestrator.Modern {
		limit = counts.slowLimit(t.rules)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirty = true
	if s.Era == orchestrator.Legacy {
		if s.Choice.First == orchestrator.Legacy && s.Choice.Tripped == "" {
			t.LegacyCalls++
			if s.Err.Technical() {
				t.LegacyErrors++
			}
		}
		return false
	}
	normal, bad := rates(t.LegacyErrors, t.LegacyCalls, t.rules.ErrorFloor, t.rules.WorseBy)
	t.Errors.add(s.Err.Technical(), normal, bad)
	if limit > 0 && !s.Err.Technical() {
		t.Slow.add(s.Duration > limit, slowNormal, slowBad)
	}
	t.Served++
	return t.look() || t.Served == t.rules.MinCalls
}

// beside weighs whether a call of modern failed that ran beside the one of legacy; it
// returns true as served does.
func (t *trial) beside(s orchestrator.Sample) bool {
	if s.Era != orchestrator.Modern || s.Noise {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirty = true
	normal, bad := rates(t.LegacyErrors, t.LegacyCalls, t.rules.ErrorFloor, t.rules.WorseBy)
	t.Errors.add(s.Err.Technical(), normal, bad)
	return t.look()
}

// leftAlone takes note that the breaker of modern has opened.
func (t *trial) leftAlone() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirty, t.LeftAlone = true, true
	t.look()
}

// compared weighs a comparison; it returns true as served does. A call of modern that
// failed is no difference: it is weighed among its errors.
func (t *trial) compared(p orchestrator.Pair, found orchestrator.ShadowRecord) bool {
	if found.Inconclusive || candidateFailed(p) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.dirty = true
	if p.Noise {
		t.NoiseCompared++
		if !found.Matched {
			t.NoiseDiffers++
		}
		return false
	}
	normal, bad := rates(t.NoiseDiffers, t.NoiseCompared, t.rules.MismatchFloor, t.rules.WorseBy)
	t.Mismatch.add(!found.Matched, normal, bad)
	return t.look()
}

// look condemns a bad release, once. The caller holds mu.
func (t *trial) look() bool {
	if !t.auto || !t.live || t.condemned.Load() || t.blame() == "" {
		return false
	}
	t.condemned.Store(true)
	return true
}

// blame says in a sentence why the release is bad; empty if it is not found to be. The
// caller holds mu.
func (t *trial) blame() string {
	switch {
	case t.LeftAlone && t.Errors.Failures == 0:
		return "The modern service keeps failing for others, so its circuit breaker opened and it gets no calls to be judged by."
	case t.LeftAlone:
		return fmt.Sprintf("%s of %s of modern failed (%s), of legacy %s did. The service keeps failing, so its circuit breaker opened.", amount(t.Errors.Failures), count(t.Errors.Calls, "call"), percent(t.Errors.Failures, t.Errors.Calls), ofCalls(t.LegacyErrors, t.LegacyCalls))
	case t.Errors.Peak >= t.rules.Alarm:
		return fmt.Sprintf("%s of %s of modern failed (%s), of legacy %s did.", amount(t.Errors.Failures), count(t.Errors.Calls, "call"), percent(t.Errors.Failures, t.Errors.Calls), ofCalls(t.LegacyErrors, t.LegacyCalls))
	case t.Mismatch.Peak >= t.rules.Alarm:
		return fmt.Sprintf("%s of %s differed from legacy (%s), which differs from itself in %s.", amount(t.Mismatch.Failures), count(t.Mismatch.Calls, "compared call"), percent(t.Mismatch.Failures, t.Mismatch.Calls), ofCalls(t.NoiseDiffers, t.NoiseCompared))
	case t.Slow.Peak >= t.rules.Alarm+slowAlarm:
		return fmt.Sprintf("%s of %s of modern were much slower than legacy (%s).", amount(t.Slow.Failures), count(t.Slow.Calls, "call"), percent(t.Slow.Failures, t.Slow.Calls))
	}
	return ""
}

func amount(n int) string { return fmt.Sprint(n) }

func ofCalls(k, n int) string {
	if n == 0 {
		return "none that could be counted"
	}
	return fmt.Sprintf("%d of %d (%s)", k, n, percent(k, n))
}

// judgement is what the judge thinks of a step at a moment.
type judgement struct {
	verdict, why string
	calls        int
	wait         time.Duration // that the step lasts at least
	spent        bool          // the calls of a step are used up, and left it open
}

// judge gives the verdict on the step; open is what keeps it from being good whatever
// the calls say, such as an open breaker.
func (t *trial) judge(now time.Time, open string) judgement {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := judgement{verdict: verdictInconclusive, calls: t.Served, wait: max(0, t.rules.MinTime-now.Sub(t.Since))}
	if why := t.blame(); why != "" {
		j.verdict, j.why = verdictBad, why
		return j
	}
	var missing []string
	if n := t.rules.MinCalls - j.calls; n > 0 {
		missing = append(missing, "another "+count(n, "call")+" of modern")
	}
	if j.wait > 0 {
		missing = append(missing, "another "+brief(j.wait))
	}
	switch unclear := t.unclear(); {
	case len(missing) > 0:
		j.why = "The step needs " + strings.Join(missing, " and ") + "."
	case open != "":
		j.why = open
	case unclear != "":
		j.why, j.spent = unclear, j.calls >= t.rules.MaxCalls
	default:
		j.verdict = verdictGood
		j.why = fmt.Sprintf("%s of %s of modern failed, of legacy %s did; %s.", amount(t.Errors.Failures), count(t.Errors.Calls, "call"), ofCalls(t.LegacyErrors, t.LegacyCalls), t.matched())
	}
	return j
}

// unclear says what the calls leave open; empty if nothing. The caller holds mu.
func (t *trial) unclear() string {
	switch {
	case t.Errors.Sum > -t.rules.Proof:
		return fmt.Sprintf("%s of %s of modern failed: too many to call it good, too few to call it bad.", amount(t.Errors.Failures), count(t.Errors.Calls, "call"))
	case t.Mismatch.Calls >= leaning && t.Mismatch.Sum > 0:
		return fmt.Sprintf("%s of %s differed from legacy: too many to call it good, too few to call it bad.", amount(t.Mismatch.Failures), count(t.Mismatch.Calls, "compared call"))
	case t.Slow.Calls >= leaning && t.Slow.Sum > 0:
		return fmt.Sprintf("%s of %s of modern were slow: too many to call it good, too few to call it bad.", amount(t.Slow.Failures), count(t.Slow.Calls, "call"))
	}
	return ""
}

// matched says how the comparisons came out. The caller holds mu.
func (t *trial) matched() string {
	if t.Mismatch.Calls == 0 {
		return "nothing could be compared"
	}
	return fmt.Sprintf("%d of %s were the same", t.Mismatch.Calls-t.Mismatch.Failures, count(t.Mismatch.Calls, "compared call"))
}

// slowLimit is the duration from which on a call of modern is slow; 0 if not enough
// is known of legacy.
func (t *tally) slowLimit(rules Rules) time.Duration {
	const refresh = 32
	t.mu.Lock()
	defer t.mu.Unlock()
	l := &t.legacy
	if len(l.ring) < knownLatencies {
		return 0
	}
	if l.limit == 0 || l.count-l.limitFor >= refresh {
		l.limit, l.limitFor = max(rules.SlowFloor, time.Duration(rules.SlowerBy*float64(l.quantile(0.95)))), l.count
	}
	return l.limit
}
