package datasync

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"
)

// trimmed is how many events that everybody has a change removes from its outbox
// at most, so that none pays for all.
const trimmed = 16

// Record puts an event for a change into the outbox of the node whose write
// transaction is tx, and gives the entity its next version. It is called by the
// node in the transaction of the change: the event is on its way if and when the
// transaction is committed. For a dry run it only notes the state. ctx is that of
// the call.
func (s *Sync) Record(ctx context.Context, tx *bbolt.Tx, name string, c Change) error {
	if err := note(ctx, c); err != nil {
		return fmt.Errorf("record %s: %w", c.Name, err)
	}
	if c.DryRun {
		return nil
	}
	return s.record(tx, name, c, Version{})
}

// record is Record; the event's version is made to have seen all of seen as well.
func (s *Sync) record(tx *bbolt.Tx, name string, c Change, seen Version) error {
	n, err := s.node(name)
	switch {
	case err != nil:
		return err
	case tx.DB() != n.DB:
		return fmt.Errorf("record %s: the transaction is not one of %s", c.Name, name)
	case !n.Holds[c.Kind].Writes:
		return fmt.Errorf("record %s: %s does not write a %q", c.Name, name, c.Kind)
	case c.Name == "" || c.Key == "" || c.Owner == "":
		return errors.New("record an event: it has no name, key or owner")
	}
	state, err := json.Marshal(c.State)
	if err != nil {
		return fmt.Errorf("record %s: %w", c.Name, err)
	}
	versions, key := in(tx, versionsBucket), versionKey(c.Kind, c.Key)
	version, err := versionOf(versions.Get(key))
	if err != nil {
		return fmt.Errorf("version of %s %s: %w", c.Kind, c.Key, err)
	}
	version = version.Merge(seen).Next(n.Era)
	outbox := in(tx, outboxBucket)
	seq, err := outbox.NextSequence()
	if err != nil {
		return fmt.Errorf("record %s: %w", c.Name, err)
	}
	e := Event{
		Source: n.Name, Seq: seq, Name: c.Name, Kind: c.Kind, Key: c.Key, Owner: ownerKey(c.Owner),
		At: s.now().UTC(), Cause: c.Cause, Version: version, State: state,
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("record %s: %w", c.Name, err)
	}
	s.mu.RLock()
	old := n.queue.finished(trimmed)
	s.mu.RUnlock()
	if err := errors.Join(outbox.Put(seqKey(seq), raw), versions.Put(key, version.bytes()), remove(outbox, old)); err != nil {
		return fmt.Errorf("record %s: %w", c.Name, err)
	}
	epoch := n.epoch.Load()
	tx.OnCommit(func() { s.enqueue(n, epoch, e.entry(), old) })
	return nil
}

// trim removes the events that everybody has from a node's outbox, if there are at
// least so many.
func (s *Sync) trim(n *node, least int) error {
	s.mu.RLock()
	old := n.queue.finished(len(n.queue.entries))
	s.mu.RUnlock()
	if len(old) == 0 || len(old) < least {
		return nil
	}
	epoch := n.epoch.Load()
	err := n.update(func(tx *bbolt.Tx) error {
		if n.epoch.Load() != epoch {
			return nil
		}
		return remove(in(tx, outboxBucket), old)
	})
	if err != nil {
		return fmt.Errorf("trim the outbox of %s: %w", n.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.epoch.Load() == epoch {
		n.queue.forget(old)
	}
	return nil
}

func remove(outbox *bbolt.Bucket, seqs []uint64) error {
	for _, seq := range seqs {
		if err := outbox.Delete(seqKey(seq)); err != nil {
			return err
		}
	}
	return nil
}

// loadOutbox reads what a node's outbox holds.
func (s *Sync) loadOutbox(tx *bbolt.Tx, n *node) error {
	return in(tx, outboxBucket).ForEach(func(_, raw []byte) error {
		e, err := decode(raw)
		if err != nil {
			return err
		}
		s.enqueue(n, n.epoch.Load(), e.entry(), nil)
		return nil
	})
}

func (e Event) entry() entry {
	return entry{seq: e.Seq, owner: e.Owner, kind: e.Kind, key: e.Key, at: e.At}
}

func decode(raw []byte) (e Event, err error) {
	if err = json.Unmarshal(raw, &e); err != nil {
		return e, fmt.Errorf("read an event: %w", err)
	}
	return e, nil
}

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func versionKey(kind Kind, key string) []byte {
	return append(append([]byte(kind), 0), key...)
}
