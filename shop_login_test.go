package main

import (
	"context"
	"maps"
	"slices"
	"testing"

	"banyan/orchestrator"
)

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
		"ada@example.com":   "three orders, one not shipped yet",
		"ben@example.com":   "one order on its way",
		"cleo@example.com":  "no orders",
		"dora@example.com":  "three orders, can still return the boots",
		"sam@example.com":   "may ask for any customer",
		"pat@example.com":   "runs the demo, may ask for any customer",
		"robin@example.com": "may do everything",
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
