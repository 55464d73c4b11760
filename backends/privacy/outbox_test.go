package privacy

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"banyan/orchestrator"
)

func post(t *testing.T, c *http.Client, url, user, conversation, body string) {
	t.Helper()
	ctx := orchestrator.WithAsking(t.Context(), orchestrator.Asking{Conversation: conversation, User: user}, nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != body {
		t.Errorf("the server got %q: %v", got, err)
	}
}

func TestOutboxKeepsWhatWasSent(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer server.Close()
	o := NewOutbox(nil)
	c := o.Client("openai", true)
	defer c.CloseIdleConnections()
	const body = `{"model":"m","messages":[{"role":"system","content":"a"},{"role":"user","content":"<name-1>"}]}`
	post(t, c, server.URL, "ada", "one", body)
	post(t, c, server.URL, "ada", "one", "no JSON")
	post(t, c, server.URL, "ben", "one", body)
	got := o.Of("ada", "one")
	if len(got) != 2 || got[0].Model != "m" || got[0].Bytes != len(body) || len(got[0].Messages) != 2 || got[0].Messages[1] != (Message{"user", "<name-1>"}) || got[1].Messages[0].Text != "no JSON" {
		t.Errorf("%+v", got)
	}
	if len(o.Of("ada", "two")) != 0 || len(o.Of("cleo", "one")) != 0 {
		t.Error("somebody sees what others sent")
	}
	for i := range keptInAll {
		o.keep(Sent{Conversation: fmt.Sprint("c", i%100), User: "ada", Bytes: 10}, nil)
	}
	for range keptRequests {
		o.keep(Sent{Conversation: "last", User: "ada", Bytes: 10}, nil)
		o.keep(Sent{Conversation: "last", User: "ada", Bytes: 10}, nil)
	}
	if len(o.list) != keptInAll || len(o.Of("ada", "last")) != keptRequests || o.bytes > 10*keptInAll {
		t.Errorf("%d are kept in all, %d of one conversation, %d bytes", len(o.list), len(o.Of("ada", "last")), o.bytes)
	}
	before := len(o.list)
	other := o.Client("ollama", false)
	defer other.CloseIdleConnections()
	post(t, other, server.URL, "ada", "local", body)
	if len(o.list) != before || len(o.Of("ada", "local")) != 0 {
		t.Error("a request that stayed on this machine is kept")
	}
}
