package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

// BudgetConfig says what may be spent, in US dollars; zero means any amount.
type BudgetConfig struct {
	// Turn and Conversation limit one of each, User one user on one day, Day all
	// users together on one day.
	Turn, Conversation, User, Day float64
	// Price is what tokens cost; if nil, what the backend says of itself counts.
	Price *orchestrator.Price
	// Ledger keeps the accounts. Nil: a Memory of its own. Budgets around several
	// backends share their limits by sharing a ledger.
	Ledger Ledger
	// Estimate sizes calls beforehand.
	Estimate Estimator
	// Now says which day it is; time.Now if nil.
	Now func() time.Time
}

// Budget keeps calls within limits. Before a call the most that it can cost is put
// on all accounts concerned; when it has ended, that is replaced by what it did
// cost. So calls side by side cannot overspend together. A call that does not fit
// fails with an error of kind CodeBackendBudget.
//
// A price that is not known is never taken for free: unless the backend is Local,
// its calls fail with advice. A call whose usage is not known counts as what was
// put aside for it, unless the kind of its failure says that no model has begun to
// work.
type Budget struct {
	layer
	cfg      BudgetConfig
	estimate *estimate
}

// NewBudget wraps a backend.
func NewBudget(b orchestrator.Backend, cfg BudgetConfig) *Budget {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Ledger == nil {
		cfg.Ledger = NewMemory(cfg.Now)
	}
	g := &Budget{cfg: cfg, estimate: newEstimate(cfg.Estimate)}
	g.layer = layer{inner: b, do: g.around}
	return g
}

// settleTimeout bounds the booking after a call whose context may have ended.
const settleTimeout = 5 * time.Second

func (g *Budget) around(ctx context.Context, x *exchange) error {
	info, err := g.inner.Describe(ctx)
	if err != nil {
		return fmt.Errorf("asking the backend for its price: %w", err)
	}
	price := g.cfg.Price
	if price == nil {
		price = info.Price
	}
	if price == nil {
		if info.Local {
			return x.ask(ctx, g.inner)
		}
		return g.unpriced(ctx, info)
	}
	in, out := g.estimate.size(x)
	held := ToNanos(price.Cost(in, out))
	accounts := g.accounts(orchestrator.AskingFrom(ctx))
	if err := g.cfg.Ledger.Book(ctx, held, accounts...); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return g.refuse(ctx, err)
	}
	err = x.ask(ctx, g.inner)
	came := g.came(x, err, info, *price, held)
	if booked := g.settle(ctx, came-held, accounts); booked != nil && err == nil {
		orchestrator.Notify(ctx, fmt.Sprintf("budget: what the call cost could not be booked, %.4f USD stay reserved: %v", held.USD(), booked))
	}
	return err
}

func (g *Budget) settle(ctx context.Context, amount Nanos, accounts []Account) error {
	if amount == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
	defer cancel()
	for i := range accounts {
		accounts[i].Limit = 0 // it is spent
	}
	return g.cfg.Ledger.Book(ctx, amount, accounts...)
}

// local tells whether a backend of that name, among the parts of info, is Local.
func local(info orchestrator.BackendInfo, name string) bool {
	if info.Name == name && info.Local {
		return true
	}
	return slices.ContainsFunc(info.Parts, func(p orchestrator.BackendInfo) bool { return local(p, name) })
}

// came says what a call cost in the end. Usage that comes without a cost is given
// one.
func (g *Budget) came(x *exchange, err error, info orchestrator.BackendInfo, price orchestrator.Price, held Nanos) Nanos {
	u := x.usage()
	switch {
	case u.CostUSD > 0:
		return ToNanos(u.CostUSD)
	case u.InputTokens+u.OutputTokens > 0:
		if local(info, u.Backend) {
			return 0
		}
		u.CostUSD = price.Cost(u.InputTokens, u.OutputTokens)
		return ToNanos(u.CostUSD)
	case err == nil && u.ModelCalls == 0, slices.Contains(unbilled(), Kind(err)):
		return 0
	}
	return held
}

// accounts are the sums that a call counts for.
func (g *Budget) accounts(who orchestrator.Asking) []Account {
	now := g.cfg.Now()
	day := now.Format(time.DateOnly)
	accounts := make([]Account, 0, 4)
	add := func(key, id string, limit float64, keep time.Duration) {
		if id != "" && limit > 0 {
			accounts = append(accounts, Account{Key: key + "/" + id, Limit: ToNanos(limit), Until: now.Add(keep)})
		}
	}
	add("turn", who.Turn, g.cfg.Turn, time.Hour)
	add("conversation", who.Conversation, g.cfg.Conversation, 30*24*time.Hour)
	if who.User != "" {
		add("user", day+"/"+strings.ToLower(who.User), g.cfg.User, 48*time.Hour)
	}
	add("day", day, g.cfg.Day, 48*time.Hour)
	return accounts
}

func (g *Budget) unpriced(ctx context.Context, info orchestrator.BackendInfo) error {
	name := nameOf(ctx, g.inner)
	orchestrator.Notify(ctx, fmt.Sprintf("budget: the price of %s is not known, it is not asked", name))
	return &orchestrator.Error{
		Code: orchestrator.CodeBackendBudget, Cause: fmt.Errorf("no price is known for %s %s", info.Name, info.Model),
		Message: fmt.Sprintf("What %s costs is not known, so it cannot be kept within a budget. Your message is kept. Set its price in the configuration, take the budget away, or choose another backend with /model or --backend.", name),
	}
}

func (g *Budget) refuse(ctx context.Context, err error) error {
	var full *FullError
	if !errors.As(err, &full) {
		return &orchestrator.Error{
			Code: orchestrator.CodeBackendBudget, Cause: err,
			Message: "What was spent so far could not be read, so no model is asked. Your message is kept. Send it again, or choose a backend that costs nothing with /model or --backend.",
		}
	}
	what, _, _ := strings.Cut(full.Account.Key, "/")
	whose := map[string]string{"turn": "this message", "conversation": "this conversation", "user": "you for today", "day": "today"}[what]
	name := nameOf(ctx, g.inner)
	orchestrator.Notify(ctx, fmt.Sprintf("budget: %s is not asked, the call could cost up to %.4f USD and %.4f of %.4f USD for %s are taken",
		name, full.Amount.USD(), full.Spent.USD(), full.Account.Limit.USD(), whose))
	return &orchestrator.Error{
		Code: orchestrator.CodeBackendBudget, Cause: err,
		Message: fmt.Sprintf("Asking %s could cost up to %.4f USD, and of the %.4f USD for %s there are %.4f USD left. Your message is kept. Raise the budget, or choose a backend that costs nothing with /model or --backend.",
			name, full.Amount.USD(), full.Account.Limit.USD(), whose, max(0, full.Account.Limit-full.Spent).USD()),
	}
}
