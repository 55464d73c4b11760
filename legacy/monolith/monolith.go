package monolith

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"go.etcd.io/bbolt"
)

// Options configure a monolith. The zero value is one that answers at once.
type Options struct {
	// Now is the source of time; time.Now if nil.
	Now func() time.Time
	// Latency is how long a transaction takes, drawn evenly from the range.
	Latency Range
	// Seed makes the latencies repeatable.
	Seed uint64
}

// Range is a span of durations, both ends included. Max below Min means Min.
type Range struct{ Min, Max time.Duration }

// Monolith is the old backend. It is safe for concurrent use and does one thing at
// a time: every transaction holds the one lock from its simulated work to its
// commit.
type Monolith struct {
	db      *bbolt.DB
	book    *Copybook
	now     func() time.Time
	latency Range
	// lock guards random and stands for the one terminal line of the real thing. It
	// is a channel, so that waiting for it can be given up.
	lock    chan struct{}
	random  *rand.Rand
	changed func(ctx context.Context, tx *bbolt.Tx, n Notice) error
}

// Open returns a monolith that keeps its records in db, in buckets below the
// bucket "legacy", which it makes if they are missing. The database remains the
// caller's, who closes it.
//
// Lock order: the monolith's lock comes before the database's write transaction.
// Whoever holds a write transaction of db must not call Exchange.
func Open(db *bbolt.DB, o Options) (*Monolith, error) {
	book, err := LoadCopybook()
	if err != nil {
		return nil, err
	}
	m := &Monolith{
		db: db, book: book, now: o.Now, latency: o.Latency,
		lock:   make(chan struct{}, 1),
		random: rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // latencies are no secret
	}
	if m.now == nil {
		m.now = time.Now
	}
	if err := m.makeBuckets(); err != nil {
		return nil, fmt.Errorf("open the monolith's records: %w", err)
	}
	return m, nil
}

// Copybook returns the layouts that requests and responses are made of.
func (m *Monolith) Copybook() *Copybook { return m.book }

// Notice says what a transaction has changed.
type Notice struct {
	Code      string  // of the transaction
	RequestID string  // of the request
	Record    *Record // a CUSTOMER-RECORD or ORDER-RECORD after the change
	Validated bool    // mode V: the change will be taken back
}

// Changed sets the function that is told of every CUSTOMER-RECORD and
// ORDER-RECORD that a transaction of mode U or V has changed, or whose returns it
// has. It is called in the transaction with the context of Exchange, once for each
// record, and its error takes the transaction back. Changed must be called before the first Exchange.
func (m *Monolith) Changed(f func(ctx context.Context, tx *bbolt.Tx, n Notice) error) { m.changed = f }

// Exchange performs one transaction: a request of the copybook in, a response
// out. What the business refuses, or what cannot be read, is a response with a
// code; an error means that nothing was executed or all of it was taken back,
// because ctx had ended or the records could not be reached.
func (m *Monolith) Exchange(ctx context.Context, request string) (response string, err error) {
	select {
	case m.lock <- struct{}{}:
		defer func() { <-m.lock }()
	case <-ctx.Done():
		return "", fmt.Errorf("waiting for the monolith: %w", ctx.Err())
	}
	if err := m.work(ctx); err != nil {
		return "", fmt.Errorf("the monolith was still busy: %w", err)
	}
	return m.execute(ctx, request)
}

// work lets the simulated time pass. The caller holds the lock.
func (m *Monolith) work(ctx context.Context) error {
	if d := m.draw(); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

// draw picks the next latency. The caller holds the lock.
func (m *Monolith) draw() time.Duration {
	d := m.latency.Min
	if span := m.latency.Max - m.latency.Min; span > 0 {
		d += time.Duration(m.random.Int64N(int64(span) + 1))
	}
	return d
}
