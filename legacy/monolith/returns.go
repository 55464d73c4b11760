package monolith

import (
	"fmt"
	"slices"
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
	} else {
		w.touch(o)
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
	here := slices.DeleteFunc(present(o), func(line int) bool { return gone[line] })
	name := w.in.Text("ITEM-NAME")
	if name == "" {
		return here, 0, nil
	}
	line, err := w.findItem(o, name, false)
	if err != nil {
		return nil, 0, err
	}
	if gone[line] {
		return nil, 0, w.refuse(ItemReturned, time.Time{}, o.List("ORDR-ITEM")[line].Text("ITEM-NAME"))
	}
	return []int{line}, len(here) - 1, nil
}

// withdrawReturn strikes a return and its refund from the files.
func withdrawReturn(w *work) error {
	o, err := w.order(w.in.Text("ORDR-NUMBER"))
	if err != nil {
		return err
	}
	ret, err := w.lastReturn(o, w.in.Number("RTRN-NUMBER"))
	if err != nil {
		return err
	}
	if due := ret.Date("RTRN-DUE-DATE"); !midnight(w.now).Before(due) {
		return w.refuse(RefundPaid, due)
	}
	if err := w.strike(returnFile, returnKey(ret)); err != nil {
		return err
	}
	if err := w.strikeRefund(ret); err != nil {
		return err
	}
	if o.Text("ORDR-STATUS") == StatusReturned {
		o.SetText("ORDR-STATUS", StatusDelivered)
		o.SetTime("ORDR-RETURNED", time.Time{})
		if err := w.writeOrder(o); err != nil {
			return err
		}
	} else {
		w.touch(o)
	}
	w.out.copyFrom(ret)
	w.out.SetText("ORDR-STATUS", o.Text("ORDR-STATUS"))
	return nil
}

// lastReturn returns the order's return of that number, or its last one for 0.
func (w *work) lastReturn(o *Record, number int64) (*Record, error) {
	returns, err := w.readAll(returnFile, "RETURN-RECORD", o.Text("ORDR-NUMBER"))
	if err != nil {
		return nil, err
	}
	for _, r := range slices.Backward(returns) {
		if number == 0 || r.Number("RTRN-NUMBER") == number {
			return r, nil
		}
	}
	return nil, w.refuse(NoReturn, time.Time{})
}

// strikeRefund removes the refund that a return has started. A refund does not
// name its return; of several with the same amount and day it does not matter
// which one goes.
func (f files) strikeRefund(ret *Record) error {
	refunds, err := f.refundsOf(ret.Text("RTRN-ORDR-NUMBER"))
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(refunds) {
		if r.Text("RFND-CAUSE") == causeReturn && r.Number("RFND-AMOUNT") == ret.Number("RTRN-AMOUNT") &&
			r.Date("RFND-DUE-DATE").Equal(ret.Date("RTRN-DUE-DATE")) {
			return f.strike(refundFile, refundKey(r))
		}
	}
	return fmt.Errorf("return %s has no refund", ret.Text("RTRN-NUMBER"))
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
	_, err = w.write(returnFile, returnKey(r), r)
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
	_, err = f.write(refundFile, refundKey(r), r)
	return err
}

// The keys of a return and of a refund begin with their order's number.
func returnKey(r *Record) string {
	return fmt.Sprintf("%s%06d", r.Text("RTRN-ORDR-NUMBER"), r.Number("RTRN-NUMBER"))
}

func refundKey(r *Record) string {
	return fmt.Sprintf("%s%03d", r.Text("RFND-ORDR-NUMBER"), r.Number("RFND-SEQUENCE"))
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
