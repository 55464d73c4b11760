package openai

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

// Why a request was given up by its own clock.
var (
	errFirst = errors.New("the first piece of the reply did not come in time")
	errIdle  = errors.New("the reply stopped coming")
)

var (
	// errCut: the reply ended in the middle.
	errCut = errors.New("the reply ends in the middle")
	// errNoRoom: the reply ended where the limit on its length is.
	errNoRoom = errors.New("the model ran out of room for its reply")
)

// detail is the cause of a typed error: what the provider or the network said,
// with keys taken out. It hands on only errors that say nothing of the request.
type detail struct {
	text string
	err  error
}

func (d *detail) Error() string { return d.text }
func (d *detail) Unwrap() error { return d.err }

// waiting is a detail of a provider that said when to come back.
type waiting struct {
	detail
	after time.Duration
}

// RetryAfter is how long the provider wants to be left alone.
func (w *waiting) RetryAfter() time.Duration { return w.after }

// complaint is what a provider says is wrong.
type complaint struct {
	status                     int
	message, code, kind, param string
}

// complaintIn reads the body of an error in the shapes that are in use:
// {"error":{"message":…}}, {"error":"…"}, a list of either, {"message":…},
// {"detail":…}, or any text.
func complaintIn(status int, body []byte) complaint {
	c := complaint{status: status}
	body = []byte(strings.TrimSpace(string(body)))
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	var outer struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &outer) != nil {
		c.message = string(body)
		return c
	}
	var text string
	var inner struct {
		Message json.RawMessage `json:"message"`
		Code    any             `json:"code"`
		Type    string          `json:"type"`
		Status  string          `json:"status"`
		Param   string          `json:"param"`
	}
	switch {
	case json.Unmarshal(outer.Error, &text) == nil && text != "":
		c.message = text
	case json.Unmarshal(outer.Error, &inner) == nil && (len(inner.Message) > 0 || inner.Code != nil):
		if json.Unmarshal(inner.Message, &c.message) != nil {
			c.message = string(inner.Message)
		}
		if inner.Code != nil {
			c.code = fmt.Sprint(inner.Code)
		}
		c.kind, c.param = inner.Type+" "+inner.Status, inner.Param
	case outer.Message != "":
		c.message = outer.Message
	case len(outer.Detail) > 0:
		c.message = string(outer.Detail)
	default:
		c.message = string(body)
	}
	return c
}

// text is everything that the complaint says.
func (c complaint) text() string {
	return strings.Join([]string{c.message, c.code, c.kind, c.param}, " ")
}

