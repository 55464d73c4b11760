package tui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"banyan/orchestrator"
)

// fakeMigration is a migration with an intent in every state. It counts its calls
// and writes down what was changed.
type fakeMigration struct {
	callCounter
	now func() time.Time

	mu     sync.Mutex // guards what follows
	status orchestrator.MigrationStatus
	list   []orchestrator.Mismatch
	did    []string
	last   orchestrator.RouteChange
	err    error // what every change ends with
	broken error // what every question ends with
	asked  int
}

func (f *fakeMigration) side(service string, calls, failed, recent, recentFailed int, p50, p95 float64, last time.Duration) *orchestrator.SideStatus {
	version := "1.0.0"
	if service == "monolith" {
		version = "9.4.2"
	}
	return &orchestrator.SideStatus{
		Service: service, Version: version, Calls: calls, Errors: failed, Last: f.now().Add(-last), P50MS: p50, P95MS: p95, Recent: recent, RecentErrors: recentFailed,
	}
}

func newFakeMigration(now func() time.Time) *fakeMigration {
	f := &fakeMigration{now: now}
	day := 24 * time.Hour
	version := func(intent, route string, n int, by, why, cause string) orchestrator.RouteVersion {
		r, err := orchestrator.ParseRoute(route)
		if err != nil {
			panic(err)
		}
		return orchestrator.RouteVersion{Intent: intent, Version: n, Route: r, By: orchestrator.Actor{Email: by, Why: why}, At: now().Add(-2 * time.Hour), Cause: cause}
	}
	f.status = orchestrator.MigrationStatus{
		At: now(), Modern: 5, Live: 2,
		Services: []orchestrator.NodeStatus{
			{Service: "monolith", Version: "9.4.2", Era: orchestrator.Legacy, Breaker: "closed", Share: 1},
			{Service: "order", Version: "1.0.0", Era: orchestrator.Modern, Breaker: "closed", Share: 1},
			{Service: "shipping", Version: "1.0.0", Era: orchestrator.Modern, Breaker: "closed", Share: 1},
		},
		Intents: []orchestrator.IntentStatus{
			{
				Intent: "cancel_order", Summary: "Cancel an order that has not shipped", Effect: orchestrator.Destructive,
				Version: version("cancel_order", "canary=25", 3, "sam@example.com", "it looks good", "set"),
				Legacy:  f.side("monolith", 1200, 2, 752, 0, 150, 181, 10*time.Second), Modern: f.side("order", 260, 1, 248, 1, 3, 4, 5*time.Second),
				Shadow: orchestrator.ShadowStatus{Compared: 1204, Matched: 1193, Inconclusive: 2, Classes: map[string]int{"value": 8, "missing": 3}, NoiseCompared: 200, NoiseMatched: 199},
				Rollout: &orchestrator.RolloutStatus{
					Mode: orchestrator.RolloutAuto, State: "running", Steps: []int{10, 25, 50, 100}, Step: 1, Since: now().Add(-time.Hour),
					Calls: 34, Needed: 100, Wait: 2 * time.Minute, Verdict: "inconclusive", Why: "66 more calls are needed.",
				},
			},
			{
				Intent: "get_loyalty_points", Summary: "Tell your loyalty points", Effect: orchestrator.Read,
				Version: orchestrator.RouteVersion{Intent: "get_loyalty_points", Route: orchestrator.Route{Kind: orchestrator.RouteLegacy}, Cause: "default"},
				Legacy:  f.side("monolith", 40, 0, 12, 0, 190, 212, 20*time.Minute),
			},
			{
				Intent: "list_orders", Summary: "List your orders", Effect: orchestrator.Read,
				Version: version("list_orders", "modern", 5, "", "", "judge"),
				Legacy:  f.side("monolith", 9000, 3, 0, 0, 150, 164, 3*day), Modern: f.side("order", 12_000, 0, 310, 0, 2, 3, time.Second),
				Shadow: orchestrator.ShadowStatus{Compared: 8000, Matched: 7998, Classes: map[string]int{"order": 2}},
			},
			{
				Intent: "request_return", Summary: "Send something back", Effect: orchestrator.Write,
				Version:  version("request_return", "legacy", 2, "sam@example.com", "", "abort"),
				Legacy:   f.side("monolith", 90, 1, 9, 0, 180, 212, time.Hour),
				Modern:   f.side("order", 0, 0, 0, 0, 0, 0, 0),
				Contract: []string{"The result has no field refund.", "The parameter reason is required by modern alone."},
			},
			{
				Intent: "track_shipment", Summary: "Tell where a parcel is", Effect: orchestrator.Read,
				Version: version("track_shipment", "shadow", 1, "sam@example.com", "", "set"),
				Legacy:  f.side("monolith", 400, 1, 60, 1, 110, 140, 30*time.Second), Modern: f.side("shipping", 0, 0, 0, 0, 4, 6, 0),
				Shadow: orchestrator.ShadowStatus{Compared: 360, Matched: 320, Inconclusive: 4, Classes: map[string]int{"value": 30, "timeout": 10}},
			},
			{
				Intent: "update_phone", Summary: "Change your phone number", Effect: orchestrator.Write,
				Version: version("update_phone", "retired", 9, "sam@example.com", "", "set"),
				Legacy:  f.side("monolith", 90, 1, 0, 0, 110, 140, 9*day), Modern: f.side("order", 300, 0, 6, 0, 4, 6, time.Minute),
			},
		},
	}
	for i := range 60 {
		f.status.BurnDown = append(f.status.BurnDown, orchestrator.BurnPoint{At: now().Add(time.Duration(i-59) * time.Minute), Legacy: max(60-i, 4), Modern: i})
	}
	f.list = []orchestrator.Mismatch{
		{
			ID: "m2", At: now().Add(-time.Minute), Intent: "track_shipment", Who: "ada@example.com", Args: map[string]any{"order_id": "1002"},
			Found:     orchestrator.ShadowRecord{Class: "value", Differences: []orchestrator.Difference{{Path: "due", Class: "value", Primary: "2026-11-23", Candidate: "2026-11-24"}, {Path: "events[0].place", Class: "missing", Primary: "Oslo"}}},
			Primary:   orchestrator.SideAnswer{Era: orchestrator.Legacy, Service: "monolith", Result: map[string]any{"due": "2026-11-23", "status": "on its way"}, MS: 120},
			Candidate: orchestrator.SideAnswer{Era: orchestrator.Modern, Service: "shipping", Result: map[string]any{"due": "2026-11-24", "status": "on its way"}, MS: 4},
		},
		{
			ID: "m1", At: now().Add(-time.Hour), Intent: "track_shipment", Found: orchestrator.ShadowRecord{Class: "timeout"},
			Primary:   orchestrator.SideAnswer{Era: orchestrator.Legacy, Service: "monolith", Result: map[string]any{"due": "2026-11-23"}, MS: 120},
			Candidate: orchestrator.SideAnswer{Era: orchestrator.Modern, Service: "shipping", Error: &orchestrator.Error{Code: "timeout", Message: "It took too long."}, MS: 900},
		},
	}
	return f
}

