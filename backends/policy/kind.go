package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"banyan/orchestrator"
)

// Kind returns the kind of an error of a backend: the code of the *orchestrator.Error
// in its chain, CodeBackendTimeout for a deadline, CodeCancelled for a cancelled
// context, and CodeBackend for everything else. It is empty for nil.
func Kind(err error) string {
	var coded *orchestrator.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &coded):
		return coded.Code
	case errors.Is(err, context.DeadlineExceeded):
		return orchestrator.CodeBackendTimeout
	case errors.Is(err, context.Canceled):
		return orchestrator.CodeCancelled
	}
	return orchestrator.CodeBackend
}

// kindIn is Kind for a call with ctx: however a backend words the end of its
// context, it was too slow if a policy further out has ended it for that.
func kindIn(ctx context.Context, err error) string {
	if err != nil && ended(ctx) {
		return orchestrator.CodeBackendTimeout
	}
	return Kind(err)
}

// ended tells whether a policy has ended ctx because the call was too slow.
func ended(ctx context.Context) bool {
	var slow *tooSlow
	return errors.As(context.Cause(ctx), &slow)
}

// stopped tells whether whoever asked has cancelled the call.
func stopped(ctx context.Context) bool {
	return errors.Is(ctx.Err(), context.Canceled) && !ended(ctx)
}

// RetryAfter returns how long an error asks to wait, from the first in its chain
// with a method RetryAfter that returns more than zero; ok is false if none has.
func RetryAfter(err error) (wait time.Duration, ok bool) {
	var asks interface{ RetryAfter() time.Duration }
	if errors.As(err, &asks) && asks.RetryAfter() > 0 {
		return asks.RetryAfter(), true
	}
	return 0, false
}

// passing are the kinds that may be gone a moment later.
func passing() []string {
	return []string{
		orchestrator.CodeBackendUnreachable, orchestrator.CodeBackendTimeout, orchestrator.CodeBackendRateLimit,
		orchestrator.CodeBackendOverloaded, orchestrator.CodeBackendTruncated, orchestrator.CodeBackendBadOutput,
	}
}

// ailing are the kinds that say that a provider is not well.
func ailing() []string {
	return []string{
		orchestrator.CodeBackendUnreachable, orchestrator.CodeBackendTimeout, orchestrator.CodeBackendRateLimit,
		orchestrator.CodeBackendOverloaded, orchestrator.CodeBackendTruncated, orchestrator.CodeBackend,
	}
}

// unbilled are the kinds of failure for which no provider charges, because no
// model has begun to work.
func unbilled() []string {
	return []string{
		orchestrator.CodeBackendNoKey, orchestrator.CodeBackendBadKey, orchestrator.CodeBackendNoModel,
		orchestrator.CodeBackendUnreachable, orchestrator.CodeBackendRateLimit, orchestrator.CodeBackendOverloaded,
		orchestrator.CodeBackendTooLong, orchestrator.CodeBackendBadRequest, orchestrator.CodeBackendBudget,
		orchestrator.CodeBackendOpen,
	}
}

// words puts a kind of error into a few words for people.
func words(kind string) string {
	known := []struct{ kind, text string }{
		{orchestrator.CodeBackendNoKey, "no key is set"},
		{orchestrator.CodeBackendBadKey, "the key is refused"},
		{orchestrator.CodeBackendNoModel, "there is no such model"},
		{orchestrator.CodeBackendUnreachable, "no connection"},
		{orchestrator.CodeBackendTimeout, "too slow"},
		{orchestrator.CodeBackendRateLimit, "too many requests"},
		{orchestrator.CodeBackendOverloaded, "the provider has a failure"},
		{orchestrator.CodeBackendTruncated, "the reply was cut off"},
		{orchestrator.CodeBackendFiltered, "a content filter stopped it"},
		{orchestrator.CodeBackendTooLong, "the conversation is too long for the model"},
		{orchestrator.CodeBackendBadOutput, "the reply could not be used"},
		{orchestrator.CodeBackendBadRequest, "the provider refuses the request"},
		{orchestrator.CodeBackendBudget, "the budget is used up"},
		{orchestrator.CodeBackendOpen, "left alone after failures"},
	}
	if i := slices.IndexFunc(known, func(k struct{ kind, text string }) bool { return k.kind == kind }); i >= 0 {
		return known[i].text
	}
	return "it failed"
}

// orDefault returns the kinds given, or those of standard if there are none.
func orDefault(kinds []string, standard func() []string) map[string]bool {
	if kinds == nil {
		kinds = standard()
	}
	set := make(map[string]bool, len(kinds))
	for _, k := range kinds {
		set[k] = true
	}
	return set
}

func setDefault[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

// brief writes a duration for people: 0.4 s, 12 s, 3 min.
func brief(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second && d%time.Second != 0:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f min", d.Minutes())
}

// waitError is the cause of what a RateLimit refuses; it says how long to wait.
type waitError struct {
	text string
	wait time.Duration
}

// Error implements error.
func (e *waitError) Error() string { return e.text }

// RetryAfter says how long to wait before the next try.
func (e *waitError) RetryAfter() time.Duration { return e.wait }
