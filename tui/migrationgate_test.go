package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// hostile makes everything that a migration can say s.
func hostile(f *fakeMigration, s string) {
	side := func(x *orchestrator.SideStatus) {
		if x != nil {
			x.Service, x.Version = s, s
		}
	}
	for i := range f.status.Intents {
		x := &f.status.Intents[i]
		x.Intent, x.Summary = fmt.Sprint(i)+s, s
		x.Version.Cause, x.Version.By = s, orchestrator.Actor{Email: s, Why: s}
		x.Contract, x.Shadow.Classes = []string{s, s}, map[string]int{s: 3}
		side(x.Legacy)
		side(x.Modern)
		if x.Rollout != nil {
			x.Rollout.Verdict, x.Rollout.Why, x.Rollout.State, x.Rollout.Mode = s, s, s, orchestrator.RolloutMode(s)
		}
	}
	f.status.Intents[1].Version.Route.Kind = orchestrator.RouteKind(s)
	f.status.Faults = []orchestrator.Fault{{Service: s, Bug: s, Outage: true}}
	f.status.Services = []orchestrator.NodeStatus{{Service: s, Breaker: "open"}, {Service: s + "2", Breaker: "half-open"}}
	answer := orchestrator.SideAnswer{Era: orchestrator.Era(s), Service: s, Result: map[string]any{s: s}, State: map[string]any{s: []any{s}}, Error: &orchestrator.Error{Code: s, Message: s}}
	f.list = nil
	for i := range f.status.Intents {
		f.list = append(f.list, orchestrator.Mismatch{
			Intent: fmt.Sprint(i) + s, Args: map[string]any{s: s}, Primary: answer, Candidate: answer,
			Found: orchestrator.ShadowRecord{Class: s, Differences: []orchestrator.Difference{{Path: s, Class: s, Primary: s, Candidate: map[string]any{s: s}}}},
		})
	}
}

// Whatever services, routes, faults and their errors say, nothing but text reaches the
// terminal, and no line is wider than the window.
func TestBoardGate(t *testing.T) {
	for n, s := range evil {
		for _, size := range sizes {
			if size[0] != 80 && n%5 != 1 {
				continue // the widths differ in how lines are cut, which a few strings show
			}
			t.Run(fmt.Sprintf("%d-%dx%d", n, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				d := newDriver(t, size[0], size[1], func(c *Config) {
					as("sam@example.com")(c)
					migrating(c)
					c.Bugs = []Bug{{s, s}}
					hostile(c.Migration.(*fakeMigration), s)
				})
				look := func(what string) {
					t.Helper()
					onlyText(t, what, d.content())
					fits(t, d, size[0], size[1])
				}
				step := routedStep("a", "canary=5", orchestrator.RouteReason(s), orchestrator.Era(s))
				step.Intent, step.Error, step.Shadow = s, &orchestrator.Error{Code: s, Message: s}, &orchestrator.ShadowRecord{Class: s, Inconclusive: true}
				d.k.publish(orchestrator.Event{Kind: orchestrator.EventStepEnded, Turn: "x", Step: step})
				d.k.publish(orchestrator.Event{Kind: orchestrator.EventMigration, Text: s})
				d.until("the events", func() bool { return len(d.m.migrating.feed.calls) == 2 })
				look("the chat")
				d.boarded()
				look("the board")
				for _, keys := range [][]string{{"enter", "", "enter", "", "esc", "esc"}, {"w", "", "esc"}, {"r", "", "esc"}, {"b", "", "down", "right", "right", "right", "", "esc"}, {"c", "", "enter", "", "esc"}, {"t", "", "esc"}, {"?", "", "esc"}} {
					for _, k := range keys {
						if k == "" {
							d.settle()
							look(strings.Join(keys, " "))
							continue
						}
						d.press(k)
					}
				}
				d.mig.err, d.mig.broken = errors.New(s), errors.New(s)
				d.press("p", "p")
				d.done()
				look("a failed change")
				d.press("enter")
				d.settle()
				look("failed differences")
			})
		}
	}
}

