package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// fakeOutbox has sent the same two requests for every conversation of ada.
type fakeOutbox struct {
	callCounter
	now func() time.Time
}

func (f *fakeOutbox) Sent(_ context.Context, user orchestrator.User, _ string) []Sent {
	f.called()
	if user.Email != "ada@example.com" {
		return nil
	}
	one := Sent{At: f.now().Add(-time.Minute), Backend: "openai", Model: "gpt-5-mini", Address: "api.openai.com", Bytes: 8214, Messages: []SentMessage{
		{"system", "You are the planner of a program.\n" + strings.Repeat("This is a rule that is long enough to be wrapped on a small screen. ", 12)},
		{"user", "Who asks: <name-1> <<email-1>>, customer\n\n<data-x name=\"message\">\nwrite to <email-2>\x1b[31m\u202e\n</data-x>"},
	}}
	two := one
	two.At, two.Bytes = f.now(), 3100
	two.Messages = []SentMessage{{"user", "What were the results? <phone-1>"}}
	return []Sent{one, two}
}

func withOutbox(c *Config) { c.Outbox = &fakeOutbox{now: newClock().now} }

func TestSentScreen(t *testing.T) {
	for _, size := range sizes {
		d := newDriver(t, size[0], size[1], func(c *Config) { as("ada@example.com")(c); withOutbox(c) })
		d.command("/sent")
		d.settle()
		d.has("what was sent to models elsewhere", "2. 14:02:00 to openai", "<phone-1>")
		d.golden("sent-"+map[int]string{60: "60x20", 80: "80x24", 120: "120x40"}[size[0]], false)
		fits(t, d, size[0], size[1])
		for range 12 {
			d.press("pgdown")
		}
		d.has("This is a rule")
		d.press("esc")
		d.hasNot("elsewhere")
		if box := d.m.cfg.Outbox.(*fakeOutbox); box.inside.Load() != 0 || box.calls.Load() != 1 {
			t.Errorf("the outbox was asked %d times, %d of them inside Update or View", box.calls.Load(), box.inside.Load())
		}
	}
}

func TestNothingSent(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.command("/sent")
	d.settle()
	d.has("Nothing of this conversation has left this machine")
	d = newDriver(t, 80, 24, func(c *Config) { as("ben@example.com")(c); withOutbox(c) })
	d.command("/sent")
	d.settle()
	d.has("Nothing of this conversation has left this machine")
}

func TestLinearSent(t *testing.T) {
	out, err := linearChat(t, withOutbox, "1", "/sent", "/sent 1", "/sent 3")
	if err != nil {
		t.Fatal(err)
	}
	has(t, out, []string{
		"sent: 1. 14:01:00 to openai gpt-5-mini at api.openai.com, 8,214 bytes", "2, user: What were the results? <phone-1>",
		"1, user: write to <email-2>", "1, system: You are the planner", "error: type /sent and a number from 1 to 2.",
	}, []string{"\x1b", "\u202e"})
	if out, err = linearChat(t, nil, "1", "/sent"); err != nil || !strings.Contains(out, "Nothing of this conversation has left") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestPrivacyIsSaid(t *testing.T) {
	t.Parallel()
	list := []Integration{{Name: "openai", Active: true, Private: true}, {Name: "ollama", Active: true, Local: true}, {Name: "groq"}}
	if got := privacySaid(list); got != "openai: personal data stays here, placeholders are sent. /sent shows them." {
		t.Error(got)
	}
	list[0].Private = false
	if got := privacySaid(list); got != "openai: personal data is sent as it is, because privacy is off." {
		t.Error(got)
	}
	if got := privacySaid(list[1:]); got != "" {
		t.Error(got)
	}
}
