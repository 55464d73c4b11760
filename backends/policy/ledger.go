package policy

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"
)

// Nanos is an amount of money in billionths of a US dollar: exact under addition,
// and fine enough for the price of a single token.
type Nanos int64

// ToNanos rounds an amount in US dollars up. What is not a number or does not fit
// becomes the largest amount there is.
func ToNanos(usd float64) Nanos {
	n := math.Ceil(usd * 1e9)
	if !(n < math.MaxInt64) {
		return math.MaxInt64
	}
	return Nanos(max(n, 0))
}

// USD returns the amount in US dollars.
func (n Nanos) USD() float64 { return float64(n) / 1e9 }

// Account is one of the sums that a call is booked on.
type Account struct {
	// Key names the account: turn/…, conversation/…, user/DAY/…, day/DAY.
	Key string
	// Limit is what may stand on it at most; zero means any amount.
	Limit Nanos
	// Until is when the account may be forgotten.
	Until time.Time
}

// Ledger keeps what was spent. Implementations are safe for concurrent use, by
// several processes too if they share one.
type Ledger interface {
	// Book adds an amount to every account or, if one of them would then be over its
	// limit, to none: it returns a *FullError. A negative amount is always booked, and
	// so is any amount on an account without a limit.
	Book(ctx context.Context, amount Nanos, accounts ...Account) error
	// Spent returns what stands on an account; zero if it is not known.
	Spent(ctx context.Context, key string) (Nanos, error)
}

// FullError says that an amount does not fit into an account.
type FullError struct {
	Account Account
	Spent   Nanos // what stands on it
	Amount  Nanos // what was to be added
}

// Error implements error.
func (e *FullError) Error() string {
	return fmt.Sprintf("%.6f USD do not fit into %s: %.6f of %.6f USD are taken", e.Amount.USD(), e.Account.Key, e.Spent.USD(), e.Account.Limit.USD())
}

// Fits returns a *FullError if amount may not be added to an account on which spent
// stands. It is the rule that every Ledger follows.
func (a Account) Fits(spent, amount Nanos) error {
	if amount <= 0 || a.Limit == 0 || spent <= a.Limit && amount <= a.Limit-spent {
		return nil
	}
	return &FullError{Account: a, Spent: spent, Amount: amount}
}

// Memory is a Ledger that lasts as long as the process.
type Memory struct {
	now func() time.Time

	mu       sync.Mutex // guards what follows
	accounts map[string]balance
	sweep    int // how many accounts there may be before old ones are looked for
}

type balance struct {
	spent Nanos
	until time.Time
}

// sweepFrom is the number of accounts from which on old ones are forgotten.
const sweepFrom = 1024

// NewMemory returns an empty ledger; now is time.Now if nil.
func NewMemory(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	return &Memory{now: now, accounts: map[string]balance{}, sweep: sweepFrom}
}

// Book implements Ledger.
func (m *Memory) Book(_ context.Context, amount Nanos, accounts ...Account) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range accounts {
		if err := a.Fits(m.accounts[a.Key].spent, amount); err != nil {
			return err
		}
	}
	for _, a := range accounts {
		m.accounts[a.Key] = balance{m.accounts[a.Key].spent + amount, a.Until}
	}
	if len(m.accounts) > m.sweep {
		now := m.now()
		for key, b := range m.accounts {
			if b.until.Before(now) {
				delete(m.accounts, key)
			}
		}
		m.sweep = max(sweepFrom, 2*len(m.accounts))
	}
	return nil
}

// Spent implements Ledger.
func (m *Memory) Spent(_ context.Context, key string) (Nanos, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.accounts[key].spent, nil
}
