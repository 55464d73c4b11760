package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

func TestFirstViewHasNoSize(t *testing.T) {
	d := newDriver(t, 0, 0, nil)
	v := d.m.View()
	if v.Content != "" || !v.AltScreen {
		t.Errorf("first view: %q", v.Content)
	}
}

func TestSmallWindowSaysSo(t *testing.T) {
	d := newDriver(t, 50, 15, as("ada@example.com"))
	d.has("This window is 50 by 15", "60 by 20")
	for _, size := range [][2]int{{1, 1}, {3, 40}, {59, 20}, {60, 19}} {
		d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		if lines := splitLines(d.cells()); len(lines) > size[1] {
			t.Errorf("%v: %d rows", size, len(lines))
		}
	}
	d.send(tea.WindowSizeMsg{Width: 60, Height: 20})
	d.has("Things to try")
}

func TestLogin(t *testing.T) {
	t.Run("Chosen", func(t *testing.T) {
		d := newDriver(t, 80, 24, nil)
		d.press("down", "enter")
		d.settle()
		d.has("ben@example.com", "Hello Ben")
	})
	t.Run("Typed", func(t *testing.T) {
		d := newDriver(t, 80, 24, nil)
		d.typed("sam")
		d.hasNot("ada@example.com")
		d.press("enter")
		d.settle()
		d.has("Hello Sam")
	})
	t.Run("Unknown", func(t *testing.T) {
		d := newDriver(t, 80, 24, nil)
		d.typed("eve@example.com")
		d.press("enter")
		d.settle()
		d.has("There is no customer eve@example.com", "▌eve@example.com")
		d.press("esc")
		d.hasNot("There is no customer")
	})
	t.Run("BeforeTheKernelIsThere", func(t *testing.T) {
		d := newDriver(t, 0, 0, nil)
		d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
		d.press("enter")
		d.has("opening the shop")
		d.m.started = true
		d.send(startMsg{})
		d.settle()
		d.has("Hello Ada")
	})
	t.Run("Switched", func(t *testing.T) {
		d := newDriver(t, 80, 24, as("ada@example.com"))
		d.say("show my orders")
		d.typed("/login")
		d.press("enter", "down", "enter")
		d.settle()
		d.has("Hello Ben")
		d.hasNot("show my orders")
	})
}

func TestTurnIsShownLive(t *testing.T) {
	d := newDriver(t, 120, 40, as("ada@example.com"))
	d.typed("slow")
	d.press("enter")
	d.until("the step", func() bool { return len(d.m.chat.list.last().turn.Steps) > 0 })
	d.settle()
	d.has("running", "◆ modern", "order 1.0", "esc stop")
	t.Run("OneAtATime", func(t *testing.T) {
		d.typed("more")
		d.press("enter")
		d.has("esc stops it")
		if d.m.chat.input.value() != "more" {
			t.Error("what was typed is lost")
		}
	})
	t.Run("StrangersAreDropped", func(t *testing.T) {
		for _, ev := range []orchestrator.Event{
			{Kind: orchestrator.EventAnswerDelta, Conversation: "other", Turn: "turn-2", Text: "STRANGE words"},
			{Kind: orchestrator.EventAnswerDelta, Conversation: d.m.chat.id, Turn: "turn-99", Text: "STRANGE words"},
			{Kind: orchestrator.EventTurnStarted, Conversation: d.m.chat.id, Turn: "turn-98", Text: "slow"},
			{Kind: orchestrator.EventAnswerDelta, Conversation: d.m.chat.id, Turn: "turn-98", Text: "STRANGE words"},
		} {
			d.m.chat.apply(ev)
		}
		d.hasNot("STRANGE")
	})
	close(d.k.release)
	d.until("the end", func() bool { return d.m.chat.running() == nil })
	d.has("Slow and done.", "stored")
}

func TestEscStopsTheTurn(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.typed("slow")
	d.press("enter")
	d.until("the step", func() bool { return len(d.m.chat.list.last().turn.Steps) > 0 })
	d.send(tea.KeyPressMsg{Code: tea.KeyEscape})
	d.has("stopping")
	d.until("the end", func() bool { return d.m.chat.running() == nil })
	d.has("Stopped.")
	d.say("status?")
	d.has("being processed")
}

func TestQuitTakesTwo(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.typed("half a thought")
	d.press("ctrl+c")
	d.has("cleared", "press ctrl+c again to quit")
	d.hasNot("half a thought")
	d.press("x")
	d.press("ctrl+c")
	d.wait(3 * time.Second)
	d.press("ctrl+c")
	if d.quit {
		t.Fatal("quit too early")
	}
	d.wait(time.Second)
	d.press("ctrl+c")
	if !d.quit {
		t.Fatal("did not quit")
	}
}

