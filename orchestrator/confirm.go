package orchestrator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// confirm shows what is left to change and waits for a yes, unless one was given
// beforehand. It returns whether the turn ends here.
func (r *run) confirm(ctx context.Context) (waiting bool, problem *Error) {
	left := r.unconfirmed()
	if len(left) == 0 {
		return false, nil
	}
	r.preview(ctx, left)
	if ctx.Err() != nil {
		return false, r.stopped(ctx)
	}
	left = r.unconfirmed()
	if len(left) == 0 {
		return false, nil
	}
	if r.req.Yes {
		r.publish(Event{Kind: EventConfirmed, Steps: recordsOf(left)})
		return false, nil
	}
	pending := &Pending{Expires: r.now.Add(r.k.cfg.ConfirmFor).UTC()}
	for _, s := range r.steps {
		if s.gated && !s.settled() {
			r.set(s, func(rec *StepRecord) { rec.Status = StepWaiting })
		}
	}
	for _, s := range left {
		pending.Steps = append(pending.Steps, s.step.ID)
	}
	pending.Hash = r.hash(r.turn.ID)
	r.turn.Pending = pending
	r.end(KindConfirmation, confirmText(recordsOf(left)))
	r.publish(Event{Kind: EventConfirmAsked, Steps: recordsOf(left)})
	return true, nil
}

// unconfirmed returns the changes that still need a yes.
func (r *run) unconfirmed() []*stepRun {
	var out []*stepRun
	for _, s := range r.steps {
		if s.entry.NeedsYes() && !s.settled() {
			out = append(out, s)
		}
	}
	return out
}

func recordsOf(steps []*stepRun) []StepRecord {
	out := make([]StepRecord, len(steps))
	for i, s := range steps {
		out[i] = s.rec
	}
	return out
}

