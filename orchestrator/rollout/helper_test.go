package rollout

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// service is one that is only described.
type service struct{ d orchestrator.Description }

func (s service) Describe(context.Context) (orchestrator.Description, error) { return s.d, nil }

func (s service) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, nil
}

// offered is a service of one side that offers intents.
func offered(name string, era orchestrator.Era, version string, intents ...orchestrator.Intent) orchestrator.Offered {
	d := orchestrator.Description{Name: name, Version: version, Contract: orchestrator.ContractVersion, Era: era, Intents: intents}
	return orchestrator.Offered{Service: service{d}, Description: d}
}

func read(name string) orchestrator.Intent {
	return orchestrator.Intent{Name: name, Summary: "Read " + name, Effect: orchestrator.Read, Params: object(nil), Result: object(nil)}
}

func write(name string) orchestrator.Intent {
	return orchestrator.Intent{Name: name, Summary: "Change " + name, Effect: orchestrator.Write, Params: object(nil), Result: object(nil)}
}

func object(properties map[string]*jsonschema.Schema, required ...string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "object", Properties: properties, Required: required}
}

// MustCatalog merges services.
func MustCatalog(tb testing.TB, services ...orchestrator.Offered) *orchestrator.Catalog {
	tb.Helper()
	c, errs := orchestrator.NewCatalog(services)
	for _, err := range errs {
		tb.Fatal(err)
	}
	return c
}

// bothOffer is a catalog in which both sides offer one read and one write, and each
// has one of its own.
func bothOffer(tb testing.TB) *orchestrator.Catalog {
	tb.Helper()
	return MustCatalog(tb,
		offered("old", orchestrator.Legacy, "1", read("look_up"), write("put_away"), read("only_old")),
		offered("new", orchestrator.Modern, "2", read("look_up"), write("put_away"), read("only_new")))
}

// hands is a clock that is moved by hand.
type hands struct {
	mu sync.Mutex // guards at
	at time.Time
}

func newHands() *hands { return &hands{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (h *hands) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hands) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// MustNew makes a controller that is closed at the end of the test.
func MustNew(tb testing.TB, o Options, cat *orchestrator.Catalog) *Controller {
	tb.Helper()
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	c, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	c.Learn(cat)
	return c
}

// MustSet sets a route in the form of ParseRoute.
func MustSet(tb testing.TB, c *Controller, intent, route string) orchestrator.RouteVersion {
	tb.Helper()
	r, err := orchestrator.ParseRoute(route)
	if err != nil {
		tb.Fatal(err)
	}
	v, err := c.SetRoute(tb.Context(), orchestrator.RouteChange{Intent: intent, Route: r, By: ada})
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

var ada = orchestrator.Actor{Email: "ada@example.com", Why: "trying"}

func user(i int) string { return fmt.Sprintf("user%d@example.com", i) }

// ask asks for a choice about somebody.
func ask(c *Controller, cat *orchestrator.Catalog, intent, who string, pinned orchestrator.Era) orchestrator.Choice {
	return c.Choose(orchestrator.RouteAsk{Entry: cat.Intent(intent), Who: who, Pinned: pinned})
}
