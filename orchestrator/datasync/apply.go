package datasync

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Conflict is two changes of one entity of which neither had seen the other.
type Conflict struct {
	At    time.Time `json:"at"`
	Node  string    `json:"node"` // where it was found
	Event Event     `json:"event"`
	// Local and LocalState are what the node had.
	Local      Version         `json:"local"`
	LocalState json.RawMessage `json:"local_state"`
	// Record is the system of record, which decided; Won says whether the event did.
	Record orchestrator.Era `json:"record"`
	Won    bool             `json:"won"`
}

// conflictsKept is how many conflicts a node keeps.
const conflictsKept = 1000

// tally is what a batch came to.
type tally struct {
	duplicates, stale, conflicts int
	changed                      []string // owners, once for each event that changed something
}

// apply puts a batch into a node in one transaction of the node.
func (s *Sync) apply(ctx context.Context, receiver string, b Batch) error {
	to, err := s.node(receiver)
	if err != nil {
		return err
	}
	from, err := s.node(b.Source)
	if err != nil {
		return err
	}
	var t tally
	applied, at := uint64(0), s.now()
	epoch := to.epoch.Load()
	err = to.update(func(tx *bbolt.Tx) error {
		if err := ctx.Err(); err != nil { // it may have ended while others were writing
			return err
		}
		if to.epoch.Load() != epoch || from.epoch.Load() != b.epoch {
			return errors.New("a node was reset meanwhile")
		}
		t = tally{}
		var err error
		applied, err = s.applyIn(tx, to, b, at, &t)
		return err
	})
	if err != nil {
		return err
	}
	s.duplicates.Add(uint64(t.duplicates)) //nolint:gosec // not negative
	s.stale.Add(uint64(t.stale))           //nolint:gosec // not negative
	s.mu.Lock()
	defer s.mu.Unlock()
	to.conflicts += uint64(t.conflicts) //nolint:gosec // not negative
	if from.Era == orchestrator.Legacy && to.Era == orchestrator.Modern {
		for _, owner := range t.changed {
			s.seen[owner]++
		}
	}
	to.settle(from, applied, at)
	return nil
}

// applyIn puts the events that are new and returns the number of the last one that
// the node now has of the source.
func (s *Sync) applyIn(tx *bbolt.Tx, to *node, b Batch, at time.Time, t *tally) (uint64, error) {
	bucket := in(tx, appliedBucket)
	applied, _, err := appliedFrom(bucket.Get([]byte(b.Source)))
	if err != nil {
		return 0, err
	}
	if b.After > applied {
		return 0, fmt.Errorf("there is a gap: %s has the events of %s up to %d and was sent those after %d", to.Name, b.Source, applied, b.After)
	}
	for _, e := range b.Events {
		if e.Seq <= applied {
			t.duplicates++
			continue
		}
		if err := s.applyOne(tx, to, e, at, t); err != nil {
			return 0, fmt.Errorf("apply %s (%s of %s %s): %w", e.ID(), e.Name, e.Kind, e.Key, err)
		}
	}
	if b.Through <= applied {
		return applied, nil
	}
	raw := binary.BigEndian.AppendUint64(seqKey(b.Through), uint64(max(at.UnixNano(), 0))) //nolint:gosec // not negative
	return b.Through, bucket.Put([]byte(b.Source), raw)
}

// applyOne puts a state that is later than the node's own. An earlier one is
// dropped; of two that know nothing of each other the system of record's stays.
func (s *Sync) applyOne(tx *bbolt.Tx, to *node, e Event, at time.Time, t *tally) error {
	holding, ok := to.Holds[e.Kind]
	if !ok {
		return nil // it was not asked for
	}
	versions, key := in(tx, versionsBucket), versionKey(e.Kind, e.Key)
	local, err := versionOf(versions.Get(key))
	if err != nil {
		return err
	}
	put := true
	switch e.Version.Compare(local) {
	case Same, Earlier:
		t.stale++
		return nil
	case Concurrent:
		t.conflicts++
		record := s.settings.Load().record(e.Kind)
		source, err := s.node(e.Source)
		if err != nil {
			return err
		}
		put = source.Era == record
		if err := keepConflict(tx, holding, Conflict{At: at.UTC(), Node: to.Name, Event: e, Local: local, Record: record, Won: put}); err != nil {
			return err
		}
	case Later:
	}
	if put {
		if err := holding.Put(tx, e.State); err != nil {
			return err
		}
		t.changed = append(t.changed, e.Owner)
	}
	if s.audit != nil {
		if err := s.audit(tx, to.Name, e); err != nil {
			return err
		}
	}
	return versions.Put(key, local.Merge(e.Version).bytes())
}

func keepConflict(tx *bbolt.Tx, h Holding, c Conflict) (err error) {
	if c.LocalState, err = h.Get(tx, c.Event.Key); err != nil {
		return err
	}
	bucket := in(tx, conflictsBucket)
	n, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep a conflict: %w", err)
	}
	if n > conflictsKept {
		if err := bucket.Delete(seqKey(n - conflictsKept)); err != nil {
			return err
		}
	}
	return bucket.Put(seqKey(n), raw)
}

// loadApplied reads how far a node is, and how many conflicts it has seen.
func (n *node) loadApplied(s *Sync) func(tx *bbolt.Tx) error {
	return func(tx *bbolt.Tx) (err error) {
		for _, source := range s.nodes {
			n.applied[source.index], n.appliedAt[source.index], err = appliedFrom(in(tx, appliedBucket).Get([]byte(source.Name)))
			if err != nil {
				return err
			}
		}
		n.conflicts = in(tx, conflictsBucket).Sequence()
		return nil
	}
}

func appliedFrom(raw []byte) (seq uint64, at time.Time, err error) {
	switch len(raw) {
	case 0:
		return 0, time.Time{}, nil
	case 16:
		return binary.BigEndian.Uint64(raw), time.Unix(0, int64(binary.BigEndian.Uint64(raw[8:]))), nil //nolint:gosec // was not negative
	}
	return 0, time.Time{}, fmt.Errorf("the number of an event has %d bytes", len(raw))
}
