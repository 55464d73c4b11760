package legacy

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// log keeps what the hooks were told.
type log struct {
	changes   []Change
	customers []Customer
	orders    []Order
	err       error
}

func (l *log) hooks() Hooks {
	return Hooks{
		OnCustomer: func(_ context.Context, _ *bbolt.Tx, w Change, c Customer) error {
			l.changes, l.customers = append(l.changes, w), append(l.customers, c)
			return l.err
		},
		OnOrder: func(_ context.Context, _ *bbolt.Tx, w Change, o Order) error {
			l.changes, l.orders = append(l.changes, w), append(l.orders, o)
			return l.err
		},
	}
}

func TestHooksAreToldOfChanges(t *testing.T) {
	for _, c := range []struct {
		who, intent       string
		args              args
		customers, orders int
	}{
		{"ada", "get_profile", nil, 0, 0},
		{"ada", "update_phone", args{"phone": "+47 400 00 123"}, 1, 0},
		{"ada", "update_phone", args{"phone": "+47 400 00 100"}, 0, 0}, // as it was
		{"ada", "update_address", args{"address": "12 Elm Street, 0150 Oslo"}, 1, 0},
		{"ada", "subscribe_newsletter", nil, 1, 0},
		{"ada", "reset_password", nil, 0, 0},
		{"cleo", "close_account", nil, 1, 0},
		{"ada", "cancel_order", args{"order_id": "1003"}, 0, 1},
		{"dora", "change_order", args{"order_id": "4003", "item": "socks", "quantity": 2.0}, 0, 1},
		{"dora", "change_order", args{"order_id": "4003", "item": "socks", "quantity": 3.0}, 0, 0}, // as it was
		{"dora", "change_delivery_address", args{"order_id": "4003", "address": "12 Elm Street"}, 0, 1},
		{"dora", "request_return", args{"order_id": "4001"}, 0, 1},
		{"dora", "request_return", args{"order_id": "4004", "item": "pegs"}, 0, 1}, // stays delivered
		{"ada", "file_complaint", args{"text": "late"}, 0, 0},
		{"ada", "contact_human", nil, 0, 0},
	} {
		var l log
		s := mustShop(t, l.hooks())
		cl := call(c.who, c.intent, c.args)
		cl.Key = "k"
		s.mustDo(t, cl)
		s.mustDo(t, cl)
		if len(l.customers) != c.customers || len(l.orders) != c.orders {
			t.Errorf("%s %v: told of %d customers and %d orders, want %d and %d", c.intent, c.args, len(l.customers), len(l.orders), c.customers, c.orders)
		}
	}
}

func TestHooksSeeTheNewState(t *testing.T) {
	var l log
	s := mustShop(t, l.hooks())
	s.mustCall(t, "ada", "cancel_order", args{"order_id": "1003"})
	equal(t, l.orders, []Order{{
		ID: "1003", Email: "ada@example.com", Status: "cancelled", Placed: daysAgo(1), Cancelled: noon,
		Items: []Item{{"desk lamp", 1, 4500}}, Address: "1 Fig Lane, 0150 Oslo",
	}})
	s.mustCall(t, "ada", "update_phone", args{"phone": "+47 400 00 123"})
	equal(t, l.customers, []Customer{{
		Email: "ada@example.com", Name: "Ada Okafor", Phone: "+47 400 00 123", Address: "1 Fig Lane, 0150 Oslo",
		Since: daysAgo(700), Points: 420, Tier: "silver",
		Methods: []PaymentMethod{{"card", "Visa ending 4242", "2028-03", true}, {"invoice", "Invoice, 14 days", "", false}},
	}})
}

func TestHookThatFailsTakesTheChangeBack(t *testing.T) {
	l := log{err: errors.New("the other side is full")}
	s := mustShop(t, l.hooks())
	before := s.dump(t)
	c := call("ada", "cancel_order", args{"order_id": "1003"})
	c.Key = "k"
	if _, err := s.Call(t.Context(), c); !errors.Is(err, l.err) {
		t.Errorf("got %v", err)
	}
	sameDump(t, before, s.dump(t))
	l.err = nil
	s.mustDo(t, c)
}

