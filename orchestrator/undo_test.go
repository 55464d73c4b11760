package orchestrator

import (
	"strings"
	"testing"
)

func TestUndo(t *testing.T) {
	setup := func(t *testing.T, slots ...string) (rig, *vault) {
		v := newVault()
		v.noUndo = "d"
		k := mustKernel(t, func(PlanRequest) Plan {
			plan := Plan{Kind: PlanSteps, Partly: true}
			for _, slot := range slots {
				plan.Steps = append(plan.Steps, Step{ID: slot, Intent: "set_" + slot})
			}
			return plan
		}, &process{vault: v, died: make(chan struct{})})
		return k, v
	}
	t.Run("InReverseAfterAYes", func(t *testing.T) {
		k, v := setup(t, "a", "b")
		k.mustTurn(t, ann, "set them")
		if turn := k.mustTurn(t, ann, "yes"); turn.Outcome != OutcomeDone {
			t.Fatal(turn.Answer)
		}
		turn := k.mustTurn(t, ann, "/undo")
		if turn.Kind != KindConfirmation || len(turn.Steps) != 2 || turn.Steps[0].Intent != "unset_b" || turn.Steps[1].Intent != "unset_a" || !v.set["a"] {
			t.Fatalf("got %s: %s", turn.Kind, turn.Answer)
		}
		if turn = k.mustTurn(t, ann, "yes"); turn.Outcome != OutcomeDone || v.set["a"] || v.set["b"] {
			t.Errorf("got %s: %s", turn.Outcome, turn.Answer)
		}
		if turn = k.mustTurn(t, ann, "/undo"); turn.Kind != KindAnswer || !strings.Contains(turn.Answer, "nothing to take back") {
			t.Errorf("taken back twice: %s", turn.Answer)
		}
	})
	t.Run("WhatCannotBeIsSaid", func(t *testing.T) {
		k, v := setup(t, "a", "d")
		k.mustTurn(t, ann, "set them")
		k.mustTurn(t, ann, "yes")
		turn := k.mustTurn(t, ann, "/undo")
		if turn.Kind != KindConfirmation || len(turn.Steps) != 1 || !strings.Contains(turn.Answer, "cannot be taken back: Set d") || turn.Pending.Note == "" {
			t.Fatalf("got %s: %s %+v", turn.Kind, turn.Answer, turn.Plan)
		}
		k.mustTurn(t, ann, "yes")
		if v.set["a"] || !v.set["d"] {
			t.Errorf("set: %v", v.set)
		}
	})
	t.Run("OnlyWhatCannotBe", func(t *testing.T) {
		k, _ := setup(t, "d")
		k.mustTurn(t, ann, "set it")
		k.mustTurn(t, ann, "yes")
		if turn := k.mustTurn(t, ann, "/undo"); turn.Kind != KindAnswer || !strings.Contains(turn.Answer, "cannot be taken back") {
			t.Errorf("got %s: %s", turn.Kind, turn.Answer)
		}
	})
	t.Run("BeforeWhatCannotBe", func(t *testing.T) {
		k, v := setup(t, "a")
		k.mustTurn(t, ann, "set it")
		k.mustTurn(t, ann, "yes")
		k.script.plan = steps(Step{ID: "d", Intent: "set_d"})
		k.mustTurn(t, ann, "set the other")
		k.mustTurn(t, ann, "yes")
		turn := k.mustTurn(t, ann, "/undo")
		if turn.Kind != KindConfirmation || turn.Steps[0].Intent != "unset_a" || !strings.Contains(turn.Answer, "cannot be taken back: Set d") {
			t.Fatalf("got %s: %s", turn.Kind, turn.Answer)
		}
		if turn = k.mustTurn(t, ann, "yes"); v.set["a"] || !v.set["d"] {
			t.Errorf("set: %v", v.set)
		}
	})
	t.Run("NothingWasChanged", func(t *testing.T) {
		k, _ := setup(t, "a")
		k.mustTurn(t, ann, "set it")
		k.mustTurn(t, ann, "no")
		if turn := k.mustTurn(t, ann, "/undo"); turn.Kind != KindAnswer || !strings.Contains(turn.Answer, "nothing to take back") {
			t.Errorf("got %s: %s", turn.Kind, turn.Answer)
		}
	})
	t.Run("NotOfAnotherConversation", func(t *testing.T) {
		k, v := setup(t, "a")
		k.mustTurn(t, ann, "set it")
		k.mustTurn(t, ann, "yes")
		if turn := k.mustTurn(t, bob, "/undo"); turn.Kind != KindAnswer || !v.set["a"] {
			t.Errorf("got %s: %s", turn.Kind, turn.Answer)
		}
	})
}

// TestChangedAfterTheYes changes, behind the kernel's back, what waits for a yes:
// each argument, the subject, the intent and the condition of a stored plan.
func TestChangedAfterTheYes(t *testing.T) {
	plan := steps(
		Step{ID: "loans", Intent: "list_loans"},
		onlyIf(Step{ID: "back", Intent: "return_loan", Args: args("loan_id", lit("7"))}, "size(steps.loans.loans) > 0"),
	)
	for name, change := range map[string]func(*Turn){
		"ArgumentOfThePlan":   func(t *Turn) { t.Plan.Steps[1].Args = args("loan_id", lit("6")) },
		"ArgumentOfTheRecord": func(t *Turn) { t.Steps[1].Args = map[string]any{"loan_id": "6"} },
		"Subject":             func(t *Turn) { t.Steps[1].For = "bob@example.com" },
		"Intent":              func(t *Turn) { t.Plan.Steps[1].Intent, t.Steps[1].Intent = "get_loan", "get_loan" },
		"Condition":           func(t *Turn) { t.Plan.Steps[1].When = nil },
		"OneStepMore": func(t *Turn) {
			t.Plan.Steps = append(t.Plan.Steps, Step{ID: "more", Intent: "return_loan", Args: args("loan_id", lit("6"))})
			t.Steps = append(t.Steps, StepRecord{ID: "more", Intent: "return_loan", Args: map[string]any{"loan_id": "6"}, For: ann.Email, Status: StepWaiting})
		},
		"Conversation": func(t *Turn) { t.Conversation = "another" },
		"Hash":         func(t *Turn) { t.Pending.Hash = "" },
	} {
		t.Run(name, func(t *testing.T) {
			d := &depot{era: Modern, dry: true}
			k := mustKernel(t, plan, d)
			k.mustTurn(t, ann, "return it")
			k.recall.forget("c-" + ann.Email) // as after a restart
			k.store.mu.Lock()
			change(&k.store.turns[0])
			k.store.mu.Unlock()
			turn := k.mustTurn(t, ann, "yes")
			if n := len(d.made("return_loan")); n != 0 {
				t.Errorf("%d changes were made: %s", n, turn.Answer)
			}
		})
	}
}
