package fake

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Request is what a client asked for.
type Request struct {
	// N counts the requests from 1; Key is the bearer token.
	N   int
	Key string
	// Body is the request as it came.
	Body []byte

	Model               string
	Messages            []Message
	Stream              bool
	IncludeUsage        bool
	Format              string // type of response_format
	Schema              string // name of the JSON Schema
	Tool                string // name of the first tool
	MaxTokens           int
	MaxCompletionTokens int

	fields  map[string]json.RawMessage
	context context.Context //nolint:containedctx // of the HTTP request that this is
}

// Message is one message of the conversation with the model.
type Message struct {
	Role    string
	Content string
}

// System returns the system message.
func (r Request) System() string {
	for _, m := range r.Messages {
		if m.Role == "system" || m.Role == "developer" {
			return m.Content
		}
	}
	return ""
}

// Last returns the last message.
func (r Request) Last() string {
	if len(r.Messages) == 0 {
		return ""
	}
	return r.Messages[len(r.Messages)-1].Content
}

// Has tells whether the request has a parameter.
func (r Request) Has(param string) bool { return len(r.fields[param]) > 0 }

func parse(body []byte) (Request, error) {
	var in struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
		Stream        bool `json:"stream"`
		StreamOptions struct {
			IncludeUsage bool `json:"include_usage"`
		} `json:"stream_options"`
		ResponseFormat struct {
			Type       string `json:"type"`
			JSONSchema struct {
				Name string `json:"name"`
			} `json:"json_schema"`
		} `json:"response_format"`
		Tools []struct {
			Function struct {
				Name string `json:"name"`
			} `json:"function"`
		} `json:"tools"`
		MaxTokens           int `json:"max_tokens"`
		MaxCompletionTokens int `json:"max_completion_tokens"`
	}
	r := Request{Body: body}
	if err := json.Unmarshal(body, &in); err != nil {
		return r, err
	}
	if err := json.Unmarshal(body, &r.fields); err != nil {
		return r, err
	}
	r.Model, r.Stream, r.IncludeUsage = in.Model, in.Stream, in.StreamOptions.IncludeUsage
	r.Format, r.Schema = in.ResponseFormat.Type, in.ResponseFormat.JSONSchema.Name
	r.MaxTokens, r.MaxCompletionTokens = in.MaxTokens, in.MaxCompletionTokens
	if len(in.Tools) > 0 {
		r.Tool = in.Tools[0].Function.Name
	}
	for _, m := range in.Messages {
		r.Messages = append(r.Messages, Message{m.Role, m.Content})
	}
	return r, nil
}

// reasoning matches the models that take max_completion_tokens alone.
var reasoning = regexp.MustCompile(`^(o[1-9]|gpt-[5-9])`)

// refuses returns the error with which the API answers a request that it does not
// accept, or nil.
func (s *Server) refuses(r Request) (*Error, int) {
	bad := func(param, code, format string, args ...any) (*Error, int) {
		return &Error{Type: "invalid_request_error", Param: param, Code: code, Message: fmt.Sprintf(format, args...)}, http.StatusBadRequest
	}
	switch {
	case r.Model == "":
		return bad("", "", "you must provide a model parameter")
	case len(s.Models) > 0 && !slices.Contains(s.Models, r.Model):
		e, _ := bad("model", "model_not_found", "The model `%s` does not exist or you do not have access to it.", r.Model)
		return e, http.StatusNotFound
	case len(r.Messages) == 0:
		return bad("messages", "empty_array", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	case r.Has("stream_options") && !r.Stream:
		return bad("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	case reasoning.MatchString(r.Model) && r.Has("max_tokens"):
		return bad("max_tokens", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
	case reasoning.MatchString(r.Model) && r.Has("temperature"):
		return bad("temperature", "unsupported_value", "Unsupported value: 'temperature' does not support this value with this model. Only the default (1) value is supported.")
	}
	for _, param := range s.Refuse {
		if (r.Has(param) && param != "stream") || param == r.Format || (param == "stream" && r.Stream) {
			return bad(param, "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", param)
		}
	}
	if r.Format == "json_schema" {
		var f struct {
			JSONSchema struct {
				Strict bool `json:"strict"`
				Schema any  `json:"schema"`
			} `json:"json_schema"`
		}
		if err := json.Unmarshal(r.fields["response_format"], &f); err != nil {
			return bad("response_format", "", "%v", err)
		}
		if f.JSONSchema.Strict {
			if what := notStrict(f.JSONSchema.Schema, nil); what != "" {
				return bad("response_format", "", "Invalid schema for response_format '%s': %s", r.Schema, what)
			}
		}
	}
	return nil, 0
}

// notStrict tells what a schema has that strict structured output does not allow.
func notStrict(schema any, at []string) string {
	s, ok := schema.(map[string]any)
	if !ok {
		return ""
	}
	context := fmt.Sprintf("In context=('%s')", strings.Join(at, "', '"))
	if props, ok := s["properties"].(map[string]any); ok || s["type"] == "object" {
		if s["additionalProperties"] != false {
			return context + ", 'additionalProperties' is required to be supplied and to be false."
		}
		required, _ := s["required"].([]any)
		for name, p := range props {
			if !slices.Contains(required, any(name)) {
				return fmt.Sprintf("%s, 'required' is required to be supplied and to be an array including every key in properties. Missing '%s'.", context, name)
			}
			if what := notStrict(p, append(slices.Clone(at), "properties", name)); what != "" {
				return what
			}
		}
	}
	if items, ok := s["items"]; ok {
		return notStrict(items, append(slices.Clone(at), "items"))
	} else if s["type"] == "array" {
		return context + ", array schema missing items."
	}
	options, _ := s["anyOf"].([]any)
	for _, o := range options {
		if what := notStrict(o, append(slices.Clone(at), "anyOf")); what != "" {
			return what
		}
	}
	return ""
}
