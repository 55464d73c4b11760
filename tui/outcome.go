package tui

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// outcome says what became of a question for a yes, from the turns that followed
// it; empty for a turn that asked for none.
func outcome(e *entry, after []*entry) string {
	t := e.turn
	if e.run != nil || t.Kind != orchestrator.KindConfirmation || t.Pending == nil {
		return ""
	}
	const undone = "Left undone."
	// Messages that were not admitted are no answer.
	after = after[:len(after):len(after)]
	for len(after) > 0 && notAdmitted(after[0].turn) {
		after = after[1:]
	}
	if len(after) == 0 {
		return undone
	}
	next := after[0]
	switch n := next.turn; {
	case next.run != nil:
		return "Your answer is being worked on."
	case next.unstored != nil:
		return "What became of this could not be stored."
	case n.Lapsed != "" && n.Lapsed == t.ID && n.Settles == t.ID:
		return "Your yes came too late: nothing was changed."
	case n.Lapsed != "" && n.Lapsed == t.ID:
		return "You asked for something else: left undone."
	case n.Settles == "" && n.Kind == orchestrator.KindConfirmation && n.Pending != nil && slices.Equal(n.Pending.Steps, t.Pending.Steps):
		return "Asked again below."
	case n.Settles != t.ID || len(n.Steps) == 0:
		return undone
	}
	var taken []string
	for i, id := range t.Pending.Steps {
		for _, s := range next.turn.Steps {
			if s.ID == id && (s.Status != orchestrator.StepDenied || s.Error != nil) {
				taken = append(taken, grouped(i+1))
			}
		}
	}
	said := "You said yes"
	switch len(taken) {
	case 0:
		return "You said no: nothing was changed."
	case len(t.Pending.Steps):
	default:
		said += " to " + orchestrator.JoinAnd(taken) + " only"
	}
	switch next.turn.Outcome {
	case orchestrator.OutcomeUndone:
		return said + ", and nothing is changed: see below."
	case orchestrator.OutcomeFlagged:
		return said + ", and a person has to look at it: see below."
	default:
		return said + "."
	}
}

func notAdmitted(t orchestrator.Turn) bool {
	return t.Problem != nil && (t.Problem.Code == orchestrator.CodeEmpty || t.Problem.Code == orchestrator.CodeTooLong)
}

// conditionOf says on what the i-th of the writes that wait depends: a condition
// that was decided with its verdict, or what still has to be seen and after which
// of them; empty without a condition.
func conditionOf(writes []orchestrator.StepRecord, i int) string {
	c := writes[i].Condition
	if c == nil || strings.TrimSpace(c.Text) == "" {
		return ""
	}
	text := trimIf(c.Text)
	if c.Met != nil {
		verdict := map[bool]string{true: "yes", false: "no"}[*c.Met]
		if c.By == "model" {
			verdict += ", says the model"
		}
		return "because " + text + ": " + verdict
	}
	var before []string
	for j, w := range writes[:i] {
		if mentions(c.Expr, w.ID) {
			before = append(before, grouped(j+1))
		}
	}
	when := "decided later"
	if len(before) > 0 {
		when = "decided after " + orchestrator.JoinAnd(before)
	}
	return "only if " + text + " (" + when + ")"
}

// mentions tells whether an expression is about the result of the step id.
func mentions(expr, id string) bool {
	for rest := expr; ; {
		_, after, found := strings.Cut(rest, "steps."+id)
		if !found {
			return false
		}
		if after == "" || !strings.ContainsAny(after[:1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") {
			return true
		}
		rest = after
	}
}
