package tui

import (
	"context"
	"image/color"
	"math"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// A paste that the terminal does not mark comes as keys: its line breaks stay
// line breaks, and nothing is sent before an enter that nothing follows.
func TestPasteAsKeys(t *testing.T) {
	linux := func(c *Config) {
		as("ada@example.com")(c)
		c.Env = []string{"TERM=linux"}
	}
	burstOf := func(d *driver, text string) {
		for _, r := range text {
			if r == '\r' {
				// The hold is not over before the test says so.
				_, _ = d.m.Update(keyNamed("enter"))
				continue
			}
			d.typed(string(r))
		}
	}
	t.Run("Lines", func(t *testing.T) {
		d := newDriver(t, 80, 24, linux)
		burstOf(d, "first line\rsecond\r\rthird\r")
		if got := d.m.chat.input.value(); got != "first line\nsecond\n\nthird" || len(d.sent()) != 0 {
			t.Fatalf("the input has %q, %d were sent", got, len(d.sent()))
		}
		d.wait(burst)
		d.send(heldLineMsg{d.m.chat.line.seq})
		d.until("the answer", func() bool { return len(d.sent()) == 1 && d.m.chat.running() == nil })
		if d.lastSent() != "first line\nsecond\n\nthird" {
			t.Errorf("sent %q", d.lastSent())
		}
	})
	t.Run("TypedAfterwards", func(t *testing.T) {
		d := newDriver(t, 80, 24, linux)
		burstOf(d, "show my orders\r")
		d.wait(burst)
		d.press("x")
		d.until("the answer", func() bool { return len(d.sent()) == 1 && d.m.chat.running() == nil })
		if d.lastSent() != "show my orders" || d.m.chat.input.value() != "x" {
			t.Errorf("sent %q, the input has %q", d.lastSent(), d.m.chat.input.value())
		}
	})
	t.Run("MarkedWithCarriageReturns", func(t *testing.T) {
		d := newDriver(t, 80, 24, as("ada@example.com"))
		d.send(tea.PasteMsg{Content: "one\rtwo\r\nthree"})
		if got := d.m.chat.input.value(); got != "one\ntwo\nthree" {
			t.Errorf("the input has %q", got)
		}
	})
	t.Run("OneKeyWithCarriageReturn", func(t *testing.T) {
		d := newDriver(t, 80, 24, as("ada@example.com"))
		d.send(tea.KeyPressMsg{Code: tea.KeyExtended, Text: "one\rtwo"})
		if got := d.m.chat.input.value(); got != "one\ntwo" {
			t.Errorf("the input has %q", got)
		}
	})
}

// An answered card says what the answer was, also when the conversation is
// opened again.
func TestOutcome(t *testing.T) {
	for _, c := range []struct{ name, answer, want string }{
		{"Yes", "yes", "You said yes."},
		{"No", "no", "You said no: nothing was changed."},
		{"OnlyOne", "only 1", "You said yes to 1 only."},
		{"SomethingElse", "how is the weather", "Left undone."},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDriver(t, 80, 60, as("ada@example.com"))
			d.say("both please")
			d.hasNot(c.want)
			d.wait(time.Second)
			d.say(c.answer)
			d.has("│ " + c.want)
			d.hasNot("This question is over")
			for i, l := range splitLines(d.cells()) {
				if strings.HasPrefix(l, " ╰") && strings.Trim(splitLines(d.cells())[i-1], " │") == "" {
					t.Errorf("an empty row:\n%s", d.cells())
				}
			}
			d.run(d.m.enter(d.m.chat.id))
			d.settle()
			d.has("│ " + c.want)
		})
	}
	t.Run("WhileItRuns", func(t *testing.T) {
		d := newDriver(t, 80, 60, as("ada@example.com"))
		d.say("both please")
		d.wait(time.Second)
		d.typed("slow")
		d.press("enter")
		d.has("Your answer is being worked on.")
		close(d.k.release)
		d.until("the end", func() bool { return d.m.chat.running() == nil })
		d.has("Left undone.")
	})
	t.Run("Expired", func(t *testing.T) {
		d := asked(t, "both please")
		d.wait(time.Hour)
		d.press("y")
		d.has("Left undone.")
	})
	t.Run("AfterAnEmptyMessage", func(t *testing.T) {
		e := &entry{turn: orchestrator.Turn{ID: "a"}}
		confirmTurn(&e.turn, orchestrator.StepRecord{ID: "s", Status: orchestrator.StepWaiting})
		empty := &entry{turn: orchestrator.Turn{Kind: orchestrator.KindError, Problem: &orchestrator.Error{Code: orchestrator.CodeEmpty}}}
		yes := &entry{turn: orchestrator.Turn{Settles: "a", Steps: []orchestrator.StepRecord{{ID: "s", Status: orchestrator.StepFailed}}}}
		if got := outcome(e, []*entry{empty, yes}); got != "You said yes." {
			t.Errorf("got %q", got)
		}
	})
	t.Run("AskedAgain", func(t *testing.T) {
		e, f := &entry{}, &entry{}
		confirmTurn(&e.turn, orchestrator.StepRecord{ID: "s", Status: orchestrator.StepWaiting})
		confirmTurn(&f.turn, orchestrator.StepRecord{ID: "s", Status: orchestrator.StepWaiting})
		if got := outcome(e, []*entry{f}); got != "Asked again below." {
			t.Errorf("got %q", got)
		}
	})
}

