package tui

import (
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"banyan/orchestrator"
)

// routed says by which route a step went where it went, and why; empty if there was
// nothing to decide.
func (t tracer) routed(s orchestrator.StepRecord) string {
	if s.Routed == nil {
		return ""
	}
	route := string(s.Routed.Kind)
	if s.Routed.Kind == orchestrator.RouteCanary {
		route = "canary " + grouped(s.Routed.Percent)
	}
	route = cleanLine(route)
	fell := s.FallbackFrom != "" && s.FallbackFrom != s.Route
	switch {
	case s.Why == orchestrator.ByBreaker:
		if fell {
			return route + ": breaker of " + cleanLine(string(s.FallbackFrom)) + " open"
		}
		return route + ": breaker open"
	case fell:
		return route + ": fell back from " + cleanLine(string(s.FallbackFrom))
	}
	switch s.Why {
	case orchestrator.ByOnly, orchestrator.ByDefault:
		return ""
	case orchestrator.ByCanary:
		if s.Route == orchestrator.Modern {
			return route + ": in that share"
		}
		return route + ": not in that share"
	case orchestrator.ByTask:
		return route + ": the task was begun there"
	case orchestrator.ByContract:
		return route + ": modern breaks the contract"
	case orchestrator.ByRoute, orchestrator.ByBreaker:
	}
	return "route " + route
}

// compared says what the comparison with the other side found; empty if there was
// none.
func (t tracer) compared(s orchestrator.StepRecord) (string, lipgloss.Style) {
	if s.Shadow == nil {
		return "", t.st.quiet
	}
	sign, _, _ := strings.Cut(t.signs.shadow, " ")
	said, ok := verdict(*s.Shadow)
	style := t.st.quiet
	if !ok {
		style = t.st.amber
	}
	return sign + " " + said, style
}

// verdict says what a comparison found; ok unless the two sides differ.
func verdict(r orchestrator.ShadowRecord) (said string, ok bool) {
	switch {
	case r.Inconclusive && r.Class != "":
		return "compared: it says nothing (" + cleanLine(r.Class) + ")", true
	case r.Inconclusive:
		return "compared: it says nothing", true
	case r.Matched:
		return "compared: the same", true
	}
	var fields []string
	for _, d := range r.Differences {
		if d.Path != "" {
			fields = append(fields, cleanLine(d.Path))
		}
	}
	if len(fields) > 3 {
		fields = append(fields[:3:3], grouped(len(fields)-3)+" more")
	}
	if len(fields) == 0 {
		if r.Class == "" {
			return "differs", false
		}
		fields = []string{cleanLine(r.Class)}
	}
	return "differs: " + strings.Join(fields, ", "), false
}

// way draws how a step was routed and what its comparison found.
func (t tracer) way(s orchestrator.StepRecord, w int) []string {
	var out []string
	if why := t.routed(s); why != "" {
		out = append(out, paint(wrap(why, w), t.st.quiet)...)
	}
	if said, style := t.compared(s); said != "" {
		out = append(out, paint(wrap(said, w), style)...)
	}
	return out
}

// ways counts how the steps of a turn were routed, for the folded line.
func (t tracer) ways(steps []orchestrator.StepRecord) []string {
	canary, breaker, same, differ := 0, 0, 0, 0
	for _, s := range steps {
		if s.Routed != nil && s.Why == orchestrator.ByCanary {
			canary++
		}
		if s.Routed != nil && s.Why == orchestrator.ByBreaker {
			breaker++
		}
		if s.Shadow == nil {
			continue
		}
		if _, ok := verdict(*s.Shadow); !ok {
			differ++
		} else if !s.Shadow.Inconclusive {
			same++
		}
	}
	var out []string
	sign, _, _ := strings.Cut(t.signs.shadow, " ")
	if canary > 0 {
		out = append(out, t.st.quiet.Render(grouped(canary)+" by canary"))
	}
	if breaker > 0 {
		out = append(out, t.st.amber.Render(grouped(breaker)+" past an open breaker"))
	}
	if same > 0 {
		out = append(out, t.st.shadow.Render(sign)+t.st.quiet.Render(" "+grouped(same)+" the same"))
	}
	if differ > 0 {
		out = append(out, t.st.shadow.Render(sign)+t.st.amber.Render(" "+grouped(differ)+" differs"))
	}
	return out
}

// shadowed puts what a comparison found into the step that it is about.
func (e *entry) shadowed(s orchestrator.StepRecord) {
	for i := range e.turn.Steps {
		if e.turn.Steps[i].ID == s.ID {
			e.turn.Steps = slices.Clone(e.turn.Steps)
			e.turn.Steps[i].Shadow = s.Shadow
			e.rev++
		}
	}
}

// compared keeps what comparisons found that the turn, as it is now, does not know.
func (e *entry) compared(before []orchestrator.StepRecord) {
	for _, b := range before {
		for i := range e.turn.Steps {
			if s := &e.turn.Steps[i]; s.ID == b.ID && s.Shadow == nil && b.Shadow != nil {
				e.turn.Steps = slices.Clone(e.turn.Steps)
				e.turn.Steps[i].Shadow = b.Shadow
			}
		}
	}
}

// lateShadow gives a comparison's result to a turn that has ended before it came.
func (c *chat) lateShadow(ev orchestrator.Event) {
	if ev.Step == nil {
		return
	}
	all := c.list.entries
	for i := len(all) - 1; i >= max(len(all)-20, 0); i-- {
		if e := all[i]; e.turn.ID == ev.Turn && e.turn.Conversation == ev.Conversation {
			e.shadowed(*ev.Step)
			c.list.changed()
			return
		}
	}
}
