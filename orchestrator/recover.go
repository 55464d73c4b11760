package orchestrator

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Recovered returns the turns that an earlier process left unfinished and that New
// brought to an end.
func (k *Kernel) Recovered() []Turn { return k.recovered }

// recover brings to an end what the journal says was under way when the program
// ended: reads are dropped, changes are looked up by their key and completed,
// taken back or flagged. Turns of different conversations recover side by side. What
// cannot be brought to an end stays in the journal for the next start, and is among
// the problems.
func (k *Kernel) recover(ctx context.Context) {
	j, ok := k.cfg.Store.(Journal)
	if !ok {
		return
	}
	open, err := j.Unfinished(ctx) // what is readable comes with the error
	if err != nil {
		k.unrecovered = append(k.unrecovered, fmt.Errorf("reading the journal of turns: %w", err))
	}
	turns := make([]Turn, len(open))
	errs := make([]error, len(open))
	last := map[string]chan struct{}{} // of each conversation
	var wg sync.WaitGroup
	for i, o := range open {
		before, done := last[o.Turn.Conversation], make(chan struct{})
		last[o.Turn.Conversation] = done
		wg.Go(func() {
			defer close(done)
			if before != nil {
				<-before
			}
			turns[i], errs[i] = k.finishTurn(ctx, o)
		})
	}
	wg.Wait()
	for i, turn := range turns {
		if errs[i] == nil {
			k.recovered = append(k.recovered, turn)
		} else {
			k.unrecovered = append(k.unrecovered, fmt.Errorf("finishing the turn %s: %w", open[i].Turn.ID, errs[i]))
		}
	}
	for _, err := range k.unrecovered {
		k.cfg.Logger.Error("not recovered", "cause", err)
	}
}

// finishTurn goes on with one turn and stores it.
func (k *Kernel) finishTurn(ctx context.Context, open OpenTurn) (Turn, error) {
	began := open.Began
	now := k.cfg.Now()
	r := &run{
		k: k, started: time.Now(), now: now, catalog: k.Catalog(), backend: k.backend.Load(), key: open.Key, turn: open.Turn, begun: true, acting: open.Confirmed,
		req: Request{Conversation: open.Turn.Conversation, User: open.User, Message: open.Turn.Message},
	}
	r.turn.Recovered, r.turn.Steps = true, nil
	if err := r.recall(ctx); err != nil {
		return Turn{}, err
	}
	records, takingBack, doubt := replay(open)
	var flags string
	if !r.resume(ctx, open.Turn.Plan, records) {
		r.turn.Steps = flagAll(r.catalog, records, doubt)
		r.turn.Outcome, flags = flagged(r.turn.Steps)
	} else {
		yesHolds := !now.After(began.Add(k.cfg.ConfirmFor))
		r.settleDoubts(ctx, doubt)
		switch {
		case takingBack:
			r.broken = true
			r.leave(notAlone)
		case open.Confirmed && yesHolds:
			r.execute(ctx, func(s *stepRun) bool { return s.gated })
		default:
			r.leave(func(s *stepRun) *Error {
				return Errorf(CodeExpired, "Not begun when the program ended, and the yes for it is no longer good: %s.", s.what())
			})
		}
		r.conclude(ctx)
	}
	answer := "The program ended while this was under way. " + r.stands() + "\n\n" + flags + r.plainAnswer()
	r.end(KindAnswer, strings.TrimSpace(answer))
	turn, err := r.remember(ctx)
	if err == nil {
		r.publish(Event{Kind: EventRecovered, Ended: &turn})
	}
	return turn, err
}

// stands says in a sentence how the changes of a recovered turn stand.
func (r *run) stands() string {
	switch r.turn.Outcome {
	case OutcomeDone:
		return "It is finished now."
	case OutcomePartly:
		return "Part of it is done."
	case OutcomeUndone:
		return "Nothing is changed: what had been done is taken back."
	case OutcomeFlagged:
		return "Somebody has to look at how it stands."
	}
	return "Nothing was changed."
}

