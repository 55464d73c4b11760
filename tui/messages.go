package tui

import (
	"banyan/orchestrator"
)

// messages is the list of turns of a conversation. It draws only what is visible
// and keeps what it has drawn, up to a bound.
type messages struct {
	entries []*entry
	paint   *painter
	cache   map[int]drawn
	// follow holds the view at the tail; else top is the entry and topLine its line
	// that stand in the first row.
	follow       bool
	top, topLine int
	// unseen is set when something new has come while the reader is elsewhere.
	unseen bool
}

// cached entries beyond this many are dropped, those far from the view first.
const maxDrawn = 240

// drawn is an entry's rendering and what it was made from.
type drawn struct {
	width, rev, style int
	inline, last      bool
	outcome           string
	lines             []string
}

func newMessages(p *painter) *messages {
	return &messages{paint: p, cache: map[int]drawn{}, follow: true}
}

func (m *messages) reset(turns []orchestrator.Turn) {
	m.entries = make([]*entry, 0, len(turns)+16)
	for _, t := range turns {
		m.entries = append(m.entries, &entry{turn: t})
	}
	m.cache = map[int]drawn{}
	m.follow, m.top, m.topLine, m.unseen = true, 0, 0, false
}

func (m *messages) add(e *entry) {
	m.entries = append(m.entries, e)
	m.follow, m.unseen = true, false
}

func (m *messages) last() *entry {
	if len(m.entries) == 0 {
		return nil
	}
	return m.entries[len(m.entries)-1]
}

// changed says that something at the tail is new.
func (m *messages) changed() {
	if !m.follow {
		m.unseen = true
	}
}

// lines returns the rendering of entry i.
func (m *messages) lines(i, w int, inline bool) []string {
	e := m.entries[i]
	last := i == len(m.entries)-1
	e.outcome = outcome(e, m.entries[i+1:])
	if d, ok := m.cache[i]; ok && d.outcome == e.outcome && d.width == w && d.rev == e.rev && d.style == m.paint.rev && d.inline == inline && d.last == last && e.run == nil {
		return d.lines
	}
	var before *entry
	if i > 0 {
		before = m.entries[i-1]
	}
	lines := m.paint.entry(e, before, last, w, inline)
	if e.run == nil {
		m.keep(i, drawn{w, e.rev, m.paint.rev, inline, last, e.outcome, lines})
	}
	return lines
}

func (m *messages) keep(i int, d drawn) {
	if len(m.cache) >= maxDrawn {
		for k := range m.cache {
			if k < i-maxDrawn/4 || k > i+maxDrawn/4 {
				delete(m.cache, k)
			}
		}
	}
	m.cache[i] = d
}

// tail finds the entry and line that stand in the first of h rows when the last
// line stands in the last.
func (m *messages) tail(w, h int, inline bool) (top, line int) {
	rows := 0
	for i := len(m.entries) - 1; i >= 0; i-- {
		rows += len(m.lines(i, w, inline))
		if rows >= h {
			return i, rows - h
		}
	}
	return 0, 0
}

// view returns the h visible rows, and the index of the last entry whose end is
// among them.
func (m *messages) view(w, h int, inline bool) (rows []string, focus int) {
	if m.follow {
		m.top, m.topLine = m.tail(w, h, inline)
	}
	rows = make([]string, 0, h)
	focus = -1
	for i, skip := m.top, m.topLine; i < len(m.entries) && len(rows) < h; i, skip = i+1, 0 {
		lines := m.lines(i, w, inline)
		if skip > len(lines) {
			skip = len(lines)
		}
		lines = lines[skip:]
		if room := h - len(rows); len(lines) > room {
			rows = append(rows, lines[:room]...)
			if focus < 0 {
				focus = i
			}
			break
		}
		rows = append(rows, lines...)
		focus = i
	}
	for len(rows) < h {
		rows = append(rows, "")
	}
	if m.follow {
		focus = len(m.entries) - 1
	}
	return rows, focus
}

// scroll moves the view by n lines, down if positive, and follows the tail again
// when it gets there.
func (m *messages) scroll(n, w, h int, inline bool) {
	if len(m.entries) == 0 || h <= 0 {
		return
	}
	endTop, endLine := m.tail(w, h, inline)
	if m.follow {
		if n >= 0 {
			return
		}
		m.top, m.topLine, m.follow = endTop, endLine, false
	}
	m.topLine += n
	for m.topLine < 0 && m.top > 0 {
		m.top--
		m.topLine += len(m.lines(m.top, w, inline))
	}
	m.topLine = max(m.topLine, 0)
	for m.top < len(m.entries)-1 && m.topLine >= len(m.lines(m.top, w, inline)) {
		m.topLine -= len(m.lines(m.top, w, inline))
		m.top++
	}
	if m.top > endTop || (m.top == endTop && m.topLine >= endLine) {
		m.toEnd()
	}
}

func (m *messages) toEnd() { m.follow, m.unseen = true, false }

func (m *messages) toStart() {
	if len(m.entries) > 0 {
		m.follow, m.top, m.topLine = false, 0, 0
	}
}
