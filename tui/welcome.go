package tui

import "strings"

// welcome is the empty chat, in at most h rows: what this is, what there is to
// know today, and things to try, fewer of them where there is little room.
func (m *model) welcome(w, h int) []string {
	name := cleanLine(m.user.Name)
	if first, _, ok := strings.Cut(name, " "); ok {
		name = first
	}
	hello := "Hello."
	if name != "" {
		hello = "Hello " + name + "."
	}
	out := []string{m.st.accent.Render("banyan")}
	out = append(out, wrap(hello+" Ask for what you need in your own words; I find out who can do it, the new services or the old monolith, and show you. Nothing changes before you say yes.", w)...)
	if note := m.viewNotice(w); len(note) > 0 {
		out = append(append(out, ""), note...)
	}
	foot := []string{"", m.st.faint.Render(cut("/intents lists everything that can be asked for.", w, m.signs.ellipsis))}
	tips := m.tips(w, h-len(out)-len(foot))
	return append(append(out, tips...), foot...)
}

// tips draws things to try, as many as fit in h rows.
func (m *model) tips(w, h int) []string {
	var out []string
	for _, t := range m.chat.tips[:min(len(m.chat.tips), 4)] {
		var tip []string
		for i, l := range wrap(cleanLine(t), w-4) {
			pre := "    "
			if i == 0 {
				pre = "  " + m.st.accent.Render(cut(m.signs.pick, 1, "")) + " "
			}
			tip = append(tip, pre+l)
		}
		if len(out) == 0 {
			tip = append([]string{"", m.st.faint.Render("Things to try")}, tip...)
		}
		if len(out) > 0 && len(out)+len(tip) > h {
			break
		}
		out = append(out, tip...)
	}
	return out
}

// viewNotice is the one thing to know today, or nothing.
func (m *model) viewNotice(w int) []string {
	text := cleanLine(m.notice)
	if text == "" {
		return nil
	}
	return paint(hang(m.signs.note+" ", text, w), m.st.waiting)
}
