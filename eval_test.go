package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

var writeEval = flag.Bool("write-eval", false, "write the golden files of testdata/nlu/eval anew")

const evalData = "testdata/nlu/eval"

// evalPlans are what the model of these tests plans, by what the message holds. The
// second plan is for a message whose first one was refused.
func evalPlans() [][3]string {
	return [][3]string{
		{"and number 6?", `{"kind":"steps","steps":[{"id":"open","intent":"open_locker","args":{"locker":6}}]}`},
		{"open locker seven", `{"kind":"steps","steps":[{"id":"open","intent":"open_locker","args":{"locker":7}}]}`},
		{"open lockers 4 and 5", `{"kind":"steps","steps":[{"id":"a","intent":"open_locker","args":{"locker":4}},{"id":"b","intent":"open_locker","args":{"locker":"5"}}]}`},
		{"it is broken", `{"kind":"steps","steps":[{"id":"back","intent":"send_back","args":{"locker":3,"because":"it  is BROKEN"}}]}`},
		{"open mine", `{"kind":"steps","steps":[{"id":"find","intent":"find_parcel","lookup":true},{"id":"open","intent":"open_locker","args":{"locker":{"ref":"steps.find.locker"}}}]}`},
		{"for a week", `{"kind":"steps","steps":[{"id":"find","intent":"find_parcel","lookup":true},{"id":"back","intent":"send_back","args":{"locker":3},"when":{"text":"it has been there for a week","expr":"steps.find.days >= 7"}}]}`},
		{"unless it is empty", `{"kind":"steps","steps":[{"id":"open","intent":"open_locker","args":{"locker":2}}]}`},
		{"open it", `{"kind":"question","text":"Which code?","steps":[{"id":"open","intent":"open_locker"}],"missing":{"step":"open","param":"locker"}}`},
		{"locker 8", `{"kind":"question","text":"Open it, or send it back?","steps":[{"id":"open","intent":"open_locker","args":{"locker":8}},{"id":"back","intent":"send_back","args":{"locker":8}}]}`},
		{"when do you open and", `{"kind":"steps","steps":[{"id":"hours","intent":"opening_hours"},{"id":"find","intent":"find_parcel"}]}`},
		{"where is my parcel?", `{"kind":"steps","steps":[{"id":"find","intent":"find_parcel"}]}`},
		{"where is it then?", `{"kind":"steps","steps":[{"id":"hours","intent":"opening_hours"},{"id":"find","intent":"find_parcel"}]}`},
		{"who won", `{"kind":"refusal","text":"That is not something I can do."}`},
		{"is the park open?", `{"kind":"steps","steps":[{"id":"hours","intent":"opening_hours"}]}`},
		{"burn the parcel", `{"kind":"steps","steps":[{"id":"burn","intent":"burn_parcel"}]}`, `{"kind":"steps","steps":[{"id":"burn","intent":"burn_parcel"}]}`},
		{"find it for Kim", `{"kind":"steps","steps":[{"id":"find","intent":"find_parcel","args":{"whom":"Kim"}}]}`, `{"kind":"steps","steps":[{"id":"find","intent":"find_parcel","args":{"name":"Kim"}}]}`},
		{"open the locker", `{"kind":"steps","steps":[{"id":"open","intent":"open_locker"}]}`, `{"kind":"steps","steps":[{"id":"open","intent":"open_locker"}]}`},
	}
}

