package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"banyan/backends/offline"
	"banyan/backends/openai"
	"banyan/orchestrator"
)

// BenchmarkPromptSize shows how large the prompt for planning is for catalogs of
// 10 to 5,000 intents, and how often the right intent is in it, on messages of
// the CLINC150 development set. Beyond its 150 intents the catalogs are filled
// with intents whose words are drawn from the set's own examples, so that they
// compete for the same messages.
func BenchmarkPromptSize(b *testing.B) {
	intents, cases := clinc(b)
	for _, n := range []int{10, 100, 1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			catalog := mustCatalog(b, fill(intents, n))
			matcher := offline.New()
			backend, err := openai.New(openai.Options{Key: canary, Matcher: matcher})
			if err != nil {
				b.Fatal(err)
			}
			start := time.Now()
			matcher.Prepare(b.Context(), catalog)
			trained := time.Since(start)
			size, kept, asked := 0, 0, 0
			for b.Loop() {
				c := cases[asked%len(cases)]
				for catalog.Intent(c.Want[0]) == nil { // not in a catalog that small
					cases = slices.Delete(cases, asked%len(cases), asked%len(cases)+1)
					c = cases[asked%len(cases)]
				}
				asked++
				bytes, names, err := backend.PromptSize(context.Background(), orchestrator.PlanRequest{
					Message: c.Text, User: orchestrator.User{Email: "ada@example.com", Role: orchestrator.Customer}, Catalog: catalog, Now: start,
				})
				if err != nil {
					b.Fatal(err)
				}
				size += bytes
				if slices.Contains(names, c.Want[0]) {
					kept++
				}
			}
			b.ReportMetric(float64(size)/float64(asked), "prompt-bytes")
			b.ReportMetric(100*float64(kept)/float64(asked), "%kept")
			b.ReportMetric(float64(trained.Milliseconds()), "train-ms")
		})
	}
}

type clincCase struct {
	Text string   `json:"text"`
	Want []string `json:"want"`
}

// clinc loads the set that the classifier is tested on.
func clinc(b *testing.B) ([]orchestrator.Intent, []clincCase) {
	b.Helper()
	data, err := os.ReadFile("backends/offline/match/testdata/clinc150/catalog.json")
	if err != nil {
		b.Fatal(err)
	}
	var catalog struct {
		Services []struct{ Intents []orchestrator.Intent }
	}
	if err := json.Unmarshal(data, &catalog); err != nil {
		b.Fatal(err)
	}
	data, err = os.ReadFile("backends/offline/match/testdata/clinc150/cases.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	var cases []clincCase
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var c clincCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			b.Fatal(err)
		}
		if len(c.Want) == 1 {
			cases = append(cases, c)
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
	return catalog.Services[0].Intents, cases
}

// fill cuts the intents to n, or adds made-up ones.
func fill(intents []orchestrator.Intent, n int) []orchestrator.Intent {
	if n <= len(intents) {
		return intents[:n]
	}
	rng := rand.New(rand.NewPCG(2, 2))
	var words []string
	for _, in := range intents {
		for _, e := range in.Examples {
			words = append(words, strings.Fields(e)...)
		}
	}
	out := slices.Clone(intents)
	for len(out) < n {
		in := orchestrator.Intent{Name: fmt.Sprintf("made_up_%d", len(out)), Effect: orchestrator.Read, Params: intents[0].Params, Result: intents[0].Result}
		own := make([]string, 6) // what the intent is about
		for i := range own {
			own[i] = words[rng.IntN(len(words))]
		}
		in.Summary = strings.Join(own, " ")
		for range 10 {
			example := []string{own[rng.IntN(6)], own[rng.IntN(6)], own[rng.IntN(6)]}
			for range 4 {
				example = append(example, words[rng.IntN(len(words))])
			}
			in.Examples = append(in.Examples, strings.Join(example, " "))
		}
		out = append(out, in)
	}
	return out
}

// told describes intents and performs none.
type told struct{ d orchestrator.Description }

func (s told) Describe(context.Context) (orchestrator.Description, error) { return s.d, nil }

func (told) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, orchestrator.Errorf(orchestrator.CodeUnavailable, "This service does nothing.")
}

func mustCatalog(b *testing.B, intents []orchestrator.Intent) *orchestrator.Catalog {
	b.Helper()
	d := orchestrator.Description{Name: "set", Version: "1", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern, Intents: intents}
	catalog, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Service: told{d}, Description: d}})
	if len(bad) > 0 {
		b.Fatal(bad)
	}
	return catalog
}