func TestScroll(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	for i := range 12 {
		d.say(fmt.Sprintf("status number %d", i))
	}
	d.has("status number 11")
	d.press("pgup")
	d.has("↓ end")
	d.hasNot("status number 11")
	at := d.cells()
	t.Run("StaysWhileAnswersCome", func(t *testing.T) {
		d.typed("slow")
		d.press("enter")
		d.until("the step", func() bool { return len(d.m.chat.list.last().turn.Steps) > 0 })
		d.press("pgup")
		before := d.cells()
		close(d.k.release)
		d.until("the end", func() bool { return d.m.chat.running() == nil })
		d.has("↓ new")
		if body := func(s string) string { return strings.Join(splitLines(s)[2:17], "\n") }; body(before) != body(d.cells()) {
			t.Errorf("the view moved:\n%s\n%s", before, d.cells())
		}
	})
	_ = at
	t.Run("HomeAndEnd", func(t *testing.T) {
		d.press("home")
		d.has("status number 0")
		d.press("end")
		d.has("Slow and done.")
		d.hasNot("↓")
	})
	t.Run("Wheel", func(t *testing.T) {
		d.send(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
		d.has("↓ end")
		d.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
		d.hasNot("↓ end")
	})
	t.Run("WholeWay", func(t *testing.T) {
		for range 60 {
			d.press("pgup")
		}
		if d.m.chat.list.top != 0 || d.m.chat.list.topLine != 0 {
			t.Errorf("stopped at entry %d line %d", d.m.chat.list.top, d.m.chat.list.topLine)
		}
		for range 60 {
			d.press("pgdown")
		}
		if !d.m.chat.list.follow {
			t.Error("the end was not reached")
		}
	})
}

func TestInput(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	t.Run("NewLine", func(t *testing.T) {
		d.typed("one")
		d.press("ctrl+j")
		d.typed("two")
		d.say("")
		if got := d.lastSent(); got != "one\ntwo" {
			t.Errorf("sent %q", got)
		}
	})
	t.Run("LongPasteIsAttached", func(t *testing.T) {
		d.typed("look:")
		d.send(tea.PasteMsg{Content: longPaste(30)})
		d.has("pasted text, 30 lines")
		d.say("")
		if got := d.lastSent(); !strings.HasPrefix(got, "look:\n\npasted line 0\n") || !strings.Contains(got, "pasted line 29") {
			t.Errorf("sent %q", got)
		}
	})
	t.Run("AttachmentDropped", func(t *testing.T) {
		d.send(tea.PasteMsg{Content: strings.Repeat("x", 2001)})
		d.has("2,001 characters")
		d.press("backspace")
		d.hasNot("2,001 characters")
	})
	t.Run("Recall", func(t *testing.T) {
		d.say("the message before")
		d.press("up")
		if got := d.m.chat.input.value(); got != "the message before" {
			t.Errorf("recalled %q", got)
		}
		d.press("down")
		if got := d.m.chat.input.value(); got != "" {
			t.Errorf("left %q", got)
		}
	})
	t.Run("QuestionMarkInText", func(t *testing.T) {
		d.typed("where is it?")
		if d.m.overlay != nil || d.m.chat.input.value() != "where is it?" {
			t.Error("the help took a question mark out of a sentence")
		}
		d.m.chat.input.clear()
	})
}

func TestCommands(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.say("show my orders")
	t.Run("Unknown", func(t *testing.T) {
		d.typed("/nothing")
		d.press("enter")
		d.has("There is no command /nothing")
		d.m.chat.input.clear()
	})
	t.Run("Completed", func(t *testing.T) {
		d.typed("/mo")
		d.press("tab", "enter")
		d.has("backend", "offline 1.0.0", "no language model")
		d.press("esc")
	})
	t.Run("Copy", func(t *testing.T) {
		d.typed("/copy")
		d.press("enter")
		d.until("the copy", func() bool { return d.m.status != "" && len(d.copied) > 0 })
		d.has("answer copied")
		if len(d.copied) != 1 || !strings.Contains(d.copied[0], "You have three orders") {
			t.Errorf("copied %q", d.copied)
		}
	})
	t.Run("NoCode", func(t *testing.T) {
		d.press("alt+y")
		d.has("no code block")
	})
	t.Run("Palette", func(t *testing.T) {
		d.press("ctrl+p")
		d.typed("intents")
		d.press("enter")
		d.has("5 things can be asked for", "▣ legacy")
		d.typed("points")
		d.press("enter")
		if got := d.m.chat.input.value(); got != "how many points do I have?" {
			t.Errorf("the example is %q", got)
		}
		d.m.chat.input.clear()
	})
	t.Run("New", func(t *testing.T) {
		id := d.m.chat.id
		d.typed("/new")
		d.press("enter")
		d.settle()
		if d.m.chat.id == id {
			t.Error("still the same conversation")
		}
		d.has("Things to try")
	})
	t.Run("Quit", func(t *testing.T) {
		d.typed("/quit")
		d.press("enter")
		if !d.quit {
			t.Error("did not quit")
		}
	})
}

func TestConversations(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.k.infos = []orchestrator.ConversationInfo{{ID: "c9", Title: "about the boots", Updated: d.clock.t, Turns: 2}, {ID: "c8", Title: "about a kettle", Updated: d.clock.t, Turns: 2}}
	d.k.turns["c8"] = []orchestrator.Turn{{Conversation: "c8", ID: "t", Message: "where is the kettle?", Answer: "On its way.", Kind: orchestrator.KindAnswer, At: d.clock.t.Add(-48 * time.Hour)}}
	d.press("ctrl+o")
	d.settle()
	d.typed("kettle")
	d.hasNot("boots")
	d.press("enter")
	d.settle()
	d.has("where is the kettle?", "On its way.", "2 days ago")
	if d.m.chat.id != "c8" {
		t.Errorf("in conversation %q", d.m.chat.id)
	}
}

func TestNarrowTraceOpensUnderTheAnswer(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.say("fallback please")
	d.has("1 fallback")
	d.press("tab")
	d.has("◆ modern failed → ▣ legacy", "monolith 9.4.2")
	d.press("tab")
	d.hasNot("monolith 9.4.2")
}
