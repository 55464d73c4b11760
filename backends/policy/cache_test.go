package policy

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"banyan/orchestrator"
)

func TestCache(t *testing.T) {
	base := func() orchestrator.PlanRequest {
		req := ask("list my orders")
		req.Catalog = catalog(t)
		req.Conversation = []orchestrator.Turn{{ID: "1", Message: "hi", Answer: "hello", Steps: []orchestrator.StepRecord{
			{ID: "a", Intent: "list_orders", Args: map[string]any{"limit": 1.0}, Result: map[string]any{"count": 2.0, "orders": []any{"x"}}},
		}}}
		return req
	}
	version := "v1"
	now := day
	for _, c := range []struct {
		name   string
		change func(r *orchestrator.PlanRequest)
		hit    bool
	}{
		{"Same", func(*orchestrator.PlanRequest) {}, true},
		{"OtherIDs", func(r *orchestrator.PlanRequest) { r.Conversation[0].ID, r.Conversation[0].DurationMS = "2", 7 }, true},
		{"LaterThatDay", func(r *orchestrator.PlanRequest) { r.Now = r.Now.Add(time.Hour) }, true},
		{"OtherDay", func(r *orchestrator.PlanRequest) { r.Now = r.Now.Add(24 * time.Hour) }, false},
		{"OtherMessage", func(r *orchestrator.PlanRequest) { r.Message += "!" }, false},
		{"OtherUser", func(r *orchestrator.PlanRequest) { r.User = ben }, false},
		{"OtherSubject", func(r *orchestrator.PlanRequest) { r.Subject = ben }, false},
		{"OtherPeople", func(r *orchestrator.PlanRequest) { r.People = []orchestrator.User{ben} }, false},
		{"NoUser", func(r *orchestrator.PlanRequest) { r.User = orchestrator.User{} }, false},
		{"OtherAnswer", func(r *orchestrator.PlanRequest) { r.Conversation[0].Answer = "no" }, false},
		{"OtherResult", func(r *orchestrator.PlanRequest) { r.Conversation[0].Steps[0].Result["count"] = 3.0 }, false},
		{"OtherArgs", func(r *orchestrator.PlanRequest) { r.Conversation[0].Steps[0].Args["limit"] = "1" }, false},
		{"OtherDigest", func(r *orchestrator.PlanRequest) { r.Digest, r.Conversation = r.Conversation, nil }, false},
		{"OtherCatalog", func(r *orchestrator.PlanRequest) { r.Catalog, _ = orchestrator.NewCatalog(nil) }, false},
		{"OtherData", func(*orchestrator.PlanRequest) { version = "v2" }, false},
		{"TooOld", func(*orchestrator.PlanRequest) { now = day.Add(5 * time.Minute) }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			version, now = "v1", day
			s := scripted(outcome{plan: steps("list_orders"), usage: cheap})
			b := NewCache(s, CacheConfig{DataVersion: func(string) string { return version }, Now: func() time.Time { return now }})
			var e ear
			ctx := e.listen(t.Context(), asking)
			first, err := b.Plan(ctx, base())
			if err != nil {
				t.Fatal(err)
			}
			first.Plan.Steps[0].Args["limit"] = orchestrator.Arg{Value: "changed by the kernel"}
			req := base()
			c.change(&req)
			second, err := b.Plan(ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			if hit := s.calls.Load() == 1; hit != c.hit {
				t.Fatalf("from the cache: %v", hit)
			}
			if !reflect.DeepEqual(second.Plan, steps("list_orders")) {
				t.Errorf("the plan is %+v", second.Plan)
			}
			if c.hit {
				if want := (orchestrator.Usage{Backend: "script", Model: "m1"}); second.Usage != want {
					t.Errorf("the usage is %+v", second.Usage)
				}
				if got := b.Stats(); got != (CacheStats{Hits: 1, Misses: 1, Entries: 1, SavedUSD: cheap.CostUSD}) {
					t.Errorf("%+v", got)
				}
				e.wantHeard(t, "cache: the same was asked before")
			}
		})
	}
}

