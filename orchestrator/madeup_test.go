package orchestrator

import (
	"encoding/json"
	"strings"
	"testing"
)

// What a plan says beside its steps, in its conditions and in its arguments is not shown
// if it has facts from nowhere: not in the turn, and not in any event.
func TestPlansShowNothingMadeUp(t *testing.T) {
	const secret = "99 Hidden Road, phone +47 999 88 777"
	list := Step{ID: "list", Intent: "list_parcels"}
	when := func(text, expr string) Step {
		s := list
		s.When = &Condition{Text: text, Expr: expr}
		return s
	}
	redirect := func(remark Arg) Step {
		return Step{ID: "go", Intent: "redirect", Args: args("parcel_id", lit("P-77"), "address", lit("3 Fir Road, 0152 Oslo"), "remark", remark)}
	}
	for _, tc := range []struct {
		name string
		plan Plan
		kind TurnKind
	}{
		{"Preface", Plan{Kind: PlanSteps, Text: "Ann lives at " + secret, Steps: []Step{list}}, KindAnswer},
		{"PartOfTheMessage", Plan{Kind: PlanSteps, Steps: []Step{{ID: "list", Intent: "list_parcels", Text: secret}}}, KindAnswer},
		{"ConditionWithAnExpression", Plan{Kind: PlanSteps, Steps: []Step{when(secret, "true")}}, KindAnswer},
		{"Condition", Plan{Kind: PlanSteps, Steps: []Step{when(secret, "")}}, KindRefusal},
		{"Expression", Plan{Kind: PlanSteps, Steps: []Step{when("it is so", `"`+secret+`" != ""`)}}, KindRefusal},
		{"Argument", Plan{Kind: PlanSteps, Steps: []Step{redirect(lit(secret))}}, KindRefusal},
		{"Reference", Plan{Kind: PlanSteps, Steps: []Step{redirect(expr(`"` + secret + `"`))}}, KindRefusal},
		{"PutTogether", Plan{Kind: PlanSteps, Steps: []Step{redirect(expr(`"99 Hidden" + " Road, phone +47 999" + " 88 777"`))}}, KindRefusal},
		{"HowItWasSaid", Plan{Kind: PlanSteps, Steps: []Step{{ID: "list", Intent: "list_parcels"}, redirect(Arg{Value: "be nice", Text: secret})}}, KindConfirmation},
		{"NoSuchIntent", Plan{Kind: PlanSteps, Steps: []Step{{ID: "a", Intent: secret}}}, KindError},
		{"Options", Plan{Kind: PlanQuestion, Text: "Which one?", Steps: []Step{list}, Missing: &Missing{Step: "list", Param: "x", Options: []string{secret}}}, KindQuestion},
		{"BesideAnAnswer", Plan{Kind: PlanAnswer, Text: "I see.", Steps: []Step{{ID: "a", Intent: "list_parcels", Text: secret}}}, KindAnswer},
		{"Customer", Plan{Kind: PlanSteps, Steps: []Step{{ID: "a", Intent: "list_parcels", For: secret}}}, KindRefusal},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := mustKernel(t, nil, &parcels{})
			k.script.plan = func(PlanRequest) Plan {
				p := tc.plan
				p.Steps = append([]Step{}, tc.plan.Steps...)
				return p
			}
			sub := k.Subscribe(1000)
			turn := k.mustTurn(t, ann, "send P-77 to 3 Fir Road, 0152 Oslo, and be nice")
			sub.Close()
			if turn.Kind != tc.kind {
				t.Errorf("%s: %q", turn.Kind, turn.Answer)
			}
			shown := mustMarshal(t, turn)
			for e := range sub.C {
				shown += mustMarshal(t, e)
			}
			for _, part := range []string{"Hidden", "999 88", "88 777"} {
				if at := strings.Index(shown, part); at >= 0 && tc.name != "PutTogether" {
					t.Errorf("%q is shown: …%s…", part, shown[max(0, at-200):at+20])
				}
			}
			if strings.Contains(shown, secret) {
				t.Error("it is shown")
			}
		})
	}
}

func mustMarshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
