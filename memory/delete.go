package memory

import (
	"context"
	"encoding/json"

	bolt "go.etcd.io/bbolt"
)

// Delete removes a conversation with its turns, all at once, and then drops those
// of its turns that have begun and not ended. Deleting an unknown one is nothing.
func (s *Store) Delete(ctx context.Context, conversation string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.deletion.Lock()
	defer s.deletion.Unlock()
	if err := s.journal.leaving(); err != nil {
		return err
	}
	if err := s.write(func(tx *bolt.Tx) error { return remove(tx, conversation) }); err != nil {
		return err
	}
	return s.journal.left(conversation)
}

func remove(tx *bolt.Tx, conversation string) error {
	b, err := buckets(tx)
	if err != nil {
		return err
	}
	r, known, err := b.record(conversation)
	if err != nil || !known {
		return err
	}
	for i := range r.Turns {
		key := turnKey(r.Number, uint64(i)+1) //nolint:gosec // positions count from 1
		var turn struct {
			ID string `json:"turn"`
		}
		// A damaged turn is deleted like the others.
		if body, ok := unseal(key, b.turns.Get(key)); ok && json.Unmarshal(body, &turn) == nil {
			if err := b.ids.Delete([]byte(turn.ID)); err != nil {
				return err
			}
		}
		if err := b.turns.Delete(key); err != nil {
			return err
		}
	}
	for _, k := range r.indexKeys() {
		if err := b.index.Delete(k); err != nil {
			return err
		}
	}
	return b.conversations.Delete([]byte(r.ID))
}
