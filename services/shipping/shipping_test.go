package shipping_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
	"banyan/services/shipping"
)

var (
	now = time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)
	ada = orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer}
	mal = orchestrator.User{Email: "mal@example.com", Name: "Mal Ory", Role: orchestrator.Customer}
)

const (
	home = "14 Birch Street, 0150 Oslo"
	elm  = "12 Elm Street, 0150 Oslo"
)

func ago(days int) time.Time { return now.AddDate(0, 0, -days).Add(-time.Hour) }

func day(days int) time.Time { return now.Truncate(24*time.Hour).AddDate(0, 0, days) }

type fixture struct {
	*shipping.Service
	db *bbolt.DB
}

// open returns a service with shipments of ada in every state.
func open(tb testing.TB) fixture {
	tb.Helper()
	db, err := bbolt.Open(filepath.Join(tb.TempDir(), "shipping.db"), 0o600, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	s, err := shipping.New(db, func() time.Time { return now })
	if err != nil {
		tb.Fatal(err)
	}
	f := fixture{s, db}
	for _, r := range []shipping.Record{
		{OrderID: "1001", Status: shipping.Delivered, PlacedAt: ago(45), ShippedAt: ago(43), DeliveredAt: ago(40), Carrier: "Nordpost", Tracking: "NP1", Estimate: day(-40)},
		{OrderID: "1002", Status: shipping.Shipped, PlacedAt: ago(5), ShippedAt: ago(3), Carrier: "Blue Van", Tracking: "BV2", Estimate: day(1)},
		{OrderID: "1003", Status: shipping.Processing, PlacedAt: ago(1), Estimate: day(4)},
		{OrderID: "1004", Status: shipping.Cancelled, PlacedAt: ago(20)},
		{OrderID: "1005", Status: shipping.Returned, PlacedAt: ago(60), ShippedAt: ago(59), DeliveredAt: ago(58), Carrier: "Nordpost", Tracking: "NP5"},
		{OrderID: "1006", Status: shipping.Shipped, PlacedAt: ago(1), ShippedAt: ago(0), Carrier: "Blue Van", Tracking: "BV6"},
		{OrderID: "1007", Status: shipping.Processing, PlacedAt: ago(1)},
		{OrderID: "1008", Status: shipping.Shipped, PlacedAt: ago(9), ShippedAt: ago(7), Carrier: "Blue Van", Tracking: "BV8", Estimate: day(-1)},
		{OrderID: "1009", Status: shipping.Shipped, PlacedAt: ago(29), ShippedAt: ago(27), Carrier: "Blue Van", Tracking: "BV9", Estimate: day(-20)},
		{OrderID: "1010", Status: shipping.Cancelled, PlacedAt: ago(9), ShippedAt: ago(8), Carrier: "Blue Van", Tracking: "BV10"},
	} {
		r.Email, r.Address = "Ada@example.com", home
		if err := db.Update(func(tx *bbolt.Tx) error { return s.Put(tx, r) }); err != nil {
			tb.Fatal(err)
		}
	}
	return f
}

func call(intent string, who orchestrator.User, orderID string, more ...string) orchestrator.Call {
	args := map[string]any{"email": who.Email, "order_id": orderID}
	if len(more) == 1 {
		args["address"] = more[0]
	}
	return orchestrator.Call{Intent: intent, Args: args, User: who, Subject: who}
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
		Open: func(tb testing.TB) orchestrator.Service { return open(tb) },
		Calls: []orchestrator.Call{
			call("track_shipment", ada, "1002"),
			call("track_shipment", ada, "1001"),
			call("change_delivery_address", ada, "1003", elm),
			call("get_delivery_estimate", ada, "1003"),
			call("get_delivery_estimate", ada, "1001"),
		},
		Stranger: mal,
		Owned:    []string{"track_shipment", "change_delivery_address", "get_delivery_estimate"},
	})
}

func TestTrack(t *testing.T) {
	f := open(t)
	for _, c := range []struct{ id, code, status, event, expected, delivered string }{
		{"1001", "", "delivered", "delivered", "", "2026-10-12T13:02:00Z"},
		{"1002", "", "shipped", "on its way", "2026-11-22", ""},
		{"1003", "not_shipped", "", "", "", ""},
		{"1004", "already_cancelled", "", "", "", ""},
		{"1005", "", "returned", "returned to us", "", "2026-09-24T13:02:00Z"},
		{"1006", "", "shipped", "handed over to Blue Van", "", ""},
		{"1010", "", "cancelled", "stopped on its way", "", ""},
		{"9999", "not_found", "", "", "", ""},
	} {
		r, err := f.Call(context.Background(), call("track_shipment", ada, c.id))
		if code, message := coded(err); code != c.code {
			t.Errorf("%s: %q %q, want %q", c.id, code, message, c.code)
		}
		if err != nil {
			continue
		}
		text := func(field string) string { s, _ := r.Data[field].(string); return s }
		if text("status") != c.status || text("last_event") != c.event || text("estimated_delivery") != c.expected || text("delivered") != c.delivered || text("address") != home {
			t.Errorf("%s: got %v, want %+v", c.id, r.Data, c)
		}
	}
}