// replay applies the notes of a turn to its steps. It returns how they stood,
// whether they were being taken back, and the IDs of the changes whose call had
// left and not come back.
func replay(open OpenTurn) (records []StepRecord, takingBack bool, doubt map[string]bool) {
	records, doubt = open.Turn.Steps, map[string]bool{}
	place := func(rec StepRecord) {
		for i := range records {
			if records[i].ID == rec.ID {
				records[i] = rec
				return
			}
		}
		records = append(records, rec)
	}
	for _, n := range open.Notes {
		if n.Kind == NoteTakingBack {
			takingBack = true
		}
		if n.Step == nil {
			continue
		}
		place(*n.Step)
		doubt[n.Step.ID] = n.Kind == NoteCalling
	}
	return records, takingBack, doubt
}

// resume makes steps of the plan again and puts them where the records say. It
// returns false if the plan can no longer be run.
func (r *run) resume(ctx context.Context, plan *Plan, records []StepRecord) bool {
	if plan == nil {
		return false
	}
	again := *plan
	if faults := r.check(ctx, &again); len(faults) > 0 || len(r.steps) == 0 {
		r.steps = nil
		return false
	}
	r.plan = plan
	return r.reinstate(records)
}

// settleDoubts finds out about the changes that may or may not have been made. After
// a loss of power the last notes may be missing, so the services are asked about
// every change that was to be made.
func (r *run) settleDoubts(ctx context.Context, doubt map[string]bool) {
	for _, s := range r.ownChanges() {
		if s.settled() || s.rec.Args == nil || !s.gated && !doubt[s.step.ID] {
			continue
		}
		left := doubt[s.step.ID]
		offer := s.entry.Offers[0]
		if o, ok := s.madeBy(s.rec); ok {
			offer = o
		}
		call := r.callFor(s)
		t := &attempt{k: r.k, offer: offer, call: call, retried: func(*Error) {}}
		out, known := t.find(ctx)
		switch {
		case known && out.err == nil: // it was made
		case !left: // it never left: it is for execute, if the yes still holds
			continue
		case known && t.policy() != RecoverComplete:
		case offer.keys && t.policy() == RecoverComplete:
			out = t.outcome(ctx)
		case !known:
			out = t.unknown(nil)
		}
		r.set(s, func(rec *StepRecord) {
			rec.Key, rec.Route, rec.Service, rec.Version = call.Key, offer.Era, offer.Service, offer.Version
			rec.Error, rec.Flag, rec.Status, rec.Result = out.err, out.flag, StepFailed, out.data
			if out.err == nil {
				rec.Status = StepDone
				s.value = celValue(s.entry.Result, out.data)
			}
		})
		r.note(ctx, NoteEnded, s, false)
		if out.err == nil && left && t.policy() == RecoverUndo {
			r.takeBack(ctx, []*stepRun{s})
		}
		if out.err != nil || r.snapshot(s).Status != StepDone {
			r.broke()
		}
	}
}

// leave ends what had not been begun, and will not be.
func (r *run) leave(why func(*stepRun) *Error) {
	for _, s := range r.all() {
		switch {
		case s.settled():
		case s.list != nil && len(s.children) > 0:
			r.gather(s)
		default:
			r.fails(s, why(s))
		}
	}
}

// flagged is the outcome of a turn that can no longer be run, and what a person has to
// look at.
func flagged(records []StepRecord) (Outcome, string) {
	outcome, what := OutcomeUndone, ""
	for _, rec := range records {
		if rec.Flag != "" {
			outcome = OutcomeFlagged
			what += rec.Sentence + ": " + rec.Flag + "\n\n"
		}
	}
	return outcome, what
}

// flagAll marks the changes of a turn that can no longer be run.
func flagAll(catalog *Catalog, records []StepRecord, doubt map[string]bool) []StepRecord {
	for i, rec := range records {
		if e := catalog.Intent(rec.Intent); e != nil && !e.Changes() || rec.Group {
			continue
		}
		switch {
		case rec.Status == StepDone:
			records[i].Flag = "It was done, and the rest of the plan can no longer be run because the services have changed. Decide whether it may stand."
		case doubt[rec.ID]:
			records[i].Status = StepFailed
			records[i].Flag = fmt.Sprintf("It is not known whether this was done, and the service can no longer be asked. Its key is %s.", rec.Key)
		case rec.Status == StepPlanned, rec.Status == StepRunning, rec.Status == StepWaiting:
			records[i].Status = StepFailed
			records[i].Error = Errorf(CodeCancelled, "It had not been begun when the program ended.")
		}
	}
	return records
}
