package match

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// The figures that each development set must reach; the measured ones are a
// percent or two better and are printed.
func TestDevelopmentSets(t *testing.T) {
	for _, c := range []struct {
		set                    string
		accuracy, kept, caught float64
	}{
		{"clinc150", 0.83, 0.91, 0.79},
		{"snips", 0.96, 0.92, 0},
	} {
		t.Run(c.set, func(t *testing.T) {
			classes, cases := mustSet(t, c.set)
			f := measure(mustTrain(t, classes), cases)
			t.Logf("%s: %.1f %% right before rejection, %.1f %% kept, %.1f %% right and kept, %.1f %% of out-of-scope messages caught, calibration error %.3f",
				c.set, 100*f.accuracy, 100*f.kept, 100*f.right, 100*f.caught, f.gap)
			if f.accuracy < c.accuracy || f.kept < c.kept || f.caught < c.caught {
				t.Errorf("want at least %+v, got %+v", c, f)
			}
			if f.gap > 0.06 {
				t.Errorf("the chances are off by %.3f on average", f.gap)
			}
		})
	}
}

// Catalogs of a few intents with a few examples neither reject everything nor
// accept everything.
func TestSmallCatalogs(t *testing.T) {
	classes, cases := mustSet(t, "clinc150")
	rng := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		classes, examples      int
		accuracy, kept, caught float64
	}{
		{3, 0, 0.7, 0.4, 0.9},
		{3, 4, 0.85, 0.65, 0.8},
		{7, 2, 0.8, 0.65, 0.8},
		{20, 0, 0.55, 0.5, 0.72},
		{20, 4, 0.85, 0.8, 0.75},
		{20, 10, 0.9, 0.88, 0.8},
		{50, 10, 0.85, 0.86, 0.78},
	} {
		t.Run(fmt.Sprintf("%d intents with %d examples", c.classes, c.examples), func(t *testing.T) {
			var f figures
			const rounds = 6
			for range rounds {
				g := measureSubset(t, classes, cases, rng.Perm(len(classes))[:c.classes], c.examples)
				f.accuracy += g.accuracy / rounds
				f.kept += g.kept / rounds
				f.caught += g.caught / rounds
			}
			t.Logf("%.1f %% right before rejection, %.1f %% kept, %.1f %% caught", 100*f.accuracy, 100*f.kept, 100*f.caught)
			if f.accuracy < c.accuracy || f.kept < c.kept || f.caught < c.caught {
				t.Errorf("want at least %+v, got %+v", c, f)
			}
		})
	}
}

func measureSubset(t *testing.T, classes []Class, cases []testCase, pick []int, examples int) figures {
	var own []Class
	names := map[string]bool{}
	for _, i := range pick {
		c := classes[i]
		c.Examples = c.Examples[:examples]
		own = append(own, c)
		names[c.Name] = true
	}
	cases = slices.DeleteFunc(slices.Clone(cases), func(c testCase) bool { return len(c.Want) > 0 && !names[c.Want[0]] })
	return measure(mustTrain(t, own), cases)
}

var rooms = []Class{
	{Name: "book_room", Examples: []string{"book a room for tomorrow", "reserve the big meeting room", "I need a room at nine"}, Texts: []string{"Book a meeting room"}},
	{Name: "cancel_booking", Examples: []string{"cancel my booking", "I don't need the room any more", "call off the meeting"}},
	{Name: "report_damage", Texts: []string{"Report something in a room that is broken", "report damage", "What is broken"}},
}

