package main

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/services/order"
)

func TestShopErasAgree(t *testing.T) {
	s := newTestShop(t)
	if n := len(s.snapshot()); n < 700 {
		t.Errorf("compared only %d answers", n)
	}
}

// TestShopErasRefuseAlike asks both sides for every change of every order, dry, and
// compares results and codes.
func TestShopErasRefuseAlike(t *testing.T) {
	s := newTestShop(t)
	before := s.snapshot()
	dry := func(c *orchestrator.Call) { c.DryRun = true }
	for _, p := range s.people() {
		for _, r := range s.ordersOf(p.Email) {
			item := r.Lines[0].Name
			for _, c := range []struct {
				intent string
				args   args
			}{
				{"cancel_order", nil},
				{"change_order", args{"item": strings.ToUpper(item), "quantity": 7.0}},
				{"change_order", args{"item": item[1:], "quantity": 0.0}},
				{"change_order", args{"item": "piano", "quantity": 1.0}},
				{"change_order", args{"item": item, "quantity": 100.0}},
				{"change_delivery_address", args{"address": "12 Elm Street, 0150 Oslo"}},
				{"change_delivery_address", args{"address": "short"}},
			} {
				a := args{"order_id": r.ID}
				maps.Copy(a, c.args)
				old, oldErr := s.call(orchestrator.Legacy, p.Email, c.intent, a, dry)
				young, youngErr := s.call(orchestrator.Modern, p.Email, c.intent, a, dry)
				if o, y := outcome(t, old, oldErr), outcome(t, young, youngErr); o != y {
					t.Errorf("%s %s %v:\nlegacy %s\nmodern %s", p.Email, c.intent, a, o, y)
				}
			}
		}
	}
	if !maps.Equal(before, s.snapshot()) {
		t.Error("a dry run changed something")
	}
}

func TestShopChangesCross(t *testing.T) {
	for _, c := range []struct {
		intent, email, check string
		args                 args
		want                 string
	}{
		{"update_phone", "ada@example.com", "get_profile", args{"phone": "+47 400 00 123"}, `"phone":"+47 400 00 123"`},
		{"update_address", "cleo@example.com", "get_profile", args{"address": "12 Elm Street, 0150 Oslo"}, `"address":"12 Elm Street, 0150 Oslo"`},
		{"cancel_order", "ada@example.com", "get_order", args{"order_id": "1003"}, `"status":"cancelled"`},
		{"change_order", "dora@example.com", "get_order", args{"order_id": "4003", "item": "socks", "quantity": 5.0}, `"total":104`},
		{"change_order", "dora@example.com", "get_order", args{"order_id": "4003", "item": "poles", "quantity": 0.0}, `"total":27`},
		{"change_delivery_address", "ada@example.com", "get_delivery_estimate", args{"order_id": "1003", "address": "12 Elm Street, 0150 Oslo"}, `"order_id":"1003"`},
	} {
		for _, era := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
			t.Run(fmt.Sprint(c.intent, " on ", era), func(t *testing.T) {
				s := newTestShop(t)
				s.mustCall(era, c.email, c.intent, c.args)
				seen := map[string]string{}
				maps.Copy(seen, s.snapshot())
				a := args{}
				if id, ok := c.args["order_id"]; ok {
					a["order_id"] = id
				}
				if got := seen[fmt.Sprint(c.email, " ", c.check, " ", a)]; len(a) > 0 && !strings.Contains(got, c.want) {
					t.Errorf("%s says %s, want %s in it", c.check, got, c.want)
				}
				for _, other := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
					if got := asJSON(t, s.mustCall(other, c.email, c.check, a)); !strings.Contains(got, c.want) {
						t.Errorf("%s says %s, want %s in it", other, got, c.want)
					}
				}
			})
		}
	}
}

