// Package example is a complete language backend in one file: it compares words.
// It is what docs/plugins.md shows.
package example

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// Backend plans by counting the words that a message shares with what the services
// say of their intents. It keeps nothing, so it is safe for concurrent use.
type Backend struct{}

// Describe says what this is. Local: nothing leaves the machine, and so nothing
// costs money.
func (Backend) Describe(context.Context) (orchestrator.BackendInfo, error) {
	return orchestrator.BackendInfo{Name: "example", Version: "1.0.0", Contract: orchestrator.ContractVersion, Local: true}, nil
}

// Plan makes one step of the intent with the most words in common, or asks for
// what is missing.
func (Backend) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	if err := ctx.Err(); err != nil {
		return orchestrator.PlanReply{}, err
	}
	said := words(req.Message)
	var best *orchestrator.Entry
	most := 0
	for _, e := range req.Catalog.Intents() { // whatever services there are
		known := words(e.Name + " " + e.Summary + " " + strings.Join(e.Examples, " "))
		if n := common(said, known); n > most {
			best, most = e, n
		}
	}
	if best == nil {
		return answer(orchestrator.Plan{Kind: orchestrator.PlanRefusal, Text: "I do not know how to do that."})
	}
	step := orchestrator.Step{ID: "only", Intent: best.Name, Args: map[string]orchestrator.Arg{}, Text: req.Message}
	for _, param := range best.ParamNames() { // the subject is not among them: the kernel fills it
		value, found := argument(best, param, said)
		switch {
		case found:
			step.Args[param] = orchestrator.Arg{Value: value}
		case best.Required(param):
			return answer(orchestrator.Plan{
				Kind: orchestrator.PlanQuestion, Text: fmt.Sprintf("Which %s?", strings.ReplaceAll(param, "_", " ")),
				Steps: []orchestrator.Step{step}, Missing: &orchestrator.Missing{Step: step.ID, Param: param},
			})
		}
	}
	return answer(orchestrator.Plan{Kind: orchestrator.PlanSteps, Steps: []orchestrator.Step{step}})
}

// answer is a plan without cost. A backend that asks a model counts its calls and
// tokens in the usage.
func answer(p orchestrator.Plan) (orchestrator.PlanReply, error) {
	return orchestrator.PlanReply{Plan: p, Usage: orchestrator.Usage{Backend: "example"}}, nil
}

// argument returns the first word that fits the pattern of a parameter.
func argument(e *orchestrator.Entry, param string, said []string) (string, bool) {
	schema := e.Params.Properties[param]
	if schema.Type != "string" || schema.Pattern == "" {
		return "", false
	}
	pattern, err := regexp.Compile(schema.Pattern)
	if err != nil {
		return "", false
	}
	i := slices.IndexFunc(said, pattern.MatchString)
	if i < 0 {
		return "", false
	}
	return said[i], true
}

// Judge does not know: the step that hangs on the condition will not run.
func (Backend) Judge(context.Context, orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	return orchestrator.Verdict{Why: "this backend understands no conditions"}, nil
}

// Respond lists the results. It says nothing that is not in them: the kernel would
// not let it through.
func (Backend) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(delta string)) (orchestrator.Reply, error) {
	var text strings.Builder
	for _, s := range req.Steps {
		if err := ctx.Err(); err != nil {
			return orchestrator.Reply{}, err
		}
		piece := fmt.Sprintf("%s: %s\n", strings.ReplaceAll(s.Intent, "_", " "), s.Status)
		if s.Error != nil {
			piece += s.Error.Message + "\n"
		}
		for _, field := range slices.Sorted(maps.Keys(s.Result)) {
			piece += fmt.Sprintf("- %s: %v\n", strings.ReplaceAll(field, "_", " "), s.Result[field])
		}
		text.WriteString(piece)
		emit(piece) // the pieces together are the text
	}
	return orchestrator.Reply{Text: text.String(), Usage: orchestrator.Usage{Backend: "example"}}, nil
}

// words returns the words of a text in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" _.,;:!?'\"\n", r) })
}

// common counts the words of a that are in b, each once.
func common(a, b []string) int {
	n := 0
	for _, w := range slices.Compact(slices.Sorted(slices.Values(a))) {
		if slices.Contains(b, w) {
			n++
		}
	}
	return n
}
