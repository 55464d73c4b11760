package policy

import (
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"banyan/orchestrator"
)

// CacheConfig says how much is remembered for how long.
type CacheConfig struct {
	// Entries is how many replies are kept (1,000), those asked for last; For is how
	// long each is good (5 min).
	Entries int
	For     time.Duration
	// DataVersion returns a word that changes whenever data changes that plans and
	// answers for a user, by email, rest on. Nil: only the request itself counts,
	// which is right where everything a reply says stands in its request.
	DataVersion func(user string) string
	// Now is the clock; time.Now if nil.
	Now func() time.Time
}

// Cache repeats a reply when exactly the same is asked again: the same message of
// the same user about the same subject, after the same conversation, over the same
// catalog, on the same day, with the same data. IDs, times of day and durations do
// not count. It keeps plans that change nothing, and answers to turns that changed
// nothing. No user ever gets a reply made for another; without a user nothing is
// kept. A reply from the cache has no usage. When the kernel sends a plan back, it
// is forgotten.
type Cache struct {
	layer
	cfg CacheConfig

	mu      sync.Mutex // guards what follows
	entries map[imprint]*list.Element
	recent  *list.List // of *kept, the one used last in front
	stats   CacheStats
}

// CacheStats counts what a Cache did.
type CacheStats struct {
	Hits, Misses, Entries int
	// SavedUSD is what the repeated replies had cost when they were made.
	SavedUSD float64
}

// kept is one reply; plan or reply is set.
type kept struct {
	key     imprint
	until   time.Time
	planned *orchestrator.PlanReply
	reply   *orchestrator.Reply
}

// NewCache wraps a backend.
func NewCache(b orchestrator.Backend, cfg CacheConfig) *Cache {
	setDefault(&cfg.Entries, 1000)
	setDefault(&cfg.For, 5*time.Minute)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Cache{cfg: cfg, entries: map[imprint]*list.Element{}, recent: list.New()}
	c.layer = layer{inner: b, do: c.around}
	return c
}

// Stats returns what was counted so far.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Entries = c.recent.Len()
	return s
}

func (c *Cache) around(ctx context.Context, x *exchange) error {
	key, ok := c.key(x)
	if !ok {
		return x.ask(ctx, c.inner)
	}
	if x.skill == Plan && x.plan.Rejected != nil || x.skill == Respond && x.respond.Rejected != "" {
		c.forget(key)
		return x.ask(ctx, c.inner)
	}
	if c.repeat(x, key) {
		orchestrator.Notify(ctx, fmt.Sprintf("cache: the same was asked before, %s is not asked", nameOf(ctx, c.inner)))
		if x.skill == Respond {
			x.emit(x.reply.Text)
		}
		return nil
	}
	err := x.ask(ctx, c.inner)
	if err == nil {
		c.keep(x, key)
	}
	return err
}

// key returns what a request is known by; ok is false for one that is never kept.
func (c *Cache) key(x *exchange) (key imprint, ok bool) {
	var user string
	switch x.skill {
	case Plan:
		if x.plan.Goal { // what is left to do depends on what was done
			return imprint{}, false
		}
		user = x.plan.User.Email
	case Respond:
		user = x.respond.User.Email
		ok = onlyReads(x.respond)
	case Judge:
	}
	if user == "" || x.skill == Respond && !ok {
		return imprint{}, false
	}
	version := ""
	if c.cfg.DataVersion != nil {
		version = c.cfg.DataVersion(user)
	}
	return fingerprint(x, version), true
}

// onlyReads tells whether every step of a turn is known to change nothing.
func onlyReads(r *orchestrator.RespondRequest) bool {
	for i := range r.Steps {
		if !reads(r.Catalog, r.Steps[i].Intent) {
			return false
		}
	}
	return true
}

func reads(c *orchestrator.Catalog, intent string) bool {
	if c == nil {
		return false
	}
	e := c.Intent(intent)
	return e != nil && !e.Changes()
}

// repeat fills x from the cache.
func (c *Cache) repeat(x *exchange, key imprint) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.entries[key]
	if ok && !c.cfg.Now().Before(at.Value.(*kept).until) {
		c.drop(at)
		ok = false
	}
	if !ok {
		c.stats.Misses++
		return false
	}
	c.recent.MoveToFront(at)
	c.stats.Hits++
	switch k := at.Value.(*kept); x.skill {
	case Plan:
		x.planned = orchestrator.PlanReply{Plan: clonePlan(k.planned.Plan), Usage: named(k.planned.Usage)}
		c.stats.SavedUSD += k.planned.Usage.CostUSD
	case Respond:
		x.reply = orchestrator.Reply{Text: k.reply.Text, Usage: named(k.reply.Usage)}
		c.stats.SavedUSD += k.reply.Usage.CostUSD
	case Judge:
	}
	return true
}

// named returns the names in a usage without its counts.
func named(u orchestrator.Usage) orchestrator.Usage {
	return orchestrator.Usage{Backend: u.Backend, Model: u.Model}
}

// keep remembers what came of x, unless a plan would change something.
func (c *Cache) keep(x *exchange, key imprint) {
	k := &kept{key: key, until: c.cfg.Now().Add(c.cfg.For)}
	switch x.skill {
	case Plan:
		for i := range x.planned.Plan.Steps {
			if !reads(x.plan.Catalog, x.planned.Plan.Steps[i].Intent) {
				return
			}
		}
		k.planned = &orchestrator.PlanReply{Plan: clonePlan(x.planned.Plan), Usage: x.planned.Usage}
	case Respond:
		reply := x.reply
		k.reply = &reply
	case Judge:
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.entries[key]; ok {
		c.drop(at)
	}
	c.entries[key] = c.recent.PushFront(k)
	for c.recent.Len() > c.cfg.Entries {
		c.drop(c.recent.Back())
	}
}

func (c *Cache) forget(key imprint) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.entries[key]; ok {
		c.drop(at)
	}
}

// drop takes an entry out; mu is held.
func (c *Cache) drop(at *list.Element) {
	delete(c.entries, at.Value.(*kept).key)
	c.recent.Remove(at)
}
