// Package offline is a Backend without a language model: deterministic,
// classical language understanding over what services say of their intents. It
// knows general English and no domain: names, summaries, examples and schemas of
// the catalog are all it goes by. It needs no network and costs nothing.
package offline

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"banyan/backends/offline/language"
	"banyan/orchestrator"
)

const (
	name    = "offline"
	version = "1.0.0"
	// keep is how many catalogs are remembered at a time.
	keep = 4
)

// Backend plans and answers without a model. It is safe for concurrent use.
type Backend struct {
	mu       sync.Mutex // guards lessons and order
	lessons  map[string]*lesson
	versions []string // of the lessons, oldest first

	folder      string             // for learned models; empty: none is kept
	lang        *language.Language // nil is English
	translation atomic.Pointer[translation]
}

// lesson is the training on one catalog, under way or done.
type lesson struct {
	done chan struct{}
	k    *knowledge // set before done is closed; nil if the training was given up
}

// Option changes how a backend works.
type Option func(*Backend)

// New returns a backend that knows no catalog yet.
func New(options ...Option) *Backend {
	b := &Backend{lessons: map[string]*lesson{}}
	for _, o := range options {
		o(b)
	}
	return b
}

// In returns a new backend that speaks a language; nil is English.
func In(l *language.Language, options ...Option) *Backend {
	b := New(options...)
	b.lang = l
	return b
}

// Describe names the backend; it has no model, and nothing leaves the machine.
func (b *Backend) Describe(context.Context) (orchestrator.BackendInfo, error) {
	return orchestrator.BackendInfo{
		Name: name, Version: version, Contract: orchestrator.ContractVersion, Local: true, Price: &orchestrator.Price{},
	}, nil
}

// Prepare trains on the catalog, unless that has been done or is under way.
func (b *Backend) Prepare(ctx context.Context, catalog *orchestrator.Catalog) {
	if b.lang != nil {
		catalog = b.translated(catalog).catalog
	}
	_, _ = b.knowledge(ctx, catalog) // a cancelled preparation is made up for by Plan
}

// knowledge returns what is known of the catalog: it waits for a training that is
// under way, and trains if nobody has or whoever did gave up. It fails only if ctx
// ends.
func (b *Backend) knowledge(ctx context.Context, catalog *orchestrator.Catalog) (*knowledge, error) {
	for {
		l, mine := b.lesson(catalog.Version())
		if mine {
			return b.teach(ctx, l, catalog)
		}
		select {
		case <-l.done:
			if l.k != nil {
				return l.k, nil
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// lesson returns the lesson on a version of the catalog; mine if it is the caller
// who has to do the training.
func (b *Backend) lesson(version string) (l *lesson, mine bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.lessons[version]; l != nil {
		return l, false
	}
	l = &lesson{done: make(chan struct{})}
	b.lessons[version] = l
	b.versions = append(b.versions, version)
	if len(b.versions) > keep {
		delete(b.lessons, b.versions[0])
		b.versions = b.versions[1:]
	}
	return l, true
}

// teach does the training of a lesson. If it is given up, the lesson is forgotten.
func (b *Backend) teach(ctx context.Context, l *lesson, catalog *orchestrator.Catalog) (k *knowledge, err error) {
	defer func() {
		if k == nil {
			b.mu.Lock()
			if v := catalog.Version(); b.lessons[v] == l {
				delete(b.lessons, v)
				b.versions = slices.DeleteFunc(b.versions, func(o string) bool { return o == v })
			}
			b.mu.Unlock()
		}
		l.k = k
		close(l.done)
	}()
	return learn(ctx, b.folder, catalog)
}

// Plan turns a message into a plan. The same request always gives the same plan.
func (b *Backend) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	if req.Goal { // a plan is whole the first time: there is nothing to plan on
		return orchestrator.PlanReply{Plan: orchestrator.Plan{Kind: orchestrator.PlanAnswer}, Usage: usage()}, nil
	}
	if b.lang != nil {
		return b.planIn(ctx, req)
	}
	k, err := b.knowledge(ctx, req.Catalog)
	if err != nil {
		return orchestrator.PlanReply{}, err
	}
	p := newPlanner(k, req)
	return orchestrator.PlanReply{Plan: p.plan(), Usage: usage()}, nil
}

// Judge never knows: a condition that no expression can be written for is asked
// about while planning.
func (b *Backend) Judge(context.Context, orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	return orchestrator.Verdict{Why: "no model is in use, and this condition cannot be put as an expression", Usage: usage()}, nil
}

// Respond writes the answer from the results.
func (b *Backend) Respond(_ context.Context, req orchestrator.RespondRequest, emit func(delta string)) (orchestrator.Reply, error) {
	if b.lang != nil {
		req.Catalog = b.translated(req.Catalog).catalog
	}
	return respondIn(b.lang, req, emit), nil
}

func usage() orchestrator.Usage { return orchestrator.Usage{Backend: name} }
