package shipping

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"banyan/orchestrator"
)

// The codes of what the shipping service refuses, beside those of the kernel.
const (
	CodeAlreadyCancelled = "already_cancelled"
	CodeAlreadyShipped   = "already_shipped"
	CodeAlreadyReturned  = "already_returned"
	CodeNotShipped       = "not_shipped"
)

// Where nobody gave an estimate: days from placing or shipping until a parcel is
// expected, and days between the ends of an estimate.
const (
	fromPlacing  = 5
	fromShipping = 3
	spread       = 2
)

// open tells whether the address can still be changed, which is so only while the
// order is processing.
func (r Record) open() error {
	const so = "so its delivery address cannot be changed."
	switch r.Status {
	case Processing:
		return nil
	case Cancelled:
		return orchestrator.Errorf(CodeAlreadyCancelled, "Order %s is cancelled, "+so, r.OrderID)
	case Returned:
		return orchestrator.Errorf(CodeAlreadyReturned, "Order %s was returned, "+so, r.OrderID)
	case Delivered:
		return orchestrator.Errorf(CodeAlreadyShipped, "Order %s has already been delivered, "+so, r.OrderID)
	default:
		return orchestrator.Errorf(CodeAlreadyShipped, "Order %s has already shipped, "+so, r.OrderID)
	}
}

// track says where the parcel is. It exists once it was shipped, whatever became
// of the order since.
func (r Record) track(now time.Time) (Tracking, error) {
	if r.ShippedAt.IsZero() {
		if r.Status == Cancelled {
			return Tracking{}, orchestrator.Errorf(CodeAlreadyCancelled,
				"Order %s was cancelled before it shipped, so there is no parcel to track.", r.OrderID)
		}
		return Tracking{}, orchestrator.Errorf(CodeNotShipped,
			"Order %s has not shipped yet, so there is nothing to track.", r.OrderID)
	}
	t := Tracking{
		OrderID: r.OrderID, Status: r.Status, Carrier: r.Carrier, TrackingNumber: r.Tracking,
		Shipped: r.ShippedAt.UTC(), Delivered: r.DeliveredAt.UTC(), Address: r.Address, LastEvent: r.lastEvent(now),
	}
	if r.Status == Shipped && !r.Estimate.IsZero() {
		t.EstimatedDelivery = r.Estimate.UTC().Format(time.DateOnly)
	}
	return t, nil
}

// lastEvent is what the carrier reported last.
func (r Record) lastEvent(now time.Time) string {
	switch {
	case r.Status == Delivered:
		return "delivered"
	case r.Status == Returned:
		return "returned to us"
	case r.Status == Cancelled:
		return "stopped on its way"
	case now.Sub(r.ShippedAt) < 24*time.Hour:
		carrier := r.Carrier
		if carrier == "" {
			carrier = "the carrier"
		}
		return "handed over to " + carrier
	default:
		return "on its way"
	}
}

// estimate says when the parcel will come, or came. A day that is over is no
// estimate any more: then it is from today on.
func (r Record) estimate(now time.Time) (Estimate, error) {
	e := Estimate{OrderID: r.OrderID, Status: r.Status}
	earliest := r.Estimate
	switch r.Status {
	case Cancelled:
		return Estimate{}, orchestrator.Errorf(CodeAlreadyCancelled, "Order %s was cancelled, so nothing will be delivered.", r.OrderID)
	case Returned:
		return Estimate{}, orchestrator.Errorf(CodeAlreadyReturned, "Order %s was returned, so nothing will be delivered.", r.OrderID)
	case Delivered:
		e.Delivered = r.DeliveredAt.UTC()
		return e, nil
	case Shipped:
		if earliest.IsZero() {
			earliest = day(r.ShippedAt).AddDate(0, 0, fromShipping)
		}
	default:
		if earliest.IsZero() {
			earliest = day(r.PlacedAt).AddDate(0, 0, fromPlacing)
		}
	}
	latest, today := earliest.AddDate(0, 0, spread), day(now)
	if earliest.Before(today) {
		earliest = today
	}
	if latest.Before(earliest) {
		latest = earliest
	}
	e.Earliest, e.Latest = earliest.Format(time.DateOnly), latest.Format(time.DateOnly)
	return e, nil
}

// day returns the start of t's day in UTC.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// checkAddress returns the address on one line, or says what is wrong with it.
func checkAddress(text string) (string, error) {
	address := strings.Join(strings.Fields(text), " ")
	if n := utf8.RuneCountInString(address); n < 8 || n > 160 {
		return "", orchestrator.Errorf(orchestrator.CodeInvalid,
			"An address must be 8 to 160 characters long; this one has %d.", n)
	}
	if strings.ContainsFunc(address, unicode.IsControl) {
		return "", orchestrator.Errorf(orchestrator.CodeInvalid, "The address contains characters that cannot be printed.")
	}
	return address, nil
}
