package tui

import (
	"strings"
	"time"

	"banyan/orchestrator"
)

// painter draws turns. Its rev goes up whenever the same turn would look
// different, so that what was drawn before is drawn again.
type painter struct {
	st      styles
	signs   signs
	md      *markdown
	catalog *orchestrator.Catalog
	user    orchestrator.User
	prices  prices
	now     func() time.Time
	spin    string
	rev     int
	// dialog draws the confirmation that waits at the end of the conversation; nil
	// if none does.
	dialog func(w int) []string
	keys   keyMap
}

func (p *painter) tracer() tracer {
	return tracer{st: p.st, signs: p.signs, catalog: p.catalog, user: p.user.Email, prices: p.prices, spin: p.spin}
}

// entry draws one turn: the day if it is another than before, the message, the
// answer and, inline, what happened in one line or in full.
func (p *painter) entry(e, before *entry, last bool, w int, inline bool) []string {
	var out []string
	at := e.turn.At.In(p.now().Location())
	if !at.IsZero() && (before == nil || !sameDay(at, before.turn.At.In(at.Location()))) {
		if before != nil || !sameDay(at, p.now()) {
			out = append(out, p.day(at, w), "")
		}
	}
	clock := ""
	if !e.turn.At.IsZero() {
		clock = p.st.faint.Render(at.Format("15:04"))
	}
	out = append(out, spread(p.st.faint.Render("you"), clock, w, p.signs.ellipsis))
	out = append(out, paint(p.message(e.turn.Message, w), p.st.quiet)...)
	out = append(out, "", p.st.accent.Render("banyan"))
	out = append(out, p.body(e, last, w, inline)...)
	out = append(out, p.attention(e, w, inline)...)
	// While nothing has been called, the line of progress has the last note.
	if inline && (len(e.turn.Steps) > 0 || (e.traced() && e.run == nil) || e.open) {
		out = append(out, p.happened(e, w)...)
	}
	return append(out, "")
}

// attention draws below an answer what a person has to look at, if neither the
// answer nor what stands open below it says it.
func (p *painter) attention(e *entry, w int, inline bool) []string {
	if e.run != nil || e.unstored != nil || inline && e.open {
		return nil
	}
	var out []string
	for _, s := range unsaid(e.turn) {
		out = append(out, "")
		out = append(out, standing{p.signs.flagged, "Needs a person. " + cleanLine(s.Flag), p.st.bad}.draw(w)...)
	}
	return out
}

// message wraps what the user wrote; of a very long one the start is shown.
func (p *painter) message(text string, w int) []string {
	const most = 30
	text = strings.TrimRight(clean(text), "\n ")
	if len(text) > 6000 {
		r := []rune(text)
		text = string(r[:min(len(r), 3000)])
	}
	lines := wrap(text, w)
	if len(lines) > most {
		lines = append(lines[:most-2], p.signs.ellipsis)
	}
	if len(lines) == 1 && lines[0] == "" {
		lines[0] = "(an empty message)"
	}
	return lines
}

func (p *painter) body(e *entry, last bool, w int, inline bool) []string {
	switch {
	case e.run != nil:
		return p.growing(e.run, w)
	case e.unstored != nil:
		return p.unstored(e, w)
	case e.turn.Kind == orchestrator.KindConfirmation && e.turn.Pending != nil && len(waiting(e.turn)) > 0:
		if last && p.dialog != nil {
			return p.dialog(w)
		}
		c := &confirm{turn: &e.turn, writes: waiting(e.turn), over: true, outcome: e.outcome}
		return c.view(p, w, 0)
	}
	answer := e.turn.Answer
	if strings.TrimSpace(answer) == "" && e.turn.Problem != nil {
		answer = e.turn.Problem.Message
	}
	if e.turn.Kind == orchestrator.KindError {
		lines := p.failure(e, answer, w, inline)
		if last && resendable(e) {
			lines = append(lines, "", strings.Repeat(" ", width(p.signs.failed)+1)+p.againLine(w-width(p.signs.failed)-1))
		}
		return lines
	}
	lines := p.md.render(answer, w)
	switch e.turn.Kind {
	case orchestrator.KindQuestion:
		if o := options(e.turn); len(o) > 0 && last {
			text := strings.Join(o, "  "+p.signs.dot+"  ")
			lines = append(lines, paint(wrap(text, w), p.st.quiet)...)
		}
	case orchestrator.KindAnswer, orchestrator.KindConfirmation, orchestrator.KindRefusal, orchestrator.KindError:
	}
	return lines
}

