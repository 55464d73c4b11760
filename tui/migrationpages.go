package tui

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// boardPage is a text in the place of the board.
type boardPage struct {
	title   string
	intent  string // whose it is, if it is about one
	loading bool
	err     error
	body    func(m *model, w int) []string
	off     int
	rows    int // how many lines there were
	room    int
}

func (p *boardPage) press(m *model, _ *boardScreen, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	k := m.keys
	switch {
	case key.Matches(msg, k.back, k.choose), msg.Text == "q":
		return nil, true
	case key.Matches(msg, k.up):
		p.scroll(-1)
	case key.Matches(msg, k.down):
		p.scroll(1)
	case key.Matches(msg, k.pageUp):
		p.scroll(-max(p.room-1, 1))
	case key.Matches(msg, k.pageDown), msg.String() == "space":
		p.scroll(max(p.room-1, 1))
	case key.Matches(msg, k.home):
		p.off = 0
	case key.Matches(msg, k.end):
		p.off = max(p.rows-p.room, 0)
	}
	return nil, false
}

func (p *boardPage) dock(*model, int) int { return 0 }

func (p *boardPage) scroll(n int) { p.off = max(min(p.off+n, p.rows-p.room), 0) }

func (p *boardPage) hints(m *model) []key.Binding {
	scroll := m.keys.up
	scroll.SetHelp(scroll.Help().Key, "scroll")
	back := m.keys.back
	back.SetHelp(back.Help().Key, "the board")
	return []key.Binding{scroll, back}
}

func (p *boardPage) view(m *model, w, h int) []string {
	st, g := m.st, m.signs
	head := func(right string) []string {
		return []string{spread(st.strong.Render(cleanLine(p.title)), st.faint.Render(right), w, g.ellipsis), ""}
	}
	switch {
	case p.loading:
		return append(head(""), st.waiting.Render(m.paint.spin)+" "+st.faint.Render("one moment"))
	case p.err != nil:
		return append(head(""), paint(hang(g.failed+" ", "This could not be read: "+sentence(p.err)+" Nothing was changed. esc goes back.", w), st.bad)...)
	}
	body := p.body(m, min(w, maxText))
	p.rows, p.room = len(body), max(h-2, 1)
	p.off = max(min(p.off, p.rows-p.room), 0)
	right := ""
	if p.rows > p.room {
		right = grouped(p.off+1) + " " + g.dash + " " + grouped(min(p.off+p.room, p.rows)) + " of " + grouped(p.rows) + " lines"
	}
	return append(head(right), body[p.off:min(p.off+p.room, p.rows)]...)
}

// openReport shows what can be retired.
func (s *boardScreen) openReport(m *model) tea.Cmd {
	s.front = &boardPage{title: "what can be retired", loading: true}
	src := m.migrating.source
	return m.crew.do(func(ctx context.Context) tea.Msg {
		report, err := src.Report(ctx)
		return reportMsg{report, err}
	})
}

// reported takes the report in.
func (m *model) reported(msg reportMsg) {
	p := m.boardPage("")
	if p == nil || p.title != "what can be retired" {
		return
	}
	p.loading, p.err = false, msg.err
	text := reportMarkdown(msg.report)
	var drawn []string
	at, rev := 0, -1
	p.body = func(m *model, w int) []string {
		if at != w || rev != m.paint.rev {
			drawn, at, rev = m.paint.md.render(text, w), w, m.paint.rev
		}
		return drawn
	}
}

// boardPage is the page in front of the board, if it is about that intent.
func (m *model) boardPage(intent string) *boardPage {
	if !m.boardOpen() {
		return nil
	}
	s, _ := m.overlay.screen.(*boardScreen)
	p, ok := s.front.(*boardPage)
	if !ok || p.intent != intent {
		return nil
	}
	return p
}

// reportMarkdown writes the report down.
func reportMarkdown(r orchestrator.MigrationReport) string {
	esc := strings.NewReplacer("|", `\|`, "`", "'", "*", `\*`, "_", `\_`, "[", `\[`, "<", `\<`)
	md := func(s string) string { return esc.Replace(cleanLine(s)) }
	var b strings.Builder
	b.WriteString("**" + grouped(r.Ready) + " of " + count(len(r.Intents), "intent") + "** can do without legacy.\n")
	for _, ready := range []bool{true, false} {
		var list []orchestrator.IntentReport
		for _, i := range r.Intents {
			if i.Ready == ready {
				list = append(list, i)
			}
		}
		if len(list) == 0 {
			continue
		}
		if ready {
			b.WriteString("\n## Ready to retire\n\n")
		} else {
			b.WriteString("\n## Not yet\n\n")
		}
		for _, i := range list {
			b.WriteString("- **" + md(i.Intent) + "** (" + md(routeWords(i.Route)) + ")")
			if len(i.Why) > 0 {
				why := make([]string, len(i.Why))
				for n, w := range i.Why {
					why[n] = md(w)
				}
				b.WriteString(": " + strings.Join(why, " "))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// openExplanation says where a call of the chosen intent goes, and how its route came
// to be.
func (s *boardScreen) openExplanation(m *model, who string) tea.Cmd {
	intent := s.mark
	s.front = &boardPage{title: "who serves " + intent, intent: intent, loading: true}
	src, steers, self := seenBy(m.migrating.source, m.user), m.maySteer(), m.user.Email
	return m.crew.do(func(ctx context.Context) tea.Msg {
		e, err := explainTo(ctx, src, steers, intent, who, self)
		msg := explainedMsg{intent: intent, text: e.Text, err: err}
		if err == nil {
			msg.history, msg.err = src.History(ctx, intent)
		}
		return msg
	})
}

func (m *model) explained(msg explainedMsg) {
	p := m.boardPage(msg.intent)
	if p == nil {
		return
	}
	p.loading, p.err = false, msg.err
	p.body = func(m *model, w int) []string {
		st := m.st
		out := append(wrap(strings.TrimSpace(clean(msg.text)), w), "", st.strong.Render("how its route came to be"), "")
		if len(msg.history) == 0 {
			return append(out, paint(wrap("Nobody has set it: this is the default.", w), st.faint)...)
		}
		words := orchestrator.Wording{Now: m.cfg.Now()}
		for n := len(msg.history) - 1; n >= 0; n-- {
			v := msg.history[n]
			out = append(out, st.faint.Render(fill("v"+grouped(v.Version), 5, ""))+m.routeBadge(v.Route)+"  "+st.quiet.Render(cleanLine(v.Cause)+" "+words.Time(v.At, true)+byWhom(v.By)))
			if v.By.Why != "" {
				out = append(out, indent(paint(wrap(cleanLine(v.By.Why), w-5), st.quiet), "     ")...)
			}
		}
		for i := range out {
			out[i] = cut(out[i], w, m.signs.ellipsis)
		}
		return out
	}
}

// byWhom names who changed something; without an email that was the judge.
func byWhom(a orchestrator.Actor) string {
	if a.Email == "" {
		return " by the judge"
	}
	return " by " + cleanLine(a.Email)
}
