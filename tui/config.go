package tui

import (
	"context"
	"io"
	"time"

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
}

var _ Kernel = (*orchestrator.Kernel)(nil)

// Account is a user whom the login screen offers, with a few words about her.
type Account struct {
	User orchestrator.User
	Note string
}

// Opened is what Config.Open found. A field that is nil leaves what Config says.
type Opened struct {
	Kernel      Kernel
	Accounts    []Account
	Lookup      func(ctx context.Context, who string) (orchestrator.User, error)
	Suggestions func(ctx context.Context, user orchestrator.User) []string
	// User and Conversation replace those of Config when set.
	User         *orchestrator.User
	Conversation string
}

// Config is what Run needs. Either Kernel or Open is required, all else has a
// default.
type Config struct {
	Kernel Kernel
	// Open builds what takes time. It is called once, in the background, after the
	// first frame has been drawn. What it opened is for the caller to close, after
	// Run has returned.
	Open func(ctx context.Context) (Opened, error)

	// Accounts are offered at the login. Lookup finds anybody else by email; without
	// it only the accounts can log in.
	Accounts []Account
	Lookup   func(ctx context.Context, who string) (orchestrator.User, error)
	// User skips the login.
	User *orchestrator.User
	// Conversation is the ID of the one to continue, empty for a new one. It is
	// used for the first login only.
	Conversation string
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
	// Now is the clock, in the time zone that people see; time.Now if nil.
	Now func() time.Time
	// In and Out are the terminal, standard input and output if nil. Env is its
	// environment in the form of os.Environ, which it is if nil.
	In  io.Reader
	Out io.Writer
	Env []string
	// Width and Height are the terminal's size where Out cannot tell it; 0 asks Out.
	Width, Height int
}
