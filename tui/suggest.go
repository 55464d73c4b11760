package tui

import (
	"sort"
	"strings"

	"banyan/orchestrator"
)

// suggestions makes things to try from a catalog: intents that both eras offer
// first, those that change nothing before those that do, one with a condition.
func suggestions(c *orchestrator.Catalog) []string {
	if c == nil {
		return nil
	}
	type candidate struct {
		e    *orchestrator.Entry
		rank int
	}
	var all []candidate
	for _, e := range c.Intents() {
		if example(e) == "" {
			continue
		}
		rank := 0
		if old, fresh := e.Eras(); !old || !fresh {
			rank += 2
		}
		if e.Changes() {
			rank++
		}
		all = append(all, candidate{e, rank})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].rank < all[j].rank })
	var out []string
	request, used := conditional(c)
	if request != "" {
		out = append(out, request)
	}
	for _, a := range all {
		if len(out) < 4 && a.e.Name != used {
			out = append(out, example(a.e))
		}
	}
	return out
}

// example is an utterance that names no number, which might not exist here.
func example(e *orchestrator.Entry) string {
	for _, x := range e.Examples {
		if !strings.ContainsAny(x, "0123456789@{<") {
			return cleanLine(x)
		}
	}
	return ""
}

// conditional makes a request with a condition of a change whose result has a
// field with few values, and names the intent.
func conditional(c *orchestrator.Catalog) (request, intent string) {
	for _, e := range c.Intents() {
		x := example(e)
		if x == "" || !e.NeedsYes() || e.Result == nil {
			continue
		}
		for _, name := range e.Result.PropertyOrder {
			p := e.Result.Properties[name]
			if p == nil || len(p.Enum) == 0 {
				continue
			}
			if v, ok := p.Enum[0].(string); ok {
				return strings.TrimRight(x, ".?! ") + " if its " + fieldName(name) + " is " + cleanLine(v), e.Name
			}
		}
	}
	return "", ""
}
