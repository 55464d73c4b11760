package orchestrator

// bound finds the changes that need a yes in this plan although their intent, by
// itself, harms nobody: those of a goal's later rounds, which are planned after results
// came in.
func (r *run) bound(steps []*stepRun) {
	for _, s := range steps {
		s.harmful = s.changes() && r.turn.Rounds > 1
	}
}