func TestEstimate(t *testing.T) {
	f := open(t)
	for _, c := range []struct{ id, code, earliest, latest, delivered string }{
		{"1001", "", "", "", "2026-10-12T13:02:00Z"},
		{"1002", "", "2026-11-22", "2026-11-24", ""},
		{"1003", "", "2026-11-25", "2026-11-27", ""},
		{"1004", "already_cancelled", "", "", ""},
		{"1005", "already_returned", "", "", ""},
		{"1006", "", "2026-11-24", "2026-11-26", ""}, // from the day of shipping
		{"1007", "", "2026-11-25", "2026-11-27", ""}, // from the day of placing
		{"1008", "", "2026-11-21", "2026-11-22", ""}, // a day late already
		{"1009", "", "2026-11-21", "2026-11-21", ""}, // long overdue
	} {
		r, err := f.Call(context.Background(), call("get_delivery_estimate", ada, c.id))
		if code, message := coded(err); code != c.code {
			t.Errorf("%s: %q %q, want %q", c.id, code, message, c.code)
		}
		text := func(field string) string { s, _ := r.Data[field].(string); return s }
		if text("earliest") != c.earliest || text("latest") != c.latest || text("delivered") != c.delivered {
			t.Errorf("%s: got %v, want %+v", c.id, r.Data, c)
		}
	}
}

func TestChangeDeliveryAddress(t *testing.T) {
	for _, c := range []struct{ name, id, address, code, want string }{
		{"OK", "1003", elm, "", elm},
		{"OneLine", "1003", " 12 Elm Street,\n0150   Oslo ", "", elm},
		{"Same", "1003", home, "", home},
		{"TooShort", "1003", "Oslo", "invalid_argument", ""},
		{"TooLong", "1003", strings.Repeat("x", 161), "invalid_argument", ""},
		{"Control", "1003", "12 Elm\x07 Street, Oslo", "invalid_argument", ""},
		{"Shipped", "1002", elm, "already_shipped", ""},
		{"Delivered", "1001", elm, "already_shipped", ""},
		{"Cancelled", "1004", elm, "already_cancelled", ""},
		{"Returned", "1005", elm, "already_returned", ""},
		{"Nothing", "9999", elm, "not_found", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t)
			var told []shipping.Record
			f.OnChange(func(_ context.Context, _ *bbolt.Tx, c shipping.Change) error {
				if !c.DryRun {
					told = append(told, c.Shipment)
				}
				return nil
			})
			req := call("change_delivery_address", ada, c.id, c.address)
			req.DryRun = true
			for range 2 {
				r, err := f.Call(context.Background(), req)
				if code, message := coded(err); code != c.code {
					t.Fatalf("got %q %q, want %q", code, message, c.code)
				}
				if err == nil && (r.Data["address"] != c.want || r.Data["order_id"] != c.id || r.Data["status"] != "processing") {
					t.Errorf("got %v", r.Data)
				}
				if err == nil && req.DryRun && f.address(t, c.id) != home {
					t.Error("a dry run changed the address")
				}
				req.DryRun = false
			}
			if c.code != "" {
				if len(told) != 0 {
					t.Errorf("a refusal told %v", told)
				}
				return
			}
			if got := f.address(t, c.id); got != c.want {
				t.Errorf("the address is %q, want %q", got, c.want)
			}
			if len(told) != 1 || told[0].Address != c.want || told[0].Email != ada.Email {
				t.Errorf("told %+v", told)
			}
		})
	}
}

func (f fixture) address(tb testing.TB, id string) (address string) {
	tb.Helper()
	if err := f.db.View(func(tx *bbolt.Tx) error {
		r, _, err := f.Get(tx, id)
		address = r.Address
		return err
	}); err != nil {
		tb.Fatal(err)
	}
	return address
}

// TestOwnership: somebody else's order is reported exactly like none.
func TestOwnership(t *testing.T) {
	f := open(t)
	for _, intent := range []string{"track_shipment", "get_delivery_estimate", "change_delivery_address"} {
		for who, id := range map[orchestrator.User]string{mal: "1003", ada: "9999"} {
			req := call(intent, who, id)
			if intent == "change_delivery_address" {
				req.Args["address"] = elm
			}
			_, err := f.Call(context.Background(), req)
			if code, message := coded(err); code != "not_found" || message != "There is no order "+id+" in this account." {
				t.Errorf("%s of %s: %q %q", intent, id, code, message)
			}
		}
	}
}

