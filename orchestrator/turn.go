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
	User    string `json:"user"`
	Subject string `json:"subject,omitempty"`
	// ActingFor is the email of the customer for whom staff said to act, by /as; it
	// stands in every turn until that ends.
	ActingFor string `json:"acting_for,omitempty"`
	// ActingEnds is set on the turn in which staff ceased to act for anybody.
	ActingEnds bool         `json:"acting_ends,omitempty"`
	At         time.Time    `json:"at"`
	Message    string       `json:"message"`
	Kind       TurnKind     `json:"kind"`
	Answer     string       `json:"answer"`
	Steps      []StepRecord `json:"steps,omitempty"`
	// Plan is what the backend made of the message, kept for follow-ups.
	Plan *Plan `json:"plan,omitempty"`
	// Pending is set on a confirmation: what the yes will be bound to.
	Pending *Pending `json:"pending,omitempty"`
	// Settles is the ID of the confirmation turn that this turn said yes or no to.
	Settles string `json:"settles,omitempty"`
	// Lapsed is the ID of the confirmation turn that this turn made void without a
	// yes or a no: it came too late, or asked for something else.
	Lapsed string `json:"lapsed,omitempty"`
	// TakesBack is the ID of the turn whose changes this turn undoes.
	TakesBack string `json:"takes_back,omitempty"`
	// Outcome says of a turn with changes, once it has ended, how they stand.
	Outcome Outcome `json:"outcome,omitempty"`
	// Recovered is set if the program ended while the turn was under way, and
	// brought it to its end when it was started again.
	Recovered bool `json:"recovered,omitempty"`
	// Goal is set if the backend was asked to plan on after the results; Rounds is
	// how many plans it made.
	Goal   bool `json:"goal,omitempty"`
	Rounds int  `json:"rounds,omitempty"`
	// Sources say where the facts in the answer come from.
	Sources []Source `json:"sources,omitempty"`
	// Audit is the mark of the turn's last entry in the audit log.
	Audit string `json:"audit,omitempty"`
	// Problem is set on an error.
	Problem    *Error  `json:"error,omitempty"`
	Usage      Usage   `json:"usage"`
	DurationMS float64 `json:"duration_ms"`
}

// Outcome is how the changes of a turn stand.
type Outcome string

// The outcomes. A turn that was not to change anything, or whose changes were all
// skipped or declined, has none.
const (
	OutcomeDone    Outcome = "done"    // what was to be changed is changed
	OutcomePartly  Outcome = "partly"  // some changes stand, others failed; the plan allowed that
	OutcomeUndone  Outcome = "undone"  // nothing is changed: what was done, if anything, is taken back
	OutcomeFlagged Outcome = "flagged" // a person has to look, see StepRecord.Flag
)

// Source says where a fact of an answer comes from.
type Source struct {
	// Fact is the number, date, address or name as it stands in the answer.
	Fact string `json:"fact"`
	// Step and Field are the step whose result or argument it stands in, and the path
	// in it: orders[0].total. Both are empty if From is not "result" or "argument".
	Step  string `json:"step,omitempty"`
	Field string `json:"field,omitempty"`
	// From is result, argument, message, earlier (a turn before), account, catalog (what
	// services say of themselves) or clock.
	From string `json:"from"`
}

// StepStatus says how far a step has come.
type StepStatus string

// The states of a step.
const (
	StepPlanned StepStatus = "planned" // only while a turn runs
	StepRunning StepStatus = "running" // only while a turn runs
	StepDone    StepStatus = "done"
	StepSkipped StepStatus = "skipped" // its condition was not met
	StepFailed  StepStatus = "failed"
	StepDenied  StepStatus = "denied"  // not allowed, or the user said no
	StepUndone  StepStatus = "undone"  // it was done, and taken back
	StepWaiting StepStatus = "waiting" // for the user's yes
)

// StepRecord is what became of one step.
type StepRecord struct {
	ID     string `json:"id"`
	Intent string `json:"intent"`
	// For is the email of the customer the step is about, if it has a subject.
	For string `json:"for,omitempty"`
	// Args are the resolved arguments, without the subject.
	Args map[string]any `json:"args,omitempty"`
	// From tells of each argument where its value comes from, see FromUser; Origins say
	// the same in words of those arguments of a change that decide where it goes.
	From      map[string]string `json:"from,omitempty"`
	Origins   []string          `json:"origins,omitempty"`
	Condition *Decided          `json:"condition,omitempty"`
	Status    StepStatus        `json:"status"`
	// Route is the era that answered, FallbackFrom the one that was tried first.
	Route        Era `json:"route,omitempty"`
	FallbackFrom Era `json:"fallback_from,omitempty"`
	// Routed is the intent's route when the step was called, Why the reason in a word;
	// Shadow is what the comparison with the other side found, if it was there in time.
	Routed     *Route         `json:"routed,omitempty"`
	Why        RouteReason    `json:"why,omitempty"`
	Shadow     *ShadowRecord  `json:"shadow,omitempty"`
	Service    string         `json:"service,omitempty"`
	Version    string         `json:"version,omitempty"`
	Result     map[string]any `json:"result,omitempty"`
	Error      *Error         `json:"error,omitempty"`
	DurationMS float64        `json:"duration_ms"`
	Lookup     bool           `json:"lookup,omitempty"`
	// Text is the part of the message that this step stands for.
	Text string `json:"text,omitempty"`
	// Sentence says in words what a write does, with real values; Changes are the
	// fields that a dry run and a read show to change.
	Sentence string   `json:"sentence,omitempty"`
	Changes  []Change `json:"changes,omitempty"`
	// Key is the idempotency key of a change that was called.
	Key string `json:"key,omitempty"`
	// Attempts counts the calls, if there were several.
	Attempts int `json:"attempts,omitempty"`
	// Undo is what became of taking the step back, if that was tried.
	Undo *Undoing `json:"undo,omitempty"`
	// Flag says what a person has to look at and do: it is not known whether the
	// change was made, or it could not be taken back. Empty if all is well.
	Flag string `json:"flag,omitempty"`
	// Each is the ID of the step that this one is a repetition of; its own ID ends in
	// a number.
	Each string `json:"each,omitempty"`
	// Playbook is the ID of the step whose playbook this one belongs to.
	Playbook string `json:"playbook,omitempty"`
	// Group marks a step that only stands for others: the one that is repeated, or
	// the playbook itself.
	Group bool `json:"group,omitempty"`
}

// Undoing is the taking back of a step.
type Undoing struct {
	Intent string         `json:"intent"`
	Args   map[string]any `json:"args,omitempty"`
	Key    string         `json:"key,omitempty"`
	Done   bool           `json:"done"`
	Error  *Error         `json:"error,omitempty"`
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
	// Note is what the user should know before the yes: what else was asked for and
	// cannot be done. Empty if nothing.
	Note string `json:"note,omitempty"`
}
