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

// Finder is an optional ability of a Service that keeps the results of changes by
// idempotency key: Find tells what became of the change that was called with
// call.Key, without doing anything. found is false if no effect is kept under the
// key. A key that was used for another intent, subject or parameters is an error.
type Finder interface {
	Find(ctx context.Context, call Call) (res Result, found bool, err error)
}

// Playbook is an optional ability of a Service: some of its intents are plans that
// a person wrote down, and the kernel runs their steps in place of a call. Play
// returns the plan of an intent; ok is false if the intent is to be called. The
// expressions of the plan may read params.<name>, the parameters of the intent;
// args are literals or such expressions.
// A parameter that has a question and is not required is asked for when the first
// step that reads it is about to run, and not at all if none is.
type Playbook interface {
	Play(intent string) (play Play, ok bool)
}

// Play is the plan of a playbook's intent.
type Play struct {
	Plan Plan
	// Questions ask for parameters that are not given, by name.
	Questions map[string]string
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
	// Credential proves that the kernel made this call: it fits this user, subject,
	// intent and key, for a short time. See Credentials.
	Credential string
	// Conversation, Turn and Step say where the call comes from.
	Conversation, Turn, Step string
}

// Result is what a call returns, in JSON's shape.
type Result struct {
	Data map[string]any
	// State is, for a change and for its dry run, what the call leaves or would leave of
	// the things that it touches, by kind and key such as "order 1003", in a form that
	// both eras share. It is what a shadow call is compared by beside Data; nil if the
	// service does not tell.
	State map[string]any
}
