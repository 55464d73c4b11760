package main

import (
	"fmt"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/services/order"
	"banyan/services/shipping"
	"banyan/services/user"
)

// The two eras keep their data apart, each in its own shape. They are kept in step
// by the simplest thing that is correct: whoever changes something hands the new
// state to the others within its own database transaction.
//
// Why that is correct: bbolt has one write transaction at a time and readers see
// the last one that was committed, all of it or nothing. So the change and its
// copies become visible in one moment; nobody can read the one without the
// others, two changes cannot cross each other, and a crash or an error anywhere
// takes back all of them together. A Put calls no hook, so nothing goes in circles.
// The monolith takes its own lock before the transaction and a Put takes no lock,
// so the order of locks is always the same. What one side alone knows (points,
// payment methods, refunds, the newsletter) stays as it is there.
//
// It works only while both sides live in one database.

// personChanged carries a profile from the user service to the monolith.
func (s *shop) personChanged(tx *bbolt.Tx, p user.Person) error {
	c, ok, err := s.legacy.LoadCustomer(tx, p.Email)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("the monolith does not know the customer %s", p.Email)
	}
	c.Name, c.Phone, c.Address = p.Name, p.Phone, p.Address
	return s.legacy.PutCustomer(tx, c)
}

// orderChanged carries an order from the order service to shipping and the
// monolith.
func (s *shop) orderChanged(tx *bbolt.Tx, r order.Record) error {
	parcel, ok, err := s.shipping.Get(tx, r.ID)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("shipping does not know the order %s", r.ID)
	}
	parcel.Status = shipping.Status(r.Status)
	parcel.ShippedAt, parcel.DeliveredAt = r.ShippedAt, r.DeliveredAt
	if err := s.shipping.Put(tx, parcel); err != nil {
		return err
	}
	return s.legacy.PutOrder(tx, legacyOrder(r, parcel))
}

// shipmentChanged carries a shipment from the shipping service to the monolith.
func (s *shop) shipmentChanged(tx *bbolt.Tx, parcel shipping.Record) error {
	r, ok, err := s.orders.Get(tx, parcel.OrderID)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("the order service does not know the order %s", parcel.OrderID)
	}
	return s.legacy.PutOrder(tx, legacyOrder(r, parcel))
}

// customerFromLegacy carries a customer from the monolith to the user service.
func (s *shop) customerFromLegacy(tx *bbolt.Tx, c legacy.Customer) error {
	return s.users.Put(tx, personOf(c))
}

// orderFromLegacy carries an order from the monolith to the order and the shipping
// service.
func (s *shop) orderFromLegacy(tx *bbolt.Tx, o legacy.Order) error {
	r, parcel := modernOrder(o)
	if err := s.orders.Put(tx, r); err != nil {
		return err
	}
	return s.shipping.Put(tx, parcel)
}

func personOf(c legacy.Customer) user.Person {
	return user.Person{Email: c.Email, Name: c.Name, Role: "customer", Phone: c.Phone, Address: c.Address, Since: c.Since}
}

// legacyOrder puts together what the monolith keeps in one record.
func legacyOrder(r order.Record, parcel shipping.Record) legacy.Order {
	o := legacy.Order{
		ID: r.ID, Email: r.Email, Status: string(r.Status),
		Placed: r.PlacedAt, Shipped: r.ShippedAt, Delivered: r.DeliveredAt, Cancelled: r.CancelledAt, Returned: r.ReturnedAt,
		Address: parcel.Address, Carrier: parcel.Carrier, Tracking: parcel.Tracking, Estimated: parcel.Estimate,
	}
	for _, l := range r.Lines {
		o.Items = append(o.Items, legacy.Item{Name: l.Name, Quantity: l.Quantity, PriceCents: int(l.Cents)})
	}
	return o
}

// modernOrder takes apart what the monolith keeps in one record.
func modernOrder(o legacy.Order) (order.Record, shipping.Record) {
	r := order.Record{
		ID: o.ID, Email: o.Email, Status: order.Status(o.Status),
		PlacedAt: o.Placed, ShippedAt: o.Shipped, DeliveredAt: o.Delivered, CancelledAt: o.Cancelled, ReturnedAt: o.Returned,
	}
	for _, it := range o.Items {
		r.Lines = append(r.Lines, order.Line{Name: it.Name, Quantity: it.Quantity, Cents: int64(it.PriceCents)})
	}
	return r, shipping.Record{
		OrderID: o.ID, Email: o.Email, Status: shipping.Status(o.Status),
		PlacedAt: o.Placed, ShippedAt: o.Shipped, DeliveredAt: o.Delivered,
		Address: o.Address, Carrier: o.Carrier, Tracking: o.Tracking, Estimate: o.Estimated,
	}
}
