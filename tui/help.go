package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
)

func (m *model) openHelp() {
	m.overlay = &overlay{title: "help", page: m.helpPage}
}

// helpPage explains what the screen shows, every key and every command.
func (m *model) helpPage(w int) []string {
	st, g, k := m.st, m.signs, m.keys
	var out []string
	say := func(text string) { out = append(append(out, wrap(text, w)...), "") }
	say("Type what you need in your own words and press enter. Banyan plans it, asks the services, and shows for every step who did it. Nothing is changed before you have said yes.")

	head := func(s string) { out = append(out, st.strong.Render(s)) }
	line := func(left, right string) {
		out = append(out, "  "+fill(left, 16, g.ellipsis)+" "+st.quiet.Render(cut(right, w-19, g.ellipsis)))
	}
	head("keys")
	for _, b := range []key.Binding{
		k.send, k.newline, k.stop, k.trace, k.commands, k.board, k.conversations, k.fresh, k.copyAnswer, k.copyCode,
		k.recall, k.pageUp, k.pageDown, k.home, k.end, k.panelDown, k.sources, k.recovered, k.help, k.suspend, k.quit,
	} {
		h := b.Help()
		line(h.Key, h.Desc)
	}
	line(k.again.Help().Key, "send the message again, after the backend has failed")
	line("shift + mouse", "select text with the mouse, in most terminals")
	out = append(out, "")
	head("when something waits for your yes")
	for _, b := range []key.Binding{k.yes, k.no, k.change, k.only, k.dialogUp} {
		h := b.Help()
		line(h.Key, h.Desc)
	}
	line("", "or type it; such a key counts after a third of a second of stillness")
	out = append(out, "")
	head("in /integrations")
	for _, b := range []key.Binding{k.details, k.test, k.use} {
		h := b.Help()
		line(h.Key, h.Desc)
	}
	out = append(out, "")
	head("on the board of /migration")
	for _, b := range k.ofBoard() {
		h := b.Help()
		line(h.Key, h.Desc)
	}
	out = append(out, "")
	head("commands")
	for _, c := range m.commands() {
		line(c.name, c.help)
	}
	out = append(out, "")
	head("signs")
	out = append(out,
		"  "+st.modern.Render(g.modern)+st.quiet.Render("  a new microservice did it"),
		"  "+st.legacy.Render(g.legacy)+st.quiet.Render("  the old monolith did it"),
		"  "+strings.Join([]string{
			st.good.Render(g.done) + " done", st.waiting.Render(g.waiting) + " waiting", st.faint.Render(g.skipped) + " skipped",
			st.bad.Render(g.failed) + " failed", st.amber.Render(g.undone) + " undone",
		}, "   "),
		"  "+st.bad.Render(g.flagged)+st.quiet.Render(" a person has to look at it: what to do stands beside it"))
	return out
}
