package monolith

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// The modes of a request.
const (
	ModeInquire  = "I"
	ModeUpdate   = "U"
	ModeValidate = "V"
	ModeSearch   = "S"
)

// transaction is what stands behind a transaction code.
type transaction struct {
	changes bool
	run     func(w *work) error
}

// transactions returns the program behind a code. The records of its request
// and response are named after the code.
func transactions(code string) (transaction, bool) {
	t, ok := map[string]transaction{
		"CUIN": {false, showCustomer},
		"CUPH": {true, updatePhone},
		"CUAD": {true, updateAddress},
		"LYIN": {false, showCustomer},
		"PMLS": {false, showCustomer},
		"NLSB": {true, subscribeNewsletter},
		"NLUN": {true, unsubscribeNewsletter},
		"PWRS": {true, resetPassword},
		"CUCL": {true, closeAccount},
		"ORLS": {false, listOrders},
		"ORIN": {false, showOrder},
		"ORCN": {true, cancelOrder},
		"ORCH": {true, changeOrder},
		"SHTR": {false, trackShipment},
		"SHAD": {true, changeDeliveryAddress},
		"SHES": {false, estimateDelivery},
		"RTRQ": {true, requestReturn},
		"RTWD": {true, withdrawReturn},
		"RFIN": {false, showRefund},
		"IVIN": {false, showInvoice},
		"CMFL": {true, fileComplaint},
		"TKOP": {true, openTicket},
	}[code]
	return t, ok
}

// work is one transaction as it runs: what came in, what goes out, and the
// records.
type work struct {
	files
	now      time.Time
	email    string // of the customer whom it is about
	customer string // its key
	in, out  *Record
	refused  *Record // the ERROR-RECORD of a refusal
}

// refusal is the error by which a program says no; it becomes the response.
type refusal struct{ code Code }

func (r refusal) Error() string { return fmt.Sprintf("code %04d", r.code) }

// refuse says no, because of something that happened at the time at, if it is not
// zero, and that concerns the names.
func (w *work) refuse(code Code, at time.Time, names ...string) error {
	w.refused.SetTime("ERR", at)
	for _, n := range names {
		w.refused.Add("ERR-NAME").SetText("ERR-NAME-TEXT", n)
	}
	return refusal{code}
}

// errTakeBack ends a transaction of mode V, so that the database forgets it.
var errTakeBack = errors.New("validated only")

// execute runs a request. The caller holds the lock.
func (m *Monolith) execute(ctx context.Context, request string) (string, error) {
	head, body, err := m.book.DecodePrefix("REQUEST-HEADER", request)
	if err != nil {
		return m.respond("", BadRecord, nil)
	}
	code, mode := head.Text("TRAN-CODE"), head.Text("TRAN-MODE")
	t, ok := transactions(code)
	if !ok {
		return m.respond(code, UnknownTransaction, nil)
	}
	if (t.changes && mode == ModeInquire) || (!t.changes && mode == ModeSearch) {
		return m.respond(code, BadMode, nil)
	}
	in, err := m.book.Decode(code+"-REQUEST", body)
	if err != nil {
		return m.respond(code, BadRecord, nil) //nolint:nilerr // the response says so
	}
	w := &work{
		now: m.now().UTC().Truncate(time.Second), email: head.Text("CUST-EMAIL"), customer: customerKey(head.Text("CUST-EMAIL")),
		in: in, out: m.book.New(code + "-RESPONSE"), refused: m.book.New("ERROR-RECORD"),
	}
	if !t.changes {
		var response string
		err := m.view(func(tx *bbolt.Tx) (err error) {
			w.files = m.files(tx, w.now)
			response, err = m.run(w, code, t)
			return asResponse(err)
		})
		return response, err
	}
	if mode == ModeSearch {
		return m.search(w, head, body)
	}
	return m.update(ctx, w, t, head, body)
}

