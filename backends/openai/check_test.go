package openai

import (
	"slices"
	"strings"
	"testing"
	"time"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		reply fake.Reply
		want  string
		says  string
	}{
		{name: "OK", reply: fake.Reply{Text: "ok"}},
		{name: "StillThinking", reply: fake.Reply{Finish: "length"}},
		{name: "WrongKey", reply: fake.Fail(401, "", "invalid_api_key", "no"), want: orchestrator.CodeBackendBadKey, says: "key"},
		{name: "NoSuchModel", reply: fake.Fail(404, "", "model_not_found", "no"), want: orchestrator.CodeBackendNoModel, says: "test-model"},
		{name: "NotPulled", reply: fake.Fail(404, "api_error", "", `model "test-model" not found, try pulling it first`), want: orchestrator.CodeBackendNoModel, says: "test-model"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mustServe(t, func(fake.Request) fake.Reply { return c.reply })
			err := mustNew(t, s).Check(t.Context())
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			misbehaviour{want: c.want}.check(t, err)
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %q, nothing of %s", err, c.says)
			}
		})
	}
}

func TestProbe(t *testing.T) {
	s := mustServe(t, librarian)
	s.Models = []string{"qwen3:8b", "llama3.2\x1b[31m"}
	models, err := Probe(t.Context(), s.URL+"/")
	if err != nil || !slices.Equal(models, []string{"qwen3:8b", "llama3.2␛[31m"}) {
		t.Errorf("the models are %q, %v", models, err)
	}
	empty := mustServe(t, librarian)
	if models, err := Probe(t.Context(), empty.URL); err != nil || len(models) != 0 {
		t.Errorf("a server without models: %q, %v", models, err)
	}
	if _, err := Probe(t.Context(), strings.TrimSuffix(s.URL, "/v1")); err == nil {
		t.Error("a server without a list of models counts")
	}
	empty.Close()
	start := time.Now()
	if _, err := Probe(t.Context(), empty.URL); err == nil || time.Since(start) > 2*time.Second {
		t.Errorf("nobody there: %v after %v", err, time.Since(start))
	}
}
