package rollout

import (
	"cmp"
	"context"
	"time"

	"banyan/orchestrator"
)

// Rules say when a canary moves on.
type Rules struct {
	// MinCalls and MinTime are what a step takes at least (50, 5 min).
	MinCalls int
	MinTime  time.Duration
}

func (r Rules) withDefaults() Rules {
	r.MinCalls = cmp.Or(r.MinCalls, 50)
	r.MinTime = cmp.Or(r.MinTime, 5*time.Minute)
	return r
}

type trial struct{}

func (t *trial) served(orchestrator.Sample, *tally) bool                    { return false }
func (t *trial) compared(orchestrator.Pair, orchestrator.ShadowRecord) bool { return false }
func (c *Controller) trialOf(record) *trial                                 { return nil }
func (c *Controller) steer(context.Context)                                 {}
func (c *Controller) work(ctx context.Context)                              { <-ctx.Done() }
func (c *Controller) save(context.Context) error                            { return nil }
func (c *Controller) loadStatistics(context.Context) error                  { return nil }
func (c *Controller) rolloutStatus(rec record, _ time.Time) *orchestrator.RolloutStatus {
	r := rec.Rollout
	return &orchestrator.RolloutStatus{Mode: r.Mode, State: r.State, Steps: r.Steps, Step: r.Step, Since: r.Since, Verdict: r.Verdict, Why: r.Why}
}

// ReadyRules say what the report asks of an intent before legacy can be retired.
type ReadyRules struct {
	Days      int
	Calls     int
	MatchRate float64
	Compared  int
}

func (r ReadyRules) withDefaults() ReadyRules { return r }

// Report is that of orchestrator.Migration.
func (c *Controller) Report(context.Context) (orchestrator.MigrationReport, error) {
	return orchestrator.MigrationReport{}, orchestrator.Errorf(orchestrator.CodeInternal, "There is no report yet. Nothing was changed. Look at the status instead.")
}
