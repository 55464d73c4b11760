package orchestrator

import (
	"testing"
	"time"
)

// elvish is a language that no one speaks, with every rule of its own.
func elvish() *Locale {
	return &Locale{
		Language: "xx", Decimal: ",", Group: ".", Money: "{currency} {amount}", Yes: "ná", No: "lá",
		Today: "sina", Yesterday: "noa", Tomorrow: "enwa", DaysAgo: "{n} days back", InDays: "{n} days on",
		OnDate: "mi ", Date: "{month} {day}", DateYear: "{month} {day}, {year}", Clock: "{date} at {time}",
		Months: []string{"M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10", "M11", "M12"},
		And:    "ar", Or: "hya", One: "er {noun}", None: "lá {nouns}", Many: "{n} {nouns}",
		Plurals: map[string]string{"Alda": "Aldar"}, Endings: [][2]string{{"ë", "i"}, {"", "r"}},
		Owned: "{noun} {name}o", OwnedS: "{noun} {name}'", NounsUpper: true,
	}
}

func TestLocale(t *testing.T) {
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.FixedZone("", 3600))
	at := func(days int) time.Time { return now.AddDate(0, 0, days) }
	en, xx := Wording{Now: now}, Wording{Now: now, Locale: elvish()}
	part := Wording{Now: now, Locale: &Locale{Language: "yy", Today: "hodie"}}
	for _, tc := range []struct{ name, got, want string }{
		{"Money", en.Money(1234567.5, "EUR"), "1,234,567.50 EUR"},
		{"MoneyNegative", en.Money(-1234.5, "EUR"), "-1,234.50 EUR"},
		{"MoneySmall", en.Money(-0.5, "JPY"), "-0.50 JPY"},
		{"MoneyBare", en.Money(999.0, nil), "999.00"},
		{"MoneyOther", xx.Money(1234.5, "EUR"), "EUR 1.234,50"},
		{"Number", en.Number(21.5), "21.5"},
		{"NumberOther", xx.Number(21.5), "21,5"},
		{"NumberWhole", xx.Number(12345.0), "12345"},
		{"Today", xx.Time(at(0), true), "sina at 12:00"},
		{"Yesterday", xx.Time(at(-1), true), "noa at 12:00"},
		{"Tomorrow", xx.Time(at(1), false), "enwa"},
		{"Ago", xx.Time(at(-3), true), "3 days back"},
		{"Ahead", xx.Time(at(3), true), "3 days on"},
		{"Date", xx.Time(at(30), true), "mi M4 4"},
		{"DateYear", xx.Time(at(-400), true), "mi M1 29, 2025"},
		{"Alone", xx.Alone(xx.Time(at(30), true)), "M4 4"},
		{"AloneEnglish", en.Alone(en.Time(at(30), true)), "4 April"},
		{"OtherZone", en.Date("2026-03-04T23:30:00Z"), "today 00:30"},
		{"NoOrders", xx.Plural(0.0, "alda"), "lá aldar"},
		{"OneTree", xx.Plural(1.0, "Alda"), "er Alda"},
		{"Trees", xx.Plural(3.0, "Tasar-Alda"), "3 Tasar-Aldar"},
		{"Ending", xx.Plural(2.0, "lassë"), "2 lassi"},
		{"EnglishPlural", en.Plural(2.0, "delivery"), "2 deliveries"},
		{"List", xx.List([]any{"a", "b", "c"}), "a, b ar c"},
		{"Or", xx.Locale.JoinOr([]string{"a", "b"}), "a hya b"},
		{"EnglishOr", en.Locale.JoinOr([]string{"a", "b", "c"}), "a, b or c"},
		{"Bool", xx.Locale.Bool(true) + en.Locale.Bool(false), "náno"},
		{"Whose", xx.Locale.Whose("Ada", "Alda"), "Alda Adao"},
		{"WhoseHissing", xx.Locale.Whose("Boris", "Alda"), "Alda Boris'"},
		{"WhoseEnglish", en.Locale.Whose("Ada", "Order"), "Ada's order"},
		{"FallsBack", part.Time(at(0), true) + ", " + part.Time(at(-1), false) + ", " + part.Plural(2.0, "order"), "hodie 12:00, yesterday, 2 orders"},
		{"FirstName", FirstName("Ada Okafor"), "Ada"},
		{"FirstNameTitle", FirstName("Dr. Okafor"), "Dr. Okafor"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, tc.got, tc.want)
		}
	}
}

