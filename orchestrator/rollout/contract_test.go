package rollout

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

type props = map[string]*jsonschema.Schema

func str() *jsonschema.Schema { return &jsonschema.Schema{Type: "string"} }

func oneOf(list ...any) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Enum: list} }

func listOf(s *jsonschema.Schema) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "array", Items: s}
}

func TestContract(t *testing.T) {
	integer, number := &jsonschema.Schema{Type: "integer"}, &jsonschema.Schema{Type: "number"}
	none := object(nil)
	low, high := 1.0, 9.0
	tests := []struct {
		name                                     string
		wasParams, isParams, wasResult, isResult *jsonschema.Schema
		want                                     string // empty: the contract is kept
	}{
		{"the same", object(props{"id": str()}, "id"), object(props{"id": str()}, "id"), object(props{"total": number}, "total"), object(props{"total": number}, "total"), ""},
		{"takes and returns more", object(props{"id": str()}, "id"), object(props{"id": str(), "why": str()}), none, object(props{"total": number}), ""},
		{"wider parameter, narrower result", object(props{"n": integer}), object(props{"n": number}), object(props{"n": number}), object(props{"n": integer}), ""},
		{"parameter is gone", object(props{"id": str()}), none, none, none, "does not take the parameter id"},
		{"parameter of another type", object(props{"id": str()}), object(props{"id": integer}), none, none, "The parameter id is string in legacy and integer in modern"},
		{"parameter of a narrower type", object(props{"n": number}), object(props{"n": integer}), none, none, "The parameter n is number"},
		{"any type before", object(props{"n": {}}), object(props{"n": integer}), none, none, "The parameter n is anything in legacy"},
		{"new required one", none, object(props{"id": str()}, "id"), none, none, "requires the parameter id"},
		{"optional one required", object(props{"id": str()}), object(props{"id": str()}, "id"), none, none, "requires the parameter id"},
		{"narrower enum", object(props{"s": oneOf("a", "b")}), object(props{"s": oneOf("a")}), none, none, "may not be b any more"},
		{"new enum", object(props{"s": str()}), object(props{"s": oneOf("a")}), none, none, "only one of a"},
		{"wider enum", object(props{"s": oneOf("a")}), object(props{"s": oneOf("a", "b")}), none, none, ""},
		{"lower maximum", object(props{"n": {Type: "integer", Maximum: &high}}), object(props{"n": {Type: "integer", Maximum: &low}}), none, none, "lower upper bound"},
		{"new pattern", object(props{"s": str()}), object(props{"s": {Type: "string", Pattern: "^x"}}), none, none, "must match ^x"},
		{"deep in a list of parameters", object(props{"l": listOf(object(props{"a": str()}))}), object(props{"l": listOf(object(props{"a": integer}))}), none, none, "The parameter l[].a"},
		{"result field is gone", none, none, object(props{"total": number}), none, "does not return the field total"},
		{"result field may be missing", none, none, object(props{"total": number}, "total"), object(props{"total": number}), "may leave it out"},
		{"result of another type", none, none, object(props{"total": number}), object(props{"total": str()}), "The field total is number in legacy and string in modern"},
		{"result of a wider type", none, none, object(props{"n": integer}), object(props{"n": number}), "The field n is integer"},
		{"new value of a result", none, none, object(props{"s": oneOf("a")}), object(props{"s": oneOf("a", "b")}), "may be b in modern, which legacy never says"},
		{"deep in a result", none, none, object(props{"l": listOf(object(props{"a": str()}, "a"))}), object(props{"l": listOf(object(props{"b": str()}))}), "does not return the field l[].a"},
		{"other unit", none, none, object(props{"t": {Type: "number", Extra: map[string]any{"x-unit": "EUR"}}}), object(props{"t": {Type: "number", Extra: map[string]any{"x-unit": "USD"}}}), "is in EUR in legacy, in modern it is USD"},
		{"other format", none, none, object(props{"d": {Type: "string", Format: "date"}}), object(props{"d": {Type: "string", Format: "date-time"}}), "has the format date in legacy"},
		{"no description of the result any more", none, none, object(props{"d": str()}), nil, "does not say what it returns"},
		{"no description of the result before", none, none, nil, object(props{"d": str()}), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			was, is := read("look_up"), read("look_up")
			was.Params, was.Result, is.Params, is.Result = tt.wasParams, tt.wasResult, tt.isParams, tt.isResult
			cat := MustCatalog(t, offered("old", orchestrator.Legacy, "1", was), offered("new", orchestrator.Modern, "1", is))
			got := contract(cat.Intent("look_up"))
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	t.Run("other effect and subject", func(t *testing.T) {
		was, is := read("look_up"), write("look_up")
		was.Params = object(props{"email": str()})
		is.Params, was.Subject = was.Params, "email"
		cat := MustCatalog(t, offered("old", orchestrator.Legacy, "1", was), offered("new", orchestrator.Modern, "1", is))
		if got := strings.Join(contract(cat.Intent("look_up")), " "); !strings.Contains(got, "effect is read, modern says write") || !strings.Contains(got, "about nobody in particular in modern") {
			t.Error(got)
		}
	})
}

func TestBrokenContractIsNotRoutedTo(t *testing.T) {
	was, is := read("look_up"), read("look_up")
	was.Result = object(props{"total": str()}, "total")
	cat := MustCatalog(t, offered("old", orchestrator.Legacy, "1", was), offered("new", orchestrator.Modern, "1", is))
	c := MustNew(t, Options{}, cat)
	if got := ask(c, cat, "look_up", "a@b.c", ""); got.First != orchestrator.Legacy || got.Why != orchestrator.ByContract {
		t.Errorf("by default %+v", got)
	}
	st, err := c.Status(t.Context())
	if err != nil || len(st.Intents[0].Contract) != 1 || st.Intents[0].Version.Route != legacyRoute {
		t.Errorf("the status says %+v, %v", st.Intents, err)
	}
	change := orchestrator.RouteChange{Intent: "look_up", Route: modernRoute, By: ada}
	var e *orchestrator.Error
	if _, err := c.SetRoute(t.Context(), change); !errors.As(err, &e) || e.Code != CodeContract {
		t.Errorf("it was set without force: %v", err)
	}
	MustSet(t, c, "look_up", "shadow")
	if _, err := c.Promote(t.Context(), "look_up", ada); !errors.As(err, &e) || e.Code != CodeContract {
		t.Errorf("it was promoted: %v", err)
	}
	change.Force = true
	if _, err := c.SetRoute(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	if got := ask(c, cat, "look_up", "a@b.c", ""); got.First != orchestrator.Modern {
		t.Errorf("by force %+v", got)
	}
	t.Run("a new release breaks it", func(t *testing.T) {
		good := MustCatalog(t, offered("old", orchestrator.Legacy, "1", read("look_up")), offered("new", orchestrator.Modern, "1", read("look_up")))
		c := MustNew(t, Options{}, good)
		MustSet(t, c, "look_up", "canary=100")
		c.Learn(cat)
		if got := ask(c, cat, "look_up", "a@b.c", orchestrator.Modern); got.First != orchestrator.Legacy || got.Why != orchestrator.ByContract {
			t.Errorf("%+v", got)
		}
	})
}