// says tells whether the complaint has any of the words.
func (c complaint) says(words ...string) bool {
	text := strings.ToLower(c.text())
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// class returns the code of orchestrator.Error that fits the complaint.
func (c complaint) class() string {
	switch {
	case c.says("context_length_exceeded", "maximum context length", "context length", "context window", "context size", "prompt is too long", "too many tokens in prompt", "reduce the length"):
		return orchestrator.CodeBackendTooLong
	case c.says("content_filter", "content_policy", "content management policy", "responsibleaipolicy", "flagged as"):
		return orchestrator.CodeBackendFiltered
	case c.says("json_validate_failed", "tool_use_failed", "failed_generation"):
		return orchestrator.CodeBackendBadOutput
	case c.status == http.StatusUnauthorized, c.status == http.StatusForbidden, c.status == http.StatusPaymentRequired,
		c.says("invalid_api_key", "api key not valid", "insufficient_quota", "invalid authentication"):
		return orchestrator.CodeBackendBadKey
	case c.says("model_not_found", "model not exist", "invalid model", "unknown model", "no such model", "model does not exist", "is not a valid model"),
		c.status == http.StatusNotFound && c.says("model"):
		return orchestrator.CodeBackendNoModel
	case c.status == http.StatusTooManyRequests, c.says("rate_limit"):
		return orchestrator.CodeBackendRateLimit
	case c.status == http.StatusRequestEntityTooLarge:
		return orchestrator.CodeBackendTooLong
	case c.status == http.StatusRequestTimeout, c.status == http.StatusGatewayTimeout, c.status == 524:
		return orchestrator.CodeBackendTimeout
	case c.status >= 500, c.says("overloaded", "server_error", "internal error", "unavailable"):
		return orchestrator.CodeBackendOverloaded
	default:
		return orchestrator.CodeBackendBadRequest
	}
}

// fail makes the typed error for a code; why is for the log.
func (b *Backend) fail(code string, after time.Duration, why error) *orchestrator.Error {
	d := detail{text: b.clean(why.Error())}
	for _, known := range harmless() {
		if errors.Is(why, known) {
			d.err = known
		}
	}
	var cause error = &d
	if after > 0 {
		cause = &waiting{d, after}
	}
	return &orchestrator.Error{Code: code, Message: b.advice(code), Cause: cause}
}

// harmless are the errors that may stand in a chain as they are: they say nothing
// of a request.
func harmless() []error {
	return append(clientRefusals(), context.Canceled, context.DeadlineExceeded, errFirst, errIdle, errCut, errNoRoom, errFlood, errWrongType, io.ErrUnexpectedEOF)
}

// clientRefusals are the errors with which the client library keeps a request to
// itself because it knows the model.
func clientRefusals() []error {
	return []error{
		oai.ErrReasoningModelMaxTokensDeprecated, oai.ErrReasoningToolsRequireResponses, oai.ErrReasoningSamplingUnsupported,
		oai.ErrReasoningModelLimitationsOther, oai.ErrReasoningEffortUnsupported, oai.ErrChatCompletionInvalidModel,
	}
}

// failed finds out why a request failed, from the exchange, what the client
// library says and the state of its contexts. The error is typed unless the
// caller ended its context itself.
func (b *Backend) failed(ctx, own context.Context, x *exchange, err error) error {
	clock := context.Cause(own)
	var api *oai.APIError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fmt.Errorf("asking %s: %w", b.preset.Name, ctx.Err())
	case ctx.Err() != nil:
		return b.fail(orchestrator.CodeBackendTimeout, 0, ctx.Err())
	case errors.Is(clock, errFirst), errors.Is(clock, errIdle):
		return b.fail(orchestrator.CodeBackendTimeout, 0, clock)
	case errors.Is(err, errWrongType):
		return b.fail(orchestrator.CodeBackendBadOutput, 0, fmt.Errorf("status %d, %s, not what was asked for: %.80q: %w", x.status, x.ctype, x.body, errWrongType))
	case errors.Is(err, errFlood):
		return b.fail(orchestrator.CodeBackendBadOutput, 0, err)
	case x.status != 0 && x.status != http.StatusOK:
		c := complaintIn(x.status, x.body)
		e := b.fail(c.class(), x.after, fmt.Errorf("status %d: %s", c.status, strings.TrimSpace(c.text())))
		if e.Code == orchestrator.CodeBackendBadRequest && (c.status == http.StatusNotFound || c.status == http.StatusMethodNotAllowed) {
			e.Message = fmt.Sprintf("There are no chat completions at %s. Your message is kept. Check the base URL, which usually ends in /v1.", b.opts.BaseURL)
		}
		return e
	case errors.As(err, &api):
		c := complaint{status: api.HTTPStatusCode, message: api.Message, kind: api.Type}
		if api.Code != nil {
			c.code = fmt.Sprint(api.Code)
		}
		return b.complained(c)
	case x.status == http.StatusOK: // the connection broke, or the JSON
		return b.fail(brokenCode(err), 0, err)
	case slices.ContainsFunc(clientRefusals(), func(known error) bool { return errors.Is(err, known) }):
		return b.fail(orchestrator.CodeBackendBadRequest, 0, err)
	case isTimeout(err):
		return b.fail(orchestrator.CodeBackendTimeout, 0, err)
	default:
		return b.fail(orchestrator.CodeBackendUnreachable, 0, err)
	}
}

