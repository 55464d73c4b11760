package main

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"banyan/orchestrator"
	faults "banyan/orchestrator/chaos"
	"banyan/orchestrator/compare"
)

// sides calls both eras of the shop in the way that a shadow call does, and compares
// without any rule but those that the services state.
type sides struct {
	testShop
	board    *faults.Board
	catalog  *orchestrator.Catalog
	services map[string]orchestrator.Service // by name
	comparer *compare.Comparer
}

func newSides(tb testing.TB) sides {
	tb.Helper()
	s := sides{testShop: newTestShop(tb), board: faults.New(1, time.Now), services: map[string]orchestrator.Service{}}
	var offered []orchestrator.Offered
	for _, inner := range s.Services() {
		svc := s.board.Wrap(inner)
		d, err := svc.Describe(context.Background())
		if err != nil {
			tb.Fatal(err)
		}
		s.services[d.Name] = svc
		offered = append(offered, orchestrator.Offered{Service: svc, Description: d})
	}
	catalog, errs := orchestrator.NewCatalog(offered)
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	comparer, err := compare.New(compare.Rules{})
	if err != nil {
		tb.Fatal(err)
	}
	s.catalog, s.comparer = catalog, comparer
	return s
}

// answer calls one era.
func (s sides) answer(era orchestrator.Era, e *orchestrator.Entry, email string, a args, dry bool) orchestrator.Answer {
	s.t.Helper()
	offer := e.Offer(era)
	u := orchestrator.User{Email: email, Role: orchestrator.Customer}
	call := orchestrator.Call{Intent: e.Name, Args: args{"email": email}, User: u, Subject: u, DryRun: dry}
	if e.Changes() {
		call.Key = fmt.Sprint(era, dry)
	}
	maps.Copy(call.Args, a)
	res, err := s.services[offer.Service].Call(context.Background(), call)
	out := orchestrator.Answer{Era: era, Service: offer.Service, Result: res}
	if err != nil {
		if code := codeOf(err); code != "" {
			out.Err = &orchestrator.Error{Code: code, Message: err.Error()}
		} else {
			out.Err = &orchestrator.Error{Code: orchestrator.CodeUnavailable, Message: err.Error()}
		}
	}
	return out
}

// shadow makes a call on the legacy side with the modern one beside it.
func (s sides) shadow(intent, email string, a args) (orchestrator.Pair, orchestrator.ShadowRecord) {
	s.t.Helper()
	e := s.catalog.Intent(intent)
	if e == nil {
		s.t.Fatalf("nobody offers %s", intent)
	}
	p := orchestrator.Pair{Entry: e, Args: a, Who: email}
	p.Candidate = s.answer(orchestrator.Modern, e, email, a, e.Changes())
	p.Primary = s.answer(orchestrator.Legacy, e, email, a, false)
	return p, s.comparer.Compare(p)
}

// reads lists reads that both sides offer, some of which are refused.
func (s sides) reads() (list []change) {
	for _, p := range s.people() {
		list = append(list,
			change{email: p.Email, intent: "get_profile"},
			change{email: p.Email, intent: "list_orders"},
			change{email: p.Email, intent: "list_orders", args: args{"status": "delivered", "limit": 2.0}},
			change{email: p.Email, intent: "get_order", args: args{"order_id": "0000"}},
		)
		for _, r := range s.ordersOf(p.Email) {
			for _, intent := range []string{"get_order", "track_shipment", "get_delivery_estimate"} {
				list = append(list, change{email: p.Email, intent: intent, args: args{"order_id": r.ID}})
			}
		}
	}
	return list
}

// TestShopShadowsMatch compares every read of every customer, and every change of the
// table that both sides offer, as shadow calls do: data, state and refusals.
func TestShopShadowsMatch(t *testing.T) {
	s := newSides(t)
	compared := 0
	for _, c := range s.reads() {
		p, found := s.shadow(c.intent, c.email, c.args)
		if !found.Matched {
			t.Errorf("%s %s %v: %+v\nlegacy %+v\nmodern %+v", c.email, c.intent, c.args, found, p.Primary, p.Candidate)
		}
		compared++
	}
	if compared < 200 {
		t.Errorf("only %d reads were compared", compared)
	}
	for i, c := range everyChange(orchestrator.Legacy) {
		e := s.catalog.Intent(c.intent)
		if e == nil || e.Offer(orchestrator.Modern) == nil {
			continue
		}
		t.Run(fmt.Sprint(c.intent, " ", i), func(t *testing.T) {
			s := newSides(t)
			p, found := s.shadow(c.intent, c.email, c.args)
			if !found.Matched || p.Primary.Err != nil {
				t.Errorf("%+v\nlegacy %+v\nmodern %+v", found, p.Primary, p.Candidate)
			}
			if len(p.Primary.Result.State) != 1 || asJSON(t, p.Primary.Result.State) != asJSON(t, p.Candidate.Result.State) {
				t.Errorf("the state that is left:\nlegacy %s\nmodern %s", asJSON(t, p.Primary.Result.State), asJSON(t, p.Candidate.Result.State))
			}
		})
	}
}

// TestShopShadowsNoticeBugs breaks every modern service by every bug: some answer of
// each bug is found to be different, and none of what is compared is inconclusive.
func TestShopShadowsNoticeBugs(t *testing.T) {
	s := newSides(t)
	for _, bug := range faults.Bugs() {
		if bug.Name == "stale" {
			continue // below
		}
		t.Run(bug.Name, func(t *testing.T) {
			for _, service := range []string{"user", "order", "shipping"} {
				if err := s.board.Inject(t.Context(), orchestrator.Fault{Service: service, Bug: bug.Name}); err != nil {
					t.Fatal(err)
				}
			}
			classes := map[string]int{}
			for _, c := range s.reads() {
				_, found := s.shadow(c.intent, c.email, c.args)
				if found.Inconclusive {
					t.Errorf("%s: %+v", c.intent, found)
				}
				classes[found.Class]++
			}
			delete(classes, "")
			t.Log(classes)
			if len(classes) == 0 {
				t.Error("nobody noticed")
			}
		})
	}
	t.Run("stale", func(t *testing.T) {
		s := newSides(t)
		if err := s.board.Inject(t.Context(), orchestrator.Fault{Service: "user", Bug: "stale"}); err != nil {
			t.Fatal(err)
		}
		if _, found := s.shadow("get_profile", "ada@example.com", nil); !found.Matched {
			t.Errorf("the first answer: %+v", found)
		}
		s.mustCall(orchestrator.Legacy, "ada@example.com", "update_address", args{"address": elm})
		if _, found := s.shadow("get_profile", "ada@example.com", nil); found.Matched || found.Differences[0].Path != "address" {
			t.Errorf("after a change: %+v", found)
		}
	})
	t.Run("outage", func(t *testing.T) {
		s := newSides(t)
		if err := s.board.Inject(t.Context(), orchestrator.Fault{Service: "order", Outage: true}); err != nil {
			t.Fatal(err)
		}
		if _, found := s.shadow("list_orders", "ada@example.com", nil); found.Matched || found.Inconclusive || found.Class != "error" {
			t.Errorf("%+v", found)
		}
	})
}
