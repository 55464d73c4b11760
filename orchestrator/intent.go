package orchestrator

import "github.com/google/jsonschema-go/jsonschema"

// ContractVersion is the version of the contracts in this package. Every plugin
// states the one it was written for; the kernel refuses a plugin that states
// another.
const ContractVersion = 1

// Era says which side of the strangler fig a service stands on.
type Era string

// The two eras. Where both offer an intent, modern wins.
const (
	Legacy Era = "legacy"
	Modern Era = "modern"
)

// Effect says what a call of an intent does to the world.
type Effect string

// The effects. Whatever is not declared a Read is treated as a change.
const (
	Read        Effect = "read"        // changes nothing, may be repeated
	Write       Effect = "write"       // changes something that can be changed back
	Destructive Effect = "destructive" // changes something for good
)

// Intent is one thing that can be asked for, as the service that performs it
// describes it. It is everything that planning, checking, confirming and
// answering know about the intent: nothing about it is written elsewhere.
type Intent struct {
	// Name is a snake_case verb phrase, unique within an era: cancel_order.
	Name string `json:"name"`
	// Summary is one line in plain English, in the imperative: "Cancel an order
	// that has not shipped yet".
	Summary string `json:"summary"`
	// Params and Result are schemas of type object. Beside the standard keywords,
	// properties may carry x-unit (a unit or an ISO 4217 currency), x-synonyms
	// (an object: enum value → list of other words for it), x-personal (the sort of
	// personal data, see Personal) and, in results, x-compare (how the answers of two
	// sides are compared, see package compare). A nil Result means that the shape of the
	// result is not known.
	Params *jsonschema.Schema `json:"params,omitempty"`
	Result *jsonschema.Schema `json:"result,omitempty"`
	// Examples are utterances that ask for this intent.
	Examples []string `json:"examples,omitempty"`
	Effect   Effect   `json:"effect"`
	// Subject names the parameter that says whom the call is about, usually
	// "email". The kernel fills it from the session; it is never taken from the
	// message or from a model. Empty: the intent is about nobody in particular.
	Subject string `json:"subject,omitempty"`
	// Access is a CEL expression of type bool that says who may call the intent, for
	// whom, and with which arguments, see DefaultAccess for what it can read. A call
	// for which it is not true is refused. Empty means DefaultAccess.
	Access string `json:"access,omitempty"`
	// Unconfirmed lets a write run without a yes, because it harms nobody.
	Unconfirmed bool `json:"unconfirmed,omitempty"`
	// Confirm is a template for the sentence that asks for the yes, Answer one
	// for the Markdown that tells the result; both optional. See Wording.
	Confirm string `json:"confirm,omitempty"`
	Answer  string `json:"answer,omitempty"`
	// Languages holds the wordings in other languages than English, by tag: de.
	Languages map[string]Words `json:"languages,omitempty"`
	// Locale is the language of the wordings above; nil is English. In sets it.
	Locale *Locale `json:"-"`
	// Undo says how a call of this intent is taken back; nil if it cannot be.
	Undo *Undo `json:"undo,omitempty"`
	// Recovery says what to do about a call of which it is not known whether it had
	// its effect, after a time-out or a crash. Empty means RecoverComplete.
	Recovery Recovery `json:"recovery,omitempty"`
}

// Undo names the intent that takes a change back, of the same service, and how its
// arguments follow from the change.
type Undo struct {
	Intent string `json:"intent"`
	// Args are CEL expressions by parameter, over args (the arguments of the call that
	// is taken back) and result (what it returned): result.previous_phone. The
	// subject is that of the call and is not given here.
	Args map[string]string `json:"args,omitempty"`
	// When is a CEL expression over the same of type bool; if it is false, there is
	// nothing to take back, such as after a change to the value that was there
	// before. Empty means always.
	When string `json:"when,omitempty"`
}

// Recovery is what is done about a change of which it is not known whether it
// happened. Whatever it is, the service is asked by idempotency key first, if it
// can answer that; and nothing is repeated at a service that does not keep keys.
type Recovery string

// The ways to recover.
const (
	RecoverComplete Recovery = "complete" // repeat it with the same key until it is known to be done
	RecoverUndo     Recovery = "undo"     // take it back, if it happened
	RecoverFlag     Recovery = "flag"     // leave it, and ask a person to look at it
)

// Changes tells whether the intent may change something.
func (i Intent) Changes() bool { return i.Effect != Read }

// NeedsYes tells whether a call waits for the user's confirmation.
func (i Intent) NeedsYes() bool { return i.Changes() && !i.Unconfirmed }

// Description is what a service says of itself.
type Description struct {
	Name     string `json:"name"`    // order, shipping, monolith
	Version  string `json:"version"` // of the service, semantic
	Contract int    `json:"contract"`
	Era      Era    `json:"era"`
	// Keys promises that the service keeps the results of changes by idempotency key
	// for a day or longer: the same key with the same parameters gives the saved
	// result and has no second effect, with other parameters it is an error. Only
	// then is a change ever repeated.
	Keys bool `json:"keys,omitempty"`
	// Concurrency bounds the calls to the service at a time; 0 means the kernel's
	// default.
	Concurrency int      `json:"concurrency,omitempty"`
	Intents     []Intent `json:"intents"`
}
