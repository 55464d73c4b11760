package tui

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// again is the key that sends a message once more after the backend has failed.
// It is held back like the keys of the dialog: if another key follows at once it
// was the start of a word.
type again struct {
	held   string // the key, as it was typed
	heldAt time.Time
	seq    int
	ended  time.Time // of the turn that failed
}

// againMsg says that the hold of key number seq is over.
type againMsg struct{ seq int }

// resendable tells whether a turn failed because of its backend, so that the same
// message may succeed the next time. A yes is not: what it was for is over.
func resendable(e *entry) bool {
	return e != nil && e.run == nil && e.unstored == nil && e.turn.Kind == orchestrator.KindError && e.turn.Settles == "" &&
		e.turn.Problem != nil && strings.HasPrefix(e.turn.Problem.Code, "backend_") && strings.TrimSpace(e.turn.Message) != ""
}

// canResend tells whether the key would send now.
func (m *model) canResend() bool {
	c := m.chat
	return c.ready && c.input.blank() && c.list.follow && resendable(c.list.last())
}

// resend sends the last message once more.
func (m *model) resend() tea.Cmd {
	c := m.chat
	c.again = again{seq: c.again.seq + 1}
	if !resendable(c.list.last()) {
		m.status = "There is nothing to send again."
		return nil
	}
	return m.send(c.list.last().turn.Message)
}

// pressAgain takes a key while the last turn has failed because of its backend.
func (m *model) pressAgain(msg tea.KeyPressMsg, now time.Time) (tea.Cmd, bool) {
	c := m.chat
	a := &c.again
	if a.held != "" {
		return m.afterAgain(msg, now)
	}
	if !m.canResend() || !key.Matches(msg, m.keys.again) || now.Sub(m.lastKey) < quiet || now.Sub(a.ended) < quiet {
		return nil, false
	}
	a.held, a.heldAt = msg.Text, now
	a.seq++
	seq := a.seq
	return tea.Tick(quiet, func(time.Time) tea.Msg { return againMsg{seq} }), true
}

// afterAgain takes the key that follows the held one.
func (m *model) afterAgain(msg tea.KeyPressMsg, now time.Time) (tea.Cmd, bool) {
	c := m.chat
	held, since := c.again.held, now.Sub(c.again.heldAt)
	c.again.held = ""
	c.again.seq++
	switch {
	case key.Matches(msg, m.keys.send) && since >= burst:
		return m.resend(), true
	case key.Matches(msg, m.keys.send):
		c.input.insert(held)
		return nil, true
	case msg.Text != "":
		// It was the start of a word: what follows goes its usual way.
		c.input.insert(held)
		return nil, false
	}
	// Anything else, such as esc or backspace, takes the key back.
	return nil, true
}

// releaseAgain ends the hold of key number seq.
func (m *model) releaseAgain(seq int) tea.Cmd {
	a := &m.chat.again
	if a.held == "" || a.seq != seq {
		return nil
	}
	a.held = ""
	if !m.canResend() {
		return nil
	}
	return m.resend()
}

// againLine says below a failed turn how to go on.
func (p *painter) againLine(w int) string {
	return cut(p.st.key.Render("r")+" "+p.st.quiet.Render("send again")+"   "+p.st.key.Render("/model")+" "+p.st.quiet.Render("another backend"), w, p.signs.ellipsis)
}
