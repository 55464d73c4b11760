package main

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/legacy/monolith"
	"banyan/orchestrator"
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
}

// shop is the demo shop: the monolith behind its anti-corruption layer, and the
// microservices that grow around it, all in one database.
type shop struct {
	db       *bbolt.DB
	now      func() time.Time
	legacy   *legacy.Service
	users    *user.Service
	orders   *order.Service
	shipping *shipping.Service
}

// openShop opens the shop in db and seeds it if it is empty. The caller keeps db
// and closes it.
func openShop(db *bbolt.DB, opts shopOptions) (*shop, error) {
	s, err := newShop(db, opts)
	if err != nil {
		return nil, err
	}
	empty := false
	if err := db.View(func(tx *bbolt.Tx) error {
		empty = s.users.Empty(tx)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read the shop: %w", err)
	}
	if !empty {
		return s, nil
	}
	// Two processes cannot get here at once: the first one holds the file. What is
	// seeded is seeded in one transaction, so a shop is either empty or complete.
	if err := db.Update(s.seed); err != nil {
		return nil, fmt.Errorf("seed the shop: %w", err)
	}
	return s, nil
}

// newShop builds both sides and ties them together, without a look at the data.
func newShop(db *bbolt.DB, opts shopOptions) (*shop, error) {
	s := &shop{db: db, now: opts.Now}
	if s.now == nil {
		s.now = time.Now
	}
	mono, err := monolith.Open(db, monolith.Options{
		Now: s.now, Seed: opts.LatencySeed,
		Latency: monolith.Range{Min: opts.LatencyLow, Max: opts.LatencyHigh},
	})
	if err != nil {
		return nil, err
	}
	s.legacy = legacy.New(mono, legacy.Hooks{OnCustomer: s.customerFromLegacy, OnOrder: s.orderFromLegacy})
	if s.users, err = user.New(db, s.now); err != nil {
		return nil, err
	}
	if s.orders, err = order.New(db, s.now); err != nil {
		return nil, err
	}
	if s.shipping, err = shipping.New(db, s.now); err != nil {
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
	return s, nil
}

// Services returns both eras of the shop.
func (s *shop) Services() []orchestrator.Service {
	return []orchestrator.Service{s.legacy, s.users, s.orders, s.shipping}
}

// Directory returns who knows the users.
func (s *shop) Directory() orchestrator.Directory { return s.users }

// Reset puts the shop back as it was on the first day, counted from today: both
// sides at once, or not at all.
func (s *shop) Reset(ctx context.Context) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, clear := range []func(*bbolt.Tx) error{s.legacy.Reset, s.users.Clear, s.orders.Clear, s.shipping.Clear} {
			if err := clear(tx); err != nil {
				return err
			}
		}
		return s.seed(tx)
	})
}

// resetShop puts the shop in db back, without a look at what is in it.
func resetShop(db *bbolt.DB) error {
	s, err := newShop(db, shopOptions{})
	if err != nil {
		return err
	}
	return s.Reset(context.Background())
}
