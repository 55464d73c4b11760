package services

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"banyan/orchestrator"
)

// TestFillIsJSON compares the direct way of decoding with that through text: the
// same arguments are accepted, and they come out the same.
func TestFillIsJSON(t *testing.T) {
	type params struct {
		Text  string    `json:"text,omitempty"`
		Whole int       `json:"whole,omitempty"`
		Small int8      `json:"small,omitempty"`
		Ratio float64   `json:"ratio,omitempty"`
		Flag  bool      `json:"flag,omitempty"`
		At    time.Time `json:"at,omitzero"`
	}
	schema, err := orchestrator.SchemaFor[params]()
	if err != nil {
		t.Fatal(err)
	}
	direct, err := rulesOf(schema, reflect.TypeFor[params]())
	if err != nil {
		t.Fatal(err)
	}
	if direct.fillers == nil {
		t.Fatal("plain parameters go the long way")
	}
	byText := direct
	byText.fillers = nil
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.String().AsAny(), rapid.Bool().AsAny(), rapid.Float64Range(-1e6, 1e6).AsAny(),
			rapid.Map(rapid.IntRange(-300, 300), func(n int) any { return float64(n) }),
			rapid.SampledFrom([]any{
				"2026-11-21T14:02:00Z", "2026-11-21T14:02:00.5+01:00", "2026-11-21T1:02:00Z", "2026-02-30T00:00:00Z",
				[]any{"a"},
				map[string]any{"a": 1.0},
				7,
			}),
		)
		args := rapid.MapOf(rapid.SampledFrom([]string{"text", "whole", "small", "ratio", "flag", "at"}), value).Draw(t, "args")
		var one, two params
		errOne, errTwo := decode(direct, args, &one), decode(byText, args, &two)
		if (errOne == nil) != (errTwo == nil) {
			t.Fatalf("directly %v, by text %v", errOne, errTwo)
		}
		if errOne == nil && !(one.At.Equal(two.At) && func() bool { one.At, two.At = time.Time{}, time.Time{}; return one == two }()) {
			t.Fatalf("directly %+v, by text %+v", one, two)
		}
	})
}
