package orchestrator

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// handbook is a service of playbooks.
type handbook map[string]Play

func (h handbook) Describe(context.Context) (Description, error) {
	params, err := SchemaFor[struct {
		Email  string `json:"email"`
		LoanID string `json:"loan_id" title:"loan number" pattern:"^[0-9]+$"`
		Why    string `json:"why,omitempty"`
	}]()
	if err != nil {
		return Description{}, err
	}
	d := Description{Name: "playbooks", Version: "1.0.0", Contract: ContractVersion, Era: Modern}
	for name := range h {
		d.Intents = append(d.Intents, Intent{Name: name, Summary: "Play " + name, Params: params, Effect: Write, Subject: "email"})
	}
	return d, nil
}

func (handbook) Call(context.Context, Call) (Result, error) { panic("a playbook is never called") }

func (h handbook) Play(intent string) (Play, bool) {
	p, ok := h[intent]
	return p, ok
}

func onlyIf(s Step, expr string) Step {
	s.When = &Condition{Text: "it is so", Expr: expr}
	return s
}

func otherwise(s Step, id string) Step {
	s.Otherwise = id
	return s
}

func TestGraph(t *testing.T) {
	list := Step{ID: "loans", Intent: "list_loans", Lookup: true}
	get := func(id string) Step { return Step{ID: id, Intent: "get_loan", Args: args("loan_id", lit("7"))} }
	give := Step{ID: "back", Intent: "return_loan", Args: args("loan_id", lit("7"))}
	each := func(s Step, list string) Step {
		s.ForEach, s.Args = list, args("loan_id", expr("each.loan_id"))
		return s
	}
	book := handbook{
		"give_back": {Plan: Plan{Steps: []Step{
			{ID: "loan", Intent: "get_loan", Args: args("loan_id", expr("params.loan_id"))},
			onlyIf(Step{ID: "back", Intent: "return_loan", Args: args("loan_id", expr("steps.loan.loan_id"))}, `steps.loan.status == "out" && params.loan_id != "steps.loan"`),
			otherwise(Step{ID: "all", Intent: "list_loans"}, "back"),
		}}},
		"ask_why": {Questions: map[string]string{"why": "Why so?"}, Plan: Plan{Steps: []Step{
			{ID: "loan", Intent: "get_loan", Args: args("loan_id", expr("params.loan_id"))},
			onlyIf(Step{ID: "back", Intent: "return_loan", Args: args("loan_id", expr("params.loan_id"))}, `has(params.why) || params.why == "x"`),
		}}},
		"nested":  {Plan: Plan{Steps: []Step{{ID: "in", Intent: "give_back", Args: args("loan_id", expr("params.loan_id"))}}}},
		"endless": {Plan: Plan{Steps: []Step{{ID: "in", Intent: "endless", Args: args("loan_id", expr("params.loan_id"))}}}},
	}
	play := func(name string) Step {
		return Step{ID: "p", Intent: name, Args: args("loan_id", lit("7"))}
	}
	for _, tc := range []struct {
		name     string
		plan     func(PlanRequest) Plan
		kind     TurnKind
		statuses string
		answer   string
	}{
		{"OtherwiseRuns", steps(list, onlyIf(get("a"), "size(steps.loans.loans) > 9"), otherwise(get("b"), "a")), KindAnswer, "loans done, a skipped, b done", ""},
		{"OtherwiseIsSkipped", steps(list, onlyIf(get("a"), "size(steps.loans.loans) > 1"), otherwise(get("b"), "a")), KindAnswer, "loans done, a done, b skipped", ""},
		{"OtherwiseOfAChangeIsKnownBefore", steps(list, onlyIf(give, "size(steps.loans.loans) > 9"), otherwise(get("b"), "back")), KindAnswer, "loans done, back skipped, b done", ""},
		{"OtherwiseAChange", steps(list, onlyIf(get("a"), "size(steps.loans.loans) > 9"), otherwise(give, "a")), KindConfirmation, "loans done, a skipped, back waiting", ""},
		{"ElseIf", steps(list, onlyIf(get("a"), "false"), otherwise(onlyIf(get("b"), "true"), "a"), otherwise(get("c"), "b")), KindAnswer, "loans done, a skipped, b done, c skipped", ""},
		{"ElseIfNotReached", steps(list, onlyIf(get("a"), "true"), otherwise(onlyIf(get("b"), "true"), "a"), otherwise(get("c"), "b")), KindAnswer, "loans done, a done, b skipped, c skipped", ""},
		{"ElseIfLast", steps(list, onlyIf(get("a"), "false"), otherwise(onlyIf(get("b"), "false"), "a"), otherwise(get("c"), "b")), KindAnswer, "loans done, a skipped, b skipped, c done", ""},
		{"OtherwiseOfNothing", steps(get("a"), otherwise(get("b"), "a")), KindError, "", "sound plan"},
		{"ForEach", steps(list, each(Step{ID: "a", Intent: "get_loan"}, "steps.loans.loans")), KindAnswer, "loans done, a done, a_1 done, a_2 done", ""},
		{"ForEachFiltered", steps(list, each(Step{ID: "a", Intent: "get_loan"}, `steps.loans.loans.filter(l, l.status == "out")`)), KindAnswer, "loans done, a done, a_1 done", ""},
		{"ForEachOnCondition", steps(list, onlyIf(each(Step{ID: "a", Intent: "get_loan"}, "steps.loans.loans"), `each.status == "out"`)), KindAnswer, "loans done, a done, a_1 done, a_2 skipped", ""},
		{"ForEachChangeAsksForEach", steps(list, each(Step{ID: "a", Intent: "return_loan"}, "steps.loans.loans")), KindConfirmation, "loans done, a waiting, a_1 waiting, a_2 waiting", "2. Return loan 6"},
		{"ForEachOfNothing", steps(list, each(Step{ID: "a", Intent: "return_loan"}, "steps.loans.loans.filter(l, l.times > 5)")), KindAnswer, "loans done, a skipped", ""},
		{"ForEachTooMany", steps(list, func() Step {
			s := each(Step{ID: "a", Intent: "return_loan"}, "steps.loans.loans")
			s.Max = 1
			return s
		}()), KindAnswer, "loans done, a failed", ""},
		{"ForEachNoList", steps(list, each(Step{ID: "a", Intent: "get_loan"}, "steps.loans.loans[0]")), KindError, "", "sound plan"},
		{"ForEachUnknownField", steps(list, func() Step {
			s := each(Step{ID: "a", Intent: "get_loan"}, "steps.loans.loans")
			s.Args = args("loan_id", expr("each.isbn"))
			return s
		}()), KindError, "", "sound plan"},
		{"ForEachAfterAChange", steps(give, each(Step{ID: "a", Intent: "return_loan"}, "[steps.back]")), KindError, "", "sound plan"},
		{"ForEachResultsAreAList", steps(list, each(Step{ID: "a", Intent: "get_loan"}, "steps.loans.loans"), onlyIf(get("b"), "size(steps.a) == 2 && steps.a[0].status == 'out'")), KindAnswer, "loans done, a done, a_1 done, a_2 done, b done", ""},
		{"Playbook", steps(play("give_back")), KindConfirmation, "p done, p_loan done, p_back waiting, p_all skipped", "Return loan 7"},
		{"PlaybookOnCondition", steps(list, onlyIf(play("give_back"), "size(steps.loans.loans) > 9")), KindAnswer, "loans done, p skipped, p_loan skipped, p_back skipped, p_all skipped", ""},
		{"PlaybookByReference", steps(list, func() Step {
			s := play("give_back")
			s.Args = args("loan_id", expr("steps.loans.loans[1].loan_id"))
			return s
		}()), KindConfirmation, "loans done, p done, p_loan done, p_back waiting, p_all skipped", "Return loan 6"},
		{"PlaybookInPlaybook", steps(play("nested")), KindConfirmation, "p done, p_in done, p_in_loan done, p_in_back waiting, p_in_all skipped", ""},
		{"PlaybookInItself", steps(play("endless")), KindError, "", "sound plan"},
		{"PlaybookAsks", steps(play("ask_why")), KindQuestion, "p done, p_loan done, p_back waiting", "Why so?"},
		{"PlaybookNeedsItsParameter", steps(Step{ID: "p", Intent: "give_back"}), KindQuestion, "", "loan number"},
		{"PlaybookHasNoResult", steps(play("give_back"), onlyIf(get("a"), "steps.p.status == 'out'")), KindError, "", "sound plan"},
		{"PlaybookForSomebodyElse", steps(func() Step {
			s := play("give_back")
			s.For = "bob@example.com"
			return s
		}()), KindRefusal, "", "your own account"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := &depot{era: Modern, dry: true}
			k := mustKernel(t, tc.plan, d, book)
			turn := k.mustTurn(t, ann, "please")
			if turn.Kind != tc.kind || statuses(turn) != tc.statuses || !strings.Contains(turn.Answer, tc.answer) {
				t.Errorf("got %s, %q, %q", turn.Kind, statuses(turn), turn.Answer)
			}
		})
	}
}

