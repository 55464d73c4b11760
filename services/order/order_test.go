package order_test

import (
	"context"
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
	"banyan/services/order"
)

var (
	now  = time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)
	ada  = orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer}
	mal  = orchestrator.User{Email: "mal@example.com", Name: "Mal Ory", Role: orchestrator.Customer}
	sam  = orchestrator.User{Email: "sam@example.com", Name: "Sam Rivera", Role: orchestrator.Support}
	days = func(n int) time.Time { return now.AddDate(0, 0, -n).Add(-time.Hour) }
)

type fixture struct {
	*order.Service
	db *bbolt.DB
}

// open returns a service with one order of every status, all of ada, and one of a
// customer whose email begins like hers.
func open(tb testing.TB) fixture {
	tb.Helper()
	db, err := bbolt.Open(filepath.Join(tb.TempDir(), "order.db"), 0o600, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	s, err := order.New(db, func() time.Time { return now })
	if err != nil {
		tb.Fatal(err)
	}
	f := fixture{s, db}
	for _, r := range []order.Record{
		{ID: "1001", Status: order.Delivered, PlacedAt: days(45), ShippedAt: days(43), DeliveredAt: days(40), Lines: []order.Line{{Name: "headphones", Quantity: 1, Cents: 8900}}},
		{ID: "1002", Status: order.Shipped, PlacedAt: days(5), ShippedAt: days(3), Lines: []order.Line{{Name: "kettle", Quantity: 1, Cents: 3990}, {Name: "mug", Quantity: 1, Cents: 1250}}},
		{ID: "1003", Status: order.Processing, PlacedAt: days(1), Lines: []order.Line{{Name: "desk lamp", Quantity: 1, Cents: 4500}}},
		{ID: "1004", Status: order.Cancelled, PlacedAt: days(20), CancelledAt: days(19), Lines: []order.Line{{Name: "rain jacket", Quantity: 1, Cents: 7500}}},
		{ID: "1005", Status: order.Returned, PlacedAt: days(60), ShippedAt: days(59), DeliveredAt: days(58), ReturnedAt: days(50), Lines: []order.Line{{Name: "tent", Quantity: 1, Cents: 18900}}},
		{ID: "1006", Status: order.Processing, PlacedAt: days(2), Lines: []order.Line{
			{Name: "wool socks", Quantity: 3, Cents: 900}, {Name: "cotton socks", Quantity: 1, Cents: 600}, {Name: "socks", Quantity: 1, Cents: 500}, {Name: "Hiking Poles", Quantity: 1, Cents: 5900},
		}},
	} {
		r.Email = "Ada@example.com"
		f.put(tb, r)
	}
	f.put(tb, order.Record{ID: "9001", Email: "ada@example.com.au", Status: order.Processing, PlacedAt: days(0), Lines: []order.Line{{Name: "hat", Quantity: 1, Cents: 100}}})
	return f
}

func (f fixture) put(tb testing.TB, r order.Record) {
	tb.Helper()
	if err := f.db.Update(func(tx *bbolt.Tx) error { return f.Put(tx, r) }); err != nil {
		tb.Fatal(err)
	}
}

func call(intent string, who orchestrator.User, args map[string]any) orchestrator.Call {
	all := map[string]any{"email": who.Email}
	for k, v := range args {
		all[k] = v
	}
	return orchestrator.Call{Intent: intent, Args: all, User: who, Subject: who}
}

func coded(err error) (code, message string) {
	var e *orchestrator.Error
	if errors.As(err, &e) {
		return e.Code, e.Message
	}
	if err != nil {
		return "uncoded", err.Error()
	}
	return "", ""
}

func TestConformance(t *testing.T) {
	conformance.Service(t, conformance.ServiceFixture{
		Open: func(tb testing.TB) orchestrator.Service {
			f := open(tb)
			f.put(tb, order.Record{ID: "1007", Email: ada.Email, Status: order.Cancelled, PlacedAt: days(1), CancelledAt: now.Truncate(time.Second), Lines: []order.Line{{Name: "globe", Quantity: 1, Cents: 2500}}})
			return f
		},
		Calls: []orchestrator.Call{
			call("list_orders", ada, nil),
			call("list_orders", ada, map[string]any{"status": "shipped", "limit": 1.0}),
			call("get_order", ada, map[string]any{"order_id": "1002"}),
			call("cancel_order", ada, map[string]any{"order_id": "1003"}),
			call("reinstate_order", ada, map[string]any{"order_id": "1007"}),
			call("change_order", ada, map[string]any{"order_id": "1006", "item": "poles", "quantity": 2.0}),
			call("change_order", ada, map[string]any{"order_id": "1006", "item": "wool", "quantity": 0.0}),
		},
		Stranger: mal,
		Owned:    []string{"get_order", "cancel_order", "reinstate_order", "change_order"},
	})
}

func ids(r orchestrator.Result) []string {
	var out []string
	list, _ := r.Data["orders"].([]any)
	for _, o := range list {
		m, _ := o.(map[string]any)
		id, _ := m["order_id"].(string)
		out = append(out, id)
	}
	return out
}

func TestListOrders(t *testing.T) {
	f := open(t)
	for _, c := range []struct {
		name string
		args map[string]any
		want []string
	}{
		{"All", nil, []string{"1003", "1006", "1002", "1004", "1001", "1005"}},
		{"Limit", map[string]any{"limit": 2.0}, []string{"1003", "1006"}},
		{"Status", map[string]any{"status": "processing"}, []string{"1003", "1006"}},
		{"StatusAndLimit", map[string]any{"status": "processing", "limit": 1.0}, []string{"1003"}},
		{"OldStatusAndLimit", map[string]any{"status": "returned", "limit": 1.0}, []string{"1005"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := f.Call(context.Background(), call("list_orders", ada, c.args))
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(r); !slices.Equal(got, c.want) || r.Data["count"] != float64(len(c.want)) {
				t.Errorf("got %v and a count of %v, want %v", got, r.Data["count"], c.want)
			}
		})
	}
	r, err := f.Call(context.Background(), call("list_orders", mal, nil))
	if err != nil || len(ids(r)) != 0 || r.Data["count"] != 0.0 {
		t.Errorf("a customer without orders: %v, %v", r.Data, err)
	}
	for _, args := range []map[string]any{{"status": "lost"}, {"limit": 0.0}, {"limit": -1.0}, {"limit": 1.5}} {
		if code, _ := coded(second(f.Call(context.Background(), call("list_orders", ada, args)))); code != "invalid_argument" {
			t.Errorf("%v: code %q", args, code)
		}
	}
}

func second(_ orchestrator.Result, err error) error { return err }

func TestGetOrder(t *testing.T) {
	f := open(t)
	r, err := f.Call(context.Background(), call("get_order", ada, map[string]any{"order_id": "1006"}))
	if err != nil {
		t.Fatal(err)
	}
	if r.Data["total"] != 97.0 || r.Data["currency"] != "EUR" || r.Data["status"] != "processing" {
		t.Errorf("got %v", r.Data)
	}
	for _, absent := range []string{"shipped", "delivered", "cancelled", "returned"} {
		if v, there := r.Data[absent]; there {
			t.Errorf("%s is %v and should be absent", absent, v)
		}
	}
	staff := call("get_order", ada, map[string]any{"order_id": "1006"})
	staff.User = sam
	if _, err := f.Call(context.Background(), staff); err != nil {
		t.Errorf("staff for a customer: %v", err)
	}
}

// TestOwnership: somebody else's order is reported exactly like none.
func TestOwnership(t *testing.T) {
	f := open(t)
	for intent, more := range map[string]map[string]any{
		"get_order": {}, "cancel_order": {}, "change_order": {"item": "lamp", "quantity": 2.0},
	} {
		ask := func(who orchestrator.User, id string) string {
			args := map[string]any{"order_id": id}
			for k, v := range more {
				args[k] = v
			}
			code, message := coded(second(f.Call(context.Background(), call(intent, who, args))))
			if code != "not_found" {
				t.Errorf("%s of %s by %s: code %q", intent, id, who.Email, code)
			}
			return message
		}
		if foreign, none := ask(mal, "1003"), ask(ada, "9999"); foreign != "There is no order 1003 in this account." || none != "There is no order 9999 in this account." {
			t.Errorf("%s tells %q of a stranger's order and %q of none", intent, foreign, none)
		}
		ask(ada, "9001")
	}
}

func TestChangesOnlyWhileProcessing(t *testing.T) {
	f := open(t)
	for _, c := range []struct{ id, code, cancel, change string }{
		{"1001", "already_shipped", "Order 1001 has already been delivered, so it cannot be cancelled.", "Order 1001 has already been delivered, so it cannot be changed."},
		{"1002", "already_shipped", "Order 1002 has already shipped, so it cannot be cancelled.", "Order 1002 has already shipped, so it cannot be changed."},
		{"1004", "already_cancelled", "Order 1004 is already cancelled.", "Order 1004 is cancelled, so it cannot be changed."},
		{"1005", "already_returned", "Order 1005 was returned, so it cannot be cancelled.", "Order 1005 was returned, so it cannot be changed."},
	} {
		for intent, want := range map[string]string{"cancel_order": c.cancel, "change_order": c.change} {
			args := map[string]any{"order_id": c.id}
			if intent == "change_order" {
				args["item"], args["quantity"] = "x", 1.0
			}
			for _, dry := range []bool{true, false} {
				req := call(intent, ada, args)
				req.DryRun = dry
				if code, message := coded(second(f.Call(context.Background(), req))); code != c.code || message != want {
					t.Errorf("%s of %s: %q %q, want %q %q", intent, c.id, code, message, c.code, want)
				}
			}
		}
	}
}

func TestCancel(t *testing.T) {
	f := open(t)
	req := call("cancel_order", ada, map[string]any{"order_id": "1003"})
	req.DryRun = true
	dry, err := f.Call(context.Background(), req)
	if err != nil || dry.Data["status"] != "cancelled" {
		t.Fatalf("the dry run gives %v, %v", dry.Data, err)
	}
	if r, err := f.Call(context.Background(), call("get_order", ada, map[string]any{"order_id": "1003"})); err != nil || r.Data["status"] != "processing" {
		t.Fatalf("after the dry run: %v, %v", r.Data, err)
	}
	req.DryRun = false
	r, err := f.Call(context.Background(), req)
	if err != nil || r.Data["status"] != "cancelled" || r.Data["cancelled"] != "2026-11-21T14:02:00Z" {
		t.Errorf("got %v, %v", r.Data, err)
	}
	if code, _ := coded(second(f.Call(context.Background(), req))); code != "already_cancelled" {
		t.Errorf("cancelled twice: %q", code)
	}
}

func TestChangeOrder(t *testing.T) {
	for _, c := range []struct {
		name, id, item string
		quantity       float64
		total          float64
		code           string
	}{
		{"More", "1006", "hiking poles", 2, 156, ""},
		{"Part", "1006", "POLES", 2, 156, ""},
		{"Spaces", "1006", "  hiking   poles ", 2, 156, ""},
		{"NameBeforePart", "1006", "socks", 2, 102, ""},
		{"Remove", "1006", "wool", 0, 70, ""},
		{"Most", "1003", "lamp", 99, 4455, ""},
		{"Same", "1003", "lamp", 1, 45, ""},
		{"SeveralParts", "1006", "sock", 2, 0, "invalid_argument"},
		{"NoSuchItem", "1006", "piano", 2, 0, "no_such_item"},
		{"LastItem", "1003", "lamp", 0, 0, "last_item"},
		{"TooMany", "1003", "lamp", 100, 0, "invalid_argument"},
		{"Negative", "1003", "lamp", -1, 0, "invalid_argument"},
		{"Half", "1003", "lamp", 1.5, 0, "invalid_argument"},
		{"NoItem", "1003", " ", 1, 0, "invalid_argument"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t)
			before, err := f.Call(context.Background(), call("get_order", ada, map[string]any{"order_id": c.id}))
			if err != nil {
				t.Fatal(err)
			}
			r, err := f.Call(context.Background(), call("change_order", ada, map[string]any{"order_id": c.id, "item": c.item, "quantity": c.quantity}))
			if code, message := coded(err); code != c.code {
				t.Fatalf("got %q %q, want %q", code, message, c.code)
			}
			want := c.total
			if c.code != "" {
				want, _ = before.Data["total"].(float64)
			} else if r.Data["total"] != c.total {
				t.Errorf("the result's total is %v, want %v", r.Data["total"], c.total)
			}
			after, err := f.Call(context.Background(), call("get_order", ada, map[string]any{"order_id": c.id}))
			if err != nil || after.Data["total"] != want {
				t.Errorf("the total is then %v (%v), want %v", after.Data["total"], err, want)
			}
		})
	}
}

