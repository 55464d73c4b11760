package openai

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"banyan/backends/openai/fake"
)

// Each piece of an answer is handed on when it has arrived: the provider sends the
// next one only after the one before was emitted.
func TestPiecesAreNotHeld(t *testing.T) {
	next := make(chan struct{})
	pieces := []string{"You ", "have ", "one ", "loan."}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		out := http.NewResponseController(w)
		events := fake.Reply{Text: strings.Join(pieces, "")}.Events(fake.Request{})
		for i, event := range events {
			_, _ = w.Write(event)
			_ = out.Flush()
			if i == 0 || i > len(pieces) {
				continue // the role, and what comes after the text
			}
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
		}
	})
	s := mustServe(t, librarian)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	s.URL = "http://" + listener.Addr().String() + "/v1"
	b := mustNew(t, s)
	var got []string
	reply, err := b.Respond(t.Context(), answerRequest(library(t)), func(piece string) {
		got = append(got, piece)
		next <- struct{}{}
	})
	if err != nil || len(got) != len(pieces) || reply.Text != "You have one loan." {
		t.Errorf("the pieces are %q, the answer is %q, %v", got, reply.Text, err)
	}
}

// Connections are used again, whole replies and streams alike, also after an error
// status.
func TestConnectionsAreReused(t *testing.T) {
	both(t, func(t *testing.T, change func(*Options)) {
		s := mustServe(t, func(r fake.Request) fake.Reply {
			if r.N%3 == 0 {
				return fake.Fail(429, "", "rate_limit_exceeded", "Slow down")
			}
			return fake.Reply{Text: "You have one loan."}
		})
		var dialled atomic.Int32
		d := &net.Dialer{}
		transport := &http.Transport{}
		transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			dialled.Add(1)
			return d.DialContext(ctx, network, addr)
		}
		b := mustNew(t, s, change, func(o *Options) { o.HTTPClient = &http.Client{Transport: transport} })
		for range 30 {
			_, _ = b.Respond(t.Context(), answerRequest(library(t)), func(string) {})
		}
		if n := dialled.Load(); n != 1 || s.Calls() != 30 {
			t.Errorf("%d requests took %d connections", s.Calls(), n)
		}
	})
}
