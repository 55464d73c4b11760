package order

import (
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

// The codes of what the order service refuses, beside those of the kernel.
const (
	CodeAlreadyCancelled = "already_cancelled"
	CodeAlreadyShipped   = "already_shipped"
	CodeAlreadyReturned  = "already_returned"
	CodeNoSuchItem       = "no_such_item"
	CodeLastItem         = "last_item"
	CodeNotCancelled     = "not_cancelled"
	CodeTooLate          = "reinstate_window_closed"
)

// reinstateWindow is how long a cancellation can be taken back. Its refund is paid
// much later, so nothing has been paid back when it is.
const reinstateWindow = 24 * time.Hour

// open tells whether the order can still be cancelled or changed, which is so only
// while it is processing. done is the word for what was asked: cancelled, changed.
func (r *Record) open(done string) error {
	switch r.Status {
	case Processing:
		return nil
	case Cancelled:
		if done == "cancelled" {
			return orchestrator.Errorf(CodeAlreadyCancelled, "Order %s is already cancelled.", r.ID)
		}
		return orchestrator.Errorf(CodeAlreadyCancelled, "Order %s is cancelled, so it cannot be %s.", r.ID, done)
	case Returned:
		return orchestrator.Errorf(CodeAlreadyReturned, "Order %s was returned, so it cannot be %s.", r.ID, done)
	case Delivered:
		return orchestrator.Errorf(CodeAlreadyShipped, "Order %s has already been delivered, so it cannot be %s.", r.ID, done)
	default:
		return orchestrator.Errorf(CodeAlreadyShipped, "Order %s has already shipped, so it cannot be %s.", r.ID, done)
	}
}

// reinstate makes a cancelled order what it was before, within a day. One that had
// left before it was cancelled is on its way back and cannot be sent again.
func (r *Record) reinstate(now time.Time) error {
	deadline := r.CancelledAt.Add(reinstateWindow)
	switch {
	case r.Status == Returned:
		return orchestrator.Errorf(CodeAlreadyReturned, "Order %s was returned, so it cannot be reinstated.", r.ID)
	case r.Status != Cancelled:
		return orchestrator.Errorf(CodeNotCancelled, "Order %s is not cancelled, so there is nothing to reinstate.", r.ID)
	case !r.ShippedAt.IsZero():
		return orchestrator.Errorf(CodeAlreadyShipped, "Order %s had already shipped when it was cancelled, so it cannot be reinstated.", r.ID)
	case now.After(deadline):
		return orchestrator.Errorf(CodeTooLate,
			"Order %s can no longer be reinstated: that was possible until %s UTC. It can be ordered again.", r.ID, deadline.UTC().Format("2 January 2006 15:04"))
	}
	r.Status, r.CancelledAt = Processing, time.Time{}
	return nil
}

// setQuantity changes how many of an item are ordered; 0 removes it. The last item
// cannot be removed. It returns the name of the item and how many there were.
//
// A removed item stays in the order as a line of quantity 0, with its place and
// price, so that it can be put back by its name; it counts for nothing else.
func (r *Record) setQuantity(item string, quantity int) (name string, before int, err error) {
	i, err := r.find(item, quantity > 0)
	if err != nil {
		return "", 0, err
	}
	name, before = r.Lines[i].Name, r.Lines[i].Quantity
	if quantity == 0 && len(r.present()) == 1 {
		return "", 0, orchestrator.Errorf(CodeLastItem,
			"The %s is the only item of order %s and cannot be removed. The order can be cancelled instead.", name, r.ID)
	}
	// The lines may be shared with others: they are changed in a copy.
	r.Lines = slices.Clone(r.Lines)
	r.Lines[i].Quantity = quantity
	return name, before, nil
}

// find returns the index of the item that is meant: the one of that name, or else
// the only one whose name contains it, ignoring case. If no item of the order is
// meant, it may be one that was removed, if removed says so.
func (r *Record) find(item string, removed bool) (int, error) {
	want := strings.ToLower(strings.Join(strings.Fields(item), " "))
	if want == "" {
		return 0, orchestrator.Errorf(orchestrator.CodeInvalid, "The item is missing.")
	}
	found := r.named(want, func(l Line) bool { return l.Quantity > 0 })
	if len(found) == 0 && removed {
		found = r.named(want, func(l Line) bool { return l.Quantity == 0 })
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, orchestrator.Errorf(CodeNoSuchItem, "There is no %s in order %s. It has %s.", item, r.ID, r.names())
	default:
		return 0, orchestrator.Errorf(orchestrator.CodeInvalid,
			"More than one item of order %s could be meant by %q: it has %s.", r.ID, item, r.names())
	}
}

// named returns the first of the lines that has that name, or else all whose name
// contains it. Only lines that count are looked at.
func (r *Record) named(want string, counts func(Line) bool) []int {
	var part []int
	for i, l := range r.Lines {
		name := strings.ToLower(l.Name)
		if !counts(l) {
			continue
		}
		if name == want {
			return []int{i}
		}
		if strings.Contains(name, want) {
			part = append(part, i)
		}
	}
	return part
}

// present returns the lines that were not removed.
func (r *Record) present() []Line {
	lines := make([]Line, 0, len(r.Lines))
	for _, l := range r.Lines {
		if l.Quantity > 0 {
			lines = append(lines, l)
		}
	}
	return lines
}

func (r *Record) names() string {
	var names []string
	for _, l := range r.present() {
		names = append(names, l.Name)
	}
	return orchestrator.JoinAnd(names)
}
