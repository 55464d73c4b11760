package shipping

import (
	"fmt"
	"strings"
	"time"

	"banyan/services/storage"

	"go.etcd.io/bbolt"
)

// Status is how far the order of a shipment is.
type Status string

// The states of an order.
const (
	Processing Status = "processing"
	Shipped    Status = "shipped"
	Delivered  Status = "delivered"
	Cancelled  Status = "cancelled"
	Returned   Status = "returned"
)

// Record is a shipment as the service keeps it, one for every order from the day
// it is placed. Times are UTC, zero if it has not happened.
type Record struct {
	OrderID     string    `json:"order_id"` // four digits, the key
	Email       string    `json:"email"`    // of the customer, lower case
	Status      Status    `json:"status"`
	PlacedAt    time.Time `json:"placed"`
	ShippedAt   time.Time `json:"shipped,omitzero"`
	DeliveredAt time.Time `json:"delivered,omitzero"`
	Address     string    `json:"address"`
	Carrier     string    `json:"carrier,omitempty"`
	Tracking    string    `json:"tracking,omitempty"`
	// Estimate is the day on which the parcel is expected, midnight UTC; zero if
	// nobody gave one.
	Estimate time.Time `json:"estimate,omitzero"`
}

// shipments is the collection of all shipments, by order.
const shipments = "shipments"

// Get returns the shipment of the order with that ID in the caller's transaction;
// ok is false if there is none.
func (s *Service) Get(tx *bbolt.Tx, orderID string) (r Record, ok bool, err error) {
	return storage.Get[Record](s.store.Collection(tx, shipments), orderID)
}

// Put adds or replaces a shipment in the caller's transaction, without telling the
// hook of OnChange. Order, email and the time of placing must be given.
func (s *Service) Put(tx *bbolt.Tx, r Record) error {
	r.Email = strings.ToLower(r.Email)
	if r.OrderID == "" || r.Email == "" || r.PlacedAt.IsZero() {
		return fmt.Errorf("shipment of order %q has no order, customer or time", r.OrderID)
	}
	return storage.Put(s.store.Collection(tx, shipments), r.OrderID, r)
}

// Each calls fn for all shipments by their orders and stops at the first error,
// which it returns.
func (s *Service) Each(tx *bbolt.Tx, fn func(Record) error) error {
	b := s.store.Collection(tx, shipments)
	return b.ForEach(func(k, _ []byte) error {
		r, _, err := storage.Get[Record](b, string(k))
		if err != nil {
			return err
		}
		return fn(r)
	})
}

// Clear forgets all shipments in the caller's transaction.
func (s *Service) Clear(tx *bbolt.Tx) error { return s.store.Clear(tx) }
