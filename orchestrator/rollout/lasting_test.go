package rollout

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"banyan/orchestrator"
)

func TestRoutesLast(t *testing.T) {
	cat, state, clock := bothOffer(t), orchestrator.NewState(), newHands()
	one := MustNew(t, Options{State: state, Now: clock.now}, cat)
	MustSet(t, one, "look_up", "legacy")
	clock.move(time.Minute)
	MustSet(t, one, "look_up", "canary=25")
	again := MustNew(t, Options{State: state, Now: clock.now}, cat)
	want, err := one.History(t.Context(), "look_up")
	if err != nil {
		t.Fatal(err)
	}
	got, err := again.History(t.Context(), "look_up")
	if err != nil || !reflect.DeepEqual(got, want) || len(got) != 2 {
		t.Errorf("after the restart the history is %+v, %v", got, err)
	}
	if v := got[1]; v.Version != 2 || v.By != ada || v.Cause != "set" || !v.At.Equal(clock.now()) || v.Before != legacyRoute {
		t.Errorf("the version does not say who changed what, when and why: %+v", v)
	}
	if c := ask(again, cat, "look_up", "a@b.c", ""); c.Route.Percent != 25 {
		t.Errorf("after the restart %+v", c)
	}
}

// TestControllersSeeEachOther shows that a route that one controller sets is routed by
// by the others, without being asked.
func TestControllersSeeEachOther(t *testing.T) {
	cat := bothOffer(t)
	synctest.Test(t, func(t *testing.T) {
		state := orchestrator.NewState()
		told := make(chan string, 10)
		one, other := MustNew(t, Options{State: state}, cat), MustNew(t, Options{State: state, OnChange: func(s string) { told <- s }}, cat)
		MustSet(t, one, "look_up", "legacy")
		synctest.Wait()
		if c := ask(other, cat, "look_up", "a@b.c", ""); c.Route != legacyRoute {
			t.Errorf("the other one routes by %s", c.Route)
		}
		if got := <-told; got != "The route of look_up is legacy now, it was modern (set by ada@example.com). trying." {
			t.Errorf("people were told %q", got)
		}
	})
}

// TestPromotedByTime shows that the judge decides without a call or a question when a
// step has lasted long enough.
func TestPromotedByTime(t *testing.T) {
	cat := bothOffer(t)
	synctest.Test(t, func(t *testing.T) {
		c := MustNew(t, Options{Judge: Rules{MinCalls: 30, MinTime: time.Minute}}, cat)
		MustSet(t, c, "look_up", "legacy")
		if _, err := c.SetRoute(t.Context(), orchestrator.RouteChange{Intent: "look_up", Route: orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: 10}, By: ada, Rollout: orchestrator.RolloutAuto}); err != nil {
			t.Fatal(err)
		}
		clock := newHands()
		clock.at = time.Now()
		calls(c, cat, clock, 1000, nil)
		synctest.Wait()
		if got := c.record0("look_up").current(modernRoute).Route.Percent; got != 10 {
			t.Errorf("before its time it is at %d", got)
		}
		<-time.After(2 * time.Minute) // by the clock of the bubble
		synctest.Wait()
		if got := c.record0("look_up").current(modernRoute); got.Route.Percent != 25 || got.Cause != causeJudge {
			t.Errorf("after its time it is %+v", got)
		}
	})
}

