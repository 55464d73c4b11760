package orchestrator

import "context"

// look runs everything that needs no yes, and decides what it can about the
// rest: conditions are evaluated and arguments resolved with real values, so that
// the user confirms what will really happen.
func (r *run) look(ctx context.Context) *Error {
	r.execute(ctx, func(s *stepRun) bool { return !s.gated })
	if ctx.Err() != nil {
		return r.stopped(ctx)
	}
	for _, s := range r.steps {
		if s.gated && s.entry.NeedsYes() && r.knowable(s) {
			r.ready(ctx, s)
		}
	}
	return nil
}

// knowable tells whether everything that the step's condition and arguments read
// is known before any change is made.
func (r *run) knowable(s *stepRun) bool {
	for _, j := range s.needs {
		if !r.steps[j].settled() {
			return false
		}
	}
	if s.step.When != nil && s.when == nil { // the judge sees all reads
		for _, j := range s.after {
			if !r.steps[j].settled() {
				return false
			}
		}
	}
	return true
}