// Nothing that changes something is kept, and no failure is.
func TestCacheKeepsReadsOnly(t *testing.T) {
	for name, c := range map[string]struct {
		turn outcome
		kept bool
	}{
		"Read":    {outcome{plan: steps("list_orders")}, true},
		"Answer":  {outcome{plan: hello}, true},
		"Write":   {outcome{plan: steps("list_orders", "cancel_order")}, false},
		"Unknown": {outcome{plan: steps("no_such_intent")}, false},
		"Failure": {fails(orchestrator.CodeBackendTimeout), false},
		"Crash":   {outcome{panics: true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := scripted(c.turn)
			b := NewCache(s, CacheConfig{})
			req := ask("hello")
			req.Catalog = catalog(t)
			for range 2 {
				_, _ = b.Plan(t.Context(), req)
			}
			if kept := s.calls.Load() == 1; kept != c.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

func TestCacheRespond(t *testing.T) {
	for name, c := range map[string]struct {
		intents []string
		kept    bool
	}{
		"Reads":   {[]string{"list_orders", "list_orders"}, true},
		"Write":   {[]string{"list_orders", "cancel_order"}, false},
		"Unknown": {[]string{"no_such_intent"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := scripted()
			b := NewCache(s, CacheConfig{})
			req := tell("hello")
			req.Catalog = catalog(t)
			for _, in := range c.intents {
				req.Steps = append(req.Steps, orchestrator.StepRecord{Intent: in, Status: orchestrator.StepDone})
			}
			for range 2 {
				var said strings.Builder
				reply, err := b.Respond(t.Context(), req, func(d string) { said.WriteString(d) })
				if err != nil || reply.Text != "All is done." || said.String() != reply.Text {
					t.Errorf("%q, %q, %v", said.String(), reply.Text, err)
				}
			}
			if kept := s.calls.Load() == 1; kept != c.kept {
				t.Errorf("kept: %v", kept)
			}
		})
	}
}

// A plan that the kernel sends back is asked for anew, then and later.
func TestCacheRejected(t *testing.T) {
	s := scripted()
	b := NewCache(s, CacheConfig{})
	rejected := ask("hello")
	rejected.Rejected = &hello
	for i, req := range []orchestrator.PlanRequest{ask("hello"), ask("hello"), rejected, ask("hello"), ask("hello")} {
		if _, err := b.Plan(t.Context(), req); err != nil {
			t.Fatal(i, err)
		}
	}
	wantCalls(t, s, 3)
}

func TestCacheBounded(t *testing.T) {
	s := scripted()
	b := NewCache(s, CacheConfig{Entries: 3})
	for _, message := range []string{"a", "b", "c", "a", "d", "a", "b"} { // d pushes b out
		if _, err := b.Plan(t.Context(), ask(message)); err != nil {
			t.Fatal(err)
		}
	}
	wantCalls(t, s, 5)
	if got := b.Stats(); got.Entries != 3 || got.Hits != 2 {
		t.Errorf("%+v", got)
	}
}

// Different values never have the same imprint, the same always have.
func TestImprintOfValues(t *testing.T) {
	values := rapid.Custom(func(t *rapid.T) any { return drawValue(t, 3) })
	rapid.Check(t, func(t *rapid.T) {
		a, b := values.Draw(t, "a"), values.Draw(t, "b")
		var wa, wb, again writer
		wa.value(a)
		wb.value(b)
		again.value(cloneValue(a))
		if same := reflect.DeepEqual(a, b); same != (string(wa) == string(wb)) {
			t.Fatalf("%#v and %#v", a, b)
		}
		if string(wa) != string(again) {
			t.Fatalf("a copy of %#v differs", a)
		}
	})
}

func drawValue(t *rapid.T, depth int) any {
	switch rapid.IntRange(0, 3+min(depth, 2)).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return rapid.Float64Range(-2, 2).Draw(t, "number")
	case 3:
		return rapid.StringN(0, 3, -1).Draw(t, "text")
	case 4:
		list := make([]any, rapid.IntRange(0, 2).Draw(t, "length"))
		for i := range list {
			list[i] = drawValue(t, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 2).Draw(t, "fields") {
		object[rapid.StringN(0, 2, -1).Draw(t, "key")] = drawValue(t, depth-1)
	}
	return object
}
