package orchestrator

import "context"

// Service performs intents. Implementations must be safe for concurrent use.
type Service interface {
	// Describe says which intents the service offers. It is asked at start and
	// whenever the catalog is refreshed.
	Describe(ctx context.Context) (Description, error)
	// Call performs one intent. A refusal of the business ("already cancelled")
	// or of the arguments is an *Error with a code of its own; any other error
	// counts as a failure of the service. The result must fit the intent's Result
	// schema. Call must return soon after ctx ends.
	Call(ctx context.Context, call Call) (Result, error)
}

// DryRunner is an optional ability of a Service: for the intents that it names,
// a Call with DryRun set checks everything and returns the result that the call
// would have, without changing anything.
type DryRunner interface {
	CanDryRun(intent string) bool
}

// Closer is an optional ability of any plugin: the kernel closes it when it is
// closed itself.
type Closer interface {
	Close() error
}

// Call is one request to a service.
type Call struct {
	Intent string
	// Args fit the intent's Params schema and include the subject parameter.
	Args map[string]any
	// User is who asks, Subject whom the call is about. They differ only when
	// staff act for a customer. A service must not do for Subject what Subject
	// may not do, and must treat objects of others as if they did not exist.
	User    User
	Subject User
	// Key is the idempotency key of a change: a second call with the same key and
	// arguments must have no second effect and return the first result.
	Key string
	// DryRun asks for the outcome without the change, see DryRunner.
	DryRun bool
	// Turn and Step say where the call comes from, for logs.
	Turn, Step string
}

// Result is what a call returns, in JSON's shape.
type Result struct {
	Data map[string]any
}
