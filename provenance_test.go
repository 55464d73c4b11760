package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"banyan/orchestrator"
)

// untrusted tells whether a turn was refused, wholly or in part, for where an argument
// came from.
func untrusted(turn orchestrator.Turn) bool {
	return strings.HasPrefix(turn.Answer, "I did not take over") || slices.ContainsFunc(turn.Steps, func(s orchestrator.StepRecord) bool {
		return s.Error != nil && s.Error.Code == orchestrator.CodeUntrusted
	})
}

// TestProvenanceBreaksNothing says every example of every intent, in all languages, and
// yes to what is asked: not one turn may fail for where an argument comes from.
func TestProvenanceBreaksNothing(t *testing.T) {
	o := &options{Backend: offlineName, Data: t.TempDir(), Latency: "0", LogLevel: "warn", Harm: noPace, noSync: true}
	app, err := open(t.Context(), o, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	}()
	ada, err := app.shop.Directory().Lookup(t.Context(), "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	turns, changes := 0, 0
	say := func(conversation, message string) orchestrator.Turn {
		turn, err := app.kernel.Turn(context.Background(), orchestrator.Request{Conversation: conversation, User: ada, Message: message})
		if err != nil && !errors.Is(err, orchestrator.ErrConflict) {
			t.Fatal(err)
		}
		turns++
		if untrusted(turn) {
			t.Errorf("%q: %s", message, turn.Answer)
		}
		return turn
	}
	for _, e := range app.kernel.Catalog().Intents() {
		examples := slices.Clone(e.Examples)
		for _, tag := range []string{"de"} {
			examples = append(examples, e.Languages[tag].Examples...)
		}
		for _, example := range examples {
			conversation := app.kernel.NewConversation()
			if say(conversation, example).Kind == orchestrator.KindConfirmation {
				changes++
				say(conversation, "no")
			}
		}
	}
	if turns < 300 || changes < 20 {
		t.Errorf("only %d turns with %d changes were tried", turns, changes)
	}
	t.Logf("%d turns with %d changes, none refused for its arguments", turns, changes)
}
