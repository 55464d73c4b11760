package playbook

import (
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

// A format without a pattern is checked as the parameter's own.
func TestForms(t *testing.T) {
	for _, c := range []struct {
		format, value string
		fits          bool
	}{
		{"phone", "+47 400 00 123", true},
		{"phone", "(040) 123-4567", true},
		{"phone", "1", false},
		{"phone", "call me", false},
		{"email", "eve@example.com", true},
		{"email", "eve@home", false},
		{"date", "2026-11-21", true},
		{"date", "2026-13-01", false},
		{"date-time", "2026-11-21T09:00:00Z", true},
		{"date-time", "2026-11-21", false},
		{"postal-address", "1 Elm Road, Oslo", true},
		{"postal-address", "home", false},
		{"colour", "x", true},
	} {
		s := &jsonschema.Schema{Type: "string", Format: c.format}
		form(s)
		r, err := s.Resolve(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Validate(c.value); (err == nil) != c.fits || inForm(c.format, c.value) != c.fits {
			t.Errorf("%s %q: %v", c.format, c.value, err)
		}
	}
	own := &jsonschema.Schema{Type: "string", Format: "phone", Pattern: "^[0-9]$"}
	if form(own); own.Pattern != "^[0-9]$" {
		t.Errorf("the parameter's own pattern is now %s", own.Pattern)
	}
}
