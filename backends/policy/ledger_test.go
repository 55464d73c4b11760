package policy

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLedgerAllOrNone(t *testing.T) {
	m := NewMemory(nil)
	wide, tight := Account{Key: "wide", Limit: 100}, Account{Key: "tight", Limit: 10}
	if err := m.Book(t.Context(), 8, wide, tight); err != nil {
		t.Fatal(err)
	}
	var full *FullError
	if err := m.Book(t.Context(), 3, wide, tight); !errors.As(err, &full) || full.Account.Key != "tight" || full.Spent != 8 {
		t.Errorf("%v", err)
	}
	if spent, _ := m.Spent(t.Context(), "wide"); spent != 8 {
		t.Errorf("a part of what was refused was booked: %d", spent)
	}
	if err := m.Book(t.Context(), -5, wide, tight); err != nil {
		t.Error(err)
	}
	if err := m.Book(t.Context(), 3, wide, tight); err != nil {
		t.Errorf("what was given back is not there: %v", err)
	}
}

// However calls come and go, an account with a limit never passes it, as long as
// nothing costs more than was held for it.
func TestLedgerNeverOver(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := NewMemory(nil)
		account := Account{Key: "a", Limit: 1000}
		var held []Nanos
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(held) > 0 && rapid.Bool().Draw(t, "settle") {
				came := Nanos(rapid.Int64Range(0, int64(held[0])).Draw(t, "came"))
				if err := m.Book(t.Context(), came-held[0], Account{Key: "a"}); err != nil {
					t.Fatal(err)
				}
				held = held[1:]
			} else if want := Nanos(rapid.Int64Range(0, 500).Draw(t, "want")); m.Book(t.Context(), want, account) == nil {
				held = append(held, want)
			}
			if spent, _ := m.Spent(t.Context(), "a"); spent > account.Limit || spent < 0 {
				t.Fatalf("%d stand on the account", spent)
			}
		}
	})
}

func TestLedgerForgets(t *testing.T) {
	now := day
	m := NewMemory(func() time.Time { return now })
	for i := range 10 * sweepFrom {
		now = now.Add(time.Second)
		if err := m.Book(t.Context(), 1, Account{Key: fmt.Sprint(i), Until: now.Add(time.Minute)}, Account{Key: "day", Until: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(m.accounts) > 2*sweepFrom {
		t.Errorf("%d accounts are kept", len(m.accounts))
	}
	if spent, _ := m.Spent(t.Context(), "day"); spent != 10*sweepFrom {
		t.Errorf("an account in use was forgotten: %d", spent)
	}
}

func TestNanos(t *testing.T) {
	for usd, want := range map[float64]Nanos{0: 0, -1: 0, 1: 1e9, 1e-10: 1, 0.0000000015: 2, 1e300: math.MaxInt64, math.Inf(1): math.MaxInt64} {
		if got := ToNanos(usd); got != want {
			t.Errorf("%v becomes %d, not %d", usd, got, want)
		}
	}
	if ToNanos(math.NaN()) != math.MaxInt64 {
		t.Error("what is not a number is small")
	}
}
