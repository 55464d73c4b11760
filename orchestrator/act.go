package orchestrator

import "context"

// act runs what the user confirmed, and the reads that waited for it; then it
// takes back what may not stand alone.
func (r *run) act(ctx context.Context) *Error {
	for _, s := range r.all() {
		s.early = s.settled()
	}
	r.acting = true
	r.execute(ctx, func(s *stepRun) bool { return s.gated })
	r.conclude(ctx)
	if ctx.Err() != nil {
		return r.stopped(ctx)
	}
	return nil
}

// conclude decides how the changes of the turn stand. If one failed for good after
// the yes, and they were to be made together or not at all, those that were made
// are taken back. One of which it is not known whether it was made leaves the
// others as they are: taking them back could make things worse.
func (r *run) conclude(ctx context.Context) {
	var made []*stepRun
	failed, unknown, ahead := r.broken, false, false
	for _, s := range r.ownChanges() {
		rec := r.snapshot(s)
		ahead = ahead || !s.early || rec.Key != ""
		switch {
		case rec.Status == StepDone && rec.Flag == "" && !s.early:
			made = append(made, s)
		case (rec.Status == StepFailed || rec.refused()) && !s.early:
			failed, unknown = true, unknown || rec.Flag != ""
		}
	}
	if !ahead {
		return
	}
	if failed && len(made) > 0 && r.acting && !r.plan.Partly && !unknown {
		r.takeBack(ctx, made)
	}
	r.turn.Outcome = r.outcome()
}

// outcome sums up how the changes stand.
func (r *run) outcome() Outcome {
	done, failed, undone := 0, 0, 0
	for _, s := range r.ownChanges() {
		switch rec := r.snapshot(s); {
		case rec.Flag != "":
			return OutcomeFlagged
		case rec.Status == StepDone:
			done++
		case rec.Status == StepUndone:
			undone++
		case (rec.Status == StepFailed || rec.refused()) && !s.early:
			failed++
		}
	}
	switch {
	case done > 0 && failed+undone > 0:
		return OutcomePartly
	case done > 0:
		return OutcomeDone
	case undone > 0 || failed > 0:
		return OutcomeUndone
	}
	return ""
}
