package memory

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// State returns the small shared facts that the store keeps beside the
// conversations. It is good until the store is closed, which ends what watches it.
// A value that Put acknowledged is on the disk, as a turn is. Errors are those of the
// store, and orchestrator.ErrStale.
func (s *Store) State() orchestrator.State { return state{s} }

type state struct{ s *Store }

// Get is that of the contract, from one consistent state of the file.
func (st state) Get(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	if err := orchestrator.CheckKey(ctx, key); err != nil {
		return nil, 0, err
	}
	err = st.s.view(func(tx *bolt.Tx) error {
		v, r, err := fact(tx, []byte(key))
		value, revision = bytes.Clone(v), r // v is gone with the transaction
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return value, revision, nil
}

// Put is that of the contract; it returns once the value is on the disk.
func (st state) Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if err := orchestrator.CheckKey(ctx, key); err != nil {
		return 0, err
	}
	var given uint64
	err := st.s.write(func(tx *bolt.Tx) error {
		k := []byte(key)
		if _, current, err := fact(tx, k); err != nil || current != revision {
			return stale("put", key, err)
		}
		b, err := tx.CreateBucketIfNotExists([]byte(bucketState))
		if err != nil {
			return err
		}
		if given, err = b.NextSequence(); err != nil {
			return err
		}
		body := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(value)), given)
		return b.Put(k, seal(k, append(body, value...)))
	})
	if err != nil {
		return 0, err
	}
	st.s.watchers.Notify(key)
	return given, nil
}

// Delete is that of the contract; it returns once the disk has it.
func (st state) Delete(ctx context.Context, key string, revision uint64) error {
	if err := orchestrator.CheckKey(ctx, key); err != nil {
		return err
	}
	var there bool
	err := st.s.write(func(tx *bolt.Tx) error {
		k := []byte(key)
		_, current, err := fact(tx, k)
		there = current != 0
		if err != nil || there && current != revision {
			return stale("delete", key, err)
		}
		if !there {
			return nil
		}
		return tx.Bucket([]byte(bucketState)).Delete(k)
	})
	if err == nil && there {
		st.s.watchers.Notify(key)
	}
	return err
}

// Keys is that of the contract; it costs what it returns.
func (st state) Keys(ctx context.Context, prefix string) (keys []string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	err = st.s.view(func(tx *bolt.Tx) error {
		keys = nil
		b := tx.Bucket([]byte(bucketState))
		if b == nil {
			return nil
		}
		c := b.Cursor()
		for k, _ := c.Seek([]byte(prefix)); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, _ = c.Next() {
			keys = append(keys, string(k))
		}
		return nil
	})
	return keys, err
}

// Watch is that of the contract. Only changes of this process can happen.
func (st state) Watch(ctx context.Context, prefix string) (<-chan string, error) {
	return st.s.watchers.Watch(ctx, prefix)
}

// fact reads a key within a transaction, which the value does not outlive; revision
// 0 means that there is none.
func fact(tx *bolt.Tx, key []byte) (value []byte, revision uint64, err error) {
	b := tx.Bucket([]byte(bucketState))
	if b == nil {
		return nil, 0, nil
	}
	stored := b.Get(key)
	if stored == nil {
		return nil, 0, nil
	}
	body, ok := unseal(key, stored)
	if !ok || len(body) < 8 {
		return nil, 0, damaged(tx.DB().Path(), fmt.Sprintf("the shared fact %q does not match its checksum", key))
	}
	return body[8:], binary.BigEndian.Uint64(body), nil
}

// stale refuses one write and lets the others of its transaction go ahead; err is
// what reading the key failed with, if it did.
func stale(doing, key string, err error) error {
	if err == nil {
		err = fmt.Errorf("%s %s: %w", doing, key, orchestrator.ErrStale)
	}
	return refusal{err}
}
