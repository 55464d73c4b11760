package legacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/legacy/monolith"
	"banyan/orchestrator"

	"go.etcd.io/bbolt"
)

func equal(tb testing.TB, got, want any) {
	tb.Helper()
	if !reflect.DeepEqual(got, want) {
		g, _ := json.MarshalIndent(got, "", " ")
		w, _ := json.MarshalIndent(want, "", " ")
		tb.Errorf("got\n%s\nwant\n%s", g, w)
	}
}

func sameDump(tb testing.TB, before, after map[string]string) {
	tb.Helper()
	for k, v := range after {
		if before[k] != v {
			tb.Errorf("%s changed from %q to %q", k, before[k], v)
		}
	}
	if len(after) < len(before) {
		tb.Errorf("%d keys, before %d", len(after), len(before))
	}
}

// everyIntent is one call of each intent that succeeds in a shop with a return.
func everyIntent() []orchestrator.Call {
	return []orchestrator.Call{
		call("ada", "get_profile", nil),
		call("ada", "update_phone", args{"phone": "+47 400 00 123"}),
		call("ada", "update_address", args{"address": "12 Elm Street, 0150 Oslo"}),
		call("ada", "list_orders", nil),
		call("ada", "get_order", args{"order_id": "1001"}),
		call("ada", "cancel_order", args{"order_id": "1003"}),
		call("dora", "change_order", args{"order_id": "4003", "item": "socks", "quantity": 2.0}),
		call("ada", "track_shipment", args{"order_id": "1002"}),
		call("dora", "change_delivery_address", args{"order_id": "4003", "address": "12 Elm Street, 0150 Oslo"}),
		call("ada", "get_delivery_estimate", args{"order_id": "1002"}),
		call("dora", "request_return", args{"order_id": "4001", "reason": "too small"}),
		call("dora", "withdraw_return", args{"order_id": "4004"}),
		call("dora", "get_refund_status", args{"order_id": "4002"}),
		call("ada", "get_invoice", args{"order_id": "1001"}),
		call("ada", "get_loyalty_points", nil),
		call("ada", "list_payment_methods", nil),
		call("ada", "file_complaint", args{"text": "it is late", "order_id": "1002"}),
		call("ada", "subscribe_newsletter", nil),
		call("dora", "unsubscribe_newsletter", nil),
		call("ada", "reset_password", nil),
		call("cleo", "close_account", nil),
		call("ada", "contact_human", args{"message": "call me"}),
	}
}

