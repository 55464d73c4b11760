package tui

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"banyan/orchestrator"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// clock is a time that only moves when it is told to.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)} }

// driver runs the root model without a terminal. Cmds run in step until none is
// left; those that wait for time or for events are run apart.
type driver struct {
	t      testing.TB
	m      *model
	k      *fakeKernel
	in     *fakeIntegrations // nil if there are none
	mig    *fakeMigration    // nil if there is none
	clock  *clock
	copied []string
	quit   bool
	// started is set once the model was told to open the kernel.
	started bool
	later   chan tea.Msg
}

func newDriver(t testing.TB, w, h int, change func(*Config)) *driver {
	t.Helper()
	c := newClock()
	k := newFakeKernel(c.now)
	cfg := Config{Kernel: k, Accounts: fakeAccounts(), Now: c.now, NoAnimation: true, Env: []string{}, Out: &strings.Builder{}}
	if change != nil {
		change(&cfg)
	}
	in, _ := cfg.Integrations.(*fakeIntegrations)
	if in != nil {
		in.k = k
	}
	mig, _ := cfg.Migration.(*fakeMigration)
	ctx, cancel := context.WithCancel(context.Background())
	cr := newCrew(ctx)
	d := &driver{t: t, m: newModel(cfg.withDefaults(), cr), k: k, in: in, mig: mig, clock: c, later: make(chan tea.Msg, 64)}
	t.Cleanup(func() {
		cancel()
		if !cr.wait(5 * time.Second) {
			t.Error("something still runs after the end")
		}
	})
	_ = d.m.View()
	if w > 0 {
		d.send(tea.WindowSizeMsg{Width: w, Height: h})
		d.send(startMsg{})
		d.settle()
	}
	return d
}

// as logs a user in.
func as(who string) func(*Config) {
	return func(c *Config) {
		for _, a := range c.Accounts {
			if a.User.Email == who {
				c.User = &a.User
			}
		}
	}
}

// send gives the model a message and runs what it asks for.
func (d *driver) send(msg tea.Msg) {
	d.t.Helper()
	if _, start := msg.(startMsg); start {
		if d.started {
			return // the test has sent it before its time came
		}
		d.started = true
	}
	before := d.calls()
	_, cmd := d.m.Update(msg)
	d.m.View()
	if n := d.calls() - before; n != 0 {
		d.t.Errorf("Update or View called the kernel %d times on %T", n, msg)
	}
	d.run(cmd)
}

// calls counts what Update and View called of the world outside.
func (d *driver) calls() int64 {
	n := d.k.inside.Load()
	if d.in != nil {
		n += d.in.inside.Load()
	}
	if d.mig != nil {
		n += d.mig.inside.Load()
	}
	return n
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	done := make(chan tea.Msg, 1)
	go func() { done <- cmd() }()
	select {
	case msg := <-done:
		d.take(msg)
	case <-time.After(5 * time.Millisecond):
		// It waits for an event, for a turn or for time: its message comes later.
		go func() { d.later <- <-done }()
	}
}

func (d *driver) take(msg tea.Msg) {
	if msg == nil {
		return
	}
	v := reflect.ValueOf(msg)
	if v.Kind() == reflect.Slice && v.Type().Elem() == reflect.TypeFor[tea.Cmd]() {
		for i := range v.Len() {
			d.run(v.Index(i).Interface().(tea.Cmd))
		}
		return
	}
	switch v.Type().Name() {
	case "QuitMsg":
		d.quit = true
		return
	case "setClipboardMsg":
		d.copied = append(d.copied, v.String())
		return
	}
	d.send(msg)
}

// settle takes what comes late, until the model waits for nothing of its own and
// nothing has come for a while.
func (d *driver) settle() {
	for range 200 {
		select {
		case msg := <-d.later:
			d.take(msg)
		case <-time.After(50 * time.Millisecond):
			m := d.m
			loading := m.overlay != nil && m.overlay.picker != nil && m.overlay.picker.loading
			if m.failed != nil || !m.opening && !m.login.busy && !loading && (m.page == pageLogin || m.chat.ready) {
				return
			}
		}
	}
}

// until takes what comes late until ok.
func (d *driver) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.After(5 * time.Second)
	for !ok() {
		select {
		case msg := <-d.later:
			d.take(msg)
		case <-deadline:
			d.t.Fatalf("waited too long for %s:\n%s", what, d.cells())
		}
	}
}

// press types keys by name, as Key.String writes them.
func (d *driver) press(names ...string) {
	d.t.Helper()
	for _, n := range names {
		d.send(keyNamed(n))
		d.calm()
	}
}

// calm waits until the board has taken the last letter, so that the next is not taken
// for the same word.
func (d *driver) calm() {
	d.t.Helper()
	if !d.m.boardOpen() {
		return
	}
	if s := d.m.overlay.screen.(*boardScreen); s.held.on {
		d.until("the letter on the board", func() bool { return !s.held.on })
		d.wait(boardBurst)
	}
}

func keyNamed(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "backspace": tea.KeyBackspace,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	}
	k := tea.Key{}
	rest := name
	for {
		if r, ok := strings.CutPrefix(rest, "ctrl+"); ok {
			k.Mod |= tea.ModCtrl
			rest = r
		} else if r, ok := strings.CutPrefix(rest, "alt+"); ok {
			k.Mod |= tea.ModAlt
			rest = r
		} else {
			break
		}
	}
	if code, ok := special[rest]; ok {
		k.Code = code
	} else {
		k.Code = []rune(rest)[0]
		if k.Mod == 0 {
			k.Text = rest
		}
	}
	return tea.KeyPressMsg(k)
}

// say types a message, sends it and waits for the answer.
func (d *driver) say(text string) {
	d.t.Helper()
	d.typed(text)
	d.clock.t = d.clock.t.Add(time.Second)
	d.press("enter")
	d.until("the answer to "+text, func() bool { return d.m.chat.running() == nil })
	d.clock.t = d.clock.t.Add(time.Second)
}

func (d *driver) typed(text string) {
	for _, r := range text {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// wait lets time pass.
func (d *driver) wait(t time.Duration) { d.clock.t = d.clock.t.Add(t) }

func (d *driver) content() string { return d.m.View().Content }

// cells is the screen as plain text.
func (d *driver) cells() string {
	lines := strings.Split(ansi.Strip(d.content()), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

func (d *driver) has(texts ...string) {
	d.t.Helper()
	for _, x := range texts {
		if !strings.Contains(d.cells(), x) {
			d.t.Errorf("the screen has no %q:\n%s", x, d.cells())
		}
	}
}

func (d *driver) hasNot(texts ...string) {
	d.t.Helper()
	for _, x := range texts {
		if strings.Contains(d.cells(), x) {
			d.t.Errorf("the screen has %q:\n%s", x, d.cells())
		}
	}
}

// golden compares the screen with a file, cell by cell, or with its colours.
func (d *driver) golden(name string, colours bool) {
	d.t.Helper()
	got := d.cells()
	if colours {
		got = strings.ReplaceAll(d.content(), "\x1b", "␛") + "\n"
	}
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			d.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatal(err)
	}
	if got != string(want) {
		d.t.Errorf("%s looks different (go test -update writes it anew):\n--- want\n%s\n--- got\n%s", name, want, got)
	}
}

func (d *driver) sent() []orchestrator.Turn {
	d.k.mu.Lock()
	defer d.k.mu.Unlock()
	return d.k.turns[d.m.chat.id]
}

func (d *driver) lastSent() string {
	t := d.sent()
	if len(t) == 0 {
		return ""
	}
	return t[len(t)-1].Message
}

func splitLines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }
