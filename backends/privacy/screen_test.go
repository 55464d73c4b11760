package privacy

import (
	"testing"
	"unicode/utf8"

	"banyan/orchestrator"
)

func TestHide(t *testing.T) {
	t.Parallel()
	s := NewScreen(ada)
	s.Learn(orchestrator.Turn{User: ada.Email, Message: "ship to Unit 5 Old Mill Business Park, Some Industrial Estate Road 17, 0150 Oslo", Steps: []orchestrator.StepRecord{{Intent: "x", Result: map[string]any{
		"full_name": "Wanda Itoh", "street": "Am Hof 3, Haus B", "phone": "+47 400 00 100",
	}}}}, nil)
	for in, want := range map[string]string{
		"banyan · ada@example.com · offline":  "banyan · a••@example.com · offline",
		"Ada Okafor, ITOH and ben":            "A•• O•••••, I••• and ben",
		"call +47 400 00 100 or 0171 5550123": "call +47 ••• •• 100 or •••• ••••123",
		"card 4111 1111 1111 1111":            "card •••• •••• •••• 1111",
		"at 14 Birch Street, 0150 Oslo.":      "at •• B•••• S•••••, •••• O•••.",
		"am hof 3":                            "a• h•• •",
		"3, Haus B | +47 400":                 "•, H••• B | +•• ••0",
		"Visa ending in 4021":                 "Visa ending in ••••",
		"adas order":                          "a••s order",
		// A typed address, broken into three lines.
		"ship to Unit 5 Old Mill Business": "ship to U••• • O•• M••• B•••••••",
		"Park, Some Industrial Estate":     "P•••, S••• I••••••••• E•••••",
		"Road 17, 0150":                    "R••• ••, ••••",
		"order 1003 of 2026-11-21, 49.50":  "order 1003 of 2026-11-21, 49.50",
	} {
		got := s.Hide(in)
		if got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
		if utf8.RuneCountInString(got) != utf8.RuneCountInString(in) {
			t.Errorf("%q has another length", got)
		}
	}
}
