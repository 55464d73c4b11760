package tui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// Demo drives the chat from outside, as a person would: by keys. It is handed in by
// Config, for Run to be watched and for RunHeadless to be checked.
//
// Next is asked for one Action after the other, in the background, the first time
// when the shop is open and the login or the chat can be typed into. It may block
// until ctx ends, so it is the place for what a demo does beside the screen. It
// returns false when there is no more to show; the chat then goes on by itself. It is
// not called again after that, nor after the person has ended the demo with esc.
type Demo interface {
	Next(ctx context.Context) (Action, bool)
}

// Action is one thing that a demo does, in the order of its fields: it says its
// caption, types, presses keys, waits until the event and the text are there, pauses,
// and waits for the person.
type Action struct {
	// Caption stands in the bar at the bottom until the next one; empty leaves the one
	// before. Two lines are shown of it.
	Caption string
	// Type is typed letter by letter. Keys are pressed after it, by name: enter, esc,
	// tab, space, up, down, left, right, backspace, pgup, pgdown, home, end, f1, a
	// letter or a sign, with ctrl+ or alt+ before it. Pace is the time before each of
	// them, 40 ms if 0.
	Type string
	Keys []string
	Pace time.Duration
	// Event waits for an event for which it returns true, of those that came since the
	// action began. It is called in the loop of the screen: it must be quick. Screen waits until
	// the text stands on one line of the screen.
	Event  func(ev orchestrator.Event) bool
	Screen string
	// Timeout is how long Event and Screen are waited for, 15 s if 0. After it Run goes
	// on with the person's next key, and RunHeadless fails.
	Timeout time.Duration
	// Pause is time to read. Key waits for a key of the person: any goes on, except esc,
	// which ends the demo. RunHeadless does neither.
	Pause time.Duration
	Key   bool
}

// The times of an Action that says none.
const (
	demoPace    = 40 * time.Millisecond
	demoTimeout = 15 * time.Second
	demoSlow    = 3 * time.Second
)

// demoPhase is what the demo does now.
type demoPhase int

const (
	demoOff demoPhase = iota
	demoIdle
	demoAsking
	demoTyping
	demoWaiting
	demoPausing
	demoHolding // for a key of the person
)

// demo is the running demo.
type demo struct {
	source  Demo
	phase   demoPhase
	action  Action
	caption string
	keys    []tea.KeyPressMsg
	// met is set once the event has come, late once the time for waiting is over, fast
	// once the person wants no more typing.
	met, late, fast bool
	// slow is set once it has waited for demoSlow.
	slow bool
	seq  int
	// seen gets the screen at the end of every action; nil: a person is watching.
	seen func(Frame) error
	err  error
}

// The messages of the demo's Cmds; those of another seq are out of date.
type (
	demoActionMsg struct {
		seq    int
		action Action
		more   bool
	}
	demoKeyMsg  struct{ seq int }
	demoLateMsg struct{ seq int }
	demoRestMsg struct{ seq int }
	demoSlowMsg struct{ seq int }
)

func newDemo(source Demo) demo {
	d := demo{source: source}
	if source != nil {
		d.phase = demoIdle
	}
	return d
}

func (d *demo) on() bool { return d.phase != demoOff }

// rows is how many rows the caption takes.
func (d *demo) rows() int {
	if d.on() {
		return demoRows
	}
	return 0
}

// demonstrate takes the demo on after a message.
func (m *model) demonstrate(msg tea.Msg) tea.Cmd {
	d := &m.demo
	switch msg := msg.(type) {
	case demoActionMsg:
		if msg.seq == d.seq && d.phase == demoAsking {
			return m.demoBegin(msg)
		}
	case demoKeyMsg:
		if msg.seq == d.seq && d.phase == demoTyping {
			return m.demoType()
		}
	case demoLateMsg:
		if msg.seq == d.seq && d.phase == demoWaiting {
			return m.demoOverdue()
		}
	case demoRestMsg:
		if msg.seq == d.seq && d.phase == demoPausing {
			return m.demoHold()
		}
	case demoSlowMsg:
		d.slow = d.slow || msg.seq == d.seq
	case eventsMsg:
		for _, ev := range msg.events {
			if d.on() && d.action.Event != nil && !d.met {
				d.met = d.action.Event(ev)
			}
		}
	}
	switch {
	case d.phase == demoIdle && m.failed == nil && !m.opening && (m.page == pageLogin || m.chat.ready):
		return m.demoNext()
	case d.phase == demoWaiting:
		return m.demoCheck()
	}
	return nil
}

// demoNext asks for the next action.
func (m *model) demoNext() tea.Cmd {
	d := &m.demo
	d.seq++
	d.phase, d.action, d.met = demoAsking, Action{}, false
	seq, source := d.seq, d.source
	return tea.Batch(m.demoSlowly(), m.crew.do(func(ctx context.Context) tea.Msg {
		a, more := source.Next(ctx)
		return demoActionMsg{seq, a, more}
	}))
}

