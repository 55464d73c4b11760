// Package fake is a provider for tests: an HTTP server on loopback that speaks
// OpenAI's published chat completions, whole and streamed, lists models, refuses
// what the real one refuses, with its error bodies, and can misbehave in every way
// that a provider or the network can. What it replies is a function of the
// request. It is reached through HTTP alone.
package fake
