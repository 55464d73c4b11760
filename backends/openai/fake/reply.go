package fake

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// created is the time in every reply.
const created = 1772000000

// Reply is what the model says, and how the provider spoils it.
type Reply struct {
	Text    string
	Refusal string
	// Call names a tool that is called with Arguments.
	Call, Arguments string
	// Calls repeats that call, if it is more than 1.
	Calls int
	// Finish is the finish reason; stop or tool_calls if it is empty.
	Finish string
	// Usage is what the reply cost; about a quarter of the letters if it is nil.
	Usage *Usage

	// Status other than 0 and 200 replies with Error and Header.
	Status int
	Header map[string]string
	Error  Error

	Fault Fault
}

// Usage counts tokens.
type Usage struct {
	Prompt     int
	Completion int
}

// Fault is how a reply is spoiled. The zero value spoils nothing.
type Fault struct {
	// Delay is how long nothing comes, Drip how long between two events.
	Delay, Drip time.Duration
	// Cut ends the connection after CutAt bytes of the body; with Reset by a reset,
	// otherwise by closing it.
	Cut   bool
	CutAt int
	Reset bool
	// Raw is sent with status 200 in place of a reply, as RawType.
	Raw, RawType string
	// Empty sends nothing with status 200.
	Empty bool
	// Comments is how many keep-alive comments come before the first event.
	Comments int
	// NoFinish, NoDone and NoUsage leave these parts of a reply out.
	NoFinish, NoDone, NoUsage bool
	// Flood repeats the first piece of text until the client goes away.
	Flood bool
	// HangAfter goes silent after that many events, if it is more than 0. With
	// Comments, keep-alives go on.
	HangAfter int
	// ErrorAfter sends the reply's Error as an event after that many, if it is more
	// than 0, and ends.
	ErrorAfter int
}

// JSON puts a JSON text where the request wants it: into the arguments of the tool
// that must be called, or into the text.
func JSON(r Request, text string) Reply {
	if r.Tool != "" {
		return Reply{Call: r.Tool, Arguments: text}
	}
	return Reply{Text: text}
}

// Fail replies with an error status.
func Fail(status int, kind, code, message string) Reply {
	return Reply{Status: status, Error: Error{Type: kind, Code: code, Message: message}}
}

func (p Reply) write(w http.ResponseWriter, r Request) {
	if !pause(r, p.Fault.Delay) {
		return
	}
	if p.Status != 0 && p.Status != http.StatusOK {
		writeError(w, p.Status, p.Header, p.Error)
		return
	}
	for name, v := range p.Header {
		w.Header().Set(name, v)
	}
	f := p.Fault
	switch {
	case f.Raw != "":
		w.Header().Set("Content-Type", f.RawType)
		p.send(w, r, [][]byte{[]byte(f.Raw)})
	case r.Stream:
		w.Header().Set("Content-Type", "text/event-stream")
		p.send(w, r, p.Events(r))
	default:
		w.Header().Set("Content-Type", "application/json")
		p.send(w, r, [][]byte{p.Whole(r)})
	}
}

// Whole is the body of the reply when it does not come as a stream.
func (p Reply) Whole(r Request) []byte {
	message := map[string]any{"role": "assistant", "content": p.Text, "refusal": nil, "annotations": []any{}}
	if p.Refusal != "" {
		message["content"], message["refusal"] = nil, p.Refusal
	}
	if p.Call != "" {
		var calls []any
		for i := range max(1, p.Calls) {
			calls = append(calls, map[string]any{
				"id": fmt.Sprintf("call_%d", i), "type": "function",
				"function": map[string]any{"name": p.Call, "arguments": p.Arguments},
			})
		}
		message["content"], message["tool_calls"] = nil, calls
	}
	body := map[string]any{
		"id": fmt.Sprintf("chatcmpl-%d", r.N), "object": "chat.completion", "created": created, "model": r.Model,
		"choices":            []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": p.finish()}},
		"system_fingerprint": "fp_fake",
	}
	if !p.Fault.NoUsage {
		body["usage"] = p.usage(r)
	}
	return encode(body)
}

