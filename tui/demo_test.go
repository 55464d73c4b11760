package tui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"banyan/orchestrator"
)

// scripted is a demo that is a list of actions.
type scripted struct {
	actions []Action
	asked   int
}

func (s *scripted) Next(context.Context) (Action, bool) {
	if s.asked >= len(s.actions) {
		return Action{}, false
	}
	s.asked++
	return s.actions[s.asked-1], true
}

// A demo types, waits for what comes of it, and says yes like a person.
func ExampleRunHeadless() {
	clock := time.Now
	demo := &scripted{actions: []Action{
		{Caption: "Ada asks for two things at once.", Type: "both please", Keys: []string{"enter"}, Screen: "Before anything changes"},
		{Caption: "Nothing has been changed so far. She says yes.", Keys: []string{"y"}, Event: func(ev orchestrator.Event) bool { return ev.Kind == orchestrator.EventTurnEnded }},
		{Screen: "is cancelled"},
	}}
	cfg := Config{Kernel: newFakeKernel(clock), Accounts: fakeAccounts(), Demo: demo, Env: []string{}}
	as("ada@example.com")(&cfg)
	err := RunHeadless(context.Background(), cfg, func(f Frame) error {
		lines := strings.Split(f.Screen, "\n")
		fmt.Println(strings.TrimSpace(lines[len(lines)-2]))
		return nil
	})
	fmt.Println(err)
	// Output:
	// Ada asks for two things at once.
	// Nothing has been changed so far. She says yes.
	// Nothing has been changed so far. She says yes.
	// <nil>
}

// What a headless demo waits for in vain, and what its checks find, are its errors.
func TestHeadlessFails(t *testing.T) {
	base := func(actions ...Action) Config {
		cfg := Config{Kernel: newFakeKernel(time.Now), Accounts: fakeAccounts(), Demo: &scripted{actions: actions}, Env: []string{}}
		as("ada@example.com")(&cfg)
		return cfg
	}
	wrong := errors.New("wrong")
	for _, c := range []struct {
		name string
		cfg  Config
		seen func(Frame) error
		want string
	}{
		{"screen", base(Action{Caption: "x", Screen: "never there", Timeout: 50 * time.Millisecond}), nil, `too long for "never there" on the screen after "x"`},
		{"event", base(Action{Event: func(orchestrator.Event) bool { return false }, Timeout: 50 * time.Millisecond}), nil, "too long for the event"},
		{"check", base(Action{}), func(Frame) error { return wrong }, "wrong"},
		{"left", base(Action{Type: "/quit", Keys: []string{"enter"}, Screen: "never"}), nil, "left before"},
		{"open", Config{Open: func(context.Context) (Opened, error) { return Opened{}, wrong }, Demo: &scripted{}, Env: []string{}}, nil, "wrong"},
		{"no demo", Config{Kernel: newFakeKernel(time.Now)}, nil, "needs a demo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := RunHeadless(context.Background(), c.cfg, c.seen)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %s", err, c.want)
			}
		})
	}
}

// A person goes on with any key and ends the demo with esc; the bar keeps its height.
func TestDemoIsWatched(t *testing.T) {
	demo := &scripted{actions: []Action{
		{Caption: strings.Repeat("A long caption that says much. ", 20), Key: true},
		{Caption: "And now this.", Type: "where is it", Key: true, Pace: time.Microsecond},
		{Screen: "never there", Timeout: time.Millisecond},
		{Caption: "The last.", Key: true},
	}}
	d := newDriver(t, 80, 27, func(c *Config) { as("ada@example.com")(c); c.Demo = demo })
	at := func(n int, phase demoPhase) {
		t.Helper()
		d.until("the demo", func() bool { return demo.asked == n && d.m.demo.phase == phase })
		if rows := strings.Count(d.cells(), "\n"); rows != 27 {
			t.Errorf("%d rows", rows)
		}
	}
	at(1, demoHolding)
	d.has("demo", "any key goes on", "esc ends the demo", "A long caption")
	d.press("x")
	at(2, demoHolding)
	d.has("And now this.", "where is it")
	d.press("x")
	d.until("the end of the patience", func() bool { return d.m.demo.late })
	d.has("still waiting: any key goes on")
	d.press("x")
	at(4, demoHolding)
	d.press("esc")
	d.hasNot("The last.")
	d.has("The demo has ended here.", "where is it")
	if rows := strings.Count(d.cells(), "\n"); rows != 27 || d.m.h != 27 {
		t.Errorf("%d rows, height %d", rows, d.m.h)
	}
}

// A demo steers the migration like a presenter: by the keys of the board.
func TestDemoSteersTheBoard(t *testing.T) {
	mig := newFakeMigration(time.Now)
	cfg := Config{Kernel: newFakeKernel(time.Now), Accounts: fakeAccounts(), Migration: mig, Env: []string{}, Demo: &scripted{actions: []Action{
		{Caption: "The board.", Keys: []string{"ctrl+g"}, Screen: "cancel_order"},
		{Caption: "To a quarter of the users.", Keys: []string{"down", "down", "down", "down", "c", "2", "5", "enter"}, Screen: "track_shipment is now at canary 25 %"},
		{Caption: "And broken.", Keys: []string{"b", "enter"}, Screen: "broken on purpose: shipping (30 % errors)"},
		{Caption: "And whole again.", Keys: []string{"h", "h"}, Screen: "nothing is broken on purpose"},
		{Keys: []string{"esc", "ctrl+n"}, Screen: "intents modern"},
	}}}
	as("sam@example.com")(&cfg)
	var last string
	if err := RunHeadless(context.Background(), cfg, func(f Frame) error { last = f.Screen; return nil }); err != nil {
		t.Fatal(err)
	}
	if rows := strings.Count(last, "\n") + 1; rows != 40 {
		t.Errorf("the screen has %d rows", rows)
	}
	if got, want := mig.changes(), "set track_shipment canary=25 auto by sam@example.com; break shipping 30 % errors by sam@example.com; heal by sam@example.com"; got != want {
		t.Errorf("did %q", got)
	}
}

// After a while the bar says what is waited for.
func TestDemoSaysWhatItWaitsFor(t *testing.T) {
	d := newDriver(t, 120, 40, as("sam@example.com"))
	d.m.demo = demo{phase: demoWaiting, seq: 3, action: Action{Screen: "◇ compared"}}
	bar := func() string { return ansi.Strip(strings.Join(d.m.demoBar(120), "\n")) }
	if got := bar(); strings.Contains(got, "waiting for") {
		t.Errorf("at once it says %s", got)
	}
	d.m.demonstrate(demoSlowMsg{2})
	if got := bar(); strings.Contains(got, "waiting for") {
		t.Errorf("of another action it says %s", got)
	}
	d.m.demonstrate(demoSlowMsg{3})
	if got := bar(); !strings.Contains(got, "waiting for ◇ compared") {
		t.Errorf("it says %s", got)
	}
	d.m.demo.action = Action{Event: func(orchestrator.Event) bool { return false }}
	if got := bar(); !strings.Contains(got, "waiting for the answer") {
		t.Errorf("it says %s", got)
	}
	d.m.demo.phase = demoAsking
	if got := bar(); !strings.Contains(got, "beside the screen") {
		t.Errorf("it says %s", got)
	}
	d.m.demo.phase = demoOff
}
