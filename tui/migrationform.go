package tui

import (
	"strconv"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// boardForm asks for a few values below the board.
type boardForm struct {
	title  string
	fields []*formField
	at     int
	// explain says what the values would do, in a sentence; problem why they cannot be
	// taken, empty if they can.
	explain func(f *boardForm) (said, problem string)
	submit  func(m *model, s *boardScreen, f *boardForm) tea.Cmd
	verb    string
}

// formField is one value: typed, or one of choices.
type formField struct {
	name, value, unit string
	choices           []string
	// digits takes digits alone; free is text that can be typed beside the choices.
	digits, free bool
	// fresh is set until the first key: it replaces the value.
	fresh bool
	// off tells that the value does not matter now.
	off func(f *boardForm) bool
}

func (f *boardForm) field(name string) *formField {
	for _, x := range f.fields {
		if x.name == name {
			return x
		}
	}
	return &formField{}
}

func (f *boardForm) number(name string) int {
	n, _ := strconv.Atoi(f.field(name).value) // no number is 0, which no form takes
	return n
}

func (f *boardForm) move(n int) {
	for range f.fields {
		f.at = (f.at + n + len(f.fields)) % len(f.fields)
		if x := f.fields[f.at]; x.off == nil || !x.off(f) {
			return
		}
	}
}

// turn goes through the choices of a field.
func (x *formField) turn(n int) {
	if len(x.choices) == 0 {
		return
	}
	at := 0
	for i, c := range x.choices {
		if c == x.value {
			at = i
		}
	}
	x.value, x.fresh = x.choices[(at+n+len(x.choices))%len(x.choices)], true
}

func (x *formField) typed(text string) {
	if x.digits && strings.Trim(text, "0123456789") != "" || !x.digits && !x.free || len(x.value)+len(text) > 40 && !x.fresh {
		return
	}
	if x.fresh {
		x.value = ""
	}
	x.value, x.fresh = x.value+cleanLine(text), false
	if x.digits && len(x.value) > 6 {
		x.value = x.value[:6]
	}
}

func (f *boardForm) press(m *model, s *boardScreen, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	x, k := f.fields[f.at], m.keys
	switch {
	case key.Matches(msg, k.back):
		return nil, true
	case key.Matches(msg, k.choose):
		if _, problem := f.explain(f); problem != "" {
			return nil, false
		}
		s.front = nil
		return f.submit(m, s, f), s.front == nil
	case key.Matches(msg, k.down), msg.String() == "tab":
		f.move(1)
	case key.Matches(msg, k.up), msg.String() == "shift+tab":
		f.move(-1)
	case msg.String() == "right", msg.String() == "space" && len(x.choices) > 0:
		x.turn(1)
	case msg.String() == "left":
		x.turn(-1)
	case msg.String() == "backspace":
		if r := []rune(x.value); len(r) > 0 && (x.digits || x.free) {
			x.value, x.fresh = string(r[:len(r)-1]), false
		}
	case msg.Text != "":
		x.typed(msg.Text)
	}
	return nil, false
}

func (f *boardForm) dock(*model, int) int { return len(f.fields) + 2 + formSaid }

// formSaid is how many lines say what a form would do.
const formSaid = 3

func (f *boardForm) scroll(int) {}

func (f *boardForm) view(m *model, w, _ int) []string {
	st, g := m.st, m.signs
	out := []string{st.strong.Render(cut(f.title, w, g.ellipsis))}
	for i, x := range f.fields {
		mark, value := "  ", st.plain.Render(cleanLine(x.value))
		if i == f.at {
			mark = st.accent.Render(g.pick) + " "
			value = st.strong.Render(cleanLine(x.value))
			if x.digits || x.free {
				value += st.accent.Render("_")
			}
		}
		if x.off != nil && x.off(f) {
			value = st.faint.Render(g.dash)
			out = append(out, mark+st.faint.Render(fill(x.name, 10, ""))+value)
			continue
		}
		more := ""
		if i == f.at && len(x.choices) > 1 {
			more = st.faint.Render("   " + "left and right: " + strings.Join(cleanAll(x.choices), ", "))
		}
		out = append(out, cut(mark+st.faint.Render(fill(x.name, 10, ""))+value+" "+st.quiet.Render(x.unit)+more, w, g.ellipsis))
	}
	said, problem := f.explain(f)
	if problem != "" {
		return append(out, paint(window(hang(g.failed+" ", problem, w), 0, formSaid), st.bad)...)
	}
	return append(out, paint(window(wrap(said, min(w, maxText)), 0, formSaid), st.quiet)...)
}

func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = cleanLine(s)
	}
	return out
}

func (f *boardForm) hints(m *model) []key.Binding {
	do := m.keys.choose
	do.SetHelp(do.Help().Key, f.verb)
	return []key.Binding{do, m.keys.up, m.keys.back}
}

