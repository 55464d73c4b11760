package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"banyan/legacy"
	"banyan/orchestrator"
	"banyan/services/user"
)

// shopJSON is what the shop holds on its first day.
//
//go:embed testdata/shop.json
var shopJSON []byte

// seedData is the form of testdata/shop.json.
type seedData struct {
	People []seedPerson `json:"people"`
	Orders []seedOrder  `json:"orders"`
}

type seedPerson struct {
	Email      string            `json:"email"`
	Name       string            `json:"name"`
	Role       orchestrator.Role `json:"role"`
	Phone      string            `json:"phone"`
	Address    string            `json:"address"`
	Joined     int               `json:"joined_days_ago"`
	Points     int               `json:"points"`
	Tier       string            `json:"tier"`
	Newsletter bool              `json:"newsletter"`
	Methods    []seedMethod      `json:"methods"`
}

type seedMethod struct {
	Kind    string `json:"kind"`
	Label   string `json:"label"`
	Expires int    `json:"expires_in_months"` // 0: it does not
	Default bool   `json:"default"`
}

type seedOrder struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Status    string     `json:"status"`
	Placed    *seedTime  `json:"placed"`
	Shipped   *seedTime  `json:"shipped"`
	Delivered *seedTime  `json:"delivered"`
	Cancelled *seedTime  `json:"cancelled"`
	Returned  *seedTime  `json:"returned"`
	Items     []seedItem `json:"items"`
	Address   string     `json:"address"`
	Carrier   string     `json:"carrier"`
	Tracking  string     `json:"tracking"`
	Expected  *int       `json:"expected_in_days"` // negative in the past
}

type seedItem struct {
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Cents    int    `json:"price_cents"`
}

// seedTime is a moment before the day of seeding, in the time zone that people see.
type seedTime struct {
	DaysAgo int    `json:"days_ago"`
	At      string `json:"at"` // HH:MM
}

// firstDay is what the shop holds on its first day.
type firstDay struct {
	customers []legacy.Customer
	staff     []user.Person
	orders    []legacy.Order
}

// readFirstDay reads the seed data. All dates count back from now.
func readFirstDay(now time.Time) (firstDay, error) {
	var data seedData
	var day firstDay
	if err := json.Unmarshal(shopJSON, &data); err != nil {
		return day, fmt.Errorf("read the seed data: %w", err)
	}
	for _, p := range data.People {
		if p.Role == orchestrator.Customer {
			day.customers = append(day.customers, p.customer(now))
		} else {
			day.staff = append(day.staff, user.Person{Email: p.Email, Name: p.Name, Role: p.Role})
		}
	}
	for _, so := range data.Orders {
		o, err := so.order(now)
		if err != nil {
			return day, fmt.Errorf("order %s of the seed data: %w", so.ID, err)
		}
		day.orders = append(day.orders, o)
	}
	return day, nil
}

// seed empties one node and fills it for the first day, in the node's transaction.
func (s *shop) seed(tx *bbolt.Tx, node string, day firstDay) error {
	switch node {
	case legacyNode:
		return errors.Join(s.legacy.Reset(tx),
			each(day.customers, func(c legacy.Customer) error { return s.legacy.PutCustomer(tx, c) }),
			each(day.orders, func(o legacy.Order) error { return s.legacy.PutOrder(tx, o) }))
	case userNode:
		return errors.Join(s.users.Clear(tx),
			each(day.staff, func(p user.Person) error { return s.users.Put(tx, p) }),
			each(day.customers, func(c legacy.Customer) error { return s.users.Put(tx, personOf(c)) }))
	case orderNode:
		return errors.Join(s.orders.Clear(tx),
			each(day.orders, func(o legacy.Order) error { return s.orders.Put(tx, orderOf(o)) }))
	case shippingNode:
		return errors.Join(s.shipping.Clear(tx),
			each(day.orders, func(o legacy.Order) error { return s.shipping.Put(tx, shipmentOf(o)) }))
	}
	return fmt.Errorf("nobody knows how to seed %s", node)
}

// each does something with all of a list until there is an error.
func each[T any](list []T, do func(T) error) error {
	for _, v := range list {
		if err := do(v); err != nil {
			return err
		}
	}
	return nil
}

func (p seedPerson) customer(now time.Time) legacy.Customer {
	c := legacy.Customer{
		Email: p.Email, Name: p.Name, Phone: p.Phone, Address: p.Address, Since: seedDay(now, -p.Joined),
		Points: p.Points, Tier: p.Tier, Newsletter: p.Newsletter,
	}
	for _, m := range p.Methods {
		pm := legacy.PaymentMethod{Kind: m.Kind, Label: m.Label, Default: m.Default}
		if m.Expires != 0 {
			pm.Expires = time.Date(now.Year(), now.Month()+time.Month(m.Expires), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		}
		c.Methods = append(c.Methods, pm)
	}
	return c
}

func (so seedOrder) order(now time.Time) (legacy.Order, error) {
	o := legacy.Order{
		ID: so.ID, Email: so.Email, Status: so.Status,
		Address: so.Address, Carrier: so.Carrier, Tracking: so.Tracking,
	}
	for _, it := range so.Items {
		o.Items = append(o.Items, legacy.Item{Name: it.Name, Quantity: it.Quantity, PriceCents: it.Cents})
	}
	if so.Expected != nil {
		o.Estimated = seedDay(now, *so.Expected)
	}
	for _, at := range []struct {
		from *seedTime
		to   *time.Time
	}{
		{so.Placed, &o.Placed},
		{so.Shipped, &o.Shipped},
		{so.Delivered, &o.Delivered},
		{so.Cancelled, &o.Cancelled},
		{so.Returned, &o.Returned},
	} {
		if at.from == nil {
			continue
		}
		var err error
		if *at.to, err = at.from.moment(now); err != nil {
			return legacy.Order{}, err
		}
	}
	return o, nil
}

// moment returns the time meant, in UTC. What would be later today has happened
// earlier today instead.
func (t seedTime) moment(now time.Time) (time.Time, error) {
	clock, err := time.Parse("15:04", t.At)
	if err != nil {
		return time.Time{}, fmt.Errorf("time of day %q: %w", t.At, err)
	}
	y, m, d := now.Date()
	at := time.Date(y, m, d-t.DaysAgo, clock.Hour(), clock.Minute(), 0, 0, now.Location())
	if at.After(now) {
		midnight := time.Date(y, m, d, 0, 0, 0, 0, now.Location())
		at = midnight.Add(now.Sub(midnight) / 2)
	}
	return at.UTC().Truncate(time.Second), nil
}

// seedDay returns the day so many days from today, as midnight UTC.
func seedDay(now time.Time, days int) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, time.UTC)
}
