package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// View draws the window. It is called after every message, and before the size
// is known.
func (m *model) View() tea.View {
	v := tea.View{AltScreen: true, MouseMode: tea.MouseModeCellMotion, WindowTitle: m.title()}
	if m.w <= 0 || m.h <= 0 {
		return v
	}
	if m.w < minWidth || m.h < minHeight {
		v.SetContent(strings.Join(m.viewSmall(), "\n")) // it is ASCII
		return v
	}
	var lines []string
	var x, y int
	switch {
	case m.page == pageLogin:
		lines, x, y = m.viewLogin(m.w, m.h-1)
		lines = append(lines, m.footer())
	case m.overlay != nil:
		lines, x, y = m.viewOverlay()
	default:
		lines, x, y = m.viewChat()
	}
	if m.signs.ascii {
		x = m.plainScreen(lines, x, y)
	}
	if m.failed != nil {
		x = -1
	}
	if m.demo.on() {
		bar := m.demoBar(m.w)
		if m.signs.ascii {
			m.plainScreen(bar, -1, 0)
		}
		lines = append(window(lines, 0, m.h), bar...)
	}
	v.SetContent(strings.Join(m.veiled(lines), "\n"))
	if x >= 0 {
		v.Cursor = tea.NewCursor(x, y)
		v.Cursor.Blink = false
	}
	return v
}

func (m *model) title() string {
	if m.page == pageLogin || m.user.Email == "" {
		return "banyan"
	}
	title := m.veiled([]string{"banyan " + m.signs.dot + " " + cleanLine(m.user.Email)})[0]
	if m.signs.ascii {
		title = plainer(title)
	}
	return title
}

func (m *model) viewSmall() []string {
	text := "This window is " + grouped(m.w) + " by " + grouped(m.h+m.demo.rows()) + ". Banyan needs " + grouped(minWidth) + " by " + grouped(minHeight+m.demo.rows()) + " to be readable. Nothing is lost: make it larger, or press ctrl+c twice to quit."
	lines := wrap(text, m.w)
	return lines[:min(len(lines), m.h)]
}

func (m *model) rule() string { return m.st.line.Render(strings.Repeat(m.signs.rule, m.w)) }

// header says where one is: user, backend, what the conversation has cost and how
// far the migration has come. The longest form that fits is drawn: what was spent
// stays when the migration and the model's name give way.
func (m *model) header() string {
	g, st := m.signs, m.st
	sep := st.faint.Render(" " + g.dot + " ")
	name := cleanLine(m.backend.Name)
	full := cut(strings.TrimSpace(name+" "+cleanLine(m.backend.Model)), 30, g.ellipsis)
	spent := m.chat.spent.parts()
	if m.chat.goal {
		spent = append([]string{"goal"}, spent...)
	}
	least := spent[max(len(spent)-1, 0):]
	if m.chat.goal && len(spent) > 1 {
		least = []string{spent[0], spent[len(spent)-1]}
	}
	left := st.accent.Bold(true).Render("banyan") + m.broken()
	room := m.w - 2 - width(left) - 2
	var right string
	for _, try := range [][]string{
		append([]string{full, m.migration(m.w >= 80)}, spent...), append([]string{full, m.migration(false)}, spent...),
		append([]string{full, ""}, spent...), append([]string{full, ""}, least...), append([]string{name, ""}, least...),
		append([]string{cut(name, 12, g.ellipsis), ""}, least...),
	} {
		// The migration stands last.
		parts := append(append([]string{m.who(), try[0]}, try[2:]...), try[1])
		parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
		if right = strings.Join(paint(parts, st.quiet), sep); width(right) <= room {
			break
		}
	}
	if rest := m.w - 2 - width(left) - 1; m.broken() != "" && width(right) > rest {
		right = cut(right, rest, g.ellipsis) // what is broken is never left out
	}
	return " " + spread(left, right, m.w-2, g.ellipsis)
}

// who says who is there, and for staff also for whom they act.
func (m *model) who() string {
	who := cleanLine(m.user.Email)
	if m.acts != "" && m.acts != m.user.Email {
		who += " for " + cleanLine(m.acts)
	}
	return who
}

// migration says how many intents modern serves to everybody or, where nobody routes
// calls, how many have a modern home, with a gauge if there is room for the long
// form.
func (m *model) migration(long bool) string {
	if m.catalog == nil || len(m.catalog.Intents()) == 0 {
		return ""
	}
	modern, all := 0, len(m.catalog.Intents())
	for _, e := range m.catalog.Intents() {
		if _, fresh := e.Eras(); fresh {
			modern++
		}
	}
	if s := m.migrating.status; m.migrating.known && len(s.Intents) > 0 {
		modern, all = s.Live, len(s.Intents)
	}
	if !long {
		return grouped(modern) + " of " + grouped(all) + " modern"
	}
	const cells = 10
	on := (modern*cells + all/2) / all
	return grouped(modern) + " of " + grouped(all) + " intents modern " +
		m.st.modern.Render(strings.Repeat(m.signs.gaugeOn, on)) + m.st.line.Render(strings.Repeat(m.signs.gaugeOff, cells-on))
}

// footer lists the keys that work now, or tells what the last one did.
func (m *model) footer() string {
	left := m.st.quiet.Render(m.status)
	if m.status == "" {
		left = m.hintLine(m.w - 2)
	}
	right := ""
	if m.page == pageLogin && m.status == "" && m.notice == "" && m.backend.Name == "offline" && m.w >= 100 {
		right = m.st.faint.Render("offline: no account needed, /model says more")
	}
	return " " + spread(left, right, m.w-2, m.signs.ellipsis)
}

