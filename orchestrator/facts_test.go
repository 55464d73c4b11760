package orchestrator

import (
	"strings"
	"testing"
	"time"
)

// factsNow is a Friday.
var factsNow = time.Date(2026, 11, 20, 14, 30, 0, 0, time.FixedZone("CET", 3600))

// factsRequest is a turn with all kinds of fact in its results.
func factsRequest() RespondRequest {
	return RespondRequest{
		Message: "where is order 1003, and can somebody call me back on 0155 5550 tomorrow?",
		User:    User{Email: "ada@example.com", Name: "Ada Okafor"}, Subject: User{Email: "ada@example.com", Name: "Ada Okafor"},
		Now: factsNow,
		Steps: []StepRecord{{
			ID: "list", Intent: "list_orders", Status: StepDone, Args: map[string]any{"limit": 250.0},
			Result: map[string]any{
				"count": 3.0, "rating": 4.666667,
				"orders": []any{
					map[string]any{
						"order_id": "1003", "status": "shipped", "placed": "2026-11-15T09:05:00+01:00", "total": 1234.5, "currency": "EUR",
						"items": []any{map[string]any{"name": "desk lamp", "quantity": 3.0, "price": 411.5}}, "tracking_number": "NP44710021",
					},
					map[string]any{"order_id": "1002", "status": "shipped", "placed": "2026-10-28", "total": 52.4, "currency": "EUR", "invoice": "INV-2026-1002"},
					map[string]any{"order_id": "1001", "status": "delivered", "placed": "2026-03-31", "total": 89.0, "currency": "EUR"},
				},
			},
		}, {
			ID: "me", Intent: "get_profile", Status: StepDone,
			Result: map[string]any{
				"name": "Ada Okafor", "phone": "+47 400 00 100", "address": "7 Oak Lane, 0155 Oslo", "email": "ada.okafor@example.org",
				"card": "Visa •••• 4242", "expires": "2028-04", "agent": "Jonas van der Berg", "track": "https://track.example/p/NP44710021", "office": "Storgata 12",
			},
		}, {
			ID: "no", Intent: "return", Status: StepFailed,
			Error: &Error{Code: "return_window_closed", Message: "Returns are possible within 30 days, until 30 April 2026."},
		}},
		Conversation: []Turn{{
			At: factsNow.Add(-50 * time.Hour), Message: "and order 4711?", Answer: "Order 4711 cost 77.70 EUR.",
			Steps: []StepRecord{{ID: "o", Intent: "get_order", Result: map[string]any{"order_id": "4711", "weight": 812.0}}},
		}},
	}
}

func TestFactsKnown(t *testing.T) {
	for _, answer := range []string{
		// Numbers and amounts.
		"1,234.50 EUR", "1.234,50 EUR", "1 234,50 EUR", "€1.234,50", "1234.5", "EUR 1234.50", "1'234.50 EUR", "1234.50€", "$1,234.50 in EUR"[1:],
		"52.40 euros", "52,40 €", "89 EUR", "€89", "EUR89.00", "**52.40 EUR**", "| 1003 | 1,234.50 |", "-52.40 EUR", "a rating of 4.67", "rated 4.7",
		"It weighed 812 g.", "77.70 EUR", "Order #1003", "order-1003", "orders 1001–1003", "1001, 1002 and 1003", "1001/1002", "1003's parcel", "up to 250",
		// What can be computed.
		"1,375.90 EUR in all", "1,286.90 EUR for the two that shipped", "3 × 411.50 EUR", "141.40 EUR for the other two", "1,182.10 EUR more", "458.63 EUR on average",
		// Codes.
		"NP44710021", "np44710021", "NP 4471 0021", "NP-4471-0021", "INV-2026-1002", "invoice 1002", "tracking number 44710021",
		// Dates.
		"2026-11-15", "15 November 2026", "15 November", "15th of November", "November 15, 2026", "Nov 15", "Nov. 15, 2026", "15 Nov. 2026", "15.11.2026", "15/11/2026", "11/15/26",
		"15. November 2026", "15 de noviembre de 2026", "le 15 novembre 2026", "November 2026", "April 2028", "2028-04", "04/2028"[:0] + "30 April 2026", "28 October–15 November",
		"between 28 and 28 October", "in 2026", "Sunday, 15 November", "5 days ago", "five days ago", "3 weeks ago", "last Sunday", "7 months ago", "today, 20 November", "234 days ago",
		"yesterday"[:0] + "call you back tomorrow", "2026-11-15T09:05:00+01:00", "15 November 2026 at 09:05", "9:05 am", "09:05", "two days ago", "within 30 days",
		// Phones, mail, web.
		"+47 400 00 100", "0047 40000100", "40000100", "+4740000100", "400 00 100", "(+47) 400-00-100", "ending in 4242", "Visa 4242", "ada@example.com", "Ada.Okafor@example.org",
		"https://track.example/p/NP44710021", "[here](https://track.example/p/NP44710021)", "0155 5550", "a phone ending in 100",
		// Names and addresses.
		"Ada Okafor", "Dear Ada,", "Hello Ada!", "Mrs Okafor", "Jonas van der Berg will call.", "7 Oak Lane, 0155 Oslo", "7 Oak Ln, Oslo", "Storgata 12", "Ada’s order", "The Desk Lamp is on its way.",
		// Small numbers are nobody's business.
		"You have 2 orders and 1 parcel.", "24/7", "3rd", "2x", "50% off", "1-2 items", "H2O", "MP3",
	} {
		f := newFacts(factsRequest(), nil)
		var out findings
		f.check(answer, 0, len(answer), &out)
		if len(out.problems) > 0 {
			t.Errorf("%q: %s", answer, strings.Join(out.problems, "; "))
		}
	}
}

