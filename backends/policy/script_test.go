package policy

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"banyan/orchestrator"
)

// script is a backend that does what a test says: each call takes the next of
// turns, the last again and again.
type script struct {
	info  orchestrator.BackendInfo
	turns []outcome
	calls atomic.Int64
}

// outcome is what one call comes to.
type outcome struct {
	err    error
	usage  orchestrator.Usage
	plan   orchestrator.Plan
	pieces []string // of an answer
	// before is waited for first, between before every further piece.
	before, between time.Duration
	panics          bool
}

var (
	hello = orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "Hello, I am a script."}
	cheap = orchestrator.Usage{Backend: "script", Model: "m1", ModelCalls: 1, InputTokens: 100, OutputTokens: 10, CostUSD: 0.001}
	cost  = orchestrator.Price{InputPerMTok: 1, OutputPerMTok: 2}
)

func scripted(turns ...outcome) *script {
	if len(turns) == 0 {
		turns = []outcome{well()}
	}
	return &script{
		info: orchestrator.BackendInfo{
			Name: "script", Version: "1.2.3", Contract: orchestrator.ContractVersion, Model: "m1",
			Capabilities: []string{"streaming"}, Price: &cost,
		},
		turns: turns,
	}
}

func (s *script) named(name string) *script { s.info.Name = name; return s }

func (s *script) local() *script { s.info.Local, s.info.Price = true, nil; return s }

func well() outcome {
	return outcome{usage: cheap, plan: hello, pieces: []string{"All ", "is ", "done."}}
}

func fails(code string) outcome {
	return outcome{err: &orchestrator.Error{Code: code, Message: "The script says " + code + "."}}
}

func (s *script) next(ctx context.Context) (outcome, error) {
	n := int(s.calls.Add(1)) - 1
	o := s.turns[min(n, len(s.turns)-1)]
	if o.panics {
		panic("the script crashes")
	}
	if err := pause(ctx, o.before); err != nil {
		return outcome{}, err
	}
	return o, nil
}

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Describe implements orchestrator.Backend.
func (s *script) Describe(context.Context) (orchestrator.BackendInfo, error) { return s.info, nil }

// Plan implements orchestrator.Backend.
func (s *script) Plan(ctx context.Context, _ orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	o, err := s.next(ctx)
	if err != nil {
		return orchestrator.PlanReply{}, err
	}
	return orchestrator.PlanReply{Plan: clonePlan(o.plan), Usage: o.usage}, o.err
}

// Judge implements orchestrator.Backend.
func (s *script) Judge(ctx context.Context, _ orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	o, err := s.next(ctx)
	if err != nil {
		return orchestrator.Verdict{}, err
	}
	return orchestrator.Verdict{Met: true, Known: true, Usage: o.usage}, o.err
}

// Respond implements orchestrator.Backend.
func (s *script) Respond(ctx context.Context, _ orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	o, err := s.next(ctx)
	if err != nil {
		return orchestrator.Reply{}, err
	}
	for i, piece := range o.pieces {
		if i > 0 {
			if err := pause(ctx, o.between); err != nil {
				return orchestrator.Reply{}, err
			}
		}
		emit(piece)
	}
	return orchestrator.Reply{Text: strings.Join(o.pieces, ""), Usage: o.usage}, o.err
}

// ear hears what policies tell.
type ear struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (e *ear) listen(ctx context.Context, who orchestrator.Asking) context.Context {
	return orchestrator.WithAsking(ctx, who, func(text string) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.lines = append(e.lines, text)
	})
}

func (e *ear) wantHeard(t *testing.T, want ...string) {
	t.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	heard := strings.Join(e.lines, "\n")
	for _, w := range want {
		if !strings.Contains(heard, w) {
			t.Errorf("nothing was told of %q; heard:\n%s", w, heard)
		}
	}
}

func wantKind(t *testing.T, err error, kind string) {
	t.Helper()
	if Kind(err) != kind {
		t.Errorf("the error is of kind %q, not %q: %v", Kind(err), kind, err)
	}
	var coded *orchestrator.Error
	if kind != "" && errors.As(err, &coded) && coded.Message == "" {
		t.Error("the error has no message for people")
	}
}

func wantCalls(t *testing.T, s *script, n int64) {
	t.Helper()
	if got := s.calls.Load(); got != n {
		t.Errorf("%s was asked %d times, not %d", s.info.Name, got, n)
	}
}

// ada and ben are two users.
var (
	ada = orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer}
	ben = orchestrator.User{Email: "ben@example.com", Name: "Ben Sato", Role: orchestrator.Customer}
	day = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
)

func ask(message string) orchestrator.PlanRequest {
	return orchestrator.PlanRequest{Message: message, User: ada, Subject: ada, Now: day}
}

func tell(message string) orchestrator.RespondRequest {
	return orchestrator.RespondRequest{Message: message, User: ada, Subject: ada, Now: day}
}

// service describes intents and performs none.
type service struct{ orchestrator.Description }

func (s service) Describe(context.Context) (orchestrator.Description, error) {
	return s.Description, nil
}

func (service) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, errors.New("not made for calls")
}

// catalog has one intent that reads and one that writes.
func catalog(tb testing.TB) *orchestrator.Catalog {
	tb.Helper()
	d := orchestrator.Description{Name: "order", Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern, Intents: []orchestrator.Intent{
		{Name: "list_orders", Summary: "List orders", Effect: orchestrator.Read},
		{Name: "cancel_order", Summary: "Cancel an order", Effect: orchestrator.Destructive},
	}}
	c, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Service: service{d}, Description: d}})
	if len(bad) > 0 {
		tb.Fatal(bad)
	}
	return c
}

func steps(intents ...string) orchestrator.Plan {
	p := orchestrator.Plan{Kind: orchestrator.PlanSteps}
	for _, in := range intents {
		p.Steps = append(p.Steps, orchestrator.Step{ID: in, Intent: in, Args: map[string]orchestrator.Arg{"limit": {Value: 1.0}}})
	}
	return p
}
