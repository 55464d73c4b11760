package fake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Script says what the model replies. It is called from many goroutines at once.
type Script func(Request) Reply

// Server is the provider. Set its fields before the first request.
type Server struct {
	// URL is the base URL: it ends in /v1.
	URL string
	// Key is the only key that is accepted; every request is, if it is empty.
	Key string
	// Models are listed, and no other is served; if it is empty every model is.
	Models []string
	// Refuse names parameters that are refused as unsupported: stream_options,
	// max_tokens, response_format, json_schema, tools, …
	Refuse []string

	script Script
	http   *httptest.Server
	count  atomic.Int64
	active atomic.Int64

	mu   sync.Mutex // guards last
	last []Request
}

// keepRequests is how many requests are remembered.
const keepRequests = 64

// New starts a provider. Close it when done.
func New(script Script) *Server {
	s := &Server{script: script}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", s.chat)
	mux.HandleFunc("GET /v1/models", s.models)
	mux.HandleFunc("GET /v1/models/{id...}", s.model)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeError(w, http.StatusNotFound, nil, Error{Type: "invalid_request_error", Message: fmt.Sprintf("Invalid URL (%s %s)", r.Method, r.URL.Path)})
	})
	s.http = httptest.NewServer(mux)
	s.URL = s.http.URL + "/v1"
	return s
}

// Close stops the server; requests under way are cut off.
func (s *Server) Close() {
	s.http.CloseClientConnections()
	s.http.Close()
}

// Calls is how many chat completions were asked for.
func (s *Server) Calls() int { return int(s.count.Load()) }

// Active is how many chat completions are under way.
func (s *Server) Active() int { return int(s.active.Load()) }

// Requests returns the last chat completions that were asked for, oldest first, at
// most 64.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.last)
}

func (s *Server) chat(w http.ResponseWriter, r *http.Request) {
	s.active.Add(1)
	defer s.active.Add(-1)
	n := int(s.count.Add(1))
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	if !s.admits(w, r) {
		return
	}
	req, err := parse(body)
	if err != nil {
		writeError(w, http.StatusBadRequest, nil, Error{Type: "invalid_request_error", Message: "We could not parse the JSON body of your request: " + err.Error()})
		return
	}
	req.N, req.Key, req.context = n, bearer(r), r.Context()
	s.mu.Lock()
	s.last = append(s.last, req)
	if len(s.last) > keepRequests {
		s.last = s.last[1:]
	}
	s.mu.Unlock()
	if e, status := s.refuses(req); e != nil {
		writeError(w, status, nil, *e)
		return
	}
	s.script(req).write(w, req)
}

// admits checks the key as the API does.
func (s *Server) admits(w http.ResponseWriter, r *http.Request) bool {
	key := bearer(r)
	switch {
	case s.Key == "" || key == s.Key:
		return true
	case key == "":
		writeError(w, http.StatusUnauthorized, nil, Error{Type: "invalid_request_error", Message: "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth."})
	default:
		writeError(w, http.StatusUnauthorized, nil, Error{
			Type: "invalid_request_error", Code: "invalid_api_key",
			Message: fmt.Sprintf("Incorrect API key provided: %s. You can find your API key at https://platform.openai.com/account/api-keys.", key),
		})
	}
	return false
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

func (s *Server) models(w http.ResponseWriter, r *http.Request) {
	type model struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Created int64  `json:"created"`
		OwnedBy string `json:"owned_by"`
	}
	if !s.admits(w, r) {
		return
	}
	list := []model{}
	for _, m := range s.Models {
		list = append(list, model{ID: m, Object: "model", Created: created, OwnedBy: "fake"})
	}
	writeJSON(w, http.StatusOK, map[string]any{"object": "list", "data": list})
}

func (s *Server) model(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if !s.admits(w, r) {
		return
	}
	if !slices.Contains(s.Models, id) {
		writeError(w, http.StatusNotFound, nil, Error{Type: "invalid_request_error", Param: "model", Code: "model_not_found", Message: fmt.Sprintf("The model '%s' does not exist", id)})
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"id": id, "object": "model", "created": created, "owned_by": "fake"})
}

// Error is the body of an error as the API documents it.
type Error struct {
	Message string
	Type    string
	Param   string
	Code    string
}

func writeError(w http.ResponseWriter, status int, header map[string]string, e Error) {
	for name, v := range header {
		w.Header().Set(name, v)
	}
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	writeJSON(w, status, map[string]any{"error": map[string]any{"message": e.Message, "type": e.Type, "param": null(e.Param), "code": null(e.Code)}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}