func (f *fakeMigration) Status(context.Context) (orchestrator.MigrationStatus, error) {
	f.called()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	s := f.status
	s.At = f.now()
	s.Faults = append([]orchestrator.Fault(nil), s.Faults...)
	s.Intents = append([]orchestrator.IntentStatus(nil), s.Intents...)
	return s, f.broken
}

// change writes a change down.
func (f *fakeMigration) change(what, about string, by orchestrator.Actor) error {
	f.called()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	f.did = append(f.did, strings.TrimSpace(what+" "+about)+" by "+by.Email+strings.TrimRight(" "+by.Why, " "))
	return nil
}

func (f *fakeMigration) SetRoute(_ context.Context, c orchestrator.RouteChange) (orchestrator.RouteVersion, error) {
	about := c.Intent + " " + c.Route.String()
	if c.Rollout != "" {
		about += " " + string(c.Rollout)
	}
	if c.Force {
		about += " force"
	}
	err := f.change("set", about, c.By)
	f.mu.Lock()
	defer f.mu.Unlock()
	v := orchestrator.RouteVersion{Intent: c.Intent, Route: c.Route, Version: 4, At: f.now(), Cause: "set", By: c.By}
	for i := range f.status.Intents {
		if s := &f.status.Intents[i]; s.Intent == c.Intent && err == nil {
			v.Before = s.Version.Route
			s.Version = v
		}
	}
	f.last = c
	return v, err
}

