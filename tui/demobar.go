package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// demoRows is the height of the bar with the caption: a rule, and two lines.
const demoRows = 3

// demoBar draws the caption in w cells. It is as high whatever stands in it.
func (m *model) demoBar(w int) []string {
	st, g, d := m.st, m.signs, &m.demo
	hint := "esc ends the demo"
	switch d.phase {
	case demoHolding:
		hint = "any key goes on " + g.dot + " " + hint
	case demoTyping:
		hint = "typing: any key is faster " + g.dot + " " + hint
	case demoWaiting:
		hint = m.demoWaits() + " " + g.dot + " " + hint
		if d.late {
			hint = "still waiting: any key goes on " + g.dot + " esc ends the demo"
		}
	case demoPausing:
		hint = "any key goes on " + g.dot + " " + hint
	case demoAsking:
		if d.slow {
			hint = "others are at work beside the screen " + g.dot + " " + hint
		}
	case demoOff, demoIdle:
	}
	left := st.line.Render(strings.Repeat(g.rule, 2)) + st.accent.Bold(true).Render(" demo ")
	right := " " + hint + " "
	rule := max(w-width(left)-width(right)-2, 0)
	out := []string{cut(left+st.line.Render(strings.Repeat(g.rule, rule))+st.faint.Render(right)+st.line.Render(strings.Repeat(g.rule, 2)), w, g.ellipsis)}
	lines := wrap(d.caption, w-2)
	if len(lines) > demoRows-1 {
		lines = lines[:demoRows-1]
		last := len(lines) - 1
		lines[last] = cut(lines[last], w-2-width(g.ellipsis), "") + g.ellipsis
	}
	for _, l := range window(lines, 0, demoRows-1) {
		out = append(out, strings.TrimRight(" "+st.strong.Render(l), " "))
	}
	return out
}

// demoWaits says what the demo waits for, once that takes a while.
func (m *model) demoWaits() string {
	d := &m.demo
	switch {
	case !d.slow:
		return "waiting"
	case d.action.Event != nil && !d.met:
		return "waiting for the answer"
	}
	return "waiting for " + cut(cleanLine(d.action.Screen), max(m.w/4, 8), m.signs.ellipsis)
}

// screenText is the screen as plain text.
func (m *model) screenText() string {
	lines := strings.Split(ansi.Strip(m.View().Content), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// pressed is the key of that name, as Key.String writes it.
func pressed(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
		"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
		"f1": tea.KeyF1,
	}
	k := tea.Key{}
	rest := name
	for _, mod := range []struct {
		name string
		mod  tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}, {"shift+", tea.ModShift}} {
		if after, ok := strings.CutPrefix(rest, mod.name); ok && after != "" {
			k.Mod |= mod.mod
			rest = after
		}
	}
	switch code, ok := special[rest]; {
	case ok:
		k.Code = code
	case rest == "space" || rest == " ":
		k.Code, k.Text = tea.KeySpace, " "
	case rest == "\n":
		k.Code, k.Mod = 'j', tea.ModCtrl // a new line, not the end of the message
	case rest != "":
		k.Code = []rune(rest)[0]
		if k.Mod&^tea.ModShift == 0 {
			k.Text = rest
		}
	}
	return tea.KeyPressMsg(k)
}
