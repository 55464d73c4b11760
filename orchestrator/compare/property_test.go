package compare_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"banyan/orchestrator"
	"banyan/orchestrator/compare"
)

var names = []string{"a", "b", "id", "line_id", "x y"}

// drawValue makes a value of a few levels, of few different parts, so that two of them
// are often nearly the same.
func drawValue(t *rapid.T, depth int) any {
	most := 7
	if depth == 0 {
		most = 5
	}
	switch rapid.IntRange(0, most).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2, 3:
		return rapid.SampledFrom([]float64{0, 1, 1.04, 1.08, 2, 1e300}).Draw(t, "number")
	case 4:
		return rapid.SampledFrom([]string{"", "a", "A", "a  b", "A b"}).Draw(t, "text")
	case 5:
		return rapid.SampledFrom([]string{"2028-01-01", "2028-01-02", "2028-01-01T00:00:00Z", "2028-01-01T01:00:00+01:00", "2028-01-01T00:00:00.9Z", "2028-01-01T00:00:01.8Z"}).Draw(t, "time")
	case 6:
		list := []any{}
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			list = append(list, drawValue(t, depth-1))
		}
		return list
	}
	return drawObject(t, depth-1)
}

func drawObject(t *rapid.T, depth int) map[string]any {
	object := map[string]any{}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 3, rapid.ID).Draw(t, "fields") {
		object[name] = drawValue(t, depth)
	}
	return object
}

// drawRule makes a rule of random paths.
func drawRule(t *rapid.T) compare.Rule {
	paths := func(what string) []string {
		return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "*", "**", "**.id", "a[*]", "a[*].b", "**[*]", `["x y"].a`, "*[*].**.b", "state.a"}), 0, 2).Draw(t, what)
	}
	r := compare.Rule{Unordered: paths("unordered"), Text: paths("text"), Strict: paths("strict"), Empty: paths("empty")}
	if rapid.IntRange(0, 2).Draw(t, "some ignored") == 0 {
		r.Ignore = slices.DeleteFunc(paths("ignore"), func(p string) bool { return p == "**" || p == "*" })
	}
	r.Numbers = map[string]compare.Tolerance{}
	for _, p := range paths("numbers") {
		r.Numbers[p] = compare.Tolerance{Absolute: rapid.SampledFrom([]float64{0, 0.05}).Draw(t, "absolute")}
	}
	r.Times = map[string]time.Duration{}
	for _, p := range paths("times") {
		r.Times[p] = rapid.SampledFrom([]time.Duration{0, time.Second, 24 * time.Hour}).Draw(t, "within")
	}
	return r
}

// MustCopy makes a deep copy through JSON.
func MustCopy(tb testing.TB, v map[string]any) map[string]any {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return MustJSON(tb, string(b))
}

// change changes one thing of a value somewhere, in place of the original.
func change(t *rapid.T, v any) any {
	switch v := v.(type) {
	case map[string]any:
		fields := slices.Sorted(maps.Keys(v))
		if len(fields) == 0 || rapid.IntRange(0, 3).Draw(t, "here") == 0 {
			v[rapid.SampledFrom(names).Draw(t, "field")] = drawValue(t, 1)
			return v
		}
		name := rapid.SampledFrom(fields).Draw(t, "which")
		if v[name] = change(t, v[name]); rapid.IntRange(0, 5).Draw(t, "drop") == 0 {
			delete(v, name)
		}
		return v
	case []any:
		if len(v) > 1 && rapid.Bool().Draw(t, "turn round") {
			slices.Reverse(v)
			return v
		}
		if len(v) > 0 {
			i := rapid.IntRange(0, len(v)-1).Draw(t, "entry")
			v[i] = change(t, v[i])
		}
		return v
	}
	return drawValue(t, 1)
}

