package orchestrator

import "context"

// begin keeps the turn in the journal before its first change leaves, once; and once
// more before the first that was confirmed, if one that needs no yes went before.
// Without a journal there is nothing to keep.
func (r *run) begin(ctx context.Context) *Error {
	j, ok := r.k.cfg.Store.(Journal)
	if !ok || r.begun && (r.confirmed || !r.acting) {
		return nil
	}
	r.routed()
	steps := r.records()
	r.mu.Lock()
	open := OpenTurn{Turn: r.turn, User: r.req.User, Key: r.key, Began: r.k.cfg.Now().UTC(), Confirmed: r.acting}
	r.mu.Unlock()
	open.Turn.Steps, open.Turn.Plan = steps, r.plan
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := j.Begin(ctx, open); err != nil {
		return &Error{Code: CodeStore, Cause: err, Message: "It could not be noted down that this is about to change, so it was not tried. Nothing was changed. " + err.Error()}
	}
	r.begun, r.confirmed = true, r.acting
	return nil
}

// note adds to the journal what happened to a step of a turn that has begun. A note
// that fails is not fatal: what it says is found out by the idempotency key.
func (r *run) note(ctx context.Context, kind NoteKind, s *stepRun, sync bool) {
	j, ok := r.k.cfg.Store.(Journal)
	if !ok || !r.begun {
		return
	}
	note := JournalNote{Kind: kind}
	if s != nil {
		rec := r.snapshot(s)
		note.Step = &rec
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := j.Note(ctx, r.turn.ID, note, sync); err != nil {
		r.k.cfg.Logger.Error("the journal did not take a note", "turn", r.turn.ID, "kind", kind, "cause", err)
	}
}

// broke remembers that a change failed for good or for nobody knows what: in a plan
// whose changes are all or nothing no other is begun.
func (r *run) broke() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = r.broken || r.acting && !r.plan.Partly
}

func (r *run) isBroken() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken
}
