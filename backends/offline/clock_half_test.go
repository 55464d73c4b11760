package offline

import (
	"testing"
	"time"
)

// TestComingClock shows which half of the day a bare hour is in.
func TestComingClock(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 30, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"tonight at 9":     21 * time.Hour,
		"today at 9":       21 * time.Hour,
		"today at 09:00":   9 * time.Hour,
		"today at 9am":     9 * time.Hour,
		"today at 11":      11 * time.Hour,
		"tomorrow at 9":    9 * time.Hour,
		"tomorrow at 20":   20 * time.Hour,
		"tonight at 20:30": 20*time.Hour + 30*time.Minute,
	} {
		toks := tokenize(text)
		found := moments(toks, now)
		if len(found) != 1 {
			t.Fatalf("%s: %d moments", text, len(found))
		}
		if got := comingClock(toks, found[0], found[0].day, now); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestPickedBy shows that what an object was found by decides nothing about it.
func TestPickedBy(t *testing.T) {
	object := `steps.policies.policies.filter(o, o.kind == "car")[0]`
	for expr, want := range map[string]bool{
		hole + `.kind == "car"`:                         true,
		hole + `.kind == "home"`:                        true,
		hole + `.premium > 100`:                         false,
		hole + `.kind == "car" && ` + hole + `.fee > 1`: false,
	} {
		if got := pickedBy(expr, object); got != want {
			t.Errorf("%q: %v", expr, got)
		}
	}
}