// search answers what the update of the same request ID and content was answered.
func (m *Monolith) search(w *work, head *Record, body string) (response string, err error) {
	code := head.Text("TRAN-CODE")
	err = m.view(func(tx *bbolt.Tx) error {
		w.files = m.files(tx, w.now)
		saved, ok, err := w.saved(head.Text("REQ-ID"))
		switch {
		case err != nil:
			return err
		case ok:
			response, err = m.again(saved, code, w.digest(head, body))
		default:
			response, err = m.respond(code, KeyUnknown, nil)
		}
		return err
	})
	return response, err
}

// digest is what binds a request ID to what was asked.
func (w *work) digest(head *Record, body string) string {
	return digestOf(head.Text("TRAN-CODE"), head.Text("USER-ID"), w.customer, body)
}

// update runs a transaction that changes something, once for every request ID.
func (m *Monolith) update(ctx context.Context, w *work, t transaction, head *Record, body string) (response string, err error) {
	code, mode, id := head.Text("TRAN-CODE"), head.Text("TRAN-MODE"), head.Text("REQ-ID")
	err = m.commit(func(tx *bbolt.Tx) (err error) {
		w.files = m.files(tx, w.now)
		if mode == ModeValidate {
			if response, err = m.run(w, code, t); err != nil {
				return err
			}
			if err := m.tell(ctx, tx, w, Notice{Code: code, Validated: true}); err != nil {
				return err
			}
			return errTakeBack
		}
		digest := w.digest(head, body)
		if saved, ok, err := w.saved(id); err != nil {
			return err
		} else if ok {
			response, err = m.again(saved, code, digest)
			return err
		}
		if response, err = m.run(w, code, t); err != nil {
			return err
		}
		if err := m.tell(ctx, tx, w, Notice{Code: code, RequestID: id}); err != nil {
			return err
		}
		return w.save(id, digest, response)
	})
	return response, asResponse(err)
}

// tell gives notice of every record that was touched.
func (m *Monolith) tell(ctx context.Context, tx *bbolt.Tx, w *work, n Notice) error {
	if m.changed == nil {
		return nil
	}
	for _, n.Record = range w.dirty() {
		if err := m.changed(ctx, tx, n); err != nil {
			return fmt.Errorf("tell of a change: %w", err)
		}
	}
	return nil
}

// run performs a program and writes its response. A refusal is returned beside
// the response, so that the caller takes back what was done before it.
func (m *Monolith) run(w *work, code string, t transaction) (string, error) {
	err := t.run(w)
	var no refusal
	switch {
	case errors.As(err, &no):
		response, err := m.respond(code, no.code, w.refused)
		if err != nil {
			return "", err
		}
		return response, no
	case err != nil:
		return "", fmt.Errorf("transaction %s: %w", code, err)
	}
	return m.respond(code, OK, w.out)
}

// asResponse drops the errors that only serve to take a transaction back.
func asResponse(err error) error {
	var no refusal
	if errors.Is(err, errTakeBack) || errors.As(err, &no) {
		return nil
	}
	return err
}

// again answers a request ID that was seen before.
func (m *Monolith) again(saved savedResponse, code, digest string) (string, error) {
	if saved.digest != digest {
		return m.respond(code, KeyReused, nil)
	}
	return saved.response, nil
}

// respond writes a response; without a record for the refusal it is empty.
func (m *Monolith) respond(code string, c Code, rec *Record) (string, error) {
	head := m.book.New("RESPONSE-HEADER")
	head.SetText("TRAN-CODE", code)
	head.SetNumber("RESP-CODE", int64(c))
	head.SetText("RESP-TEXT", m.book.CodeText(c))
	if rec == nil {
		rec = m.book.New("ERROR-RECORD")
	}
	h, err := head.Encode()
	if err != nil {
		return "", err
	}
	b, err := rec.Encode()
	if err != nil {
		return "", err
	}
	return h + b, nil
}

func digestOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}
