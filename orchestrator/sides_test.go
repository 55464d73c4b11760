package orchestrator

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// side is a vault as one of two services that offer the same intents. It can do dry
// runs, and be asked what became of a call if the vault says so.
type side struct {
	*process
	era Era
}

func (s side) Describe(ctx context.Context) (Description, error) {
	d, err := s.process.Describe(ctx)
	d.Era, d.Name = s.era, string(s.era)+"_vault"
	return d, err
}

func (s side) CanDryRun(string) bool { return true }

func (s side) Call(ctx context.Context, call Call) (Result, error) {
	if call.DryRun {
		return s.result(call), nil
	}
	return s.process.Call(ctx, call)
}

type findingSide struct{ side }

func (s findingSide) Find(ctx context.Context, call Call) (Result, bool, error) {
	return finder{s.process}.Find(ctx, call)
}

// fixed is a router that always chooses the same, and keeps what it hears.
type fixed struct {
	choice func(RouteAsk) Choice
	found  ShadowRecord

	mu      sync.Mutex // guards what follows
	samples []Sample
	pairs   []Pair
	stamp   uint64
}

func (f *fixed) Choose(ask RouteAsk) Choice { return f.choice(ask) }
func (f *fixed) Learn(*Catalog)             {}

func (f *fixed) Observe(s Sample) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.samples = append(f.samples, s)
}

func (f *fixed) Stamp(string) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stamp
}

func (f *fixed) Compare(p Pair) ShadowRecord {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pairs = append(f.pairs, p)
	return f.found
}

func (f *fixed) heard() ([]Sample, []Pair) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.samples), slices.Clone(f.pairs)
}

var (
	modernFirst  = Choice{First: Modern, Then: Legacy, Route: Route{Kind: RouteModern}, Why: ByRoute}
	legacyOnly   = Choice{First: Legacy, Route: Route{Kind: RouteLegacy}, Why: ByRoute}
	shadowed     = Choice{First: Legacy, Shadow: Modern, Route: Route{Kind: RouteShadow}, Why: ByRoute}
	retiredThere = Choice{First: Modern, Route: Route{Kind: RouteRetired}, Why: ByRoute}
)

// doesLate is a fault that only this matrix has: the caller gives up waiting, and then
// the effect happens.
const doesLate callFault = "does it late"

// TestOneSideOnly enumerates what can go wrong on either side with a change, and
// checks that one request is never carried out by both, and that what the turn says
// is so.
func TestOneSideOnly(t *testing.T) {
	faults := append([]callFault{noFault, doesLate}, callFaults...)
	n := 0
	for _, choice := range []Choice{modernFirst, legacyOnly, shadowed, retiredThere} {
		for _, recovery := range []Recovery{RecoverComplete, RecoverUndo, RecoverFlag} {
			for _, can := range []struct{ keys, finds bool }{{true, true}, {true, false}, {false, false}} {
				for _, young := range faults {
					for _, old := range faults {
						if choice.Then == "" && (choice.First == Modern && old != noFault || choice.First == Legacy && young != noFault) {
							continue // that side is never asked
						}
						for _, loses := range []bool{false, true} {
							if loses && !slices.Contains([]callFault{diesBefore, diesAfter}, young) && !slices.Contains([]callFault{diesBefore, diesAfter}, old) {
								continue
							}
							c := sidesCase{choice, recovery, can.keys, can.finds, loses, young, old}
							n++
							synctest.Test(t, func(t *testing.T) {
								for _, wrong := range c.play(t) {
									t.Errorf("%v: %s", c, wrong)
								}
							})
						}
					}
				}
			}
		}
	}
	t.Logf("%d cases", n)
}

type sidesCase struct {
	choice      Choice
	recovery    Recovery
	keys, finds bool
	loses       bool // the process's end loses the notes that were not synced
	young, old  callFault
}

func (c sidesCase) play(t *testing.T) (wrong []string) {
	young, old, d := newVault(), newVault(), newDesk()
	d.loses = c.loses
	for v, fault := range map[*vault]callFault{young: c.young, old: c.old} {
		v.keys, v.finds, v.recovery = c.keys, c.finds, c.recovery
		maps.Copy(v.faults, map[string]callFault{"set_a": fault})
	}
	var turn Turn
	for try := range 4 {
		// A process that dies takes both of its services with it.
		p := &process{died: make(chan struct{})}
		services := []Service{c.service(young, p, Modern), c.service(old, p, Legacy)}
		k, err := New(t.Context(), Config{
			Services: services, Store: &desk{deskData: d.deskData, dead: p.isDead}, Directory: people{},
			Router:  &fixed{choice: func(RouteAsk) Choice { return c.choice }, found: ShadowRecord{Matched: true}},
			Backend: &script{plan: steps(Step{ID: "a", Intent: "set_a"})},
		})
		if err != nil {
			t.Fatal(err)
		}
		if try == 0 {
			_, err = k.Turn(t.Context(), Request{Conversation: "one", User: ann, Message: "set it", Yes: true})
		}
		if closing := k.Close(); closing != nil {
			t.Fatal(closing)
		}
		if !p.isDead() {
			if err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	synctest.Wait()
	time.Sleep(time.Minute) // of the simulated clock: what is done late is done by now
	if len(d.turns) != 1 || len(d.open) > 0 {
		return []string{fmt.Sprintf("%d turns stored, %d open", len(d.turns), len(d.open))}
	}
	turn = d.turns[0]
	return c.check(turn, young, old)
}

func (c sidesCase) service(v *vault, p *process, era Era) Service {
	own := &process{vault: v, died: p.died}
	s := side{own, era}
	if v.finds {
		return findingSide{s}
	}
	return s
}

// effects counts how often the request itself was carried out, not what took it back.
func (v *vault) effectsOfTurn() (n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for key, times := range v.effects {
		if strings.HasSuffix(key, "/a") {
			n += times
		}
	}
	return n
}

func (c sidesCase) check(turn Turn, young, old *vault) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	onModern, onLegacy := young.effectsOfTurn(), old.effectsOfTurn()
	if onModern+onLegacy > 1 {
		say("carried out %d times by modern and %d times by legacy", onModern, onLegacy)
	}
	if c.choice.First == Legacy && onModern > 0 || c.choice.Then == "" && c.choice.First == Modern && onLegacy > 0 {
		say("the wrong side did it: modern %d, legacy %d", onModern, onLegacy)
	}
	if len(turn.Steps) != 1 {
		say("%d steps", len(turn.Steps))
		return wrong
	}
	rec := turn.Steps[0]
	switch {
	case rec.Flag != "":
	case rec.Status == StepDone:
		if rec.Route == Modern && onModern != 1 || rec.Route == Legacy && onLegacy != 1 {
			say("done on %s, but modern did it %d times and legacy %d times", rec.Route, onModern, onLegacy)
		}
	case rec.Status == StepUndone:
	case onModern+onLegacy > 0:
		say("%s with %v, but modern did it %d times and legacy %d times", rec.Status, rec.Error, onModern, onLegacy)
	}
	return wrong
}
