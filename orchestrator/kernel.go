package orchestrator

import (
	"context"
	"time"
)

// Request is one message of a user.
type Request struct {
	// Conversation is the ID of the conversation, from NewConversation or the store.
	Conversation string
	// User is who asks, as the session decided.
	User    User
	Message string
	// Yes confirms all writes of this turn beforehand.
	Yes bool
}

// Config is what main hands to the kernel. Services, Backend, Store and Directory
// are required.
type Config struct {
	Services  []Service
	Backend   Backend
	Store     Store
	Directory Directory
	// Now and NewID are the sources of time and of IDs; time.Now and ULIDs if nil.
	Now   func() time.Time
	NewID func() string
	// CallTimeout bounds one call to a service (5 s), ConfirmFor how long a yes is
	// good (10 min), MaxMessage the length of a message in characters (8,000).
	CallTimeout time.Duration
	ConfirmFor  time.Duration
	MaxMessage  int
}

// Kernel runs turns. It is safe for concurrent use; turns of one conversation
// run one after the other.
type Kernel struct {
	cfg Config
	bus bus
}

// New asks every service what it can do and returns a kernel that is ready.
// A service that cannot be described is left out and reported as an event and in
// Problems. Close the kernel when done.
func New(ctx context.Context, cfg Config) (*Kernel, error) { return nil, nil }

// Turn runs one turn, start to end, and returns it as it was stored. Whatever
// goes wrong inside becomes part of the turn (kind error); the error is non-nil
// only if the turn could not be stored. Cancelling ctx ends the turn soon; it is
// stored all the same.
func (k *Kernel) Turn(ctx context.Context, req Request) (Turn, error) { return Turn{}, nil }

// Subscribe returns a subscription to all events from now on. A subscriber that
// is buffer events behind misses the next ones.
func (k *Kernel) Subscribe(buffer int) *Subscription { return k.bus.subscribe(buffer) }

// Catalog returns the current catalog.
func (k *Kernel) Catalog() *Catalog { return nil }

// Backend says which backend is in use.
func (k *Kernel) Backend() BackendInfo { return BackendInfo{} }

// NewConversation returns a fresh conversation ID.
func (k *Kernel) NewConversation() string { return "" }

// Turns returns the last n turns of a conversation of the user, oldest first.
func (k *Kernel) Turns(ctx context.Context, user User, conversation string, n int) ([]Turn, error) {
	return nil, nil
}

// Conversations lists the last n conversations of the user, latest first.
func (k *Kernel) Conversations(ctx context.Context, user User, n int) ([]ConversationInfo, error) {
	return nil, nil
}

// Close closes what the kernel was given, if it can be closed.
func (k *Kernel) Close() error { return nil }