// Events are the events of the reply when it comes as a stream.
func (p Reply) Events(r Request) [][]byte {
	var out [][]byte
	event := func(choices []any, usage any) {
		m := map[string]any{
			"id": fmt.Sprintf("chatcmpl-%d", r.N), "object": "chat.completion.chunk", "created": created, "model": r.Model,
			"system_fingerprint": "fp_fake", "choices": choices,
		}
		if r.IncludeUsage {
			m["usage"] = usage
		}
		out = append(out, append(append([]byte("data: "), encode(m)...), "\n\n"...))
	}
	delta := func(d map[string]any, finish any) {
		event([]any{map[string]any{"index": 0, "delta": d, "logprobs": nil, "finish_reason": finish}}, nil)
	}
	for range p.Fault.Comments {
		out = append(out, []byte(": keep-alive\n\n"))
	}
	delta(map[string]any{"role": "assistant", "content": "", "refusal": nil}, nil)
	for _, piece := range pieces(p.Text) {
		delta(map[string]any{"content": piece}, nil)
	}
	for _, piece := range pieces(p.Refusal) {
		delta(map[string]any{"refusal": piece}, nil)
	}
	if p.Call != "" {
		for i := range max(1, p.Calls) {
			delta(map[string]any{"tool_calls": []any{map[string]any{
				"index": i, "id": fmt.Sprintf("call_%d", i), "type": "function",
				"function": map[string]any{"name": p.Call, "arguments": ""},
			}}}, nil)
			for _, piece := range pieces(p.Arguments) {
				delta(map[string]any{"tool_calls": []any{map[string]any{"index": i, "function": map[string]any{"arguments": piece}}}}, nil)
			}
		}
	}
	if !p.Fault.NoFinish {
		delta(map[string]any{}, p.finish())
	}
	if r.IncludeUsage && !p.Fault.NoUsage {
		event([]any{}, p.usage(r))
	}
	if !p.Fault.NoDone {
		out = append(out, []byte("data: [DONE]\n\n"))
	}
	return out
}

func (p Reply) finish() any {
	switch {
	case p.Fault.NoFinish:
		return nil
	case p.Finish != "":
		return p.Finish
	case p.Call != "":
		return "tool_calls"
	default:
		return "stop"
	}
}

func (p Reply) usage(r Request) map[string]any {
	u := p.Usage
	if u == nil {
		n := 0
		for _, m := range r.Messages {
			n += len(m.Content)
		}
		u = &Usage{Prompt: n/4 + 1, Completion: len(p.Text+p.Refusal+p.Arguments)/4 + 1}
	}
	return map[string]any{"prompt_tokens": u.Prompt, "completion_tokens": u.Completion, "total_tokens": u.Prompt + u.Completion}
}

// send writes the body piece by piece, with the faults that come on the way.
func (p Reply) send(w http.ResponseWriter, r Request, parts [][]byte) {
	f := p.Fault
	if f.Cut {
		cut(w, parts, f)
		return
	}
	w.WriteHeader(http.StatusOK)
	if f.Empty {
		return
	}
	out := http.NewResponseController(w)
	for i, part := range parts {
		if i > 0 && !pause(r, f.Drip) {
			return
		}
		if _, err := w.Write(part); err != nil || (r.Stream && out.Flush() != nil) {
			return
		}
		for f.Flood && i == f.Comments+1 {
			if _, err := w.Write(part); err != nil {
				return
			}
		}
		if n := i + 1 - f.Comments; f.ErrorAfter > 0 && n == f.ErrorAfter {
			e := map[string]any{"error": map[string]any{"message": p.Error.Message, "type": p.Error.Type, "param": nil, "code": p.Error.Code}}
			_, _ = fmt.Fprintf(w, "data: %s\n\n", encode(e)) // the client may be gone
			return
		} else if f.HangAfter > 0 && n == f.HangAfter {
			hang(w, r, f)
			return
		}
	}
}

// hang is silent until the client goes away; with keep-alive comments if there are
// comments in the fault.
func hang(w http.ResponseWriter, r Request, f Fault) {
	every := f.Drip
	if f.Comments == 0 || every <= 0 {
		<-r.context.Done()
		return
	}
	out := http.NewResponseController(w)
	for pause(r, every) {
		if _, err := w.Write([]byte(": keep-alive\n\n")); err != nil || out.Flush() != nil {
			return
		}
	}
}

// cut takes the connection over and ends it in the middle of the body.
func cut(w http.ResponseWriter, parts [][]byte, f Fault) {
	var body []byte
	for _, part := range parts {
		body = append(body, part...)
	}
	conn, buf, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // another way to cut the connection
	}
	defer func() { _ = conn.Close() }()
	_, _ = fmt.Fprintf(buf, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", w.Header().Get("Content-Type"), len(body))
	_, _ = buf.Write(body[:min(f.CutAt, len(body))]) // a client that is gone is no matter
	_ = buf.Flush()
	if tcp, ok := conn.(*net.TCPConn); ok && f.Reset {
		_ = tcp.SetLinger(0) // without it the connection is closed in order
	}
}

// pause waits, and returns false if the client went away meanwhile.
func pause(r Request, d time.Duration) bool {
	if d <= 0 {
		return r.context.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.context.Done():
		return false
	}
}

// pieces cuts a text as a model writes it: about a word at a time.
func pieces(text string) []string {
	var out []string
	for word := range strings.SplitAfterSeq(text, " ") {
		piece := ""
		for _, r := range word {
			if piece += string(r); len(piece) >= 12 {
				out, piece = append(out, piece), ""
			}
		}
		if piece != "" {
			out = append(out, piece)
		}
	}
	return out
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("fake: a reply cannot be written as JSON: " + err.Error())
	}
	return data
}
