package tui

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/colorprofile"

	"banyan/orchestrator"
)

// Kernel is what the screens use of an *orchestrator.Kernel; see there for the
// contracts. It is called from many goroutines.
type Kernel interface {
	Turn(ctx context.Context, req orchestrator.Request) (orchestrator.Turn, error)
	Subscribe(buffer int) *orchestrator.Subscription
	Catalog() *orchestrator.Catalog
	Backend() orchestrator.BackendInfo
	NewConversation() string
	Turns(ctx context.Context, user orchestrator.User, conversation string, n int) ([]orchestrator.Turn, error)
	Conversations(ctx context.Context, user orchestrator.User, n int) ([]orchestrator.ConversationInfo, error)
	Recovered() []orchestrator.Turn
}

var _ Kernel = (*orchestrator.Kernel)(nil)

// Account is a user whom the login screen offers, with a few words about her.
type Account struct {
	User orchestrator.User
	Note string
}

// Integrations manages the language backends. It is called from many goroutines.
// Methods other than Backends may take long and are called from Cmds.
type Integrations interface {
	// Backends returns a snapshot, cheap, in the order in which people should see
	// them. It is asked for once a second while a screen shows them.
	Backends() []Integration
	// Use makes a backend the active one from the next turn on. name may be a chain
	// such as "openai,ollama,offline", of which each takes over when the one before
	// fails. The error says in plain sentences what is wrong and what to do; the
	// backend before stays then.
	Use(ctx context.Context, name string) error
	// Test makes one tiny request. The error says what is wrong and what to do.
	Test(ctx context.Context, name string) error
}

// Integration is what is known of one backend at a moment. No figure is
// estimated: what has not been measured or reported is zero.
type Integration struct {
	Name, Model, Version string
	Contract             int
	// Local means that nothing leaves the machine. Active backends are those that
	// the next turn asks: one, or all of a chain.
	Local, Active bool
	// Private means that the backend is sent placeholders in place of personal data.
	Private      bool
	Capabilities []string
	// State is one of the States; any other word is shown as it is.
	State string
	// Calls counts the requests made, Errors those that failed.
	Calls, Errors, InputTokens, OutputTokens int
	// CostUSD is what the calls cost in US dollars, if PriceKnown.
	CostUSD    float64
	PriceKnown bool
	// P50MS and P95MS are the median and the 95th percentile of the last calls'
	// latencies, which Latencies holds, in milliseconds, oldest first.
	P50MS, P95MS float64
	Latencies    []float64
	// LastError is the last failure in words; empty if there was none.
	LastError string
}

// Outbox knows what was sent to models that are not on this machine. It is called
// from Cmds.
type Outbox interface {
	// Sent returns the last requests that were made for a conversation of a user as
	// they left the machine, oldest first.
	Sent(ctx context.Context, user orchestrator.User, conversation string) []Sent
}

// Sent is one request to a model: when, to which backend at which host, how many
// bytes, and what the model was told in order.
type Sent struct {
	At                      time.Time
	Backend, Model, Address string
	Bytes                   int
	Messages                []SentMessage
}

// SentMessage is one message to a model. Role is system, user or assistant.
type SentMessage struct{ Role, Text string }

// The States of an Integration.
const (
	StateUp       = "up"
	StateSlow     = "slow"
	StateOpen     = "breaker open" // it failed too often and is left alone for a while
	StateDown     = "down"
	StateNotTried = "not tried"
	StateNoKey    = "no key"
)

// Bug is a wrong answer that a service can be made to give: its name in a Fault, and
// in a sentence what it does.
type Bug struct{ Name, Does string }

// Opened is what Config.Open found. A field that is nil or empty leaves what
// Config says.
type Opened struct {
	Kernel       Kernel
	Integrations Integrations
	Outbox       Outbox
	Masker       Masker
	// Migration and CanSteer are those of Config.
	Migration   orchestrator.Migration
	CanSteer    func(user orchestrator.User) bool
	Bugs        []Bug
	Notice      string
	Accounts    []Account
	Lookup      func(ctx context.Context, who string) (orchestrator.User, error)
	Suggestions func(ctx context.Context, user orchestrator.User) []string
	// User and Conversation replace those of Config when set.
	User         *orchestrator.User
	Conversation string
	// Draft is put into the input of the first conversation.
	Draft string
}

