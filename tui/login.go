package tui

import (
	"context"
	"errors"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// login asks who is there: one of the accounts, or anybody by email.
type login struct {
	picker   *picker
	accounts []Account
	signs    signs
	problem  string
	busy     bool
	// waiting is who wants to log in as soon as the kernel is there.
	waiting string
}

// loginMsg is the answer to a look-up.
type loginMsg struct {
	who  string
	user orchestrator.User
	err  error
}

func newLogin(accounts []Account, g signs) *login {
	l := &login{picker: newPicker("", "", "", nil), signs: g}
	l.offer(accounts)
	return l
}

// offer sets the accounts to choose from.
func (l *login) offer(accounts []Account) {
	l.accounts = accounts
	rows := make([]row, 0, len(accounts))
	for _, a := range accounts {
		note := cleanLine(string(a.User.Role))
		if a.Note != "" {
			note += " " + l.signs.dot + " " + cleanLine(a.Note)
		}
		rows = append(rows, row{left: cleanLine(a.User.Email), more: note, search: cleanLine(a.User.Name), id: a.User.Email})
	}
	l.picker.rows = rows
	l.picker.refilter()
}

func (m *model) pressLogin(msg tea.KeyPressMsg) tea.Cmd {
	l := m.login
	if l.busy {
		return nil
	}
	if !key.Matches(msg, m.keys.choose) {
		l.problem = ""
		if key.Matches(msg, m.keys.back) {
			l.picker.set("")
		}
		l.picker.press(msg, m.keys, 5)
		return nil
	}
	who := strings.TrimSpace(l.picker.filter)
	if r, ok := l.picker.chosen(); ok {
		who = r.id
	}
	if who == "" {
		l.problem = "Type your email or your name, or choose one with " + m.signs.upDown + "."
		return nil
	}
	return m.tryLogin(who)
}

// tryLogin looks somebody up: among the accounts, then in the directory. If the
// kernel is not there yet, it is done as soon as it is.
func (m *model) tryLogin(who string) tea.Cmd {
	l := m.login
	l.problem, l.busy = "", true
	if m.opening {
		l.waiting = who
		return nil
	}
	l.waiting = ""
	if m.failed != nil {
		l.busy = false
		return nil
	}
	for _, a := range l.accounts {
		if strings.EqualFold(a.User.Email, who) {
			user := a.User
			return func() tea.Msg { return loginMsg{who: who, user: user} }
		}
	}
	if m.lookup == nil {
		return func() tea.Msg { return loginMsg{who: who, err: orchestrator.ErrUnknownUser} }
	}
	lookup := m.lookup
	return m.crew.do(func(ctx context.Context) tea.Msg {
		u, err := lookup(ctx, who)
		return loginMsg{who, u, err}
	})
}

func (m *model) loggedIn(msg loginMsg) tea.Cmd {
	l := m.login
	l.busy = false
	switch {
	case errors.Is(msg.err, orchestrator.ErrUnknownUser):
		l.problem = "There is no customer " + cleanLine(msg.who) + " in this shop. Nothing was changed. Check the spelling, or choose one below."
		if len(l.picker.shown) == 0 {
			l.problem = "There is no customer " + cleanLine(msg.who) + " in this shop. Nothing was changed. Check the spelling, or press esc and choose one."
		}
		return nil
	case msg.err != nil:
		l.problem = "The customers could not be looked up: " + cleanLine(msg.err.Error()) + ". Nothing was changed. Try again."
		return nil
	}
	m.user, m.page = msg.user, pageChat
	l.picker.set("")
	conv := m.cfg.Conversation
	m.cfg.Conversation = ""
	return m.enter(conv)
}

// viewLogin draws the login in w × h cells.
func (m *model) viewLogin(w, h int) (lines []string, x, y int) {
	l, st, g := m.login, m.st, m.signs
	left := 8
	if w < 80 {
		left = 3
	}
	pad := strings.Repeat(" ", left)
	inner := w - left - 2
	top := max((h-16)/4, 1)
	lines = make([]string, top)
	lines = append(lines,
		pad+st.accent.Bold(true).Render("banyan"),
		pad+st.quiet.Render(cut("The chat that grows around your monolith.", inner, g.ellipsis)), "")
	if m.failed != nil {
		lines = append(lines, indent(m.viewFailed(min(inner, maxText)), pad)...)
		return window(lines, 0, h), -1, 0
	}
	lines = append(lines, pad+"Who are you? "+st.faint.Render(cut("No password is asked for: whoever is here is trusted.", max(inner-14, 0), g.ellipsis)))
	field, at := l.picker.field(st, g, inner, "your email or your name")
	x, y = left+at, len(lines)
	lines = append(lines, pad+field)
	switch {
	case l.problem != "":
		lines = append(append(lines, ""), indent(paint(wrap(l.problem, min(inner, maxText)), st.amber), pad)...)
	case l.waiting != "":
		lines = append(lines, "", pad+st.waiting.Render(m.paint.spin)+" "+st.faint.Render("opening the shop"))
	case l.busy:
		lines = append(lines, "", pad+st.waiting.Render(m.paint.spin)+" "+st.faint.Render("looking you up"))
	}
	lines = append(lines, "")
	note := m.viewNotice(inner)
	room := len(note)
	if room > 0 {
		room++
	}
	if len(l.picker.rows) > 0 {
		if len(l.picker.shown) == 0 {
			lines = append(lines, pad+st.faint.Render("enter looks this email up"))
		} else {
			lines = append(lines, indent(l.picker.list(st, g, inner, max(h-len(lines)-room, 1), m.paint.spin), pad)...)
		}
	}
	lines = window(lines, 0, h)
	copy(lines[h-len(note):], indent(note, pad))
	return lines, x, y
}
