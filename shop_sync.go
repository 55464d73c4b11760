package main

import (
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/orchestrator"
	"banyan/orchestrator/datasync"
	"banyan/services/order"
	"banyan/services/shipping"
	"banyan/services/user"
)

// The nodes of the shop; each has the file of that name in the data folder.
const (
	legacyNode   = "monolith"
	userNode     = "user"
	orderNode    = "order"
	shippingNode = "shipping"
)

// The kinds of entities that both sides keep. The monolith has order and shipment
// in one record. What one side alone knows (points, payment methods, refunds, the
// newsletter) stays as it is there.
const (
	customerKind datasync.Kind = "customer"
	orderKind    datasync.Kind = "order"
	shipmentKind datasync.Kind = "shipment"
)

// nodes says who keeps what.
func (s *shop) nodes() []datasync.Node {
	return []datasync.Node{
		{
			Name: legacyNode, Era: orchestrator.Legacy, DB: s.files[legacyNode], Service: s.legacy,
			Holds: map[datasync.Kind]datasync.Holding{
				customerKind: s.legacyCustomers(), orderKind: s.legacyOrders(), shipmentKind: s.legacyShipments(),
			},
		},
		{
			Name: userNode, Era: orchestrator.Modern, DB: s.files[userNode], Service: s.users,
			Holds: map[datasync.Kind]datasync.Holding{customerKind: s.customers()},
		},
		{
			Name: orderNode, Era: orchestrator.Modern, DB: s.files[orderNode], Service: s.orders,
			Holds: map[datasync.Kind]datasync.Holding{orderKind: s.modernOrders()},
		},
		{
			Name: shippingNode, Era: orchestrator.Modern, DB: s.files[shippingNode], Service: s.shipping,
			Holds: map[datasync.Kind]datasync.Holding{orderKind: s.followedOrders(), shipmentKind: s.shipments()},
		},
	}
}

// owner is whom a call is about.
func owner(call orchestrator.Call) string {
	if call.Subject.Email != "" {
		return call.Subject.Email
	}
	email, _ := call.Args["email"].(string)
	return email
}

// personChanged tells of a change of the user service.
func (s *shop) personChanged(ctx context.Context, tx *bbolt.Tx, c user.Change) error {
	p := c.Person
	return s.sync.Record(ctx, tx, userNode, datasync.Change{
		Name: c.Event, Kind: customerKind, Key: p.Email, Owner: p.Email, Cause: c.Key, DryRun: c.DryRun, State: personState(p),
	})
}

// orderChanged tells of a change of the order service.
func (s *shop) orderChanged(ctx context.Context, tx *bbolt.Tx, c order.Change) error {
	return s.sync.Record(ctx, tx, orderNode, datasync.Change{
		Name: c.Event, Kind: orderKind, Key: c.Order.ID, Owner: c.Order.Email, Cause: c.Key, DryRun: c.DryRun, State: recordState(c.Order),
	})
}

// shipmentChanged tells of a change of the shipping service.
func (s *shop) shipmentChanged(ctx context.Context, tx *bbolt.Tx, c shipping.Change) error {
	r := c.Shipment
	return s.sync.Record(ctx, tx, shippingNode, datasync.Change{
		Name: c.Event, Kind: shipmentKind, Key: r.OrderID, Owner: r.Email, Cause: c.Key, DryRun: c.DryRun, State: parcelState(r),
	})
}

// customerChanged tells of a change of a customer by the monolith.
func (s *shop) customerChanged(ctx context.Context, tx *bbolt.Tx, what legacy.Change, c legacy.Customer) error {
	p := personOf(c)
	return s.sync.Record(ctx, tx, legacyNode, datasync.Change{
		Name: what.Event, Kind: customerKind, Key: p.Email, Owner: p.Email, Cause: what.Key, DryRun: what.DryRun, State: personState(p),
	})
}

// legacyOrderChanged tells of a change of an order, or of its delivery, by the
// monolith.
func (s *shop) legacyOrderChanged(ctx context.Context, tx *bbolt.Tx, what legacy.Change, o legacy.Order) error {
	change := datasync.Change{Name: what.Event, Kind: orderKind, Key: o.ID, Owner: o.Email, Cause: what.Key, DryRun: what.DryRun}
	if what.Event == legacy.DeliveryAddressChanged {
		change.Kind, change.State = shipmentKind, parcelState(shipmentOf(o))
	} else {
		change.State = recordState(orderOf(o))
	}
	return s.sync.Record(ctx, tx, legacyNode, change)
}

