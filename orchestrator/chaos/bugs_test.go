package chaos_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"pgregory.net/rapid"

	"banyan/orchestrator"
	"banyan/orchestrator/chaos"
)

func TestBugs(t *testing.T) {
	for name, want := range map[string]map[string]any{
		"off_by_one_date": {"sent": "2028-02-29T23:59:59+01:00", "due": "2029-01-01"},
		"amount_cents":    {"postage": 1250.0}, // the insured sum cannot be so high
		"wrong_choice":    {"state": "packed"},
		"dropped_field":   {"note": nil},
		"reversed_list":   {"stops": []any{"Bergen", "Oslo", "Umeå"}},
		"number_as_text":  {"postage": "12.5", "insured": "100", "weight": "2.5", "count": "3"},
		"stale":           {},
	} {
		t.Run(name, func(t *testing.T) {
			p := &parcels{data: parcel()}
			b, s := MustWrap(t, p)
			MustInject(t, b, orchestrator.Fault{Bug: name})
			expected := parcel()
			for field, value := range want {
				if expected[field] = value; value == nil {
					delete(expected, field)
				}
			}
			for _, call := range []orchestrator.Call{read(), {Intent: "send_parcel"}, {Intent: "send_parcel", DryRun: true}} {
				res, err := s.Call(t.Context(), call)
				if err != nil || !reflect.DeepEqual(res.Data, expected) {
					t.Errorf("%s, dry run %v: %v, %v; want %v", call.Intent, call.DryRun, res.Data, err, expected)
				}
				if !reflect.DeepEqual(res.State, map[string]any{"parcel 7": "sent"}) {
					t.Errorf("the state became %v", res.State)
				}
			}
			if !reflect.DeepEqual(p.data, parcel()) {
				t.Errorf("what belongs to the service became %v", p.data)
			}
		})
	}
	for _, b := range chaos.Bugs() {
		if b.Name == "" || !strings.HasSuffix(b.Text, ".") {
			t.Errorf("%+v is not told in a sentence", b)
		}
	}
}

func TestBugsWithoutASchema(t *testing.T) {
	data := map[string]any{"day": "2028-05-01", "price": 9.95, "pieces": 3.0, "who": "Ada", "list": []any{"a", "b"}}
	for name, want := range map[string]map[string]any{
		"off_by_one_date": {"day": "2028-05-02"},
		"amount_cents":    {"price": 9.95 * 100},
		"reversed_list":   {"list": []any{"b", "a"}},
		"dropped_field":   {"who": nil},
		"wrong_choice":    {},
	} {
		t.Run(name, func(t *testing.T) {
			b, s := MustWrap(t, &parcels{data: data})
			MustInject(t, b, orchestrator.Fault{Bug: name})
			expected := maps.Clone(data)
			for field, value := range want {
				if expected[field] = value; value == nil {
					delete(expected, field)
				}
			}
			res, err := s.Call(t.Context(), orchestrator.Call{Intent: "get_anything"})
			if err != nil || !reflect.DeepEqual(res.Data, expected) {
				t.Errorf("%v, %v; want %v", res.Data, err, expected)
			}
		})
	}
}

func TestDroppedEntry(t *testing.T) {
	data := parcel()
	delete(data, "note")
	b, s := MustWrap(t, &parcels{data: data})
	MustInject(t, b, orchestrator.Fault{Bug: "dropped_field"})
	res, err := s.Call(t.Context(), read())
	if err != nil || fmt.Sprint(res.Data["stops"]) != "[Umeå Oslo]" || len(res.Data) != len(data) {
		t.Errorf("%v, %v", res.Data, err)
	}
}

func TestStale(t *testing.T) {
	p := &parcels{data: map[string]any{"n": 1.0}}
	b, s := MustWrap(t, p)
	MustInject(t, b, orchestrator.Fault{Bug: "stale"})
	ask := func(intent, parcel, who string) any {
		res, err := s.Call(t.Context(), orchestrator.Call{Intent: intent, Args: map[string]any{"parcel_id": parcel}, Subject: orchestrator.User{Email: who}})
		if err != nil {
			t.Fatal(err)
		}
		return res.Data["n"]
	}
	if ask("get_parcel", "1", "ada") != 1.0 {
		t.Error("the first answer is wrong")
	}
	p.data = map[string]any{"n": 2.0}
	for what, tt := range map[string]struct{ got, want any }{
		"the same":         {ask("get_parcel", "1", "ada"), 1.0},
		"another argument": {ask("get_parcel", "2", "ada"), 2.0},
		"another subject":  {ask("get_parcel", "1", "ben"), 2.0},
		"a change":         {ask("send_parcel", "1", "ada"), 2.0},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", what, tt.got, tt.want)
		}
	}
	if err := b.Heal(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	MustInject(t, b, orchestrator.Fault{Bug: "stale"})
	if got := ask("get_parcel", "1", "ada"); got != 2.0 {
		t.Errorf("after healing and breaking again: %v", got)
	}
}

