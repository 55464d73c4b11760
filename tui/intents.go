package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// openIntents lists the catalog.
func (m *model) openIntents(filter string) {
	var rows []row
	modern, all := 0, 0
	if m.catalog != nil {
		for _, e := range m.catalog.Intents() {
			old, fresh := e.Eras()
			all++
			if fresh {
				modern++
			}
			rows = append(rows, row{
				left: cleanLine(e.Name), more: cleanLine(e.Summary), id: e.Name,
				right:  m.badge(orchestrator.Modern, fresh) + " " + m.badge(orchestrator.Legacy, old),
				search: cleanLine(strings.Join(e.Examples, " ")),
			})
		}
	}
	p := newPicker("intents", count(all, "thing")+" can be asked for, "+grouped(modern)+" have a modern home", "No intent fits. Clear the filter with ctrl+u.", rows)
	p.set(filter)
	m.overlay = &overlay{picker: p, verb: "try an example", choose: func(m *model, r row) tea.Cmd {
		if e := m.catalog.Intent(r.id); e != nil && len(e.Examples) > 0 {
			m.chat.input.set(cleanLine(e.Examples[0]))
		}
		return nil
	}}
}

// badge is an era's sign and word, or as much empty space.
func (m *model) badge(e orchestrator.Era, on bool) string {
	s := m.signs.era(e)
	if !on {
		return strings.Repeat(" ", width(s))
	}
	return m.st.era(e).Render(s)
}

// openModel says which backend is in use and how to choose another.
func (m *model) openModel() {
	b := m.backend
	m.overlay = &overlay{title: "backend", page: func(w int) []string {
		name := cleanLine(b.Name + " " + b.Version)
		lines := []string{m.st.strong.Render(cut(name, w, m.signs.ellipsis))}
		if b.Model != "" {
			lines = append(lines, cut("model "+cleanLine(b.Model), w, m.signs.ellipsis))
		} else {
			lines = append(lines, "no language model: requests are understood by a classifier on this machine")
		}
		hint := m.cfg.BackendHint
		if hint == "" {
			hint = "The backend plans what to do and writes the answers. Choose another one when you start the program: `banyan --backend NAME`, and `--model NAME` for one of its models. A key such as `OPENAI_API_KEY` in the environment or in a `.env` file lets it reach a hosted model. `banyan doctor` says what was found."
		}
		lines = append(lines, "")
		return append(lines, m.md.render(hint, w)...)
	}}
}
