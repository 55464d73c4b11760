package offline

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// nearEnough is the value from which on an intent that was not meant is named all
// the same.
const nearEnough = 0.3

// helpLimit is the longest list of things that help writes out.
const helpLimit = 24

// help lists what can be done, in the words of the catalog: what can be looked up
// first, then what can be changed.
func (p *planner) help() orchestrator.Plan {
	var look, change []string
	for _, s := range p.k.skills {
		if s.Summary == "" {
			continue
		}
		line := "- " + strings.TrimRight(s.Summary, ".")
		if s.Changes() {
			change = append(change, line)
		} else {
			look = append(look, line)
		}
	}
	var b strings.Builder
	b.WriteString("Just tell me what you need, in your own words; several things at once are fine.")
	for _, part := range []struct {
		title string
		lines []string
	}{{"I can look things up", look}, {"I can change things, and ask before I do", change}} {
		if len(part.lines) == 0 {
			continue
		}
		b.WriteString("\n\n" + part.title + ":\n\n")
		more := len(part.lines) - helpLimit
		b.WriteString(strings.Join(part.lines[:min(len(part.lines), helpLimit)], "\n"))
		if more > 0 {
			b.WriteString("\n- … and more")
		}
	}
	return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: b.String()}
}

// samples chooses a few summaries that differ from one another: what looks first,
// then harmless changes, and nothing that destroys unless there is nothing else. If
// near is true, the look-ups nearest to the message come first.
func (p *planner) samples(n int, near bool) []string {
	var order []*skill
	if near {
		for _, r := range p.rank(p.toks) {
			if r.value >= nearEnough && !r.skill.Changes() {
				order = append(order, r.skill)
			}
		}
		order = order[:min(len(order), 2)]
	}
	for _, effect := range []orchestrator.Effect{orchestrator.Read, orchestrator.Write, orchestrator.Destructive} {
		for _, s := range p.k.skills {
			if s.Effect == effect && !slices.Contains(order, s) {
				order = append(order, s)
			}
		}
	}
	var out []string
	taken := map[string]bool{}
	for _, strict := range []bool{true, false} {
		for _, s := range order {
			if len(out) == n {
				return out
			}
			verb := s.nameStems[0]
			text := brief(s.Summary)
			if i := strings.IndexAny(text, ":,;("); i > 8 {
				text = strings.TrimSpace(text[:i])
			}
			if text == "" || slices.Contains(out, text) || strict && (taken[verb] || taken[s.noun]) {
				continue
			}
			taken[verb], taken[s.noun] = true, true
			out = append(out, text)
		}
	}
	return out
}

// brief makes a summary fit a list in a sentence: what it does, without the
// conditions and details that follow.
func brief(summary string) string {
	text := inSentence(summary)
	for _, mark := range []string{":", ",", ";", "(", " that ", " while ", " which ", " with its "} {
		if i := strings.Index(text, mark); i > 8 {
			text = strings.TrimSpace(text[:i])
		}
	}
	return text
}

// suggestion names a few things to try.
func (p *planner) suggestion() string {
	s := p.samples(3, false)
	if len(s) == 0 {
		return "What can I do for you?"
	}
	return "I can, for example, " + orList(s) + ". What can I do for you?"
}

// refuse says that the message is nothing that can be done here, and what can be.
func (p *planner) refuse() orchestrator.Plan {
	text := "I can't help with that here."
	if s := p.samples(4, true); len(s) > 0 {
		text += " What I can do is, for example: " + orList(s) + ". Say “help” for everything."
	}
	return orchestrator.Plan{Kind: orchestrator.PlanRefusal, Text: text}
}
