package compare_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
	"banyan/orchestrator/compare"
)

// MustNew returns a Comparer with these rules for the intent get_thing.
func MustNew(tb testing.TB, r compare.Rule) *compare.Comparer {
	tb.Helper()
	c, err := compare.New(compare.Rules{Intents: map[string]compare.Rule{"get_thing": r}})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// MustJSON reads an object.
func MustJSON(tb testing.TB, text string) map[string]any {
	tb.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
	return v
}

// pairOf makes a pair of two results of a read.
func pairOf(a, b orchestrator.Result) orchestrator.Pair {
	return orchestrator.Pair{
		Entry:     &orchestrator.Entry{Intent: orchestrator.Intent{Name: "get_thing", Effect: orchestrator.Read}},
		Primary:   orchestrator.Answer{Era: orchestrator.Legacy, Result: a},
		Candidate: orchestrator.Answer{Era: orchestrator.Modern, Result: b},
	}
}

// tell writes a record in a line: its class, then path and class of each difference.
func tell(r orchestrator.ShadowRecord) string {
	var b strings.Builder
	switch {
	case r.Matched:
		b.WriteString("matched")
	case r.Inconclusive:
		b.WriteString("inconclusive " + r.Class)
	default:
		b.WriteString(r.Class)
	}
	for i, d := range r.Differences {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		fmt.Fprintf(&b, "%s%s %s", sep, d.Path, d.Class)
	}
	return b.String()
}

func TestResults(t *testing.T) {
	for name, tt := range map[string]struct {
		rule compare.Rule
		a, b string
		want string
	}{
		"Equal":        {a: `{"x":1,"y":["a",{"z":null}]}`, b: `{"y":["a",{"z":null}],"x":1.0}`, want: "matched"},
		"Value":        {a: `{"x":"a"}`, b: `{"x":"b"}`, want: "value: x value"},
		"Bool":         {a: `{"x":true}`, b: `{"x":false}`, want: "value: x value"},
		"Missing":      {a: `{"x":"a"}`, b: `{}`, want: "missing: x missing"},
		"Extra":        {a: `{}`, b: `{"x":0}`, want: "extra: x extra"},
		"NullIsNone":   {a: `{"x":null}`, b: `{}`, want: "matched"},
		"EmptyIsSome":  {a: `{"x":""}`, b: `{}`, want: "missing: x missing"},
		"EmptyIsNone":  {rule: compare.Rule{Empty: []string{"**"}}, a: `{"x":"","y":[],"z":{"q":null}}`, b: `{"z":{"q":""}}`, want: "matched"},
		"Strict":       {rule: compare.Rule{Strict: []string{"x"}}, a: `{"x":null,"y":null}`, b: `{}`, want: "missing: x missing"},
		"StrictNulls":  {rule: compare.Rule{Strict: []string{"x"}}, a: `{"x":null}`, b: `{"x":null}`, want: "matched"},
		"Type":         {a: `{"x":"1","y":[]}`, b: `{"x":1,"y":{}}`, want: "type: x type, y type"},
		"Gravest":      {a: `{"a":1,"b":2,"c":3}`, b: `{"a":2,"c":"3"}`, want: "type: a value, b missing, c type"},
		"Nested":       {a: `{"o":{"l":[{"x":1},{"x":2}]}}`, b: `{"o":{"l":[{"x":1},{"x":3}]}}`, want: "value: o.l[1].x value"},
		"QuotedName":   {a: `{"a b":{"c":1}}`, b: `{"a b":{"c":2}}`, want: `value: ["a b"].c value`},
		"FieldState":   {a: `{"state":1}`, b: `{"state":2}`, want: "value: state value"},
		"Count":        {a: `{"l":[1,2,3]}`, b: `{"l":[1,3]}`, want: "count: l count"},
		"Order":        {a: `{"l":["a","b","c"]}`, b: `{"l":["c","a","b"]}`, want: "order: l order"},
		"OrderAndMore": {a: `{"l":["a","b","c"]}`, b: `{"l":["c","a","x"]}`, want: "value: l[0] value, l[1] value, l[2] value"},
		"Unordered":    {rule: compare.Rule{Unordered: []string{"l"}}, a: `{"l":[3,1,2,1]}`, b: `{"l":[1,2,1,3]}`, want: "matched"},
		"UnorderedOne": {rule: compare.Rule{Unordered: []string{"l"}}, a: `{"l":[{"n":1},{"n":2}]}`, b: `{"l":[{"n":2},{"n":3}]}`, want: "value: l[0].n value"},
		"UnorderedTwo": {rule: compare.Rule{Unordered: []string{"l"}}, a: `{"l":["a","a"]}`, b: `{"l":["a","b","c"]}`, want: "missing: l[1] missing, l[1] extra, l[2] extra"},
		"Keyed":        {a: `{"l":[{"line_id":"a","n":1},{"line_id":"b","n":2}]}`, b: `{"l":[{"line_id":"b","n":3}]}`, want: "missing: l[1].n value, l[0] missing"},
		"KeyedOrder":   {a: `{"l":[{"id":1,"n":1},{"id":2,"n":2}]}`, b: `{"l":[{"id":2,"n":2},{"id":1,"n":1}]}`, want: "order: l order"},
		"KeyedFree":    {rule: compare.Rule{Unordered: []string{"l"}}, a: `{"l":[{"id":1,"n":1},{"id":2,"n":2}]}`, b: `{"l":[{"id":2,"n":2},{"id":1,"n":1}]}`, want: "matched"},
		"KeyIgnored":   {rule: compare.Rule{Ignore: []string{"l[*].id"}}, a: `{"l":[{"id":1,"n":1},{"id":2,"n":2}]}`, b: `{"l":[{"id":2,"n":1},{"id":1,"n":2}]}`, want: "matched"},
		"KeyTwice":     {a: `{"l":[{"id":1,"n":1},{"id":1,"n":2}]}`, b: `{"l":[{"id":1,"n":1},{"id":1,"n":3}]}`, want: "value: l[1].n value"},
		"Ignore":       {rule: compare.Rule{Ignore: []string{"a", "l[*].b", "m.*.c", "**.d"}}, a: `{"a":1,"l":[{"b":1}],"m":{"x":{"c":1}},"p":[{"q":{"d":1}}],"d":1}`, b: `{"a":2,"l":[{"b":2}],"m":{"x":{"c":2}},"p":[{"q":{"d":2}}],"d":2}`, want: "matched"},
		"IgnoreOnly":   {rule: compare.Rule{Ignore: []string{"l[*].b", "m.*"}}, a: `{"b":1,"l":[{"c":1}],"m":[{"x":1}]}`, b: `{"b":2,"l":[{"c":2}],"m":[{"x":2}]}`, want: "value: b value, l[0].c value, m[0].x value"},
		"IgnoreMore":   {rule: compare.Rule{Ignore: []string{"extra"}}, a: `{}`, b: `{"extra":{"a":1}}`, want: "matched"},
		"Float":        {a: `{"x":0.30000000000000004}`, b: `{"x":0.3}`, want: "matched"},
		"Cent":         {a: `{"x":12.34}`, b: `{"x":12.35}`, want: "value: x value"},
		"Absolute":     {rule: compare.Rule{Numbers: map[string]compare.Tolerance{"x": {Absolute: 0.02}}}, a: `{"x":12.34,"y":1}`, b: `{"x":12.35,"y":1.01}`, want: "value: y value"},
		"Relative":     {rule: compare.Rule{Numbers: map[string]compare.Tolerance{"*": {Relative: 0.1}}}, a: `{"x":100,"y":100}`, b: `{"x":109,"y":120}`, want: "value: y value"},
		"Zone":         {a: `{"x":"2028-03-01T12:00:00Z"}`, b: `{"x":"2028-03-01T13:00:00.2+01:00"}`, want: "matched"},
		"Moment":       {a: `{"x":"2028-03-01T12:00:00Z"}`, b: `{"x":"2028-03-01T12:00:02Z"}`, want: "value: x value"},
		"Within":       {rule: compare.Rule{Times: map[string]time.Duration{"x": time.Minute}}, a: `{"x":"2028-03-01T12:00:00Z"}`, b: `{"x":"2028-03-01T12:00:59Z"}`, want: "matched"},
		"Exactly":      {rule: compare.Rule{Times: map[string]time.Duration{"**": 0}}, a: `{"x":"2028-03-01T12:00:00Z"}`, b: `{"x":"2028-03-01T12:00:00.1Z"}`, want: "value: x value"},
		"Day":          {a: `{"x":"2028-03-01"}`, b: `{"x":"2028-03-02"}`, want: "value: x value"},
		"DayWithin":    {rule: compare.Rule{Times: map[string]time.Duration{"x": 24 * time.Hour}}, a: `{"x":"2028-03-01"}`, b: `{"x":"2028-02-29"}`, want: "matched"},
		"DayOrMoment":  {rule: compare.Rule{Times: map[string]time.Duration{"x": 24 * time.Hour}}, a: `{"x":"2028-03-01"}`, b: `{"x":"2028-03-01T00:00:00Z"}`, want: "value: x value"},
		"NoDay":        {a: `{"x":"2028-13-01"}`, b: `{"x":"2028-13-02"}`, want: "value: x value"},
		"Text":         {rule: compare.Rule{Text: []string{"x"}}, a: `{"x":" Elm  Street\n1","y":"A"}`, b: `{"x":"elm street 1","y":"a"}`, want: "value: y value"},
	} {
		t.Run(name, func(t *testing.T) {
			c := MustNew(t, tt.rule)
			a, b := orchestrator.Result{Data: MustJSON(t, tt.a)}, orchestrator.Result{Data: MustJSON(t, tt.b)}
			if got := tell(c.Compare(pairOf(a, b))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestValuesOfDifferences(t *testing.T) {
	c := MustNew(t, compare.Rule{})
	long := strings.Repeat("ä", 1000)
	many := make([]any, 500)
	got := c.Compare(pairOf(
		orchestrator.Result{Data: map[string]any{"a": 1.0, "long": long, "many": many, "nan": math.NaN(), "o": map[string]any{"x": "y"}}},
		orchestrator.Result{Data: map[string]any{"a": 2.0}},
	))
	want := map[string][2]any{
		"a": {1.0, 2.0}, "long": {strings.Repeat("ä", 150) + "…", nil}, "many": {"a list of 500", nil}, "nan": {"NaN", nil}, "o": {map[string]any{"x": "y"}, nil},
	}
	if len(got.Differences) != len(want) {
		t.Errorf("got %s", tell(got))
	}
	for _, d := range got.Differences {
		if w := want[d.Path]; fmt.Sprint(d.Primary) != fmt.Sprint(w[0]) || d.Candidate != w[1] {
			t.Errorf("%s: %v and %v, want %v", d.Path, d.Primary, d.Candidate, w)
		}
	}
	if _, err := json.Marshal(got); err != nil {
		t.Errorf("it cannot be stored: %v", err)
	}
}

func TestDifferencesAreBounded(t *testing.T) {
	a, b := map[string]any{}, map[string]any{}
	for i := range 100 {
		a[fmt.Sprintf("f%02d", i)], b[fmt.Sprintf("f%02d", i)] = 1.0, 2.0
	}
	for range 3 {
		got := MustNew(t, compare.Rule{}).Compare(pairOf(orchestrator.Result{Data: a}, orchestrator.Result{Data: b}))
		if len(got.Differences) != 8 || got.Differences[0].Path != "f00" || got.Differences[7].Path != "f07" {
			t.Errorf("got %s", tell(got))
		}
	}
}

// A service in this process may use Go's numbers and types.
func TestForms(t *testing.T) {
	c := MustNew(t, compare.Rule{})
	a := map[string]any{"n": 1, "big": int64(1<<53 + 1), "num": json.Number("1.5"), "list": []string{"a"}, "map": map[string]int{"x": 1}, "at": time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)}
	b := map[string]any{"n": 1.0, "big": json.Number("9007199254740993"), "num": 1.5, "list": []any{"a"}, "map": map[string]any{"x": 1.0}, "at": "2028-01-01T01:00:00+01:00"}
	if got := c.Compare(pairOf(orchestrator.Result{Data: a}, orchestrator.Result{Data: b})); !got.Matched {
		t.Errorf("got %s", tell(got))
	}
	b["big"] = int64(1<<53 + 2)
	b["map"] = map[string]any{"x": 2.0}
	if got := tell(c.Compare(pairOf(orchestrator.Result{Data: a}, orchestrator.Result{Data: b}))); got != "value: big value, map.x value" {
		t.Errorf("got %s", got)
	}
}

func TestState(t *testing.T) {
	data := map[string]any{"ok": true}
	state := func(status string) map[string]any {
		return map[string]any{"order 1003": map[string]any{"status": status, "eta": status}}
	}
	for name, tt := range map[string]struct {
		rule compare.Rule
		a, b orchestrator.Result
		want string
	}{
		"Same":      {a: orchestrator.Result{Data: data, State: state("sent")}, b: orchestrator.Result{Data: data, State: state("sent")}, want: "matched"},
		"Differs":   {rule: compare.Rule{Ignore: []string{"state.*.eta"}}, a: orchestrator.Result{Data: data, State: state("sent")}, b: orchestrator.Result{Data: data, State: state("lost")}, want: `state: state["order 1003"].status value`},
		"Ignored":   {rule: compare.Rule{Ignore: []string{`state["order 1003"]`}}, a: orchestrator.Result{Data: data, State: state("sent")}, b: orchestrator.Result{Data: data, State: state("lost")}, want: "matched"},
		"OneTells":  {a: orchestrator.Result{Data: data, State: state("sent")}, b: orchestrator.Result{Data: data}, want: "matched"},
		"More":      {a: orchestrator.Result{Data: data, State: map[string]any{}}, b: orchestrator.Result{Data: data, State: state("sent")}, want: `state: state["order 1003"] extra`},
		"DataFirst": {a: orchestrator.Result{Data: data, State: state("sent")}, b: orchestrator.Result{State: state("lost")}, want: `missing: ok missing, state["order 1003"].eta value, state["order 1003"].status value`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tell(MustNew(t, tt.rule).Compare(pairOf(tt.a, tt.b))); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	no := func(code string) *orchestrator.Error {
		return &orchestrator.Error{Code: code, Message: code + " in words"}
	}
	for name, tt := range map[string]struct {
		a, b *orchestrator.Error
		want string
	}{
		"SameNo":       {no("too_late"), &orchestrator.Error{Code: "too_late", Message: "In other words."}, "matched"},
		"OtherNo":      {no("too_late"), no("not_found"), "error: error error"},
		"NoAndYes":     {no("too_late"), nil, "error: error error"},
		"YesAndNo":     {nil, no("too_late"), "error: error error"},
		"Failed":       {nil, no(orchestrator.CodeUnavailable), "error: error error"},
		"Crashed":      {no("too_late"), no(orchestrator.CodePanic), "error: error error"},
		"BadResult":    {nil, no(orchestrator.CodeBadResult), "error: error error"},
		"TooLate":      {nil, no(orchestrator.CodeTimeout), "inconclusive timeout: error error"},
		"Stopped":      {nil, no(orchestrator.CodeCancelled), "inconclusive error: error error"},
		"FirstFailed":  {no(orchestrator.CodeUnavailable), nil, "inconclusive error: error error"},
		"FirstTooLate": {no(orchestrator.CodeTimeout), no("too_late"), "inconclusive error: error error"},
		"BothFailed":   {no(orchestrator.CodeUnavailable), no(orchestrator.CodeUnavailable), "inconclusive error: error error"},
	} {
		t.Run(name, func(t *testing.T) {
			p := pairOf(orchestrator.Result{}, orchestrator.Result{})
			p.Primary.Err, p.Candidate.Err = tt.a, tt.b
			got := MustNew(t, compare.Rule{}).Compare(p)
			if tell(got) != tt.want {
				t.Errorf("got  %s\nwant %s", tell(got), tt.want)
			}
			for _, d := range got.Differences {
				if tt.a != nil && d.Primary != tt.a.Code || tt.a == nil && d.Primary != nil {
					t.Errorf("of the first is told %v", d.Primary)
				}
			}
		})
	}
}

func TestMoved(t *testing.T) {
	c := MustNew(t, compare.Rule{})
	p := pairOf(orchestrator.Result{Data: map[string]any{"x": 1.0}}, orchestrator.Result{Data: map[string]any{"x": 2.0}})
	p.Moved = true
	if got := tell(c.Compare(p)); got != "inconclusive value: x value" {
		t.Errorf("got %s", got)
	}
	p.Candidate = p.Primary
	if got := tell(c.Compare(p)); got != "matched" {
		t.Errorf("what is the same all the same: %s", got)
	}
}

// Each side of a change writes down its own now.
func TestNow(t *testing.T) {
	c := MustNew(t, compare.Rule{})
	for seconds, want := range map[int]string{1: "matched", 3: "matched", 5: "value: at value", 86400: "value: at value"} {
		at := time.Date(2028, 1, 1, 12, 0, 0, 0, time.UTC)
		p := pairOf(
			orchestrator.Result{Data: map[string]any{"at": at.Format(time.RFC3339)}},
			orchestrator.Result{Data: map[string]any{"at": at.Add(time.Duration(seconds) * time.Second).Format(time.RFC3339)}},
		)
		p.Primary.Duration = 2500 * time.Millisecond
		p.Entry.Effect = orchestrator.Write
		if got := tell(c.Compare(p)); got != want {
			t.Errorf("%d s apart: %s, want %s", seconds, got, want)
		}
	}
}

func TestStatedBySchema(t *testing.T) {
	say := func(kind string, v any) *jsonschema.Schema {
		return &jsonschema.Schema{Type: kind, Extra: map[string]any{"x-compare": v}}
	}
	schema := &jsonschema.Schema{
		Type: "object",
		Defs: map[string]*jsonschema.Schema{"line": {Type: "object", Properties: map[string]*jsonschema.Schema{"made_up": say("string", "ignore")}}},
		Properties: map[string]*jsonschema.Schema{
			"ticket":  say("string", "ignore"),
			"tags":    say("array", "unordered"),
			"name":    say("string", "text"),
			"note":    say("string", "empty"),
			"none":    say("string", "strict"),
			"price":   say("number", map[string]any{"tolerance": 0.01}),
			"share":   say("number", map[string]any{"relative": 0.5}),
			"at":      say("string", map[string]any{"within": "1h"}),
			"lines":   {Type: "array", Items: &jsonschema.Schema{Ref: "#/$defs/line"}},
			"nothing": say("string", "nonsense"),
		},
	}
	offers := []orchestrator.Offer{{Era: orchestrator.Modern}, {Era: orchestrator.Legacy, Intent: orchestrator.Intent{Result: schema}}}
	a := MustJSON(t, `{"ticket":"A1","tags":["a","b"],"name":"Ada  L","note":"","price":1,"share":1,"at":"2028-01-01T10:00:00Z","lines":[{"made_up":"x"}]}`)
	b := MustJSON(t, `{"ticket":"B7","tags":["b","a"],"name":"ada l","price":1.009,"share":1.9,"at":"2028-01-01T10:59:00Z","lines":[{"made_up":"y"}]}`)
	p := pairOf(orchestrator.Result{Data: a}, orchestrator.Result{Data: b})
	c := MustNew(t, compare.Rule{})
	if got := c.Compare(p); len(got.Differences) != 8 {
		t.Errorf("without a schema: %s", tell(got))
	}
	p.Entry.Offers = offers
	if got := tell(c.Compare(p)); got != "matched" {
		t.Errorf("with the schema: %s", got)
	}
	a["none"], a["nothing"], b["nothing"] = nil, "x", "y"
	if got := tell(c.Compare(p)); got != "missing: none missing, nothing value" {
		t.Errorf("what the schema does not let pass: %s", got)
	}
}

// A service of typed functions states it by tags.
func TestStatedByTags(t *testing.T) {
	type thing struct {
		Ticket string   `json:"ticket" compare:"ignore"`
		Tags   []string `json:"tags" compare:"unordered"`
	}
	schema, err := orchestrator.SchemaFor[thing]()
	if err != nil {
		t.Fatal(err)
	}
	p := pairOf(orchestrator.Result{Data: MustJSON(t, `{"ticket":"A1","tags":["a","b"]}`)}, orchestrator.Result{Data: MustJSON(t, `{"ticket":"B7","tags":["b","a"]}`)})
	p.Entry.Offers = []orchestrator.Offer{{Era: orchestrator.Modern, Intent: orchestrator.Intent{Result: schema}}}
	c := MustNew(t, compare.Rule{})
	if got := tell(c.Compare(p)); got != "matched" {
		t.Errorf("got %s", got)
	}
	p.Candidate.Result.Data["tags"] = []any{"b", "c"}
	if got := tell(c.Compare(p)); got != "value: tags[0] value" {
		t.Errorf("another tag: %s", got)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		rule compare.Rule
		says string
	}{
		"Empty":    {compare.Rule{Ignore: []string{""}}, `ignore: the path "" is empty`},
		"Index":    {compare.Rule{Unordered: []string{"l[0]"}}, "but not a certain one"},
		"Star":     {compare.Rule{Text: []string{"a*"}}, "a * within a name"},
		"Dots":     {compare.Rule{Strict: []string{"a..b"}}, "a dot too many"},
		"Dot":      {compare.Rule{Strict: []string{"a."}}, "a dot too many"},
		"NoDot":    {compare.Rule{Strict: []string{"a[*]b"}}, "too few"},
		"Quote":    {compare.Rule{Empty: []string{`a["b`}}, "does not end"},
		"Long":     {compare.Rule{Empty: []string{strings.Repeat("a.", 70) + "a"}}, "too long"},
		"Negative": {compare.Rule{Numbers: map[string]compare.Tolerance{"a": {Absolute: -1}}}, "numbers: a: a tolerance cannot be negative"},
		"NaN":      {compare.Rule{Numbers: map[string]compare.Tolerance{"a": {Relative: math.NaN()}}}, "cannot be negative"},
		"Time":     {compare.Rule{Times: map[string]time.Duration{"a": -1}}, "times: a:"},
	} {
		t.Run(name, func(t *testing.T) {
			for where, rules := range map[string]compare.Rules{
				"comparison rules for every intent: ": {Default: tt.rule},
				"comparison rules for get_thing: ":    {Intents: map[string]compare.Rule{"get_thing": tt.rule}},
			} {
				_, err := compare.New(rules)
				if err == nil || !strings.HasPrefix(err.Error(), where) || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("%v, want %q and %q", err, where, tt.says)
				}
			}
		})
	}
}

func TestIntentWinsOverDefault(t *testing.T) {
	c, err := compare.New(compare.Rules{
		Default: compare.Rule{Ignore: []string{"trace"}, Numbers: map[string]compare.Tolerance{"**": {Absolute: 100}}},
		Intents: map[string]compare.Rule{"get_thing": {Numbers: map[string]compare.Tolerance{"x": {Absolute: 1}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := pairOf(orchestrator.Result{Data: MustJSON(t, `{"x":1,"y":1,"trace":"a"}`)}, orchestrator.Result{Data: MustJSON(t, `{"x":5,"y":5,"trace":"b"}`)})
	if got := tell(c.Compare(p)); got != "value: x value" {
		t.Errorf("got %s", got)
	}
	p.Entry.Name = "get_other"
	if got := tell(c.Compare(p)); got != "matched" {
		t.Errorf("another intent: %s", got)
	}
}