// mustEvalModel starts the model, and returns the flags with which `banyan eval`
// uses it at a price of 1 and 10 dollars for a million tokens.
func mustEvalModel(t testing.TB) (*fake.Server, []string) {
	t.Helper()
	s := fake.New(func(r fake.Request) fake.Reply {
		again := 0
		for _, m := range r.Messages {
			if m.Role == "assistant" {
				again = 1
			}
		}
		message := r.Last()
		if again > 0 {
			message = r.Messages[1].Content
		}
		if i := strings.LastIndex(message, "<data-"); i > 0 { // the block with the message is the last one
			message = message[strings.LastIndex(message[:i], "<data-"):]
		}
		if strings.Contains(message, "make the model fail") {
			return fake.Fail(400, "invalid_request_error", "", "no such luck")
		}
		for _, p := range evalPlans() {
			if strings.Contains(message, p[0]) {
				reply := fake.JSON(r, p[1+again])
				reply.Usage = &fake.Usage{Prompt: 1000, Completion: 100}
				return reply
			}
		}
		return fake.Reply{Text: "ready"} // before the cases: could you work?
	})
	s.Key = canary
	t.Cleanup(s.Close)
	home := t.TempDir()
	config := filepath.Join(home, "config.toml")
	if err := os.WriteFile(config, []byte("[models.openai]\ninput-price = 1.0\noutput-price = 10.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	t.Setenv("OPENAI_API_KEY", canary)
	return s, []string{"--backend", "openai", "--base-url", s.URL, "--config", config}
}

// evalHere runs `banyan eval` in this process.
func evalHere(ctx context.Context, args ...string) ran {
	var out, errs bytes.Buffer
	cmd := rootCommand()
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{"eval"}, args...))
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	err := cmd.ExecuteContext(ctx)
	r := ran{out: out.String(), err: errs.String()}
	if err != nil {
		r.err += err.Error()
		r.status = exitUsage
		var e *exit
		if errors.As(err, &e) {
			r.status = e.status
		}
	}
	return r
}

var (
	jsonTimes  = regexp.MustCompile(`"(ms|p50_ms|p99_ms|train_ms)":[0-9.e+-]+`)
	tableTimes = regexp.MustCompile(`(?m)^(time of a message|training) .*$`)
	addresses  = regexp.MustCompile(`http://[0-9.:]+`)
)

func maskTimes(s string) string {
	s = jsonTimes.ReplaceAllString(s, `"$1":0`)
	s = tableTimes.ReplaceAllString(s, "$1 …")
	return addresses.ReplaceAllString(s, "http://model")
}

func mustGolden(t *testing.T, file, got string) {
	t.Helper()
	if *writeEval {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs:\n%s", file, got)
	}
}

// TestEvalModel scores a model: every kind of plan, with what it costs.
func TestEvalModel(t *testing.T) {
	server, flags := mustEvalModel(t)
	flags = append(flags, "--catalog", filepath.Join(evalData, "catalog.json"), "--cases", filepath.Join(evalData, "cases.jsonl"))
	lines := evalHere(t.Context(), append(flags, "--json")...)
	if lines.status != 0 {
		t.Fatalf("status %d: %s", lines.status, lines.err)
	}
	t.Run("JSON", func(t *testing.T) { mustGolden(t, filepath.Join(evalData, "model.jsonl"), maskTimes(lines.out)) })
	t.Run("Cost", func(t *testing.T) {
		sum, calls := mustSummary(t, []byte(lines.out)), server.Calls()-1 // the first one belongs to no case
		if sum.ModelCalls != calls || sum.InputTokens != 21_000 || sum.OutputTokens != 2_100 {
			t.Errorf("%d calls counted, %d made, %d and %d tokens", sum.ModelCalls, calls, sum.InputTokens, sum.OutputTokens)
		}
		want := (21_000*1.0 + 2_100*10) / 1e6
		if sum.CostUSD == nil || *sum.CostUSD < want-1e-9 || *sum.CostUSD > want+1e-9 {
			t.Errorf("a cost of %v, want %v", sum.CostUSD, want)
		}
	})
	t.Run("Table", func(t *testing.T) {
		got := evalHere(t.Context(), flags...)
		if got.status != 0 {
			t.Fatalf("status %d: %s", got.status, got.err)
		}
		mustGolden(t, filepath.Join(evalData, "model.txt"), maskTimes(got.out))
	})
	t.Run("Parallel", func(t *testing.T) {
		got := evalHere(t.Context(), append(flags, "--json", "--parallel", "4")...)
		if maskTimes(got.out) != maskTimes(lines.out) {
			t.Errorf("several at a time give something else:\n%s", got.out)
		}
	})
	t.Run("Cascade", func(t *testing.T) { // the offline backend takes what it is sure of
		got := evalHere(t.Context(), append(flags, "--json", "--cascade")...)
		sum := mustSummary(t, []byte(got.out))
		if got.status != 0 || sum.ModelCalls == 0 || sum.ModelCalls >= 25 || sum.CostUSD == nil || *sum.CostUSD >= 0.042 {
			t.Errorf("status %d, %d calls\n%s", got.status, sum.ModelCalls, got.err)
		}
	})
	t.Run("NoKeyAnywhere", func(t *testing.T) {
		if strings.Contains(lines.out+lines.err, canary) {
			t.Error("the key is printed")
		}
	})
	t.Run("Unreachable", func(t *testing.T) {
		server.Close()
		if got := evalHere(t.Context(), flags...); got.status != exitFailed || got.out != "" {
			t.Errorf("status %d\n%s\n%s", got.status, got.out, got.err)
		}
	})
}

