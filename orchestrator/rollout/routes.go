package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// SetRoute is that of orchestrator.Migration.
func (c *Controller) SetRoute(ctx context.Context, ch orchestrator.RouteChange) (orchestrator.RouteVersion, error) {
	def, err := c.mayGo(ch.Intent, ch.Route, ch.Force)
	if err != nil {
		return orchestrator.RouteVersion{}, err
	}
	if err := checkRollout(ch); err != nil {
		return orchestrator.RouteVersion{}, err
	}
	rec, err := c.alterUnlessSame(ctx, ch.Intent, func(first, now record) (record, error) {
		if now.number() != first.number() && now.current(def).Cause == causeAbort {
			return record{}, meanwhile(ch.Intent, now.current(def))
		}
		if now.same(ch) {
			return record{}, errSame
		}
		return now.change(ch, def, c.opts.Now()), nil
	})
	return rec.current(def), err
}

// Promote is that of orchestrator.Migration.
func (c *Controller) Promote(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	def, err := c.known(intent)
	if err != nil {
		return orchestrator.RouteVersion{}, err
	}
	rec, err := c.alter(ctx, intent, func(first, now record) (record, error) {
		if now.number() != first.number() {
			return record{}, meanwhile(intent, now.current(def))
		}
		next, ok := now.ahead(def)
		if !ok {
			return record{}, noStage(intent, next)
		}
		if _, err := c.mayGo(intent, next, now.forced()); err != nil {
			return record{}, err
		}
		return now.promote(causePromote, by, def, c.opts.Now()), nil
	})
	return rec.current(def), err
}

// Abort is that of orchestrator.Migration.
func (c *Controller) Abort(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	def, err := c.known(intent)
	if err != nil {
		return orchestrator.RouteVersion{}, err
	}
	if legacy, _ := c.sides(intent); !legacy {
		return orchestrator.RouteVersion{}, nowhereBack(intent)
	}
	rec, err := c.alterUnlessSame(ctx, intent, func(_, now record) (record, error) {
		if now.current(def).Route == now.stable() && !now.under() {
			return record{}, errSame
		}
		return now.abort(causeAbort, by, def, c.opts.Now()), nil
	})
	return rec.current(def), err
}

// UndoRoute is that of orchestrator.Migration.
func (c *Controller) UndoRoute(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	def, err := c.known(intent)
	if err != nil {
		return orchestrator.RouteVersion{}, err
	}
	rec, err := c.alter(ctx, intent, func(first, now record) (record, error) {
		switch {
		case now.number() != first.number():
			return record{}, meanwhile(intent, now.current(def))
		case len(now.Versions) > 0 && now.undoes() == nil:
			return record{}, orchestrator.Errorf(CodeNoStage, "Every change of the route of %s that is kept was taken back already. Its route is %s. Set another one if you want one.", intent, now.current(def).Route)
		case len(now.Versions) == 0:
			return record{}, orchestrator.Errorf(CodeNoStage, "Nobody has set a route for %s, so there is no change to take back. Its route is the default, %s. Set another one if you want one.", intent, def)
		}
		return now.undo(by, def, c.opts.Now()), nil
	})
	return rec.current(def), err
}

// UndoneTo is the route that taking back the last change would lead to; ok is false if
// there is no change to take back.
func (c *Controller) UndoneTo(intent string) (route orchestrator.Route, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	v := c.record(intent).undoes()
	if v == nil {
		return orchestrator.Route{}, false
	}
	return v.Before, true
}

// ResetRoute puts an intent back to the route that holds as long as nobody sets one.
// Its history is kept. Where nobody has set one nothing is changed.
func (c *Controller) ResetRoute(ctx context.Context, intent string, by orchestrator.Actor) (orchestrator.RouteVersion, error) {
	def, err := c.known(intent)
	if err != nil {
		return orchestrator.RouteVersion{}, err
	}
	rec, err := c.alterUnlessSame(ctx, intent, func(_, now record) (record, error) {
		if !now.set() {
			return record{}, errSame
		}
		next := now.to(def, def, causeDefault, by, c.opts.Now())
		next.Rollout = nil
		return next, nil
	})
	return rec.current(def), err
}

// errSame means that a change would change nothing.
var errSame = errors.New("nothing would be changed")

// alterUnlessSame is alter for changes that may turn out to be none; the record is the
// one there is then.
func (c *Controller) alterUnlessSame(ctx context.Context, intent string, change func(first, now record) (record, error)) (record, error) {
	rec, err := c.alter(ctx, intent, change)
	if errors.Is(err, errSame) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.record(intent), nil
	}
	return rec, err
}

// Pause is that of orchestrator.Migration.
func (c *Controller) Pause(ctx context.Context, intent string, by orchestrator.Actor) error {
	return c.hold(ctx, intent, by, stateRunning, statePaused, "paused")
}

// Resume is that of orchestrator.Migration. The step that it goes on with begins anew.
func (c *Controller) Resume(ctx context.Context, intent string, by orchestrator.Actor) error {
	return c.hold(ctx, intent, by, statePaused, stateRunning, "resumed")
}

