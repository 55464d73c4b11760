package orchestrator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// confirm shows what is left to change and waits for a yes, unless one was given
// beforehand. It returns whether the turn ends here.
func (r *run) confirm(ctx context.Context) (waiting bool, problem *Error) {
	left := r.unconfirmed()
	if len(left) == 0 {
		return false, nil
	}
	if r.turn.TakesBack == "" {
		if problem := r.k.changes.admit(ctx, r.req.User.Email, len(left), r.k.cfg.Now()); problem != nil {
			return false, problem
		}
	}
	r.preview(ctx, left)
	if ctx.Err() != nil {
		return false, r.stopped(ctx)
	}
	r.together()
	left = r.unconfirmed()
	if len(left) == 0 {
		return false, nil
	}
	if r.req.Yes && r.turn.Rounds < 2 { // what is planned after results came in needs a yes of its own
		r.publish(Event{Kind: EventConfirmed, Steps: recordsOf(left)})
		return false, nil
	}
	pending := &Pending{Expires: r.now.Add(r.k.cfg.ConfirmFor).UTC()}
	for _, s := range r.all() {
		if s.gated && !s.settled() {
			r.set(s, func(rec *StepRecord) { rec.Status = StepWaiting })
		}
	}
	for _, s := range left {
		pending.Steps = append(pending.Steps, s.step.ID)
	}
	pending.Hash = r.hash(r.turn.ID)
	r.turn.Pending = pending
	text := confirmText(recordsOf(left), r.promise(left), r.k.cfg.Locale)
	if pending.Note = r.impossible(); pending.Note != "" {
		text = pending.Note + "\n\n" + text
	}
	r.end(KindConfirmation, text)
	r.publish(Event{Kind: EventConfirmAsked, Steps: recordsOf(left)})
	return true, nil
}

// unconfirmed returns the changes that still need a yes.
func (r *run) unconfirmed() []*stepRun {
	var out []*stepRun
	for _, s := range r.all() {
		if s.needsYes() && s.list == nil && !s.settled() {
			out = append(out, s)
		}
	}
	return out
}

// together ends the changes that may not be made because another one was refused
// already: those of the same playbook, and all of them if the yes was given
// beforehand, to everything. A user who is asked can say yes to the rest.
func (r *run) together() {
	if r.plan.Partly {
		return
	}
	refused := map[string]bool{} // by the step of the plan that it belongs to
	for _, s := range r.ownChanges() {
		if s.rec.Status == StepFailed || s.rec.refused() {
			refused[s.top()] = true
		}
	}
	if len(refused) == 0 {
		return
	}
	for _, s := range r.unconfirmed() {
		if refused[s.top()] && s.rec.Playbook != "" || r.req.Yes {
			r.finish(s, StepFailed, notAlone(s))
		}
	}
}

// impossible says which changes were refused already and what the plan leaves out, so
// that the user knows it before saying yes to the others.
func (r *run) impossible() string {
	var out []string
	if r.plan.Text != "" {
		out = append(out, r.plan.Text)
	}
	for _, s := range r.ownChanges() {
		if rec := r.snapshot(s); (rec.Status == StepFailed && rec.Error != nil || rec.refused()) && rec.Error.Code != CodeDependency && rec.Error.Code != CodeTogether {
			out = append(out, rec.Error.Message)
		}
	}
	return strings.Join(out, " ")
}

// promise is how the yes is asked for: several changes are made together or not at
// all, as far as each but the last can be taken back.
func (r *run) promise(left []*stepRun) func(*Questions) string {
	if len(left) == 1 {
		return func(a *Questions) string { return a.One }
	}
	if r.plan.Partly {
		return func(a *Questions) string { return a.All }
	}
	for _, s := range left[:len(left)-1] {
		if offer := r.offer(s); offer == nil || offer.undo == nil {
			return func(a *Questions) string { return a.AsFar }
		}
	}
	return func(a *Questions) string { return a.AllOrNo }
}

