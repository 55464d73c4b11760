package openai

import (
	"slices"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// asked tells how a request asks for JSON.
func asked(r fake.Request) string {
	switch {
	case r.Format != "":
		return r.Format
	case r.Tool != "":
		return "tool"
	default:
		return "words"
	}
}

func TestStepsDown(t *testing.T) {
	for _, c := range []struct {
		name   string
		preset string
		model  string
		refuse []string
		calls  int    // of the first plan
		form   string // that works in the end
		param  string // that limits the length in the end
	}{
		{name: "NothingRefused", calls: 1, form: "json_schema", param: "max_completion_tokens"},
		{name: "Schema", refuse: []string{"json_schema"}, calls: 2, form: "tool", param: "max_completion_tokens"},
		{name: "SchemaAndTools", refuse: []string{"json_schema", "tools"}, calls: 3, form: "json_object", param: "max_completion_tokens"},
		{name: "AllForms", refuse: []string{"response_format", "tools"}, calls: 4, form: "words", param: "max_completion_tokens"},
		{name: "StreamOptions", refuse: []string{"stream_options"}, calls: 2, form: "json_schema", param: "max_completion_tokens"},
		{name: "Streaming", refuse: []string{"stream"}, calls: 2, form: "json_schema", param: "max_completion_tokens"},
		{name: "NewLimit", refuse: []string{"max_completion_tokens"}, calls: 2, form: "json_schema", param: "max_tokens"},
		{name: "BothLimits", refuse: []string{"max_completion_tokens", "max_tokens"}, calls: 3, form: "json_schema"},
		{name: "OldLimit", preset: "vllm", refuse: []string{"max_tokens"}, calls: 2, form: "json_schema", param: "max_completion_tokens"},
		{name: "Temperature", refuse: []string{"temperature"}, calls: 2, form: "json_schema", param: "max_completion_tokens"},
		{name: "Everything", refuse: []string{"response_format", "tools", "stream_options", "stream", "max_completion_tokens", "max_tokens", "temperature"}, calls: 9, form: "words"},
		{name: "ParallelCalls", preset: "groq", refuse: []string{"json_schema", "parallel_tool_calls"}, calls: 3, form: "tool", param: "max_tokens"},
		{name: "ReasoningModel", model: "o3-mini", calls: 1, form: "json_schema", param: "max_completion_tokens"},
		{name: "ReasoningModelElsewhere", preset: "vllm", model: "gpt-5-mini", calls: 1, form: "json_schema", param: "max_completion_tokens"},
		{name: "Effort", model: "gpt-5-mini", refuse: []string{"reasoning_effort"}, calls: 2, form: "json_schema", param: "max_completion_tokens"},
		// The client library itself refuses tools for this model.
		{name: "RefusedByTheClient", model: "gpt-6-astra", refuse: []string{"json_schema"}, calls: 2, form: "json_object", param: "max_completion_tokens"},
		{name: "Anthropic", preset: "anthropic", calls: 1, form: "tool", param: "max_tokens"},
		{name: "DeepSeek", preset: "deepseek", refuse: []string{"tools"}, calls: 2, form: "json_object", param: "max_tokens"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mustServe(t, librarian)
			s.Refuse = c.refuse
			b := mustNew(t, s, func(o *Options) {
				o.Preset = c.preset
				if c.model != "" {
					o.Model = c.model
				}
			})
			for range 3 {
				reply, err := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
				if err != nil {
					t.Fatal(err)
				}
				if reply.Plan.Kind != orchestrator.PlanSteps {
					t.Fatalf("the plan is %+v", reply.Plan)
				}
			}
			if n := s.Calls(); n != c.calls+2 {
				t.Errorf("three plans took %d calls, want %d and then one each", n, c.calls)
			}
			last := s.Requests()[s.Calls()-1]
			if got := asked(last); got != c.form {
				t.Errorf("JSON is asked for by %s, want %s", got, c.form)
			}
			for _, p := range []string{"max_tokens", "max_completion_tokens"} {
				if last.Has(p) != (p == c.param) {
					t.Errorf("the request has %s: %v", p, last.Has(p))
				}
			}
			info, _ := b.Describe(t.Context())
			if slices.Contains(info.Capabilities, CapSchema) != (c.form == "json_schema") {
				t.Errorf("the capabilities are %v, though JSON is asked for by %s", info.Capabilities, c.form)
			}
		})
	}
}