func mustEntries(tb testing.TB, s *shop) map[string]*orchestrator.Entry {
	tb.Helper()
	d, err := s.Describe(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	c, errs := orchestrator.NewCatalog([]orchestrator.Offered{{Service: s.Service, Description: d}})
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	out := map[string]*orchestrator.Entry{}
	for _, e := range c.Intents() {
		out[e.Name] = e
	}
	return out
}

func TestDescriptionIsSound(t *testing.T) {
	s := mustShop(t, Hooks{})
	entries := mustEntries(t, s)
	if len(entries) != 22 {
		t.Errorf("%d intents, want 22", len(entries))
	}
	for name, e := range entries {
		if len(e.Examples) < 10 {
			t.Errorf("%s has %d examples", name, len(e.Examples))
		}
		if e.NeedsYes() && e.Confirm == "" {
			t.Errorf("%s has no sentence to confirm", name)
		}
		if e.Answer == "" && name != "list_orders" {
			t.Errorf("%s has no answer", name)
		}
		if e.Changes() != s.CanDryRun(name) {
			t.Errorf("%s: effect %s, dry run %v", name, e.Effect, s.CanDryRun(name))
		}
		if destructive := name == "cancel_order" || name == "close_account"; destructive != (e.Effect == orchestrator.Destructive) {
			t.Errorf("%s: effect %s", name, e.Effect)
		}
		if e.Unconfirmed != (name == "contact_human") {
			t.Errorf("%s: unconfirmed %v", name, e.Unconfirmed)
		}
		for p, schema := range e.Params.Properties {
			if schema.Title == "" || schema.Description == "" {
				t.Errorf("%s: the parameter %s is not described", name, p)
			}
		}
	}
}

// TestResultsFitAndAreTold performs every intent and puts the result into words.
func TestResultsFitAndAreTold(t *testing.T) {
	s := mustShopWithReturn(t, Hooks{})
	entries := mustEntries(t, s)
	w := orchestrator.Wording{Now: noon}
	for _, c := range everyIntent() {
		e := entries[c.Intent]
		var dry args
		if e.Changes() {
			d := c
			d.DryRun = true
			dry = s.mustDo(t, d)
		}
		result := s.mustDo(t, c)
		schema, err := e.Result.CloneSchemas().Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(result); err != nil {
			t.Errorf("%s: %v", c.Intent, err)
		}
		if e.Changes() {
			equal(t, dry, result)
		}
		if e.NeedsYes() {
			for _, r := range []args{nil, dry} {
				text, ok := w.RenderConfirm(e, c.Args, r)
				wellPut(t, c.Intent, text, ok)
			}
		}
		if e.Answer != "" {
			text, ok := w.RenderAnswer(e, c.Args, result)
			wellPut(t, c.Intent, text, ok)
		}
	}
}

func wellPut(t *testing.T, intent, text string, ok bool) {
	t.Helper()
	t.Logf("%-24s %s", intent, text)
	if !ok || strings.Contains(text, "<no value>") || strings.Contains(text, "  ") || strings.Contains(text, "<nil>") {
		t.Errorf("%s: %q, %v", intent, text, ok)
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	called := 0
	told := func(w Change) {
		if !w.DryRun {
			called++
		}
	}
	s := mustShopWithReturn(t, Hooks{
		OnCustomer: func(_ context.Context, _ *bbolt.Tx, w Change, _ Customer) error { told(w); return nil },
		OnOrder:    func(_ context.Context, _ *bbolt.Tx, w Change, _ Order) error { told(w); return nil },
	})
	before := s.dump(t)
	called = 0
	for _, c := range everyIntent() {
		c.DryRun, c.Key = true, "key of "+c.Intent
		s.mustDo(t, c)
		sameDump(t, before, s.dump(t))
	}
	if called > 0 {
		t.Errorf("the hooks were called %d times", called)
	}
}

func TestSameKeyHasOneEffect(t *testing.T) {
	for _, c := range everyIntent() {
		t.Run(c.Intent, func(t *testing.T) {
			s := mustShopWithReturn(t, Hooks{})
			if !s.CanDryRun(c.Intent) {
				equal(t, s.mustDo(t, c), s.mustDo(t, c))
				return
			}
			c.Key = "k1"
			first := s.mustDo(t, c)
			before := s.dump(t)
			s.now = s.now.Add(time.Hour)
			equal(t, s.mustDo(t, c), first)
			sameDump(t, before, s.dump(t))
			other := call("dora", "update_phone", args{"phone": "+47 911 11 111"})
			other.Key = "k1"
			if code, _ := s.refused(t, other); code != "key_reused" {
				t.Errorf("another intent with the same key: %s", code)
			}
			sameDump(t, before, s.dump(t))
		})
	}
}

func TestSameKeyOtherArguments(t *testing.T) {
	s := mustShop(t, Hooks{})
	c := call("ada", "update_phone", args{"phone": "+47 400 00 123"})
	c.Key = strings.Repeat("long ", 60)
	s.mustDo(t, c)
	c.Args["phone"] = "+47 400 00 124"
	if code, _ := s.refused(t, c); code != "key_reused" {
		t.Errorf("got %s", code)
	}
	equal(t, s.mustCall(t, "ada", "get_profile", nil)["phone"], "+47 400 00 123")
}

// A refusal is not remembered: once the reason is gone, the same request works.
func TestKeyOfARefusal(t *testing.T) {
	s := mustShop(t, Hooks{})
	c := call("ada", "close_account", nil)
	c.Key = "k1"
	if code, _ := s.refused(t, c); code != "orders_open" {
		t.Errorf("got %s", code)
	}
	s.mustCall(t, "ada", "cancel_order", args{"order_id": "1003"})
	s.mustDo(t, c)
}

func TestManyCallsWithOneKey(t *testing.T) {
	s := mustShop(t, Hooks{})
	c := call("ada", "file_complaint", args{"text": "it is late"})
	c.Key = "k1"
	results := make([]args, 50)
	errs := make([]error, 50)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			r, err := s.Call(context.Background(), c)
			results[i], errs[i] = r.Data, err
		})
	}
	wg.Wait()
	for i := range results {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		equal(t, results[i], results[0])
	}
	c.Key = "k2"
	equal(t, s.mustDo(t, c)["complaint_id"], "CMP-000002")
}

