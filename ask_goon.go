package main

import (
	"context"
	"errors"
	"fmt"

	"banyan/orchestrator"
)

// goOn goes on where another process stopped. The message that may have been under
// way there, if any, is asked only if nothing came of it: a turn that was stored, or that the kernel
// brought to an end when it was opened, is printed instead.
func (a *asker) goOn(ctx context.Context, t trail, message string, pending bool) error {
	turns, err := a.app.kernel.Turns(ctx, a.user, a.conversation, 0)
	if err != nil {
		return failed(err)
	}
	for _, turn := range turns {
		if turn.ID == t.Last {
			a.last = turn
		}
	}
	if !pending {
		return nil
	}
	if turn, ok := answered(turns, t.Last, message); ok {
		return a.deal(turn)
	}
	open, err := a.app.store.Unfinished(ctx)
	if err != nil {
		return failed(err)
	}
	for _, o := range open {
		if _, ours := answered([]orchestrator.Turn{o.Turn}, "", message); ours && o.Turn.Conversation == a.conversation {
			return failed(fmt.Errorf("the process that ran this ended in the middle of it, and it cannot be brought to an end: %w. \"banyan doctor\" says more",
				errors.Join(a.app.kernel.Problems()...)))
		}
	}
	return a.turn(ctx, message)
}
