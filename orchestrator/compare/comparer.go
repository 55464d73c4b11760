package compare

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"banyan/orchestrator"
)

// Comparer compares answers by rules. It is safe for concurrent use.
type Comparer struct {
	usual   []pattern
	intents map[string][]pattern

	mu sync.Mutex // guards what follows
	// made are the patterns of intents as they were described last.
	made map[string]described
}

// described is the patterns that hold for an intent, with what its schemas state.
type described struct {
	primary, candidate *orchestrator.Offer
	patterns           []pattern
}

// New returns a Comparer. A path or tolerance that cannot be read is an error that says
// which.
func New(rules Rules) (*Comparer, error) {
	usual, err := rules.Default.patterns()
	if err != nil {
		return nil, fmt.Errorf("comparison rules for every intent: %w", err)
	}
	c := &Comparer{usual: usual, intents: map[string][]pattern{}, made: map[string]described{}}
	for _, name := range slices.Sorted(maps.Keys(rules.Intents)) {
		if c.intents[name], err = rules.Intents[name].patterns(); err != nil {
			return nil, fmt.Errorf("comparison rules for %s: %w", name, err)
		}
	}
	return c, nil
}

// Compare says whether the two answers of a pair are the same, and where they differ;
// see the package comment for what counts. It is a pure function of the pair.
func (c *Comparer) Compare(p orchestrator.Pair) orchestrator.ShadowRecord {
	found := c.judge(p)
	if p.Moved && !found.Matched {
		found.Inconclusive = true
	}
	return found
}

func (c *Comparer) judge(p orchestrator.Pair) orchestrator.ShadowRecord {
	first, second := p.Primary.Err, p.Candidate.Err
	switch {
	case fault(first) != sound:
		return orchestrator.ShadowRecord{Inconclusive: true, Class: "error", Differences: refusals(first, second)}
	case fault(second) == unasked:
		return orchestrator.ShadowRecord{Inconclusive: true, Class: "error", Differences: refusals(first, second)}
	case fault(second) == late:
		return orchestrator.ShadowRecord{Inconclusive: true, Class: "timeout", Differences: refusals(first, second)}
	case fault(second) == broken:
		return orchestrator.ShadowRecord{Class: "error", Differences: refusals(first, second)}
	case first != nil && second != nil && first.Code == second.Code:
		return orchestrator.ShadowRecord{Matched: true}
	case first != nil || second != nil:
		return orchestrator.ShadowRecord{Class: "error", Differences: refusals(first, second)}
	}
	return c.results(p)
}

// results compares what two calls returned that went well.
func (c *Comparer) results(p orchestrator.Pair) orchestrator.ShadowRecord {
	patterns := c.patterns(p)
	a, b := p.Primary.Result, p.Candidate.Result
	w := walk{left: maxWork, usual: treatment{number: Tolerance{Relative: usualRelative}, within: usualWithin}}
	if p.Entry != nil && p.Entry.Changes() {
		// Each side has its own now, somewhere within its call.
		w.usual.within += max(p.Primary.Duration, p.Candidate.Duration, 0)
	}
	if w.both(a, b, patterns) && !w.spent {
		return orchestrator.ShadowRecord{Matched: true}
	}
	// Once more, slowly, to tell what differs.
	w.tell, w.left, w.spent = true, maxWork, false
	w.both(a, b, patterns)
	switch {
	case len(w.found) > 0:
		return orchestrator.ShadowRecord{Class: gravest(w.found[:w.inData]), Differences: w.found}
	case w.spent:
		return orchestrator.ShadowRecord{Inconclusive: true, Class: "size"}
	}
	return orchestrator.ShadowRecord{Matched: true}
}

// both compares data and, if both sides tell it, the state that they left.
func (w *walk) both(a, b orchestrator.Result, patterns []pattern) bool {
	equal := w.same(object(a.Data), object(b.Data), w.begin(patterns))
	w.inData = len(w.found)
	if a.State == nil || b.State == nil || !equal && !w.tell {
		return equal
	}
	return w.member(a.State, b.State, step{stateRoot, -1}, w.begin(patterns)) && equal
}

// stateRoot is what paths into the state begin with, and the class if only that differs.
const stateRoot = "state"

// object makes nothing an object without fields: a result is always one.
func object(data map[string]any) map[string]any {
	if data == nil {
		return map[string]any{}
	}
	return data
}

// patterns returns what holds for the intent of a pair.
func (c *Comparer) patterns(p orchestrator.Pair) []pattern {
	if p.Entry == nil {
		return c.usual
	}
	name := p.Entry.Name
	primary, candidate := p.Entry.Offer(p.Primary.Era), p.Entry.Offer(p.Candidate.Era)
	c.mu.Lock()
	defer c.mu.Unlock()
	if d, ok := c.made[name]; ok && d.primary == primary && d.candidate == candidate {
		return d.patterns
	}
	all := slices.Clone(c.usual)
	for _, offer := range []*orchestrator.Offer{primary, candidate} {
		if offer != nil && offer.Intent.Result != nil {
			all = append(all, stated(offer.Intent.Result)...)
		}
	}
	all = append(all, c.intents[name]...)
	if len(c.made) >= maxMade {
		clear(c.made)
	}
	c.made[name] = described{primary, candidate, all}
	return all
}

// maxMade bounds the intents whose patterns are kept ready.
const maxMade = 1000

// The ways in which a call ends.
type ending int

const (
	sound   ending = iota // it was done or refused
	broken                // the service failed
	late                  // the service was too slow
	unasked               // the kernel did not ask, or did not wait
)

func fault(e *orchestrator.Error) ending {
	switch {
	case e == nil:
		return sound
	case e.Code == orchestrator.CodeCancelled, e.Code == orchestrator.CodeTooManyCalls, e.Code == orchestrator.CodeRetired:
		return unasked
	case e.Code == orchestrator.CodeTimeout:
		return late
	case e.Technical():
		return broken
	}
	return sound
}

// refusals tells the codes of two calls of which at least one went wrong.
func refusals(a, b *orchestrator.Error) []orchestrator.Difference {
	d := orchestrator.Difference{Path: "error", Class: "error"}
	if a != nil {
		d.Primary = a.Code
	}
	if b != nil {
		d.Candidate = b.Code
	}
	return []orchestrator.Difference{d}
}
