package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// mustLimited is mustKernel with limits.
func mustLimited(t *testing.T, l Limits, plan func(PlanRequest) Plan, services ...Service) rig {
	t.Helper()
	r := mustKernel(t, plan, services...)
	l.fill()
	r.cfg.Limits = l
	r.paces, r.changes = newPaces(l), newChangesMade(r.store, l.ChangesPerHour)
	return r
}

// stoppedBy checks the error of a limit: its code, and that it says three things.
func stoppedBy(t *testing.T, e *Error, code string) {
	t.Helper()
	if e == nil || e.Code != code {
		t.Fatalf("got %+v, want %s", e, code)
	}
	if n := strings.Count(e.Message+" ", ". "); n != 3 {
		t.Errorf("%d sentences: %q", n, e.Message)
	}
	if e.Technical() {
		t.Errorf("%s counts as a failure of a service", code)
	}
}

func answering(PlanRequest) Plan { return Plan{Kind: PlanAnswer, Text: "Hello."} }

func TestRate(t *testing.T) {
	r := mustLimited(t, Limits{TurnsPerMinute: 60, TurnsAtOnce: 3, AllTurnsPerMinute: 60, AllTurnsAtOnce: 5}, answering, &depot{era: Modern})
	for range 3 {
		if turn := r.mustTurn(t, ann, "hello"); turn.Kind != KindAnswer {
			t.Fatalf("%+v", turn.Problem)
		}
	}
	stored := len(r.store.turns)
	sub := r.Subscribe(10)
	turn := r.mustTurn(t, ann, "hello \x1b[2J again")
	stoppedBy(t, turn.Problem, CodeRateLimited)
	if turn.Kind != KindError || turn.Answer != turn.Problem.Message || !strings.Contains(turn.Answer, "in a second") || turn.Message != "hello ␛[2J again" {
		t.Errorf("%+v", turn)
	}
	if len(r.store.turns) != stored {
		t.Error("a refused turn was stored")
	}
	if e := <-sub.C; e.Kind != EventTurnEnded || e.Ended.Problem.Code != CodeRateLimited {
		t.Errorf("event %+v", e)
	}
	if turn := r.mustTurn(t, bob, "hello"); turn.Kind != KindAnswer {
		t.Errorf("another user: %+v", turn.Problem)
	}
	r.mustTurn(t, bob, "hello")
	stoppedBy(t, r.mustTurn(t, sue, "hello").Problem, CodeRateLimited)
	*r.now = r.now.Add(2 * time.Second)
	if turn := r.mustTurn(t, ann, "hello"); turn.Kind != KindAnswer {
		t.Errorf("after the time it said: %+v", turn.Problem)
	}
}

func TestRateOfManyUsers(t *testing.T) {
	p := newPaces(Limits{TurnsPerMinute: 60, TurnsAtOnce: 2})
	for i := range 3 * pacedUsers {
		if e := p.admit(fmt.Sprint(i), testNow); e != nil {
			t.Fatal(e)
		}
		if len(p.users) > pacedUsers {
			t.Fatalf("%d users are remembered", len(p.users))
		}
	}
}

func TestNoLimits(t *testing.T) {
	r := mustLimited(t, Limits{CallsPerTurn: -1, AnswerLength: -1, TurnsPerConversation: -1, TurnsPerMinute: -1, ChangesPerHour: -1}, answering, &depot{era: Modern})
	for range 300 {
		if turn := r.mustTurn(t, ann, "hello"); turn.Kind != KindAnswer {
			t.Fatalf("%+v", turn.Problem)
		}
	}
}

