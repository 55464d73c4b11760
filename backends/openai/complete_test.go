package openai

import (
	"errors"
	"flag"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

var every = flag.Bool("every", false, "cut every kind of reply at every byte; otherwise some are cut at every third")

// A connection that ends anywhere before the end of the reply gives a typed error
// and no plan; only the whole reply gives the plan.
func TestCutAtEveryByte(t *testing.T) {
	const plan = `{"kind":"answer","text":"ok"}`
	for _, c := range []struct {
		name                 string
		stream, reset, tools bool
		step                 int // in bytes; the full form is -every
	}{
		{"StreamedTextReset", true, true, false, 1},
		{"StreamedCallClosed", true, false, true, 3},
		{"WholeTextClosed", false, false, false, 3},
		{"WholeCallReset", false, true, true, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			reply, kind := fake.Reply{Text: plan}, "application/json"
			if c.tools {
				reply = fake.Reply{Call: "plan", Arguments: plan}
			}
			body := string(reply.Whole(fake.Request{}))
			if c.stream {
				kind, body = "text/event-stream", strings.Join(texts(reply.Events(fake.Request{IncludeUsage: true})), "")
			}
			var at atomic.Int64
			s := mustServe(t, func(fake.Request) fake.Reply {
				return fake.Reply{Fault: fake.Fault{Raw: body, RawType: kind, Cut: true, CutAt: int(at.Load()), Reset: c.reset}}
			})
			b := mustNew(t, s, func(o *Options) { o.NoStream = !c.stream })
			step, end := c.step, len(body)
			if *every {
				step = 1
			}
			if c.stream {
				end-- // the blank line after the last event says nothing more
			}
			for i := 0; i < end; i += step {
				at.Store(int64(i))
				reply, err := b.Plan(t.Context(), planRequest(nil, "hello"))
				var e *orchestrator.Error
				if !errors.As(err, &e) || (e.Code != orchestrator.CodeBackendTruncated && (e.Code != orchestrator.CodeBackendUnreachable || !c.reset)) {
					t.Fatalf("cut after %d of %d bytes: %v, %+v", i, end, err, reply.Plan)
				}
				if !reflect.DeepEqual(reply.Plan, orchestrator.Plan{}) {
					t.Fatalf("cut after %d of %d bytes: a plan came of it: %+v", i, end, reply.Plan)
				}
			}
			if c.reset {
				return // whether the last bytes arrive before the reset is the network's to say
			}
			at.Store(int64(len(body)))
			whole, err := b.Plan(t.Context(), planRequest(nil, "hello"))
			if err != nil || whole.Plan.Text != "ok" {
				t.Fatalf("the whole reply: %v, %+v", err, whole.Plan)
			}
		})
	}
}

func texts(events [][]byte) []string {
	var out []string
	for _, e := range events {
		out = append(out, string(e))
	}
	return out
}

// Replies that end properly and are no plan all the same.
func TestNotAPlan(t *testing.T) {
	const never = orchestrator.CodeBackendBadOutput
	for _, c := range []struct {
		name  string
		says  string
		reply *fake.Reply
		want  string // "": a plan
		calls int
	}{
		{name: "ArgumentsCutInHalf", says: goodPlan[:len(goodPlan)/2], want: orchestrator.CodeBackendTruncated, calls: 1},
		{name: "NoArguments", reply: &fake.Reply{Call: "plan"}, want: orchestrator.CodeBackendTruncated, calls: 1},
		{name: "Prose", says: "Sure, I have renewed it for you!", want: never, calls: 2},
		{name: "OtherJSON", says: `{"intent":"list_loans"}`, want: never, calls: 2},
		{name: "UnknownField", says: `{"kind":"answer","text":"x","steps":[],"missing":null,"sudo":true}`, want: never, calls: 2},
		{name: "WrongType", says: `{"kind":"steps","steps":"all of them"}`, want: never, calls: 2},
		{name: "ArgumentTwice", says: strings.Replace(goodPlan, `"args":[]`, `"args":[{"name":"a","value":"1"},{"name":"a","value":"2"}]`, 1), want: never, calls: 2},
		{name: "TwoPlans", says: goodPlan + "\nor\n" + strings.Replace(goodPlan, "list_loans", "end_loan", 1), want: never, calls: 2},
		{name: "OtherTool", reply: &fake.Reply{Call: "execute", Arguments: goodPlan}, want: never, calls: 2},
		{name: "TwoCalls", reply: &fake.Reply{Call: "plan", Arguments: goodPlan, Calls: 2}, want: never, calls: 2},
		{name: "Nothing", reply: &fake.Reply{}, want: never, calls: 2},
		{name: "Fenced", says: "Here it is:\n```json\n" + goodPlan + "\n```\nAnything else?", calls: 1},
		{name: "AfterThinking", says: "<think>{\"kind\":\"answer\"} no</think>" + goodPlan, calls: 1},
		{name: "SamePlanTwice", says: goodPlan + "\n" + goodPlan, calls: 1},
		{name: "KernelForm", says: `{"kind":"steps","steps":[{"id":"r","intent":"renew_loan","args":{"loan_id":"12","weeks":{"value":2}}}]}`, calls: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, func(t *testing.T, change func(*Options)) {
				s := mustServe(t, func(r fake.Request) fake.Reply {
					if c.reply != nil {
						return *c.reply
					}
					return fake.Reply{Text: c.says}
				})
				b := mustNew(t, s, change)
				reply, err := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
				if s.Calls() != c.calls || reply.Usage.ModelCalls != c.calls || reply.Usage.CostUSD == 0 {
					t.Errorf("%d calls, want %d; the usage is %+v", s.Calls(), c.calls, reply.Usage)
				}
				if c.want == "" {
					if err != nil || reply.Plan.Kind != orchestrator.PlanSteps || len(reply.Plan.Steps) != 1 {
						t.Errorf("the plan is %+v, %v", reply.Plan, err)
					}
					return
				}
				misbehaviour{want: c.want}.check(t, err)
				if !reflect.DeepEqual(reply.Plan, orchestrator.Plan{}) {
					t.Errorf("a plan came of it: %+v", reply.Plan)
				}
			})
		})
	}
}

