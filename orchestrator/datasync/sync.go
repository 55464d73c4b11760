package datasync

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
)

// Options are what Open needs.
type Options struct {
	// Nodes are all that keep data. The first one keeps the settings.
	Nodes []Node
	// Owner says whom a call is about; the email of its subject if nil.
	Owner func(orchestrator.Call) string
	// Now is the clock of events and of the lag; time.Now if nil.
	Now func() time.Time
	// After is how a worker waits for the lag to pass, and between tries; time.After
	// if nil.
	After func(time.Duration) <-chan time.Time
	// Carry may replace the way from one node to another, which it is given.
	Carry func(Transport) Transport
	// Audit, if not nil, is told of every event that changes a node, in the
	// transaction of the change, whose end is not known yet; its error takes it back.
	Audit func(tx *bbolt.Tx, node string, e Event) error
	// Logger gets what goes wrong in the background; nothing is logged if nil.
	Logger *slog.Logger
}

// Sync carries changes between nodes. It is safe for concurrent use.
type Sync struct {
	nodes     []*node
	byName    map[string]*node
	owner     func(orchestrator.Call) string
	now       func() time.Time
	after     func(time.Duration) <-chan time.Time
	transport Transport
	audit     func(tx *bbolt.Tx, node string, e Event) error
	logger    *slog.Logger

	settings   atomic.Pointer[settings]
	setting    sync.Mutex // serialises changes of settings
	paused     atomic.Bool
	duplicates atomic.Uint64
	stale      atomic.Uint64

	owners locks

	mu      sync.RWMutex      // guards the queues and what follows
	seen    map[string]uint64 // by owner: events of legacy applied on the modern side
	failing map[string]error  // by receiver: why the last delivery failed

	stop context.CancelFunc // ends the workers
	done sync.WaitGroup     // the workers
}

// node is a Node at work.
type node struct {
	Node
	index int
	bit   uint64

	queue queue // of its outbox; guarded by Sync.mu
	// epoch grows with every reset of the node, in the transaction of the reset.
	epoch atomic.Uint64

	// applied is the number of the last event of each source, by index, that the node
	// has; guarded by Sync.mu.
	applied   []uint64
	appliedAt []time.Time
	conflicts uint64 // guarded by Sync.mu

	waiting atomic.Int64   // how many events wait for the node
	waits   map[string]int // the same by owner; guarded by Sync.mu

	turn chan struct{} // holds a token while nobody delivers to the node
	wake chan struct{} // tells its worker that something has changed
}

// Open reads what is under way between the nodes and starts to carry it on. Close
// the Sync before the nodes' files.
func Open(o Options) (*Sync, error) {
	if err := check(o.Nodes); err != nil {
		return nil, err
	}
	s := &Sync{
		byName: map[string]*node{}, owner: o.Owner, now: o.Now, after: o.After, audit: o.Audit, logger: o.Logger,
		seen: map[string]uint64{}, failing: map[string]error{},
	}
	if s.owner == nil {
		s.owner = func(c orchestrator.Call) string { return c.Subject.Email }
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.after == nil {
		s.after = time.After
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	s.transport = direct{s}
	if o.Carry != nil {
		s.transport = o.Carry(s.transport)
	}
	for i, n := range o.Nodes {
		at := &node{
			Node: n, index: i, bit: 1 << i, waits: map[string]int{},
			applied: make([]uint64, len(o.Nodes)), appliedAt: make([]time.Time, len(o.Nodes)),
			turn: make(chan struct{}, 1), wake: make(chan struct{}, 1),
		}
		at.turn <- struct{}{}
		s.nodes = append(s.nodes, at)
		s.byName[n.Name] = at
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	for _, n := range s.nodes {
		s.done.Go(func() { s.work(ctx, n) })
	}
	return s, nil
}

// Close ends the workers and waits for them. What they have not carried on is in
// the nodes' files and is carried on by the next Open; see Drain.
func (s *Sync) Close() error {
	s.stop()
	s.done.Wait()
	return nil
}

// load reads what the files say of events under way, and the settings.
func (s *Sync) load() error {
	made, err := s.lastMaking()
	if err != nil {
		return err
	}
	errs := make([]error, len(s.nodes))
	var wg sync.WaitGroup
	for i, n := range s.nodes {
		wg.Go(func() {
			if errs[i] = n.prepare(made == 0); errs[i] == nil {
				errs[i] = n.view(n.loadApplied(s))
			}
		})
	}
	wg.Wait()
	for i, n := range s.nodes {
		if errs[i] != nil {
			return fmt.Errorf("open the events of %s: %w", n.Name, errs[i])
		}
	}
	for _, n := range s.nodes {
		if err := n.view(func(tx *bbolt.Tx) error { return s.loadOutbox(tx, n) }); err != nil {
			return fmt.Errorf("open the events of %s: %w", n.Name, err)
		}
	}
	return s.loadSettings()
}

// receivers are the nodes that want an event of a kind from a source, as bits.
func (s *Sync) receivers(source *node, kind Kind) (bits uint64) {
	for _, n := range s.nodes {
		if _, holds := n.Holds[kind]; holds && n != source {
			bits |= n.bit
		}
	}
	return bits
}

// writer is the node of a side that writes a kind; check has seen that there is one.
func (s *Sync) writer(kind Kind, side orchestrator.Era) *node {
	for _, n := range s.nodes {
		if n.Era == side && n.Holds[kind].Writes {
			return n
		}
	}
	return nil
}

// node returns a node by name.
func (s *Sync) node(name string) (*node, error) {
	if n := s.byName[name]; n != nil {
		return n, nil
	}
	return nil, errors.New("there is no node " + name)
}

func (s *Sync) wakeAll() {
	for _, n := range s.nodes {
		n.poke()
	}
}

func (n *node) poke() {
	select {
	case n.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// ownerKey is how owners are compared.
func ownerKey(owner string) string { return strings.ToLower(owner) }
