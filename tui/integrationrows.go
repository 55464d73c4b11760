package tui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"banyan/orchestrator"
)

// oneLine is the width from which on a backend takes one row, in columns; below
// it takes two.
const oneLine = 100

// column is one column of the list of backends.
type column struct {
	head  string
	right bool
	// least is the width down to which it may be cut, 0 if it may not; a column
	// with a drop is left out when all do not fit, the highest first.
	least, drop int
	cell        func(i Integration, chosen bool) string
}

// state is a backend's state as sign and word.
func (m *model) state(word string) string {
	g, st := m.signs, m.st
	sign, style := g.dot, st.quiet
	switch word {
	case StateUp:
		sign, style = g.done, st.good
	case StateSlow:
		sign, style = g.slow, st.amber
	case StateOpen, StateDown:
		sign, style = g.failed, st.bad
	case StateNotTried, StateNoKey:
		sign, style = g.skipped, st.faint
	}
	return style.Render(sign + " " + cleanLine(word))
}

// kind says where a backend is.
func kind(i Integration) string {
	if i.Local {
		return "local"
	}
	return "remote"
}

// integrationCost says what a backend's calls cost; empty if there is nothing to
// pay.
func integrationCost(i Integration) string {
	used := i.InputTokens+i.OutputTokens > 0
	switch {
	case !i.PriceKnown && !i.Local && used:
		return cost(i.CostUSD, true)
	case i.CostUSD > 0, i.PriceKnown && !i.Local && used:
		return money(i.CostUSD)
	}
	return ""
}

// latency writes the median and the 95th percentile in the same unit.
func latency(i Integration, between string) string {
	if i.P50MS <= 0 && i.P95MS <= 0 {
		return ""
	}
	low, high := orchestrator.Duration(i.P50MS), orchestrator.Duration(i.P95MS)
	if n, unit, ok := strings.Cut(low, " "); ok && strings.HasSuffix(high, " "+unit) {
		low = n
	}
	return low + between + high
}

// median is the shortest form of a latency.
func median(i Integration) string {
	if i.P50MS <= 0 {
		return ""
	}
	return orchestrator.Duration(i.P50MS)
}

func (m *model) nameOf(i Integration, chosen bool) string {
	mark, name := strings.Repeat(" ", width(m.signs.active)), m.st.plain
	if i.Active {
		mark = m.st.accent.Render(m.signs.active)
	}
	if chosen {
		name = m.st.strong
	}
	return mark + " " + name.Render(cleanLine(i.Name))
}

// integrationColumns are all columns, with n cells for the sparkline.
func (m *model) integrationColumns(n int) []column {
	q, g := m.st.quiet, m.signs
	text := func(s string) string {
		if s == "" {
			s = g.dash
		}
		return q.Render(s)
	}
	number := func(n int, s string) string {
		if n == 0 {
			s = ""
		}
		return text(s)
	}
	return []column{
		{head: strings.Repeat(" ", width(g.active)) + " backend", least: 10, cell: m.nameOf},
		{head: "model", least: 10, cell: func(i Integration, _ bool) string { return text(cleanLine(i.Model)) }},
		{head: "kind", drop: 1, cell: func(i Integration, _ bool) string { return text(kind(i)) }},
		{head: "version", least: 9, drop: 2, cell: func(i Integration, _ bool) string {
			return text(strings.TrimSpace(shortVersion(cleanLine(i.Version)) + " c" + grouped(i.Contract)))
		}},
		{head: "state", least: 12, cell: func(i Integration, _ bool) string { return m.state(i.State) }},
		{head: "calls", right: true, cell: func(i Integration, _ bool) string { return number(i.Calls, short(i.Calls)) }},
		{head: "errors", right: true, cell: func(i Integration, _ bool) string {
			if i.Errors > 0 {
				return m.st.bad.Render(short(i.Errors))
			}
			return number(i.Calls, "0")
		}},
		{head: "tokens", right: true, cell: func(i Integration, _ bool) string {
			return number(i.InputTokens+i.OutputTokens, short(i.InputTokens+i.OutputTokens))
		}},
		{head: "cost", right: true, least: 8, cell: func(i Integration, _ bool) string { return text(strings.TrimPrefix(integrationCost(i), "cost ")) }},
		{head: "latency", cell: func(i Integration, _ bool) string { return text(g.sparkline(i.Latencies, n)) }},
		{head: "p50 / p95", right: true, cell: func(i Integration, _ bool) string { return text(latency(i, " / ")) }},
	}
}

const columnGap = 2

