package tui

import (
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// picker is every list that filters as you type: accounts, conversations,
// commands, intents.
type picker struct {
	title, hint string
	// empty is said when no row is left.
	empty string
	rows  []row
	// filter is what has been typed, shown the rows that fit it, sel the chosen one
	// among them and top the first that is visible.
	filter   string
	shown    []int
	sel, top int
	loading  bool
}

// row is one line of a list. left, right and more are shown, more dimly; search
// is what the filter looks at beside them.
type row struct {
	left, more, right, search string
	id                        string
}

func newPicker(title, hint, empty string, rows []row) *picker {
	p := &picker{title: title, hint: hint, empty: empty, rows: rows}
	p.refilter()
	return p
}

// refilter keeps the rows in which every word of the filter occurs, those whose
// name has it first.
func (p *picker) refilter() {
	p.shown = p.shown[:0]
	var later []int
	words := strings.Fields(strings.ToLower(p.filter))
	for i, r := range p.rows {
		hay := strings.ToLower(r.left + " " + r.more + " " + r.right + " " + r.search)
		fits := true
		for _, w := range words {
			fits = fits && strings.Contains(hay, w)
		}
		switch {
		case fits && strings.Contains(strings.ToLower(r.left), strings.ToLower(p.filter)):
			p.shown = append(p.shown, i)
		case fits:
			later = append(later, i)
		}
	}
	p.shown = append(p.shown, later...)
	p.sel = max(min(p.sel, len(p.shown)-1), 0)
}

// chosen is the row under the mark.
func (p *picker) chosen() (row, bool) {
	if p.sel >= len(p.shown) {
		return row{}, false
	}
	return p.rows[p.shown[p.sel]], true
}

// press takes a key that moves the mark or edits the filter.
func (p *picker) press(msg tea.KeyPressMsg, keys keyMap, page int) {
	switch {
	case key.Matches(msg, keys.up):
		p.move(-1)
	case key.Matches(msg, keys.down):
		p.move(1)
	case key.Matches(msg, keys.pageUp):
		p.move(-page)
	case key.Matches(msg, keys.pageDown):
		p.move(page)
	case key.Matches(msg, keys.home):
		p.move(-len(p.rows))
	case key.Matches(msg, keys.end):
		p.move(len(p.rows))
	case msg.String() == "backspace" && p.filter != "":
		_, n := utf8.DecodeLastRuneInString(p.filter)
		p.set(p.filter[:len(p.filter)-n])
	case msg.String() == "ctrl+u", msg.String() == "ctrl+w":
		p.set("")
	case msg.Text != "":
		p.set(p.filter + cleanLine(msg.Text))
	}
}

// move shifts the mark by n rows, as far as there are any.
func (p *picker) move(n int) { p.sel = max(min(p.sel+n, len(p.shown)-1), 0) }

func (p *picker) set(filter string) {
	const most = 200
	if utf8.RuneCountInString(filter) > most {
		return
	}
	p.filter, p.sel, p.top = filter, 0, 0
	p.refilter()
}

// list draws the visible rows in w × h cells.
func (p *picker) list(st styles, g signs, w, h int, spin string) []string {
	out := make([]string, 0, h)
	switch {
	case p.loading:
		out = append(out, st.waiting.Render(spin)+" "+st.faint.Render("loading"))
	case len(p.shown) == 0:
		out = append(out, paint(wrap(p.nothing(), min(w, maxText)), st.faint)...)
	}
	if p.sel < p.top {
		p.top = p.sel
	}
	if p.sel >= p.top+h {
		p.top = p.sel - h + 1
	}
	wide := 0
	for _, i := range p.shown {
		wide = max(wide, min(width(p.rows[i].left), w*2/3))
	}
	for n := p.top; n < len(p.shown) && n < p.top+h; n++ {
		r := p.rows[p.shown[n]]
		mark, left := strings.Repeat(" ", width(g.pick)), st.plain
		if n == p.sel {
			mark, left = st.accent.Render(g.pick), st.strong
		}
		text := mark + " " + left.Render(fill(r.left, wide, g.ellipsis))
		if r.more != "" {
			room := w - width(text) - 4 - width(r.right)
			text += "   " + st.quiet.Render(cut(r.more, max(room, 0), g.ellipsis))
		}
		out = append(out, spread(text, st.faint.Render(r.right), w, g.ellipsis))
	}
	return window(out, 0, h)
}

// nothing says why no row is left.
func (p *picker) nothing() string {
	if len(p.rows) == 0 || strings.TrimSpace(p.filter) == "" {
		return p.empty
	}
	return "Nothing fits \"" + p.filter + "\". Clear the filter with ctrl+u."
}

// field draws the line in which the filter is typed, and where its cursor is.
func (p *picker) field(st styles, g signs, w int, placeholder string) (string, int) {
	text := p.filter
	if over := width(text) - (w - 3); over > 0 {
		text = g.ellipsis + text[len(cut(text, over+width(g.ellipsis), "")):]
	}
	at := width(g.bar) + width(text)
	if text == "" {
		return st.accent.Render(g.bar) + st.faint.Render(placeholder), at
	}
	return st.accent.Render(g.bar) + text, at
}

// view draws title, field and rows in w × h cells; the cursor is at (x, y).
func (p *picker) view(st styles, g signs, w, h int, spin string) (lines []string, x, y int) {
	field, x := p.field(st, g, w, "type to filter")
	right := ""
	if !p.loading {
		right = st.faint.Render(grouped(len(p.shown)))
	}
	lines = []string{spread(st.strong.Render(p.title)+"  "+st.quiet.Render(p.hint), right, w, g.ellipsis), "", field, ""}
	lines = append(lines, p.list(st, g, w, max(h-len(lines), 1), spin)...)
	return lines, x, 2
}
