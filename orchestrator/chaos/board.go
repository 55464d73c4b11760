package chaos

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"banyan/orchestrator"
)

// prefix is what the keys of faults in the State begin with; the service follows.
const prefix = "faults/"

// Board holds the faults of all services. It is safe for concurrent use.
type Board struct {
	seed uint64
	now  func() time.Time

	mu     sync.Mutex // guards what follows, and orders changes of faults
	state  orchestrator.State
	nodes  map[string]*node
	stop   context.CancelFunc // ends follow
	ending sync.WaitGroup     // of follow
}

// node is one name of a service, whether such a service is there or not.
type node struct {
	known  bool // a service has called itself so; guarded by Board.mu
	active atomic.Pointer[active]
}

// active is a fault at work.
type active struct {
	orchestrator.Fault
	revision uint64
	bug      *bug
	calls    atomic.Uint64 // since it was injected
	stale    memory
}

// New returns a board without faults. seed decides which calls fail where a fault has
// no seed of its own; now tells when a fault was injected.
func New(seed uint64, now func() time.Time) *Board {
	return &Board{seed: seed, now: now, state: orchestrator.NewState(), nodes: map[string]*node{}}
}

// Keep keeps the faults in a State from now on, puts those into effect that it holds,
// and follows the changes that others make there until Close. It is called once,
// before anything is injected. Without it faults end with the process.
func (b *Board) Keep(ctx context.Context, state orchestrator.State) error {
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	changes, err := state.Watch(following, prefix)
	if err != nil {
		stop()
		return fmt.Errorf("watch the faults: %w", err)
	}
	keys, err := state.Keys(ctx, prefix)
	if err != nil {
		stop()
		return fmt.Errorf("list the faults: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state, b.stop = state, stop
	for _, key := range keys {
		if err := b.refresh(ctx, key); err != nil {
			stop()
			return err
		}
	}
	b.ending.Go(func() {
		for key := range changes {
			b.mu.Lock()
			// What cannot be read leaves the fault as it was; the next change tries again.
			_ = b.refresh(following, key)
			b.mu.Unlock()
		}
	})
	return nil
}

// Close stops following the State. Services stay as they are.
func (b *Board) Close() error {
	b.mu.Lock()
	stop := b.stop
	b.mu.Unlock()
	if stop != nil {
		stop()
	}
	b.ending.Wait()
	return nil
}

// Inject breaks a service. A fault that it has already is replaced. At is set, and Seed
// if it is 0. Errors are *orchestrator.Error: CodeNotFound for a service that the board
// does not know, CodeInvalid for a fault that cannot be, CodeStore.
func (b *Board) Inject(ctx context.Context, f orchestrator.Fault) error {
	if err := check(f); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := b.nodes[f.Service]; n == nil || !n.known {
		return b.unknown(f.Service)
	}
	f.At = b.now().UTC()
	if f.Seed == 0 {
		f.Seed = b.seed
	}
	value, err := json.Marshal(f)
	if err != nil {
		return failed("kept", err)
	}
	return b.change(ctx, prefix+f.Service, func(revision uint64) error {
		_, err := b.state.Put(ctx, prefix+f.Service, value, revision)
		return err
	})
}

// Heal mends a service, and all of them if service is empty. To mend what is not
// broken is nothing; a service that the board does not know is an error with
// CodeNotFound.
func (b *Board) Heal(ctx context.Context, service string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	names := []string{service}
	if service == "" {
		names = slices.Sorted(maps.Keys(b.nodes))
	} else if b.nodes[service] == nil {
		return b.unknown(service)
	}
	for _, name := range names {
		err := b.change(ctx, prefix+name, func(revision uint64) error {
			return b.state.Delete(ctx, prefix+name, revision)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Faults lists what is broken, by service. A fault that was kept from an earlier run
// is listed even if its service is not there.
func (b *Board) Faults() []orchestrator.Fault {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []orchestrator.Fault
	for _, n := range b.nodes {
		if a := n.active.Load(); a != nil {
			all = append(all, a.Fault)
		}
	}
	slices.SortFunc(all, func(x, y orchestrator.Fault) int { return cmp.Compare(x.Service, y.Service) })
	return all
}

// changeAttempts is how often a change of the State is tried against others.
const changeAttempts = 10

// change changes a key of the State and puts what stands there then into effect. The
// caller holds mu.
func (b *Board) change(ctx context.Context, key string, do func(revision uint64) error) error {
	for try := 1; ; try++ {
		_, revision, err := b.state.Get(ctx, key)
		if err == nil {
			err = do(revision)
		}
		if errors.Is(err, orchestrator.ErrStale) && try < changeAttempts {
			continue
		}
		if err == nil {
			err = b.refresh(ctx, key)
		}
		if err != nil {
			return failed("kept", err)
		}
		return nil
	}
}

// refresh puts into effect what the State says under a key. The caller holds mu.
func (b *Board) refresh(ctx context.Context, key string) error {
	value, revision, err := b.state.Get(ctx, key)
	if err != nil {
		return failed("read", err)
	}
	name := strings.TrimPrefix(key, prefix)
	n := b.node(name)
	if revision == 0 {
		n.active.Store(nil)
		return nil
	}
	if a := n.active.Load(); a != nil && a.revision == revision {
		return nil // its sequence goes on
	}
	next := &active{revision: revision}
	if err := json.Unmarshal(value, &next.Fault); err != nil {
		return failed("read", err)
	}
	next.Service, next.bug = name, bugNamed(next.Bug)
	n.active.Store(next)
	return nil
}

// node returns the node of that name. The caller holds mu.
func (b *Board) node(name string) *node {
	n := b.nodes[name]
	if n == nil {
		n = &node{}
		b.nodes[name] = n
	}
	return n
}

// meet returns the node of a service that has just told its name.
func (b *Board) meet(name string) *node {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.node(name)
	n.known = true
	return n
}

func failed(doing string, err error) error {
	var coded *orchestrator.Error
	if errors.As(err, &coded) {
		return err
	}
	return orchestrator.Errorf(orchestrator.CodeStore, "What is broken on purpose could not be %s: %w.", doing, err)
}