func TestConditionOfAWrite(t *testing.T) {
	d := newDriver(t, 80, 40, as("ada@example.com"))
	d.say("chain please")
	d.has("   because it has not shipped: yes", "   only if the order could be cancelled (decided after 1)")

	writes := []orchestrator.StepRecord{
		{ID: "a"},
		{ID: "ab", Condition: &orchestrator.Decided{Text: "it is cheap", Met: ptr(true), By: "model"}},
		{ID: "c", Condition: &orchestrator.Decided{Text: "it works", Expr: "steps.ab.ok || steps.a.ok"}},
		{ID: "d", Condition: &orchestrator.Decided{Text: "it works", Expr: "steps.abc.ok"}},
	}
	for i, want := range []string{"", "because it is cheap: yes, says the model", "only if it works (decided after 1 and 2)", "only if it works (decided later)"} {
		if got := conditionOf(writes, i); got != want {
			t.Errorf("%d: got %q, want %q", i, got, want)
		}
	}
}

// When an error is all that is said, what failed is named below it and beside it.
func TestFailedStepIsNamed(t *testing.T) {
	for _, w := range []int{60, 80, 120} {
		d := newDriver(t, w, 24, as("ada@example.com"))
		d.say("too slow")
		d.has("did not answer in time", "list your orders")
	}
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.say("too slow")
	d.has("failed: list your orders")
}

func TestNothingFitsTheFilter(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.k.infos = []orchestrator.ConversationInfo{{ID: "c1", Title: "cancel my latest order", Updated: d.clock.t, Turns: 4}}
	d.press("ctrl+o")
	d.settle()
	d.typed("zebra")
	d.has(`Nothing fits "zebra". Clear the filter with ctrl+u.`)
	d.hasNot("no earlier conversation")
	d.press("ctrl+u")
	d.has("cancel my latest order")
}

// A start that failed shows its error as it is, nothing to type into, and leaves
// on one key.
func TestOpenFailsAlone(t *testing.T) {
	said := &orchestrator.Error{Code: orchestrator.CodeStore, Message: "The store is damaged: it is not a store. It was left as it is."}
	for _, key := range []string{"q", "ctrl+c", "esc"} {
		for _, user := range []string{"", "ada@example.com"} {
			d := newDriver(t, 80, 24, func(c *Config) {
				as(user)(c)
				c.Kernel = nil
				c.Open = func(context.Context) (Opened, error) { return Opened{}, said }
			})
			d.has("Banyan could not start.", "The store is damaged: it is not a store. It was left as it is.\n", "q leave")
			d.hasNot("your email", "enter continue", "Nothing was changed", "..", "Who are you")
			d.typed("x")
			d.press("tab")
			if d.m.View().Cursor != nil && user == "" {
				t.Error("there is a cursor")
			}
			d.press(key)
			if !d.quit {
				t.Errorf("%s does not leave", key)
			}
		}
	}
}

