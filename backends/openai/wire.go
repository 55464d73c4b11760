package openai

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"banyan/orchestrator"
)

// planSchema is the form in which a model writes a plan. It keeps to what strict
// structured output allows: every field is there, nothing else is. Arguments are
// a list, because the names of parameters cannot be known to a schema that stays
// the same for every catalog.
var planSchema = json.RawMessage(`{"type":"object","additionalProperties":false,"required":["kind","text","steps","missing","partly"],"properties":{` +
	`"kind":{"type":"string","enum":["steps","question","answer","refusal"]},` +
	`"text":{"type":"string"},` +
	`"steps":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["id","intent","for","args","when","otherwise","for_each","max","after","lookup","text"],"properties":{` +
	`"id":{"type":"string"},"intent":{"type":"string"},"for":{"type":["string","null"]},` +
	`"args":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["name","value","ref","text"],"properties":{` +
	`"name":{"type":"string"},"value":{"type":["string","number","boolean","null"]},"ref":{"type":["string","null"]},"text":{"type":["string","null"]}}}},` +
	`"when":{"anyOf":[{"type":"object","additionalProperties":false,"required":["text","expr"],"properties":{"text":{"type":"string"},"expr":{"type":["string","null"]}}},{"type":"null"}]},` +
	`"otherwise":{"type":["string","null"]},"for_each":{"type":["string","null"]},"max":{"type":["integer","null"]},` +
	`"after":{"type":"array","items":{"type":"string"}},"lookup":{"type":"boolean"},"text":{"type":"string"}}}},` +
	`"missing":{"anyOf":[{"type":"object","additionalProperties":false,"required":["step","param","options"],"properties":{` +
	`"step":{"type":"string"},"param":{"type":"string"},"options":{"type":"array","items":{"type":"string"}}}},{"type":"null"}]},` +
	`"partly":{"type":"boolean"}}}`)

// verdictSchema is the form in which a model decides a condition.
var verdictSchema = json.RawMessage(`{"type":"object","additionalProperties":false,"required":["met","why"],"properties":{` +
	`"met":{"type":["boolean","null"]},"why":{"type":"string"}}}`)

// wirePlan is a plan in that form.
type wirePlan struct {
	Kind    orchestrator.PlanKind `json:"kind"`
	Text    string                `json:"text"`
	Steps   []wireStep            `json:"steps"`
	Missing *orchestrator.Missing `json:"missing"`
	Partly  bool                  `json:"partly"`
}

type wireStep struct {
	ID        string                  `json:"id"`
	Intent    string                  `json:"intent"`
	For       string                  `json:"for"`
	Args      wireArgs                `json:"args"`
	When      *orchestrator.Condition `json:"when"`
	Otherwise string                  `json:"otherwise"`
	ForEach   string                  `json:"for_each"`
	Max       float64                 `json:"max"` // some models write 20.0
	After     []string                `json:"after"`
	Lookup    bool                    `json:"lookup"`
	Text      string                  `json:"text"`
}

// wireArgs takes a list of named arguments, or an object as in the kernel's own
// form of a plan.
type wireArgs map[string]orchestrator.Arg

