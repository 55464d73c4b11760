package orchestrator_test

import (
	"testing"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestMemoryState(t *testing.T) {
	conformance.State(t, func(testing.TB) orchestrator.State { return orchestrator.NewState() })
}
