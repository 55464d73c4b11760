package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"banyan/backends/policy"
)

// ledgerBucket holds what language models have cost: account → ledgerEntry.
var ledgerBucket = []byte("ledger")

// ledger is a policy.Ledger that survives a restart, so that a day's limit holds
// for the day. What was put aside for a call that never ended, because the
// process was killed, stays booked.
type ledger struct {
	db  *bbolt.DB
	now func() time.Time
}

type ledgerEntry struct {
	Nanos policy.Nanos `json:"nanos"`
	Until time.Time    `json:"until,omitzero"`
}

// Book implements policy.Ledger.
func (l *ledger) Book(ctx context.Context, amount policy.Nanos, accounts ...policy.Account) error {
	if err := ctx.Err(); err != nil && amount > 0 {
		return err
	}
	return l.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(ledgerBucket)
		if err != nil {
			return err
		}
		if err := l.sweep(b); err != nil {
			return err
		}
		for _, a := range accounts {
			spent, err := entryOf(b, a.Key)
			if err != nil {
				return err
			}
			if amount > 0 {
				if err := a.Fits(spent.Nanos, amount); err != nil {
					return err
				}
			}
		}
		for _, a := range accounts {
			e, err := entryOf(b, a.Key)
			if err != nil {
				return err
			}
			e.Nanos, e.Until = e.Nanos+amount, a.Until
			data, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if err := b.Put([]byte(a.Key), data); err != nil {
				return err
			}
		}
		return nil
	})
}

// Spent implements policy.Ledger.
func (l *ledger) Spent(_ context.Context, key string) (spent policy.Nanos, err error) {
	err = l.db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket(ledgerBucket)
		if b == nil {
			return nil
		}
		e, err := entryOf(b, key)
		spent = e.Nanos
		return err
	})
	return spent, err
}

func entryOf(b *bbolt.Bucket, key string) (e ledgerEntry, err error) {
	if data := b.Get([]byte(key)); data != nil {
		if err := json.Unmarshal(data, &e); err != nil {
			return e, fmt.Errorf("the account %s cannot be read: %w", key, err)
		}
	}
	return e, nil
}

// sweep forgets accounts whose time is over.
func (l *ledger) sweep(b *bbolt.Bucket) error {
	var old [][]byte
	if err := b.ForEach(func(k, v []byte) error {
		var e ledgerEntry
		if json.Unmarshal(v, &e) == nil && !e.Until.IsZero() && l.now().After(e.Until) {
			old = append(old, append([]byte(nil), k...))
		}
		return nil
	}); err != nil {
		return err
	}
	for _, k := range old {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}