// demoSlowly notices when a person has waited for a while.
func (m *model) demoSlowly() tea.Cmd {
	d := &m.demo
	d.slow = false
	if d.seen != nil {
		return nil
	}
	seq := d.seq
	return tea.Tick(demoSlow, func(time.Time) tea.Msg { return demoSlowMsg{seq} })
}

func (m *model) demoBegin(msg demoActionMsg) tea.Cmd {
	d := &m.demo
	if !msg.more {
		m.endDemo("The demo is over. Go on as you like.")
		if d.seen != nil {
			return tea.Quit
		}
		return nil
	}
	d.action, d.met, d.late, d.fast = msg.action, false, false, d.seen != nil
	if c := cleanLine(msg.action.Caption); c != "" {
		d.caption = c
	}
	d.keys = nil
	for _, r := range msg.action.Type {
		d.keys = append(d.keys, pressed(string(r)))
	}
	for _, name := range msg.action.Keys {
		d.keys = append(d.keys, pressed(name))
	}
	d.phase = demoTyping
	return m.demoTick(true)
}

// demoTick waits for the time of the next key. What asks for a yes takes no key that
// comes too soon.
func (m *model) demoTick(first bool) tea.Cmd {
	d := &m.demo
	wait := d.action.Pace
	if wait <= 0 {
		wait = demoPace
	}
	if d.fast {
		wait = time.Millisecond
	}
	if first && m.chat.confirm.active() {
		wait = max(wait, quiet+quiet/2)
	}
	if len(d.keys) == 0 {
		wait = 0
	}
	seq := d.seq
	return tea.Tick(wait, func(time.Time) tea.Msg { return demoKeyMsg{seq} })
}

// demoType presses the next key.
func (m *model) demoType() tea.Cmd {
	d := &m.demo
	if len(d.keys) == 0 {
		d.phase = demoWaiting
		if d.action.Event == nil && d.action.Screen == "" {
			return m.demoCheck()
		}
		wait, seq := d.action.Timeout, d.seq
		if wait <= 0 {
			wait = demoTimeout
		}
		return tea.Batch(m.demoSlowly(), m.demoCheck(), tea.Tick(wait, func(time.Time) tea.Msg { return demoLateMsg{seq} }))
	}
	k := d.keys[0]
	d.keys = d.keys[1:]
	return tea.Batch(m.press(k), m.demoTick(false))
}

// demoCheck goes on if what is waited for is there.
func (m *model) demoCheck() tea.Cmd {
	d := &m.demo
	if a := d.action; a.Event != nil && !d.met || a.Screen != "" && !m.onScreen(a.Screen) {
		return nil
	}
	return m.demoRest()
}

// demoRest lets people read.
func (m *model) demoRest() tea.Cmd {
	d := &m.demo
	if d.seen == nil && d.action.Pause > 0 {
		d.phase = demoPausing
		seq := d.seq
		return tea.Tick(d.action.Pause, func(time.Time) tea.Msg { return demoRestMsg{seq} })
	}
	return m.demoHold()
}

func (m *model) demoHold() tea.Cmd {
	d := &m.demo
	if d.seen == nil && d.action.Key {
		d.phase = demoHolding
		return nil
	}
	return m.demoDone()
}

func (m *model) demoDone() tea.Cmd {
	d := &m.demo
	if d.seen != nil {
		if d.err = d.seen(Frame{Action: d.action, Screen: m.screenText()}); d.err != nil {
			return tea.Quit
		}
	}
	return m.demoNext()
}

// demoOverdue is the end of the time for waiting.
func (m *model) demoOverdue() tea.Cmd {
	d := &m.demo
	d.late = true
	if d.seen == nil {
		return nil
	}
	what := "the event"
	if d.action.Event == nil || d.met {
		what = fmt.Sprintf("%q on the screen", d.action.Screen)
	}
	d.err = fmt.Errorf("the demo waited too long for %s after %q; the screen is:\n%s", what, d.caption, m.screenText())
	return tea.Quit
}

// pressDemo takes a key of the person while the demo runs.
func (m *model) pressDemo(msg tea.KeyPressMsg) tea.Cmd {
	d := &m.demo
	switch {
	case msg.String() == "esc":
		m.endDemo("The demo has ended here. Go on as you like.")
	case d.phase == demoTyping:
		d.fast = true
	case d.phase == demoPausing:
		return m.demoHold()
	case d.phase == demoHolding, d.phase == demoWaiting && d.late:
		return m.demoDone()
	}
	return nil
}

// endDemo gives the window back to the chat.
func (m *model) endDemo(why string) {
	m.h += m.demo.rows()
	m.demo.phase, m.demo.keys = demoOff, nil
	m.demo.seq++
	m.status = why
	m.redialog()
}

// onScreen tells whether a text stands on one line of the screen.
func (m *model) onScreen(text string) bool {
	for at, l := range strings.Split(m.screenText(), "\n") {
		if at != m.h && strings.Contains(l, text) { // row h says what is waited for
			return true
		}
	}
	return false
}
