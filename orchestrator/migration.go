package orchestrator

import (
	"context"
	"time"
)

// Migration is how people and commands see and steer the move from legacy to
// modern. The board, the control service, the commands and the guided demo all use
// this; main hands it to them. Methods are safe for concurrent use. Errors are
// *Error with sentences for people.
type Migration interface {
	// Status is a snapshot of everything; cheap enough to be asked for once a second.
	Status(ctx context.Context) (MigrationStatus, error)
	// SetRoute gives an intent a route at once. A canary with Rollout set is steered
	// from there by the judge. A route to a modern intent that breaks the contract of
	// the legacy one is refused unless Force is set.
	SetRoute(ctx context.Context, change RouteChange) (RouteVersion, error)
	// Promote moves an intent to the next stage: legacy, shadow, the steps of the
	// canary, modern. From modern on there is only retired, which is set by name.
	Promote(ctx context.Context, intent string, by Actor) (RouteVersion, error)
	// Pause makes a rollout wait where it is; Resume lets it go on.
	Pause(ctx context.Context, intent string, by Actor) error
	Resume(ctx context.Context, intent string, by Actor) error
	// Abort returns the intent to its last stable route, from every state.
	Abort(ctx context.Context, intent string, by Actor) (RouteVersion, error)
	// UndoRoute takes back the last change of the intent's route.
	UndoRoute(ctx context.Context, intent string, by Actor) (RouteVersion, error)
	// History returns the versions of an intent's route, oldest first.
	History(ctx context.Context, intent string) ([]RouteVersion, error)
	// Explain says where a call of the intent about who goes now, and why, in words.
	Explain(ctx context.Context, intent, who string) (Explanation, error)
	// Mismatches returns the last n differences that shadowing found, newest first; of
	// all intents if intent is empty.
	Mismatches(ctx context.Context, intent string, n int) ([]Mismatch, error)
	// Inject breaks a service on purpose; Heal mends it, all services if it is empty.
	Inject(ctx context.Context, f Fault, by Actor) error
	Heal(ctx context.Context, service string, by Actor) error
	// Report says of every intent whether its legacy side can be retired.
	Report(ctx context.Context) (MigrationReport, error)
}

// Actor is who changes something about the migration, and why. An empty Email is
// the judge itself.
type Actor struct {
	Email string `json:"by"`
	Why   string `json:"why,omitempty"`
}

// RouteChange asks for another route.
type RouteChange struct {
	Intent string
	Route  Route
	By     Actor
	// Rollout lets the judge move the canary on: manual only advises, auto promotes and
	// aborts by itself. Empty leaves a canary where it is put.
	Rollout RolloutMode
	// Steps of the canary in percent; nil means the usual 10, 25, 50, 100.
	Steps []int
	// Force routes to a modern intent that breaks the contract.
	Force bool
}

// RolloutMode says who moves a canary.
type RolloutMode string

// The modes.
const (
	RolloutManual RolloutMode = "manual"
	RolloutAuto   RolloutMode = "auto"
)

// RouteVersion is one state of an intent's route. Versions count from 1; version 0
// is the default that nobody has set.
type RouteVersion struct {
	Intent  string    `json:"intent"`
	Version int       `json:"version"`
	Route   Route     `json:"route"`
	Before  Route     `json:"before"`
	By      Actor     `json:"actor"`
	At      time.Time `json:"at"`
	// Cause is set, promote, abort, undo, judge or default.
	Cause string `json:"cause"`
}

// MigrationStatus is the state of the migration at a moment.
type MigrationStatus struct {
	At       time.Time      `json:"at"`
	Intents  []IntentStatus `json:"intents"` // by name
	Services []NodeStatus   `json:"services"`
	Faults   []Fault        `json:"faults,omitempty"`
	// BurnDown counts the calls of each side over time, oldest first.
	BurnDown []BurnPoint `json:"burn_down,omitempty"`
	// Modern counts the intents that have a modern home, Live those that modern serves
	// to everybody.
	Modern int `json:"modern"`
	Live   int `json:"live"`
	// Sync says how the data of both sides are kept in step; nil if nobody does.
	Sync *SyncStatus `json:"sync,omitempty"`
}

// IntentStatus is one line of the board.
type IntentStatus struct {
	Intent  string       `json:"intent"`
	Summary string       `json:"summary"`
	Effect  Effect       `json:"effect"`
	Version RouteVersion `json:"version"`
	// Legacy and Modern are nil if that side does not offer the intent.
	Legacy *SideStatus  `json:"legacy,omitempty"`
	Modern *SideStatus  `json:"modern,omitempty"`
	Shadow ShadowStatus `json:"shadow"`
	// Rollout is nil if no judge looks at the intent.
	Rollout *RolloutStatus `json:"rollout,omitempty"`
	// Contract lists what the modern intent does not keep of the legacy one.
	Contract []string `json:"contract,omitempty"`
}

// SideStatus is how one side does an intent, since the data folder was made for
// Calls, Errors and Last, and over the last calls for the rest.
type SideStatus struct {
	Service   string    `json:"service"`
	Version   string    `json:"version"`
	Calls     int       `json:"calls"`
	Errors    int       `json:"errors"` // technical failures
	Fallbacks int       `json:"fallbacks"`
	Last      time.Time `json:"last,omitzero"`
	P50MS     float64   `json:"p50_ms"`
	P95MS     float64   `json:"p95_ms"`
	// Recent counts the calls of the last hour, RecentErrors those that failed.
	Recent       int `json:"recent"`
	RecentErrors int `json:"recent_errors"`
}

