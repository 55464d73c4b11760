package legacy

import (
	"context"
	"fmt"
	"strings"
	"time"

	"banyan/legacy/monolith"

	"go.etcd.io/bbolt"
)

// Customer is all that the monolith keeps about a customer.
type Customer struct {
	Email, Name, Phone, Address string
	Since                       time.Time
	Closed                      time.Time // zero while the account is open
	Points                      int
	Tier                        string // basic, silver or gold; empty means basic
	Methods                     []PaymentMethod
	Newsletter                  bool
}

// PaymentMethod is one way in which a customer pays.
type PaymentMethod struct {
	Kind    string // card or invoice
	Label   string
	Expires string // YYYY-MM, empty if it does not
	Default bool
}

// Order is an order as both sides know it. Zero times have not happened.
type Order struct {
	ID     string // four digits
	Email  string
	Status string // processing, shipped, delivered, cancelled, returned

	Placed, Shipped, Delivered, Cancelled, Returned time.Time

	Items                      []Item
	Address, Carrier, Tracking string
	Estimated                  time.Time // the day of the expected delivery
}

// Item is one line of an order.
type Item struct {
	Name       string
	Quantity   int
	PriceCents int // for one
}

// PutCustomer stores a customer in the caller's write transaction, in place of what
// was known. It does not wait for the monolith's lock and calls no hook. Times
// are kept to the second.
func (s *Service) PutCustomer(tx *bbolt.Tx, c Customer) error {
	r := s.m.Copybook().New("CUSTOMER-RECORD")
	set(r, "CUST-EMAIL", c.Email)
	set(r, "CUST-NAME", c.Name)
	set(r, "CUST-PHONE", c.Phone)
	set(r, "CUST-ADDRESS", c.Address)
	r.SetTime("CUST-SINCE", c.Since)
	r.SetTime("CUST-CLOSED", c.Closed)
	r.SetNumber("CUST-POINTS", int64(c.Points))
	tier, ok := tiers()[c.Tier]
	if !ok {
		return fmt.Errorf("put customer %s: there is no tier %q", c.Email, c.Tier)
	}
	r.SetText("CUST-TIER", tier)
	r.SetFlag("CUST-NEWSLETTER", c.Newsletter)
	for _, pm := range c.Methods {
		kind, ok := methodKinds()[pm.Kind]
		expires, err := monolith.FormatYYMM(pm.Expires)
		if !ok || err != nil {
			return fmt.Errorf("put customer %s: payment method %q of kind %q, expiring %q, is not valid", c.Email, pm.Label, pm.Kind, pm.Expires)
		}
		e := r.Add("CUST-METHOD")
		e.SetText("PMTH-KIND", kind)
		set(e, "PMTH-LABEL", pm.Label)
		e.SetText("PMTH-EXPIRES-YYMM", expires)
		e.SetFlag("PMTH-DEFAULT", pm.Default)
	}
	return s.m.PutCustomer(tx, r)
}

// PutOrder stores an order in the caller's write transaction, in place of what was
// known, without waiting for the monolith's lock and without calling a hook. What
// only the monolith knows is kept and brought in line: a cancelled or returned
// order starts its refund, a shipped one gets its invoice. An empty Address,
// Carrier, Tracking or Estimated leaves what is stored.
func (s *Service) PutOrder(tx *bbolt.Tx, o Order) error {
	number, err := orderNumber(o.ID)
	if err != nil {
		return fmt.Errorf("put order %q: %w", o.ID, err)
	}
	status, ok := statuses()[o.Status]
	if !ok {
		return fmt.Errorf("put order %s: there is no status %q", o.ID, o.Status)
	}
	r := s.delivery(o)
	r.SetText("ORDR-NUMBER", number)
	set(r, "ORDR-CUST-EMAIL", o.Email)
	r.SetText("ORDR-STATUS", status)
	r.SetTime("ORDR-PLACED", o.Placed)
	r.SetTime("ORDR-SHIPPED", o.Shipped)
	r.SetTime("ORDR-DELIVERED", o.Delivered)
	r.SetTime("ORDR-CANCELLED", o.Cancelled)
	r.SetTime("ORDR-RETURNED", o.Returned)
	for _, it := range o.Items {
		e := r.Add("ORDR-ITEM")
		set(e, "ITEM-NAME", it.Name)
		e.SetNumber("ITEM-QUANTITY", int64(it.Quantity))
		e.SetNumber("ITEM-PRICE", int64(it.PriceCents))
	}
	return s.m.PutOrder(tx, r)
}

// PutDelivery stores ID, Address, Carrier, Tracking and Estimated of an order that
// the monolith has, as they are, in the caller's write transaction: nothing else of
// the order, without waiting for the monolith's lock and without calling a hook.
func (s *Service) PutDelivery(tx *bbolt.Tx, o Order) error {
	return s.m.PutDelivery(tx, s.delivery(o))
}

// delivery is a record with what PutDelivery stores.
func (s *Service) delivery(o Order) *monolith.Record {
	r := s.m.Copybook().New("ORDER-RECORD")
	r.SetText("ORDR-NUMBER", o.ID)
	set(r, "ORDR-ADDRESS", o.Address)
	set(r, "ORDR-CARRIER", o.Carrier)
	set(r, "ORDR-TRACKING", o.Tracking)
	r.SetDate("ORDR-ESTIMATE-DATE", o.Estimated)
	return r
}

