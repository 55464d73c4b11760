package offline

import (
	"context"
	"testing"

	"banyan/orchestrator"
)

// FuzzFollowUp says anything after a turn that left something open: a question, a
// confirmation, a condition, a list. Nothing may crash, and every plan says
// something.
func FuzzFollowUp(f *testing.F) {
	for _, s := range []string{"e", "x", "k", "?", "no", "1", "no,", "and", "'s", "not", "all except 2", "no, not", "if", "-", "the", "instead", "cancel 1003? no wait", "of", "0", "unless", "make it", "+1", "a?!", "otherwise no", "€", "it is", "e if x", "and if it", "ada"} {
		f.Add(s)
	}
	b := New()
	var history [][]orchestrator.Turn
	var w *world
	for _, opening := range []string{
		"cancel 1003 if it has not shipped", "change the delivery address of my lamp", "cancel my latest order", "show my orders",
		"change my phone to 40000123 and cancel 1003 unless it costs more than 50", "file a complaint", "I want to return something",
		"if my latest order has shipped track it, otherwise cancel it", "change my address to 7 Elm Road, 0152 Oslo",
	} {
		w = MustWorld(f, "shop", b)
		turn, err := w.kernel.Turn(context.Background(), orchestrator.Request{Conversation: w.kernel.NewConversation(), User: everybody[0], Message: opening})
		if err != nil {
			f.Fatal(err)
		}
		history = append(history, []orchestrator.Turn{turn})
	}
	catalog := w.kernel.Catalog()
	f.Fuzz(func(t *testing.T, text string) {
		for _, turns := range history {
			reply, err := b.Plan(context.Background(), orchestrator.PlanRequest{
				Message: text, User: everybody[0], Subject: everybody[0], Conversation: turns, Catalog: catalog, Now: saturday,
			})
			if err != nil {
				t.Fatal(err)
			}
			p := reply.Plan
			if p.Kind == "" || p.Kind != orchestrator.PlanSteps && p.Text == "" || p.Kind == orchestrator.PlanSteps && len(p.Steps) == 0 {
				t.Errorf("after %q, %q gives an empty plan: %+v", turns[0].Message, text, p)
			}
			if problems := orchestrator.CheckPlan(context.Background(), catalog, &p); p.Kind == orchestrator.PlanSteps && len(problems) > 0 {
				t.Logf("%q: %v", text, problems)
			}
		}
	})
}
