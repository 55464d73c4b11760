package tui

import (
	"context"

	"github.com/atotto/clipboard"

	tea "charm.land/bubbletea/v2"
)

// copiedMsg says what was copied.
type copiedMsg struct{ text string }

// copyText puts text on the clipboard: by OSC 52, which reaches the terminal's
// own machine, and by the native clipboard when the terminal is this machine's.
func (m *model) copyText(text, what string) tea.Cmd {
	text = clean(text)
	cmds := []tea.Cmd{tea.SetClipboard(text), func() tea.Msg { return copiedMsg{what} }}
	if m.cfg.Out == nil {
		cmds = append(cmds, m.crew.do(func(context.Context) tea.Msg {
			// Without a native clipboard the terminal's is all there is.
			_ = clipboard.WriteAll(text)
			return nil
		}))
	}
	return tea.Batch(cmds...)
}

// answer is the answer in view, or the last one.
func (m *model) answer() string {
	c := m.chat
	for i := min(c.focus, len(c.list.entries)-1); i >= 0; i-- {
		if e := c.list.entries[i]; e.run == nil && e.turn.Answer != "" {
			return e.turn.Answer
		}
	}
	return ""
}

func (m *model) copyAnswer() tea.Cmd {
	a := m.answer()
	if a == "" {
		m.status = "there is no answer to copy yet"
		return nil
	}
	return m.copyText(a, "answer copied")
}

func (m *model) copyCode() tea.Cmd {
	code, ok := lastCode(m.answer())
	if !ok {
		m.status = "there is no code block in this answer"
		return nil
	}
	return m.copyText(code, "code block copied")
}
