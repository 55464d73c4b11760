package tui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// pressChat takes a key in the chat.
func (m *model) pressChat(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	sent, done := m.afterLine(msg, now)
	if done {
		return sent
	}
	return tea.Batch(sent, m.pressInput(msg, now))
}

// pressInput takes a key that no held enter has taken.
func (m *model) pressInput(msg tea.KeyPressMsg, now time.Time) tea.Cmd {
	c := m.chat
	if c.confirm.active() && !now.Before(c.confirm.turn.Pending.Expires) {
		c.confirm.open(nil, now, false)
		m.redialog()
		m.status = "The question is too old for a yes. Nothing was changed. Ask again."
		return nil
	}
	if c.confirm.changing && key.Matches(msg, m.keys.back) && len(c.complete.fits) == 0 {
		c.confirm.changing, c.confirm.typing = false, false
		c.input.clear()
		m.redialog()
		return nil
	}
	if c.confirm.active() && c.input.blank() {
		if cmd, done := m.pressDialog(msg, now); done {
			return cmd
		}
	}
	if c.confirm.active() && msg.String() == "enter" && now.Sub(c.confirm.shown) < quiet {
		return nil
	}
	if cmd, done := m.pressAgain(msg, now); done {
		return cmd
	}
	if cmd, done := m.pressCompletion(msg); done {
		return cmd
	}
	if cmd, done := m.pressBinding(msg); done {
		return cmd
	}
	cmd := c.input.update(msg)
	if c.confirm.active() {
		c.confirm.typing = c.confirm.typing && !c.input.empty()
		c.confirm.changing = c.confirm.changing && c.confirm.typing
		m.redialog()
	}
	c.complete.update(m.commands(), c.input.value())
	return cmd
}

// pressDialog gives a key to the confirmation.
func (m *model) pressDialog(msg tea.KeyPressMsg, now time.Time) (tea.Cmd, bool) {
	c := m.chat
	if c.confirm.typing && msg.String() == "esc" {
		c.confirm.typing = false
		m.redialog()
		return nil, true
	}
	if c.confirm.typing {
		return nil, false
	}
	if !c.list.follow && msg.Text != "" {
		// What is not on the screen is not answered.
		c.list.toEnd()
		c.confirm.shown = now
		return nil, true
	}
	if c.confirm.scroll(msg, m.keys) {
		m.redialog()
		return nil, true
	}
	if msg.Text == "?" || msg.Text == "/" {
		if msg.Text == "/" {
			c.confirm.typing = true
			m.redialog()
		}
		return nil, false
	}
	text, send, cmd, done := c.confirm.press(msg, m.keys, now, m.lastKey)
	if text != "" {
		c.input.insert(text)
	}
	m.prefill()
	if send != "" {
		return m.send(send), true
	}
	return cmd, done
}

// prefill puts what is to be changed into the input, if the dialog asks for that.
func (m *model) prefill() {
	c := m.chat
	if c.confirm.prefill != "" {
		c.input.set(c.confirm.prefill)
		c.confirm.prefill, c.confirm.changing = "", true
	}
	m.redialog()
}

// dialogRows is how high the dialog may be, so that all of it can be seen at once.
func (m *model) dialogRows() int {
	l := m.layout()
	if l.panel > 0 {
		return max(l.body-1, 8)
	}
	return max(l.body-3, 8) // the line of what happened stands below it
}
