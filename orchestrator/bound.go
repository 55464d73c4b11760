package orchestrator

// freely is how many changes of one intent that needs no yes a plan may make without
// one.
const freely = 4

// bound finds the changes that need a yes in this plan although their intent, by
// itself, harms nobody: those of a goal's later rounds, which are planned after results
// came in, and those that are many: more of one intent than a person asks for, or one
// for each of a list.
func (r *run) bound(steps []*stepRun) {
	many := map[string]int{}
	for _, s := range steps {
		if s.changes() {
			many[s.entry.Name]++
		}
	}
	for _, s := range steps {
		s.harmful = s.changes() && (r.turn.Rounds > 1 || s.step.ForEach != "" || many[s.entry.Name] > freely)
	}
}
