package replay

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	var tape bytes.Buffer
	var mu sync.Mutex
	recorder := Record(locked{&mu, &tape}, script{plan: hello, respond: done, why: "so it is"})
	t.Run("Record", func(t *testing.T) {
		conformance.Backend(t, func(testing.TB) orchestrator.Backend { return recorder })
	})
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	t.Run("Replay", func(t *testing.T) {
		conformance.Backend(t, func(t testing.TB) orchestrator.Backend {
			return mustOpen(t, tape.String())
		})
	})
}

type locked struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func mustOpen(tb testing.TB, tape string) *Player {
	tb.Helper()
	p, err := Open(strings.NewReader(tape))
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func mustPlan(tb testing.TB, b orchestrator.Backend, req orchestrator.PlanRequest) orchestrator.Plan {
	tb.Helper()
	reply, err := b.Plan(tb.Context(), req)
	if err != nil {
		tb.Fatal(err)
	}
	return reply.Plan
}

func mustRespond(tb testing.TB, b orchestrator.Backend, req orchestrator.RespondRequest) string {
	tb.Helper()
	reply, err := b.Respond(tb.Context(), req, func(string) {})
	if err != nil {
		tb.Fatal(err)
	}
	return reply.Text
}

// parrot repeats what it was asked, in every place that a reply has.
func parrot() script {
	return script{
		plan: func(r orchestrator.PlanRequest) (orchestrator.Plan, error) {
			words := strings.Fields(r.Message)
			return orchestrator.Plan{Kind: orchestrator.PlanSteps, Text: "For you, " + strings.ToUpper(r.User.Name) + ":", Steps: []orchestrator.Step{{
				ID: "a", Intent: "update_phone", For: r.User.Email, Text: r.Message,
				Args: map[string]orchestrator.Arg{
					"phone":   {Value: words[len(words)-1]},
					"address": {Value: strings.Join(words[2:4], " ")},
					"order":   {Ref: `steps.orders.orders[0].order_id`, Text: "hers"},
				},
				When: &orchestrator.Condition{Text: "it is hers", Expr: `user.email == "` + r.User.Email + `"`},
			}}}, nil
		},
		respond: func(r orchestrator.RespondRequest) (string, error) {
			first, _, _ := strings.Cut(r.User.Name, " ")
			return "Dear " + first + ", it goes to " + r.Steps[0].Result["address"].(string) + ". You said: " + r.Message, nil
		},
	}
}

func profile(address string) map[string]any {
	return map[string]any{"email": "x@y.example", "address": address, "since": "2024-05-06", "card": "4111 1111 1111 1111", "number": 4111111111111111.0}
}

// Personal data and secrets stay out of the file.
func TestMasked(t *testing.T) {
	var tape bytes.Buffer
	r := Record(&tape, parrot(), "the-house-key")
	mustPlan(t, r, ask(ada, "deliver to blue barn and call me, ada, on +47 400 00 100 or +4740000200"))
	mustRespond(t, r, tell(ada, "my key is sk-canary-0123456789abcdef or the-house-key, password: hunter22", profile("12 Elm Street, 0150 Oslo")))
	failing := Record(&tape, script{plan: func(r orchestrator.PlanRequest) (orchestrator.Plan, error) {
		return orchestrator.Plan{}, orchestrator.Errorf(orchestrator.CodeBackendBadKey, "The key sk-canary-0123456789abcdef of %s is refused.", r.User.Name)
	}})
	if _, err := failing.Plan(t.Context(), ask(ada, "hello")); err == nil {
		t.Fatal("the failure was lost")
	}
	for _, secret := range []string{"ada", "okafor", "400 00 100", "40000200", "blue barn", "elm", "oslo", "canary", "4111", "house-key", "hunter", "y.example"} {
		if strings.Contains(strings.ToLower(tape.String()), secret) {
			t.Errorf("%q is in the recording:\n%s", secret, tape.String())
		}
	}
}

// A condition is judged without a word of who asks; the conversation knows.
func TestJudgeMasked(t *testing.T) {
	var tape bytes.Buffer
	in := func(user orchestrator.User) context.Context {
		return orchestrator.WithAsking(t.Context(), orchestrator.Asking{Conversation: user.Email, User: user.Email}, nil)
	}
	r := Record(&tape, script{plan: hello, why: "Okafor likes it"})
	if _, err := r.Plan(in(ada), ask(ada, "hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Judge(in(ada), orchestrator.JudgeRequest{Condition: "if Ada likes it"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(tape.String(), "Ada") || strings.Contains(tape.String(), "Okafor") {
		t.Errorf("a name is in the recording:\n%s", tape.String())
	}
	player := mustOpen(t, tape.String())
	if _, err := player.Plan(in(ben), ask(ben, "hello")); err != nil {
		t.Fatal(err)
	}
	v, err := player.Judge(in(ben), orchestrator.JudgeRequest{Condition: "if Ben likes it"})
	if err != nil || !v.Met || !v.Known || v.Why != "Sato likes it" {
		t.Errorf("%+v, %v", v, err)
	}
}

// What one person recorded comes out with the data of the person at hand.
func TestRestored(t *testing.T) {
	var tape bytes.Buffer
	r := Record(&tape, parrot())
	mustPlan(t, r, ask(ada, "deliver to blue barn and call ADA on +4740000100"))
	mustRespond(t, r, tell(ada, "where am I? ada@example.com, sk-canary-0123456789abcdef", profile("12 Elm Street, 0150 Oslo")))

	p := mustOpen(t, tape.String())
	message := "deliver to blue barn and call BEN on +4740000200"
	got := mustPlan(t, p, ask(ben, message))
	want, _ := parrot().plan(ask(ben, message))
	for what, pair := range map[string][2]any{
		"phone":     {got.Steps[0].Args["phone"].Value, want.Steps[0].Args["phone"].Value},
		"address":   {got.Steps[0].Args["address"].Value, want.Steps[0].Args["address"].Value},
		"reference": {got.Steps[0].Args["order"].Ref, want.Steps[0].Args["order"].Ref},
		"for":       {got.Steps[0].For, want.Steps[0].For},
		"condition": {*got.Steps[0].When, *want.Steps[0].When},
		"text":      {got.Text, want.Text},
		"message":   {got.Steps[0].Text, want.Steps[0].Text},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q instead of %q", what, pair[0], pair[1])
		}
	}
	answer := mustRespond(t, p, tell(ben, "where am I? ben@example.com, sk-another-0123456789abcdef", profile("1 Oak Road, 0151 Bergen")))
	if want := "Dear Ben, it goes to 1 Oak Road, 0151 Bergen. You said: where am I? ben@example.com, sk-another-0123456789abcdef"; answer != want {
		t.Errorf("the answer is\n%s\ninstead of\n%s", answer, want)
	}
}

// The same request gets its own reply; without one, the same message does, in the
// order of the recording.
func TestOrder(t *testing.T) {
	n := 0
	b := script{plan: func(orchestrator.PlanRequest) (orchestrator.Plan, error) {
		n++
		return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: strings.Repeat("I", n)}, nil
	}}
	var tape bytes.Buffer
	r := Record(&tape, b)
	after := func(answer string) orchestrator.PlanRequest {
		req := ask(ada, "and now?")
		req.Conversation = []orchestrator.Turn{{ID: answer + "-id", Message: "before", Answer: answer, DurationMS: float64(n), At: day}}
		return req
	}
	for _, answer := range []string{"one", "two", "three"} {
		mustPlan(t, r, after(answer))
	}
	p := mustOpen(t, tape.String())
	for _, c := range []struct{ answer, want string }{
		{"two", "II"},     // the same request
		{"other", "I"},    // the same message, the first that is left
		{"other", "III"},  // the next
		{"other", "III"},  // the last again
		{"three", "III"},  // the same request again
		{"one", "I"},      // used by another, but still its own
		{"other", "III"},  // nothing new
		{"two at", "III"}, // a time in the text is none of its own
	} {
		if got := mustPlan(t, p, after(c.answer)); got.Text != c.want {
			t.Errorf("after %q comes %q instead of %q", c.answer, got.Text, c.want)
		}
	}
}

