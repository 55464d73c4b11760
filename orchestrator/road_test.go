package orchestrator

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTurn(t *testing.T) {
	list := Step{ID: "loans", Intent: "list_loans", Lookup: true}
	latest := args("loan_id", Arg{Ref: "steps.loans.loans[0].loan_id", Text: "my latest loan"})
	giveBack := Step{ID: "back", Intent: "return_loan", Args: latest}
	when := func(s Step, expr string) Step {
		s.When = &Condition{Text: "it is so", Expr: expr}
		return s
	}
	for _, tc := range []struct {
		name     string
		plan     func(PlanRequest) Plan
		kind     TurnKind
		statuses string
		answer   string // a part of it
	}{
		{"Read", steps(Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("7"))}), KindAnswer, "a done", "a done"},
		{"NumberForText", steps(Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit(7.0))}), KindAnswer, "a done", ""},
		{"Reference", steps(list, Step{ID: "a", Intent: "get_loan", Args: latest}), KindAnswer, "loans done, a done", ""},
		{"WriteWaits", steps(list, giveBack), KindConfirmation, "loans done, back waiting", "Return loan 7: Dune"},
		{"UnconfirmedWrite", steps(Step{ID: "bell", Intent: "ring_bell"}), KindAnswer, "bell done", ""},
		{"ConditionMet", steps(list, when(giveBack, `steps.loans.loans[0].status == "out"`)), KindConfirmation, "loans done, back waiting", ""},
		{"ConditionNotMet", steps(list, when(giveBack, `steps.loans.loans[0].status != "out"`)), KindAnswer, "loans done, back skipped", ""},
		{"ConditionOnTime", steps(list, when(giveBack, `steps.loans.loans[0].due - now < days(6)`)), KindConfirmation, "loans done, back waiting", ""},
		{"ConditionOnAbsentField", steps(list, when(giveBack, `!has(steps.loans.loans[0].back)`)), KindConfirmation, "loans done, back waiting", ""},
		{"ConditionOnCount", steps(list, when(giveBack, `size(steps.loans.loans) > 2`)), KindAnswer, "loans done, back skipped", ""},
		{"ConditionMixesNumbers", steps(list, when(giveBack, `steps.loans.loans[0].fee > 1 && steps.loans.loans[0].times + 1 == 3`)), KindConfirmation, "loans done, back waiting", ""},
		{"NothingThere", steps(list, Step{ID: "a", Intent: "get_loan", Args: args("loan_id", Arg{Ref: "steps.loans.loans[9].loan_id", Text: "the tenth"})}), KindAnswer, "loans done, a failed", ""},
		{"SkippedNeedsSkips", steps(list, when(giveBack, "false"), Step{ID: "after", Intent: "get_loan", Args: args("loan_id", expr("steps.back.loan_id"))}), KindAnswer, "loans done, back skipped, after skipped", ""},
		{"UnknownIntent", steps(Step{ID: "a", Intent: "fly"}), KindError, "", "sound plan"},
		{"UnknownField", steps(list, Step{ID: "a", Intent: "get_loan", Args: args("loan_id", expr("steps.loans.loans[0].isbn"))}), KindError, "", "sound plan"},
		{"WrongType", steps(list, Step{ID: "a", Intent: "get_loan", Args: args("loan_id", expr("steps.loans.loans[0].fee"))}), KindError, "", "sound plan"},
		{"LaterStep", steps(Step{ID: "a", Intent: "get_loan", Args: latest}, list), KindError, "", "sound plan"},
		{"ConditionNotBool", steps(list, when(giveBack, "size(steps.loans.loans)")), KindError, "", "sound plan"},
		{"UnknownParameter", steps(Step{ID: "a", Intent: "list_loans", Args: args("colour", lit("red"))}), KindError, "", "sound plan"},
		{"SameIDTwice", steps(list, list), KindError, "", "sound plan"},
		{"NoSteps", steps(), KindError, "", "sound plan"},
		{"ValueDoesNotFit", steps(Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("seven"))}), KindQuestion, "", "loan number"},
		{"ValueIsMissing", steps(Step{ID: "a", Intent: "get_loan"}), KindQuestion, "", "loan number"},
		{"Question", func(PlanRequest) Plan { return Plan{Kind: PlanQuestion, Text: "Which?"} }, KindQuestion, "", "Which?"},
		{"Answer", func(PlanRequest) Plan { return Plan{Kind: PlanAnswer, Text: "Hello."} }, KindAnswer, "", "Hello."},
		{"Refusal", func(PlanRequest) Plan { return Plan{Kind: PlanRefusal, Text: "Not mine."} }, KindRefusal, "", "Not mine."},
		{"EmptyQuestion", func(PlanRequest) Plan { return Plan{Kind: PlanQuestion} }, KindError, "", "sound plan"},
		{"UnknownKind", func(PlanRequest) Plan { return Plan{Kind: "song"} }, KindError, "", "sound plan"},
		{"SomebodyElse", steps(Step{ID: "a", Intent: "list_loans", For: "bob@example.com"}), KindRefusal, "", "your own account"},
		{"SomebodyElseAsArgument", steps(Step{ID: "a", Intent: "list_loans", Args: args("email", lit("bob@example.com"))}), KindRefusal, "", "your own account"},
		{"SomebodyElseByReference", steps(list, Step{ID: "a", Intent: "list_loans", Args: args("email", expr("steps.loans.loans[0].title"))}), KindAnswer, "loans done, a done", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d := &depot{era: Modern, dry: true}
			k := mustKernel(t, tc.plan, d)
			turn := k.mustTurn(t, ann, "please")
			if turn.Kind != tc.kind || statuses(turn) != tc.statuses || !strings.Contains(turn.Answer, tc.answer) {
				t.Errorf("got %s, %q, %q", turn.Kind, statuses(turn), turn.Answer)
			}
			for _, c := range d.calls {
				if c.Args["email"] != "ann@example.com" || c.Subject != ann {
					t.Errorf("a call for %v", c.Args["email"])
				}
			}
			if len(k.store.turns) != 1 {
				t.Errorf("%d turns stored", len(k.store.turns))
			}
		})
	}
}

