package orchestrator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// PlanKind says what a plan is.
type PlanKind string

// The kinds of plan.
const (
	PlanSteps    PlanKind = "steps"    // do this
	PlanQuestion PlanKind = "question" // ask the user first
	PlanAnswer   PlanKind = "answer"   // say this, nothing needs to be called
	PlanRefusal  PlanKind = "refusal"  // not something this program does
	PlanUndo     PlanKind = "undo"     // take back the last confirmed turn of the conversation
)

// Plan is what a backend makes of a message.
type Plan struct {
	Kind PlanKind `json:"kind"`
	// Text is the question, answer or refusal. For a plan of steps it is said
	// before the results and may be empty.
	Text string `json:"text,omitempty"`
	// Steps in the order in which they are shown. For a question they are what has
	// been understood so far, so that the answer can complete them.
	Steps []Step `json:"steps,omitempty"`
	// Missing says what a question asks for; nil if it asks for something else.
	Missing *Missing `json:"missing,omitempty"`
	// Partly lets changes stand when a later change of the plan fails for good. If it
	// is false, a plan's changes are all or nothing: those done before are taken
	// back.
	Partly bool `json:"partly,omitempty"`
}

// Missing points at the argument that a question asks for. The parameter that is
// the intent's Subject means: whom is it about, and belongs in Step.For.
type Missing struct {
	Step  string `json:"step"`
	Param string `json:"param"`
	// Options are the values to choose from, if they are few.
	Options []string `json:"options,omitempty"`
}

// Step is one call of a plan.
type Step struct {
	// ID is unique in the plan: a CEL identifier such as orders or cancel_2.
	ID     string `json:"id"`
	Intent string `json:"intent"`
	// For names the customer the step is about, by email or full name as the user
	// wrote it. Empty: the subject of the conversation.
	For  string         `json:"for,omitempty"`
	Args map[string]Arg `json:"args,omitempty"`
	// When decides whether the step runs; nil means that it does.
	When *Condition `json:"when,omitempty"`
	// Otherwise names an earlier step with a condition: this step runs only if that
	// condition was decided and is not met. When, if it is set too, must be met as
	// well.
	Otherwise string `json:"otherwise,omitempty"`
	// ForEach is a CEL expression of a list: the step runs once for every element, in
	// order, and the expressions in Args and When may read it as each. The step's
	// result is the list of results. At most Max elements are allowed (20 if it is 0,
	// never more than 100): with more of them nothing runs. What a change is
	// repeated for must be known before the yes.
	ForEach string `json:"for_each,omitempty"`
	Max     int    `json:"max,omitempty"`
	// After lists steps that must have ended, well or not, before this one starts.
	// Steps that Args or When refer to are waited for anyway.
	After []string `json:"after,omitempty"`
	// Lookup marks a step that only serves others: its result need not be told.
	Lookup bool `json:"lookup,omitempty"`
	// Text is the part of the message that this step stands for.
	Text string `json:"text,omitempty"`
}

// Arg is the value of one parameter: a literal, or a reference to earlier
// results.
type Arg struct {
	Value any `json:"value,omitempty"`
	// Ref is a CEL expression over steps, user and now:
	// steps.orders.orders[0].order_id. If it is set, Value is ignored.
	Ref string `json:"ref,omitempty"`
	// Text is how the user put it ("my latest order"), for messages.
	Text string `json:"text,omitempty"`
}

// Condition decides whether a step runs.
type Condition struct {
	// Text is the condition in the user's words.
	Text string `json:"text"`
	// Expr is a CEL expression of type bool over steps.<id> (that step's result),
	// user (email, name, role) and now. If it is empty, Text goes to Backend.Judge.
	Expr string `json:"expr,omitempty"`
}

// DecodePlan reads a plan from JSON. It is strict: unknown fields, text after the
// plan and numbers that a float64 cannot hold are errors. It is lenient in one
// thing, because people and models write it so: an argument may be a plain value
// instead of an object with value or ref. What comes out still has to pass the
// kernel's check.
func DecodePlan(data []byte) (Plan, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	var p Plan
	if err := dec.Decode(&p); err != nil {
		return Plan{}, fmt.Errorf("this is not a plan: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Plan{}, errors.New("this is not a plan: there is more after it")
	}
	return p, nil
}

// UnmarshalJSON takes {"value": …}, {"ref": "…"} or a plain value.
func (a *Arg) UnmarshalJSON(data []byte) error {
	type plain Arg // without this method
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) == nil && len(fields) > 0 {
		known := true
		for name := range fields {
			known = known && (name == "value" || name == "ref" || name == "text")
		}
		if known {
			return json.Unmarshal(data, (*plain)(a))
		}
	}
	*a = Arg{}
	return json.Unmarshal(data, &a.Value)
}
