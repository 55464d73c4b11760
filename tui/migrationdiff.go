package tui

import (
	"context"
	"encoding/json"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// mismatchesMost is how many differences are listed.
const mismatchesMost = 200

// boardDiff is the differences that shadowing found in one intent: a list, and one of
// them with both sides.
type boardDiff struct {
	intent  string
	loading bool
	err     error
	list    []orchestrator.Mismatch
	// kinds stand in the place of the list for those who may not see answers.
	kinds   []differenceKind
	at, top int
	// full is set while one is shown with both sides, from line off on.
	full            bool
	off, rows, room int
}

// openDifferences shows the differences of the chosen intent.
func (s *boardScreen) openDifferences(m *model) tea.Cmd {
	intent, src, answers := s.mark, seenBy(m.migrating.source, m.user), m.maySteer()
	s.front = &boardDiff{intent: intent, loading: true}
	return m.crew.do(func(ctx context.Context) tea.Msg {
		list, err := src.Mismatches(ctx, intent, mismatchesMost)
		if !answers {
			return differencesMsg{intent: intent, kinds: kindsOf(list), err: err}
		}
		return differencesMsg{intent: intent, list: list, err: err}
	})
}

// differed takes the differences in.
func (m *model) differed(msg differencesMsg) {
	if !m.boardOpen() {
		return
	}
	s, _ := m.overlay.screen.(*boardScreen)
	if d, ok := s.front.(*boardDiff); ok && d.intent == msg.intent {
		d.loading, d.list, d.kinds, d.err = false, msg.list, msg.kinds, msg.err
	}
}

func (d *boardDiff) press(m *model, _ *boardScreen, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	k, page := m.keys, max(d.room-1, 1)
	switch {
	case key.Matches(msg, k.back, k.details) && d.full:
		d.full = false
	case key.Matches(msg, k.back), msg.Text == "q":
		return nil, true
	case key.Matches(msg, k.details):
		d.full, d.off = len(d.list) > 0, 0
		return nil, len(d.list) == 0
	case key.Matches(msg, k.up):
		d.scroll(-1)
	case key.Matches(msg, k.down):
		d.scroll(1)
	case key.Matches(msg, k.pageUp):
		d.scroll(-page)
	case key.Matches(msg, k.pageDown), msg.String() == "space":
		d.scroll(page)
	}
	return nil, false
}

func (d *boardDiff) dock(*model, int) int { return 0 }

func (d *boardDiff) scroll(n int) {
	if d.full {
		d.off = max(min(d.off+n, d.rows-d.room), 0)
		return
	}
	if len(d.kinds) > 0 {
		d.top = max(min(d.top+n, len(d.kinds)-d.room), 0)
		return
	}
	d.at = max(min(d.at+n, len(d.list)-1), 0)
}

func (d *boardDiff) hints(m *model) []key.Binding {
	back := m.keys.back
	if len(d.list) == 0 {
		back.SetHelp(back.Help().Key, "the board")
		return []key.Binding{back}
	}
	show := m.keys.details
	show.SetHelp(show.Help().Key, "both sides")
	if d.full {
		show = m.keys.up
		show.SetHelp(show.Help().Key, "scroll")
		back.SetHelp(back.Help().Key, "the list")
		return []key.Binding{show, back}
	}
	back.SetHelp(back.Help().Key, "the board")
	return []key.Binding{show, m.keys.up, back}
}

func (d *boardDiff) view(m *model, w, h int) []string {
	st, g := m.st, m.signs
	var out []string
	title := st.strong.Render(cleanLine(d.intent)) + st.quiet.Render("  where modern answers otherwise")
	switch {
	case d.loading:
		return []string{title, "", st.waiting.Render(m.paint.spin) + " " + st.faint.Render("one moment")}
	case d.err != nil:
		return append([]string{title, ""}, paint(hang(g.failed+" ", "The differences could not be read: "+sentence(d.err)+" Nothing was changed. esc goes back.", w), st.bad)...)
	case d.full && d.at < len(d.list):
		return d.viewFull(m, w, h)
	}
	list := m.migrating.status.Intents
	if at := (&boardScreen{mark: d.intent}).at(list); len(list) > 0 && list[at].Intent == d.intent {
		out = m.intentDetail(list[at], w)
	}
	out = append(window(append([]string{spread(title, st.faint.Render(differenceCount(d.found())), w, g.ellipsis), ""}, out...), 0, min(len(out)+2, max(h/2, 3))), "")
	if len(d.kinds) > 0 {
		return d.viewKinds(m, out, w, h)
	}
	if len(d.list) == 0 {
		text := "No difference was found. They are found while the intent is at shadow: legacy answers, modern runs beside it, and both are compared field by field. s on the board starts that."
		return append(out, paint(wrap(text, min(w, maxText)), st.faint)...)
	}
	d.room = max(h-len(out), 1)
	d.top = max(min(d.top, d.at, len(d.list)-d.room), d.at-d.room+1, 0)
	words := orchestrator.Wording{Now: m.cfg.Now()}
	for i := d.top; i < min(d.top+d.room, len(d.list)); i++ {
		x := d.list[i]
		mark := strings.Repeat(" ", width(g.pick)+1)
		if i == d.at {
			mark = st.accent.Render(g.pick) + " "
		}
		said, _ := verdict(x.Found)
		if x.Noise {
			said = "noise: legacy does not agree with itself, " + said
		}
		class := ""
		if x.Found.Class != "" {
			class = st.amber.Render(cleanLine(x.Found.Class)) + "  "
		}
		out = append(out, cut(mark+st.faint.Render(words.Time(x.At, true))+"  "+class+st.plain.Render(said), w, g.ellipsis))
	}
	return out
}

// found is how many differences were found.
func (d *boardDiff) found() int {
	n := len(d.list)
	for _, k := range d.kinds {
		n += k.n
	}
	return n
}

func differenceCount(n int) string {
	if n >= mismatchesMost {
		return "the last " + grouped(n) + " differences"
	}
	return count(n, "difference")
}

// viewFull draws one difference: the fields that differ side by side, and then all
// that both sides said.
func (d *boardDiff) viewFull(m *model, w, h int) []string {
	st, g, x := m.st, m.signs, d.list[d.at]
	words := orchestrator.Wording{Now: m.cfg.Now()}
	head := []string{
		spread(st.strong.Render(cleanLine(x.Intent))+st.quiet.Render("  "+words.Time(x.At, true)), st.faint.Render(grouped(d.at+1)+" of "+grouped(len(d.list))), w, g.ellipsis),
		"",
	}
	body := m.fieldDiff(x, w)
	d.rows, d.room = len(body), max(h-len(head), 1)
	d.off = max(min(d.off, d.rows-d.room), 0)
	return append(head, body[d.off:min(d.off+d.room, d.rows)]...)
}

// fieldDiff draws the fields that differ, and then all that both sides said.
func (m *model) fieldDiff(x orchestrator.Mismatch, w int) []string {
	st, g := m.st, m.signs
	var out []string
	side := func(a orchestrator.SideAnswer) string {
		return st.era(a.Era).Render(g.era(a.Era)) + st.quiet.Render("  "+cleanLine(a.Service)+"  "+orchestrator.Duration(a.MS))
	}
	col := max((w-24)/2, 14)
	name := max(w-2*col-4, 8)
	three := func(a, b, c string, style func(...string) string) {
		left, mid, right := wrap(a, name), wrap(b, col), wrap(c, col)
		for i := range max(len(left), len(mid), len(right)) {
			cell := func(l []string, w int, s func(...string) string) string {
				text := ""
				if i < len(l) {
					text = l[i]
				}
				return s(fill(text, w, g.ellipsis))
			}
			out = append(out, strings.TrimRight(cell(left, name, st.quiet.Render)+"  "+cell(mid, col, style)+"  "+cell(right, col, style), " "))
		}
	}
	out = append(out, fill("", name, "")+"  "+fill(side(x.Primary), col, g.ellipsis)+"  "+cut(side(x.Candidate), col, g.ellipsis))
	for _, d := range x.Found.Differences {
		path := cleanLine(d.Path)
		if d.Class != "" {
			path += " (" + cleanLine(d.Class) + ")"
		}
		three(path, valueText(d.Primary), valueText(d.Candidate), st.amber.Render)
	}
	if len(x.Found.Differences) == 0 {
		three(cleanLine(x.Found.Class), answerText(x.Primary), answerText(x.Candidate), st.amber.Render)
	}
	if len(x.Args) > 0 {
		out = append(out, "", st.faint.Render("asked with"))
		out = append(out, indent(wrap(pretty(x.Args), w-2), "  ")...)
	}
	for _, a := range []orchestrator.SideAnswer{x.Primary, x.Candidate} {
		out = append(out, "", side(a))
		if a.Error != nil {
			out = append(out, indent(paint(wrap(cleanLine(a.Error.Code+": "+a.Error.Message), w-2), st.bad), "  ")...)
		}
		if a.Result != nil {
			out = append(out, indent(wrap(pretty(a.Result), w-2), "  ")...)
		}
		if a.State != nil {
			out = append(out, st.faint.Render("  the state that it left, or would leave"))
			out = append(out, indent(wrap(pretty(a.State), w-2), "  ")...)
		}
	}
	return out
}

// valueText is a value of a field; absent if there is none.
func valueText(v any) string {
	if v == nil {
		return "absent"
	}
	if s, ok := v.(string); ok {
		return cleanLine(s)
	}
	return cleanLine(compact(v))
}

// answerText says in short what a side answered.
func answerText(a orchestrator.SideAnswer) string {
	if a.Error != nil {
		return cleanLine(a.Error.Code + ": " + a.Error.Message)
	}
	return cleanLine(compact(a.Result))
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "not readable"
	}
	return string(b)
}

// pretty writes an object as indented JSON, cleaned line by line.
func pretty(v any) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return "not readable"
	}
	return clean(string(b))
}
