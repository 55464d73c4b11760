package tui

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// What the events of a running turn do to what is shown of it.
func TestEventsOfChanges(t *testing.T) {
	start := func() *entry {
		e := &entry{turn: orchestrator.Turn{Conversation: "c", Message: "m"}, run: &running{}}
		e.apply(orchestrator.Event{Kind: orchestrator.EventTurnStarted, Conversation: "c", Turn: "t", Text: "m"})
		e.apply(orchestrator.Event{Kind: orchestrator.EventPlanned, Conversation: "c", Turn: "t", Steps: []orchestrator.StepRecord{{ID: "a", Intent: "cancel_order", Status: orchestrator.StepRunning}}})
		return e
	}
	step := func(change func(*orchestrator.StepRecord)) *orchestrator.StepRecord {
		s := &orchestrator.StepRecord{ID: "a", Intent: "cancel_order", Status: orchestrator.StepRunning}
		change(s)
		return s
	}
	failed := &orchestrator.Error{Code: orchestrator.CodeTimeout, Message: "It did not answer."}
	for _, c := range []struct {
		name  string
		event orchestrator.Event
		want  func(e *entry) bool
	}{
		{"Retried", orchestrator.Event{Kind: orchestrator.EventStepRetried, Step: step(func(s *orchestrator.StepRecord) { s.Error = failed })}, func(e *entry) bool {
			s := e.turn.Steps[0]
			return s.Attempts == 2 && s.Error == nil && strings.Contains(e.run.phase, "It did not answer.")
		}},
		{"Undone", orchestrator.Event{Kind: orchestrator.EventStepUndone, Step: step(func(s *orchestrator.StepRecord) {
			s.Status, s.Undo = orchestrator.StepUndone, &orchestrator.Undoing{Intent: "reinstate_order", Done: true}
		})}, func(e *entry) bool {
			return e.turn.Steps[0].Status == orchestrator.StepUndone && e.run.phase == "taking back"
		}},
		{"Flagged", orchestrator.Event{Kind: orchestrator.EventFlagged, Step: step(func(s *orchestrator.StepRecord) { s.Flag = "Look." })}, func(e *entry) bool { return e.turn.Steps[0].Flag == "Look." }},
		{"GoalRound", orchestrator.Event{Kind: orchestrator.EventGoalRound, Count: 2, Plan: &orchestrator.Plan{}}, func(e *entry) bool {
			return e.turn.Goal && e.turn.Rounds == 2 && e.run.phase == "plan 2"
		}},
		{"GoalReached", orchestrator.Event{Kind: orchestrator.EventGoalRound, Count: 1, Text: "reached"}, func(e *entry) bool { return e.turn.Goal && e.run.phase == "looking" }},
		{"Lapsed", orchestrator.Event{Kind: orchestrator.EventLapsed, Steps: []orchestrator.StepRecord{{ID: "old"}}}, func(e *entry) bool { return len(e.turn.Steps) == 1 }},
		{"RecoveredElsewhere", orchestrator.Event{Kind: orchestrator.EventRecovered, Ended: &orchestrator.Turn{ID: "x"}}, func(e *entry) bool { return e.turn.ID == "t" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := start()
			c.event.Conversation, c.event.Turn = "c", "t"
			if !e.apply(c.event) || !c.want(e) {
				t.Errorf("%s made %+v, phase %q", c.event.Kind, e.turn, e.run.phase)
			}
			before := e.rev
			c.event.Turn = "another"
			if e.apply(c.event) || e.rev != before {
				t.Error("an event of another turn was taken in")
			}
		})
	}
	t.Run("RetriedTwice", func(t *testing.T) {
		e := start()
		for range 2 {
			e.apply(orchestrator.Event{Kind: orchestrator.EventStepRetried, Conversation: "c", Turn: "t", Step: step(func(s *orchestrator.StepRecord) { s.Error = failed })})
		}
		if got := e.turn.Steps[0].Attempts; got != 3 {
			t.Errorf("attempt %d, want 3", got)
		}
	})
}

// What the events of a running turn make the linear mode say.
func TestLinearTells(t *testing.T) {
	var out strings.Builder
	l := &linear{out: bufio.NewWriter(&out), catalog: fakeCatalog()}
	e := &entry{turn: orchestrator.Turn{Conversation: "c", Message: "m"}, run: &running{}}
	said := map[string]bool{}
	tell := func(ev orchestrator.Event) {
		ev.Conversation, ev.Turn = "c", "t"
		l.tell(e, ev, said)
	}
	s := orchestrator.StepRecord{ID: "a", Intent: "cancel_order", Sentence: "Cancel order 1003", Status: orchestrator.StepRunning}
	tell(orchestrator.Event{Kind: orchestrator.EventTurnStarted, Text: "m"})
	tell(orchestrator.Event{Kind: orchestrator.EventGoalRound, Count: 2, Plan: &orchestrator.Plan{}})
	tell(orchestrator.Event{Kind: orchestrator.EventGoalRound, Count: 2, Text: "reached"})
	retried := s
	retried.Error = &orchestrator.Error{Message: "No answer."}
	tell(orchestrator.Event{Kind: orchestrator.EventStepRetried, Step: &retried})
	s.Status = orchestrator.StepDone
	for range 2 {
		tell(orchestrator.Event{Kind: orchestrator.EventStepEnded, Step: &s})
	}
	tell(orchestrator.Event{Kind: orchestrator.EventStepUndone, Step: &s})
	s.Flag = "Look at it."
	tell(orchestrator.Event{Kind: orchestrator.EventFlagged, Step: &s})
	want := "goal: plan 2 begins\nagain: cancel order 1003 is tried once more: No answer.\nstep 1 of 1: cancel_order, done in <1 ms\n" +
		"undone: cancel order 1003\nattention: cancel order 1003: a person has to look at this. Look at it.\n"
	if out.String() != want {
		t.Errorf("it said\n%swant\n%s", out.String(), want)
	}
}

