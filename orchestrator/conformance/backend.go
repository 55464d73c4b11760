package conformance

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

// Backend proves that a backend keeps the contract of orchestrator.Backend. open
// returns a fresh one. How well it understands people is not looked at.
func Backend(t *testing.T, open func(t testing.TB) orchestrator.Backend) {
	t.Helper()
	t.Run("Describe", func(t *testing.T) {
		info, err := open(t).Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if info.Name == "" || info.Version == "" || info.Contract != orchestrator.ContractVersion {
			t.Errorf("the description is incomplete: %+v", info)
		}
	})
	t.Run("Plan", func(t *testing.T) {
		b := open(t)
		catalog := room(t)
		for _, message := range []string{
			"show my bookings", "cancel booking 12", "cancel my latest booking if it is paid, otherwise show it",
			"", "?", "yes", "no", "1234567890", "🙂🙂🙂", strings.Repeat("book a room and ", 400), "\x1b[31mred", "if if if unless otherwise",
			"what about the other one?", "show it; then cancel it; then show it",
		} {
			reply, err := b.Plan(t.Context(), planRequest(catalog, message))
			if err != nil {
				t.Errorf("%.40q: %v", message, err)
				continue
			}
			if problems := orchestrator.CheckPlan(t.Context(), catalog, &reply.Plan); len(problems) > 0 {
				t.Errorf("%.40q: the plan is not sound: %s", message, strings.Join(problems, "; "))
			}
		}
	})
	t.Run("EmptyCatalog", func(t *testing.T) {
		catalog, _ := orchestrator.NewCatalog(nil)
		reply, err := open(t).Plan(t.Context(), planRequest(catalog, "cancel my booking"))
		if err != nil {
			t.Fatal(err)
		}
		if reply.Plan.Kind == orchestrator.PlanSteps {
			t.Errorf("a plan of steps without any intent: %+v", reply.Plan)
		}
	})
	t.Run("EndedContext", func(t *testing.T) {
		b := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		done := make(chan struct{})
		go func() { defer close(done); _, _ = b.Plan(ctx, planRequest(room(t), "show my bookings")) }()
		select {
		case <-done:
		case <-time.After(5 * time.Second):
			t.Fatal("Plan does not return though its context has ended")
		}
	})
	t.Run("SideBySide", func(t *testing.T) {
		b := open(t)
		catalog := room(t)
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				if _, err := b.Plan(t.Context(), planRequest(catalog, fmt.Sprintf("cancel booking %d", i))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	t.Run("Judge", func(t *testing.T) {
		if _, err := open(t).Judge(t.Context(), orchestrator.JudgeRequest{Condition: "the room is nice", Now: midday}); err != nil {
			t.Error(err)
		}
	})
	t.Run("Respond", func(t *testing.T) {
		b := open(t)
		for _, steps := range respondCases() {
			var pieces strings.Builder
			reply, err := b.Respond(t.Context(), orchestrator.RespondRequest{
				Message: "show my bookings", User: guest, Subject: guest, Steps: steps, Catalog: room(t), Now: midday,
			}, func(delta string) { pieces.WriteString(delta) })
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(reply.Text) == "" {
				t.Errorf("no answer for %+v", steps)
			}
			if pieces.String() != reply.Text {
				t.Errorf("the pieces are not the whole:\n%q\n%q", pieces.String(), reply.Text)
			}
		}
	})
}

var (
	midday = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	guest  = orchestrator.User{Email: "guest@example.com", Name: "Gil Guest", Role: orchestrator.Customer}
)

func planRequest(catalog *orchestrator.Catalog, message string) orchestrator.PlanRequest {
	return orchestrator.PlanRequest{Message: message, User: guest, Subject: guest, Catalog: catalog, Now: midday}
}

func respondCases() [][]orchestrator.StepRecord {
	booking := map[string]any{"booking_id": "12", "status": "paid", "from": "2026-03-09", "price": 80.0}
	return [][]orchestrator.StepRecord{
		{{ID: "a", Intent: "list_bookings", Status: orchestrator.StepDone, Result: map[string]any{"bookings": []any{booking}}}},
		{{ID: "a", Intent: "list_bookings", Status: orchestrator.StepDone, Result: map[string]any{"bookings": []any{}}}},
		{{ID: "a", Intent: "cancel_booking", Status: orchestrator.StepFailed, Error: orchestrator.Errorf("too_late", "It starts today, so it cannot be cancelled.")}},
		{{ID: "a", Intent: "cancel_booking", Status: orchestrator.StepDenied}},
		{{ID: "a", Intent: "no_such_intent", Status: orchestrator.StepDone, Result: map[string]any{"x": nil, "y": []any{1.0, "two", nil}}}},
	}
}

type bookingArgs struct {
	Email     string `json:"email" format:"email"`
	BookingID string `json:"booking_id" title:"booking number" pattern:"^[0-9]{1,6}$"`
}

type listArgs struct {
	Email string `json:"email" format:"email"`
}

type booking struct {
	BookingID string  `json:"booking_id" title:"booking number"`
	Status    string  `json:"status" enum:"open,paid,cancelled"`
	From      string  `json:"from" format:"date" jsonschema:"first day of the stay"`
	Price     float64 `json:"price" unit:"EUR"`
}

type bookings struct {
	Bookings []booking `json:"bookings" jsonschema:"the bookings, newest first"`
}

// inert describes intents and performs none.
type inert struct{ d orchestrator.Description }

// Describe implements orchestrator.Service.
func (i inert) Describe(context.Context) (orchestrator.Description, error) { return i.d, nil }

// Call implements orchestrator.Service; every call fails.
func (inert) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, orchestrator.Errorf(orchestrator.CodeUnavailable, "This service does nothing.")
}

// room is a small catalog from another trade than the demo's.
func room(t testing.TB) *orchestrator.Catalog {
	t.Helper()
	d := orchestrator.Description{Name: "rooms", Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern, Intents: []orchestrator.Intent{
		intent[listArgs, bookings](t, "list_bookings", "List the bookings of a guest", orchestrator.Read, "show my bookings", "what have I booked", "which rooms did I book"),
		intent[bookingArgs, booking](t, "get_booking", "Show one booking", orchestrator.Read, "show booking 12", "details of booking 7", "what did booking 3 cost"),
		intent[bookingArgs, booking](t, "cancel_booking", "Cancel a booking", orchestrator.Destructive, "cancel booking 12", "I do not need the room any more", "please cancel my booking"),
	}}
	catalog, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Service: inert{d}, Description: d}})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	return catalog
}

func intent[In, Out any](t testing.TB, name, summary string, effect orchestrator.Effect, examples ...string) orchestrator.Intent {
	t.Helper()
	params, err := orchestrator.SchemaFor[In]()
	if err != nil {
		t.Fatal(err)
	}
	result, err := orchestrator.SchemaFor[Out]()
	if err != nil {
		t.Fatal(err)
	}
	return orchestrator.Intent{Name: name, Summary: summary, Params: params, Result: result, Examples: examples, Effect: effect, Subject: "email"}
}
