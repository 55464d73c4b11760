package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"banyan/orchestrator"
	"banyan/orchestrator/chaos"
	"banyan/orchestrator/compare"
	"banyan/orchestrator/playbook"
	"banyan/orchestrator/rollout"
	"banyan/services/control"
)

// migration is everything that moves the shop from legacy to modern: the router with
// its judge, the faults for demos, the service that steers both from the chat, and
// who may do so. It is the orchestrator.Migration that the screens and the commands
// use.
type migration struct {
	*rollout.Controller
	faults  *chaos.Board
	compare func(orchestrator.Pair) orchestrator.ShadowRecord
	app     *app
	kernel  atomic.Pointer[orchestrator.Kernel] // nil until there is one
}

// openMigration puts the migration before the shop's services, which it returns as
// the kernel is to call them, the control service among them.
func (a *app) openMigration(ctx context.Context) ([]orchestrator.Service, error) {
	m := &migration{app: a}
	now := a.opts.now
	if now == nil {
		now = time.Now
	}
	state := a.store.State()
	m.faults = chaos.New(uint64(now().UnixNano()), now) //nolint:gosec // any number will do
	if err := m.faults.Keep(ctx, state); err != nil {
		return nil, failed(err)
	}
	comparer, err := compare.New(compare.Rules{})
	if err != nil {
		return nil, errors.Join(failed(err), m.faults.Close())
	}
	m.compare = comparer.Compare
	m.Controller, err = rollout.New(rollout.Options{
		State: state, Now: now, Faults: m.faults, Logger: a.logger,
		Moved: a.shop.sync.Version, Compare: m.compare, Sync: a.syncStatus, OnChange: m.changed,
		Outside: []string{control.Name, playbook.Name}, Judge: a.opts.judge,
	})
	if err != nil {
		return nil, errors.Join(failed(err), m.faults.Close())
	}
	a.migration = m
	beneath := a.opts.beneath
	if beneath == nil {
		beneath = func(s orchestrator.Service) orchestrator.Service { return s }
	}
	var services []orchestrator.Service
	for _, s := range a.shop.Services() {
		services = append(services, m.faults.Wrap(beneath(s)))
	}
	steering, err := control.New(control.Options{Migration: m, Intents: a.intentNames, Services: a.serviceNames, Bugs: bugs(), Last: m.last})
	if err != nil {
		return nil, failed(err)
	}
	return append(services, beneath(steering)), nil
}

// Close ends the router and writes down what it counted.
func (m *migration) Close() error {
	return errors.Join(m.Controller.Close(), m.faults.Close())
}

// changed tells everybody of a change.
func (m *migration) changed(text string) {
	if k := m.kernel.Load(); k != nil {
		k.Migrated(text)
	}
}

// last returns the last step of a conversation that went to a service which can be
// routed.
func (m *migration) last(ctx context.Context, conversation string, user orchestrator.User) (orchestrator.StepRecord, bool) {
	k := m.kernel.Load()
	if k == nil {
		return orchestrator.StepRecord{}, false
	}
	const back = 20
	turns, err := k.Turns(ctx, user, conversation, back)
	if err != nil {
		return orchestrator.StepRecord{}, false
	}
	for _, t := range slices.Backward(turns) {
		for _, rec := range slices.Backward(t.Steps) {
			if rec.Route != "" && rec.Service != control.Name && !rec.Group {
				return rec, true
			}
		}
	}
	return orchestrator.StepRecord{}, false
}

// intentNames and serviceNames are what can be routed and broken; the intents that both
// sides offer, which alone can take every route, come first.
func (a *app) intentNames(ctx context.Context) []string {
	names := map[string]bool{}
	eras := map[string]map[orchestrator.Era]bool{}
	for _, s := range a.shop.Services() {
		if d, err := s.Describe(ctx); err == nil {
			for _, in := range d.Intents {
				names[in.Name] = true
				if eras[in.Name] == nil {
					eras[in.Name] = map[orchestrator.Era]bool{}
				}
				eras[in.Name][d.Era] = true
			}
		}
	}
	list := sortedSet(names)
	slices.SortStableFunc(list, func(x, y string) int { return cmp.Compare(len(eras[y]), len(eras[x])) })
	return list
}

// bugs are the wrong answers that people can ask for, with their own words for each.
func bugs() []control.Bug {
	words := map[string][]string{
		"off_by_one_date": {"dates", "days", "off by one", "a day late", "one day late", "one day off"},
		"amount_cents":    {"amounts", "amount", "prices", "price", "totals", "money", "cents"},
		"wrong_choice":    {"status", "statuses", "states", "values", "choices"},
		"dropped_field":   {"missing fields", "missing field", "fields", "drop fields", "leave out", "incomplete"},
		"reversed_list":   {"reversed lists", "reversed", "reverse", "lists"},
		"stale":           {"old", "outdated", "stale answers", "stale data"},
		"number_as_text":  {"numbers as text", "types", "type", "text"},
	}
	var list []control.Bug
	for _, b := range chaos.Bugs() {
		list = append(list, control.Bug{Name: b.Name, Text: b.Text, Words: words[b.Name]})
	}
	return list
}

func (a *app) serviceNames(ctx context.Context) []string {
	names := map[string]bool{}
	for _, s := range a.shop.Services() {
		if d, err := s.Describe(ctx); err == nil {
			names[d.Name] = true
		}
	}
	return sortedSet(names)
}

