package control

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"banyan/orchestrator"
)

func (s *Service) report(ctx context.Context, in OptionalIntent) (Readiness, error) {
	all, err := s.Migration.Report(ctx)
	if err != nil {
		return Readiness{}, err
	}
	out := Readiness{Intents: []Verdict{}}
	both := map[string]bool{}
	for _, st := range all.Status.Intents {
		both[st.Intent] = st.Legacy != nil && st.Modern != nil
	}
	known := false
	var ready []string
	for _, one := range all.Intents {
		if in.Intent != "" && one.Intent != in.Intent || in.Intent == "" && !both[one.Intent] {
			continue
		}
		known = true
		if one.Ready {
			out.Ready++
			ready = append(ready, one.Intent)
		}
		out.Intents = append(out.Intents, Verdict{Intent: one.Intent, Route: one.Route.String(), Ready: one.Ready, Why: strings.Join(one.Why, " ")})
	}
	switch {
	case in.Intent != "" && !known:
		return Readiness{}, orchestrator.Errorf(orchestrator.CodeNotFound, "There is no intent called %s.", in.Intent)
	case in.Intent != "" && out.Ready > 0:
		out.Text = fmt.Sprintf("Legacy is no longer needed for **%s**: it can be retired. %s", in.Intent, out.Intents[0].Why)
	case in.Intent != "":
		out.Text = fmt.Sprintf("The legacy side of **%s** cannot be retired yet. %s", in.Intent, out.Intents[0].Why)
	case len(ready) == 0:
		out.Text = fmt.Sprintf("Nothing can be retired yet, of %d intents that both sides offer.", len(out.Intents))
	default:
		out.Text = fmt.Sprintf("%d of %d intents that both sides offer can be retired: %s.", len(ready), len(out.Intents), orchestrator.JoinAnd(ready))
	}
	return out, nil
}

// kept is how many differences are looked at.
const kept = 1000

// places are the numbers in a path: which entry of a list differs says little.
var places = regexp.MustCompile(`\[\d+\]`)

func (s *Service) differences(ctx context.Context, in OptionalIntent) (Differences, error) {
	found, err := s.Migration.Mismatches(ctx, in.Intent, kept)
	if err != nil {
		return Differences{}, err
	}
	counts := map[Difference]int{}
	calls := 0
	for _, m := range found {
		if m.Noise || m.Found.Matched || m.Found.Inconclusive {
			continue
		}
		calls++
		if len(m.Found.Differences) == 0 {
			counts[Difference{Intent: m.Intent, Class: m.Found.Class}]++
		}
		for _, d := range m.Found.Differences {
			counts[Difference{Intent: m.Intent, Field: places.ReplaceAllString(d.Path, "[]"), Class: d.Class}]++
		}
	}
	out := Differences{Found: []Difference{}, Text: "Shadowing has found no difference so far"}
	for d, n := range counts {
		d.Count = n
		out.Found = append(out.Found, d)
	}
	slices.SortFunc(out.Found, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Intent, b.Intent), cmp.Compare(a.Field, b.Field), cmp.Compare(a.Class, b.Class))
	})
	if calls > 0 {
		out.Text = fmt.Sprintf("Shadowing found that both sides differ in %d of the calls that are kept", calls)
	}
	if in.Intent != "" {
		out.Text += " for " + in.Intent
	}
	out.Text += "."
	return out, nil
}
