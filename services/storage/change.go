package storage

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"banyan/orchestrator"

	"go.etcd.io/bbolt"
)

const (
	keys   = "keys"
	keysAt = "keys_at"

	// CodeKeyReused is the code of a call whose idempotency key was used before for
	// something else.
	CodeKeyReused = "key_reused"

	// remembered is how long a key is good for. A caller that repeats itself does so
	// within minutes; a month is plenty.
	remembered = 30 * 24 * time.Hour
	// sweep is how many old keys a change forgets at most, so that none pays for all.
	sweep = 8
)

// done is what is remembered under an idempotency key.
type done struct {
	Asked  string          `json:"asked"` // hash of intent, subject and arguments
	Result json.RawMessage `json:"result"`
	At     time.Time       `json:"at"`
}

// errTakeBack ends a transaction whose changes are not wanted.
var errTakeBack = errors.New("take back")

// Change runs fn, the effect of call, in one write transaction and returns what it
// returned. If call has a key that was used before, fn does not run: the same
// intent, subject and arguments give the first result again, others are an
// *orchestrator.Error of code CodeKeyReused. The result is kept in the transaction
// of the change, so that there is never one without the other. On a dry run, and
// when fn fails, nothing is changed or kept. fn gets a transaction of its own and
// must not start another.
func Change[T any](ctx context.Context, s *Store, call orchestrator.Call, fn func(tx *bbolt.Tx) (T, error)) (T, error) {
	var result T
	asked, err := hash(call)
	if err != nil {
		return result, err
	}
	err = s.update(func(tx *bbolt.Tx) error {
		if err := ctx.Err(); err != nil { // it may have ended while others were writing
			return err
		}
		known := s.Collection(tx, keys)
		if call.Key != "" {
			kept, ok, err := keptUnder(known, call.Key, asked)
			if err != nil {
				return err
			}
			if ok {
				if err := json.Unmarshal(kept, &result); err != nil {
					return fmt.Errorf("read the result kept under key %s: %w", call.Key, err)
				}
				return errTakeBack
			}
		}
		var err error
		if result, err = fn(tx); err != nil {
			return err
		}
		if call.DryRun {
			return errTakeBack
		}
		if call.Key == "" {
			return nil
		}
		return s.remember(tx, call.Key, asked, result)
	})
	if errors.Is(err, errTakeBack) {
		err = nil
	}
	if err != nil {
		var none T
		return none, err
	}
	return result, nil
}

// Kept returns the result of the change that was called with call.Key, as Change
// keeps it; found is false if no effect is kept under the key. A key that was
// used for another intent, subject or arguments is an *orchestrator.Error of code
// CodeKeyReused. Kept changes nothing and does not wait for a change that is under
// way, which it does not find.
func (s *Store) Kept(ctx context.Context, call orchestrator.Call) (result json.RawMessage, found bool, err error) {
	asked, err := hash(call)
	if err != nil {
		return nil, false, err
	}
	err = s.View(func(tx *bbolt.Tx) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		result, found, err = keptUnder(s.Collection(tx, keys), call.Key, asked)
		return err
	})
	return result, found, err
}

// keptUnder returns the result that is kept under the key, if it was used for what
// is asked.
func keptUnder(known *bbolt.Bucket, key, asked string) (json.RawMessage, bool, error) {
	before, ok, err := Get[done](known, key)
	if err != nil || !ok {
		return nil, false, err
	}
	if before.Asked != asked {
		return nil, false, orchestrator.Errorf(CodeKeyReused, "This request was already used for something else. Nothing was changed.")
	}
	return before.Result, true, nil
}

// remember keeps the result under the key and forgets a few keys that are old.
func (s *Store) remember(tx *bbolt.Tx, key, asked string, result any) error {
	raw, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("keep the result: %w", err)
	}
	now := s.now().UTC()
	known, at := s.Collection(tx, keys), s.Collection(tx, keysAt)
	if err := s.forget(known, at, now.Add(-remembered)); err != nil {
		return err
	}
	if err := Put(known, key, done{Asked: asked, Result: raw, At: now}); err != nil {
		return err
	}
	return at.Put(append(stamp(now), key...), []byte{})
}

func (s *Store) forget(known, at *bbolt.Bucket, before time.Time) error {
	limit := stamp(before)
	var old [][]byte
	for c, n := at.Cursor(), 0; n < sweep; n++ {
		var k []byte
		if n == 0 {
			k, _ = c.First()
		} else {
			k, _ = c.Next()
		}
		if k == nil || string(k[:len(limit)]) >= string(limit) {
			break
		}
		old = append(old, append([]byte(nil), k...))
	}
	for _, k := range old {
		if err := known.Delete(k[len(limit):]); err != nil {
			return fmt.Errorf("forget a key: %w", err)
		}
		if err := at.Delete(k); err != nil {
			return fmt.Errorf("forget a key: %w", err)
		}
	}
	return nil
}

// stamp is a time whose bytes sort as times do.
func stamp(t time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(max(t.UnixNano(), 0))) //nolint:gosec // not negative
}

// hash binds a key to what was asked. Maps are marshalled with sorted keys.
func hash(call orchestrator.Call) (string, error) {
	raw, err := json.Marshal([]any{call.Intent, call.Subject.Email, call.Args})
	if err != nil {
		return "", fmt.Errorf("hash the arguments: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}
