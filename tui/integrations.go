package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// integrationsScreen lists the backends with what is known of each, and shows one
// of them in full.
type integrationsScreen struct {
	mark place
	// full is set while the marked one is shown in full, from line off on.
	full bool
	off  int
}

// openIntegrations shows the backends.
func (m *model) openIntegrations() tea.Cmd {
	m.overlay = &overlay{screen: &integrationsScreen{}}
	m.backends.used = nil
	return m.watch()
}

// chosen is the backend under the mark.
func (s *integrationsScreen) chosen(m *model) (Integration, bool) {
	list := m.backends.list
	if len(list) == 0 {
		return Integration{}, false
	}
	return list[s.mark.at(list)], true
}

func (s *integrationsScreen) press(m *model, msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	b, ok := s.chosen(m)
	page := max((m.h-8)/2, 1)
	switch {
	case key.Matches(msg, k.back) && s.full:
		s.full = false
	case key.Matches(msg, k.back), msg.Text == "q":
		m.overlay = nil
	case !ok:
	case key.Matches(msg, k.details):
		s.full, s.off, s.mark.name = !s.full, 0, b.Name
	case key.Matches(msg, k.test):
		s.mark.name = b.Name
		return m.test(b.Name)
	case key.Matches(msg, k.use):
		s.mark.name = b.Name
		return m.use(b.Name)
	case key.Matches(msg, k.up):
		s.scroll(m, -1)
	case key.Matches(msg, k.down):
		s.scroll(m, 1)
	case key.Matches(msg, k.pageUp):
		s.scroll(m, -page)
	case key.Matches(msg, k.pageDown):
		s.scroll(m, page)
	}
	return nil
}

func (s *integrationsScreen) scroll(m *model, n int) {
	if s.full {
		s.off = max(s.off+n, 0)
		return
	}
	s.mark.move(m.backends.list, n)
}

func (s *integrationsScreen) hints(m *model) []key.Binding {
	k := m.keys
	if _, ok := s.chosen(m); !ok {
		return []key.Binding{k.back}
	}
	if s.full {
		scroll := k.up
		scroll.SetHelp(k.up.Help().Key, "scroll")
		return []key.Binding{k.test, k.use, scroll, k.back}
	}
	return []key.Binding{k.details, k.test, k.use, k.up, k.back}
}

func (s *integrationsScreen) view(m *model, w, h int) []string {
	st, g, list := m.st, m.signs, m.backends.list
	b, ok := s.chosen(m)
	if !ok {
		return append([]string{st.strong.Render("integrations"), ""}, m.onlyOne(w)...)
	}
	if s.full {
		return s.viewFull(m, b, w, h)
	}
	lines := []string{spread(st.strong.Render("integrations")+"  "+st.quiet.Render(count(len(list), "backend")), m.inUse(), w, g.ellipsis), ""}
	below := m.outcomes(b.Name, w)
	if len(below) > 0 {
		below = append([]string{""}, below...)
	}
	head, rows := m.integrationRows(list, s.mark.at(list), w)
	if head != "" {
		lines = append(lines, head)
	}
	high := len(rows[0])
	room := h - len(lines) - len(below)
	if len(list)*high > room {
		room-- // for the line that says so
	}
	from, to := s.mark.visible(list, room/high)
	for _, r := range rows[from:to] {
		lines = append(lines, r...)
	}
	if shown := to - from; shown < len(list) {
		lines = append(lines, st.faint.Render(grouped(from+1)+" "+g.dash+" "+grouped(to)+" of "+count(len(list), "backend")))
	}
	lines = append(lines, below...)
	if legend := m.integrationLegend(head); legend != "" && len(lines)+2 <= h {
		lines = append(lines, "", st.faint.Render(cut(legend, w, g.ellipsis)))
	}
	return lines
}

// integrationLegend explains what the columns say in short.
func (m *model) integrationLegend(head string) string {
	if !strings.Contains(head, "version") {
		return ""
	}
	return "c1 in the version: made for contract 1 " + m.signs.dot + " latency: the last calls, oldest first"
}

