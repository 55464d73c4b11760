package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// canary is a key that must turn up nowhere.
const canary = "sk-canary-7f3e9a1c5b2d4e6f"

// cancelPlan is what the model of these tests plans: a change with two
// conditions.
const cancelPlan = `{"kind":"steps","steps":[
	{"id":"orders","intent":"list_orders","lookup":true},
	{"id":"points","intent":"get_loyalty_points","when":{"text":"there are orders","expr":"size(steps.orders.orders) > 0"}},
	{"id":"cancel","intent":"cancel_order","args":{"order_id":{"ref":"steps.orders.orders[0].order_id","text":"my latest order"}},
	 "when":{"text":"it has not shipped","expr":"!has(steps.orders.orders[0].shipped)"}}]}`

// model is a provider that plans cancelPlan and answers in one sentence.
func model(t testing.TB) *fake.Server {
	t.Helper()
	s := fake.New(func(r fake.Request) fake.Reply {
		usage := &fake.Usage{Prompt: 1000, Completion: 100}
		if r.Schema != "" || r.Tool != "" {
			reply := fake.JSON(r, cancelPlan)
			reply.Usage = usage
			return reply
		}
		return fake.Reply{Text: "Your order 1003 is cancelled.", Usage: usage}
	})
	s.Key = canary
	t.Cleanup(s.Close)
	return s
}

// noPace lets tests run as many turns and changes as they like.
var noPace = limitSettings{TurnsPerMinute: -1, AllTurnsPerMinute: -1, ChangesPerHour: -1, TurnsPerConversation: -1}