func TestLinearMigration(t *testing.T) {
	run := func(who string, lines ...string) (string, *fakeMigration) {
		t.Helper()
		var mig *fakeMigration
		out, err := linearChat(t, func(c *Config) {
			as(who)(c)
			migrating(c)
			mig = c.Migration.(*fakeMigration)
			mig.status.Faults = []orchestrator.Fault{{Service: "shipping", ErrorRate: 0.3}}
		}, append(lines, "/quit")...)
		if err != nil {
			t.Fatal(err)
		}
		onlyText(t, "the linear mode", out)
		return out, mig
	}
	has := func(out string, texts ...string) {
		t.Helper()
		for _, x := range texts {
			if !strings.Contains(out, x) {
				t.Errorf("it does not say %q:\n%s", x, out)
			}
		}
	}
	out, _ := run("ada@example.com", "/migration", "/migration show cancel_order", "/migration differences track_shipment", "/migration report", "/migration why cancel_order", "/migration why cancel_order ben@example.com", "/migration heal", "/migration what")
	has(out, "attention: broken on purpose: shipping (30 % errors)",
		"migration: 5 of 6 intents have a modern home, 2 live",
		"intent: cancel_order, canary 25 %, modern served 248 of 1,000 calls of the last hour, matches in 99.1 % of 1.2k, rollout running, inconclusive, 34 of 100 calls",
		"verdict: .. inconclusive: 66 more calls are needed.",
		"difference: 1 time, differs: due, events[*].place (value)", onlyCounts, "You are told where your own calls go",
		"report: 1 of 6 intents can do without legacy", "why: A call of cancel_order about ada@example.com goes to modern.",
		"error: "+onlyStaff, "error: there is no what here")
	if strings.Contains(out, "2026-11-2") || strings.Contains(out, "Oslo") || strings.Contains(out, "1002") {
		t.Errorf("a customer is told what others were answered:\n%s", out)
	}
	out, mig := run("sam@example.com", "/migration differences track_shipment", "/migration set cancel_order canary=25", "/migration abort cancel_order", "/migration retired list_orders", "no", "/migration retired list_orders", "retire", "list_orders")
	has(out, "migration: cancel_order is now at canary 25 %.", "nothing was changed", "field: due, legacy says 2026-11-23, modern says 2026-11-24")
	if got, want := mig.changes(), "set cancel_order canary=25 by sam@example.com; abort cancel_order by sam@example.com; set list_orders retired by sam@example.com"; got != want {
		t.Errorf("did %q", got)
	}
	none, err := linearChat(t, as("sam@example.com"), "/migration", "/quit")
	if err != nil {
		t.Fatal(err)
	}
	has(none, "nobody routes calls here")
}

// BenchmarkBoard is a board of 5,000 intents: a new snapshot, a routed call, and a key,
// each with the screen drawn after it.
func BenchmarkBoard(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		d := newDriver(b, size[0], size[1], func(c *Config) { as("sam@example.com")(c); migrating(c) })
		d.boarded()
		status := d.m.migrating.status
		status.Intents = nil
		for i := range 5000 {
			x := d.mig.status.Intents[i%6]
			x.Intent = fmt.Sprintf("intent_%05d", i)
			status.Intents = append(status.Intents, x)
		}
		status.At = status.At.Add(time.Second)
		step := routedStep("intent_00001", "canary=5", orchestrator.ByCanary, orchestrator.Modern)
		call := eventsMsg{[]orchestrator.Event{{Kind: orchestrator.EventStepEnded, Turn: "x", Step: step}}}
		d.m.Update(statusMsg{status: status})
		for name, update := range map[string]func(){
			"snapshot": func() { d.m.Update(statusMsg{status: status}) },
			"call":     func() { d.m.Update(call) },
			"key":      func() { d.m.Update(keyNamed("down")) },
		} {
			b.Run(fmt.Sprintf("%s-%dx%d", name, size[0], size[1]), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					update()
					d.m.View()
				}
			})
		}
	}
}
