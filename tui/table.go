package tui

import (
	"regexp"
	"strings"
)

// mdTable is a table of an answer. Glamour stretches every table to the full
// width; this one is as wide as what is in it.
type mdTable struct {
	head  []string
	rows  [][]string
	right []bool
}

// mdPart is a table, or the text between two.
type mdPart struct {
	text  string
	table *mdTable
}

var delimiterRow = regexp.MustCompile(`^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$`)

// splitTables cuts Markdown into tables and the text around them. Tables inside
// code blocks stay text.
func splitTables(text string) []mdPart {
	lines := strings.Split(text, "\n")
	var parts []mdPart
	var plain []string
	flush := func() {
		if s := strings.Trim(strings.Join(plain, "\n"), "\n"); s != "" {
			parts = append(parts, mdPart{text: s})
		}
		plain = nil
	}
	inFence := false
	for i := 0; i < len(lines); i++ {
		l := strings.TrimSpace(lines[i])
		if strings.HasPrefix(l, "```") || strings.HasPrefix(l, "~~~") {
			inFence = !inFence
		}
		if inFence || !strings.Contains(l, "|") || i+1 >= len(lines) ||
			!strings.Contains(lines[i+1], "|") || !delimiterRow.MatchString(lines[i+1]) {
			plain = append(plain, lines[i])
			continue
		}
		flush()
		t := &mdTable{head: cells(l)}
		for _, d := range cells(lines[i+1]) {
			t.right = append(t.right, strings.HasSuffix(d, ":") && !strings.HasPrefix(d, ":"))
		}
		for i += 2; i < len(lines) && strings.Contains(lines[i], "|"); i++ {
			t.rows = append(t.rows, cells(lines[i]))
		}
		i--
		parts = append(parts, mdPart{table: t})
	}
	flush()
	return parts
}

// cells splits a row at its bars, except escaped ones, and takes the marks of
// emphasis off.
func cells(row string) []string {
	row = strings.TrimSpace(row)
	row = strings.TrimPrefix(row, "|")
	if strings.HasSuffix(row, "|") && !strings.HasSuffix(row, `\|`) {
		row = row[:len(row)-1]
	}
	const bar = "\ue002"
	parts := strings.Split(strings.ReplaceAll(row, `\|`, bar), "|")
	for i, p := range parts {
		p = strings.NewReplacer(bar, "|", "**", "", "`", "").Replace(p)
		parts[i] = strings.TrimSpace(p)
	}
	return parts
}

// render lays the table out in at most w cells: natural widths if they fit, else
// the widest columns give way and their cells wrap.
func (t *mdTable) render(w int, st styles, g signs) []string {
	n := len(t.head)
	for _, r := range t.rows {
		n = max(n, len(r))
	}
	widths := make([]int, n)
	for _, r := range append([][]string{t.head}, t.rows...) {
		for i, c := range r {
			widths[i] = max(widths[i], width(c), 1)
		}
	}
	const gap = 2
	total := func() int {
		sum := gap * (n - 1)
		for _, x := range widths {
			sum += x
		}
		return sum
	}
	for over := total() - w; over > 0; over-- {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= 4 {
			break
		}
		widths[widest]--
	}
	var out []string
	out = append(out, paint(t.row(t.head, widths), st.strong)...)
	out = append(out, st.line.Render(strings.Repeat(g.rule, min(total(), w))))
	for _, r := range t.rows {
		out = append(out, t.row(r, widths)...)
	}
	for i := range out {
		out[i] = cut(out[i], w, g.ellipsis)
	}
	return out
}

func (t *mdTable) row(r []string, widths []int) []string {
	cols := make([][]string, len(widths))
	h := 1
	for i := range widths {
		if i < len(r) {
			cols[i] = wrap(r[i], widths[i])
			h = max(h, len(cols[i]))
		}
	}
	out := make([]string, h)
	for y := range out {
		var b strings.Builder
		for i, w := range widths {
			c := ""
			if y < len(cols[i]) {
				c = cols[i][y]
			}
			pad := strings.Repeat(" ", max(w-width(c), 0))
			if i > 0 {
				b.WriteString("  ")
			}
			if i < len(t.right) && t.right[i] {
				b.WriteString(pad + c)
			} else {
				b.WriteString(c + pad)
			}
		}
		out[y] = strings.TrimRight(b.String(), " ")
	}
	return out
}