// confirmText is the question in Markdown, for those who have no dialog.
func confirmText(left []StepRecord) string {
	var b strings.Builder
	b.WriteString("Before anything changes:\n\n")
	for i, rec := range left {
		fmt.Fprintf(&b, "%d. %s", i+1, rec.Sentence)
		var notes []string
		for _, c := range rec.Changes {
			notes = append(notes, fmt.Sprintf("%s: %s → %s", c.Field, c.Old, c.New))
		}
		if rec.Condition != nil && rec.Condition.Met == nil {
			notes = append(notes, "only if "+rec.Condition.Text)
		}
		if len(notes) > 0 {
			b.WriteString(" (" + strings.Join(notes, "; ") + ")")
		}
		b.WriteByte('\n')
	}
	if len(left) == 1 {
		b.WriteString("\nShall I do this? Answer yes or no.")
	} else {
		b.WriteString("\nShall I do all of this? Answer yes, no, or \"only 1\".")
	}
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
	for _, s := range r.steps {
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
	if len(r.history) == 0 {
		return false, nil
	}
	asked := r.history[len(r.history)-1]
	if asked.Kind != KindConfirmation || asked.Pending == nil || asked.Plan == nil {
		return false, nil
	}
	answer := parseReply(r.turn.Message, asked.waiting())
	if answer.kind == replyOther {
		r.publish(Event{Kind: EventDeclined, Steps: asked.waiting(), Text: "abandoned"})
		return false, nil
	}
	r.turn.Settles = asked.ID
	if answer.kind == replyYes && r.now.After(asked.Pending.Expires) {
		r.publish(Event{Kind: EventDeclined, Steps: asked.waiting(), Text: "expired"})
		return false, Errorf(CodeExpired, "That yes came too late: it was good until %s. Nothing was changed. Ask again and confirm anew.", asked.Pending.Expires.In(r.now.Location()).Format("15:04"))
	}
	if problem := r.restore(ctx, asked); problem != nil {
		return false, problem
	}
	for i, id := range asked.Pending.Steps {
		if answer.kind == replyYes && answer.takes(i+1) {
			continue
		}
		for _, s := range r.steps {
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
	return true, r.respond(ctx)
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
	if faults := r.check(ctx, &plan); len(faults) > 0 || len(r.steps) != len(asked.Steps) {
		r.steps = nil
		return gone
	}
	for i, s := range r.steps {
		rec := asked.Steps[i]
		if rec.Status == StepWaiting {
			rec.Status = StepPlanned
		}
		s.rec = rec
		s.value = celValue(s.entry.Result, rec.Result)
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

type replyKind int

const (
	replyOther replyKind = iota
	replyYes
	replyNo
)

type reply struct {
	kind replyKind
	only []int // numbers of the steps that the yes is for; nil means all
}

func (a reply) takes(n int) bool { return a.only == nil || slices.Contains(a.only, n) }

var (
	// againstYes are words that leave no yes standing.
	againstYes = wordSet("n no nope nah stop abort dont not never nevermind but")
	yesWords   = wordSet("y yes yeah yep yup ok okay sure confirm confirmed proceed affirmative absolutely definitely")
	noWords    = wordSet("n no nope nah stop abort cancel dont nevermind negative")
	// fillWords may stand around a yes or a no without changing it.
	fillWords = wordSet("please thanks thank you do it that this go ahead all both them of course to i am sure im right fine yes no confirm not just leave as is forget never mind and mean the cancel changed my want anything thats")
	phrases   = map[string]replyKind{
		"do it": replyYes, "go ahead": replyYes, "go for it": replyYes, "of course": replyYes, "please do": replyYes, "all": replyYes, "both": replyYes,
		"all of them": replyYes, "both of them": replyYes, "sounds good": replyYes, "thats right": replyYes, "thats fine": replyYes, "yes to both": replyYes, "yes to all": replyYes,
		"never mind": replyNo, "forget it": replyNo, "leave it": replyNo, "do not": replyNo, "dont do it": replyNo, "do not do it": replyNo, "rather not": replyNo, "better not": replyNo,
		"i changed my mind": replyNo, "not now": replyNo, "neither": replyNo, "none": replyNo, "none of them": replyNo, "leave it as it is": replyNo, "keep it": replyNo,
	}
)

func wordSet(s string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		set[w] = true
	}
	return set
}

// parseReply reads the answer to a confirmation of these changes. It is strict:
// only a message that says nothing but yes, no or which ones counts as one; the
// words of the changes themselves may stand in it ("yes, cancel order 1003").
func parseReply(message string, changes []StepRecord) reply {
	words := replyWords(message)
	asked := map[string]bool{}
	for _, c := range changes {
		for _, w := range replyWords(c.Sentence) {
			asked[w] = true
		}
	}
	n := len(changes)
	if len(words) == 0 || len(words) > 8 {
		return reply{}
	}
	if kind, ok := phrases[strings.Join(words, " ")]; ok {
		return reply{kind: kind}
	}
	if only := parseOnly(words, n); only != nil {
		return reply{kind: replyYes, only: only}
	}
	var kind replyKind
	switch {
	case yesWords[words[0]]:
		kind = replyYes
	case noWords[words[0]]:
		kind = replyNo
	default:
		return reply{}
	}
	for _, w := range words[1:] {
		if !fillWords[w] && !yesWords[w] && !noWords[w] && !asked[w] {
			return reply{}
		}
		if kind == replyYes && againstYes[w] {
			return reply{} // "yes, no, stop": not a yes
		}
	}
	return reply{kind: kind}
}

// replyWords are the words of a text in lower case, without apostrophes.
func replyWords(text string) []string {
	plain := strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(text))
	return strings.FieldsFunc(plain, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// parseOnly reads "only 1", "just 1 and 2", "yes to 2", "1"; nil if it is
// anything else.
func parseOnly(words []string, n int) []int {
	var only []int
	for _, w := range words {
		if i, err := strconv.Atoi(w); err == nil {
			if i < 1 || i > n {
				return nil
			}
			only = append(only, i)
			continue
		}
		switch w {
		case "only", "just", "yes", "y", "to", "and", "number", "please", "do", "the", "one", "that":
		default:
			return nil
		}
	}
	return only
}
