package memory

import (
	"errors"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// maxBatch is the largest number of writes that share a transaction.
const maxBatch = 256

// queue lets writes that arrive while another one is being synced share the next
// transaction. A lone writer never waits: the first to come leads, commits
// whatever has queued up, and hands the lead to the first that came meanwhile.
// No goroutine of its own is needed.
type queue struct {
	mu      sync.Mutex // guards what follows
	led     bool
	waiting []*write
}

// write is one change to the file. apply runs inside the transaction, perhaps
// more than once; it wraps in refusal what it finds wrong before changing
// anything.
type write struct {
	apply func(tx *bolt.Tx) error
	err   error
	// wake tells the writer that the write has ended, or that it leads now.
	wake chan signal
}

type signal int

const (
	ended signal = iota
	lead
)

// write carries out one change and returns when it is on the disk.
func (s *Store) write(apply func(tx *bolt.Tx) error) error {
	w := &write{apply: apply, wake: make(chan signal, 1)}
	q := &s.queue
	q.mu.Lock()
	q.waiting = append(q.waiting, w)
	leading := !q.led
	q.led = true
	q.mu.Unlock()
	if !leading && <-w.wake == ended {
		return w.err
	}

	q.mu.Lock()
	n := min(len(q.waiting), maxBatch)
	batch := append(make([]*write, 0, n), q.waiting[:n]...)
	q.waiting = append(q.waiting[:0], q.waiting[n:]...)
	q.mu.Unlock()

	s.commit(batch)

	for _, other := range batch {
		if other != w {
			other.wake <- ended
		}
	}
	q.mu.Lock()
	if len(q.waiting) > 0 {
		q.waiting[0].wake <- lead
	} else {
		q.led = false
	}
	q.mu.Unlock()
	return w.err
}

// commit carries out a batch in one transaction and sets the error of each. If
// one of them fails halfway, each gets a transaction of its own.
func (s *Store) commit(batch []*write) {
	var failed error
	err := s.update(func(tx *bolt.Tx) error {
		for _, w := range batch {
			w.err = w.apply(tx)
			var r refusal
			if errors.As(w.err, &r) {
				w.err = r.error
			} else if w.err != nil {
				failed = w.err
				return failed
			}
		}
		return nil
	})
	switch {
	case err == nil:
	case failed != nil && len(batch) > 1:
		for _, w := range batch {
			s.commit([]*write{w})
		}
	default:
		for _, w := range batch {
			w.err = err
		}
	}
}
