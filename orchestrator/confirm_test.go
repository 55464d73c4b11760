package orchestrator

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestConfirmation(t *testing.T) {
	both := steps(
		Step{ID: "one", Intent: "return_loan", Args: args("loan_id", lit("7"))},
		Step{ID: "two", Intent: "return_loan", Args: args("loan_id", lit("8"))},
		Step{ID: "see", Intent: "get_loan", Args: args("loan_id", lit("7")), After: []string{"one"}})
	for _, tc := range []struct {
		name, reply, statuses string
		kind                  TurnKind
		late                  bool
	}{
		{"Yes", "yes", "one done, two done, see done", KindAnswer, false},
		{"YesPlease", "Yes, please!", "one done, two done, see done", KindAnswer, false},
		{"GoAhead", "ok go ahead", "one done, two done, see done", KindAnswer, false},
		{"No", "no", "one denied, two denied, see done", KindAnswer, false},
		{"NeverMind", "never mind", "one denied, two denied, see done", KindAnswer, false},
		{"OnlyTwo", "only 2", "one denied, two done, see done", KindAnswer, false},
		{"Late", "yes", "", KindError, true},
		{"LateNo", "no", "one denied, two denied, see done", KindAnswer, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := &depot{era: Modern, dry: true}
			k := mustKernel(t, both, d)
			asked := k.mustTurn(t, ann, "give both back")
			if asked.Kind != KindConfirmation || len(d.made("return_loan")) != 0 {
				t.Fatalf("got %s and %d writes", asked.Kind, len(d.made("return_loan")))
			}
			if c := asked.Steps[0].Changes; len(c) != 1 || c[0] != (Change{"status", "out", "returned"}) {
				t.Errorf("the change shown is %+v", c)
			}
			if tc.late {
				*k.now = k.now.Add(11 * time.Minute)
			}
			turn := k.mustTurn(t, ann, tc.reply)
			if turn.Kind != tc.kind || statuses(turn) != tc.statuses || turn.Settles != asked.ID {
				t.Errorf("got %s, %q: %s", turn.Kind, statuses(turn), turn.Answer)
			}
			if got, want := len(d.made("return_loan")), strings.Count(tc.statuses, "one done")+strings.Count(tc.statuses, "two done"); got != want {
				t.Errorf("%d writes, want %d", got, want)
			}
			for _, c := range d.made("return_loan") {
				if !strings.HasPrefix(c.Key, asked.ID+"/") {
					t.Errorf("the key %q does not come from the turn that was confirmed", c.Key)
				}
			}
			before := len(d.made("return_loan"))
			k.script.plan = func(PlanRequest) Plan { return Plan{Kind: PlanAnswer, Text: "Nothing waits."} }
			if again := k.mustTurn(t, ann, "yes"); again.Settles != "" || len(d.made("return_loan")) != before {
				t.Error("a yes was good twice")
			}
		})
	}
}

func TestUnclearAnswerAsksAgain(t *testing.T) {
	d := &depot{era: Modern, dry: true}
	k := mustKernel(t, steps(Step{ID: "one", Intent: "return_loan", Args: args("loan_id", lit("7"))}), d)
	k.mustTurn(t, ann, "give it back")
	for _, message := range []string{"sure?", "yes, and ring the bell", "🙂", "yes?!"} {
		if turn := k.mustTurn(t, ann, message); message != "🙂" && (turn.Kind != KindConfirmation || statuses(turn) != "one waiting") {
			t.Fatalf("%q: got %s %q", message, turn.Kind, turn.Answer)
		}
	}
	if n := len(d.made("return_loan")); n != 0 {
		t.Fatalf("%d writes without a yes", n)
	}
	if turn := k.mustTurn(t, ann, "yes"); statuses(turn) != "one done" || len(d.made("return_loan")) != 1 {
		t.Errorf("got %s %q", turn.Kind, statuses(turn))
	}
}

func TestAbandonedChangeIsSaid(t *testing.T) {
	d := &depot{era: Modern, dry: true}
	k := mustKernel(t, steps(Step{ID: "one", Intent: "return_loan", Args: args("loan_id", lit("7"))}), d)
	k.mustTurn(t, ann, "give it back")
	k.script.plan = steps(Step{ID: "a", Intent: "list_loans"})
	if turn := k.mustTurn(t, ann, "show my loans"); !strings.Contains(turn.Answer, "Left undone") || !strings.Contains(turn.Answer, "Return loan 7") {
		t.Errorf("got %q", turn.Answer)
	}
	if turn := k.mustTurn(t, ann, "show my loans"); strings.Contains(turn.Answer, "Left undone") {
		t.Errorf("said twice: %q", turn.Answer)
	}
}

