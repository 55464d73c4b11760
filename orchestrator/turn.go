package orchestrator

import "time"

// TurnKind says how a turn ended.
type TurnKind string

// The kinds of turn.
const (
	KindAnswer       TurnKind = "answer"
	KindQuestion     TurnKind = "question"     // more is needed from the user
	KindConfirmation TurnKind = "confirmation" // a write waits for a yes
	KindRefusal      TurnKind = "refusal"      // not allowed, or not something this program does
	KindError        TurnKind = "error"
)

// Turn is one message of the user and all that came of it. Its JSON form is the
// one that `banyan ask --json` prints and that the store keeps.
type Turn struct {
	Conversation string `json:"conversation"`
	ID           string `json:"turn"`
	// User and Subject are emails: who asked, and whom it was about.
	User    string       `json:"user"`
	Subject string       `json:"subject,omitempty"`
	At      time.Time    `json:"at"`
	Message string       `json:"message"`
	Kind    TurnKind     `json:"kind"`
	Answer  string       `json:"answer"`
	Steps   []StepRecord `json:"steps,omitempty"`
	// Plan is what the backend made of the message, kept for follow-ups.
	Plan *Plan `json:"plan,omitempty"`
	// Pending is set on a confirmation: what the yes will be bound to.
	Pending *Pending `json:"pending,omitempty"`
	// Settles is the ID of the confirmation turn that this turn said yes or no to.
	Settles string `json:"settles,omitempty"`
	// Problem is set on an error.
	Problem    *Error  `json:"error,omitempty"`
	Usage      Usage   `json:"usage"`
	DurationMS float64 `json:"duration_ms"`
}

// StepStatus says how far a step has come.
type StepStatus string

// The states of a step. Undone is reserved for steps that were taken back.
const (
	StepPlanned StepStatus = "planned" // only while a turn runs
	StepRunning StepStatus = "running" // only while a turn runs
	StepDone    StepStatus = "done"
	StepSkipped StepStatus = "skipped" // its condition was not met
	StepFailed  StepStatus = "failed"
	StepDenied  StepStatus = "denied" // not allowed, or the user said no
	StepUndone  StepStatus = "undone"
	StepWaiting StepStatus = "waiting" // for the user's yes
)

// StepRecord is what became of one step.
type StepRecord struct {
	ID     string `json:"id"`
	Intent string `json:"intent"`
	// For is the email of the customer the step is about, if it has a subject.
	For string `json:"for,omitempty"`
	// Args are the resolved arguments, without the subject.
	Args      map[string]any `json:"args,omitempty"`
	Condition *Decided       `json:"condition,omitempty"`
	Status    StepStatus     `json:"status"`
	// Route is the era that answered, FallbackFrom the one that was tried first.
	Route        Era            `json:"route,omitempty"`
	FallbackFrom Era            `json:"fallback_from,omitempty"`
	Service      string         `json:"service,omitempty"`
	Version      string         `json:"version,omitempty"`
	Result       map[string]any `json:"result,omitempty"`
	Error        *Error         `json:"error,omitempty"`
	DurationMS   float64        `json:"duration_ms"`
	Lookup       bool           `json:"lookup,omitempty"`
	// Text is the part of the message that this step stands for.
	Text string `json:"text,omitempty"`
	// Sentence says in words what a write does, with real values; Changes are the
	// fields that a dry run and a read show to change.
	Sentence string   `json:"sentence,omitempty"`
	Changes  []Change `json:"changes,omitempty"`
}

// Decided is a condition and its verdict.
type Decided struct {
	Text string `json:"text"`
	Expr string `json:"expr,omitempty"`
	// Met is nil while the condition has not been decided.
	Met *bool `json:"met,omitempty"`
	// By is "cel" or "model".
	By string `json:"by,omitempty"`
}

// Change is one field's value before and after a write.
type Change struct {
	Field string `json:"field"`
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Pending is a set of writes that waits for a yes.
type Pending struct {
	// Hash binds the yes to exactly these steps, arguments and subjects, in this
	// conversation.
	Hash    string    `json:"hash"`
	Expires time.Time `json:"expires"`
	// Steps are the IDs of the writes, in the order in which they are numbered.
	Steps []string `json:"steps"`
}
