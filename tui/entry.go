package tui

import (
	"context"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// entry is one turn in the list of messages: a finished one, or the one that
// runs.
type entry struct {
	turn orchestrator.Turn
	// run is set while the turn runs.
	run *running
	// unstored is set if the kernel could not store the turn.
	unstored error
	// open shows what happened under the answer.
	open bool
	// notes are what the backend's policies did, in this session.
	notes []note
	// outcome says what became of the question, if the turn asked for a yes that is
	// over.
	outcome string
	// rev counts the changes, for the cache.
	rev int
}

// running is what is known of a turn before the kernel returns it.
type running struct {
	// token tells this turn's messages from those of earlier ones.
	token  int
	cancel context.CancelFunc
	// id is the kernel's, once the first event has told it. not is the turn before,
	// whose events may be late.
	id, not  string
	phase    string
	text     strings.Builder
	stopping bool

	// closed is the rendering of the answer up to its last closed block, closedLen
	// the length of that text.
	closed    []string
	closedLen int
	closedFor int
}

// apply takes one event of the running turn into account; it tells whether the
// event was about this turn.
func (e *entry) apply(ev orchestrator.Event) bool {
	r := e.run
	if r == nil || ev.Conversation != e.turn.Conversation {
		return false
	}
	if r.id == "" && ev.Kind == orchestrator.EventTurnStarted && ev.Turn != r.not && ev.Text == e.turn.Message {
		r.id, e.turn.ID = ev.Turn, ev.Turn
	}
	if r.id == "" || ev.Turn != r.id {
		return false
	}
	switch ev.Kind {
	case orchestrator.EventRecalled:
		r.phase = "planning"
	case orchestrator.EventPlanRejected:
		r.phase = "planning again"
	case orchestrator.EventPlanned:
		r.phase = "looking"
		e.turn.Steps = slices.Clone(ev.Steps)
	case orchestrator.EventStepStarted, orchestrator.EventStepFallback, orchestrator.EventCondition, orchestrator.EventStepEnded:
		if ev.Step != nil {
			e.put(*ev.Step)
			if ev.Kind == orchestrator.EventStepStarted && ev.Step.Status == orchestrator.StepPlanned {
				e.mark(ev.Step.ID, orchestrator.StepRunning)
			}
		}
	case orchestrator.EventShadow:
		if ev.Step != nil {
			e.shadowed(*ev.Step)
		}
	case orchestrator.EventStepRetried:
		if ev.Step != nil {
			e.retried(*ev.Step)
		}
	case orchestrator.EventStepUndone, orchestrator.EventFlagged:
		if ev.Step != nil {
			r.phase = "taking back"
			e.put(*ev.Step)
		}
	case orchestrator.EventGoalRound:
		e.turn.Goal, e.turn.Rounds = true, ev.Count
		if ev.Plan != nil {
			r.phase = "plan " + grouped(ev.Count)
		}
	case orchestrator.EventConfirmAsked, orchestrator.EventConfirmed, orchestrator.EventDeclined:
		for _, s := range ev.Steps {
			e.put(s)
		}
		if ev.Kind == orchestrator.EventConfirmed {
			r.phase = "doing it"
		}
	case orchestrator.EventAnswerDelta:
		r.phase = "answering"
		r.text.WriteString(ev.Text)
	case orchestrator.EventBackend:
		r.phase = cleanLine(ev.Text)
		e.noted(ev)
	case orchestrator.EventAnswerDropped:
		r.text.Reset()
		r.closed, r.closedLen = nil, 0
	case orchestrator.EventTurnStarted, orchestrator.EventTurnEnded, orchestrator.EventServiceFailed, orchestrator.EventCatalog,
		orchestrator.EventLapsed, orchestrator.EventRecovered, orchestrator.EventNotice, orchestrator.EventMigration,
		orchestrator.EventActingFor, orchestrator.EventDenied, orchestrator.EventMended:
	}
	e.rev++
	return true
}

// retried takes in that a step, or the taking back of one, is tried once more. The
// error of the attempt before is not the step's own.
func (e *entry) retried(s orchestrator.StepRecord) {
	said := ""
	if s.Error != nil {
		said = ": " + cleanLine(s.Error.Message)
	}
	e.run.phase = "trying again" + said
	s.Error, s.Attempts = nil, 2
	for _, before := range e.turn.Steps {
		if before.ID == s.ID {
			s.Attempts = max(before.Attempts+1, 2)
		}
	}
	e.put(s)
}

// put replaces the step of the same ID, or adds it.
func (e *entry) put(s orchestrator.StepRecord) {
	for i := range e.turn.Steps {
		if e.turn.Steps[i].ID == s.ID {
			e.turn.Steps[i] = s
			return
		}
	}
	e.turn.Steps = append(e.turn.Steps, s)
}

func (e *entry) mark(id string, status orchestrator.StepStatus) {
	for i := range e.turn.Steps {
		if e.turn.Steps[i].ID == id {
			e.turn.Steps[i].Status = status
		}
	}
}

// finish replaces what was pieced together from events with the turn as the
// kernel returned it.
func (e *entry) finish(turn orchestrator.Turn, err error) {
	at, msg, conv, before := e.turn.At, e.turn.Message, e.turn.Conversation, e.turn.Steps
	e.turn, e.unstored, e.run = turn, err, nil
	e.compared(before)
	if e.turn.At.IsZero() {
		e.turn.At = at
	}
	if e.turn.Message == "" {
		e.turn.Message = msg
	}
	if e.turn.Conversation == "" {
		e.turn.Conversation = conv
	}
	e.rev++
}

// streamed is the running answer so far. The kernel keeps back its last
// character until the turn is stored, so nothing stands complete on the screen
// that could still be lost.
func (r *running) streamed() string { return r.text.String() }
