package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/orchestrator"
	"banyan/services/order"
	"banyan/services/user"
)

// shopNow is an afternoon; seeding and asking happen then.
var shopNow = time.Date(2026, time.November, 21, 14, 2, 0, 0, time.FixedZone("CET", 3600))

type testShop struct {
	*shop
	t   testing.TB
	dir string
}

// mustOpenShop opens a shop at shopNow, which waits for no disk unless edit says
// so.
func mustOpenShop(tb testing.TB, dir string, edit ...func(*shopOptions)) testShop {
	tb.Helper()
	opts := shopOptions{Now: func() time.Time { return shopNow }, NoSync: true, Wait: time.Second}
	for _, e := range edit {
		e(&opts)
	}
	s, err := openShop(dir, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return testShop{s, tb, dir}
}

func newTestShop(tb testing.TB) testShop {
	tb.Helper()
	return mustOpenShop(tb, tb.TempDir())
}

// update changes one node by hand.
func (s testShop) update(node string, do func(tx *bbolt.Tx) error) {
	s.t.Helper()
	if err := s.files[node].Update(do); err != nil {
		s.t.Fatal(err)
	}
}

// drain waits until everybody has everything.
func (s testShop) drain() {
	s.t.Helper()
	if err := s.sync.Drain(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// putByHand changes an order in the monolith's records as its people do, and tells
// of it.
func (s testShop) putByHand(tx *bbolt.Tx, o legacy.Order) error {
	return errors.Join(s.legacy.PutOrder(tx, o),
		s.legacyOrderChanged(context.Background(), tx, legacy.Change{Event: "OrderShipped"}, o),
		s.legacyOrderChanged(context.Background(), tx, legacy.Change{Event: legacy.DeliveryAddressChanged}, o))
}

type args = map[string]any

// call performs an intent on one era as the customer herself.
func (s testShop) call(era orchestrator.Era, email, intent string, a args, edit ...func(*orchestrator.Call)) (map[string]any, error) {
	s.t.Helper()
	u := orchestrator.User{Email: email, Role: orchestrator.Customer}
	c := orchestrator.Call{Intent: intent, Args: args{"email": email}, User: u, Subject: u}
	maps.Copy(c.Args, a)
	for _, e := range edit {
		e(&c)
	}
	ctx := context.Background()
	for _, svc := range s.Services() {
		d, err := svc.Describe(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if d.Era == era && slices.ContainsFunc(d.Intents, func(in orchestrator.Intent) bool { return in.Name == intent }) {
			r, err := svc.Call(ctx, c)
			return r.Data, err
		}
	}
	s.t.Fatalf("nobody offers %s on the %s side", intent, era)
	return nil, nil
}

func (s testShop) mustCall(era orchestrator.Era, email, intent string, a args) map[string]any {
	s.t.Helper()
	r, err := s.call(era, email, intent, a)
	if err != nil {
		s.t.Fatalf("%s on %s: %v", intent, era, err)
	}
	return r
}

func codeOf(err error) string {
	var coded *orchestrator.Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	if err != nil {
		return "uncoded: " + err.Error()
	}
	return ""
}

func asJSON(tb testing.TB, v any) string {
	tb.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(raw)
}

// outcome is what a caller can tell of a call: the result or the code.
func outcome(tb testing.TB, r map[string]any, err error) string {
	tb.Helper()
	if err != nil {
		return codeOf(err)
	}
	return asJSON(tb, r)
}

// snapshot is everything that both eras say about everybody, or about one customer
// alone, by intent and subject. It fails the test where they differ.
func (s testShop) snapshot(only ...string) map[string]string {
	s.t.Helper()
	out := map[string]string{}
	both := func(email, intent string, a args) {
		s.t.Helper()
		old, oldErr := s.call(orchestrator.Legacy, email, intent, a)
		young, youngErr := s.call(orchestrator.Modern, email, intent, a)
		o, y := outcome(s.t, old, oldErr), outcome(s.t, young, youngErr)
		if o != y {
			s.t.Errorf("%s %s %v:\nlegacy %s\nmodern %s", email, intent, a, o, y)
		}
		out[fmt.Sprint(email, " ", intent, " ", a)] = y
	}
	for _, p := range s.people() {
		if len(only) > 0 && !slices.Contains(only, p.Email) {
			continue
		}
		both(p.Email, "get_profile", nil)
		both(p.Email, "list_orders", nil)
		both(p.Email, "list_orders", args{"limit": 2.0})
		both(p.Email, "list_orders", args{"status": "delivered"})
		for _, r := range s.ordersOf(p.Email) {
			for _, intent := range []string{"get_order", "track_shipment", "get_delivery_estimate"} {
				both(p.Email, intent, args{"order_id": r.ID})
			}
		}
	}
	return out
}

func (s testShop) people() (out []user.Person) {
	s.t.Helper()
	err := s.files[userNode].View(func(tx *bbolt.Tx) error {
		return s.users.Each(tx, func(p user.Person) error {
			out = append(out, p)
			return nil
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s testShop) ordersOf(email string) (out []order.Record) {
	s.t.Helper()
	err := s.files[orderNode].View(func(tx *bbolt.Tx) error {
		return s.orders.EachOf(tx, email, func(r order.Record) bool {
			out = append(out, r)
			return true
		})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func TestShopSurvivesRestartAndReset(t *testing.T) {
	s := newTestShop(t)
	first := s.snapshot()
	s.mustCall(orchestrator.Modern, "ada@example.com", "cancel_order", args{"order_id": "1003"})
	s.mustCall(orchestrator.Legacy, "ben@example.com", "update_phone", args{"phone": "0171 5550123"})
	s.mustCall(orchestrator.Legacy, "dora@example.com", "request_return", args{"order_id": "4001"})
	changed := s.snapshot()
	if maps.Equal(first, changed) {
		t.Fatal("nothing was changed")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpenShop(t, s.dir)
	if !maps.Equal(changed, s.snapshot()) {
		t.Error("a restart lost changes")
	}
	if err := s.Reset(context.Background()); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(first, s.snapshot()) {
		t.Error("the shop is not as it was on the first day")
	}
	if _, err := s.call(orchestrator.Legacy, "dora@example.com", "get_refund_status", args{"order_id": "4001"}); codeOf(err) != "no_refund" {
		t.Errorf("the refund outlived the reset: %v", err)
	}
}

func TestResetShopOfAnEmptyFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := resetShop(dir); err != nil {
		t.Fatal(err)
	}
	s := mustOpenShop(t, dir)
	if _, err := s.Directory().Lookup(context.Background(), "Ada Okafor"); err != nil {
		t.Error(err)
	}
	for node := range s.files {
		if info, err := os.Stat(shopFile(dir, node)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the file of %s: %v, %v", node, info, err)
		}
	}
}
