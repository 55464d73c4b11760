package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// segment is one step of a pattern's path.
type segment struct {
	kind segmentKind
	name string // of a field
}

type segmentKind int

const (
	field    segmentKind = iota
	anyField             // *
	anyItem              // [*]
	deep                 // **
)

// maxPath bounds a pattern's path.
const maxPath = 64

// parsePath reads a pattern: orders[*].total, **.id, state["order 1003"].status.
func parsePath(text string) ([]segment, error) {
	var path []segment
	rest, begun := text, true // begun: a name may follow without a dot
	bad := func(why string) error { return fmt.Errorf("the path %q %s", text, why) }
	for rest != "" {
		switch {
		case len(path) == maxPath:
			return nil, bad("is too long")
		case strings.HasPrefix(rest, "[*]"):
			path, rest, begun = append(path, segment{kind: anyItem}), rest[3:], false
		case strings.HasPrefix(rest, `["`):
			quoted, err := strconv.QuotedPrefix(rest[1:])
			if err != nil || !strings.HasPrefix(rest[1+len(quoted):], "]") {
				return nil, bad("has a quoted name that does not end")
			}
			name, err := strconv.Unquote(quoted)
			if err != nil {
				return nil, bad("has a quoted name that cannot be read")
			}
			path, rest, begun = append(path, segment{name: name}), rest[2+len(quoted):], false
		case rest[0] == '[':
			return nil, bad("may say [*] for any entry of a list, but not a certain one")
		case rest[0] == '.' && !begun && len(rest) > 1 && rest[1] != '.' && rest[1] != '[':
			rest, begun = rest[1:], true
		case rest[0] == '.' || !begun:
			return nil, bad("has a dot too many or too few")
		default:
			n := strings.IndexAny(rest, ".[")
			if n < 0 {
				n = len(rest)
			}
			name := rest[:n]
			rest, begun = rest[n:], false
			switch {
			case name == "*":
				path = append(path, segment{kind: anyField})
			case name == "**":
				path = append(path, segment{kind: deep})
			case strings.Contains(name, "*"):
				return nil, bad("has a * within a name")
			default:
				path = append(path, segment{name: name})
			}
		}
	}
	if len(path) == 0 {
		return nil, bad("is empty")
	}
	return path, nil
}

// step is one step into a value that is compared: a field, or an entry of a list where
// index is not negative.
type step struct {
	name  string
	index int
}

// render writes where a difference is.
func render(path []step) string {
	var b strings.Builder
	for i, s := range path {
		switch {
		case s.index >= 0:
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte(']')
		case !bare(s.name):
			b.WriteByte('[')
			b.WriteString(strconv.Quote(s.name))
			b.WriteByte(']')
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// bare tells whether a name needs no quotes.
func bare(name string) bool {
	for _, c := range name {
		if !(c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return false
		}
	}
	return name != ""
}

// mark is how far a pattern has come on the way to a place.
type mark struct {
	pattern *pattern
	at      int // segments that are behind
}

// window is the marks at one place, a part of walk.marks.
type window struct{ from, to int }

// begin returns the marks at the root. It forgets all others.
func (w *walk) begin(patterns []pattern) window {
	w.marks = w.marks[:0]
	for i := range patterns {
		w.add(0, &patterns[i], 0)
	}
	return window{0, len(w.marks)}
}

// add notes a mark at the place whose marks begin at from, and the one behind a **,
// which may stand for nothing.
func (w *walk) add(from int, p *pattern, at int) {
	m := mark{p, at}
	if slices.Contains(w.marks[from:], m) {
		return
	}
	w.marks = append(w.marks, m)
	if at < len(p.path) && p.path[at].kind == deep {
		w.add(from, p, at+1)
	}
}

// enter returns the marks one step further on. They hold until leave.
func (w *walk) enter(from window, to step) window {
	begin := len(w.marks)
	for i := from.from; i < from.to; i++ {
		m := w.marks[i]
		if m.at == len(m.pattern.path) {
			continue
		}
		switch s := m.pattern.path[m.at]; {
		case s.kind == deep: // stands for this step and may stand for the next
			w.add(begin, m.pattern, m.at)
		case s.kind == anyItem && to.index >= 0,
			s.kind == anyField && to.index < 0,
			s.kind == field && to.index < 0 && s.name == to.name:
			w.add(begin, m.pattern, m.at+1)
		}
	}
	return window{begin, len(w.marks)}
}

// leave forgets the marks of a place and of all beneath it.
func (w *walk) leave(at window) { w.marks = w.marks[:at.from] }

// treatment returns what holds at a place.
func (w *walk) treatment(at window) treatment {
	t := w.usual
	for i := at.from; i < at.to; i++ {
		if m := w.marks[i]; m.at == len(m.pattern.path) {
			m.pattern.set(&t)
		}
	}
	return t
}