// confirmText is the question in Markdown, for those who have no dialog.
func confirmText(left []StepRecord, all func(*Questions) string, l *Locale) string {
	say := func(rule func(a *Questions) string, values ...string) string {
		return filled(l.or(func(l *Locale) string { return rule(&l.Asking) }), values...)
	}
	var b strings.Builder
	b.WriteString(say(func(a *Questions) string { return a.Lead }) + "\n\n")
	for i, rec := range left {
		fmt.Fprintf(&b, "%d. %s", i+1, rec.Sentence)
		var notes []string
		for _, c := range rec.Changes {
			notes = append(notes, fmt.Sprintf("%s: %s → %s", c.Field, c.Old, c.New))
		}
		if c := rec.Condition; c != nil && c.Met == nil {
			notes = append(notes, say(func(a *Questions) string { return a.OnlyIf }, "condition", c.Text))
		} else if c != nil && *c.Met {
			notes = append(notes, say(func(a *Questions) string { return a.Met }, "condition", c.Text))
		}
		if len(rec.Origins) > 0 {
			notes = append(notes, strings.Join(rec.Origins, ", "))
		}
		if len(notes) > 0 {
			b.WriteString(" (" + strings.Join(notes, "; ") + ")")
		}
		b.WriteByte('\n')
	}
	b.WriteString("\n" + say(all))
	return b.String()
}

