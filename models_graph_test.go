package main

import (
	"encoding/json"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// graphStep is a step in the strict form in which a model writes it.
func graphStep(id, intent string, fields map[string]any, args ...map[string]any) map[string]any {
	step := map[string]any{
		"id": id, "intent": intent, "for": nil, "args": append([]map[string]any{}, args...), "when": nil, "otherwise": nil,
		"for_each": nil, "max": nil, "after": []string{}, "lookup": false, "text": id,
	}
	for name, v := range fields {
		step[name] = v
	}
	return step
}

func ref(name, expr string) map[string]any {
	return map[string]any{"name": name, "value": nil, "ref": expr, "text": nil}
}

// graphTurns plays messages as a user whose model plans these steps.
func graphTurns(t *testing.T, email string, partly bool, steps []map[string]any, messages ...string) (turns []orchestrator.Turn) {
	t.Helper()
	plan, err := json.Marshal(map[string]any{"kind": "steps", "text": "", "steps": steps, "missing": nil, "partly": partly})
	if err != nil {
		t.Fatal(err)
	}
	s := fake.New(func(r fake.Request) fake.Reply {
		if r.Schema == "" && r.Tool == "" {
			return fake.Reply{Text: "That is how it stands."}
		}
		return fake.JSON(r, string(plan))
	})
	t.Cleanup(s.Close)
	t.Setenv("OPENAI_API_KEY", canary)
	a := mustApp(t, &options{Backend: "openai", BaseURL: s.URL, Models: map[string]modelSettings{"openai": price(1, 10)}})
	t.Cleanup(func() { _ = a.Close() })
	user, err := a.shop.Directory().Lookup(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		turn, err := a.kernel.Turn(t.Context(), orchestrator.Request{Conversation: "c", User: user, Message: m})
		if err != nil {
			t.Fatal(err)
		}
		turns = append(turns, turn)
	}
	return turns
}

// statuses lists the steps of a turn that were not only looked up, with what became
// of each.
func statuses(turn orchestrator.Turn) string {
	var list []string
	for _, s := range turn.Steps {
		if !s.Lookup {
			list = append(list, s.ID+" "+string(s.Status))
		}
	}
	return strings.Join(list, ", ")
}

// A model plans branches and repetitions over what an earlier step finds, and the
// changes among them are asked about and run as from anywhere else.
func TestModelPlansGraphs(t *testing.T) {
	orders := graphStep("orders", "list_orders", map[string]any{"lookup": true})
	const first = "steps.orders.orders[0].order_id"
	open := map[string]any{"for_each": "steps.orders.orders.filter(o, o.status != 'delivered')", "max": 5}
	cancel := graphStep("cancel", "cancel_order", open, ref("order_id", "each.order_id"))

	t.Run("Otherwise", func(t *testing.T) {
		for status, want := range map[string]string{"shipped": "track skipped, estimate done", "processing": "track done, estimate skipped"} {
			turns := graphTurns(t, "ada@example.com", false, []map[string]any{
				orders,
				graphStep("track", "get_order", map[string]any{"when": map[string]any{"text": "it is " + status, "expr": "steps.orders.orders[0].status == '" + status + "'"}}, ref("order_id", first)),
				graphStep("estimate", "get_delivery_estimate", map[string]any{"otherwise": "track"}, ref("order_id", first)),
			}, "show it if it is "+status+", otherwise say when it comes")
			if got := statuses(turns[0]); got != want || turns[0].Kind != orchestrator.KindAnswer {
				t.Errorf("%s: %s %q", turns[0].Kind, got, turns[0].Answer)
			}
		}
	})
	t.Run("ForEachRead", func(t *testing.T) {
		turns := graphTurns(t, "ada@example.com", false, []map[string]any{
			orders, graphStep("all", "get_order", map[string]any{"for_each": "steps.orders.orders"}, ref("order_id", "each.order_id")),
		}, "show all my orders in full")
		if got := statuses(turns[0]); got != "all_1 done, all_2 done, all_3 done" || turns[0].Kind != orchestrator.KindAnswer {
			t.Errorf("%s: %s %q", turns[0].Kind, got, turns[0].Answer)
		}
	})
	t.Run("TooManyForMax", func(t *testing.T) {
		few := map[string]any{"for_each": "steps.orders.orders", "max": 2}
		turns := graphTurns(t, "ada@example.com", false, []map[string]any{orders, graphStep("all", "cancel_order", few, ref("order_id", "each.order_id"))}, "cancel both", "yes")
		if got := statuses(turns[0]); strings.Contains(got, "waiting") || strings.Contains(statuses(turns[1]), "done") {
			t.Errorf("%s: %s; then %s", turns[0].Kind, got, statuses(turns[1]))
		}
	})
	t.Run("ForEachWrite", func(t *testing.T) {
		turns := graphTurns(t, "ada@example.com", false, []map[string]any{orders, cancel}, "cancel all that is not here yet", "yes", "cancel all that is not here yet")
		if got := statuses(turns[0]); got != "cancel_1 waiting, cancel_2 failed" || turns[0].Kind != orchestrator.KindConfirmation || !strings.Contains(turns[0].Answer, "1003") {
			t.Errorf("before the yes: %s: %s %q", turns[0].Kind, got, turns[0].Answer)
		}
		if got := statuses(turns[1]); got != "cancel_1 done, cancel_2 failed" || turns[1].Outcome != orchestrator.OutcomeDone {
			t.Errorf("after the yes: %s: %s %q", turns[1].Outcome, got, turns[1].Answer)
		}
		if got := statuses(turns[2]); strings.Contains(got, "done") || strings.Contains(got, "waiting") {
			t.Errorf("once more: %s: %s", turns[2].Kind, got)
		}
	})
	// The last change fails only when the one before it has run: both cancel the same
	// order, which the plan can know only by its results.
	for name, c := range map[string]struct {
		partly bool
		want   string
	}{
		"TakenBackTogether": {false, "address undone, cancel undone, again failed"},
		"Partly":            {true, "address done, cancel done, again failed"},
	} {
		t.Run(name, func(t *testing.T) {
			address := map[string]any{"name": "address", "value": "5 Elm Row, 0150 Oslo", "ref": nil, "text": nil}
			turns := graphTurns(t, "ada@example.com", c.partly, []map[string]any{
				orders, graphStep("address", "update_address", nil, address),
				graphStep("cancel", "cancel_order", nil, ref("order_id", first)), graphStep("again", "cancel_order", nil, ref("order_id", first)),
			}, "I live at 5 Elm Row, 0150 Oslo now, and cancel my newest order twice", "yes")
			if got := statuses(turns[1]); turns[0].Kind != orchestrator.KindConfirmation || got != c.want {
				t.Errorf("%s %q; %s: %s, want %s", turns[0].Kind, turns[0].Answer, turns[1].Outcome, got, c.want)
			}
		})
	}
}