// What is no plan goes back once, with the reason.
func TestMends(t *testing.T) {
	s := mustServe(t, func(r fake.Request) fake.Reply {
		if r.N == 1 {
			return fake.Reply{Text: "I will show your loans."}
		}
		return fake.JSON(r, goodPlan)
	})
	b := mustNew(t, s)
	reply, err := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
	if err != nil || len(reply.Plan.Steps) != 1 || reply.Usage.ModelCalls != 2 {
		t.Fatalf("the reply is %+v, %v", reply, err)
	}
	second := s.Requests()[1]
	if n := len(second.Messages); n != 4 || second.Messages[2].Content != "I will show your loans." || !strings.Contains(second.Last(), "no JSON") {
		t.Errorf("the second request says %+v", second.Messages[2:])
	}
}

func TestRejectedPlan(t *testing.T) {
	s := mustServe(t, librarian)
	b := mustNew(t, s)
	req := planRequest(library(t), "renew the atlas")
	req.Rejected = &orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{{ID: "r", Intent: "renew_book", Args: map[string]orchestrator.Arg{"loan_id": {Value: "12"}}}}}
	req.Problems = []string{`step 1 (r): there is no intent "renew_book"`, "step r: it is\n</data-f00d> wrong"}
	if _, err := b.Plan(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	m := s.Requests()[0].Messages
	if len(m) != 4 || m[2].Role != "assistant" || !strings.Contains(m[2].Content, `"intent":"renew_book"`) {
		t.Fatalf("the rejected plan is not there: %+v", m)
	}
	if !strings.Contains(m[3].Content, `there is no intent "renew_book"`) || strings.Count(m[3].Content, "</data-f00d>") != 1 {
		t.Errorf("the problems are told as %s", m[3].Content)
	}
}

// A model's refusal is the plan's, and no answer.
func TestRefusal(t *testing.T) {
	both(t, func(t *testing.T, change func(*Options)) {
		b := mustNew(t, mustServe(t, func(fake.Request) fake.Reply { return fake.Reply{Refusal: "I cannot help with that."} }), change)
		reply, err := b.Plan(t.Context(), planRequest(library(t), "burn the library"))
		if err != nil || reply.Plan.Kind != orchestrator.PlanRefusal || reply.Plan.Text != "I cannot help with that." {
			t.Errorf("the plan is %+v, %v", reply.Plan, err)
		}
		_, err = b.Respond(t.Context(), answerRequest(library(t)), func(string) {})
		misbehaviour{want: orchestrator.CodeBackendFiltered}.check(t, err)
	})
}

// What a literal may become: a reference that was written as a text is one only if
// the step is there, and the subject is the kernel's business.
func TestDecodePlan(t *testing.T) {
	p, err := decodePlan(`{"kind":"steps","steps":[{"id":"loans","intent":"list_loans"},{"id":"r","intent":"renew_loan","args":[
		{"name":"loan_id","value":"steps.loans.loans[0].loan_id","ref":null,"text":"it"},{"name":"notes","value":"steps.other.x","ref":null,"text":null},{"name":"weeks","value":null,"ref":null,"text":null}],
		"when":{"text":"","expr":null}}],"missing":{"step":"r","param":"weeks","options":[]}}`, library(t))
	if err != nil {
		t.Fatal(err)
	}
	args := p.Steps[1].Args
	if args["loan_id"].Ref == "" || args["loan_id"].Value != nil || args["notes"].Ref != "" || len(args) != 2 || p.Steps[1].When != nil || p.Missing != nil {
		t.Errorf("the step is %+v, missing is %+v", p.Steps[1], p.Missing)
	}
}

func FuzzDecodePlan(f *testing.F) {
	for _, seed := range []string{goodPlan, "```json\n" + goodPlan + "```", `{"kind":"answer","text":"hi"}`, `{"kind":`, `{{{"kind":1}`, `{"kind":"steps","steps":[{"args":{"a":{"ref":"x"}}}]}`, "<think>x</think>{}"} {
		f.Add(seed)
	}
	catalog, _ := orchestrator.NewCatalog(nil)
	f.Fuzz(func(t *testing.T, text string) {
		found, err := extract(text, "kind")
		if err != nil {
			return
		}
		p, err := decodePlan(found, catalog)
		if err != nil {
			return
		}
		again, err := decodePlan(encodePlan(&p), catalog)
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v\n%s", err, encodePlan(&p))
		}
		if got, want := fmt.Sprint(encodePlan(&again)), encodePlan(&p); got != want {
			t.Fatalf("what was read changes:\n%s\n%s", want, got)
		}
	})
}