// What the linear mode says of trusted turns.
func TestLinearStates(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
		not   []string
	}{
		{"Undone", []string{"state undone"}, []string{
			"step 2 of 3: cancel_order, modern, undone", "step 3 of 3: update_phone, modern, failed, 4 attempts, The user service failed.",
			"outcome: nothing is changed: what was done is taken back",
		}, nil},
		{"Flagged", []string{"state flagged"}, []string{"failed, 3 attempts", "needs a person", "attention: cancel order 1003: desk lamp, 45.00 EUR: It is not known", "outcome: a person has to look"}, nil},
		{"Playbook", []string{"state playbook"}, []string{"playbook: my parcel is late", "step 1 of 3: track_shipment", "condition: it is more than 10 days late: not met"}, nil},
		{"Repeated", []string{"state repeated"}, []string{"step 4 of 5: cancel_order, cancel order 1003, modern, failed, Order 1003 has shipped already.", "outcome: done in part"}, nil},
		{"Otherwise", []string{"state otherwise"}, []string{"otherwise: it has not shipped, no"}, nil},
		{"Many", []string{"state many"}, []string{"14 things wait for your yes", "Cancel all of them, 14 times:", "change 14 of 14: Cancel order 1014", "until 14:12"}, nil},
		{"Undo", []string{"/undo"}, []string{"change 1 of 1: Change your phone number back", "type yes, no"}, []string{"cannot be taken back"}},
		{"Goal", []string{"/goal", "/goal off", "/goal perhaps", "/goal on", "state goal"}, []string{"but offline plans once", "Goal mode is off", "error: say /goal", "note: goal mode: 2 plans"}, nil},
		{"Sources", []string{"state sources", "/sources"}, []string{"source: 1003: list_orders", "orders[0].order_id", "source: 4 Harbour Street: your account"}, nil},
		{"NoSources", []string{"/sources", "status?", "/sources"}, []string{"no answer yet", "no number, date, address or name"}, nil},
		{"NothingRecovered", []string{"/recovered"}, []string{"nothing was left unfinished"}, []string{"recovered 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := linearChat(t, nil, append([]string{"1"}, c.lines...)...)
			if err != nil {
				t.Fatal(err)
			}
			has(t, out, c.want, c.not)
		})
	}
	t.Run("Recovered", func(t *testing.T) {
		out, err := linearChat(t, func(c *Config) {
			k := c.Kernel.(*fakeKernel)
			old := orchestrator.Turn{Conversation: "old", ID: "o", User: "ada@example.com", Message: "yes", At: c.Now()}
			states["state flagged"](&old)
			old.Recovered = true
			foreign := old
			foreign.User = "ben@example.com"
			k.recovered, k.turns["old"] = []orchestrator.Turn{old, foreign}, []orchestrator.Turn{old}
		}, "1", "/recovered 1", "/recovered")
		if err != nil {
			t.Fatal(err)
		}
		has(t, out, []string{
			"recovered 1 of 1: the program ended in the middle of: cancel order 1003: desk lamp, 45.00 EUR. A person has to look at it.",
			"attention: cancel order 1003", "this conversation has 1 turn", "note: the program ended in the middle; this was finished after a restart",
		}, []string{"ben@example.com"})
	})
}

func has(t *testing.T, out string, want, not []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("it does not say %q:\n%s", w, out)
		}
	}
	for _, n := range not {
		if strings.Contains(out[strings.Index(out, "you are"):], n) {
			t.Errorf("it says %q:\n%s", n, out)
		}
	}
}

func TestGoalMode(t *testing.T) {
	d := newDriver(t, 80, 24, func(c *Config) { as("ada@example.com")(c); c.GoalRounds, c.GoalCost = 4, 0.25 })
	d.say("status?")
	if d.k.asked.Goal {
		t.Fatal("it is on by default")
	}
	d.typed("/goal")
	d.wait(time.Second)
	d.press("enter")
	d.has("goal", "offline plans once")
	d.say("status?")
	if !d.k.asked.Goal {
		t.Error("the kernel was not told")
	}
	d.press("ctrl+n")
	d.settle()
	if d.m.chat.goal {
		t.Error("a new conversation has it too")
	}
	d.m.backend.Capabilities = []string{CanGoal}
	d.typed("/goal on")
	d.press("enter")
	d.has("up to 4 plans or 0.250 USD a message")
}

