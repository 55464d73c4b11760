package match

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// testCase is one line of a cases.jsonl.
type testCase struct {
	Text string   `json:"text"`
	Want []string `json:"want"`
}

// mustSet loads a development set in the format of `banyan eval`.
func mustSet(tb testing.TB, name string) ([]Class, []testCase) {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name, "catalog.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var catalog struct {
		Services []struct {
			Intents []struct {
				Name, Summary string
				Examples      []string
			}
		}
	}
	if err := json.Unmarshal(raw, &catalog); err != nil {
		tb.Fatal(err)
	}
	var classes []Class
	for _, s := range catalog.Services {
		for _, in := range s.Intents {
			classes = append(classes, Class{
				Name: in.Name, Examples: in.Examples,
				Texts: []string{in.Summary, strings.ReplaceAll(in.Name, "_", " ")},
			})
		}
	}
	raw, err = os.ReadFile(filepath.Join("testdata", name, "cases.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	var cases []testCase
	for sc := bufio.NewScanner(bytes.NewReader(raw)); sc.Scan(); {
		var c testCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		cases = append(cases, c)
	}
	return classes, cases
}

// mustTrain trains without an end in sight.
func mustTrain(tb testing.TB, classes []Class) *Model {
	tb.Helper()
	m, err := Train(context.Background(), classes)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// resample chooses the examples of each class anew among them and its cases; seed
// 0 leaves them as they are. All others are the cases.
func resample(classes []Class, cases []testCase, seed uint64) ([]Class, []testCase) {
	if seed == 0 {
		return classes, cases
	}
	rng := rand.New(rand.NewPCG(seed, 77))
	pool := map[string][]string{}
	var rest []testCase
	for _, c := range cases {
		if len(c.Want) > 0 {
			pool[c.Want[0]] = append(pool[c.Want[0]], c.Text)
		} else {
			rest = append(rest, c)
		}
	}
	own := slices.Clone(classes)
	for i, c := range classes {
		all := append(slices.Clone(c.Examples), pool[c.Name]...)
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		own[i].Examples = all[:len(c.Examples)]
		for _, text := range all[len(c.Examples):] {
			rest = append(rest, testCase{Text: text, Want: []string{c.Name}})
		}
	}
	return own, rest
}

// figures is what a model makes of a set of cases.
type figures struct {
	accuracy float64 // of in-scope cases, before rejection
	kept     float64 // in-scope cases that are accepted
	caught   float64 // out-of-scope cases that are not
	right    float64 // in-scope cases that are accepted and right
	gap      float64 // mean distance of chance and truth in ten bins (ECE), in scope
}

// add adds a share of other figures.
func (f *figures) add(g figures, share float64) {
	f.accuracy += share * g.accuracy
	f.kept += share * g.kept
	f.caught += share * g.caught
	f.right += share * g.right
	f.gap += share * g.gap
}

func (f *figures) report(b *testing.B) {
	b.Helper()
	b.ReportMetric(100*f.accuracy, "%right")
	b.ReportMetric(100*f.kept, "%kept")
	b.ReportMetric(100*f.caught, "%caught")
}

func measure(m *Model, cases []testCase) figures {
	var f figures
	var in, out float64
	var bins, hits, sums [10]float64
	for _, c := range cases {
		r := m.Rank(c.Text, 1)
		var best Score
		if len(r) > 0 {
			best = r[0]
		}
		known := best.Value >= m.Accept
		if len(c.Want) == 0 {
			out++
			if !known {
				f.caught++
			}
			continue
		}
		in++
		ok := best.Class == c.Want[0]
		b := min(int(best.Value*10), 9)
		bins[b]++
		sums[b] += best.Value
		if ok {
			f.accuracy++
			hits[b]++
		}
		if known {
			f.kept++
		}
		if known && ok {
			f.right++
		}
	}
	for b := range bins {
		if bins[b] > 0 {
			f.gap += max(hits[b]-sums[b], sums[b]-hits[b]) / in
		}
	}
	f.accuracy /= in
	f.kept /= in
	f.right /= in
	if out > 0 {
		f.caught /= out
	}
	return f
}
