package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	"banyan/orchestrator"
)

// lastTurn is how long the program waits, when it is told to leave, for the turn
// that it has stopped, so that it can be stored.
const lastTurn = time.Second

// turn runs one turn and says each step as it ends.
func (l *linear) turn(ctx context.Context, text string) error {
	type result struct {
		turn orchestrator.Turn
		err  error
	}
	done := make(chan result, 1)
	l.say("banyan: working.")
	ours, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped, over := l.breaks.during(cancel)
	defer over()
	leaving := ctx.Done()
	var late <-chan time.Time
	go func() {
		t, err := l.kernel.Turn(ours, orchestrator.Request{Conversation: l.conv, User: l.user, Message: text, Goal: l.goal, Answers: l.last})
		done <- result{t, err}
	}()
	e := &entry{turn: orchestrator.Turn{Conversation: l.conv, Message: text}, run: &running{not: l.last}}
	said := map[string]bool{}
	c := l.sub.C
	for {
		select {
		case ev, ok := <-c:
			if !ok {
				c = nil
				continue
			}
			l.tell(e, ev, said)
		case <-stopped:
			stopped = nil
			l.say("")
			l.say("banyan: stopping this turn. Ctrl+C again leaves.")
		case <-leaving:
			leaving, late = nil, time.After(lastTurn)
		case <-late:
			return context.Cause(ctx)
		case r := <-done:
			// The kernel has published all events of a turn before it returns it.
			for waiting := true; waiting; {
				select {
				case ev, ok := <-c:
					if waiting = ok; ok {
						l.tell(e, ev, said)
					}
				default:
					waiting = false
				}
			}
			if r.err != nil && errors.Is(r.err, context.Canceled) && ours.Err() != nil {
				l.say("banyan: stopped. Nothing more is done.")
				return context.Cause(ctx)
			}
			if r.err != nil {
				l.say("error: this turn could not be stored. Send the message again; if it keeps failing run banyan doctor. %s", cleanLine(r.err.Error()))
				return context.Cause(ctx)
			}
			l.last = r.turn.ID
			l.learn(r.turn)
			for _, s := range r.turn.Steps {
				if !said[s.ID] && s.Status != orchestrator.StepWaiting {
					l.step(r.turn, s)
				}
			}
			l.answer(r.turn)
			l.stands(r.turn)
			l.spent(r.turn)
			return context.Cause(ctx)
		}
	}
}

// answer says how a turn ended.
func (l *linear) answer(t orchestrator.Turn) {
	if t.Kind == orchestrator.KindConfirmation && t.Pending != nil {
		l.confirmation(t)
		return
	}
	label := "banyan"
	if t.Kind == orchestrator.KindError {
		label = "error"
	}
	text := t.Answer
	if text == "" && t.Problem != nil {
		text = t.Problem.Message
	}
	for i, line := range spoken(text) {
		if i == 0 {
			line = label + ": " + line
		}
		l.say("%s", line)
	}
}

func (l *linear) confirmation(t orchestrator.Turn) {
	writes := waiting(t)
	l.say("banyan: before anything changes, %s for your yes.", map[bool]string{true: "one thing waits", false: count(len(writes), "thing") + " wait"}[len(writes) == 1])
	c, tr, heading := confirm{turn: &t, writes: writes}, newTree(t), ""
	for i, s := range writes {
		if up := above(s); up != heading {
			heading = up
			if text := c.heading(tracer{catalog: l.catalog}, tr, up); text != "" {
				l.say("%s", text)
			}
		}
		l.say("change %d of %d: %s", i+1, len(writes), cleanLine(s.Sentence))
		if said := conditionOf(writes, i); said != "" {
			l.say("%s", said)
		}
		if len(s.Origins) > 0 {
			l.say("%s", cleanLine(strings.Join(s.Origins, ", ")))
		}
		for _, c := range s.Changes {
			l.say("field %s: from %s to %s", fieldName(c.Field), orNone(cleanLine(c.Old)), orNone(cleanLine(c.New)))
		}
	}
	l.say("banyan: %s", lowerFirst(c.terms(l.catalog, t.Pending.Expires.In(l.cfg.Now().Location()).Format("15:04"), false)))
	if len(writes) == 1 {
		l.say("banyan: type yes, no, or what should be different.")
		return
	}
	l.say("banyan: type yes for all, no for none, only 1 for one of them, or what should be different.")
}

// spoken turns Markdown into lines that read well aloud: tables become one line
// a row with the column's name before each value, and emphasis goes.
func spoken(text string) []string {
	var out []string
	for _, part := range splitTables(clean(strings.TrimSpace(text))) {
		if t := part.table; t != nil {
			for _, r := range t.rows {
				var cells []string
				for i, c := range r {
					if i < len(t.head) && t.head[i] != "" {
						c = t.head[i] + " " + c
					}
					cells = append(cells, c)
				}
				out = append(out, strings.Join(cells, ", "))
			}
			continue
		}
		for _, line := range strings.Split(strings.NewReplacer("**", "", "`", "").Replace(part.text), "\n") {
			if line = strings.TrimSpace(line); line != "" {
				out = append(out, strings.TrimLeft(line, "#> "))
			}
		}
	}
	if len(out) == 0 {
		out = []string{"(no answer)"}
	}
	return out
}