func TestPlanIsAskedAgainWithProblems(t *testing.T) {
	k := mustKernel(t, func(req PlanRequest) Plan {
		if len(req.Problems) == 0 {
			return steps(Step{ID: "a", Intent: "list_loans"}, Step{ID: "b", Intent: "get_loan", Args: args("loan_id", expr("steps.a.loans[0].isbn"))})(req)
		}
		return steps(Step{ID: "a", Intent: "list_loans"})(req)
	}, &depot{era: Modern})
	turn := k.mustTurn(t, ann, "x y")
	if turn.Kind != KindAnswer || len(k.script.asked) != 2 {
		t.Fatalf("got %s after %d plans", turn.Kind, len(k.script.asked))
	}
	problem := strings.Join(k.script.asked[1].Problems, " ")
	if !strings.Contains(problem, "loan_id") || !strings.Contains(problem, "isbn") {
		t.Errorf("the problem does not name the fields that exist: %s", problem)
	}
}

func TestServiceFailures(t *testing.T) {
	get := Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("7"))}
	put := Step{ID: "a", Intent: "return_loan", Args: args("loan_id", lit("7"))}
	fail := map[string]func(context.Context, Call) (Result, error){
		CodeUnavailable: func(context.Context, Call) (Result, error) { return Result{}, errors.New("connection refused") },
		CodePanic:       func(context.Context, Call) (Result, error) { panic("nil map") },
		CodeTimeout:     func(ctx context.Context, _ Call) (Result, error) { <-ctx.Done(); return Result{}, ctx.Err() },
		CodeBadResult:   func(context.Context, Call) (Result, error) { return Result{Data: map[string]any{"loan_id": 7.0}}, nil },
	}
	for code, call := range fail {
		t.Run(code, func(t *testing.T) {
			broken := &depot{era: Modern, call: call}
			bubble(t, "ReadAlone", func(t *testing.T) {
				k := mustKernel(t, steps(get), broken)
				sub := k.Subscribe(100)
				defer sub.Close()
				turn := k.mustTurn(t, ann, "show it")
				if turn.Kind != KindError || turn.Steps[0].Error.Code != code || turn.Answer == "" {
					t.Errorf("got %s %+v %q", turn.Kind, turn.Steps[0].Error, turn.Answer)
				}
				if !sees(sub, func(e Event) bool {
					return e.Kind == EventStepEnded && e.Step.Error != nil && e.Step.Error.Code == code
				}) {
					t.Error("no event tells of the failure")
				}
				if len(k.store.turns) != 1 {
					t.Error("the turn is not stored")
				}
			})
			bubble(t, "ReadFallsBack", func(t *testing.T) {
				old := &depot{era: Legacy}
				k := mustKernel(t, steps(get), broken, old)
				sub := k.Subscribe(100)
				defer sub.Close()
				turn := k.mustTurn(t, ann, "show it")
				if s := turn.Steps[0]; s.Status != StepDone || s.Route != Legacy || s.FallbackFrom != Modern || s.Error != nil {
					t.Errorf("got %+v", s)
				}
				if !sees(sub, func(e Event) bool { return e.Kind == EventStepFallback && e.Step.Error.Code == code }) {
					t.Error("no event tells of the fallback")
				}
			})
			bubble(t, "WriteDoesNotFallBack", func(t *testing.T) {
				old := &depot{era: Legacy}
				k := mustKernel(t, steps(put), broken, old)
				turn, err := k.Turn(t.Context(), Request{Conversation: "c", User: ann, Message: "back", Yes: true})
				if err != nil || turn.Kind != KindError || !strings.Contains(turn.Answer, "not known") {
					t.Errorf("got %s %q %v", turn.Kind, turn.Answer, err)
				}
				if len(old.made("return_loan")) != 0 {
					t.Error("the write ran on the other side as well")
				}
			})
		})
	}
}

