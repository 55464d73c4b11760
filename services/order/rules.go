package order

import (
	"slices"
	"strings"

	"banyan/orchestrator"
)

// The codes of what the order service refuses, beside those of the kernel.
const (
	CodeAlreadyCancelled = "already_cancelled"
	CodeAlreadyShipped   = "already_shipped"
	CodeAlreadyReturned  = "already_returned"
	CodeNoSuchItem       = "no_such_item"
	CodeLastItem         = "last_item"
)

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

// setQuantity changes how many of an item are ordered; 0 removes it. The last item
// cannot be removed.
func (r *Record) setQuantity(item string, quantity int) error {
	i, err := r.find(item)
	if err != nil {
		return err
	}
	// The lines may be shared with others: they are changed in a copy.
	lines := slices.Clone(r.Lines)
	switch {
	case quantity > 0:
		lines[i].Quantity = quantity
	case len(lines) == 1:
		return orchestrator.Errorf(CodeLastItem,
			"The %s is the only item of order %s and cannot be removed. The order can be cancelled instead.", lines[i].Name, r.ID)
	default:
		lines = slices.Delete(lines, i, i+1)
	}
	r.Lines = lines
	return nil
}

// find returns the index of the item that is meant: the one of that name, or else
// the only one whose name contains it, ignoring case.
func (r *Record) find(item string) (int, error) {
	want := strings.ToLower(strings.Join(strings.Fields(item), " "))
	if want == "" {
		return 0, orchestrator.Errorf(orchestrator.CodeInvalid, "The item is missing.")
	}
	var part []int
	for i, l := range r.Lines {
		name := strings.ToLower(l.Name)
		if name == want {
			return i, nil
		}
		if strings.Contains(name, want) {
			part = append(part, i)
		}
	}
	switch len(part) {
	case 1:
		return part[0], nil
	case 0:
		return 0, orchestrator.Errorf(CodeNoSuchItem, "There is no %s in order %s. It has %s.", item, r.ID, r.names())
	default:
		return 0, orchestrator.Errorf(orchestrator.CodeInvalid,
			"More than one item of order %s could be meant by %q: it has %s.", r.ID, item, r.names())
	}
}

func (r *Record) names() string {
	names := make([]string, len(r.Lines))
	for i, l := range r.Lines {
		names[i] = l.Name
	}
	return orchestrator.JoinAnd(names)
}
