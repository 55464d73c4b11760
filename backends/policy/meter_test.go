package policy

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"banyan/orchestrator"
)

func TestMeter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := well()
		slow.before, slow.between = 2*time.Second, time.Second
		bad := outcome{err: errors.New("dial tcp 10.0.0.1: refused, key sk-canary"), usage: cheap}
		m := NewMeter(scripted(slow, fails(orchestrator.CodeBackendTimeout), bad, well()), MeterConfig{})
		started := time.Now()
		if _, err := m.Respond(t.Context(), tell("hello"), func(string) {}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			time.Sleep(time.Minute)
			_, _ = m.Plan(t.Context(), ask("hello"))
		}
		s := m.Stats()
		if s.Calls != 3 || s.Errors != 2 || s.Running != 0 || s.Cancelled != 0 || s.ByKind[orchestrator.CodeBackendTimeout] != 1 || s.ByKind[orchestrator.CodeBackend] != 1 || s.BySkill[Plan] != 2 {
			t.Errorf("%+v", s)
		}
		if s.ModelCalls != 2 || s.InputTokens != 200 || s.OutputTokens != 20 || s.CostUSD != 2*cheap.CostUSD {
			t.Errorf("the usage is wrong: %+v", s)
		}
		if s.P50 != 4*time.Second || s.P95 != 4*time.Second || len(s.Latencies) != 1 || len(s.FirstTokens) != 1 || s.FirstTokens[0] != 2*time.Second {
			t.Errorf("the latencies are wrong: %+v", s)
		}
		if s.LastError != "It failed. The log says why." || !s.FailingSince.Equal(started.Add(4*time.Second+time.Minute)) || !s.LastErrorAt.Equal(s.LastCall) {
			t.Errorf("the failure is wrong: %+v", s)
		}
		_, _ = m.Plan(t.Context(), ask("hello"))
		if s := m.Stats(); !s.FailingSince.IsZero() || s.LastError == "" {
			t.Errorf("after a success: %+v", s)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _ = m.Plan(ctx, ask("hello"))
		if s := m.Stats(); s.Cancelled != 1 || s.Errors != 2 || s.Calls != 5 {
			t.Errorf("after a call that the user stopped: %+v", s)
		}
	})
}

// What a meter hands out does not change any more.
func TestMeterSnapshot(t *testing.T) {
	m := NewMeter(scripted(), MeterConfig{})
	before := m.Stats()
	_, _ = m.Plan(t.Context(), ask("hello"))
	if before.Calls != 0 || len(before.BySkill) != 0 || m.Stats().Calls != 1 {
		t.Errorf("%+v", before)
	}
}

func TestRing(t *testing.T) {
	var r ring
	for i := range time.Duration(shownLatencies + 5) {
		r.add(i)
	}
	got := r.list()
	if len(got) != shownLatencies || got[0] != 5 || got[shownLatencies-1] != shownLatencies+4 {
		t.Errorf("%v", got)
	}
	if p := percentile(got, 50); p != 64 {
		t.Errorf("the median is %d", p)
	}
}
