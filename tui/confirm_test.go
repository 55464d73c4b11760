package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// asked brings a dialog to the screen that has stood there for a while.
func asked(t *testing.T, message string) *driver {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.say(message)
	if !d.m.chat.confirm.active() {
		t.Fatalf("no dialog:\n%s", d.cells())
	}
	d.wait(time.Second)
	return d
}

// release lets the hold of a key end.
func (d *driver) release() {
	d.wait(quiet)
	d.send(heldMsg{d.m.chat.confirm.seq})
	d.until("the answer", func() bool { return d.m.chat.running() == nil })
}

func TestConfirmByKey(t *testing.T) {
	for _, c := range []struct{ name, ask, key, sent string }{
		{"Yes", "cancel it", "y", "yes"},
		{"YesUpperCase", "cancel it", "Y", "yes"},
		{"No", "cancel it", "n", "no"},
		{"OnlyOne", "both please", "2", "only 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := asked(t, c.ask)
			d.press(c.key)
			if got := d.lastSent(); got != c.ask {
				t.Fatalf("%q was sent while the key was held", got)
			}
			d.release()
			if got := d.lastSent(); got != c.sent {
				t.Fatalf("sent %q, want %q", got, c.sent)
			}
			if d.m.chat.confirm.active() {
				t.Error("the dialog is still there")
			}
		})
	}
	t.Run("EnterEndsTheHold", func(t *testing.T) {
		d := asked(t, "cancel it")
		d.press("y")
		d.wait(100 * time.Millisecond)
		d.press("enter")
		d.until("the answer", func() bool { return d.lastSent() == "yes" })
	})
	t.Run("Change", func(t *testing.T) {
		d := asked(t, "cancel it")
		d.press("e")
		d.wait(quiet)
		d.send(heldMsg{d.m.chat.confirm.seq})
		if got := d.m.chat.input.value(); got != "cancel my latest order" {
			t.Fatalf("the input has %q, want the request", got)
		}
		d.has("this question is void then")
		d.wait(time.Second)
		d.say(" only if it is cheap")
		if got := d.lastSent(); got != "cancel my latest order only if it is cheap" {
			t.Fatalf("sent %q", got)
		}
	})
	t.Run("ChangeGivenUp", func(t *testing.T) {
		d := asked(t, "cancel it")
		d.press("e")
		d.release()
		d.press("esc")
		if got := d.m.chat.input.value(); got != "" || !d.m.chat.confirm.active() || d.m.chat.confirm.typing {
			t.Fatalf("the input has %q, and the keys of the dialog do not work", got)
		}
		d.wait(time.Second)
		d.press("y")
		d.release()
		if got := d.lastSent(); got != "yes" {
			t.Fatalf("sent %q", got)
		}
	})
	t.Run("Typed", func(t *testing.T) {
		d := asked(t, "cancel it")
		d.typed("yes")
		if d.m.chat.input.value() != "yes" {
			t.Fatalf("the input has %q", d.m.chat.input.value())
		}
		d.wait(time.Second)
		d.press("enter")
		d.until("the answer", func() bool { return d.lastSent() == "yes" })
	})
}

// A yes by key cannot happen by accident.
func TestConfirmNotByAccident(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(d *driver)
		text string // what is in the input then
	}{
		{"TypedAhead", func(d *driver) {
			d.m.chat.confirm.shown = d.clock.t
			d.wait(200 * time.Millisecond)
			d.press("y", "enter")
		}, "y"},
		{"InTheFlowOfTyping", func(d *driver) {
			d.m.lastKey = d.clock.t.Add(-100 * time.Millisecond)
			d.press("y")
		}, "y"},
		{"FirstLetterOfAWord", func(d *driver) {
			d.press("y")
			d.wait(120 * time.Millisecond)
			d.press("o", "u")
		}, "you"},
		{"HoldEndsAfterTyping", func(d *driver) {
			d.press("y")
			seq := d.m.chat.confirm.seq
			d.wait(120 * time.Millisecond)
			d.press("o")
			d.send(heldMsg{seq})
		}, "yo"},
		{"Pasted", func(d *driver) { d.send(tea.PasteMsg{Content: "y\n"}) }, "y\n"},
		{"PastedAsKeys", func(d *driver) { d.press("y", "enter") }, "y"},
		{"OtherKey", func(d *driver) { d.press("enter", "tab", "down") }, ""},
		{"DigitOfNone", func(d *driver) { d.press("7") }, "7"},
		{"TakenBack", func(d *driver) {
			d.press("y", "esc")
			d.send(heldMsg{d.m.chat.confirm.seq})
		}, ""},
		{"ScrolledAway", func(d *driver) {
			d.m.chat.list.toStart()
			d.press("y")
			d.send(heldMsg{d.m.chat.confirm.seq})
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := asked(t, "both please")
			c.do(d)
			d.settle()
			if n := len(d.sent()); n != 1 || d.m.chat.running() != nil {
				t.Fatalf("%d turns, the last one is %q", n, d.lastSent())
			}
			if got := d.m.chat.input.value(); got != c.text {
				t.Errorf("the input has %q, want %q", got, c.text)
			}
		})
	}
	t.Run("Expired", func(t *testing.T) {
		d := asked(t, "both please")
		d.wait(time.Hour)
		d.press("y")
		d.has("too old for a yes")
		if d.m.chat.confirm.active() || d.lastSent() != "both please" {
			t.Error("an old question was answered")
		}
	})
	t.Run("TextInTheInput", func(t *testing.T) {
		d := newDriver(t, 80, 24, as("ada@example.com"))
		d.typed("slow")
		d.press("enter")
		d.typed("cancel")
		close(d.k.release)
		d.until("the answer", func() bool { return d.m.chat.running() == nil })
		d.wait(time.Second)
		d.press("enter")
		d.until("the dialog", d.m.chat.confirm.active)
		d.typed("ok")
		d.m.ask()
		d.wait(time.Second)
		d.press("y")
		d.settle()
		if got := d.m.chat.input.value(); got != "oky" {
			t.Errorf("the input has %q", got)
		}
	})
}

// A conversation that is continued asks again what it was waiting for.
func TestConfirmAfterReturn(t *testing.T) {
	d := asked(t, "cancel it")
	id := d.m.chat.id
	d.press("ctrl+n")
	d.settle()
	if d.m.chat.id == id || d.m.chat.confirm.active() {
		t.Fatal("no new conversation")
	}
	d.run(d.m.enter(id))
	d.settle()
	d.has("Before anything changes", "Cancel order 1003")
	d.wait(time.Second)
	d.press("y")
	d.release()
	if d.lastSent() != "yes" {
		t.Errorf("sent %q", d.lastSent())
	}
}

// What else was asked for and cannot be done stands above the changes.
func TestConfirmSaysWhatCannotBeDone(t *testing.T) {
	d := asked(t, "cancel it")
	turn := *d.m.chat.confirm.turn
	pending := *turn.Pending
	pending.Note = "Order 1002 has already \x1bshipped, so it cannot be cancelled."
	turn.Pending = &pending
	var c confirm
	c.open(&turn, d.clock.now(), false)
	shown := strings.Join(c.view(d.m.paint, 72, 0), "\n")
	note, change := strings.Index(shown, "Order 1002 has already"), strings.Index(shown, "Cancel order 1003")
	if note < 0 || change < note || strings.Contains(shown, "\x1bs") {
		t.Errorf("shown:\n%s", shown)
	}
}
