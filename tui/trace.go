package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"banyan/orchestrator"
)

// tracer draws what happened in a turn.
type tracer struct {
	st      styles
	signs   signs
	catalog *orchestrator.Catalog
	// user is the email of who asks: steps about somebody else say so.
	user   string
	prices prices
	// spin is the spinner's picture for steps that run now.
	spin string
}

// status gives a step's sign, its word and their style.
func (t tracer) status(s orchestrator.StepRecord) (sign, word string, style lipgloss.Style) {
	switch s.Status {
	case orchestrator.StepDone:
		return t.signs.done, "", t.st.good
	case orchestrator.StepRunning:
		return t.spin, "running", t.st.waiting
	case orchestrator.StepWaiting:
		return t.signs.waiting, "waits for your yes", t.st.waiting
	case orchestrator.StepSkipped:
		return t.signs.skipped, "skipped", t.st.faint
	case orchestrator.StepFailed:
		return t.signs.failed, "failed", t.st.bad
	case orchestrator.StepDenied:
		if s.Error == nil {
			return t.signs.skipped, "you said no", t.st.faint
		}
		return t.signs.failed, "not allowed", t.st.bad
	case orchestrator.StepUndone:
		return t.signs.undone, "undone", t.st.amber
	default:
		return t.signs.waiting, "planned", t.st.faint
	}
}

// title says what a step is about, in words.
func (t tracer) title(s orchestrator.StepRecord) string {
	if s.Sentence != "" {
		return lowerFirst(cleanLine(s.Sentence))
	}
	if s.Text != "" && !s.Lookup {
		return cleanLine(s.Text)
	}
	if t.catalog != nil {
		if e := t.catalog.Intent(s.Intent); e != nil && e.Summary != "" {
			return lowerFirst(cleanLine(e.Summary))
		}
	}
	return strings.ReplaceAll(cleanLine(s.Intent), "_", " ")
}

func lowerFirst(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}

// steps draws all steps of a turn in w cells.
func (t tracer) steps(turn orchestrator.Turn, w int) []string {
	var out []string
	for _, s := range turn.Steps {
		out = append(out, t.step(s, turn.Settles != "", w)...)
	}
	return out
}

// step draws one step: its condition, what it is, who did it and how long it
// took, and its error.
func (t tracer) step(s orchestrator.StepRecord, settled bool, w int) []string {
	var out []string
	if c := s.Condition; c != nil {
		out = append(out, t.condition(c, w)...)
	}
	sign, word, style := t.status(s)
	if s.Status == orchestrator.StepDone && settled && t.needsYes(s) {
		word = "you said yes"
	}
	out = append(out, t.headed(style.Render(sign), sign, t.title(s), style.Render(word), word, t.st.plain, w)...)

	who := t.st.quiet.Render(cleanLine(s.Intent))
	if s.Route != "" {
		who += "  "
		if s.FallbackFrom != "" && s.FallbackFrom != s.Route {
			who += t.st.era(s.FallbackFrom).Render(t.signs.era(s.FallbackFrom)) + t.st.bad.Render(" failed ") + t.st.quiet.Render(t.signs.arrow) + " "
		}
		who += t.st.era(s.Route).Render(t.signs.era(s.Route))
	}
	service := strings.TrimSpace(cleanLine(s.Service + " " + shortVersion(s.Version)))
	took := ""
	if ended(s.Status) && s.Route != "" {
		took = t.st.quiet.Render(orchestrator.Duration(s.DurationMS))
	}
	room := w - 2
	tail := took
	if service != "" && width(who)+2+width(service)+1+width(took) <= room {
		who += t.st.quiet.Render("  " + service)
		service = ""
	}
	out = append(out, "  "+spread(who, tail, room, t.signs.ellipsis))
	if service != "" {
		out = append(out, "  "+t.st.quiet.Render(cut(service, room, t.signs.ellipsis)))
	}
	if s.For != "" && s.For != t.user {
		out = append(out, "  "+t.st.quiet.Render(cut("for "+cleanLine(s.For), room, t.signs.ellipsis)))
	}
	if s.Error != nil {
		style := t.st.quiet
		if s.Error.Technical() {
			style = t.st.bad
		}
		out = append(out, indent(paint(wrap(t.errorText(s.Error), room), style), "  ")...)
	}
	return out
}

func (t tracer) errorText(e *orchestrator.Error) string {
	text := cleanLine(e.Message)
	if e.Code != "" {
		text += " (" + cleanLine(e.Code) + ")"
	}
	return text
}

// condition draws a condition with its expression and verdict.
func (t tracer) condition(c *orchestrator.Decided, w int) []string {
	sign, word, style := t.signs.waiting, "", t.st.waiting
	switch {
	case c.Met == nil:
	case *c.Met:
		sign, word, style = t.signs.done, "met", t.st.good
	default:
		sign, word, style = t.signs.skipped, "not met", t.st.faint
	}
	if c.By == "model" && word != "" {
		word += ", says the model"
	}
	out := t.headed(style.Render(sign), sign, cleanLine(c.Text), style.Render(word), word, t.st.plain, w)
	if c.Expr != "" {
		out = append(out, indent(paint(wrap(cleanLine(c.Expr), w-2), t.st.faint), "  ")...)
	}
	return out
}

