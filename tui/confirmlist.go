package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// changes draws what cannot be done, and the writes that wait, numbered. Those of a playbook and those that
// are the same thing for several objects stand below a heading of their own.
func (c *confirm) changes(p *painter, w int) []string {
	var out []string
	if note := clean(c.turn.Pending.Note); note != "" {
		out = append(paint(wrap(note, w), p.st.bad), "")
	}
	tr := newTree(*c.turn)
	heading := ""
	for i, s := range c.writes {
		if up := above(s); up != heading {
			heading = up
			if text := c.heading(p.tracer(), tr, up); text != "" {
				out = append(out, paint(wrap(text, w), p.st.strong)...)
			}
		}
		out = append(out, c.write(p, i, s, w)...)
	}
	return out
}

// heading says what the writes below the step with this ID have in common.
func (c *confirm) heading(t tracer, tr tree, id string) string {
	i, ok := tr.byID[id]
	if !ok {
		return ""
	}
	n := 0
	for _, s := range c.writes {
		if above(s) == id {
			n++
		}
	}
	s := tr.turn.Steps[i]
	s.Sentence = ""
	text := upperFirst(t.title(s))
	if tr.repeated(id) {
		if n == 1 {
			return text + ", once:"
		}
		return text + ", " + grouped(n) + " times:"
	}
	return text + ":"
}

func upperFirst(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}

// terms says until when the yes is good, whether the changes are made together or not
// at all, and whether they can be taken back once they are made; briefly where there
// is little room.
func (c *confirm) terms(catalog *orchestrator.Catalog, until string, brief bool) string {
	out := "This yes is good for exactly this, until " + until + "."
	if brief {
		out = "Good until " + until + "."
	}
	if said := c.unity(len(c.final(catalog)), brief); said != "" {
		out += " " + said
	}
	if said := c.way(c.final(catalog), brief); said != "" {
		out += " " + said
	}
	return out
}

// unity says of several changes, of which some cannot be taken back, whether they are
// made together or not at all.
func (c *confirm) unity(final int, brief bool) string {
	partly := c.turn.Plan != nil && c.turn.Plan.Partly
	switch n := len(c.writes); {
	case n == 1:
		return ""
	case partly && brief:
		return "Each for itself."
	case partly:
		return "Each stands for itself: what works stays, even if another one fails."
	case final == n:
		return "If one fails, the next is not begun."
	case brief:
		return "Together or not at all."
	case final > 0:
		return "Together or not at all, as far as it goes: if one fails, the next is not begun and those before it are taken back."
	}
	return "Together or not at all: if one fails, those before it are taken back."
}

// way says whether there is a way back from the changes.
func (c *confirm) way(final []string, brief bool) string {
	n := len(c.writes)
	switch {
	case c.turn.TakesBack != "": // that is the way back
		return ""
	case len(final) == 0 && brief:
		return ""
	case len(final) == 0 && n == 1:
		return "/undo takes it back afterwards."
	case len(final) == 0:
		return "/undo takes back all of it afterwards."
	case n == 1:
		return "It cannot be taken back."
	case len(final) == n:
		return "None of it can be taken back."
	case len(final) > 6:
		return grouped(len(final)) + " of them cannot be taken back."
	}
	return orchestrator.JoinAnd(final) + " cannot be taken back."
}

// final are the numbers of the changes that nothing takes back once they are made.
func (c *confirm) final(catalog *orchestrator.Catalog) []string {
	var out []string
	for i, s := range c.writes {
		if catalog == nil {
			continue
		}
		if e := catalog.Intent(s.Intent); e != nil && e.Undo == nil {
			out = append(out, grouped(i+1))
		}
	}
	return out
}

// unseen says how much of a long list is not visible.
func (c *confirm) unseen(keys keyMap) string {
	return grouped(c.off+1) + "-" + grouped(c.off+c.room) + " of " + grouped(c.rows) + " lines, " + keys.dialogUp.Help().Key
}

// scroll takes the keys that move a long list.
func (c *confirm) scroll(msg tea.KeyPressMsg, keys keyMap) bool {
	if c.rows <= c.room {
		return false
	}
	step := max(c.room-1, 1)
	switch {
	case key.Matches(msg, keys.dialogUp):
		c.off--
	case key.Matches(msg, keys.dialogDown):
		c.off++
	case key.Matches(msg, keys.pageUp) && c.off > 0:
		c.off -= step
	case key.Matches(msg, keys.pageDown) && c.off < c.rows-c.room:
		c.off += step
	default:
		return false
	}
	c.off = max(min(c.off, c.rows-c.room), 0)
	return true
}
