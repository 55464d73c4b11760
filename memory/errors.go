package memory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"banyan/orchestrator"
)

// The codes of the errors that Open and Store return, beside CodeStore and
// CodeInvalid of the kernel.
const (
	CodeBusy     = "store_busy"      // another process holds the file
	CodeDamaged  = "store_damaged"   // the file is not what this package wrote
	CodeNewer    = "store_newer"     // a newer version of the program wrote the file
	CodeReadOnly = "store_read_only" // the file or its folder cannot be written
	CodeFull     = "store_full"      // there is no room left
)

// damaged says that the file is not as it was written, and why.
func damaged(path, why string) error {
	return &orchestrator.Error{
		Code: CodeDamaged,
		Message: fmt.Sprintf("The conversation store %s is damaged: %s. It was left as it is. "+
			"Put a copy of it back, or move it away to start with an empty one.", path, why),
	}
}

// explain turns an error of the file system or of bbolt into one that a person
// can act on. What is explained already passes unchanged.
func explain(path, doing string, err error) error {
	var known *orchestrator.Error
	var flaw *Flaw
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known),
		errors.Is(err, orchestrator.ErrConflict),
		errors.Is(err, context.Canceled),
		errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &flaw):
		return withCause(damaged(path, flaw.Why), err)
	case errors.Is(err, bolterrors.ErrInvalid),
		errors.Is(err, bolterrors.ErrVersionMismatch),
		errors.Is(err, bolterrors.ErrChecksum):
		return withCause(damaged(path, err.Error()), err)
	case isFull(err):
		return &orchestrator.Error{
			Code: CodeFull,
			Message: fmt.Sprintf("There is no room left on the disk to %s in %s. "+
				"What was stored before is safe. Free some space and try again.", doing, path),
			Cause: err,
		}
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return &orchestrator.Error{
			Code: CodeReadOnly,
			Message: fmt.Sprintf("The conversation store %s cannot be written: %v. Nothing was changed. "+
				"Give this user the right to write there, or choose another folder with --data.", path, cause(err)),
			Cause: err,
		}
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return &orchestrator.Error{Code: orchestrator.CodeStore, Message: "The conversation store is closed.", Cause: err}
	}
	return &orchestrator.Error{
		Code: orchestrator.CodeStore,
		Message: fmt.Sprintf("The conversation store %s failed to %s: %v. What was stored before is safe. "+
			"Mend that, or choose another folder with --data.", path, doing, cause(err)),
		Cause: err,
	}
}

// isFull tells whether room is missing, which the user can change while the
// program runs. Nothing of the transaction is on the disk then.
func isFull(err error) bool {
	if errors.Is(err, bolterrors.ErrMaxSizeReached) {
		return true
	}
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		// bbolt keeps only the text of the error when it enlarges the file.
		if errors.Is(err, full) || err != nil && strings.HasPrefix(err.Error(), "file resize error: ") &&
			strings.HasSuffix(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

// cause strips operation and path from a file error: they are said already.
func cause(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}

func withCause(err, why error) error {
	var e *orchestrator.Error
	if errors.As(err, &e) && e.Cause == nil {
		e.Cause = why
	}
	return err
}

// refusal marks an error of one write that was found before anything was
// changed, so that the other writes of the same transaction can go ahead.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// bucket returns a bucket of the layout, or an error if the file lacks it.
func bucket(tx *bolt.Tx, name string) (*bolt.Bucket, error) {
	b := tx.Bucket([]byte(name))
	if b == nil {
		return nil, damaged(tx.DB().Path(), "the part "+name+" is missing")
	}
	return b, nil
}