// ErrorRate is the share of failed calls of the last hour, 0 to 1.
func (s *SideStatus) ErrorRate() float64 {
	if s == nil || s.Recent == 0 {
		return 0
	}
	return float64(s.RecentErrors) / float64(s.Recent)
}

// ShadowStatus counts what came of the calls that ran beside others to be compared:
// Compared, Failed and Inconclusive are all of them, and Matched is a part of Compared.
type ShadowStatus struct {
	Compared     int `json:"compared"`
	Matched      int `json:"matched"`
	Inconclusive int `json:"inconclusive,omitempty"`
	// Failed counts the calls to which modern gave no answer that could be compared: it
	// failed or was too slow.
	Failed  int            `json:"failed,omitempty"`
	Classes map[string]int `json:"classes,omitempty"`
	// NoiseCompared and NoiseMatched are comparisons of legacy with itself,
	// NoiseInconclusive those that say nothing. They are in none of the other numbers.
	NoiseCompared     int `json:"noise_compared,omitempty"`
	NoiseMatched      int `json:"noise_matched,omitempty"`
	NoiseInconclusive int `json:"noise_inconclusive,omitempty"`
}

// RolloutStatus is what the judge of a canary thinks.
type RolloutStatus struct {
	Mode  RolloutMode `json:"mode"`
	State string      `json:"state"` // running, paused, done, aborted
	Steps []int       `json:"steps"`
	Step  int         `json:"step"` // index in Steps
	Since time.Time   `json:"since"`
	// Calls and Needed count the calls of modern in this step, Wait is how much longer
	// the step lasts at least.
	Calls  int           `json:"calls"`
	Needed int           `json:"needed"`
	Wait   time.Duration `json:"wait"`
	// Verdict is good, bad or inconclusive; Why says it in a sentence.
	Verdict string `json:"verdict"`
	Why     string `json:"why"`
}

// NodeStatus is one service.
type NodeStatus struct {
	Service string `json:"service"`
	Version string `json:"version"`
	Era     Era    `json:"era"`
	// Breaker is closed, open or half-open; Until is when an open one tries again;
	// Share is how much of the traffic is let through while it returns, 0 to 1.
	Breaker string    `json:"breaker"`
	Until   time.Time `json:"until,omitzero"`
	Share   float64   `json:"share"`
}

// BurnPoint counts the calls in the minute that begins at At.
type BurnPoint struct {
	At     time.Time `json:"at"`
	Legacy int       `json:"legacy"`
	Modern int       `json:"modern"`
}

// Fault is how a service is broken on purpose. The zero fault does nothing.
type Fault struct {
	Service string `json:"service"`
	// ErrorRate is the share of calls that fail, 0 to 1; Outage fails all of them
	// before they reach the service.
	ErrorRate float64 `json:"error_rate,omitempty"`
	Outage    bool    `json:"outage,omitempty"`
	// Latency is added to every call.
	Latency time.Duration `json:"latency,omitempty"`
	// Bug is the name of a wrong answer: off_by_one_date, …; Lost makes failing calls do
	// their work before they fail.
	Bug  string    `json:"bug,omitempty"`
	Lost bool      `json:"lost,omitempty"`
	Seed uint64    `json:"seed,omitempty"`
	By   Actor     `json:"actor"`
	At   time.Time `json:"at,omitzero"`
}

// Explanation says where a call goes and why.
type Explanation struct {
	Intent string       `json:"intent"`
	Who    string       `json:"who,omitempty"`
	Choice Choice       `json:"choice"`
	Serves Era          `json:"serves"`
	Text   string       `json:"text"` // in plain sentences
	Route  RouteVersion `json:"route"`
}

// Mismatch is one difference that shadowing found, with both sides.
type Mismatch struct {
	ID        string         `json:"id"`
	At        time.Time      `json:"at"`
	Intent    string         `json:"intent"`
	Who       string         `json:"who"`
	Turn      string         `json:"turn"`
	Args      map[string]any `json:"args,omitempty"`
	Found     ShadowRecord   `json:"found"`
	Primary   SideAnswer     `json:"primary"`
	Candidate SideAnswer     `json:"candidate"`
	Noise     bool           `json:"noise,omitempty"`
}

// SideAnswer is an Answer in the form that is kept.
type SideAnswer struct {
	Era     Era            `json:"era"`
	Service string         `json:"service"`
	Result  map[string]any `json:"result,omitempty"`
	State   map[string]any `json:"state,omitempty"`
	Error   *Error         `json:"error,omitempty"`
	MS      float64        `json:"ms"`
}

// MigrationReport says what can be retired.
type MigrationReport struct {
	At      time.Time      `json:"at"`
	Intents []IntentReport `json:"intents"`
	Ready   int            `json:"ready"`
	Status  MigrationStatus
}

// IntentReport is the verdict on one intent.
type IntentReport struct {
	Intent string `json:"intent"`
	Route  Route  `json:"route"`
	// Ready means that legacy can be retired; Why says why, or what is missing.
	Ready bool     `json:"ready"`
	Why   []string `json:"why"`
}

// SyncStatus says how the data of both sides are kept in step.
type SyncStatus struct {
	Lag       time.Duration     `json:"lag"`
	Pending   int               `json:"pending"`
	Conflicts int               `json:"conflicts"`
	Records   map[string]string `json:"records,omitempty"` // entity → system of record: legacy or modern
}
