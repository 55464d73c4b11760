package memory

import (
	"bytes"
	"context"
	"encoding/json"

	bolt "go.etcd.io/bbolt"
)

// Delete removes a conversation with its turns, all at once. Deleting an unknown
// one is nothing.
func (s *Store) Delete(ctx context.Context, conversation string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.write(func(tx *bolt.Tx) error { return remove(tx, conversation) })
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
	prefix := turnKey(r.Number, 0)[:8]
	c := b.turns.Cursor()
	// Deleting moves the cursor in ways that differ between pages, so it is set
	// anew each time; the keys are neighbours, which makes that cheap.
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Seek(prefix) {
		body, ok := unseal(k, v)
		var turn struct {
			ID string `json:"turn"`
		}
		if ok && json.Unmarshal(body, &turn) == nil {
			if err := b.ids.Delete([]byte(turn.ID)); err != nil {
				return err
			}
		}
		if err := c.Delete(); err != nil {
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
