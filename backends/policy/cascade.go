package policy

import (
	"context"
	"fmt"
	"sync"

	"banyan/orchestrator"
)

// Surer is a backend, or an adapter around one, that can tell how sure it is.
type Surer interface {
	// Sure returns a plan and true if it is sure that this is what the user means.
	// It asks no model.
	Sure(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, bool)
}

// Cascade lets a backend that costs nothing do what it is sure of, and a model the
// rest. What the first has planned is answered by the first as well, also when the
// user's yes comes in between. A plan of it that the kernel sends back goes to the
// model. Conditions are judged by the model.
type Cascade struct {
	layer
	sure  Surer
	first orchestrator.Backend
	model orchestrator.Backend

	mu    sync.Mutex // guards what follows
	mine  recent     // conversations whose last plan is the first's
	stats CascadeStats
	plans mean // cost of the model's plans
	words mean // cost of the model's answers
}

// CascadeStats counts what a Cascade did.
type CascadeStats struct {
	// Plans is how many plans were asked for, Sure how many of them the first made.
	Plans, Sure int
	// SavedCalls is how many calls of the model were not needed: plans and answers.
	SavedCalls int
	// SavedUSD is what these would have cost at the average price of the calls that
	// the model did get; it stays zero until the model was asked.
	SavedUSD float64
}

// Share is the part of the plans that the first made, from 0 to 1.
func (s CascadeStats) Share() float64 {
	if s.Plans == 0 {
		return 0
	}
	return float64(s.Sure) / float64(s.Plans)
}

// NewCascade makes a cascade. sure and first are usually the same thing: sure makes
// the plans, first writes the answers to them.
func NewCascade(sure Surer, first, model orchestrator.Backend) *Cascade {
	c := &Cascade{sure: sure, first: first, model: model, mine: recent{keep: 1024}}
	c.layer = layer{inner: model, do: c.around}
	return c
}

// Stats returns what was counted so far.
func (c *Cascade) Stats() CascadeStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.SavedUSD = float64(s.Sure)*c.plans.value() + float64(s.SavedCalls-s.Sure)*c.words.value()
	return s
}

// Unwrap returns nil: a cascade has no single backend inside.
func (c *Cascade) Unwrap() orchestrator.Backend { return nil }

// Describe names the cascade after its parts, see Fallback.
func (c *Cascade) Describe(ctx context.Context) (orchestrator.BackendInfo, error) {
	return joinInfo(ctx, []orchestrator.Backend{c.first, c.model})
}

// Prepare tells both of a new catalog.
func (c *Cascade) Prepare(ctx context.Context, catalog *orchestrator.Catalog) {
	prepare(ctx, c.first, catalog)
	prepare(ctx, c.model, catalog)
}

// Check asks the model whether it could work now.
func (c *Cascade) Check(ctx context.Context) error { return check(ctx, c.model) }

// Close closes both.
func (c *Cascade) Close() error { return closeAll([]orchestrator.Backend{c.first, c.model}) }

func (c *Cascade) around(ctx context.Context, x *exchange) error {
	who := orchestrator.AskingFrom(ctx)
	key := who.Conversation
	if key == "" {
		key = who.Turn
	}
	switch x.skill {
	case Plan:
		return c.plan(ctx, x, key)
	case Respond:
		return c.answer(ctx, x, key)
	case Judge:
	}
	return x.ask(ctx, c.model)
}

func (c *Cascade) plan(ctx context.Context, x *exchange, key string) error {
	if x.plan.Goal {
		return c.rest(ctx, x, key)
	}
	if x.plan.Rejected == nil {
		reply, sure := c.certain(ctx, *x.plan)
		c.mu.Lock()
		c.stats.Plans++
		if sure {
			c.stats.Sure++
			c.stats.SavedCalls++
			c.mine.add(key)
		} else {
			c.mine.remove(key)
		}
		share := c.stats
		c.mu.Unlock()
		if sure {
			x.planned = reply
			orchestrator.Notify(ctx, fmt.Sprintf("cascade: %s is sure, no model is asked (%d of %d so far)", nameOf(ctx, c.first), share.Sure, share.Plans))
			return nil
		}
	} else {
		c.disown(key)
	}
	err := x.ask(ctx, c.model)
	c.paid(&c.plans, x)
	return err
}

// rest plans what is left of a goal, which is the model's work. If something is
// left, the answer is the model's as well.
func (c *Cascade) rest(ctx context.Context, x *exchange, key string) error {
	err := x.ask(ctx, c.model)
	c.paid(&c.plans, x)
	if err == nil && x.planned.Plan.Kind == orchestrator.PlanSteps {
		c.mu.Lock()
		c.mine.remove(key)
		c.mu.Unlock()
	}
	return err
}

// certain asks the first; if it crashes it was not sure.
func (c *Cascade) certain(ctx context.Context, req orchestrator.PlanRequest) (reply orchestrator.PlanReply, sure bool) {
	defer func() {
		if recover() != nil {
			reply, sure = orchestrator.PlanReply{}, false
		}
	}()
	return c.sure.Sure(ctx, req)
}

// disown takes back that the last plan is the first's: the kernel did not take it.
func (c *Cascade) disown(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.mine.remove(key) {
		c.stats.Sure--
		c.stats.SavedCalls--
	}
}

func (c *Cascade) answer(ctx context.Context, x *exchange, key string) error {
	c.mu.Lock()
	mine := c.mine.has(key)
	c.mu.Unlock()
	if mine {
		err := x.ask(ctx, c.first)
		if err == nil || x.emitted || ctx.Err() != nil {
			c.mu.Lock()
			c.stats.SavedCalls++
			c.mu.Unlock()
			return err
		}
		orchestrator.Notify(ctx, fmt.Sprintf("cascade: %s failed, %s writes the answer", nameOf(ctx, c.first), nameOf(ctx, c.model)))
	}
	err := x.ask(ctx, c.model)
	c.paid(&c.words, x)
	return err
}

// paid counts what a call of the model cost.
func (c *Cascade) paid(m *mean, x *exchange) {
	if x.usage().ModelCalls == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m.sum += x.usage().CostUSD
	m.n++
}

type mean struct {
	sum float64
	n   int
}

func (m mean) value() float64 {
	if m.n == 0 {
		return 0
	}
	return m.sum / float64(m.n)
}

// recent remembers the last keys that were put in.
type recent struct {
	keep  int
	in    map[string]bool
	order []string // oldest first; may name keys that were taken out
}

func (r *recent) add(key string) {
	if key == "" || r.in[key] {
		return
	}
	if r.in == nil {
		r.in = map[string]bool{}
	}
	r.in[key] = true
	r.order = append(r.order, key)
	if len(r.order) > r.keep {
		delete(r.in, r.order[0])
		r.order = append(r.order[:0], r.order[1:]...)
	}
}

func (r *recent) has(key string) bool { return r.in[key] }

func (r *recent) remove(key string) bool {
	was := r.in[key]
	delete(r.in, key)
	return was
}
