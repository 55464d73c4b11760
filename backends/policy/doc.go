// Package policy holds what can be put around any language backend: Retry,
// Timeouts, Breaker, RateLimit, Fallback, Cascade, Budget, Cache and Meter. Each
// is an orchestrator.Backend itself and wraps one or several others, so they can
// be stacked in any order.
//
// # An order that works
//
// From the inside out:
//
//	model = Budget(Retry(Breaker(RateLimit(Timeouts(Meter(provider))))))
//	whole = Cache(Cascade(offline, Fallback(model, another, offline)))
//
// A Meter next to the model counts every attempt; a Breaker inside Retry sees each
// failure, and Retry leaves an open breaker alone; a Budget outside Retry holds the
// money for a call with all its attempts, one inside it holds it for each attempt.
//
// # What every policy keeps
//
// Nothing is repeated and nobody takes over once a piece of an answer was handed
// to emit: the call then fails, and the kernel writes the plain answer. Usage of
// failed attempts is added to the usage that is returned, also when an error is
// returned. A call whose context has ended is never repeated. A backend that
// crashes counts as one that returned an error. What a policy does is told with
// orchestrator.Notify, in one line.
//
// Policies work with a context that ends: a backend that does not return when its
// context ends holds up the call.
package policy
