package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"banyan/orchestrator"
)

// Controller is the kernel's Router and ShadowJudge, and the Migration that people and
// commands steer. It is safe for concurrent use.
type Controller struct {
	opts  Options
	table atomic.Pointer[table]
	burn  burnDown
	found mismatches
	wake  chan struct{} // holds one token when the judge has something to look at
	stop  context.CancelFunc
	done  sync.WaitGroup

	steering sync.Mutex // held while the judge decides, so that it says everything once
	saving   sync.Mutex // held while statistics are written

	mu       sync.Mutex // guards what follows
	catalog  *orchestrator.Catalog
	problems map[string][]string // of contracts, by intent
	stored   map[string]stored
	tallies  map[string]*tally
	trials   map[string]*trial
	// trialStates are trials as they were stored, until their intent is learned.
	trialStates map[string]trialState
	breakers    map[node]*breaker
}

// stored is a record and the revision of it in State.
type stored struct {
	record
	revision uint64
}

// node is one service on one side.
type node struct {
	service string
	era     orchestrator.Era
}

var (
	_ orchestrator.Router      = (*Controller)(nil)
	_ orchestrator.ShadowJudge = (*Controller)(nil)
	_ orchestrator.Migration   = (*Controller)(nil)
	_ orchestrator.Closer      = (*Controller)(nil)
)

// routeKeys is where the records are kept in State, by intent.
const routeKeys = "rollout/route/"

// New reads what State knows and begins to watch it. The controller must be closed.
func New(o Options) (*Controller, error) {
	o = o.withDefaults()
	ctx, stop := context.WithCancel(context.Background())
	c := &Controller{
		opts: o, wake: make(chan struct{}, 1), stop: stop,
		stored: map[string]stored{}, tallies: map[string]*tally{}, trials: map[string]*trial{}, trialStates: map[string]trialState{},
		breakers: map[node]*breaker{},
	}
	c.table.Store(&table{})
	changes, err := o.State.Watch(ctx, routeKeys)
	if err == nil {
		err = c.load(ctx)
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("open the migration's state: %w", err)
	}
	c.done.Go(func() { c.follow(ctx, changes) })
	c.done.Go(func() { c.work(ctx) })
	return c, nil
}

// Close writes what is not stored yet and ends what runs in the background. The State
// must still be open. To close it again is nothing.
func (c *Controller) Close() error {
	c.stop()
	c.done.Wait()
	return c.save(context.Background())
}

// load reads everything that is stored.
func (c *Controller) load(ctx context.Context) error {
	keys, err := c.opts.State.Keys(ctx, routeKeys)
	if err != nil {
		return fmt.Errorf("list the routes: %w", err)
	}
	for _, key := range keys {
		rec, err := c.fetch(ctx, strings.TrimPrefix(key, routeKeys))
		if err != nil {
			return err
		}
		c.stored[rec.Intent] = rec
	}
	return c.loadStatistics(ctx)
}

// fetch reads the record of an intent; there is none yet if nobody set a route.
func (c *Controller) fetch(ctx context.Context, intent string) (stored, error) {
	value, revision, err := c.opts.State.Get(ctx, routeKeys+intent)
	if err != nil {
		return stored{}, fmt.Errorf("read the route of %s: %w", intent, err)
	}
	s := stored{record{Intent: intent}, revision}
	if revision == 0 {
		return s, nil
	}
	if err := json.Unmarshal(value, &s.record); err != nil {
		return stored{}, fmt.Errorf("read the route of %s: %w", intent, err)
	}
	s.Intent = intent
	return s, nil
}

// follow takes over what other controllers set.
func (c *Controller) follow(ctx context.Context, changes <-chan string) {
	for key := range changes {
		rec, err := c.fetch(ctx, strings.TrimPrefix(key, routeKeys))
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				c.opts.Logger.Error("a route that was changed cannot be read", "key", key, "cause", err)
			}
			continue
		}
		c.install(rec)
	}
}

// install makes a record the one that is routed by, unless a newer one is already, and
// tells about it.
func (c *Controller) install(rec stored) {
	c.mu.Lock()
	before, known := c.stored[rec.Intent]
	if known && before.revision >= rec.revision {
		c.mu.Unlock()
		return
	}
	c.stored[rec.Intent] = rec
	c.rebuild()
	byDefault := c.defaultRoute(rec.Intent)
	c.mu.Unlock()
	if text := news(before.record, rec.record, byDefault); text != "" {
		c.opts.OnChange(text)
	}
	c.nudge()
}

