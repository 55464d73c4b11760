package tui

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"banyan/orchestrator"
)

// routeWords is a route in words: canary 25 %.
func routeWords(r orchestrator.Route) string {
	switch r.Kind {
	case orchestrator.RouteCanary:
		return "canary " + grouped(r.Percent) + " %"
	case "":
		return "no route"
	case orchestrator.RouteLegacy, orchestrator.RouteShadow, orchestrator.RouteModern, orchestrator.RouteRetired:
	}
	return cleanLine(string(r.Kind))
}

// faultWords says how a service is broken: 30 % errors, 2 s slower.
func faultWords(f orchestrator.Fault) string {
	var parts []string
	if f.Outage {
		parts = append(parts, "outage")
	}
	if f.ErrorRate > 0 {
		parts = append(parts, share(f.ErrorRate)+" % errors")
	}
	if f.Latency > 0 {
		parts = append(parts, orchestrator.Duration(float64(f.Latency.Microseconds())/1000)+" slower")
	}
	if f.Bug != "" {
		parts = append(parts, "wrong answers ("+cleanLine(f.Bug)+")")
	}
	if f.Lost {
		parts = append(parts, "answers get lost")
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// share writes a share of 0 to 1 in percent with the decimals that tell it from 0
// and 100.
func share(x float64) string {
	p := x * 100
	switch {
	case p == math.Trunc(p):
		return fmt.Sprintf("%.0f", p)
	case p > 99.9 || p < 0.1:
		return fmt.Sprintf("%.2f", math.Min(math.Max(math.Trunc(p*100)/100, 0.01), 99.99))
	}
	return fmt.Sprintf("%.1f", p)
}

// ms writes milliseconds without their unit where it is milliseconds.
func latencies(a, b float64) string {
	low, high := orchestrator.Duration(a), orchestrator.Duration(b)
	if n, unit, ok := strings.Cut(low, " "); ok && strings.HasSuffix(high, " "+unit) {
		low = n
	}
	return low + " / " + high
}

// routeBadge is a route as sign and word in its colour.
func (m *model) routeBadge(r orchestrator.Route) string {
	g, st := m.signs, m.st
	sign := func(era string) string { s, _, _ := strings.Cut(era, " "); return s }
	switch r.Kind {
	case orchestrator.RouteLegacy:
		return st.legacy.Render(g.legacy)
	case orchestrator.RouteShadow:
		return st.shadow.Render(g.shadow)
	case orchestrator.RouteModern:
		return st.modern.Render(g.modern)
	case orchestrator.RouteCanary:
		if g.ascii {
			return st.modern.Render("[canary " + grouped(r.Percent) + "]")
		}
		return st.modern.Render(sign(g.modern) + " canary " + grouped(r.Percent))
	case orchestrator.RouteRetired:
		if g.ascii {
			return st.good.Render("[retired]")
		}
		return st.good.Render(g.done + " retired")
	}
	return st.faint.Render(g.skipped + " no route")
}

// bar draws who served the calls of the last hour in ten cells.
func (m *model) bar(i orchestrator.IntentStatus) string {
	const cells = 10
	old, fresh := recent(i.Legacy), recent(i.Modern)
	all := old + fresh
	if all == 0 {
		return m.st.faint.Render(strings.Repeat(m.signs.gaugeOff, cells))
	}
	on := (fresh*cells + all/2) / all
	legacy, modern := "#", "="
	if !m.signs.ascii {
		legacy, modern = "▣", "◆"
	}
	// Less than half a cell is a sliver in one, not a whole one.
	sliver := m.signs.spark[0]
	switch {
	case fresh > 0 && on == 0:
		return m.st.legacy.Render(strings.Repeat(legacy, cells-1)) + m.st.modern.Render(sliver)
	case old > 0 && on == cells:
		return m.st.legacy.Render(sliver) + m.st.modern.Render(strings.Repeat(modern, cells-1))
	}
	return m.st.legacy.Render(strings.Repeat(legacy, cells-on)) + m.st.modern.Render(strings.Repeat(modern, on))
}

func recent(s *orchestrator.SideStatus) int {
	if s == nil {
		return 0
	}
	return s.Recent
}

// served says in words who served the calls of the last hour.
func (m *model) served(i orchestrator.IntentStatus) string {
	old, fresh := recent(i.Legacy), recent(i.Modern)
	switch {
	case i.Version.Route.Kind == orchestrator.RouteShadow && old > 0:
		return m.st.shadow.Render(m.sign(m.signs.shadow, "also")) + m.st.quiet.Render(" compared")
	case old+fresh == 0:
		return m.st.faint.Render("no calls")
	case fresh == 0, old == 0:
		return m.st.quiet.Render(count(old+fresh, "call"))
	}
	return m.st.quiet.Render(share(float64(fresh)/float64(old+fresh))+" % ") + m.st.modern.Render(m.sign(m.signs.modern, "modern"))
}

// sign is the sign of an era without its word; without Unicode it is a word.
func (m *model) sign(era, plain string) string {
	if m.signs.ascii {
		return plain
	}
	s, _, _ := strings.Cut(era, " ")
	return s
}

// match says how many comparisons were equal, of how many.
func match(s orchestrator.ShadowStatus) (rate, of string) {
	if s.Compared == 0 {
		return "", ""
	}
	return share(float64(s.Matched)/float64(s.Compared)) + " %", "of " + short(s.Compared)
}

// matchStyle makes a match rate that is no better than noise quiet, and one that is
// low loud.
func (m *model) matchStyle(s orchestrator.ShadowStatus) lipgloss.Style {
	switch {
	case s.Matched == s.Compared:
		return m.st.good
	case float64(s.Matched) < 0.95*float64(s.Compared):
		return m.st.bad
	}
	return m.st.amber
}

// ago says how long something is past.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return grouped(int(d/time.Minute)) + " min ago"
	case d < 24*time.Hour:
		return count(int(d/time.Hour), "hour") + " ago"
	}
	return count(int(d/(24*time.Hour)), "day") + " ago"
}