// The notice of what an earlier process left unfinished.
func TestRecoveredNotice(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.hasNot("The program ended")
	d.press("ctrl+r")
	d.has("Nothing was left unfinished")
	recoveredTurns(d, "state recovered")
	d.has("in the middle of this: cancel order 1003", "It is finished now", "ctrl+r")
	d.say("status?")
	d.has("The program ended in the middle")
	d.press("esc")
	d.hasNot("The program ended in the middle")
	d.press("ctrl+n")
	d.settle()
	d.hasNot("The program ended in the middle")
	d.press("ctrl+r")
	d.settle()
	if d.m.chat.id != "old-0" {
		t.Errorf("ctrl+r opened %q", d.m.chat.id)
	}
}

// What became of a question is said where it stood.
func TestOutcomeOfQuestions(t *testing.T) {
	for _, c := range []struct {
		name string
		next orchestrator.Turn
		want string
	}{
		{"Late", orchestrator.Turn{Settles: "a", Lapsed: "a"}, "Your yes came too late: nothing was changed."},
		{"Altered", orchestrator.Turn{Lapsed: "a"}, "You asked for something else: left undone."},
		{"TakenBack", orchestrator.Turn{Settles: "a", Outcome: orchestrator.OutcomeUndone, Steps: []orchestrator.StepRecord{{ID: "s", Status: orchestrator.StepUndone}}}, "You said yes, and nothing is changed: see below."},
		{"Flagged", orchestrator.Turn{Settles: "a", Outcome: orchestrator.OutcomeFlagged, Steps: []orchestrator.StepRecord{{ID: "s", Status: orchestrator.StepFailed}}}, "You said yes, and a person has to look at it: see below."},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &entry{turn: orchestrator.Turn{ID: "a"}}
			confirmTurn(&e.turn, orchestrator.StepRecord{ID: "s", Status: orchestrator.StepWaiting})
			if got := outcome(e, []*entry{{turn: c.next}}); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// What the key of a change puts into the input.
func TestCorrection(t *testing.T) {
	lit := func(v string) map[string]orchestrator.Arg { return map[string]orchestrator.Arg{"order_id": {Value: v}} }
	for _, c := range []struct {
		name, message, want string
		plan                []orchestrator.Step
		writes              []orchestrator.StepRecord
	}{
		{
			"Whole", "cancel  order 1003\nplease", "cancel  order 1003\nplease",
			[]orchestrator.Step{{ID: "a", Args: lit("1003")}},
			[]orchestrator.StepRecord{{ID: "a", Text: "Cancel order 1003", Args: map[string]any{"order_id": "1003"}}},
		},
		{
			"SaidOverTwoTurns", "1003", "cancel an order 1003",
			[]orchestrator.Step{{ID: "a", Args: lit("1003")}},
			[]orchestrator.StepRecord{{ID: "a", Text: "cancel an order", Args: map[string]any{"order_id": "1003"}}},
		},
		{
			"ValueThatWasLookedUp", "it, please", "cancel my latest order",
			[]orchestrator.Step{{ID: "a", Args: map[string]orchestrator.Arg{"order_id": {Ref: "steps.orders.orders[0].order_id"}}}},
			[]orchestrator.StepRecord{{ID: "a", Text: "cancel my latest order", Args: map[string]any{"order_id": "1003"}}},
		},
		{
			"AskedAgain", "are you sure?", "cancel order 1003 and change my phone",
			nil,
			[]orchestrator.StepRecord{{ID: "a", Text: "cancel order 1003"}, {ID: "b", Text: "change my phone"}},
		},
		{"NoTexts", "do it all", "do it all", nil, []orchestrator.StepRecord{{ID: "a"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			turn := orchestrator.Turn{Message: c.message, Plan: &orchestrator.Plan{Steps: c.plan}}
			if got := correction(turn, c.writes); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			turn.TakesBack = "t"
			if got := correction(turn, c.writes); got != "" {
				t.Errorf("the taking back of a turn gives %q", got)
			}
		})
	}
}

// A long list of changes scrolls, and the keys below it stay where they are.
func TestConfirmScrolls(t *testing.T) {
	d := asked(t, "state many")
	d.has("1  Cancel order 1001", "y yes to all 14")
	d.hasNot("Cancel order 1014")
	for range 40 {
		d.press("down")
	}
	d.has("14 Cancel order 1014", "y yes to all 14")
	d.hasNot("Cancel order 1001")
	for range 40 {
		d.press("up")
	}
	d.has("1  Cancel order 1001")
	d.wait(time.Second)
	d.press("y")
	d.release()
	if d.lastSent() != "yes" {
		t.Errorf("sent %q", d.lastSent())
	}
}
