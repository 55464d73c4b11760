package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"banyan/backends/offline"
	"banyan/backends/openai"
	"banyan/orchestrator"
)

// With a catalog of 150 intents, the prompt for a message holds the right intent
// nearly always, because the offline backend chooses what goes into it.
func TestRightIntentIsInThePrompt(t *testing.T) {
	dir := filepath.Join("backends", "offline", "match", "testdata", "clinc150")
	catalog := mustServices(t, filepath.Join(dir, "catalog.json"))
	matcher := offline.New()
	matcher.Prepare(t.Context(), catalog)
	b, err := openai.New(openai.Options{Preset: "ollama", Matcher: matcher})
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	kept, cases, bytes := 0, 0, 0
	for line := range strings.Lines(string(data)) {
		var c struct {
			Text string   `json:"text"`
			Want []string `json:"want"`
		}
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		if len(c.Want) == 0 {
			continue // out of scope: no intent is the right one
		}
		size, intents, err := b.PromptSize(t.Context(), orchestrator.PlanRequest{Message: c.Text, Catalog: catalog})
		if err != nil {
			t.Fatal(err)
		}
		cases++
		bytes += size
		if slices.Contains(intents, c.Want[0]) {
			kept++
		}
	}
	share := float64(kept) / float64(cases)
	t.Logf("%d intents, %d messages: the right intent is in the prompt of %.2f %%; a prompt has %d bytes", len(catalog.Intents()), cases, 100*share, bytes/cases)
	if share < 0.97 {
		t.Errorf("the right intent is in the prompt of %.2f %% only", 100*share)
	}
}

// mustServices reads a catalog from a file as banyan eval takes it.
func mustServices(tb testing.TB, path string) *orchestrator.Catalog {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var file struct {
		Services []orchestrator.Description `json:"services"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		tb.Fatal(err)
	}
	var offered []orchestrator.Offered
	for _, d := range file.Services {
		d.Contract = orchestrator.ContractVersion
		offered = append(offered, orchestrator.Offered{Description: d})
	}
	catalog, bad := orchestrator.NewCatalog(offered)
	if len(bad) > 0 {
		tb.Fatal(bad)
	}
	return catalog
}
