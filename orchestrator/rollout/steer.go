package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"banyan/orchestrator"
)

// trialOf returns what the judge knows of a rollout, nil if no judge looks at the
// intent. The caller holds mu.
func (c *Controller) trialOf(rec record) *trial {
	r := rec.Rollout
	if r == nil || r.State == stateAborted {
		delete(c.trials, rec.Intent)
		return nil
	}
	if r.State == stateDone && c.opts.Now().Sub(r.Since) > c.opts.Judge.WatchFor {
		return nil
	}
	t := c.trials[rec.Intent]
	if t == nil || t.Began != r.Began {
		t = &trial{rules: c.opts.Judge}
		t.Began, t.Since = r.Began, r.Since
		n := c.tallyOf(rec.Intent).snapshot()
		t.LegacyCalls, t.LegacyErrors = n.Legacy.Hour.within(c.opts.Now())
		t.NoiseCompared, t.NoiseDiffers = n.Shadow.NoiseCompared, n.Shadow.NoiseCompared-n.Shadow.NoiseMatched
		if s, ok := c.trialStates[rec.Intent]; ok && s.Began == r.Began {
			t.trialState = s
		}
		delete(c.trialStates, rec.Intent)
		c.trials[rec.Intent] = t
	}
	t.follow(r)
	return t
}

// work decides and saves, when it is woken and now and then, until ctx ends.
func (c *Controller) work(ctx context.Context) {
	tick := time.NewTicker(c.opts.SaveEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
			c.steer(ctx)
		case <-tick.C:
			c.steer(ctx)
			if err := c.save(ctx); err != nil && ctx.Err() == nil {
				c.opts.Logger.Warn("the statistics of the migration cannot be written now", "cause", err)
			}
		}
	}
}

// ongoing is a rollout that the judge looks at.
type ongoing struct {
	rec   record
	trial *trial
	open  string
}

// steer lets the judge decide about every rollout.
func (c *Controller) steer(ctx context.Context) {
	c.steering.Lock()
	defer c.steering.Unlock()
	for _, o := range c.ongoing() {
		c.decide(ctx, o)
	}
}

// ongoing lists what the judge looks at.
func (c *Controller) ongoing() []ongoing {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []ongoing
	for intent, t := range c.trials {
		rec := c.record(intent)
		if rec.Rollout == nil || c.entry(intent) == nil {
			continue
		}
		list = append(list, ongoing{rec, t, c.obstacle(intent)})
	}
	slices.SortFunc(list, func(a, b ongoing) int {
		if a.rec.Intent < b.rec.Intent {
			return -1
		}
		return 1
	})
	return list
}

// obstacle says what keeps an intent from being promoted whatever its calls say. The
// caller holds mu.
func (c *Controller) obstacle(intent string) string {
	e := c.entry(intent)
	switch o := e.Offer(orchestrator.Modern); {
	case o == nil:
		return "No modern service offers it at the moment."
	case !c.breakerOf(o).closed():
		return "The modern service keeps failing and is left alone."
	case len(c.problems[intent]) > 0 && !c.record(intent).forced():
		return "The modern service does not keep the contract."
	}
	return ""
}

