package rollout

import (
	"context"

	"banyan/orchestrator"
)

// NextRoute returns the route that Promote would give the intent now. It fails as
// Promote would, and changes nothing.
func (c *Controller) NextRoute(_ context.Context, intent string) (orchestrator.Route, error) {
	def, err := c.known(intent)
	if err != nil {
		return orchestrator.Route{}, err
	}
	c.mu.Lock()
	rec := c.record(intent)
	c.mu.Unlock()
	next, ok := rec.ahead(def)
	if !ok {
		return orchestrator.Route{}, noStage(intent, next)
	}
	_, err = c.mayGo(intent, next, rec.forced())
	return next, err
}

// StableRoute returns the route that Abort would return the intent to now. It fails as
// Abort would, and changes nothing.
func (c *Controller) StableRoute(_ context.Context, intent string) (orchestrator.Route, error) {
	if _, err := c.known(intent); err != nil {
		return orchestrator.Route{}, err
	}
	if legacy, _ := c.sides(intent); !legacy {
		return orchestrator.Route{}, nowhereBack(intent)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record(intent).stable(), nil
}

func noStage(intent string, now orchestrator.Route) error {
	return orchestrator.Errorf(CodeNoStage, "The route of %s is %s, there is no stage after that to promote it to. Nothing was changed. If legacy shall refuse from now on, set the route to retired by name.", intent, now)
}

func nowhereBack(intent string) error {
	return orchestrator.Errorf(CodeNoStage, "%s is not offered by legacy, so there is no route to return to. Nothing was changed. If the service does harm, take it out of the services.", intent)
}
