package orchestrator

import "testing"

func TestOwnsIn(t *testing.T) {
	for text, want := range map[string][2]bool{
		"show bob's loans":        {true, true},
		"Bobs Ausleihen":          {true, true},
		"BOB BIRCH’S loans":       {true, true},
		"bob@example.com's loans": {true, true},
		"send it to bob's place":  {true, false},
		"bob told me":             {false, false},
		"bobsled, kebobs":         {false, false},
	} {
		if got := [2]bool{ownsIn(text, bob, false), ownsIn(text, bob, true)}; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestRuledOut(t *testing.T) {
	for text, want := range map[string]bool{
		"Ann's, not Bob's": true, "Ann, nicht Bobs": true, "not only for Bob": false, "Bob": false,
	} {
		if got := ruledOut(text, bob); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func TestWithoutValues(t *testing.T) {
	plan := &Plan{Steps: []Step{{Args: map[string]Arg{"text": {Value: "Bob was rude"}, "n": {Value: 3.0}, "r": {Ref: "steps.a", Value: "file"}}}}}
	rest, loose := withoutValues("file a complaint: bob was rude, says Ann", plan)
	if rest != "file a complaint:  ; , says Ann" || len(loose) > 0 {
		t.Errorf("%q, %q", rest, loose)
	}
	if _, loose := withoutValues("something else", plan); len(loose) != 1 {
		t.Errorf("%q", loose)
	}
}

// TestNobodyNamedIsPassedOver has staff who act for one customer name another, whatever
// the backend makes of it.
func TestNobodyNamedIsPassedOver(t *testing.T) {
	d := &depot{era: Modern}
	k := mustKernel(t, steps(Step{ID: "look", Intent: "list_loans"}), d)
	k.mustTurn(t, sue, "/as Ann Ash")
	for message, want := range map[string]TurnKind{
		"show Bob Birch loans":            KindQuestion,
		"show the loans of Ann Ash":       KindAnswer,
		"show the loans":                  KindAnswer,
		"what Ann Ash and Bob Birch have": KindQuestion,
	} {
		before := len(d.calls)
		if turn := k.mustTurn(t, sue, message); turn.Kind != want || (len(d.calls) > before) != (want == KindAnswer) {
			t.Errorf("%q: got %s after %d calls: %s", message, turn.Kind, len(d.calls)-before, turn.Answer)
		}
	}
	if turn := k.mustTurn(t, ann, "show Bob Birch's loans"); turn.Kind != KindRefusal {
		t.Errorf("a customer who asks for another's: %s", turn.Answer)
	}
}
