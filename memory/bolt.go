package memory

import (
	"errors"
	"fmt"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Flaw says in what a bbolt file is not as bbolt has written it.
type Flaw struct {
	Why   string // such as "page 7 is used twice"
	Cause error  // may be nil
}

// Error implements error.
func (f *Flaw) Error() string { return f.Why }

// Unwrap returns the cause.
func (f *Flaw) Unwrap() error { return f.Cause }

// OpenBolt opens a bbolt file that others than this package keep their data in, with
// the care that Open takes of its own: nothing in the file makes it panic, reach
// outside of the file, or read for ever. What is wrong with the content is a *Flaw;
// the file is then as it was, and not held. A file that is missing or empty becomes
// an empty one. All other errors are those of bbolt.
func OpenBolt(path string, o *bolt.Options) (db *bolt.DB, err error) {
	before := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(before)
		crashed(recover(), &err)
	}()
	if err := inspect(path); err != nil {
		return nil, err
	}
	if db, err = bolt.Open(path, 0o600, o); err != nil {
		for _, known := range []error{bolterrors.ErrInvalid, bolterrors.ErrVersionMismatch, bolterrors.ErrChecksum} {
			if errors.Is(err, known) {
				return nil, &Flaw{Why: err.Error(), Cause: err}
			}
		}
		return nil, err
	}
	// Nobody else writes from here on.
	if err := verifyFile(path, verifyLimit); err != nil {
		_ = db.Close() // the first error is the one that matters
		return nil, err
	}
	return db, nil
}

// crashed makes an error of what a panic left.
func crashed(panicked any, err *error) {
	if panicked != nil {
		*err = &Flaw{Why: "a page of it cannot be read", Cause: fmt.Errorf("panic: %v", panicked)}
	}
}