func TestOneEffectForOneKey(t *testing.T) {
	f := open(t)
	changes := 0
	f.OnChange(func(context.Context, *bbolt.Tx, shipping.Change) error { changes++; return nil })
	req := call("change_delivery_address", ada, "1003", elm)
	req.Key = "k"
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if r, err := f.Call(context.Background(), req); err != nil || r.Data["address"] != elm {
				t.Errorf("got %v, %v", r.Data, err)
			}
		})
	}
	wg.Wait()
	if changes != 1 {
		t.Errorf("50 calls with one key had %d effects", changes)
	}
	req.Args["order_id"] = "1007"
	_, err := f.Call(context.Background(), req)
	if code, _ := coded(err); code != "key_reused" {
		t.Errorf("the key for another order: %v", err)
	}
}

func TestHookCanRefuse(t *testing.T) {
	f := open(t)
	boom := errors.New("the other side is down")
	f.OnChange(func(context.Context, *bbolt.Tx, shipping.Change) error { return boom })
	if _, err := f.Call(context.Background(), call("change_delivery_address", ada, "1003", elm)); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	if got := f.address(t, "1003"); got != home {
		t.Errorf("a change that could not be passed on stayed: %q", got)
	}
}

func TestPutAndClear(t *testing.T) {
	f := open(t)
	if err := f.db.Update(func(tx *bbolt.Tx) error { return f.Put(tx, shipping.Record{OrderID: "1"}) }); err == nil {
		t.Error("a shipment of nobody was stored")
	}
	if err := f.db.Update(f.Clear); err != nil {
		t.Fatal(err)
	}
	_, err := f.Call(context.Background(), call("track_shipment", ada, "1002"))
	if code, _ := coded(err); code != "not_found" {
		t.Errorf("cleared, and still there: %v", err)
	}
}

func TestWording(t *testing.T) {
	f := open(t)
	d, err := f.Describe(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	catalog, errs := orchestrator.NewCatalog([]orchestrator.Offered{{Service: f, Description: d}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	w := orchestrator.Wording{Now: now}
	for _, c := range []struct {
		call            orchestrator.Call
		confirm, answer string
	}{
		{call("track_shipment", ada, "1002"), "", "Order **1002** is **on its way** with Blue Van: it shipped 3 days ago to 14 Birch Street, 0150 Oslo.\n\n- Last event: on its way\n- Tracking number: BV2\n- Expected: tomorrow"},
		{call("track_shipment", ada, "1001"), "", "Order **1001** was **delivered** on 12 October, brought by Nordpost to 14 Birch Street, 0150 Oslo.\n\n- Last event: delivered\n- Tracking number: NP1"},
		{call("track_shipment", ada, "1005"), "", "Order **1005** was **returned**; it had shipped on 23 September with Nordpost.\n\n- Last event: returned to us\n- Tracking number: NP5"},
		{call("track_shipment", ada, "1010"), "", "Order **1010** was **cancelled** after it had shipped 8 days ago with Blue Van.\n\n- Last event: stopped on its way\n- Tracking number: BV10"},
		{call("get_delivery_estimate", ada, "1002"), "", "Order **1002** should arrive **tomorrow**, or **in 3 days** at the latest. It is on its way."},
		{call("get_delivery_estimate", ada, "1003"), "", "Order **1003** should arrive **in 4 days**, or **in 6 days** at the latest. It has not shipped yet."},
		{call("get_delivery_estimate", ada, "1009"), "", "Order **1009** should arrive **today**. It is on its way."},
		{call("get_delivery_estimate", ada, "1001"), "", "Order **1001** was **delivered** on 12 October."},
		{call("change_delivery_address", ada, "1003", " 12 Elm Street,  0150 Oslo"), "Deliver order 1003 to " + elm, "Done: order **1003** will be delivered to **" + elm + "**."},
	} {
		r, err := f.Call(context.Background(), c.call)
		if err != nil {
			t.Fatal(err)
		}
		e := catalog.Intent(c.call.Intent)
		if got, _ := w.RenderConfirm(e, c.call.Args, r.Data); got != c.confirm {
			t.Errorf("asks\n%q, want\n%q", got, c.confirm)
		}
		if got, _ := w.RenderAnswer(e, c.call.Args, r.Data); got != c.answer {
			t.Errorf("answers\n%q, want\n%q", got, c.answer)
		}
	}
	if got, ok := w.RenderConfirm(catalog.Intent("change_delivery_address"), map[string]any{"order_id": "1003", "address": elm}, nil); !ok || got != "Deliver order 1003 to "+elm {
		t.Errorf("without a dry run it asks %q", got)
	}
}
