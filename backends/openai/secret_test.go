package openai

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// A provider that says the key back in whatever way does not get it into an error,
// its causes, an event, a description or a record.
func TestKeyStaysSecret(t *testing.T) {
	const echoed = "Incorrect API key provided: " + canary + " (Authorization: Bearer " + canary + ")."
	replies := map[string]fake.Reply{
		"Error":     fake.Fail(401, "invalid_request_error", "invalid_api_key", echoed),
		"Code":      fake.Fail(400, canary, canary, "no"),
		"Unknown":   fake.Fail(418, "", "", echoed),
		"Server":    fake.Fail(500, "", "", echoed),
		"Quoted":    fake.Fail(403, "", "", url.QueryEscape(canary)+" "+base64.StdEncoding.EncodeToString([]byte(canary))),
		"HTML":      {Fault: fake.Fault{Raw: "<html>" + echoed + "</html>", RawType: "text/html"}},
		"Stream":    {Fault: fake.Fault{Raw: "data: {\"error\":{\"message\":\"" + echoed + "\"}}\n\n", RawType: "text/event-stream"}},
		"BadStream": {Fault: fake.Fault{Raw: "data: " + echoed + "\n\n", RawType: "text/event-stream"}},
		"Finish":    {Text: "x", Finish: canary},
		"Tool":      {Call: canary, Arguments: "{}"},
		"Field":     {Text: `{"kind":"answer","` + canary + `":1}`},
	}
	catalog := library(t)
	for name, reply := range replies {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, change func(*Options)) {
				s := mustServe(t, func(fake.Request) fake.Reply { return reply })
				b := mustNew(t, s, change)
				var heard []string
				ctx := orchestrator.WithAsking(t.Context(), orchestrator.Asking{}, func(text string) { heard = append(heard, text) })
				plan, planErr := b.Plan(ctx, planRequest(catalog, "show my loans"))
				verdict, judgeErr := b.Judge(ctx, orchestrator.JudgeRequest{Condition: "it is", Now: noon})
				answer, answerErr := b.Respond(ctx, answerRequest(catalog), func(string) {})
				info, _ := b.Describe(ctx)
				seen := fmt.Sprintf("%+v %#v %+v %+v %+v %v", plan, plan, verdict, answer.Usage, info, heard)
				for _, err := range []error{planErr, judgeErr, answerErr, b.Check(ctx)} {
					for ; err != nil; err = errors.Unwrap(err) {
						data, _ := json.Marshal(err)
						seen += fmt.Sprintf("\n%v %+v %#v %s", err, err, err, data)
					}
				}
				if i := strings.Index(seen, "7f3a9b2c4d5e6f70"); i >= 0 {
					t.Errorf("the key is in …%s…", seen[max(0, i-200):i])
				}
				if planErr == nil {
					t.Error("the plan did not fail, so the test shows nothing")
				}
			})
		})
	}
}

// The key goes to the provider and nowhere else.
func TestKeyIsSent(t *testing.T) {
	s := mustServe(t, librarian)
	s.Key = canary
	b := mustNew(t, s)
	if err := b.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := s.Requests()[0]; r.Key != canary || strings.Contains(string(r.Body), canary) {
		t.Errorf("the key is %q", r.Key)
	}
	wrong := mustNew(t, s, func(o *Options) { o.Key = "sk-wrong-0123456789" })
	err := wrong.Check(t.Context())
	misbehaviour{want: orchestrator.CodeBackendBadKey}.check(t, err)
}
