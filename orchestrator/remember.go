package orchestrator

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// storeTimeout bounds the storing of one turn.
const storeTimeout = 10 * time.Second

// remember stores the turn, also when the user cancelled it, and only then lets
// its end be seen: an answer that stood on the screen is in the store.
func (r *run) remember(ctx context.Context) (Turn, error) {
	r.turn.Steps = append(r.turn.Steps, r.records()...)
	r.turn.DurationMS = milliseconds(time.Since(r.started))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	r.audit(ctx)
	if err := r.k.cfg.Store.Append(ctx, r.turn); err != nil {
		r.k.recall.forget(r.turn.Conversation)
		what := "Nothing was changed."
		if done := r.changesDone(); done != "" {
			what = done
		}
		problem := &Error{
			Code: CodeStore, Cause: err,
			Message: fmt.Sprintf("The turn could not be saved. %s %s", strings.TrimSuffix(err.Error(), ".")+".", what),
		}
		r.turn.Problem = problem
		r.end(KindError, problem.Message)
		r.publish(Event{Kind: EventTurnEnded, Ended: &r.turn})
		return r.turn, problem
	}
	r.k.recall.add(r.turn)
	turn := r.turn
	r.publish(Event{Kind: EventTurnEnded, Ended: &turn})
	return turn, nil
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
