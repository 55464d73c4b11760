package legacy

import (
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"

	"go.etcd.io/bbolt"
)

// TestRefusals goes through the table of rules in docs/shop.md.
func TestRefusals(t *testing.T) {
	s := mustShop(t, Hooks{})
	before := s.dump(t)
	long := strings.Repeat("x", 161)
	for _, c := range []struct {
		who, intent string
		args        args
		code, says  string
	}{
		{"ada", "get_order", args{"order_id": "2001"}, "not_found", "There is no order 2001 in this account."},
		{"ada", "get_order", args{"order_id": "9999"}, "not_found", "There is no order 9999 in this account."},
		{"ada", "get_order", args{"order_id": "abc"}, "invalid_argument", "four digits"},
		{"ada", "get_order", args{"order_id": 1003.0}, "invalid_argument", "wrong form"},
		{"ada", "get_order", nil, "invalid_argument", "four digits"},
		{"ada", "cancel_order", args{"order_id": "2001"}, "not_found", "There is no order 2001 in this account."},
		{"ada", "track_shipment", args{"order_id": "2001"}, "not_found", "2001"},
		{"ada", "get_delivery_estimate", args{"order_id": "2001"}, "not_found", "2001"},
		{"ada", "change_delivery_address", args{"order_id": "4003", "address": "12 Elm Street"}, "not_found", "4003"},
		{"ada", "request_return", args{"order_id": "4001"}, "not_found", "4001"},
		{"ada", "get_refund_status", args{"order_id": "4002"}, "not_found", "4002"},
		{"ada", "get_invoice", args{"order_id": "2001"}, "not_found", "2001"},
		{"ada", "file_complaint", args{"order_id": "2001", "text": "broken"}, "not_found", "2001"},
		{"ada", "change_order", args{"order_id": "4003", "item": "socks", "quantity": 1.0}, "not_found", "4003"},

		{"dora", "cancel_order", args{"order_id": "4002"}, "already_cancelled", "Order 4002 is already cancelled."},
		{"ben", "cancel_order", args{"order_id": "2001"}, "already_shipped", "Order 2001 has already shipped, so it can no longer be cancelled."},
		{"ada", "cancel_order", args{"order_id": "1001"}, "already_shipped", "delivered on 9 October 2026"},
		{"dora", "cancel_order", args{"order_id": "4005"}, "already_returned", "Order 4005"},
		{"dora", "change_order", args{"order_id": "4002", "item": "jacket", "quantity": 2.0}, "already_cancelled", "cannot be changed"},
		{"ben", "change_order", args{"order_id": "2001", "item": "teapot", "quantity": 2.0}, "already_shipped", "changed"},
		{"ada", "change_order", args{"order_id": "1001", "item": "head", "quantity": 2.0}, "already_shipped", "delivered"},
		{"dora", "change_order", args{"order_id": "4005", "item": "gloves", "quantity": 2.0}, "already_returned", "returned"},
		{"dora", "change_delivery_address", args{"order_id": "4002", "address": "12 Elm Street"}, "already_cancelled", "4002"},
		{"ben", "change_delivery_address", args{"order_id": "2001", "address": "12 Elm Street"}, "already_shipped", "2001"},
		{"ada", "change_delivery_address", args{"order_id": "1001", "address": "12 Elm Street"}, "already_shipped", "1001"},
		{"dora", "change_delivery_address", args{"order_id": "4005", "address": "12 Elm Street"}, "already_returned", "4005"},

		{"dora", "change_order", args{"order_id": "4003", "item": "kettle", "quantity": 2.0}, "no_such_item", "It has wool socks and hiking poles."},
		{"dora", "change_order", args{"order_id": "4003", "item": "o", "quantity": 2.0}, "invalid_argument", "Which one"},
		{"dora", "change_order", args{"order_id": "4003", "item": " ", "quantity": 2.0}, "invalid_argument", "which item"},
		{"ada", "change_order", args{"order_id": "1003", "item": "Desk Lamp", "quantity": 0.0}, "last_item", "Desk lamp is the last item"},
		{"ada", "change_order", args{"order_id": "1003", "item": "lamp", "quantity": 100.0}, "invalid_argument", "0 to 99"},
		{"ada", "change_order", args{"order_id": "1003", "item": "lamp", "quantity": -1.0}, "invalid_argument", "0 to 99"},
		{"ada", "change_order", args{"order_id": "1003", "item": "lamp"}, "invalid_argument", "0 to 99"},
		{"ada", "get_order", args{"order_id": "1003", "colour": "red"}, "invalid_argument", "none that can be given"},
		{"ada", "change_order", args{"order_id": "1003", "item": "lamp", "quantity": 1.5}, "invalid_argument", "wrong form"},

		{"ada", "track_shipment", args{"order_id": "1003"}, "not_shipped", "Order 1003 has not shipped yet."},
		{"dora", "track_shipment", args{"order_id": "4002"}, "already_cancelled", "4002"},
		{"dora", "get_delivery_estimate", args{"order_id": "4002"}, "already_cancelled", "4002"},
		{"dora", "get_delivery_estimate", args{"order_id": "4005"}, "already_returned", "4005"},

		{"ada", "request_return", args{"order_id": "1003"}, "not_delivered", "1003"},
		{"ada", "request_return", args{"order_id": "1002"}, "not_delivered", "1002"},
		{"ada", "request_return", args{"order_id": "1001"}, "return_window_closed", "its 30 days ended on 8 November 2026"},
		{"dora", "request_return", args{"order_id": "4005"}, "already_returned", "4005"},
		{"dora", "request_return", args{"order_id": "4002"}, "already_cancelled", "4002"},
		{"dora", "request_return", args{"order_id": "4001", "item": "hat"}, "no_such_item", "boots"},

		{"ada", "get_refund_status", args{"order_id": "1001"}, "no_refund", "1001"},
		{"ada", "get_invoice", args{"order_id": "1003"}, "not_shipped", "1003"},
		{"dora", "get_invoice", args{"order_id": "4002"}, "already_cancelled", "4002"},

		{"ada", "close_account", nil, "orders_open", "1003"},
		{"old", "close_account", nil, "account_closed", "15 November 2026"},
		{"old", "subscribe_newsletter", nil, "account_closed", "closed"},
		{"old", "reset_password", nil, "account_closed", "closed"},

		{"ada", "update_phone", args{"phone": "123456"}, "invalid_argument", "7 to 15 digits"},
		{"ada", "update_phone", args{"phone": "1234567890123456"}, "invalid_argument", "7 to 15 digits"},
		{"ada", "update_phone", args{"phone": "+47 400 00 1oo"}, "invalid_argument", "7 to 15 digits"},
		{"ada", "update_phone", args{"phone": strings.Repeat(" 1", 30)}, "invalid_argument", ""},
		{"ada", "update_address", args{"address": "Oslo 1 "}, "invalid_argument", "8 to 160"},
		{"ada", "update_address", args{"address": "12 Elm\x1b[31m Street"}, "invalid_argument", "8 to 160"},
		{"ada", "update_address", args{"address": long}, "invalid_argument", "8 to 160"},
		{"ada", "update_address", args{"address": strings.Repeat("x", 5000)}, "invalid_argument", "too long"},
		{"ada", "change_delivery_address", args{"order_id": "1003", "address": long}, "invalid_argument", "8 to 160"},
		{"ada", "file_complaint", args{"text": "  "}, "invalid_argument", "words"},
		{"ada", "list_orders", args{"status": "lost"}, "invalid_argument", "lost"},
		{"ada", "list_orders", args{"limit": 0.0}, "invalid_argument", "at least 1"},

		{"sam", "get_profile", nil, "not_found", "no customer"},
		{"sam", "update_phone", args{"phone": "+47 400 00 100"}, "not_found", "no customer"},
		{"sam", "get_loyalty_points", nil, "not_found", "no customer"},
		{"sam", "list_payment_methods", nil, "not_found", "no customer"},
		{"sam", "close_account", nil, "not_found", "no customer"},
		{"sam", "file_complaint", args{"text": "slow"}, "not_found", "no customer"},
		{"ada", "fly_to_the_moon", nil, "not_found", "fly to the moon"},
	} {
		code, message := s.refused(t, call(c.who, c.intent, c.args))
		if code != c.code || !strings.Contains(message, c.says) {
			t.Errorf("%s %s %v: %s %q, want %s %q", c.who, c.intent, c.args, code, message, c.code, c.says)
		}
		if strings.HasPrefix(message, " ") || !strings.HasSuffix(message, ".") && !strings.HasSuffix(message, "?") {
			t.Errorf("%q is no sentence", message)
		}
	}
	sameDump(t, before, s.dump(t))
}

