package orchestrator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	testNow = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	ann     = User{Email: "ann@example.com", Name: "Ann Ash", Role: Customer}
	bob     = User{Email: "bob@example.com", Name: "Bob Birch", Role: Customer}
	sue     = User{Email: "sue@example.com", Name: "Sue Spruce", Role: Support}
)

// people is a directory of three.
type people struct{}

func (people) Lookup(_ context.Context, who string) (User, error) {
	for _, u := range []User{ann, bob, sue} {
		if strings.EqualFold(who, u.Email) || strings.EqualFold(who, u.Name) {
			return u, nil
		}
	}
	return User{}, ErrUnknownUser
}

func (people) Mentioned(_ context.Context, text string) ([]User, error) {
	var out []User
	for _, u := range []User{ann, bob, sue} {
		if strings.Contains(text, u.Email) || strings.Contains(text, u.Name) {
			out = append(out, u)
		}
	}
	return out, nil
}

// shelf is a store in memory.
type shelf struct {
	mu    sync.Mutex // guards turns
	turns []Turn
	err   error
}

func (s *shelf) Append(_ context.Context, t Turn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.turns = append(s.turns, t)
	return nil
}

func (s *shelf) Turns(_ context.Context, conversation string, n int) ([]Turn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Turn
	for _, t := range s.turns {
		if t.Conversation == conversation {
			out = append(out, t)
		}
	}
	if n > 0 && len(out) > n {
		out = out[len(out)-n:]
	}
	return out, nil
}

func (s *shelf) Conversations(_ context.Context, user string, n int) ([]ConversationInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []ConversationInfo
	for _, t := range slices.Backward(s.turns) {
		if t.User == user && !slices.ContainsFunc(out, func(c ConversationInfo) bool { return c.ID == t.Conversation }) && (n == 0 || len(out) < n) {
			info := ConversationInfo{ID: t.Conversation, User: user, Updated: t.At}
			for _, other := range s.turns {
				if other.Conversation == t.Conversation {
					info.Turns++
				}
			}
			out = append(out, info)
		}
	}
	return out, nil
}

func (s *shelf) Delete(context.Context, string) error { return nil }

// script is a backend that plans what a test tells it to.
type script struct {
	plan    func(req PlanRequest) Plan
	judge   Verdict
	respond func(req RespondRequest, emit func(string)) (Reply, error)
	asked   []PlanRequest
}

func (*script) Describe(context.Context) (BackendInfo, error) {
	return BackendInfo{Name: "script", Version: "1.0.0", Contract: ContractVersion}, nil
}

func (s *script) Plan(_ context.Context, req PlanRequest) (PlanReply, error) {
	s.asked = append(s.asked, req)
	return PlanReply{Plan: s.plan(req)}, nil
}

func (s *script) Judge(context.Context, JudgeRequest) (Verdict, error) { return s.judge, nil }

func (s *script) Respond(_ context.Context, req RespondRequest, emit func(string)) (Reply, error) {
	if s.respond != nil {
		return s.respond(req, emit)
	}
	var parts []string
	for _, st := range req.Steps {
		parts = append(parts, fmt.Sprintf("%s %s", st.ID, st.Status))
	}
	text := strings.Join(parts, ", ")
	emit(text)
	return Reply{Text: text}, nil
}

// depot is a service over loans of a library: list, get, renew, return.
type depot struct {
	era  Era
	call func(ctx context.Context, call Call) (Result, error)
	dry  bool

	mu    sync.Mutex // guards calls
	calls []Call
}

type loan struct {
	LoanID string    `json:"loan_id" title:"loan number"`
	Title  string    `json:"title"`
	Status string    `json:"status" enum:"out,returned"`
	Due    time.Time `json:"due"`
	Back   time.Time `json:"back,omitzero"`
	Fee    float64   `json:"fee" unit:"EUR"`
	Times  int       `json:"times"`
}

type loans struct {
	Loans []loan `json:"loans" jsonschema:"the loans, newest first"`
}

type meParams struct {
	Email string `json:"email"`
}

// loanParams takes numbers from anywhere, so that a scripted plan need not repeat what
// the message says; provenance has tests of its own.
type loanParams struct {
	Email  string `json:"email"`
	LoanID string `json:"loan_id" title:"loan number" pattern:"^[0-9]+$" trust:"any"`
}

