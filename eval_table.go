package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// table prints a summary for people.
func (sum summary) table(out io.Writer) error {
	w := &tableWriter{out: out}
	sum.totals(w)
	sum.mistakes(w)
	sum.scores(w)
	return w.err
}

// tableWriter prints blocks of columns and keeps the first error.
type tableWriter struct {
	out io.Writer
	err error
}

// block prints a heading and rows; nothing if there are no rows.
func (w *tableWriter) block(heading string, rows ...string) {
	if len(rows) == 0 || w.err != nil {
		return
	}
	if heading != "" {
		heading = "\n" + heading + "\n"
	}
	var b strings.Builder
	tabs := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	cells := 0
	for _, r := range rows {
		cells = max(cells, strings.Count(r, "\t"))
	}
	for _, r := range rows { // a column goes on only through rows that have it
		_, _ = fmt.Fprintln(tabs, r+strings.Repeat("\t", cells-strings.Count(r, "\t")))
	}
	_ = tabs.Flush() // a strings.Builder takes everything
	for line := range strings.Lines(heading + b.String()) {
		if w.err == nil {
			_, w.err = fmt.Fprintln(w.out, strings.TrimRight(line, " \n"))
		}
	}
}

func (sum summary) totals(w *tableWriter) {
	name := sum.Backend
	if sum.Model != "" {
		name += " " + sum.Model
	}
	w.block("", says(fmt.Sprintf("%s · %s, %s of which %s out of scope",
		name, count(sum.Intents, "intent"), count(sum.Cases, "case"), thousands(sum.OutOfScope)), 200))
	rows := []string{row("exact intents", sum.Exact, "")}
	add := func(label string, share *float64, note string) {
		if share != nil {
			rows = append(rows, row(label, share, note))
		}
	}
	if sum.OutOfScope > 0 {
		add("in scope: exact intents", sum.InScopeAccuracy, "")
		add("out of scope: caught", sum.OOSRecall, "")
		add("caught rightly", sum.OOSPrecision, "")
	}
	add("before rejection", sum.BeforeRejection, "of those that want one intent, the likeliest one is it")
	add("arguments right", sum.ArgsAccuracy, fmt.Sprintf("%s of %s", thousands(sum.argsRight), thousands(sum.argsWanted)))
	add("conditions right", sum.ConditionsAccuracy, fmt.Sprintf("%s of %s", thousands(sum.conditionsOK), thousands(sum.conditions)))
	if sum.argsWanted+sum.conditions > 0 {
		add("all of it right", sum.OK, "")
	}
	add("one request taken for several", sum.WronglySplit, fmt.Sprintf("%s of %s", thousands(sum.split), thousands(sum.singles)))
	rows = append(rows, "questions\t"+thousands(sum.Questions))
	if sum.Refused > 0 {
		rows = append(rows, "plans refused twice\t"+thousands(sum.Refused)+"\tby the kernel's check")
	}
	if sum.Errors > 0 {
		rows = append(rows, "errors of the backend\t"+thousands(sum.Errors)+"\tcounted as wrong")
	}
	rows = append(rows,
		fmt.Sprintf("time of a message\tp50 %s\tp99 %s", milliseconds(sum.P50MS), milliseconds(sum.P99MS)),
		"training\t"+milliseconds(sum.TrainMS),
		"cost\t"+sum.cost())
	w.block("", rows...)
}

func row(label string, share *float64, note string) string {
	if note != "" {
		note = "\t" + note
	}
	return label + "\t" + percent(share) + note
}

// cost says what the cases cost. Only planning is counted: a turn that runs asks
// a model once more for the answer.
func (sum summary) cost() string {
	if sum.ModelCalls == 0 {
		return "nothing"
	}
	used := fmt.Sprintf("%s, %s tokens in, %s out", count(sum.ModelCalls, "model call"), thousands(sum.InputTokens), thousands(sum.OutputTokens))
	if sum.CostUSD == nil {
		return "not known: the model's price is not set\t" + used
	}
	return fmt.Sprintf("$%.6f a turn, $%.4f in all\t%s", *sum.CostPerTurn, *sum.CostUSD, used)
}

func (sum summary) mistakes(w *tableWriter) {
	var rows []string
	if len(sum.Groups) > 1 {
		rows = append(rows, "GROUP\tCASES\tEXACT")
		for _, g := range sum.Groups {
			rows = append(rows, fmt.Sprintf("%s\t%d\t%s", says(g.Name, 50), g.Cases, percent(&g.Exact)))
		}
	}
	w.block("By group", rows...)
	rows = nil
	if len(sum.worst) > 0 {
		rows = append(rows, "INTENT\tWANTED\tFOUND\tGOT FOR NOTHING")
		for _, in := range sum.worst {
			rows = append(rows, fmt.Sprintf("%s\t%d\t%d\t%d", says(in.name, 50), in.wanted, in.rightlyGot, in.got-in.rightlyGot))
		}
	}
	w.block("Intents with the most mistakes", rows...)
	rows = nil
	if len(sum.Confusions) > 0 {
		rows = append(rows, "TIMES\tWANTED\tGOT\tFOR EXAMPLE")
		for _, c := range sum.Confusions {
			rows = append(rows, fmt.Sprintf("%d\t%s\t%s\t%s", c.Count, orNothing(c.Want), orNothing(c.Got), says(c.Example, 60)))
		}
	}
	w.block("Confusions", rows...)
}

func orNothing(intent string) string {
	if intent == "" {
		return "nothing"
	}
	return says(intent, 50)
}

func (sum summary) scores(w *tableWriter) {
	var rows []string
	if len(sum.Thresholds) > 0 {
		rows = append(rows, "FROM\tIN SCOPE KEPT\tKEPT AND RIGHT\tOUT OF SCOPE CAUGHT")
		for _, t := range sum.Thresholds {
			from := "default"
			if t.Value != nil {
				from = fmt.Sprintf("%.1f", *t.Value)
			}
			rows = append(rows, strings.Join([]string{from, percent(t.Kept), percent(t.Right), percent(t.Caught)}, "\t"))
		}
	}
	w.block("Thresholds: what would be if a message counted as in scope from a score on\n(messages that want one intent or none, each taken whole)", rows...)
	rows = nil
	if len(sum.Overlaps) > 0 {
		rows = append(rows, "INTENT\tLOOKS LIKE\tEXAMPLES\tSUCH AS")
		for _, o := range sum.Overlaps {
			rows = append(rows, fmt.Sprintf("%s\t%s\t%d of %d\t%s", says(o.Intent, 50), says(o.With, 50), o.Count, o.Of, says(strings.Join(o.Examples, " | "), 100)))
		}
	}
	w.block("Overlaps: examples that would be taken for another intent if they were not known.\nMend the two summaries or the examples, so that they tell the intents apart.", rows...)
}

func percent(share *float64) string {
	if share == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100**share)
}

// milliseconds writes a time with three digits that count.
func milliseconds(ms float64) string {
	switch {
	case ms >= 10_000:
		return fmt.Sprintf("%.1f s", ms/1000)
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms >= 1:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.3f ms", ms)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// thousands writes a number with commas.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
