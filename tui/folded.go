package tui

import (
	"strings"

	"banyan/orchestrator"
)

// folded is what happened in one line: 3 steps, who served them, how long it took.
func (t tracer) folded(e *entry, w int) string {
	turn := e.turn
	if len(turn.Steps) == 0 {
		last := e.notes[len(e.notes)-1].text
		if n := len(e.notes); n > 1 {
			last = count(n, "note") + ", the last: " + last
		}
		return cut(t.st.faint.Render(t.signs.note)+" "+t.st.quiet.Render(last), w, t.signs.ellipsis)
	}
	n := map[orchestrator.StepStatus]int{}
	eras := map[orchestrator.Era]int{}
	fallback, now := 0, ""
	refused, broken := false, ""
	all, flagged, attempts, failed := 0, 0, 0, 0
	for _, s := range turn.Steps {
		if s.Group && len(newTree(turn).below(s.ID)) > 0 {
			continue
		}
		all++
		if s.Flag != "" {
			flagged++
		}
		if s.Flag == "" && s.Status == orchestrator.StepFailed {
			failed++
		}
		attempts += max(s.Attempts-1, 0)
		n[s.Status]++
		refused = refused || s.Status == orchestrator.StepDenied && s.Error != nil
		if s.Status == orchestrator.StepFailed && s.Flag == "" && broken == "" {
			broken = t.title(s)
		}
		if s.Status == orchestrator.StepRunning {
			now = t.title(s)
		}
		if s.Route != "" {
			eras[s.Route]++
		}
		if s.FallbackFrom != "" {
			fallback++
		}
	}
	sign, style := t.signs.done, t.st.good
	switch {
	case n[orchestrator.StepRunning] > 0:
		sign, style = t.spin, t.st.waiting
	case flagged > 0:
		sign, style = t.signs.flagged, t.st.bad
	case n[orchestrator.StepUndone] > 0:
		sign, style = t.signs.undone, t.st.amber
	case refused, n[orchestrator.StepFailed] > 0:
		sign, style = t.signs.failed, t.st.bad
	case n[orchestrator.StepWaiting] > 0:
		sign, style = t.signs.waiting, t.st.waiting
	}
	parts := []string{t.st.quiet.Render(count(all, "step"))}
	if now != "" {
		left := n[orchestrator.StepRunning] + n[orchestrator.StepPlanned]
		parts = []string{t.st.quiet.Render(grouped(all-left) + " of " + count(all, "step")), t.st.quiet.Render(now)}
	}
	if flagged > 0 {
		word := "1 needs a person"
		if flagged > 1 {
			word = grouped(flagged) + " need a person"
		}
		parts = append(parts, t.st.bad.Render(word))
	}
	if f := failed; f > 0 {
		word := "failed: "
		if f > 1 {
			word = grouped(f) + " failed, the first: "
		}
		parts = append(parts, t.st.bad.Render(word)+t.st.quiet.Render(cut(broken, max(w/2, 20), t.signs.ellipsis)))
	}
	for _, e := range []orchestrator.Era{orchestrator.Modern, orchestrator.Legacy} {
		if eras[e] > 0 {
			parts = append(parts, t.st.quiet.Render(grouped(eras[e])+" ")+t.st.era(e).Render(t.signs.era(e)))
		}
	}
	if fallback > 0 {
		parts = append(parts, t.st.bad.Render(count(fallback, "fallback")))
	}
	parts = append(parts, t.ways(turn.Steps)...)
	for _, x := range []struct {
		status orchestrator.StepStatus
		word   string
	}{
		{orchestrator.StepSkipped, "skipped"},
		{orchestrator.StepDenied, "not done"},
		{orchestrator.StepUndone, "undone"},
		{orchestrator.StepWaiting, "waiting"},
	} {
		if n[x.status] > 0 {
			parts = append(parts, t.st.quiet.Render(grouped(n[x.status])+" "+x.word))
		}
	}
	if attempts > 0 {
		parts = append(parts, t.st.amber.Render(count(attempts, "more attempt")))
	}
	if turn.Rounds > 1 {
		parts = append(parts, t.st.quiet.Render(count(turn.Rounds, "plan")))
	}
	if turn.Recovered {
		parts = append(parts, t.st.quiet.Render("after a restart"))
	}
	if n := len(e.notes); n > 0 {
		parts = append(parts, t.st.quiet.Render(count(n, "note")))
	}
	if turn.DurationMS > 0 {
		parts = append(parts, t.st.quiet.Render(orchestrator.Duration(turn.DurationMS)))
	}
	return cut(style.Render(sign)+" "+strings.Join(parts, t.st.quiet.Render(" "+t.signs.dot+" ")), w, t.signs.ellipsis)
}
