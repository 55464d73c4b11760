package openai

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"banyan/orchestrator"
)

// synthetic makes a catalog of n intents about things of many trades: every thing
// can be listed, shown, ordered, moved, cancelled and so on.
func synthetic(tb testing.TB, n int) *orchestrator.Catalog {
	tb.Helper()
	verbs := []string{"list", "show", "order", "move", "cancel", "rename", "pause", "resume", "rate", "export"}
	first := []string{"garden", "harbour", "office", "kitchen", "railway", "museum", "hospital", "farm", "airport", "school", "theatre", "forest", "mountain", "river", "island", "factory", "studio", "castle", "bakery", "library", "market", "stadium", "bridge", "tunnel", "lighthouse"}
	second := []string{"permit", "ticket", "lamp", "invoice", "key", "uniform", "report", "meeting", "locker", "vehicle", "subscription", "badge", "repair", "delivery", "contract", "sensor", "menu", "course", "ticket office", "survey"}
	listing := intent[who, loans](tb, "list", "", orchestrator.Read)
	doing := intent[renewArgs, loan](tb, "do", "", orchestrator.Write)
	var intents []orchestrator.Intent
	for i := range n {
		verb := verbs[i%len(verbs)]
		thing := first[(i/len(verbs))%len(first)] + " " + second[(i/len(verbs)/len(first))%len(second)]
		name := verb + "_" + snake(thing)
		in := doing
		in.Summary, in.Examples = fmt.Sprintf("Ask to %s a %s", verb, thing), []string{verb + " the " + thing, "please " + verb + " my " + thing}
		switch verb {
		case "list":
			in = listing
			in.Summary, in.Examples = "List every "+thing, []string{"which " + thing + " do I have", "my " + thing}
		case "show", "export":
			in.Effect = orchestrator.Read
		}
		in.Name = name
		intents = append(intents, in)
	}
	return mustCatalog(tb, "town", intents...)
}

func snake(s string) string {
	out := []byte(s)
	for i, c := range out {
		if c == ' ' {
			out[i] = '_'
		}
	}
	return string(out)
}

func names(entries []*orchestrator.Entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Name)
	}
	return out
}

// matcher is a Matcher that finds what it is told.
type matcher struct {
	found []string
	err   error
	asked int
}

func (m *matcher) Match(_ context.Context, _ string, _ *orchestrator.Catalog, n int) ([]string, error) {
	m.asked = n
	return m.found, m.err
}

func TestChoose(t *testing.T) {
	catalog := synthetic(t, 1000)
	// The prompt of a large catalog is no larger than that of a middling one; for
	// 5,000 intents see BenchmarkPrompt.
	t.Run("PromptSize", func(t *testing.T) {
		b := mustNew(t, mustServe(t, librarian))
		sizes := map[int]int{}
		for _, c := range []*orchestrator.Catalog{synthetic(t, 10), synthetic(t, 24), synthetic(t, 100), catalog} {
			size, chosen, err := b.PromptSize(t.Context(), planRequest(c, "please cancel my garden lamp"))
			if err != nil {
				t.Fatal(err)
			}
			n := len(c.Intents())
			t.Logf("%5d intents: %2d in the prompt, %6d bytes, about %5d tokens", n, len(chosen), size, size/4)
			sizes[n] = size
		}
		if sizes[1000] > sizes[24]*3/2 || sizes[1000] > sizes[100]*3/2 {
			t.Errorf("the prompt grows with the catalog: %v", sizes)
		}
	})
	request := planRequest(catalog, "cancel the harbour permit")
	t.Run("SmallCatalogAsItIs", func(t *testing.T) {
		m := &matcher{}
		got := (&chooser{matcher: m}).choose(t.Context(), planRequest(synthetic(t, wholeCatalog), "anything"))
		if len(got) != wholeCatalog || m.asked != 0 {
			t.Errorf("%d intents, the matcher was asked for %d", len(got), m.asked)
		}
	})
	t.Run("Matcher", func(t *testing.T) {
		m := &matcher{found: []string{"rate_farm_permit", "list_farm_permit", "no_such_intent"}}
		got := names((&chooser{matcher: m}).choose(t.Context(), request))
		if !slices.Equal(got, []string{"list_farm_permit", "rate_farm_permit"}) || m.asked != relevant {
			t.Errorf("chosen is %v, the matcher was asked for %d", got, m.asked)
		}
	})
	t.Run("WhatOthersNeed", func(t *testing.T) {
		m := &matcher{found: []string{"rate_farm_permit"}}
		got := names((&chooser{matcher: m}).choose(t.Context(), request))
		if len(got) != 2 || catalog.Intent(got[0]).Required("loan_id") || catalog.Intent(got[0]).Changes() {
			t.Errorf("chosen is %v: a read that shows the number is missing", got)
		}
	})
	t.Run("Conversation", func(t *testing.T) {
		m := &matcher{found: []string{"list_farm_permit"}}
		req := request
		req.Conversation = []orchestrator.Turn{
			{Steps: []orchestrator.StepRecord{{Intent: "move_school_permit"}}},
			{Plan: &orchestrator.Plan{Steps: []orchestrator.Step{{Intent: "pause_school_permit"}}}},
		}
		req.Rejected = &orchestrator.Plan{Steps: []orchestrator.Step{{Intent: "rate_school_permit"}}}
		got := names((&chooser{matcher: m}).choose(t.Context(), req))
		if !slices.Equal(got, []string{"list_farm_permit", "move_school_permit", "pause_school_permit", "rate_school_permit"}) {
			t.Errorf("chosen is %v", got)
		}
	})
	for name, m := range map[string]orchestrator.Matcher{"NoMatcher": nil, "MatcherFails": &matcher{err: errors.New("no")}, "MatcherFindsNothing": &matcher{}} {
		t.Run(name, func(t *testing.T) {
			got := names((&chooser{matcher: m}).choose(t.Context(), request))
			if !slices.Contains(got, "cancel_harbour_permit") || len(got) > maxCandidates {
				t.Errorf("chosen is %v", got)
			}
		})
	}
	t.Run("NoWordInCommon", func(t *testing.T) {
		if got := (&chooser{}).choose(t.Context(), planRequest(catalog, "qwertz")); len(got) != 0 {
			t.Errorf("chosen is %v", names(got))
		}
	})
	t.Run("NewCatalog", func(t *testing.T) {
		c := &chooser{}
		c.choose(t.Context(), request)
		other := synthetic(t, 100)
		got := names(c.choose(t.Context(), planRequest(other, "cancel the harbour permit")))
		if slices.ContainsFunc(got, func(n string) bool { return other.Intent(n) == nil }) {
			t.Errorf("chosen is %v", got)
		}
	})
}

func BenchmarkPrompt(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		b.Run(fmt.Sprintf("Intents%d", n), func(b *testing.B) {
			backend := mustNew(b, mustServe(b, librarian))
			req := planRequest(synthetic(b, n), "please cancel my garden lamp")
			size, chosen, err := backend.PromptSize(b.Context(), req)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := backend.PromptSize(b.Context(), req); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size), "prompt-bytes")
			b.ReportMetric(float64(len(chosen)), "intents")
		})
	}
}
