package rollout

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"banyan/orchestrator"
)

// ReadyRules say what the report asks of an intent before legacy can be retired. The
// zero value is a sensible one.
type ReadyRules struct {
	// Quiet is how long legacy must not have been called, or, if it never was, how long
	// that must have been watched (7 days); Calls is how often modern must have been
	// called since (100).
	Quiet time.Duration
	Calls int
	// MatchRate is the least share of comparisons that were the same, after legacy's own
	// noise was taken off (0.99), of at least Compared of them (50).
	MatchRate float64
	Compared  int
	// ErrorRate is the highest share of modern's calls of the last hour that may fail
	// (0.01).
	ErrorRate float64
}

func (r ReadyRules) withDefaults() ReadyRules {
	r.Quiet = cmp.Or(r.Quiet, 7*24*time.Hour)
	r.Calls = cmp.Or(r.Calls, 100)
	r.MatchRate = cmp.Or(r.MatchRate, 0.99)
	r.Compared = cmp.Or(r.Compared, 50)
	r.ErrorRate = cmp.Or(r.ErrorRate, 0.01)
	return r
}

// Report is that of orchestrator.Migration. A call that legacy answered because modern
// failed counts as a call of legacy like any other.
func (c *Controller) Report(ctx context.Context) (orchestrator.MigrationReport, error) {
	st, err := c.Status(ctx)
	if err != nil {
		return orchestrator.MigrationReport{}, err
	}
	r := orchestrator.MigrationReport{At: st.At, Status: st}
	for _, one := range st.Intents {
		c.mu.Lock()
		n := c.tallyOf(one.Intent).snapshot()
		c.mu.Unlock()
		ir := c.opts.Ready.assess(one, n, st.Sync, st.At)
		if ir.Ready {
			r.Ready++
		}
		r.Intents = append(r.Intents, ir)
	}
	return r, nil
}

// assess says whether legacy can be retired for an intent: what is missing if not, the
// evidence if so.
func (r ReadyRules) assess(st orchestrator.IntentStatus, n numbers, sync *orchestrator.SyncStatus, now time.Time) orchestrator.IntentReport {
	ir := orchestrator.IntentReport{Intent: st.Intent, Route: st.Version.Route}
	switch {
	case st.Modern == nil:
		ir.Why = []string{"It has no modern home: legacy is the only one that offers it."}
		return ir
	case st.Legacy == nil:
		ir.Why = []string{"Legacy does not offer it, so there is nothing to retire."}
		return ir
	}
	var good, missing []string
	check := func(ok bool, what string) {
		if ok {
			good = append(good, what)
		} else {
			missing = append(missing, what)
		}
	}
	switch st.Version.Route.Kind {
	case orchestrator.RouteModern:
		check(true, "Modern serves everybody.")
	case orchestrator.RouteRetired:
		check(true, "It is retired already.")
	default:
		check(false, fmt.Sprintf("Its route is %s, so legacy still serves it.", routeWords(st.Version.Route)))
	}
	if st.Version.Route.Kind != orchestrator.RouteRetired {
		check(r.quiet(st, n, now))
	}
	check(n.Since >= r.Calls, fmt.Sprintf("%s of modern since then, %d are asked for.", count(n.Since, "call"), r.Calls))
	check(r.match(st.Shadow))
	check(float64(st.Modern.RecentErrors) <= r.ErrorRate*float64(st.Modern.Recent),
		fmt.Sprintf("%d of modern's %s in the last hour failed, %d of %d since counting began.", st.Modern.RecentErrors, count(st.Modern.Recent, "call"), st.Modern.Errors, st.Modern.Calls))
	for _, problem := range st.Contract {
		check(false, "The contract is not kept: "+problem)
	}
	if len(st.Contract) == 0 {
		check(true, "Modern keeps the contract of legacy.")
	}
	if sync != nil {
		check(sync.Pending == 0, fmt.Sprintf("%s of data not applied on the other side yet; %s so far, decided by the system of record.", count(sync.Pending, "change"), count(sync.Conflicts, "conflict")))
	}
	ir.Ready, ir.Why = len(missing) == 0, missing
	if ir.Ready {
		ir.Why = good
	}
	return ir
}

// quiet says how long legacy was not called.
func (r ReadyRules) quiet(st orchestrator.IntentStatus, n numbers, now time.Time) (ok bool, what string) {
	since, verb := st.Legacy.Last, "The last legacy call was"
	if since.IsZero() {
		since, verb = n.Began, "There was no legacy call since counting began"
	}
	age := now.Sub(since)
	if age >= r.Quiet {
		return true, fmt.Sprintf("%s %s ago.", verb, brief(age))
	}
	more := ""
	if st.Legacy.Fallbacks > 0 {
		more = fmt.Sprintf(" %s of legacy stood in for modern.", count(st.Legacy.Fallbacks, "call"))
	}
	return false, fmt.Sprintf("%s %s ago, %s without one are asked for.%s", verb, brief(age), brief(r.Quiet), more)
}

// match says how the comparisons came out, legacy's own noise taken off.
func (r ReadyRules) match(s orchestrator.ShadowStatus) (ok bool, what string) {
	if tried := s.Compared + s.Failed; s.Failed > 0 && float64(s.Failed) > r.ErrorRate*float64(tried) {
		return false, fmt.Sprintf("Beside legacy, %s of modern failed.", ofCalls(s.Failed, tried))
	}
	if s.Compared < r.Compared {
		return false, fmt.Sprintf("%s with this release, %d are asked for.", count(s.Compared, "comparison"), r.Compared)
	}
	rate := float64(s.Matched) / float64(s.Compared)
	if s.NoiseCompared > 0 {
		rate = min(1, rate+1-float64(s.NoiseMatched)/float64(s.NoiseCompared))
	}
	what = fmt.Sprintf("%d of %s were the same (%s).", s.Matched, count(s.Compared, "comparison"), percent(s.Matched, s.Compared))
	if s.NoiseCompared > 0 {
		what = fmt.Sprintf("%s Legacy gave the same answer twice in %s.", what, ofCalls(s.NoiseMatched, s.NoiseCompared))
	}
	return rate >= r.MatchRate, what
}