// bubble runs a subtest on a clock of its own.
func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}

// sees drains a subscription and tells whether an event fits.
func sees(sub *Subscription, fits func(Event) bool) bool {
	for {
		select {
		case e := <-sub.C:
			if fits(e) {
				return true
			}
		default:
			return false
		}
	}
}

func TestOneFailedBranchDoesNotStopOthers(t *testing.T) {
	d := &depot{era: Modern}
	d.call = func(_ context.Context, call Call) (Result, error) {
		if call.Intent == "list_loans" {
			return Result{}, errors.New("down")
		}
		return d.answer(call)
	}
	k := mustKernel(t, steps(
		Step{ID: "loans", Intent: "list_loans"},
		Step{ID: "a", Intent: "get_loan", Args: args("loan_id", expr("steps.loans.loans[0].loan_id"))},
		Step{ID: "b", Intent: "get_loan", Args: args("loan_id", lit("7"))}), d)
	turn := k.mustTurn(t, ann, "x y")
	if turn.Kind != KindAnswer || statuses(turn) != "loans failed, a failed, b done" || turn.Steps[1].Error.Code != CodeDependency {
		t.Errorf("got %s %q %+v", turn.Kind, statuses(turn), turn.Steps[1].Error)
	}
}

func TestStepsRunSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &depot{era: Modern}
		d.call = func(_ context.Context, call Call) (Result, error) {
			time.Sleep(50 * time.Millisecond) // of the bubble's clock
			return d.answer(call)
		}
		k := mustKernel(t, steps(
			Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("1"))},
			Step{ID: "b", Intent: "get_loan", Args: args("loan_id", lit("2"))},
			Step{ID: "c", Intent: "get_loan", Args: args("loan_id", lit("3"))},
			Step{ID: "d", Intent: "get_loan", Args: args("loan_id", expr("steps.a.loan_id"))},
			Step{ID: "w", Intent: "ring_bell"},
			Step{ID: "v", Intent: "ring_bell"}), d)
		start := time.Now()
		k.mustTurn(t, ann, "all three")
		if took := time.Since(start); took != 100*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for at := time.Millisecond; at < 200*time.Millisecond; at += 20 * time.Millisecond {
			d := &depot{era: Modern, dry: true}
			d.call = func(ctx context.Context, call Call) (Result, error) {
				select {
				case <-time.After(50 * time.Millisecond):
					return d.answer(call)
				case <-ctx.Done():
					return Result{}, ctx.Err()
				}
			}
			k := mustKernel(t, steps(
				Step{ID: "loans", Intent: "list_loans"},
				Step{ID: "back", Intent: "return_loan", Args: args("loan_id", expr("steps.loans.loans[0].loan_id"))},
				Step{ID: "see", Intent: "get_loan", Args: args("loan_id", expr("steps.back.loan_id"))}), d)
			ctx, cancel := context.WithTimeout(t.Context(), at)
			turn, err := k.Turn(ctx, Request{Conversation: "c", User: ann, Message: "back", Yes: true})
			cancel()
			if err != nil || turn.Kind != KindError || turn.Problem.Code != CodeCancelled || len(k.store.turns) != 1 {
				t.Errorf("stopped after %v: %s %v %v", at, turn.Kind, turn.Problem, err)
			}
			done := len(turn.Steps) > 1 && turn.Steps[1].Status == StepDone
			if done != strings.Contains(turn.Answer, "Return loan 7") {
				t.Errorf("stopped after %v, the change done: %v, and the answer says %q", at, done, turn.Answer)
			}
		}
	})
}

