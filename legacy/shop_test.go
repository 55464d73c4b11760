package legacy

import (
	"errors"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"banyan/legacy/monolith"
	"banyan/orchestrator"

	"go.etcd.io/bbolt"
)

// noon is a Wednesday.
var noon = time.Date(2026, 11, 18, 12, 0, 0, 0, time.UTC)

// shop is a service over a fresh database with the people of docs/shop.md.
type shop struct {
	*Service
	db  *bbolt.DB
	now time.Time
}

func mustShop(tb testing.TB, hooks Hooks) *shop {
	tb.Helper()
	db, err := bbolt.Open(filepath.Join(tb.TempDir(), "shop.db"), 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	s := &shop{db: db, now: noon}
	m, err := monolith.Open(db, monolith.Options{Now: func() time.Time { return s.now }})
	if err != nil {
		tb.Fatal(err)
	}
	s.Service = New(m, hooks)
	s.mustUpdate(tb, func(tx *bbolt.Tx) error { return s.seed(tx) })
	return s
}

// mustShopWithReturn is mustShop after dora has asked to return the tent pegs.
func mustShopWithReturn(tb testing.TB, hooks Hooks) *shop {
	tb.Helper()
	s := mustShop(tb, hooks)
	s.mustCall(tb, "dora", "request_return", args{"order_id": "4004", "item": "tent pegs", "reason": "too many"})
	return s
}

func (s *shop) mustUpdate(tb testing.TB, f func(tx *bbolt.Tx) error) {
	tb.Helper()
	if err := s.db.Update(f); err != nil {
		tb.Fatal(err)
	}
}

func daysAgo(n int) time.Time { return noon.AddDate(0, 0, -n) }

func (s *shop) seed(tx *bbolt.Tx) error {
	for _, c := range []Customer{
		{
			Email: "ada@example.com", Name: "Ada Okafor", Phone: "+47 400 00 100", Address: "1 Fig Lane, 0150 Oslo",
			Since: daysAgo(700), Points: 420, Tier: "silver",
			Methods: []PaymentMethod{{"card", "Visa ending 4242", "2028-03", true}, {"invoice", "Invoice, 14 days", "", false}},
		},
		{Email: "ben@example.com", Name: "Ben Sato", Phone: "+47 400 00 200", Address: "2 Fig Lane, 0150 Oslo", Since: daysAgo(90)},
		{Email: "cleo@example.com", Name: "Cleo Marsh", Phone: "+47 400 00 300", Address: "3 Fig Lane, 0150 Oslo", Since: daysAgo(9)},
		{Email: "dora@example.com", Name: "Dora Lindqvist", Phone: "+46 70 000 00 00", Address: "4 Björkvägen, Göteborg", Since: daysAgo(400), Newsletter: true},
		{Email: "old@example.com", Name: "Olga Dahl", Address: "5 Fig Lane, 0150 Oslo", Since: daysAgo(900), Closed: daysAgo(3)},
	} {
		if err := s.PutCustomer(tx, c); err != nil {
			return err
		}
	}
	sent := func(o Order) Order {
		o.Carrier, o.Tracking, o.Address = "Norpost", "NP"+o.ID+"NO", "1 Fig Lane, 0150 Oslo"
		return o
	}
	for _, o := range []Order{
		sent(Order{ID: "1001", Email: "ada@example.com", Status: "delivered", Placed: daysAgo(45), Shipped: daysAgo(43), Delivered: daysAgo(40), Items: []Item{{"headphones", 1, 8900}}}),
		sent(Order{ID: "1002", Email: "ada@example.com", Status: "shipped", Placed: daysAgo(5), Shipped: daysAgo(3), Estimated: daysAgo(-2), Items: []Item{{"kettle", 1, 3990}, {"mug", 1, 1250}}}),
		{ID: "1003", Email: "ada@example.com", Status: "processing", Placed: daysAgo(1), Address: "1 Fig Lane, 0150 Oslo", Items: []Item{{"desk lamp", 1, 4500}}},
		sent(Order{ID: "2001", Email: "ben@example.com", Status: "shipped", Placed: daysAgo(4), Shipped: daysAgo(2), Items: []Item{{"teapot", 1, 3400}}}),
		sent(Order{ID: "4001", Email: "dora@example.com", Status: "delivered", Placed: daysAgo(12), Shipped: daysAgo(9), Delivered: daysAgo(5), Items: []Item{{"boots", 1, 12000}}}),
		{ID: "4002", Email: "dora@example.com", Status: "cancelled", Placed: daysAgo(20), Cancelled: daysAgo(19), Address: "4 Björkvägen, Göteborg", Items: []Item{{"rain jacket", 1, 7500}}},
		{ID: "4003", Email: "dora@example.com", Status: "processing", Placed: noon.Add(-time.Hour), Address: "4 Björkvägen, Göteborg", Items: []Item{{"wool socks", 3, 900}, {"hiking poles", 1, 5900}}},
		sent(Order{ID: "4004", Email: "dora@example.com", Status: "delivered", Placed: daysAgo(40), Shipped: daysAgo(35), Delivered: daysAgo(30), Items: []Item{{"tent", 1, 19900}, {"tent pegs", 2, 500}}}),
		sent(Order{ID: "4005", Email: "dora@example.com", Status: "returned", Placed: daysAgo(50), Shipped: daysAgo(48), Delivered: daysAgo(46), Returned: daysAgo(4), Items: []Item{{"gloves", 1, 2500}}}),
	} {
		if err := s.PutOrder(tx, o); err != nil {
			return err
		}
	}
	return nil
}

type args = map[string]any

func call(who, intent string, a args) orchestrator.Call {
	all := args{"email": who + "@example.com"}
	maps.Copy(all, a)
	u := orchestrator.User{Email: who + "@example.com", Role: orchestrator.Customer}
	return orchestrator.Call{Intent: intent, Args: all, User: u, Subject: u}
}

func (s *shop) mustCall(tb testing.TB, who, intent string, a args) args {
	tb.Helper()
	return s.mustDo(tb, call(who, intent, a))
}

func (s *shop) mustDo(tb testing.TB, c orchestrator.Call) args {
	tb.Helper()
	r, err := s.Call(tb.Context(), c)
	if err != nil {
		tb.Fatalf("%s %v: %v", c.Intent, c.Args, err)
	}
	return r.Data
}

// refused returns the code and message of a call that must be refused.
func (s *shop) refused(tb testing.TB, c orchestrator.Call) (code, message string) {
	tb.Helper()
	r, err := s.Call(tb.Context(), c)
	var e *orchestrator.Error
	if !errors.As(err, &e) {
		tb.Fatalf("%s %v: got %v, %v, want a refusal", c.Intent, c.Args, r.Data, err)
	}
	return e.Code, e.Message
}

// dump is everything in the database.
func (s *shop) dump(tb testing.TB) map[string]string {
	tb.Helper()
	all := map[string]string{}
	var walk func(path string, b *bbolt.Bucket) error
	walk = func(path string, b *bbolt.Bucket) error {
		return b.ForEach(func(k, v []byte) error {
			p := path + "/" + string(k)
			if sub := b.Bucket(k); v == nil && sub != nil {
				return walk(p, sub)
			}
			all[p] = string(v)
			return nil
		})
	}
	err := s.db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error { return walk(string(name), b) })
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}
