package openai

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

const goodPlan = `{"kind":"steps","text":"","steps":[{"id":"loans","intent":"list_loans","for":null,"args":[],"when":null,"after":[],"lookup":false,"text":"my loans"}],"missing":null}`

// misbehaviour is one way in which a provider fails, and the code that it gives.
type misbehaviour struct {
	name  string
	spoil func(*fake.Reply)
	want  string
	after time.Duration // what RetryAfter must be
	only  string        // "stream" or "whole" if it makes no sense otherwise
}

func status(code int, kind, id, message string, header ...string) func(*fake.Reply) {
	return func(p *fake.Reply) {
		*p = fake.Fail(code, kind, id, message)
		if len(header) == 2 {
			p.Header = map[string]string{header[0]: header[1]}
		}
	}
}

func fault(f fake.Fault) func(*fake.Reply) { return func(p *fake.Reply) { p.Fault = f } }

func misbehaviours() []misbehaviour {
	const html = "<!doctype html><html><body>Bad gateway</body></html>"
	return []misbehaviour{
		{name: "RateLimit", spoil: status(429, "requests", "rate_limit_exceeded", "Rate limit reached for requests"), want: orchestrator.CodeBackendRateLimit},
		{name: "RateLimitRetryAfter", spoil: status(429, "tokens", "rate_limit_exceeded", "Rate limit reached", "Retry-After", "7"), want: orchestrator.CodeBackendRateLimit, after: 7 * time.Second},
		{name: "RateLimitRetryAfterMs", spoil: status(429, "tokens", "rate_limit_exceeded", "Rate limit reached", "Retry-After-Ms", "250"), want: orchestrator.CodeBackendRateLimit, after: 250 * time.Millisecond},
		{name: "Quota", spoil: status(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."), want: orchestrator.CodeBackendBadKey},
		{name: "NoCredit", spoil: status(402, "", "", "Insufficient Balance"), want: orchestrator.CodeBackendBadKey},
		{name: "ServerError", spoil: status(500, "server_error", "", "The server had an error while processing your request."), want: orchestrator.CodeBackendOverloaded},
		{name: "Unavailable", spoil: status(503, "server_error", "", "The engine is currently overloaded", "Retry-After", "3"), want: orchestrator.CodeBackendOverloaded, after: 3 * time.Second},
		{name: "GatewayTimeout", spoil: status(504, "", "", "upstream request timeout"), want: orchestrator.CodeBackendTimeout},
		{name: "Unauthorized", spoil: status(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided"), want: orchestrator.CodeBackendBadKey},
		{name: "Forbidden", spoil: status(403, "", "unsupported_country_region_territory", "Country, region, or territory not supported"), want: orchestrator.CodeBackendBadKey},
		{name: "NoModel", spoil: status(404, "invalid_request_error", "model_not_found", "The model `x` does not exist"), want: orchestrator.CodeBackendNoModel},
		{name: "WrongPath", spoil: status(404, "", "", "Not Found"), want: orchestrator.CodeBackendBadRequest},
		{name: "ContextOverflow", spoil: status(400, "invalid_request_error", "context_length_exceeded", "This model's maximum context length is 8192 tokens."), want: orchestrator.CodeBackendTooLong},
		{name: "TooLarge", spoil: status(413, "", "", "Request too large"), want: orchestrator.CodeBackendTooLong},
		{name: "FilteredRequest", spoil: status(400, "", "content_filter", "The response was filtered due to the prompt triggering our content management policy."), want: orchestrator.CodeBackendFiltered},
		{name: "BadRequest", spoil: status(400, "invalid_request_error", "", "Something is wrong"), want: orchestrator.CodeBackendBadRequest},
		{name: "Redirect", spoil: func(p *fake.Reply) {
			*p = fake.Fail(307, "", "", "")
			p.Header = map[string]string{"Location": "http://127.0.0.1:1/elsewhere"}
		}, want: orchestrator.CodeBackendBadOutput},
		{name: "Filtered", spoil: func(p *fake.Reply) { p.Finish = "content_filter" }, want: orchestrator.CodeBackendFiltered},
		{name: "OutOfRoom", spoil: func(p *fake.Reply) { p.Finish = "length" }, want: orchestrator.CodeBackendTruncated},
		{name: "NoFinish", spoil: fault(fake.Fault{NoFinish: true}), want: orchestrator.CodeBackendTruncated},
		{name: "NoFinishNoDone", spoil: fault(fake.Fault{NoFinish: true, NoDone: true}), want: orchestrator.CodeBackendTruncated},
		{name: "HTML", spoil: fault(fake.Fault{Raw: html, RawType: "text/html"}), want: orchestrator.CodeBackendBadOutput},
		{name: "HTMLAsJSON", spoil: fault(fake.Fault{Raw: html, RawType: "application/json"}), want: orchestrator.CodeBackendBadOutput},
		{name: "HTMLAsStream", spoil: fault(fake.Fault{Raw: html, RawType: "text/event-stream"}), only: "stream", want: orchestrator.CodeBackendTruncated},
		{name: "WrongContentType", spoil: fault(fake.Fault{Raw: "data: {}\n\n", RawType: "text/plain"}), want: orchestrator.CodeBackendBadOutput},
		{name: "NotJSON", spoil: fault(fake.Fault{Raw: "data: {\"choices\": oops}\n\n", RawType: "text/event-stream"}), only: "stream", want: orchestrator.CodeBackendBadOutput},
		{name: "OtherShape", spoil: fault(fake.Fault{Raw: `{"choices":"none"}`, RawType: "application/json"}), only: "whole", want: orchestrator.CodeBackendBadOutput},
		{name: "NoChoices", spoil: fault(fake.Fault{Raw: `{"choices":[]}`, RawType: "application/json"}), only: "whole", want: orchestrator.CodeBackendTruncated},
		{name: "ErrorWithStatus200", spoil: fault(fake.Fault{Raw: `{"error":{"message":"Provider returned error","code":502}}`, RawType: "application/json"}), want: orchestrator.CodeBackendOverloaded},
		{name: "Empty", spoil: fault(fake.Fault{Empty: true}), want: orchestrator.CodeBackendTruncated},
		{name: "ErrorInStream", spoil: func(p *fake.Reply) {
			p.Error = fake.Error{Type: "server_error", Message: "The server had an error"}
			p.Fault = fake.Fault{ErrorAfter: 3}
		}, only: "stream", want: orchestrator.CodeBackendOverloaded},
		{name: "ErrorAfterComments", spoil: func(p *fake.Reply) {
			p.Error = fake.Error{Type: "rate_limit_error", Code: "rate_limit_exceeded", Message: "Rate limit reached"}
			p.Fault = fake.Fault{ErrorAfter: 2, Comments: 500}
		}, only: "stream", want: orchestrator.CodeBackendRateLimit},
		{name: "Flood", spoil: fault(fake.Fault{Flood: true}), only: "stream", want: orchestrator.CodeBackendBadOutput},
		{name: "SilentFromTheStart", spoil: fault(fake.Fault{Delay: time.Hour}), want: orchestrator.CodeBackendTimeout},
		{name: "SilentInTheMiddle", spoil: fault(fake.Fault{HangAfter: 3}), only: "stream", want: orchestrator.CodeBackendTimeout},
		{name: "SilentAfterTheRole", spoil: fault(fake.Fault{HangAfter: 1}), only: "stream", want: orchestrator.CodeBackendTimeout},
		{name: "OnlyKeepAlives", spoil: fault(fake.Fault{HangAfter: 3, Comments: 2, Drip: 5 * time.Millisecond}), only: "stream", want: orchestrator.CodeBackendTimeout},
	}
}

func TestMisbehaviour(t *testing.T) {
	both(t, func(t *testing.T, change func(*Options)) {
		var o Options
		change(&o)
		for _, m := range misbehaviours() {
			if (m.only == "stream" && o.NoStream) || (m.only == "whole" && !o.NoStream) {
				continue
			}
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				s := mustServe(t, func(r fake.Request) fake.Reply {
					p := fake.JSON(r, goodPlan)
					if r.Schema == "" && r.Tool == "" && r.Format == "" && !strings.Contains(r.System(), "planner") {
						p = fake.Reply{Text: "You have one loan and it is called Atlas."}
					}
					m.spoil(&p)
					return p
				})
				b := mustNew(t, s, change, func(o *Options) {
					if strings.HasPrefix(m.name, "Silent") || m.name == "OnlyKeepAlives" {
						o.Timeouts = Timeouts{First: 300 * time.Millisecond, Idle: 100 * time.Millisecond}
					}
				})
				plan, err := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
				m.check(t, err)
				if !reflect.DeepEqual(plan.Plan, orchestrator.Plan{}) {
					t.Errorf("a plan came of it: %+v", plan.Plan)
				}
				answer, err := b.Respond(t.Context(), answerRequest(library(t)), func(string) {})
				m.check(t, err)
				if answer.Text != "" {
					t.Errorf("an answer came of it: %q", answer.Text)
				}
			})
		}
	})
}

// check looks at what a person and a program learn of the failure.
func (m misbehaviour) check(t *testing.T, err error) {
	t.Helper()
	var e *orchestrator.Error
	if !errors.As(err, &e) || e.Code != m.want {
		t.Fatalf("the error is %v (%v), want the code %s", err, errors.Unwrap(err), m.want)
	}
	if !strings.Contains(e.Message, "Your message is kept.") || strings.Count(e.Message, ". ") < 2 || !strings.HasSuffix(e.Message, ".") {
		t.Errorf("the advice is no three sentences: %q", e.Message)
	}
	var hint interface{ RetryAfter() time.Duration }
	if errors.As(err, &hint) != (m.after > 0) || (hint != nil && hint.RetryAfter() != m.after) {
		t.Errorf("the hint when to come back is %v, want %v", hint, m.after)
	}
	if e.Cause == nil || e.Cause.Error() == "" {
		t.Error("the log learns no cause")
	}
}

func TestUnreachable(t *testing.T) {
	s := mustServe(t, librarian)
	b := mustNew(t, s)
	s.Close()
	_, err := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
	misbehaviour{want: orchestrator.CodeBackendUnreachable}.check(t, err)
	reply, _ := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
	if reply.Usage.ModelCalls != 0 {
		t.Errorf("a call that reached nobody is counted: %+v", reply.Usage)
	}
}

func TestNoKey(t *testing.T) {
	b, err := New(Options{Preset: "groq"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Plan(t.Context(), planRequest(library(t), "show my loans"))
	misbehaviour{want: orchestrator.CodeBackendNoKey}.check(t, err)
	if !strings.Contains(err.Error(), "GROQ_API_KEY") {
		t.Errorf("it does not say which key: %v", err)
	}
}

// The three ways of being too slow are told apart for the log.
func TestTooSlow(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault fake.Fault
		want  error
	}{
		{"Start", fake.Fault{Delay: time.Hour}, errFirst},
		{"Role", fake.Fault{HangAfter: 1}, errFirst},
		{"Middle", fake.Fault{HangAfter: 2}, errIdle},
		{"Comments", fake.Fault{HangAfter: 2, Comments: 1, Drip: 5 * time.Millisecond}, errIdle},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := mustNew(t, mustServe(t, func(fake.Request) fake.Reply { return fake.Reply{Text: "You have one.", Fault: c.fault} }), func(o *Options) {
				o.Timeouts = Timeouts{First: 500 * time.Millisecond, Idle: 100 * time.Millisecond}
			})
			_, err := b.Respond(t.Context(), answerRequest(nil), func(string) {})
			if !errors.Is(err, c.want) {
				t.Errorf("the cause is %v, want %v", errors.Unwrap(err), c.want)
			}
		})
	}
}

// Keep-alive comments and a reply in drops are no misbehaviour.
func TestPatience(t *testing.T) {
	for name, f := range map[string]fake.Fault{
		"TenThousandKeepAlives": {Comments: 10_000},
		"DripFeed":              {Drip: time.Millisecond},
		"NoUsage":               {NoUsage: true},
		"NoDone":                {NoDone: true},
	} {
		t.Run(name, func(t *testing.T) {
			b := mustNew(t, mustServe(t, func(r fake.Request) fake.Reply {
				p := librarian(r)
				p.Fault = f
				return p
			}))
			var said []string
			ctx := orchestrator.WithAsking(t.Context(), orchestrator.Asking{}, func(text string) { said = append(said, text) })
			reply, err := b.Respond(ctx, answerRequest(library(t)), func(string) {})
			if err != nil || reply.Text != "You have **one** loan: *Atlas*." {
				t.Fatalf("the answer is %q, %v", reply.Text, err)
			}
			if unknown := reply.Usage.InputTokens == 0; unknown != f.NoUsage || (len(said) == 1) != f.NoUsage {
				t.Errorf("the usage is %+v, and said was %q", reply.Usage, said)
			}
		})
	}
}

// A whole reply from a server that cannot stream is taken as it is.
func TestServerWithoutStreaming(t *testing.T) {
	b := mustNew(t, mustServe(t, func(r fake.Request) fake.Reply {
		p := fake.JSON(r, goodPlan)
		p.Fault = fake.Fault{Raw: string(p.Whole(r)), RawType: "application/json"}
		return p
	}))
	reply, err := b.Plan(t.Context(), planRequest(library(t), "show my loans"))
	if err != nil || len(reply.Plan.Steps) != 1 || reply.Usage.ModelCalls != 1 {
		t.Errorf("the reply is %+v, %v", reply, err)
	}
}

func TestCallerEndsContext(t *testing.T) {
	b := mustNew(t, mustServe(t, func(fake.Request) fake.Reply {
		return fake.Reply{Text: "You have one.", Fault: fake.Fault{HangAfter: 2}}
	}))
	t.Run("Cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := b.Respond(ctx, answerRequest(library(t)), func(string) { cancel() })
		var e *orchestrator.Error
		if !errors.Is(err, context.Canceled) || errors.As(err, &e) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("Deadline", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := b.Respond(ctx, answerRequest(library(t)), func(string) {})
		misbehaviour{want: orchestrator.CodeBackendTimeout}.check(t, err)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the cause is %v", errors.Unwrap(err))
		}
	})
}

func TestRetryAfterDate(t *testing.T) {
	h := http.Header{"Retry-After": {noon.Add(90 * time.Second).Format(http.TimeFormat)}}
	if d := retryAfter(h, func() time.Time { return noon }); d != 90*time.Second {
		t.Errorf("it is %v", d)
	}
	for _, v := range []string{"", "soon", "-5", "1e99", noon.Add(-time.Hour).Format(http.TimeFormat)} {
		if d := retryAfter(http.Header{"Retry-After": {v}}, func() time.Time { return noon }); d != 0 {
			t.Errorf("%q gives %v", v, d)
		}
	}
}
