package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/orchestrator"
)

// change is a change that succeeds in a new shop.
type change struct {
	email, intent string
	args          args
	// others are other values, each of them valid by itself, by parameter.
	others args
	// undo is what takes it back; nil if nothing does.
	undo func(result args) (intent string, a args)
}

const elm = "12 Elm Street, 0150 Oslo"

// everyChange is one call of every intent that changes something on that side.
func everyChange(era orchestrator.Era) []change {
	again := func(intent string, fixed args, from map[string]string) func(args) (string, args) {
		return func(result args) (string, args) {
			a := maps.Clone(fixed)
			for param, field := range from {
				a[param] = result[field]
			}
			return intent, a
		}
	}
	all := []change{
		{
			"ada@example.com", "update_phone",
			args{"phone": "+47 400 00 123"},
			args{"phone": "+47 400 00 124"},
			again("update_phone", args{}, map[string]string{"phone": "previous_phone"}),
		},
		{
			"ada@example.com", "update_address",
			args{"address": elm},
			args{"address": "13 Elm Street, 0150 Oslo"},
			again("update_address", args{}, map[string]string{"address": "previous_address"}),
		},
		{
			"dora@example.com", "change_order",
			args{"order_id": "4003", "item": "socks", "quantity": 5.0},
			args{"order_id": "1003", "item": "poles", "quantity": 4.0},
			again("change_order", args{"order_id": "4003"}, map[string]string{"item": "item", "quantity": "previous_quantity"}),
		},
		{
			"dora@example.com", "change_order",
			args{"order_id": "4003", "item": "socks", "quantity": 0.0},
			args{"item": "poles", "quantity": 1.0},
			again("change_order", args{"order_id": "4003"}, map[string]string{"item": "item", "quantity": "previous_quantity"}),
		},
		{
			"ada@example.com", "change_delivery_address",
			args{"order_id": "1003", "address": elm},
			args{"order_id": "1002", "address": "13 Elm Street, 0150 Oslo"},
			again("change_delivery_address", args{"order_id": "1003"}, map[string]string{"address": "previous_address"}),
		},
		{"ada@example.com", "cancel_order", args{"order_id": "1003"}, args{"order_id": "1002"}, nil},
	}
	if era == orchestrator.Modern {
		all[len(all)-1].undo = again("reinstate_order", args{"order_id": "1003"}, nil)
		return append(all, change{
			"eve@example.com", "reinstate_order",
			args{"order_id": "0001"},
			args{"order_id": "0002"},
			again("cancel_order", args{"order_id": "0001"}, nil),
		})
	}
	return append(all,
		change{
			"dora@example.com", "request_return",
			args{"order_id": "4001", "item": "boots", "reason": "too small"},
			args{"order_id": "4002", "item": "", "reason": "too large"},
			again("withdraw_return", args{"order_id": "4001"}, map[string]string{"return_id": "return_id"}),
		},
		change{"eve@example.com", "withdraw_return", args{"order_id": "0003", "return_id": "RET-000001"}, args{"order_id": "0001", "return_id": "RET-000002"}, nil},
		change{"ada@example.com", "file_complaint", args{"text": "late", "order_id": "1002"}, args{"text": "too late", "order_id": "1001"}, nil},
		change{"ada@example.com", "subscribe_newsletter", nil, nil, again("unsubscribe_newsletter", args{}, nil)},
		change{"eve@example.com", "unsubscribe_newsletter", nil, nil, again("subscribe_newsletter", args{}, nil)},
		change{"ada@example.com", "reset_password", nil, nil, nil},
		change{"cleo@example.com", "close_account", nil, nil, nil},
		change{"ada@example.com", "contact_human", args{"message": "call me"}, args{"message": "write to me"}, nil},
	)
}

