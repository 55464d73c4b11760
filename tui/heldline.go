package tui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// heldLine is an enter that waits to become the sending of the message. A
// terminal that does not mark pastes, such as the Linux console, sends the line
// breaks of one as enter: if another key follows faster than fingers can, both
// were pasted, and the enter is a line break.
type heldLine struct {
	on  bool
	at  time.Time
	seq int
}

// heldLineMsg says that the hold number seq is over.
type heldLineMsg struct{ seq int }

// holdLine holds an enter back.
func (m *model) holdLine() tea.Cmd {
	h := &m.chat.line
	h.on, h.at = true, m.cfg.Now()
	h.seq++
	seq := h.seq
	return tea.Tick(burst, func(time.Time) tea.Msg { return heldLineMsg{seq} })
}

// releaseLine sends the message when nothing has followed the enter number seq.
func (m *model) releaseLine(seq int) tea.Cmd {
	h := &m.chat.line
	if !h.on || h.seq != seq {
		return nil
	}
	h.on = false
	cmd := m.submit()
	m.chat.complete.update(m.commands(), m.chat.input.value())
	return cmd
}

// afterLine takes the key that follows an enter which is held back. done is false
// if the key is still to be pressed.
func (m *model) afterLine(msg tea.KeyPressMsg, now time.Time) (cmd tea.Cmd, done bool) {
	h, c := &m.chat.line, m.chat
	if !h.on {
		return nil, false
	}
	if typed := msg.Text != "" || msg.String() == "tab"; (typed || key.Matches(msg, m.keys.send, m.keys.newline)) && now.Sub(h.at) < burst {
		h.on = false
		c.input.insert("\n")
		if msg.String() == "tab" {
			c.input.insert("    ")
			return nil, true
		}
		return nil, false
	}
	return m.releaseLine(h.seq), false
}