func TestFactsUnknown(t *testing.T) {
	for answer, want := range map[string]string{
		"1,234.51 EUR": "1,234.51", "1.243,50 EUR": "1.243,50", "1 234,60 EUR": "234,60", "€1.234,05": "1.234,05", "52.41 EUR": "52.41", "98 EUR": "98", "€88": "€88", "52.40 USD": "USD", "$52.40": "$52.40",
		"4.68 of 5": "4.68", "order 1004": "1004", "orders 1001–1004": "1001–1004", "#17": "#17", "order 8": "8", "999 points": "999", "1,375.91 EUR": "1,375.91",
		"NP44710022": "NP44710022", "NP 4471 0022": "4471 0022", "INV-2026-1003": "INV-2026-1003", "INV-1003": "INV-1003", "NX44710021": "NX44710021",
		"2026-11-16": "2026-11-16", "16 November 2026": "16 November 2026", "15 November 2027": "15 November 2027", "15 December": "15 December", "November 16": "November 16", "Nov 15, 2025": "Nov 15, 2025",
		"16.11.2026": "16.11.2026", "11/16/26": "11/16/26", "December 2026": "December 2026", "2028-05": "2028-05", "15–16 November": "15–16 November", "15 to 17 November": "15 to 17 November",
		"in 2031": "2031", "on Monday": "Monday", "6 days ago": "6 days ago", "five weeks ago": "five weeks ago", "in 4 days": "in 4 days", "It came yesterday.": "yesterday", "at 09:06": "09:06", "at 9:05 pm": "9:05 pm", "235 days ago": "235",
		"+47 400 00 101": "+47 400 00 101", "0047 40000110": "0047 40000110", "40000101": "40000101", "400 01 100": "400 01 100", "ending in 4243": "4243", "+46 400 00 100": "+46 400 00 100",
		"ada@example.net": "ada@example.net", "support@shop.example": "support@shop.example", "https://track.example/p/NP44710022": "NP44710022", "www.shop.example/help": "www.shop.example/help",
		"Jonathan Hartwell will call you.": "Jonathan Hartwell", "Please ask for Jonathan Hartwell.": "Jonathan Hartwell", "Ada Lovelace": "Ada Lovelace", "Dear Jonathan,": "Jonathan", "Mr Hartwell": "Mr Hartwell"[3:],
		"It was left with María-José O’Brien.": "María-José O’Brien", "Jonas van der Meer": "Jonas van der Meer", "**Priya Raman** signed for it.": "Priya Raman", "Herr Schmidt hat es angenommen.": "Schmidt",
		"8 Oak Lane": "8 Oak Lane", "7 Elm Lane": "7 Elm Lane", "Storgata 13": "Storgata 13", "7 Oak Street, 0155 Oslo": "7 Oak Street",
		"Order 4711 cost 77.71 EUR.": "77.71",
	} {
		f := newFacts(factsRequest(), nil)
		var out findings
		f.check(answer, 0, len(answer), &out)
		if len(out.problems) == 0 || !strings.Contains(strings.Join(out.problems, "; "), want) {
			t.Errorf("%q: got the problems %q, want one with %q", answer, out.problems, want)
		}
	}
}
