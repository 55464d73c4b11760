package openai

import (
	"reflect"
	"testing"

	"banyan/orchestrator"
)

// A plan that is shown to a model again is read as the plan it was.
func TestPlanSurvivesTheWire(t *testing.T) {
	catalog := library(t)
	plan := orchestrator.Plan{Kind: orchestrator.PlanSteps, Text: "Let me see.", Partly: true, Steps: []orchestrator.Step{
		{ID: "loans", Intent: "list_loans", Args: map[string]orchestrator.Arg{}, After: []string{}, Lookup: true},
		{
			ID: "renew", Intent: "renew_loan", ForEach: "steps.loans.loans", Max: 4, After: []string{"loans"}, Text: "renew them all",
			Args: map[string]orchestrator.Arg{"loan_id": {Ref: "each.loan_id", Text: "all"}},
			When: &orchestrator.Condition{Text: "it is free", Expr: "each.fee == 0.0"},
		},
		{ID: "end", Intent: "end_loan", Otherwise: "renew", For: "Bob", After: []string{}, Args: map[string]orchestrator.Arg{"loan_id": {Value: "12"}}},
	}}
	got, err := decodePlan(encodePlan(&plan), catalog)
	if err != nil {
		t.Fatal(err)
	}
	got.Steps[0].Args = plan.Steps[0].Args // none
	if !reflect.DeepEqual(got, plan) {
		t.Errorf("got\n%+v, want\n%+v", got, plan)
	}
}

// What models write beside the form is understood where it can mean one thing
// only.
func TestRepeatedSteps(t *testing.T) {
	for name, c := range map[string]struct {
		step string
		want orchestrator.Step
	}{
		"Nothing":  {`"for_each":null,"max":null,"otherwise":null`, orchestrator.Step{}},
		"MaxAlone": {`"for_each":"","max":20`, orchestrator.Step{}},
		"WholeMax": {`"for_each":" steps.l.loans ","max":7.0`, orchestrator.Step{ForEach: "steps.l.loans", Max: 7}},
		"HugeMax":  {`"for_each":"steps.l.loans","max":1e200`, orchestrator.Step{ForEach: "steps.l.loans", Max: 1000}},
		"EachAsValue": {
			`"for_each":"steps.l.loans","args":[{"name":"loan_id","value":"each.loan_id","ref":null,"text":null}]`,
			orchestrator.Step{ForEach: "steps.l.loans", Args: map[string]orchestrator.Arg{"loan_id": {Ref: "each.loan_id"}}},
		},
		"EachWithoutList": {
			`"args":[{"name":"loan_id","value":"each.loan_id","ref":null,"text":null}]`,
			orchestrator.Step{Args: map[string]orchestrator.Arg{"loan_id": {Value: "each.loan_id"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			plan, err := decodePlan(`{"kind":"steps","text":"","steps":[{"id":"x","intent":"end_loan",`+c.step+`}]}`, library(t))
			if err != nil {
				t.Fatal(err)
			}
			c.want.ID, c.want.Intent = "x", "end_loan"
			if !reflect.DeepEqual(plan.Steps[0], c.want) {
				t.Errorf("got %+v, want %+v", plan.Steps[0], c.want)
			}
		})
	}
}
