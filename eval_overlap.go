package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"banyan/backends/offline"
	"banyan/backends/offline/language"
	"banyan/orchestrator"
)

// overlap says that examples of one intent would be taken for another one if they
// were not among its examples.
type overlap struct {
	Intent string `json:"intent"`
	With   string `json:"with"`
	// Count of the examples of Intent, which are Of in all.
	Count    int      `json:"count"`
	Of       int      `json:"of"`
	Examples []string `json:"examples"`
}

const (
	// folds is into how many parts the examples are put; each part is scored by a
	// backend that has learned the others.
	folds = 5
	// mostOverlapExamples is up to how many examples the overlaps are looked for
	// without being asked for.
	mostOverlapExamples = 2000
	mostOverlaps        = 15
	mostShown           = 3
)

func countExamples(c *orchestrator.Catalog) int {
	n := 0
	for _, e := range c.Intents() {
		n += len(e.Examples)
	}
	return n
}

// overlaps finds the examples in a language that look more like another intent, the
// worst pairs first. It trains the offline backend several times. A nil language is
// English.
func overlaps(ctx context.Context, c *orchestrator.Catalog, l *language.Language) ([]overlap, error) {
	spoken := c
	if l != nil {
		spoken = c.In(l.Locale())
	}
	found := map[[2]string]*overlap{}
	for fold := range folds {
		rest, err := without(c, fold)
		if err != nil {
			return nil, err
		}
		b := offline.In(l)
		for _, e := range spoken.Intents() {
			for i := fold; i < len(e.Examples); i += folds {
				list, _, err := b.Scores(ctx, e.Examples[i], rest)
				if err != nil {
					return nil, err
				}
				if len(list) == 0 || list[0].Intent == e.Name {
					continue
				}
				pair := [2]string{e.Name, list[0].Intent}
				o := found[pair]
				if o == nil {
					o = &overlap{Intent: e.Name, With: list[0].Intent, Of: len(e.Examples)}
					found[pair] = o
				}
				o.Count++
				if len(o.Examples) < mostShown {
					o.Examples = append(o.Examples, e.Examples[i])
				}
			}
		}
	}
	var out []overlap
	for _, o := range found {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b overlap) int {
		return cmp.Or(
			cmp.Compare(b.Count, a.Count), cmp.Compare(a.Of, b.Of),
			strings.Compare(a.Intent, b.Intent), strings.Compare(a.With, b.With),
		)
	})
	return out[:min(len(out), mostOverlaps)], nil
}

// without returns the catalog without every folds-th example of each intent.
func without(c *orchestrator.Catalog, fold int) (*orchestrator.Catalog, error) {
	d := orchestrator.Description{Name: "rest", Version: "1.0.0", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern}
	for _, e := range c.Intents() {
		in := e.Intent
		in.Examples = leaveOut(in.Examples, fold)
		in.Languages = maps.Clone(in.Languages)
		for tag, words := range in.Languages {
			words.Examples = leaveOut(words.Examples, fold)
			in.Languages[tag] = words
		}
		d.Intents = append(d.Intents, in)
	}
	rest, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Description: d}})
	if len(bad) > 0 {
		return nil, fmt.Errorf("leave examples out: %w", bad[0])
	}
	return rest, nil
}

func leaveOut(examples []string, fold int) []string {
	var out []string
	for i, ex := range examples {
		if i%folds != fold {
			out = append(out, ex)
		}
	}
	return out
}