func (f *fakeMigration) step(what, intent string, to orchestrator.RouteKind, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return orchestrator.RouteVersion{Intent: intent, Route: orchestrator.Route{Kind: to}, Version: 4}, f.change(what, intent, by)
}

func (f *fakeMigration) Promote(_ context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return f.step("promote", intent, orchestrator.RouteModern, by)
}

func (f *fakeMigration) Abort(_ context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return f.step("abort", intent, orchestrator.RouteLegacy, by)
}

func (f *fakeMigration) UndoRoute(_ context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return f.step("undo", intent, orchestrator.RouteShadow, by)
}

func (f *fakeMigration) Pause(_ context.Context, intent string, by orchestrator.Actor) error {
	err := f.change("pause", intent, by)
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.status.Intents {
		if s := &f.status.Intents[i]; s.Intent == intent && s.Rollout != nil && err == nil {
			r := *s.Rollout
			r.State, s.Rollout = "paused", &r
		}
	}
	return err
}

func (f *fakeMigration) Resume(_ context.Context, intent string, by orchestrator.Actor) error {
	return f.change("resume", intent, by)
}

func (f *fakeMigration) History(_ context.Context, intent string) ([]orchestrator.RouteVersion, error) {
	f.called()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range f.status.Intents {
		if i.Intent == intent && i.Version.Version > 0 {
			return []orchestrator.RouteVersion{i.Version}, f.broken
		}
	}
	return nil, f.broken
}

func (f *fakeMigration) Explain(_ context.Context, intent, who string) (orchestrator.Explanation, error) {
	f.called()
	f.mu.Lock()
	defer f.mu.Unlock()
	return orchestrator.Explanation{Intent: intent, Who: who, Text: fmt.Sprintf("A call of %s about %s goes to modern.", intent, who)}, f.broken
}

func (f *fakeMigration) Mismatches(_ context.Context, intent string, n int) ([]orchestrator.Mismatch, error) {
	f.called()
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []orchestrator.Mismatch
	for _, x := range f.list {
		if (intent == "" || x.Intent == intent) && len(out) < n {
			out = append(out, x)
		}
	}
	return out, f.broken
}

func (f *fakeMigration) Inject(_ context.Context, fault orchestrator.Fault, by orchestrator.Actor) error {
	err := f.change("break", fault.Service+" "+faultWords(fault), by)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.status.Faults = append(f.status.Faults, fault)
	}
	return err
}

func (f *fakeMigration) Heal(_ context.Context, service string, by orchestrator.Actor) error {
	err := f.change("heal", service, by)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.status.Faults = nil
	}
	return err
}

func (f *fakeMigration) Report(context.Context) (orchestrator.MigrationReport, error) {
	f.called()
	f.mu.Lock()
	defer f.mu.Unlock()
	r := orchestrator.MigrationReport{At: f.now(), Ready: 1}
	for _, i := range f.status.Intents {
		ready := i.Intent == "list_orders"
		why := []string{"Legacy served 12 calls in the last hour."}
		if ready {
			why = []string{"Modern has served all calls for 3 days.", "99.97 % of 8,000 comparisons were the same."}
		}
		r.Intents = append(r.Intents, orchestrator.IntentReport{Intent: i.Intent, Route: i.Version.Route, Ready: ready, Why: why})
	}
	return r, f.broken
}

// changes are what was changed so far.
func (f *fakeMigration) changes() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.did, "; ")
}

// migrating gives a program a migration in every state.
func migrating(c *Config) { c.Migration = newFakeMigration(c.Now) }

// boarded is a driver with the board open for that user.
func (d *driver) boarded() {
	d.t.Helper()
	d.press("ctrl+g")
	d.until("the board", func() bool { return d.m.boardOpen() && d.m.migrating.known && d.m.migrating.ready != nil })
}

// done waits until a change has ended.
func (d *driver) done() {
	d.t.Helper()
	d.until("the change", func() bool { return d.m.migrating.doing == "" && !d.m.migrating.asking })
}