// nudge makes the judge look.
func (c *Controller) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// alter changes the record of an intent. The change is asked again with the record as
// it is then if somebody else was faster; first is what it was at the beginning.
func (c *Controller) alter(ctx context.Context, intent string, change func(first, now record) (record, error)) (record, error) {
	var first *record
	for {
		was, err := c.fetch(ctx, intent)
		if err != nil {
			return record{}, c.unreachable(err)
		}
		if first == nil {
			first = &was.record
		}
		if was.revision > 0 {
			c.install(was)
		}
		next, err := change(*first, was.record)
		if err != nil {
			return record{}, err
		}
		value, err := json.Marshal(next)
		if err != nil {
			return record{}, fmt.Errorf("write the route of %s: %w", intent, err)
		}
		revision, err := c.opts.State.Put(ctx, routeKeys+intent, value, was.revision)
		if errors.Is(err, orchestrator.ErrStale) {
			continue
		}
		if err != nil {
			return record{}, c.unreachable(err)
		}
		c.install(stored{next, revision})
		return next, nil
	}
}

// unreachable says in words that State failed.
func (c *Controller) unreachable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return orchestrator.Errorf(orchestrator.CodeCancelled, "It was stopped before the route was stored. The route is as it was. Try again. %w", err)
	}
	c.opts.Logger.Error("the state of the migration is out of reach", "cause", err)
	return &orchestrator.Error{Code: orchestrator.CodeStore, Cause: err, Message: "The store of the routes failed. The route is as it was. Look at the disk and the log, then try again."}
}

// Learn takes a new catalog, see orchestrator.Router.
func (c *Controller) Learn(cat *orchestrator.Catalog) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.catalog = cat
	c.problems = map[string][]string{}
	for _, e := range cat.Intents() {
		if problems := contract(e); len(problems) > 0 {
			c.problems[e.Name] = problems
		}
	}
	c.rebuild()
}

// rebuild makes the table anew. The caller holds mu.
func (c *Controller) rebuild() {
	if c.catalog == nil {
		return
	}
	t := &table{lines: make(map[string]*line, len(c.catalog.Intents()))}
	for _, e := range c.catalog.Intents() {
		rec := c.record(e.Name)
		now := rec.current(c.defaultRoute(e.Name))
		l := &line{intent: e.Name, route: now.Route, stable: rec.stable(), tally: c.tallyOf(e.Name), trial: c.trialOf(rec)}
		l.kept = !rec.set() && len(c.problems[e.Name]) > 0
		l.broken = len(c.problems[e.Name]) > 0 && !rec.forced()
		l.legacy, l.modern = c.breakerOf(e.Offer(orchestrator.Legacy)), c.breakerOf(e.Offer(orchestrator.Modern))
		l.release = releaseOf(e)
		t.lines[e.Name] = l
	}
	c.table.Store(t)
}

// releaseOf names what offers the modern intent, and its version.
func releaseOf(e *orchestrator.Entry) string {
	if o := e.Offer(orchestrator.Modern); o != nil {
		return o.Service + " " + o.Version
	}
	return ""
}

// record is what is known of an intent's route. The caller holds mu.
func (c *Controller) record(intent string) record {
	if s, ok := c.stored[intent]; ok {
		return s.record
	}
	return record{Intent: intent}
}

// entry returns the intent of the catalog, nil if there is none. The caller holds mu.
func (c *Controller) entry(intent string) *orchestrator.Entry {
	if c.catalog == nil {
		return nil
	}
	return c.catalog.Intent(intent)
}

// defaultRoute holds as long as nobody sets one: modern where it offers the intent and
// keeps the contract. The caller holds mu.
func (c *Controller) defaultRoute(intent string) orchestrator.Route {
	e := c.entry(intent)
	if e == nil || e.Offer(orchestrator.Modern) == nil || len(c.problems[intent]) > 0 {
		return legacyRoute
	}
	return modernRoute
}

// tallyOf returns the counts of an intent. The caller holds mu.
func (c *Controller) tallyOf(intent string) *tally {
	t := c.tallies[intent]
	if t == nil {
		t = newTally(c.opts.Seed, intent)
		t.begin(c.opts.Now())
		c.tallies[intent] = t
	}
	return t
}

// breakerOf returns the breaker of the service that makes an offer. The caller holds mu.
func (c *Controller) breakerOf(o *orchestrator.Offer) *breaker {
	if o == nil {
		return nil
	}
	n := node{o.Service, o.Era}
	b := c.breakers[n]
	if b == nil {
		b = &breaker{service: o.Service, era: o.Era, rules: c.opts.Breaker, changed: c.breakerChanged}
		c.breakers[n] = b
	}
	return b
}

// names lists the intents of the catalog. The caller holds mu.
func (c *Controller) names() []string {
	return slices.Sorted(maps.Keys(c.table.Load().lines))
}

func (c *Controller) breakerChanged(b *breaker, state string, until time.Time) {
	switch state {
	case breakerWord(breakerOpen):
		for _, l := range c.table.Load().lines {
			if l.modern == b && l.trial != nil && !servedByLegacy(l.route) {
				l.trial.leftAlone()
			}
		}
		c.opts.OnChange(fmt.Sprintf("%s (%s) keeps failing and is left alone for %s.", b.service, b.era, brief(until.Sub(c.opts.Now()))))
	case breakerWord(breakerClosed):
		c.opts.OnChange(fmt.Sprintf("%s (%s) is well again and gets all its calls.", b.service, b.era))
	}
	c.nudge()
}