// headed draws a sign, a title that wraps, and a word at the right of its last
// line.
func (t tracer) headed(sign, bareSign, title, word, bareWord string, style lipgloss.Style, w int) []string {
	pre := width(bareSign) + 1
	lines := wrap(title, w-pre)
	last := len(lines) - 1
	for i, l := range lines {
		p := strings.Repeat(" ", pre)
		if i == 0 {
			p = sign + " "
		}
		lines[i] = p + style.Render(l)
	}
	if bareWord == "" {
		return lines
	}
	if width(lines[last])+1+width(bareWord) > w {
		return append(lines, spread("", word, w, t.signs.ellipsis))
	}
	lines[last] = spread(lines[last], word, w, t.signs.ellipsis)
	return lines
}

func (t tracer) needsYes(s orchestrator.StepRecord) bool {
	if t.catalog == nil {
		return s.Sentence != ""
	}
	e := t.catalog.Intent(s.Intent)
	return e != nil && e.NeedsYes()
}

func ended(s orchestrator.StepStatus) bool {
	switch s {
	case orchestrator.StepDone, orchestrator.StepFailed, orchestrator.StepUndone, orchestrator.StepDenied:
		return true
	case orchestrator.StepPlanned, orchestrator.StepRunning, orchestrator.StepSkipped, orchestrator.StepWaiting:
	}
	return false
}

// shortVersion drops the last number of a version when it is zero: 1.0.0 → 1.0.
func shortVersion(v string) string {
	if strings.Count(v, ".") == 2 {
		return strings.TrimSuffix(v, ".0")
	}
	return v
}

// folded is what happened in one line: 3 steps, who served them, how long it took.
func (t tracer) folded(e *entry, w int) string {
	turn := e.turn
	if len(turn.Steps) == 0 {
		last := e.notes[len(e.notes)-1].text
		if n := len(e.notes); n > 1 {
			last = count(n, "note") + ", the last: " + last
		}
		return cut(t.st.faint.Render(t.signs.note)+" "+t.st.quiet.Render(last), w, t.signs.ellipsis)
	}
	n := map[orchestrator.StepStatus]int{}
	eras := map[orchestrator.Era]int{}
	fallback, now := 0, ""
	refused, broken := false, ""
	for _, s := range turn.Steps {
		n[s.Status]++
		refused = refused || s.Status == orchestrator.StepDenied && s.Error != nil
		if s.Status == orchestrator.StepFailed && broken == "" {
			broken = t.title(s)
		}
		if s.Status == orchestrator.StepRunning {
			now = t.title(s)
		}
		if s.Route != "" {
			eras[s.Route]++
		}
		if s.FallbackFrom != "" {
			fallback++
		}
	}
	sign, style := t.signs.done, t.st.good
	switch {
	case n[orchestrator.StepRunning] > 0:
		sign, style = t.spin, t.st.waiting
	case refused, n[orchestrator.StepFailed] > 0:
		sign, style = t.signs.failed, t.st.bad
	case n[orchestrator.StepWaiting] > 0:
		sign, style = t.signs.waiting, t.st.waiting
	}
	parts := []string{t.st.quiet.Render(count(len(turn.Steps), "step"))}
	if now != "" {
		left := n[orchestrator.StepRunning] + n[orchestrator.StepPlanned]
		parts = []string{t.st.quiet.Render(grouped(len(turn.Steps)-left) + " of " + count(len(turn.Steps), "step")), t.st.quiet.Render(now)}
	}
	if f := n[orchestrator.StepFailed]; f > 0 {
		word := "failed: "
		if f > 1 {
			word = grouped(f) + " failed, the first: "
		}
		parts = append(parts, t.st.bad.Render(word)+t.st.quiet.Render(cut(broken, max(w/2, 20), t.signs.ellipsis)))
	}
	for _, e := range []orchestrator.Era{orchestrator.Modern, orchestrator.Legacy} {
		if eras[e] > 0 {
			parts = append(parts, t.st.quiet.Render(grouped(eras[e])+" ")+t.st.era(e).Render(t.signs.era(e)))
		}
	}
	if fallback > 0 {
		parts = append(parts, t.st.bad.Render(count(fallback, "fallback")))
	}
	for _, x := range []struct {
		status orchestrator.StepStatus
		word   string
	}{
		{orchestrator.StepSkipped, "skipped"},
		{orchestrator.StepDenied, "not done"},
		{orchestrator.StepUndone, "undone"},
		{orchestrator.StepWaiting, "waiting"},
	} {
		if n[x.status] > 0 {
			parts = append(parts, t.st.quiet.Render(grouped(n[x.status])+" "+x.word))
		}
	}
	if n := len(e.notes); n > 0 {
		parts = append(parts, t.st.quiet.Render(count(n, "note")))
	}
	if turn.DurationMS > 0 {
		parts = append(parts, t.st.quiet.Render(orchestrator.Duration(turn.DurationMS)))
	}
	return cut(style.Render(sign)+" "+strings.Join(parts, t.st.quiet.Render(" "+t.signs.dot+" ")), w, t.signs.ellipsis)
}
