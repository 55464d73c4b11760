package privacy

import (
	"context"
	"io"
	"sync"

	"banyan/orchestrator"
)

// Config says what a Backend knows beside the requests. All of it is optional.
type Config struct {
	// Directory tells whose name stands in a text, and who has an email address.
	Directory orchestrator.Directory
}

// Backend replaces personal data in what it hands to the backend inside, and puts it
// back in what comes from there. Prepare, Check and Close reach the backend inside if
// it has them. It is safe for concurrent use if that is.
type Backend struct {
	inner orchestrator.Backend
	cfg   Config
	walks *walks

	mu     sync.Mutex // guards what follows
	vaults map[string]*lockedVault
	order  []string // the conversations, the oldest first
	// catalog is the one that was seen last, for requests that have none.
	catalog  *orchestrator.Catalog
	catalogs catalogs
}

type lockedVault struct {
	mu sync.Mutex
	*vault
}

// maxVaults is how many conversations are remembered. What was forgotten is learnt
// anew from the next request.
const maxVaults = 256

// New wraps a backend that is not on this machine.
func New(inner orchestrator.Backend, cfg Config) *Backend {
	return &Backend{inner: inner, cfg: cfg, walks: newWalks(), vaults: map[string]*lockedVault{}}
}

// Unwrap returns the backend inside.
func (b *Backend) Unwrap() orchestrator.Backend { return b.inner }

// Describe returns the description of the backend inside.
func (b *Backend) Describe(ctx context.Context) (orchestrator.BackendInfo, error) {
	return b.inner.Describe(ctx)
}

// Prepare tells the backend inside of a new catalog, if it wants to know.
func (b *Backend) Prepare(ctx context.Context, catalog *orchestrator.Catalog) {
	if p, ok := b.inner.(orchestrator.Preparer); ok {
		p.Prepare(ctx, catalog)
	}
}

// Check asks the backend inside whether it could work now; one that cannot tell
// counts as able to.
func (b *Backend) Check(ctx context.Context) error {
	if c, ok := b.inner.(orchestrator.Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

// Close closes the backend inside, if it can be closed.
func (b *Backend) Close() error {
	if c, ok := b.inner.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Plan implements orchestrator.Backend.
func (b *Backend) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	sent, m := cover(ctx, b, req, req.Catalog, func(l learner) {
		l.people(req.User, req.Subject)
		l.people(req.People...)
		l.turns(req.Digest)
		l.turns(req.Conversation)
		l.steps(req.Done)
		l.plan(req.Rejected)
		l.mentioned(req.Message)
		l.mentioned(req.Problems...)
	})
	reply, err := b.inner.Plan(ctx, sent)
	reply.Plan = changed(b.walks, m.back(), reply.Plan)
	return reply, err
}

// Judge implements orchestrator.Backend.
func (b *Backend) Judge(ctx context.Context, req orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	sent, m := cover(ctx, b, req, nil, func(l learner) {
		l.email(orchestrator.AskingFrom(ctx).User)
		l.steps(req.Steps)
		l.mentioned(req.Condition)
	})
	verdict, err := b.inner.Judge(ctx, sent)
	verdict.Why = m.restore(verdict.Why)
	return verdict, err
}

// Respond implements orchestrator.Backend.
func (b *Backend) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(delta string)) (orchestrator.Reply, error) {
	sent, m := cover(ctx, b, req, req.Catalog, func(l learner) {
		l.people(req.User, req.Subject)
		l.turns(req.Conversation)
		l.steps(req.Steps)
		l.mentioned(req.Message, req.Preface, req.Rejected)
		l.mentioned(req.Problems...)
	})
	out := &stream{m: m, emit: emit}
	reply, err := b.inner.Respond(ctx, sent, out.add)
	if err == nil {
		out.end()
	}
	reply.Text = m.restore(reply.Text)
	return reply, err
}

// maxRounds is how often a request is gone over again because something was found in
// it that may also stand where it was not known yet.
const maxRounds = 3

// cover replaces the personal data of a request. learn makes known what its fields
// say.
func cover[T any](ctx context.Context, b *Backend, req T, catalog *orchestrator.Catalog, learn func(learner)) (T, *mask) {
	v := b.vault(ctx, catalog)
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.full() {
		known := v.catalog
		v.vault = newVault()
		v.catalog = known
	}
	if catalog != nil {
		v.catalog = catalog
	}
	learn(learner{ctx, v.vault, b.cfg.Directory})
	for round := 1; ; round++ {
		before := v.learnt
		m := newMask(v.vault)
		sent := changed(b.walks, m.out(), req)
		if v.learnt == before || round == maxRounds {
			return covered(b, v.vault, sent), m
		}
	}
}

// covered puts a catalog into a request that names none of the people.
func covered[T any](b *Backend, v *vault, req T) T {
	switch t := any(&req).(type) {
	case *orchestrator.PlanRequest:
		t.Catalog = b.catalogs.without(v, t.Catalog)
	case *orchestrator.RespondRequest:
		t.Catalog = b.catalogs.without(v, t.Catalog)
	}
	return req
}

// vault returns the one of the conversation that asks. Outside a conversation
// nothing is remembered.
func (b *Backend) vault(ctx context.Context, catalog *orchestrator.Catalog) *lockedVault {
	who := orchestrator.AskingFrom(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	if catalog != nil {
		b.catalog = catalog
	}
	if who.Conversation == "" {
		v := &lockedVault{vault: newVault()}
		v.catalog = b.catalog
		return v
	}
	key := who.User + "\x00" + who.Conversation
	v := b.vaults[key]
	if v == nil {
		v = &lockedVault{vault: newVault()}
		v.catalog = b.catalog
		b.vaults[key] = v
		b.order = append(b.order, key)
		if len(b.order) > maxVaults {
			delete(b.vaults, b.order[0])
			b.order = b.order[1:]
		}
	}
	return v
}
