package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/legacy/monolith"
	"banyan/orchestrator"
	"banyan/orchestrator/datasync"
	"banyan/services/order"
	"banyan/services/shipping"
	"banyan/services/user"
)

// shopOptions configure the demo shop. The zero value is a shop of now whose
// monolith answers at once.
type shopOptions struct {
	// LatencyLow and LatencyHigh bound the monolith's simulated slowness, LatencySeed
	// makes it repeatable.
	LatencyLow, LatencyHigh time.Duration
	LatencySeed             uint64
	// Credentials are those without which no service of the shop does anything; if nil,
	// the services do what they are asked.
	Credentials *orchestrator.Credentials
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// NoSync lets the files be written without waiting for the disk.
	NoSync bool
	// Wait is how long to wait for a file that another process holds; for ever if 0.
	Wait time.Duration
	// Logger gets what goes wrong in the background; nothing is logged if nil.
	Logger *slog.Logger
	// Carry and Audit are those of the sync, see datasync.Options.
	Carry func(datasync.Transport) datasync.Transport
	Audit func(tx *bbolt.Tx, node string, e datasync.Event) error
}

// shop is the demo shop: the monolith behind its anti-corruption layer, and the
// microservices that grow around it, each with a file of its own, and the sync that
// keeps them in step.
type shop struct {
	now      func() time.Time
	files    map[string]*bbolt.DB // by node
	legacy   *legacy.Service
	users    *user.Service
	orders   *order.Service
	shipping *shipping.Service
	sync     *datasync.Sync
	services []orchestrator.Service
	// putBack says why the shop was put back when it was opened; empty if it was not.
	putBack string
}

// openShop opens the shop whose files are in the folder, which must exist, and
// seeds it if it is empty or was not seeded to the end. If one of its files has lost
// its content while others have theirs, they are kept under other names, and the shop
// is put back and says so. Close it when done, but not
// before the kernel.
func openShop(dir string, opts shopOptions) (*shop, error) {
	before := shopSizes(dir)
	s, err := newShop(dir, opts)
	if err != nil {
		return nil, err
	}
	whole, err := s.sync.Whole()
	if err == nil && !whole {
		var foreign []string
		if foreign, err = s.sync.Foreign(); err == nil && len(foreign) > 0 {
			if s, err = s.anew(dir, opts, whyForeign(dir, foreign, before)); err != nil {
				return nil, err
			}
		}
		if err == nil {
			err = s.Reset(context.Background())
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("seed the shop: %w", err), s.abandon())
	}
	return s, nil
}

// newShop opens the files of both sides and ties them together, without a look at
// the data.
func newShop(dir string, opts shopOptions) (_ *shop, err error) {
	s := &shop{now: opts.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if s.files, err = openFiles(dir, opts); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.abandon())
		}
	}()
	var wg sync.WaitGroup
	errs := make([]error, 4)
	wg.Go(func() {
		defer orchestrator.Guard(&errs[0])()
		var mono *monolith.Monolith
		mono, errs[0] = monolith.Open(s.files[legacyNode], monolith.Options{
			Now: s.now, Seed: opts.LatencySeed,
			Latency: monolith.Range{Min: opts.LatencyLow, Max: opts.LatencyHigh},
		})
		if errs[0] == nil {
			s.legacy = legacy.New(mono, legacy.Hooks{OnCustomer: s.customerChanged, OnOrder: s.legacyOrderChanged})
		}
	})
	wg.Go(func() {
		defer orchestrator.Guard(&errs[1])()
		s.users, errs[1] = user.New(s.files[userNode], s.now)
	})
	wg.Go(func() {
		defer orchestrator.Guard(&errs[2])()
		s.orders, errs[2] = order.New(s.files[orderNode], s.now)
	})
	wg.Go(func() {
		defer orchestrator.Guard(&errs[3])()
		s.shipping, errs[3] = shipping.New(s.files[shippingNode], s.now)
	})
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, svc := range []interface {
		Trust(c *orchestrator.Credentials)
	}{s.legacy, s.users, s.orders, s.shipping} {
		svc.Trust(opts.Credentials)
	}
	s.users.OnChange(s.personChanged)
	s.orders.OnChange(s.orderChanged)
	s.shipping.OnChange(s.shipmentChanged)
	s.sync, err = datasync.Open(datasync.Options{
		Nodes: s.nodes(), Owner: owner, Now: opts.Now, Carry: opts.Carry, Audit: opts.Audit, Logger: opts.Logger,
	})
	if err != nil {
		return nil, err
	}
	s.services = s.sync.Services()
	return s, nil
}

// Services returns both eras of the shop, each service behind the barrier that
// lets everybody read their own writes.
func (s *shop) Services() []orchestrator.Service { return slices.Clone(s.services) }

// Directory returns who knows the users.
func (s *shop) Directory() orchestrator.Directory { return s.users }

// Reset puts the shop back as it was on the first day, counted from today. If it
// is cut off, the next openShop does it again.
func (s *shop) Reset(ctx context.Context) error {
	day, err := readFirstDay(s.now())
	if err != nil {
		return err
	}
	return s.sync.Reset(ctx, func(tx *bbolt.Tx, node string) error { return s.seed(tx, node, day) })
}

// drainFor is how long Close waits for changes to reach the other side. What does
// not reach it is in the files and does so after the next start.
const drainFor = 2 * time.Second

// Close brings what was changed to both sides, unless they are to lag behind, and
// lets go of the files. No call may be under way.
func (s *shop) Close() error {
	if st := s.sync.Status(); st.Lag == 0 && !st.Paused {
		ctx, cancel := context.WithTimeout(context.Background(), drainFor)
		defer cancel()
		_ = s.sync.Drain(ctx) // see drainFor
	}
	return s.abandon()
}

// abandon lets go of the files as they are.
func (s *shop) abandon() error {
	var err error
	if s.sync != nil {
		err = s.sync.Close()
	}
	return errors.Join(err, closeFiles(s.files))
}
