package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// command is something that can be done by name: typed with a slash, or chosen
// in the palette.
type command struct {
	name string
	help string
	keys string
	run  func(m *model, arg string) tea.Cmd
}

// commands are all of them, in the order in which they are listed.
func (m *model) commands() []command {
	return []command{
		{"/help", "all keys and commands", "?", func(m *model, _ string) tea.Cmd { m.openHelp(); return nil }},
		{"/new", "start a new conversation", "ctrl+n", func(m *model, _ string) tea.Cmd { return m.startNew() }},
		{"/conversations", "continue an earlier conversation", "ctrl+o", func(m *model, _ string) tea.Cmd { return m.openConversations() }},
		{"/intents", "what can be asked for, and who serves it", "", func(m *model, arg string) tea.Cmd { m.openIntents(arg); return nil }},
		{"/model", "choose the backend, or /model NAME", "", func(m *model, arg string) tea.Cmd { return m.openModel(arg) }},
		{"/integrations", "the backends: state, calls, cost, tests", "", func(m *model, _ string) tea.Cmd { return m.openIntegrations() }},
		{orchestrator.ActCommand, "for staff: act for a customer; alone: for nobody", "", func(m *model, arg string) tea.Cmd { return m.actAs(arg) }},
		{"/migration", "the migration board, or /migration VERB", "ctrl+g", func(m *model, arg string) tea.Cmd { return m.openBoard(arg) }},
		{orchestrator.UndoCommand, "take back the last change of this conversation", "", func(m *model, _ string) tea.Cmd { return m.undo() }},
		{"/goal", "goal mode on or off: the backend may plan on", "", func(m *model, arg string) tea.Cmd { m.setGoal(arg); return nil }},
		{"/sources", "where the facts of the last answer come from", "ctrl+s", func(m *model, _ string) tea.Cmd { m.openSources(); return nil }},
		{"/sent", "what was sent to models on other machines", "", func(m *model, _ string) tea.Cmd { return m.openSent() }},
		{"/mask", "hide personal data on the screen, or show it", "", func(m *model, arg string) tea.Cmd { m.setMask(arg); return nil }},
		{"/recovered", "what was finished after a restart", "ctrl+r", func(m *model, _ string) tea.Cmd { return m.openRecovered() }},
		{"/again", "send the last message again after a failure", "r", func(m *model, _ string) tea.Cmd { return m.resend() }},
		{"/copy", "copy the answer; /copy code its last code block", "ctrl+y", func(m *model, arg string) tea.Cmd {
			if strings.HasPrefix(arg, "code") {
				return m.copyCode()
			}
			return m.copyAnswer()
		}},
		{"/details", "show or hide what happened", "tab", func(m *model, _ string) tea.Cmd {
			m.toggleTrace(m.layout().panel == 0)
			return nil
		}},
		{"/login", "switch to another user", "", func(m *model, _ string) tea.Cmd { return m.logout() }},
		{"/quit", "leave", "ctrl+c twice", func(m *model, _ string) tea.Cmd { m.stop(); return tea.Quit }},
	}
}

// command finds the command that a line of input names, with what stands behind
// it.
func (m *model) command(text string) (cmd command, arg string, ok bool) {
	name, arg, _ := strings.Cut(text, " ")
	if name == "/exit" {
		name = "/quit"
	}
	for _, c := range m.commands() {
		if c.name == name {
			return c, strings.TrimSpace(arg), true
		}
	}
	return command{}, "", false
}

// undo asks the kernel to take back the last change. Like any change it waits for a
// yes.
func (m *model) undo() tea.Cmd { return m.send(orchestrator.UndoCommand) }

// actAs tells the kernel for which customer staff act from here on.
func (m *model) actAs(who string) tea.Cmd {
	return m.send(strings.TrimSpace(orchestrator.ActCommand + " " + who))
}

func (m *model) logout() tea.Cmd {
	if why := m.cannotSend(); why != "" && m.chat.running() != nil {
		m.status = why
		return nil
	}
	m.page, m.overlay = pageLogin, nil
	m.chat.list.reset(nil)
	m.chat.input.clear()
	m.chat.input.remember(nil)
	m.chat.confirm.open(nil, m.cfg.Now(), false)
	m.redialog()
	m.login.problem = ""
	return nil
}

// completion lists the commands that fit a slash and what follows it.
type completion struct {
	fits []command
	sel  int
	// dismissed is the text for which esc has closed the list.
	dismissed string
}

func (c *completion) update(all []command, text string) {
	c.fits = nil
	if !strings.HasPrefix(text, "/") || strings.ContainsAny(text, " \n") || text == c.dismissed {
		return
	}
	c.dismissed = ""
	for _, cmd := range all {
		if strings.HasPrefix(cmd.name, text) {
			c.fits = append(c.fits, cmd)
		}
	}
	c.sel = max(min(c.sel, len(c.fits)-1), 0)
}

// pressCompletion takes the keys of the list of commands while it is shown.
func (m *model) pressCompletion(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	c := m.chat.complete
	if len(c.fits) == 0 {
		return nil, false
	}
	switch msg.String() {
	case "up":
		c.sel = (c.sel + len(c.fits) - 1) % len(c.fits)
	case "down":
		c.sel = (c.sel + 1) % len(c.fits)
	case "tab":
		m.chat.input.set(c.fits[c.sel].name + " ")
		c.update(nil, m.chat.input.value())
	case "esc":
		c.dismissed, c.fits = m.chat.input.value(), nil
	case "enter":
		run := c.fits[c.sel].run
		m.chat.input.clear()
		c.fits, c.sel = nil, 0
		return run(m, ""), true
	default:
		return nil, false
	}
	return nil, true
}

// view draws the list in w cells and at most h rows, so that the chosen command is
// among them.
func (c *completion) view(st styles, g signs, w, h int) []string {
	from := max(min(c.sel-h/2, len(c.fits)-h), 0)
	out := make([]string, 0, len(c.fits))
	for i := from; i < len(c.fits) && len(out) < h; i++ {
		cmd := c.fits[i]
		mark, name := strings.Repeat(" ", width(g.pick)), st.plain
		if i == c.sel {
			mark, name = st.accent.Render(g.pick), st.strong
		}
		out = append(out, spread(mark+" "+name.Render(fill(cmd.name, 15, ""))+"  "+st.quiet.Render(cmd.help), st.faint.Render(cmd.keys), w, g.ellipsis))
	}
	return out
}
