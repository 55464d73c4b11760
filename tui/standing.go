package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"banyan/orchestrator"
)

// standing is one line about a whole turn: how its changes stand, and what was
// special about it.
type standing struct {
	sign, text string
	style      lipgloss.Style
}

// draw wraps the line in w cells.
func (l standing) draw(w int) []string {
	pre := width(l.sign) + 1
	var out []string
	for i, text := range wrap(l.text, w-pre) {
		lead := strings.Repeat(" ", pre)
		if i == 0 {
			lead = l.style.Render(l.sign) + " "
		}
		out = append(out, lead+l.style.Render(text))
	}
	return out
}

// standing says how the changes of a turn stand, whether it was finished after a
// restart, and how many plans were made for it. There is nothing to say of most turns.
func (t tracer) standing(turn orchestrator.Turn) []standing {
	var out []standing
	say := func(sign, text string, style lipgloss.Style) { out = append(out, standing{sign, text, style}) }
	switch text := stands(turn); {
	case text == "":
	case turn.Outcome == orchestrator.OutcomeFlagged:
		say(t.signs.flagged, text, t.st.bad)
	case turn.Outcome == orchestrator.OutcomeUndone:
		say(t.signs.undone, text, t.st.amber)
	case turn.Outcome == orchestrator.OutcomePartly:
		say(t.signs.failed, text, t.st.amber)
	default:
		say(t.signs.done, text, t.st.good)
	}
	for _, text := range remarks(turn) {
		say(t.signs.note, text, t.st.quiet)
	}
	return out
}

// stands says in a sentence how the changes of a turn stand; empty if that goes
// without saying.
func stands(turn orchestrator.Turn) string {
	changes, undone := 0, 0
	for _, s := range turn.Steps {
		if s.Group || s.Key == "" && s.Undo == nil {
			continue
		}
		changes++
		if s.Status == orchestrator.StepUndone {
			undone++
		}
	}
	switch turn.Outcome {
	case orchestrator.OutcomeFlagged:
		return "a person has to look at what is marked"
	case orchestrator.OutcomeUndone:
		if undone > 0 {
			return "nothing is changed: what was done is taken back"
		}
		return "nothing is changed"
	case orchestrator.OutcomePartly:
		return "done in part: what worked stands"
	case orchestrator.OutcomeDone:
		switch {
		case turn.TakesBack != "":
			return "taken back"
		case changes > 1:
			return map[bool]string{true: "both changes are made", false: "all " + count(changes, "change") + " are made"}[changes == 2]
		}
	}
	return ""
}

// flags are the steps of a turn that a person has to look at.
func flags(turn orchestrator.Turn) []orchestrator.StepRecord {
	var out []orchestrator.StepRecord
	for _, s := range turn.Steps {
		if s.Flag != "" {
			out = append(out, s)
		}
	}
	return out
}

// remarks are what else is to be known of a turn, one sentence each.
func remarks(turn orchestrator.Turn) []string {
	var out []string
	if turn.Recovered {
		out = append(out, "the program ended in the middle; this was finished after a restart")
	}
	if turn.Goal {
		said := "goal mode: " + count(turn.Rounds, "plan")
		if turn.Rounds == 0 {
			said = "goal mode"
		}
		out = append(out, said)
	}
	if turn.Lapsed != "" && turn.Settles == "" {
		out = append(out, "the question before lapsed without a yes")
	}
	return out
}

// unsaid are the flags of a turn that its answer does not tell.
func unsaid(turn orchestrator.Turn) []orchestrator.StepRecord {
	var out []orchestrator.StepRecord
	for _, s := range flags(turn) {
		if !strings.Contains(cleanLine(turn.Answer), cleanLine(s.Flag)) {
			out = append(out, s)
		}
	}
	return out
}
