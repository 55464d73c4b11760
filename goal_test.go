package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// planner is a provider that plans what each round of a goal asks it for: the n-th
// of these plans, and after the last one that the goal is reached.
func planner(t testing.TB, plans ...string) *fake.Server {
	t.Helper()
	s := fake.New(func(r fake.Request) fake.Reply {
		usage := &fake.Usage{Prompt: 1000, Completion: 100}
		if r.Schema == "" && r.Tool == "" {
			return fake.Reply{Text: "That is what there is to say.", Usage: usage}
		}
		round := 0
		if strings.Contains(r.Last(), "This message was planned before") {
			round = 1 + strings.Count(r.Last(), `"status":"done"`) - 1
		}
		text := `{"kind":"answer","text":"","steps":[]}`
		if round < len(plans) {
			text = plans[round]
		}
		reply := fake.JSON(r, text)
		reply.Usage = usage
		return reply
	})
	t.Cleanup(s.Close)
	return s
}

func reading(id, intent string) string {
	return fmt.Sprintf(`{"kind":"steps","text":"","steps":[{"id":%q,"intent":%q}]}`, id, intent)
}

// cancelling plans a change from what an earlier round found.
const cancelling = `{"kind":"steps","text":"","steps":[{"id":"cancel","intent":"cancel_order","args":{"order_id":{"ref":"steps.orders.orders[0].order_id"}}}]}`

