// Package chaos breaks services on purpose, so that people can watch what the
// kernel does about it. A Board wraps services and breaks them by orchestrator.Fault:
//
//	board := chaos.New(seed, time.Now)
//	services = append(services, board.Wrap(order))
//	err := board.Inject(ctx, orchestrator.Fault{Service: "order", ErrorRate: 0.2})
//	err = board.Heal(ctx, "order")
//
// A service that is not broken is passed through; what it says of itself is never
// changed. Everything that a fault does is decided by its seed, its bug and the calls
// in their order, so that a demo can be repeated.
//
// A fault is bound to the name that a service gives itself, which the board learns
// when the service is first described.
package chaos
