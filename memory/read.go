package memory

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	bolt "go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// page is how many turns one transaction of All reads, so that a slow reader
// holds up no writer.
const page = 100

// Turns returns the last n turns of a conversation, oldest first; all of them if
// n is 0 or less. An unknown conversation has none. It reads n neighbours and
// nothing else.
func (s *Store) Turns(ctx context.Context, conversation string, n int) ([]orchestrator.Turn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var turns []orchestrator.Turn
	err := s.view(func(tx *bolt.Tx) error {
		b, err := buckets(tx)
		if err != nil {
			return err
		}
		r, known, err := b.record(conversation)
		if err != nil || !known {
			return err
		}
		first := 1
		if n > 0 {
			first = max(1, r.Turns-n+1)
		}
		turns, err = b.between(ctx, r, first, r.Turns)
		return err
	})
	if err != nil {
		return nil, err
	}
	return turns, nil
}

// between reads the turns of a conversation from one position to another, both
// included.
func (t *tree) between(ctx context.Context, r record, first, last int) ([]orchestrator.Turn, error) {
	turns := make([]orchestrator.Turn, 0, max(0, last-first+1))
	c := t.turns.Cursor()
	k, v := c.Seek(turnKey(r.Number, uint64(first))) //nolint:gosec // positions count from 1
	for i := first; i <= last; i++ {
		if !bytes.Equal(k, turnKey(r.Number, uint64(i))) { //nolint:gosec // positions count from 1
			return nil, damaged(t.path, fmt.Sprintf("turn %d of conversation %s is missing", i, r.ID))
		}
		turn, err := decodeTurn(t.path, k, v)
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		turns = append(turns, turn)
		k, v = c.Next()
	}
	return turns, nil
}

// Conversations lists the last n conversations of a user, the one with the
// latest turn first; of everybody if user is empty, all if n is 0 or less.
func (s *Store) Conversations(ctx context.Context, user string, n int) ([]orchestrator.ConversationInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var list []orchestrator.ConversationInfo
	err := s.view(func(tx *bolt.Tx) error {
		b, err := buckets(tx)
		if err != nil {
			return err
		}
		for r, err := range b.latest(ctx, user) {
			if err != nil {
				return err
			}
			list = append(list, r.ConversationInfo)
			if len(list) == n {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// latest walks the records of a user's conversations, or everybody's, the one
// with the latest turn first. It ends after an error.
func (t *tree) latest(ctx context.Context, user string) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		if len(user) > maxID {
			return
		}
		prefix := indexPrefix(user)
		c := t.index.Cursor()
		// Behind the prefix stands a time whose first byte is never 0xff.
		c.Seek(append(bytes.Clone(prefix), 0xff))
		k, id := c.Prev()
		if k == nil { // nothing sorts after the list
			k, id = c.Last()
		}
		for ; bytes.HasPrefix(k, prefix) && len(k) == len(prefix)+20; k, id = c.Prev() {
			r, known, err := t.record(string(id))
			if err == nil && (!known || !r.listedAs(user, k)) {
				err = damaged(t.path, fmt.Sprintf("the list of conversations has a wrong entry for %q", id))
			}
			if err == nil {
				err = ctx.Err()
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// All walks all stored turns of a user, or of everybody if user is empty:
// conversation by conversation, the one with the latest turn first, in each the
// oldest turn first. It ends after an error. Store may be used meanwhile, also
// by the loop itself; what is stored or deleted meanwhile may or may not be seen.
func (s *Store) All(ctx context.Context, user string) iter.Seq2[orchestrator.Turn, error] {
	return func(yield func(orchestrator.Turn, error) bool) {
		list, err := s.Conversations(ctx, user, 0)
		if err != nil {
			yield(orchestrator.Turn{}, err)
			return
		}
		for _, info := range list {
			for first := 1; ; first += page {
				turns, err := s.part(ctx, info.ID, first)
				if err != nil {
					yield(orchestrator.Turn{}, err)
					return
				}
				for _, t := range turns {
					if !yield(t, nil) {
						return
					}
				}
				if len(turns) < page {
					break
				}
			}
		}
	}
}

// part reads up to a page of a conversation's turns from a position on.
func (s *Store) part(ctx context.Context, conversation string, first int) (turns []orchestrator.Turn, err error) {
	err = s.view(func(tx *bolt.Tx) error {
		b, err := buckets(tx)
		if err != nil {
			return err
		}
		r, known, err := b.record(conversation)
		if err != nil || !known {
			return err
		}
		turns, err = b.between(ctx, r, first, min(r.Turns, first+page-1))
		return err
	})
	return turns, err
}
