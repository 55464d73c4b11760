package storage

import (
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Store is one service's own storage. It is safe for concurrent use.
type Store struct {
	db          *bbolt.DB
	bucket      []byte
	collections [][]byte
	now         func() time.Time
}

// Open makes the buckets in db that are missing: the top-level one and one in it
// for every collection. The caller keeps db and closes it. now is what the age of
// idempotency keys is measured by; time.Now if nil.
func Open(db *bbolt.DB, bucket string, now func() time.Time, collections ...string) (*Store, error) {
	if now == nil {
		now = time.Now
	}
	s := &Store{db: db, bucket: []byte(bucket), now: now, collections: [][]byte{[]byte(keys), []byte(keysAt)}}
	for _, c := range collections {
		s.collections = append(s.collections, []byte(c))
	}
	complete := false
	if err := s.View(func(tx *bbolt.Tx) error {
		complete = s.complete(tx)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", bucket, err)
	}
	if complete {
		return s, nil
	}
	if err := s.update(s.create); err != nil {
		return nil, fmt.Errorf("create bucket %s: %w", bucket, err)
	}
	return s, nil
}

func (s *Store) complete(tx *bbolt.Tx) bool {
	top := tx.Bucket(s.bucket)
	if top == nil {
		return false
	}
	for _, c := range s.collections {
		if top.Bucket(c) == nil {
			return false
		}
	}
	return true
}

func (s *Store) create(tx *bbolt.Tx) error {
	top, err := tx.CreateBucketIfNotExists(s.bucket)
	if err != nil {
		return err
	}
	for _, c := range s.collections {
		if _, err := top.CreateBucketIfNotExists(c); err != nil {
			return err
		}
	}
	return nil
}

// Clear empties the store in the caller's transaction: values and idempotency
// keys alike.
func (s *Store) Clear(tx *bbolt.Tx) error {
	if tx.Bucket(s.bucket) != nil {
		if err := tx.DeleteBucket(s.bucket); err != nil {
			return fmt.Errorf("clear bucket %s: %w", s.bucket, err)
		}
	}
	return s.create(tx)
}

// Collection returns the bucket of a collection that Open was told of. It belongs
// to the transaction.
func (s *Store) Collection(tx *bbolt.Tx, name string) *bbolt.Bucket {
	return tx.Bucket(s.bucket).Bucket([]byte(name))
}

// View runs fn in a transaction that only reads. That a part of the file cannot be
// read is an error.
func (s *Store) View(fn func(tx *bbolt.Tx) error) (err error) {
	defer orchestrator.Guard(&err)()
	return s.db.View(fn)
}

func (s *Store) update(fn func(tx *bbolt.Tx) error) (err error) {
	defer orchestrator.Guard(&err)()
	return s.db.Update(fn)
}

// Get reads the JSON value of a key; ok is false if there is none.
func Get[T any](b *bbolt.Bucket, key string) (v T, ok bool, err error) {
	raw := b.Get([]byte(key))
	if raw == nil {
		return v, false, nil
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		return v, false, fmt.Errorf("read %s: %w", key, err)
	}
	return v, true, nil
}

// Put writes the JSON value of a key.
func Put[T any](b *bbolt.Bucket, key string, v T) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	if err := b.Put([]byte(key), raw); err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return nil
}
