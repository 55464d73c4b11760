package datasync

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

var generationKey = []byte("generation")

// Whole tells whether all nodes hold data of the same making. It is false before
// the first Reset, and after one that was cut off.
func (s *Sync) Whole() (bool, error) {
	first, err := s.nodes[0].generation()
	if err != nil || first == 0 {
		return false, err
	}
	for _, n := range s.nodes[1:] {
		g, err := n.generation()
		if err != nil || g != first {
			return false, err
		}
	}
	return true, nil
}

// Reset makes the data of all nodes anew: fill empties and fills one node in the
// transaction that it is given, and the sync forgets events, versions, conflicts
// and settings. Every node is made in a transaction of its own that leaves the
// number of the making, so a Reset that was cut off is seen by Whole and made good
// by another one. Changes that are made meanwhile may be lost.
func (s *Sync) Reset(ctx context.Context, fill func(tx *bbolt.Tx, node string) error) error {
	next := uint64(1)
	for _, n := range s.nodes {
		g, err := n.generation()
		if err != nil {
			return err
		}
		next = max(next, g+1)
	}
	for _, n := range s.nodes { // nobody delivers meanwhile
		select {
		case <-n.turn:
			defer func() { n.turn <- struct{}{} }()
		case <-ctx.Done():
			return fmt.Errorf("reset %s: %w", n.Name, ctx.Err())
		}
	}
	s.setting.Lock()
	defer s.setting.Unlock()
	errs := make(chan error, len(s.nodes))
	for _, n := range s.nodes {
		go func() { errs <- s.resetNode(n, next, fill) }()
	}
	var failed error
	for range s.nodes {
		if err := <-errs; err != nil && failed == nil {
			failed = err
		}
	}
	s.settings.Store(&settings{})
	s.wakeAll()
	return failed
}

func (s *Sync) resetNode(n *node, generation uint64, fill func(tx *bbolt.Tx, node string) error) error {
	err := n.DB.Update(func(tx *bbolt.Tx) error {
		if tx.Bucket(rootBucket) != nil {
			if err := tx.DeleteBucket(rootBucket); err != nil {
				return err
			}
		}
		if err := makeBuckets(tx); err != nil {
			return err
		}
		if err := fill(tx, n.Name); err != nil {
			return err
		}
		if err := in(tx, metaBucket).Put(generationKey, binary.BigEndian.AppendUint64(nil, generation)); err != nil {
			return err
		}
		// Here, while nobody else writes the node, what was recorded before and what
		// will be after are told apart.
		n.epoch.Add(1)
		s.forget(n)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reset %s: %w", n.Name, err)
	}
	return nil
}

// forget empties what is known in memory of a node's events.
func (s *Sync) forget(n *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range n.queue.entries {
		for _, to := range s.nodes {
			if e.waiting&to.bit != 0 {
				to.wait(e.owner, -1)
			}
		}
	}
	n.queue = queue{}
	n.conflicts = 0
	clear(n.applied)
	clear(n.appliedAt)
	for _, to := range s.nodes {
		to.applied[n.index], to.appliedAt[n.index] = 0, time.Time{}
	}
}

func (n *node) generation() (g uint64, err error) {
	err = n.DB.View(func(tx *bbolt.Tx) error {
		if raw := in(tx, metaBucket).Get(generationKey); len(raw) == 8 {
			g = binary.BigEndian.Uint64(raw)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read the generation of %s: %w", n.Name, err)
	}
	return g, nil
}
