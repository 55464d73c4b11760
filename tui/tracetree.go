package tui

import (
	"maps"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"banyan/orchestrator"
)

// tree is the steps of a turn as they belong together: those of a playbook stand
// below it, and repetitions below the step that is repeated.
type tree struct {
	turn orchestrator.Turn
	byID map[string]int
}

func newTree(turn orchestrator.Turn) tree {
	tr := tree{turn: turn, byID: make(map[string]int, len(turn.Steps))}
	for i, s := range turn.Steps {
		tr.byID[s.ID] = i
	}
	return tr
}

// above is the ID of what a step stands below; empty if it stands alone.
func above(s orchestrator.StepRecord) string {
	if s.Each != "" {
		return s.Each
	}
	return s.Playbook
}

// depth is how deep a step stands below others.
func (tr tree) depth(s orchestrator.StepRecord) int {
	d := 0
	for up := above(s); up != "" && d < 4; d++ {
		i, ok := tr.byID[up]
		if !ok {
			break
		}
		up = above(tr.turn.Steps[i])
	}
	return d
}

// below are the steps that stand directly or further below the one with this ID,
// without those that only stand for others.
func (tr tree) below(id string) []orchestrator.StepRecord {
	var out []orchestrator.StepRecord
	for _, s := range tr.turn.Steps {
		if s.Group {
			continue
		}
		for up, n := above(s), 0; up != "" && n < 8; n++ {
			if up == id {
				out = append(out, s)
				break
			}
			i, ok := tr.byID[up]
			if !ok {
				break
			}
			up = above(tr.turn.Steps[i])
		}
	}
	return out
}

// repeated tells whether the step with this ID stands for its repetitions.
func (tr tree) repeated(id string) bool {
	return slices.ContainsFunc(tr.turn.Steps, func(s orchestrator.StepRecord) bool { return s.Each == id })
}

// summed is a step that stands for others, with the status that theirs come to: the
// one that most needs to be seen.
func (tr tree) summed(s orchestrator.StepRecord) orchestrator.StepRecord {
	below := tr.below(s.ID)
	if len(below) == 0 {
		return s
	}
	for _, b := range below {
		if b.Flag != "" {
			s.Flag = b.Flag
		}
	}
	for _, status := range []orchestrator.StepStatus{
		orchestrator.StepFailed, orchestrator.StepRunning, orchestrator.StepWaiting, orchestrator.StepPlanned,
		orchestrator.StepUndone, orchestrator.StepDone, orchestrator.StepDenied, orchestrator.StepSkipped,
	} {
		if slices.ContainsFunc(below, func(b orchestrator.StepRecord) bool { return b.Status == status }) {
			s.Status = status
			break
		}
	}
	return s
}

// tally says how the steps below one stand: 3 of 4 done.
func (tr tree) tally(id string) string {
	below, done, waiting, flagged := tr.below(id), 0, 0, 0
	for _, b := range below {
		switch {
		case b.Flag != "":
			flagged++
		case b.Status == orchestrator.StepDone:
			done++
		case b.Status == orchestrator.StepWaiting:
			waiting++
		}
	}
	switch {
	case waiting == len(below):
		return grouped(waiting) + " wait for your yes"
	case flagged > 0:
		return grouped(done) + " of " + grouped(len(below)) + " done, " + grouped(flagged) + " for a person"
	}
	return grouped(done) + " of " + grouped(len(below)) + " done"
}

// condition returns the condition of the step with this ID, if it has one.
func (tr tree) condition(id string) *orchestrator.Decided {
	if i, ok := tr.byID[id]; ok {
		return tr.turn.Steps[i].Condition
	}
	return nil
}

// why says in words why a step did not run, or runs in another's place, where its own
// condition does not say it; empty if there is nothing to say.
func (tr tree) why(s orchestrator.StepRecord) string {
	if other := tr.otherwise(s.ID); other != "" {
		if c := tr.condition(other); c != nil && c.Met != nil {
			text := trimIf(c.Text)
			if !*c.Met {
				return "otherwise: " + text + ", no"
			}
			return "not needed: " + text + ", yes"
		}
	}
	if s.Status != orchestrator.StepSkipped || s.Error != nil || s.Condition != nil && s.Condition.Met != nil && !*s.Condition.Met {
		return ""
	}
	if s.Group {
		return ""
	}
	return "what it builds on was not done"
}

// otherwise is the ID of the step in whose place another one runs.
func (tr tree) otherwise(id string) string {
	if tr.turn.Plan == nil {
		return ""
	}
	for _, p := range tr.turn.Plan.Steps {
		if p.ID == id {
			return p.Otherwise
		}
	}
	return ""
}

// trimIf is a condition in the user's words without the "if" in front.
func trimIf(text string) string {
	text = strings.TrimSpace(cleanLine(text))
	if len(text) > 3 && strings.EqualFold(text[:3], "if ") {
		text = strings.TrimSpace(text[3:])
	}
	return text
}

// arguments says with what a step was called, its plain values alone.
func arguments(s orchestrator.StepRecord) string {
	var out []string
	for _, name := range sortedNames(s.Args) {
		if v := plainValue(s.Args[name]); v != "" {
			out = append(out, fieldName(name)+" "+v)
		}
	}
	return strings.Join(out, ", ")
}

func sortedNames(args map[string]any) []string { return slices.Sorted(maps.Keys(args)) }

