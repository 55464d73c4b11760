package orchestrator

import (
	"context"
	"time"
)

// Journal is an optional ability of a Store: it keeps what a turn is about to
// change, so that a turn whose process ends in the middle can be brought to an
// end by the next one. Implementations must be safe for concurrent use.
//
// The order of things is: Begin before the first change leaves; Note before and
// after every call; Append of the turn, which ends it. A turn that was not begun
// has changed nothing.
type Journal interface {
	// Begin keeps a turn that is about to change something and returns when that
	// survives a loss of power. Turns that begin at the same moment share one sync.
	// To begin a turn again replaces what was begun.
	Begin(ctx context.Context, open OpenTurn) error
	// Note adds to a turn that has begun. A note survives the end of the process when
	// Note returns. If sync is set it survives a loss of power as well, together with
	// all notes before it; otherwise the last notes may be missing after one.
	Note(ctx context.Context, turn string, note JournalNote, sync bool) error
	// Unfinished returns the turns that have begun and were not appended, oldest
	// first, with their notes in order.
	Unfinished(ctx context.Context) ([]OpenTurn, error)
	// Drop forgets a turn that has begun and cannot be brought to an end, such as one
	// whose conversation was deleted. To drop an unknown turn is nothing.
	Drop(ctx context.Context, turn string) error
}

// OpenTurn is a turn that is about to change something: all that is needed to go
// on with it.
type OpenTurn struct {
	// Turn is the turn as it stands: its plan, and its steps with the results of the
	// reads, the verdicts of the conditions and the arguments of the changes, as far
	// as they are known.
	Turn Turn `json:"turn"`
	// User asked; Key is what the idempotency keys of the changes start with.
	User  User      `json:"user"`
	Key   string    `json:"key"`
	Began time.Time `json:"began"`
	// Confirmed tells whether the changes that need a yes have got it. If not, only
	// such are under way that need none.
	Confirmed bool          `json:"confirmed,omitempty"`
	Notes     []JournalNote `json:"notes,omitempty"`
}

// NoteKind says what a note tells.
type NoteKind string

// The kinds of notes.
const (
	NoteCalling    NoteKind = "calling"     // the call of a change leaves: Step with args and key
	NoteEnded      NoteKind = "ended"       // Step has got its status, result or error
	NoteTakingBack NoteKind = "taking_back" // the changes that were done are taken back from here on
	NoteUndoing    NoteKind = "undoing"     // the call that takes Step back leaves: Undo with args and key
	NoteUndone     NoteKind = "undone"      // Step, with what became of taking it back
)

// JournalNote is one thing that happened in a turn that has begun.
type JournalNote struct {
	Kind NoteKind    `json:"kind"`
	Step *StepRecord `json:"step,omitempty"`
}
