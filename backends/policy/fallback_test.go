package policy

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"banyan/orchestrator"
)

func TestFallback(t *testing.T) {
	partial := outcome{pieces: []string{"All "}, err: orchestrator.Errorf(orchestrator.CodeBackendTruncated, "cut"), usage: cheap}
	for _, c := range []struct {
		name          string
		cfg           FallbackConfig
		first, second outcome
		local         bool
		kind          string
		said          string
		calls         int64 // of the second
	}{
		{"FirstIsWell", FallbackConfig{}, well(), well(), false, "", "All is done.", 0},
		{"SecondTakesOver", FallbackConfig{}, fails(orchestrator.CodeBackendBadKey), well(), false, "", "All is done.", 1},
		{"OpenBreaker", FallbackConfig{}, fails(orchestrator.CodeBackendOpen), well(), false, "", "All is done.", 1},
		{"Crash", FallbackConfig{}, outcome{panics: true}, well(), false, "", "All is done.", 1},
		{"BothFail", FallbackConfig{}, fails(orchestrator.CodeBackendNoKey), fails(orchestrator.CodeBackendTimeout), false, orchestrator.CodeBackendNoKey, "", 1},
		{"AfterEmitted", FallbackConfig{}, partial, well(), false, orchestrator.CodeBackendTruncated, "All ", 0},
		{"OtherKind", FallbackConfig{Kinds: []string{orchestrator.CodeBackendTimeout}}, fails(orchestrator.CodeBackendBadKey), well(), false, orchestrator.CodeBackendBadKey, "", 0},
		{"BudgetNotForOthers", FallbackConfig{}, fails(orchestrator.CodeBackendBudget), well(), false, orchestrator.CodeBackendBudget, "", 0},
		{"BudgetForLocal", FallbackConfig{}, fails(orchestrator.CodeBackendBudget), well(), true, "", "All is done.", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var e ear
			first, second := scripted(c.first), scripted(c.second).named("second")
			if c.local {
				second.local()
			}
			var said strings.Builder
			reply, err := NewFallback(c.cfg, first, second).Respond(e.listen(t.Context(), orchestrator.Asking{}), tell("hello"), func(d string) { said.WriteString(d) })
			wantKind(t, err, c.kind)
			wantCalls(t, second, c.calls)
			if said.String() != c.said || err == nil && reply.Text != c.said {
				t.Errorf("it said %q, and the reply is %q", said.String(), reply.Text)
			}
			if c.calls > 0 {
				e.wantHeard(t, "fallback: script (m1) failed (", "second (m1) takes over")
			}
		})
	}
}

// The usage of those that failed is not forgotten, and all errors are kept.
func TestFallbackSums(t *testing.T) {
	paid := fails(orchestrator.CodeBackendTruncated)
	paid.usage = cheap
	reply, err := NewFallback(FallbackConfig{}, scripted(paid), scripted().named("second")).Plan(t.Context(), ask("hello"))
	if err != nil || reply.Usage.CostUSD != 2*cheap.CostUSD || reply.Usage.ModelCalls != 2 {
		t.Errorf("the usage is %+v, %v", reply.Usage, err)
	}
	one := errors.New("one")
	_, err = NewFallback(FallbackConfig{}, scripted(fails(orchestrator.CodeBackendNoKey)), scripted(outcome{err: one})).Plan(t.Context(), ask("hello"))
	if !errors.Is(err, one) {
		t.Errorf("the second error is lost: %v", err)
	}
}

func TestFallbackCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	second := scripted()
	_, err := NewFallback(FallbackConfig{}, scripted(), second).Plan(ctx, ask("hello"))
	wantKind(t, err, orchestrator.CodeCancelled)
	wantCalls(t, second, 0)
}

// A backend that hangs leaves time for the next, one that has begun to answer may
// go on.
func TestFallbackSharesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := well()
		hangs.before = time.Hour
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		started := time.Now()
		reply, err := NewFallback(FallbackConfig{}, scripted(hangs), scripted(hangs), scripted()).Plan(ctx, ask("hello"))
		if err != nil || reply.Plan.Text != hello.Text || time.Since(started).Round(time.Second) != 53*time.Second {
			t.Errorf("%v after %s", err, time.Since(started))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		slow := well()
		slow.between = 20 * time.Second
		slow.pieces = []string{"a", "b", "c"}
		second := scripted()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		reply, err := NewFallback(FallbackConfig{}, scripted(slow), second).Respond(ctx, tell("hello"), func(string) {})
		if err != nil || reply.Text != "abc" {
			t.Errorf("%q, %v", reply.Text, err)
		}
		wantCalls(t, second, 0)
	})
}

func TestFallbackDescribe(t *testing.T) {
	dear := scripted().named("dear")
	dear.info.Price = &orchestrator.Price{InputPerMTok: 5, OutputPerMTok: 1}
	dear.info.Capabilities = []string{"tools", "streaming"}
	for _, c := range []struct {
		name  string
		parts []orchestrator.Backend
		local bool
		price *orchestrator.Price
	}{
		{"script,dear", []orchestrator.Backend{scripted(), dear}, false, &orchestrator.Price{InputPerMTok: 5, OutputPerMTok: 2}},
		{"script,offline", []orchestrator.Backend{scripted(), scripted().named("offline").local()}, false, &cost},
		{"a,b", []orchestrator.Backend{scripted().named("a").local(), scripted().named("b").local()}, true, &orchestrator.Price{}},
		{"script,unknown", []orchestrator.Backend{scripted(), unpriced("unknown")}, false, nil},
	} {
		info, err := NewFallback(FallbackConfig{}, c.parts[0], c.parts[1:]...).Describe(t.Context())
		if err != nil || info.Name != c.name || info.Local != c.local || len(info.Parts) != 2 || strings.Join(info.Capabilities, " ") != "streaming" {
			t.Errorf("%s: %+v, %v", c.name, info, err)
		}
		if (info.Price == nil) != (c.price == nil) || info.Price != nil && *info.Price != *c.price {
			t.Errorf("%s: the price is %v, not %v", c.name, info.Price, c.price)
		}
	}
	old := scripted()
	old.info.Contract = 0
	if _, err := NewFallback(FallbackConfig{}, scripted(), old).Describe(t.Context()); err == nil || !strings.Contains(err.Error(), "contract version 0") {
		t.Errorf("a part of another contract: %v", err)
	}
}

func unpriced(name string) *script {
	s := scripted().named(name)
	s.info.Price = nil
	return s
}