// holding is a Holding whose states have the type T. load returns what the node has
// of an entity, ok is false if it has nothing.
func holding[T any](writes bool, put func(*bbolt.Tx, T) error, load func(tx *bbolt.Tx, key string) (state T, ok bool, err error), each func(*bbolt.Tx, func(key, owner string) error) error) datasync.Holding {
	return datasync.Holding{
		Writes: writes, Each: each,
		Put: func(tx *bbolt.Tx, raw json.RawMessage) error {
			var state T
			if err := json.Unmarshal(raw, &state); err != nil {
				return fmt.Errorf("read a state: %w", err)
			}
			return put(tx, state)
		},
		Get: func(tx *bbolt.Tx, key string) (json.RawMessage, error) {
			state, ok, err := load(tx, key)
			if err != nil || !ok {
				return nil, err
			}
			return json.Marshal(state)
		},
	}
}

func (s *shop) customers() datasync.Holding {
	return holding(true,
		func(tx *bbolt.Tx, st customerState) error {
			p, ok, err := s.users.Get(tx, st.Email)
			if err != nil {
				return err
			}
			if !ok {
				p.Role = orchestrator.Customer
			}
			p.Email, p.Name, p.Phone, p.Address, p.Since = st.Email, st.Name, st.Phone, st.Address, st.Since
			return s.users.Put(tx, p)
		},
		func(tx *bbolt.Tx, key string) (customerState, bool, error) {
			p, ok, err := s.users.Get(tx, key)
			return personState(p), ok && p.Role == orchestrator.Customer, err
		},
		func(tx *bbolt.Tx, fn func(key, owner string) error) error {
			return s.users.Each(tx, func(p user.Person) error {
				if p.Role != orchestrator.Customer {
					return nil
				}
				return fn(p.Email, p.Email)
			})
		})
}

func (s *shop) modernOrders() datasync.Holding {
	return holding(true,
		func(tx *bbolt.Tx, st orderState) error { return s.orders.Put(tx, st.record()) },
		func(tx *bbolt.Tx, key string) (orderState, bool, error) {
			r, ok, err := s.orders.Get(tx, key)
			return recordState(r), ok, err
		},
		func(tx *bbolt.Tx, fn func(key, owner string) error) error {
			return s.orders.Each(tx, func(r order.Record) error { return fn(r.ID, r.Email) })
		})
}

// followedOrders are what the shipping service keeps of the orders.
func (s *shop) followedOrders() datasync.Holding {
	h := holding(false,
		func(tx *bbolt.Tx, st orderState) error {
			r, _, err := s.shipping.Get(tx, st.ID)
			if err != nil {
				return err
			}
			r.OrderID, r.Email, r.Status = st.ID, st.Email, shipping.Status(st.Status)
			r.PlacedAt, r.ShippedAt, r.DeliveredAt = st.Placed, st.Shipped, st.Delivered
			return s.shipping.Put(tx, r)
		},
		func(tx *bbolt.Tx, key string) (orderState, bool, error) {
			r, ok, err := s.shipping.Get(tx, key)
			return orderState{
				ID: r.OrderID, Email: r.Email, Status: string(r.Status), Placed: r.PlacedAt, Shipped: r.ShippedAt, Delivered: r.DeliveredAt,
			}, ok, err
		},
		s.eachShipment)
	h.Fields = []string{"id", "email", "status", "placed", "shipped", "delivered"}
	return h
}

func (s *shop) shipments() datasync.Holding {
	return holding(true,
		func(tx *bbolt.Tx, st shipmentState) error {
			r, ok, err := s.shipping.Get(tx, st.ID)
			if err != nil {
				return err
			}
			if !ok {
				return fmt.Errorf("shipping does not know the order %s", st.ID)
			}
			r.Address, r.Carrier, r.Tracking, r.Estimate = st.Address, st.Carrier, st.Tracking, st.Estimate
			return s.shipping.Put(tx, r)
		},
		func(tx *bbolt.Tx, key string) (shipmentState, bool, error) {
			r, ok, err := s.shipping.Get(tx, key)
			return parcelState(r), ok, err
		},
		s.eachShipment)
}

func (s *shop) eachShipment(tx *bbolt.Tx, fn func(key, owner string) error) error {
	return s.shipping.Each(tx, func(r shipping.Record) error { return fn(r.OrderID, r.Email) })
}
