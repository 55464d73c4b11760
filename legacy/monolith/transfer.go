package monolith

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// PutCustomer stores a CUSTOMER-RECORD in the caller's write transaction, in place
// of what was there. It takes no lock and tells nobody.
func (m *Monolith) PutCustomer(tx *bbolt.Tx, rec *Record) error {
	if rec.Layout() != "CUSTOMER-RECORD" || customerKey(rec.Text("CUST-EMAIL")) == "" {
		return fmt.Errorf("put customer: a CUSTOMER-RECORD with an email is needed")
	}
	if err := m.files(tx, m.now()).writeCustomer(rec); err != nil {
		return fmt.Errorf("put customer %s: %w", rec.Text("CUST-EMAIL"), err)
	}
	return nil
}

// PutOrder stores an ORDER-RECORD in the caller's write transaction, in place of
// what was there, and does what the monolith does when an order comes to that
// state: a cancelled or returned order starts the refund of what has not been
// refunded, a shipped one gets its invoice. An address, carrier, tracking number
// or estimate that is empty leaves the stored one. Returns, refunds and invoices
// are kept, except that a cancellation's refund goes when the order is no longer
// cancelled. PutOrder takes no lock and tells nobody.
func (m *Monolith) PutOrder(tx *bbolt.Tx, rec *Record) error {
	number := rec.Text("ORDR-NUMBER")
	if rec.Layout() != "ORDER-RECORD" || customerKey(rec.Text("ORDR-CUST-EMAIL")) == "" {
		return fmt.Errorf("put order: an ORDER-RECORD with a customer is needed")
	}
	f := m.files(tx, m.now())
	old, err := f.read(orderFile, "ORDER-RECORD", number)
	if err != nil {
		return err
	}
	if old != nil {
		for _, name := range []string{"ORDR-ADDRESS", "ORDR-CARRIER", "ORDR-TRACKING"} {
			if rec.Text(name) == "" {
				rec.SetText(name, old.Text(name))
			}
		}
		if rec.Date("ORDR-ESTIMATE-DATE").IsZero() {
			rec.SetDate("ORDR-ESTIMATE-DATE", old.Date("ORDR-ESTIMATE-DATE"))
		}
	}
	for _, do := range []func(*Record) error{f.writeOrder, f.issueInvoice, f.settleRefund} {
		if err := do(rec); err != nil {
			return fmt.Errorf("put order %s: %w", number, err)
		}
	}
	return nil
}

// PutDelivery stores address, carrier, tracking number and estimate of an
// ORDER-RECORD in the caller's write transaction, as they are, and nothing else of
// it. The order must be there. PutDelivery takes no lock and tells nobody.
func (m *Monolith) PutDelivery(tx *bbolt.Tx, rec *Record) error {
	number := rec.Text("ORDR-NUMBER")
	if rec.Layout() != "ORDER-RECORD" {
		return fmt.Errorf("put delivery: an ORDER-RECORD is needed")
	}
	f := m.files(tx, m.now())
	o, err := f.read(orderFile, "ORDER-RECORD", number)
	if err != nil {
		return err
	}
	if o == nil {
		return fmt.Errorf("put delivery: there is no order %s", number)
	}
	for _, name := range []string{"ORDR-ADDRESS", "ORDR-CARRIER", "ORDR-TRACKING"} {
		o.SetText(name, rec.Text(name))
	}
	o.SetDate("ORDR-ESTIMATE-DATE", rec.Date("ORDR-ESTIMATE-DATE"))
	if err := f.writeOrder(o); err != nil {
		return fmt.Errorf("put delivery of order %s: %w", number, err)
	}
	return nil
}

// Each calls fn for every CUSTOMER-RECORD and ORDER-RECORD, by their keys, and
// stops at the first error, which it returns.
func (m *Monolith) Each(tx *bbolt.Tx, fn func(rec *Record) error) error {
	f := m.files(tx, m.now())
	for file, layout := range map[string]string{customerFile: "CUSTOMER-RECORD", orderFile: "ORDER-RECORD"} {
		all, err := f.readAll(file, layout, "")
		if err != nil {
			return err
		}
		for _, rec := range all {
			if err := fn(rec); err != nil {
				return err
			}
		}
	}
	return nil
}

// settleRefund brings the refunds of an order in line with its status.
func (f files) settleRefund(o *Record) error {
	refunds, err := f.refundsOf(o.Text("ORDR-NUMBER"))
	if err != nil {
		return err
	}
	status := o.Text("ORDR-STATUS")
	left := totalOf(o)
	for _, r := range refunds {
		if r.Text("RFND-CAUSE") == causeCancellation && status != StatusCancelled {
			if err := f.strike(refundFile, refundKey(r)); err != nil {
				return err
			}
			continue
		}
		left -= r.Number("RFND-AMOUNT")
	}
	if left <= 0 {
		return nil
	}
	switch status {
	case StatusCancelled:
		return f.startRefund(o, causeCancellation, left, orNow(o.Time("ORDR-CANCELLED"), f.at))
	case StatusReturned:
		return f.startRefund(o, causeReturn, left, orNow(o.Time("ORDR-RETURNED"), f.at))
	}
	return nil
}

// Customer returns the CUSTOMER-RECORD of an email, or nil if there is none.
func (m *Monolith) Customer(tx *bbolt.Tx, email string) (*Record, error) {
	return m.files(tx, m.now()).read(customerFile, "CUSTOMER-RECORD", customerKey(email))
}

// Order returns the ORDER-RECORD of a number, or nil if there is none.
func (m *Monolith) Order(tx *bbolt.Tx, number string) (*Record, error) {
	return m.files(tx, m.now()).read(orderFile, "ORDER-RECORD", number)
}
