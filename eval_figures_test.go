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
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
)

var figures = flag.Bool("figures", false, "print every figure of the offline backend: whole sets, times and memory, in TestFigures")

// figure is one measured number beside what is wanted of it.
type figure struct {
	name  string
	value float64
	unit  string
	// atLeast and aim are what is wanted; zero where nothing is.
	atLeast, aim float64
	// most: smaller is better.
	most bool
	// floor is what a sample of the cases must reach: the figure with a margin for
	// drift. Zero: the figure is only printed, because it depends on the machine.
	floor float64
}

func (f figure) good(limit float64) bool {
	if f.most {
		return f.value <= limit
	}
	return f.value >= limit
}

// row is the figure with its unit, what is wanted, and in a word how it stands.
func (f figure) row() string {
	write := func(v float64) string {
		if f.unit == "%" {
			return fmt.Sprintf("%.1f %%", v)
		}
		digits := 0
		if v < 100 {
			digits = 1
		}
		if v < 10 {
			digits = 2
		}
		return strconv.FormatFloat(v, 'f', digits, 64) + " " + f.unit
	}
	cells := []string{f.name, write(f.value)}
	if f.atLeast == 0 {
		return strings.Join(append(cells, "", "", ""), "\t")
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
	return strings.Join(append(cells, sign+write(f.atLeast), sign+write(f.aim), word), "\t")
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
		if !*figures {
			t.Log(strings.ReplaceAll(f.row(), "\t", " "))
		}
		if !f.good(f.floor) {
			t.Errorf("%s: %.1f %s, and the limit is %.1f", f.name, f.value, f.unit, f.floor)
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
	if load, err := os.ReadFile("/proc/loadavg"); err == nil { // where there is no such file, nothing is said
		busy, _, _ := strings.Cut(string(load), " ")
		fmt.Printf("The machine's load was %s on %d cores: above one process, times are too long.\n", busy, runtime.NumCPU())
	}
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
	kept := clinc.Thresholds[0]
	return []figure{
		{name: "CLINC150 in scope, before rejection", value: 100 * *clinc.BeforeRejection, unit: "%", atLeast: 82.5, aim: 86, floor: 82},
		{name: "CLINC150 in scope kept, default threshold", value: 100 * *kept.Kept, unit: "%", atLeast: 89, aim: 92, floor: 89},
		{name: "CLINC150 out of scope caught, default threshold", value: 100 * *kept.Caught, unit: "%", atLeast: 82, aim: 86, floor: 76},
		{name: "SNIPS, before rejection", value: 100 * *snips.BeforeRejection, unit: "%", atLeast: 95.5, aim: 97, floor: 95},
		{name: "several requests, exact, both sets", value: 100 * joinedExact / joinedCases, unit: "%", atLeast: 76, aim: 85, floor: 68},
		{name: "CLINC150 one request taken for several", value: 100 * *clinc.WronglySplit, unit: "%", atLeast: 5, aim: 2, most: true, floor: 3},
		{name: "  CLINC150 in scope, exact, whole planner", value: 100 * *clinc.InScopeAccuracy, unit: "%", floor: 77},
		{name: "  CLINC150 out of scope caught, whole planner", value: 100 * *clinc.OOSRecall, unit: "%", floor: 76},
		{name: "  SNIPS exact, whole planner", value: 100 * *snips.Exact, unit: "%", floor: 86},
		{name: "  several requests, exact, CLINC150", value: 100 * *several["clinc150"].Exact, unit: "%", floor: 50},
		{name: "  several requests, exact, SNIPS", value: 100 * *several["snips"].Exact, unit: "%", floor: 86},
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
	return figure{name: "conversation suite, right turns", value: score, unit: "%", atLeast: 95, aim: 99}
}

// speedFigures measures times on one core, and memory, by running the program. Of
// three runs the best time counts, for the machine may have other things to do.
func speedFigures(t *testing.T) []figure {
	best := func(catalog, cases string) (summary, float64) {
		sum, peak := evalProcess(t, catalog, cases)
		for range 2 {
			s, p := evalProcess(t, catalog, cases)
			sum.P50MS, sum.P99MS, sum.TrainMS = min(sum.P50MS, s.P50MS), min(sum.P99MS, s.P99MS), min(sum.TrainMS, s.TrainMS)
			peak = max(peak, p)
		}
		return sum, peak
	}
	small, _ := best(mustFirstIntents(t, "clinc150", 40))
	large, peak := best(mustLarge(t, 5000))
	return []figure{
		{name: "40 intents, a message, p50", value: 1000 * small.P50MS, unit: "µs", atLeast: 150, aim: 50, most: true},
		{name: "40 intents, a message, p99", value: 1000 * small.P99MS, unit: "µs", atLeast: 1000, aim: 300, most: true},
		{name: "40 intents, training", value: small.TrainMS, unit: "ms", atLeast: 80, aim: 40, most: true},
		{name: "5,000 intents, a message, p99", value: large.P99MS, unit: "ms", atLeast: 10, aim: 2, most: true},
		{name: "5,000 intents, training", value: large.TrainMS / 1000, unit: "s", atLeast: 20, aim: 5, most: true},
		{name: "5,000 intents, memory of the whole process at its peak", value: peak, unit: "MB", atLeast: 400, aim: 200, most: true},
		{name: "  5,000 intents, exact, whole planner", value: 100 * *large.Exact, unit: "%"},
		{name: "  5,000 intents, right before rejection", value: 100 * *large.BeforeRejection, unit: "%"},
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