// openCanary asks for the share of a canary, and who moves it on.
func (s *boardScreen) openCanary(i orchestrator.IntentStatus) {
	percent, mode := "10", string(orchestrator.RolloutAuto)
	if r := i.Version.Route; r.Kind == orchestrator.RouteCanary {
		percent = strconv.Itoa(r.Percent)
	}
	if i.Rollout != nil && i.Rollout.Mode != "" {
		mode = string(i.Rollout.Mode)
	}
	s.front = &boardForm{
		title: "Canary of " + cleanLine(i.Intent), verb: "start it",
		fields: []*formField{
			{name: "percent", value: percent, unit: "of the users", digits: true, fresh: true, choices: []string{"5", "10", "25", "50", "100"}},
			{name: "moved by", value: mode, choices: []string{string(orchestrator.RolloutAuto), string(orchestrator.RolloutManual)}},
		},
		explain: func(f *boardForm) (string, string) {
			n := f.number("percent")
			if n < 1 || n > 100 {
				return "", "Say a percentage from 1 to 100."
			}
			said := "Modern serves " + grouped(n) + " % of the users, always the same ones; the others stay with legacy. "
			if f.field("moved by").value == string(orchestrator.RolloutAuto) {
				return said + "The judge promotes it step by step, and aborts it if it does worse than legacy.", ""
			}
			return said + "The judge only advises: p promotes, ! aborts.", ""
		},
		submit: func(m *model, s *boardScreen, f *boardForm) tea.Cmd {
			return s.set(m, i, orchestrator.RouteChange{
				Intent: i.Intent, Rollout: orchestrator.RolloutMode(f.field("moved by").value),
				Route: orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: f.number("percent")},
			})
		},
	}
}

// The ways in which a service can be broken, as the form offers them.
const (
	breakErrors  = "errors"
	breakLost    = "errors after the work is done"
	breakLatency = "latency"
	breakOutage  = "outage"
	breakBug     = "wrong answers"
)

// openBreak asks how to break which service.
func (s *boardScreen) openBreak(m *model) {
	b := &m.migrating
	if !m.maySteer() {
		b.said = &told{false, onlyStaff}
		return
	}
	var services []string
	for _, n := range b.status.Services {
		services = append(services, n.Service)
	}
	if len(services) == 0 {
		b.said = &told{false, "There is no service to break."}
		return
	}
	first := services[0]
	if i, ok := s.chosen(m); ok && i.Modern != nil {
		first = i.Modern.Service
	}
	var bugs []string
	does := map[string]string{}
	for _, x := range b.bugs {
		bugs, does[x.Name] = append(bugs, x.Name), x.Does
	}
	if len(bugs) == 0 {
		bugs = []string{"off_by_one_date"}
	}
	is := func(kinds ...string) func(f *boardForm) bool {
		return func(f *boardForm) bool {
			for _, k := range kinds {
				if f.field("kind").value == k {
					return false
				}
			}
			return true
		}
	}
	s.front = &boardForm{
		title: "Break a service on purpose", verb: "break it",
		fields: []*formField{
			{name: "service", value: first, choices: services},
			{name: "kind", value: breakErrors, choices: []string{breakErrors, breakLatency, breakOutage, breakBug, breakLost}},
			{name: "share", value: "30", unit: "% of the calls", digits: true, fresh: true, choices: []string{"10", "20", "30", "50", "100"}, off: is(breakErrors, breakLost)},
			{name: "delay", value: "2000", unit: "ms on every call", digits: true, fresh: true, choices: []string{"200", "500", "2000", "5000"}, off: is(breakLatency)},
			{name: "bug", value: bugs[0], choices: bugs, free: true, fresh: true, off: is(breakBug)},
		},
		explain: func(f *boardForm) (said, problem string) {
			if d := does[f.field("bug").value]; d != "" && f.field("kind").value == breakBug {
				return cleanLine(f.field("service").value) + " answers, but wrongly: " + cleanLine(d) + " It stays so until h heals it.", ""
			}
			return explainBreak(f)
		},
		submit: func(m *model, _ *boardScreen, f *boardForm) tea.Cmd {
			return m.steer(steering{what: "break", fault: f.fault()})
		},
	}
}

// fault is what the form of openBreak asks for.
func (f *boardForm) fault() orchestrator.Fault {
	out := orchestrator.Fault{Service: f.field("service").value}
	switch f.field("kind").value {
	case breakErrors, breakLost:
		out.ErrorRate, out.Lost = float64(f.number("share"))/100, f.field("kind").value == breakLost
	case breakLatency:
		out.Latency = time.Duration(f.number("delay")) * time.Millisecond
	case breakOutage:
		out.Outage = true
	case breakBug:
		out.Bug = f.field("bug").value
	}
	return out
}

func explainBreak(f *boardForm) (said, problem string) {
	service := cleanLine(f.field("service").value)
	switch f.field("kind").value {
	case breakErrors:
		said = service + " fails for " + f.field("share").value + " % of the calls, before it has done anything."
	case breakLost:
		said = service + " does its work, and then fails for " + f.field("share").value + " % of the calls: nobody knows what was done."
	case breakLatency:
		said = service + " takes " + f.field("delay").value + " ms longer for every call."
	case breakOutage:
		said = service + " cannot be reached at all."
	case breakBug:
		said = service + " answers, but wrongly: " + cleanLine(f.field("bug").value) + "."
	}
	if kind := f.field("kind").value; (kind == breakErrors || kind == breakLost) && (f.number("share") < 1 || f.number("share") > 100) {
		return "", "Say a share from 1 to 100 percent."
	}
	if f.field("kind").value == breakLatency && (f.number("delay") < 1 || f.number("delay") > 60_000) {
		return "", "Say a delay from 1 to 60,000 ms."
	}
	if f.field("kind").value == breakBug && f.field("bug").value == "" {
		return "", "Name the bug."
	}
	return said + " It stays so, and is shown on every screen, until h heals it.", ""
}
