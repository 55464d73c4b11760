package order

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"banyan/services/storage"

	"go.etcd.io/bbolt"
)

// Status is how far an order is.
type Status string

// The states of an order.
const (
	Processing Status = "processing"
	Shipped    Status = "shipped"
	Delivered  Status = "delivered"
	Cancelled  Status = "cancelled"
	Returned   Status = "returned"
)

// Record is an order as the service keeps it. Times are UTC, zero if it has not
// happened.
type Record struct {
	ID          string    `json:"id"`    // four digits, the key
	Email       string    `json:"email"` // of the customer, lower case
	Status      Status    `json:"status"`
	PlacedAt    time.Time `json:"placed"`
	ShippedAt   time.Time `json:"shipped,omitzero"`
	DeliveredAt time.Time `json:"delivered,omitzero"`
	CancelledAt time.Time `json:"cancelled,omitzero"`
	ReturnedAt  time.Time `json:"returned,omitzero"`
	Lines       []Line    `json:"lines"`
}

// Line is one item of an order. A quantity of 0 means that it was removed and can
// be put back.
type Line struct {
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Cents    int64  `json:"cents"` // the price of one, in euro cents
}

// The collections: orders by ID, and the IDs by customer and time.
const (
	orders     = "orders"
	byCustomer = "by_customer"
)

// Get returns the order with that ID in the caller's transaction; ok is false if
// there is none.
func (s *Service) Get(tx *bbolt.Tx, id string) (r Record, ok bool, err error) {
	return storage.Get[Record](s.store.Collection(tx, orders), id)
}

// Put adds or replaces an order in the caller's transaction, without telling the
// hook of OnChange. ID, email and the time of placing must be given.
func (s *Service) Put(tx *bbolt.Tx, r Record) error {
	r.Email = strings.ToLower(r.Email)
	if r.ID == "" || r.Email == "" || r.PlacedAt.IsZero() {
		return fmt.Errorf("order %q has no number, customer or time", r.ID)
	}
	before, replaces, err := s.Get(tx, r.ID)
	if err != nil {
		return err
	}
	index := s.store.Collection(tx, byCustomer)
	if replaces && string(indexKey(before)) != string(indexKey(r)) {
		if err := index.Delete(indexKey(before)); err != nil {
			return fmt.Errorf("write order %s: %w", r.ID, err)
		}
		replaces = false
	}
	if !replaces {
		if err := index.Put(indexKey(r), []byte(r.ID)); err != nil {
			return fmt.Errorf("write order %s: %w", r.ID, err)
		}
	}
	return storage.Put(s.store.Collection(tx, orders), r.ID, r)
}

// EachOf calls fn for the customer's orders, newest first, until it returns false.
func (s *Service) EachOf(tx *bbolt.Tx, email string, fn func(Record) (more bool)) error {
	prefix := strings.ToLower(email) + "\x00"
	all := s.store.Collection(tx, orders)
	c := s.store.Collection(tx, byCustomer).Cursor()
	// The byte after the separator is past the end of the customer's keys.
	last := c.Prev
	if k, _ := c.Seek([]byte(strings.ToLower(email) + "\x01")); k == nil {
		last = c.Last
	}
	for k, id := last(); k != nil && strings.HasPrefix(string(k), prefix); k, id = c.Prev() {
		r, ok, err := storage.Get[Record](all, string(id))
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("order %s is in the index and not in the store", id)
		}
		if !fn(r) {
			return nil
		}
	}
	return nil
}

// Each calls fn for all orders by their numbers and stops at the first error,
// which it returns.
func (s *Service) Each(tx *bbolt.Tx, fn func(Record) error) error {
	b := s.store.Collection(tx, orders)
	return b.ForEach(func(k, _ []byte) error {
		r, _, err := storage.Get[Record](b, string(k))
		if err != nil {
			return err
		}
		return fn(r)
	})
}

// Clear forgets all orders in the caller's transaction.
func (s *Service) Clear(tx *bbolt.Tx) error { return s.store.Clear(tx) }

// indexKey sorts a customer's orders by the time of placing, then by number.
func indexKey(r Record) []byte {
	k := append([]byte(r.Email), 0)
	k = binary.BigEndian.AppendUint64(k, uint64(max(r.PlacedAt.Unix(), 0))) //nolint:gosec // not negative
	return append(k, r.ID...)
}
