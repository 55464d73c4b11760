package monolith

import (
	"fmt"
	"time"
)

const (
	returnDays = 30 // from delivery until a return is too late
	refundDays = 10 // from the request until the money is paid

	causeCancellation = "C"
	causeReturn       = "R"
)

func requestReturn(w *work) error {
	o, err := w.order(w.in.Text("ORDR-NUMBER"))
	if err != nil {
		return err
	}
	deadline := o.Time("ORDR-DELIVERED").AddDate(0, 0, returnDays)
	switch status := o.Text("ORDR-STATUS"); {
	case status == StatusCancelled:
		return w.refuse(OrderCancelled, o.Time("ORDR-CANCELLED"))
	case status == StatusReturned:
		return w.refuse(OrderReturned, o.Time("ORDR-RETURNED"))
	case status != StatusDelivered:
		return w.refuse(NotDelivered, time.Time{})
	case w.now.After(deadline):
		return w.refuse(WindowClosed, deadline)
	}
	lines, left, err := w.returning(o)
	if err != nil {
		return err
	}
	ret, err := w.writeReturn(o, lines)
	if err != nil {
		return err
	}
	if err := w.startRefund(o, causeReturn, ret.Number("RTRN-AMOUNT"), w.now); err != nil {
		return err
	}
	if left == 0 {
		o.SetText("ORDR-STATUS", StatusReturned)
		o.SetTime("ORDR-RETURNED", w.now)
		if err := w.writeOrder(o); err != nil {
			return err
		}
	}
	w.out.copyFrom(ret)
	w.out.SetText("ORDR-STATUS", o.Text("ORDR-STATUS"))
	return nil
}

// returning says which lines of the order the request gives back, and how many
// then remain.
func (w *work) returning(o *Record) (lines []int, left int, err error) {
	gone, err := w.returnedLines(o)
	if err != nil {
		return nil, 0, err
	}
	items := o.List("ORDR-ITEM")
	if name := w.in.Text("ITEM-NAME"); name != "" {
		line, err := w.findItem(o, name)
		if err != nil {
			return nil, 0, err
		}
		if gone[line] {
			return nil, 0, w.refuse(ItemReturned, time.Time{}, items[line].Text("ITEM-NAME"))
		}
		return []int{line}, len(items) - len(gone) - 1, nil
	}
	for i := range items {
		if !gone[i] {
			lines = append(lines, i)
		}
	}
	return lines, 0, nil
}

// returnedLines is the set of the lines of an order that were given back.
func (f files) returnedLines(o *Record) (map[int]bool, error) {
	returns, err := f.readAll(returnFile, "RETURN-RECORD", o.Text("ORDR-NUMBER"))
	if err != nil {
		return nil, err
	}
	gone := map[int]bool{}
	for _, r := range returns {
		for _, it := range r.List("RTRN-ITEM") {
			gone[int(it.Number("RTRN-ITEM-LINE"))] = true
		}
	}
	return gone, nil
}

func (w *work) writeReturn(o *Record, lines []int) (*Record, error) {
	number, err := w.next(returnFile)
	if err != nil {
		return nil, err
	}
	r := w.book.New("RETURN-RECORD")
	r.SetNumber("RTRN-NUMBER", number)
	r.SetText("RTRN-ORDR-NUMBER", o.Text("ORDR-NUMBER"))
	r.SetTime("RTRN-REQUESTED", w.now)
	r.SetText("RTRN-REASON", w.in.Text("RTRN-REASON"))
	r.SetDate("RTRN-DUE-DATE", w.now.AddDate(0, 0, refundDays))
	var amount int64
	for _, line := range lines {
		it := o.List("ORDR-ITEM")[line]
		amount += it.Number("ITEM-QUANTITY") * it.Number("ITEM-PRICE")
		e := r.Add("RTRN-ITEM")
		e.SetNumber("RTRN-ITEM-LINE", int64(line))
		e.SetText("RTRN-ITEM-NAME", it.Text("ITEM-NAME"))
	}
	r.SetNumber("RTRN-AMOUNT", amount)
	_, err = w.write(returnFile, fmt.Sprintf("%s%06d", o.Text("ORDR-NUMBER"), number), r)
	return r, err
}

// startRefund notes that an amount of an order is to be paid back.
func (f files) startRefund(o *Record, cause string, cents int64, at time.Time) error {
	number := o.Text("ORDR-NUMBER")
	earlier, err := f.refundsOf(number)
	if err != nil {
		return err
	}
	seq := int64(1)
	if n := len(earlier); n > 0 {
		seq = earlier[n-1].Number("RFND-SEQUENCE") + 1
	}
	r := f.book.New("REFUND-RECORD")
	r.SetText("RFND-ORDR-NUMBER", number)
	r.SetNumber("RFND-SEQUENCE", seq)
	r.SetText("RFND-CAUSE", cause)
	r.SetNumber("RFND-AMOUNT", cents)
	r.SetDate("RFND-REQUESTED-DATE", at)
	r.SetDate("RFND-DUE-DATE", at.UTC().AddDate(0, 0, refundDays))
	_, err = f.write(refundFile, fmt.Sprintf("%s%03d", number, seq), r)
	return err
}

func (f files) refundsOf(order string) ([]*Record, error) {
	return f.readAll(refundFile, "REFUND-RECORD", order)
}

func showRefund(w *work) error {
	o, err := w.order(w.in.Text("ORDR-NUMBER"))
	if err != nil {
		return err
	}
	refunds, err := w.refundsOf(o.Text("ORDR-NUMBER"))
	if err != nil {
		return err
	}
	if len(refunds) == 0 {
		return w.refuse(NoRefund, time.Time{})
	}
	var amount int64
	var requested, due time.Time
	for _, r := range refunds {
		amount += r.Number("RFND-AMOUNT")
		if d := r.Date("RFND-DUE-DATE"); d.After(due) {
			due, requested = d, r.Date("RFND-REQUESTED-DATE")
		}
	}
	w.out.SetText("ORDR-NUMBER", o.Text("ORDR-NUMBER"))
	w.out.SetFlag("RFND-PAID", !midnight(w.now).Before(due))
	w.out.SetNumber("RFND-AMOUNT", amount)
	w.out.SetDate("RFND-REQUESTED-DATE", requested)
	w.out.SetDate("RFND-DUE-DATE", due)
	return nil
}

// issueInvoice makes the invoice of an order that has shipped, once.
func (f files) issueInvoice(o *Record) error {
	shipped, key := o.Time("ORDR-SHIPPED"), o.Text("ORDR-NUMBER")
	if shipped.IsZero() {
		return nil
	}
	if old, err := f.read(invoiceFile, "INVOICE-RECORD", key); err != nil || old != nil {
		return err
	}
	number, err := f.next(invoiceFile)
	if err != nil {
		return err
	}
	r := f.book.New("INVOICE-RECORD")
	r.SetNumber("INVC-NUMBER", number)
	r.SetText("INVC-ORDR-NUMBER", key)
	r.SetDate("INVC-ISSUED-DATE", shipped)
	_, err = f.write(invoiceFile, key, r)
	return err
}

func showInvoice(w *work) error {
	o, err := w.shippedOrder()
	if err != nil {
		return err
	}
	inv, err := w.read(invoiceFile, "INVOICE-RECORD", o.Text("ORDR-NUMBER"))
	if err != nil {
		return err
	}
	if inv == nil {
		return fmt.Errorf("order %s has shipped and has no invoice", o.Text("ORDR-NUMBER"))
	}
	w.out.copyFrom(o).copyFrom(inv)
	return nil
}