// Each calls the functions for every customer and every order, and stops at the
// first error, which it returns. It only reads, so any transaction will do.
func (s *Service) Each(tx *bbolt.Tx, customer func(Customer) error, order func(Order) error) error {
	return s.m.Each(tx, func(r *monolith.Record) error {
		if r.Layout() == "CUSTOMER-RECORD" {
			return customer(customerOf(r))
		}
		o, err := transferOf(r)
		if err != nil {
			return err
		}
		return order(o)
	})
}

// LoadCustomer returns what the monolith knows of a customer; ok is false if it
// knows none of that email. It only reads, so any transaction will do.
func (s *Service) LoadCustomer(tx *bbolt.Tx, email string) (c Customer, ok bool, err error) {
	r, err := s.m.Customer(tx, email)
	if err != nil || r == nil {
		return Customer{}, false, err
	}
	return customerOf(r), true, nil
}

// LoadOrder is LoadCustomer for an order.
func (s *Service) LoadOrder(tx *bbolt.Tx, id string) (o Order, ok bool, err error) {
	r, err := s.m.Order(tx, id)
	if err != nil || r == nil {
		return Order{}, false, err
	}
	if o, err = transferOf(r); err != nil {
		return Order{}, false, err
	}
	return o, true, nil
}

// Reset empties the monolith's records in the caller's write transaction.
func (s *Service) Reset(tx *bbolt.Tx) error { return s.m.Reset(tx) }

// changed translates the monolith's notice of a change for the hooks.
func (h Hooks) changed(ctx context.Context, tx *bbolt.Tx, n monolith.Notice) error {
	event, known := events()[n.Code]
	if !known {
		return fmt.Errorf("nobody has said what transaction %s does", n.Code)
	}
	what, r := Change{Event: event, Key: n.RequestID, DryRun: n.Validated}, n.Record
	switch {
	case r.Layout() == "CUSTOMER-RECORD" && h.OnCustomer != nil:
		return h.OnCustomer(ctx, tx, what, customerOf(r))
	case r.Layout() == "ORDER-RECORD" && h.OnOrder != nil:
		o, err := transferOf(r)
		if err != nil {
			return err
		}
		return h.OnOrder(ctx, tx, what, o)
	}
	return nil
}

func customerOf(r *monolith.Record) Customer {
	c := Customer{
		Email: r.Text("CUST-EMAIL"), Name: r.Text("CUST-NAME"), Phone: r.Text("CUST-PHONE"), Address: r.Text("CUST-ADDRESS"),
		Since: r.Time("CUST-SINCE"), Closed: r.Time("CUST-CLOSED"),
		Points: int(r.Number("CUST-POINTS")), Tier: tierWord(r.Text("CUST-TIER")), Newsletter: r.Flag("CUST-NEWSLETTER"),
	}
	for _, e := range r.List("CUST-METHOD") {
		kind := "card"
		if e.Text("PMTH-KIND") == methodKinds()["invoice"] {
			kind = "invoice"
		}
		c.Methods = append(c.Methods, PaymentMethod{
			Kind: kind, Label: e.Text("PMTH-LABEL"), Expires: monolith.ParseYYMM(e.Text("PMTH-EXPIRES-YYMM")), Default: e.Flag("PMTH-DEFAULT"),
		})
	}
	return c
}

func transferOf(r *monolith.Record) (Order, error) {
	status, err := statusWord(r.Text("ORDR-STATUS"))
	o := Order{
		ID: r.Text("ORDR-NUMBER"), Email: r.Text("ORDR-CUST-EMAIL"), Status: status,
		Placed: r.Time("ORDR-PLACED"), Shipped: r.Time("ORDR-SHIPPED"), Delivered: r.Time("ORDR-DELIVERED"),
		Cancelled: r.Time("ORDR-CANCELLED"), Returned: r.Time("ORDR-RETURNED"),
		Address: r.Text("ORDR-ADDRESS"), Carrier: r.Text("ORDR-CARRIER"), Tracking: r.Text("ORDR-TRACKING"),
		Estimated: r.Date("ORDR-ESTIMATE-DATE"),
	}
	for _, e := range r.List("ORDR-ITEM") {
		o.Items = append(o.Items, Item{
			Name: e.Text("ITEM-NAME"), Quantity: int(e.Number("ITEM-QUANTITY")), PriceCents: int(e.Number("ITEM-PRICE")),
		})
	}
	return o, err
}

// set writes a text without the space around it, which a record would not keep.
func set(r *monolith.Record, field, v string) { r.SetText(field, strings.TrimSpace(v)) }

func tiers() map[string]string {
	return map[string]string{"": "B", "basic": "B", "silver": "S", "gold": "G"}
}

func tierWord(letter string) string {
	switch letter {
	case "S":
		return "silver"
	case "G":
		return "gold"
	}
	return "basic"
}

func methodKinds() map[string]string {
	return map[string]string{"": "C", "card": "C", "invoice": "I"}
}
