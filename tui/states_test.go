package tui

import (
	"fmt"
	"strings"
	"time"

	"banyan/orchestrator"
)

// states are what can become of a turn that changes something, by the message that
// brings it about in the fake kernel.
var states = map[string]func(t *orchestrator.Turn){
	"state undone": func(t *orchestrator.Turn) {
		cancel, phone := changed("cancel", "cancel_order", "Cancel order 1003: desk lamp, 45.00 EUR"), changed("phone", "update_phone", "Change your phone number to +47 400 00 123")
		cancel.Status = orchestrator.StepUndone
		cancel.Undo = &orchestrator.Undoing{Intent: "reinstate_order", Done: true}
		phone.Status, phone.Attempts = orchestrator.StepFailed, 4
		phone.Error = &orchestrator.Error{Code: orchestrator.CodeUnavailable, Message: "The user service failed."}
		t.Settles, t.Steps, t.Outcome = "before", []orchestrator.StepRecord{looked(), cancel, phone}, orchestrator.OutcomeUndone
		t.Answer = "Your phone number could not be changed, so the cancellation was taken back too. Nothing is changed."
	},
	"state flagged": func(t *orchestrator.Turn) {
		cancel := changed("cancel", "cancel_order", "Cancel order 1003: desk lamp, 45.00 EUR")
		cancel.Status, cancel.Attempts = orchestrator.StepFailed, 3
		cancel.Error = &orchestrator.Error{Code: orchestrator.CodeTimeout, Message: "The order service did not answer in time."}
		cancel.Flag = "It is not known whether this was done: cancel order 1003. Look it up at the order service under the key t1/cancel."
		t.Settles, t.Steps, t.Outcome = "before", []orchestrator.StepRecord{looked(), cancel}, orchestrator.OutcomeFlagged
		t.Answer = "The order service did not answer when I cancelled order 1003."
	},
	"state playbook": func(t *orchestrator.Turn) {
		play := orchestrator.StepRecord{ID: "late", Intent: "late_parcel", Status: orchestrator.StepDone, Group: true, Text: "my parcel is late"}
		track, complain := looked(), changed("late_complain", "cancel_order", "Complain about parcel NV-7")
		track.ID, track.Intent, track.Playbook = "late_track", "track_shipment", "late"
		complain.Playbook, complain.Status, complain.Route, complain.Service, complain.Version = "late", orchestrator.StepSkipped, "", "", ""
		complain.Condition = &orchestrator.Decided{Text: "it is more than 10 days late", Expr: "now - steps.late_track.due > days(10)", Met: ptr(false), By: "cel"}
		tell := looked()
		tell.ID, tell.Intent, tell.Playbook = "late_estimate", "get_loyalty_points", "late"
		t.Plan = &orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{{ID: "late", Intent: "late_parcel"}}}
		t.Steps = []orchestrator.StepRecord{play, track, complain, tell}
		t.Answer = "Parcel NV-7 is 3 days late. It should come on Monday."
	},
	"state repeated": func(t *orchestrator.Turn) {
		all := orchestrator.StepRecord{
			ID: "cancel", Intent: "cancel_order", Status: orchestrator.StepFailed, Group: true, Text: "cancel all of them",
			Error: &orchestrator.Error{Code: orchestrator.CodeDependency, Message: "It did not work for 1 of 4."},
		}
		t.Settles, t.Steps, t.Outcome = "before", []orchestrator.StepRecord{looked(), all}, orchestrator.OutcomePartly
		for i := range 4 {
			s := changed(fmt.Sprintf("cancel_%d", i+1), "cancel_order", fmt.Sprintf("Cancel order 100%d", i+1))
			s.Each = "cancel"
			if i == 2 {
				s.Status, s.Error = orchestrator.StepFailed, &orchestrator.Error{Code: "already_shipped", Message: "Order 1003 has shipped already."}
			}
			t.Steps = append(t.Steps, s)
		}
		t.Answer = "Three of your four orders are cancelled; order 1003 has shipped already."
	},
	"state otherwise": func(t *orchestrator.Turn) {
		cancel := changed("cancel", "cancel_order", "Cancel order 1003")
		cancel.Status, cancel.Route, cancel.Service, cancel.Version = orchestrator.StepSkipped, "", "", ""
		cancel.Condition = &orchestrator.Decided{Text: "if it has not shipped", Expr: `steps.orders.orders[0].status != "shipped"`, Met: ptr(false), By: "cel"}
		track := looked()
		track.ID, track.Intent, track.Lookup, track.Text = "track", "track_shipment", false, "where is it"
		t.Plan = &orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{{ID: "orders"}, {ID: "cancel"}, {ID: "track", Otherwise: "cancel"}}}
		t.Steps, t.Answer = []orchestrator.StepRecord{looked(), cancel, track}, "Order 1003 has shipped already. It is in Oslo."
	},
	"state recovered": func(t *orchestrator.Turn) {
		cancel := changed("cancel", "cancel_order", "Cancel order 1003: desk lamp, 45.00 EUR")
		t.Recovered, t.Steps, t.Outcome = true, []orchestrator.StepRecord{looked(), cancel}, orchestrator.OutcomeDone
		t.Answer = "The program ended while this was under way. It is finished now."
	},
	"state goal": func(t *orchestrator.Turn) {
		points := looked()
		points.ID, points.Intent = "points", "get_loyalty_points"
		t.Goal, t.Rounds, t.Steps = true, 2, []orchestrator.StepRecord{looked(), points}
		t.Answer = "You have three orders and 340 points."
	},
	"state sources": func(t *orchestrator.Turn) {
		t.Steps, t.Answer = []orchestrator.StepRecord{looked()}, "Order **1003** goes to 4 Harbour Street and costs 45.00 EUR. You asked on 21 November."
		t.Sources = []orchestrator.Source{
			{Fact: "1003", Step: "orders", Field: "orders[0].order_id", From: "result"},
			{Fact: "4 Harbour Street", From: "account"},
			{Fact: "45.00 EUR", Step: "orders", Field: "orders[0].total", From: "result"},
			{Fact: "21 November", From: "clock"},
		}
	},
	"state many": func(t *orchestrator.Turn) {
		all := orchestrator.StepRecord{ID: "cancel", Intent: "cancel_order", Status: orchestrator.StepWaiting, Group: true, Text: "cancel all of them"}
		steps := []orchestrator.StepRecord{looked(), all}
		for i := range 14 {
			s := changed(fmt.Sprintf("cancel_%d", i+1), "cancel_order", fmt.Sprintf("Cancel order %d", 1001+i))
			s.Each, s.Status = "cancel", orchestrator.StepWaiting
			s.Changes = []orchestrator.Change{{Field: "status", Old: "processing", New: "cancelled"}}
			steps = append(steps, s)
		}
		confirmTurn(t, steps...)
	},
	"state partly": func(t *orchestrator.Turn) {
		play := orchestrator.StepRecord{ID: "move", Intent: "move_house", Status: orchestrator.StepWaiting, Group: true, Text: "I am moving house"}
		a, b := changed("move_a", "cancel_order", "Send order 1003 to 4 Harbour Street"), changed("move_b", "update_phone", "Change your phone number to +47 400 00 123")
		a.Playbook, b.Playbook, a.Status, b.Status = "move", "move", orchestrator.StepWaiting, orchestrator.StepWaiting
		b.Condition = &orchestrator.Decided{Text: "the address could be changed", Expr: `steps.move_a.status == "done"`}
		confirmTurn(t, play, a, b)
		t.Plan = &orchestrator.Plan{Kind: orchestrator.PlanSteps, Partly: true, Steps: []orchestrator.Step{{ID: "move", Intent: "move_house"}}}
	},
	orchestrator.UndoCommand: func(t *orchestrator.Turn) {
		undo := changed("undo_1", "update_phone", "Change your phone number back to +47 400 00 100")
		undo.Status = orchestrator.StepWaiting
		t.TakesBack = "before"
		confirmTurn(t, undo)
	},
}

