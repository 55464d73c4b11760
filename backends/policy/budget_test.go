package policy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

var asking = orchestrator.Asking{Conversation: "c", Turn: "t", User: ada.Email}

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// Each limit holds by itself: with 1 USD per million input and 2 per million output
// tokens a call is held at 0.002 USD and costs 0.001.
func TestBudget(t *testing.T) {
	for _, c := range []struct {
		name  string
		cfg   BudgetConfig
		other orchestrator.Asking // has a budget of its own
	}{
		{"Turn", BudgetConfig{Turn: 0.0045}, orchestrator.Asking{Conversation: "c", Turn: "t2", User: ada.Email}},
		{"Conversation", BudgetConfig{Conversation: 0.0045}, orchestrator.Asking{Conversation: "c2", Turn: "t", User: ada.Email}},
		{"User", BudgetConfig{User: 0.0045}, orchestrator.Asking{Conversation: "c", Turn: "t", User: ben.Email}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e ear
			c.cfg.Estimate, c.cfg.Now = fixed(1000, 500), at(day)
			s := scripted()
			b := NewBudget(s, c.cfg)
			ctx := e.listen(t.Context(), asking)
			// 0, 0.001 and 0.002 are spent when a call is held, at 0.003 it does not fit.
			for i := range 5 {
				_, err := b.Plan(ctx, ask("hello"))
				want := ""
				if i > 2 {
					want = orchestrator.CodeBackendBudget
				}
				wantKind(t, err, want)
			}
			wantCalls(t, s, 3)
			e.wantHeard(t, "budget: script (m1) is not asked, the call could cost up to 0.0020 USD and 0.0030 of 0.0045 USD")
			if _, err := b.Plan(e.listen(t.Context(), c.other), ask("hello")); err != nil {
				t.Errorf("the budget of another %s is used up: %v", c.name, err)
			}
		})
	}
}

func TestBudgetDay(t *testing.T) {
	now := day.Add(-12 * time.Hour) // midnight
	b := NewBudget(scripted(), BudgetConfig{Day: 0.0025, User: 1, Estimate: fixed(1000, 500), Now: func() time.Time { return now }})
	for i, kind := range []string{"", orchestrator.CodeBackendBudget, "", orchestrator.CodeBackendBudget} {
		who := orchestrator.Asking{User: fmt.Sprintf("user%d@example.com", i)}
		_, err := b.Plan(orchestrator.WithAsking(t.Context(), who, nil), ask("hello"))
		wantKind(t, err, kind)
		now = now.Add(12 * time.Hour) // every second call is on a new day
	}
}

// 100 calls at once cannot overspend together.
func TestBudgetSideBySide(t *testing.T) {
	ledger := NewMemory(at(day))
	s := scripted()
	b := NewBudget(s, BudgetConfig{Day: 0.0205, Estimate: fixed(1000, 500), Ledger: ledger, Now: at(day)})
	gate := make(chan struct{})
	slow := scripted()
	slow.turns = s.turns
	b.inner = gated{slow, gate}
	var wg sync.WaitGroup
	var mu sync.Mutex
	refused, well := 0, 0
	for range 100 {
		wg.Go(func() {
			_, err := b.Plan(t.Context(), ask("hello"))
			mu.Lock()
			defer mu.Unlock()
			switch Kind(err) {
			case "":
				well++
			case orchestrator.CodeBackendBudget:
				if refused++; refused == 90 {
					close(gate) // only now does any call end, so that none makes room
				}
			}
		})
	}
	wg.Wait()
	spent, err := ledger.Spent(t.Context(), "day/2026-03-05")
	if err != nil || well != 10 || refused != 90 || spent != ToNanos(10*cheap.CostUSD) {
		t.Errorf("%d were made, %d refused, %d nanos spent, %v", well, refused, spent, err)
	}
}

type gated struct {
	*script
	gate chan struct{}
}

func (g gated) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	<-g.gate
	return g.script.Plan(ctx, req)
}