func TestProperties(t *testing.T) {
	matched, differed := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		c := MustNew(t, drawRule(r))
		a := orchestrator.Result{Data: drawObject(r, 3)}
		if rapid.Bool().Draw(r, "state") {
			a.State = drawObject(r, 2)
		}
		// What is the same matches, whoever made it.
		copied := orchestrator.Result{Data: MustCopy(t, a.Data)}
		if a.State != nil {
			copied.State = MustCopy(t, a.State)
		}
		if got := c.Compare(pairOf(a, copied)); !got.Matched || len(got.Differences) > 0 {
			r.Fatalf("%v does not match itself: %s", a, tell(got))
		}
		// What was changed a little is judged alike from both sides, the same way each time.
		b := copied
		for range rapid.IntRange(1, 3).Draw(r, "changes") {
			b.Data = change(r, b.Data).(map[string]any)
		}
		before := fmt.Sprint(a, b)
		there, back := c.Compare(pairOf(a, b)), c.Compare(pairOf(b, a))
		if there.Matched != back.Matched || there.Inconclusive || back.Inconclusive {
			r.Fatalf("%v and %v: there %s, back %s", a, b, tell(there), tell(back))
		}
		if again := c.Compare(pairOf(a, b)); tell(again) != tell(there) {
			r.Fatalf("first %s, then %s", tell(there), tell(again))
		}
		if fmt.Sprint(a, b) != before {
			r.Fatal("comparing changed what was compared")
		}
		if there.Matched != (len(there.Differences) == 0) || len(there.Differences) > 8 || there.Matched != (there.Class == "") {
			r.Fatalf("%+v says two things", there)
		}
		mirror := map[string]string{"missing": "extra", "extra": "missing"}
		if len(there.Differences) == 1 && len(back.Differences) == 1 {
			d, e := there.Differences[0], back.Differences[0]
			want := d.Class
			if m := mirror[want]; m != "" {
				want = m
			}
			if e.Class != want {
				r.Fatalf("%v and %v: there %s, back %s", a, b, tell(there), tell(back))
			}
		}
		if there.Matched {
			matched++
		} else {
			differed++
		}
	})
	if matched == 0 || differed == 0 {
		t.Errorf("%d matched and %d differed: the test shows nothing", matched, differed)
	}
}

// However entries are shuffled, an unordered list matches.
func TestShuffled(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var list []any
		for range rapid.IntRange(0, 12).Draw(r, "length") {
			list = append(list, drawValue(r, 2))
		}
		shuffled := slices.Clone(list)
		seed := rapid.Uint64().Draw(r, "seed")
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		c := MustNew(t, compare.Rule{Unordered: []string{"l"}})
		got := c.Compare(pairOf(orchestrator.Result{Data: map[string]any{"l": list}}, orchestrator.Result{Data: map[string]any{"l": shuffled}}))
		if !got.Matched {
			r.Fatalf("%v and %v: %s", list, shuffled, tell(got))
		}
	})
}

func FuzzCompare(f *testing.F) {
	f.Add(`{"l":[{"id":1,"n":1.04},{"id":2}]}`, `{"l":[{"id":2},{"id":1,"n":1}]}`, "l[*].n", "l")
	f.Add(`{"a":null,"b":"2028-01-01"}`, `{"b":"2028-01-02"}`, "**.b", `["x y"][*].**`)
	f.Add(`{"a":[[[1,2],[3]],[]]}`, `{"a":[[],[[3],[2,1]]]}`, "a[*][*]", "**")
	f.Fuzz(func(t *testing.T, a, b, ignore, unordered string) {
		var x, y map[string]any
		if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
			return
		}
		c, err := compare.New(compare.Rules{Default: compare.Rule{Ignore: []string{ignore}, Unordered: []string{unordered}}})
		if err != nil {
			if c, err = compare.New(compare.Rules{Default: compare.Rule{Unordered: []string{"**"}}}); err != nil {
				t.Fatal(err)
			}
		}
		one, two := orchestrator.Result{Data: x, State: y}, orchestrator.Result{Data: y, State: x}
		there, back := c.Compare(pairOf(one, two)), c.Compare(pairOf(two, one))
		if there.Matched != back.Matched {
			t.Errorf("there %s, back %s", tell(there), tell(back))
		}
		if same := c.Compare(pairOf(one, one)); !same.Matched && !same.Inconclusive {
			t.Errorf("%s does not match itself: %s", a, tell(same))
		}
		if _, err := json.Marshal(there); err != nil {
			t.Errorf("it cannot be stored: %v", err)
		}
	})
}