func TestProfile(t *testing.T) {
	s := mustShop(t, Hooks{})
	got := s.mustCall(t, "ada", "get_profile", nil)
	equal(t, got, args{
		"email": "ada@example.com", "name": "Ada Okafor", "phone": "+47 400 00 100", "address": "1 Fig Lane, 0150 Oslo",
		"customer_since": "2024-12-18",
	})
	equal(t, s.mustCall(t, "ada", "update_phone", args{"phone": " +47 (400) 00-123 "})["phone"], "+47 (400) 00-123")
	equal(t, s.mustCall(t, "dora", "update_address", args{"address": " 7 Ågatan,\n Örebro"})["address"], "7 Ågatan, Örebro")
	equal(t, s.mustCall(t, "ada", "get_profile", nil)["phone"], "+47 (400) 00-123")
	equal(t, s.mustCall(t, "dora", "get_profile", nil)["address"], "7 Ågatan, Örebro")
}

func TestListOrders(t *testing.T) {
	s := mustShop(t, Hooks{})
	for _, c := range []struct {
		who  string
		args args
		want string
	}{
		{"ada", nil, "1003 1002 1001"},
		{"ada", args{"limit": 1.0}, "1003"},
		{"ada", args{"status": "delivered"}, "1001"},
		{"ada", args{"status": "cancelled"}, ""},
		{"dora", args{"status": "delivered", "limit": 1.0}, "4001"},
		{"cleo", nil, ""},
		{"sam", nil, ""},
	} {
		got := s.mustCall(t, c.who, "list_orders", c.args)
		var ids []string
		for _, o := range got["orders"].([]any) {
			ids = append(ids, o.(args)["order_id"].(string))
		}
		if list := strings.Join(ids, " "); list != c.want || got["count"] != float64(len(ids)) {
			t.Errorf("%s %v: %s, count %v, want %s", c.who, c.args, list, got["count"], c.want)
		}
	}
}

