package tui

import (
	"context"
	"errors"
	"slices"
	"testing"

	"banyan/orchestrator"
)

// managed is a driver with backends to manage.
func managed(t *testing.T, w, h int) *driver {
	t.Helper()
	return newDriver(t, w, h, func(c *Config) { as("ada@example.com")(c); c.Integrations = newFakeIntegrations() })
}

func (d *driver) command(line string) {
	d.t.Helper()
	d.typed(line)
	d.press("enter")
	d.until(line, func() bool { return !d.m.backends.busy() })
	d.settle()
}

func TestSwitchBackend(t *testing.T) {
	t.Run("ByName", func(t *testing.T) {
		d := managed(t, 120, 40)
		d.command("/model openai")
		d.has("openai plans and answers from the next message on", "openai gpt-5-mini · 3 of 5")
		if d.m.overlay != nil {
			t.Error("the screen stays after a switch by name")
		}
	})
	t.Run("Chain", func(t *testing.T) {
		d := managed(t, 120, 40)
		d.command("/model openai,ollama,offline")
		d.has("openai, then ollama, then offline plan and answer from the next message on.")
		d.command("/integrations")
		d.has("in use: openai → ollama → offline")
		if !slices.Equal(d.in.used, []string{"openai,ollama,offline"}) {
			t.Errorf("used %q", d.in.used)
		}
	})
	t.Run("ByArrows", func(t *testing.T) {
		d := managed(t, 80, 24)
		d.command("/model")
		d.has("in use: offline", "▸ ● offline")
		d.press("down", "down", "down", "up", "enter")
		d.until("the switch", func() bool { return d.m.overlay == nil })
		d.has("ollama plans and answers", "ollama llama3.2:3b")
	})
	t.Run("InTheList", func(t *testing.T) {
		d := managed(t, 80, 24)
		d.command("/integrations")
		d.press("down", "u")
		d.until("the switch", func() bool { return !d.m.backends.busy() })
		d.has("✓ openai plans and answers from the next message on.", "▸ ● openai", "in use: openai")
	})
	t.Run("Refused", func(t *testing.T) {
		d := managed(t, 80, 24)
		d.in.fail("groq", errors.New("no key is set. Put GROQ_API_KEY into .env"))
		d.command("/model groq")
		d.has("✗ Could not switch to groq: no key is set.", "offline stays in use.", "enter use it")
		d.press("esc")
		d.hasNot("groq")
		d.has("offline ·")
	})
	t.Run("RefusedAfterTheScreenWasLeft", func(t *testing.T) {
		d := managed(t, 120, 40)
		d.in.hold = make(chan struct{})
		d.in.fail("groq", errors.New("no key is set"))
		d.typed("/model groq")
		d.press("enter")
		d.has("switching to groq")
		d.press("esc")
		close(d.in.hold)
		d.until("the end", func() bool { return !d.m.backends.busy() })
		d.has("Could not switch to groq: no key is set. offline stays in use.")
	})
	t.Run("OneAtATime", func(t *testing.T) {
		d := managed(t, 80, 24)
		d.in.hold = make(chan struct{})
		d.typed("/model openai")
		d.press("enter", "down", "enter")
		d.has("One moment, openai is still being switched to.")
		close(d.in.hold)
		d.until("the end", func() bool { return !d.m.backends.busy() })
		if !slices.Equal(d.in.used, []string{"openai"}) {
			t.Errorf("used %q", d.in.used)
		}
	})
	t.Run("WhileATurnRuns", func(t *testing.T) {
		d := managed(t, 120, 40)
		d.slow("slow")
		d.command("/model openai")
		d.has("openai plans and answers from the next message on; the one under way is finished as it began.", "running")
		close(d.k.release)
		d.until("the end", func() bool { return d.m.chat.running() == nil })
		d.has("no model asked")
		d.say("status?")
		d.has("2 model calls")
	})
}

func TestTestBackend(t *testing.T) {
	d := managed(t, 80, 24)
	d.command("/integrations")
	d.in.hold = make(chan struct{})
	d.press("down", "t")
	d.has("… testing openai")
	d.press("t") // a second one is not started
	calls := d.in.calls.Load()
	close(d.in.hold)
	d.until("the test", func() bool { return !d.m.backends.busy() })
	d.has("✓ openai answers.")
	if n := d.in.calls.Load() - calls; n != 1 {
		t.Errorf("%d calls after the test, want the one for the list", n)
	}
	t.Run("EachHasItsOwn", func(t *testing.T) {
		d.in.fail("ollama", errors.New("nothing listens on port 11434"))
		d.press("down", "t")
		d.until("the test", func() bool { return !d.m.backends.busy() })
		d.has("✗ The test of ollama failed: nothing listens on port 11434.")
		d.hasNot("openai answers")
		d.press("up")
		d.has("✓ openai answers.")
	})
	t.Run("InTheDetails", func(t *testing.T) {
		d.press("enter")
		d.has("capabilities", "streaming, json schema, tools", "last error", "rate limited (429)", "✓ openai answers.")
		d.press("esc")
		d.has("5 backends")
		d.press("esc")
		if d.m.overlay != nil {
			t.Error("esc does not go back to the chat")
		}
	})
}

