package main

import (
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"banyan/orchestrator"
)

// TestSeedIsSound holds testdata/shop.json against the rules of the shop.
func TestSeedIsSound(t *testing.T) {
	var data seedData
	if err := json.Unmarshal(shopJSON, &data); err != nil {
		t.Fatal(err)
	}
	names, emails, ids := map[string]bool{}, map[string]bool{}, map[string]bool{}
	customers := 0
	for _, p := range data.People {
		if names[p.Name] || emails[p.Email] {
			t.Errorf("%s (%s) is there twice", p.Name, p.Email)
		}
		names[p.Name] = true
		emails[p.Email] = p.Role == "customer"
		if p.Role == "customer" {
			customers++
		}
	}
	if customers < 40 || len(data.Orders) < 160 {
		t.Errorf("%d customers and %d orders", customers, len(data.Orders))
	}
	number := regexp.MustCompile(`^[0-9]{4}$`)
	for _, so := range data.Orders {
		if ids[so.ID] || !number.MatchString(so.ID) || !emails[so.Email] {
			t.Errorf("order %s of %s is there twice, or has no number or customer", so.ID, so.Email)
		}
		ids[so.ID] = true
		for _, now := range []time.Time{shopNow, shopNow.Add(-14 * time.Hour), shopNow.Add(9 * time.Hour)} {
			so.check(t, now)
		}
	}
}

// check says what is wrong with an order that is seeded at that moment.
func (so seedOrder) check(t *testing.T, now time.Time) {
	t.Helper()
	o, err := so.order(now)
	if err != nil {
		t.Errorf("order %s: %v", so.ID, err)
		return
	}
	happened := map[string]bool{
		"shipped": !o.Shipped.IsZero(), "delivered": !o.Delivered.IsZero(),
		"cancelled": !o.Cancelled.IsZero(), "returned": !o.Returned.IsZero(),
	}
	want := map[string]map[string]bool{
		"processing": {},
		"shipped":    {"shipped": true},
		"delivered":  {"shipped": true, "delivered": true},
		"cancelled":  {"cancelled": true},
		"returned":   {"shipped": true, "delivered": true, "returned": true},
	}[o.Status]
	if want == nil || len(o.Items) == 0 || o.Address == "" || (o.Carrier == "" || o.Tracking == "") == happened["shipped"] {
		t.Errorf("order %s is not complete: %+v", o.ID, o)
	}
	for what, is := range happened {
		if is != want[what] {
			t.Errorf("order %s is %s; %s: %v", o.ID, o.Status, what, is)
		}
	}
	before := o.Placed
	for _, at := range []time.Time{o.Shipped, o.Delivered, o.Returned, o.Cancelled, now} {
		if at.IsZero() {
			continue
		}
		if at.Before(before) {
			t.Errorf("order %s of %s: %v comes before %v", o.ID, now, at, before)
		}
		before = at
	}
	for _, it := range o.Items {
		if it.Name == "" || it.Quantity < 1 || it.PriceCents < 1 {
			t.Errorf("order %s has the item %+v", o.ID, it)
		}
	}
}

// TestSeedHoldsThePeopleOfTheShop checks the five accounts that docs/shop.md
// promises.
func TestSeedHoldsThePeopleOfTheShop(t *testing.T) {
	s := newTestShop(t)
	never := -1
	for id, want := range map[string]struct {
		email, status              string
		total                      float64
		placed, shipped, delivered int // days ago
	}{
		"1001": {"ada@example.com", "delivered", 89, 45, 43, 40},
		"1002": {"ada@example.com", "shipped", 52.4, 5, 3, never},
		"1003": {"ada@example.com", "processing", 45, 1, never, never},
		"2001": {"ben@example.com", "shipped", 34, 4, 2, never},
		"4001": {"dora@example.com", "delivered", 120, 12, 9, 5},
		"4002": {"dora@example.com", "cancelled", 75, 20, never, never},
		"4003": {"dora@example.com", "processing", 86, 0, never, never},
	} {
		got := s.mustCall(orchestrator.Modern, want.email, "get_order", args{"order_id": id})
		if got["status"] != want.status || got["total"] != want.total {
			t.Errorf("order %s: %v", id, got)
		}
		for field, days := range map[string]int{"placed": want.placed, "shipped": want.shipped, "delivered": want.delivered} {
			text, _ := got[field].(string)
			at, err := time.Parse(time.RFC3339, text)
			if (err != nil) != (days == never) {
				t.Errorf("order %s, %s: %q", id, field, text)
			}
			if err == nil && at.In(shopNow.Location()).Format(time.DateOnly) != shopNow.AddDate(0, 0, -days).Format(time.DateOnly) {
				t.Errorf("order %s: %s %s, want %d days ago", id, field, text, days)
			}
		}
	}
	for email, n := range map[string]int{"ada@example.com": 3, "ben@example.com": 1, "cleo@example.com": 0, "dora@example.com": 3} {
		if got := len(s.ordersOf(email)); got != n {
			t.Errorf("%s has %d orders, want %d", email, got, n)
		}
	}
	if u, err := s.users.Lookup(t.Context(), "Sam Rivera"); err != nil || !u.Staff() || u.Email != "sam@example.com" {
		t.Errorf("sam is %+v, %v", u, err)
	}
}
