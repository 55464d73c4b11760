package tui

import (
	"regexp"
	"strings"
	"sync"

	"charm.land/glamour/v2"
	"charm.land/glamour/v2/ansi"
)

// Inside Glamour two characters travel as private-use ones, which the gate lets
// nobody else use: so no entity is ever decoded into a control character and no
// piece of an answer vanishes because it looks like HTML.
const (
	ampersand = '\ue000'
	lessThan  = '\ue001'
)

var (
	hide = strings.NewReplacer("&", string(ampersand), "<", string(lessThan))
	show = strings.NewReplacer(string(ampersand), "&", string(lessThan), "<", "%EE%80%80", "&", "%EE%80%81", "%3C")
)

// markdown renders answers. It is safe for concurrent use. Until warm has been
// called it renders everything as plain text, which costs nothing.
type markdown struct {
	mu    sync.Mutex // guards what follows: a glamour renderer serves one at a time
	warm  bool
	style ansi.StyleConfig
	width int
	term  *glamour.TermRenderer
	signs signs
	st    styles
}

func newMarkdown(st styles, g signs) *markdown {
	return &markdown{style: glamourStyle(st, g), signs: g, st: st}
}

// prepare makes the renderer for a width; it takes milliseconds and is run in a
// Cmd after the first frame.
func (m *markdown) prepare(w int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.warm = true
	m.renderer(w)
}

// restyle changes the colours; what was rendered before keeps its own.
func (m *markdown) restyle(st styles) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.style, m.st, m.term = glamourStyle(st, m.signs), st, nil
}

func (m *markdown) renderer(w int) *glamour.TermRenderer {
	if m.term == nil || m.width != w {
		// The options cannot fail: they read no file.
		m.term, _ = glamour.NewTermRenderer(
			glamour.WithStyles(m.style), glamour.WithWordWrap(w), glamour.WithPreservedNewLines())
		m.width = w
	}
	return m.term
}

// render turns Markdown from anywhere into styled lines of at most w cells.
func (m *markdown) render(text string, w int) []string {
	text = strings.Trim(clean(text), "\n ")
	if text == "" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.warm || !marked(text) || costly(text) {
		return wrap(text, w)
	}
	var out []string
	for _, part := range splitTables(text) {
		if len(out) > 0 {
			out = append(out, "")
		}
		if part.table != nil {
			out = append(out, part.table.render(w, m.st, m.signs)...)
			continue
		}
		out = append(out, m.glamour(part.text, w)...)
	}
	return out
}

func (m *markdown) glamour(text string, w int) []string {
	rendered, err := m.renderer(w).Render(hide.Replace(text))
	if err != nil {
		return wrap(text, w)
	}
	lines := styledLines(rendered)
	var out []string
	for _, l := range lines {
		// Glamour lets unbreakable text run over the width.
		if width(l) > w {
			out = append(out, wrap(l, w)...)
			continue
		}
		out = append(out, l)
	}
	return trimBlank(out)
}

var markedPattern = regexp.MustCompile("(?m)[*_`\\[\\]|~#>\\\\]|^ {0,3}(-|\\+|\\d+[.)])[ \t]|^    |^(-{3,}|={3,})[ ]*$|https?://")

// marked tells whether text may use any Markdown at all. Most short answers do
// not, and Glamour is slow.
func marked(text string) bool { return markedPattern.MatchString(text) }

// Glamour takes time that grows with the power of the nesting: a hundred quotes
// in each other cost a minute. What nests deeper, or is longer, stays plain.
const (
	maxNesting  = 4
	maxMarkdown = 32 << 10
)

var containers = regexp.MustCompile(`^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])){5}`)

// costly tells whether Glamour would take too long.
func costly(text string) bool {
	if len(text) > maxMarkdown {
		return true
	}
	for l := range strings.SplitSeq(text, "\n") {
		deep := len(l) > 4*maxNesting && strings.TrimLeft(l[:4*maxNesting], " \t") == ""
		if deep || containers.MatchString(l) || strings.Count(l, "[") > 200 {
			return true
		}
	}
	return false
}

// styledLines takes what Glamour wrote and keeps text and colours alone: other
// escape sequences (hyperlinks) and control characters go, blanks at the end of
// lines go, and every line carries its own styles.
func styledLines(s string) []string {
	var lines []string
	var active, line strings.Builder
	styled := false
	end := func() {
		l := line.String()
		if styled {
			l = trimStyled(l) + "\x1b[m"
		} else {
			l = strings.TrimRight(l, " ")
		}
		if width(l) == 0 {
			l = ""
		}
		lines = append(lines, show.Replace(l))
		line.Reset()
		line.WriteString(active.String())
		styled = active.Len() > 0
	}
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '\n':
			end()
			i++
		case c == 0x1b:
			n, sgr := escape(s[i:])
			if sgr {
				seq := s[i : i+n]
				line.WriteString(seq)
				styled = true
				if seq == "\x1b[m" || seq == "\x1b[0m" {
					active.Reset()
				} else {
					active.WriteString(seq)
				}
			}
			i += n
		case c < 0x20 || c == 0x7f:
			i++
		default:
			line.WriteByte(c)
			i++
		}
	}
	end()
	return lines
}

// escape measures the escape sequence at the start of s, and tells whether it is
// one that only sets colours and attributes.
func escape(s string) (n int, sgr bool) {
	if len(s) < 2 {
		return len(s), false
	}
	switch s[1] {
	case '[':
		for i := 2; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1, s[i] == 'm'
			}
		}
		return len(s), false
	case ']', 'P', '_', '^', 'X':
		for i := 2; i < len(s); i++ {
			if s[i] == 0x07 {
				return i + 1, false
			}
			if s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\' {
				return i + 2, false
			}
		}
		return len(s), false
	}
	return 2, false
}

var trailing = regexp.MustCompile("(?: |\x1b\\[[0-9;:]*m)+$")

// trimStyled takes blanks and styles off the end of a line.
func trimStyled(l string) string { return trailing.ReplaceAllString(l, "") }

func trimBlank(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

var fence = regexp.MustCompile("(?ms)^(```+|~~~+)[^\n]*\n(.*?)(?:^(?:```+|~~~+)[ ]*$|\\z)")

// lastCode returns the contents of the last fenced code block.
func lastCode(text string) (string, bool) {
	all := fence.FindAllStringSubmatch(text, -1)
	if len(all) == 0 {
		return "", false
	}
	return strings.TrimRight(all[len(all)-1][2], "\n"), true
}

// closedBlocks splits a growing answer after its last closed block: what comes
// before the cut will not look different when more text follows.
func closedBlocks(text string) (closed, tail string) {
	cutAt, inFence := 0, false
	for at := 0; at < len(text); {
		nl := strings.IndexByte(text[at:], '\n')
		if nl < 0 {
			break
		}
		l := strings.TrimSpace(text[at : at+nl])
		at += nl + 1
		if strings.HasPrefix(l, "```") || strings.HasPrefix(l, "~~~") {
			inFence = !inFence
		}
		if l == "" && !inFence && !continues(text[at:]) {
			cutAt = at
		}
	}
	return text[:cutAt], text[cutAt:]
}

// continues tells whether the next block belongs to the one before the blank
// line, as an item of the same list or an indented paragraph does.
func continues(next string) bool {
	return next == "" || next[0] == ' ' || next[0] == '\n' || listItem.MatchString(next)
}

var listItem = regexp.MustCompile(`^(?:[-*+]|\d+[.)])(?:\s|$)`)