func TestCatalogIn(t *testing.T) {
	type result struct {
		Tree  string    `json:"tree" title:"tree"`
		State string    `json:"state" title:"state" enum:"green,cut_down" synonyms:"cut_down=felled"`
		Price float64   `json:"price" unit:"EUR"`
		Since time.Time `json:"since"`
	}
	res, err := SchemaFor[result]()
	if err != nil {
		t.Fatal(err)
	}
	tree := Intent{
		Name: "show_tree", Summary: "Show a tree", Effect: Read, Result: res, Examples: []string{"show the tree"},
		Answer: `{{theirs $ "Tree"}} **{{.result.tree}}** is {{word $ .result.state}}, {{money .result.price "EUR"}}, {{day .result.since}}.{{if .own}} Yours.{{end}}`,
		Languages: map[string]Words{"xx": {
			Summary: "Tana alda", Examples: []string{"á tana i alda"},
			Answer: `{{theirs $ "Alda"}} **{{.result.tree}}** ná {{word $ .result.state}}, {{money .result.price "EUR"}}, {{day .result.since}}.`,
			Labels: map[string]string{"tree": "Alda"}, Values: map[string][]string{"cut_down": {"nancirna", "hyarna"}},
		}},
	}
	english, errs := NewCatalog([]Offered{{Description: Description{
		Name: "wood", Version: "1", Contract: ContractVersion, Era: Modern, Intents: []Intent{tree, {Name: "other", Summary: "Another"}},
	}}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	xx := english.In(elvish())
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	data := map[string]any{"tree": "Malinornë", "state": "cut_down", "price": 1234.5, "since": now.Format(time.RFC3339)}
	for _, tc := range []struct {
		name    string
		w       Wording
		c       *Catalog
		want    string
		summary string
	}{
		{"English", Wording{Now: now}, english, "Tree **Malinornë** is cut down, 1,234.50 EUR, today.", "Show a tree"},
		{"Own", Wording{Now: now, Own: true}, english, "Tree **Malinornë** is cut down, 1,234.50 EUR, today. Yours.", "Show a tree"},
		{"Named", Wording{Now: now, Name: "Ada Okafor"}, english, "Ada's tree **Malinornë** is cut down, 1,234.50 EUR, today.", "Show a tree"},
		{"Other", Wording{Now: now}, xx, "Alda **Malinornë** ná nancirna, EUR 1.234,50, sina.", "Tana alda"},
		{"OtherNamed", Wording{Now: now, Name: "Boris Olen"}, xx, "Alda Boris' **Malinornë** ná nancirna, EUR 1.234,50, sina.", "Tana alda"},
	} {
		e := tc.c.Intent("show_tree")
		if got, ok := tc.w.RenderAnswer(e, nil, data); !ok || got != tc.want || e.Summary != tc.summary {
			t.Errorf("%s: %q, %q", tc.name, got, e.Summary)
		}
	}
	e := xx.Intent("show_tree")
	state := e.Result.Properties["state"]
	if e.Result.Properties["tree"].Title != "Alda" || EnumWord(state, "cut_down") != "nancirna" || EnumWord(state, "green") != "" ||
		len(Synonyms(state)["cut_down"]) != 2 || e.Examples[0] != "á tana i alda" {
		t.Errorf("the fields are not translated: %+v", state)
	}
	if e := english.Intent("show_tree"); e.Result.Properties["tree"].Title != "tree" || EnumWord(e.Result.Properties["state"], "cut_down") != "" {
		t.Error("the English catalog was changed")
	}
	if xx.Intent("other").Summary != "Another" || xx.Version() == english.Version() {
		t.Error("what has no words stays English, in a catalog of another version")
	}
	if english.In(nil) != english || english.In(&Locale{Language: "zz"}) != english {
		t.Error("a language that nobody speaks makes no catalog")
	}
}
