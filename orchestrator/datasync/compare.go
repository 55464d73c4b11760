package datasync

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Difference is one field of an entity of which a node of the modern side says
// something else than the legacy side.
type Difference struct {
	Kind  Kind   `json:"kind"`
	Key   string `json:"key"`
	Owner string `json:"owner"`
	// Field is the name of the field; empty if one of the two lacks the entity.
	Field string `json:"field,omitempty"`
	// Node is the modern node; Legacy and Modern are the values in JSON, empty where
	// there is none.
	Node   string `json:"node"`
	Legacy string `json:"legacy"`
	Modern string `json:"modern"`
	// Pending is true if an event about the entity is still under way.
	Pending bool `json:"pending,omitempty"`
}

// String says the difference in one line.
func (d Difference) String() string {
	say := func(v string) string {
		if v == "" {
			return "nothing"
		}
		return v
	}
	field := d.Field
	if field == "" {
		field = "all of it"
	}
	return fmt.Sprintf("%s %s, %s: legacy says %s, %s says %s", d.Kind, d.Key, field, say(d.Legacy), d.Node, say(d.Modern))
}

// Compare lists where the sides differ, sorted by kind, key, node and field. It
// carries nothing on: what differs because an event is under way is marked as
// pending. What differed only because a change was being made is not listed.
func (s *Sync) Compare(ctx context.Context) ([]Difference, error) {
	entities, err := s.entities(ctx)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for _, e := range entities {
		found, err := s.differences(e)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 && !found[0].Pending {
			// It may have changed between one file and the next: a second look is taken
			// while nobody changes it.
			if found, err = s.settled(ctx, e); err != nil {
				return nil, err
			}
		}
		out = append(out, found...)
	}
	return out, nil
}

func (s *Sync) settled(ctx context.Context, e entity) ([]Difference, error) {
	free, err := s.owners.take(ctx, ownerKey(e.owner))
	if err != nil {
		return nil, fmt.Errorf("compare %s %s: %w", e.kind, e.key, err)
	}
	defer free()
	return s.differences(e)
}

// entity names an entity.
type entity struct {
	kind       Kind
	key, owner string
}

// entities lists what any node keeps, sorted.
func (s *Sync) entities(ctx context.Context) ([]entity, error) {
	owners := map[entity]string{}
	for _, n := range s.nodes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		err := n.view(func(tx *bbolt.Tx) error {
			for kind, h := range n.Holds {
				if err := h.Each(tx, func(key, owner string) error {
					owners[entity{kind: kind, key: key}] = owner
					return nil
				}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("list what %s keeps: %w", n.Name, err)
		}
	}
	var out []entity
	for e, owner := range owners {
		e.owner = owner
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b entity) int {
		return bytes.Compare(versionKey(a.kind, a.key), versionKey(b.kind, b.key))
	})
	return out, nil
}

// differences compares every copy of the modern side with the legacy side's.
func (s *Sync) differences(e entity) ([]Difference, error) {
	pending := s.pending(e)
	legacy, err := s.state(s.writer(e.kind, orchestrator.Legacy), e)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for _, n := range s.nodes {
		h, holds := n.Holds[e.kind]
		if !holds || n.Era == orchestrator.Legacy {
			continue
		}
		modern, err := s.state(n, e)
		if err != nil {
			return nil, err
		}
		for _, d := range diff(legacy, modern, h.Fields) {
			d.Kind, d.Key, d.Owner, d.Node, d.Pending = e.kind, e.key, e.owner, n.Name, pending
			out = append(out, d)
		}
	}
	return out, nil
}

// pending tells whether an event about the entity is under way.
func (s *Sync) pending(e entity) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, n := range s.nodes {
		for _, waiting := range n.queue.entries {
			if waiting.waiting != 0 && waiting.kind == e.kind && waiting.key == e.key {
				return true
			}
		}
	}
	return false
}

// state reads an entity's fields; nil if the node does not have it.
func (s *Sync) state(n *node, e entity) (fields map[string]json.RawMessage, err error) {
	err = n.view(func(tx *bbolt.Tx) error {
		raw, err := n.Holds[e.kind].Get(tx, e.key)
		if err != nil || raw == nil {
			return err
		}
		return json.Unmarshal(raw, &fields)
	})
	if err != nil {
		return nil, fmt.Errorf("read %s %s of %s: %w", e.kind, e.key, n.Name, err)
	}
	return fields, nil
}

// diff compares field by field, all of them if none are named.
func diff(legacy, modern map[string]json.RawMessage, only []string) []Difference {
	if legacy == nil && modern == nil {
		return nil
	}
	if legacy == nil || modern == nil {
		d := Difference{}
		if legacy != nil {
			d.Legacy = "it exists"
		} else {
			d.Modern = "it exists"
		}
		return []Difference{d}
	}
	names := only
	if len(names) == 0 {
		all := maps.Clone(legacy)
		maps.Copy(all, modern)
		names = slices.Sorted(maps.Keys(all))
	}
	var out []Difference
	for _, name := range names {
		if a, b := legacy[name], modern[name]; !bytes.Equal(a, b) {
			out = append(out, Difference{Field: name, Legacy: string(a), Modern: string(b)})
		}
	}
	return out
}
