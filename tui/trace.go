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
	if s.Flag != "" {
		return t.signs.flagged, "needs a person", t.st.bad
	}
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
	if s.Each != "" {
		if about := arguments(s); about != "" {
			return about
		}
	}
	if s.Text != "" && !s.Lookup && s.Playbook == "" {
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