// complained is the typed error for an error that came inside a reply.
func (b *Backend) complained(c complaint) error {
	code := c.class()
	if code == orchestrator.CodeBackendBadRequest {
		code = orchestrator.CodeBackendOverloaded // the request was accepted: what failed is the provider
	}
	return b.fail(code, 0, fmt.Errorf("an error inside the reply: %s", strings.TrimSpace(c.text())))
}

// brokenCode tells a reply that broke off from one that is not what it should be.
func brokenCode(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) || (errors.As(err, &syntax) && !strings.Contains(syntax.Error(), "unexpected end")) {
		return orchestrator.CodeBackendBadOutput
	}
	return orchestrator.CodeBackendTruncated
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

var (
	bearer  = regexp.MustCompile(`(?i)bearer\s+\S+`)
	keyLike = regexp.MustCompile(`\b(?:sk|gsk|xai|rk|pk|key|AIza)[-_][\w*.-]{6,}|\bAIza[\w-]{8,}`)
)

// clean takes keys out of a text that is not ours, makes it printable and short.
func (b *Backend) clean(s string) string {
	if k := b.opts.Key; k != "" {
		for _, form := range []string{k, url.QueryEscape(k), base64.StdEncoding.EncodeToString([]byte(k))} {
			s = strings.ReplaceAll(s, form, "[key]")
		}
	}
	s = bearer.ReplaceAllString(s, "bearer [key]")
	s = keyLike.ReplaceAllString(s, "[key]")
	return cut(orchestrator.PrintableLine(s), 400)
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

// advice words a code: what happened, what was not lost, what to do.
func (b *Backend) advice(code string) string {
	who := b.preset.Name
	const kept = " Your message is kept."
	switch code {
	case orchestrator.CodeBackendNoKey:
		return fmt.Sprintf("There is no key for %s.%s Put %s into the environment or into .env, or choose another backend with /model.", who, kept, b.preset.KeyEnv)
	case orchestrator.CodeBackendBadKey:
		key := b.preset.KeyEnv
		if key == "" {
			key = "the key"
		}
		return fmt.Sprintf("%s refuses the key, or its account has no credit.%s Check %s, or choose another backend with /model.", who, kept, key)
	case orchestrator.CodeBackendNoModel:
		fetch := "Name another with --model or /model."
		if who == "ollama" {
			fetch = fmt.Sprintf("Fetch it with “ollama pull %s”, or name another with --model or /model.", b.opts.Model)
		}
		return fmt.Sprintf("%s has no model %s.%s %s", who, b.opts.Model, kept, fetch)
	case orchestrator.CodeBackendUnreachable:
		todo := "Check the network and the base URL"
		if b.local {
			todo = "Start it"
		}
		return fmt.Sprintf("%s does not answer at %s.%s %s, or choose another backend with /model.", who, b.opts.BaseURL, kept, todo)
	case orchestrator.CodeBackendTimeout:
		return fmt.Sprintf("%s was too slow and the request was given up.%s Send it again, or choose a faster model with /model.", who, kept)
	case orchestrator.CodeBackendRateLimit:
		return fmt.Sprintf("%s is asked too often at the moment.%s Wait a little and send it again, or choose another backend with /model.", who, kept)
	case orchestrator.CodeBackendOverloaded:
		return fmt.Sprintf("%s has a failure of its own.%s Send it again in a moment, or choose another backend with /model.", who, kept)
	case orchestrator.CodeBackendTruncated:
		return fmt.Sprintf("The reply of %s ended too early, so none of it was used.%s Send it again.", who, kept)
	case orchestrator.CodeBackendFiltered:
		return fmt.Sprintf("The content filter of %s stopped the reply.%s Say it in other words, or choose another backend with /model.", who, kept)
	case orchestrator.CodeBackendTooLong:
		return fmt.Sprintf("The conversation does not fit into the context of %s.%s Start a new conversation, or choose a model with a larger context.", b.opts.Model, kept)
	case orchestrator.CodeBackendBadOutput:
		return fmt.Sprintf("%s replied with something that cannot be used.%s Send it again, or choose another model with /model.", who, kept)
	default:
		return fmt.Sprintf("%s refuses the request.%s Look into the log for its reason, or choose another backend with /model.", who, kept)
	}
}