func TestSubjectIsTheSessions(t *testing.T) {
	s := mustShop(t, Hooks{})
	ada, sam := orchestrator.User{Email: "ada@example.com", Role: orchestrator.Customer}, orchestrator.User{Email: "sam@example.com", Role: orchestrator.Support}
	c := call("ben", "get_profile", nil)
	c.User = ada
	if code, _ := s.refused(t, c); code != orchestrator.CodeDenied {
		t.Errorf("ada about ben: %s", code)
	}
	c.User = sam
	equal(t, s.mustDo(t, c)["name"], "Ben Sato")
	c.Subject = ada
	if code, _ := s.refused(t, c); code != orchestrator.CodeDenied {
		t.Errorf("an argument other than the subject: %s", code)
	}
	c = call("ben", "get_profile", nil)
	c.User, c.Subject, c.Args = orchestrator.User{}, orchestrator.User{}, nil
	if code, _ := s.refused(t, c); code != orchestrator.CodeInvalid {
		t.Errorf("about nobody: %s", code)
	}
	c = call("ada", "get_order", args{"order_id": "1003", "email": "ADA@example.com"})
	equal(t, s.mustDo(t, c)["order_id"], "1003")
}

// The order of another customer must not be told from one that does not exist.
func TestOthersOrdersDoNotExist(t *testing.T) {
	s := mustShopWithReturn(t, Hooks{})
	for _, c := range everyIntent() {
		if _, ok := c.Args["order_id"]; !ok {
			continue
		}
		others := call("cleo", c.Intent, c.Args)
		others.Args["email"] = "cleo@example.com"
		code, message := s.refused(t, others)
		missing := call("cleo", c.Intent, others.Args)
		missing.Args["order_id"] = "7777"
		wantCode, wantMessage := s.refused(t, missing)
		wantMessage = strings.ReplaceAll(wantMessage, "7777", others.Args["order_id"].(string))
		if code != wantCode || message != wantMessage {
			t.Errorf("%s: %s %q, but for none %s %q", c.Intent, code, message, wantCode, wantMessage)
		}
	}
}

func TestLongListsContinue(t *testing.T) {
	s := mustShop(t, Hooks{})
	const n = 130
	var want []string
	s.mustUpdate(t, func(tx *bbolt.Tx) error {
		for i := range n {
			id := fmt.Sprintf("%04d", 5000+i)
			want = append(want, id)
			o := Order{ID: id, Email: "cleo@example.com", Status: "processing", Placed: daysAgo(n - i), Items: []Item{{"mug", 1, 1250}}}
			if err := s.PutOrder(tx, o); err != nil {
				return err
			}
		}
		return nil
	})
	slices.Reverse(want)
	for _, limit := range []int{1, 25, 26, 50, 129, 130, 500, 0} {
		a := args{}
		if limit > 0 {
			a["limit"] = float64(limit)
		}
		var ids []string
		for _, o := range s.mustCall(t, "cleo", "list_orders", a)["orders"].([]any) {
			ids = append(ids, o.(args)["order_id"].(string))
		}
		if limit == 0 || limit > n {
			limit = n
		}
		if !slices.Equal(ids, want[:limit]) {
			t.Errorf("limit %d: %v", limit, ids)
		}
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	s := mustShop(t, Hooks{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Call(ctx, call("ada", "cancel_order", args{"order_id": "1003"}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	equal(t, s.mustCall(t, "ada", "get_order", args{"order_id": "1003"})["status"], "processing")
}

func BenchmarkCall(b *testing.B) {
	s := mustShop(b, Hooks{})
	for _, c := range []orchestrator.Call{call("ada", "list_orders", nil), call("ada", "update_phone", args{"phone": "+47 400 00 123"})} {
		b.Run(c.Intent, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.mustDo(b, c)
			}
		})
	}
}

// Every code of the copybook but those of misunderstanding has words for people.
func TestEveryCodeHasWords(t *testing.T) {
	book, err := monolith.LoadCopybook()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range book.Codes() {
		if c == monolith.OK {
			continue
		}
		err := refusal(c, book.CodeText(c), book.New("ORCN-REQUEST"), book.New("ERROR-RECORD"))
		var e *orchestrator.Error
		failure := c == monolith.BadRecord || c == monolith.UnknownTransaction || c == monolith.BadMode
		if errors.As(err, &e) == failure {
			t.Errorf("%04d: %v", c, err)
		}
	}
}