func looked() orchestrator.StepRecord {
	return orchestrator.StepRecord{
		ID: "orders", Intent: "list_orders", Status: orchestrator.StepDone, Route: orchestrator.Modern, Service: "order",
		Version: "1.0.0", DurationMS: 3, Lookup: true, Text: "my latest order",
	}
}

func changed(id, intent, sentence string) orchestrator.StepRecord {
	return orchestrator.StepRecord{
		ID: id, Intent: intent, Status: orchestrator.StepDone, Route: orchestrator.Modern, Service: "order", Version: "1.0.0",
		DurationMS: 5, Sentence: sentence, Key: "t1/" + id,
	}
}

// recoveredTurns are what an earlier process left unfinished of ada's.
func recoveredTurns(d *driver, messages ...string) {
	var turns []orchestrator.Turn
	for i, msg := range messages {
		t := orchestrator.Turn{
			Conversation: fmt.Sprintf("old-%d", i), ID: fmt.Sprintf("old-turn-%d", i), User: "ada@example.com", At: d.clock.t.Add(-time.Hour),
			Message: strings.TrimPrefix(msg, "state "), Kind: orchestrator.KindAnswer, DurationMS: 20, Usage: orchestrator.Usage{Backend: "offline"},
		}
		states[msg](&t)
		t.Recovered = true
		turns = append(turns, t)
		d.k.turns[t.Conversation] = []orchestrator.Turn{t}
	}
	d.k.mu.Lock()
	d.k.recovered = turns
	d.k.mu.Unlock()
	d.press("ctrl+n")
	d.settle()
}

