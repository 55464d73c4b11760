package tui

import (
	"strings"

	"banyan/orchestrator"
)

// openSources shows where the facts of the answer in view come from.
func (m *model) openSources() {
	e := m.sourced()
	if e == nil {
		m.status = "There is no answer yet whose sources could be shown."
		return
	}
	turn := e.turn
	m.overlay = &overlay{title: "where the facts of this answer come from", page: func(w int) []string {
		return m.paint.tracer().sources(turn, w)
	}}
}

// sourced is the turn whose sources are shown: the last finished one, or the one in
// view if the reader is elsewhere.
func (m *model) sourced() *entry {
	c := m.chat
	if i := c.focus; !c.list.follow && i >= 0 && i < len(c.list.entries) && c.list.entries[i].run == nil {
		return c.list.entries[i]
	}
	for i := len(c.list.entries) - 1; i >= 0; i-- {
		if e := c.list.entries[i]; e.run == nil && e.unstored == nil {
			return e
		}
	}
	return nil
}

// sources draws each fact of an answer and where it stands, in w cells.
func (t tracer) sources(turn orchestrator.Turn, w int) []string {
	var out []string
	say := func(text string) { out = append(out, paint(wrap(text, w), t.st.quiet)...) }
	if len(turn.Sources) == 0 {
		say("This answer has no number, date, address or name that had to be looked up.")
		return out
	}
	say("Every fact below was compared with what stands at its source before you saw it.")
	out = append(out, "")
	label := 0
	for _, s := range turn.Sources {
		label = max(label, min(width(cleanLine(s.Fact)), w/3))
	}
	tr := newTree(turn)
	for _, s := range turn.Sources {
		fact := cleanLine(s.Fact)
		lines := wrap(t.origin(tr, s), max(w-label-3, 10))
		if width(fact) > label {
			out = append(out, paint(wrap(fact, w), t.st.strong)...)
			fact = ""
		}
		for i, l := range lines {
			pre := strings.Repeat(" ", label)
			if i == 0 {
				pre = t.st.strong.Render(fill(fact, label, t.signs.ellipsis))
			}
			out = append(out, pre+"   "+t.st.quiet.Render(l))
		}
	}
	return out
}

// origin says in words where a fact comes from.
func (t tracer) origin(tr tree, s orchestrator.Source) string {
	switch s.From {
	case "result", "argument":
		i, ok := tr.byID[s.Step]
		if !ok {
			return "a result of this turn"
		}
		rec := tr.turn.Steps[i]
		text := cleanLine(rec.Intent)
		if rec.Route != "" {
			text += " " + t.signs.era(rec.Route)
		}
		if s.From == "argument" {
			text += ", asked with"
		}
		if s.Field != "" {
			text += ", " + cleanLine(s.Field)
		}
		return text
	case "message":
		return "your own words"
	case "earlier":
		return "an earlier turn of the conversation"
	case "account":
		return "your account"
	case "clock":
		return "the clock"
	}
	return cleanLine(s.From)
}
