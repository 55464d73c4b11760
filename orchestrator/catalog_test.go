package orchestrator

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

func TestCatalog(t *testing.T) {
	object := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{"email": {Type: "string"}}}
	sound := Intent{Name: "fly", Summary: "Fly", Effect: Read, Params: object}
	with := func(change func(*Intent)) Intent {
		in := sound
		change(&in)
		return in
	}
	describe := func(name string, era Era, in ...Intent) Description {
		return Description{Name: name, Version: "1", Contract: ContractVersion, Era: era, Intents: in}
	}
	for _, tc := range []struct {
		name    string
		in      []Description
		intents int
		problem string
	}{
		{"OK", []Description{describe("a", Modern, sound)}, 1, ""},
		{"Overlap", []Description{describe("a", Legacy, sound), describe("b", Modern, sound)}, 1, ""},
		{"SameEraTwice", []Description{describe("a", Modern, sound), describe("b", Modern, sound)}, 1, "already offered by a"},
		{"OtherContract", []Description{{Name: "a", Contract: 99, Era: Modern, Intents: []Intent{sound}}}, 0, "contract version 99"},
		{"NoEra", []Description{describe("a", "", sound)}, 0, "era"},
		{"NoName", []Description{describe("", Modern, sound)}, 0, "no name"},
		{"BadIntentName", []Description{describe("a", Modern, with(func(i *Intent) { i.Name = "Fly away" }), sound)}, 1, "lower-case"},
		{"BadEffect", []Description{describe("a", Modern, with(func(i *Intent) { i.Effect = "magic" }))}, 0, "magic"},
		{"NoEffectIsAChange", []Description{describe("a", Modern, with(func(i *Intent) { i.Effect = "" }))}, 1, ""},
		{"BadParams", []Description{describe("a", Modern, with(func(i *Intent) { i.Params = &jsonschema.Schema{Type: "string"} }))}, 0, "parameters"},
		{"BadPattern", []Description{describe("a", Modern, with(func(i *Intent) {
			i.Result = &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{"x": {Pattern: "("}}}
		}))}, 0, "result"},
		{"BadTemplate", []Description{describe("a", Modern, with(func(i *Intent) { i.Answer = "{{.nope" }))}, 0, "answer"},
		{"UnknownSubject", []Description{describe("a", Modern, with(func(i *Intent) { i.Subject = "who" }))}, 0, "who"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var offered []Offered
			for _, d := range tc.in {
				offered = append(offered, Offered{Service: &depot{}, Description: d})
			}
			c, problems := NewCatalog(offered)
			var all strings.Builder
			for _, p := range problems {
				all.WriteString(p.Error())
			}
			if len(c.Intents()) != tc.intents || (tc.problem == "") != (len(problems) == 0) || !strings.Contains(all.String(), tc.problem) {
				t.Errorf("%d intents, problems: %s", len(c.Intents()), all.String())
			}
			if e := c.Intent("fly"); e != nil && len(e.Offers) > 1 && e.Offers[0].Era != Modern {
				t.Error("legacy stands before modern")
			}
			if e := c.Intent("fly"); tc.name == "NoEffectIsAChange" && !e.NeedsYes() {
				t.Error("an intent without an effect needs no yes")
			}
		})
	}
}

func TestCatalogVersion(t *testing.T) {
	version := func(summary string) string {
		c, _ := NewCatalog([]Offered{{Description: Description{
			Name: "a", Version: "1", Contract: ContractVersion, Era: Modern,
			Intents: []Intent{{Name: "fly", Summary: summary, Effect: Read}},
		}}})
		return c.Version()
	}
	if first, again := version("Fly"), version("Fly"); first != again || first == version("Fly away") {
		t.Error("the version does not follow the descriptions")
	}
}

// broken is a service that cannot be described.
type broken struct{}

func (broken) Describe(context.Context) (Description, error) { panic("no") }

func (broken) Call(context.Context, Call) (Result, error) { return Result{}, nil }

func TestServiceThatCannotBeDescribed(t *testing.T) {
	k, err := New(t.Context(), Config{Services: []Service{broken{}, &depot{era: Modern}}, Backend: &script{}, Store: &shelf{}, Directory: people{}})
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Problems()) != 1 || len(k.Catalog().Intents()) != 4 {
		t.Errorf("%v, %d intents", k.Problems(), len(k.Catalog().Intents()))
	}
}

func TestSchemaFor(t *testing.T) {
	type part struct {
		Name string `json:"name"`
	}
	type sample struct {
		Status string    `json:"status" title:"state" enum:"new,old" synonyms:"new=fresh|recent" jsonschema:"how it is"`
		Price  float64   `json:"price" unit:"EUR" min:"0"`
		Count  int       `json:"count,omitempty" max:"9"`
		At     time.Time `json:"at,omitzero"`
		Parts  []part    `json:"parts"`
		Code   string    `json:"code" pattern:"^[0-9]+$" example:"12" maxlen:"4"`
		Mail   string    `json:"mail" format:"email"`
	}
	s, err := SchemaFor[sample]()
	if err != nil {
		t.Fatal(err)
	}
	p := s.Properties
	if p["status"].Title != "state" || p["status"].Description != "how it is" || len(p["status"].Enum) != 2 || Synonyms(p["status"])["new"][1] != "recent" {
		t.Errorf("status: %+v", p["status"])
	}
	if Unit(p["price"]) != "EUR" || *p["price"].Minimum != 0 || *p["count"].Maximum != 9 {
		t.Error("bounds or unit are lost")
	}
	if p["at"].Format != "date-time" || p["mail"].Format != "email" || p["code"].Pattern == "" || *p["code"].MaxLength != 4 {
		t.Error("formats are lost")
	}
	if p["parts"].Type != "array" || p["parts"].Items.Properties["name"] == nil {
		t.Errorf("parts: %+v", p["parts"])
	}
	if len(s.Required) != 5 {
		t.Errorf("required: %v", s.Required)
	}
}

func TestWording(t *testing.T) {
	w := Wording{Now: time.Date(2026, 3, 5, 12, 0, 0, 0, time.FixedZone("", 3600))}
	day := func(n int) string { return w.Now.AddDate(0, 0, n).Format(time.RFC3339) }
	for _, tc := range []struct{ got, want string }{
		{w.Money(45.0, "EUR"), "45.00 EUR"},
		{w.Money("45", "EUR"), ""},
		{w.Number(3.0), "3"},
		{w.Number(2.5), "2.5"},
		{w.Plural(1.0, "order"), "1 order"},
		{w.Plural(0.0, "delivery"), "no deliveries"},
		{w.Plural(2.0, "box"), "2 boxes"},
		{w.Date(day(0)), "today 12:00"},
		{w.Date(day(-1)), "yesterday 12:00"},
		{w.Date(day(-3)), "3 days ago"},
		{w.Day(day(1)), "tomorrow"},
		{w.Day(day(5)), "in 5 days"},
		{w.Day("2026-03-05"), "today"},
		{w.Date("2026-01-09T10:00:00Z"), "on 9 January"},
		{w.Date("2025-01-09T10:00:00Z"), "on 9 January 2025"},
		{w.Date("2026-03-04T23:30:00Z"), "today 00:30"}, // already the next day where people are
		{w.Date("soon"), ""},
		{w.Items([]any{map[string]any{"name": "mug", "quantity": 2.0}, map[string]any{"name": "kettle"}}), "2 × mug and kettle"},
		{w.List([]any{"a", "b", "c"}), "a, b and c"},
		{Duration(0.4), "<1 ms"},
		{Duration(3), "3 ms"},
		{Duration(412), "0.4 s"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}
