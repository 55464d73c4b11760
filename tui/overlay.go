package tui

import (
	"context"
	"sort"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// overlay stands in the place of the messages until it is closed: a list to
// choose from, or a page to read.
type overlay struct {
	picker *picker
	choose func(m *model, r row) tea.Cmd
	verb   string
	// page is the text of an overlay without a list, for a width.
	title string
	page  func(w int) []string
	off   int
}

func (o *overlay) scroll(n int) {
	if o.picker != nil {
		o.picker.sel = max(min(o.picker.sel+n/3, len(o.picker.shown)-1), 0)
		return
	}
	o.off = max(o.off+n, 0)
}

func (m *model) pressOverlay(msg tea.KeyPressMsg) tea.Cmd {
	o, k := m.overlay, m.keys
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
		o.scroll(-1)
	case key.Matches(msg, k.down):
		o.scroll(1)
	case key.Matches(msg, k.pageUp):
		o.scroll(-page)
	case key.Matches(msg, k.pageDown), msg.String() == "space":
		o.scroll(page)
	case key.Matches(msg, k.home):
		o.off = 0
	}
	return nil
}

// view draws the overlay in w × h cells. The cursor is at (x, y) if x is not
// negative.
func (o *overlay) view(m *model, w, h int) (lines []string, x, y int) {
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

func (m *model) openModel() {
	b := m.backend
	m.overlay = &overlay{title: "backend", page: func(w int) []string {
		name := cleanLine(b.Name + " " + b.Version)
		lines := []string{m.st.strong.Render(cut(name, w, m.signs.ellipsis))}
		if b.Model != "" {
			lines = append(lines, "model "+cleanLine(b.Model))
		} else {
			lines = append(lines, "no language model: requests are understood by a classifier on this machine")
		}
		hint := m.cfg.BackendHint
		if hint == "" {
			hint = "The backend plans what to do and writes the answers. Choose another one when you start the program: `banyan --backend NAME`, and `--model NAME` for one of its models. A key such as `OPENAI_API_KEY` in the environment or in a `.env` file lets it reach a hosted model. `banyan doctor` says what was found."
		}
		lines = append(lines, "")
		return append(lines, m.md.render(hint, w)...)
	}}
}

// suggestions makes things to try from a catalog: intents that both eras offer
// first, those that change nothing before those that do, one with a condition.
func suggestions(c *orchestrator.Catalog) []string {
	if c == nil {
		return nil
	}
	type candidate struct {
		e    *orchestrator.Entry
		rank int
	}
	var all []candidate
	for _, e := range c.Intents() {
		if example(e) == "" {
			continue
		}
		rank := 0
		if old, fresh := e.Eras(); !old || !fresh {
			rank += 2
		}
		if e.Changes() {
			rank++
		}
		all = append(all, candidate{e, rank})
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].rank < all[j].rank })
	var out []string
	if s := conditional(c); s != "" {
		out = append(out, s)
	}
	for _, a := range all {
		if len(out) == 4 {
			break
		}
		out = append(out, example(a.e))
	}
	return out
}

// example is an utterance that names no number, which might not exist here.
func example(e *orchestrator.Entry) string {
	for _, x := range e.Examples {
		if !strings.ContainsAny(x, "0123456789@{<") {
			return cleanLine(x)
		}
	}
	return ""
}

// conditional makes a request with a condition of a change whose result has a
// field with few values.
func conditional(c *orchestrator.Catalog) string {
	for _, e := range c.Intents() {
		x := example(e)
		if x == "" || !e.NeedsYes() || e.Result == nil {
			continue
		}
		for _, name := range e.Result.PropertyOrder {
			p := e.Result.Properties[name]
			if p == nil || len(p.Enum) == 0 {
				continue
			}
			if v, ok := p.Enum[0].(string); ok {
				return strings.TrimRight(x, ".?! ") + " if its " + fieldName(name) + " is " + cleanLine(v)
			}
		}
	}
	return ""
}