// A removed item counts for nothing, and can be put back at its price and place.
func TestRemovedItem(t *testing.T) {
	f := open(t)
	change := func(item string, quantity float64) (orchestrator.Result, error) {
		return f.Call(context.Background(), call("change_order", ada, map[string]any{"order_id": "1006", "item": item, "quantity": quantity}))
	}
	before, err := f.Call(context.Background(), call("get_order", ada, map[string]any{"order_id": "1006"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range []string{"cotton", "wool socks", "poles"} {
		if _, err := change(item, 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		item     string
		quantity float64
		code     string
	}{
		{"poles", 0, "no_such_item"},
		{"socks", 0, "last_item"},
		{"o", 2, ""}, // the socks, which are there, before all that were removed
		{"s", 1, ""},
		{"piano", 1, "no_such_item"},
	} {
		if code, message := coded(second(change(c.item, c.quantity))); code != c.code {
			t.Errorf("%s × %v: %q %q, want %q", c.item, c.quantity, code, message, c.code)
		}
	}
	for item, quantity := range map[string]float64{"HIKING": 1, "wool": 3, "cotton socks": 1} {
		r, err := change(item, quantity)
		if err != nil || r.Data["previous_quantity"] != 0.0 {
			t.Errorf("putting back %s: %v, %v", item, r.Data, err)
		}
	}
	after, err := f.Call(context.Background(), call("get_order", ada, map[string]any{"order_id": "1006"}))
	if err != nil || !reflect.DeepEqual(after, before) {
		t.Errorf("the order was %v and is %v (%v)", before.Data, after.Data, err)
	}
}

func TestReinstate(t *testing.T) {
	at := now.Truncate(time.Second)
	for _, c := range []struct {
		name string
		r    order.Record
		code string
	}{
		{"JustNow", order.Record{Status: order.Cancelled, CancelledAt: at}, ""},
		{"LastMoment", order.Record{Status: order.Cancelled, CancelledAt: at.Add(-24 * time.Hour)}, ""},
		{"TooLate", order.Record{Status: order.Cancelled, CancelledAt: at.Add(-24*time.Hour - time.Second)}, "reinstate_window_closed"},
		{"AfterShipping", order.Record{Status: order.Cancelled, ShippedAt: days(1), CancelledAt: at}, "already_shipped"},
		{"Processing", order.Record{Status: order.Processing}, "not_cancelled"},
		{"Shipped", order.Record{Status: order.Shipped, ShippedAt: days(1)}, "not_cancelled"},
		{"Returned", order.Record{Status: order.Returned, ReturnedAt: at}, "already_returned"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t)
			c.r.ID, c.r.Email, c.r.PlacedAt, c.r.Lines = "1010", ada.Email, days(3), []order.Line{{Name: "globe", Quantity: 1, Cents: 2500}}
			f.put(t, c.r)
			r, err := f.Call(context.Background(), call("reinstate_order", ada, map[string]any{"order_id": "1010"}))
			if code, message := coded(err); code != c.code {
				t.Fatalf("got %q %q, want %q", code, message, c.code)
			}
			if err == nil && (r.Data["status"] != "processing" || r.Data["cancelled"] != nil) {
				t.Errorf("got %v", r.Data)
			}
		})
	}
}

func TestOneEffectForOneKey(t *testing.T) {
	f := open(t)
	changes := 0
	f.OnChange(func(context.Context, *bbolt.Tx, order.Change) error { changes++; return nil })
	req := call("cancel_order", ada, map[string]any{"order_id": "1003"})
	req.Key = "k"
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if r, err := f.Call(context.Background(), req); err != nil || r.Data["status"] != "cancelled" {
				t.Errorf("got %v, %v", r.Data, err)
			}
		})
	}
	wg.Wait()
	if changes != 1 {
		t.Errorf("50 calls with one key had %d effects", changes)
	}
	req.Args["order_id"] = "1006"
	if code, _ := coded(second(f.Call(context.Background(), req))); code != "key_reused" {
		t.Errorf("the key for another order: %q", code)
	}
}