type wireArg struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
	Ref   string `json:"ref"`
	Text  string `json:"text"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *wireArgs) UnmarshalJSON(data []byte) error {
	*a = wireArgs{}
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("[")) {
		return json.Unmarshal(data, (*map[string]orchestrator.Arg)(a))
	}
	var list []wireArg
	if err := strict(data, &list); err != nil {
		return err
	}
	for _, arg := range list {
		if _, twice := (*a)[arg.Name]; twice || arg.Name == "" {
			return fmt.Errorf("the argument %q stands there twice or has no name", arg.Name)
		}
		(*a)[arg.Name] = orchestrator.Arg{Value: arg.Value, Ref: arg.Ref, Text: arg.Text}
	}
	return nil
}

// strict decodes one JSON value and takes neither unknown fields nor more text.
func strict(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after it")
	}
	return nil
}

// stepRef matches a literal that is a reference to an earlier result, or to the
// element that a step is repeated for.
var stepRef = regexp.MustCompile(`^(?:steps\.([a-z][a-z0-9_]*)[.\[]|each\.)`)

// each stands for that element among the names of earlier steps.
const each = ""

// decodePlan makes a plan of what a model wrote. Arguments that say nothing are
// left out, and a literal is put into the form that its parameter has.
func decodePlan(text string, catalog *orchestrator.Catalog) (orchestrator.Plan, error) {
	var w wirePlan
	if err := strict([]byte(text), &w); err != nil {
		return orchestrator.Plan{}, fmt.Errorf("this is not a plan: %w", err)
	}
	p := orchestrator.Plan{Kind: w.Kind, Text: strings.TrimSpace(w.Text), Missing: w.Missing, Partly: w.Partly}
	if p.Kind != orchestrator.PlanQuestion || (p.Missing != nil && p.Missing.Step == "") {
		p.Missing = nil
	}
	if p.Kind == orchestrator.PlanAnswer || p.Kind == orchestrator.PlanRefusal {
		return p, nil
	}
	if catalog == nil {
		catalog = &orchestrator.Catalog{}
	}
	earlier := map[string]bool{}
	for _, s := range w.Steps {
		step := orchestrator.Step{
			ID: s.ID, Intent: s.Intent, For: strings.TrimSpace(s.For), When: s.When, Otherwise: s.Otherwise,
			ForEach: strings.TrimSpace(s.ForEach), Max: int(min(s.Max, 1000)), After: s.After, Lookup: s.Lookup, Text: s.Text,
		}
		if step.ForEach == "" {
			step.Max = 0
		}
		earlier[each] = step.ForEach != ""
		if step.When != nil && step.When.Text == "" && step.When.Expr == "" {
			step.When = nil
		}
		for name, arg := range s.Args {
			if arg.Ref == "" && arg.Value == nil {
				continue
			}
			if step.Args == nil {
				step.Args = map[string]orchestrator.Arg{}
			}
			step.Args[name] = mend(arg, name, catalog.Intent(s.Intent), earlier)
		}
		earlier[s.ID] = true
		p.Steps = append(p.Steps, step)
	}
	return p, nil
}

// mend brings an argument into its parameter's form: lists and objects are written
// as JSON text, and some models write a reference as if it were a literal.
func mend(arg orchestrator.Arg, name string, e *orchestrator.Entry, earlier map[string]bool) orchestrator.Arg {
	text, ok := arg.Value.(string)
	if !ok || arg.Ref != "" {
		return arg
	}
	if m := stepRef.FindStringSubmatch(text); m != nil && earlier[m[1]] {
		return orchestrator.Arg{Ref: text, Text: arg.Text}
	}
	if e == nil || e.Params == nil || e.Params.Properties[name] == nil {
		return arg
	}
	if t := one(e.Params.Properties[name]); t == "array" || t == "object" {
		var v any
		if json.Unmarshal([]byte(text), &v) == nil {
			arg.Value = v
		}
	}
	return arg
}

// encodePlan writes a plan in the form in which the model wrote it.
func encodePlan(p *orchestrator.Plan) string {
	type arg struct {
		Name  string  `json:"name"`
		Value any     `json:"value"`
		Ref   *string `json:"ref"`
		Text  *string `json:"text"`
	}
	type step struct {
		ID        string                  `json:"id"`
		Intent    string                  `json:"intent"`
		For       *string                 `json:"for"`
		Args      []arg                   `json:"args"`
		When      *orchestrator.Condition `json:"when"`
		Otherwise *string                 `json:"otherwise"`
		ForEach   *string                 `json:"for_each"`
		Max       *int                    `json:"max"`
		After     []string                `json:"after"`
		Lookup    bool                    `json:"lookup"`
		Text      string                  `json:"text"`
	}
	opt := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	steps := []step{}
	for _, s := range p.Steps {
		args := []arg{}
		for _, name := range sorted(s.Args) {
			a := s.Args[name]
			args = append(args, arg{name, a.Value, opt(a.Ref), opt(a.Text)})
		}
		var most *int
		if s.Max != 0 {
			most = &s.Max
		}
		steps = append(steps, step{
			s.ID, s.Intent, opt(s.For), args, s.When, opt(s.Otherwise), opt(s.ForEach), most,
			append([]string{}, s.After...), s.Lookup, s.Text,
		})
	}
	return compact(struct {
		Kind    orchestrator.PlanKind `json:"kind"`
		Text    string                `json:"text"`
		Steps   []step                `json:"steps"`
		Missing *orchestrator.Missing `json:"missing"`
		Partly  bool                  `json:"partly"`
	}{p.Kind, p.Text, steps, p.Missing, p.Partly})
}
