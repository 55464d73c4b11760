package openai

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How much is read of what a provider sends, in bytes: a whole reply or a stream,
// and the body of an error.
const (
	maxReply = 8 << 20
	maxError = 64 << 10
)

var (
	// errWrongType: the reply is not of the kind that was asked for.
	errWrongType = errors.New("the reply has another content type")
	// errFlood: the reply does not end.
	errFlood = errors.New("the reply is longer than any that could be right")
)

// exchange is what the transport sees of one request and the client library does
// not hand on.
type exchange struct {
	status int
	ctype  string
	after  time.Duration // how long the provider wants to be left alone
	body   []byte        // of everything but a stream
	events *events       // the body of a stream
}

// drainFor is how long the end of a stream that is complete may take.
const drainFor = 100 * time.Millisecond

// drain closes the stream. If it ended well, what may follow the last event is
// read first, so that the connection can be used again.
func (x *exchange) drain(tick *clock, err error) {
	if x.events == nil {
		return
	}
	if err == nil {
		tick.timer.Reset(drainFor)
		_, _ = io.CopyN(io.Discard, x.events.from, maxError)
	}
	_ = x.events.Close() // nothing is lost with what was not read
}

type exchangeKey struct{}

// httpClient returns a copy of c, or a client of its own, whose transport fills
// the exchange of the request's context and bounds what is read.
func httpClient(c *http.Client, connect time.Duration) *http.Client {
	var own http.Client
	if c != nil {
		own = *c
	} else {
		d := &net.Dialer{KeepAlive: 30 * time.Second}
		t := &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: d.DialContext, ForceAttemptHTTP2: true,
			MaxIdleConns: 2048, MaxIdleConnsPerHost: 1024, IdleConnTimeout: 90 * time.Second,
		}
		if connect > 0 {
			d.Timeout, t.TLSHandshakeTimeout = connect, connect
		}
		own.Transport = t
	}
	next := own.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	own.Transport = transport{next}
	// A redirect would carry the conversation to an address that nobody chose.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// transport is the RoundTripper between the client library and the network.
type transport struct{ next http.RoundTripper }

// CloseIdleConnections is what http.Client.CloseIdleConnections looks for.
func (t transport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RoundTrip implements http.RoundTripper. The body of a reply that is not a
// stream is read here, to the end, so that its connection can be used again.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	x, _ := req.Context().Value(exchangeKey{}).(*exchange)
	if x == nil {
		x = &exchange{}
	}
	x.status, x.after = resp.StatusCode, retryAfter(resp.Header, time.Now)
	x.ctype, _, _ = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	wantsStream := req.Header.Get("Accept") == "text/event-stream"
	fine := resp.StatusCode == http.StatusOK
	if fine && wantsStream && x.ctype == "text/event-stream" {
		x.events = &events{from: resp.Body, left: maxReply, lineStart: true}
		resp.Body = x.events
		return resp, nil
	}
	limit := int64(maxReply)
	if !fine {
		limit = maxError
	}
	x.body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	_ = resp.Body.Close() // it was read to the end, or is given up
	switch {
	case err != nil && fine:
		return nil, err
	case int64(len(x.body)) > limit && fine:
		return nil, errFlood
	case fine && (wantsStream || (x.ctype != "application/json" && !strings.HasSuffix(x.ctype, "+json"))):
		return nil, errWrongType
	case resp.StatusCode > http.StatusOK && resp.StatusCode < http.StatusBadRequest:
		return nil, errWrongType
	}
	resp.Body = io.NopCloser(bytes.NewReader(x.body))
	return resp, nil
}

// withExchange returns a context whose request fills x.
func withExchange(ctx context.Context, x *exchange) context.Context {
	return context.WithValue(ctx, exchangeKey{}, x)
}

// retryAfter reads how long a provider wants to be left alone: Retry-After in
// seconds or as a date, or retry-after-ms. Zero if it does not say.
func retryAfter(h http.Header, now func() time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < 1e9 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	v := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(now()))
	}
	return 0
}

// events is the body of a stream of server-sent events. It lets data, blank lines
// and whatever is not an event through, and drops comments and the fields event,
// id and retry, which the client library would take for the beginnings of an
// error. It ends in errFlood if the stream does not.
type events struct {
	from      io.ReadCloser
	left      int
	lineStart bool // the next byte begins a line
	skipping  bool // inside a line that is dropped
}

// Read implements io.Reader.
func (e *events) Read(p []byte) (int, error) {
	for {
		n, err := e.from.Read(p)
		if e.left -= n; e.left < 0 {
			return 0, errFlood
		}
		if n = e.keep(p[:n]); n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
	}
}

// keep moves what is let through to the front of p and returns its length.
func (e *events) keep(p []byte) int {
	n := 0
	for rest := p; len(rest) > 0; {
		if e.lineStart {
			e.skipping = strings.IndexByte(":eir", rest[0]) >= 0
		}
		line := rest
		i := bytes.IndexByte(rest, '\n')
		if e.lineStart = i >= 0; e.lineStart {
			line = rest[:i+1]
		}
		rest = rest[len(line):]
		if !e.skipping {
			n += copy(p[n:], line)
		}
	}
	return n
}

// Close implements io.Closer.
func (e *events) Close() error { return e.from.Close() }
