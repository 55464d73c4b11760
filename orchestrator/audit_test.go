package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// ledgerbook is an auditor in memory.
type ledgerbook struct {
	entries []AuditEntry
	synced  int
	err     error
}

func (b *ledgerbook) Record(_ context.Context, durable bool, entries ...AuditEntry) (string, error) {
	if b.err != nil {
		return "", b.err
	}
	b.entries = append(b.entries, entries...)
	if durable {
		b.synced = len(b.entries)
	}
	return fmt.Sprint("mark", len(b.entries)), nil
}

func (b *ledgerbook) told() string {
	var lines []string
	for _, e := range b.entries {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s %s", e.Kind, e.User, e.Subject, e.Intent, e.Status, e.Confirmed)))
	}
	return strings.Join(lines, "\n")
}

func audited(t *testing.T, book *ledgerbook, v *vault) (*Kernel, *shelf) {
	t.Helper()
	n := 0
	store := &shelf{}
	k, err := New(t.Context(), Config{
		Services: []Service{finder{&process{vault: v, died: make(chan struct{})}}}, Store: store, Directory: people{}, Auditor: book,
		Backend: &script{plan: steps(Step{ID: "a", Intent: "set_a"})},
		NewID:   func() string { n++; return fmt.Sprint("id", n) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return k, store
}

func TestAudit(t *testing.T) {
	ask := func(t *testing.T, k *Kernel, message string, yes bool) Turn {
		t.Helper()
		turn, err := k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: message, Yes: yes})
		if err != nil {
			t.Fatal(err)
		}
		return turn
	}
	t.Run("WhoDidWhatByWhichYes", func(t *testing.T) {
		book := &ledgerbook{}
		k, _ := audited(t, book, newVault())
		ask(t, k, "set it", false)
		done := ask(t, k, "yes", false)
		ask(t, k, "set it", false)
		ask(t, k, "no", false)
		ask(t, k, "set it", true)
		want := `asked ann@example.com ann@example.com
yes ann@example.com ann@example.com
call ann@example.com ann@example.com set_a done id1
asked ann@example.com ann@example.com
no ann@example.com ann@example.com
call ann@example.com ann@example.com set_a denied
call ann@example.com ann@example.com set_a done beforehand`
		if got := book.told(); got != want {
			t.Errorf("the log tells\n%s\nwant\n%s", got, want)
		}
		if done.Audit != "mark3" || book.synced != 7 {
			t.Errorf("the turn has the mark %q, %d entries are synced", done.Audit, book.synced)
		}
		if plan := book.entries[0].Plan; plan == "" || slices.ContainsFunc(book.entries[:3], func(e AuditEntry) bool { return e.Plan != plan }) {
			t.Errorf("the entries of one plan name it as %+v", book.entries)
		}
	})
	t.Run("StaffActing", func(t *testing.T) {
		book := &ledgerbook{}
		k, _ := audited(t, book, newVault())
		for _, message := range []string{"/as ann@example.com", "set it", "/as"} {
			if _, err := k.Turn(t.Context(), Request{Conversation: "one", User: sue, Message: message, Yes: true}); err != nil {
				t.Fatal(err)
			}
		}
		want := `acting sue@example.com ann@example.com
acting sue@example.com ann@example.com
call sue@example.com ann@example.com set_a done beforehand
acting sue@example.com`
		if got := book.told(); got != want {
			t.Errorf("the log tells\n%s\nwant\n%s", got, want)
		}
	})
	t.Run("WhatARecoveredTurnDidBefore", func(t *testing.T) {
		book, v, d := &ledgerbook{}, newVault(), newDesk()
		v.faults["set_b"] = diesAfter
		first := &process{vault: v, died: make(chan struct{})}
		if err := first.start(t.Context(), d, false); err != nil {
			t.Fatal(err)
		}
		if _, err := first.kernel.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set all", Yes: true}); err == nil {
			t.Fatal("it did not die")
		}
		plan := Plan{Kind: PlanSteps}
		for _, slot := range vaultSlots {
			plan.Steps = append(plan.Steps, Step{ID: slot, Intent: "set_" + slot})
		}
		second := &process{vault: v, died: make(chan struct{})}
		_, err := New(t.Context(), Config{
			Services: []Service{finder{second}}, Store: &desk{deskData: d.deskData, dead: second.isDead}, Directory: people{}, Auditor: book,
			Backend: &script{plan: func(PlanRequest) Plan { return plan }},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, slot := range vaultSlots {
			if want := "set_" + slot + " done beforehand"; !strings.Contains(book.told(), want) {
				t.Errorf("%q is not in\n%s", want, book.told())
			}
		}
	})
	t.Run("WithoutItNothingIsChanged", func(t *testing.T) {
		book := &ledgerbook{err: errors.New("disk full")}
		v := newVault()
		k, _ := audited(t, book, v)
		ask(t, k, "set it", true) // nobody knew yet
		if turn := ask(t, k, "set it", true); turn.Steps[0].Status != StepFailed || turn.Steps[0].Error.Code != CodeStore || v.effectsOfTurn() != 1 {
			t.Errorf("it came to %+v, %d effects", turn.Steps, v.effectsOfTurn())
		}
		book.err = nil
		ask(t, k, "set it", true) // finds out that the log works again
		if turn := ask(t, k, "set it", true); turn.Steps[0].Status != StepDone {
			t.Errorf("it came to %+v", turn.Steps)
		}
	})
}