func TestSlowSubscriberHoldsNothingUp(t *testing.T) {
	k := mustKernel(t, steps(Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("7"))}), &depot{era: Modern})
	slow, quick := k.Subscribe(1), k.Subscribe(1000)
	defer slow.Close()
	defer quick.Close()
	for range 20 {
		k.mustTurn(t, ann, "show it")
	}
	var last uint64
	n := 0
	for len(quick.C) > 0 {
		e := <-quick.C
		if last != 0 && e.Seq != last+1 {
			t.Fatalf("event %d after %d", e.Seq, last)
		}
		last = e.Seq
		n++
	}
	if n < 20*6 {
		t.Errorf("only %d events", n)
	}
}

func TestAdmit(t *testing.T) {
	answer := func(PlanRequest) Plan { return Plan{Kind: PlanAnswer, Text: "Hello."} }
	for _, tc := range []struct {
		name, message string
		kind          TurnKind
		code          string
	}{
		{"Words", "hello", KindAnswer, ""},
		{"Empty", "", KindError, CodeEmpty},
		{"Blank", " \n\t ", KindError, CodeEmpty},
		{"ControlCharacters", "\x00\x01\x1b\x07", KindError, CodeEmpty},
		{"ControlAndWords", "\x1b[31mhello\x07", KindAnswer, ""},
		{"NotUTF8", "hello \xff\xfe", KindAnswer, ""},
		{"LongEnough", strings.Repeat("å", 8000), KindAnswer, ""},
		{"TooLong", strings.Repeat("å", 8001), KindError, CodeTooLong},
		{"QuestionMark", "?", KindAnswer, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := mustKernel(t, answer)
			turn := k.mustTurn(t, ann, tc.message)
			if turn.Kind != tc.kind || (turn.Problem != nil && turn.Problem.Code != tc.code) {
				t.Errorf("got %s %+v", turn.Kind, turn.Problem)
			}
			if turn.Message != Printable(turn.Message) || len(turn.Message) > 16000 {
				t.Errorf("stored as %.80q", turn.Message)
			}
			if next := k.mustTurn(t, ann, "hello"); next.Kind != KindAnswer {
				t.Errorf("the conversation does not go on: %s", next.Answer)
			}
		})
	}
}

func TestStaff(t *testing.T) {
	show := Step{ID: "a", Intent: "list_loans"}
	d := &depot{era: Modern}
	k := mustKernel(t, steps(show), d)
	if turn := k.mustTurn(t, sue, "show loans"); turn.Kind != KindQuestion || turn.Plan.Missing.Param != "email" {
		t.Fatalf("got %s %q", turn.Kind, turn.Answer)
	}
	show.For = "Bob Birch"
	k.script.plan = steps(show)
	if turn := k.mustTurn(t, sue, "show Bob Birch's loans"); turn.Kind != KindAnswer || turn.Subject != bob.Email {
		t.Fatalf("got %s %q for %s", turn.Kind, turn.Answer, turn.Subject)
	}
	show.For = ""
	k.script.plan = steps(show)
	if turn := k.mustTurn(t, sue, "and again"); turn.Subject != bob.Email {
		t.Errorf("the conversation lost its customer: %q", turn.Subject)
	}
	show.For = "Nobody Known"
	k.script.plan = steps(show)
	if turn := k.mustTurn(t, sue, "Nobody Known's loans"); turn.Kind != KindQuestion {
		t.Errorf("got %s %q", turn.Kind, turn.Answer)
	}
	for _, c := range d.calls {
		if c.User != sue || c.Subject != bob {
			t.Errorf("a call by %s for %s", c.User.Email, c.Subject.Email)
		}
	}
}

