package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// fakeKernel is a Kernel whose turns follow from the message by a small script.
// It counts its calls, so that a test can see who made them.
type fakeKernel struct {
	now func() time.Time
	callCounter
	catalog *orchestrator.Catalog

	mu      sync.Mutex // guards what follows
	seq     uint64
	n       int
	subs    []chan orchestrator.Event
	turns   map[string][]orchestrator.Turn
	infos   []orchestrator.ConversationInfo
	pending map[string]orchestrator.Turn
	backend orchestrator.BackendInfo
	asked   orchestrator.Request // the last one
	// recovered are turns that an earlier process left unfinished.
	recovered []orchestrator.Turn
	// release lets the message "slow" end.
	release chan struct{}
}

func newFakeKernel(now func() time.Time) *fakeKernel {
	return &fakeKernel{
		now: now, catalog: fakeCatalog(), turns: map[string][]orchestrator.Turn{},
		pending: map[string]orchestrator.Turn{}, release: make(chan struct{}),
		backend: orchestrator.BackendInfo{Name: "offline", Version: "1.0.0", Contract: 1, Local: true},
	}
}

type fakeService struct{}

func (fakeService) Describe(context.Context) (orchestrator.Description, error) {
	return orchestrator.Description{}, nil
}

func (fakeService) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, errors.New("never called")
}

func fakeCatalog() *orchestrator.Catalog {
	order := &jsonschema.Schema{
		Type:          "object",
		Properties:    map[string]*jsonschema.Schema{"status": {Type: "string", Enum: []any{"processing", "shipped"}}},
		PropertyOrder: []string{"status"},
	}
	in := func(name, summary string, effect orchestrator.Effect, examples ...string) orchestrator.Intent {
		return orchestrator.Intent{Name: name, Summary: summary, Effect: effect, Examples: examples, Result: order}
	}
	list := in("list_orders", "List your orders", orchestrator.Read, "what's the status of my latest order?")
	cancel := in("cancel_order", "Cancel an order that has not shipped", orchestrator.Destructive, "cancel order 1003", "cancel my latest order")
	phone := in("update_phone", "Change your phone number", orchestrator.Write, "change my phone number")
	track := in("track_shipment", "Tell where a parcel is", orchestrator.Read, "where is my parcel?")
	points := in("get_loyalty_points", "Tell your loyalty points", orchestrator.Read, "how many points do I have?")
	return mustCatalog(
		orchestrator.Description{Name: "order", Version: "1.0.0", Contract: 1, Era: orchestrator.Modern, Intents: []orchestrator.Intent{list, cancel, phone}},
		orchestrator.Description{Name: "monolith", Version: "9.4.2", Contract: 1, Era: orchestrator.Legacy, Intents: []orchestrator.Intent{list, cancel, phone, track, points}},
	)
}

func mustCatalog(ds ...orchestrator.Description) *orchestrator.Catalog {
	var offered []orchestrator.Offered
	for _, d := range ds {
		offered = append(offered, orchestrator.Offered{Service: fakeService{}, Description: d})
	}
	c, errs := orchestrator.NewCatalog(offered)
	if len(errs) > 0 {
		panic(errors.Join(errs...))
	}
	return c
}

func (k *fakeKernel) Subscribe(buffer int) *orchestrator.Subscription {
	k.called()
	ch := make(chan orchestrator.Event, buffer)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.subs = append(k.subs, ch)
	// A real subscription, so that Close works, fed from here.
	s := new(orchestrator.Kernel).Subscribe(1)
	s.C = ch
	return s
}

func (k *fakeKernel) publish(ev orchestrator.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seq++
	ev.Seq, ev.At = k.seq, k.now()
	for _, s := range k.subs {
		select {
		case s <- ev:
		default:
		}
	}
}

func (k *fakeKernel) Recovered() []orchestrator.Turn {
	k.called()
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]orchestrator.Turn(nil), k.recovered...)
}

func (k *fakeKernel) Catalog() *orchestrator.Catalog { k.called(); return k.catalog }

func (k *fakeKernel) Backend() orchestrator.BackendInfo {
	k.called()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.backend
}

func (k *fakeKernel) NewConversation() string {
	k.called()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.n++
	return fmt.Sprintf("conversation-%d", k.n)
}

func (k *fakeKernel) Turns(_ context.Context, _ orchestrator.User, conv string, _ int) ([]orchestrator.Turn, error) {
	k.called()
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]orchestrator.Turn(nil), k.turns[conv]...), nil
}

func (k *fakeKernel) Conversations(context.Context, orchestrator.User, int) ([]orchestrator.ConversationInfo, error) {
	k.called()
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]orchestrator.ConversationInfo(nil), k.infos...), nil
}