func TestGetOrder(t *testing.T) {
	s := mustShop(t, Hooks{})
	equal(t, s.mustCall(t, "ada", "get_order", args{"order_id": "1002"}), args{
		"order_id": "1002", "status": "shipped", "placed": "2026-11-13T12:00:00Z", "shipped": "2026-11-15T12:00:00Z",
		"items": []any{
			args{"name": "kettle", "quantity": 1.0, "price": 39.9},
			args{"name": "mug", "quantity": 1.0, "price": 12.5},
		},
		"total": 52.4, "currency": "EUR",
	})
}

func TestCancelStartsTheRefund(t *testing.T) {
	s := mustShop(t, Hooks{})
	got := s.mustCall(t, "dora", "cancel_order", args{"order_id": "4003"})
	equal(t, got["status"], "cancelled")
	equal(t, got["cancelled"], "2026-11-18T12:00:00Z")
	equal(t, s.mustCall(t, "dora", "get_refund_status", args{"order_id": "4003"}), args{
		"order_id": "4003", "refund_status": "pending", "amount": 86.0, "currency": "EUR", "requested": "2026-11-18", "due": "2026-11-28",
	})
	s.now = noon.AddDate(0, 0, 10)
	equal(t, s.mustCall(t, "dora", "get_refund_status", args{"order_id": "4003"}), args{
		"order_id": "4003", "refund_status": "paid", "amount": 86.0, "currency": "EUR", "requested": "2026-11-18", "paid": "2026-11-28",
	})
}

