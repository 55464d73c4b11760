package orchestrator

import (
	"context"
	"slices"
	"strings"
)

// respond asks the backend for the answer, lets it stream through the check of
// its facts, and sets how the turn ended.
func (r *run) respond(ctx context.Context) *Error {
	if problem := r.failure(); problem != nil {
		return problem
	}
	if text := r.refusal(); text != "" {
		r.end(KindRefusal, text)
		return nil
	}
	req := RespondRequest{
		Message: r.turn.Message, User: r.req.User, Subject: r.subject, Preface: r.plan.Text,
		Steps: r.tellable(), Conversation: r.history, Catalog: r.catalog, Now: r.now,
	}
	for _, s := range r.steps {
		if s.entry.Subject != "" {
			req.Subject = s.subject
		}
	}
	text, found, err := r.askForAnswer(ctx, req, newFacts(req, r.digest))
	if ctx.Err() != nil {
		return r.stopped(ctx)
	}
	if err != nil {
		r.k.cfg.Logger.Error("the answer was not written", "turn", r.turn.ID, "cause", err)
		r.publish(Event{Kind: EventAnswerDropped, Text: "The backend failed while it wrote the answer."})
	}
	if text == "" {
		text = r.plainAnswer()
		newFacts(req, r.digest).check(text, 0, len(text), &found)
	}
	r.turn.Sources = found.sources
	r.end(KindAnswer, text)
	return nil
}

// tellable returns the records of the steps, those of playbooks that have an answer
// of their own with the results of their steps, by the IDs that these have in the
// playbook: of a repeated step the list.
func (r *run) tellable() []StepRecord {
	records := r.records()
	for i := range records {
		play := &records[i]
		if e := r.catalog.Intent(play.Intent); !play.Group || play.Status != StepDone || e == nil || e.answer == nil {
			continue
		}
		if _, ok := r.catalog.playbook(play.Intent); !ok {
			continue
		}
		results := map[string]any{}
		for _, rec := range records {
			if rec.Playbook != play.ID || rec.Status != StepDone || rec.Group {
				continue
			}
			if rec.Each == "" {
				results[strings.TrimPrefix(rec.ID, play.ID+"_")] = rec.Result
				continue
			}
			id := strings.TrimPrefix(rec.Each, play.ID+"_")
			list, _ := results[id].([]any)
			results[id] = append(list, any(rec.Result))
		}
		play.Result = results
	}
	return records
}

// askForAnswer asks the backend for an answer whose facts all come from somewhere,
// and once more with the reasons if they do not. The answer is empty if it cannot
// be had.
func (r *run) askForAnswer(ctx context.Context, req RespondRequest, facts *facts) (string, findings, error) {
	for range 2 {
		text, err := r.askOnce(ctx, req, facts)
		if err != nil || text == "" {
			return "", findings{}, err
		}
		var found findings
		facts.check(text, 0, len(text), &found)
		if len(found.problems) == 0 {
			return text, found, nil
		}
		said := strings.ReplaceAll(r.tellableProblems(found.problems), "\n", "; ")
		r.k.cfg.Logger.Error("the answer had facts from nowhere", "turn", r.turn.ID, "problems", said)
		r.publish(Event{Kind: EventAnswerDropped, Text: "The answer was not let through: " + said + "."})
		if text == req.Rejected {
			break
		}
		req.Rejected, req.Problems = text, found.problems
	}
	return "", findings{}, nil
}

// askOnce lets the answer of the backend stream through the check of its facts.
func (r *run) askOnce(ctx context.Context, req RespondRequest, facts *facts) (string, error) {
	stream := &answerStream{facts: facts, publish: func(text string) {
		r.publish(Event{Kind: EventAnswerDelta, Text: text})
	}}
	bounded, cancel := r.asking(ctx)
	defer cancel()
	limit := &answerCap{most: r.k.cfg.Limits.AnswerLength, emit: stream.emit, stop: cancel}
	answer, err := guarded(func() (Reply, error) { return r.backend.Respond(bounded, req, limit.take) })
	r.turn.Usage.Add(answer.Usage)
	text, cut, err := limit.answer(answer.Text, err)
	r.cut = cut
	return strings.TrimSpace(Printable(text)), err
}

// refusal says why a turn was refused in which the rules of the house denied all that
// was asked for; empty if there is something else to tell.
func (r *run) refusal() string {
	var why []string
	for _, rec := range r.records() {
		switch {
		case rec.refused():
			if !slices.Contains(why, rec.Error.Message) {
				why = append(why, rec.Error.Message)
			}
		case rec.Lookup && !rec.Error.Technical(), rec.Group, rec.Error != nil && rec.Error.Code == CodeDependency:
		default:
			return ""
		}
	}
	return strings.Join(why, " ")
}

// failure returns the error that ends a turn in which nothing came of any step
// for technical reasons; nil if there is something to tell.
func (r *run) failure() *Error {
	var first *Error
	told, advice := false, " Please try again in a moment." // told: there is something to tell
	for _, rec := range r.records() {
		e := rec.Error
		if rec.Flag != "" {
			advice = "" // that says what to do
		}
		switch {
		case e.Technical():
			if first == nil {
				first = e
			}
		case e == nil && rec.Lookup, e != nil && e.Code == CodeDependency:
		default:
			told = true
		}
	}
	if first == nil || told {
		return nil
	}
	return &Error{Code: first.Code, Cause: first.Cause, Message: strings.TrimSuffix(first.Message, " ") + advice}
}
