package monolith

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// resetValid is how long the link of a password reset is good.
const resetValid = time.Hour

// customerRecord returns the customer's record or refuses.
func (w *work) customerRecord() (*Record, error) {
	r, err := w.read(customerFile, "CUSTOMER-RECORD", w.customer)
	if err == nil && r == nil {
		return nil, w.refuse(NoCustomer, time.Time{})
	}
	return r, err
}

// openAccount is customerRecord for what a closed account cannot do.
func (w *work) openAccount() (*Record, error) {
	r, err := w.customerRecord()
	if err == nil && !r.Time("CUST-CLOSED").IsZero() {
		return nil, w.refuse(AccountClosed, r.Time("CUST-CLOSED"))
	}
	return r, err
}

func (f files) writeCustomer(r *Record) error {
	changed, err := f.write(customerFile, customerKey(r.Text("CUST-EMAIL")), r)
	if changed {
		f.touch(r)
	}
	return err
}

func showCustomer(w *work) error {
	r, err := w.customerRecord()
	if err == nil {
		w.out.copyFrom(r)
	}
	return err
}

// changeCustomer edits the customer's record and answers with it.
func (w *work) changeCustomer(edit func(r *Record)) error {
	r, err := w.customerRecord()
	if err != nil {
		return err
	}
	edit(r)
	w.out.copyFrom(r)
	return w.writeCustomer(r)
}

func updatePhone(w *work) error {
	phone := w.in.Text("CUST-PHONE")
	if !validPhone(phone) {
		return w.refuse(BadPhone, time.Time{})
	}
	return w.changeCustomer(func(r *Record) {
		w.out.SetText("PREV-PHONE", r.Text("CUST-PHONE"))
		r.SetText("CUST-PHONE", phone)
	})
}

// validPhone wants 7 to 15 digits and besides only spaces, +, -, ( and ).
func validPhone(s string) bool {
	digits := 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !strings.ContainsRune(" +-()", c):
			return false
		}
	}
	return digits >= 7 && digits <= 15
}

func updateAddress(w *work) error {
	address := w.in.Text("CUST-ADDRESS")
	if !validAddress(address) {
		return w.refuse(BadAddress, time.Time{})
	}
	return w.changeCustomer(func(r *Record) {
		w.out.SetText("PREV-ADDRESS", r.Text("CUST-ADDRESS"))
		r.SetText("CUST-ADDRESS", address)
	})
}

func validAddress(s string) bool {
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	return n >= 8 && n <= 160 && !strings.ContainsFunc(s, unicode.IsControl)
}

func subscribeNewsletter(w *work) error {
	if _, err := w.openAccount(); err != nil {
		return err
	}
	return w.sendNewsletter(true)
}

func unsubscribeNewsletter(w *work) error { return w.sendNewsletter(false) }

func (w *work) sendNewsletter(send bool) error {
	return w.changeCustomer(func(r *Record) {
		w.out.SetFlag("PREV-NEWSLETTER", r.Flag("CUST-NEWSLETTER"))
		r.SetFlag("CUST-NEWSLETTER", send)
	})
}

func resetPassword(w *work) error {
	r, err := w.openAccount()
	if err != nil {
		return err
	}
	reset := w.book.New("RESET-RECORD")
	reset.SetText("RSET-CUST-EMAIL", r.Text("CUST-EMAIL"))
	reset.SetTime("RSET-SENT", w.now)
	reset.SetTime("RSET-EXPIRES", w.now.Add(resetValid))
	w.out.copyFrom(reset)
	_, err = w.write(resets, w.customer, reset)
	return err
}

func closeAccount(w *work) error {
	if _, err := w.openAccount(); err != nil {
		return err
	}
	orders, err := w.ordersOf(w.customer)
	if err != nil {
		return err
	}
	var open []string
	for _, o := range orders {
		if o.Text("ORDR-STATUS") == StatusProcessing {
			open = append(open, o.Text("ORDR-NUMBER"))
		}
	}
	if len(open) > 0 {
		return w.refuse(OrdersOpen, time.Time{}, open...)
	}
	return w.changeCustomer(func(r *Record) {
		r.SetTime("CUST-CLOSED", w.now)
		r.SetFlag("CUST-NEWSLETTER", false)
	})
}
