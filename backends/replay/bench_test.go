package replay

import (
	"io"
	"testing"

	"banyan/orchestrator"
)

// What recording adds to a call: a conversation of eight turns with results.
func BenchmarkRecord(b *testing.B) {
	req := ask(ada, "change the delivery address of my lamp to 12 Elm Street, 0150 Oslo and call +47 400 00 123")
	for range 8 {
		req.Conversation = append(req.Conversation, orchestrator.Turn{
			Message: "what's the status of my latest order?", Answer: "Order **1003** (desk lamp, 45.00 EUR) is processing. It was placed yesterday, and goes to 5 Oak Road, 0151 Oslo.",
			Steps: []orchestrator.StepRecord{{ID: "orders", Intent: "list_orders", Status: orchestrator.StepDone, Result: map[string]any{
				"orders": []any{map[string]any{"order_id": "1003", "status": "processing", "placed": "2026-03-04T12:00:00Z", "total": 45.0, "address": "5 Oak Road, 0151 Oslo"}},
			}}},
		})
	}
	r := Record(io.Discard, script{plan: hello})
	b.ReportAllocs()
	for b.Loop() {
		mustPlan(b, r, req)
	}
}
