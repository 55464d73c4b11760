package privacy

import (
	"testing"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance.Backend(t, func(testing.TB) orchestrator.Backend {
		return New(&quiet{reply: orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "x"}, text: "yes"}, Config{})
	})
}
