package datasync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// thing is the only kind of entity here: a value that belongs to somebody. Keys
// are "owner/name".
const thing Kind = "thing"

type thingState struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// shelf is a service that keeps things in a bucket; its one change is put.
type shelf struct {
	name string
	era  orchestrator.Era
	db   *bbolt.DB
	sync *Sync
	// enter, if not nil, is called by every change before it does anything.
	enter func()
}

var things = []byte("things")

// errDry takes a dry run back.
var errDry = errors.New("dry run")

func (h *shelf) holding(writes bool) Holding {
	return Holding{
		Writes: writes,
		Put: func(tx *bbolt.Tx, raw json.RawMessage) error {
			var st thingState
			if err := json.Unmarshal(raw, &st); err != nil {
				return err
			}
			return tx.Bucket(things).Put([]byte(st.Key), []byte(st.Value))
		},
		Get: func(tx *bbolt.Tx, key string) (json.RawMessage, error) {
			v := tx.Bucket(things).Get([]byte(key))
			if v == nil {
				return nil, nil
			}
			return json.Marshal(thingState{key, string(v)})
		},
		Each: func(tx *bbolt.Tx, fn func(key, owner string) error) error {
			return tx.Bucket(things).ForEach(func(k, _ []byte) error { return fn(string(k), ownerOf(string(k))) })
		},
	}
}

func ownerOf(key string) string {
	owner, _, _ := strings.Cut(key, "/")
	return owner
}

func (h *shelf) Describe(context.Context) (orchestrator.Description, error) {
	return orchestrator.Description{
		Name: h.name, Version: "1", Contract: orchestrator.ContractVersion, Era: h.era,
		Intents: []orchestrator.Intent{{Name: "put", Effect: orchestrator.Write}, {Name: "get", Effect: orchestrator.Read}},
	}, nil
}

func (h *shelf) Call(ctx context.Context, call orchestrator.Call) (res orchestrator.Result, err error) {
	if h.enter != nil && call.Intent == "put" {
		h.enter()
	}
	key, _ := call.Args["key"].(string)
	if call.Intent == "get" {
		err = h.db.View(func(tx *bbolt.Tx) error {
			res.Data = map[string]any{"value": string(tx.Bucket(things).Get([]byte(key)))}
			return nil
		})
		return res, err
	}
	value, _ := call.Args["value"].(string)
	err = h.db.Update(func(tx *bbolt.Tx) error {
		if err := tx.Bucket(things).Put([]byte(key), []byte(value)); err != nil {
			return err
		}
		if err := h.sync.Record(ctx, tx, h.name, Change{
			Name: "ThingPut", Kind: thing, Key: key, Owner: ownerOf(key), Cause: call.Key, State: thingState{key, value}, DryRun: call.DryRun,
		}); err != nil {
			return err
		}
		if call.DryRun {
			return errDry
		}
		return nil
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return res, err
}

func (h *shelf) CanDryRun(string) bool { return true }

// world is a monolith and two microservices; the second one follows the first.
type world struct {
	*Sync
	tb       testing.TB
	dir      string
	shelves  map[string]*shelf
	services map[string]orchestrator.Service
}

const (
	old    = "old"
	fresh  = "new"
	follow = "follower"
)

func mustOpen(tb testing.TB, dir string, edit ...func(*Options)) *world {
	tb.Helper()
	w := &world{tb: tb, dir: dir, shelves: map[string]*shelf{}, services: map[string]orchestrator.Service{}}
	var o Options
	for _, n := range []struct {
		name   string
		era    orchestrator.Era
		writes bool
	}{{old, orchestrator.Legacy, true}, {fresh, orchestrator.Modern, true}, {follow, orchestrator.Modern, false}} {
		db, err := bbolt.Open(filepath.Join(dir, n.name+".db"), 0o600, &bbolt.Options{NoSync: true, Timeout: time.Second})
		if err != nil {
			tb.Fatal(err)
		}
		if err := db.Update(func(tx *bbolt.Tx) error {
			_, err := tx.CreateBucketIfNotExists(things)
			return err
		}); err != nil {
			tb.Fatal(err)
		}
		h := &shelf{name: n.name, era: n.era, db: db}
		w.shelves[n.name] = h
		o.Nodes = append(o.Nodes, Node{Name: n.name, Era: n.era, DB: db, Service: h, Holds: map[Kind]Holding{thing: h.holding(n.writes)}})
	}
	for _, e := range edit {
		e(&o)
	}
	s, err := Open(o)
	if err != nil {
		tb.Fatal(err)
	}
	w.Sync = s
	for i, svc := range s.Services() {
		w.services[o.Nodes[i].Name] = svc
	}
	for _, h := range w.shelves {
		h.sync = s
	}
	tb.Cleanup(w.close)
	return w
}

func (w *world) close() {
	_ = w.Close()
	for _, h := range w.shelves {
		_ = h.db.Close()
	}
}

func request(intent, key, value string) orchestrator.Call {
	u := orchestrator.User{Email: ownerOf(key), Role: orchestrator.Customer}
	return orchestrator.Call{Intent: intent, Args: map[string]any{"key": key, "value": value}, User: u, Subject: u, Key: value}
}

func (w *world) put(node, key, value string) {
	w.tb.Helper()
	if _, err := w.services[node].Call(context.Background(), request("put", key, value)); err != nil {
		w.tb.Fatalf("put %s on %s: %v", key, node, err)
	}
}

// get reads through the barrier, peek past it.
func (w *world) get(node, key string) string {
	w.tb.Helper()
	res, err := w.services[node].Call(context.Background(), request("get", key, ""))
	if err != nil {
		w.tb.Fatalf("get %s on %s: %v", key, node, err)
	}
	return fmt.Sprint(res.Data["value"])
}

func (w *world) peek(node, key string) string {
	w.tb.Helper()
	res, err := w.shelves[node].Call(context.Background(), request("get", key, ""))
	if err != nil {
		w.tb.Fatal(err)
	}
	return fmt.Sprint(res.Data["value"])
}

func (w *world) drain() {
	w.tb.Helper()
	if err := w.Drain(context.Background()); err != nil {
		w.tb.Fatal(err)
	}
}

func (w *world) pending() int {
	n := 0
	for _, st := range w.Status().Streams {
		n += st.Pending
	}
	return n
}

// outbox counts the events that a node's file holds.
func (w *world) outbox(node string) (n int) {
	w.tb.Helper()
	if err := w.shelves[node].db.View(func(tx *bbolt.Tx) error {
		return in(tx, outboxBucket).ForEach(func(_, _ []byte) error { n++; return nil })
	}); err != nil {
		w.tb.Fatal(err)
	}
	return n
}

// stuck is a transport that waits until it is let go.
type stuck struct {
	Transport
	mu   sync.Mutex
	gate chan struct{}
}

func (s *stuck) Deliver(ctx context.Context, receiver string, b Batch) error {
	s.mu.Lock()
	gate := s.gate
	s.mu.Unlock()
	select {
	case <-gate:
		return s.Transport.Deliver(ctx, receiver, b)
	case <-ctx.Done():
		return ctx.Err()
	}
}
