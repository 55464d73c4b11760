package openai

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	oai "github.com/sashabaranov/go-openai"
)

// form is how JSON is asked for, from the strictest to the loosest.
type form int

const (
	formSchema form = iota // response_format json_schema
	formTool               // the arguments of a tool call
	formJSON               // response_format json_object
	formText               // by words alone
)

// tokenLimit is the parameter that limits the length of the output.
type tokenLimit int

const (
	limitOld  tokenLimit = iota // max_tokens
	limitNew                    // max_completion_tokens
	limitNone                   // neither is understood
)

// way is how a provider is asked. It only ever becomes simpler. It is comparable.
type way struct {
	form        form
	noTools     bool
	noJSON      bool
	limit       tokenLimit
	triedOld    bool // max_tokens was refused before
	triedNew    bool
	stream      bool
	streamUsage bool
	serial      bool // ask for no parallel tool calls
	temperature bool
	effort      bool
}

// thinks matches the names of models that reason before they write, and therefore
// take another parameter for the length of the output and no temperature.
var thinks = regexp.MustCompile(`^(?:[\w.-]+/)*(?:o[1-9]|gpt-(?:[5-9]|\d\d))(?:$|[-.:])`)

func firstWay(p Preset, o Options) way {
	has := func(c string) bool { return slices.Contains(p.Capabilities, c) }
	thinking := thinks.MatchString(o.Model)
	w := way{
		noTools: !has(CapTools), noJSON: !has(CapJSON),
		stream: has(CapStreaming) && !o.NoStream, streamUsage: has(CapStreamUsage),
		serial: has(CapParallelCalls), temperature: !thinking, effort: thinking,
	}
	if p.newTokenLimit || thinking {
		w.limit = limitNew
	}
	if !has(CapSchema) {
		w = w.looser()
	}
	return w
}

// looser steps down to the next form of asking for JSON.
func (w way) looser() way {
	if w.form < formText {
		w.form++
	}
	if w.form == formTool && w.noTools {
		w.form = formJSON
	}
	if w.form == formJSON && w.noJSON {
		w.form = formText
	}
	return w
}

// capabilities says what the way still makes use of.
func (w way) capabilities(p Preset) []string {
	return slices.DeleteFunc(slices.Clone(p.Capabilities), func(c string) bool {
		switch c {
		case CapStreaming:
			return !w.stream
		case CapSchema:
			return w.form > formSchema
		case CapTools:
			return w.noTools || w.form > formTool
		case CapJSON:
			return w.noJSON || w.form > formJSON
		case CapStreamUsage:
			return !w.streamUsage || !w.stream
		case CapParallelCalls:
			return !w.serial
		default:
			return false
		}
	})
}

// without returns the way without what a refusal complains about; ok is false if
// nothing that the request had is to blame. wantsJSON tells whether the request
// asked for JSON.
func (w way) without(refusal string, wantsJSON bool) (_ way, ok bool) {
	says := func(words ...string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(refusal, word) })
	}
	refusal = strings.ToLower(refusal)
	switch {
	case w.stream && w.streamUsage && says("stream_options", "include_usage"):
		w.streamUsage = false
	case w.temperature && says("temperature"):
		w.temperature = false
	case w.effort && says("reasoning_effort", "reasoning effort", "reasoning.effort"):
		w.effort = false
	case wantsJSON && w.form == formTool && w.serial && says("parallel_tool_calls"):
		w.serial = false
	case w.limit != limitNone && says("max_tokens", "max_completion_tokens", "maxtokens", "maxcompletiontokens"):
		w = w.otherLimit()
	case wantsJSON && (w.form == formSchema || w.form == formJSON) &&
		says("response_format", "response format", "json_schema", "json schema", "json_object", "json mode", "structured output", "schema", "grammar"):
		w = w.looser()
	case wantsJSON && w.form == formTool && says("tool", "function"):
		w.noTools = true
		w = w.looser()
	case w.stream && says("stream"):
		w.stream = false
	default:
		return w, false
	}
	return w, true
}

// otherLimit goes to the limiting parameter that was not tried yet.
func (w way) otherLimit() way {
	switch w.limit {
	case limitOld:
		w.triedOld = true
		w.limit = limitNew
		if w.triedNew {
			w.limit = limitNone
		}
	case limitNew:
		w.triedNew = true
		w.limit = limitOld
		if w.triedOld {
			w.limit = limitNone
		}
	case limitNone:
	}
	return w
}

// question is one thing to ask a model for.
type question struct {
	messages []oai.ChatCompletionMessage
	// name and schema of the JSON that is wanted; a nil schema wants text.
	name, about string
	schema      json.RawMessage
	maxTokens   int
}

// request writes the question in this way.
func (w way) request(q question, o Options) oai.ChatCompletionRequest {
	r := oai.ChatCompletionRequest{Model: o.Model, Messages: q.messages, Stream: w.stream}
	switch w.limit {
	case limitOld:
		r.MaxTokens = q.maxTokens //nolint:staticcheck // most other servers know no other parameter
	case limitNew:
		r.MaxCompletionTokens = q.maxTokens
	case limitNone:
	}
	if w.stream && w.streamUsage {
		r.StreamOptions = &oai.StreamOptions{IncludeUsage: true}
	}
	if w.temperature {
		r.Temperature = 0.01 // zero would be left out by the client
	}
	if w.effort {
		r.ReasoningEffort = o.Effort
	}
	if q.schema == nil {
		return r
	}
	switch w.form {
	case formSchema:
		r.ResponseFormat = &oai.ChatCompletionResponseFormat{
			Type:       oai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &oai.ChatCompletionResponseFormatJSONSchema{Name: q.name, Schema: q.schema, Strict: true},
		}
	case formTool:
		r.Tools = []oai.Tool{{Type: oai.ToolTypeFunction, Function: &oai.FunctionDefinition{Name: q.name, Description: q.about, Parameters: q.schema}}}
		r.ToolChoice = oai.ToolChoice{Type: oai.ToolTypeFunction, Function: oai.ToolFunction{Name: q.name}}
		if w.serial {
			r.ParallelToolCalls = false
		}
	case formJSON:
		r.ResponseFormat = &oai.ChatCompletionResponseFormat{Type: oai.ChatCompletionResponseFormatTypeJSONObject}
	case formText:
	}
	return r
}
