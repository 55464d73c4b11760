package tui

import (
	"strings"

	"banyan/orchestrator"
)

// boardRoom is how the rows of the board are divided. It follows from the size of the
// window alone, so nothing jumps.
type boardRoom struct {
	detail, chart, said int
	// side puts the chart and the feed beside each other.
	side bool
}

func boardLayout(w, h int) boardRoom {
	switch {
	case h >= 30:
		return boardRoom{detail: 7, chart: 8, said: 2, side: w >= 96}
	case h >= 20:
		return boardRoom{detail: 4, chart: 4, said: 1, side: w >= 70}
	}
	return boardRoom{detail: 3, chart: 2, said: 1}
}

func (s *boardScreen) view(m *model, w, h int) []string {
	if s.front != nil && s.front.dock(m, w) == 0 {
		lines := s.front.view(m, w, h)
		for i := range lines {
			lines[i] = cut(lines[i], w, m.signs.ellipsis)
		}
		return lines
	}
	st, g, b := m.st, m.signs, &m.migrating
	lines := []string{m.boardTitle(w), m.boardFaults(w)}
	switch {
	case !b.known && b.err != nil:
		return append(lines, paint(hang(g.failed+" ", "The state of the migration could not be read: "+sentence(b.err)+" Nothing was changed. It is asked for again every second.", w), st.bad)...)
	case !b.known:
		return append(lines, st.waiting.Render(m.paint.spin)+" "+st.faint.Render("asking how far the migration is"))
	case len(b.status.Intents) == 0:
		text := "No service offers anything yet, so there is nothing to migrate. Each intent of a service is a row here as soon as the service is there: who serves it, how well, and what is left for legacy to do."
		return append(lines, paint(wrap(text, min(w, maxText)), st.faint)...)
	}
	room := boardLayout(w, h)
	said := m.boardSaid(w, room.said+2)
	if more := len(said) - room.said; more > 0 { // the chart gives way to what must be read whole
		room.said, room.chart = room.said+more, max(room.chart-more, 0)
	}
	cols := boardColumns(w, m)
	lines = append(lines, strings.Repeat(" ", width(g.pick)+1)+st.faint.Render(m.boardHead(cols)))
	rows := max(h-len(lines)-room.detail-room.chart-room.said, 3)
	list := b.status.Intents
	at := s.at(list)
	s.top = max(min(s.top, at, len(list)-rows), at-rows+1, 0)
	shown := make([]string, 0, rows)
	for i := s.top; i < min(s.top+rows, len(list)); i++ {
		shown = append(shown, m.boardRow(cols, list[i], i == at, w))
	}
	lines = append(lines, window(shown, 0, rows)...)
	if s.front != nil {
		under := h - len(lines)
		if need := s.front.dock(m, w); need > under {
			lines = lines[:max(len(lines)-(need-under), 4)]
			under = h - len(lines)
		}
		body := s.front.view(m, w, under-1)
		return append(append(lines, st.line.Render(strings.Repeat(g.rule, w))), window(body, 0, under-1)...)
	}
	position := ""
	if len(list) > rows {
		position = " " + grouped(at+1) + " of " + grouped(len(list)) + " "
	}
	rule := st.line.Render(strings.Repeat(g.rule, max(w-width(position)-2, 0))) + st.faint.Render(position) + st.line.Render(strings.Repeat(g.rule, 2))
	lines = append(lines, rule)
	lines = append(lines, window(m.intentDetail(list[at], w), 0, room.detail-1)...)
	lines = append(lines, m.boardBottom(room, w)...)
	return append(lines, window(said, 0, room.said)...)
}

// boardTitle says how far the migration is.
func (m *model) boardTitle(w int) string {
	b := &m.migrating
	title := m.st.strong.Render("migration")
	if !b.known {
		return title
	}
	text := b.summary()
	for width(text) > w-11 && strings.Contains(text, " · ") {
		text = text[:strings.LastIndex(text, " · ")]
	}
	right := m.st.quiet.Render(text)
	if b.err != nil {
		right = m.st.bad.Render(m.signs.failed + " this is old: the state cannot be read")
	}
	return spread(title, right, w, m.signs.ellipsis)
}

// boardFaults says what is broken on purpose, and which breakers are open.
func (m *model) boardFaults(w int) string {
	st, g := m.st, m.signs
	var parts []string
	if f := m.faults(); f != "" {
		parts = append(parts, st.bad.Bold(true).Render(g.flagged+" broken on purpose: "+f))
	}
	if f := m.breakers(); f != "" {
		parts = append(parts, st.amber.Render(g.slow+" "+f))
	}
	if len(parts) == 0 {
		text := "nothing is broken on purpose"
		if s := m.migrating.status.Sync; s != nil {
			text += " · data on both sides: " + syncWords(*s)
		}
		return st.faint.Render(cut(text, w, g.ellipsis))
	}
	return cut(strings.Join(parts, "  "), w, g.ellipsis)
}

func syncWords(s orchestrator.SyncStatus) string {
	text := "in step"
	if s.Pending > 0 {
		text = grouped(s.Pending) + " on the way, " + orchestrator.Duration(float64(s.Lag.Microseconds())/1000) + " behind"
	}
	if s.Conflicts > 0 {
		text += ", " + count(s.Conflicts, "conflict")
	}
	return text
}

// boardBottom draws the burn-down and the feed.
func (m *model) boardBottom(room boardRoom, w int) []string {
	if !room.side {
		return window(m.burnDown(w, room.chart), 0, room.chart)
	}
	left := w / 2
	if w < 96 {
		left = w * 2 / 5
	}
	chart := window(m.burnDown(left-2, room.chart-1), 0, room.chart)
	calls := window(m.feedLines(w-left-2, room.chart), 0, room.chart)
	return columns(chart, calls, left, m.st.line.Render(m.signs.column), m.signs.ellipsis)
}

