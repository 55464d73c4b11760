package openai

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	oai "github.com/sashabaranov/go-openai"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// answerText is an answer of some length.
var answerText = strings.Repeat("Loan 12 is the *Atlas*, due on 9 March 2026. ", 8)

// ready starts a provider that spends no time on making up its replies.
func ready(b *testing.B) *fake.Server {
	b.Helper()
	events := func(p fake.Reply) fake.Reply {
		return fake.Reply{Fault: fake.Fault{RawType: "text/event-stream", Raw: strings.Join(texts(p.Events(fake.Request{IncludeUsage: true, Model: "test-model"})), "")}}
	}
	plan, answer := events(fake.Reply{Text: goodPlan}), events(fake.Reply{Text: answerText})
	return mustServe(b, func(r fake.Request) fake.Reply {
		if r.Schema != "" {
			return plan
		}
		return answer
	})
}

// handWritten is what a program without this package would do for the same two
// requests: send them with the same client and the same prompts, put the pieces
// together, decode the plan.
func handWritten(ctx context.Context, c *oai.Client, planning, answering oai.ChatCompletionRequest) (orchestrator.Plan, string, error) {
	read := func(r oai.ChatCompletionRequest) (string, error) {
		s, err := c.CreateChatCompletionStream(ctx, r)
		if err != nil {
			return "", err
		}
		defer func() { _ = s.Close() }()
		var text strings.Builder
		for {
			chunk, err := s.Recv()
			if errors.Is(err, io.EOF) {
				return text.String(), nil
			} else if err != nil {
				return "", err
			}
			for _, choice := range chunk.Choices {
				text.WriteString(choice.Delta.Content)
			}
		}
	}
	text, err := read(planning)
	if err != nil {
		return orchestrator.Plan{}, "", err
	}
	var w wirePlan
	if err := json.Unmarshal([]byte(text), &w); err != nil {
		return orchestrator.Plan{}, "", err
	}
	answer, err := read(answering)
	return orchestrator.Plan{Kind: w.Kind}, answer, err
}

// BenchmarkOverhead compares planning and answering with a hand-written loop on
// the same client, against a provider that takes no time, on loopback.
func BenchmarkOverhead(b *testing.B) {
	catalog := library(b)
	planReq, answerReq := planRequest(catalog, "show my loans"), answerRequest(catalog)
	b.Run("Banyan", func(b *testing.B) {
		backend := mustNew(b, ready(b))
		b.ReportAllocs()
		for b.Loop() {
			plan, err := backend.Plan(b.Context(), planReq)
			if err != nil || len(plan.Plan.Steps) != 1 {
				b.Fatal(err)
			}
			reply, err := backend.Respond(b.Context(), answerReq, func(string) {})
			if err != nil || reply.Text != answerText {
				b.Fatalf("%v: %q", err, reply.Text)
			}
		}
	})
	for _, c := range []struct {
		name string
		own  bool // the transport of http.DefaultTransport, or that of the backend
	}{{"HandWritten", true}, {"HandWrittenSameTransport", false}} {
		b.Run(c.name, func(b *testing.B) {
			s := ready(b)
			backend := mustNew(b, s)
			planning, _ := backend.prompts.plan(planReq, catalog.Intents(), fence{"f00d"}, false)
			answering, _ := backend.prompts.respond(answerReq, fence{"f00d"})
			w := backend.known()
			first := w.request(question{messages: planning, name: "plan", schema: planSchema, maxTokens: 4096}, backend.opts)
			second := w.request(question{messages: answering, maxTokens: 4096}, backend.opts)
			client := backend.client
			if c.own {
				cfg := oai.DefaultConfig(canary)
				cfg.BaseURL = s.URL
				client = oai.NewClientWithConfig(cfg)
			}
			b.ReportAllocs()
			for b.Loop() {
				plan, answer, err := handWritten(b.Context(), client, first, second)
				if err != nil || plan.Kind != orchestrator.PlanSteps || answer != answerText {
					b.Fatalf("%v: %q", err, answer)
				}
			}
		})
	}
}
