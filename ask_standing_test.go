package main

import (
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// leaveUnfinished asks for a change as dora, and leaves the turn with her yes in the
// journal as a process does that ends before the change is called.
func leaveUnfinished(t *testing.T, dir string) {
	t.Helper()
	a := mustApp(t, &options{Data: dir, Backend: "offline"})
	user, err := a.shop.Directory().Lookup(t.Context(), "dora@example.com")
	if err != nil {
		t.Fatal(err)
	}
	asked, err := a.kernel.Turn(t.Context(), orchestrator.Request{Conversation: "boots", User: user, Message: "return my boots because they are too small"})
	if err != nil || asked.Kind != orchestrator.KindConfirmation {
		t.Fatalf("%v: %s %q", err, asked.Kind, asked.Answer)
	}
	open := asked
	open.ID, open.Message, open.Settles, open.Kind, open.Pending, open.Answer = "unfinished", "yes", asked.ID, "", nil, ""
	err = a.store.Begin(t.Context(), orchestrator.OpenTurn{Turn: open, User: user, Key: asked.ID, Began: time.Now(), Confirmed: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// A turn that an earlier process left unfinished is finished at the next start, said
// on standard error, and stands in the conversation like any other.
func TestAskTellsRecovered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	leaveUnfinished(t, dir)
	got := finish(t, command(t, dir, "ask", "--data", dir, "--email", "dora@example.com", "--conversation", "boots", "show my orders"), "")
	if got.status != 0 || !strings.Contains(got.err, "The program ended in the middle of this: Return boots of order 4001") || !strings.Contains(got.err, "It is finished now.") {
		t.Fatalf("status %d\n%s\n%s", got.status, got.out, got.err)
	}
	again := finish(t, command(t, dir, "ask", "--data", dir, "--email", "dora@example.com", "--conversation", "boots", "show my orders"), "")
	if strings.Contains(again.err, "ended in the middle") {
		t.Errorf("it is told twice:\n%s", again.err)
	}
	shown := finish(t, command(t, dir, "--data", dir, "conversations", "show", "boots"), "")
	for _, want := range []string{"turn unfinished", "finished after a restart", "`request_return` done"} {
		if !strings.Contains(shown.out, want) {
			t.Errorf("the conversation has no %q:\n%s", want, shown.out)
		}
	}
}

// A request that is altered instead of a yes makes the question before it void: the
// yes that follows means what was asked last.
func TestAlteredInsteadOfYes(t *testing.T) {
	a := mustApp(t, &options{Backend: "offline"})
	t.Cleanup(func() { _ = a.Close() })
	user, err := a.shop.Directory().Lookup(t.Context(), "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	say := func(message string) orchestrator.Turn {
		turn, err := a.kernel.Turn(t.Context(), orchestrator.Request{Conversation: "c", User: user, Message: message})
		if err != nil {
			t.Fatal(err)
		}
		return turn
	}
	first := say("change my phone number to +47 400 00 123")
	second := say("change my phone number to +47 400 00 999")
	if second.Lapsed != first.ID || second.Kind != orchestrator.KindConfirmation {
		t.Fatalf("lapsed %q, %s %q", second.Lapsed, second.Kind, second.Answer)
	}
	yes := say("yes")
	if yes.Settles != second.ID || yes.Outcome != orchestrator.OutcomeDone {
		t.Fatalf("settles %q, %s %q", yes.Settles, yes.Kind, yes.Answer)
	}
	if again := say("yes"); again.Settles != "" || len(again.Steps) > 0 {
		t.Errorf("a second yes did something: %s %q", again.Kind, again.Answer)
	}
	if now := say("what's my phone number?"); !strings.Contains(now.Answer, "+47 400 00 999") {
		t.Errorf("the phone number is now: %s", now.Answer)
	}
	say("/undo")
	if back := say("yes"); back.TakesBack != yes.ID || back.Outcome != orchestrator.OutcomeDone {
		t.Errorf("takes back %q, %s %q", back.TakesBack, back.Kind, back.Answer)
	}
	if now := say("what's my phone number?"); !strings.Contains(now.Answer, "+47 400 00 100") {
		t.Errorf("after taking it back the phone number is: %s", now.Answer)
	}
}

// What is out of the ordinary about a turn's changes is one line each.
func TestAskTellsStanding(t *testing.T) {
	failed := &orchestrator.Error{Code: "x", Message: "No."}
	for _, c := range []struct {
		name string
		turn orchestrator.Turn
		want []string
	}{
		{"Done", orchestrator.Turn{Outcome: orchestrator.OutcomeDone, Steps: []orchestrator.StepRecord{{ID: "a", Status: orchestrator.StepDone}}}, nil},
		{"Undone", orchestrator.Turn{Outcome: orchestrator.OutcomeUndone, Steps: []orchestrator.StepRecord{
			{ID: "a", Sentence: "Cancel order 1", Status: orchestrator.StepUndone}, {ID: "b", Status: orchestrator.StepFailed, Error: failed},
		}}, []string{"undone: Cancel order 1", "outcome: undone."}},
		{"NothingWasDone", orchestrator.Turn{Outcome: orchestrator.OutcomeUndone, Steps: []orchestrator.StepRecord{{ID: "b", Status: orchestrator.StepFailed, Error: failed}}}, nil},
		{"Flagged", orchestrator.Turn{Outcome: orchestrator.OutcomeFlagged, Steps: []orchestrator.StepRecord{
			{ID: "a", Intent: "cancel_order", Status: orchestrator.StepFailed, Flag: "Look at\x1b[2J it."},
		}}, []string{"outcome: flagged.", "flagged: cancel_order: Look at"}},
		{"Partly", orchestrator.Turn{Outcome: orchestrator.OutcomePartly}, []string{"outcome: partly."}},
		{"Goal", orchestrator.Turn{Goal: true, Rounds: 3}, []string{"goal mode: 3 plans."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			(&asker{err: &out}).tellStanding(c.turn)
			lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
			if len(c.want) == 0 && out.Len() > 0 || len(c.want) > 0 && len(lines) != len(c.want) {
				t.Fatalf("got %q, want %q", out.String(), c.want)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("line %d is %q, want %q", i+1, lines[i], want)
				}
			}
			if strings.Contains(out.String(), "\x1b") {
				t.Error("a control character got through")
			}
		})
	}
}
