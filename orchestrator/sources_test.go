package orchestrator

import (
	"slices"
	"testing"
	"time"
)

// A fact that stands in several places comes from a step that the answer tells, and
// there from the field that lies least deep.
func TestSourceThatIsNamed(t *testing.T) {
	price := func(total float64) map[string]any {
		return map[string]any{"items": []any{map[string]any{"price": 149.5}}, "total": total}
	}
	f := newFacts(RespondRequest{Now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Steps: []StepRecord{
		{ID: "look", Status: StepDone, Lookup: true, Result: price(149.5)},
		{ID: "tell", Status: StepDone, Result: price(149.5)},
	}}, nil)
	var out findings
	text := "It costs 149.50 in total."
	f.check(text, 0, len(text), &out)
	if want := (Source{Fact: "149.50", From: fromResult, Step: "tell", Field: "total"}); !slices.Contains(out.sources, want) {
		t.Errorf("%+v is not among %+v", want, out.sources)
	}
}
