package monolith

import (
	"fmt"
	"time"
)

func fileComplaint(w *work) error {
	c, err := w.customerRecord()
	if err != nil {
		return err
	}
	if w.in.Text("CMPL-TEXT") == "" {
		return w.refuse(NoText, time.Time{})
	}
	if w.in.Flag("CMPL-HAS-ORDER") {
		if _, err := w.order(w.in.Text("CMPL-ORDR-NUMBER")); err != nil {
			return err
		}
	}
	number, err := w.next(complaints)
	if err != nil {
		return err
	}
	r := w.book.New("COMPLAINT-RECORD").copyFrom(w.in)
	r.SetNumber("CMPL-NUMBER", number)
	r.SetText("CMPL-CUST-EMAIL", c.Text("CUST-EMAIL"))
	r.SetTime("CMPL-RECEIVED", w.now)
	w.out.copyFrom(r)
	_, err = w.write(complaints, fmt.Sprintf("%06d", number), r)
	return err
}

func openTicket(w *work) error {
	orders, err := w.ordersOf(w.customer)
	if err != nil {
		return err
	}
	queue := "G"
	for _, o := range orders {
		if s := o.Text("ORDR-STATUS"); s == StatusProcessing || s == StatusShipped {
			queue = "O"
		}
	}
	number, err := w.next(tickets)
	if err != nil {
		return err
	}
	r := w.book.New("TICKET-RECORD").copyFrom(w.in)
	r.SetNumber("TICK-NUMBER", number)
	r.SetText("TICK-CUST-EMAIL", w.email)
	r.SetTime("TICK-OPENED", w.now)
	r.SetText("TICK-QUEUE", queue)
	r.SetText("TICK-REPLY", replyTime(w.now))
	w.out.copyFrom(r)
	_, err = w.write(tickets, fmt.Sprintf("%06d", number), r)
	return err
}

// replyTime says when the desk, open 08:00 to 16:00 UTC on weekdays, will reply.
func replyTime(now time.Time) string {
	weekday, hour := now.UTC().Weekday(), now.UTC().Hour()
	switch {
	case weekday == time.Saturday, weekday == time.Friday && hour >= 16:
		return "M"
	case weekday == time.Sunday, hour >= 16:
		return "T"
	case hour < 8:
		return "D"
	}
	return "H"
}