func sortedSet(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// syncStatus is what the board shows of the sync.
func (a *app) syncStatus() *orchestrator.SyncStatus {
	s := a.shop.sync.Status()
	out := &orchestrator.SyncStatus{Lag: s.Lag, Conflicts: int(min(s.Conflicts, 1<<30)), Records: map[string]string{}} //nolint:gosec // bounded
	for _, stream := range s.Streams {
		out.Pending += stream.Pending
	}
	for kind, era := range s.Records {
		out.Records[string(kind)] = string(era)
	}
	return out
}

// steersMigration tells whether a user may change something about the migration.
func steersMigration(u orchestrator.User) bool { return u.Staff() }

// may decides whether somebody may steer: staff, presenters and admins may, and
// whoever runs a command without saying who they are, because the data folder is
// theirs. It is asked for every change, wherever it comes from.
func (m *migration) may(ctx context.Context, by orchestrator.Actor) error {
	if by.Email == localActor {
		return nil
	}
	u, err := m.app.shop.Directory().Lookup(ctx, by.Email)
	if err == nil && steersMigration(u) {
		return nil
	}
	return &orchestrator.Error{
		Code: orchestrator.CodeDenied, Cause: err,
		Message: fmt.Sprintf("%s may look at the migration but not steer it. Nothing was changed. Staff, presenters and admins may.", cmp.Or(by.Email, "Nobody")),
	}
}

// steer does something about the migration, if that is allowed, and tells the audit.
func (m *migration) steer(ctx context.Context, by orchestrator.Actor, kind orchestrator.AuditKind, what string, do func() (string, error)) error {
	err := m.may(ctx, by)
	done := ""
	if err == nil {
		done, err = do()
	}
	entry := orchestrator.AuditEntry{At: time.Now(), Kind: kind, User: by.Email, Text: what}
	if done != "" {
		entry.Text += ": " + done
	}
	if by.Why != "" {
		entry.Text += " (" + by.Why + ")"
	}
	var coded *orchestrator.Error
	switch {
	case errors.As(err, &coded):
		entry.Code = coded.Code
	case err != nil:
		entry.Code = orchestrator.CodeInternal
	}
	_, logged := m.app.audit.Record(ctx, true, entry)
	if logged == nil {
		logged = m.app.keepHead(ctx)
	}
	if logged != nil && err == nil {
		err = fmt.Errorf("it was done, but the audit log could not be written: %w", logged)
	}
	return err
}

// route is steer for what gives an intent another route.
func (m *migration) route(ctx context.Context, by orchestrator.Actor, what string, do func() (orchestrator.RouteVersion, error)) (v orchestrator.RouteVersion, err error) {
	err = m.steer(ctx, by, orchestrator.AuditRoute, what, func() (string, error) {
		v, err = do()
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s → %s", v.Before, v.Route), nil
	})
	return v, err
}

// SetRoute implements orchestrator.Migration, as the methods below do.
func (m *migration) SetRoute(ctx context.Context, c orchestrator.RouteChange) (orchestrator.RouteVersion, error) {
	return m.route(ctx, c.By, "set "+c.Intent, func() (orchestrator.RouteVersion, error) { return m.Controller.SetRoute(ctx, c) })
}

// Promote implements orchestrator.Migration.
func (m *migration) Promote(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return m.route(ctx, by, "promote "+intent, func() (orchestrator.RouteVersion, error) { return m.Controller.Promote(ctx, intent, by) })
}

// Abort implements orchestrator.Migration.
func (m *migration) Abort(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return m.route(ctx, by, "abort "+intent, func() (orchestrator.RouteVersion, error) { return m.Controller.Abort(ctx, intent, by) })
}

// UndoRoute implements orchestrator.Migration.
func (m *migration) UndoRoute(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return m.route(ctx, by, "undo "+intent, func() (orchestrator.RouteVersion, error) { return m.Controller.UndoRoute(ctx, intent, by) })
}

// ResetRoute puts an intent back to its default route.
func (m *migration) ResetRoute(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	return m.route(ctx, by, "reset "+intent, func() (orchestrator.RouteVersion, error) { return m.Controller.ResetRoute(ctx, intent, by) })
}

// Explain implements orchestrator.Migration. Of somebody whom the directory does not
// know there is nothing to explain.
func (m *migration) Explain(ctx context.Context, intent, who string) (orchestrator.Explanation, error) {
	if who != "" {
		if _, err := m.app.shop.Directory().Lookup(ctx, who); errors.Is(err, orchestrator.ErrUnknownUser) {
			return orchestrator.Explanation{}, orchestrator.Errorf(orchestrator.CodeNotFound, "Nobody here has the address %s. Name a customer, or nobody at all.", who)
		}
	}
	return m.Controller.Explain(ctx, intent, who)
}

// Pause implements orchestrator.Migration.
func (m *migration) Pause(ctx context.Context, intent string, by orchestrator.Actor) error {
	return m.steer(ctx, by, orchestrator.AuditRoute, "pause "+intent, func() (string, error) { return "", m.Controller.Pause(ctx, intent, by) })
}

// Resume implements orchestrator.Migration.
func (m *migration) Resume(ctx context.Context, intent string, by orchestrator.Actor) error {
	return m.steer(ctx, by, orchestrator.AuditRoute, "resume "+intent, func() (string, error) { return "", m.Controller.Resume(ctx, intent, by) })
}

// Inject implements orchestrator.Migration.
func (m *migration) Inject(ctx context.Context, f orchestrator.Fault, by orchestrator.Actor) error {
	return m.steer(ctx, by, orchestrator.AuditFault, "break "+f.Service, func() (string, error) { return control.InWords(f), m.Controller.Inject(ctx, f, by) })
}

// Heal implements orchestrator.Migration.
func (m *migration) Heal(ctx context.Context, service string, by orchestrator.Actor) error {
	return m.steer(ctx, by, orchestrator.AuditFault, "mend "+cmp.Or(service, "all services"), func() (string, error) { return "", m.Controller.Heal(ctx, service, by) })
}