func (k *fakeKernel) Turn(ctx context.Context, req orchestrator.Request) (orchestrator.Turn, error) {
	k.called()
	k.mu.Lock()
	k.n++
	k.asked = req
	t := orchestrator.Turn{
		Conversation: req.Conversation, ID: fmt.Sprintf("turn-%d", k.n), User: req.User.Email, At: k.now(),
		Message: req.Message, Kind: orchestrator.KindAnswer, DurationMS: 412, Usage: orchestrator.Usage{Backend: k.backend.Name, Model: k.backend.Model},
	}
	if t.Usage.Model != "" {
		t.Usage.ModelCalls, t.Usage.InputTokens, t.Usage.OutputTokens = 2, 1100, 134
		if k.backend.Price != nil {
			t.Usage.CostUSD = 0.004
		}
	}
	before, waits := k.pending[req.Conversation]
	delete(k.pending, req.Conversation)
	k.mu.Unlock()
	ev := func(kind orchestrator.EventKind, f func(*orchestrator.Event)) {
		e := orchestrator.Event{Kind: kind, Conversation: req.Conversation, Turn: t.ID}
		f(&e)
		k.publish(e)
	}
	ev(orchestrator.EventTurnStarted, func(e *orchestrator.Event) { e.Text = req.Message })
	if strings.HasPrefix(req.Message, "slow") {
		for _, said := range policies(req.Message) {
			ev(orchestrator.EventBackend, func(e *orchestrator.Event) { e.Text = said })
		}
		ev(orchestrator.EventPlanned, func(e *orchestrator.Event) {
			e.Steps = []orchestrator.StepRecord{{ID: "a", Intent: "list_orders", Status: orchestrator.StepPlanned}}
		})
		ev(orchestrator.EventStepStarted, func(e *orchestrator.Event) {
			e.Step = &orchestrator.StepRecord{ID: "a", Intent: "list_orders", Status: orchestrator.StepRunning, Route: orchestrator.Modern, Service: "order", Version: "1.0.0"}
		})
		select {
		case <-ctx.Done():
			t.Kind, t.Answer = orchestrator.KindError, "Stopped. What was done before stays done. Ask again when you like."
			t.Problem = &orchestrator.Error{Code: orchestrator.CodeCancelled, Message: t.Answer}
		case <-k.release:
			t.Answer = "Slow and done."
		}
	} else {
		script(&t, before, waits)
	}
	for _, piece := range strings.SplitAfter(t.Answer, " ") {
		ev(orchestrator.EventAnswerDelta, func(e *orchestrator.Event) { e.Text = piece })
	}
	k.mu.Lock()
	k.turns[t.Conversation] = append(k.turns[t.Conversation], t)
	if t.Kind == orchestrator.KindConfirmation {
		k.pending[t.Conversation] = t
	}
	k.mu.Unlock()
	ended := t
	ev(orchestrator.EventTurnEnded, func(e *orchestrator.Event) { e.Ended = &ended })
	return t, nil
}

// policies is what a backend's policies tell of during a turn.
func policies(msg string) []string {
	if strings.Contains(msg, "retry") {
		return []string{
			"retry: openai failed (rate limited), attempt 2 of 3 in 1.2 s",
			"fallback: openai failed (rate limited), ollama takes over",
		}
	}
	return nil
}

func ptr[T any](v T) *T { return &v }