func TestPreviewOfChangesToOneObject(t *testing.T) {
	d := &depot{era: Modern, dry: true}
	k := mustKernel(t, steps(
		Step{ID: "one", Intent: "return_loan", Args: args("loan_id", lit("7"))},
		Step{ID: "two", Intent: "return_loan", Args: args("loan_id", lit("7"))},
		Step{ID: "three", Intent: "return_loan", Args: args("loan_id", lit("8"))}), d)
	turn := k.mustTurn(t, ann, "give them back")
	if len(turn.Steps[0].Changes) != 1 || len(turn.Steps[1].Changes) != 0 || len(turn.Steps[2].Changes) != 1 {
		t.Errorf("a change after another of the same object is previewed as if it were alone: %+v", turn.Steps)
	}
}

func TestConfirmationIsBound(t *testing.T) {
	one := steps(Step{ID: "one", Intent: "return_loan", Args: args("loan_id", lit("7"))})
	for _, tc := range []struct {
		name   string
		tamper func(*Turn)
	}{
		{"Argument", func(t *Turn) { t.Steps[0].Args = map[string]any{"loan_id": "8"} }},
		{"PlanArgument", func(t *Turn) { t.Plan.Steps[0].Args["loan_id"] = lit("8") }},
		{"Subject", func(t *Turn) { t.Plan.Steps[0].For = bob.Email }},
		{"Intent", func(t *Turn) { t.Plan.Steps[0].Intent = "ring_bell"; t.Plan.Steps[0].Args = nil }},
		{"Hash", func(t *Turn) { t.Pending.Hash = "" }},
		{"OtherTurn", func(t *Turn) { t.ID = "other" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := &depot{era: Modern}
			k := mustKernel(t, one, d)
			asked := k.mustTurn(t, ann, "give it back")
			tampered := asked
			tampered.Steps = slices.Clone(asked.Steps)
			plan := *asked.Plan
			plan.Steps = one(PlanRequest{}).Steps
			pending := *asked.Pending
			tampered.Plan, tampered.Pending = &plan, &pending
			tc.tamper(&tampered)
			k.store.turns[0] = tampered
			k.recall.forget(tampered.Conversation)
			k.mustTurn(t, ann, "yes")
			if n := len(d.made("return_loan")) + len(d.made("ring_bell")); n != 0 {
				t.Errorf("%d writes after the plan was tampered with", n)
			}
		})
	}
	t.Run("OtherConversation", func(t *testing.T) {
		d := &depot{era: Modern}
		k := mustKernel(t, one, d)
		k.mustTurn(t, ann, "give it back")
		k.script.plan = func(PlanRequest) Plan { return Plan{Kind: PlanAnswer, Text: "Nothing waits."} }
		if _, err := k.Turn(t.Context(), Request{Conversation: "elsewhere", User: ann, Message: "yes"}); err != nil {
			t.Fatal(err)
		}
		if _, err := k.Turn(t.Context(), Request{Conversation: "c-" + ann.Email, User: bob, Message: "yes"}); !errors.Is(err, ErrForeignConversation) {
			t.Errorf("somebody else's conversation: %v", err)
		}
		if n := len(d.made("return_loan")); n != 0 {
			t.Errorf("%d writes", n)
		}
	})
}

func TestYesBeforehand(t *testing.T) {
	d := &depot{era: Modern}
	k := mustKernel(t, steps(Step{ID: "one", Intent: "return_loan", Args: args("loan_id", lit("7"))}), d)
	turn, err := k.Turn(t.Context(), Request{Conversation: "c", User: ann, Message: "give it back", Yes: true})
	if err != nil || turn.Kind != KindAnswer || statuses(turn) != "one done" {
		t.Errorf("got %s %q %v", turn.Kind, statuses(turn), err)
	}
}