// drawSchema makes a schema of a few levels, drawValue a value that fits it.
func drawSchema(t *rapid.T, depth int) *jsonschema.Schema {
	kinds := []string{"string", "date", "date-time", "choice", "number", "integer", "boolean"}
	if depth > 0 {
		kinds = append(kinds, "object", "object", "array", "array")
	}
	switch kind := rapid.SampledFrom(kinds).Draw(t, "kind"); kind {
	case "date", "date-time":
		return &jsonschema.Schema{Type: "string", Format: kind}
	case "choice":
		return &jsonschema.Schema{Type: "string", Enum: []any{"a", "b", "2028-01-31"}[:rapid.IntRange(1, 3).Draw(t, "choices")]}
	case "number", "integer":
		s := &jsonschema.Schema{Type: kind}
		if rapid.Bool().Draw(t, "bounded") {
			least, most := -50.0, rapid.SampledFrom([]float64{50, 5000}).Draw(t, "most")
			s.Minimum, s.Maximum = &least, &most
		}
		return s
	case "object":
		return drawObject(t, depth-1)
	case "array":
		least := rapid.IntRange(0, 2).Draw(t, "least")
		return &jsonschema.Schema{Type: "array", Items: drawSchema(t, depth-1), MinItems: &least}
	default:
		return &jsonschema.Schema{Type: kind}
	}
}

func drawObject(t *rapid.T, depth int) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{}}
	for i := range rapid.IntRange(0, 4).Draw(t, "fields") {
		name := string(rune('a' + i))
		s.Properties[name] = drawSchema(t, depth)
		if rapid.Bool().Draw(t, "required") {
			s.Required = append(s.Required, name)
		}
	}
	return s
}

func drawValue(t *rapid.T, s *jsonschema.Schema) any {
	switch {
	case s.Enum != nil:
		return rapid.SampledFrom(s.Enum).Draw(t, "value")
	case s.Format == "date":
		return "2028-02-29"
	case s.Format == "date-time":
		return "2028-12-31T10:00:00.5Z"
	}
	switch s.Type {
	case "string":
		return rapid.SampledFrom([]string{"", "text", "2028-01-01"}).Draw(t, "value")
	case "number":
		return rapid.Float64Range(-50, 50).Draw(t, "value")
	case "integer":
		return float64(rapid.IntRange(-50, 50).Draw(t, "value"))
	case "boolean":
		return rapid.Bool().Draw(t, "value")
	case "array":
		list := []any{}
		for range *s.MinItems + rapid.IntRange(0, 2).Draw(t, "more") {
			list = append(list, drawValue(t, s.Items))
		}
		return list
	}
	object := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if slices.Contains(s.Required, name) || rapid.Bool().Draw(t, "there") {
			object[name] = drawValue(t, s.Properties[name])
		}
	}
	return object
}

// described is a service with one intent and one answer.
type described struct {
	schema *jsonschema.Schema
	data   map[string]any
}

func (d described) Describe(context.Context) (orchestrator.Description, error) {
	return orchestrator.Description{Name: "parcels", Intents: []orchestrator.Intent{{Name: "ask", Effect: orchestrator.Read, Result: d.schema}}}, nil
}

func (d described) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{Data: d.data}, nil
}

// Whatever a service answers: a bug keeps to its schema, is wrong in the same way each
// time, and leaves what belongs to the service alone.
func TestBugsKeepToTheSchema(t *testing.T) {
	wrong := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		schema := drawObject(r, 2)
		data := drawValue(r, schema).(map[string]any)
		before := fmt.Sprint(data)
		resolved, err := schema.CloneSchemas().Resolve(nil)
		if err != nil {
			r.Fatal(err)
		}
		if err := resolved.Validate(data); err != nil {
			r.Fatalf("the test draws what does not fit: %v", err)
		}
		b, s := MustWrap(t, described{schema, data})
		for _, bug := range chaos.Bugs() {
			if err := b.Inject(t.Context(), orchestrator.Fault{Service: "parcels", Bug: bug.Name}); err != nil {
				r.Fatal(err)
			}
			first, err := s.Call(t.Context(), orchestrator.Call{Intent: "ask"})
			if err != nil {
				r.Fatal(err)
			}
			again, err := s.Call(t.Context(), orchestrator.Call{Intent: "ask"})
			if err != nil || !reflect.DeepEqual(first, again) {
				r.Fatalf("%s: %v, then %v, %v", bug.Name, first, again, err)
			}
			if err := resolved.Validate(first.Data); err != nil && bug.Name != "number_as_text" {
				r.Fatalf("%s: %v became %v: %v", bug.Name, data, first.Data, err)
			}
			if fmt.Sprint(data) != before {
				r.Fatalf("%s changed what belongs to the service", bug.Name)
			}
			if fmt.Sprint(first.Data) != before {
				wrong[bug.Name]++
			}
		}
	})
	for _, bug := range chaos.Bugs() {
		if wrong[bug.Name] == 0 && bug.Name != "stale" {
			t.Errorf("%s was never wrong", bug.Name)
		}
	}
}