func TestConfirmedRepetitions(t *testing.T) {
	d := &depot{era: Modern, dry: true}
	k := mustKernel(t, steps(
		Step{ID: "loans", Intent: "list_loans"},
		Step{ID: "back", Intent: "return_loan", ForEach: "steps.loans.loans", Args: args("loan_id", expr("each.loan_id"))},
	), d)
	k.mustTurn(t, ann, "return all")
	turn := k.mustTurn(t, ann, "only 2")
	if got := statuses(turn); got != "loans done, back done, back_1 denied, back_2 done" {
		t.Errorf("got %s: %s", got, turn.Answer)
	}
	made := d.made("return_loan")
	if len(made) != 1 || made[0].Args["loan_id"] != "6" {
		t.Errorf("made %v", made)
	}
}

func TestPlaybookQuestionIsAnswered(t *testing.T) {
	book := handbook{"why": {Questions: map[string]string{"why": "Why so?"}, Plan: Plan{Steps: []Step{
		onlyIf(Step{ID: "back", Intent: "return_loan", Args: args("loan_id", expr("params.loan_id"))}, `params.why != "no reason"`),
	}}}}
	d := &depot{era: Modern, dry: true}
	k := mustKernel(t, func(req PlanRequest) Plan {
		step := Step{ID: "p", Intent: "why", Args: args("loan_id", lit("7"))}
		if n := len(req.Conversation); n > 0 {
			last := req.Conversation[n-1]
			if last.Plan.Missing == nil || last.Plan.Missing.Step != "p" || last.Plan.Missing.Param != "why" {
				t.Errorf("the question asks for %+v", last.Plan.Missing)
			}
			step.Args["why"] = lit(req.Message)
		}
		return Plan{Kind: PlanSteps, Steps: []Step{step}}
	}, d, book)
	k.mustTurn(t, ann, "give it back")
	if turn := k.mustTurn(t, ann, `it "fell" apart`); turn.Kind != KindConfirmation {
		t.Errorf("got %s: %s", turn.Kind, turn.Answer)
	}
	if turn := k.mustTurn(t, ann, "yes"); turn.Outcome != OutcomeDone || len(d.made("return_loan")) != 1 {
		t.Errorf("got %s: %s", turn.Outcome, turn.Answer)
	}
}