func TestDryRunRefusalNeedsNoYes(t *testing.T) {
	d := &depot{era: Modern, dry: true}
	d.call = func(_ context.Context, call Call) (Result, error) {
		if call.Intent == "return_loan" {
			return Result{}, Errorf("already_returned", "It is back already.")
		}
		return d.answer(call)
	}
	k := mustKernel(t, steps(Step{ID: "one", Intent: "return_loan", Args: args("loan_id", lit("7"))}), d)
	turn := k.mustTurn(t, ann, "give it back")
	if turn.Kind != KindAnswer || turn.Steps[0].Status != StepFailed || turn.Steps[0].Error.Code != "already_returned" {
		t.Errorf("got %s %+v", turn.Kind, turn.Steps[0])
	}
}

// TestRefusedBeforeTheYes has changes of which one is refused by its dry run.
func TestRefusedBeforeTheYes(t *testing.T) {
	refusing := func() *depot {
		d := &depot{era: Modern, dry: true}
		d.call = func(_ context.Context, call Call) (Result, error) {
			if call.Intent == "return_loan" && call.Args["loan_id"] == "6" {
				return Result{}, Errorf("too_late", "It is too late for loan 6.")
			}
			return d.answer(call)
		}
		return d
	}
	both := []Step{
		{ID: "a", Intent: "return_loan", Args: args("loan_id", lit("7"))},
		{ID: "b", Intent: "return_loan", Args: args("loan_id", lit("6"))},
	}
	book := handbook{"both": {Plan: Plan{Steps: both}}, "partly": {Plan: Plan{Steps: both, Partly: true}}}
	for _, tc := range []struct {
		name, intent string
		yes          bool
		kind         TurnKind
		statuses     string
	}{
		{"AskedForTheRest", "", false, KindConfirmation, "a waiting, b failed"},
		{"YesToEverything", "", true, KindAnswer, "a failed, b failed"},
		{"Playbook", "both", false, KindAnswer, "p done, p_a failed, p_b failed"},
		{"PlaybookWithYes", "both", true, KindAnswer, "p done, p_a failed, p_b failed"},
		{"PartlyWithYes", "partly", true, KindAnswer, "p done, p_a done, p_b failed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, plan := refusing(), both
			if tc.intent != "" {
				plan = []Step{{ID: "p", Intent: tc.intent, Args: args("loan_id", lit("7"))}}
			}
			k := mustKernel(t, steps(plan...), d, book)
			turn, err := k.Turn(t.Context(), Request{Conversation: "c", User: ann, Message: "return both", Yes: tc.yes})
			if err != nil || turn.Kind != tc.kind || statuses(turn) != tc.statuses {
				t.Errorf("got %v, %s, %s: %s", err, turn.Kind, statuses(turn), turn.Answer)
			}
			if turn.Kind == KindConfirmation && (turn.Pending.Note == "" || !strings.Contains(turn.Answer, "too late for loan 6")) {
				t.Errorf("not said before the yes: %s", turn.Answer)
			}
		})
	}
}

// TestYesBelongsToWhatWasShown has two surfaces on one conversation: a yes that is meant
// for the question of the one does not confirm what the other asked for since.
func TestYesBelongsToWhatWasShown(t *testing.T) {
	v := newVault()
	slot := "a"
	k := mustKernel(t, func(PlanRequest) Plan {
		return Plan{Kind: PlanSteps, Steps: []Step{{ID: "x", Intent: "set_" + slot}}}
	}, finder{&process{vault: v, died: make(chan struct{})}})
	say := func(message, answers string) Turn {
		t.Helper()
		turn, err := k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: message, Answers: answers})
		if err != nil {
			t.Fatal(err)
		}
		return turn
	}
	first := say("set a", "")
	slot = "b"
	second := say("set b", "")
	for _, message := range []string{"yes", "no", "1"} {
		if got := say(message, first.ID); got.Kind != KindConfirmation || len(v.effects) != 0 {
			t.Errorf("%q for what was shown before: %s, %d effects", message, got.Kind, len(v.effects))
		}
	}
	again := say("yes", second.ID)
	if again.Kind != KindConfirmation {
		t.Errorf("the question was asked anew since: %s", again.Kind)
	}
	if got := say("yes", again.ID); got.Kind != KindAnswer || !v.set["b"] || v.set["a"] {
		t.Errorf("the yes to what was shown: %s, set are %v", got.Kind, v.set)
	}
}
