package monolith

import "time"

// Days from which an estimate is made where no carrier gave one, and the days
// between its ends.
const (
	daysFromPlacing  = 5
	daysFromShipping = 3
	estimateSpread   = 2
)

// shippedOrder returns the order that the request names if it has left, even if
// it was cancelled or returned later.
func (w *work) shippedOrder() (*Record, error) {
	o, err := w.order(w.in.Text("ORDR-NUMBER"))
	switch {
	case err != nil:
		return nil, err
	case !o.Time("ORDR-SHIPPED").IsZero():
		return o, nil
	case o.Text("ORDR-STATUS") == StatusCancelled:
		return nil, w.refuse(OrderCancelled, o.Time("ORDR-CANCELLED"))
	}
	return nil, w.refuse(NotShipped, time.Time{})
}

func trackShipment(w *work) error {
	o, err := w.shippedOrder()
	if err != nil {
		return err
	}
	event := "T"
	switch o.Text("ORDR-STATUS") {
	case StatusDelivered:
		event = "D"
	case StatusReturned:
		event = "R"
	case StatusCancelled:
		event = "C"
	default:
		if w.now.Sub(o.Time("ORDR-SHIPPED")) < 24*time.Hour {
			event = "H"
		}
	}
	w.out.copyFrom(o)
	w.out.SetText("TRCK-EVENT", event)
	return nil
}

func changeDeliveryAddress(w *work) error {
	o, err := w.openOrder()
	if err != nil {
		return err
	}
	address := w.in.Text("ORDR-ADDRESS")
	if !validAddress(address) {
		return w.refuse(BadAddress, time.Time{})
	}
	w.out.SetText("PREV-ADDRESS", o.Text("ORDR-ADDRESS"))
	o.SetText("ORDR-ADDRESS", address)
	w.out.copyFrom(o)
	return w.writeOrder(o)
}

func estimateDelivery(w *work) error {
	o, err := w.order(w.in.Text("ORDR-NUMBER"))
	if err != nil {
		return err
	}
	w.out.copyFrom(o)
	earliest := o.Date("ORDR-ESTIMATE-DATE")
	switch o.Text("ORDR-STATUS") {
	case StatusCancelled:
		return w.refuse(OrderCancelled, o.Time("ORDR-CANCELLED"))
	case StatusReturned:
		return w.refuse(OrderReturned, o.Time("ORDR-RETURNED"))
	case StatusDelivered:
		return nil
	case StatusShipped:
		if earliest.IsZero() {
			earliest = midnight(o.Time("ORDR-SHIPPED")).AddDate(0, 0, daysFromShipping)
		}
	default:
		if earliest.IsZero() {
			earliest = midnight(o.Time("ORDR-PLACED")).AddDate(0, 0, daysFromPlacing)
		}
	}
	latest := earliest.AddDate(0, 0, estimateSpread)
	if today := midnight(w.now); earliest.Before(today) {
		earliest = today
	}
	if latest.Before(earliest) {
		latest = earliest
	}
	w.out.SetDate("ESTM-EARLIEST-DATE", earliest)
	w.out.SetDate("ESTM-LATEST-DATE", latest)
	return nil
}
