package tui

import (
	"errors"
	"fmt"
	"image/color"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// scene is a screen that has a golden file, reached the way a person reaches it.
type scene struct {
	name string
	user string
	play func(d *driver)
}

var scenes = append(append(stateScenes(), boardScenes...), []scene{
	{"login", "", func(*driver) {}},
	{"login-unknown", "", func(d *driver) { d.typed("eve@example.com"); d.press("enter"); d.settle() }},
	{"empty", "ada@example.com", func(*driver) {}},
	{"running", "ada@example.com", func(d *driver) {
		d.typed("slow")
		d.press("enter")
		d.until("the step", func() bool { e := d.m.chat.list.last(); return e != nil && len(e.turn.Steps) > 0 })
		d.settle()
	}},
	{"answered", "ada@example.com", func(d *driver) { d.say("show my orders") }},
	{"trace-open", "ada@example.com", func(d *driver) { d.say("fallback please"); d.press("tab") }},
	{"confirmation", "ada@example.com", func(d *driver) { d.say("cancel my latest order if it has not shipped") }},
	{"confirmation-two", "ada@example.com", func(d *driver) { d.say("both please") }},
	{"confirmed", "ada@example.com", func(d *driver) { d.say("both please"); d.say("yes") }},
	{"question", "ada@example.com", func(d *driver) { d.say("change the address of my lamp") }},
	{"error", "ada@example.com", func(d *driver) { d.say("break it"); d.press("tab") }},
	{"conversations", "ada@example.com", func(d *driver) {
		day := 24 * time.Hour
		d.k.infos = []orchestrator.ConversationInfo{
			{ID: "c1", Title: "cancel my latest order", Updated: d.clock.t.Add(-time.Hour), Turns: 4},
			{ID: "c2", Title: "where is my kettle?", Updated: d.clock.t.Add(-day), Turns: 1},
			{ID: "c3", Title: "I want to return the boots", Updated: d.clock.t.Add(-40 * day), Turns: 12},
		}
		d.press("ctrl+o")
		d.settle()
	}},
	{"help", "ada@example.com", func(d *driver) { d.press("?") }},
	{"palette", "ada@example.com", func(d *driver) { d.press("ctrl+p"); d.typed("co") }},
	{"intents", "ada@example.com", func(d *driver) { d.typed("/intents"); d.press("enter") }},
	{"completion", "ada@example.com", func(d *driver) { d.say("status?"); d.typed("/") }},
	{"integrations", "ada@example.com", func(d *driver) { d.typed("/integrations"); d.press("enter"); d.settle() }},
	{"integrations-full", "ada@example.com", func(d *driver) {
		d.typed("/integrations")
		d.press("enter")
		d.settle()
		d.press("down", "enter")
	}},
	{"integrations-tested", "ada@example.com", func(d *driver) {
		d.in.fail("groq", errors.New("the provider refuses the key. Put a valid one into GROQ_API_KEY or .env"))
		d.typed("/integrations")
		d.press("enter")
		d.settle()
		d.press("down", "down", "down", "t")
		d.until("the test", func() bool { return !d.m.backends.busy() })
	}},
	{"integrations-none", "sam@example.com", func(d *driver) { d.typed("/integrations"); d.press("enter") }},
	{"model", "ada@example.com", func(d *driver) { d.typed("/model"); d.press("enter"); d.settle() }},
	{"model-refused", "ada@example.com", func(d *driver) {
		d.in.fail("groq", errors.New("no key is set. Put GROQ_API_KEY into the environment or .env"))
		d.typed("/model groq")
		d.press("enter")
		d.until("the switch", func() bool { return !d.m.backends.busy() })
	}},
	{"policies-running", "ada@example.com", func(d *driver) { d.use("openai"); d.slow("slow retry") }},
	{"policies", "ada@example.com", func(d *driver) {
		d.use("openai")
		d.slow("slow retry")
		close(d.k.release)
		d.until("the end", func() bool { return d.m.chat.running() == nil })
		if d.m.layout().panel == 0 {
			d.press("tab")
		}
	}},
	{"spent", "ada@example.com", func(d *driver) { d.use("openai"); d.say("show my orders") }},
	{"send-again", "ada@example.com", func(d *driver) { d.use("openai"); d.say("unreachable"); d.wait(time.Second) }},
	{"notice-login", "", func(*driver) {}},
	{"notice-empty", "ada@example.com", func(*driver) {}},
	{"multiline", "ada@example.com", func(d *driver) {
		d.typed("first line")
		d.press("ctrl+j")
		d.typed("second line")
		d.send(tea.PasteMsg{Content: longPaste(40)})
	}},
}...)

// staged is what a scene's program was started with.
func staged(name, user string) func(*Config) {
	return func(c *Config) {
		as(user)(c)
		for _, with := range []string{"integrations", "model", "spent", "send-again", "policies"} {
			if strings.HasPrefix(name, with) && name != "integrations-none" {
				c.Integrations = newFakeIntegrations()
			}
		}
		if strings.HasPrefix(name, "board") && name != "board-none" {
			migrating(c)
		}
		if strings.HasPrefix(name, "notice") {
			c.Notice = "Ollama is running on this machine: /model switches to it, and nothing leaves the machine."
		}
	}
}

func longPaste(n int) string {
	s := ""
	for i := range n {
		s += fmt.Sprintf("pasted line %d\n", i)
	}
	return s
}

var sizes = [][2]int{{60, 20}, {80, 24}, {120, 40}}

func TestGoldenScreens(t *testing.T) {
	for _, s := range scenes {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s-%dx%d", s.name, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				d := newDriver(t, size[0], size[1], staged(s.name, s.user))
				s.play(d)
				d.golden(fmt.Sprintf("%s-%dx%d", s.name, size[0], size[1]), false)
				fits(t, d, size[0], size[1])
			})
		}
	}
}

// fits fails if the screen is larger than the window.
func fits(t *testing.T, d *driver, w, h int) {
	t.Helper()
	lines := splitLines(d.cells())
	if len(lines) != h {
		t.Errorf("the screen has %d rows, the window %d", len(lines), h)
	}
	for i, l := range lines {
		if width(l) > w {
			t.Errorf("row %d is %d cells wide, the window %d: %q", i, width(l), w, l)
		}
	}
}

// The same screens with colours: dark, light and on a terminal without Unicode.
// Without colour the terminal library takes the colours off again; that the
// words and signs carry all meaning is what the plain files show.
func TestGoldenStyles(t *testing.T) {
	main := map[string]bool{
		"login": true, "answered": true, "trace-open": true, "confirmation": true, "error": true, "integrations": true, "integrations-full": true, "send-again": true, "policies": true, "notice-empty": true,
		"state-undone": true, "state-flagged": true, "state-repeated": true, "state-recovered": true, "state-sources": true, "state-partly": true, "state-many": true, "board": true, "board-broken": true, "board-difference": true,
	}
	for _, s := range scenes {
		if !main[s.name] {
			continue
		}
		for _, style := range []string{"dark", "light", "ascii"} {
			t.Run(s.name+"-"+style, func(t *testing.T) {
				t.Parallel()
				d := newDriver(t, 80, 24, func(c *Config) { staged(s.name, s.user)(c); c.ASCII = style == "ascii" })
				if style == "light" {
					d.send(tea.BackgroundColorMsg{Color: color.White})
				}
				s.play(d)
				d.golden("style-"+s.name+"-"+style, style != "ascii")
				if style == "ascii" {
					for _, r := range d.cells() {
						if r > 0x7e {
							t.Fatalf("%q is not ASCII:\n%s", r, d.cells())
						}
					}
				}
			})
		}
	}
}