// Config is what Run needs. Either Kernel or Open is required, all else has a
// default.
type Config struct {
	Kernel Kernel
	// Open builds what takes time. It is called once, in the background, after the
	// first frame has been drawn. An error that wraps ErrElsewhere ends Run without a
	// word, any other is shown. What it opened is for the caller to close, after
	// Run has returned.
	Open func(ctx context.Context) (Opened, error)

	// Integrations manages the backends; nil: there is only the kernel's own.
	Integrations Integrations
	// Outbox knows what was sent; nil: nothing is.
	Outbox Outbox
	// Masker hides personal data on the screen while /mask is on, which Masked
	// switches on from the start; nil: it cannot be hidden.
	Masker Masker
	Masked bool
	// Migration is what the board shows and steers; nil: nobody routes calls, and the
	// board says so.
	Migration orchestrator.Migration
	// CanSteer tells whether a user may change something about the migration; nil:
	// staff alone. It is cheap. Whoever may not can watch.
	CanSteer func(user orchestrator.User) bool
	// Bugs are the wrong answers that a service can be made to give; any other can be
	// named as well.
	Bugs []Bug
	// Notice is one line for people, said at the login and in the empty chat, such
	// as "Ollama is running on this machine: /model switches to it".
	Notice string

	// Accounts are offered at the login. Lookup finds anybody else by email; without
	// it only the accounts can log in.
	Accounts []Account
	Lookup   func(ctx context.Context, who string) (orchestrator.User, error)
	// User skips the login.
	User *orchestrator.User
	// Conversation is the ID of the one to continue, empty for a new one. It is
	// used for the first login only.
	Conversation string
	// Goal switches goal mode on for every conversation that is opened; /goal switches
	// it for one. GoalRounds and GoalCost are the kernel's limits, which people are
	// told: how many plans, and US dollars.
	Goal       bool
	GoalRounds int
	GoalCost   float64
	// Suggestions are things to try for an empty chat, most telling first; nil or
	// an empty result: they are derived from the catalog.
	Suggestions func(ctx context.Context, user orchestrator.User) []string
	// BackendHint is the Markdown that /model shows below the backend's name: how
	// to choose another one. Empty: a general sentence.
	BackendHint string

	// ASCII draws with ASCII characters only; it is also on for TERM=linux.
	// NoAnimation stands the spinner still. Accessible is the linear mode; it is
	// also on for ACCESSIBLE with any value but 0, false, no and off.
	ASCII, NoAnimation, Accessible bool
	// Demo, if not nil, drives the chat by keys, with captions in a bar at the bottom,
	// until it is at its end or the person presses esc. The linear mode has none. The
	// window needs three more rows.
	Demo Demo
	// Now is the clock, in the time zone that people see; time.Now if nil.
	Now func() time.Time
	// In and Out are the terminal, standard input and output if nil. Env is its
	// environment in the form of os.Environ, which it is if nil.
	In  io.Reader
	Out io.Writer
	Env []string
	// Width and Height are the terminal's size where Out cannot tell it; 0 asks Out.
	Width, Height int
	// Awake says, in a few words, why the process must not be suspended now; empty: it
	// may. Nil: it always may. It is called from Update.
	Awake func() string
	// Remote is set if the terminal belongs to another process, or another machine.
	Remote *Remote
}

// Remote is a terminal that is somewhere else, as the program there knows it.
// Signals of this process are then not for the chat.
type Remote struct {
	// Profile says what colours it has.
	Profile colorprofile.Profile
	// Sizes brings the new size whenever it changes, Interrupts every Ctrl+C that
	// does not come as a key.
	Sizes      <-chan Size
	Interrupts <-chan os.Signal
	// Leave ends the chat when it is closed.
	Leave <-chan struct{}
}

// Size is that of a terminal, in cells.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}
