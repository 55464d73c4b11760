package legacy

import (
	"testing"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Service(t, conformance.ServiceFixture{
		Open:     func(tb testing.TB) orchestrator.Service { return mustShopWithReturn(tb, Hooks{}).Service },
		Calls:    everyIntent(),
		Stranger: orchestrator.User{Email: "ben@example.com", Name: "Ben Sato", Role: orchestrator.Customer},
		Owned: []string{
			"get_order", "cancel_order", "change_order", "track_shipment", "change_delivery_address", "get_delivery_estimate",
			"request_return", "withdraw_return", "get_refund_status", "get_invoice", "file_complaint",
		},
	})
}
