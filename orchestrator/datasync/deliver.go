package datasync

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// Transport is the way from one node to another.
type Transport interface {
	// Deliver brings a batch to the node of that name. It may bring it more than once,
	// or a part of it again; an error says that it may not have arrived. Batches of
	// one receiver are delivered one after the other.
	Deliver(ctx context.Context, receiver string, b Batch) error
}

// direct applies a batch at once.
type direct struct{ s *Sync }

// Deliver implements Transport.
func (d direct) Deliver(ctx context.Context, receiver string, b Batch) error {
	return d.s.apply(ctx, receiver, b)
}

// batchSize is how many events are put in one transaction of the receiver.
const batchSize = 128

// deliver brings a source's events to a receiver, up to and including the number
// through. It may wait for others who deliver to the same one.
func (s *Sync) deliver(ctx context.Context, to, from *node, through uint64) error {
	select {
	case <-to.turn:
		defer func() { to.turn <- struct{}{} }()
	case <-ctx.Done():
		return fmt.Errorf("wait for the events from %s to %s: %w", from.Name, to.Name, ctx.Err())
	}
	for {
		applied := s.appliedOf(to, from)
		if applied >= through {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("bring events from %s to %s: %w", from.Name, to.Name, err)
		}
		b, err := s.batch(to, from, applied, through)
		if err == nil && len(b.Events) == 0 {
			err = errors.New("they are not in its outbox")
		}
		if err == nil {
			err = s.transport.Deliver(ctx, to.Name, b)
		}
		if err == nil && s.appliedOf(to, from) <= applied {
			err = errors.New("they have not arrived")
		}
		if err != nil {
			return fmt.Errorf("bring events from %s to %s: %w", from.Name, to.Name, err)
		}
	}
}

// batch reads a source's next events from its outbox.
func (s *Sync) batch(to, from *node, after, through uint64) (Batch, error) {
	b := Batch{Source: from.Name, After: after, Through: after, epoch: from.epoch.Load()}
	err := from.view(func(tx *bbolt.Tx) error {
		c := in(tx, outboxBucket).Cursor()
		for k, raw := c.Seek(seqKey(after + 1)); k != nil && len(b.Events) < batchSize; k, raw = c.Next() {
			e, err := decode(raw)
			if err != nil {
				return err
			}
			if e.Seq > through {
				return nil
			}
			b.Through = e.Seq
			if _, wants := to.Holds[e.Kind]; wants {
				b.Events = append(b.Events, e)
			}
		}
		return nil
	})
	return b, err
}

func (s *Sync) appliedOf(to, from *node) uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return to.applied[from.index]
}

// bring delivers from every source up to the number that is given for it.
func (s *Sync) bring(ctx context.Context, to *node, through []uint64) error {
	for _, from := range s.nodes {
		if through[from.index] == 0 {
			continue
		}
		if err := s.deliver(ctx, to, from, through[from.index]); err != nil {
			return err
		}
	}
	return nil
}

// Drain brings all that was changed before the call to everybody, whatever lag or
// pause is set, and trims the outboxes.
func (s *Sync) Drain(ctx context.Context) error {
	for _, n := range s.nodes {
		if err := s.bring(ctx, n, s.needed(n, func(entry) bool { return true })); err != nil {
			return err
		}
	}
	for _, n := range s.nodes {
		if err := s.trim(n, 1); err != nil {
			return err
		}
	}
	return nil
}

// trimAt is how many events that everybody has make a worker trim an outbox that
// no change trims.
const trimAt = 256

// The pauses of a worker after a delivery that failed, doubling up to the longest.
const (
	firstPause = 20 * time.Millisecond
	lastPause  = 5 * time.Second
)

// work brings to a node what is due until ctx ends. It sleeps while nothing is.
func (s *Sync) work(ctx context.Context, to *node) {
	pause := firstPause
	for {
		wait, err := s.round(ctx, to)
		if ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		s.failing[to.Name] = err
		s.mu.Unlock()
		if err != nil {
			s.logger.Warn("events are held up", "receiver", to.Name, "cause", err)
			wait, pause = pause, min(2*pause, lastPause)
		} else {
			pause = firstPause
		}
		var timer <-chan time.Time
		if wait > 0 {
			timer = s.after(wait)
		}
		if err == nil {
			select {
			case <-ctx.Done():
				return
			case <-to.wake:
			case <-timer:
			}
			continue
		}
		select { // news do not shorten a pause
		case <-ctx.Done():
			return
		case <-timer:
		}
	}
}

// round brings to a node what is due and says in how long more will be; 0 if
// nothing waits.
func (s *Sync) round(ctx context.Context, to *node) (wait time.Duration, err error) {
	if s.paused.Load() {
		return 0, nil
	}
	now, lag := s.now(), s.settings.Load().Lag
	due := s.needed(to, func(e entry) bool {
		if left := lag - now.Sub(e.at); left > 0 && lag > 0 {
			if wait == 0 || left < wait {
				wait = left
			}
			return false
		}
		return true
	})
	if err := s.bring(ctx, to, due); err != nil {
		return 0, err
	}
	for _, n := range s.nodes {
		if err := s.trim(n, trimAt); err != nil {
			return 0, err
		}
	}
	return wait, nil
}
