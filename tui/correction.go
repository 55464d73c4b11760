package tui

import (
	"fmt"
	"strings"

	"banyan/orchestrator"
)

// correction is what the key of a change puts into the input: the request as it was
// made, to be altered and sent anew. Of a request that was made over several turns it
// is what the writes stand for, in one sentence. Sent, it is a message like any other:
// it makes the question before it void, and a yes after it means what is asked then.
// Of the taking back of an earlier turn there is nothing to alter: it is empty.
func correction(t orchestrator.Turn, writes []orchestrator.StepRecord) string {
	if t.TakesBack != "" {
		return ""
	}
	message := strings.TrimSpace(clean(t.Message))
	whole, parts := true, []string(nil)
	for _, s := range writes {
		text := strings.TrimSpace(cleanLine(s.Text))
		if s.Each != "" || s.Playbook != "" || text == "" {
			continue
		}
		parts = append(parts, text+given(t, s, text))
		whole = whole && within(message, text)
	}
	if whole || len(parts) == 0 {
		return message
	}
	return orchestrator.JoinAnd(parts)
}

// given are the values that the user has said in other messages than the one that
// names a step.
func given(t orchestrator.Turn, s orchestrator.StepRecord, text string) string {
	if t.Plan == nil {
		return ""
	}
	out := ""
	for _, p := range t.Plan.Steps {
		if p.ID != s.ID {
			continue
		}
		for _, name := range sortedNames(s.Args) {
			a, ok := p.Args[name]
			if !ok || a.Ref != "" {
				continue
			}
			if v := plainValue(s.Args[name]); v != "" && !within(text, v) && !within(text, cleanLine(a.Text)) {
				out += " " + v
			}
		}
	}
	return out
}

// within tells whether a text contains another, whatever their case and spacing; no
// text contains nothing.
func within(text, part string) bool {
	fold := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	return fold(part) != "" && strings.Contains(fold(text), fold(part))
}

// plainValue writes a value of one piece; empty for lists and objects.
func plainValue(v any) string {
	switch v.(type) {
	case string, float64, int, int64, bool:
		return strings.TrimSpace(cleanLine(fmt.Sprint(v)))
	}
	return ""
}
