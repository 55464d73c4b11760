package orchestrator

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// An answer with facts from nowhere is asked for once more, with the reasons; what
// was streamed of it is void.
func TestAnswerAskedOnceMore(t *testing.T) {
	get := steps(Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("7"))})
	const right, wrong = "Loan 7 (Dune) is due on 10 March 2026; the fee is 1.50 EUR.", "Loan 7 is due soon; the fee is 13.50 EUR, says Jonathan Hartwell."
	for _, tc := range []struct {
		name    string
		answers []string
		err     error
		want    string // the answer; the one without the backend if empty
		drops   int
	}{
		{"FirstIsRight", []string{right}, nil, right, 0},
		{"SecondIsRight", []string{wrong, right}, nil, right, 1},
		{"BothAreWrong", []string{wrong, "The fee is 14.50 EUR."}, nil, "", 2},
		{"TheSameAgain", []string{wrong, wrong}, nil, "", 2},
		{"SecondFails", []string{wrong}, errors.New("gone"), "", 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := mustKernel(t, get, &depot{era: Modern})
			var asked []RespondRequest
			k.script.respond = func(req RespondRequest, emit func(string)) (Reply, error) {
				asked = append(asked, req)
				if len(asked) > len(tc.answers) {
					return Reply{Usage: Usage{ModelCalls: 1}}, tc.err
				}
				text := tc.answers[len(asked)-1]
				for w := range strings.SplitAfterSeq(text, " ") {
					emit(w)
				}
				return Reply{Text: text, Usage: Usage{ModelCalls: 1}}, nil
			}
			sub := k.Subscribe(200)
			defer sub.Close()
			turn := k.mustTurn(t, ann, "show it")
			if tc.want == "" && (!strings.Contains(turn.Answer, "Show a loan:\n\n- due: in 5 days\n- fee: 1.50 EUR\n") || strings.Contains(turn.Answer, "Hartwell")) || tc.want != "" && turn.Answer != tc.want {
				t.Errorf("the answer is %q", turn.Answer)
			}
			tries := min(2, tc.drops+1)
			if len(asked) != tries || turn.Usage.ModelCalls != tries {
				t.Fatalf("asked %d times at a cost of %d calls, want %d", len(asked), turn.Usage.ModelCalls, tries)
			}
			if asked[0].Rejected != "" || asked[0].Problems != nil {
				t.Errorf("the first try came with %q", asked[0].Problems)
			}
			if tries == 2 && (asked[1].Rejected != wrong || len(asked[1].Problems) != 2 || !strings.Contains(asked[1].Problems[0], "13.50") || !strings.Contains(asked[1].Problems[1], "Jonathan Hartwell")) {
				t.Errorf("the second try came with %q and %q", asked[1].Rejected, asked[1].Problems)
			}
			streamed, drops := "", 0
			for len(sub.C) > 0 {
				switch e := <-sub.C; e.Kind {
				case EventAnswerDelta:
					if streamed += e.Text; strings.Contains(streamed, "13.") || strings.Contains(streamed, "14.") || strings.Contains(streamed, "Jonathan") {
						t.Errorf("what comes from nowhere was streamed: %q", streamed)
					}
				case EventAnswerDropped:
					streamed = ""
					drops++
				default: // of no interest here
				}
			}
			if drops != tc.drops || !strings.HasPrefix(turn.Answer, streamed) {
				t.Errorf("%d answers were dropped, want %d; last came %q", drops, tc.drops, streamed)
			}
		})
	}
}

func TestSources(t *testing.T) {
	k := mustKernel(t, steps(Step{ID: "a", Intent: "list_loans"}), &depot{era: Modern})
	answers := []string{
		"Loan 7 (Dune, 1.50 EUR) is due on 10 March 2026. For loan 6, returned today at 12:00, call 555 0199 99, Ann Ash.",
		"As I said: 1.50 EUR.",
	}
	k.script.respond = func(RespondRequest, func(string)) (Reply, error) {
		text := answers[0]
		answers = answers[1:]
		return Reply{Text: text}, nil
	}
	turn := k.mustTurn(t, ann, "what have I got? my number is 555 0199 99")
	for _, want := range []Source{
		{Fact: "7", From: "result", Step: "a", Field: "loans[0].loan_id"},
		{Fact: "1.50", From: "result", Step: "a", Field: "loans[0].fee"},
		{Fact: "10 March 2026", From: "result", Step: "a", Field: "loans[0].due"},
		{Fact: "12:00", From: "result", Step: "a", Field: "loans[1].back"},
		{Fact: "555 0199 99", From: "message"},
		{Fact: "Ann Ash", From: "account"},
	} {
		if !slices.Contains(turn.Sources, want) {
			t.Errorf("%+v is not among the sources: %+v", want, turn.Sources)
		}
	}
	k.script.plan = steps(Step{ID: "b", Intent: "ring_bell"})
	turn = k.mustTurn(t, ann, "and the fee?")
	if want := (Source{Fact: "1.50", From: "earlier"}); !slices.Contains(turn.Sources, want) {
		t.Errorf("%+v is not among the sources of %q: %+v", want, turn.Answer, turn.Sources)
	}
}

// TestPlanSaysWhatIsTrue gives plans that answer by themselves with facts that
// nobody told the backend.
func TestPlanSaysWhatIsTrue(t *testing.T) {
	k := mustKernel(t, func(req PlanRequest) Plan {
		if len(req.Problems) > 0 {
			return Plan{Kind: PlanAnswer, Text: "I would have to look that up."}
		}
		return Plan{Kind: PlanAnswer, Text: "Loan 4711 is due on 3 May 2031."}
	}, &depot{era: Modern})
	turn := k.mustTurn(t, ann, "when is my loan due?")
	if turn.Kind != KindAnswer || turn.Answer != "I would have to look that up." {
		t.Errorf("got %s: %s", turn.Kind, turn.Answer)
	}
	if n := len(k.script.asked); n != 2 || len(k.script.asked[1].Problems) != 2 {
		t.Errorf("asked %d times", n)
	}
}