// failure draws the answer of a turn that went wrong, with the sign of failure.
func (p *painter) failure(e *entry, answer string, w int, inline bool) []string {
	if strings.TrimSpace(answer) == "" {
		answer = "That did not work, and no reason was given."
	}
	sign, style := p.signs.failed, p.st.bad
	stopped := e.turn.Problem != nil && e.turn.Problem.Code == orchestrator.CodeCancelled
	if stopped {
		sign, style = p.signs.skipped, p.st.faint
	}
	pre := width(sign) + 1
	lines := indent(p.md.render(answer, w-pre), strings.Repeat(" ", pre))
	lines[0] = style.Render(sign) + lines[0][pre-1:]
	if inline && !e.open && e.turn.Problem != nil && !stopped {
		lines = append(lines, strings.Repeat(" ", pre)+p.st.faint.Render("tab shows the details"))
	}
	return lines
}

// options are the values that a question leaves to choose from, unless the
// question names them itself.
func options(t orchestrator.Turn) []string {
	if t.Plan == nil || t.Plan.Missing == nil {
		return nil
	}
	var out []string
	for _, o := range t.Plan.Missing.Options {
		if strings.Contains(t.Answer, o) {
			return nil
		}
		out = append(out, cleanLine(o))
	}
	return out
}

// growing draws the answer of a running turn. What stands before its last closed
// block is drawn once.
func (p *painter) growing(r *running, w int) []string {
	text := r.streamed()
	closed, tail := closedBlocks(text)
	if len(closed) != r.closedLen || r.closedFor != w {
		r.closed, r.closedLen, r.closedFor = p.md.render(closed, w), len(closed), w
	}
	out := append([]string(nil), r.closed...)
	if rest := p.md.render(tail, w); len(rest) > 0 {
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, rest...)
	}
	phase := r.phase
	if phase == "" {
		phase = "reading"
	}
	if r.stopping {
		phase = "stopping"
	}
	return append(out, p.st.waiting.Render(p.spin)+" "+p.st.faint.Render(cut(phase, w-width(p.spin)-1, p.signs.ellipsis)))
}

func (p *painter) unstored(e *entry, w int) []string {
	text := "This turn could not be stored. Your message is not lost: the up key brings it back. Try again, and if it keeps failing run banyan doctor."
	out := wrap(p.signs.failed+" "+text, w)
	out = paint(out, p.st.bad)
	return append(out, paint(wrap(cleanLine(e.unstored.Error()), w), p.st.faint)...)
}

// happened is the line under an answer, or all of it when it is opened.
func (p *painter) happened(e *entry, w int) []string {
	t := p.tracer()
	if !e.open {
		return []string{"", t.folded(e, w)}
	}
	out := []string{"", p.st.faint.Render("what happened")}
	out = append(out, indent(t.trace(e, w-2), "  ")...)
	out = append(out, indent(p.problem(e, w-2), "  ")...)
	return append(out, indent(p.footing(e, w-2), "  ")...)
}

// problem shows a turn's error with its cause.
func (p *painter) problem(e *entry, w int) []string {
	pr := e.turn.Problem
	if pr == nil {
		return nil
	}
	out := []string{p.st.bad.Render(cut(p.signs.failed+" "+cleanLine(pr.Code), w, p.signs.ellipsis))}
	if pr.Cause != nil {
		out = append(out, paint(wrap(cleanLine(pr.Cause.Error()), w), p.st.faint)...)
	}
	return out
}

// footing says what the turn cost and whether it is stored.
func (p *painter) footing(e *entry, w int) []string {
	parts := []string{"running"}
	if e.run == nil {
		parts = p.tracer().cost(e.turn.Usage)
		if e.unstored == nil {
			parts = append(parts, "stored")
		}
	}
	return paint(dotted(parts, p.signs.dot, w), p.st.faint)
}

// dotted lays parts out in lines with a dot between, none of them broken.
func dotted(parts []string, dot string, w int) []string {
	var lines []string
	for _, part := range parts {
		if last := len(lines) - 1; last >= 0 && width(lines[last])+width(dot)+2+width(part) <= w {
			lines[last] += " " + dot + " " + part
			continue
		}
		lines = append(lines, cut(part, w, ""))
	}
	return lines
}

func (p *painter) day(at time.Time, w int) string {
	name := " " + (orchestrator.Wording{Now: p.now()}).Time(at, false) + " "
	name = strings.Replace(name, " on ", " ", 1)
	n := max(w-width(name)-2, 0)
	return p.st.line.Render(p.signs.rule+p.signs.rule) + p.st.faint.Render(name) + p.st.line.Render(strings.Repeat(p.signs.rule, n))
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}
