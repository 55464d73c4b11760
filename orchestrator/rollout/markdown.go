package rollout

import (
	"fmt"
	"strings"
	"time"

	"banyan/orchestrator"
)

// Markdown is the report as a document for people.
func Markdown(r orchestrator.MigrationReport) string {
	var b strings.Builder
	line := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) } // a Builder does not fail
	st := r.Status
	line("# Migration report\n")
	line("As of %s. %d of %s have a modern home, modern serves %d of them to everybody, legacy can be retired for %d.\n",
		r.At.Format("2006-01-02 15:04 MST"), st.Modern, count(len(st.Intents), "intent"), st.Live, r.Ready)
	line("| intent | route | calls legacy / modern | match | errors legacy / modern | p95 legacy / modern | last legacy call | legacy can be retired |")
	line("|---|---|---|---|---|---|---|---|")
	for i, one := range st.Intents {
		ready := "no"
		if i < len(r.Intents) && r.Intents[i].Ready {
			ready = "yes"
		}
		line("| `%s` | %s | %s | %s | %s | %s | %s | %s |", cell(one.Intent), routeWords(one.Version.Route),
			sides(one, func(s *orchestrator.SideStatus) string { return fmt.Sprint(s.Calls) }), match(one.Shadow),
			sides(one, func(s *orchestrator.SideStatus) string { return percent(s.Errors, s.Calls) }),
			sides(one, func(s *orchestrator.SideStatus) string { return fmt.Sprintf("%.0f ms", s.P95MS) }),
			lastLegacy(one, r.At), ready)
	}
	verdicts := func(title string, ready bool) {
		first := true
		for _, one := range r.Intents {
			if one.Ready != ready {
				continue
			}
			if first {
				line("\n## %s\n", title)
				first = false
			}
			line("- **`%s`** (%s)", cell(one.Intent), routeWords(one.Route))
			for _, why := range one.Why {
				line("  - %s", text(why))
			}
		}
	}
	verdicts("Legacy can be retired", true)
	verdicts("Not yet, and why", false)
	services(line, st, r.At)
	return b.String()
}

// services writes what there is to say of services, faults and data.
func services(line func(string, ...any), st orchestrator.MigrationStatus, at time.Time) {
	line("\n## Services\n")
	for _, s := range st.Services {
		switch s.Breaker {
		case breakerWord(breakerOpen):
			line("- %s %s (%s) keeps failing and is left alone for %s.", text(s.Service), text(s.Version), s.Era, brief(s.Until.Sub(at)))
		case breakerWord(breakerHalfOpen):
			line("- %s %s (%s) is coming back and gets %.0f %% of its calls.", text(s.Service), text(s.Version), s.Era, 100*s.Share)
		default:
			line("- %s %s (%s) gets all its calls.", text(s.Service), text(s.Version), s.Era)
		}
	}
	for _, f := range st.Faults {
		line("- **%s is broken on purpose** by %s.", text(f.Service), text(orJudge(f.By.Email)))
	}
	if s := st.Sync; s != nil {
		line("\n## Data\n")
		line("%s not applied on the other side yet, %s, oldest %s.", count(s.Pending, "change"), count(s.Conflicts, "conflict"), brief(s.Lag))
	}
}

func sides(st orchestrator.IntentStatus, say func(*orchestrator.SideStatus) string) string {
	out := [2]string{"–", "–"}
	for i, s := range []*orchestrator.SideStatus{st.Legacy, st.Modern} {
		if s != nil && s.Calls > 0 {
			out[i] = say(s)
		}
	}
	return out[0] + " / " + out[1]
}

func match(s orchestrator.ShadowStatus) string {
	if s.Compared == 0 {
		return "–"
	}
	return fmt.Sprintf("%s of %d", percent(s.Matched, s.Compared), s.Compared)
}

func lastLegacy(st orchestrator.IntentStatus, now time.Time) string {
	switch {
	case st.Legacy == nil:
		return "not offered"
	case st.Legacy.Last.IsZero():
		return "never"
	default:
		return brief(now.Sub(st.Legacy.Last)) + " ago"
	}
}

// cell keeps a name from breaking out of its cell or code span, text a sentence from
// being taken for markup.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "`", "'").Replace(orchestrator.PrintableLine(s))
}

func text(s string) string {
	return strings.NewReplacer("*", "\\*", "<", "\\<", "[", "\\[", "`", "\\`", "|", "\\|").Replace(orchestrator.PrintableLine(s))
}