// laidOut chooses the columns that fit into w cells, and their widths.
func (m *model) laidOut(list []Integration, w int) (cols []column, widths []int) {
	measure := func(n int) (total int) {
		cols = m.integrationColumns(n)
		widths = make([]int, len(cols))
		for c, col := range cols {
			widths[c] = width(col.head)
			for _, i := range list {
				widths[c] = max(widths[c], width(col.cell(i, false)))
			}
			total += widths[c] + columnGap
		}
		return total - columnGap
	}
	over := 0
	for _, n := range []int{12, 9, 7} {
		if over = measure(n) - w; over <= 0 {
			return cols, widths
		}
	}
	for over > 0 {
		widest, dropped := -1, -1
		for c, col := range cols {
			if col.least > 0 && widths[c] > col.least && (widest < 0 || widths[c] > widths[widest]) {
				widest = c
			}
			if col.drop > 0 && (dropped < 0 || col.drop > cols[dropped].drop) {
				dropped = c
			}
		}
		switch {
		case widest >= 0 && widths[widest] > 14, widest >= 0 && dropped < 0:
			widths[widest]--
			over--
		case dropped >= 0:
			over -= widths[dropped] + columnGap
			cols = append(cols[:dropped:dropped], cols[dropped+1:]...)
			widths = append(widths[:dropped:dropped], widths[dropped+1:]...)
		default:
			return cols, widths
		}
	}
	return cols, widths
}

// columnRow lays cells out in columns.
func columnRow(cols []column, widths []int, ellipsis string, cell func(c column) string) string {
	var b strings.Builder
	for c, col := range cols {
		s := cut(cell(col), widths[c], ellipsis)
		pad := strings.Repeat(" ", widths[c]-width(s))
		if c > 0 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		if col.right {
			b.WriteString(pad + s)
		} else {
			b.WriteString(s + pad)
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// integrationRows draws the head and each backend's rows in w cells.
func (m *model) integrationRows(list []Integration, chosen, w int) (head string, rows [][]string) {
	mark := func(n int) string {
		if n == chosen {
			return m.st.accent.Render(m.signs.pick) + " "
		}
		return strings.Repeat(" ", width(m.signs.pick)+1)
	}
	if m.w >= oneLine {
		w -= width(m.signs.pick) + 1
		cols, widths := m.laidOut(list, w)
		head = mark(-1) + m.st.faint.Render(columnRow(cols, widths, m.signs.ellipsis, func(c column) string { return c.head }))
		for n, i := range list {
			rows = append(rows, []string{mark(n) + columnRow(cols, widths, m.signs.ellipsis, func(c column) string { return c.cell(i, n == chosen) })})
		}
		return head, rows
	}
	for n, i := range list {
		first, second := m.integrationPair(i, n == chosen, w-width(m.signs.pick)-1)
		rows = append(rows, []string{mark(n) + first, mark(-1) + second})
	}
	return "", rows
}

// integrationPair draws a backend in two lines of w cells: what it is, and what
// it did.
func (m *model) integrationPair(i Integration, chosen bool, w int) (first, second string) {
	g, st := m.signs, m.st
	sep := " " + g.dot + " "
	name, state := m.nameOf(i, chosen), m.state(i.State)
	contract := "contract " + grouped(i.Contract)
	about, room := "", 0
	for _, try := range [][]string{{kind(i), shortVersion(cleanLine(i.Version)), contract}, {kind(i), contract}, {kind(i)}} {
		about = strings.Join(slices.DeleteFunc(try, func(s string) bool { return s == "" }), sep)
		if room = w - width(name) - width(about) - width(state) - 5; room >= min(width(cleanLine(i.Model)), 9) {
			break
		}
	}
	left := name
	if i.Model != "" {
		left += "  " + st.quiet.Render(cut(cleanLine(i.Model), max(room, 6), g.ellipsis))
	}
	first = spread(left+"  "+st.faint.Render(about), state, w, g.ellipsis)

	pad := width(g.active) + 1
	did := []string{"no calls yet"}
	if i.Calls > 0 {
		did = []string{count(i.Calls, "call")}
		if i.Calls >= 10_000 {
			did[0] = short(i.Calls) + " calls"
		}
	}
	if i.Errors > 0 {
		did = append(did, count(i.Errors, "error"))
	}
	if n := i.InputTokens + i.OutputTokens; n > 0 {
		did = append(did, tokens(n))
	}
	if c := integrationCost(i); c != "" {
		did = append(did, c)
	}
	text := strings.Join(did, sep)
	room = w - pad - width(text) - 1
	took := ""
	for _, try := range []string{
		g.sparkline(i.Latencies, 12) + " " + latency(i, " / "), g.sparkline(i.Latencies, 6) + " " + latency(i, " / "),
		latency(i, " / "), latency(i, "/"), median(i), "",
	} {
		if took = strings.TrimSpace(try); width(took) <= room {
			break
		}
	}
	return first, strings.Repeat(" ", pad) + m.paintedPair(text, took, w-pad, st.quiet)
}

func (m *model) paintedPair(left, right string, w int, s lipgloss.Style) string {
	if right == "" {
		return s.Render(cut(left, w, m.signs.ellipsis))
	}
	return spread(s.Render(left), s.Render(right), w, m.signs.ellipsis)
}
