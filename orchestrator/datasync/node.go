package datasync

import (
	"encoding/json"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Node is a service that owns its storage.
type Node struct {
	Name string
	Era  orchestrator.Era
	// DB is the node's own file, which nobody else writes. The caller closes it, after
	// Sync.Close.
	DB      *bbolt.DB
	Service orchestrator.Service
	// Holds are the kinds of entities that the node keeps: its own, and copies.
	Holds map[Kind]Holding
}

// Holding is how a node keeps the entities of one kind. States are in the form that
// all nodes share, so these functions are the node's anti-corruption layer.
type Holding struct {
	// Writes is true if calls to the node change such entities. Of every kind, one
	// node of each side does.
	Writes bool
	// Fields are the names of what the node keeps of a state; all of it if empty.
	Fields []string
	// Put stores a state in place of the one before, in a write transaction of the
	// node. It must not call Record.
	Put func(tx *bbolt.Tx, state json.RawMessage) error
	// Get returns the state of an entity, or nil if the node does not have it.
	Get func(tx *bbolt.Tx, key string) (json.RawMessage, error)
	// Each calls fn with key and owner of every entity until it returns an error.
	Each func(tx *bbolt.Tx, fn func(key, owner string) error) error
}

// The buckets in a node's file.
var (
	rootBucket      = []byte("sync")
	outboxBucket    = []byte("outbox")
	appliedBucket   = []byte("applied")
	versionsBucket  = []byte("versions")
	conflictsBucket = []byte("conflicts")
	metaBucket      = []byte("meta")
)

func allBuckets() [][]byte {
	return [][]byte{outboxBucket, appliedBucket, versionsBucket, conflictsBucket, metaBucket}
}

// prepare makes the buckets that are missing. A node of which no other knows more is
// being made for the first time.
func (n *node) prepare(fresh bool) error {
	complete := false
	if err := n.view(func(tx *bbolt.Tx) error {
		root := tx.Bucket(rootBucket)
		complete = root != nil
		for _, name := range allBuckets() {
			complete = complete && root.Bucket(name) != nil
		}
		return nil
	}); err != nil || complete {
		return err
	}
	return n.update(func(tx *bbolt.Tx) error {
		if err := makeBuckets(tx); err != nil || !fresh {
			return err
		}
		return in(tx, metaBucket).Put(makingKey, number(1))
	})
}

// view and update run fn in a transaction of the node's file. That a part of the file
// cannot be read is an error.
func (n *node) view(fn func(tx *bbolt.Tx) error) (err error) {
	defer orchestrator.Guard(&err)()
	return n.DB.View(fn)
}

func (n *node) update(fn func(tx *bbolt.Tx) error) (err error) {
	defer orchestrator.Guard(&err)()
	return n.DB.Update(fn)
}

func makeBuckets(tx *bbolt.Tx) error {
	root, err := tx.CreateBucketIfNotExists(rootBucket)
	if err != nil {
		return err
	}
	for _, name := range allBuckets() {
		if _, err := root.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}

// in returns one of the buckets; prepare has made them.
func in(tx *bbolt.Tx, name []byte) *bbolt.Bucket { return tx.Bucket(rootBucket).Bucket(name) }

// check says what is wrong with the nodes.
func check(nodes []Node) error {
	if len(nodes) == 0 || len(nodes) > 64 {
		return fmt.Errorf("there must be 1 to 64 nodes, and there are %d", len(nodes))
	}
	names := map[string]bool{}
	writers := map[Kind]map[orchestrator.Era]int{}
	for _, n := range nodes {
		if n.Name == "" || n.DB == nil || names[n.Name] || (n.Era != orchestrator.Legacy && n.Era != orchestrator.Modern) {
			return fmt.Errorf("node %q has no name of its own, no file or no era", n.Name)
		}
		names[n.Name] = true
		for kind, h := range n.Holds {
			if h.Put == nil || h.Get == nil || h.Each == nil {
				return fmt.Errorf("node %s does not say how it keeps a %s", n.Name, kind)
			}
			if writers[kind] == nil {
				writers[kind] = map[orchestrator.Era]int{}
			}
			if h.Writes {
				writers[kind][n.Era]++
			}
		}
	}
	for kind, w := range writers {
		if w[orchestrator.Legacy] != 1 || w[orchestrator.Modern] != 1 {
			return errors.New("one node of each side must write a " + string(kind))
		}
	}
	return nil
}
