package orchestrator

import (
	"fmt"
	"testing"
)

// TestManyNeedAYes plans more changes of an intent that needs none than a person asks
// for.
func TestManyNeedAYes(t *testing.T) {
	for n, want := range map[int]TurnKind{1: KindAnswer, freely: KindAnswer, freely + 1: KindConfirmation, 15: KindConfirmation} {
		v := &depot{era: Modern}
		var plan []Step
		for i := range n {
			plan = append(plan, Step{ID: fmt.Sprint("s", i), Intent: "ring_bell"})
		}
		k := mustKernel(t, steps(plan...), v)
		if got := k.mustTurn(t, ann, "ring"); got.Kind != want {
			t.Errorf("%d of them: %s, want %s", n, got.Kind, want)
		}
	}
}
