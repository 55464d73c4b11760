package memory

import (
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"banyan/orchestrator"
)

// Store keeps conversations in a bbolt file. It is an orchestrator.Store, safe
// for concurrent use. Make one with Open and Close it when done.
type Store struct {
	db     *bolt.DB
	path   string
	queue  queue
	holder holder
	// journal says which turns have begun.
	journal  *journal
	watchers orchestrator.Watchers // of the State
	// deletion keeps turns from being stored while a conversation is deleted.
	deletion sync.RWMutex
	// broken holds the error after which no more is written, because what the
	// file and the memory of bbolt say may differ.
	broken atomic.Pointer[orchestrator.Error]
	// wedged is set when bbolt crashed while it held its lock for writing.
	wedged atomic.Bool

	closing sync.Once
	closed  error
}

var (
	_ orchestrator.Store  = (*Store)(nil)
	_ orchestrator.Closer = (*Store)(nil)
)

// DB returns the open file, for those who keep buckets of their own in it. Names
// that begin with "memory/" are taken. It must not be closed.
func (s *Store) DB() *bolt.DB { return s.db }

// Path returns the name of the file.
func (s *Store) Path() string { return s.path }

// Close waits for transactions that are under way and lets go of the file. To
// close it again is nothing.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.watchers.Close()
		if s.wedged.Load() {
			return // bbolt would wait for its own lock; the file is let go when the process ends
		}
		journal := s.journal.close() // while the lock is held
		s.holder.remove()
		s.closed = explain(s.path, "close", errors.Join(s.db.Close(), journal))
	})
	return s.closed
}

// Check reads the whole file and returns what is wrong with its structure; nil
// if all is well. Nothing can be written meanwhile.
func (s *Store) Check() (err error) {
	defer s.guard("check", &err)()
	tx, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	// bbolt's own check comes second: it would run for ever on a page that points
	// back at itself.
	if err := verifyFile(s.path, 0); err != nil {
		return err
	}
	var found []error
	for problem := range tx.Check() {
		found = append(found, problem)
	}
	if len(found) > 0 {
		return withCause(damaged(s.path, found[0].Error()), errors.Join(found...))
	}
	return nil
}

// view runs fn in a transaction for reading.
func (s *Store) view(fn func(tx *bolt.Tx) error) (err error) {
	defer s.guard("read", &err)()
	return s.db.View(fn)
}

// update runs fn in a transaction for writing and returns once it is on the
// disk. Nothing is changed if there is an error.
func (s *Store) update(fn func(tx *bolt.Tx) error) (err error) {
	if e := s.broken.Load(); e != nil {
		return e
	}
	finished := false
	defer func() {
		if !finished { // bbolt panicked, and may hold its lock for ever
			s.wedged.Store(true)
			s.stop(err)
		}
	}()
	defer s.guard("store", &err)()
	var inner error
	err = s.db.Update(func(tx *bolt.Tx) error {
		inner = fn(tx)
		return inner
	})
	finished = true
	if err != nil && inner == nil && !isFull(err) && !errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		s.stop(err)
	}
	return err
}

// stop ends all writing: a commit that failed for another reason than missing
// room may stand half on the disk, and a second try could seem to succeed.
func (s *Store) stop(why error) {
	s.broken.CompareAndSwap(nil, &orchestrator.Error{
		Code: orchestrator.CodeStore,
		Message: fmt.Sprintf("Writing to the conversation store %s failed before, so nothing more is written to it. "+
			"What was stored before is safe. Look after the disk and start the program again.", s.path),
		Cause: why,
	})
}

// guard is deferred around everything that makes bbolt read pages. A damaged
// page can make bbolt panic or reach outside the file; guard turns both into an
// error.
func (s *Store) guard(doing string, err *error) func() {
	return guard(s.path, doing, err)
}

func guard(path, doing string, err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		crashed(recover(), err)
		*err = explain(path, doing, *err)
	}
}