// A refusal that blames nothing makes the way of asking for JSON simpler; one for
// another reason changes nothing and is told at once.
func TestStepsDownForNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		reply fake.Reply
		calls int
	}{
		"Vague":    {fake.Fail(400, "invalid_request_error", "", "Bad request"), 4},
		"TooLong":  {fake.Fail(400, "invalid_request_error", "context_length_exceeded", "maximum context length is 8192 tokens, tools included"), 1},
		"BadKey":   {fake.Fail(401, "invalid_request_error", "invalid_api_key", "response_format and tools are not for you"), 1},
		"Filtered": {fake.Fail(400, "", "content_filter", "the schema is fine, the content is not"), 1},
		"Limit":    {fake.Fail(429, "", "rate_limit_exceeded", "too many tools and max_tokens"), 1},
		"Down":     {fake.Fail(503, "", "", "tools and response_format are unavailable"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustServe(t, func(fake.Request) fake.Reply { return c.reply })
			b := mustNew(t, s)
			reply, err := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
			if err == nil || s.Calls() != c.calls || reply.Usage.ModelCalls != c.calls {
				t.Errorf("%d calls (%d counted), want %d; the error is %v", s.Calls(), reply.Usage.ModelCalls, c.calls, err)
			}
			if b.known() != firstWay(b.preset, b.opts) {
				t.Error("the backend remembers a way that did not work")
			}
		})
	}
}

func TestThinks(t *testing.T) {
	for model, want := range map[string]bool{
		"o1": true, "o3-mini": true, "o4-mini-2025-04-16": true, "gpt-5": true, "gpt-5.4-mini": true, "openai/gpt-5-mini": true, "gpt-6-sol": true, "gpt-12": true,
		"gpt-4o": false, "gpt-4.1-mini": false, "gpt-oss:20b": false, "olmo": false, "qwen3:8b": false, "llama-3.3-70b": false, "solo1": false, "o10x": false,
	} {
		if got := thinks.MatchString(model); got != want {
			t.Errorf("%s: %v", model, got)
		}
	}
}

func TestPresets(t *testing.T) {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
		b, err := New(Options{Preset: p.Name, Key: "k", Model: "m"})
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		info, err := b.Describe(t.Context())
		if err != nil || info.Name != p.Name || info.Local != (p.KeyEnv == "") || info.Local != p.Local() {
			t.Errorf("%s: %+v, %v", p.Name, info, err)
		}
		if (info.Price != nil) != info.Local {
			t.Errorf("%s: the price is %v: what is not known must not look free", p.Name, info.Price)
		}
	}
	if got := strings.Join(names, " "); got != "openai ollama openrouter groq mistral gemini anthropic deepseek vllm llamacpp lmstudio" {
		t.Errorf("the presets are %s", got)
	}
}

func TestNew(t *testing.T) {
	for name, o := range map[string]Options{
		"UnknownPreset": {Preset: "closedai"},
		"NoModel":       {Preset: "vllm"},
		"NoScheme":      {BaseURL: "localhost:1234/v1"},
		"NoHost":        {BaseURL: "http:///v1"},
		"WithPassword":  {BaseURL: "https://me:" + canary + "@host/v1"},
		"WithKey":       {BaseURL: "https://host/v1?key=" + canary},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(o)
			if err == nil || strings.Contains(err.Error(), canary) {
				t.Errorf("the error is %v", err)
			}
		})
	}
	yes, no := true, false
	for url, want := range map[string]bool{"http://127.0.0.1:9/v1": true, "http://[::1]:9/v1": true, "http://localhost/v1": true, "http://10.0.0.1/v1": false, "https://localhost.example.com/v1": false} {
		b, err := New(Options{BaseURL: url})
		if err != nil {
			t.Fatal(err)
		}
		if info, _ := b.Describe(t.Context()); info.Local != want {
			t.Errorf("%s: local is %v", url, info.Local)
		}
	}
	for _, local := range []*bool{&yes, &no} {
		b, _ := New(Options{BaseURL: "http://10.0.0.1/v1", Local: local})
		if info, _ := b.Describe(t.Context()); info.Local != *local {
			t.Errorf("local is %v, though it is said to be %v", info.Local, *local)
		}
	}
}