func TestChangeOrder(t *testing.T) {
	s := mustShop(t, Hooks{})
	change := func(item string, quantity float64) args {
		return s.mustCall(t, "dora", "change_order", args{"order_id": "4003", "item": item, "quantity": quantity})
	}
	equal(t, change("SOCKS", 5)["total"], 104.0)
	equal(t, change("hiking poles", 99)["total"], 45.0+99*59)
	got := change("poles", 0)
	equal(t, got["items"], []any{args{"name": "wool socks", "quantity": 5.0, "price": 9.0}})
	equal(t, got["item"], "hiking poles")
	equal(t, got["previous_quantity"], 99.0)
	delete(got, "item")
	delete(got, "previous_quantity")
	equal(t, s.mustCall(t, "dora", "get_order", args{"order_id": "4003"}), got)
}

// A removed item counts for nothing, and can be put back at its price.
func TestRemovedItem(t *testing.T) {
	s := mustShop(t, Hooks{})
	change := func(item string, quantity float64) orchestrator.Call {
		return call("dora", "change_order", args{"order_id": "4003", "item": item, "quantity": quantity})
	}
	s.mustDo(t, change("socks", 0))
	if code, message := s.refused(t, change("socks", 0)); code != "no_such_item" || !strings.Contains(message, "It has hiking poles.") {
		t.Errorf("removed twice: %s %q", code, message)
	}
	if code, _ := s.refused(t, change("poles", 0)); code != "last_item" {
		t.Errorf("the last one beside a removed item: %s", code)
	}
	got := s.mustDo(t, change("SOCK", 2))
	equal(t, got["item"], "wool socks")
	equal(t, got["previous_quantity"], 0.0)
	equal(t, got["items"], []any{args{"name": "wool socks", "quantity": 2.0, "price": 9.0}, args{"name": "hiking poles", "quantity": 1.0, "price": 59.0}})
	equal(t, got["total"], 77.0)
}

// A removed item is neither invoiced nor returned.
func TestRemovedItemIsNotReturned(t *testing.T) {
	s := mustShop(t, Hooks{})
	s.mustCall(t, "dora", "change_order", args{"order_id": "4003", "item": "socks", "quantity": 0.0})
	s.mustUpdate(t, func(tx *bbolt.Tx) error {
		o, _, err := s.LoadOrder(tx, "4003")
		if err != nil {
			return err
		}
		o.Status, o.Shipped, o.Delivered = "delivered", noon, noon
		return s.PutOrder(tx, o)
	})
	equal(t, s.mustCall(t, "dora", "get_invoice", args{"order_id": "4003"})["total"], 59.0)
	if code, _ := s.refused(t, call("dora", "request_return", args{"order_id": "4003", "item": "socks"})); code != "no_such_item" {
		t.Errorf("a removed item goes back: %s", code)
	}
	got := s.mustCall(t, "dora", "request_return", args{"order_id": "4003", "item": "poles"})
	equal(t, got["status"], "returned")
	equal(t, got["refund_amount"], 59.0)
}

func TestWithdrawReturn(t *testing.T) {
	s := mustShop(t, Hooks{})
	ask := func(id string) args {
		return s.mustCall(t, "dora", "request_return", args{"order_id": "4004", "item": id, "reason": "too big"})
	}
	ask("tent pegs")
	ask("tent")
	equal(t, s.mustCall(t, "dora", "get_order", args{"order_id": "4004"})["status"], "returned")
	got := s.mustCall(t, "dora", "withdraw_return", args{"order_id": "4004", "return_id": "RET-000001"})
	equal(t, got, args{"order_id": "4004", "return_id": "RET-000001", "status": "delivered", "items": []any{"tent pegs"}, "reason": "too big"})
	order := s.mustCall(t, "dora", "get_order", args{"order_id": "4004"})
	equal(t, order["status"], "delivered")
	equal(t, order["returned"], nil)
	equal(t, s.mustCall(t, "dora", "get_refund_status", args{"order_id": "4004"})["amount"], 199.0)
	equal(t, s.mustCall(t, "dora", "withdraw_return", args{"order_id": "4004"})["return_id"], "RET-000002")
	for what, c := range map[string]struct {
		who, code string
		args      args
	}{
		"None left":    {"dora", "no_return", args{"order_id": "4004"}},
		"Unknown":      {"dora", "no_return", args{"order_id": "4001", "return_id": "RET-000001"}},
		"Not a number": {"dora", "invalid_argument", args{"order_id": "4001", "return_id": "RET-1"}},
		"Of another":   {"ada", "not_found", args{"order_id": "4004"}},
	} {
		if code, _ := s.refused(t, call(c.who, "withdraw_return", c.args)); code != c.code {
			t.Errorf("%s: %s, want %s", what, code, c.code)
		}
	}
	if code, _ := s.refused(t, call("dora", "get_refund_status", args{"order_id": "4004"})); code != "no_refund" {
		t.Errorf("a refund is left: %s", code)
	}
	ask("tent")
	s.now = noon.AddDate(0, 0, 10)
	if code, message := s.refused(t, call("dora", "withdraw_return", args{"order_id": "4004"})); code != "refund_paid" || !strings.Contains(message, "28 November 2026") {
		t.Errorf("after the refund: %s %q", code, message)
	}
}

