package openai

import (
	"slices"
	"strings"
)

// The capabilities of a provider, as BackendInfo.Capabilities names them.
const (
	CapStreaming     = "streaming"      // replies come piece by piece
	CapSchema        = "json_schema"    // output bound to a schema
	CapTools         = "tools"          // tool calls
	CapJSON          = "json_mode"      // output that is some JSON
	CapStreamUsage   = "stream_usage"   // a stream ends with its usage, if asked to
	CapParallelCalls = "parallel_calls" // several tool calls at once, which can be turned off
	CapGoal          = "goal"           // plans on after results; every model can be asked to
)

// Preset is what is known of a provider beforehand.
type Preset struct {
	Name    string
	BaseURL string
	// KeyEnv is the environment variable that usually holds the key; empty if the
	// provider needs none.
	KeyEnv string
	// Model is used if none is named; empty if it must be named.
	Model string
	// Capabilities are what the provider is asked to do first; it is asked for less
	// when it refuses.
	Capabilities []string
	// newTokenLimit: the length of the output is limited by max_completion_tokens
	// whatever the model is called.
	newTokenLimit bool
}

// Local tells whether the provider usually runs on the own machine.
func (p Preset) Local() bool { return loopback(p.BaseURL) }

// Presets returns the known providers, in the order in which people should see
// them.
func Presets() []Preset {
	all := []string{CapStreaming, CapSchema, CapTools, CapJSON, CapStreamUsage, CapParallelCalls}
	without := func(caps ...string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(c string) bool { return slices.Contains(caps, c) })
	}
	return []Preset{
		{Name: "openai", BaseURL: "https://api.openai.com/v1", KeyEnv: "OPENAI_API_KEY", Model: "gpt-5-mini", Capabilities: all, newTokenLimit: true},
		{Name: "ollama", BaseURL: "http://localhost:11434/v1", Model: "qwen3:8b", Capabilities: without(CapParallelCalls)},
		{Name: "openrouter", BaseURL: "https://openrouter.ai/api/v1", KeyEnv: "OPENROUTER_API_KEY", Model: "openai/gpt-5-mini", Capabilities: without(CapParallelCalls)},
		{Name: "groq", BaseURL: "https://api.groq.com/openai/v1", KeyEnv: "GROQ_API_KEY", Model: "openai/gpt-oss-120b", Capabilities: all},
		{Name: "mistral", BaseURL: "https://api.mistral.ai/v1", KeyEnv: "MISTRAL_API_KEY", Model: "mistral-small-latest", Capabilities: without(CapStreamUsage)},
		{Name: "gemini", BaseURL: "https://generativelanguage.googleapis.com/v1beta/openai", KeyEnv: "GEMINI_API_KEY", Model: "gemini-2.5-flash", Capabilities: without(CapParallelCalls)},
		// Anthropic's endpoint ignores response_format, so the first way that binds is
		// the tool call.
		{Name: "anthropic", BaseURL: "https://api.anthropic.com/v1", KeyEnv: "ANTHROPIC_API_KEY", Model: "claude-haiku-4-5", Capabilities: without(CapSchema, CapJSON)},
		{Name: "deepseek", BaseURL: "https://api.deepseek.com/v1", KeyEnv: "DEEPSEEK_API_KEY", Model: "deepseek-chat", Capabilities: without(CapSchema, CapParallelCalls)},
		{Name: "vllm", BaseURL: "http://localhost:8000/v1", Capabilities: without(CapParallelCalls)},
		{Name: "llamacpp", BaseURL: "http://localhost:8080/v1", Model: "default", Capabilities: without(CapParallelCalls)},
		{Name: "lmstudio", BaseURL: "http://localhost:1234/v1", Capabilities: without(CapJSON, CapParallelCalls)},
	}
}

// PresetNamed returns the preset of that name.
func PresetNamed(name string) (Preset, bool) {
	for _, p := range Presets() {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return Preset{}, false
}
