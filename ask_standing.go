package main

import (
	"fmt"

	"banyan/orchestrator"
)

// tellRecovered says on standard error which turns of the user an earlier process
// left unfinished, and how they stand now: once in the life of a process, and not of
// the turn with which the command goes on.
func (a *asker) tellRecovered() {
	for _, t := range a.app.kernel.Recovered() {
		if t.User != a.user.Email || t.Conversation == a.app.opts.trail().Conversation || !a.app.holder.tells(t.ID) {
			continue
		}
		a.note("The program ended in the middle of this: %s. %s", recoveredAim(t), recoveredWords[t.Outcome])
		a.tellFlags(t)
		if t.Conversation != a.conversation {
			a.note("It stands in the conversation %s.", t.Conversation)
		}
	}
}

// recoveredAim says what a turn was to change, or what was asked for.
func recoveredAim(t orchestrator.Turn) string {
	var what []string
	for _, s := range t.Steps {
		if s.Sentence != "" && !s.Group {
			what = append(what, s.Sentence)
		}
	}
	if len(what) == 0 {
		return t.Message
	}
	return orchestrator.JoinAnd(what)
}

// recoveredWords say how the changes of a recovered turn stand.
var recoveredWords = map[orchestrator.Outcome]string{
	orchestrator.OutcomeDone:    "It is finished now.",
	orchestrator.OutcomePartly:  "Part of it is done.",
	orchestrator.OutcomeUndone:  "Nothing is changed.",
	orchestrator.OutcomeFlagged: "A person has to look at it.",
	"":                          "Nothing was changed.",
}

// tellStanding says on standard error what is out of the ordinary about how the
// changes of a turn stand: they were taken back, or a person has to look at them.
func (a *asker) tellStanding(t orchestrator.Turn) {
	undone := 0
	for _, s := range t.Steps {
		if s.Status == orchestrator.StepUndone {
			undone++
			a.note("undone: %s", stepWords(s))
		}
	}
	switch {
	case t.Outcome == orchestrator.OutcomeUndone && undone > 0:
		a.note("outcome: undone. What was done before it failed is taken back, nothing is changed.")
	case t.Outcome == orchestrator.OutcomePartly:
		a.note("outcome: partly. What worked stands.")
	case t.Outcome == orchestrator.OutcomeFlagged:
		a.note("outcome: flagged. A person has to look at it:")
	}
	a.tellFlags(t)
	for _, s := range t.Steps {
		if s.FallbackFrom != "" && s.FallbackFrom != s.Route && (s.Status == orchestrator.StepDone || s.Status == orchestrator.StepFailed) {
			a.note("%s answered for %s, which failed or was left alone: %s", s.Route, s.FallbackFrom, stepWords(s))
		}
	}
	if t.Goal && t.Rounds > 1 {
		a.note("goal mode: %d plans.", t.Rounds)
	}
}

func (a *asker) tellFlags(t orchestrator.Turn) {
	for _, s := range t.Steps {
		if s.Flag != "" {
			a.note("flagged: %s: %s", stepWords(s), s.Flag)
		}
	}
}

// note writes a line of remarks; that nobody reads them stops nothing.
func (a *asker) note(format string, args ...any) {
	_, _ = fmt.Fprintln(a.err, orchestrator.PrintableLine(fmt.Sprintf(format, args...)))
}

// stepWords say what a step is about.
func stepWords(s orchestrator.StepRecord) string {
	if s.Sentence != "" {
		return s.Sentence
	}
	return s.Intent
}