func TestShipping(t *testing.T) {
	s := mustShop(t, Hooks{})
	equal(t, s.mustCall(t, "ada", "track_shipment", args{"order_id": "1002"}), args{
		"order_id": "1002", "status": "shipped", "carrier": "Norpost", "tracking_number": "NP1002NO", "shipped": "2026-11-15T12:00:00Z",
		"estimated_delivery": "2026-11-20", "address": "1 Fig Lane, 0150 Oslo", "last_event": "on its way",
	})
	equal(t, s.mustCall(t, "dora", "track_shipment", args{"order_id": "4001"})["delivered"], "2026-11-13T12:00:00Z")
	equal(t, s.mustCall(t, "dora", "track_shipment", args{"order_id": "4005"})["last_event"], "returned to us")
	equal(t, s.mustCall(t, "ada", "change_delivery_address", args{"order_id": "1003", "address": "12 Elm Street, 0150 Oslo"}), args{
		"order_id": "1003", "status": "processing", "address": "12 Elm Street, 0150 Oslo", "previous_address": "1 Fig Lane, 0150 Oslo",
	})
	equal(t, s.mustCall(t, "ada", "get_profile", nil)["address"], "1 Fig Lane, 0150 Oslo")
	equal(t, s.mustCall(t, "ada", "get_delivery_estimate", args{"order_id": "1001"}), args{
		"order_id": "1001", "status": "delivered", "delivered": "2026-10-09T12:00:00Z",
	})
	for _, id := range []string{"1002", "1003"} {
		for _, late := range []int{0, 60} {
			s.now = noon.AddDate(0, 0, late)
			got := s.mustCall(t, "ada", "get_delivery_estimate", args{"order_id": id})
			earliest, latest := got["earliest"].(string), got["latest"].(string)
			if earliest > latest || earliest < s.now.Format(time.DateOnly) {
				t.Errorf("order %s on %s: between %s and %s", id, s.now.Format(time.DateOnly), earliest, latest)
			}
		}
	}
}

func TestReturnOfAll(t *testing.T) {
	s := mustShop(t, Hooks{})
	equal(t, s.mustCall(t, "dora", "request_return", args{"order_id": "4001", "reason": "too small"}), args{
		"order_id": "4001", "return_id": "RET-000001", "status": "returned", "items": []any{"boots"},
		"refund_amount": 120.0, "currency": "EUR", "refund_due": "2026-11-28",
	})
	equal(t, s.mustCall(t, "dora", "get_order", args{"order_id": "4001"})["returned"], "2026-11-18T12:00:00Z")
}

func TestReturnItemByItem(t *testing.T) {
	s := mustShop(t, Hooks{}) // 4004 was delivered 30 days ago: the last moment
	ret := func(item string) args { return args{"order_id": "4004", "item": item} }
	got := s.mustCall(t, "dora", "request_return", ret("tent pegs"))
	equal(t, got["status"], "delivered")
	equal(t, got["refund_amount"], 10.0)
	code, message := s.refused(t, call("dora", "request_return", ret("PEGS")))
	if code != "already_returned" || !strings.Contains(message, "Tent pegs") {
		t.Errorf("the pegs again: %s %q", code, message)
	}
	got = s.mustCall(t, "dora", "request_return", args{"order_id": "4004"})
	equal(t, got["items"], []any{"tent"})
	equal(t, got["status"], "returned")
	equal(t, s.mustCall(t, "dora", "get_refund_status", args{"order_id": "4004"})["amount"], 209.0)
	if code, _ := s.refused(t, call("dora", "request_return", ret("tent"))); code != "already_returned" {
		t.Errorf("after all was returned: %s", code)
	}
}

