package datasync

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Reconciled is the name of the event with which a state is put right.
const Reconciled = "Reconciled"

// Repair carries on all that is under way and then puts right every entity in which
// the sides still differ: the state of the system of record is recorded there once
// more, with a version later than every copy's, and brought to everybody. An entity
// that the system of record lacks is taken from the other side. It returns what
// differed.
func (s *Sync) Repair(ctx context.Context) ([]Difference, error) {
	if err := s.Drain(ctx); err != nil {
		return nil, err
	}
	found, err := s.Compare(ctx)
	if err != nil {
		return nil, err
	}
	var done entity
	for _, d := range found {
		e := entity{d.Kind, d.Key, d.Owner}
		if e == done {
			continue
		}
		if err := s.repair(ctx, e); err != nil {
			return found, fmt.Errorf("repair %s %s: %w", e.kind, e.key, err)
		}
		done = e
	}
	return found, nil
}

func (s *Sync) repair(ctx context.Context, e entity) error {
	free, err := s.owners.take(ctx, ownerKey(e.owner))
	if err != nil {
		return err
	}
	defer free()
	var seen Version
	for _, n := range s.nodes {
		v, err := n.version(e)
		if err != nil {
			return err
		}
		seen = seen.Merge(v)
	}
	side := s.RecordOf(e.kind)
	other := orchestrator.Modern
	if side == orchestrator.Modern {
		other = orchestrator.Legacy
	}
	for _, source := range []*node{s.writer(e.kind, side), s.writer(e.kind, other)} {
		recorded := false
		err := source.update(func(tx *bbolt.Tx) error {
			state, err := source.Holds[e.kind].Get(tx, e.key)
			if err != nil || state == nil {
				return err
			}
			recorded = true
			return s.record(tx, source.Name, Change{Name: Reconciled, Kind: e.kind, Key: e.key, Owner: e.owner, State: state}, seen)
		})
		if err != nil {
			return err
		}
		if recorded {
			break
		}
	}
	for _, n := range s.nodes {
		if err := s.bring(ctx, n, s.needed(n, func(w entry) bool { return w.kind == e.kind && w.key == e.key })); err != nil {
			return err
		}
	}
	return nil
}

func (n *node) version(e entity) (v Version, err error) {
	err = n.view(func(tx *bbolt.Tx) (err error) {
		v, err = versionOf(in(tx, versionsBucket).Get(versionKey(e.kind, e.key)))
		return err
	})
	return v, err
}