// mustApp opens an app for tests.
func mustApp(t testing.TB, o *options) *app {
	t.Helper()
	if o.Data == "" {
		o.Data = t.TempDir()
	}
	if o.Harm == (limitSettings{}) {
		o.Harm = noPace
	}
	o.Latency, o.LogLevel, o.noSync = "0", "debug", true
	a, err := open(context.Background(), o, "test")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func mustSay(t testing.TB, a *app, message string) orchestrator.Turn {
	t.Helper()
	user, err := a.shop.Directory().Lookup(t.Context(), "ada@example.com")
	if err != nil {
		t.Fatal(err)
	}
	turn, err := a.kernel.Turn(t.Context(), orchestrator.Request{Conversation: "c", User: user, Message: message, Yes: true})
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func price(in, out float64) modelSettings {
	return modelSettings{InputPrice: &in, OutputPrice: &out}
}

func TestModelTurn(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", canary)
	server := model(t)
	record := filepath.Join(t.TempDir(), "session.jsonl")
	dir := t.TempDir()
	a := mustApp(t, &options{Data: dir, Backend: "openai", BaseURL: server.URL, Record: record, Models: map[string]modelSettings{"openai": price(1, 10)}})
	sub := a.kernel.Subscribe(1000)
	turn := mustSay(t, a, "cancel my latest order if it has not shipped, and my points if there are any orders")
	if turn.Kind != orchestrator.KindAnswer || !strings.Contains(turn.Answer, "1003") || len(turn.Steps) != 3 || turn.Steps[2].Status != orchestrator.StepDone {
		t.Fatalf("%s %q %+v", turn.Kind, turn.Answer, turn.Steps)
	}
	t.Run("TwoCalls", func(t *testing.T) {
		if turn.Usage.ModelCalls != 2 || server.Calls() != 2 {
			t.Errorf("%d calls counted, %d made", turn.Usage.ModelCalls, server.Calls())
		}
	})
	t.Run("Cost", func(t *testing.T) {
		if want := 2 * (1000*1 + 100*10) / 1e6; turn.Usage.InputTokens != 2000 || turn.Usage.OutputTokens != 200 || turn.Usage.CostUSD < want-1e-12 || turn.Usage.CostUSD > want+1e-12 {
			t.Errorf("usage %+v, want a cost of %v", turn.Usage, want)
		}
	})
	t.Run("Unreachable", func(t *testing.T) { // leaves an error and a log line behind
		server.Close()
		if turn := mustSay(t, a, "and again"); turn.Kind != orchestrator.KindError || turn.Problem == nil || !strings.HasPrefix(turn.Problem.Code, "backend_") {
			t.Errorf("%s %+v", turn.Kind, turn.Problem)
		}
	})
	events := &bytes.Buffer{}
	sub.Close()
	for e := range sub.C {
		events.WriteString(mustText(t, e))
	}
	for _, in := range a.backends.Backends() {
		events.WriteString(mustText(t, in))
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("NoKeyAnywhere", func(t *testing.T) {
		places := map[string][]byte{"events": events.Bytes()}
		for _, file := range []string{record, filepath.Join(dir, "banyan.db"), filepath.Join(dir, "banyan.log")} {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(data) == 0 {
				t.Errorf("%s is empty: nothing was searched", file)
			}
			places[file] = data
		}
		for place, data := range places {
			if bytes.Contains(data, []byte(canary)) || bytes.Contains(data, []byte(canary[10:])) {
				t.Errorf("the key is in %s", place)
			}
		}
	})
	t.Run("Replay", func(t *testing.T) {
		again := mustApp(t, &options{Backend: replayPrefix + record})
		defer func() { _ = again.Close() }()
		played := mustSay(t, again, "cancel my latest order if it has not shipped, and my points if there are any orders")
		if played.Kind != orchestrator.KindAnswer || played.Answer != turn.Answer || len(played.Steps) != 3 {
			t.Errorf("%s %q", played.Kind, played.Answer)
		}
		if other := mustSay(t, again, "something else"); other.Kind != orchestrator.KindError {
			t.Errorf("what was not recorded: %s %q", other.Kind, other.Answer)
		}
	})
}

func mustText(t testing.TB, v any) string {
	t.Helper()
	var b strings.Builder
	if turn, ok := v.(orchestrator.Event); ok && turn.Ended != nil {
		if err := writeJSONLine(&b, *turn.Ended); err != nil {
			t.Fatal(err)
		}
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + string(data)
}

func TestModelFallsBack(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", canary)
	server := fake.New(func(fake.Request) fake.Reply { return fake.Fail(503, "server_error", "", "down for maintenance") })
	t.Cleanup(server.Close)
	a := mustApp(t, &options{Backend: "openai,offline", BaseURL: server.URL})
	defer func() { _ = a.Close() }()
	turn := mustSay(t, a, "what's the status of my latest order?")
	if turn.Kind != orchestrator.KindAnswer || !strings.Contains(turn.Answer, "1003") {
		t.Errorf("%s %q", turn.Kind, turn.Answer)
	}
	if err := a.backends.Use(t.Context(), "offline"); err != nil {
		t.Fatal(err)
	}
	before := server.Calls()
	if turn := mustSay(t, a, "how many loyalty points do I have?"); turn.Usage.Backend != "offline" || server.Calls() != before {
		t.Errorf("after the switch: %+v, %d calls", turn.Usage, server.Calls()-before)
	}
	if err := a.backends.Use(t.Context(), "nobody"); err == nil || a.kernel.Backend().Name != "offline" {
		t.Errorf("a backend that does not exist: %v", err)
	}
}

func TestModelCascade(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", canary)
	server := model(t)
	a := mustApp(t, &options{Backend: "openai", BaseURL: server.URL, Cascade: true})
	defer func() { _ = a.Close() }()
	if turn := mustSay(t, a, "how many loyalty points do I have?"); turn.Kind != orchestrator.KindAnswer || server.Calls() != 0 {
		t.Errorf("%s after %d calls", turn.Kind, server.Calls())
	}
	if turn := mustSay(t, a, "colourless green ideas sleep furiously"); server.Calls() == 0 {
		t.Errorf("the model was not asked: %s %q", turn.Kind, turn.Answer)
	}
}

func TestModelBudget(t *testing.T) {
	t.Setenv("OPENAI_API_KEY", canary)
	server := model(t)
	dir := t.TempDir()
	o := options{Data: dir, Backend: "openai", BaseURL: server.URL, Models: map[string]modelSettings{"openai": price(1, 10)}, Budget: budgetSettings{Day: 0.1}}
	first := o
	a := mustApp(t, &first)
	if turn := mustSay(t, a, "cancel my latest order"); turn.Kind != orchestrator.KindAnswer {
		t.Fatalf("%s %q", turn.Kind, turn.Answer)
	}
	var last orchestrator.Turn
	for range 40 {
		if last = mustSay(t, a, "cancel my latest order"); last.Kind == orchestrator.KindError {
			break
		}
	}
	if last.Problem == nil || last.Problem.Code != orchestrator.CodeBackendBudget {
		t.Fatalf("the budget was not kept: %s %+v", last.Kind, last.Problem)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	second := o
	a = mustApp(t, &second)
	defer func() { _ = a.Close() }()
	if turn := mustSay(t, a, "cancel my latest order"); turn.Problem == nil || turn.Problem.Code != orchestrator.CodeBackendBudget {
		t.Errorf("a restart gave the day's budget back: %s", turn.Kind)
	}
}

// TestFirstRun shows which backend is taken when none is named.
func TestFirstRun(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, env, dotenv, want string
	}{
		{"NoKey", "", "", "offline"},
		{"Environment", "OPENAI_API_KEY=" + canary, "", "openai"},
		{"DotEnv", "", "MISTRAL_API_KEY=" + canary, "mistral"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			if tc.dotenv != "" {
				mustWrite(t, filepath.Join(dir, ".env"), tc.dotenv+"\nBANYAN_BASE_URL=http://127.0.0.1:1/v1\n")
			}
			cmd := command(t, dir, "ask", "--json", "--email", "ada@example.com", "status of order 1003")
			cmd.Env = append(cmd.Env, "BANYAN_BASE_URL=http://127.0.0.1:1/v1")
			if tc.env != "" {
				cmd.Env = append(cmd.Env, tc.env)
			}
			got := finish(t, cmd, "")
			if got.status != 0 || !strings.Contains(got.out, `"backend":"`+tc.want) || !strings.Contains(got.out, "processing") {
				t.Errorf("status %d\n%s\n%s", got.status, got.out, got.err)
			}
			if strings.Contains(got.out+got.err, canary) {
				t.Error("the key is shown")
			}
		})
	}
}
