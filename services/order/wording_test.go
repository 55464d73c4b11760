package order_test

import (
	"context"
	"testing"

	"banyan/orchestrator"
	"banyan/services/order"
)

func TestWording(t *testing.T) {
	f := open(t)
	f.put(t, order.Record{ID: "1007", Email: ada.Email, Status: order.Cancelled, PlacedAt: days(1), CancelledAt: now, Lines: []order.Line{{Name: "globe", Quantity: 2, Cents: 2500}}})
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
		intent          string
		who             orchestrator.User
		args            map[string]any
		confirm, answer string
	}{
		{"list_orders", mal, nil, "", "There are no orders yet."},
		{"list_orders", mal, map[string]any{"status": "shipped"}, "", "There are no shipped orders."},
		{"get_order", ada, map[string]any{"order_id": "1003"}, "", "Order **1003** (desk lamp, 45.00 EUR) is **processing**: it was placed yesterday 13:02 and has not shipped yet."},
		{"get_order", ada, map[string]any{"order_id": "1002"}, "", "Order **1002** is **shipped**: it was placed 5 days ago and left 3 days ago.\n\n- 1 × kettle, 39.90 EUR\n- 1 × mug, 12.50 EUR\n\nTotal: **52.40 EUR**"},
		{"get_order", ada, map[string]any{"order_id": "1001"}, "", "Order **1001** (headphones, 89.00 EUR) is **delivered**: it was placed on 7 October and arrived on 12 October."},
		{"get_order", ada, map[string]any{"order_id": "1004"}, "", "Order **1004** (rain jacket, 75.00 EUR) is **cancelled**: it was placed on 1 November and cancelled on 2 November."},
		{"get_order", ada, map[string]any{"order_id": "1005"}, "", "Order **1005** (tent, 189.00 EUR) is **returned**: it was placed on 22 September and came back on 2 October."},
		{
			"cancel_order", ada,
			map[string]any{"order_id": "1003"},
			"Cancel order 1003: desk lamp, 45.00 EUR",
			"Order **1003** (desk lamp, 45.00 EUR) is **cancelled**. The refund has been started, and there is nothing to send back.",
		},
		{
			"reinstate_order", ada,
			map[string]any{"order_id": "1007"},
			"Reinstate order 1007: 2 × globe, 50.00 EUR",
			"Order **1007** (2 × globe, 50.00 EUR) is reinstated: it is being processed again, and nothing is refunded.",
		},
		{
			"change_order", ada,
			map[string]any{"order_id": "1006", "item": "wool socks", "quantity": 5.0},
			"Change order 1006 to 5 × wool socks; it will then be 5 × wool socks, cotton socks, socks and Hiking Poles, 115.00 EUR",
			"Done: order **1006** is now 5 × wool socks, cotton socks, socks and Hiking Poles, **115.00 EUR** in total.",
		},
		{
			"change_order", ada,
			map[string]any{"order_id": "1006", "item": "poles", "quantity": 0.0},
			"Remove poles from order 1006; it will then be 3 × wool socks, cotton socks and socks, 38.00 EUR",
			"Done: order **1006** is now 3 × wool socks, cotton socks and socks, **38.00 EUR** in total.",
		},
	} {
		req := call(c.intent, c.who, c.args)
		req.DryRun = true
		r, err := f.Call(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		e := catalog.Intent(c.intent)
		if got, _ := w.RenderConfirm(e, c.args, r.Data); got != c.confirm {
			t.Errorf("%s %v asks\n%q, want\n%q", c.intent, c.args, got, c.confirm)
		}
		if got, _ := w.RenderAnswer(e, c.args, r.Data); got != c.answer {
			t.Errorf("%s %v answers\n%q, want\n%q", c.intent, c.args, got, c.answer)
		}
	}
	if got, ok := w.RenderConfirm(catalog.Intent("cancel_order"), map[string]any{"order_id": "1003"}, nil); !ok || got != "Cancel order 1003" {
		t.Errorf("without a dry run it asks %q", got)
	}
}