// Neither IDs nor times nor durations make a request another one.
func TestSameRequest(t *testing.T) {
	request := func(id, at string, ms float64) *request {
		req := tell(ada, "hello", map[string]any{"placed": at})
		req.Steps[0].DurationMS = ms
		req.Conversation = []orchestrator.Turn{{ID: id, Conversation: id, Message: "hi", DurationMS: ms, Answer: "On " + at + " it was."}}
		return respondRequest(nil, nil, req)
	}
	a, b := request("A", "2026-03-05T12:00:00Z", 1), request("B", "2027-04-06T13:01:02.5+02:00", 2)
	if a.hash != b.hash {
		t.Error("the same request has two hashes")
	}
	other := tell(ada, "hello", map[string]any{"placed": "never"})
	if a.hash == respondRequest(nil, nil, other).hash {
		t.Error("different requests have the same hash")
	}
}

func TestUsage(t *testing.T) {
	var tape bytes.Buffer
	mustPlan(t, Record(&tape, script{plan: hello}), ask(ada, "hello"))
	reply, err := mustOpen(t, tape.String()).Plan(t.Context(), ask(ada, "hello"))
	want := orchestrator.Usage{Backend: "replay", Model: "m1", ModelCalls: 1, InputTokens: 100, OutputTokens: 10}
	if err != nil || reply.Usage != want {
		t.Errorf("the usage is %+v, %v", reply.Usage, err)
	}
}

