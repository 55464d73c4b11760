package tui

import (
	"strings"

	"banyan/orchestrator"
)

// boardColumn is one column of the board. Its width is fixed, so that nothing jumps
// when figures change.
type boardColumn struct {
	head  string
	width int
	right bool
	cell  func(i orchestrator.IntentStatus) string
}

// boardColumns are the columns that fit into w cells beside the mark.
func boardColumns(w int, m *model) []boardColumn {
	name := 0
	for i := range m.migrating.status.Intents {
		if n := len(m.migrating.status.Intents[i].Intent); n > name {
			name = n
		}
	}
	badge := 13
	if m.signs.ascii {
		badge = 14
	}
	legacy, modern := m.sign(m.signs.legacy, "old"), m.sign(m.signs.modern, "new")
	both := " " + legacy + " / " + modern
	st := m.st
	dash := st.faint.Render(m.signs.dash)
	all := []boardColumn{
		{head: "intent", width: max(min(name, 24), 12), cell: func(i orchestrator.IntentStatus) string { return cleanLine(i.Intent) }},
		{head: "state", width: badge, cell: func(i orchestrator.IntentStatus) string { return m.routeBadge(i.Version.Route) }},
		{head: "served by", width: 10, cell: m.bar},
		{head: "", width: 11, cell: m.served},
		{head: "match", width: 7, right: true, cell: func(i orchestrator.IntentStatus) string {
			rate, _ := match(i.Shadow)
			if rate == "" {
				return dash
			}
			return m.matchStyle(i.Shadow).Render(rate)
		}},
		{head: "", width: 7, cell: func(i orchestrator.IntentStatus) string { _, of := match(i.Shadow); return st.faint.Render(of) }},
		{head: "errors" + both, width: 12, right: true, cell: m.errorRates},
		{head: "p95" + both, width: 14, right: true, cell: func(i orchestrator.IntentStatus) string { return st.quiet.Render(sidesP95(i, m.signs.dash)) }},
		{head: "last legacy call", width: 16, cell: m.lastLegacy},
	}
	if m.signs.ascii {
		all[6].width, all[7].width = 16, 15
	}
	// What goes first when it is narrow; the name gives way before the figures do.
	drop := []int{5, 3, 8, 7, 4, 6}
	total := func() (n int) {
		for _, c := range all {
			if c.width > 0 {
				n += c.width + columnGap
			}
		}
		return n - columnGap
	}
	room := w - width(m.signs.pick) - 1
	for _, d := range drop {
		over := total() - room
		if over > 0 && all[0].width-over >= 14 {
			all[0].width -= over
		}
		if total() <= room {
			break
		}
		all[d].width = 0
	}
	out := all[:0]
	for _, c := range all {
		if c.width > 0 {
			out = append(out, c)
		}
	}
	if spare := room - columnsWidth(out); spare > 0 {
		out[0].width = min(out[0].width+spare, max(name, out[0].width))
	}
	return out
}

// columnsWidth is how wide columns are with the gaps between them.
func columnsWidth(cols []boardColumn) (n int) {
	for _, c := range cols {
		n += c.width + columnGap
	}
	return n - columnGap
}

// boardCells lays cells out in the columns.
func boardCells(cols []boardColumn, ellipsis string, cell func(c boardColumn) string) string {
	var b strings.Builder
	for n, c := range cols {
		s := cut(cell(c), c.width, ellipsis)
		pad := strings.Repeat(" ", c.width-width(s))
		if n > 0 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		if c.right {
			b.WriteString(pad + s)
		} else {
			b.WriteString(s + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func (m *model) boardHead(cols []boardColumn) string {
	return boardCells(cols, m.signs.ellipsis, func(c boardColumn) string { return c.head })
}

func (m *model) boardRow(cols []boardColumn, i orchestrator.IntentStatus, chosen bool, w int) string {
	mark := strings.Repeat(" ", width(m.signs.pick)+1)
	if chosen {
		mark = m.st.accent.Render(m.signs.pick) + " "
	}
	first := true
	line := boardCells(cols, m.signs.ellipsis, func(c boardColumn) string {
		text := c.cell(i)
		if first && chosen {
			text = m.st.strong.Render(cut(text, c.width, m.signs.ellipsis))
		}
		first = false
		return text
	})
	return cut(mark+line, w, m.signs.ellipsis)
}

// errorRates are the shares of failed calls of the last hour on both sides.
func (m *model) errorRates(i orchestrator.IntentStatus) string {
	one := func(s *orchestrator.SideStatus) string {
		if recent(s) == 0 {
			return m.st.faint.Render(m.signs.dash)
		}
		text := share(s.ErrorRate())
		if s.ErrorRate() == 0 {
			return m.st.quiet.Render(text)
		}
		return m.st.bad.Render(text)
	}
	if recent(i.Legacy)+recent(i.Modern) == 0 {
		return m.st.faint.Render(m.signs.dash)
	}
	return one(i.Legacy) + m.st.quiet.Render(" / ") + one(i.Modern) + m.st.quiet.Render(" %")
}

// sidesP95 are the 95th percentiles of the latencies on both sides.
func sidesP95(i orchestrator.IntentStatus, dash string) string {
	has := func(s *orchestrator.SideStatus) bool { return s != nil && s.P95MS > 0 }
	switch {
	case has(i.Legacy) && has(i.Modern):
		return latencies(i.Legacy.P95MS, i.Modern.P95MS)
	case has(i.Legacy):
		return orchestrator.Duration(i.Legacy.P95MS) + " / " + dash
	case has(i.Modern):
		return dash + " / " + orchestrator.Duration(i.Modern.P95MS)
	}
	return dash
}

// lastLegacy says when legacy was called last, and whether it can be spared.
func (m *model) lastLegacy(i orchestrator.IntentStatus) string {
	if i.Legacy == nil {
		return m.st.faint.Render("none")
	}
	if i.Version.Route.Kind == orchestrator.RouteRetired {
		return m.st.good.Render("retired")
	}
	if m.migrating.ready[i.Intent] {
		return m.st.good.Render(m.signs.done + " can retire")
	}
	return m.st.quiet.Render(ago(i.Legacy.Last, m.migrating.status.At))
}
