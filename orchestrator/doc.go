// Package orchestrator is the kernel of Banyan. It owns the vocabulary (Intent,
// Service, Backend, Store, Plan, Step, Turn, Event) and the one road that every
// message travels. It imports no other folder of this project: plugins import
// it, and main hands them in through Config.
//
// # The way of a turn
//
// Each stop is one file, named after it:
//
//	admit.go     the message is checked, the session says who asks
//	recall.go    the running conversation, and a digest of recent ones
//	planning.go  Backend.Plan: a plan, a question, an answer or a refusal
//	check.go     intents, arguments, references, conditions, permissions
//	look.go      the reads run side by side, conditions are decided
//	confirm.go   what is left to change is shown, and waits for one yes
//	act.go       the writes run, and the reads that wait for them
//	respond.go   Backend.Respond, checked against the results
//	remember.go  the turn is stored, once
//
// Between Plan and Respond nothing that a service returned can add a step, pick
// a subject or change a destination: results are data.
//
// # For those who write a plugin
//
// A plugin implements Service, Backend or Store, and its tests call the suite of
// the same name in orchestrator/conformance. Values cross the border between
// kernel and plugin in JSON's shape: map[string]any, []any, string, float64,
// bool and nil.
package orchestrator