// Whoever Lookup finds can log in, by a first name too.
func TestLoginByName(t *testing.T) {
	lookup := func(_ context.Context, who string) (orchestrator.User, error) {
		if !strings.EqualFold(who, "mira") {
			return orchestrator.User{}, orchestrator.ErrUnknownUser
		}
		return orchestrator.User{Email: "mira@example.com", Name: "Mira Holm", Role: orchestrator.Customer}, nil
	}
	d := newDriver(t, 80, 24, func(c *Config) { c.Lookup = lookup })
	d.typed("Mira")
	d.press("enter")
	d.settle()
	d.has("Hello Mira")
	out, err := linearChat(t, func(c *Config) { c.Lookup = lookup }, "Mira", "/quit")
	if err != nil || !strings.Contains(out, "you are mira@example.com") {
		t.Errorf("%v:\n%s", err, out)
	}
}

// Typographic characters of services and of the shop's people become ASCII.
func TestASCIIText(t *testing.T) {
	const text = "2 × kettle – “now” • 45.00 … ‘soon’"
	d := newDriver(t, 80, 24, func(c *Config) { as("ada@example.com")(c); c.ASCII = true })
	d.k.turns["p"] = []orchestrator.Turn{{Conversation: "p", ID: "t", At: d.clock.t, Message: text, Answer: text, Kind: orchestrator.KindAnswer}}
	d.run(d.m.enter("p"))
	d.settle()
	d.typed("2 × …!")
	if n := strings.Count(d.cells(), `2 x kettle - "now" * 45.00 ... 'soon'`); n != 2 {
		t.Errorf("%d times:\n%s", n, d.cells())
	}
	d.has("2 x ...!")
	if c := d.m.View().Cursor; c == nil || c.X != 2+len("2 x ...!") {
		t.Errorf("the cursor is at %v", c)
	}
	for _, r := range d.cells() {
		if r > 0x7e {
			t.Fatalf("%q is not ASCII:\n%s", r, d.cells())
		}
	}
	out, err := linearChat(t, func(c *Config) { c.ASCII = true; c.Notice = text }, "1", "/quit")
	if err != nil || !strings.Contains(out, `banyan: 2 x kettle - "now" * 45.00 ... 'soon'`) {
		t.Errorf("%v:\n%s", err, out)
	}
	t.Run("ColumnsKeepTheirPlace", func(t *testing.T) {
		if got := plainLine("| cut…      | b |", 17); got != "| cut...    | b |" {
			t.Errorf("got %q", got)
		}
		if got := plainLine("abc…", 4); got != "abc." {
			t.Errorf("got %q", got)
		}
	})
}

// Until the terminal has told its background, the environment's word counts.
func TestBackgroundOfTheEnvironment(t *testing.T) {
	for env, dark := range map[string]bool{"COLORFGBG=0;15": false, "COLORFGBG=0;default;7": false, "COLORFGBG=15;0": true, "COLORFGBG=": true, "TERM=xterm": true} {
		d := newDriver(t, 80, 24, func(c *Config) { c.Env = []string{env} })
		if d.m.st.theme.dark != dark {
			t.Errorf("%s: dark is %v", env, d.m.st.theme.dark)
		}
		d.send(tea.BackgroundColorMsg{Color: color.Black})
		if !d.m.st.theme.dark {
			t.Errorf("%s: the terminal's own answer does not count", env)
		}
	}
}

// contrast is the WCAG 2 contrast ratio of two colours.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

// All text can be read on a light and on a dark background: 4.5 to 1, and rules
// can be seen.
func TestContrast(t *testing.T) {
	for _, dark := range []bool{false, true} {
		th := newTheme(dark)
		// Light terminals are often off-white, dark ones often not quite black.
		back := []color.Color{color.White, color.RGBA{0xfd, 0xf6, 0xe3, 0xff}}
		if dark {
			back = []color.Color{color.Black, color.RGBA{0x1e, 0x1e, 0x1e, 0xff}}
		}
		for _, b := range back {
			for name, c := range map[string]color.Color{
				"quiet": th.quiet, "faint": th.faint, "modern": th.modern, "legacy": th.legacy, "shadow": th.shadow,
				"good": th.good, "waiting": th.waiting, "bad": th.bad, "accent": th.accent,
			} {
				if r := contrast(c, b); r < 4.5 {
					t.Errorf("dark %v: %s has a contrast of %.2f to %v", dark, name, r, b)
				}
			}
			if r := contrast(th.line, b); r < 1.7 {
				t.Errorf("dark %v: line has a contrast of %.2f to %v", dark, r, b)
			}
		}
	}
}
