package orchestrator

import "testing"

// What a goal's later rounds plan needs a yes of its own, whatever the intent says.
func TestLaterRoundsAreConfirmed(t *testing.T) {
	d := &depot{era: Modern}
	round := 0
	r := mustKernel(t, func(PlanRequest) Plan {
		round++
		if round == 1 {
			return Plan{Kind: PlanSteps, Steps: []Step{{ID: "list", Intent: "list_loans"}}}
		}
		return Plan{Kind: PlanSteps, Steps: []Step{{ID: "bell", Intent: "ring_bell"}}}
	}, d)
	turn, err := r.Turn(t.Context(), Request{Conversation: "c-" + ann.Email, User: ann, Message: "see to my loans", Goal: true, Yes: true})
	if err != nil || turn.Kind != KindConfirmation || len(d.made("ring_bell")) != 0 {
		t.Errorf("%v %s %q, %d calls", err, turn.Kind, turn.Answer, len(d.made("ring_bell")))
	}
}
