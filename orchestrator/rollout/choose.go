package rollout

import (
	"sync/atomic"

	"banyan/orchestrator"
)

// table is what calls are routed by. It is replaced as a whole.
type table struct {
	lines map[string]*line
}

// line is how the calls of one intent are routed.
type line struct {
	intent  string
	route   orchestrator.Route
	stable  orchestrator.Route
	legacy  *breaker // nil if legacy does not offer it
	modern  *breaker
	broken  bool // modern breaks the contract, and nobody said that it may
	kept    bool // legacy serves by default, because of that
	release string
	tally   *tally
	trial   *trial // what the judge knows; nil if no judge looks at it
}

// Choose decides by the route of the intent, see orchestrator.Router. It reads one
// snapshot, and allocates nothing.
func (c *Controller) Choose(ask orchestrator.RouteAsk) orchestrator.Choice {
	if l := c.table.Load().lines[ask.Entry.Name]; l != nil {
		return l.choose(ask, c.opts.Now, false)
	}
	return byDefault(ask.Entry)
}

// byDefault is the choice for an intent that was not learned.
func byDefault(e *orchestrator.Entry) orchestrator.Choice {
	legacy, modern := offers(e)
	switch {
	case legacy && modern:
		return orchestrator.Choice{First: orchestrator.Modern, Then: orchestrator.Legacy, Route: modernRoute, Why: orchestrator.ByRoute}
	case modern:
		return orchestrator.Choice{First: orchestrator.Modern, Route: modernRoute, Why: orchestrator.ByOnly}
	default:
		return orchestrator.Choice{First: orchestrator.Legacy, Route: legacyRoute, Why: orchestrator.ByOnly}
	}
}

// choose is the decision for one call. With peek it is only asked what it would be: no
// share of a returning service is used up, and no call is picked to be compared.
func (l *line) choose(ask orchestrator.RouteAsk, now clock, peek bool) orchestrator.Choice {
	legacy, modern := offers(ask.Entry)
	c := orchestrator.Choice{Route: l.effective()}
	retired := c.Route.Kind == orchestrator.RouteRetired
	switch {
	case !modern && retired:
		return c
	case !modern:
		c.First, c.Why = orchestrator.Legacy, orchestrator.ByOnly
		return c
	case !legacy:
		c.First, c.Why = orchestrator.Modern, orchestrator.ByOnly
		return c
	}
	c.First, c.Why = l.side(c.Route, ask)
	if c.First == orchestrator.Modern && !retired {
		c.Then = orchestrator.Legacy
		if !l.modern.passes(now, peek) && (l.legacy == nil || l.legacy.closed()) {
			c.First, c.Then, c.Why, c.Tripped = orchestrator.Legacy, "", orchestrator.ByBreaker, orchestrator.Modern
		}
	}
	if c.Tripped == "" {
		l.beside(&c, ask.Entry, now, peek)
	}
	return c
}

// passes tells whether a breaker lets a call through; a nil one does.
func (b *breaker) passes(now clock, peek bool) bool {
	switch {
	case b == nil:
		return true
	case peek:
		return b.would(now())
	default:
		return b.lets(now)
	}
}

// effective is the route that holds now.
func (l *line) effective() orchestrator.Route {
	if l.trial != nil && l.trial.condemned.Load() {
		return l.stable
	}
	return l.route
}

// side is who serves where both could, apart from breakers.
func (l *line) side(route orchestrator.Route, ask orchestrator.RouteAsk) (orchestrator.Era, orchestrator.RouteReason) {
	if servedByLegacy(route) && l.kept {
		return orchestrator.Legacy, orchestrator.ByContract
	}
	if servedByLegacy(route) {
		return orchestrator.Legacy, orchestrator.ByRoute
	}
	if route.Kind == orchestrator.RouteRetired {
		return orchestrator.Modern, orchestrator.ByRoute
	}
	if l.broken {
		return orchestrator.Legacy, orchestrator.ByContract
	}
	era, why := orchestrator.Modern, orchestrator.ByRoute
	if route.Kind == orchestrator.RouteCanary {
		why = orchestrator.ByCanary
		if !inCanary(l.intent, ask.Who, route.Percent) {
			era = orchestrator.Legacy
		}
	}
	if ask.Pinned != "" && ask.Pinned != era {
		return ask.Pinned, orchestrator.ByTask
	}
	return era, why
}

// beside adds the calls that serve nobody: under shadow modern runs beside every call;
// in a canary some of the calls are compared, of the side that modern serves only
// reads, because legacy must not be asked to change what modern has changed. Legacy is
// asked twice now and then where it answers, to learn how much it differs from itself.
func (l *line) beside(c *orchestrator.Choice, e *orchestrator.Entry, now clock, peek bool) {
	switch c.Route.Kind {
	case orchestrator.RouteShadow:
		if l.modern.passes(now, peek) {
			c.Shadow = orchestrator.Modern
		}
	case orchestrator.RouteCanary:
		switch {
		case peek || l.tally == nil || !l.tally.sampler.pair():
		case c.First == orchestrator.Legacy && !l.broken && (l.modern == nil || l.modern.closed()):
			c.Shadow = orchestrator.Modern
		case c.First == orchestrator.Modern && !e.Changes() && (l.legacy == nil || l.legacy.closed()):
			c.Shadow = orchestrator.Legacy
		}
	default:
		return
	}
	c.Noise = !peek && c.First == orchestrator.Legacy && !e.Changes() && l.tally != nil && l.tally.sampler.noise()
}

func offers(e *orchestrator.Entry) (legacy, modern bool) {
	for i := range e.Offers {
		switch e.Offers[i].Era {
		case orchestrator.Legacy:
			legacy = true
		case orchestrator.Modern:
			modern = true
		}
	}
	return legacy, modern
}

// buckets is into how many parts the users are split.
const buckets = 10000

// inCanary tells whether modern serves that user. Whoever is in at a share is in at
// every larger one.
func inCanary(intent, who string, percent int) bool {
	return bucket(intent, who) < percent*(buckets/100)
}

// bucket is the part of the users that somebody falls into for an intent, 0 to
// buckets-1. It does not hang on upper and lower case, as email addresses do not. It is
// the 64-bit FNV-1a hash, with the finalizer of MurmurHash3 (Appleby, public domain)
// because the bits of FNV alone are not even for short texts.
func bucket(intent, who string) int { return int(hash(intent, who) % buckets) }

func hash(intent, who string) uint64 {
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for i := range len(intent) {
		h = (h ^ uint64(intent[i])) * prime
	}
	h = (h ^ 0xff) * prime // no text contains this byte, so the two cannot run together
	for i := range len(who) {
		b := who[i]
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		h = (h ^ uint64(b)) * prime
	}
	return mix(h)
}

// mix spreads the bits of a number over all of it.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// sampler picks calls to be compared, lock-free and reproducible by its seed: all of
// the first, then a share.
type sampler struct {
	seed          uint64
	calls, noises atomic.Uint64
}

// The first calls are all compared; after that one in so many.
const (
	firstPairs, pairEvery    = 200, 5
	firstNoises, noiseEvery  = 20, 20
	saltOfPairs, saltOfNoise = 1, 2
)

func (s *sampler) pair() bool {
	n := s.calls.Add(1)
	return n <= firstPairs || mix(s.seed+n<<2+saltOfPairs)%pairEvery == 0
}

func (s *sampler) noise() bool {
	n := s.noises.Add(1)
	return n <= firstNoises || mix(s.seed+n<<2+saltOfNoise)%noiseEvery == 0
}