func TestPutComesBackAndCallsNoHook(t *testing.T) {
	var l log
	s := mustShop(t, l.hooks())
	c := Customer{
		Email: "Eve@Example.com", Name: "Eve Ångström", Phone: "+47 123 45 678", Address: "9 Elm Street", Since: daysAgo(30), Closed: daysAgo(1),
		Points: 7, Tier: "gold", Newsletter: true, Methods: []PaymentMethod{{"card", "Visa", "2030-12", true}},
	}
	o := Order{
		ID: "0042", Email: "Eve@Example.com", Status: "returned", Placed: daysAgo(20), Shipped: daysAgo(19), Delivered: daysAgo(18), Returned: daysAgo(2),
		Items: []Item{{"café table", 2, 9999}}, Address: "9 Elm Street", Carrier: "Norpost", Tracking: "NP1", Estimated: daysAgo(18).Truncate(24 * time.Hour),
	}
	s.mustUpdate(t, func(tx *bbolt.Tx) error {
		return errors.Join(s.PutCustomer(tx, c), s.PutOrder(tx, o), s.PutOrder(tx, o))
	})
	if err := s.db.View(func(tx *bbolt.Tx) error {
		gotC, ok, err := s.LoadCustomer(tx, " eve@example.com")
		if err != nil || !ok {
			t.Errorf("customer: %v, %v", ok, err)
		}
		equal(t, gotC, c)
		gotO, ok, err := s.LoadOrder(tx, "0042")
		if err != nil || !ok {
			t.Errorf("order: %v, %v", ok, err)
		}
		equal(t, gotO, o)
		if _, ok, err := s.LoadOrder(tx, "0043"); ok || err != nil {
			t.Errorf("no order: %v, %v", ok, err)
		}
		if _, ok, err := s.LoadCustomer(tx, "nobody@example.com"); ok || err != nil {
			t.Errorf("no customer: %v, %v", ok, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	equal(t, s.mustCall(t, "eve", "get_refund_status", args{"order_id": "0042"})["amount"], 199.98)
	if len(l.customers)+len(l.orders) > 0 {
		t.Errorf("the hooks were called: %+v", l)
	}
}

func TestPutOrderKeepsWhatOnlyTheMonolithKnows(t *testing.T) {
	s := mustShop(t, Hooks{})
	s.mustCall(t, "dora", "request_return", args{"order_id": "4004", "item": "pegs"})
	invoice := s.mustCall(t, "dora", "get_invoice", args{"order_id": "4004"})
	s.mustUpdate(t, func(tx *bbolt.Tx) error {
		o, _, err := s.LoadOrder(tx, "4004")
		if err != nil {
			return err
		}
		o.Status, o.Returned, o.Carrier, o.Tracking, o.Address = "returned", noon, "", "", ""
		return s.PutOrder(tx, o)
	})
	equal(t, s.mustCall(t, "dora", "get_invoice", args{"order_id": "4004"}), invoice)
	equal(t, s.mustCall(t, "dora", "get_refund_status", args{"order_id": "4004"})["amount"], 209.0)
	equal(t, s.mustCall(t, "dora", "track_shipment", args{"order_id": "4004"})["tracking_number"], "NP4004NO")
}

func TestPutOrderFollowsTheStatus(t *testing.T) {
	s := mustShop(t, Hooks{})
	put := func(change func(o *Order)) {
		t.Helper()
		s.mustUpdate(t, func(tx *bbolt.Tx) error {
			o, _, err := s.LoadOrder(tx, "1003")
			if err != nil {
				return err
			}
			change(&o)
			return s.PutOrder(tx, o)
		})
	}
	refund := call("ada", "get_refund_status", args{"order_id": "1003"})
	put(func(o *Order) { o.Status, o.Cancelled = "cancelled", noon })
	equal(t, s.mustDo(t, refund)["amount"], 45.0)
	put(func(o *Order) { o.Status, o.Cancelled = "processing", time.Time{} })
	if code, _ := s.refused(t, refund); code != "no_refund" {
		t.Errorf("a cancellation that was taken back: %s", code)
	}
	put(func(o *Order) { o.Status, o.Shipped, o.Carrier, o.Tracking = "shipped", noon, "Norpost", "NP1" })
	equal(t, s.mustCall(t, "ada", "get_invoice", args{"order_id": "1003"})["issued"], "2026-11-18")
	equal(t, s.mustCall(t, "ada", "track_shipment", args{"order_id": "1003"})["last_event"], "handed over to Norpost")
	put(func(o *Order) { o.Email = "ben@example.com" })
	equal(t, s.mustCall(t, "ada", "list_orders", nil)["count"], 2.0)
	equal(t, s.mustCall(t, "ben", "list_orders", nil)["count"], 2.0)
}

func TestPutRefuses(t *testing.T) {
	s := mustShop(t, Hooks{})
	for name, put := range map[string]func(tx *bbolt.Tx) error{
		"OrderNumber":   func(tx *bbolt.Tx) error { return s.PutOrder(tx, Order{ID: "12345", Email: "a@b", Status: "shipped"}) },
		"OrderStatus":   func(tx *bbolt.Tx) error { return s.PutOrder(tx, Order{ID: "1234", Email: "a@b", Status: "lost"}) },
		"OrderCustomer": func(tx *bbolt.Tx) error { return s.PutOrder(tx, Order{ID: "1234", Status: "shipped"}) },
		"NoEmail":       func(tx *bbolt.Tx) error { return s.PutCustomer(tx, Customer{Name: "Eve"}) },
		"Tier":          func(tx *bbolt.Tx) error { return s.PutCustomer(tx, Customer{Email: "a@b", Tier: "platinum"}) },
		"Expiry": func(tx *bbolt.Tx) error {
			return s.PutCustomer(tx, Customer{Email: "a@b", Methods: []PaymentMethod{{Kind: "card", Expires: "soon"}}})
		},
		"LongName": func(tx *bbolt.Tx) error {
			return s.PutCustomer(tx, Customer{Email: "a@b", Name: strings.Repeat("x", 61)})
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := s.db.Update(put); err == nil {
				t.Error("stored it")
			}
		})
	}
}

func TestReset(t *testing.T) {
	s := mustShop(t, Hooks{})
	before := s.dump(t)
	s.mustCall(t, "dora", "request_return", args{"order_id": "4004", "item": "tent pegs"})
	for _, c := range everyIntent() {
		s.mustDo(t, c)
	}
	s.mustUpdate(t, func(tx *bbolt.Tx) error {
		if err := s.Reset(tx); err != nil {
			return err
		}
		return s.seed(tx)
	})
	sameDump(t, before, s.dump(t))
	equal(t, s.mustCall(t, "ada", "contact_human", nil)["ticket_id"], "TIC-000001")
}
