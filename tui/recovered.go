package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// recovered is what an earlier process left unfinished for this user, as the notice
// at the top of the chat tells it.
type recovered struct {
	user      string
	turns     []orchestrator.Turn
	dismissed bool
}

// recoveredOf returns the turns of a user that the kernel brought to an end when it
// was started.
func recoveredOf(k Kernel, user orchestrator.User) []orchestrator.Turn {
	var out []orchestrator.Turn
	for _, t := range k.Recovered() {
		if t.User == user.Email {
			out = append(out, t)
		}
	}
	return out
}

// take keeps what was found for a user. A notice that she has put away stays away.
func (r *recovered) take(user string, turns []orchestrator.Turn) {
	if r.user != user {
		r.dismissed = false
	}
	r.user, r.turns = user, turns
}

// banner is the notice above the conversation, nothing if there is none.
func (m *model) banner(w int) []string {
	r := m.recovered
	if r.dismissed || len(r.turns) == 0 || m.page != pageChat || !m.chat.ready || m.w < minWidth {
		return nil
	}
	style, sign := m.st.waiting, m.signs.note
	for _, t := range r.turns {
		if t.Outcome == orchestrator.OutcomeFlagged {
			style, sign = m.st.bad, m.signs.flagged
		}
	}
	text := "The program ended in the middle of this: " + cut(aim(r.turns[0]), 80, m.signs.ellipsis) + ". " + stood(r.turns[0]) + "."
	if n := len(r.turns); n > 1 {
		text = "The program ended in the middle of " + grouped(n) + " requests: " + stoodAll(r.turns) + "."
	}
	lines := standing{sign, text, style}.draw(w)
	keys := m.st.key.Render(m.keys.recovered.Help().Key) + m.st.quiet.Render(map[bool]string{true: " shows it", false: " lists them"}[len(r.turns) == 1]) + "   " + m.st.key.Render("esc") + m.st.quiet.Render(" puts this away")
	return append(lines, strings.Repeat(" ", width(sign)+1)+keys, "")
}

// aim says what a turn was to change, or what was asked for.
func aim(t orchestrator.Turn) string {
	var what []string
	for _, s := range t.Steps {
		if s.Sentence != "" && !s.Group {
			what = append(what, lowerFirst(cleanLine(s.Sentence)))
		}
	}
	if len(what) == 0 {
		return cleanLine(t.Message)
	}
	return orchestrator.JoinAnd(what)
}

// stood says how the changes of a recovered turn stand.
func stood(t orchestrator.Turn) string {
	switch t.Outcome {
	case orchestrator.OutcomeDone:
		return "It is finished now"
	case orchestrator.OutcomePartly:
		return "Part of it is done"
	case orchestrator.OutcomeUndone:
		return "Nothing is changed"
	case orchestrator.OutcomeFlagged:
		return "A person has to look at it"
	}
	return "Nothing was changed"
}

// stoodAll counts how the changes of several recovered turns stand.
func stoodAll(turns []orchestrator.Turn) string {
	n := map[orchestrator.Outcome]int{}
	for _, t := range turns {
		o := t.Outcome
		if o == "" {
			o = orchestrator.OutcomeUndone
		}
		n[o]++
	}
	var parts []string
	for _, x := range []struct {
		outcome orchestrator.Outcome
		word    string
	}{
		{orchestrator.OutcomeFlagged, "for a person to look at"},
		{orchestrator.OutcomeDone, "finished now"},
		{orchestrator.OutcomePartly, "done in part"},
		{orchestrator.OutcomeUndone, "with nothing changed"},
	} {
		if n[x.outcome] > 0 {
			parts = append(parts, grouped(n[x.outcome])+" "+x.word)
		}
	}
	return orchestrator.JoinAnd(parts)
}

// openRecovered shows the only recovered turn in its conversation, or lists them.
func (m *model) openRecovered() tea.Cmd {
	turns := m.recovered.turns
	if len(turns) == 0 {
		m.status = "Nothing was left unfinished when the program was last started."
		return nil
	}
	if why := m.cannotSend(); why != "" {
		m.status = why
		return nil
	}
	m.recovered.dismissed = true
	if len(turns) == 1 {
		return m.enter(turns[0].Conversation)
	}
	rows := make([]row, 0, len(turns))
	for _, t := range turns {
		rows = append(rows, row{left: aim(t), right: stood(t), id: t.Conversation})
	}
	m.overlay = &overlay{
		verb:   "open",
		picker: newPicker("finished after a restart", "", "No such request. Clear the filter with ctrl+u.", rows),
		choose: func(m *model, r row) tea.Cmd { return m.enter(r.id) },
	}
	return nil
}