// faults are all that is broken on purpose, in words; empty if nothing is.
func (m *model) faults() string {
	var parts []string
	for _, f := range m.migrating.status.Faults {
		parts = append(parts, cleanLine(f.Service)+" ("+faultWords(f)+")")
	}
	return strings.Join(parts, ", ")
}

// breakers are the services whose circuit breaker is not closed, in words.
func (m *model) breakers() string {
	var parts []string
	for _, n := range m.migrating.status.Services {
		switch n.Breaker {
		case "open":
			parts = append(parts, cleanLine(n.Service)+": breaker open")
		case "half-open":
			parts = append(parts, cleanLine(n.Service)+": breaker half open, "+share(n.Share)+" % let through")
		}
	}
	return strings.Join(parts, ", ")
}

// summary counts the intents by how far they are.
func (b *board) summary() string {
	n := map[orchestrator.RouteKind]int{}
	for i := range b.status.Intents {
		n[b.status.Intents[i].Version.Route.Kind]++
	}
	parts := []string{grouped(b.status.Modern) + " of " + count(len(b.status.Intents), "intent") + " have a modern home", grouped(b.status.Live) + " live"}
	for _, k := range []orchestrator.RouteKind{orchestrator.RouteCanary, orchestrator.RouteShadow, orchestrator.RouteRetired} {
		if n[k] > 0 {
			parts = append(parts, grouped(n[k])+" "+string(k))
		}
	}
	only := 0
	for i := range b.status.Intents {
		if b.status.Intents[i].Modern == nil {
			only++
		}
	}
	if only > 0 {
		parts = append(parts, grouped(only)+" legacy only")
	}
	return strings.Join(parts, " · ")
}

// classes says which kinds of difference there were, most first.
func classes(n map[string]int) string {
	names := make([]string, 0, len(n))
	for c := range n {
		names = append(names, c)
	}
	slices.SortFunc(names, func(a, b string) int {
		if n[a] != n[b] {
			return n[b] - n[a]
		}
		return strings.Compare(a, b)
	})
	for i, c := range names {
		names[i] = grouped(n[c]) + " " + cleanLine(c)
	}
	return strings.Join(names, ", ")
}

// broken marks, in the first line of every screen, that something is broken on
// purpose; empty if nothing is.
func (m *model) broken() string {
	faults := m.migrating.status.Faults
	if len(faults) == 0 {
		return ""
	}
	text := "broken on purpose: " + m.faults()
	if m.w < sideBySide {
		text = "broken: " + cleanLine(faults[0].Service)
		if n := len(faults); n > 1 {
			text += " and " + grouped(n-1) + " more"
		}
	}
	return "  " + m.st.bad.Bold(true).Render(m.signs.flagged+" "+cut(text, m.w/3, m.signs.ellipsis))
}
