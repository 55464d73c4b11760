package rollout

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"banyan/orchestrator"
)

// Options are what a Controller is made of. The zero value works: it keeps everything
// in memory and judges by the usual rules.
type Options struct {
	// State keeps what lasts; nil is one in memory.
	State orchestrator.State
	// Now is the clock (time.Now).
	Now func() time.Time
	// Seed decides which calls of a canary are compared.
	Seed uint64
	// Faults breaks services on purpose; nil means that nothing can.
	Faults FaultBoard
	// Moved is a number that grows when the state that modern services have about a
	// customer is changed from the legacy side; nil means that it never does.
	Moved func(who string) uint64
	// Compare judges a pair of answers; nil finds every pair inconclusive.
	Compare func(orchestrator.Pair) orchestrator.ShadowRecord
	// Sync says how the data of both sides are kept in step; nil means that nobody does.
	Sync func() *orchestrator.SyncStatus
	// Outside names services that are no part of the migration, such as one that steers
	// it. Intents that nobody else offers are left out of status and report.
	Outside []string
	// OnChange is told of every change of a route, a rollout or a breaker in a sentence.
	// It is called from a goroutine of whoever made the change, and must not block.
	OnChange func(text string)
	// Judge says when a canary moves on, Breaker when a service is left alone.
	Judge   Rules
	Breaker BreakerRules
	// Ready says what the report asks of an intent before legacy can be retired.
	Ready ReadyRules
	// SaveEvery is how often statistics are written to State (3 s).
	SaveEvery time.Duration
	// Logger gets what nobody can be told otherwise (slog.Default).
	Logger *slog.Logger
}

// FaultBoard breaks services on purpose and mends them.
type FaultBoard interface {
	Inject(ctx context.Context, f orchestrator.Fault) error
	// Heal mends a service, all of them if it is empty.
	Heal(ctx context.Context, service string) error
	Faults() []orchestrator.Fault
}

func (o Options) withDefaults() Options {
	if o.State == nil {
		o.State = orchestrator.NewState()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.OnChange == nil {
		o.OnChange = func(string) {}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.SaveEvery = cmp.Or(o.SaveEvery, 3*time.Second)
	o.Judge = o.Judge.withDefaults()
	o.Breaker = o.Breaker.withDefaults()
	o.Ready = o.Ready.withDefaults()
	return o
}