// A failure is played back as it was, with what had been said before it.
func TestRecordedError(t *testing.T) {
	var tape bytes.Buffer
	r := Record(&tape, script{respond: func(orchestrator.RespondRequest) (string, error) {
		return "It was a", orchestrator.Errorf(orchestrator.CodeBackendTruncated, "The reply ended too early.")
	}})
	if _, err := r.Respond(t.Context(), tell(ada, "hello", nil), func(string) {}); err == nil {
		t.Fatal("the failure was lost")
	}
	var said strings.Builder
	_, err := mustOpen(t, tape.String()).Respond(t.Context(), tell(ada, "hello", nil), func(s string) { said.WriteString(s) })
	var coded *orchestrator.Error
	if !errors.As(err, &coded) || coded.Code != orchestrator.CodeBackendTruncated || coded.Message != "The reply ended too early." || said.String() != "It was a" {
		t.Errorf("%q, %v", said.String(), err)
	}
}

func TestErrNotRecorded(t *testing.T) {
	var tape bytes.Buffer
	mustPlan(t, Record(&tape, script{plan: hello}), ask(ada, "hello"))
	_, err := mustOpen(t, tape.String()).Plan(t.Context(), ask(ada, "good bye"))
	var coded *orchestrator.Error
	if !errors.Is(err, ErrNotRecorded) || !errors.As(err, &coded) || coded.Code != CodeNotRecorded || !strings.Contains(coded.Message, "holds 1") {
		t.Errorf("%v", err)
	}
}

func TestErrFormat(t *testing.T) {
	const head = `{"banyan_recording":1,"backend":"script"}` + "\n"
	for name, tape := range map[string]string{
		"Empty":     "",
		"Blank":     "\n\n",
		"NotJSON":   "hello",
		"NoHead":    `{"skill":"plan"}`,
		"Newer":     `{"banyan_recording":2}`,
		"CutOff":    head + `{"skill":"plan","hash":"a"`,
		"NoSkill":   head + `{"skill":"dance","text":"x"}`,
		"NoReply":   head + `{"skill":"plan"}`,
		"NoVerdict": head + `{"skill":"judge","text":"x"}`,
		"LongLine":  head + strings.Repeat("x", maxLine+1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Open(strings.NewReader(tape)); !errors.Is(err, ErrFormat) {
				t.Errorf("the error is %v", err)
			}
		})
	}
	if _, err := Open(strings.NewReader("\n" + head + "\n")); err != nil {
		t.Errorf("a recording without exchanges: %v", err)
	}
}

// One file may hold several sessions.
func TestSessions(t *testing.T) {
	var tape bytes.Buffer
	for _, message := range []string{"hello", "good bye"} {
		mustPlan(t, Record(&tape, script{plan: hello}), ask(ada, message))
	}
	p := mustOpen(t, tape.String())
	mustPlan(t, p, ask(ada, "good bye"))
	mustPlan(t, p, ask(ada, "hello"))
}

// A disk that is full does not disturb the conversation, and is told.
func TestWriteFails(t *testing.T) {
	full := errors.New("the disk is full")
	r := Record(writerFunc(func([]byte) (int, error) { return 0, full }), script{plan: hello})
	told := 0
	ctx := orchestrator.WithAsking(t.Context(), orchestrator.Asking{}, func(string) { told++ })
	for range 3 {
		if _, err := r.Plan(ctx, ask(ada, "hello")); err != nil {
			t.Error(err)
		}
	}
	if told != 1 {
		t.Errorf("it was told %d times", told)
	}
	if err := r.Close(); !errors.Is(err, full) {
		t.Errorf("closing says %v", err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A call that was stopped is no exchange.
func TestCancelled(t *testing.T) {
	var tape bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Record(&tape, script{plan: hello}).Plan(ctx, ask(ada, "hello")); err == nil {
		t.Fatal("the script goes on though its context has ended")
	}
	if tape.Len() > 0 {
		t.Errorf("recorded: %s", tape.String())
	}
}