func TestStatisticsLast(t *testing.T) {
	cat, state, clock := bothOffer(t), orchestrator.NewState(), newHands()
	differs := func(orchestrator.Pair) orchestrator.ShadowRecord {
		return orchestrator.ShadowRecord{Class: "value", Differences: []orchestrator.Difference{{Path: "total", Class: "value", Primary: 1.0, Candidate: 2.0}}}
	}
	o := Options{State: state, Now: clock.now, Compare: differs}
	before := orchestrator.MigrationStatus{}
	for round := range 3 {
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		c.Learn(cat)
		if round > 0 {
			if st := c.status(); !reflect.DeepEqual(st.Intents, before.Intents) || !reflect.DeepEqual(st.BurnDown, before.BurnDown) {
				t.Errorf("after a restart there is\n%+v, before it was\n%+v", st.Intents, before.Intents)
			}
		}
		calls(c, cat, clock, 10, failure)
		calls(c, cat, clock, 7, nil)
		c.Compare(orchestrator.Pair{At: clock.now(), Entry: cat.Intent("look_up"), Who: "ada@example.com", Turn: fmt.Sprint(round), Primary: orchestrator.Answer{Era: orchestrator.Legacy}, Candidate: orchestrator.Answer{Era: orchestrator.Modern}})
		clock.move(time.Minute)
		before = c.status()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	c := MustNew(t, o, cat)
	st := c.status().Intents[0]
	if st.Intent != "look_up" || st.Legacy.Calls+st.Modern.Calls != 51 || st.Legacy.Fallbacks == 0 || st.Modern.Errors < 5 || st.Shadow.Compared != 3 || st.Shadow.Classes["value"] != 3 {
		t.Errorf("the counts are %+v, %+v, %+v", st.Legacy, st.Modern, st.Shadow)
	}
	found, err := c.Mismatches(t.Context(), "look_up", 2)
	if err != nil || len(found) != 2 || found[0].Turn != "2" || found[1].Turn != "1" || found[0].Found.Differences[0].Path != "total" {
		t.Errorf("the mismatches are %+v, %v", found, err)
	}
}

// TestControllersCountTogether shows that two controllers on one State do not lose
// each other's counts.
func TestControllersCountTogether(t *testing.T) {
	cat, state, clock := bothOffer(t), orchestrator.NewState(), newHands()
	one, other := MustNew(t, Options{State: state, Now: clock.now}, cat), MustNew(t, Options{State: state, Now: clock.now}, cat)
	for range 3 {
		calls(one, cat, clock, 10, nil)
		calls(other, cat, clock, 5, nil)
		for _, c := range []*Controller{one, other} {
			if err := c.save(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := MustNew(t, Options{State: state, Now: clock.now}, cat).status().Intents[0].Modern; n.Calls != 45 || n.Recent != 45 {
		t.Errorf("45 calls were counted as %+v", n)
	}
	if n := other.status().Intents[0].Modern; n.Calls != 45 {
		t.Errorf("the second one knows %+v", n)
	}
}

func TestMismatchesAreBounded(t *testing.T) {
	var m mismatches
	state := orchestrator.NewState()
	for i := range mismatchesKept + 10 {
		m.add(orchestrator.Mismatch{ID: fmt.Sprintf("%05d", i), Intent: "look_up"})
	}
	if err := m.save(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	got := m.last("", 2*mismatchesKept)
	if len(got) != mismatchesKept || got[0].ID != "01009" || got[len(got)-1].ID != "00010" {
		t.Errorf("%d are kept, from %s to %s", len(got), got[len(got)-1].ID, got[0].ID)
	}
	if keys, err := state.Keys(t.Context(), mismatchKeys); err != nil || len(keys) != mismatchesKept {
		t.Errorf("%d are stored, %v", len(keys), err)
	}
	large := orchestrator.Mismatch{ID: "large", Found: orchestrator.ShadowRecord{Class: "value"}, Primary: orchestrator.SideAnswer{Result: map[string]any{"text": strings.Repeat("x", mismatchBytes)}}}
	m.add(large)
	if got := m.last("", 1)[0]; got.ID != "large" || got.Primary.Result != nil || got.Found.Class != "value" {
		t.Errorf("of one that is too large there is %+v", got)
	}
	for i := range 400 {
		m.add(orchestrator.Mismatch{ID: fmt.Sprint(i), Primary: orchestrator.SideAnswer{Result: map[string]any{"text": strings.Repeat("x", mismatchBytes-1000)}}})
	}
	if m.bytes > allBytes {
		t.Errorf("they have %d bytes", m.bytes)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	cat := bothOffer(t)
	c := MustNew(t, Options{}, cat)
	set := func(intent string, r orchestrator.Route, mode orchestrator.RolloutMode, steps ...int) error {
		_, err := c.SetRoute(t.Context(), orchestrator.RouteChange{Intent: intent, Route: r, By: ada, Rollout: mode, Steps: steps})
		return err
	}
	canary := orchestrator.Route{Kind: orchestrator.RouteCanary, Percent: 10}
	tests := []struct {
		name string
		err  error
		code string
		says string
	}{
		{"unknown intent", set("lok_up", legacyRoute, ""), orchestrator.CodeNotFound, "Perhaps you mean look_up?"},
		{"no modern home", set("only_old", modernRoute, ""), orchestrator.CodeInvalid, "no modern home"},
		{"no legacy", set("only_new", legacyRoute, ""), orchestrator.CodeInvalid, "not offered by legacy"},
		{"no share", set("look_up", orchestrator.Route{Kind: orchestrator.RouteCanary}, ""), orchestrator.CodeInvalid, "is no route"},
		{"a share of modern", set("look_up", orchestrator.Route{Kind: orchestrator.RouteModern, Percent: 4}, ""), orchestrator.CodeInvalid, "is no route"},
		{"a judge without a canary", set("look_up", modernRoute, "auto"), orchestrator.CodeInvalid, "Only a canary"},
		{"no such judge", set("look_up", canary, "perhaps"), orchestrator.CodeInvalid, "manual or auto"},
		{"steps down", set("look_up", canary, "auto", 50, 10), orchestrator.CodeInvalid, "go up"},
		{"nothing to promote", func() error { _, err := c.Promote(t.Context(), "look_up", ada); return err }(), CodeNoStage, "retired by name"},
		{"nothing to take back", func() error { _, err := c.UndoRoute(t.Context(), "look_up", ada); return err }(), CodeNoStage, "Nobody has set a route"},
		{"nothing to pause", c.Pause(t.Context(), "look_up", ada), CodeNoStage, "no rollout"},
		{"nothing to abort to", func() error { _, err := c.Abort(t.Context(), "only_new", ada); return err }(), CodeNoStage, "not offered by legacy"},
		{"no faults", c.Inject(t.Context(), orchestrator.Fault{}, ada), orchestrator.CodeInvalid, "Nothing was changed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var e *orchestrator.Error
			if !errors.As(tt.err, &e) || e.Code != tt.code || !strings.Contains(e.Message, tt.says) {
				t.Fatalf("got %v", tt.err)
			}
			if n := strings.Count(e.Message, ". ") + strings.Count(e.Message, "? "); n != 2 {
				t.Errorf("it has %d sentences: %s", n+1, e.Message)
			}
		})
	}
}

func TestPromoteOrder(t *testing.T) {
	cat := bothOffer(t)
	c := MustNew(t, Options{}, cat)
	MustSet(t, c, "look_up", "legacy")
	var got []string
	for {
		v, err := c.Promote(t.Context(), "look_up", ada)
		if err != nil {
			break
		}
		got = append(got, v.Route.String())
	}
	if want := "shadow canary=10 canary=25 canary=50 canary=100 modern"; strings.Join(got, " ") != want {
		t.Errorf("promoted by %q, want %s", got, want)
	}
	v, err := c.UndoRoute(t.Context(), "look_up", ada)
	if err != nil || v.Route.Percent != 100 {
		t.Errorf("taken back to %s, %v", v.Route, err)
	}
	if r := c.record0("look_up").Rollout; r == nil || r.State != statePaused {
		t.Errorf("after that the rollout is %+v", r)
	}
	if v, err := c.Abort(t.Context(), "look_up", ada); err != nil || v.Route != shadowRoute {
		t.Errorf("aborted to %s, %v", v.Route, err)
	}
}
