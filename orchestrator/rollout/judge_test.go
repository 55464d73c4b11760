package rollout

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

var seeds = flag.Int("seeds", 200, "how many seeded rollouts are played")

// play is a rollout that is played with made-up calls.
type play struct {
	c     *Controller
	cat   *orchestrator.Catalog
	clock *hands
	rng   *rand.Rand
	// How often a call of a side fails, and how often comparisons differ.
	legacyFails, modernFails, differs, noise float64
	modernTakes                              func() time.Duration
	servedByModern                           int
}

func newPlay(tb testing.TB, seed uint64, mode orchestrator.RolloutMode) *play {
	tb.Helper()
	cat, clock := bothOffer(tb), newHands()
	p := &play{cat: cat, clock: clock, rng: rand.New(rand.NewPCG(seed, 1))}
	found := func(pair orchestrator.Pair) orchestrator.ShadowRecord {
		differs := p.differs
		if pair.Noise {
			differs = p.noise
		}
		return orchestrator.ShadowRecord{Matched: p.rng.Float64() >= differs, Class: "value"}
	}
	p.c = MustNew(tb, Options{Now: clock.now, Seed: seed, Compare: found}, cat)
	MustSet(tb, p.c, "look_up", "legacy")
	_, err := p.c.SetRoute(tb.Context(), orchestrator.RouteChange{
		Intent: "look_up", Route: orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: 10}, By: ada, Rollout: mode,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// call plays one call of a random user, with whatever runs beside it.
func (p *play) call(tb testing.TB) orchestrator.Choice {
	who := user(p.rng.IntN(100_000))
	choice := ask(p.c, p.cat, "look_up", who, "")
	s := orchestrator.Sample{At: p.clock.now(), Intent: "look_up", Who: who, Choice: choice, Era: choice.First}
	p.fill(&s)
	p.c.Observe(s)
	if s.Era == orchestrator.Modern {
		p.servedByModern++
		if s.Err != nil && choice.Then != "" {
			again := s
			again.Era = choice.Then
			p.fill(&again)
			p.c.Observe(again)
		}
	}
	pair := orchestrator.Pair{At: s.At, Entry: p.cat.Intent("look_up"), Who: who, Primary: orchestrator.Answer{Era: choice.First}, Candidate: orchestrator.Answer{Era: choice.Shadow}}
	if choice.Shadow != "" && s.Err == nil {
		p.c.Compare(pair)
	}
	if choice.Noise && s.Err == nil {
		pair.Noise, pair.Candidate.Era = true, choice.First
		p.c.Compare(pair)
	}
	p.clock.move(time.Second)
	p.c.steer(tb.Context())
	return choice
}

func (p *play) fill(s *orchestrator.Sample) {
	fails := p.legacyFails
	s.Service, s.Duration = "old", time.Duration(100+p.rng.IntN(100))*time.Millisecond
	if s.Era == orchestrator.Modern {
		fails = p.modernFails
		s.Service, s.Duration = "new", time.Duration(1+p.rng.IntN(10))*time.Millisecond
		if p.modernTakes != nil {
			s.Duration = p.modernTakes()
		}
	}
	s.Err = nil
	if p.rng.Float64() < fails {
		s.Err = orchestrator.Errorf(orchestrator.CodeUnavailable, "It failed.")
	}
}

func (p *play) status(tb testing.TB) orchestrator.IntentStatus {
	tb.Helper()
	st, err := p.c.Status(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	for _, one := range st.Intents {
		if one.Intent == "look_up" {
			return one
		}
	}
	tb.Fatal("the intent is not in the status")
	return orchestrator.IntentStatus{}
}

// TestBadReleaseIsAborted plays releases of which every fifth call fails: each must be
// aborted before modern has served 100 calls.
func TestBadReleaseIsAborted(t *testing.T) {
	most, sum := 0, 0
	for seed := range uint64(*seeds) {
		p := newPlay(t, seed, orchestrator.RolloutAuto)
		p.legacyFails, p.modernFails, p.differs, p.noise = 0.005, 0.20, 0.005, 0.005
		for range 5000 {
			p.call(t)
			if p.status(t).Rollout.State == stateAborted {
				break
			}
		}
		st := p.status(t)
		if st.Rollout.State != stateAborted || st.Version.Route != legacyRoute || st.Version.Cause != causeAbort || p.servedByModern >= 100 {
			t.Errorf("seed %d: after %d calls of modern it is %s at %s", seed, p.servedByModern, st.Rollout.State, st.Version.Route)
		}
		if !strings.Contains(st.Rollout.Why, "of modern failed") || st.Rollout.Verdict != verdictBad {
			t.Errorf("seed %d: the reason is said to be %q (%s)", seed, st.Rollout.Why, st.Rollout.Verdict)
		}
		most, sum = max(most, p.servedByModern), sum+p.servedByModern
	}
	t.Logf("%d bad releases: aborted after %.1f calls of modern on average, %d at most", *seeds, float64(sum)/float64(*seeds), most)
}

// TestGoodReleaseArrives plays releases with 0.5 % of errors and differences on both
// sides: at least 99 of 100 must come to 100 % without a pause.
func TestGoodReleaseArrives(t *testing.T) {
	arrived, calls := 0, 0
	for seed := range uint64(*seeds) {
		p := newPlay(t, seed, orchestrator.RolloutAuto)
		p.legacyFails, p.modernFails, p.differs, p.noise = 0.005, 0.005, 0.005, 0.005
		for range 20_000 {
			p.call(t)
			calls++
			if st := p.c.record0("look_up").Rollout.State; st != stateRunning {
				break
			}
		}
		st := p.status(t)
		if st.Rollout.State == stateDone && st.Version.Route == modernRoute {
			arrived++
		} else {
			t.Logf("seed %d: %s at %s: %s", seed, st.Rollout.State, st.Version.Route, st.Rollout.Why)
		}
	}
	t.Logf("%d of %d good releases arrived, after %d calls on average", arrived, *seeds, calls / *seeds)
	if arrived*100 < *seeds*99 {
		t.Errorf("only %d of %d good releases arrived", arrived, *seeds)
	}
}

// record0 is what the controller knows of an intent.
func (c *Controller) record0(intent string) record {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record(intent)
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name  string
		set   func(p *play)
		state string
		why   string
	}{
		{"wrong answers", func(p *play) { p.differs = 0.5 }, stateAborted, "differed from legacy"},
		{"slow", func(p *play) {
			p.modernTakes = func() time.Duration { return time.Second }
		}, stateAborted, "slower than legacy"},
		{"slower but fast enough", func(p *play) {
			p.modernTakes = func() time.Duration { return 240 * time.Millisecond }
		}, stateDone, ""},
		{"noise is not held against it", func(p *play) { p.differs, p.noise = 0.1, 0.1 }, stateDone, ""},
		{"both sides fail", func(p *play) { p.legacyFails, p.modernFails = 0.1, 0.1 }, stateDone, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlay(t, 5, orchestrator.RolloutAuto)
			tt.set(p)
			for range 20_000 {
				p.call(t)
				if p.c.record0("look_up").Rollout.State != stateRunning {
					break
				}
			}
			st := p.status(t)
			if st.Rollout.State != tt.state || !strings.Contains(st.Rollout.Why, tt.why) {
				t.Errorf("it is %s: %s", st.Rollout.State, st.Rollout.Why)
			}
		})
	}
}
