package main

import (
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/orchestrator"
	"banyan/orchestrator/datasync"
	"banyan/services/order"
	"banyan/services/shipping"
	"banyan/services/user"
)

// The states in which entities travel between the nodes. Times are UTC, absent if
// it has not happened.

type customerState struct {
	Email   string    `json:"email"`
	Name    string    `json:"name"`
	Phone   string    `json:"phone"`
	Address string    `json:"address"`
	Since   time.Time `json:"since,omitzero"`
}

type orderState struct {
	ID        string      `json:"id"`
	Email     string      `json:"email"`
	Status    string      `json:"status"`
	Placed    time.Time   `json:"placed,omitzero"`
	Shipped   time.Time   `json:"shipped,omitzero"`
	Delivered time.Time   `json:"delivered,omitzero"`
	Cancelled time.Time   `json:"cancelled,omitzero"`
	Returned  time.Time   `json:"returned,omitzero"`
	Items     []itemState `json:"items"`
}

type itemState struct {
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Cents    int64  `json:"cents"`
}

type shipmentState struct {
	ID       string    `json:"id"`
	Address  string    `json:"address"`
	Carrier  string    `json:"carrier"`
	Tracking string    `json:"tracking"`
	Estimate time.Time `json:"estimate,omitzero"`
}

// The modern side's translations.

func personState(p user.Person) customerState {
	return customerState{Email: p.Email, Name: p.Name, Phone: p.Phone, Address: p.Address, Since: p.Since.UTC()}
}

func recordState(r order.Record) orderState {
	st := orderState{
		ID: r.ID, Email: r.Email, Status: string(r.Status),
		Placed: r.PlacedAt, Shipped: r.ShippedAt, Delivered: r.DeliveredAt, Cancelled: r.CancelledAt, Returned: r.ReturnedAt,
	}
	for _, l := range r.Lines {
		st.Items = append(st.Items, itemState(l))
	}
	return st
}

func (st orderState) record() order.Record {
	r := order.Record{
		ID: st.ID, Email: st.Email, Status: order.Status(st.Status),
		PlacedAt: st.Placed, ShippedAt: st.Shipped, DeliveredAt: st.Delivered, CancelledAt: st.Cancelled, ReturnedAt: st.Returned,
	}
	for _, it := range st.Items {
		r.Lines = append(r.Lines, order.Line(it))
	}
	return r
}

func parcelState(r shipping.Record) shipmentState {
	return shipmentState{ID: r.OrderID, Address: r.Address, Carrier: r.Carrier, Tracking: r.Tracking, Estimate: r.Estimate}
}

// The legacy side's translations: from what the anti-corruption layer returns to
// what the microservices would have.

func personOf(c legacy.Customer) user.Person {
	return user.Person{Email: strings.ToLower(c.Email), Name: c.Name, Role: orchestrator.Customer, Phone: c.Phone, Address: c.Address, Since: c.Since}
}

func orderOf(o legacy.Order) order.Record {
	r := order.Record{
		ID: o.ID, Email: strings.ToLower(o.Email), Status: order.Status(o.Status),
		PlacedAt: o.Placed, ShippedAt: o.Shipped, DeliveredAt: o.Delivered, CancelledAt: o.Cancelled, ReturnedAt: o.Returned,
	}
	for _, it := range o.Items {
		r.Lines = append(r.Lines, order.Line{Name: it.Name, Quantity: it.Quantity, Cents: int64(it.PriceCents)})
	}
	return r
}

func shipmentOf(o legacy.Order) shipping.Record {
	return shipping.Record{
		OrderID: o.ID, Email: strings.ToLower(o.Email), Status: shipping.Status(o.Status),
		PlacedAt: o.Placed, ShippedAt: o.Shipped, DeliveredAt: o.Delivered,
		Address: o.Address, Carrier: o.Carrier, Tracking: o.Tracking, Estimate: o.Estimated,
	}
}

// How the monolith keeps them.

func (s *shop) legacyCustomers() datasync.Holding {
	return holding(true,
		func(tx *bbolt.Tx, st customerState) error {
			c, ok, err := s.legacy.LoadCustomer(tx, st.Email)
			if err != nil {
				return err
			}
			if !ok {
				c.Email = st.Email
			}
			c.Name, c.Phone, c.Address, c.Since = st.Name, st.Phone, st.Address, st.Since
			return s.legacy.PutCustomer(tx, c)
		},
		func(tx *bbolt.Tx, key string) (customerState, bool, error) {
			c, ok, err := s.legacy.LoadCustomer(tx, key)
			return personState(personOf(c)), ok, err
		},
		func(tx *bbolt.Tx, fn func(key, owner string) error) error {
			return s.legacy.Each(tx,
				func(c legacy.Customer) error { email := personOf(c).Email; return fn(email, email) },
				func(legacy.Order) error { return nil })
		})
}

func (s *shop) legacyOrders() datasync.Holding {
	return holding(true,
		func(tx *bbolt.Tx, st orderState) error {
			// What belongs to the shipment is left empty, which leaves what is stored.
			o := legacy.Order{
				ID: st.ID, Email: st.Email, Status: st.Status,
				Placed: st.Placed, Shipped: st.Shipped, Delivered: st.Delivered, Cancelled: st.Cancelled, Returned: st.Returned,
			}
			for _, it := range st.Items {
				o.Items = append(o.Items, legacy.Item{Name: it.Name, Quantity: it.Quantity, PriceCents: int(it.Cents)})
			}
			return s.legacy.PutOrder(tx, o)
		},
		func(tx *bbolt.Tx, key string) (orderState, bool, error) {
			o, ok, err := s.legacy.LoadOrder(tx, key)
			return recordState(orderOf(o)), ok, err
		},
		s.eachLegacyOrder)
}

func (s *shop) legacyShipments() datasync.Holding {
	return holding(true,
		func(tx *bbolt.Tx, st shipmentState) error {
			return s.legacy.PutDelivery(tx, legacy.Order{
				ID: st.ID, Address: st.Address, Carrier: st.Carrier, Tracking: st.Tracking, Estimated: st.Estimate,
			})
		},
		func(tx *bbolt.Tx, key string) (shipmentState, bool, error) {
			o, ok, err := s.legacy.LoadOrder(tx, key)
			return parcelState(shipmentOf(o)), ok, err
		},
		s.eachLegacyOrder)
}

func (s *shop) eachLegacyOrder(tx *bbolt.Tx, fn func(key, owner string) error) error {
	return s.legacy.Each(tx,
		func(legacy.Customer) error { return nil },
		func(o legacy.Order) error { return fn(o.ID, orderOf(o).Email) })
}