func goalTurn(t *testing.T, o *options, req orchestrator.Request) (orchestrator.Turn, []orchestrator.Event, func(message string) orchestrator.Turn) {
	t.Helper()
	t.Setenv("OPENAI_API_KEY", canary)
	a := mustApp(t, o)
	t.Cleanup(func() { _ = a.Close() })
	user, err := a.shop.Directory().Lookup(t.Context(), "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	req.User, req.Conversation = user, "c"
	say := func(message string) orchestrator.Turn {
		req.Message = message
		turn, err := a.kernel.Turn(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return turn
	}
	sub := a.kernel.Subscribe(1000)
	turn := say(req.Message)
	sub.Close()
	return turn, slices.Collect(func(yield func(orchestrator.Event) bool) {
		for e := range sub.C {
			if e.Kind == orchestrator.EventGoalRound && !yield(e) {
				return
			}
		}
	}), say
}

// A model that is asked to plan on sees what was done, and what it plans then is
// checked and run like any plan.
func TestGoal(t *testing.T) {
	with := func(server *fake.Server) *options {
		return &options{Backend: "openai", BaseURL: server.URL, Models: map[string]modelSettings{"openai": price(1, 10)}}
	}
	t.Run("PlansOn", func(t *testing.T) {
		server := planner(t, reading("orders", "list_orders"), reading("points", "get_loyalty_points"))
		turn, rounds, _ := goalTurn(t, with(server), orchestrator.Request{Message: "how am I doing?", Goal: true})
		if turn.Kind != orchestrator.KindAnswer || len(turn.Steps) != 2 || turn.Steps[1].Intent != "get_loyalty_points" || turn.Steps[1].Status != orchestrator.StepDone {
			t.Fatalf("%s %q %+v", turn.Kind, turn.Answer, turn.Steps)
		}
		if len(rounds) != 2 || rounds[0].Plan == nil || rounds[1].Text != "reached" {
			t.Errorf("the rounds were %+v", rounds)
		}
		asked := server.Requests()[1].Last()
		if !strings.Contains(asked, `"id":"orders"`) || !strings.Contains(asked, "none of: orders") {
			t.Errorf("the second round was asked\n%s", asked)
		}
	})
	t.Run("OffByDefault", func(t *testing.T) {
		server := planner(t, reading("orders", "list_orders"), reading("points", "get_loyalty_points"))
		turn, rounds, _ := goalTurn(t, with(server), orchestrator.Request{Message: "how am I doing?"})
		if len(turn.Steps) != 1 || len(rounds) != 0 || server.Calls() != 2 {
			t.Errorf("%d steps, rounds %+v, %d calls", len(turn.Steps), rounds, server.Calls())
		}
	})
	t.Run("ChangeNeedsItsOwnYes", func(t *testing.T) {
		server := planner(t, reading("orders", "list_orders"), cancelling)
		turn, _, say := goalTurn(t, with(server), orchestrator.Request{Message: "get rid of my newest order", Goal: true, Yes: true})
		if turn.Kind != orchestrator.KindConfirmation {
			t.Fatalf("a change that was planned after results came in ended as %s %q", turn.Kind, turn.Answer)
		}
		turn = say("yes")
		if turn.Outcome != orchestrator.OutcomeDone || turn.Steps[1].Status != orchestrator.StepDone {
			t.Errorf("after the yes: %s %q %+v", turn.Kind, turn.Answer, turn.Steps)
		}
	})
	t.Run("Rounds", func(t *testing.T) {
		server := planner(t, reading("a", "list_orders"), reading("b", "get_loyalty_points"), reading("c", "list_orders"), reading("d", "list_orders"))
		o := with(server)
		o.Limits = goalSettings{Rounds: 2}
		turn, rounds, _ := goalTurn(t, o, orchestrator.Request{Message: "how am I doing?", Goal: true})
		if len(turn.Steps) != 2 || len(rounds) == 0 || !strings.Contains(rounds[len(rounds)-1].Text, "stopped after 2 plans") {
			t.Errorf("%d steps, rounds %+v", len(turn.Steps), rounds)
		}
	})
	t.Run("Cost", func(t *testing.T) {
		server := planner(t, reading("a", "list_orders"), reading("b", "get_loyalty_points"))
		o := with(server)
		o.Limits = goalSettings{Cost: 0.001}
		turn, rounds, _ := goalTurn(t, o, orchestrator.Request{Message: "how am I doing?", Goal: true})
		if len(turn.Steps) != 1 || len(rounds) != 1 || !strings.Contains(rounds[0].Text, "USD") {
			t.Errorf("%d steps, rounds %+v", len(turn.Steps), rounds)
		}
	})
	t.Run("OfflinePlansOnce", func(t *testing.T) {
		turn, _, _ := goalTurn(t, &options{Backend: "offline"}, orchestrator.Request{Message: "how many loyalty points do I have?", Goal: true})
		if turn.Kind != orchestrator.KindAnswer || len(turn.Steps) != 1 || turn.Rounds != 1 {
			t.Errorf("%s %q, %d steps, %d plans", turn.Kind, turn.Answer, len(turn.Steps), turn.Rounds)
		}
	})
	t.Run("CascadeAsksTheModelForTheRest", func(t *testing.T) {
		server := planner(t, "", reading("orders2", "list_orders"))
		o := with(server)
		o.Cascade = true
		turn, _, _ := goalTurn(t, o, orchestrator.Request{Message: "how many loyalty points do I have?", Goal: true})
		if turn.Kind != orchestrator.KindAnswer || len(turn.Steps) != 2 || turn.Answer != "That is what there is to say." {
			t.Errorf("%s %q %+v", turn.Kind, turn.Answer, turn.Steps)
		}
	})
}

// Goal mode and its limits come from where all settings come from.
func TestGoalSettings(t *testing.T) {
	for _, c := range []struct {
		name, config string
		args         []string
		env          string
		on           bool
		limits       goalSettings
		wrong        string
	}{
		{name: "Default", limits: goalSettings{goalRounds, goalCost}},
		{name: "Flag", args: []string{"--goal"}, on: true, limits: goalSettings{goalRounds, goalCost}},
		{name: "Environment", env: "true", on: true, limits: goalSettings{goalRounds, goalCost}},
		{name: "Config", config: "goal = true\n[goal-limits]\nrounds = 2\n", on: true, limits: goalSettings{2, goalCost}},
		{name: "FlagAgainstConfig", config: "goal = true\n", args: []string{"--goal=false"}, limits: goalSettings{goalRounds, goalCost}},
		{name: "BelowZero", config: "[goal-limits]\ncost = -1.0\n", wrong: "below zero"},
		{name: "Unknown", config: "[goal-limits]\ncalls = 3\n", wrong: "goal-limits.calls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "config.toml")
			mustWrite(t, file, c.config)
			if c.env != "" {
				t.Setenv("BANYAN_GOAL", c.env)
			}
			var o options
			cmd := &cobra.Command{}
			o.register(cmd)
			if err := cmd.ParseFlags(append([]string{"--config", file}, c.args...)); err != nil {
				t.Fatal(err)
			}
			err := o.load(cmd)
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("got %v, want an error with %q", err, c.wrong)
				}
				return
			}
			if err != nil || o.Goal != c.on || o.goalLimits() != c.limits {
				t.Errorf("%v: goal %v, limits %+v", err, o.Goal, o.goalLimits())
			}
		})
	}
}
