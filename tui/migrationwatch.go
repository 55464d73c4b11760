package tui

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"banyan/orchestrator"
)

// ForUser is a Migration that every user sees only as far as she may.
type ForUser interface {
	For(user orchestrator.User) orchestrator.Migration
}

// seenBy is a migration as a user may see it.
func seenBy(mig orchestrator.Migration, user orchestrator.User) orchestrator.Migration {
	if f, ok := mig.(ForUser); ok {
		return f.For(user)
	}
	return mig
}

// differenceKind is a kind of difference and how often it was found. It holds nothing
// of what was asked and answered.
type differenceKind struct {
	said string
	n    int
}

// kindsOf sums differences up by class and field, each kind where it comes first.
func kindsOf(list []orchestrator.Mismatch) []differenceKind {
	var out []differenceKind
	at := map[string]int{}
	for _, x := range list {
		said, _ := verdict(withoutKeys(x.Found))
		if c := cleanLine(x.Found.Class); c != "" && !strings.Contains(said, c) {
			said += " (" + c + ")"
		}
		if x.Noise {
			said = "noise: legacy does not agree with itself, " + said
		}
		if i, ok := at[said]; ok {
			out[i].n++
			continue
		}
		at[said] = len(out)
		out = append(out, differenceKind{said, 1})
	}
	return out
}

// dataKeys are the parts of a path that may be data: what is quoted, a number, or has
// a digit in it.
var dataKeys = regexp.MustCompile(`\[[^\[\]"]*\]|\["(?:[^"\\]|\\.)*"\]|[^.\[\]"]*[0-9@][^.\[\]"]*`)

// withoutKeys is what a comparison found by field, without values and without those
// parts of a path that may be data.
func withoutKeys(r orchestrator.ShadowRecord) orchestrator.ShadowRecord {
	out := orchestrator.ShadowRecord{Matched: r.Matched, Inconclusive: r.Inconclusive, Class: r.Class}
	for _, d := range r.Differences {
		path := dataKeys.ReplaceAllStringFunc(d.Path, func(key string) string {
			if strings.HasPrefix(key, "[") {
				return "[*]"
			}
			return "*"
		})
		out.Differences = append(out.Differences, orchestrator.Difference{Path: path, Class: d.Class})
	}
	return out
}

// onlyCounts is what those are told who may not see answers.
const onlyCounts = "What was asked and answered is shown to staff, presenters and admins only."

// viewKinds draws what may be seen of the differences without their answers.
func (d *boardDiff) viewKinds(m *model, head []string, w, h int) []string {
	st := m.st
	head = append(head, paint(wrap(onlyCounts, w), st.faint)...)
	head = append(head, "")
	d.room = max(h-len(head), 1)
	d.top = max(min(d.top, len(d.kinds)-d.room), 0)
	for _, k := range d.kinds[d.top:min(d.top+d.room, len(d.kinds))] {
		head = append(head, cut(st.amber.Render(fill(count(k.n, "time"), 12, ""))+st.plain.Render(k.said), w, m.signs.ellipsis))
	}
	return head
}

// explainTo says where a call about who goes, to users who may not steer only for
// themselves.
func explainTo(ctx context.Context, mig orchestrator.Migration, steers bool, intent, who, self string) (orchestrator.Explanation, error) {
	if who == "" {
		who = self
	}
	if !steers && !strings.EqualFold(who, self) {
		return orchestrator.Explanation{}, &orchestrator.Error{
			Code: orchestrator.CodeDenied, Message: fmt.Sprintf("You are told where your own calls go. Staff, presenters and admins are told about others, such as %s.", cleanLine(who)),
		}
	}
	return mig.Explain(ctx, intent, who)
}
