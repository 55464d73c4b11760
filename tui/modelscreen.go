package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// modelScreen says which backend plans and answers, and lets another be chosen.
type modelScreen struct {
	mark place
	// wants is what was asked for by name or with the mark: the screen closes by
	// itself when that is in use, and stays to tell when it cannot be.
	wants string
}

// openModel shows the backends to choose from, or switches to the named one at
// once.
func (m *model) openModel(name string) tea.Cmd {
	if m.backends.source == nil {
		m.overlay = &overlay{title: "backend", page: m.modelPage}
		return nil
	}
	s := &modelScreen{wants: name}
	m.overlay = &overlay{screen: s}
	m.backends.used = nil
	if name == "" {
		return m.watch()
	}
	return tea.Batch(m.use(name), m.watch())
}

func (s *modelScreen) press(m *model, msg tea.KeyPressMsg) tea.Cmd {
	k, list := m.keys, m.backends.list
	switch {
	case key.Matches(msg, k.back), msg.Text == "q":
		m.overlay = nil
	case key.Matches(msg, k.integrations):
		return m.openIntegrations()
	case len(list) == 0:
	case key.Matches(msg, k.choose), key.Matches(msg, k.use):
		s.mark.name = list[s.mark.at(list)].Name
		s.wants = s.mark.name
		return m.use(s.wants)
	case key.Matches(msg, k.up):
		s.scroll(m, -1)
	case key.Matches(msg, k.down):
		s.scroll(m, 1)
	}
	return nil
}

func (s *modelScreen) scroll(m *model, n int) { s.mark.move(m.backends.list, n) }

func (s *modelScreen) hints(m *model) []key.Binding {
	k := m.keys
	use := k.choose
	use.SetHelp(k.choose.Help().Key, k.use.Help().Desc)
	return []key.Binding{use, k.up, k.integrations, k.back}
}

func (s *modelScreen) view(m *model, w, h int) []string {
	st, g, list := m.st, m.signs, m.backends.list
	lines := []string{spread(st.strong.Render("backend")+"  "+st.quiet.Render("it plans and answers"), m.inUse(), w, g.ellipsis), ""}
	if len(list) == 0 {
		return append(lines, m.onlyOne(w)...)
	}
	at := s.mark.at(list)
	below := m.outcomes("", w)
	if len(below) > 0 {
		below = append([]string{""}, below...)
	}
	name, of := 0, 1
	for _, i := range list {
		name, of = max(name, min(width(cleanLine(i.Name)), 20)), max(of, min(width(cleanLine(i.Model)), 30))
	}
	from, to := s.mark.visible(list, h-len(lines)-len(below))
	for n := from; n < to; n++ {
		i := list[n]
		mark := strings.Repeat(" ", width(g.pick))
		if n == at {
			mark = st.accent.Render(g.pick)
		}
		what := cleanLine(i.Model)
		if what == "" {
			what = m.signs.dash
		}
		row := mark + " " + fill(m.nameOf(i, n == at), width(g.active)+1+name, g.ellipsis) + "   " +
			st.quiet.Render(fill(what, min(of, max(w-name-34, 8)), g.ellipsis)+"   "+fill(kind(i), 6, "")) + "   " + m.state(i.State)
		lines = append(lines, cut(row, w, g.ellipsis))
	}
	lines = append(lines, below...)
	lines = append(append(lines, ""), paint(wrap(s.how(list), min(w, maxText)), st.faint)...)
	if said := privacySaid(list); said != "" {
		lines = append(append(lines, ""), paint(wrap(said, min(w, maxText)), st.quiet)...)
	}
	if m.cfg.BackendHint != "" {
		lines = append(append(lines, ""), m.backendHint(min(w, maxText))...)
	}
	return lines
}

// how says what can be typed, with names of this list: one that has a model, and
// behind it one that needs none, if there is one.
func (*modelScreen) how(list []Integration) string {
	first, last := "", ""
	rank := 0
	for _, i := range list {
		fits := 1
		if i.Local {
			fits++
		}
		if i.Model == "" && i.State == StateUp {
			fits++
		}
		switch name := cleanLine(i.Name); {
		case i.Model != "" && first == "":
			first = name
		case fits > rank:
			last, rank = name, fits
		}
	}
	if first == "" || last == "" {
		return "/model " + cleanLine(list[0].Name) + " does the same by name."
	}
	return "/model " + first + " does the same by name. /model " + first + "," + last + " makes a chain: when one fails, the next takes over."
}

// modelPage says which backend is in use when there is no other to choose.
func (m *model) modelPage(w int) []string {
	b := m.backend
	lines := []string{m.st.strong.Render(cut(cleanLine(b.Name+" "+b.Version), w, m.signs.ellipsis))}
	if b.Model != "" {
		lines = append(lines, cut("model "+cleanLine(b.Model), w, m.signs.ellipsis))
	} else {
		lines = append(lines, "no language model: requests are understood by a classifier on this machine")
	}
	return append(append(lines, ""), m.backendHint(w)...)
}

// backendHint says how to get another backend.
func (m *model) backendHint(w int) []string {
	hint := m.cfg.BackendHint
	if hint == "" {
		hint = "The backend plans what to do and writes the answers. Choose another one when you start the program: `banyan --backend NAME`, and `--model NAME` for one of its models. A key such as `OPENAI_API_KEY` in the environment or in a `.env` file lets it reach a hosted model. `banyan doctor` says what was found."
	}
	return m.md.render(hint, w)
}
