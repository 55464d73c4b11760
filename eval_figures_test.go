package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
)

var figures = flag.Bool("figures", false, "print every figure of the offline backend: whole sets, times and memory, in TestFigures")

// figure is one measured number beside what is wanted of it.
type figure struct {
	name    string
	value   float64
	atLeast float64
	aim     float64
	unit    string
	// most: smaller is better.
	most bool
	// drift is how far a sample may stay behind atLeast before the test fails; 0: the
	// figure depends on the machine and only is printed.
	drift float64
}

func (f figure) good(limit float64) bool {
	if f.most {
		return f.value <= limit
	}
	return f.value >= limit
}

func (f figure) row() string {
	write := func(v float64) string {
		if f.unit == "%" {
			return fmt.Sprintf("%.1f %%", v)
		}
		return fmt.Sprintf("%.4g %s", v, f.unit)
	}
	word, sign := "misses", "≥ "
	if f.most {
		sign = "≤ "
	}
	switch {
	case f.good(f.aim):
		word = "reaches the aim"
	case f.good(f.atLeast):
		word = "holds"
	}
	return strings.Join([]string{f.name, write(f.value), sign + write(f.atLeast), sign + write(f.aim), word}, "\t")
}

// evalSummary runs `banyan eval --json` in this process and returns its summary.
func evalSummary(t testing.TB, args ...string) summary {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := rootCommand()
	cmd.SetArgs(append([]string{"eval", "--backend", "offline", "--json"}, args...))
	cmd.SetOut(&out)
	cmd.SetErr(&errs)
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	return mustSummary(t, out.Bytes())
}

// mustSummary reads the last line of what --json prints.
func mustSummary(t testing.TB, out []byte) summary {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var last struct {
		Summary *summary `json:"summary"`
	}
	if err := json.Unmarshal(lines[len(lines)-1], &last); err != nil || last.Summary == nil {
		t.Fatalf("no summary: %v\n%s", err, lines[len(lines)-1])
	}
	return *last.Summary
}

