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
	// properties may carry x-unit (a unit or an ISO 4217 currency) and x-synonyms
	// (an object: enum value → list of other words for it). A nil Result means
	// that the shape of the result is not known.
	Params *jsonschema.Schema `json:"params,omitempty"`
	Result *jsonschema.Schema `json:"result,omitempty"`
	// Examples are utterances that ask for this intent.
	Examples []string `json:"examples,omitempty"`
	Effect   Effect   `json:"effect"`
	// Subject names the parameter that says whom the call is about, usually
	// "email". The kernel fills it from the session; it is never taken from the
	// message or from a model. Empty: the intent is about nobody in particular.
	Subject string `json:"subject,omitempty"`
	// Unconfirmed lets a write run without a yes, because it harms nobody.
	Unconfirmed bool `json:"unconfirmed,omitempty"`
	// Confirm is a template for the sentence that asks for the yes, Answer one
	// for the Markdown that tells the result; both optional. See Wording.
	Confirm string `json:"confirm,omitempty"`
	Answer  string `json:"answer,omitempty"`
}

// Changes tells whether the intent may change something.
func (i Intent) Changes() bool { return i.Effect != Read }

// NeedsYes tells whether a call waits for the user's confirmation.
func (i Intent) NeedsYes() bool { return i.Changes() && !i.Unconfirmed }

// Description is what a service says of itself.
type Description struct {
	Name     string   `json:"name"`    // order, shipping, monolith
	Version  string   `json:"version"` // of the service, semantic
	Contract int      `json:"contract"`
	Era      Era      `json:"era"`
	Intents  []Intent `json:"intents"`
}