// decide does what the judge thinks right about one rollout, or only says it.
func (c *Controller) decide(ctx context.Context, o ongoing) {
	r := o.rec.Rollout
	now := c.opts.Now()
	if r.State == stateDone && now.Sub(r.Since) > c.opts.Judge.WatchFor {
		c.mu.Lock()
		if c.trials[o.rec.Intent] == o.trial {
			c.rebuild()
			delete(c.trials, o.rec.Intent)
		}
		c.mu.Unlock()
		return
	}
	j := o.trial.judge(now, o.open)
	if r.Mode != orchestrator.RolloutAuto {
		c.advise(o, j)
		return
	}
	by := orchestrator.Actor{Why: j.why}
	switch {
	case j.verdict == verdictBad:
		c.act(ctx, o, true, func(rec record, def orchestrator.Route) record {
			next := rec.abort(causeAbort, by, def, now)
			next.Rollout.Verdict = verdictBad
			return next
		})
	case r.State != stateRunning:
	case j.verdict == verdictGood && r.Step == len(r.Steps)-1 && r.Steps[r.Step] < 100:
		c.act(ctx, o, false, func(rec record, _ orchestrator.Route) record { return rec.hold(stateDone, verdictGood, j.why, now) })
	case j.verdict == verdictGood:
		c.act(ctx, o, false, func(rec record, def orchestrator.Route) record {
			return rec.promote(causeJudge, by, def, now)
		})
	case j.spent:
		c.act(ctx, o, false, func(rec record, _ orchestrator.Route) record {
			return rec.hold(statePaused, verdictInconclusive, j.why, now)
		})
	}
}

// errMoved means that the rollout is not any more where it was when the judge decided.
var errMoved = errors.New("the rollout has moved on")

// act makes a change that was decided about a rollout as it was. If it is not so any
// more, the decision is dropped; one that wins over everything only if that rollout is
// over.
func (c *Controller) act(ctx context.Context, o ongoing, wins bool, change func(record, orchestrator.Route) record) {
	def, err := c.known(o.rec.Intent)
	if err != nil {
		return
	}
	_, err = c.alter(ctx, o.rec.Intent, func(_, now record) (record, error) {
		r, was := now.Rollout, o.rec.Rollout
		same := r != nil && r.Began == was.Began && r.State != stateAborted
		if !same || !wins && (now.number() != o.rec.number() || r.State != was.State || !r.Since.Equal(was.Since)) {
			return record{}, errMoved
		}
		return change(now, def), nil
	})
	if err != nil && !errors.Is(err, errMoved) && ctx.Err() == nil {
		c.opts.Logger.Error("what the judge decided cannot be stored", "intent", o.rec.Intent, "cause", err)
	}
}

// advise says what the judge would do, once.
func (c *Controller) advise(o ongoing, j judgement) {
	would := ""
	switch {
	case j.verdict == verdictBad:
		would = "abort"
	case j.verdict == verdictGood && o.rec.Rollout.State == stateRunning:
		would = "promote"
	case j.spent:
		would = "pause"
	}
	said := fmt.Sprint(o.rec.number(), would)
	o.trial.mu.Lock()
	again := o.trial.said == said
	o.trial.said = said
	o.trial.mu.Unlock()
	if would != "" && !again {
		c.opts.OnChange(fmt.Sprintf("The judge would %s %s at %s. %s", would, o.rec.Intent, routeWords(o.rec.current(orchestrator.Route{}).Route), j.why))
	}
}

// rolloutStatus is what the judge thinks now. The caller holds mu.
func (c *Controller) rolloutStatus(rec record, now time.Time) *orchestrator.RolloutStatus {
	r := rec.Rollout
	st := &orchestrator.RolloutStatus{
		Mode: r.Mode, State: r.State, Steps: slices.Clone(r.Steps), Step: r.Step, Since: r.Since,
		Needed: c.opts.Judge.MinCalls, Verdict: r.Verdict, Why: r.Why,
	}
	t := c.trials[rec.Intent]
	if t == nil || r.State == stateAborted {
		return st
	}
	j := t.judge(now, c.obstacle(rec.Intent))
	st.Calls, st.Wait = j.calls, j.wait
	if r.State == stateRunning || j.verdict == verdictBad || st.Why == "" {
		st.Verdict, st.Why = j.verdict, j.why
	}
	if r.State == stateDone && j.verdict != verdictBad {
		st.Verdict, st.Wait = verdictGood, 0
		st.Why = fmt.Sprintf("All steps are done. It is watched for another %s.", brief(max(0, c.opts.Judge.WatchFor-now.Sub(r.Since))))
	}
	return st
}
