package privacy

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"banyan/orchestrator"
)

// How much an Outbox keeps.
const (
	keptRequests = 20       // of one conversation
	keptInAll    = 500      // of all conversations
	keptBytes    = 32 << 20 // of all conversations
)

// Outbox keeps the last requests to models as they left the machine. It is safe for
// concurrent use.
type Outbox struct {
	now func() time.Time

	mu    sync.Mutex // guards what follows
	list  []Sent     // oldest first
	bytes int
	count int
}

// Sent is one request as it left the machine.
type Sent struct {
	// N counts the requests from 1.
	N            int
	At           time.Time
	Conversation string
	User         string // email of whoever asked
	// Backend is the name of the provider, Address its host and port.
	Backend, Address, Model string
	Bytes                   int // of the body
	// Messages are what the model was told, in order. If the body is not of the form
	// of chat completions, all of it is one message without a role.
	Messages []Message
}

// Message is one message of a request.
type Message struct {
	Role string `json:"role"`
	Text string `json:"content"`
}

// NewOutbox returns an empty one. now is the clock; time.Now if nil.
func NewOutbox(now func() time.Time) *Outbox {
	if now == nil {
		now = time.Now
	}
	return &Outbox{now: now}
}

// Of returns what was sent for a conversation of a user, oldest first.
func (o *Outbox) Of(user, conversation string) []Sent {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []Sent
	for _, s := range o.list {
		if s.Conversation == conversation && s.User == user {
			out = append(out, s)
		}
	}
	return out
}

// Client returns a client whose requests are kept. Those to this machine are kept
// only if loopback is true.
func (o *Outbox) Client(backend string, loopback bool) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{Transport: &recorder{outbox: o, backend: backend, loopback: loopback, next: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: dialer.Timeout,
		MaxIdleConns: 2048, MaxIdleConnsPerHost: 1024, IdleConnTimeout: 90 * time.Second,
	}}}
}

// recorder is a RoundTripper that keeps what it carries.
type recorder struct {
	outbox   *Outbox
	backend  string
	loopback bool
	next     *http.Transport
}

// CloseIdleConnections is what http.Client.CloseIdleConnections looks for.
func (r *recorder) CloseIdleConnections() { r.next.CloseIdleConnections() }

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPost && req.Body != nil && (r.loopback || !onThisMachine(req.URL.Hostname())) {
		body, err := io.ReadAll(req.Body)
		_ = req.Body.Close() // it was read to the end
		if err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(body))
		who := orchestrator.AskingFrom(req.Context())
		r.outbox.keep(Sent{Conversation: who.Conversation, User: who.User, Backend: r.backend, Address: req.URL.Host, Bytes: len(body)}, body)
	}
	return r.next.RoundTrip(req)
}

func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (o *Outbox) keep(s Sent, body []byte) {
	var form struct {
		Model    string    `json:"model"`
		Messages []Message `json:"messages"`
	}
	if err := json.Unmarshal(body, &form); err == nil && len(form.Messages) > 0 {
		s.Model, s.Messages = form.Model, form.Messages
	} else {
		s.Messages = []Message{{Text: string(body)}}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count++
	s.N, s.At = o.count, o.now()
	o.list = append(o.list, s)
	o.bytes += s.Bytes
	first, same := -1, 0
	for i, old := range o.list {
		if old.Conversation == s.Conversation && old.User == s.User {
			if same++; first < 0 {
				first = i
			}
		}
	}
	if same > keptRequests {
		o.drop(first)
	}
	for len(o.list) > keptInAll || o.bytes > keptBytes && len(o.list) > 1 {
		o.drop(0)
	}
}

// drop forgets a request; the caller holds the lock.
func (o *Outbox) drop(i int) {
	o.bytes -= o.list[i].Bytes
	o.list = append(o.list[:i], o.list[i+1:]...)
}