func TestReturnWindowEnds(t *testing.T) {
	s := mustShop(t, Hooks{})
	s.now = noon.Add(time.Second)
	if code, _ := s.refused(t, call("dora", "request_return", args{"order_id": "4004"})); code != "return_window_closed" {
		t.Errorf("a second late: %s", code)
	}
}

func TestInvoice(t *testing.T) {
	s := mustShop(t, Hooks{})
	equal(t, s.mustCall(t, "ada", "get_invoice", args{"order_id": "1002"}), args{
		"order_id": "1002", "invoice_number": "INV-2026-000002", "issued": "2026-11-15",
		"items": []any{
			args{"name": "kettle", "quantity": 1.0, "price": 39.9},
			args{"name": "mug", "quantity": 1.0, "price": 12.5},
		},
		"total": 52.4, "currency": "EUR",
	})
}

func TestAccount(t *testing.T) {
	s := mustShop(t, Hooks{})
	equal(t, s.mustCall(t, "ada", "get_loyalty_points", nil), args{"points": 420.0, "tier": "silver"})
	equal(t, s.mustCall(t, "ben", "get_loyalty_points", nil), args{"points": 0.0, "tier": "basic"})
	equal(t, s.mustCall(t, "ada", "list_payment_methods", nil), args{"methods": []any{
		args{"kind": "card", "label": "Visa ending 4242", "expires": "2028-03", "default": true},
		args{"kind": "invoice", "label": "Invoice, 14 days", "default": false},
	}})
	equal(t, s.mustCall(t, "cleo", "list_payment_methods", nil), args{"methods": []any{}})
	news := func(subscribed, previously bool) args {
		return args{"email": "ada@example.com", "subscribed": subscribed, "previously_subscribed": previously}
	}
	equal(t, s.mustCall(t, "ada", "subscribe_newsletter", nil), news(true, false))
	equal(t, s.mustCall(t, "ada", "subscribe_newsletter", nil), news(true, true))
	equal(t, s.mustCall(t, "ada", "unsubscribe_newsletter", nil), news(false, true))
	equal(t, s.mustCall(t, "ada", "unsubscribe_newsletter", nil), news(false, false))
	equal(t, s.mustCall(t, "ada", "reset_password", nil), args{"email": "ada@example.com", "expires": "2026-11-18T13:00:00Z"})
	equal(t, s.mustCall(t, "cleo", "close_account", nil), args{"email": "cleo@example.com", "closed": "2026-11-18T12:00:00Z"})
	if code, _ := s.refused(t, call("cleo", "close_account", nil)); code != "account_closed" {
		t.Errorf("closed again: %s", code)
	}
}

func TestDesk(t *testing.T) {
	s := mustShop(t, Hooks{})
	equal(t, s.mustCall(t, "ada", "file_complaint", args{"text": "The box was wet.\nTwice.", "order_id": "1001"}), args{
		"complaint_id": "CMP-000001", "received": "2026-11-18T12:00:00Z", "order_id": "1001",
	})
	equal(t, s.mustCall(t, "ada", "file_complaint", args{"text": strings.Repeat("ä", 2000)}), args{
		"complaint_id": "CMP-000002", "received": "2026-11-18T12:00:00Z",
	})
	equal(t, s.mustCall(t, "ada", "contact_human", args{"message": "call me"}), args{
		"ticket_id": "TIC-000001", "queue": "order desk", "expected_reply": "within two hours",
	})
	equal(t, s.mustCall(t, "cleo", "contact_human", nil)["queue"], "general desk")
	s.now = noon.AddDate(0, 0, 3)
	equal(t, s.mustCall(t, "sam", "contact_human", nil)["expected_reply"], "on Monday morning")
}
