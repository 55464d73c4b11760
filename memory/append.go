package memory

import (
	"bytes"
	"context"
	"fmt"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Append stores a turn at the end of its conversation and returns when it is on
// the disk. Turns that are appended at the same moment share one sync.
//
// A turn is the same as a stored one if its JSON form is, with times compared as
// moments. A conversation belongs to the user of its first turn. The context is
// looked at before: a write that has begun is carried through.
func (s *Store) Append(ctx context.Context, turn orchestrator.Turn) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := checkIDs(turn); err != nil {
		return err
	}
	body, err := encodeTurn(turn)
	if err != nil {
		return orchestrator.Errorf(orchestrator.CodeInvalid, "The turn %s cannot be stored: %w.", turn.ID, err)
	}
	s.deletion.RLock()
	defer s.deletion.RUnlock()
	if err := s.write(func(tx *bolt.Tx) error { return put(tx, turn, body) }); err != nil {
		return err
	}
	s.journal.end(turn.ID)
	return nil
}

func checkIDs(turn orchestrator.Turn) error {
	switch {
	case turn.ID == "":
		return orchestrator.Errorf(orchestrator.CodeInvalid, "A turn without an ID cannot be stored.")
	case turn.Conversation == "":
		return orchestrator.Errorf(orchestrator.CodeInvalid, "The turn %s names no conversation.", turn.ID)
	case len(turn.ID) > maxID, len(turn.Conversation) > maxID, len(turn.User) > maxID:
		return orchestrator.Errorf(orchestrator.CodeInvalid, "A turn's ID, its conversation's and its user may be %d bytes long, not more.", maxID)
	case !utf8.ValidString(turn.ID), !utf8.ValidString(turn.Conversation), !utf8.ValidString(turn.User):
		return orchestrator.Errorf(orchestrator.CodeInvalid, "A turn's ID, its conversation's and its user must be text in UTF-8.")
	}
	return nil
}

// put adds the turn, whose JSON is body, to all buckets.
func put(tx *bolt.Tx, turn orchestrator.Turn, body []byte) error {
	b, err := buckets(tx)
	if err != nil {
		return err
	}
	if place := b.ids.Get([]byte(turn.ID)); place != nil {
		return same(b, turn.ID, place, body)
	}
	r, known, err := b.record(turn.Conversation)
	if err != nil {
		return err
	}
	at := turn.At.UTC().Round(0)
	if known {
		for _, k := range r.indexKeys() {
			if err := b.index.Delete(k); err != nil {
				return err
			}
		}
	} else {
		r.ID, r.User, r.Started, r.Updated = turn.Conversation, turn.User, at, at
		if r.Number, err = b.conversations.NextSequence(); err != nil {
			return err
		}
	}
	if r.Title == "" {
		r.Title = title(turn.Message)
	}
	if at.After(r.Updated) {
		r.Updated = at
	}
	r.Turns++
	if r.Mark, err = b.index.NextSequence(); err != nil {
		return err
	}

	key := turnKey(r.Number, uint64(r.Turns)) //nolint:gosec // a count
	if err := b.turns.Put(key, seal(key, body)); err != nil {
		return err
	}
	if err := b.ids.Put([]byte(turn.ID), seal([]byte(turn.ID), key)); err != nil {
		return err
	}
	return b.putRecord(r)
}

// same tells whether body is the JSON of the stored turn with that ID; place is
// what the list of turn IDs says of it.
func same(b *tree, id string, place, body []byte) error {
	key, ok := unseal([]byte(id), place)
	value := b.turns.Get(key)
	if !ok || value == nil {
		return damaged(b.path, fmt.Sprintf("the turn %s is missing", id))
	}
	stored, err := decodeTurn(b.path, key, value)
	if err != nil {
		return err
	}
	if bytes.Equal(value[4:], body) {
		return nil
	}
	// Values that Go writes differently but that are read back alike, such as a
	// struct and a map, are the same: compare what comes back.
	again, err := decodeTurn(b.path, key, seal(key, body))
	if err != nil {
		return err
	}
	one, err := encodeTurn(stored)
	if err != nil {
		return err
	}
	two, err := encodeTurn(again)
	if err != nil {
		return err
	}
	if !bytes.Equal(one, two) {
		return refusal{fmt.Errorf("turn %s: %w", id, orchestrator.ErrConflict)}
	}
	return nil
}

// tree is the buckets of one transaction.
type tree struct {
	path                             string
	conversations, turns, ids, index *bolt.Bucket
}

func buckets(tx *bolt.Tx) (*tree, error) {
	t := &tree{path: tx.DB().Path()}
	for name, b := range map[string]**bolt.Bucket{
		bucketConversations: &t.conversations, bucketTurns: &t.turns, bucketIDs: &t.ids, bucketIndex: &t.index,
	} {
		var err error
		if *b, err = bucket(tx, name); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// record reads the record of a conversation; known is false if there is none.
func (t *tree) record(conversation string) (r record, known bool, err error) {
	if conversation == "" || len(conversation) > maxID {
		return record{}, false, nil
	}
	key := []byte(conversation)
	value := t.conversations.Get(key)
	if value == nil {
		return record{}, false, nil
	}
	err = decode(t.path, "conversation", key, value, &r)
	return r, err == nil, err
}

// putRecord writes a record and lists it.
func (t *tree) putRecord(r record) error {
	body, err := encode(r)
	if err != nil {
		return err
	}
	key := []byte(r.ID)
	if err := t.conversations.Put(key, seal(key, body)); err != nil {
		return err
	}
	for _, k := range r.indexKeys() {
		if err := t.index.Put(k, key); err != nil {
			return err
		}
	}
	return nil
}