// hintLine shows as many keys as fit. Those that people know, or that the list
// of all keys tells, give way first; that list and the first key stay.
func (m *model) hintLine(w int) string {
	hints := m.hints()
	line := func() string {
		var parts []string
		for _, b := range hints {
			h := b.Help()
			parts = append(parts, m.st.key.Render(h.Key)+" "+m.st.quiet.Render(h.Desc))
		}
		return strings.Join(parts, "   ")
	}
	for len(hints) > 2 && width(line()) > w {
		drop := len(hints) - 2
		for i, b := range hints {
			if k := b.Help().Key; k == m.keys.newline.Help().Key || k == m.keys.commands.Help().Key {
				drop = i
				break
			}
		}
		hints = slices.Delete(hints, drop, drop+1)
	}
	return line()
}

// hints are the keys that work now, most important first.
func (m *model) hints() []key.Binding {
	k, c := m.keys, m.chat
	as := func(b key.Binding, help string) key.Binding {
		b.SetHelp(b.Help().Key, help)
		return b
	}
	switch {
	case m.failed != nil:
		return []key.Binding{k.leave, as(k.quit, "leave")}
	case m.page == pageLogin:
		return []key.Binding{k.choose, k.up, as(k.quit, "twice to quit")}
	case m.overlay != nil && m.overlay.screen != nil:
		return m.overlay.screen.hints(m)
	case m.overlay != nil && m.overlay.picker != nil:
		return []key.Binding{as(k.choose, m.overlay.verb), k.up, k.back}
	case m.overlay != nil:
		return []key.Binding{k.back, as(k.up, "scroll")}
	case len(c.complete.fits) > 0:
		return []key.Binding{as(k.send, "do it"), as(k.trace, "complete"), k.up, as(k.back, "close")}
	case c.confirm.active() && !c.confirm.typing && c.input.empty() && c.running() == nil:
		keys := []key.Binding{k.yes}
		if n := len(c.confirm.writes); n > 1 {
			only := k.only
			only.SetHelp("1-"+grouped(min(n, 9)), "only that")
			keys = append(keys, only)
		}
		return append(keys, k.no, k.change, k.trace, k.help)
	case c.running() != nil:
		return []key.Binding{k.stop, k.newline, k.trace, k.help}
	}
	keys := []key.Binding{k.send, k.newline}
	if m.canResend() {
		keys = []key.Binding{k.again, k.send, k.newline}
	}
	if len(c.list.entries) > 0 {
		keys = append(keys, k.trace)
	}
	if !c.list.follow {
		keys = append(keys, as(k.back, "newest"))
	}
	keys = append(keys, k.commands)
	if c.input.empty() {
		keys = append(keys, k.help)
	}
	return keys
}

func (m *model) viewOverlay() (lines []string, x, y int) {
	body, x, y := m.overlay.view(m, m.w-2, m.h-3)
	lines = append([]string{m.header(), m.rule()}, indent(body, " ")...)
	if x >= 0 {
		x++
	}
	return append(lines, m.footer()), x, y + 2
}

func (m *model) viewChat() (lines []string, x, y int) {
	l, c, g := m.layout(), m.chat, m.signs
	body, focus := m.body(l)
	c.focus = focus
	body = append(m.banner(l.text), body...)
	if over := c.complete.view(m.st, g, min(l.main-2, maxText), len(body)-2); len(over) > 0 {
		over = append([]string{""}, over...)
		copy(body[len(body)-len(over):], over)
	} else if !c.list.follow {
		mark := g.down + " end"
		if c.list.unseen {
			mark = g.more
		}
		last := len(body) - 1
		body[last] = spread(body[last], m.st.accent.Render(mark), l.text, g.ellipsis)
	}
	body = indent(body, " ")
	top, bottom := m.rule(), m.rule()
	if l.panel > 0 {
		var e *entry
		if focus >= 0 && focus < len(c.list.entries) {
			e = c.list.entries[focus]
		}
		var side []string
		side, c.panelOff = m.paint.panel(e, l.panel, len(body), c.panelOff)
		body = columns(body, side, l.main, m.st.line.Render(g.column), g.ellipsis)
		split := func(joint string) string {
			return m.st.line.Render(strings.Repeat(g.rule, l.main) + joint + strings.Repeat(g.rule, m.w-l.main-1))
		}
		top, bottom = split(g.tee), split(g.foot)
	}
	lines = append([]string{m.header(), top}, body...)
	lines = append(lines, bottom)
	at := len(lines)
	lines = append(lines, indent(c.input.view(m.st, m.w-2), " ")...)
	for range l.gap {
		lines = append(lines, "")
	}
	lines = append(lines, m.footer())
	if c.confirm.active() && !c.confirm.typing && c.input.empty() {
		return lines, -1, 0
	}
	if cur := c.input.cursor(); cur != nil {
		return lines, cur.X + 1, cur.Y + at
	}
	return lines, -1, 0
}

// body draws the messages, or what stands in their place in a conversation that
// has none.
func (m *model) body(l layout) (rows []string, focus int) {
	c := m.chat
	switch {
	case m.failed != nil:
		return window(m.viewFailed(l.text), 0, l.body), -1
	case !c.ready:
		return window([]string{m.st.waiting.Render(m.paint.spin) + " " + m.st.faint.Render("opening the shop")}, 0, l.body), -1
	case len(c.list.entries) == 0:
		return window(m.welcome(l.text, l.body), 0, l.body), -1
	}
	return c.list.view(l.text, l.body, l.panel == 0)
}