// hash binds a yes to the plan as it was shown: the conversation, the turn, every
// step with its subject, its arguments and its condition.
func (r *run) hash(turn string) string {
	type bound struct {
		Step Step
		For  string
		Args map[string]any
	}
	all := struct {
		Conversation, Turn string
		Steps              []bound
	}{Conversation: r.turn.Conversation, Turn: turn}
	for _, s := range r.all() {
		b := bound{Step: s.step, For: s.rec.For}
		if s.gated {
			b.Args = s.rec.Args
		}
		all.Steps = append(all.Steps, b)
	}
	data, err := json.Marshal(all)
	if err != nil {
		return "" // cannot be: the plan is in JSON's shape; no yes fits an empty hash
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// settle takes the message as the answer to a confirmation, if the conversation's
// last turn asked for one. A yes is good once, because the turn that gives it
// becomes the last one. Any other message leaves the changes undone and is
// planned as usual.
func (r *run) settle(ctx context.Context) (done bool, problem *Error) {
	asked, ok := r.asked()
	if !ok {
		return false, nil
	}
	answer := parseReply(r.turn.Message, asked.waiting(), r.k.cfg.Locale)
	if answer.kind != replyOther && !r.saw(asked) {
		return r.askAgain(ctx, asked)
	}
	switch answer.kind {
	case replyOther:
		r.abandoned, r.turn.Lapsed = asked.waiting(), asked.ID
		r.publish(Event{Kind: EventLapsed, Steps: r.abandoned, Text: "abandoned"})
		return false, nil
	case replyUnclear:
		return r.askAgain(ctx, asked)
	case replyYes, replyNo:
	}
	r.turn.Settles = asked.ID
	if answer.kind == replyYes && r.now.After(asked.Pending.Expires) {
		r.turn.Lapsed = asked.ID
		r.publish(Event{Kind: EventLapsed, Steps: asked.waiting(), Text: "expired"})
		return false, Errorf(CodeExpired, "That yes came too late: it was good until %s. Nothing was changed. Ask again and confirm anew.", asked.Pending.Expires.In(r.now.Location()).Format("15:04"))
	}
	if problem := r.restore(ctx, asked); problem != nil {
		return false, problem
	}
	for i, id := range asked.Pending.Steps {
		if answer.kind == replyYes && answer.takes(i+1) {
			continue
		}
		for _, s := range r.all() {
			if s.step.ID == id {
				r.finish(s, StepDenied, nil)
			}
		}
	}
	if answer.kind == replyYes {
		r.publish(Event{Kind: EventConfirmed, Steps: recordsOf(r.unconfirmed())})
	} else {
		r.publish(Event{Kind: EventDeclined, Steps: asked.waiting()})
	}
	if problem := r.act(ctx); problem != nil {
		return false, problem
	}
	if answer.kind == replyNo {
		return true, r.respond(ctx)
	}
	return true, r.pursue(ctx)
}

// asked returns the confirmation that waits for an answer. Messages that were
// not admitted since then do not count.
func (r *run) asked() (Turn, bool) {
	for _, t := range slices.Backward(r.history) {
		if t.Problem != nil && (t.Problem.Code == CodeEmpty || t.Problem.Code == CodeTooLong) {
			continue
		}
		return t, t.Kind == KindConfirmation && t.Pending != nil && t.Plan != nil
	}
	return Turn{}, false
}

// saw tells whether the surface that the message comes from showed the confirmation,
// as far as it says what it showed.
func (r *run) saw(asked Turn) bool {
	if r.req.Answers == "" {
		return true
	}
	for _, t := range slices.Backward(r.history) {
		if t.ID == r.req.Answers {
			return true
		}
		if t.ID == asked.ID {
			return false
		}
	}
	return false
}

// askAgain asks for the same yes once more, after an answer that was neither a
// plain yes nor a plain no.
func (r *run) askAgain(ctx context.Context, asked Turn) (done bool, problem *Error) {
	if problem := r.restore(ctx, asked); problem != nil {
		return false, problem
	}
	r.key = r.turn.ID
	if waiting, problem := r.confirm(ctx); waiting || problem != nil {
		r.turn.Answer = r.k.cfg.Locale.or(func(l *Locale) string { return l.Asking.Unclear }) + "\n\n" + r.turn.Answer
		return waiting, problem
	}
	return true, r.respond(ctx) // what waited has become impossible meanwhile
}

// waiting returns the changes that a confirmation asked for, as they were
// numbered.
func (t Turn) waiting() []StepRecord {
	var out []StepRecord
	for _, id := range t.Pending.Steps {
		for _, s := range t.Steps {
			if s.ID == id {
				out = append(out, s)
			}
		}
	}
	return out
}

// restore brings the steps of a confirmation back to where they stood, and makes
// sure that they are exactly those which the user saw.
func (r *run) restore(ctx context.Context, asked Turn) *Error {
	gone := Errorf(CodeExpired, "What you confirmed can no longer be done as it was shown, because the services have changed since. Nothing was changed. Please ask again.")
	plan := *asked.Plan
	plan.Steps = slices.Clone(plan.Steps)
	r.turn.Goal, r.turn.Rounds, r.turn.TakesBack = asked.Goal, asked.Rounds, asked.TakesBack
	if faults := r.check(ctx, &plan); len(faults) > 0 {
		r.steps = nil
		return gone
	}
	if !r.reinstate(asked.Steps) {
		r.steps = nil
		return gone
	}
	for _, s := range r.all() {
		s.before = s.settled()
	}
	r.plan, r.turn.Plan = &plan, &plan
	if asked.Pending.Hash == "" || r.hash(asked.ID) != asked.Pending.Hash {
		r.steps = nil
		return gone
	}
	r.key = asked.ID
	r.publish(Event{Kind: EventPlanned, Plan: &plan, Steps: r.records()})
	return nil
}

// reinstate puts the steps where the records of an earlier process or turn say
// they stood. It returns false if the records are not those of these steps.
func (r *run) reinstate(records []StepRecord) bool {
	byID, repeated := map[string]StepRecord{}, map[string][]StepRecord{}
	for _, rec := range records {
		switch rec.Status {
		case StepWaiting, StepRunning:
			rec.Status = StepPlanned
		default:
		}
		if rec.Each != "" {
			repeated[rec.Each] = append(repeated[rec.Each], rec)
		} else {
			byID[rec.ID] = rec
		}
	}
	if len(byID) != len(r.steps) {
		return false
	}
	for _, s := range r.steps {
		rec, ok := byID[s.step.ID]
		if !ok || rec.Intent != s.step.Intent || rec.For != s.rec.For {
			return false
		}
		s.rec, s.value = rec, celValue(s.entry.Result, rec.Result)
		of := repeated[s.step.ID]
		if len(of) == 0 {
			continue
		}
		if s.list == nil {
			return false
		}
		out, err := s.list.eval(context.Background(), r.vars(s))
		items := elements(out)
		if err != nil || len(items) != len(of) {
			return false
		}
		values := []any{}
		for i, rec := range of {
			c := s.repetition(i+1, items[i])
			c.rec, c.value = rec, celValue(s.entry.Result, rec.Result)
			s.children = append(s.children, c)
			if rec.Status == StepDone {
				values = append(values, c.value)
			}
		}
		s.value = values
	}
	return true
}
