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
