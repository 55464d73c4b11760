package openai

import (
	"context"
	"strings"
	"testing"
	"time"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

var (
	noon = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	ann  = orchestrator.User{Email: "ann@example.com", Name: "Ann Ash", Role: orchestrator.Customer}
	sue  = orchestrator.User{Email: "sue@example.com", Name: "Sue Spruce", Role: orchestrator.Support}
	bob  = orchestrator.User{Email: "bob@example.com", Name: "Bob Birch", Role: orchestrator.Customer}
)

const canary = "sk-canary-7f3a9b2c4d5e6f70"

// mustNew returns a backend that asks the server.
func mustNew(tb testing.TB, s *fake.Server, change ...func(*Options)) *Backend {
	tb.Helper()
	o := Options{BaseURL: s.URL, Key: canary, Model: "test-model", Price: &orchestrator.Price{InputPerMTok: 2, OutputPerMTok: 8}, Fence: func() string { return "f00d" }}
	for _, f := range change {
		f(&o)
	}
	b, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = b.Close() })
	return b
}

// mustServe starts a provider.
func mustServe(tb testing.TB, script fake.Script) *fake.Server {
	tb.Helper()
	s := fake.New(script)
	tb.Cleanup(s.Close)
	return s
}

func noStream(o *Options) { o.NoStream = true }

// both runs a test with streaming and without.
func both(t *testing.T, f func(t *testing.T, change func(*Options))) {
	t.Helper()
	t.Run("Streaming", func(t *testing.T) { f(t, func(*Options) {}) })
	t.Run("Whole", func(t *testing.T) { f(t, noStream) })
}

// librarian is a model that knows enough of the library, and of whatever else
// lists things, to plan, judge and answer.
func librarian(r fake.Request) fake.Reply {
	switch {
	case strings.HasPrefix(r.System(), "You are the planner"):
		for _, intent := range []string{"list_loans", "list_bookings"} {
			if strings.Contains(r.System(), "- "+intent+" [read]") {
				return fake.JSON(r, `{"kind":"steps","text":"","steps":[{"id":"all","intent":"`+intent+
					`","for":null,"args":[],"when":null,"after":[],"lookup":false,"text":"all"}],"missing":null}`)
			}
		}
		return fake.JSON(r, `{"kind":"refusal","text":"I cannot help with that.","steps":[],"missing":null}`)
	case strings.HasPrefix(r.System(), "You decide"):
		return fake.JSON(r, `{"met":null,"why":"The results do not say."}`)
	default:
		return fake.Reply{Text: "You have **one** loan: *Atlas*."}
	}
}

// inert describes intents and performs none.
type inert struct{ d orchestrator.Description }

func (i inert) Describe(context.Context) (orchestrator.Description, error) { return i.d, nil }

func (inert) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, orchestrator.Errorf(orchestrator.CodeUnavailable, "This service does nothing.")
}

type who struct {
	Email string `json:"email" format:"email"`
}

type renewArgs struct {
	Email  string   `json:"email" format:"email"`
	LoanID string   `json:"loan_id" title:"loan number" pattern:"^[0-9]{1,6}$"`
	Weeks  int      `json:"weeks,omitempty" min:"1" max:"4" jsonschema:"how long, 2 if not given"`
	Notes  []string `json:"notes,omitempty"`
}

type loan struct {
	LoanID   string    `json:"loan_id" title:"loan number"`
	Title    string    `json:"title"`
	State    string    `json:"state" enum:"lent,overdue,returned"`
	Due      time.Time `json:"due"`
	Returned time.Time `json:"returned,omitzero"`
	Fee      float64   `json:"fee" unit:"EUR"`
}

type loans struct {
	Loans []loan `json:"loans" jsonschema:"the loans, newest first"`
}

// intent makes an intent from the types of its parameters and result.
func intent[In, Out any](tb testing.TB, name, summary string, effect orchestrator.Effect, examples ...string) orchestrator.Intent {
	tb.Helper()
	params, err := orchestrator.SchemaFor[In]()
	if err != nil {
		tb.Fatal(err)
	}
	result, err := orchestrator.SchemaFor[Out]()
	if err != nil {
		tb.Fatal(err)
	}
	return orchestrator.Intent{Name: name, Summary: summary, Params: params, Result: result, Examples: examples, Effect: effect, Subject: "email"}
}

// mustCatalog makes a catalog of one service.
func mustCatalog(tb testing.TB, service string, intents ...orchestrator.Intent) *orchestrator.Catalog {
	tb.Helper()
	d := orchestrator.Description{Name: service, Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern, Intents: intents}
	c, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Service: inert{d}, Description: d}})
	if len(bad) > 0 {
		tb.Fatal(bad)
	}
	return c
}

// library is a small catalog.
func library(tb testing.TB) *orchestrator.Catalog {
	tb.Helper()
	return mustCatalog(tb, "library",
		intent[who, loans](tb, "list_loans", "List the loans of a reader", orchestrator.Read, "show my loans", "what have I borrowed"),
		intent[renewArgs, loan](tb, "renew_loan", "Lend a book for longer", orchestrator.Write, "renew loan 12", "I need the atlas longer"),
		intent[renewArgs, loan](tb, "end_loan", "Give a book back", orchestrator.Destructive, "return loan 12"),
	)
}

func planRequest(catalog *orchestrator.Catalog, message string) orchestrator.PlanRequest {
	return orchestrator.PlanRequest{Message: message, User: ann, Subject: ann, Catalog: catalog, Now: noon}
}

func answerRequest(catalog *orchestrator.Catalog) orchestrator.RespondRequest {
	return orchestrator.RespondRequest{
		Message: "show my loans", User: ann, Subject: ann, Catalog: catalog, Now: noon,
		Steps: []orchestrator.StepRecord{{
			ID: "all", Intent: "list_loans", Status: orchestrator.StepDone,
			Result: map[string]any{"loans": []any{map[string]any{"loan_id": "12", "title": "Atlas", "state": "lent", "due": "2026-03-09T12:00:00Z", "fee": 0.0}}},
		}},
	}
}
