package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

// maxText bounds what a model may write in one reply, in bytes.
const maxText = 256 << 10

// completion is one reply of a model.
type completion struct {
	content strings.Builder
	refusal strings.Builder
	calls   []*toolCall // by index
	finish  string
	counted *tokens // nil if the provider did not say
}

type toolCall struct {
	name, args strings.Builder
}

type tokens struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
}

// chunk is one event of a stream, as far as it matters here.
type chunk struct {
	Choices []struct {
		Index int `json:"index"`
		Delta struct {
			Content string `json:"content"`
			Refusal string `json:"refusal"`
			// What a model thinks aloud, under the two names in use.
			Reasoning        string `json:"reasoning"`
			ReasoningContent string `json:"reasoning_content"`

			ToolCalls []struct {
				Index    *int `json:"index"`
				Function struct {
					Name      string `json:"name"`
					Arguments string `json:"arguments"`
				} `json:"function"`
			} `json:"tool_calls"`
		} `json:"delta"`
		FinishReason string `json:"finish_reason"`
	} `json:"choices"`
	Usage *tokens `json:"usage"`
	Groq  *struct {
		Usage *tokens `json:"usage"`
	} `json:"x_groq"`
	Error json.RawMessage `json:"error"`
}

// says tells whether the event brings anything: the role at the beginning and empty
// pieces, which some servers send to keep the connection alive, do not.
func (ch *chunk) says() bool {
	if ch.Usage != nil {
		return true
	}
	for _, c := range ch.Choices {
		d := &c.Delta
		if d.Content != "" || d.Refusal != "" || d.Reasoning != "" || d.ReasoningContent != "" || len(d.ToolCalls) > 0 || c.FinishReason != "" {
			return true
		}
	}
	return false
}

// clock gives a request up when nothing comes for too long.
type clock struct {
	timer *time.Timer
	begun atomic.Bool // the first piece has come
	t     Timeouts
}

func startClock(t Timeouts, cancel context.CancelCauseFunc) *clock {
	c := &clock{t: t}
	first := t.First
	if first < 0 {
		first = 1 << 62
	}
	c.timer = time.AfterFunc(first, func() {
		if c.begun.Load() {
			cancel(errIdle)
			return
		}
		cancel(errFirst)
	})
	return c
}

// tick says that a piece has come.
func (c *clock) tick() {
	c.begun.Store(true)
	idle := c.t.Idle
	if idle < 0 {
		idle = 1 << 62
	}
	c.timer.Reset(idle)
}

// once sends one request and reads the reply to its end. emit, which may be nil,
// gets the pieces of the text. The completion holds what was read even if there
// is an error, and the exchange whatever the transport saw.
func (b *Backend) once(ctx context.Context, w way, q question, emit func(string)) (*completion, *exchange, error) {
	x := &exchange{}
	own, cancel := context.WithCancelCause(withExchange(ctx, x))
	defer cancel(nil)
	tick := startClock(b.opts.Timeouts, cancel)
	defer tick.timer.Stop()
	c := &completion{}
	var err error
	if w.stream {
		err = b.stream(own, w.request(q, b.opts), c, tick, emit)
		x.drain(tick, err)
		var reply oai.ChatCompletionResponse
		if errors.Is(err, errWrongType) && x.status == http.StatusOK && json.Unmarshal(x.body, &reply) == nil {
			err = b.whole(reply, x, c, emit) // the server does not know how to stream
		}
	} else {
		var reply oai.ChatCompletionResponse
		if reply, err = b.client.CreateChatCompletion(own, w.request(q, b.opts)); err == nil {
			err = b.whole(reply, x, c, emit)
		}
	}
	if err == nil {
		err = ctx.Err()
	}
	var typed *orchestrator.Error
	if err != nil && !errors.As(err, &typed) {
		err = b.failed(ctx, own, x, err)
	}
	return c, x, err
}

// stream reads a reply that comes in pieces.
func (b *Backend) stream(ctx context.Context, r oai.ChatCompletionRequest, c *completion, tick *clock, emit func(string)) error {
	s, err := b.client.CreateChatCompletionStream(ctx, r)
	if err != nil {
		return err
	}
	for {
		raw, err := s.RecvRaw()
		switch {
		case ctx.Err() != nil: // what has arrived already is not wanted any more either
			return ctx.Err()
		case errors.Is(err, io.EOF):
			return nil // whether it is complete is the finish reason's to say
		case err != nil:
			return err
		}
		var ch chunk
		if err := json.Unmarshal(raw, &ch); err != nil {
			return err
		}
		if len(ch.Error) > 0 && string(ch.Error) != "null" {
			return b.complained(complaintIn(0, raw))
		}
		if ch.says() {
			tick.tick()
		}
		if err := c.add(ch, emit); err != nil {
			return b.fail(orchestrator.CodeBackendBadOutput, 0, err)
		}
	}
}