func (c *Controller) hold(ctx context.Context, intent string, by orchestrator.Actor, from, to, word string) error {
	def, err := c.known(intent)
	if err != nil {
		return err
	}
	_, err = c.alter(ctx, intent, func(_, now record) (record, error) {
		switch {
		case now.Rollout == nil || now.Rollout.State == stateDone || now.Rollout.State == stateAborted:
			return record{}, orchestrator.Errorf(CodeNoStage, "There is no rollout of %s under way that could be %s. Its route stays %s. A canary with a judge begins one.", intent, word, now.current(def).Route)
		case now.Rollout.State != from:
			return now, nil
		}
		return now.hold(to, "", strings.TrimSpace(fmt.Sprintf("It was %s by %s. %s", word, orJudge(by.Email), sentence(by.Why))), c.opts.Now()), nil
	})
	return err
}

// History is that of orchestrator.Migration. Of an intent whose route was changed very
// often the last 500 versions are kept.
func (c *Controller) History(ctx context.Context, intent string) ([]orchestrator.RouteVersion, error) {
	if _, err := c.known(intent); err != nil {
		return nil, err
	}
	rec, err := c.fetch(ctx, intent)
	if err != nil {
		return nil, c.unreachable(err)
	}
	out := make([]orchestrator.RouteVersion, 0, len(rec.Versions))
	for _, v := range rec.Versions {
		out = append(out, v.RouteVersion)
	}
	return out, nil
}

// known returns the default route of an intent of the catalog.
func (c *Controller) known(intent string) (orchestrator.Route, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entry(intent) == nil {
		return orchestrator.Route{}, unknownIntent(intent, c.names())
	}
	return c.defaultRoute(intent), nil
}

// sides tells who offers an intent of the catalog.
func (c *Controller) sides(intent string) (legacy, modern bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entry(intent); e != nil {
		return offers(e)
	}
	return false, false
}

// mayGo checks that an intent can have a route, and returns its default one.
func (c *Controller) mayGo(intent string, r orchestrator.Route, force bool) (orchestrator.Route, error) {
	def, err := c.known(intent)
	if err != nil {
		return def, err
	}
	if parsed, err := orchestrator.ParseRoute(r.String()); err != nil || parsed != r {
		return def, orchestrator.Errorf(orchestrator.CodeInvalid, "%q is no route. The route of %s is as it was. Choose legacy, shadow, canary=N with N from 1 to 100, modern or retired.", r.String(), intent)
	}
	legacy, modern := c.sides(intent)
	switch {
	case !modern && r.Kind != orchestrator.RouteLegacy:
		return def, orchestrator.Errorf(orchestrator.CodeInvalid, "%s has no modern home yet. Its route is as it was, legacy serves it. Add a service that offers it, then try again.", intent)
	case !legacy && r.Kind != orchestrator.RouteModern && r.Kind != orchestrator.RouteRetired:
		return def, orchestrator.Errorf(orchestrator.CodeInvalid, "%s is not offered by legacy. Its route is as it was, modern serves it. Leave it there.", intent)
	}
	if force || servedByLegacy(r) {
		return def, nil
	}
	c.mu.Lock()
	problems := slices.Clone(c.problems[intent])
	c.mu.Unlock()
	if len(problems) == 0 {
		return def, nil
	}
	more := ""
	if n := len(problems) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return def, orchestrator.Errorf(CodeContract, "The modern %s does not keep what legacy promises: %s%s. The route is as it was. Mend the service, or set the route with force.", intent, lowerFirst(strings.TrimSuffix(problems[0], ".")), more)
}

func checkRollout(ch orchestrator.RouteChange) error {
	switch {
	case ch.Rollout == "" && len(ch.Steps) == 0:
		return nil
	case ch.Route.Kind != orchestrator.RouteCanary:
		return orchestrator.Errorf(orchestrator.CodeInvalid, "Only a canary has a judge and steps, %s has none. The route of %s is as it was. Set it to canary=10 if you want a judged rollout.", ch.Route, ch.Intent)
	case ch.Rollout == "":
		return orchestrator.Errorf(orchestrator.CodeInvalid, "Steps need a judge who takes them. The route of %s is as it was. Say manual or auto as well.", ch.Intent)
	case ch.Rollout != orchestrator.RolloutManual && ch.Rollout != orchestrator.RolloutAuto:
		return orchestrator.Errorf(orchestrator.CodeInvalid, "%q is no way to roll out. The route of %s is as it was. Choose manual or auto.", ch.Rollout, ch.Intent)
	}
	for i, s := range ch.Steps {
		if s < 1 || s > 100 || i > 0 && s <= ch.Steps[i-1] {
			return orchestrator.Errorf(orchestrator.CodeInvalid, "The steps of a canary go up from 1 to 100, %v do not. The route of %s is as it was. The usual ones are 10, 25, 50 and 100.", ch.Steps, ch.Intent)
		}
	}
	return nil
}

func meanwhile(intent string, now orchestrator.RouteVersion) error {
	what := "changed"
	if now.Cause == causeAbort {
		what = "aborted"
	}
	return orchestrator.Errorf(CodeMeanwhile, "%s was %s by %s at the same moment, its route is %s now. Your change was not made. Look at it and decide again.", intent, what, orJudge(now.By.Email), now.Route)
}