// stateScenes are the screens of all states, as a person reaches them.
func stateScenes() []scene {
	traced := func(msg string) func(d *driver) {
		return func(d *driver) {
			d.say(msg)
			if d.m.layout().panel == 0 {
				d.press("tab")
			}
		}
	}
	play := []scene{
		{"state-undone", "ada@example.com", traced("state undone")},
		{"state-flagged", "ada@example.com", traced("state flagged")},
		{"state-flagged-folded", "ada@example.com", func(d *driver) { d.say("state flagged") }},
		{"state-playbook", "ada@example.com", traced("state playbook")},
		{"state-repeated", "ada@example.com", traced("state repeated")},
		{"state-otherwise", "ada@example.com", traced("state otherwise")},
		{"state-recovered", "ada@example.com", func(d *driver) { recoveredTurns(d, "state recovered") }},
		{"state-recovered-opened", "ada@example.com", func(d *driver) {
			recoveredTurns(d, "state recovered")
			d.press("ctrl+r")
			d.settle()
			if d.m.layout().panel == 0 {
				d.press("tab")
			}
		}},
		{"state-recovered-several", "ada@example.com", func(d *driver) { recoveredTurns(d, "state flagged", "state recovered", "state undone") }},
		{"state-recovered-list", "ada@example.com", func(d *driver) {
			recoveredTurns(d, "state flagged", "state recovered", "state undone")
			d.press("ctrl+r")
		}},
		{"state-goal", "ada@example.com", func(d *driver) {
			d.typed("/goal")
			d.press("enter")
			traced("state goal")(d)
		}},
		{"state-goal-on", "ada@example.com", func(d *driver) { d.typed("/goal on"); d.press("enter") }},
		{"state-sources", "ada@example.com", func(d *driver) { d.say("state sources"); d.press("ctrl+s") }},
		{"state-many", "ada@example.com", func(d *driver) { d.say("state many") }},
		{"state-many-scrolled", "ada@example.com", func(d *driver) { d.say("state many"); d.press("down", "down", "down") }},
		{"state-partly", "ada@example.com", func(d *driver) { d.say("state partly") }},
		{"state-undo", "ada@example.com", func(d *driver) {
			d.typed("/undo")
			d.wait(time.Second)
			d.press("enter")
			d.until("the dialog", d.m.chat.confirm.active)
		}},
		{"state-change", "ada@example.com", func(d *driver) {
			d.say("both please")
			d.wait(time.Second)
			d.press("e")
			d.release()
		}},
	}
	return play
}