// What is not known is never free.
func TestBudgetUnknown(t *testing.T) {
	silent := well() // a model was asked, and nobody says what it took
	silent.usage = orchestrator.Usage{Backend: "script", ModelCalls: 1}
	free := well() // no model was asked
	free.usage = orchestrator.Usage{Backend: "script"}
	uncosted := well()
	uncosted.usage.CostUSD = 0
	cut := fails(orchestrator.CodeBackendTruncated)
	paid := cut
	paid.usage = cheap
	const held, real = 0.002, 0.00012
	for _, c := range []struct {
		name string
		turn outcome
		want float64
	}{
		{"Cost", well(), cheap.CostUSD},
		{"NoCost", uncosted, real},
		{"NoUsage", silent, held},
		{"NoModelCall", free, 0},
		{"CutOff", cut, held},
		{"CutOffWithUsage", paid, cheap.CostUSD},
		{"Crash", outcome{panics: true}, held},
		{"Refused", fails(orchestrator.CodeBackendBadKey), 0},
		{"Unreachable", fails(orchestrator.CodeBackendUnreachable), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			ledger := NewMemory(at(day))
			b := NewBudget(scripted(c.turn), BudgetConfig{Day: 1, Estimate: fixed(1000, 500), Ledger: ledger, Now: at(day)})
			reply, _ := b.Plan(t.Context(), ask("hello"))
			if spent, _ := ledger.Spent(t.Context(), "day/2026-03-05"); spent != ToNanos(c.want) {
				t.Errorf("%d nanos were booked, not %d", spent, ToNanos(c.want))
			}
			if c.name == "NoCost" && ToNanos(reply.Usage.CostUSD) != ToNanos(real) {
				t.Errorf("the cost is shown as %v", reply.Usage.CostUSD)
			}
		})
	}
}

func TestBudgetPrice(t *testing.T) {
	_, err := NewBudget(unpriced("unknown"), BudgetConfig{Day: 1}).Plan(t.Context(), ask("hello"))
	wantKind(t, err, orchestrator.CodeBackendBudget)
	if err == nil || !strings.Contains(err.Error(), "Set its price") {
		t.Errorf("there is no advice: %v", err)
	}
	_, err = NewBudget(unpriced("known"), BudgetConfig{Day: 1, Price: &cost}).Plan(t.Context(), ask("hello"))
	wantKind(t, err, "")
	_, err = NewBudget(scripted().local(), BudgetConfig{Day: 1e-9}).Plan(t.Context(), ask("hello"))
	wantKind(t, err, "")
}

// A chain is held at its highest price, and a part of it that costs nothing costs
// nothing.
func TestBudgetAroundChain(t *testing.T) {
	local := scripted().named("offline").local()
	local.turns = []outcome{{plan: hello, usage: orchestrator.Usage{Backend: "offline", ModelCalls: 1, InputTokens: 1000}}}
	chain := NewFallback(FallbackConfig{}, scripted(fails(orchestrator.CodeBackendNoKey)), local)
	ledger := NewMemory(nil)
	b := NewBudget(chain, BudgetConfig{Day: 1, Ledger: ledger, Now: at(day)})
	if _, err := b.Plan(t.Context(), ask("hello")); err != nil {
		t.Fatal(err)
	}
	if spent, _ := ledger.Spent(t.Context(), "day/2026-03-05"); spent != 0 {
		t.Errorf("%d nanos", spent)
	}
}

// A ledger that cannot be read does not open the purse.
func TestBudgetLedgerFails(t *testing.T) {
	s := scripted()
	_, err := NewBudget(s, BudgetConfig{Day: 1, Ledger: brokenLedger{}}).Plan(t.Context(), ask("hello"))
	wantKind(t, err, orchestrator.CodeBackendBudget)
	wantCalls(t, s, 0)
}

type brokenLedger struct{}

func (brokenLedger) Book(context.Context, Nanos, ...Account) error {
	return errors.New("the disk is gone")
}

func (brokenLedger) Spent(context.Context, string) (Nanos, error) {
	return 0, errors.New("the disk is gone")
}

// Who stops a turn has paid for what was held, and it is booked though the context
// has ended.
func TestBudgetCancelled(t *testing.T) {
	ledger := NewMemory(at(day))
	ctx, cancel := context.WithCancel(t.Context())
	b := NewBudget(scripted(outcome{err: context.Canceled, usage: cheap}), BudgetConfig{Day: 1, Estimate: fixed(1000, 500), Ledger: ledger, Now: at(day)})
	cancel()
	_, _ = b.Plan(ctx, ask("hello"))
	if spent, _ := ledger.Spent(t.Context(), "day/2026-03-05"); spent != ToNanos(0.002) {
		t.Errorf("%d nanos", spent)
	}
}
