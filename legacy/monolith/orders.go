package monolith

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The values of ORDR-STATUS.
const (
	StatusProcessing = "P"
	StatusShipped    = "S"
	StatusDelivered  = "D"
	StatusCancelled  = "C"
	StatusReturned   = "R"
)

// pageSize is how many orders one response of ORLS holds.
const pageSize = 25

// maxQuantity is the most that one item of an order can be.
const maxQuantity = 99

// order returns the customer's order of that number, or refuses: the order of
// another customer is not there.
func (w *work) order(number string) (*Record, error) {
	r, err := w.read(orderFile, "ORDER-RECORD", number)
	if err != nil {
		return nil, err
	}
	if r == nil || customerKey(r.Text("ORDR-CUST-EMAIL")) != w.customer {
		return nil, w.refuse(NoOrder, time.Time{})
	}
	return r, nil
}

// openOrder returns the order that the request names if it is processing.
func (w *work) openOrder() (*Record, error) {
	o, err := w.order(w.in.Text("ORDR-NUMBER"))
	if err != nil {
		return nil, err
	}
	switch o.Text("ORDR-STATUS") {
	case StatusCancelled:
		return nil, w.refuse(OrderCancelled, o.Time("ORDR-CANCELLED"))
	case StatusShipped:
		return nil, w.refuse(OrderShipped, o.Time("ORDR-SHIPPED"))
	case StatusDelivered:
		return nil, w.refuse(OrderDelivered, o.Time("ORDR-DELIVERED"))
	case StatusReturned:
		return nil, w.refuse(OrderReturned, o.Time("ORDR-RETURNED"))
	}
	return o, nil
}

// ordersOf returns the orders of a customer, the newest first.
func (f files) ordersOf(customer string) ([]*Record, error) {
	b, err := f.bucket(orderIndex)
	if err != nil {
		return nil, err
	}
	var out []*Record
	prefix := customer + "\x00"
	c := b.Cursor()
	for k, _ := c.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, _ = c.Next() {
		o, err := f.read(orderFile, "ORDER-RECORD", string(k[len(prefix):]))
		if err != nil {
			return nil, err
		}
		if o == nil {
			return nil, fmt.Errorf("the index names order %s, which is missing", k[len(prefix):])
		}
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(a, b *Record) int {
		if c := b.Time("ORDR-PLACED").Compare(a.Time("ORDR-PLACED")); c != 0 {
			return c
		}
		return strings.Compare(b.Text("ORDR-NUMBER"), a.Text("ORDR-NUMBER"))
	})
	return out, nil
}

func (f files) writeOrder(r *Record) error {
	index, err := f.bucket(orderIndex)
	if err != nil {
		return err
	}
	number, owner := r.Text("ORDR-NUMBER"), customerKey(r.Text("ORDR-CUST-EMAIL"))
	old, err := f.read(orderFile, "ORDER-RECORD", number)
	if err != nil {
		return err
	}
	if old != nil {
		if was := customerKey(old.Text("ORDR-CUST-EMAIL")); was != owner {
			if err := index.Delete([]byte(was + "\x00" + number)); err != nil {
				return err
			}
		}
	}
	changed, err := f.write(orderFile, number, r)
	if err != nil || !changed {
		return err
	}
	f.touch(r)
	return index.Put([]byte(owner+"\x00"+number), nil)
}

func listOrders(w *work) error {
	orders, err := w.ordersOf(w.customer)
	if err != nil {
		return err
	}
	if s := w.in.Text("LIST-STATUS"); s != "" {
		orders = slices.DeleteFunc(orders, func(o *Record) bool { return o.Text("ORDR-STATUS") != s })
	}
	w.out.SetNumber("LIST-TOTAL", int64(len(orders)))
	if limit := w.in.Number("LIST-LIMIT"); limit > 0 {
		orders = orders[:min(limit, int64(len(orders)))]
	}
	orders = orders[min(w.in.Number("LIST-SKIP"), int64(len(orders))):]
	w.out.SetFlag("LIST-MORE", len(orders) > pageSize)
	for _, o := range orders[:min(pageSize, len(orders))] {
		w.out.Add("LIST-ORDER").copyFrom(o)
	}
	return nil
}

func showOrder(w *work) error {
	o, err := w.order(w.in.Text("ORDR-NUMBER"))
	if err == nil {
		w.out.copyFrom(o)
	}
	return err
}

func cancelOrder(w *work) error {
	o, err := w.openOrder()
	if err != nil {
		return err
	}
	o.SetText("ORDR-STATUS", StatusCancelled)
	o.SetTime("ORDR-CANCELLED", w.now)
	w.out.copyFrom(o)
	if err := w.writeOrder(o); err != nil {
		return err
	}
	return w.startRefund(o, causeCancellation, totalOf(o), w.now)
}

func changeOrder(w *work) error {
	o, err := w.openOrder()
	if err != nil {
		return err
	}
	quantity := w.in.Number("ITEM-QUANTITY")
	if quantity > maxQuantity {
		return w.refuse(BadQuantity, time.Time{})
	}
	line, err := w.findItem(o, w.in.Text("ITEM-NAME"), quantity > 0)
	if err != nil {
		return err
	}
	it := o.List("ORDR-ITEM")[line]
	if quantity == 0 && len(present(o)) == 1 {
		return w.refuse(LastItem, time.Time{}, it.Text("ITEM-NAME"))
	}
	w.out.SetText("CHNG-ITEM-NAME", it.Text("ITEM-NAME"))
	w.out.SetNumber("PREV-QUANTITY", it.Number("ITEM-QUANTITY"))
	it.SetNumber("ITEM-QUANTITY", quantity)
	w.out.copyFrom(o)
	return w.writeOrder(o)
}

// present returns the lines of an order whose items were not removed.
func present(o *Record) []int {
	var lines []int
	for i, it := range o.List("ORDR-ITEM") {
		if it.Number("ITEM-QUANTITY") > 0 {
			lines = append(lines, i)
		}
	}
	return lines
}

// findItem returns the line of the item that is meant by a name or a part of it.
// The same name goes before a part of another. If no item is meant, it may be one
// that was removed, if removed says so.
func (w *work) findItem(o *Record, name string, removed bool) (int, error) {
	items, here := o.List("ORDR-ITEM"), present(o)
	found := named(items, here, name)
	if len(found) == 0 && removed {
		var gone []int
		for i, it := range items {
			if it.Number("ITEM-QUANTITY") == 0 {
				gone = append(gone, i)
			}
		}
		found = named(items, gone, name)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, w.refuse(NoItem, time.Time{}, itemNames(items, here)...)
	}
	return 0, w.refuse(AmbiguousItem, time.Time{}, itemNames(items, found)...)
}

// named returns the first of the lines that has that name, or else all whose name
// contains it.
func named(items []*Record, lines []int, name string) []int {
	want := strings.ToLower(name)
	var part []int
	for _, i := range lines {
		switch has := strings.ToLower(items[i].Text("ITEM-NAME")); {
		case has == want:
			return []int{i}
		case want != "" && strings.Contains(has, want):
			part = append(part, i)
		}
	}
	return part
}

func itemNames(items []*Record, lines []int) []string {
	names := make([]string, len(lines))
	for n, i := range lines {
		names[n] = items[i].Text("ITEM-NAME")
	}
	return names
}

// totalOf adds up quantity × price, in cents.
func totalOf(o *Record) int64 {
	var sum int64
	for _, it := range o.List("ORDR-ITEM") {
		sum += it.Number("ITEM-QUANTITY") * it.Number("ITEM-PRICE")
	}
	return sum
}