// steps draws all steps of a turn in w cells, and how its changes stand.
func (t tracer) steps(turn orchestrator.Turn, w int) []string {
	var out []string
	tr := newTree(turn)
	for _, s := range turn.Steps {
		pre := strings.Repeat("  ", tr.depth(s))
		out = append(out, indent(t.step(tr, s, max(w-len(pre), 20)), pre)...)
	}
	for _, l := range t.standing(turn) {
		out = append(out, l.draw(w)...)
	}
	return out
}

// step draws one step: its condition, what it is, who did it and how long it
// took, and what went wrong.
func (t tracer) step(tr tree, s orchestrator.StepRecord, w int) []string {
	var out []string
	if c := s.Condition; c != nil && !(s.Group && tr.repeated(s.ID)) {
		out = append(out, t.condition(c, w)...)
	}
	if s.Group {
		return append(out, t.group(tr, s, w)...)
	}
	sign, word, style := t.status(s)
	if s.Status == orchestrator.StepDone && s.Flag == "" && tr.turn.Settles != "" && t.needsYes(s) {
		word = "you said yes"
	}
	if s.Each != "" { // who does it stands above, once
		if ended(s.Status) && s.Route != "" && s.Flag == "" && s.Status == orchestrator.StepDone {
			word = t.took(s)
		}
		out = append(out, t.headed(style.Render(sign), sign, t.title(s), style.Render(word), word, t.st.plain, w)...)
	} else {
		out = append(out, t.headed(style.Render(sign), sign, t.title(s), style.Render(word), word, t.st.plain, w)...)
		out = append(out, t.who(s, w-2)...)
	}
	if s.For != "" && s.For != t.user {
		out = append(out, "  "+t.st.quiet.Render(cut("for "+cleanLine(s.For), w-2, t.signs.ellipsis)))
	}
	return append(out, indent(t.aftermath(tr, s, w-2), "  ")...)
}

// group draws a step that stands for others: a playbook, or one that is repeated.
func (t tracer) group(tr tree, s orchestrator.StepRecord, w int) []string {
	below := tr.below(s.ID)
	sign, word, style := t.status(tr.summed(s))
	switch {
	case s.Error != nil && len(below) == 0:
	case tr.repeated(s.ID):
		word = tr.tally(s.ID)
	case len(below) > 0:
		word = strings.TrimSpace("playbook " + word)
	}
	out := t.headed(style.Render(sign), sign, t.title(s), style.Render(word), word, t.st.plain, w)
	if tr.repeated(s.ID) && len(below) > 0 {
		out = append(out, t.who(below[0], w-2)...)
	} else {
		out = append(out, "  "+t.st.quiet.Render(cut(cleanLine(s.Intent), w-2, t.signs.ellipsis)))
	}
	if len(below) > 0 { // what went wrong stands with them
		s.Error, s.Flag = nil, ""
	}
	return append(out, indent(t.aftermath(tr, s, w-2), "  ")...)
}

// who draws the intent of a step, who served it and how long it took.
func (t tracer) who(s orchestrator.StepRecord, room int) []string {
	who := t.st.quiet.Render(cleanLine(s.Intent))
	if s.Route != "" {
		who += "  "
		if s.FallbackFrom != "" && s.FallbackFrom != s.Route {
			what := " failed "
			if s.Why == orchestrator.ByBreaker {
				what = " left alone "
			}
			who += t.st.era(s.FallbackFrom).Render(t.signs.era(s.FallbackFrom)) + t.st.bad.Render(what) + t.st.quiet.Render(t.signs.arrow) + " "
		}
		who += t.st.era(s.Route).Render(t.signs.era(s.Route))
	}
	service := strings.TrimSpace(cleanLine(s.Service + " " + shortVersion(s.Version)))
	tail := ""
	if ended(s.Status) && s.Route != "" && s.Each == "" {
		tail = t.st.quiet.Render(t.took(s))
	}
	if service != "" && width(who)+2+width(service)+1+width(tail) <= room {
		who += t.st.quiet.Render("  " + service)
		service = ""
	}
	out := []string{"  " + spread(who, tail, room, t.signs.ellipsis)}
	if service != "" {
		out = append(out, "  "+t.st.quiet.Render(cut(service, room, t.signs.ellipsis)))
	}
	return out
}

// took says how long a step took.
func (t tracer) took(s orchestrator.StepRecord) string { return orchestrator.Duration(s.DurationMS) }

// aftermath draws what is out of the ordinary about a step: why it did not run, that
// it took several attempts, its error, what became of taking it back, and what a
// person has to do.
func (t tracer) aftermath(tr tree, s orchestrator.StepRecord, w int) []string {
	var out []string
	say := func(style lipgloss.Style, text string) { out = append(out, paint(wrap(text, w), style)...) }
	if !s.Group {
		out = append(out, t.way(s, w)...)
	}
	if why := tr.why(s); why != "" {
		say(t.st.quiet, why)
	}
	if s.Attempts > 1 {
		said := count(s.Attempts, "attempt")
		if s.Status == orchestrator.StepRunning {
			said = "attempt " + grouped(s.Attempts)
		}
		say(t.st.amber, said)
	}
	if s.Error != nil {
		style := t.st.quiet
		if s.Error.Technical() {
			style = t.st.bad
		}
		say(style, t.errorText(s.Error))
	}
	if u := s.Undo; u != nil && u.Done {
		said := "taken back"
		if u.Intent != "" {
			said += " by " + cleanLine(u.Intent)
		}
		say(t.st.amber, said)
	}
	if s.Flag != "" {
		say(t.st.bad, cleanLine(s.Flag))
	}
	return out
}
