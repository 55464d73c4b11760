package orchestrator

import (
	"context"
	"time"
)

// Backend is a language model, or something that stands in for one, seen as
// three skills. Implementations must be safe for concurrent use. Nothing that a
// backend returns is trusted: the kernel checks every plan and every answer.
type Backend interface {
	// Describe says what the backend is. It must not need the network.
	Describe(ctx context.Context) (BackendInfo, error)
	// Plan turns a message into a plan over the catalog.
	Plan(ctx context.Context, req PlanRequest) (PlanReply, error)
	// Judge decides one condition that no expression could be written for.
	Judge(ctx context.Context, req JudgeRequest) (Verdict, error)
	// Respond writes the answer to a turn whose steps have run. It calls emit, from
	// the calling goroutine, with the pieces of the answer as they come; the pieces
	// joined are Reply.Text.
	Respond(ctx context.Context, req RespondRequest, emit func(delta string)) (Reply, error)
}

// Preparer is an optional ability of a Backend: it is told of a new catalog
// beforehand, so that the first message need not wait. Prepare may take long and
// is run in the background.
type Preparer interface {
	Prepare(ctx context.Context, catalog *Catalog)
}

// Matcher is an optional ability of a Backend: it finds the intents that are
// relevant to a message without asking a model. Other backends use it to keep
// their prompts small.
type Matcher interface {
	// Match returns the names of at most n intents, the most relevant first.
	Match(ctx context.Context, message string, catalog *Catalog, n int) ([]string, error)
}

// Checker is an optional ability of a Backend: Check finds out with one tiny
// request whether it could do its work now. The error says what is wrong and what
// to do about it.
type Checker interface {
	Check(ctx context.Context) error
}

// BackendInfo is what a backend says of itself.
type BackendInfo struct {
	Name     string // offline, openai, …
	Version  string
	Contract int
	Model    string // empty if there is none
	// Local means that nothing leaves the machine.
	Local bool
	// Capabilities are words such as "streaming", "json_schema", "tools",
	// "json_mode", "stream_usage", for people and for choosing a way to ask.
	Capabilities []string
	// Price is what the model costs; nil means that it is not known, which never
	// counts as free.
	Price *Price
	// Parts are the backends that this one is made of, if it is a chain.
	Parts []BackendInfo
}

// Price is what tokens cost, in US dollars per million.
type Price struct {
	InputPerMTok  float64 `json:"input_per_mtok"`
	OutputPerMTok float64 `json:"output_per_mtok"`
}

// Cost returns what a number of tokens costs, in US dollars.
func (p Price) Cost(input, output int) float64 {
	return (float64(input)*p.InputPerMTok + float64(output)*p.OutputPerMTok) / 1e6
}

// PlanRequest is everything a backend may use for planning.
type PlanRequest struct {
	Message string
	// User asks. Subject is whom the conversation is about at the moment: the same,
	// or for staff the customer named last, or zero.
	User, Subject User
	// People are the users that the directory recognised in the message.
	People []User
	// Conversation holds the running conversation's last turns, oldest first. Its
	// last turn may be a question that the message answers.
	Conversation []Turn
	// Digest holds the last turns of the user's other recent conversations, oldest
	// first, for reference only.
	Digest  []Turn
	Catalog *Catalog
	Now     time.Time
	// Goal asks whether the message has been answered for by what was done, see Done,
	// and to plan what is left. A plan of kind PlanAnswer means that the goal is
	// reached, whatever its text; the steps of a plan of steps may read the results
	// of those in Done by their IDs and must have other IDs.
	Goal bool
	Done []StepRecord
	// Rejected is the backend's earlier plan for the same message and Problems say
	// why the kernel refused it; both empty on the first try.
	Rejected *Plan
	Problems []string
}

// PlanReply is a plan and what it cost.
type PlanReply struct {
	Plan  Plan
	Usage Usage
}

// JudgeRequest asks whether a condition, in the user's words, holds.
type JudgeRequest struct {
	Condition string
	// Steps are the finished steps of the turn, with their results.
	Steps []StepRecord
	Now   time.Time
}

// Verdict is the answer to a JudgeRequest. Unless Known, the condition could not
// be decided, and the step that hangs on it does not run.
type Verdict struct {
	Met, Known bool
	Why        string
	Usage      Usage
}

// RespondRequest is everything a backend may use for the answer.
type RespondRequest struct {
	Message       string
	User, Subject User
	// Preface is what the plan wanted said before the results; may be empty.
	Preface      string
	Steps        []StepRecord
	Conversation []Turn
	Catalog      *Catalog
	Now          time.Time
	// Rejected is the backend's earlier answer to the same and Problems say which of
	// its facts stand in no result; both empty on the first try.
	Rejected string
	Problems []string
}

// Reply is an answer in Markdown and what it cost.
type Reply struct {
	Text  string
	Usage Usage
}

// Usage counts what backends consumed.
type Usage struct {
	Backend      string  `json:"backend"`
	Model        string  `json:"model"`
	ModelCalls   int     `json:"model_calls"`
	InputTokens  int     `json:"input_tokens"`
	OutputTokens int     `json:"output_tokens"`
	CostUSD      float64 `json:"cost_usd"`
}

// Add sums the counts of v into u.
func (u *Usage) Add(v Usage) {
	u.ModelCalls += v.ModelCalls
	u.InputTokens += v.InputTokens
	u.OutputTokens += v.OutputTokens
	u.CostUSD += v.CostUSD
}