func TestCallsPerTurn(t *testing.T) {
	d := &depot{era: Modern}
	plan := steps(
		Step{ID: "a", Intent: "list_loans"}, Step{ID: "b", Intent: "get_loan", Args: args("loan_id", lit("7")), After: []string{"a"}},
		Step{ID: "c", Intent: "get_loan", Args: args("loan_id", lit("8")), After: []string{"b"}},
	)
	r := mustLimited(t, Limits{CallsPerTurn: 2}, plan, d)
	for range 2 { // every message anew
		turn := r.mustTurn(t, ann, "show my loans")
		if got := statuses(turn); got != "a done, b done, c failed" {
			t.Fatal(got)
		}
		stoppedBy(t, turn.Steps[2].Error, CodeTooManyCalls)
	}
	if len(d.calls) != 4 {
		t.Errorf("%d calls", len(d.calls))
	}
	t.Run("Retries", func(t *testing.T) {
		d := &depot{era: Modern, call: func(context.Context, Call) (Result, error) { return Result{}, errors.New("down") }}
		r := mustLimited(t, Limits{CallsPerTurn: 2}, steps(Step{ID: "a", Intent: "list_loans"}), d)
		stoppedBy(t, r.mustTurn(t, ann, "show my loans").Steps[0].Error, CodeTooManyCalls)
		if len(d.calls) != 2 {
			t.Errorf("%d calls", len(d.calls))
		}
	})
	t.Run("Change", func(t *testing.T) {
		d := &depot{era: Modern}
		r := mustLimited(t, Limits{CallsPerTurn: 1}, steps(
			Step{ID: "a", Intent: "list_loans"}, Step{ID: "w", Intent: "ring_bell", After: []string{"a"}},
		), d)
		turn := r.mustTurn(t, ann, "ring the bell")
		stoppedBy(t, turn.Steps[1].Error, CodeTooManyCalls)
		if len(d.made("ring_bell")) != 0 || turn.Steps[1].Flag != "" {
			t.Errorf("called, or flagged: %q", turn.Steps[1].Flag)
		}
	})
}

func TestChangesPerHour(t *testing.T) {
	d := &depot{era: Modern}
	plan := steps(Step{ID: "w", Intent: "return_loan", Args: args("loan_id", lit("7"))})
	limits := Limits{ChangesPerHour: 3}
	r := mustLimited(t, limits, plan, d)
	say := func(r rig, u User) Turn {
		t.Helper()
		turn, err := r.Turn(t.Context(), Request{Conversation: "c-" + u.Email, User: u, Message: "return loan 7", Yes: true})
		if err != nil {
			t.Fatal(err)
		}
		return turn
	}
	for range 3 {
		if turn := say(r, ann); turn.Steps[0].Status != StepDone {
			t.Fatalf("%+v", turn.Problem)
		}
	}
	stoppedBy(t, say(r, ann).Problem, CodeTooManyChanges)
	if turn := say(r, bob); turn.Steps[0].Status != StepDone {
		t.Errorf("another user: %+v", turn.Problem)
	}
	t.Run("AfterRestart", func(t *testing.T) {
		again := mustLimited(t, limits, plan, d)
		again.store.turns = r.store.turns
		before := len(d.made("return_loan"))
		stoppedBy(t, say(again, ann).Problem, CodeTooManyChanges)
		if len(d.made("return_loan")) != before {
			t.Error("the service was called")
		}
		*again.now = again.now.Add(time.Hour + time.Second)
		if turn := say(again, ann); turn.Kind == KindError || turn.Steps[0].Status != StepDone {
			t.Errorf("an hour later: %+v", turn.Problem)
		}
	})
	t.Run("AtTheCall", func(t *testing.T) { // several side by side, and changes that ask no yes
		bell := mustLimited(t, limits, steps(
			Step{ID: "a", Intent: "ring_bell"}, Step{ID: "b", Intent: "ring_bell"}, Step{ID: "c", Intent: "ring_bell"}, Step{ID: "d", Intent: "ring_bell"},
		), d)
		turn := bell.mustTurn(t, ann, "ring the bell four times")
		if got := statuses(turn); got != "a done, b done, c done, d failed" {
			t.Fatal(got)
		}
		stoppedBy(t, turn.Steps[3].Error, CodeTooManyChanges)
	})
	t.Run("MoreThanEver", func(t *testing.T) {
		var many []Step
		for i := range 4 {
			many = append(many, Step{ID: fmt.Sprintf("w%d", i), Intent: "return_loan", Args: args("loan_id", lit("7"))})
		}
		fresh := mustLimited(t, limits, steps(many...), d)
		turn := fresh.mustTurn(t, bob, "return loan 7, four times")
		stoppedBy(t, turn.Problem, CodeTooManyChanges)
		if !strings.Contains(turn.Answer, "changes-per-hour") {
			t.Error(turn.Answer)
		}
	})
}