// inUse names the backend that the next turn asks, or those of a chain in their
// order.
func (m *model) inUse() string {
	var names []string
	for _, p := range m.backend.Parts {
		names = append(names, cleanLine(p.Name))
	}
	if len(names) == 0 {
		names = strings.Split(cleanLine(m.backend.Name), ",")
	}
	text := strings.Join(names, " "+m.signs.arrow+" ")
	if text == "" {
		return ""
	}
	return m.st.accent.Render(m.signs.active) + " " + m.st.quiet.Render("in use: "+text)
}

// onlyOne says that there is nothing to manage.
func (m *model) onlyOne(w int) []string {
	text := "There is only the one backend."
	if name := strings.TrimSpace(cleanLine(m.backend.Name + " " + m.backend.Version)); name != "" {
		text = "There is only the one backend: " + name + "."
	}
	return append(wrap(text, min(w, maxText)), append([]string{""}, m.backendHint(min(w, maxText))...)...)
}

// viewFull draws all that is known of a backend.
func (s *integrationsScreen) viewFull(m *model, b Integration, w, h int) []string {
	st, g := m.st, m.signs
	title := st.strong.Render(cleanLine(b.Name)) + "  " + st.quiet.Render(cleanLine(b.Model))
	right := m.state(b.State)
	if b.Active {
		right = st.accent.Render(g.active) + " " + st.quiet.Render("in use") + "   " + right
	}
	lines := []string{spread(title, right, w, g.ellipsis), ""}
	below := m.outcomes(b.Name, w)
	if len(below) > 0 {
		below = append([]string{""}, below...)
	}
	body := m.integrationFull(b, w)
	room := max(h-len(lines)-len(below), 1)
	s.off = max(min(s.off, len(body)-room), 0)
	shown := body[s.off:min(s.off+room, len(body))]
	if s.off+room < len(body) {
		shown = append(shown[:room-1:room-1], st.faint.Render(g.down+" more"))
	}
	return append(append(lines, shown...), below...)
}

// integrationFull is one line or more for each thing that is known.
func (m *model) integrationFull(b Integration, w int) []string {
	st, g := m.st, m.signs
	const label = 14
	w = min(w, maxText)
	var out []string
	line := func(name string, style func(...string) string, texts ...string) {
		for _, text := range texts {
			for _, l := range wrap(text, w-label) {
				out = append(out, st.faint.Render(fill(name, label, ""))+style(l))
				name = ""
			}
		}
	}
	plain, quiet := st.plain.Render, st.quiet.Render
	where := "remote: what is asked leaves this machine"
	if b.Local {
		where = "local: nothing leaves this machine"
	}
	line("kind", plain, where)
	name := cleanLine(b.Model)
	if name == "" {
		name = "none named"
	}
	line("model", plain, name)
	version := "contract " + grouped(b.Contract)
	if b.Version != "" {
		version = cleanLine(b.Version) + ", " + version
	}
	line("version", plain, version)
	capable := make([]string, len(b.Capabilities))
	for i, c := range b.Capabilities {
		capable[i] = strings.ReplaceAll(cleanLine(c), "_", " ")
	}
	line("capabilities", plain, orNone(strings.Join(capable, ", ")))
	out = append(out, "")
	if b.Calls == 0 {
		line("calls", quiet, "none yet; t tries it with one tiny request")
	} else {
		line("calls", plain, grouped(b.Calls)+", "+map[bool]string{true: "none failed", false: grouped(b.Errors) + " failed"}[b.Errors == 0])
	}
	if b.InputTokens+b.OutputTokens > 0 {
		line("tokens", plain, grouped(b.InputTokens)+" in, "+grouped(b.OutputTokens)+" out")
	}
	switch c := integrationCost(b); {
	case c != "":
		line("cost", plain, c)
	case b.Local:
		line("cost", plain, "none, it runs here")
	case !b.PriceKnown && b.Calls > 0:
		line("cost", plain, "the price is not known, so it does not count as free")
	}
	if b.P50MS > 0 || b.P95MS > 0 {
		line("latency", plain, orchestrator.Duration(b.P50MS)+" or less for half of the calls, "+orchestrator.Duration(b.P95MS)+" for 95 of 100")
	}
	if n := len(b.Latencies); n > 0 {
		shown := min(n, w-label)
		line("", quiet, g.sparkline(b.Latencies, shown), "the last "+count(shown, "call")+", oldest first")
	}
	if b.LastError != "" {
		out = append(out, "")
		line("last error", st.bad.Render, cleanLine(b.LastError))
	}
	return out
}
