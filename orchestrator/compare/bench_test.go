package compare_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"banyan/orchestrator"
	"banyan/orchestrator/compare"
)

// twenty is a result of twenty fields.
func twenty() map[string]any {
	data := map[string]any{"id": "1003", "status": "processing", "placed": "2028-03-01T12:00:00Z", "total": 45.5, "currency": "EUR"}
	for i := range 7 {
		data[fmt.Sprint("field", i)] = fmt.Sprint("value ", i)
	}
	data["items"] = []any{
		map[string]any{"name": "mug", "quantity": 2.0, "price": 10.25},
		map[string]any{"name": "lamp", "quantity": 1.0, "price": 25.0},
	}
	return data
}

// deepList is a list within a list and so on, of one entry each.
func deepList(depth int, end any) any {
	for range depth {
		end = []any{end}
	}
	return end
}

func longList(n int, seed uint64) []any {
	r := rand.New(rand.NewPCG(seed, 0))
	list := make([]any, n)
	for i := range list {
		list[i] = map[string]any{"n": float64(r.IntN(n)), "text": strings.Repeat("x", r.IntN(40))}
	}
	return list
}

// Of an unordered list in which many entries are a little different, each finds its own.
func TestManyEntriesWithinTolerance(t *testing.T) {
	var a, b []any
	for i := range 150 {
		a = append(a, map[string]any{"n": float64(i)})
		b = append(b, map[string]any{"n": float64(149-i) + 0.4})
	}
	c := MustNew(t, compare.Rule{Unordered: []string{"x"}, Numbers: map[string]compare.Tolerance{"x[*].n": {Absolute: 0.5}}})
	p := pairOf(orchestrator.Result{Data: map[string]any{"x": a}}, orchestrator.Result{Data: map[string]any{"x": b}})
	if got := c.Compare(p); !got.Matched {
		t.Errorf("got %s", tell(got))
	}
	b[17].(map[string]any)["n"] = 1000.0
	if got := tell(c.Compare(p)); got != "value: x[132].n value" {
		t.Errorf("one is different: %s", got)
	}
}

// Whatever comes, a comparison ends, and says so if it has not seen all: a list of
// lists in each of which everything could match everything, in 500 levels or of a
// million values.
func TestHugeResults(t *testing.T) {
	c := MustNew(t, compare.Rule{Unordered: []string{"**"}, Numbers: map[string]compare.Tolerance{"**": {Absolute: 0.4}}})
	long := longList(300_000, 1)
	for name, tt := range map[string]struct {
		a, b any
		want string
	}{
		"Deep":      {deepList(60, 1.0), deepList(60, 2.0), ""},
		"Deeper":    {deepList(500, 1.0), deepList(500, 2.0), "inconclusive size"},
		"LongSame":  {long, long, "inconclusive size"},
		"LongOther": {long, longList(300_000, 2), "inconclusive size"},
		"LongShort": {long, long[1:], "count: x count"},
		"Late":      {map[string]any{"a": long, "b": 1.0}, map[string]any{"a": long, "b": 2.0}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.Compare(pairOf(orchestrator.Result{Data: map[string]any{"x": tt.a}}, orchestrator.Result{Data: map[string]any{"x": tt.b}}))
			if got.Matched || tt.want != "" && tell(got) != tt.want {
				t.Errorf("got %s", tell(got))
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	changed := twenty()
	changed["items"].([]any)[1].(map[string]any)["price"] = 26.0
	shuffled := longList(100, 1)
	rand.New(rand.NewPCG(3, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	huge := longList(300_000, 1)
	rules := compare.Rule{Ignore: []string{"ticket_id", "items[*].eta", "**.trace"}, Unordered: []string{"list"}}
	for _, bench := range []struct {
		name string
		rule compare.Rule
		a, b map[string]any
	}{
		{"Twenty/Same", compare.Rule{}, twenty(), twenty()},
		{"Twenty/SameWithRules", rules, twenty(), twenty()},
		{"Twenty/Different", rules, twenty(), changed},
		{"Unordered100", rules, map[string]any{"list": longList(100, 1)}, map[string]any{"list": shuffled}},
		{"Huge", compare.Rule{}, map[string]any{"list": huge}, map[string]any{"list": huge}},
		{"HugeUnordered", rules, map[string]any{"list": huge}, map[string]any{"list": longList(300_000, 2)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			c := MustNew(b, bench.rule)
			p := pairOf(orchestrator.Result{Data: bench.a}, orchestrator.Result{Data: bench.b})
			b.ReportAllocs()
			for b.Loop() {
				c.Compare(p)
			}
		})
	}
}
