package replay

import (
	"context"
	"strings"
	"time"

	"banyan/orchestrator"
)

// script is a backend that answers with functions of the request.
type script struct {
	plan    func(orchestrator.PlanRequest) (orchestrator.Plan, error)
	respond func(orchestrator.RespondRequest) (string, error)
	why     string
}

var spent = orchestrator.Usage{Backend: "script", Model: "m1", ModelCalls: 1, InputTokens: 100, OutputTokens: 10, CostUSD: 0.001}

func hello(orchestrator.PlanRequest) (orchestrator.Plan, error) {
	return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "Hello."}, nil
}

func done(orchestrator.RespondRequest) (string, error) { return "All is  done.\n", nil }

// Describe implements orchestrator.Backend.
func (s script) Describe(context.Context) (orchestrator.BackendInfo, error) {
	return orchestrator.BackendInfo{Name: "script", Version: "1.2.3", Contract: orchestrator.ContractVersion, Model: "m1", Capabilities: []string{"streaming"}}, nil
}

// Plan implements orchestrator.Backend.
func (s script) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	if ctx.Err() != nil {
		return orchestrator.PlanReply{}, ctx.Err()
	}
	p, err := s.plan(req)
	return orchestrator.PlanReply{Plan: p, Usage: spent}, err
}

// Judge implements orchestrator.Backend.
func (s script) Judge(context.Context, orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	return orchestrator.Verdict{Met: true, Known: true, Why: s.why, Usage: spent}, nil
}

// Respond implements orchestrator.Backend.
func (s script) Respond(_ context.Context, req orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	text, err := s.respond(req)
	for piece := range strings.SplitAfterSeq(text, "i") {
		emit(piece)
	}
	return orchestrator.Reply{Text: text, Usage: spent}, err
}

var (
	ada = orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor", Role: orchestrator.Customer}
	ben = orchestrator.User{Email: "ben@example.com", Name: "Ben Sato", Role: orchestrator.Customer}
	day = time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
)

func ask(u orchestrator.User, message string) orchestrator.PlanRequest {
	return orchestrator.PlanRequest{Message: message, User: u, Subject: u, Now: day}
}

func tell(u orchestrator.User, message string, result map[string]any) orchestrator.RespondRequest {
	return orchestrator.RespondRequest{Message: message, User: u, Subject: u, Now: day, Steps: []orchestrator.StepRecord{
		{ID: "a", Intent: "get_profile", Status: orchestrator.StepDone, Result: result},
	}}
}