// TestShopDeliveryAddressCrosses checks what only a parcel shows: the order is
// shipped by the monolith's hand afterwards.
func TestShopDeliveryAddressCrosses(t *testing.T) {
	for _, era := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
		s := newTestShop(t)
		s.mustCall(era, "ada@example.com", "change_delivery_address", args{"order_id": "1003", "address": "12 Elm Street, 0150 Oslo"})
		s.drain()
		s.update(legacyNode, func(tx *bbolt.Tx) error {
			o, _, err := s.legacy.LoadOrder(tx, "1003")
			if err != nil {
				return err
			}
			o.Status, o.Shipped, o.Carrier, o.Tracking = "shipped", shopNow.UTC(), "Nordpost", "NP1"
			return s.putByHand(tx, o)
		})
		s.snapshot()
		got := s.mustCall(orchestrator.Modern, "ada@example.com", "track_shipment", args{"order_id": "1003"})
		if got["address"] != "12 Elm Street, 0150 Oslo" {
			t.Errorf("address changed on %s: the parcel goes to %v", era, got["address"])
		}
	}
}

func TestShopLegacyOnlyChangesCross(t *testing.T) {
	s := newTestShop(t)
	s.mustCall(orchestrator.Legacy, "dora@example.com", "request_return", args{"order_id": "4001"})
	got := s.mustCall(orchestrator.Modern, "dora@example.com", "get_order", args{"order_id": "4001"})
	if got["status"] != "returned" {
		t.Errorf("the order service says that the boots are %v", got["status"])
	}
	s.mustCall(orchestrator.Legacy, "ben@example.com", "subscribe_newsletter", nil)
	s.mustCall(orchestrator.Legacy, "cleo@example.com", "close_account", nil)
	s.snapshot()
}

func TestShopCancellationStartsRefund(t *testing.T) {
	s := newTestShop(t)
	s.mustCall(orchestrator.Modern, "ada@example.com", "cancel_order", args{"order_id": "1003"})
	got := s.mustCall(orchestrator.Legacy, "ada@example.com", "get_refund_status", args{"order_id": "1003"})
	if got["amount"] != 45.0 || got["refund_status"] != "pending" {
		t.Errorf("the refund is %v", got)
	}
}

func TestShopKeepsWhatOnlyLegacyKnows(t *testing.T) {
	s := newTestShop(t)
	points := asJSON(t, s.mustCall(orchestrator.Legacy, "ada@example.com", "get_loyalty_points", nil))
	methods := asJSON(t, s.mustCall(orchestrator.Legacy, "ada@example.com", "list_payment_methods", nil))
	s.mustCall(orchestrator.Modern, "ada@example.com", "update_phone", args{"phone": "+47 400 00 123"})
	if got := asJSON(t, s.mustCall(orchestrator.Legacy, "ada@example.com", "get_loyalty_points", nil)); got != points {
		t.Errorf("points were %s and are %s", points, got)
	}
	if got := asJSON(t, s.mustCall(orchestrator.Legacy, "ada@example.com", "list_payment_methods", nil)); got != methods {
		t.Errorf("methods were %s and are %s", methods, got)
	}
}

// TestShopRaces cancels the same orders through both eras at once: one of them
// wins, and both sides agree afterwards.
func TestShopRaces(t *testing.T) {
	s := newTestShop(t)
	var open []order.Record
	for _, p := range s.people() {
		for _, r := range s.ordersOf(p.Email) {
			if r.Status == order.Processing {
				open = append(open, r)
			}
		}
	}
	type result struct {
		id  string
		err error
	}
	results := make(chan result, 4*len(open))
	var wg sync.WaitGroup
	for _, r := range open {
		for i, era := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern, orchestrator.Legacy, orchestrator.Modern} {
			wg.Go(func() {
				_, err := s.call(era, r.Email, "cancel_order", args{"order_id": r.ID}, func(c *orchestrator.Call) { c.Key = fmt.Sprint(r.ID, i) })
				results <- result{r.ID, err}
			})
		}
	}
	wg.Wait()
	close(results)
	won := map[string]int{}
	for r := range results {
		switch codeOf(r.err) {
		case "":
			won[r.id]++
		case "already_cancelled":
		default:
			t.Errorf("order %s: %v", r.id, r.err)
		}
	}
	for _, r := range open {
		if won[r.ID] != 1 {
			t.Errorf("order %s was cancelled %d times", r.ID, won[r.ID])
		}
	}
	s.snapshot()
}
