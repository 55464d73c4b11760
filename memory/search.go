package memory

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Search returns the last n turns of a user, or of everybody if user is empty,
// whose message or answer contains text, newest first; all of them if n is 0 or
// less. Case makes no difference. A text of blanks alone is in no turn. It reads
// conversation by conversation, from the latest on, and stops when older ones
// cannot hold anything newer than what it has.
func (s *Store) Search(ctx context.Context, user, text string, n int) ([]orchestrator.Turn, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if err := ctx.Err(); err != nil || text == "" {
		return nil, err
	}
	var found []orchestrator.Turn
	err := s.view(func(tx *bolt.Tx) error {
		b, err := buckets(tx)
		if err != nil {
			return err
		}
		for r, err := range b.latest(ctx, user) {
			if err != nil {
				return err
			}
			if n > 0 && len(found) == n && !r.Updated.After(found[n-1].At) {
				break
			}
			matches, err := b.matches(ctx, r, text)
			if err != nil {
				return err
			}
			found = newest(append(found, matches...), n)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

// newest sorts turns by time, newest first, and keeps n of them. Of turns of the
// same time the one that came first in the list stays in front.
func newest(turns []orchestrator.Turn, n int) []orchestrator.Turn {
	slices.SortStableFunc(turns, func(a, b orchestrator.Turn) int { return b.At.Compare(a.At) })
	if n > 0 && len(turns) > n {
		turns = slices.Delete(turns, n, len(turns))
	}
	return turns
}

// matches returns the turns of a conversation that contain text, which is in
// lower case, newest first.
func (t *tree) matches(ctx context.Context, r record, text string) ([]orchestrator.Turn, error) {
	var found []orchestrator.Turn
	plain := asInJSON(text)
	prefix := turnKey(r.Number, 0)[:8]
	c := t.turns.Cursor()
	c.Seek(turnKey(r.Number+1, 0))
	k, v := c.Prev()
	if k == nil {
		k, v = c.Last()
	}
	for ; bytes.HasPrefix(k, prefix); k, v = c.Prev() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		body, ok := unseal(k, v)
		if ok && plain && !bytes.Contains(bytes.ToLower(body), []byte(text)) {
			continue // most turns need not be read
		}
		var said struct {
			Message string `json:"message"`
			Answer  string `json:"answer"`
		}
		if err := decode(t.path, "turn", k, v, &said); err != nil {
			return nil, err
		}
		if !contains(said.Message, text) && !contains(said.Answer, text) {
			continue
		}
		var turn orchestrator.Turn
		if err := json.Unmarshal(body, &turn); err != nil {
			return nil, withCause(damaged(t.path, "a turn cannot be read"), err)
		}
		found = append(found, turn)
	}
	return found, nil
}

func contains(text, lower string) bool { return strings.Contains(strings.ToLower(text), lower) }

// asInJSON tells whether text looks the same in JSON as by itself.
func asInJSON(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' || r == '"' || r == '\\' || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
	})
}