// The list is fetched again once a second, by one chain of messages, and only
// while it is shown.
func TestIntegrationsRefresh(t *testing.T) {
	d := managed(t, 120, 40)
	d.command("/integrations")
	seq := d.m.backends.seq
	d.in.mu.Lock()
	d.in.list[0].Calls = 4711
	d.in.mu.Unlock()
	d.hasNot("4.7k")
	d.send(refreshMsg{seq})
	d.has("4.7k")
	calls := d.in.calls.Load()
	d.send(refreshMsg{seq - 1})
	d.press("esc")
	d.send(refreshMsg{seq})
	d.send(backendsMsg{seq: seq, info: kernelInfo{catalog: d.k.catalog, backend: d.m.backend}})
	if n := d.in.calls.Load() - calls; n != 0 {
		t.Errorf("fetched %d times for screens that are not there", n)
	}
	d.command("/model")
	d.send(refreshMsg{seq})
	if d.m.backends.seq == seq {
		t.Error("the second screen has the number of the first")
	}
	if n := d.in.calls.Load() - calls; n != 1 {
		t.Errorf("fetched %d times, want once for the new screen", n)
	}
}

// What was asked for before a switch does not undo it on the screen.
func TestLateSnapshotIsDropped(t *testing.T) {
	d := managed(t, 120, 40)
	late := d.m.informer()()
	d.command("/model openai")
	d.send(backendsMsg{seq: d.m.backends.seq, info: late})
	d.send(catalogMsg{late})
	d.has("openai gpt-5-mini ·")
	d.send(backendsMsg{seq: d.m.backends.seq, info: d.m.informer()()})
	d.has("openai gpt-5-mini ·")
}

// The mark stays with its backend when the list changes.
func TestMarkStaysWithItsBackend(t *testing.T) {
	d := managed(t, 80, 24)
	d.command("/integrations")
	d.press("down", "down")
	d.has("▸   ollama")
	d.in.mu.Lock()
	slices.Reverse(d.in.list)
	d.in.mu.Unlock()
	d.send(refreshMsg{d.m.backends.seq})
	d.has("▸   ollama")
	d.in.mu.Lock()
	d.in.list = nil
	d.in.mu.Unlock()
	d.send(refreshMsg{d.m.backends.seq})
	d.has("only the one backend")
	d.press("down", "enter", "t", "u", "esc")
	if d.m.overlay != nil {
		t.Error("esc does not close an empty list")
	}
}

func TestManyBackendsScroll(t *testing.T) {
	d := managed(t, 60, 20)
	for i := range 30 {
		d.in.list = append(d.in.list, Integration{Name: "more-" + grouped(i), State: StateNotTried})
	}
	for _, screen := range []string{"/integrations", "/model"} {
		d.command(screen)
		for range 40 {
			d.press("down")
		}
		d.has("▸   more-29")
		fits(t, d, 60, 20)
		for range 40 {
			d.press("up")
		}
		d.has("▸ ● offline")
		d.press("esc")
	}
}

func TestOnlyOneBackend(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	d.command("/integrations")
	d.has("There is only the one backend: offline 1.0.0.")
	d.press("t", "u", "enter", "down", "esc")
	d.command("/model openai")
	d.has("offline 1.0.0", "--backend")
}

func TestNotice(t *testing.T) {
	d := newDriver(t, 80, 24, func(c *Config) {
		k := c.Kernel
		c.Kernel = nil
		c.Open = openedWith(Opened{Kernel: k, Accounts: fakeAccounts(), Integrations: newFakeIntegrations(), Notice: "Ollama is running: /model switches to it"})
	})
	d.has("» Ollama is running: /model switches to it")
	d.press("enter")
	d.settle()
	d.has("Hello Ada", "» Ollama is running: /model switches to it")
	d.command("/integrations")
	d.has("gpt-5-mini")
	d.press("esc")
	d.say("status?")
	d.hasNot("Ollama")
}

// What happens beside all turns, such as a playbook that breaks, is said where the
// user looks, and stays there until the next key.
func TestNoticeThatComesLater(t *testing.T) {
	d := managed(t, 80, 24)
	d.say("status?")
	d.m.events(eventsMsg{[]orchestrator.Event{{Kind: orchestrator.EventNotice, Text: "A playbook is left out: mine.yaml:6:13: there is no intent \"x\"."}}})
	d.has("A playbook is left out: mine.yaml:6:13")
	d.press("x")
	d.hasNot("A playbook is left out")
}

func openedWith(o Opened) func(context.Context) (Opened, error) {
	return func(context.Context) (Opened, error) { return o, nil }
}
