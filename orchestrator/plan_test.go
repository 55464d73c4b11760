package orchestrator

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestDecodePlan(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     Plan
		bad      bool
	}{
		{
			"PlainValues", `{"kind":"steps","steps":[{"id":"a","intent":"x","args":{"n":3,"s":"t","l":[1]}}]}`,
			Plan{Kind: PlanSteps, Steps: []Step{{ID: "a", Intent: "x", Args: args("n", lit(3.0), "s", lit("t"), "l", lit([]any{1.0}))}}},
			false,
		},
		{
			"Reference", `{"kind":"steps","steps":[{"id":"a","intent":"x","args":{"n":{"ref":"steps.b.c","text":"it"}}}]}`,
			Plan{Kind: PlanSteps, Steps: []Step{{ID: "a", Intent: "x", Args: args("n", Arg{Ref: "steps.b.c", Text: "it"})}}},
			false,
		},
		{
			"ObjectValue", `{"kind":"steps","steps":[{"id":"a","intent":"x","args":{"n":{"street":"Elm"}}}]}`,
			Plan{Kind: PlanSteps, Steps: []Step{{ID: "a", Intent: "x", Args: args("n", lit(map[string]any{"street": "Elm"}))}}},
			false,
		},
		{"UnknownField", `{"kind":"steps","confirmed":true}`, Plan{}, true},
		{"UnknownFieldOfStep", `{"kind":"steps","steps":[{"id":"a","intent":"x","yes":true}]}`, Plan{}, true},
		{"TwoPlans", `{"kind":"answer","text":"a"}{"kind":"answer","text":"b"}`, Plan{}, true},
		{"CutOff", `{"kind":"steps","steps":[{"id":"a","inte`, Plan{}, true},
		{"NotJSON", `<html>`, Plan{}, true},
		{"HugeNumber", `{"kind":"steps","steps":[{"id":"a","intent":"x","args":{"n":1e999}}]}`, Plan{}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := DecodePlan([]byte(tc.in))
			if (err != nil) != tc.bad || !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func FuzzDecodePlan(f *testing.F) {
	f.Add([]byte(`{"kind":"steps","text":"x","steps":[{"id":"a","intent":"get_loan","for":"b","args":{"loan_id":{"ref":"steps.x.y"}},"when":{"text":"t","expr":"true"},"after":["b"]}]}`))
	f.Add([]byte(`{"kind":"question","text":"?","missing":{"step":"a","param":"p","options":["x"]}}`))
	f.Add([]byte(`{"kind":"steps","steps":[{"id":"loans","intent":"list_loans"},{"id":"b","intent":"get_loan","args":{"loan_id":{"ref":"steps.loans.loans[0].loan_id"}}}]}`))
	f.Add([]byte(`{"kind":"steps","steps":[{"id":"a","intent":"get_loan","args":{"loan_id":7}}]}`))
	d := &depot{era: Modern}
	description, err := d.Describe(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	catalog, _ := NewCatalog([]Offered{{Service: d, Description: description}})
	f.Fuzz(func(t *testing.T, data []byte) {
		plan, err := DecodePlan(data)
		if err != nil {
			return
		}
		written, err := json.Marshal(plan)
		if err != nil {
			t.Fatalf("a plan that was read cannot be written: %v", err)
		}
		again, err := DecodePlan(written)
		if err != nil {
			t.Fatalf("a plan that was written cannot be read: %v\n%s", err, written)
		}
		if twice, err := json.Marshal(again); err != nil || string(twice) != string(written) {
			t.Fatalf("a plan changes on the way:\n%s\n%s", written, twice)
		}
		sound := len(CheckPlan(t.Context(), catalog, &plan)) == 0
		for _, s := range plan.Steps {
			if sound && plan.Kind == PlanSteps && catalog.Intent(s.Intent) == nil {
				t.Fatalf("the check let the unknown intent %q pass", s.Intent)
			}
		}
	})
}
