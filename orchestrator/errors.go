package orchestrator

import (
	"errors"
	"fmt"
)

// Error is a failure that a person can be told about. Code is stable and meant
// for programs, Message is one or more plain sentences for people; the cause
// goes to the log.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Cause   error  `json:"-"`
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause, so that errors.Is sees through.
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an *Error with a code and a formatted message for people. A %w
// in the format becomes the cause.
func Errorf(code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// The codes that the kernel itself uses. A service may use CodeNotFound,
// CodeInvalid, CodeDenied and any code of its own for what its business refuses.
const (
	CodeNotFound    = "not_found"            // there is no such thing, or it is somebody else's
	CodeInvalid     = "invalid_argument"     // an argument does not fit
	CodeDenied      = "denied"               // the user may not do this
	CodeUntrusted   = "untrusted_argument"   // an argument comes from where it may not come from
	CodeUnavailable = "unavailable"          // the service failed
	CodeTimeout     = "timeout"              // the service did not answer in time
	CodePanic       = "panic"                // the service crashed on this call
	CodeBadResult   = "bad_result"           // the answer does not fit the service's own schema
	CodeDependency  = "dependency_failed"    // an earlier step that this one needs has failed
	CodeTogether    = "together_or_not"      // another change that it was to be made together with cannot be made
	CodeUndecided   = "undecided"            // the condition could not be decided
	CodeCancelled   = "turn_cancelled"       // the user stopped the turn
	CodeExpired     = "confirmation_expired" // the yes came too late, or for what is no longer so
	CodeTooLong     = "message_too_long"
	CodeEmpty       = "message_empty"
	CodeBadPlan     = "bad_plan" // the backend's plan failed the check twice
	CodeBackend     = "backend_failed"
	CodeStore       = "store_failed"
	CodeInternal    = "internal"
	CodeRetired     = "route_retired" // the intent's route lets nobody serve it
)

// The codes with which a backend fails. They decide whether another backend may
// take over; after CodeBackendBudget only one on this machine may, because the
// others cost money too.
const (
	CodeBackendNoKey       = "backend_no_key"       // no key is set
	CodeBackendBadKey      = "backend_bad_key"      // the provider refuses the key
	CodeBackendNoModel     = "backend_no_model"     // the provider has no such model
	CodeBackendUnreachable = "backend_unreachable"  // no connection
	CodeBackendTimeout     = "backend_timeout"      // too slow: connecting, first token, between tokens, or in all
	CodeBackendRateLimit   = "backend_rate_limited" // too many requests or tokens
	CodeBackendOverloaded  = "backend_overloaded"   // the provider has a failure of its own
	CodeBackendTruncated   = "backend_truncated"    // the reply ended too early
	CodeBackendFiltered    = "backend_filtered"     // a content filter stopped the reply
	CodeBackendTooLong     = "backend_too_long"     // the prompt does not fit the model's context
	CodeBackendBadOutput   = "backend_bad_output"   // the reply is not what was asked for
	CodeBackendBadRequest  = "backend_bad_request"  // the provider refuses the request
	CodeBackendBudget      = "backend_budget"       // the call would cost more than is allowed
	CodeBackendOpen        = "backend_breaker_open" // it failed too often and is left alone for a while
)

// technical are the codes that mean that a service failed, as opposed to a
// service that says no.
var technical = map[string]bool{
	CodeUnavailable: true, CodeTimeout: true, CodePanic: true, CodeBadResult: true, CodeInternal: true,
}

// Technical tells whether the error is a failure of a service rather than a no
// of its business.
func (e *Error) Technical() bool { return e != nil && technical[e.Code] }

// Sentinels for plugins and their callers.
var (
	// ErrConflict means that a turn with this ID is stored already, with another
	// content.
	ErrConflict = errors.New("a different turn with the same ID is already stored")
	// ErrNotSent is the cause of a failed call that never reached the service: there was
	// no connection, or no time left. A change that failed so was surely not made.
	ErrNotSent = errors.New("the call was not sent")
	// ErrUnknownUser means that the directory knows nobody of that email or name.
	ErrUnknownUser = errors.New("no such user")
	// ErrForeignConversation means that a conversation belongs to another user.
	ErrForeignConversation = errors.New("there is no conversation of yours with this ID")
)

// asError returns the *Error in err's chain, or nil.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
