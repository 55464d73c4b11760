package datasync

import (
	"encoding/json"
	"fmt"
	"time"
)

// Kind is a kind of entity that more than one node keeps, such as "order".
type Kind string

// Change is what a node tells of one of its changes; see Record.
type Change struct {
	Name string // what happened, as the domain calls it: OrderCancelled
	Kind Kind
	Key  string // of the entity, among its kind
	// Owner is the customer whose entity it is; events about the same owner are what
	// a barrier waits for. It is compared without regard to case.
	Owner string
	// Cause is the idempotency key of the call that made the change.
	Cause string
	// State is the whole entity after the change in the form that all nodes share.
	// It is marshalled to JSON.
	State any
	// DryRun says that the change will be taken back: it is no event, but the result
	// of the call tells the state that the change would have left.
	DryRun bool
}

// Event is a change as it travels.
type Event struct {
	Source  string          `json:"source"` // the node where it happened
	Seq     uint64          `json:"seq"`    // counts the events of the source
	Name    string          `json:"name"`
	Kind    Kind            `json:"kind"`
	Key     string          `json:"key"`
	Owner   string          `json:"owner"` // lower case
	At      time.Time       `json:"at"`
	Cause   string          `json:"cause,omitempty"`
	Version Version         `json:"version"` // of the entity after the change
	State   json.RawMessage `json:"state"`
}

// ID names the event among those of all nodes.
func (e Event) ID() string { return fmt.Sprintf("%s/%d", e.Source, e.Seq) }

// Batch is a run of one source's events for one receiver: all that it wants of
// those with numbers above After, up to and including Through.
type Batch struct {
	Source         string
	After, Through uint64
	Events         []Event

	epoch uint64 // of the source when the batch was read
}
