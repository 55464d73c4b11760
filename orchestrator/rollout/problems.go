package rollout

import (
	"fmt"
	"strings"

	"banyan/orchestrator"
)

// The codes of errors that only the migration has.
const (
	// CodeContract means that modern does not keep what legacy promises.
	CodeContract = "contract_broken"
	// CodeMeanwhile means that somebody else changed the route at the same moment.
	CodeMeanwhile = "changed_meanwhile"
	// CodeNoStage means that there is no stage to go to, or nothing to take back.
	CodeNoStage = "no_such_stage"
)

func unknownIntent(name string, known []string) *orchestrator.Error {
	hint := "Look at the list of intents for its name."
	if near := nearest(name, known); len(near) > 0 {
		hint = fmt.Sprintf("Perhaps you mean %s?", strings.Join(near, " or "))
	}
	return orchestrator.Errorf(orchestrator.CodeNotFound, "No service offers an intent called %q. Nothing was changed. %s", name, hint)
}

// nearest returns the at most three names that look most like the given one.
func nearest(name string, known []string) []string {
	name = strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(name)))
	const longest = 64
	if name == "" || len(name) > longest {
		return nil
	}
	best, least := []string(nil), max(2, len(name)/3)+1
	for _, k := range known {
		d := distance(name, k)
		if len(k) > longest || d > least {
			if !strings.Contains(k, name) {
				continue
			}
			d = least
		}
		if d < least {
			best, least = nil, d
		}
		best = append(best, k)
	}
	return best[:min(len(best), 3)]
}

// distance counts the letters to add, drop or change (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, corner+1, row[j]+1)
		}
	}
	return row[len(b)]
}