// add puts a piece to the rest.
func (c *completion) add(ch chunk, emit func(string)) error {
	if ch.Usage != nil {
		c.counted = ch.Usage
	} else if ch.Groq != nil && ch.Groq.Usage != nil {
		c.counted = ch.Groq.Usage
	}
	for _, choice := range ch.Choices {
		if choice.Index != 0 {
			continue // only one was asked for
		}
		d := choice.Delta
		if d.Content != "" {
			c.content.WriteString(d.Content)
			if emit != nil {
				emit(d.Content)
			}
		}
		c.refusal.WriteString(d.Refusal)
		for _, t := range d.ToolCalls {
			i := max(0, len(c.calls)-1)
			switch {
			case t.Index != nil:
				i = *t.Index
			case t.Function.Name != "":
				i = len(c.calls)
			}
			if i < 0 || i > 16 {
				return fmt.Errorf("a tool call has the index %d", i)
			}
			for len(c.calls) <= i {
				c.calls = append(c.calls, &toolCall{})
			}
			c.calls[i].name.WriteString(t.Function.Name)
			c.calls[i].args.WriteString(t.Function.Arguments)
			if c.calls[i].args.Len() > maxText {
				return errFlood
			}
		}
		if choice.FinishReason != "" && choice.FinishReason != "null" {
			c.finish = choice.FinishReason
		}
		if c.content.Len()+c.refusal.Len() > maxText {
			return errFlood
		}
	}
	return nil
}

// whole reads a reply that came at once.
func (b *Backend) whole(reply oai.ChatCompletionResponse, x *exchange, c *completion, emit func(string)) error {
	if len(reply.Choices) == 0 {
		if said := complaintIn(0, x.body); said.message != "" && strings.Contains(string(x.body), `"error"`) {
			return b.complained(said)
		}
		return b.fail(orchestrator.CodeBackendTruncated, 0, errors.New("the reply is empty"))
	}
	if reply.Usage.PromptTokens+reply.Usage.CompletionTokens > 0 {
		c.counted = &tokens{reply.Usage.PromptTokens, reply.Usage.CompletionTokens}
	}
	m := reply.Choices[0].Message
	text := m.Content
	for _, part := range m.MultiContent {
		text += part.Text
	}
	c.content.WriteString(text)
	c.refusal.WriteString(m.Refusal)
	c.finish = string(reply.Choices[0].FinishReason)
	for _, t := range m.ToolCalls {
		call := &toolCall{}
		call.name.WriteString(t.Function.Name)
		call.args.WriteString(t.Function.Arguments)
		c.calls = append(c.calls, call)
	}
	if emit != nil && text != "" {
		emit(text)
	}
	return nil
}

// ended tells whether the reply has ended as it should.
func (b *Backend) ended(c *completion) error {
	switch c.finish {
	case "stop", "tool_calls", "function_call", "end_turn", "stop_sequence", "eos", "eos_token":
		return nil
	case "length", "max_tokens", "model_length":
		return b.fail(orchestrator.CodeBackendTruncated, 0, errNoRoom)
	case "content_filter", "safety", "SAFETY":
		return b.fail(orchestrator.CodeBackendFiltered, 0, errors.New("the finish reason is "+c.finish))
	case "error":
		return b.fail(orchestrator.CodeBackendOverloaded, 0, errors.New("the finish reason is error"))
	case "":
		return b.fail(orchestrator.CodeBackendTruncated, 0, errors.New("the reply ended without a finish reason"))
	default:
		return b.fail(orchestrator.CodeBackendBadOutput, 0, fmt.Errorf("the finish reason is %q", c.finish))
	}
}

// used is what one request cost: a call, if the provider was reached, and the
// tokens that it says.
func (b *Backend) used(c *completion, x *exchange) orchestrator.Usage {
	u := b.usage()
	if x.status != 0 {
		u.ModelCalls = 1
	}
	if c.counted == nil {
		return u
	}
	u.InputTokens, u.OutputTokens = max(0, c.counted.Prompt), max(0, c.counted.Completion)
	if b.price != nil {
		u.CostUSD = b.price.Cost(u.InputTokens, u.OutputTokens)
	}
	return u
}
