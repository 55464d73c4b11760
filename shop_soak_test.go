package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/orchestrator/datasync"
	"banyan/services/order"
)

// writes is how many changes TestShopSoak makes; `make soak` says 10000.
var (
	writes   = flag.Int("writes", 1500, "how many changes TestShopSoak makes")
	soakSeed = flag.Uint64("soakseed", 0, "the seed of TestShopSoak; 0 takes another one each time")
)

// wrote is a change that was acknowledged.
type wrote struct {
	node  string
	kind  datasync.Kind
	key   string
	owner string
}

// soak is the test as it goes on.
type soak struct {
	t       *testing.T
	shop    testShop
	turmoil *turmoil
	count   atomic.Int64

	mu    sync.Mutex // guards acked
	acked map[string]wrote
}

// TestShopSoak makes changes at random on both sides, from several customers at
// once, while events are lost, repeated, late and cut off, and while the program
// crashes, in between and in the middle of a batch. After three of four changes
// that were acknowledged everybody else is asked for it. At the end both sides are equal, and
// every acknowledged change has come to everybody who keeps the entity, once.
func TestShopSoak(t *testing.T) {
	t.Parallel()
	seed := *soakSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-soakseed %d", seed)
	c := &turmoil{rng: rand.New(rand.NewPCG(seed, 1)), before: map[string]datasync.Batch{}}
	s := &soak{t: t, turmoil: c, acked: map[string]wrote{}}
	dir := t.TempDir()
	began := time.Now()
	for int(s.count.Load()) < *writes && !t.Failed() {
		s.run(dir, seed)
	}
	took := time.Since(began)
	c.rng = rand.New(calm{})
	s.open(dir)
	s.verify()
	t.Logf("%d changes acknowledged in %s: %d crashes (%d in the middle of a batch), %d batches twice, %d once more later, %d lost, %d in parts",
		len(s.acked), took.Round(time.Millisecond), c.crashes.Load(), c.middles.Load(), c.duplicates.Load(), c.old.Load(), c.lost.Load(), c.parts.Load())
}

// calm is a source of numbers with which nothing goes wrong.
type calm struct{}

func (calm) Uint64() uint64 { return 1<<64 - 1 }

func (s *soak) open(dir string) {
	s.t.Helper()
	s.turmoil.down.Store(false)
	s.turmoil.mu.Lock()
	clear(s.turmoil.before)
	s.turmoil.mu.Unlock()
	var err error
	for range 20 { // it may crash while it opens
		var opened *shop
		opened, err = openShop(dir, shopOptions{
			NoSync: true, Wait: time.Second, Audit: s.turmoil.audit,
			Carry: func(direct datasync.Transport) datasync.Transport { s.turmoil.direct = direct; return s.turmoil },
		})
		if err == nil {
			s.shop = testShop{opened, s.t, dir}
			s.t.Cleanup(func() { _ = opened.abandon() })
			return
		}
	}
	s.t.Fatal(err)
}

// run is one life of the program, from its start to its crash.
func (s *soak) run(dir string, seed uint64) {
	s.open(dir)
	const writers = 4
	var wg sync.WaitGroup
	people := s.shop.people()
	for w := range writers {
		rng := rand.New(rand.NewPCG(seed+uint64(s.count.Load()), uint64(w)+2))
		wg.Go(func() {
			for int(s.count.Load()) < *writes && !s.turmoil.down.Load() && !s.t.Failed() {
				p := people[rng.IntN(len(people)/writers)*writers+w]
				if p.Role == orchestrator.Customer {
					s.change(rng, p.Email)
				}
			}
		})
	}
	wg.Wait()
	s.turmoil.down.Store(true)
	if err := s.shop.abandon(); err != nil {
		s.t.Fatal(err)
	}
}

// change makes one change for a customer and asks everybody for it.
func (s *soak) change(rng *rand.Rand, email string) {
	n := s.count.Add(1)
	key := fmt.Sprintf("change %d", n)
	era := []orchestrator.Era{orchestrator.Legacy, orchestrator.Modern}[rng.IntN(2)]
	node := map[orchestrator.Era]map[datasync.Kind]string{
		orchestrator.Legacy: {customerKind: legacyNode, orderKind: legacyNode, shipmentKind: legacyNode},
		orchestrator.Modern: {customerKind: userNode, orderKind: orderNode, shipmentKind: shippingNode},
	}
	address := fmt.Sprintf("%d Elm Street, 0150 Oslo", n)
	intent, kind, entity, a := "update_phone", customerKind, email, args{"phone": fmt.Sprintf("+47 %08d", n)}
	r := s.shop.openOrder(email, rng)
	switch choice := rng.IntN(6); {
	case choice == 0 || choice < 4 && r == nil:
		intent, a = "update_address", args{"address": address}
	case choice == 1 && r.Status == "processing":
		intent, kind, a = "change_delivery_address", shipmentKind, args{"address": address}
	case choice == 2 && r.Status == "processing":
		intent, kind, a = "change_order", orderKind, args{"item": r.Lines[0].Name, "quantity": float64(r.Lines[0].Quantity%90 + 1)}
	case choice == 3 && r.Status == "processing":
		intent, kind, a = "cancel_order", orderKind, args{}
	case choice < 4 && r.Status == "cancelled":
		intent, kind, a, era = "reinstate_order", orderKind, args{}, orchestrator.Modern
	}
	if kind != customerKind {
		entity = r.ID
		a["order_id"] = r.ID
	}
	switch rng.IntN(30) {
	case 0:
		s.shop.sync.SetPaused(true)
	case 1, 2:
		s.shop.sync.SetPaused(false)
	}
	_, err := s.shop.call(era, email, intent, a, withKey(key))
	if err != nil {
		if code := codeOf(err); code != orchestrator.CodeUnavailable && !strings.HasPrefix(code, "uncoded") {
			s.t.Errorf("%s on %s: %v", intent, era, err)
		}
		return
	}
	w := wrote{node[era][kind], kind, entity, email}
	s.mu.Lock()
	s.acked[key] = w
	s.mu.Unlock()
	if rng.IntN(4) > 0 { // otherwise it waits with others
		s.readBack(w, key, intent, a)
	}
}

