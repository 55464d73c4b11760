package datasync

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Status is how the sync stands at a moment.
type Status struct {
	Streams []Stream `json:"streams"`
	// Records are the systems of record by kind of entity.
	Records map[Kind]orchestrator.Era `json:"records"`
	Lag     time.Duration             `json:"lag_ns"`
	Paused  bool                      `json:"paused"`
	// Barrier is false if it was switched off, see SetBarrier.
	Barrier bool `json:"barrier"`
	// Conflicts counts all that were found since the data was made, at every node that
	// found them.
	Conflicts uint64 `json:"conflicts"`
	// Duplicates and Stale count events that were dropped since the program started:
	// because they had been applied, and because the node knew a later state.
	Duplicates uint64 `json:"duplicates"`
	Stale      uint64 `json:"stale"`
}

// Stream is what goes from one node to another.
type Stream struct {
	Source  string `json:"source"`
	Target  string `json:"target"`
	Pending int    `json:"pending"`
	// Waiting is how long the oldest pending event has waited, 0 if there is none.
	Waiting time.Duration `json:"waiting_ns"`
	// Applied is the number of the last event that the target has, and Since how long
	// ago it got it; 0 if it never did.
	Applied uint64        `json:"applied"`
	Since   time.Duration `json:"since_ns"`
	// Problem says why events are held up at the target, if they are.
	Problem string `json:"problem,omitempty"`
}

// Status tells how the sync stands.
func (s *Sync) Status() Status {
	t := s.settings.Load()
	out := Status{
		Records: map[Kind]orchestrator.Era{}, Lag: t.Lag, Barrier: !t.BarrierOff, Paused: s.paused.Load(),
		Duplicates: s.duplicates.Load(), Stale: s.stale.Load(),
	}
	for _, kind := range s.Kinds() {
		out.Records[kind] = t.record(kind)
	}
	now := s.now()
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, to := range s.nodes {
		out.Conflicts += to.conflicts
		for _, from := range s.nodes {
			if from == to || !s.carries(from, to) {
				continue
			}
			st := Stream{Source: from.Name, Target: to.Name, Applied: to.applied[from.index]}
			if at := to.appliedAt[from.index]; !at.IsZero() {
				st.Since = now.Sub(at)
			}
			for _, e := range from.queue.entries {
				if e.waiting&to.bit != 0 {
					if st.Pending++; st.Pending == 1 {
						st.Waiting = now.Sub(e.at)
					}
				}
			}
			if err := s.failing[to.Name]; err != nil && st.Pending > 0 {
				st.Problem = err.Error()
			}
			out.Streams = append(out.Streams, st)
		}
	}
	return out
}

// carries tells whether anything can go from one node to another.
func (s *Sync) carries(from, to *node) bool {
	for kind, h := range from.Holds {
		if _, holds := to.Holds[kind]; holds && h.Writes {
			return true
		}
	}
	return false
}

// Kinds returns the kinds of entities that the nodes share, sorted.
func (s *Sync) Kinds() []Kind {
	kinds := map[Kind]bool{}
	for _, n := range s.nodes {
		for kind := range n.Holds {
			kinds[kind] = true
		}
	}
	return slices.Sorted(maps.Keys(kinds))
}

// Version is a number that grows whenever an event about the owner that happened on
// the legacy side has been applied on the modern one. It starts at 0 with the
// program: whoever compares two numbers knows whether the state has moved between.
func (s *Sync) Version(owner string) uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seen[ownerKey(owner)]
}

// Conflicts returns the last n conflicts that every node has kept, oldest first
// within a node; all that are kept if n is 0.
func (s *Sync) Conflicts(ctx context.Context, n int) ([]Conflict, error) {
	var out []Conflict
	for _, at := range s.nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var kept []Conflict
		err := at.view(func(tx *bbolt.Tx) error {
			c := in(tx, conflictsBucket).Cursor()
			for k, raw := c.Last(); k != nil && (n == 0 || len(kept) < n); k, raw = c.Prev() {
				var one Conflict
				if err := json.Unmarshal(raw, &one); err != nil {
					return err
				}
				kept = append(kept, one)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the conflicts of %s: %w", at.Name, err)
		}
		slices.Reverse(kept)
		out = append(out, kept...)
	}
	return out, nil
}