// newChangedShop is a new shop with a customer whose order was cancelled just now,
// who has asked to return another and gets the newsletter.
func newChangedShop(tb testing.TB) testShop {
	tb.Helper()
	s := newTestShop(tb)
	day := shopNow.UTC().AddDate(0, 0, -2)
	s.update(legacyNode, func(tx *bbolt.Tx) error {
		c, _, err := s.legacy.LoadCustomer(tx, "ada@example.com")
		if err != nil {
			return err
		}
		c.Email, c.Name, c.Newsletter = "eve@example.com", "Eve Ng", true
		o, _, err := s.legacy.LoadOrder(tx, "1003")
		if err != nil {
			return err
		}
		o.ID, o.Email = "0001", c.Email
		delivered := o
		delivered.ID, delivered.Status, delivered.Shipped, delivered.Delivered, delivered.Carrier, delivered.Tracking = "0003", "delivered", day, day, "Nordpost", "NP3"
		return errors.Join(s.legacy.PutCustomer(tx, c), s.customerChanged(context.Background(), tx, legacy.Change{Event: "CustomerJoined"}, c),
			s.putByHand(tx, o), s.putByHand(tx, delivered))
	})
	s.mustCall(orchestrator.Modern, "eve@example.com", "cancel_order", args{"order_id": "0001"})
	s.mustCall(orchestrator.Legacy, "eve@example.com", "request_return", args{"order_id": "0003"})
	if err := s.sync.Drain(context.Background()); err != nil { // the tests list who there is without asking a service
		tb.Fatal(err)
	}
	return s
}

// service is the one that offers an intent on that side.
func (s testShop) service(era orchestrator.Era, intent string) orchestrator.Service {
	s.t.Helper()
	for _, svc := range s.Services() {
		d, err := svc.Describe(context.Background())
		if err != nil {
			s.t.Fatal(err)
		}
		if d.Era == era && slices.ContainsFunc(d.Intents, func(in orchestrator.Intent) bool { return in.Name == intent }) {
			return svc
		}
	}
	s.t.Fatalf("nobody offers %s on the %s side", intent, era)
	return nil
}

// find asks what became of a change.
func (s testShop) find(era orchestrator.Era, c change, a args, key string) (args, bool, error) {
	s.t.Helper()
	finder, ok := s.service(era, c.intent).(orchestrator.Finder)
	if !ok {
		s.t.Fatalf("the service of %s cannot find", c.intent)
	}
	u := orchestrator.User{Email: c.email, Role: orchestrator.Customer}
	all := args{"email": c.email}
	maps.Copy(all, a)
	r, found, err := finder.Find(context.Background(), orchestrator.Call{Intent: c.intent, Args: all, User: u, Subject: u, Key: key})
	return r.Data, found, err
}

func withKey(key string) func(*orchestrator.Call) {
	return func(c *orchestrator.Call) { c.Key = key }
}

func eachChange(t *testing.T, run func(t *testing.T, era orchestrator.Era, c change)) {
	for _, era := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
		for i, c := range everyChange(era) {
			t.Run(fmt.Sprintf("%s %s %d", era, c.intent, i), func(t *testing.T) { run(t, era, c) })
		}
	}
}

