package rollout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"banyan/orchestrator"
)

// Status is that of orchestrator.Migration. Whatever the judge has to decide because
// time has passed is decided first.
func (c *Controller) Status(ctx context.Context) (orchestrator.MigrationStatus, error) {
	if err := ctx.Err(); err != nil {
		return orchestrator.MigrationStatus{}, c.unreachable(err)
	}
	c.steer(ctx)
	return c.status(), nil
}

func (c *Controller) status() orchestrator.MigrationStatus {
	now := c.opts.Now()
	st := orchestrator.MigrationStatus{At: now, BurnDown: c.burn.points(now)}
	if c.opts.Faults != nil {
		st.Faults = c.opts.Faults.Faults()
	}
	if c.opts.Sync != nil {
		st.Sync = c.opts.Sync()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.catalog == nil {
		return st
	}
	seen := map[node]bool{}
	for _, e := range c.catalog.Intents() {
		if c.outside(e) {
			continue
		}
		one := c.intentStatus(e, now)
		st.Intents = append(st.Intents, one)
		if one.Modern != nil {
			st.Modern++
			if one.Legacy == nil || one.Version.Route.Kind == orchestrator.RouteModern || one.Version.Route.Kind == orchestrator.RouteRetired {
				st.Live++
			}
		}
		for i := range e.Offers {
			o := &e.Offers[i]
			if n := (node{o.Service, o.Era}); !seen[n] {
				seen[n] = true
				one := orchestrator.NodeStatus{Service: o.Service, Version: o.Version, Era: o.Era}
				one.Breaker, one.Until, one.Share = c.breakerOf(o).status(now)
				st.Services = append(st.Services, one)
			}
		}
	}
	slices.SortFunc(st.Services, func(a, b orchestrator.NodeStatus) int {
		return cmp.Or(cmp.Compare(a.Era, b.Era), cmp.Compare(a.Service, b.Service))
	})
	return st
}

// outside tells whether an intent is no part of the migration.
func (c *Controller) outside(e *orchestrator.Entry) bool {
	return !slices.ContainsFunc(e.Offers, func(o orchestrator.Offer) bool { return !slices.Contains(c.opts.Outside, o.Service) })
}

// intentStatus is one line. The caller holds mu.
func (c *Controller) intentStatus(e *orchestrator.Entry, now time.Time) orchestrator.IntentStatus {
	rec := c.record(e.Name)
	t := c.tallyOf(e.Name)
	t.mu.Lock()
	defer t.mu.Unlock()
	st := orchestrator.IntentStatus{
		Intent: e.Name, Summary: e.Summary, Effect: e.Effect, Version: rec.current(c.defaultRoute(e.Name)),
		Legacy:   sideStatus(e.Offer(orchestrator.Legacy), t.total.Legacy, &t.legacy, now),
		Modern:   sideStatus(e.Offer(orchestrator.Modern), t.total.Modern, &t.modern, now),
		Contract: slices.Clone(c.problems[e.Name]),
	}
	if t.total.Shadow.Release == releaseOf(e) {
		st.Shadow = t.total.clone().Shadow.ShadowStatus
	}
	if rec.Rollout != nil {
		st.Rollout = c.rolloutStatus(rec, now)
	}
	return st
}

func sideStatus(o *orchestrator.Offer, n sideNumbers, l *latencies, now time.Time) *orchestrator.SideStatus {
	if o == nil {
		return nil
	}
	s := &orchestrator.SideStatus{
		Service: o.Service, Version: o.Version, Calls: n.Calls, Errors: n.Errors, Fallbacks: n.Fallbacks, Last: n.Last,
		P50MS: ms(l.quantile(0.5)), P95MS: ms(l.quantile(0.95)),
	}
	s.Recent, s.RecentErrors = n.Hour.within(now)
	return s
}

// Mismatches is that of orchestrator.Migration.
func (c *Controller) Mismatches(_ context.Context, intent string, n int) ([]orchestrator.Mismatch, error) {
	if intent != "" {
		if _, err := c.known(intent); err != nil {
			return nil, err
		}
	}
	return c.found.last(intent, n), nil
}

// Inject is that of orchestrator.Migration.
func (c *Controller) Inject(ctx context.Context, f orchestrator.Fault, by orchestrator.Actor) error {
	if c.opts.Faults == nil {
		return noFaults()
	}
	f.By, f.At = by, c.opts.Now()
	if err := c.opts.Faults.Inject(ctx, f); err != nil {
		return err
	}
	c.opts.OnChange(f.Service + " is broken on purpose by " + orJudge(by.Email) + ". " + sentence(by.Why))
	return nil
}

// Heal is that of orchestrator.Migration. Where a fault is taken away the breaker of the
// service closes at once; any other one that is open tries again at once, and lets the
// calls through little by little.
func (c *Controller) Heal(ctx context.Context, service string, by orchestrator.Actor) error {
	if c.opts.Faults == nil {
		return noFaults()
	}
	faults := c.opts.Faults.Faults()
	if err := c.opts.Faults.Heal(ctx, service); err != nil {
		return err
	}
	c.mu.Lock()
	var mended []*breaker
	for n, b := range c.breakers {
		switch broken := func(f orchestrator.Fault) bool { return f.Service == n.service }; {
		case service != "" && n.service != service:
		case slices.ContainsFunc(faults, broken):
			mended = append(mended, b)
		default:
			b.tryNow(c.opts.Now())
		}
	}
	c.mu.Unlock()
	for _, b := range mended { // who is told may ask for the status
		b.mended()
	}
	c.opts.OnChange(cmp.Or(service, "Everything") + " is mended by " + orJudge(by.Email) + ".")
	return nil
}

func noFaults() error {
	return orchestrator.Errorf(orchestrator.CodeInvalid, "This program was started without the means to break services. Nothing was changed. Start it with the demo shop to try faults.")
}