// openOrder is an order of the customer, as the order service has it, that can be
// changed or reinstated; nil if there is none.
func (s testShop) openOrder(email string, rng *rand.Rand) *order.Record {
	var all []order.Record
	if s.sync.Barrier(context.Background(), orderNode, email) != nil {
		return nil
	}
	for _, r := range s.ordersOf(email) {
		if r.Status == "processing" || r.Status == "cancelled" && r.ShippedAt.IsZero() && time.Since(r.CancelledAt) < time.Hour {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return &all[rng.IntN(len(all))]
}

// readBack asks every node that keeps the entity for it, through the barrier.
func (s *soak) readBack(w wrote, key, intent string, a args) {
	states := map[string]string{}
	for _, n := range s.shop.nodes() {
		h, ok := n.Holds[w.kind]
		if !ok {
			continue
		}
		if err := s.shop.sync.Barrier(context.Background(), n.Name, w.owner); err != nil {
			return // it has crashed, or something was lost
		}
		if err := n.DB.View(func(tx *bbolt.Tx) error {
			raw, err := h.Get(tx, w.key)
			states[n.Name] = string(raw)
			return err
		}); err != nil {
			return
		}
	}
	want := states[w.node]
	for node, got := range states {
		if node == shippingNode && w.kind == orderKind {
			got, want := statusIn(s.t, got), statusIn(s.t, want)
			if got != want {
				s.t.Errorf("%s (%s): shipping says that the order is %s, %s says %s", key, intent, got, w.node, want)
			}
			continue
		}
		if got != want {
			s.t.Errorf("%s (%s %v):\n%s says %s\n%s says %s", key, intent, a, w.node, want, node, got)
		}
	}
	for name, v := range a {
		if text, ok := v.(string); ok && name != "order_id" && !strings.Contains(want, text) {
			s.t.Errorf("%s (%s %v) is read as %s", key, intent, a, want)
		}
	}
}

func statusIn(tb testing.TB, raw string) string {
	tb.Helper()
	var st orderState
	if err := json.Unmarshal([]byte(raw), &st); err != nil {
		tb.Error(err)
	}
	return st.Status
}

// verify holds the files against what was acknowledged.
func (s *soak) verify() {
	s.shop.drain()
	differences, err := s.shop.sync.Compare(context.Background())
	if err != nil || len(differences) > 0 {
		s.t.Errorf("%d differences, first %v, %v", len(differences), differences[:min(3, len(differences))], err)
	}
	st := s.shop.sync.Status()
	for _, stream := range st.Streams {
		if stream.Pending > 0 {
			s.t.Errorf("something is under way: %+v", stream)
		}
	}
	if st.Conflicts > 0 {
		s.t.Errorf("%d conflicts", st.Conflicts)
	}
	s.shop.snapshot()
	ledgers := map[string]map[string][]datasync.Event{} // by node and cause
	for _, n := range s.shop.nodes() {
		ledgers[n.Name] = map[string][]datasync.Event{}
		if err := n.DB.View(func(tx *bbolt.Tx) error {
			ledger := tx.Bucket(appliedLedger)
			if ledger == nil {
				return nil
			}
			return ledger.ForEach(func(k, _ []byte) error {
				rows, err := ledgerRow(ledger, string(k))
				ledgers[n.Name][string(k)] = rows
				if len(rows) != 1 {
					s.t.Errorf("%s was applied %d times to %s", k, len(rows), n.Name)
				}
				return err
			})
		}); err != nil {
			s.t.Fatal(err)
		}
	}
	passed := 0
	for cause, w := range s.acked {
		for _, n := range s.shop.nodes() {
			if _, keeps := n.Holds[w.kind]; !keeps || n.Name == w.node || len(ledgers[n.Name][cause]) == 1 {
				continue
			}
			if n.Name == shippingNode && w.kind == orderKind && s.passed(ledgers, cause, w) {
				passed++
				continue
			}
			s.t.Errorf("%s of %s (%s %s) never came to %s", cause, w.node, w.kind, w.key, n.Name)
		}
	}
	s.t.Logf("%d states of orders came to shipping after a later one of the other side and were dropped", passed)
}

// passed tells whether shipping, which hears of an order from both sides, has a
// later state of it than the event's.
func (s *soak) passed(ledgers map[string]map[string][]datasync.Event, cause string, w wrote) bool {
	var at []datasync.Event
	for _, node := range []string{legacyNode, orderNode} {
		at = append(at, ledgers[node][cause]...)
	}
	return len(at) == 1 && slices.ContainsFunc(slices.Collect(maps.Values(ledgers[shippingNode])), func(rows []datasync.Event) bool {
		return rows[0].Kind == w.kind && rows[0].Key == w.key && rows[0].Version.Compare(at[0].Version) == datasync.Later
	})
}