func TestHookCanRefuse(t *testing.T) {
	f := open(t)
	boom := errors.New("the other side is down")
	f.OnChange(func(context.Context, *bbolt.Tx, order.Change) error { return boom })
	if err := second(f.Call(context.Background(), call("cancel_order", ada, map[string]any{"order_id": "1003"}))); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if r, err := f.Call(context.Background(), call("get_order", ada, map[string]any{"order_id": "1003"})); err != nil || r.Data["status"] != "processing" {
		t.Errorf("a change that could not be passed on stayed: %v, %v", r.Data, err)
	}
}

// TestPutMovesTheIndex: an order that gets another customer or time leaves no
// trace where it was.
func TestPutMovesTheIndex(t *testing.T) {
	f := open(t)
	f.put(t, order.Record{ID: "1003", Email: mal.Email, Status: order.Processing, PlacedAt: days(9), Lines: []order.Line{{Name: "desk lamp", Quantity: 1, Cents: 4500}}})
	for who, want := range map[orchestrator.User][]string{ada: {"1006", "1002", "1004", "1001", "1005"}, mal: {"1003"}} {
		r, err := f.Call(context.Background(), call("list_orders", who, nil))
		if err != nil || !slices.Equal(ids(r), want) {
			t.Errorf("%s has %v, %v, want %v", who.Email, ids(r), err, want)
		}
	}
	if err := f.db.Update(func(tx *bbolt.Tx) error { return f.Put(tx, order.Record{ID: "1"}) }); err == nil {
		t.Error("an order of nobody was stored")
	}
	if err := f.db.Update(f.Clear); err != nil {
		t.Fatal(err)
	}
	if r, err := f.Call(context.Background(), call("list_orders", ada, nil)); err != nil || len(ids(r)) != 0 {
		t.Errorf("cleared, and still there: %v, %v", ids(r), err)
	}
}
