package orchestrator

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// counter is a service whose reads take as long as they like, and whose answers
// depend on the changes made before.
type counter struct {
	delay func() time.Duration
	total float64
	order []string // of the changes
	fails map[string]bool
}

func (c *counter) Describe(context.Context) (Description, error) {
	params, err := SchemaFor[struct {
		N int `json:"n"`
	}]()
	if err != nil {
		return Description{}, err
	}
	result, err := SchemaFor[struct {
		Sum int `json:"sum"`
	}]()
	if err != nil {
		return Description{}, err
	}
	return Description{Name: "counter", Version: "1.0.0", Contract: ContractVersion, Era: Modern, Keys: true, Intents: []Intent{
		{Name: "double", Summary: "Double a number", Params: params, Result: result, Effect: Read},
		{Name: "add", Summary: "Add a number", Params: params, Result: result, Effect: Write, Unconfirmed: true, Access: "true"},
	}}, nil
}

func (c *counter) Call(_ context.Context, call Call) (Result, error) {
	time.Sleep(c.delay()) // of the bubble's clock
	n, _ := call.Args["n"].(float64)
	if c.fails[call.Step] {
		return Result{}, Errorf("no", "No.")
	}
	if call.Intent == "double" {
		return Result{Data: map[string]any{"sum": 2 * n}}, nil
	}
	c.order = append(c.order, call.Step)
	c.total += n
	return Result{Data: map[string]any{"sum": c.total}}, nil
}

// model runs a plan one step after the other, in plan order: what every run must
// come to, however long its steps take.
type model struct {
	total  float64
	status map[string]StepStatus
	sum    map[string]float64
	met    map[string]bool
	order  []string
	fails  map[string]bool
}

func (m *model) run(plan Plan) {
	for _, s := range plan.Steps {
		m.status[s.ID] = m.step(s)
	}
}

func (m *model) step(s Step) StepStatus {
	n := 0.0
	if v, ok := s.Args["n"].Value.(float64); ok {
		n = v
	}
	needs := []string{}
	for _, text := range []string{s.Args["n"].Ref, whenOf(s)} {
		if id, ok := strings.CutPrefix(text, "steps."); ok {
			id, _, _ = strings.Cut(id, ".")
			needs = append(needs, id)
		}
	}
	for _, id := range needs {
		switch m.status[id] {
		case StepDone:
		case StepSkipped:
			return StepSkipped
		default:
			return StepFailed
		}
	}
	if s.When != nil {
		m.met[s.ID] = m.sum[needs[len(needs)-1]] > 10
		if !m.met[s.ID] {
			return StepSkipped
		}
	}
	if s.Args["n"].Ref != "" {
		n = m.sum[needs[0]]
	}
	if m.fails[s.ID] {
		return StepFailed
	}
	if s.Intent == "double" {
		m.sum[s.ID] = 2 * n
		return StepDone
	}
	m.order = append(m.order, s.ID)
	m.total += n
	m.sum[s.ID] = m.total
	return StepDone
}

func whenOf(s Step) string {
	if s.When == nil {
		return ""
	}
	return s.When.Expr
}

// TestAnyOrderSameResults draws plans of reads and changes with references,
// conditions, waits and failures, runs them with steps that take random times, and
// compares with a model that knows no time.
func TestAnyOrderSameResults(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var plan Plan
		plan.Kind = PlanSteps
		fails := map[string]bool{}
		adds := 0
		for i := range rapid.IntRange(1, 9).Draw(rt, "steps") {
			s := Step{ID: fmt.Sprintf("s%d", i), Intent: rapid.SampledFrom([]string{"double", "add"}).Draw(rt, "intent")}
			if s.Intent == "add" {
				if adds++; adds > freely { // more of them ask for a yes
					s.Intent = "double"
				}
			}
			s.Args = args("n", lit(float64(rapid.IntRange(1, 9).Draw(rt, "n"))))
			earlier := func() string { return fmt.Sprintf("s%d", rapid.IntRange(0, i-1).Draw(rt, "earlier")) }
			if i > 0 && rapid.Bool().Draw(rt, "refers") {
				s.Args = args("n", expr("steps."+earlier()+".sum"))
			}
			if i > 0 && rapid.IntRange(0, 2).Draw(rt, "conditional") == 0 {
				s.When = &Condition{Text: "it is much", Expr: "steps." + earlier() + ".sum > 10"}
			}
			if i > 0 && rapid.IntRange(0, 3).Draw(rt, "waits") == 0 {
				s.After = []string{earlier()}
			}
			fails[s.ID] = rapid.IntRange(0, 7).Draw(rt, "fails") == 0
			plan.Steps = append(plan.Steps, s)
		}
		seed := rapid.Uint64().Draw(rt, "seed")
		want := &model{status: map[string]StepStatus{}, sum: map[string]float64{}, met: map[string]bool{}, fails: fails}
		want.run(plan)
		var turn Turn
		var got *counter
		synctest.Test(t, func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 1))
			delays := make(chan time.Duration, 64)
			for range cap(delays) {
				delays <- time.Duration(dice.IntN(50)) * time.Millisecond
			}
			got = &counter{delay: func() time.Duration { return <-delays }, fails: fails}
			k := mustKernel(t, steps(plan.Steps...), got)
			turn = k.mustTurn(t, ann, "count")
		})
		for _, s := range turn.Steps {
			if s.Status != want.status[s.ID] || s.Status == StepDone && s.Result["sum"] != want.sum[s.ID] {
				rt.Errorf("step %s is %s with %v, the model says %s with %v", s.ID, s.Status, s.Result["sum"], want.status[s.ID], want.sum[s.ID])
			}
		}
		if fmt.Sprint(got.order) != fmt.Sprint(want.order) || got.total != want.total {
			rt.Errorf("changes %v to %v, the model says %v to %v", got.order, got.total, want.order, want.total)
		}
	})
}
