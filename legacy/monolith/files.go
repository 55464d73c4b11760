package monolith

import (
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// The buckets, all of them in the one named root.
const (
	root         = "legacy"
	customerFile = "customer"
	orderFile    = "order"
	orderIndex   = "order-by-customer" // customer, zero byte, order number
	returnFile   = "return"            // order number, return number
	refundFile   = "refund"            // order number, sequence
	invoiceFile  = "invoice"           // order number
	complaints   = "complaint"
	tickets      = "ticket"
	resets       = "reset"
	savedFile    = "saved" // request ID
)

var bucketNames = [...]string{customerFile, orderFile, orderIndex, returnFile, refundFile, invoiceFile, complaints, tickets, resets, savedFile}

func (m *Monolith) makeBuckets() error {
	complete := false
	err := m.view(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(root))
		complete = b != nil
		for _, name := range bucketNames {
			complete = complete && b.Bucket([]byte(name)) != nil
		}
		return nil
	})
	if err != nil || complete {
		return err
	}
	return m.commit(makeBuckets)
}

// view and commit run fn in a transaction of the file. That a part of it cannot be
// read is an error.
func (m *Monolith) view(fn func(tx *bbolt.Tx) error) (err error) {
	defer guard(&err)()
	return m.db.View(fn)
}

func (m *Monolith) commit(fn func(tx *bbolt.Tx) error) (err error) {
	defer guard(&err)()
	return m.db.Update(fn)
}

// guard is deferred around a transaction: a file that is damaged while it is open
// makes whoever reads it panic, or reach outside of it.
func guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			*err = fmt.Errorf("a part of the file cannot be read: panic: %v", p)
		}
	}
}

func makeBuckets(tx *bbolt.Tx) error {
	b, err := tx.CreateBucketIfNotExists([]byte(root))
	if err != nil {
		return err
	}
	for _, name := range bucketNames {
		if _, err := b.CreateBucketIfNotExists([]byte(name)); err != nil {
			return err
		}
	}
	return nil
}

// Reset empties all files in the caller's write transaction, without the lock.
// Numbers start again.
func (m *Monolith) Reset(tx *bbolt.Tx) error {
	if tx.Bucket([]byte(root)) != nil {
		if err := tx.DeleteBucket([]byte(root)); err != nil {
			return fmt.Errorf("empty the monolith's records: %w", err)
		}
	}
	return makeBuckets(tx)
}

// files reads and writes records within one database transaction.
type files struct {
	tx   *bbolt.Tx
	book *Copybook
	at   time.Time
	// touched are the customers and orders that were written and differ from
	// before, or whose returns do, in the order of writing.
	touched *[]*Record
}

func (m *Monolith) files(tx *bbolt.Tx, at time.Time) files {
	return files{tx: tx, book: m.book, at: at, touched: new([]*Record)}
}

func (f files) bucket(name string) (*bbolt.Bucket, error) {
	if b := f.tx.Bucket([]byte(root)); b != nil {
		if b = b.Bucket([]byte(name)); b != nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("the file %s is missing", name)
}

// read returns a record, or nil if there is none under the key.
func (f files) read(file, layout, key string) (*Record, error) {
	b, err := f.bucket(file)
	if err != nil {
		return nil, err
	}
	v := b.Get([]byte(key))
	if v == nil {
		return nil, nil //nolint:nilnil // nothing is there, which is no error
	}
	r, err := f.book.Decode(layout, string(v))
	if err != nil {
		return nil, fmt.Errorf("file %s, key %q: %w", file, key, err)
	}
	return r, nil
}

// readAll returns the records whose keys start with prefix, in the order of the
// keys.
func (f files) readAll(file, layout, prefix string) ([]*Record, error) {
	b, err := f.bucket(file)
	if err != nil {
		return nil, err
	}
	var out []*Record
	c := b.Cursor()
	for k, v := c.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, v = c.Next() {
		r, err := f.book.Decode(layout, string(v))
		if err != nil {
			return nil, fmt.Errorf("file %s, key %q: %w", file, k, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// write stores a record and tells whether the file has changed.
func (f files) write(file, key string, r *Record) (bool, error) {
	text, err := r.Encode()
	if err != nil {
		return false, err
	}
	b, err := f.bucket(file)
	if err != nil {
		return false, err
	}
	if old := b.Get([]byte(key)); old != nil && string(old) == text {
		return false, nil
	}
	return true, b.Put([]byte(key), []byte(text))
}

// strike removes a record.
func (f files) strike(file, key string) error {
	b, err := f.bucket(file)
	if err != nil {
		return err
	}
	return b.Delete([]byte(key))
}

// next returns the next number of a file.
func (f files) next(file string) (int64, error) {
	b, err := f.bucket(file)
	if err != nil {
		return 0, err
	}
	n, err := b.NextSequence()
	if err == nil && n > 999_999 {
		return 0, fmt.Errorf("the file %s is full: its numbers have six digits", file)
	}
	return int64(n), err //nolint:gosec // six digits fit
}

// dirty returns the last state of every record that was touched.
func (f files) dirty() []*Record { return *f.touched }

func (f files) touch(r *Record) { *f.touched = append(*f.touched, r) }

// customerKey is how customers are compared: without case and space around.
func customerKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// savedResponse is what a request ID was answered with.
type savedResponse struct{ digest, response string }

func (f files) saved(id string) (s savedResponse, ok bool, err error) {
	b, err := f.bucket(savedFile)
	if err != nil || id == "" {
		return s, false, err
	}
	v := b.Get([]byte(id))
	if v == nil {
		return s, false, nil
	}
	r, rest, err := f.book.DecodePrefix("SAVED-RECORD", string(v))
	if err != nil {
		return s, false, err
	}
	return savedResponse{r.Text("SAVE-DIGEST"), rest}, true, nil
}

func (f files) save(id, digest, response string) error {
	if id == "" {
		return nil
	}
	b, err := f.bucket(savedFile)
	if err != nil {
		return err
	}
	r := f.book.New("SAVED-RECORD")
	r.SetTime("SAVE", f.at)
	r.SetText("SAVE-DIGEST", digest)
	text, err := r.Encode()
	if err != nil {
		return err
	}
	return b.Put([]byte(id), []byte(text+response))
}
