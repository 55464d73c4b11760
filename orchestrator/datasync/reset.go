package datasync

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// What a node's file says of its making: the number of the one that is complete, and of
// the one that has begun.
var (
	generationKey = []byte("generation")
	makingKey     = []byte("making")
)

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

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

// Foreign returns the nodes whose data is of another making than that of the others
// and not because a Reset was cut off: their files were emptied, lost, or replaced.
func (s *Sync) Foreign() ([]string, error) {
	last, err := s.lastMaking()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, n := range s.nodes {
		g, err := n.meta(generationKey)
		if err != nil {
			return nil, err
		}
		begun, err := n.meta(makingKey)
		if err != nil {
			return nil, err
		}
		if g != last && begun != last {
			names = append(names, n.Name)
		}
	}
	return names, nil
}

// lastMaking is the number of the last making that any node knows of, 0 if there was
// none.
func (s *Sync) lastMaking() (last uint64, err error) {
	for _, n := range s.nodes {
		g, err := n.generation()
		if err != nil {
			return 0, err
		}
		last = max(last, g)
	}
	return last, nil
}

// Reset makes the data of all nodes anew: fill empties and fills one node in the
// transaction that it is given, and the sync forgets events, versions, conflicts
// and settings. Every node is made in a transaction of its own that leaves the
// number of the making, so a Reset that was cut off is seen by Whole and made good
// by another one. Changes that are made meanwhile may be lost.
func (s *Sync) Reset(ctx context.Context, fill func(tx *bbolt.Tx, node string) error) error {
	last, err := s.lastMaking()
	if err != nil {
		return err
	}
	next := last + 1
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
	if err := s.begin(next); err != nil { // in all of them, before the first one differs
		return err
	}
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

// begin leaves in every node that a making has begun, unless it says so already.
func (s *Sync) begin(making uint64) error {
	errs := make([]error, len(s.nodes))
	var wg sync.WaitGroup
	for i, n := range s.nodes {
		wg.Go(func() {
			var begun uint64
			if begun, errs[i] = n.meta(makingKey); errs[i] != nil || begun == making {
				return
			}
			if err := n.update(func(tx *bbolt.Tx) error { return in(tx, metaBucket).Put(makingKey, number(making)) }); err != nil {
				errs[i] = fmt.Errorf("reset %s: %w", n.Name, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (s *Sync) resetNode(n *node, generation uint64, fill func(tx *bbolt.Tx, node string) error) error {
	err := n.update(func(tx *bbolt.Tx) error {
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
		if err := in(tx, metaBucket).Put(generationKey, number(generation)); err != nil {
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

func (n *node) generation() (uint64, error) { return n.meta(generationKey) }

// meta returns a number that the node's file says of itself, 0 if it does not.
func (n *node) meta(key []byte) (v uint64, err error) {
	err = n.view(func(tx *bbolt.Tx) error {
		root := tx.Bucket(rootBucket)
		if root == nil || root.Bucket(metaBucket) == nil {
			return nil
		}
		if raw := root.Bucket(metaBucket).Get(key); len(raw) == 8 {
			v = binary.BigEndian.Uint64(raw)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("read the %s of %s: %w", key, n.Name, err)
	}
	return v, nil
}
