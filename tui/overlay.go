package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// overlay stands in the place of the messages until it is closed: a screen with
// keys of its own, a list to choose from, or a page to read.
type overlay struct {
	screen screen
	picker *picker
	choose func(m *model, r row) tea.Cmd
	verb   string
	// page is the text of an overlay without a list, for a width.
	title string
	page  func(w int) []string
	off   int
}

func (o *overlay) scroll(m *model, n int) {
	if o.screen != nil {
		o.screen.scroll(m, n)
		return
	}
	if o.picker != nil {
		o.picker.move(n / 3)
		return
	}
	o.off = max(o.off+n, 0)
}

func (m *model) pressOverlay(msg tea.KeyPressMsg) tea.Cmd {
	o, k := m.overlay, m.keys
	if o.screen != nil {
		return o.screen.press(m, msg)
	}
	page := max(m.h-8, 1)
	if key.Matches(msg, k.back) || (o.picker == nil && (msg.Text == "q" || msg.Text == "?" || key.Matches(msg, k.choose))) {
		m.overlay = nil
		return nil
	}
	if o.picker != nil {
		if key.Matches(msg, k.choose) {
			r, ok := o.picker.chosen()
			if !ok {
				return nil
			}
			m.overlay = nil
			return o.choose(m, r)
		}
		o.picker.press(msg, k, page)
		return nil
	}
	switch {
	case key.Matches(msg, k.up):
		o.scroll(m, -1)
	case key.Matches(msg, k.down):
		o.scroll(m, 1)
	case key.Matches(msg, k.pageUp):
		o.scroll(m, -page)
	case key.Matches(msg, k.pageDown), msg.String() == "space":
		o.scroll(m, page)
	case key.Matches(msg, k.home):
		o.off = 0
	}
	return nil
}

// view draws the overlay in w × h cells. The cursor is at (x, y) if x is not
// negative.
func (o *overlay) view(m *model, w, h int) (lines []string, x, y int) {
	if o.screen != nil {
		return window(o.screen.view(m, w, h), 0, h), -1, 0
	}
	if o.picker != nil {
		return o.picker.view(m.st, m.signs, w, h, m.paint.spin)
	}
	body := o.page(min(w, maxText+4))
	room := h - 2
	o.off = max(min(o.off, len(body)-room), 0)
	right := ""
	if len(body) > room {
		right = m.st.faint.Render("pgdn for more")
		if o.off+room >= len(body) {
			right = m.st.faint.Render("pgup for more")
		}
	}
	lines = []string{spread(m.st.strong.Render(o.title), right, w, m.signs.ellipsis), ""}
	return append(lines, window(body, o.off, room)...), -1, 0
}

func (m *model) openPalette() {
	rows := make([]row, 0, 10)
	for _, c := range m.commands() {
		rows = append(rows, row{left: c.name, more: c.help, right: c.keys, id: c.name})
	}
	m.overlay = &overlay{
		verb:   "do it",
		picker: newPicker("commands", "", "No command fits. Clear the filter with ctrl+u.", rows),
		choose: func(m *model, r row) tea.Cmd {
			c, _, ok := m.command(r.id)
			if !ok {
				return nil
			}
			return c.run(m, "")
		},
	}
}
