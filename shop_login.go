package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"go.etcd.io/bbolt"

	"banyan/orchestrator"
	"banyan/services/order"
)

// account is a user whom the login screen offers. Note says in a few words what
// there is to find, without the role.
type account struct {
	User orchestrator.User
	Note string
}

// demoAccounts are the accounts that the login screen offers, in its order.
func demoAccounts() []string {
	return []string{"ada@example.com", "ben@example.com", "cleo@example.com", "dora@example.com", "sam@example.com", "pat@example.com", "robin@example.com"}
}

// returnDays is how long after its delivery an order can be returned.
const returnDays = 30

// Accounts returns the demo accounts with a note on the data as it is now.
func (s *shop) Accounts(ctx context.Context) ([]account, error) {
	var out []account
	for _, email := range demoAccounts() {
		u, err := s.users.Lookup(ctx, email)
		if err != nil {
			return nil, err
		}
		a := account{User: u, Note: staffNote(u.Role)}
		if !u.Staff() {
			have, err := s.survey(ctx, email)
			if err != nil {
				return nil, err
			}
			a.Note = have.note()
		}
		out = append(out, a)
	}
	return out, nil
}

// staffNote says what people of a role may do.
func staffNote(r orchestrator.Role) string {
	switch r {
	case orchestrator.Presenter:
		return "runs the demo, may ask for any customer"
	case orchestrator.Admin:
		return "may do everything"
	default:
		return "may ask for any customer"
	}
}

// Suggestions returns four things that the user can try with the data as it is
// now, the most telling first. If the data cannot be read there are none.
func (s *shop) Suggestions(ctx context.Context, u orchestrator.User) []string {
	if !u.Staff() {
		have, err := s.survey(ctx, u.Email)
		if err != nil {
			return nil
		}
		return have.suggestions()
	}
	var out []string
	for _, email := range demoAccounts() {
		customer, err := s.users.Lookup(ctx, email)
		if err != nil || customer.Staff() {
			continue
		}
		have, err := s.survey(ctx, email)
		if err != nil {
			continue
		}
		switch {
		case have.shipped != nil && len(out) == 0:
			out = append(out, fmt.Sprintf("where is order %s of %s?", have.shipped.ID, customer.Name))
		case have.processing != nil:
			out = append(out, fmt.Sprintf("cancel order %s of %s if it hasn't shipped", have.processing.ID, customer.Name))
		default:
			out = append(out, fmt.Sprintf("what's %s's phone number?", customer.Email))
		}
	}
	return out[:min(4, len(out))]
}

// survey is what there is to say about a customer's orders: their number, and of
// each sort the newest.
type survey struct {
	all, unshipped, underway        int
	processing, shipped, returnable *order.Record
}

func (s *shop) survey(ctx context.Context, email string) (survey, error) {
	var have survey
	now := s.now()
	if err := s.sync.Barrier(ctx, orderNode, email); err != nil {
		return have, err
	}
	err := s.files[orderNode].View(func(tx *bbolt.Tx) error {
		return s.orders.EachOf(tx, email, func(r order.Record) bool {
			have.all++
			switch {
			case r.Status == order.Processing:
				have.unshipped++
				have.processing = newest(have.processing, r)
			case r.Status == order.Shipped:
				have.underway++
				have.shipped = newest(have.shipped, r)
			case r.Status == order.Delivered && now.Sub(r.DeliveredAt) < returnDays*24*time.Hour:
				have.returnable = newest(have.returnable, r)
			}
			return true
		})
	})
	return have, err
}

// newest keeps the first of the orders, which come newest first.
func newest(before *order.Record, r order.Record) *order.Record {
	if before != nil {
		return before
	}
	return &r
}

func (v survey) note() string {
	if v.all == 0 {
		return "no orders"
	}
	orders := inWords(v.all) + " " + "orders"
	if v.all == 1 {
		orders = "one order"
	}
	switch {
	case v.returnable != nil:
		return orders + ", can still return " + thing(*v.returnable, "the ")
	case v.unshipped > 0 && v.all == 1:
		return "one order, not shipped yet"
	case v.unshipped > 0:
		return orders + ", " + inWords(v.unshipped) + " not shipped yet"
	case v.underway > 0 && v.all == 1:
		return "one order on its way"
	case v.underway == 1:
		return orders + ", one on its way"
	case v.underway > 1:
		return orders + ", " + inWords(v.underway) + " on their way"
	default:
		return orders + ", none under way"
	}
}

func (v survey) suggestions() []string {
	var out []string
	if v.processing != nil {
		out = append(out, "cancel my latest order if it hasn't shipped, otherwise where is it?")
	}
	if v.shipped != nil {
		out = append(out, "where is "+thing(*v.shipped, "my ")+"?")
	}
	if v.returnable != nil {
		out = append(out, "I want to return "+thing(*v.returnable, "the "))
	}
	if v.processing != nil {
		out = append(out, "change the delivery address of "+thing(*v.processing, "my "))
	}
	if v.all > 0 {
		out = append(out, "show me my orders")
	}
	out = append(out, "what's my phone number?", "how many points do I have?", "which payment methods do I have?", "I'd like to talk to a person")
	return out[:4]
}

// thing names an order by its first item, as people do.
func thing(r order.Record, article string) string {
	if len(r.Lines) == 0 {
		return "order " + r.ID
	}
	return article + r.Lines[0].Name
}

// inWords writes small numbers as words.
func inWords(n int) string {
	words := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(words) {
		return words[n]
	}
	return strconv.Itoa(n)
}