// TestShopEveryChangeIsThere holds the table of changes against the services.
func TestShopEveryChangeIsThere(t *testing.T) {
	s := newTestShop(t)
	for _, svc := range s.Services() {
		d, err := svc.Describe(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !d.Keys {
			t.Errorf("%s does not promise to keep keys", d.Name)
		}
		for _, in := range d.Intents {
			i := slices.IndexFunc(everyChange(d.Era), func(c change) bool { return c.intent == in.Name })
			switch {
			case in.Changes() && i < 0:
				t.Errorf("%s of %s is not in the table of changes", in.Name, d.Name)
			case in.Changes():
				for name := range in.Params.Properties {
					if _, other := everyChange(d.Era)[i].others[name]; !other && name != in.Subject {
						t.Errorf("%s of %s: the table has no other %s", in.Name, d.Name, name)
					}
				}
			}
		}
	}
}

// TestShopChangedArgumentsAreRefused does every change and uses its key for each
// argument changed, and for another customer.
func TestShopChangedArgumentsAreRefused(t *testing.T) {
	eachChange(t, func(t *testing.T, era orchestrator.Era, c change) {
		s := newChangedShop(t)
		if r, found, err := s.find(era, c, c.args, "k"); found || err != nil {
			t.Errorf("before the call: %v, %v, %v", r, found, err)
		}
		done, err := s.call(era, c.email, c.intent, c.args, withKey("k"))
		if err != nil {
			t.Fatal(err)
		}
		before := s.snapshot(c.email)
		for name, v := range c.others {
			a := maps.Clone(c.args)
			a[name] = v
			if _, err := s.call(era, c.email, c.intent, a, withKey("k")); codeOf(err) != "key_reused" {
				t.Errorf("another %s: %v", name, err)
			}
			if r, found, err := s.find(era, c, a, "k"); codeOf(err) != "key_reused" || found {
				t.Errorf("looking for another %s: %v, %v, %v", name, r, found, err)
			}
		}
		if _, err := s.call(era, "ben@example.com", c.intent, c.args, withKey("k")); codeOf(err) != "key_reused" {
			t.Errorf("another customer: %v", err)
		}
		again, err := s.call(era, c.email, c.intent, c.args, withKey("k"))
		if err != nil || asJSON(t, again) != asJSON(t, done) {
			t.Errorf("the same again: %v, %v", again, err)
		}
		if found, ok, err := s.find(era, c, c.args, "k"); err != nil || !ok || asJSON(t, found) != asJSON(t, done) {
			t.Errorf("after the call: %v, %v, %v", found, ok, err)
		}
		if !maps.Equal(before, s.snapshot(c.email)) {
			t.Error("a refused call changed something")
		}
	})
}

// TestShopUndo takes back every change that can be, and sees on both sides that
// everything is as before.
func TestShopUndo(t *testing.T) {
	eachChange(t, func(t *testing.T, era orchestrator.Era, c change) {
		if c.undo == nil {
			return
		}
		s := newChangedShop(t)
		before := s.snapshot(c.email)
		result, err := s.call(era, c.email, c.intent, c.args, withKey("k"))
		if err != nil {
			t.Fatal(err)
		}
		intent, a := c.undo(result)
		for range 2 {
			if _, err := s.call(era, c.email, intent, a, withKey("undo")); err != nil {
				t.Fatal(err)
			}
		}
		after := s.snapshot(c.email)
		for what, want := range before {
			if after[what] != want {
				t.Errorf("%s was\n%s\nand is\n%s", what, want, after[what])
			}
		}
	})
}

// TestShopRemembersKeys opens the shop again after a month less a day: the keys
// are good and nothing is done twice.
func TestShopRemembersKeys(t *testing.T) {
	for _, era := range []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern} {
		t.Run(string(era), func(t *testing.T) {
			s := newChangedShop(t)
			var results []args
			changes := everyChange(era)
			for i, c := range changes {
				r, err := s.call(era, c.email, c.intent, c.args, withKey(fmt.Sprint("k", i)))
				if codeOf(err) != "" && codeOf(err) != "already_cancelled" {
					t.Fatalf("%s: %v", c.intent, err)
				}
				results = append(results, r)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = mustOpenShop(t, s.dir, func(o *shopOptions) { o.Now = func() time.Time { return shopNow.AddDate(0, 0, 29) } })
			for i, c := range changes {
				if results[i] == nil {
					continue
				}
				r, found, err := s.find(era, c, c.args, fmt.Sprint("k", i))
				if err != nil || !found || asJSON(t, r) != asJSON(t, results[i]) {
					t.Errorf("%s is found as %v, %v, %v, want %v", c.intent, r, found, err, results[i])
				}
				if r, err := s.call(era, c.email, c.intent, c.args, withKey(fmt.Sprint("k", i))); err != nil || asJSON(t, r) != asJSON(t, results[i]) {
					t.Errorf("%s again: %v, %v, want %v", c.intent, r, err, results[i])
				}
			}
		})
	}
}

// TestShopReinstatesWhatLegacyCancelled crosses the eras: the monolith cancels, the
// order service reinstates, and the monolith's refund is gone.
func TestShopReinstatesWhatLegacyCancelled(t *testing.T) {
	s := newTestShop(t)
	before := s.snapshot()
	s.mustCall(orchestrator.Legacy, "ada@example.com", "cancel_order", args{"order_id": "1003"})
	s.mustCall(orchestrator.Modern, "ada@example.com", "reinstate_order", args{"order_id": "1003"})
	if !maps.Equal(before, s.snapshot()) {
		t.Error("something is not as it was")
	}
	if _, err := s.call(orchestrator.Legacy, "ada@example.com", "get_refund_status", args{"order_id": "1003"}); codeOf(err) != "no_refund" {
		t.Errorf("the refund: %v", err)
	}
}
