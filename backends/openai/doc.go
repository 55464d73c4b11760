// Package openai is a Backend for every server that speaks OpenAI's chat
// completions: the hosted ones and those that run on the own machine. It knows
// no intent and no domain; what can be asked for comes from the catalog.
//
// # How a model is asked
//
// A plan and a verdict are JSON. The backend asks for them in the strictest way
// that the provider offers and steps down when it is refused: output bound to a
// JSON Schema, the arguments of a tool call, any JSON, plain text from which the
// JSON is taken. What worked is remembered for as long as the backend lives.
//
// # Complete or not at all
//
// Nothing that a model says counts before the reply has ended properly, with a
// finish reason, and has been read to the last bracket. Everything else is an
// *orchestrator.Error with one of the codes CodeBackend…, whose message says what
// happened, what was not lost and what to do. If the provider said when to come
// back, an error in the chain has RetryAfter() time.Duration.
//
// # Data and instructions
//
// Results, stored text and the user's words go into a prompt between fences with
// a random tag, and what services say of themselves goes on lines that it cannot
// leave. See the templates in the folder prompts.
package openai
