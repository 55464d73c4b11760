package main

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"banyan/orchestrator/datasync"
)

var errCrash = errors.New("the program has crashed")

// turmoil is a way between the nodes on which everything goes wrong that can, and a
// program that crashes in the middle of it.
type turmoil struct {
	direct datasync.Transport
	down   atomic.Bool

	mu     sync.Mutex // guards what follows
	rng    *rand.Rand
	before map[string]datasync.Batch // the last batch of each stream

	duplicates, lost, parts, old, crashes, middles atomic.Int64
}

// dice draws a number below n.
func (c *turmoil) dice(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rng.IntN(n)
}

func (c *turmoil) Deliver(ctx context.Context, receiver string, b datasync.Batch) error {
	if c.down.Load() {
		return errCrash
	}
	c.mu.Lock()
	earlier, known := c.before[b.Source+receiver]
	c.before[b.Source+receiver] = b
	c.mu.Unlock()
	if c.dice(150) == 0 { // between the commit of an event and its arrival
		c.fall()
		return errCrash
	}
	switch c.dice(40) {
	case 1: // between its arrival and the news of it
		err := c.direct.Deliver(ctx, receiver, b)
		if c.dice(4) == 0 {
			c.fall()
		}
		return errors.Join(err, errCrash)
	case 2, 3:
		c.lost.Add(1)
		return errors.New("lost")
	case 4, 5:
		c.lost.Add(1)
		return errors.Join(c.direct.Deliver(ctx, receiver, b), errors.New("the answer is lost"))
	case 6, 7, 8:
		c.duplicates.Add(1)
		return errors.Join(c.direct.Deliver(ctx, receiver, b), c.direct.Deliver(ctx, receiver, b))
	case 9, 10:
		if known {
			c.old.Add(1)
			if err := c.direct.Deliver(ctx, receiver, earlier); err != nil {
				return err
			}
		}
	case 11, 12:
		if n := len(b.Events); n > 1 {
			c.parts.Add(1)
			part := b
			part.Events, part.Through = b.Events[:n/2], b.Events[n/2-1].Seq
			return c.direct.Deliver(ctx, receiver, part)
		}
	}
	return c.direct.Deliver(ctx, receiver, b)
}

func (c *turmoil) fall() {
	if c.down.CompareAndSwap(false, true) {
		c.crashes.Add(1)
	}
}

var appliedLedger = []byte("test ledger")

// audit counts every event that changes a node, in the transaction of the change,
// and crashes in it now and then.
func (c *turmoil) audit(tx *bbolt.Tx, _ string, e datasync.Event) error {
	ledger, err := tx.CreateBucketIfNotExists(appliedLedger)
	if err != nil {
		return err
	}
	rows, err := ledgerRow(ledger, e.Cause)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(append(rows, e))
	if err != nil {
		return err
	}
	if err := ledger.Put([]byte(e.Cause), raw); err != nil {
		return err
	}
	if c.dice(400) == 0 { // in the middle of a batch
		c.middles.Add(1)
		c.fall()
	}
	if c.down.Load() {
		return errCrash
	}
	return nil
}

func ledgerRow(ledger *bbolt.Bucket, cause string) (rows []datasync.Event, err error) {
	if ledger == nil {
		return nil, nil
	}
	if raw := ledger.Get([]byte(cause)); raw != nil {
		err = json.Unmarshal(raw, &rows)
	}
	return rows, err
}
