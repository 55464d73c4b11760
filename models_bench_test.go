package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	oai "github.com/sashabaranov/go-openai"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// twoReads is a plan of two independent reads.
const twoReads = `{"kind":"steps","steps":[{"id":"orders","intent":"list_orders"},{"id":"profile","intent":"get_profile"}]}`

const twoReadsAnswer = "You have three orders, and your phone number is on file."

// BenchmarkModelTurn compares a turn of two reads with a loop written by hand on
// the same client: the same two calls of the same model on loopback, the prompts
// included, and the same two services asked in between. First with a model that
// answers at once, then with one that takes 200 ms a call, where the turn is
// compared with the two calls alone.
func BenchmarkModelTurn(b *testing.B) {
	collectRarely()
	for _, wait := range []time.Duration{0, 200 * time.Millisecond} {
		b.Run(fmt.Sprintf("Model%v", wait), func(b *testing.B) {
			b.Setenv("OPENAI_API_KEY", canary)
			server := fake.New(func(r fake.Request) fake.Reply {
				reply := fake.Reply{Text: twoReadsAnswer}
				if r.Schema != "" || r.Tool != "" {
					reply = fake.JSON(r, twoReads)
				}
				reply.Fault.Delay = wait
				return reply
			})
			b.Cleanup(server.Close)
			a := mustApp(b, &options{Backend: "openai", BaseURL: server.URL})
			b.Cleanup(func() { _ = a.Close() })
			user, err := a.shop.Directory().Lookup(b.Context(), "ada@example.com")
			if err != nil {
				b.Fatal(err)
			}
			turn := func(i int) {
				t, err := a.kernel.Turn(b.Context(), orchestrator.Request{Conversation: fmt.Sprint(i), User: user, Message: "show my orders and my profile"})
				if err != nil || t.Kind != orchestrator.KindAnswer || t.Answer != twoReadsAnswer {
					b.Fatalf("%v: %+v", err, t)
				}
			}
			i := 0
			for ; i < 6; i++ { // then there are earlier conversations in the prompt
				turn(i)
			}
			h := newHandLoop(b, a, server, user)
			h.run()
			var turns, loops time.Duration
			for b.Loop() {
				i++
				start := time.Now()
				turn(i)
				turns += time.Since(start)
				start = time.Now()
				h.run()
				loops += time.Since(start)
			}
			b.ReportMetric(float64(turns.Microseconds())/1000/float64(b.N), "ms/turn")
			b.ReportMetric(float64(loops.Microseconds())/1000/float64(b.N), "ms/loop")
			b.ReportMetric(float64(turns)/float64(loops), "turn/loop")
			if wait > 0 {
				b.ReportMetric(float64(turns)/float64(b.N)/float64(2*wait), "turn/model")
			}
		})
	}
}

// handLoop is what one would write by hand: plan, two calls, answer.
type handLoop struct {
	b      *testing.B
	app    *app
	client *oai.Client
	asked  []oai.ChatCompletionRequest // the kernel's own two requests
	user   orchestrator.User
}

// newHandLoop takes over the requests that the turn before has made, so that
// both send the same.
func newHandLoop(b *testing.B, a *app, server *fake.Server, user orchestrator.User) *handLoop {
	config := oai.DefaultConfig(canary)
	config.BaseURL = server.URL
	h := &handLoop{b: b, app: a, client: oai.NewClientWithConfig(config), user: user}
	made := server.Requests()
	for _, r := range made[max(0, len(made)-2):] {
		req := oai.ChatCompletionRequest{Model: r.Model, Stream: true, StreamOptions: &oai.StreamOptions{IncludeUsage: true}}
		for _, m := range r.Messages {
			req.Messages = append(req.Messages, oai.ChatCompletionMessage{Role: m.Role, Content: m.Content})
		}
		var body struct {
			Format struct {
				Schema struct {
					Schema json.RawMessage `json:"schema"`
				} `json:"json_schema"`
			} `json:"response_format"`
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			b.Fatal(err)
		}
		if r.Schema != "" {
			req.ResponseFormat = &oai.ChatCompletionResponseFormat{
				Type:       oai.ChatCompletionResponseFormatTypeJSONSchema,
				JSONSchema: &oai.ChatCompletionResponseFormatJSONSchema{Name: r.Schema, Schema: body.Format.Schema.Schema, Strict: true},
			}
		}
		h.asked = append(h.asked, req)
	}
	if len(h.asked) != 2 {
		b.Fatalf("a turn made %d calls", len(h.asked))
	}
	return h
}

func (h *handLoop) run() {
	h.b.Helper()
	plan, err := orchestrator.DecodePlan([]byte(h.call(h.asked[0])))
	if err != nil {
		h.b.Fatal(err)
	}
	for _, s := range plan.Steps {
		for _, service := range h.app.shop.Services()[1:] {
			res, err := service.Call(h.b.Context(), orchestrator.Call{Intent: s.Intent, Args: map[string]any{"email": h.user.Email}, User: h.user, Subject: h.user})
			if err == nil && len(res.Data) > 0 {
				break
			}
		}
	}
	if h.call(h.asked[1]) != twoReadsAnswer {
		h.b.Fatal("another answer")
	}
}

func (h *handLoop) call(req oai.ChatCompletionRequest) string {
	h.b.Helper()
	stream, err := h.client.CreateChatCompletionStream(context.Background(), req)
	if err != nil {
		h.b.Fatal(err)
	}
	defer func() { _ = stream.Close() }()
	var text strings.Builder
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			h.b.Fatal(err)
		}
		for _, c := range chunk.Choices {
			text.WriteString(c.Delta.Content)
		}
	}
}