// mustSample copies every step-th line of a file of cases.
func mustSample(t testing.TB, file string, step int) string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if step == 1 {
		return file
	}
	var b bytes.Buffer
	n := 0
	for line := range bytes.Lines(raw) {
		if n%step == 0 {
			b.Write(line)
		}
		n++
	}
	out := filepath.Join(t.TempDir(), "cases.jsonl")
	if err := os.WriteFile(out, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFigures checks the accuracy of the offline backend on the development sets:
// on every fourth case, with a margin; with -figures on all, and prints them.
func TestFigures(t *testing.T) {
	step := 4
	if *figures {
		step = 1
	}
	all := accuracyFigures(t, step)
	for _, f := range all {
		slack := f.drift
		if f.most {
			slack = -slack
		}
		if !f.good(f.atLeast - slack) {
			t.Errorf("%s is %.1f %s, wanted %.1f with a margin of %.1f", f.name, f.value, f.unit, f.atLeast, f.drift)
		}
	}
	if !*figures {
		return
	}
	all = append(append(all, suiteFigure(t)), speedFigures(t)...)
	var b strings.Builder
	tabs := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(tabs, "FIGURE\tMEASURED\tAT LEAST\tAIM\t")
	for _, f := range all {
		_, _ = fmt.Fprintln(tabs, f.row())
	}
	_ = tabs.Flush()
	fmt.Print(b.String())
}

// accuracyFigures runs both development sets and the sets of joined requests.
func accuracyFigures(t *testing.T, step int) []figure {
	single, several := map[string]summary{}, map[string]summary{}
	for _, set := range nluNames() {
		catalog := filepath.Join(nluSets, set, "catalog.json")
		single[set] = evalSummary(t, "--catalog", catalog, "--cases", mustSample(t, filepath.Join(nluSets, set, "cases.jsonl"), step))
		several[set] = evalSummary(t, "--catalog", catalog, "--cases", mustSample(t, filepath.Join("testdata", "nlu", "joined", set+".jsonl"), step))
	}
	clinc, snips := single["clinc150"], single["snips"]
	joinedExact, joinedCases := 0.0, 0.0
	for _, s := range several {
		joinedExact += *s.Exact * float64(s.Cases)
		joinedCases += float64(s.Cases)
	}
	return []figure{
		{name: "CLINC150 in scope, before rejection", value: 100 * *clinc.BeforeRejection, atLeast: 82.5, aim: 86, unit: "%", drift: 3},
		{name: "CLINC150 in scope kept, default threshold", value: 100 * *clinc.Thresholds[0].Kept, atLeast: 89, aim: 92, unit: "%", drift: 3},
		{name: "CLINC150 out of scope caught, default threshold", value: 100 * *clinc.Thresholds[0].Caught, atLeast: 82, aim: 86, unit: "%", drift: 8},
		{name: "SNIPS, before rejection", value: 100 * *snips.BeforeRejection, atLeast: 95.5, aim: 97, unit: "%", drift: 3},
		{name: "several requests, exact, both sets", value: 100 * joinedExact / joinedCases, atLeast: 76, aim: 85, unit: "%", drift: 12},
		{name: "CLINC150 one request taken for several", value: 100 * *clinc.WronglySplit, atLeast: 5, aim: 2, unit: "%", most: true, drift: 1},
		{name: "  through the whole planner: CLINC150 in scope exact", value: 100 * *clinc.InScopeAccuracy, atLeast: 73.4, aim: 79, unit: "%", drift: 4},
		{name: "  through the whole planner: CLINC150 out of scope caught", value: 100 * *clinc.OOSRecall, atLeast: 82, aim: 86, unit: "%", drift: 8},
		{name: "  through the whole planner: SNIPS exact", value: 100 * *snips.Exact, atLeast: 85, aim: 89, unit: "%", drift: 4},
		{name: "  several requests, exact: CLINC150", value: 100 * *several["clinc150"].Exact, atLeast: 62, aim: 75, unit: "%", drift: 18},
		{name: "  several requests, exact: SNIPS", value: 100 * *several["snips"].Exact, atLeast: 90, aim: 95, unit: "%", drift: 5},
	}
}

var suiteScore = regexp.MustCompile(`(?m)^\s*all\s+([0-9.]+) %`)

// suiteFigure plays the conversation suite, which belongs to the offline backend's
// own tests.
func suiteFigure(t *testing.T) figure {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "-run", "TestSuiteScore$", "./backends/offline").CombinedOutput()
	found := suiteScore.FindSubmatch(out)
	if found == nil {
		t.Fatalf("no score of the conversation suite: %v\n%s", err, out)
	}
	score, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return figure{name: "conversation suite, right turns", value: score, atLeast: 95, aim: 99, unit: "%"}
}

// speedFigures measures times on one core, and memory, by running the program.
func speedFigures(t *testing.T) []figure {
	catalog, cases := mustFirstIntents(t, "clinc150", 40)
	small, _ := evalProcess(t, catalog, cases)
	catalog, cases = mustLarge(t, 5000)
	large, peak := evalProcess(t, catalog, cases)
	return []figure{
		{name: "40 intents, a message, p50", value: 1000 * small.P50MS, atLeast: 150, aim: 50, unit: "µs", most: true},
		{name: "40 intents, a message, p99", value: 1000 * small.P99MS, atLeast: 1000, aim: 300, unit: "µs", most: true},
		{name: "40 intents, training", value: small.TrainMS, atLeast: 80, aim: 40, unit: "ms", most: true},
		{name: "5,000 intents, a message, p99", value: large.P99MS, atLeast: 10, aim: 2, unit: "ms", most: true},
		{name: "5,000 intents, training", value: large.TrainMS / 1000, atLeast: 20, aim: 5, unit: "s", most: true},
		{name: "5,000 intents, memory of the whole process at its peak", value: peak, atLeast: 400, aim: 200, unit: "MB", most: true},
		{name: "  5,000 intents, right before rejection", value: 100 * *large.BeforeRejection, atLeast: 80, aim: 90, unit: "%"},
	}
}

// evalProcess runs `banyan eval --json` as a process on one core and returns its
// summary and the most memory that it had, in megabytes.
func evalProcess(t *testing.T, catalog, cases string) (summary, float64) {
	t.Helper()
	cmd := command(t, t.TempDir(), "eval", "--json", "--catalog", catalog, "--cases", cases)
	cmd.Env = append(cmd.Env, "GOMAXPROCS=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatal(errors.Join(err, errors.New(errs.String())))
	}
	peak := 0.0
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = float64(use.Maxrss) / 1000 // kilobytes on Linux
	}
	return mustSummary(t, out.Bytes()), peak
}
