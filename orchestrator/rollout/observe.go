package rollout

import (
	"errors"
	"time"

	"banyan/orchestrator"
)

// Observe counts how a call went, see orchestrator.Router. It adds to counters in
// memory; what the judge and the breakers conclude is stored and told by others.
func (c *Controller) Observe(s orchestrator.Sample) {
	l := c.table.Load().lines[s.Intent]
	if l == nil {
		return
	}
	if b := l.breakerFor(s); b != nil && aboutService(s.Err) {
		b.record(s.Err.Technical(), s.At)
	}
	if stopped(s.Err) {
		return
	}
	if !s.Noise {
		l.tally.took(s)
	}
	if s.Shadow || s.Noise {
		if l.trial != nil && aboutService(s.Err) && l.trial.beside(s) {
			c.nudge()
		}
		return
	}
	l.tally.served(s)
	c.burn.add(s.At, s.Era)
	if l.trial != nil && l.trial.served(s, l.tally) {
		c.nudge()
	}
}

// breakerFor returns the breaker of the service that was called; nil if the service
// does not offer the intent any more.
func (l *line) breakerFor(s orchestrator.Sample) *breaker {
	for _, b := range []*breaker{l.legacy, l.modern} {
		if b != nil && b.era == s.Era && b.service == s.Service {
			return b
		}
	}
	return nil
}

// aboutService tells whether the outcome says how the service is: it failed, or it
// answered. A call that was stopped or that was not allowed says nothing.
func aboutService(err *orchestrator.Error) bool {
	return err == nil || err.Code != orchestrator.CodeCancelled && err.Code != orchestrator.CodeDenied
}

func stopped(err *orchestrator.Error) bool {
	return err != nil && err.Code == orchestrator.CodeCancelled
}

// Stamp is Options.Moved, see orchestrator.ShadowJudge.
func (c *Controller) Stamp(who string) uint64 {
	if c.opts.Moved == nil {
		return 0
	}
	return c.opts.Moved(who)
}

// Compare judges a pair, counts it, and keeps what differs, see
// orchestrator.ShadowJudge.
func (c *Controller) Compare(p orchestrator.Pair) orchestrator.ShadowRecord {
	found := orchestrator.ShadowRecord{Inconclusive: true, Class: "uncompared"}
	if c.opts.Compare != nil {
		found = c.opts.Compare(p)
	}
	if p.Candidate.Era == orchestrator.Legacy && p.Candidate.Err.Technical() {
		// The side that is measured against gave no answer to measure by.
		found.Matched, found.Inconclusive = false, true
	}
	l := c.table.Load().lines[p.Entry.Name]
	if l == nil {
		return found
	}
	l.tally.compared(l.release, p, found)
	if !found.Matched && !found.Inconclusive {
		c.found.add(mismatchOf(p, found))
	}
	if l.trial != nil && l.trial.compared(p, found) {
		c.nudge()
	}
	return found
}

// candidateFailed tells whether a pair cannot be compared because modern, asked beside
// legacy, failed or was too slow. That is an error of modern, and no difference.
func candidateFailed(p orchestrator.Pair) bool {
	err := p.Candidate.Err
	return !p.Noise && p.Candidate.Era == orchestrator.Modern && err.Technical() && !errors.Is(err, orchestrator.ErrNotSent) && !p.Primary.Err.Technical()
}

// sideAnswer is an answer in the form that is kept.
func sideAnswer(a orchestrator.Answer) orchestrator.SideAnswer {
	return orchestrator.SideAnswer{Era: a.Era, Service: a.Service, Result: a.Result.Data, State: a.Result.State, Error: a.Err, MS: float64(a.Duration) / float64(time.Millisecond)}
}
