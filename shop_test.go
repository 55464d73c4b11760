package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/services/order"
	"banyan/services/user"
)

// shopNow is an afternoon; seeding and asking happen then.
var shopNow = time.Date(2026, time.November, 21, 14, 2, 0, 0, time.FixedZone("CET", 3600))

type testShop struct {
	*shop
	t    testing.TB
	path string
}

func mustOpenShop(tb testing.TB, path string) testShop {
	tb.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: false, Timeout: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	s, err := openShop(db, shopOptions{Now: func() time.Time { return shopNow }})
	if err != nil {
		tb.Fatal(err)
	}
	return testShop{s, tb, path}
}

func newTestShop(tb testing.TB) testShop {
	tb.Helper()
	return mustOpenShop(tb, filepath.Join(tb.TempDir(), "shop.db"))
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

// snapshot is everything that both eras say about everybody, by intent and
// subject. It fails the test where they differ.
func (s testShop) snapshot() map[string]string {
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
	err := s.db.View(func(tx *bbolt.Tx) error {
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
	err := s.db.View(func(tx *bbolt.Tx) error {
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
		err := s.db.Update(func(tx *bbolt.Tx) error {
			o, _, err := s.legacy.LoadOrder(tx, "1003")
			if err != nil {
				return err
			}
			o.Status, o.Shipped, o.Carrier, o.Tracking = "shipped", shopNow, "Nordpost", "NP1"
			return errors.Join(s.legacy.PutOrder(tx, o), s.orderFromLegacy(tx, o))
		})
		if err != nil {
			t.Fatal(err)
		}
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
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpenShop(t, s.path)
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

func TestResetShopOfAnEmptyFile(t *testing.T) {
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "empty.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := resetShop(db); err != nil {
		t.Fatal(err)
	}
	s, err := openShop(db, shopOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Directory().Lookup(context.Background(), "Ada Okafor"); err != nil {
		t.Error(err)
	}
}

func TestShopAccounts(t *testing.T) {
	s := newTestShop(t)
	notes := func() map[string]string {
		list, err := s.Accounts(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]string{}
		for _, a := range list {
			out[a.User.Email] = a.Note
		}
		return out
	}
	want := map[string]string{
		"ada@example.com":  "three orders, one not shipped yet",
		"ben@example.com":  "one order on its way",
		"cleo@example.com": "no orders",
		"dora@example.com": "three orders, can still return the boots",
		"sam@example.com":  "may ask for any customer",
	}
	if got := notes(); !maps.Equal(got, want) {
		t.Errorf("got %v\nwant %v", got, want)
	}
	s.mustCall(orchestrator.Legacy, "ada@example.com", "cancel_order", args{"order_id": "1003"})
	s.mustCall(orchestrator.Legacy, "dora@example.com", "request_return", args{"order_id": "4001"})
	want["ada@example.com"] = "three orders, one on its way"
	want["dora@example.com"] = "three orders, one not shipped yet"
	if got := notes(); !maps.Equal(got, want) {
		t.Errorf("after changes: got %v\nwant %v", got, want)
	}
}

func TestShopSuggestions(t *testing.T) {
	s := newTestShop(t)
	for _, email := range demoAccounts() {
		u, err := s.users.Lookup(context.Background(), email)
		if err != nil {
			t.Fatal(err)
		}
		list := s.Suggestions(context.Background(), u)
		if len(list) != 4 || len(slices.Compact(slices.Sorted(slices.Values(list)))) != 4 {
			t.Errorf("%s gets %q", email, list)
		}
	}
	if got := s.Suggestions(context.Background(), orchestrator.User{Email: "ben@example.com", Role: orchestrator.Customer}); got[0] != "where is my teapot?" {
		t.Errorf("ben gets %q", got)
	}
}

func BenchmarkOpenShop(b *testing.B) {
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "shop.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := openShop(db, shopOptions{}); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := openShop(db, shopOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeedShop(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		db, err := bbolt.Open(filepath.Join(b.TempDir(), fmt.Sprint(b.N, time.Now().UnixNano())), 0o600, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := openShop(db, shopOptions{}); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = db.Close()
		b.StartTimer()
	}
}

func BenchmarkShopReads(b *testing.B) {
	s := newTestShop(b)
	ada := orchestrator.User{Email: "ada@example.com", Role: orchestrator.Customer}
	for _, c := range []struct {
		svc    orchestrator.Service
		intent string
		args   args
	}{
		{s.orders, "get_order", args{"email": ada.Email, "order_id": "1002"}},
		{s.orders, "list_orders", args{"email": ada.Email}},
		{s.users, "get_profile", args{"email": ada.Email}},
		{s.shipping, "track_shipment", args{"email": ada.Email, "order_id": "1002"}},
	} {
		b.Run(c.intent, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.svc.Call(context.Background(), orchestrator.Call{Intent: c.intent, Args: c.args, User: ada, Subject: ada}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
