package rollout

import (
	"slices"
	"time"

	"banyan/orchestrator"
)

// record is everything about the route of one intent that lasts. A record is never
// changed: each of its methods that says what happens next returns another one. They
// are the state machine of a rollout; they know neither clock nor store.
type record struct {
	Intent   string    `json:"intent"`
	Versions []version `json:"versions"` // oldest first, never empty once stored, at most maxVersions
	// Stable is the route to return to when the migration of the intent is aborted: the
	// last one by which legacy served everybody.
	Stable  orchestrator.Route `json:"stable"`
	Rollout *rollout           `json:"rollout,omitempty"`
}

// version is a RouteVersion with what undoing it needs.
type version struct {
	orchestrator.RouteVersion
	Force  bool               `json:"force,omitempty"`
	Stable orchestrator.Route `json:"stable"`
	// Restores is, of an undo, the version that holds again; 0 is the default.
	Restores int `json:"restores,omitempty"`
}

// rollout is a canary that a judge looks at.
type rollout struct {
	Began   int                      `json:"began"` // the version that it began with
	Mode    orchestrator.RolloutMode `json:"mode"`
	State   string                   `json:"state"`
	Steps   []int                    `json:"steps"`
	Step    int                      `json:"step"`
	Since   time.Time                `json:"since"` // when the step began
	Verdict string                   `json:"verdict,omitempty"`
	Why     string                   `json:"why,omitempty"`
}

// The states of a rollout.
const (
	stateRunning = "running"
	statePaused  = "paused"
	stateDone    = "done"
	stateAborted = "aborted"
)

// The causes of a version.
const (
	causeSet     = "set"
	causePromote = "promote"
	causeAbort   = "abort"
	causeUndo    = "undo"
	causeJudge   = "judge"
	causeDefault = "default"
)

// maxVersions bounds the history of one intent; the oldest are forgotten first.
const maxVersions = 500

var (
	legacyRoute = orchestrator.Route{Kind: orchestrator.RouteLegacy}
	shadowRoute = orchestrator.Route{Kind: orchestrator.RouteShadow}
	modernRoute = orchestrator.Route{Kind: orchestrator.RouteModern}
)

// servedByLegacy tells whether the route gives nobody to modern.
func servedByLegacy(r orchestrator.Route) bool {
	return r.Kind == orchestrator.RouteLegacy || r.Kind == orchestrator.RouteShadow
}

// current is the version that holds; without any it is the default route.
func (r record) current(byDefault orchestrator.Route) orchestrator.RouteVersion {
	if len(r.Versions) == 0 {
		return orchestrator.RouteVersion{Intent: r.Intent, Route: byDefault, Before: byDefault, Cause: causeDefault}
	}
	v := r.Versions[len(r.Versions)-1].RouteVersion
	if v.Cause == causeDefault {
		v.Route = byDefault
	}
	return v
}

// number is that of the current version.
func (r record) number() int { return r.current(orchestrator.Route{}).Version }

// forced tells whether the route holds even if modern breaks the contract.
func (r record) forced() bool {
	return len(r.Versions) > 0 && r.Versions[len(r.Versions)-1].Force
}

// set tells whether somebody has set the route, and not back to the default since.
func (r record) set() bool {
	return len(r.Versions) > 0 && r.Versions[len(r.Versions)-1].Cause != causeDefault
}

// stable is where an abort leads.
func (r record) stable() orchestrator.Route {
	if r.Stable.Kind == "" {
		return legacyRoute
	}
	return r.Stable
}

// to returns the record with another route.
func (r record) to(route, byDefault orchestrator.Route, cause string, by orchestrator.Actor, at time.Time) record {
	before := r.current(byDefault)
	next := r
	switch {
	case servedByLegacy(before.Route) && !servedByLegacy(route):
		next.Stable = before.Route
	case servedByLegacy(route):
		next.Stable = legacyRoute
	default:
		next.Stable = r.stable()
	}
	if len(r.Versions) > 0 && at.Before(before.At) { // the clock was put back
		at = before.At
	}
	v := version{RouteVersion: orchestrator.RouteVersion{
		Intent: r.Intent, Version: before.Version + 1, Route: route, Before: before.Route, By: by, At: at, Cause: cause,
	}, Stable: next.Stable}
	kept := r.Versions
	if len(kept) >= maxVersions {
		kept = kept[len(kept)-maxVersions+1:]
	}
	next.Versions = append(slices.Clone(kept), v)
	return next
}

// force marks the current version as one that holds whatever the contract says.
func (r record) force(on bool) record {
	if !on || len(r.Versions) == 0 {
		return r
	}
	r.Versions = slices.Clone(r.Versions)
	r.Versions[len(r.Versions)-1].Force = true
	return r
}

// change does what SetRoute says.
func (r record) change(c orchestrator.RouteChange, byDefault orchestrator.Route, at time.Time) record {
	next := r.to(c.Route, byDefault, causeSet, c.By, at).force(c.Force)
	next.Rollout = nil
	if c.Route.Kind == orchestrator.RouteCanary && c.Rollout != "" {
		steps := stepsWith(c.Steps, c.Route.Percent)
		next.Rollout = &rollout{Began: next.number(), Mode: c.Rollout, State: stateRunning, Steps: steps, Step: slices.Index(steps, c.Route.Percent), Since: at}
	}
	return next
}

// usualSteps are the percentages of a canary if nobody says others.
func usualSteps() []int { return []int{10, 25, 50, 100} }