// boardSaid says how the last change ended, in h rows at the most.
func (m *model) boardSaid(w, h int) []string {
	st, g, b := m.st, m.signs, &m.migrating
	var out []string
	switch {
	case b.doing != "":
		out = []string{st.waiting.Render(m.paint.spin) + " " + st.faint.Render(cut("trying to "+b.doing, w-2, g.ellipsis))}
	case b.said != nil && b.said.ok:
		out = paint(m.hangIn(g.done+" ", b.said.text, w, h), st.good)
	case b.said != nil:
		out = paint(m.hangIn(g.failed+" ", b.said.text, w, h), st.bad)
	case !m.maySteer():
		out = paint(m.hangIn("", onlyStaff, w, h), st.faint)
	}
	return out
}

// hangIn wraps text behind a sign in at most h rows of w cells.
func (m *model) hangIn(sign, text string, w, h int) []string {
	lines := indent(wrap(cleanLine(text), max(w-width(sign), 1)), strings.Repeat(" ", width(sign)))
	lines[0] = sign + lines[0][width(sign):]
	if len(lines) > h {
		lines = lines[:h]
		lines[h-1] = cut(lines[h-1], w-width(m.signs.ellipsis), "") + m.signs.ellipsis
	}
	return lines
}

// intentDetail says all that is known of an intent, most telling first, a line each.
func (m *model) intentDetail(i orchestrator.IntentStatus, w int) []string {
	st, g := m.st, m.signs
	var out []string
	line := func(label, text string, style func(...string) string) {
		out = append(out, st.faint.Render(fill(label, 10, ""))+style(cut(text, w-10, g.ellipsis)))
	}
	quiet := st.quiet.Render
	if len(i.Contract) > 0 {
		line("contract", g.failed+" "+count(len(i.Contract), "problem")+": "+cleanLine(strings.Join(i.Contract, " ")), st.bad.Render)
	}
	if r := i.Rollout; r != nil {
		m.rolloutLine(*r, line)
	}
	line("legacy", m.sideWords(i.Legacy, "is not offered by legacy"), quiet)
	line("modern", m.sideWords(i.Modern, "has no modern home yet: a service that offers "+cleanLine(i.Intent)+" gives it one"), quiet)
	if s := i.Shadow; s.Compared+s.Inconclusive > 0 {
		text := grouped(s.Compared+s.Inconclusive) + " compared: " + grouped(s.Matched) + " the same"
		if n := s.Compared - s.Matched; n > 0 {
			text += ", " + verbed(n, "differs", "differ")
			if c := classes(s.Classes); c != "" {
				text += " (" + c + ")"
			}
		}
		if s.Inconclusive > 0 {
			text += ", " + verbed(s.Inconclusive, "says nothing", "say nothing")
		}
		if s.NoiseCompared > 0 {
			text += " · legacy agrees with itself in " + share(float64(s.NoiseMatched)/float64(s.NoiseCompared)) + " %"
		}
		line("shadow", text, quiet)
	}
	v := i.Version
	if v.Version == 0 {
		line("route", "nobody has set it, this is the default · "+lowerFirst(cleanLine(i.Summary)), quiet)
	} else {
		words := orchestrator.Wording{Now: m.cfg.Now()}
		text := "v" + grouped(v.Version) + " · " + cleanLine(v.Cause) + " " + words.Time(v.At, true) + byWhom(v.By)
		if v.By.Why != "" {
			text += ": " + cleanLine(v.By.Why)
		}
		line("route", text, quiet)
	}
	return out
}

// verbed is a number with the form of the verb that fits it.
func verbed(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// rolloutLine says how far a canary is, and what its judge thinks.
func (m *model) rolloutLine(r orchestrator.RolloutStatus, line func(label, text string, style func(...string) string)) {
	st, g := m.st, m.signs
	text := ""
	if r.Step >= 0 && r.Step < len(r.Steps) {
		text = "step " + grouped(r.Step+1) + " of " + grouped(len(r.Steps)) + " (" + grouped(r.Steps[r.Step]) + " %), "
	}
	text += grouped(r.Calls) + " of " + count(r.Needed, "call")
	if r.Wait > 0 {
		text += ", at least " + orchestrator.Duration(float64(r.Wait.Milliseconds())) + " more"
	}
	text += " · " + cleanLine(string(r.Mode)) + " · " + cleanLine(r.State)
	line("rollout", text, st.quiet.Render)
	sign, style := g.waiting, st.quiet
	switch r.Verdict {
	case "good":
		sign, style = g.done, st.good
	case "bad":
		sign, style = g.failed, st.bad
	}
	if r.Verdict != "" || r.Why != "" {
		line("verdict", sign+" "+strings.TrimSuffix(cleanLine(r.Verdict)+": "+cleanLine(r.Why), ": "), style.Render)
	}
}

// sideWords says how one side does an intent.
func (m *model) sideWords(s *orchestrator.SideStatus, none string) string {
	if s == nil {
		return none
	}
	text := strings.TrimSpace(cleanLine(s.Service + " " + shortVersion(s.Version)))
	if s.Calls == 0 {
		return text + " · no calls yet"
	}
	text += " · " + count(s.Calls, "call") + ", " + grouped(s.Errors) + " failed"
	if s.Fallbacks > 0 {
		text += ", " + count(s.Fallbacks, "fallback")
	}
	if s.P50MS > 0 || s.P95MS > 0 {
		text += " · p50 / p95 " + latencies(s.P50MS, s.P95MS)
	}
	return text + " · last " + ago(s.Last, m.migrating.status.At)
}