func TestTakingBackIsNoChangeTooMany(t *testing.T) {
	v := newVault()
	r := mustLimited(t, Limits{ChangesPerHour: 2, CallsPerTurn: 2}, steps(Step{ID: "a", Intent: "set_a"}, Step{ID: "b", Intent: "set_b"}), &process{vault: v, died: make(chan struct{})})
	r.mustTurn(t, ann, "set them")
	if turn := r.mustTurn(t, ann, "yes"); turn.Outcome != OutcomeDone {
		t.Fatal(turn.Answer)
	}
	stoppedBy(t, r.mustTurn(t, ann, "set them").Problem, CodeTooManyChanges)
	r.mustTurn(t, ann, UndoCommand)
	if turn := r.mustTurn(t, ann, "yes"); turn.Outcome != OutcomeDone || v.set["a"] || v.set["b"] {
		t.Errorf("%s %s", turn.Outcome, turn.Answer)
	}
	stoppedBy(t, r.mustTurn(t, ann, "set them").Problem, CodeTooManyChanges) // going to and fro gains nothing
}

func TestTurnsPerConversation(t *testing.T) {
	r := mustLimited(t, Limits{TurnsPerConversation: 20}, answering, &depot{era: Modern})
	for range 20 {
		r.mustTurn(t, ann, "hello")
	}
	stoppedBy(t, r.mustTurn(t, ann, "hello").Problem, CodeConversationFull)
	if len(r.store.turns) != 20 {
		t.Errorf("%d turns are stored", len(r.store.turns))
	}
	again := mustLimited(t, Limits{TurnsPerConversation: 20}, answering, &depot{era: Modern})
	again.store.turns = r.store.turns
	stoppedBy(t, again.mustTurn(t, ann, "hello").Problem, CodeConversationFull)
	if turn, err := again.Turn(t.Context(), Request{Conversation: "new", User: ann, Message: "hello"}); err != nil || turn.Kind != KindAnswer {
		t.Errorf("a new conversation: %v %+v", err, turn.Problem)
	}
}

func TestAnswerLength(t *testing.T) {
	const most = 100
	for _, tc := range []struct {
		name    string
		respond func(RespondRequest, func(string)) (Reply, error)
	}{
		{"Whole", func(RespondRequest, func(string)) (Reply, error) {
			return Reply{Text: strings.Repeat("very ", 1000)}, nil
		}},
		{"Stream", func(_ RespondRequest, emit func(string)) (Reply, error) {
			for range 1000 {
				emit("very ")
			}
			return Reply{Text: strings.Repeat("very ", 1000)}, nil
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := mustLimited(t, Limits{AnswerLength: most}, steps(Step{ID: "a", Intent: "list_loans"}), &depot{era: Modern})
			r.script.respond = tc.respond
			sub := r.Subscribe(3000)
			turn := r.mustTurn(t, ann, "show my loans")
			said, note, ok := strings.Cut(turn.Answer, "\n\nThe answer is cut here")
			if !ok || len(said) > most || len(said) < most/2 || !strings.Contains(note, "answer-length") {
				t.Errorf("%q", turn.Answer)
			}
			sub.Close()
			streamed := ""
			for e := range sub.C {
				if e.Kind == EventAnswerDelta {
					streamed += e.Text
				}
			}
			if len(streamed) > most {
				t.Errorf("%d characters were streamed", len(streamed))
			}
		})
	}
	t.Run("Endless", func(t *testing.T) {
		r := mustLimited(t, Limits{AnswerLength: most}, steps(Step{ID: "a", Intent: "list_loans"}), &depot{era: Modern})
		r.backend.Store(&inUse{endless{r.script}, BackendInfo{Name: "endless"}})
		turn := r.mustTurn(t, ann, "show my loans")
		if turn.Kind != KindAnswer || !strings.HasPrefix(turn.Answer, "on and on") || !strings.Contains(turn.Answer, "cut here") {
			t.Errorf("%s %q", turn.Kind, turn.Answer)
		}
	})
}

// endless is a backend that answers until it is stopped.
type endless struct{ *script }

func (endless) Respond(ctx context.Context, _ RespondRequest, emit func(string)) (Reply, error) {
	for ctx.Err() == nil {
		emit("on and on ")
	}
	return Reply{}, ctx.Err()
}

func TestShortened(t *testing.T) {
	for _, tc := range []struct {
		in   string
		most int
		want string
	}{
		{"short", 10, "short"},
		{"two words", 5, "two"},
		{"oneword", 3, "one"},
		{"e\u0301e\u0301e\u0301", 3, "e\u0301"},
		{"größer als gut", 7, "größer"},
	} {
		if got, _ := shortened(tc.in, tc.most); got != tc.want {
			t.Errorf("%q: %q, want %q", tc.in, got, tc.want)
		}
	}
}
