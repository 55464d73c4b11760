package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

// TestSeedingIsMadeGood cuts a seeding off in every file: the shop is seeded again.
func TestSeedingIsMadeGood(t *testing.T) {
	for _, node := range []string{legacyNode, userNode, orderNode, shippingNode} {
		t.Run(node, func(t *testing.T) {
			dir := t.TempDir()
			cut := errors.New("cut off")
			s := mustOpenShop(t, dir)
			first := s.snapshot()
			day, err := readFirstDay(shopNow)
			if err != nil {
				t.Fatal(err)
			}
			err = s.sync.Reset(t.Context(), func(tx *bbolt.Tx, n string) error {
				if n == node {
					return cut
				}
				return s.seed(tx, n, day)
			})
			if !errors.Is(err, cut) {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = mustOpenShop(t, dir)
			if whole, err := s.sync.Whole(); !whole || err != nil {
				t.Errorf("whole: %v, %v", whole, err)
			}
			if !maps.Equal(first, s.snapshot()) {
				t.Error("the shop is not as on its first day")
			}
		})
	}
}

// TestCloseBringsChangesToBothSides looks into the files after a close, and after
// one of a shop whose sides lag.
func TestCloseBringsChangesToBothSides(t *testing.T) {
	for _, lag := range []time.Duration{0, time.Hour} {
		s := newTestShop(t)
		s.sync.SetPaused(true)
		if err := s.sync.SetLag(lag); err != nil {
			t.Fatal(err)
		}
		s.mustCall(orchestrator.Modern, "ada@example.com", "cancel_order", args{"order_id": "1003"})
		s.sync.SetPaused(false)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		db, err := bbolt.Open(shopFile(s.dir, legacyNode), 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		want := "cancelled"
		if lag > 0 {
			want = "processing"
		}
		if err := db.View(func(tx *bbolt.Tx) error {
			o, _, err := s.legacy.LoadOrder(tx, "1003")
			if o.Status != want {
				t.Errorf("lag %s: the monolith's file says %q", lag, o.Status)
			}
			return err
		}); err != nil {
			t.Error(err)
		}
		_ = db.Close()
		s = mustOpenShop(t, s.dir)
		if got := s.mustCall(orchestrator.Legacy, "ada@example.com", "get_order", args{"order_id": "1003"}); got["status"] != "cancelled" {
			t.Errorf("lag %s: through the barrier the order is %v", lag, got["status"])
		}
	}
}

// TestReconcileMendsEveryField spoils each field of each entity on the modern side
// and has both sides agree again, whoever is right.
func TestReconcileMendsEveryField(t *testing.T) {
	for _, side := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
		t.Run(string(side), func(t *testing.T) {
			s := newTestShop(t)
			first := s.snapshot()
			for _, kind := range s.sync.Kinds() {
				if err := s.sync.SetRecord(t.Context(), kind, side); err != nil {
					t.Fatal(err)
				}
			}
			later := shopNow.UTC().Add(-time.Hour).Truncate(time.Second)
			s.update(userNode, func(tx *bbolt.Tx) error {
				p, _, err := s.users.Get(tx, "ada@example.com")
				p.Name, p.Phone, p.Address, p.Since = "Ada Other", "+47 999 99 999", elm, p.Since.AddDate(0, 0, 1)
				return errors.Join(err, s.users.Put(tx, p))
			})
			s.update(orderNode, func(tx *bbolt.Tx) error {
				r, _, err := s.orders.Get(tx, "1003")
				r.Status, r.ShippedAt, r.DeliveredAt, r.ReturnedAt, r.CancelledAt, r.PlacedAt = order.Returned, later, later, later, later, later
				r.Lines = append(r.Lines, order.Line{Name: "bulb", Quantity: 2, Cents: 300})
				return errors.Join(err, s.orders.Put(tx, r))
			})
			s.update(shippingNode, func(tx *bbolt.Tx) error {
				r, _, err := s.shipping.Get(tx, "1002")
				r.Address, r.Carrier, r.Tracking, r.Estimate = elm, "", "", time.Time{}
				return errors.Join(err, s.shipping.Put(tx, r))
			})
			found, err := s.sync.Compare(t.Context())
			fields := map[string]bool{}
			for _, d := range found {
				fields[fmt.Sprint(d.Kind, " ", d.Field)] = true
			}
			for _, want := range []string{
				"customer name", "customer phone", "customer address", "customer since", "order status", "order placed", "order shipped",
				"order delivered", "order cancelled", "order returned", "order items", "shipment address", "shipment carrier", "shipment tracking", "shipment estimate",
			} {
				if side == orchestrator.Legacy && !fields[want] {
					t.Errorf("%s is not among %v, %v", want, found, err)
				}
			}
			if _, err := s.sync.Repair(t.Context()); err != nil {
				t.Fatal(err)
			}
			if left, err := s.sync.Compare(t.Context()); err != nil || len(left) > 0 {
				t.Errorf("left: %v, %v", left, err)
			}
			if now := s.snapshot(); maps.Equal(first, now) != (side == orchestrator.Legacy) {
				t.Errorf("the record is %s; as before: %v", side, maps.Equal(first, now))
			}
		})
	}
}

// TestShopTellsStates sees that both sides tell what a change leaves in one form,
// and what it would leave before.
func TestShopTellsStates(t *testing.T) {
	for _, c := range everyChange(orchestrator.Legacy)[:6] {
		t.Run(c.intent, func(t *testing.T) {
			told := map[string]bool{}
			for _, era := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
				s := newTestShop(t)
				u := orchestrator.User{Email: c.email, Role: orchestrator.Customer}
				call := orchestrator.Call{Intent: c.intent, Args: args{"email": c.email}, User: u, Subject: u, Key: "k", DryRun: true}
				maps.Copy(call.Args, c.args)
				dry, err := s.service(era, c.intent).Call(t.Context(), call)
				if err != nil {
					t.Fatal(err)
				}
				call.DryRun = false
				done, err := s.service(era, c.intent).Call(t.Context(), call)
				if err != nil || len(done.State) != 1 {
					t.Fatalf("%s tells %v, %v", era, done.State, err)
				}
				told[asJSON(t, dry.State)], told[asJSON(t, done.State)] = true, true
			}
			if len(told) != 1 {
				t.Errorf("told are %v", slices.Collect(maps.Keys(told)))
			}
		})
	}
}
