package orchestrator

import (
	"context"
	"errors"
	"unicode/utf8"
)

// State keeps small shared facts: routes, rollouts, limits. Implementations must be
// safe for concurrent use, and a value that was put survives a crash.
type State interface {
	// Get returns the value of a key and its revision; revision 0 means that there is
	// none.
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Put sets a key if its revision is still the one given (0: there must be none),
	// and returns the new one. ErrStale means that somebody else was faster.
	Put(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
	// Delete removes a key under the same condition. To delete what is not there is
	// nothing.
	Delete(ctx context.Context, key string, revision uint64) error
	// Keys lists the keys that begin with prefix, sorted.
	Keys(ctx context.Context, prefix string) ([]string, error)
	// Watch sends the key of every change under prefix from now on until ctx ends, when
	// the channel is closed. A slow watcher misses none but may get several changes of
	// one key as one.
	Watch(ctx context.Context, prefix string) (<-chan string, error)
}

// ErrStale means that a key of the State has another revision than was expected.
var ErrStale = errors.New("it was changed by somebody else meanwhile")

// maxKey is the longest key of a State in bytes.
const maxKey = 1024

// CheckKey is how every State begins: it returns the error of a context that has
// ended, and an *Error with CodeInvalid for a key that is empty, longer than 1,024
// bytes or not UTF-8.
func CheckKey(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if key == "" || len(key) > maxKey || !utf8.ValidString(key) {
		return Errorf(CodeInvalid, "A key of the shared state has between 1 and %d bytes of text in UTF-8; this one has %d bytes.", maxKey, len(key))
	}
	return nil
}
