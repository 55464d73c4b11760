package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// failedTurn has a turn on the screen that its backend has failed.
func failedTurn(t *testing.T) *driver {
	d := managed(t, 80, 24)
	d.say("unreachable")
	d.has("✗ openai cannot be reached.", "r send again")
	d.wait(time.Second)
	return d
}

func (d *driver) releaseAgain() {
	d.wait(quiet)
	d.send(againMsg{d.m.chat.again.seq})
	d.until("the answer", func() bool { return d.m.chat.running() == nil })
}

func TestSendAgain(t *testing.T) {
	t.Run("ByKey", func(t *testing.T) {
		d := failedTurn(t)
		d.press("r")
		if n := len(d.sent()); n != 1 {
			t.Fatalf("%d turns while the key is held", n)
		}
		d.releaseAgain()
		if n := len(d.sent()); n != 2 || d.lastSent() != "unreachable" {
			t.Errorf("%d turns, the last %q", n, d.lastSent())
		}
	})
	t.Run("EnterEndsTheHold", func(t *testing.T) {
		d := failedTurn(t)
		d.press("r")
		d.wait(100 * time.Millisecond)
		d.press("enter")
		d.until("the answer", func() bool { return d.m.chat.running() == nil })
		if n := len(d.sent()); n != 2 {
			t.Errorf("%d turns", n)
		}
	})
	t.Run("ByCommand", func(t *testing.T) {
		d := failedTurn(t)
		d.say("/again")
		if n := len(d.sent()); n != 2 || d.lastSent() != "unreachable" {
			t.Errorf("%d turns, the last %q", n, d.lastSent())
		}
	})
	t.Run("WithAnotherBackend", func(t *testing.T) {
		d := failedTurn(t)
		d.command("/model ollama")
		d.wait(time.Second)
		d.has("r send again")
		d.press("r")
		d.releaseAgain()
		if got := d.sent()[1].Usage.Backend; got != "ollama" {
			t.Errorf("asked %q", got)
		}
	})
	t.Run("FromTheStore", func(t *testing.T) {
		d := failedTurn(t)
		id := d.m.chat.id
		d.run(d.m.enter(id))
		d.settle()
		d.has("r send again")
	})
}

// A message is not sent again by accident.
func TestNotSentAgainByAccident(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(d *driver)
		text string // what is in the input then
	}{
		{"FirstLetterOfAWord", func(d *driver) {
			d.press("r")
			d.wait(120 * time.Millisecond)
			d.typed("eturn it")
		}, "return it"},
		{"UpperCase", func(d *driver) { d.press("R"); d.wait(50 * time.Millisecond); d.typed("e?") }, "Re?"},
		{"InTheFlowOfTyping", func(d *driver) {
			d.m.lastKey = d.clock.t.Add(-100 * time.Millisecond)
			d.press("r")
		}, "r"},
		{"TypedAhead", func(d *driver) {
			d.m.chat.again.ended = d.clock.t.Add(-100 * time.Millisecond)
			d.press("r")
		}, "r"},
		{"InText", func(d *driver) { d.typed("o"); d.wait(time.Second); d.press("r") }, "or"},
		{"PastedAsKeys", func(d *driver) { d.press("r", "enter") }, "r"},
		{"Pasted", func(d *driver) { d.press("r"); d.send(tea.PasteMsg{Content: "again"}) }, "again"},
		{"TakenBack", func(d *driver) { d.press("r"); d.wait(50 * time.Millisecond); d.press("esc") }, ""},
		{"QuitKey", func(d *driver) { d.press("r"); d.press("ctrl+c") }, ""},
		{"ScrolledAway", func(d *driver) { d.m.chat.list.toStart(); d.press("r") }, "r"},
		{"AttachmentWaits", func(d *driver) { d.send(tea.PasteMsg{Content: longPaste(40)}); d.wait(time.Second); d.press("r") }, "r"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := failedTurn(t)
			c.do(d)
			d.wait(quiet)
			d.send(againMsg{d.m.chat.again.seq})
			if n := len(d.sent()); n != 1 || d.m.chat.running() != nil {
				t.Errorf("%d turns", n)
			}
			if got := d.m.chat.input.value(); got != c.text {
				t.Errorf("the input has %q, want %q", got, c.text)
			}
		})
	}
}

func TestNotEveryErrorIsSentAgain(t *testing.T) {
	problem := func(code string) *orchestrator.Error { return &orchestrator.Error{Code: code, Message: "No."} }
	for _, c := range []struct {
		name string
		turn orchestrator.Turn
		want bool
	}{
		{"Unreachable", orchestrator.Turn{Message: "m", Kind: orchestrator.KindError, Problem: problem(orchestrator.CodeBackendUnreachable)}, true},
		{"Failed", orchestrator.Turn{Message: "m", Kind: orchestrator.KindError, Problem: problem(orchestrator.CodeBackend)}, true},
		{"BadPlan", orchestrator.Turn{Message: "m", Kind: orchestrator.KindError, Problem: problem(orchestrator.CodeBadPlan)}, false},
		{"Stopped", orchestrator.Turn{Message: "m", Kind: orchestrator.KindError, Problem: problem(orchestrator.CodeCancelled)}, false},
		{"Yes", orchestrator.Turn{Message: "yes", Kind: orchestrator.KindError, Settles: "t", Problem: problem(orchestrator.CodeBackend)}, false},
		{"Answer", orchestrator.Turn{Message: "m", Kind: orchestrator.KindAnswer}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := resendable(&entry{turn: c.turn}); got != c.want {
				t.Errorf("%v", got)
			}
		})
	}
	d := managed(t, 80, 24)
	d.say("break it")
	d.wait(time.Second)
	d.press("r")
	d.hasNot("send again")
	if d.m.chat.input.value() != "r" {
		t.Error("the key was taken")
	}
	d.m.chat.input.clear()
	d.say("/again")
	d.has("There is nothing to send again.")
}
