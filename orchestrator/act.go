package orchestrator

import "context"

// act runs what the user confirmed, and the reads that waited for it.
func (r *run) act(ctx context.Context) *Error {
	r.execute(ctx, func(s *stepRun) bool { return s.gated })
	if ctx.Err() != nil {
		return r.stopped(ctx)
	}
	return nil
}
