package orchestrator

import "context"

// Asking says on whose behalf a backend is called.
type Asking struct {
	Conversation, Turn string
	User               string // email
}

type asking struct {
	Asking
	notify func(text string)
}

type askingKey struct{}

// AskingFrom returns on whose behalf ctx asks; zero outside a turn.
func AskingFrom(ctx context.Context) Asking {
	a, _ := ctx.Value(askingKey{}).(asking)
	return a.Asking
}

// Notify publishes an event of kind EventBackend from inside a backend's call:
// one line for people about what a policy did. Outside a turn it does nothing.
func Notify(ctx context.Context, text string) {
	if a, ok := ctx.Value(askingKey{}).(asking); ok && a.notify != nil {
		a.notify(text)
	}
}

// WithAsking returns a context for calling a backend on somebody's behalf, as the
// kernel does it; notify may be nil.
func WithAsking(ctx context.Context, who Asking, notify func(text string)) context.Context {
	return context.WithValue(ctx, askingKey{}, asking{who, notify})
}