func TestPlaybookChangedMeanwhile(t *testing.T) {
	d := &depot{era: Modern, dry: true}
	book := handbook{"give": {Plan: Plan{Steps: []Step{{ID: "back", Intent: "return_loan", Args: args("loan_id", expr("params.loan_id"))}}}}}
	k := mustKernel(t, steps(Step{ID: "p", Intent: "give", Args: args("loan_id", lit("7"))}), d, book)
	k.mustTurn(t, ann, "give it back")
	book["give"] = Play{Plan: Plan{Steps: []Step{{ID: "back", Intent: "return_loan", Args: args("loan_id", lit("6"))}}}}
	if turn := k.mustTurn(t, ann, "yes"); turn.Kind != KindError || len(d.made("return_loan")) != 0 {
		t.Errorf("got %s: %s", turn.Kind, turn.Answer)
	}
}

func TestGoal(t *testing.T) {
	rounds := [][]Step{
		{{ID: "loans", Intent: "list_loans"}},
		{{ID: "one", Intent: "get_loan", Args: args("loan_id", expr("steps.loans.loans[0].loan_id"))}},
		{{ID: "back", Intent: "return_loan", Args: args("loan_id", expr("steps.one.loan_id"))}},
	}
	var asked []int
	plan := func(req PlanRequest) Plan {
		n := len(req.Done)
		asked = append(asked, n)
		if n >= len(rounds) {
			return Plan{Kind: PlanAnswer, Text: "reached"}
		}
		return Plan{Kind: PlanSteps, Steps: rounds[n]}
	}
	run := func(t *testing.T, goal, yes bool) (rig, *depot, Turn) {
		t.Helper()
		asked = nil
		d := &depot{era: Modern, dry: true}
		k := mustKernel(t, plan, d)
		turn, err := k.Turn(t.Context(), Request{Conversation: "c-" + ann.Email, User: ann, Message: "tidy up", Goal: goal, Yes: yes})
		if err != nil {
			t.Fatal(err)
		}
		return k, d, turn
	}
	t.Run("OffByDefault", func(t *testing.T) {
		if _, _, turn := run(t, false, true); statuses(turn) != "loans done" || !slices.Equal(asked, []int{0}) {
			t.Errorf("got %s, asked %v", statuses(turn), asked)
		}
	})
	t.Run("AChangeAfterResultsNeedsItsOwnYes", func(t *testing.T) {
		k, d, turn := run(t, true, true)
		if turn.Kind != KindConfirmation || statuses(turn) != "loans done, one done, back waiting" || len(d.made("return_loan")) != 0 {
			t.Fatalf("got %s, %s", turn.Kind, statuses(turn))
		}
		turn = k.mustTurn(t, ann, "yes")
		if turn.Outcome != OutcomeDone || statuses(turn) != "loans done, one done, back done" || len(d.made("list_loans")) != 1 {
			t.Errorf("got %s, %s", turn.Outcome, statuses(turn))
		}
		if !slices.Equal(asked, []int{0, 1, 2, 3}) {
			t.Errorf("asked %v", asked)
		}
	})
	t.Run("Limit", func(t *testing.T) {
		d := &depot{era: Modern}
		n := 0
		k := mustKernel(t, func(PlanRequest) Plan {
			n++
			return Plan{Kind: PlanSteps, Steps: []Step{{ID: "again_" + string(rune('a'+n)), Intent: "list_loans"}}}
		}, d)
		turn, err := k.Turn(t.Context(), Request{Conversation: "c", User: ann, Message: "go on", Goal: true})
		if err != nil || turn.Kind != KindAnswer || n != 4 || len(d.made("list_loans")) != 4 || turn.Rounds != 4 {
			t.Errorf("got %v, %s, %d plans, %d rounds", err, turn.Kind, n, turn.Rounds)
		}
	})
	t.Run("UnsoundRest", func(t *testing.T) {
		k := mustKernel(t, func(req PlanRequest) Plan {
			if req.Goal {
				return Plan{Kind: PlanSteps, Steps: []Step{{ID: "loans", Intent: "list_loans"}}} // an ID that is taken
			}
			return Plan{Kind: PlanSteps, Steps: rounds[0]}
		}, &depot{era: Modern})
		turn, err := k.Turn(t.Context(), Request{Conversation: "c", User: ann, Message: "go on", Goal: true})
		if err != nil || turn.Kind != KindAnswer || statuses(turn) != "loans done" {
			t.Errorf("got %v, %s, %s", err, turn.Kind, statuses(turn))
		}
	})
}
