package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// pressBinding takes the keys of the chat that are not text.
func (m *model) pressBinding(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	c, k := m.chat, m.keys
	l := m.layout()
	inline := l.panel == 0
	switch {
	case key.Matches(msg, k.send) && m.unmarked && !c.input.blank():
		return m.holdLine(), true
	case key.Matches(msg, k.send):
		cmd := m.submit()
		c.complete.update(m.commands(), c.input.value())
		return cmd, true
	case key.Matches(msg, k.stop):
		return nil, m.halt()
	case key.Matches(msg, k.trace):
		m.toggleTrace(inline)
	case key.Matches(msg, k.commands):
		m.openPalette()
	case key.Matches(msg, k.help) && (c.input.empty() || msg.Text == ""):
		m.openHelp()
	case key.Matches(msg, k.board):
		return m.openBoard(""), true
	case key.Matches(msg, k.conversations):
		return m.openConversations(), true
	case key.Matches(msg, k.fresh):
		return m.startNew(), true
	case key.Matches(msg, k.copyAnswer):
		return m.copyAnswer(), true
	case key.Matches(msg, k.copyCode):
		return m.copyCode(), true
	case key.Matches(msg, k.sources):
		m.openSources()
	case key.Matches(msg, k.recovered):
		return m.openRecovered(), true
	case key.Matches(msg, k.pageUp):
		c.list.scroll(-max(l.body-2, 1), l.text, l.body, inline)
	case key.Matches(msg, k.pageDown):
		c.list.scroll(max(l.body-2, 1), l.text, l.body, inline)
	case key.Matches(msg, k.home) && c.input.empty():
		c.list.toStart()
	case key.Matches(msg, k.end) && c.input.empty():
		c.list.toEnd()
	case key.Matches(msg, k.panelUp):
		c.panelOff = max(c.panelOff-3, 0)
	case key.Matches(msg, k.panelDown):
		c.panelOff += 3
	case key.Matches(msg, k.recall):
		return nil, c.input.recall(-1)
	case key.Matches(msg, k.unrecall):
		return nil, c.input.recall(1)
	case c.input.detach(msg, k):
	default:
		return nil, false
	}
	return nil, true
}

// halt is esc: it stops the running turn, or goes back to the newest message.
func (m *model) halt() bool {
	c := m.chat
	switch r := c.running(); {
	case r != nil:
		r.cancel()
		r.stopping = true
		m.status = "stopping"
	case !c.list.follow:
		c.list.toEnd()
	default:
		m.recovered.dismissed = true
	}
	return true
}

// toggleTrace shows or hides what happened: beside the messages, or under the
// answer that is in view.
func (m *model) toggleTrace(inline bool) {
	c := m.chat
	if m.w >= sideBySide {
		c.hidden = !c.hidden
		return
	}
	if i := c.focus; inline && i >= 0 && i < len(c.list.entries) {
		e := c.list.entries[i]
		if !e.traced() && e.turn.Problem == nil && e.turn.Usage.ModelCalls == 0 {
			m.status = "no service was called for this answer"
			return
		}
		e.open = !e.open
		e.rev++
	}
}

func (m *model) startNew() tea.Cmd {
	if why := m.cannotSend(); why != "" {
		m.status = why
		return nil
	}
	m.overlay = nil
	return m.enter("")
}
