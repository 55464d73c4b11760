package tui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// conversationsMsg is the list of the user's conversations.
type conversationsMsg struct {
	infos []orchestrator.ConversationInfo
	err   error
}

func (m *model) openConversations() tea.Cmd {
	if why := m.cannotSend(); why != "" {
		m.status = why
		return nil
	}
	p := newPicker("conversations", "", "There is no earlier conversation yet. What you write now will stand here.", nil)
	p.loading = true
	m.overlay = &overlay{picker: p, verb: "continue", choose: func(m *model, r row) tea.Cmd { return m.enter(r.id) }}
	k, user := m.kernel, m.user
	return m.crew.do(func(ctx context.Context) tea.Msg {
		infos, err := k.Conversations(ctx, user, 500)
		return conversationsMsg{infos, err}
	})
}

func (m *model) listed(msg conversationsMsg) {
	if m.overlay == nil || m.overlay.picker == nil || !m.overlay.picker.loading {
		return
	}
	p := m.overlay.picker
	p.loading = false
	if msg.err != nil {
		p.empty = "The conversations could not be read: " + cleanLine(msg.err.Error()) + ". Nothing was lost. Press esc and try again."
		return
	}
	p.rows = []row{{left: "a new conversation", id: ""}}
	now := m.cfg.Now()
	for _, c := range msg.infos {
		when := strings.TrimPrefix(orchestrator.Wording{Now: now}.Time(c.Updated, true), "on ")
		title := cleanLine(c.Title)
		if title == "" {
			title = "(no title)"
		}
		right := count(c.Turns, "turn") + "  " + fillLeft(when, 16)
		if c.ID == m.chat.id {
			right = "this one  " + right
		}
		p.rows = append(p.rows, row{left: title, right: right, id: c.ID})
	}
	p.refilter()
	if len(p.shown) > 1 {
		p.sel = 1
	}
}

func fillLeft(s string, w int) string { return strings.Repeat(" ", max(w-width(s), 0)) + s }