func TestAnswerFromNowhere(t *testing.T) {
	get := steps(Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("7"))})
	for _, tc := range []struct {
		name, text string
		kept       bool
	}{
		{"FromResult", "The fee is 1.50 EUR, due 2026-03-10.", true},
		{"SmallCount", "You asked 2 times.", true},
		{"Invented", "The fee is 13.50 EUR.", false},
		{"InventedNumber", "It is loan 4711.", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := mustKernel(t, get, &depot{era: Modern})
			k.script.respond = func(_ RespondRequest, emit func(string)) (Reply, error) {
				for w := range strings.SplitAfterSeq(tc.text, " ") {
					emit(w)
				}
				return Reply{Text: tc.text}, nil
			}
			sub := k.Subscribe(100)
			defer sub.Close()
			turn := k.mustTurn(t, ann, "show it")
			if (turn.Answer == tc.text) != tc.kept {
				t.Errorf("the answer is %q", turn.Answer)
			}
			var streamed strings.Builder
			for len(sub.C) > 0 {
				if e := <-sub.C; e.Kind == EventAnswerDelta {
					streamed.WriteString(e.Text)
				}
			}
			if tc.kept && (!strings.HasPrefix(tc.text, streamed.String()) || streamed.Len() == 0 || streamed.String() == tc.text) {
				t.Errorf("streamed %q", streamed.String())
			}
			if !tc.kept && (strings.Contains(streamed.String(), "13.50") || strings.Contains(streamed.String(), "4711")) {
				t.Errorf("what comes from nowhere was streamed: %q", streamed.String())
			}
		})
	}
}

func TestJudge(t *testing.T) {
	plan := steps(Step{ID: "loans", Intent: "list_loans"}, Step{ID: "back", Intent: "return_loan", Args: args("loan_id", lit("7")), When: &Condition{Text: "the book is boring"}})
	for _, tc := range []struct {
		name     string
		verdict  Verdict
		statuses string
	}{
		{"Met", Verdict{Met: true, Known: true}, "loans done, back waiting"},
		{"NotMet", Verdict{Known: true}, "loans done, back skipped"},
		{"Unknown", Verdict{}, "loans done, back failed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := mustKernel(t, plan, &depot{era: Modern})
			k.script.judge = tc.verdict
			if turn := k.mustTurn(t, ann, "back if boring"); statuses(turn) != tc.statuses {
				t.Errorf("got %q", statuses(turn))
			}
		})
	}
}

func TestStoreFails(t *testing.T) {
	k := mustKernel(t, steps(Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("7"))}), &depot{era: Modern})
	k.store.err = errors.New("disk full")
	turn, err := k.Turn(t.Context(), Request{Conversation: "c", User: ann, Message: "show it"})
	if asError(err) == nil || asError(err).Code != CodeStore || turn.Kind != KindError {
		t.Errorf("got %s %v", turn.Kind, err)
	}
	k.store.err = nil
	if turn := k.mustTurn(t, ann, "show it"); turn.Kind != KindAnswer {
		t.Errorf("the conversation does not go on: %s", turn.Answer)
	}
}

// BenchmarkIndependentSteps shows that three independent steps of 50 ms take the
// time of one.
func BenchmarkIndependentSteps(b *testing.B) {
	d := &depot{era: Modern}
	d.call = func(_ context.Context, call Call) (Result, error) {
		<-time.After(50 * time.Millisecond)
		return d.answer(call)
	}
	k := mustKernel(b, steps(
		Step{ID: "a", Intent: "get_loan", Args: args("loan_id", lit("1"))},
		Step{ID: "b", Intent: "get_loan", Args: args("loan_id", lit("2"))},
		Step{ID: "c", Intent: "get_loan", Args: args("loan_id", lit("3"))}), d)
	for b.Loop() {
		k.mustTurn(b, ann, "all three")
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/turn")
}
