package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		env               string
		ascii, accessible bool
	}{
		{"TERM=linux", true, false},
		{"TERM=xterm-256color", false, false},
		{"ACCESSIBLE=1", false, true},
		{"ACCESSIBLE=yes", false, true},
		{"ACCESSIBLE=0", false, false},
		{"ACCESSIBLE=", false, false},
	} {
		t.Run(c.env, func(t *testing.T) {
			got := Config{Env: []string{c.env}}.withDefaults()
			if got.ASCII != c.ascii || got.Accessible != c.accessible {
				t.Errorf("ascii %v, accessible %v", got.ASCII, got.Accessible)
			}
		})
	}
}

func TestRunNeedsAKernel(t *testing.T) {
	if err := Run(t.Context(), Config{}); err == nil {
		t.Error("it ran without a kernel")
	}
}

// linearChat runs the linear mode on lines of input.
func linearChat(t *testing.T, change func(*Config), lines ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	c := newClock()
	cfg := Config{
		Kernel: newFakeKernel(c.now), Accounts: fakeAccounts(), Now: c.now, Accessible: true, Env: []string{},
		In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out,
	}
	if change != nil {
		change(&cfg)
	}
	err := Run(t.Context(), cfg)
	return out.String(), err
}

func TestLinear(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"LoginByNumber", []string{"2", "/quit"}, []string{"choice 2: ben@example.com", "you are ben@example.com", "to try, 1:", "goodbye"}},
		{"UnknownUser", []string{"eve@example.com", "1", "/quit"}, []string{"there is no customer eve@example.com", "you are ada@example.com"}},
		{"Steps", []string{"1", "fallback please"}, []string{"step 1 of 1: list_orders, modern failed, answered by legacy, done in 0.2 s", "banyan: Your latest order is 1003, a desk lamp."}},
		{"Table", []string{"1", "show my orders"}, []string{"order 1003, status processing, items desk lamp, total 45.00 EUR"}},
		{"Confirmation", []string{"1", "both please", "yes"}, []string{
			"2 things wait for your yes", "change 1 of 2: Cancel order 1003", "field phone: from +47 400 00 100 to +47 400 00 123",
			"condition: it has not shipped: met", "step 2 of 3: cancel_order, modern, done in 5 ms", "is cancelled",
		}},
		{"Error", []string{"1", "break it"}, []string{"error: The backend gave no plan"}},
		{"Commands", []string{"1", "/intents", "/model", "/nonsense", "/conversations"}, []string{
			"intent: track_shipment, Tell where a parcel is, legacy", "backend: offline", "no command /nonsense", "no earlier conversation",
		}},
		{"OneBackend", []string{"1", "/integrations", "/model openai", "/test", "/again"}, []string{
			"there is only the one backend, offline", "error: there is only the one backend. Nothing was changed.", "error: say which backend", "nothing to send again",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, err := linearChat(t, nil, c.lines...)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(out, w) {
					t.Errorf("no %q in\n%s", w, out)
				}
			}
			onlyText(t, "the linear mode", out)
			if strings.Contains(out, "\x1b") {
				t.Error("there are escape sequences")
			}
		})
	}
	t.Run("Backends", func(t *testing.T) {
		out, err := linearChat(t, func(c *Config) {
			k, in := c.Kernel.(*fakeKernel), newFakeIntegrations()
			in.k = k
			in.fail("groq", errors.New("no key is set"))
			close(k.release)
			c.Integrations, c.Notice = in, "Ollama is running on this machine"
		}, "1", "/integrations", "/model groq", "/test groq", "/test openai", "/model openai", "slow retry", "unreachable", "/again", "/model")
		if err != nil {
			t.Fatal(err)
		}
		rest := out
		for _, w := range []string{
			"banyan: Ollama is running on this machine",
			"backend: offline, local, model none, version 1.0.0, contract 1, up, in use, 12 calls, 0 errors, median 2 ms",
			"backend: openai, remote, model gpt-5-mini", "128 calls, 3 errors, 45k tokens, 0.123 USD, median 0.8 s", "its last error: rate limited (429)",
			"error: could not switch to groq: no key is set. offline stays in use.", "error: the test of groq failed: no key is set.",
			"banyan: openai answers.", "backend: openai 1.0.0, model gpt-5-mini.", "backend: retry: openai failed", "backend: fallback: openai failed",
			"Slow and done.", "usage: 2 model calls, 1.2k tokens, 0.004 USD", "error: openai cannot be reached.", "/again sends it once more",
			"error: openai cannot be reached.", "/integrations lists the names",
		} {
			i := strings.Index(rest, w)
			if i < 0 {
				t.Fatalf("no %q, or too early, in\n%s", w, out)
			}
			rest = rest[i+len(w):]
		}
		onlyText(t, "the linear mode", out)
	})
	t.Run("Hostile", func(t *testing.T) {
		s := strings.Join(evil, " ")
		out, err := linearChat(t, func(c *Config) {
			k := newFakeKernel(c.Now)
			k.turns["p"] = []orchestrator.Turn{{Conversation: "p", ID: "t", Message: s, Answer: s, Kind: orchestrator.KindAnswer}}
			in := newFakeIntegrations()
			in.k, in.list = k, []Integration{{Name: s, Model: s, Version: s, State: s, LastError: s}}
			in.fail(s, errors.New(s))
			c.Kernel, c.Conversation, c.Integrations, c.Notice = k, "p", in, s
			c.Accounts = []Account{{orchestrator.User{Email: s, Role: orchestrator.Role(s)}, s}}
		}, s, "1", s, "/integrations", "/model "+s, "/test "+s)
		if err != nil {
			t.Fatal(err)
		}
		onlyText(t, "the linear mode", out)
		if strings.Contains(out, "\x1b") {
			t.Error("there are escape sequences")
		}
	})
	t.Run("OpenFails", func(t *testing.T) {
		want := errors.New("the store is held by process 42")
		_, err := linearChat(t, func(c *Config) {
			c.Kernel = nil
			c.Open = func(context.Context) (Opened, error) { return Opened{}, want }
		})
		if !errors.Is(err, want) {
			t.Errorf("got %v", err)
		}
	})
}

func TestOpenFails(t *testing.T) {
	want := errors.New("the store is held by process 42")
	d := newDriver(t, 80, 24, func(c *Config) {
		c.Kernel = nil
		c.Open = func(context.Context) (Opened, error) { return Opened{}, want }
	})
	d.has("Banyan could not start", "process 42")
	if !errors.Is(d.m.failed, want) {
		t.Errorf("kept %v", d.m.failed)
	}
}

func TestOpenedReplacesTheConfig(t *testing.T) {
	d := newDriver(t, 80, 24, func(c *Config) {
		k, user := c.Kernel, fakeAccounts()[1].User
		c.Kernel, c.Accounts = nil, nil
		c.Open = func(context.Context) (Opened, error) {
			return Opened{Kernel: k, User: &user, Suggestions: func(context.Context, orchestrator.User) []string { return []string{"try this"} }}, nil
		}
	})
	d.has("Hello Ben", "try this")
}

// Cmds that still run when the program ends are waited for, those that come
// later do nothing.
func TestCrew(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := newCrew(ctx)
	if !c.enter() {
		t.Fatal("closed from the start")
	}
	cancel()
	if c.wait(time.Millisecond) {
		t.Error("did not wait for what runs")
	}
	if c.enter() {
		t.Error("took work after the end")
	}
	c.leave()
	select {
	case <-c.idle:
	case <-time.After(time.Second):
		t.Error("never idle")
	}
}
