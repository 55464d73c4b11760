package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"banyan/orchestrator"
)

// moved is the intent that the demo moves, served by shippingNode.
const moved = "track_shipment"

// strangler is the demo of the strangler fig: one intent from legacy to modern, with
// everything that can go wrong on the way.
func strangler(a *app) *stage {
	s := newStage(a)
	s.first()
	s.shadowed()
	s.brokenShadow()
	s.badCanary()
	s.goodCanary()
	s.fallsBack()
	s.last()
	return s
}

func (s *stage) first() {
	s.say("This is a shop. Its monolith is being replaced, intent by intent, by three microservices. Pat presents it. Any key goes on.")
	s.say("She asks for a customer in her own words. On the right stands what happened: which steps, and which side served them.",
		typing("where is ben's latest order?"), showing("Ben"))
	s.say("The board: every intent, who offers it, who serves it now. ▣ is the monolith, ◆ a microservice. Most have moved already.",
		typing("/migration"), showing("served by"))
	s.say("We look at one of them: track_shipment. To see a whole move, it goes back to legacy first. A command or a key does it, or the chat.",
		pressing("esc"), doing(func(ctx context.Context) error {
			_, err := s.app.migration.SetRoute(ctx, orchestrator.RouteChange{
				Intent: moved, Route: orchestrator.Route{Kind: orchestrator.RouteLegacy}, By: orchestrator.Actor{Email: localActor, Why: "to see a whole move"},
			})
			return err
		}))
}

func (s *stage) shadowed() {
	s.say("Pat asks for the first stage in plain words: shadow. Legacy answers everybody, modern runs beside it and is only compared.",
		typing("send track_shipment to shadow"), showing("Before anything changes"))
	s.say("Steering goes through the same planning, confirmation and audit as everything else. She says yes.",
		pressing("y"), showing("is routed to shadow"))
	s.say("Now 60 customers look up their parcels. Each call is answered by legacy; the answer of modern is compared field by field.",
		doing(s.crowd(60, nil)), going())
	s.say("All of them match. No user waited for it.",
		typing("/migration show track_shipment"), showing("◇ compared"), s.isSo("a match of 100 %", func(st orchestrator.IntentStatus) bool {
			return st.Version.Route.Kind == orchestrator.RouteShadow && st.Shadow.Compared >= 30 && st.Shadow.Matched == st.Shadow.Compared && st.Legacy.Calls >= 60
		}))
	s.say("Would it notice a bug? We put one into the new service on purpose: every date is a day late.",
		pressing("esc"), going())
}

func (s *stage) brokenShadow() {
	s.say("The first line says so on every screen, as long as anything is broken on purpose.",
		typing("/migration break shipping bug=off_by_one_date"), showing("broken on purpose"))
	s.say("40 more parcels. Users still get the right dates, because legacy answers.",
		doing(s.crowd(40, nil)), going())
	s.say("The differences, with both sides. This release must not go out.",
		typing("/migration differences track_shipment"), showing("estimated_delivery"), s.isSo("differences", func(st orchestrator.IntentStatus) bool {
			return st.Shadow.Compared > st.Shadow.Matched
		}))
	s.say("The bug is mended.", pressing("esc", "esc"), doing(s.heal), going())
}

// heal mends everything.
func (s *stage) heal(ctx context.Context) error {
	return s.app.migration.Heal(ctx, "", orchestrator.Actor{Email: localActor})
}

func (s *stage) badCanary() {
	s.say("Next stage: a canary. Modern serves 10 % of the users, the same ones every time, and a judge watches errors, speed and differences.",
		typing("/migration set track_shipment canary=10 auto"), showing("canary"))
	s.say("But this release is bad: 30 % of its calls fail. Customers notice nothing, because legacy answers in the same turn. The judge does.",
		doing(func(ctx context.Context) error {
			by := orchestrator.Actor{Email: localActor, Why: "a bad release"}
			if err := s.app.migration.Inject(ctx, orchestrator.Fault{Service: shippingNode, ErrorRate: 0.3, Seed: 7}, by); err != nil {
				return err
			}
			return s.crowd(4000, func(ctx context.Context) (bool, error) {
				st, err := s.status(ctx)
				return err == nil && st.Version.Route.Kind == orchestrator.RouteCanary, err
			})(ctx)
		}), going())
	s.say("Aborted by itself, and back on the last stable route. w tells why; every change is kept with who, when and why.",
		typing("/migration show track_shipment"), showing("abort"), s.isSo("the abort", func(st orchestrator.IntentStatus) bool {
			return st.Version.Route.Kind != orchestrator.RouteCanary && st.Version.Route.Kind != orchestrator.RouteModern && st.Version.Cause == "abort" && st.Version.By.Email == ""
		}))
}

