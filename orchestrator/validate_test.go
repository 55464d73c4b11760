package orchestrator

import (
	"encoding/json"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"pgregory.net/rapid"
)

// quickSample has all that the compiled form knows.
const quickSample = `{"type":"object","required":["id"],"additionalProperties":false,"properties":{
	"id":{"type":"string","pattern":"^[a-z]+$","maxLength":3},
	"kind":{"type":"string","enum":["a","b"],"title":"kind","x-unit":"u"},
	"n":{"type":"integer","minimum":-1,"maximum":2},
	"f":{"type":"number"},
	"ok":{"type":"boolean"},
	"list":{"type":"array","minItems":1,"maxItems":2,"items":{"type":"object","properties":{"s":{"type":"string","minLength":1}}}}}}`

func mustSchema(t testing.TB, text string) *jsonschema.Schema {
	t.Helper()
	var s jsonschema.Schema
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

// TestQuickAgreesWithLibrary compares the compiled form with the library on
// random values near the sample.
func TestQuickAgreesWithLibrary(t *testing.T) {
	v, err := newValidator(mustSchema(t, quickSample))
	if err != nil || v.quick == nil {
		t.Fatalf("the sample is not compiled: %v", err)
	}
	value := rapid.OneOf(
		rapid.Just(any(nil)), rapid.Just(any(true)),
		rapid.Map(rapid.SampledFrom([]string{"", "a", "b", "c", "abc", "abcd", "ABC", "ä"}), func(s string) any { return s }),
		rapid.Map(rapid.SampledFrom([]float64{-2, -1, 0, 1.5, 2, 3, 1e300}), func(f float64) any { return f }),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]any{map[string]any{}, map[string]any{"s": "x"}, map[string]any{"s": ""}, map[string]any{"t": 1.0}, "x"}), 0, 3), func(l []any) any { return l }),
	)
	object := rapid.MapOfN(rapid.SampledFrom([]string{"id", "kind", "n", "f", "ok", "list", "other"}), value, 0, 6)
	sound := 0
	rapid.Check(t, func(rt *rapid.T) {
		data := object.Draw(rt, "data")
		if rapid.Bool().Draw(rt, "with id") {
			data["id"] = "ab"
		}
		resolved, err := v.resolved()
		if err != nil {
			rt.Fatal(err)
		}
		byLibrary := resolved.Validate(data) == nil
		if byLibrary {
			sound++
		}
		if v.quick.fits(data) != byLibrary {
			rt.Fatalf("%v: the library says %v", data, resolved.Validate(data))
		}
	})
	if sound == 0 {
		t.Error("not one sound value was drawn")
	}
}

func TestQuickLeavesTheRestToTheLibrary(t *testing.T) {
	for name, text := range map[string]string{
		"AnyOf":        `{"type":"object","properties":{"x":{"anyOf":[{"type":"string"},{"type":"number"}]}}}`,
		"Ref":          `{"type":"object","$defs":{"d":{"type":"string"}},"properties":{"x":{"$ref":"#/$defs/d"}}}`,
		"Const":        `{"type":"object","properties":{"x":{"const":3}}}`,
		"NumberEnum":   `{"type":"object","properties":{"x":{"type":"number","enum":[1,2]}}}`,
		"Types":        `{"type":"object","properties":{"x":{"type":["string","null"]}}}`,
		"NoType":       `{"type":"object","properties":{"x":{}}}`,
		"OtherFields":  `{"type":"object","additionalProperties":{"type":"string"}}`,
		"ExclusiveMin": `{"type":"object","properties":{"x":{"type":"number","exclusiveMinimum":0}}}`,
		"UniqueItems":  `{"type":"object","properties":{"x":{"type":"array","uniqueItems":true}}}`,
		"Not":          `{"type":"object","properties":{"x":{"type":"string","not":{"pattern":"a"}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			v, err := newValidator(mustSchema(t, text))
			if err != nil {
				t.Fatal(err)
			}
			if v.quick != nil {
				t.Error("it is compiled, though it says more than the compiled form knows")
			}
		})
	}
}

// What the library would refuse is refused when the schema is given, not when the
// first value comes.
func TestUnsoundSchemasAreRefused(t *testing.T) {
	text := &jsonschema.Schema{Type: "string"}
	cyclic := &jsonschema.Schema{Type: "array"}
	cyclic.Items = cyclic
	object := func(properties map[string]*jsonschema.Schema) *jsonschema.Schema {
		return &jsonschema.Schema{Type: "object", Properties: properties}
	}
	for name, s := range map[string]*jsonschema.Schema{
		"Nothing":            object(map[string]*jsonschema.Schema{"a": nil}),
		"Twice":              object(map[string]*jsonschema.Schema{"a": text, "b": text}),
		"Cyclic":             object(map[string]*jsonschema.Schema{"a": cyclic}),
		"BadPattern":         object(map[string]*jsonschema.Schema{"a": {Type: "string", Pattern: "("}}),
		"PatternOfANumber":   object(map[string]*jsonschema.Schema{"a": {Type: "integer", Pattern: "("}}),
		"OtherDocument":      object(map[string]*jsonschema.Schema{"a": {Ref: "https://example.com/schema"}}),
		"TypeAndTypesAtOnce": object(map[string]*jsonschema.Schema{"a": {Type: "string", Types: []string{"string", "null"}}}),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := newValidator(s); err == nil {
				t.Error("the schema was taken")
			}
		})
	}
}