func TestRank(t *testing.T) {
	m := mustTrain(t, rooms)
	for text, want := range map[string]string{
		"could you reserve a room":        "book_room",
		"cancle my bookng":                "cancel_booking", // typos
		"I DON’T need it any more":        "cancel_booking", // typographic apostrophe, capitals
		"the projector is broken":         "report_damage",  // a class without examples
		"réserve a room":                  "book_room",      // accents
		"do not need the room anymore":    "cancel_booking", // contractions undone
		"room 12 please, book it for 9am": "book_room",
	} {
		if got := m.Rank(text, 3); len(got) != 3 || got[0].Class != want {
			t.Errorf("%q: got %v, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "   ", "?!", "…"} {
		if got := m.Rank(text, 3); got != nil || m.Known(text) {
			t.Errorf("%q: got %v", text, got)
		}
	}
	if m.Known("play some jazz") {
		t.Error("knows what it does not know")
	}
	if !m.Known("cancel my booking") {
		t.Error("does not know one of its examples")
	}
	if got := len(m.Rank("book", 1)); got != 1 {
		t.Errorf("asked for 1, got %d", got)
	}
	if got := m.Rank("book", 0); got != nil {
		t.Errorf("asked for none, got %v", got)
	}
}

func TestTrainOnLittle(t *testing.T) {
	for name, classes := range map[string][]Class{
		"NoClasses": nil, "NoTexts": {{Name: "a"}}, "OnlyPunctuation": {{Name: "a", Examples: []string{"?"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if m := mustTrain(t, classes); m.Known("anything") || m.Rank("anything", 5) != nil {
				t.Error("knows something")
			}
		})
	}
	one := mustTrain(t, []Class{{Name: "a", Examples: []string{"hello there"}}})
	if got := one.Rank("hello there", 5); len(got) != 1 || got[0].Class != "a" || got[0].Value < one.Accept {
		t.Errorf("got %v, accept from %v", got, one.Accept)
	}
}

// Beyond maxRows classes are solved in groups; the model still knows them.
func TestLargeCatalog(t *testing.T) {
	classes, cases := mustLarge(t, 200)
	m := mustTrain(t, classes)
	if m.postings == nil {
		t.Fatal("the catalog is not large")
	}
	f := measure(m, cases)
	t.Logf("%.1f %% right before rejection, %.1f %% kept, calibration error %.3f", 100*f.accuracy, 100*f.kept, f.gap)
	if f.accuracy < 0.8 || f.kept < 0.95 || f.gap > 0.1 {
		t.Errorf("got %+v", f)
	}
	if m.Known("what is the capital of Peru") {
		t.Error("knows what it does not know")
	}
}

// Solving in groups costs little accuracy, so that nothing falls off where it
// begins.
func TestGroupsAreNearlyAsGood(t *testing.T) {
	for set, least := range map[string]float64{"clinc150": 0.81, "snips": 0.95} {
		classes, cases := mustSet(t, set)
		m := &Model{}
		texts, total := m.collect(classes)
		s := m.scratch.get(0, 0)
		var err error
		if m.lex, err = learn(t.Context(), s, texts, total); err != nil {
			t.Fatal(err)
		}
		if err := m.solveGroups(t.Context(), m.scratch.get(len(m.lex.idf), len(m.names)), texts); err != nil {
			t.Fatal(err)
		}
		f := measure(m, cases)
		t.Logf("%s: %.1f %% right before rejection, %.1f %% kept, %.1f %% caught", set, 100*f.accuracy, 100*f.kept, 100*f.caught)
		if f.accuracy < least {
			t.Errorf("want at least %v", least)
		}
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	classes, cases := mustSet(t, "snips")
	for i := range classes { // more texts than have rows of their own
		classes[i].Texts = append(classes[i].Texts, "one more text", "and another one", "a third", "a fourth")
	}
	a, b := mustTrain(t, classes), mustTrain(t, classes)
	if a.Accept != b.Accept {
		t.Errorf("accept %v and %v", a.Accept, b.Accept)
	}
	for _, c := range cases[:50] {
		if x, y := a.Rank(c.Text, 3), b.Rank(c.Text, 3); !reflect.DeepEqual(x, y) {
			t.Fatalf("%q: %v and %v", c.Text, x, y)
		}
	}
}

// Training ends soon when nobody waits for it any more.
func TestTrainIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	large, _ := mustLarge(t, 200)
	for _, classes := range [][]Class{rooms, large} {
		if m, err := Train(ctx, classes); m != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, %v", m, err)
		}
	}
}

func TestRankConcurrently(t *testing.T) {
	classes, cases := mustSet(t, "snips")
	m := mustTrain(t, classes)
	want := make([][]Score, 100)
	for i := range want {
		want[i] = m.Rank(cases[i*7].Text, 3)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range want {
				if got := m.Rank(cases[i*7].Text, 3); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%q: got %v, want %v", cases[i*7].Text, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

// Whatever the text, values are chances and stand in order.
func TestRankProperties(t *testing.T) {
	m := mustTrain(t, rooms)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(book|cancel|room|my|the|12|é| ){0,12}`)).Draw(t, "text")
		got := m.Rank(text, 3)
		for i, s := range got {
			if math.IsNaN(s.Value) || s.Value < 0 || s.Value > 1 {
				t.Fatalf("value %v", s.Value)
			}
			if i > 0 && s.Value > got[i-1].Value {
				t.Fatalf("not in order: %v", got)
			}
		}
	})
}

// Leaving a row out by the hat matrix is the same as solving without it.
func TestLeaveOneOutIsExact(t *testing.T) {
	const n, columns = 9, 3
	rng := rand.New(rand.NewPCG(3, 4))
	x := make([][]float64, n)
	target, penalty := make([]int, n), make([]float64, n)
	for i := range x {
		for range 5 {
			x[i] = append(x[i], rng.Float64())
		}
		target[i], penalty[i] = i%columns, 0.2+rng.Float64()
	}
	kernel := func(rows []int) []float64 {
		var k []float64
		for _, i := range rows {
			for _, j := range rows {
				k = append(k, dot(x[i], x[j]))
			}
		}
		return k
	}
	all := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
	alpha, diagonal, err := ridge(t.Context(), kernel(all), n, penalty, target, columns)
	if err != nil {
		t.Fatal(err)
	}
	for out := range n {
		rest := slices.Delete(slices.Clone(all), out, out+1)
		var p []float64
		var y []int
		for _, i := range rest {
			p, y = append(p, penalty[i]), append(y, target[i])
		}
		without, _, err := ridge(t.Context(), kernel(rest), n-1, p, y, columns)
		if err != nil {
			t.Fatal(err)
		}
		for c := range columns {
			want := 0.0
			for r, i := range rest {
				want += without[r*columns+c] * dot(x[i], x[out])
			}
			truth := 0.0
			if target[out] == c {
				truth = 1
			}
			if got := truth - alpha[out*columns+c]/diagonal[out]; math.Abs(got-want) > 1e-9 {
				t.Fatalf("row %d, column %d: %v, want %v", out, c, got, want)
			}
		}
	}
}
