package orchestrator

import (
	"context"
	"time"
)

// Store keeps conversations. Implementations must be safe for concurrent use.
type Store interface {
	// Append stores a turn at the end of its conversation and returns when it
	// survives a crash. It is idempotent by Turn.ID: the same turn again is
	// nothing, another turn with the same ID is ErrConflict.
	Append(ctx context.Context, turn Turn) error
	// Turns returns the last n turns of a conversation, oldest first; all of them
	// if n is 0. It costs O(n) whatever the store holds. An unknown conversation
	// has no turns.
	Turns(ctx context.Context, conversation string, n int) ([]Turn, error)
	// Conversations lists the last n conversations of a user, the one with the
	// latest turn first; of everybody if user is empty, all if n is 0.
	Conversations(ctx context.Context, user string, n int) ([]ConversationInfo, error)
	// Delete removes a conversation with its turns. Deleting an unknown one is
	// nothing.
	Delete(ctx context.Context, conversation string) error
}

// ConversationInfo is what a list of conversations shows.
type ConversationInfo struct {
	ID   string `json:"id"`
	User string `json:"user"`
	// Title is the first message, shortened.
	Title   string    `json:"title"`
	Started time.Time `json:"started"`
	Updated time.Time `json:"updated"`
	Turns   int       `json:"turns"`
}