// script fills in a turn from its message.
func script(t *orchestrator.Turn, before orchestrator.Turn, waits bool) {
	look := orchestrator.StepRecord{
		ID: "orders", Intent: "list_orders", Status: orchestrator.StepDone, Route: orchestrator.Modern, Service: "order",
		Version: "1.0.0", DurationMS: 3, Lookup: true, Text: "my latest order",
	}
	cancel := orchestrator.StepRecord{
		ID: "cancel", Intent: "cancel_order", Status: orchestrator.StepWaiting, Text: "cancel my latest order",
		Condition: &orchestrator.Decided{Text: "it has not shipped", Expr: `steps.orders.orders[0].status != "shipped"`, Met: ptr(true), By: "cel"},
		Sentence:  "Cancel order 1003: desk lamp, 45.00 EUR",
		Changes:   []orchestrator.Change{{Field: "status", Old: "processing", New: "cancelled"}},
	}
	phone := orchestrator.StepRecord{
		ID: "phone", Intent: "update_phone", Status: orchestrator.StepWaiting, Text: "change my phone number",
		Sentence: "Change your phone number", Changes: []orchestrator.Change{{Field: "phone", Old: "+47 400 00 100", New: "+47 400 00 123"}},
	}
	track := orchestrator.StepRecord{
		ID: "track", Intent: "track_shipment", Status: orchestrator.StepSkipped, Text: "otherwise, where is it",
		Condition: &orchestrator.Decided{Text: "it has shipped", Expr: `steps.orders.orders[0].status == "shipped"`, Met: ptr(false), By: "cel"},
	}
	msg := strings.ToLower(t.Message)
	if state := states[t.Message]; state != nil {
		state(t)
		return
	}
	switch {
	case waits && (msg == "yes" || strings.HasPrefix(msg, "only")):
		t.Settles, t.Steps = before.ID, append([]orchestrator.StepRecord(nil), before.Steps...)
		for i := range t.Steps {
			if s := &t.Steps[i]; msg == "only 1" && s.ID != before.Pending.Steps[0] && s.Status == orchestrator.StepWaiting {
				s.Status = orchestrator.StepDenied
			} else if s.Status == orchestrator.StepWaiting {
				s.Status, s.Route, s.Service, s.Version, s.DurationMS = orchestrator.StepDone, orchestrator.Modern, "order", "1.0.0", 5
			}
		}
		t.Answer = "Order 1003 (desk lamp, 45.00 EUR) is cancelled. It had not shipped yet, so there is nothing to send back."
	case waits && msg == "no":
		t.Settles, t.Steps = before.ID, append([]orchestrator.StepRecord(nil), before.Steps...)
		for i := range t.Steps {
			if s := &t.Steps[i]; s.Status == orchestrator.StepWaiting {
				s.Status = orchestrator.StepDenied
			}
		}
		t.Answer = "Nothing was changed."
	case strings.Contains(msg, "chain"):
		phone.Condition = &orchestrator.Decided{Text: "if the order could be cancelled", Expr: `steps.cancel.status == "cancelled"`}
		confirmTurn(t, look, cancel, phone)
	case strings.Contains(msg, "too slow"):
		look.Status, look.Route, look.Service, look.Version, look.DurationMS = orchestrator.StepFailed, orchestrator.Legacy, "monolith", "9.4.2", 2000
		look.Error = &orchestrator.Error{Code: orchestrator.CodeTimeout, Message: "The monolith service did not answer in time."}
		t.Steps, t.Answer = []orchestrator.StepRecord{look}, look.Error.Message
	case strings.Contains(msg, "both"):
		confirmTurn(t, look, cancel, phone)
	case strings.Contains(msg, "cancel"):
		confirmTurn(t, look, cancel, track)
	case strings.Contains(msg, "address"):
		t.Kind, t.Answer = orchestrator.KindQuestion, "Which address should the desk lamp go to?"
		t.Plan = &orchestrator.Plan{Kind: orchestrator.PlanQuestion, Missing: &orchestrator.Missing{Step: "a", Param: "address"}}
	case strings.Contains(msg, "unreachable"):
		t.Kind, t.Answer = orchestrator.KindError, "openai cannot be reached. Nothing was changed, and your message is kept. Check the network, or switch with /model."
		t.Problem = &orchestrator.Error{Code: orchestrator.CodeBackendUnreachable, Message: t.Answer, Cause: errors.New("dial tcp: connection refused")}
	case strings.Contains(msg, "break"):
		t.Kind, t.Answer = orchestrator.KindError, "The backend gave no plan that could be used. Nothing was changed. Put it in other words."
		t.Problem = &orchestrator.Error{Code: orchestrator.CodeBadPlan, Message: t.Answer, Cause: errors.New("step cancel: there is no intent cancel_odrer")}
	case strings.Contains(msg, "fallback"):
		look.FallbackFrom, look.Route, look.Service, look.Version, look.DurationMS = orchestrator.Modern, orchestrator.Legacy, "monolith", "9.4.2", 181
		t.Steps = []orchestrator.StepRecord{look}
		t.Answer = "Your latest order is **1003**, a desk lamp."
	case strings.Contains(msg, "orders"):
		t.Steps = []orchestrator.StepRecord{look}
		t.Answer = "You have three orders:\n\n| order | status | items | total |\n|---|---|---|---:|\n| 1003 | processing | desk lamp | 45.00 EUR |\n| 1002 | shipped | kettle and mug | 52.40 EUR |\n| 1001 | delivered | headphones | 89.00 EUR |\n\n- the **newest** first\n- `1003` can still be cancelled\n"
	default:
		t.Steps = []orchestrator.StepRecord{look}
		t.Answer = "Order 1003 (desk lamp, 45.00 EUR) is being processed. It was placed yesterday."
	}
}

func confirmTurn(t *orchestrator.Turn, steps ...orchestrator.StepRecord) {
	t.Kind, t.Steps = orchestrator.KindConfirmation, steps
	t.Answer = "Shall I do this?"
	t.Pending = &orchestrator.Pending{Hash: "h", Expires: t.At.Add(10 * time.Minute)}
	for _, s := range steps {
		if s.Status == orchestrator.StepWaiting && !s.Group {
			t.Pending.Steps = append(t.Pending.Steps, s.ID)
		}
	}
}

func fakeAccounts() []Account {
	u := func(email, name string, role orchestrator.Role) orchestrator.User {
		return orchestrator.User{Email: email, Name: name, Role: role}
	}
	return []Account{
		{u("ada@example.com", "Ada Okafor", orchestrator.Customer), "three orders, one not shipped yet"},
		{u("ben@example.com", "Ben Sato", orchestrator.Customer), "one order on its way"},
		{u("cleo@example.com", "Cleo Marsh", orchestrator.Customer), "no orders"},
		{u("dora@example.com", "Dora Lindqvist", orchestrator.Customer), "can still return her boots"},
		{u("sam@example.com", "Sam Rivera", orchestrator.Support), "may ask for any customer"},
	}
}