func (d *depot) Describe(context.Context) (Description, error) {
	me, err := SchemaFor[meParams]()
	if err != nil {
		return Description{}, err
	}
	one, err := SchemaFor[loanParams]()
	if err != nil {
		return Description{}, err
	}
	list, err := SchemaFor[loans]()
	if err != nil {
		return Description{}, err
	}
	item, err := SchemaFor[loan]()
	if err != nil {
		return Description{}, err
	}
	return Description{Name: "depot-" + string(d.era), Version: "1.0.0", Contract: ContractVersion, Era: d.era, Intents: []Intent{
		{Name: "list_loans", Summary: "List loans", Params: me, Result: list, Effect: Read, Subject: "email"},
		{Name: "get_loan", Summary: "Show a loan", Params: one, Result: item, Effect: Read, Subject: "email"},
		{Name: "return_loan", Summary: "Return a loan", Params: one, Result: item, Effect: Write, Subject: "email", Confirm: "Return loan {{.args.loan_id}}{{with .result}}: {{.title}}{{end}}"},
		{Name: "ring_bell", Summary: "Ring the bell", Params: me, Effect: Write, Subject: "email", Unconfirmed: true},
	}}, nil
}

func (d *depot) CanDryRun(string) bool { return d.dry }

func (d *depot) Call(ctx context.Context, call Call) (Result, error) {
	d.mu.Lock()
	d.calls = append(d.calls, call)
	d.mu.Unlock()
	if d.call != nil {
		return d.call(ctx, call)
	}
	return d.answer(call)
}

// answer is what a depot that works says.
func (d *depot) answer(call Call) (Result, error) {
	item := func(id, status string) map[string]any {
		m := map[string]any{"loan_id": id, "title": "Dune", "status": status, "due": "2026-03-10T00:00:00Z", "fee": 1.5, "times": 2.0}
		if status == "returned" {
			m["back"] = "2026-03-05T12:00:00Z"
		}
		return m
	}
	switch call.Intent {
	case "list_loans":
		return Result{Data: map[string]any{"loans": []any{item("7", "out"), item("6", "returned")}}}, nil
	case "get_loan":
		return Result{Data: item(call.Args["loan_id"].(string), "out")}, nil
	case "return_loan":
		return Result{Data: item(call.Args["loan_id"].(string), "returned")}, nil
	}
	return Result{}, nil
}

// made returns the calls of an intent that were not dry runs.
func (d *depot) made(intent string) []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []Call
	for _, c := range d.calls {
		if c.Intent == intent && !c.DryRun {
			out = append(out, c)
		}
	}
	return out
}

type rig struct {
	*Kernel
	store  *shelf
	script *script
	now    *time.Time
}

// mustKernel makes a kernel of fakes.
func mustKernel(t testing.TB, plan func(PlanRequest) Plan, services ...Service) rig {
	t.Helper()
	now := testNow
	r := rig{store: &shelf{}, script: &script{plan: plan}, now: &now}
	n := 0
	k, err := New(t.Context(), Config{
		Services: services, Backend: r.script, Store: r.store, Directory: people{},
		Now: func() time.Time { return *r.now }, NewID: func() string { n++; return fmt.Sprintf("id%04d", n) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if p := k.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	r.Kernel = k
	return r
}

// mustTurn runs a turn of a user in conversation c.
func (r rig) mustTurn(t testing.TB, u User, message string) Turn {
	t.Helper()
	turn, err := r.Turn(t.Context(), Request{Conversation: "c-" + u.Email, User: u, Message: message})
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// steps makes a plan of steps.
func steps(s ...Step) func(PlanRequest) Plan {
	return func(PlanRequest) Plan {
		fresh := slices.Clone(s)
		for i := range fresh {
			args := map[string]Arg{}
			for k, v := range fresh[i].Args {
				args[k] = v
			}
			fresh[i].Args = args
		}
		return Plan{Kind: PlanSteps, Steps: fresh}
	}
}

func lit(v any) Arg     { return Arg{Value: v} }
func expr(s string) Arg { return Arg{Ref: s} }
func args(kv ...any) map[string]Arg {
	m := map[string]Arg{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i].(string)] = kv[i+1].(Arg)
	}
	return m
}

func statuses(turn Turn) string {
	var out []string
	for _, s := range turn.Steps {
		out = append(out, s.ID+" "+string(s.Status))
	}
	return strings.Join(out, ", ")
}