func (s *stage) goodCanary() {
	s.say("A better release. Again a canary, and the judge may move it on by itself: 10, 25, 50, 100 %.",
		pressing("esc"), doing(func(ctx context.Context) error {
			if err := s.heal(ctx); err != nil {
				return err
			}
			return s.recovered(ctx)
		}), going())
	s.say("It is on its way.", typing("/migration set track_shipment canary=10 auto"), showing("canary"))
	s.say("Customers come and go, and step by step more of them are served by modern.",
		doing(func(ctx context.Context) error {
			return s.crowd(40000, func(ctx context.Context) (bool, error) {
				st, err := s.status(ctx)
				r := st.Rollout
				return err == nil && r != nil && r.State == "running" && st.Version.Route != orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: 100}, err
			})(ctx)
		}), going())
	s.say("Everybody is served by modern. The monolith's share burns down.",
		typing("/migration show track_shipment"), showing("served by"), s.isSo("a canary of 100 %", func(st orchestrator.IntentStatus) bool {
			return st.Version.Route.Kind == orchestrator.RouteModern || st.Version.Route.Percent == 100
		}))
	s.say("And if it breaks now? The shipping service goes down.", pressing("esc"), going())
}

// recovered waits until the services' circuit breakers let all calls through, which
// takes calls.
func (s *stage) recovered(ctx context.Context) error {
	const patience = time.Minute
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("the breakers did not close within %s", patience))
	defer cancel()
	for {
		all, err := s.app.migration.Status(ctx)
		if err != nil {
			return err
		}
		open := false
		for _, n := range all.Services {
			open = open || n.Breaker != "closed"
		}
		if !open {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
		if err := s.crowd(1, nil)(ctx); err != nil {
			return err
		}
	}
}

func (s *stage) fallsBack() {
	s.say("An outage.", typing("/migration break shipping outage"), showing("broken on purpose"), going())
	s.say("The same question still has an answer: modern was asked, could not be reached, and legacy answered in the same turn, visibly.",
		typing("track order 2001 for ben@example.com"), ending(func(rec orchestrator.StepRecord) bool {
			return rec.Intent == moved && rec.Status == orchestrator.StepDone && rec.Route == orchestrator.Legacy && rec.FallbackFrom == orchestrator.Modern
		}))
	s.say("Ask why.", typing("why did this go to legacy?"), ending(func(rec orchestrator.StepRecord) bool {
		text, _ := rec.Result["text"].(string)
		return rec.Intent == "explain_route" && strings.Contains(text, "fell back")
	}))
	s.say("The release was still being watched, so the judge takes it back by itself. And after a few failures the circuit breaker leaves the service alone.",
		doing(s.crowd(40, nil)))
	s.say("The service works again. The breaker lets it come back little by little, and the next canary is Pat's to begin.",
		s.isSo("the second abort", func(st orchestrator.IntentStatus) bool {
			return st.Version.Route.Kind == orchestrator.RouteShadow && st.Version.By.Email == ""
		}), doing(s.heal))
}

func (s *stage) last() {
	s.say("What can be retired, and what is missing? The report says it with evidence; banyan report writes it as Markdown or JSON.",
		typing("/migration report"), showing("report"))
	s.say("Everything that was done stands in an audit log that is chained by hashes. Nothing of this touched your own data: this shop is thrown away.",
		pressing("esc"), doing(func(ctx context.Context) error {
			return s.wholeAudit()
		}))
}