// stepsWith returns the steps, the usual ones if there are none, with that percentage
// among them.
func stepsWith(steps []int, percent int) []int {
	if len(steps) == 0 {
		steps = usualSteps()
	}
	steps = slices.Clone(steps)
	if !slices.Contains(steps, percent) {
		steps = append(steps, percent)
		slices.Sort(steps)
	}
	return steps
}

// ahead is the route of the next stage. ok is false if there is none.
func (r record) ahead(byDefault orchestrator.Route) (next orchestrator.Route, ok bool) {
	now := r.current(byDefault).Route
	switch now.Kind {
	case orchestrator.RouteLegacy:
		return shadowRoute, true
	case orchestrator.RouteShadow:
		return orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: usualSteps()[0]}, true
	case orchestrator.RouteCanary:
		steps := usualSteps()
		if r.Rollout != nil {
			steps = r.Rollout.Steps
		}
		for _, s := range steps {
			if s > now.Percent {
				return orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: s}, true
			}
		}
		return modernRoute, true
	default:
		return now, false
	}
}

// promote moves to the next stage; the record is returned as it is if there is none. A
// canary that a person begins by promoting is looked at by a judge that only advises.
func (r record) promote(cause string, by orchestrator.Actor, byDefault orchestrator.Route, at time.Time) record {
	route, ok := r.ahead(byDefault)
	if !ok {
		return r
	}
	next := r.to(route, byDefault, cause, by, at).force(r.forced())
	switch {
	case route.Kind != orchestrator.RouteCanary && r.Rollout != nil:
		next.Rollout = r.Rollout.at(stateDone, r.Rollout.Step, at)
	case route.Kind == orchestrator.RouteCanary && r.Rollout != nil && r.Rollout.State != stateAborted && r.Rollout.State != stateDone:
		next.Rollout = r.Rollout.at(stateRunning, slices.Index(r.Rollout.Steps, route.Percent), at)
	case route.Kind == orchestrator.RouteCanary:
		steps := stepsWith(nil, route.Percent)
		next.Rollout = &rollout{Began: next.number(), Mode: orchestrator.RolloutManual, State: stateRunning, Steps: steps, Step: slices.Index(steps, route.Percent), Since: at}
	}
	return next
}

// abort returns to the stable route. Where that holds already only the rollout ends.
func (r record) abort(cause string, by orchestrator.Actor, byDefault orchestrator.Route, at time.Time) record {
	next := r
	if r.current(byDefault).Route != r.stable() {
		next = r.to(r.stable(), byDefault, cause, by, at)
	}
	if r.Rollout != nil {
		next.Rollout = r.Rollout.at(stateAborted, r.Rollout.Step, at)
		next.Rollout.Verdict, next.Rollout.Why = r.Rollout.Verdict, by.Why
	}
	return next
}

// numbered returns a version, nil if there is none or it is forgotten.
func (r record) numbered(n int) *version {
	i := slices.IndexFunc(r.Versions, func(v version) bool { return v.Version == n })
	if i < 0 {
		return nil
	}
	return &r.Versions[i]
}

// undoes finds the change that an undo would take back: the last one that was not
// taken back yet. nil if there is none.
func (r record) undoes() *version {
	v := r.numbered(r.number())
	if v != nil && v.Cause == causeUndo {
		v = r.numbered(v.Restores)
	}
	return v
}

// undo takes back the last change that was not taken back yet; the record is returned
// as it is if there is none. A rollout does not go on by itself after that.
func (r record) undo(by orchestrator.Actor, byDefault orchestrator.Route, at time.Time) record {
	last := r.undoes()
	if last == nil {
		return r
	}
	next := r.to(last.Before, byDefault, causeUndo, by, at)
	restored := r.numbered(last.Version - 1)
	if restored != nil && restored.Cause == causeUndo {
		restored = r.numbered(restored.Restores)
	}
	if restored != nil {
		next = next.force(restored.Force)
		next.Versions[len(next.Versions)-1].Restores = restored.Version
	}
	next.Rollout = nil
	if last.Before.Kind == orchestrator.RouteCanary && r.Rollout != nil {
		steps := stepsWith(r.Rollout.Steps, last.Before.Percent)
		next.Rollout = &rollout{Began: next.number(), Mode: r.Rollout.Mode, State: statePaused, Steps: steps, Step: slices.Index(steps, last.Before.Percent), Since: at, Why: "The last change was taken back."}
	}
	return next
}

// same tells whether a change would leave everything as somebody has set it.
func (r record) same(c orchestrator.RouteChange) bool {
	now := r.current(orchestrator.Route{})
	if !r.set() || now.Route != c.Route || r.forced() != c.Force {
		return false
	}
	if c.Rollout == "" {
		return !r.under()
	}
	return r.under() && r.Rollout.State == stateRunning && r.Rollout.Mode == c.Rollout && len(c.Steps) == 0
}

// hold puts a running rollout on hold or lets a held one go on; a step that goes on
// begins anew.
func (r record) hold(state, verdict, why string, at time.Time) record {
	next := r
	next.Rollout = r.Rollout.at(state, r.Rollout.Step, at)
	next.Rollout.Verdict, next.Rollout.Why = verdict, why
	return next
}

// under tells whether a rollout is running or paused.
func (r record) under() bool {
	return r.Rollout != nil && (r.Rollout.State == stateRunning || r.Rollout.State == statePaused)
}

// at returns the rollout in another state or step.
func (r *rollout) at(state string, step int, at time.Time) *rollout {
	next := *r
	if state != r.State || step != r.Step {
		next.Verdict, next.Why = "", ""
	}
	next.State, next.Step, next.Since = state, step, at
	return &next
}