// TestEvalFails: a model that fails at every case is no result.
func TestEvalFails(t *testing.T) {
	_, flags := mustEvalModel(t)
	file := filepath.Join(t.TempDir(), "cases.jsonl")
	if err := os.WriteFile(file, []byte(`{"text":"make the model fail","want":["find_parcel"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	got := evalHere(t.Context(), append(flags, "--catalog", filepath.Join(evalData, "catalog.json"), "--cases", file, "--json")...)
	if got.status != exitFailed || !strings.Contains(got.out, "no such luck") || !strings.Contains(got.err, "every case") {
		t.Errorf("status %d\n%s\n%s", got.status, got.out, got.err)
	}
}

// TestEvalOffline scores the offline backend on a few clear cases over two eras.
func TestEvalOffline(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	cases := `{"text":"where is my parcel","want":["find_parcel"]}
{"text":"when do you open","want":["opening_hours"]}
{"text":"open locker 12 please","want":["open_locker"],"args":{"open_locker":{"locker":12}}}
{"text":"colourless green ideas sleep furiously","want":[]}
`
	catalog := filepath.Join(evalData, "catalog.json")
	got := evalWith(t, cases, "--catalog", catalog, "--json")
	if got.status != 0 {
		t.Fatalf("status %d: %s", got.status, got.err)
	}
	sum := mustSummary(t, []byte(got.out))
	t.Run("Figures", func(t *testing.T) {
		if sum.Cases != 4 || sum.Intents != 4 || *sum.Exact != 1 || *sum.OOSRecall != 1 || *sum.OOSPrecision != 1 || *sum.ArgsAccuracy != 1 || *sum.CostUSD != 0 {
			t.Errorf("%s", got.out)
		}
	})
	t.Run("Times", func(t *testing.T) {
		if sum.TrainMS <= 0 || sum.P50MS <= 0 || sum.P99MS < sum.P50MS {
			t.Errorf("training %v ms, p50 %v ms, p99 %v ms", sum.TrainMS, sum.P50MS, sum.P99MS)
		}
	})
	t.Run("Thresholds", func(t *testing.T) {
		list := sum.Thresholds
		if len(list) != 11 || list[0].Value != nil || *list[1].Value != 0 || *list[1].Kept != 1 || *list[1].Caught != 0 {
			t.Fatalf("%s", got.out)
		}
		for i := 2; i < len(list); i++ {
			if *list[i].Kept > *list[i-1].Kept || *list[i].Caught < *list[i-1].Caught || *list[i].Right > *list[i].Kept {
				t.Errorf("from %v to %v the curve turns back", *list[i-1].Value, *list[i].Value)
			}
		}
	})
	t.Run("NothingIsStored", func(t *testing.T) {
		if entries, err := os.ReadDir(os.Getenv("HOME")); err != nil || len(entries) > 0 {
			t.Errorf("%v, %v", entries, err)
		}
	})
	t.Run("OwnServices", func(t *testing.T) {
		got := evalWith(t, `{"text":"what's the status of order 1003?","want":["get_order"],"args":{"get_order":{"order_id":1003}}}`, "--data", t.TempDir(), "--json")
		if sum := mustSummary(t, []byte(got.out)); got.status != 0 || *sum.OK != 1 {
			t.Errorf("status %d\n%s\n%s", got.status, got.out, got.err)
		}
	})
	t.Run("History", func(t *testing.T) {
		got := evalWith(t, `{"text":"12","want":["open_locker"],"args":{"open_locker":{"locker":12}},"history":[{"role":"user","text":"open my locker"},{"role":"assistant","text":"Which one?"}]}`, "--catalog", catalog, "--json")
		if sum := mustSummary(t, []byte(got.out)); got.status != 0 || *sum.OK != 1 {
			t.Errorf("status %d\n%s\n%s", got.status, got.out, got.err)
		}
	})
}

// evalWith runs `banyan eval` with the offline backend on cases.
func evalWith(t *testing.T, cases string, args ...string) ran {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cases.jsonl")
	if err := os.WriteFile(file, []byte(cases), 0o600); err != nil {
		t.Fatal(err)
	}
	return evalHere(t.Context(), append([]string{"--backend", "offline", "--cases", file}, args...)...)
}

// TestEvalOverlaps finds two intents whose examples say the same.
func TestEvalOverlaps(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	catalog := filepath.Join(t.TempDir(), "catalog.json")
	text := `{"services":[{"name":"twins","intents":[
{"name":"sell_tickets","summary":"Sell tickets","effect":"read","examples":["two tickets for tonight please","I want tickets for tonight","tickets for the late show"]},
{"name":"book_seats","summary":"Book seats","effect":"read","examples":["book seats in the first row","seats near the aisle","tickets for tonight please"]},
{"name":"lost_umbrella","summary":"Report a lost umbrella","effect":"read","examples":["I lost my umbrella","my umbrella is gone","have you found an umbrella"]}]}]}`
	if err := os.WriteFile(catalog, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := `{"text":"my umbrella is lost","want":["lost_umbrella"]}`
	got := evalWith(t, cases, "--catalog", catalog, "--json", "--overlap")
	sum := mustSummary(t, []byte(got.out))
	if len(sum.Overlaps) == 0 || sum.Overlaps[0].Intent != "book_seats" || sum.Overlaps[0].With != "sell_tickets" || sum.Overlaps[0].Of != 3 {
		t.Errorf("%s", got.out)
	}
	if got := evalWith(t, cases, "--catalog", catalog); !strings.Contains(got.out, "tickets for tonight please") {
		t.Errorf("not in the table:\n%s", got.out)
	}
	if got := evalWith(t, cases, "--catalog", catalog, "--overlap=false"); strings.Contains(got.out, "tickets for tonight please") {
		t.Errorf("in the table although it is not wanted:\n%s", got.out)
	}
}

// TestPriced: a model whose price nobody has said is not free, and a chain is as
// dear as its parts.
func TestPriced(t *testing.T) {
	t.Parallel()
	known, unknown := orchestrator.BackendInfo{Price: &orchestrator.Price{}}, orchestrator.BackendInfo{}
	for _, tc := range []struct {
		name string
		info orchestrator.BackendInfo
		want bool
	}{
		{"Known", known, true},
		{"NotKnown", unknown, false},
		{"OwnMachine", orchestrator.BackendInfo{Local: true}, true},
		{"Chain", orchestrator.BackendInfo{Parts: []orchestrator.BackendInfo{known, known}}, true},
		{"ChainWithOneNotKnown", orchestrator.BackendInfo{Price: &orchestrator.Price{}, Parts: []orchestrator.BackendInfo{known, unknown}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sum := newScore()
			sum.add(verdict{Want: []string{}})
			if got := sum.summary(priced(tc.info)).CostUSD != nil; got != tc.want {
				t.Errorf("there is a cost: %v", got)
			}
		})
	}
}

func TestSameValue(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		want, got string // JSON
		same      bool
	}{
		{`1`, `"1"`, true},
		{`"1.0"`, `1`, true},
		{`1`, `2`, false},
		{`"Ada"`, `"ada "`, true},
		{`"12  Elm Street"`, `"12 elm street."`, true},
		{`"don’t"`, `"don't"`, true},
		{`"blue"`, `"red"`, false},
		{`true`, `"true"`, true},
		{`"2026-12-01"`, `"2026-12-01T00:00:00Z"`, true},
		{`"2026-12-01"`, `"2026-12-02"`, false},
		{`"2026-12-01T10:00:00+01:00"`, `"2026-12-01T09:00:00Z"`, true},
		{`[1,2]`, `["2",1]`, true},
		{`[1,1]`, `[1,2]`, false},
		{`[1]`, `1`, true},
		{`1`, `[1]`, false},
		{`{"a":1}`, `{"a":"1","b":2}`, true},
		{`{"a":1}`, `{"b":1}`, false},
		{`{"a":1}`, `"a"`, false},
		{`""`, `0`, false},
		{`"null"`, `null`, false},
	} {
		var want, got any
		if err := errors.Join(json.Unmarshal([]byte(tc.want), &want), json.Unmarshal([]byte(tc.got), &got)); err != nil {
			t.Fatal(err)
		}
		if sameArgument(want, got) != tc.same {
			t.Errorf("%s and %s are the same: %v", tc.want, tc.got, !tc.same)
		}
	}
}
