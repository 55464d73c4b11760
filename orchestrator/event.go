package orchestrator

import (
	"sync"
	"time"
)

// EventKind says what happened.
type EventKind string

// The events of a turn, in the order in which they may come, and those of the
// catalog.
const (
	EventTurnStarted   EventKind = "turn_started"   // Text: the message
	EventRecalled      EventKind = "recalled"       // Count: turns recalled
	EventPlanned       EventKind = "planned"        // Plan, and Steps as planned
	EventPlanRejected  EventKind = "plan_rejected"  // Text: the problems
	EventStepStarted   EventKind = "step_started"   // Step
	EventStepFallback  EventKind = "step_fallback"  // Step: modern failed, legacy is asked
	EventCondition     EventKind = "condition"      // Step, with its verdict
	EventStepEnded     EventKind = "step_ended"     // Step, with status, result or error
	EventStepRetried   EventKind = "step_retried"   // Step, with the error of the call before
	EventStepUndone    EventKind = "step_undone"    // Step, with what became of taking it back
	EventShadow        EventKind = "shadow"         // Step, with what the comparison found; it may come after the turn
	EventMigration     EventKind = "migration"      // Text: a route, a rollout or a fault was changed
	EventFlagged       EventKind = "flagged"        // Step: a person has to look at it
	EventRecovered     EventKind = "recovered"      // Ended: a turn that an earlier process left unfinished
	EventGoalRound     EventKind = "goal_round"     // Count: the round that begins; Plan, if there is more to do
	EventLapsed        EventKind = "lapsed"         // Steps: the writes that nobody said yes or no to
	EventConfirmAsked  EventKind = "confirm_asked"  // Steps: the writes that wait
	EventConfirmed     EventKind = "confirmed"      // Steps: the writes that go ahead
	EventDeclined      EventKind = "declined"       // Steps: the writes that were dropped
	EventAnswerDelta   EventKind = "answer_delta"   // Text: a piece of the answer
	EventAnswerDropped EventKind = "answer_dropped" // Text: why; what was streamed is void
	EventTurnEnded     EventKind = "turn_ended"     // Turn, stored
	EventActingFor     EventKind = "acting_for"     // User acts for Subject from here on; Subject is empty when that ends
	EventDenied        EventKind = "denied"         // Text: what the rules refused, and why; Step, if it is known which
	EventMended        EventKind = "mended"         // Text: what was taken out of a plan, because it is not the plan's to say
	EventBackend       EventKind = "backend"        // Text: what a backend's policy did (retry, fallback, breaker, budget, cache …)
	EventServiceFailed EventKind = "service_failed" // Text: a service could not be described
	EventNotice        EventKind = "notice"         // Text: a sentence for whoever is there, see Kernel.Announce
	EventCatalog       EventKind = "catalog"        // Count: intents in the new catalog
)

// Event is something that happened. Subscribers get copies and must not change
// what the pointers and slices refer to.
type Event struct {
	// Seq counts all events of a kernel from 1; a gap means that a subscriber was
	// too slow and missed some.
	Seq          uint64       `json:"seq"`
	At           time.Time    `json:"at"`
	Kind         EventKind    `json:"kind"`
	Conversation string       `json:"conversation,omitempty"`
	Turn         string       `json:"turn,omitempty"`
	Text         string       `json:"text,omitempty"`
	Count        int          `json:"count,omitempty"`
	Plan         *Plan        `json:"plan,omitempty"`
	Step         *StepRecord  `json:"step,omitempty"`
	Steps        []StepRecord `json:"steps,omitempty"`
	// User and Subject are emails, of EventActingFor.
	User    string `json:"user,omitempty"`
	Subject string `json:"subject,omitempty"`
	// Ended is the finished turn of EventTurnEnded.
	Ended *Turn `json:"ended,omitempty"`
}

// Subscription receives events in order. Close it when done.
type Subscription struct {
	// C delivers the events. It is closed by Close.
	C <-chan Event

	ch  chan Event
	bus *bus
}

// Close ends the subscription and closes C.
func (s *Subscription) Close() { s.bus.remove(s) }

// bus hands every event to every subscriber, in one order for all, and never
// waits for any of them.
type bus struct {
	mu   sync.Mutex // guards what follows
	seq  uint64
	subs map[*Subscription]struct{}
}

func (b *bus) subscribe(buffer int) *Subscription {
	ch := make(chan Event, max(buffer, 1))
	s := &Subscription{C: ch, ch: ch, bus: b}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs == nil {
		b.subs = map[*Subscription]struct{}{}
	}
	b.subs[s] = struct{}{}
	return s
}

func (b *bus) remove(s *Subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.subs[s]; ok {
		delete(b.subs, s)
		close(s.ch)
	}
}

func (b *bus) publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	e.Seq = b.seq
	for s := range b.subs {
		select {
		case s.ch <- e:
		default: // the gap in Seq tells the subscriber
		}
	}
}
