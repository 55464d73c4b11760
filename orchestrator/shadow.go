package orchestrator

import (
	"context"
	"fmt"
	"time"
)

// maxShadows bounds the shadow calls under way at a time; more are not made.
const maxShadows = 64

// A turn waits for the verdicts on its shadow calls for this share of the time it has
// taken anyway, and not longer than shadowWait; but for a candidate that is quick, or
// of which nothing is known yet, as long as a quick one needs.
const (
	shadowShare = 100
	shadowWait  = 5 * time.Millisecond
	quickShadow = 2 * time.Millisecond
)

// shadow is a call that runs beside the one that answers the user, to be compared
// with it. It never delays or fails the turn. A nil *shadow does nothing.
type shadow struct {
	r     *run
	step  *stepRun
	judge ShadowJudge
	// answered takes what the user got; verdict gives what the comparison found.
	answered chan Answer
	verdict  chan ShadowRecord
}

// shadow starts the calls that the choice asks for beside a step's own: the
// candidate's, a dry run if it is a change, and a second one to the same side to
// measure the noise of that.
func (r *run) shadow(s *stepRun, choice Choice) *shadow {
	judge, ok := r.k.cfg.Router.(ShadowJudge)
	if !ok || choice.Shadow == "" && !choice.Noise {
		return nil
	}
	var candidate *Offer
	if choice.Shadow != "" {
		candidate = s.entry.Offer(choice.Shadow)
	}
	if candidate != nil && s.changes() {
		if d, ok := candidate.service.(DryRunner); !ok || !d.CanDryRun(s.entry.Name) {
			candidate = nil
		}
	}
	noise := choice.Noise && !s.changes()
	if candidate == nil && !noise {
		return nil
	}
	if r.k.shadows.Add(1) > maxShadows {
		r.k.shadows.Add(-1)
		return nil
	}
	sh := &shadow{r: r, step: s, judge: judge, answered: make(chan Answer, 1), verdict: make(chan ShadowRecord, 1)}
	call := r.callFor(s)
	call.DryRun = s.changes()
	call.Key += "/shadow"
	sample := r.sample(s, "", "", 0, nil)
	r.k.done.Go(func() {
		defer r.k.shadows.Add(-1)
		sh.run(r.k.background(), candidate, noise, call, sample)
	})
	if candidate != nil {
		r.mu.Lock()
		r.beside = append(r.beside, sh)
		r.mu.Unlock()
	}
	return sh
}

// primary hands over what the user got.
func (sh *shadow) primary(res outcome) {
	if sh == nil {
		return
	}
	sh.answered <- Answer{Era: res.offer.Era, Service: res.offer.Service, Result: Result{Data: res.data, State: res.state}, Err: res.err, Duration: res.took}
}

func (sh *shadow) run(ctx context.Context, candidate *Offer, noise bool, call Call, sample Sample) {
	var second Answer
	pair := Pair{At: sample.At, Entry: sh.step.entry, Args: call.Args, Who: sample.Who, Conversation: sample.Conversation, Turn: sample.Turn, Step: sample.Step}
	before := sh.judge.Stamp(sample.Who)
	if candidate != nil {
		second = sh.ask(ctx, *candidate, call, sample, false)
		pair.Moved = sh.judge.Stamp(sample.Who) != before
	}
	var first Answer
	select {
	case first = <-sh.answered:
	case <-ctx.Done():
		return
	}
	pair.Primary = first
	if candidate != nil && first.Era != candidate.Era {
		pair.Candidate = second
		found := sh.compare(pair)
		sh.verdict <- found
		rec := StepRecord{ID: sample.Step, Intent: sample.Intent, Route: first.Era, Service: first.Service, Routed: &sample.Choice.Route, Shadow: &found}
		sh.r.k.publish(Event{Kind: EventShadow, Conversation: sample.Conversation, Turn: sample.Turn, Step: &rec})
	}
	if noise && first.Err == nil {
		if again := sh.step.entry.Offer(first.Era); again != nil && len(again.slots) == 0 {
			pair.Noise, pair.Candidate = true, sh.ask(ctx, *again, call, sample, true)
			pair.Moved = sh.judge.Stamp(sample.Who) != before
			sh.compare(pair)
		}
	}
}

// ask makes one call that serves nobody.
func (sh *shadow) ask(ctx context.Context, offer Offer, call Call, sample Sample, noise bool) Answer {
	ctx, cancel := context.WithTimeout(ctx, sh.r.k.cfg.ShadowTimeout)
	defer cancel()
	res, problem, took := sh.r.k.call(ctx, offer, call)
	a := Answer{Era: offer.Era, Service: offer.Service, Result: res, Err: problem, Duration: took}
	if !noise {
		sh.step.entry.candidate.Store(int64((time.Duration(sh.step.entry.candidate.Load()) + a.Duration) / 2))
	}
	sample.Era, sample.Service, sample.Duration, sample.Err = a.Era, a.Service, a.Duration, problem
	sample.Shadow, sample.Noise = true, noise
	sh.r.k.cfg.Router.Observe(sample)
	return a
}

// compare asks the judge, safe from its crashes.
func (sh *shadow) compare(p Pair) ShadowRecord {
	found, err := guarded(func() (ShadowRecord, error) { return sh.judge.Compare(p), nil })
	if err != nil {
		sh.r.k.cfg.Logger.Error("the comparison of a shadow call crashed", "intent", p.Entry.Name, "cause", fmt.Errorf("compare: %w", err))
		return ShadowRecord{Inconclusive: true, Class: "crash"}
	}
	return found
}

// compared puts into the steps' records what the comparisons have found by now. Those
// that come later are told as events alone.
func (r *run) compared() {
	if len(r.beside) == 0 {
		return
	}
	wait := min(time.Since(r.started)/shadowShare, shadowWait).Truncate(time.Millisecond) // timers are no finer
	for _, sh := range r.beside {
		if usual := time.Duration(sh.step.entry.candidate.Load()); usual < quickShadow/2 {
			wait = max(wait, quickShadow)
		}
	}
	enough, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	for _, sh := range r.beside {
		select {
		case found := <-sh.verdict:
			r.set(sh.step, func(rec *StepRecord) { rec.Shadow = &found })
			continue
		default: // a verdict that is there counts, however late it is
		}
		select {
		case found := <-sh.verdict:
			r.set(sh.step, func(rec *StepRecord) { rec.Shadow = &found })
		case <-enough.Done():
		}
	}
}
