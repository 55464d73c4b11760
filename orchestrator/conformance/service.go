package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"banyan/orchestrator"
)

// ServiceFixture is what the suite needs to know of a service.
type ServiceFixture struct {
	// Open returns a fresh service in the same state every time.
	Open func(t testing.TB) orchestrator.Service
	// Calls succeed on a fresh service, each by itself; at least one of every
	// intent. User, Subject and Args are set, Intent names the intent. Reads and dry
	// runs of them are also what a state is told by.
	Calls []orchestrator.Call
	// Stranger is a customer who owns nothing that Calls are about. With Subject
	// set to Stranger, the calls listed in Owned must fail with CodeNotFound.
	Stranger orchestrator.User
	Owned    []string
}

// Service proves that a service keeps the contract of orchestrator.Service, and of
// the optional abilities that it has.
func Service(t *testing.T, f ServiceFixture) {
	t.Helper()
	t.Run("Describe", func(t *testing.T) { serviceDescribes(t, f) })
	t.Run("UnknownIntent", func(t *testing.T) {
		_, err := f.Open(t).Call(t.Context(), orchestrator.Call{Intent: "no_such_intent", Args: map[string]any{}})
		wantCoded(t, err, "")
	})
	t.Run("EndedContext", func(t *testing.T) {
		s := f.Open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, call := range f.Calls {
			done := make(chan struct{})
			go func() { defer close(done); _, _ = s.Call(ctx, withKey(call, "ended")) }()
			select {
			case <-done:
			case <-time.After(5 * time.Second):
				t.Fatalf("%s does not return though its context has ended", call.Intent)
			}
		}
	})
	for _, call := range f.Calls {
		t.Run(call.Intent, func(t *testing.T) { serviceCall(t, f, call) })
	}
}

func serviceDescribes(t *testing.T, f ServiceFixture) {
	s := f.Open(t)
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d.Version == "" {
		t.Error("the description has no version")
	}
	again, err := s.Describe(t.Context())
	if err != nil || mustJSON(t, again) != mustJSON(t, d) {
		t.Errorf("the description changed between two questions (%v)", err)
	}
	if _, bad := orchestrator.NewCatalog([]orchestrator.Offered{{Service: s, Description: d}}); len(bad) > 0 {
		t.Errorf("the catalog refuses: %v", bad)
	}
	_, finds := s.(orchestrator.Finder)
	if d.Keys && !finds {
		t.Error("the service promises to keep keys, and cannot be asked for them (orchestrator.Finder)")
	}
	for _, in := range d.Intents {
		checkUndo(t, d, in)
		if in.Summary == "" {
			t.Errorf("%s has no summary", in.Name)
		}
		if !slices.ContainsFunc(f.Calls, func(c orchestrator.Call) bool { return c.Intent == in.Name }) {
			t.Errorf("the fixture has no call of %s", in.Name)
		}
	}
}

func serviceCall(t *testing.T, f ServiceFixture, call orchestrator.Call) {
	s := f.Open(t)
	catalog, in := catalogOf(t, s, call.Intent)
	if catalog == nil {
		t.Fatalf("the service does not offer %s", call.Intent)
	}
	first := mustCall(t, s, withKey(call, "one"))
	if err := validate(in, first.Data); err != nil {
		t.Errorf("the result does not fit its schema: %v", err)
	}
	t.Run("BadArguments", func(t *testing.T) {
		bad := withKey(call, "bad")
		bad.Args = map[string]any{"no such parameter": "x"}
		_, err := f.Open(t).Call(t.Context(), bad)
		wantCoded(t, err, orchestrator.CodeInvalid)
		for name := range call.Args {
			bad.Args = cloneArgs(call.Args)
			bad.Args[name] = map[string]any{"not": "this type"}
			_, err := f.Open(t).Call(t.Context(), bad)
			wantCoded(t, err, orchestrator.CodeInvalid)
		}
	})
	if slices.Contains(f.Owned, call.Intent) {
		t.Run("Stranger", func(t *testing.T) {
			foreign := withKey(call, "foreign")
			foreign.User, foreign.Subject = f.Stranger, f.Stranger
			foreign.Args = cloneArgs(call.Args)
			if in.Subject != "" {
				foreign.Args[in.Subject] = f.Stranger.Email
			}
			_, err := f.Open(t).Call(t.Context(), foreign)
			wantCoded(t, err, orchestrator.CodeNotFound)
		})
	}
	if !in.Changes() {
		t.Run("SameAgain", func(t *testing.T) {
			if again := mustCall(t, s, withKey(call, "two")); mustJSON(t, again) != mustJSON(t, first) {
				t.Errorf("two reads differ:\n%s\n%s", mustJSON(t, first), mustJSON(t, again))
			}
		})
		return
	}
	t.Run("SameKeySameResult", func(t *testing.T) { serviceSameKey(t, f, call) })
	t.Run("SameKeyOtherArguments", func(t *testing.T) { serviceOtherArguments(t, f, in, call) })
	if finds(t, s) {
		t.Run("Find", func(t *testing.T) { serviceFinds(t, f, in, call) })
	}
	if in.Undo != nil {
		t.Run("Undo", func(t *testing.T) { serviceUndoes(t, f, in, call) })
	}
	if d, ok := s.(orchestrator.DryRunner); ok && d.CanDryRun(call.Intent) {
		t.Run("DryRun", func(t *testing.T) { serviceDryRun(t, f, call) })
	}
}

func serviceDryRun(t *testing.T, f ServiceFixture, call orchestrator.Call) {
	s := f.Open(t)
	for range 2 { // a dry run that changed something would be refused or differ the second time
		dry := withKey(call, "k")
		dry.DryRun = true
		mustCall(t, s, dry)
	}
	wet := mustCall(t, s, withKey(call, "k"))
	if fresh := mustCall(t, f.Open(t), withKey(call, "k")); len(fresh.Data) != len(wet.Data) {
		t.Errorf("after dry runs the call gives\n%s\nwithout them\n%s", mustJSON(t, wet), mustJSON(t, fresh))
	}
}

func mustCall(t *testing.T, s orchestrator.Service, call orchestrator.Call) orchestrator.Result {
	t.Helper()
	res, err := s.Call(t.Context(), call)
	if err != nil {
		t.Fatalf("%s: %v", call.Intent, err)
	}
	return res
}

func wantCoded(t *testing.T, err error, code string) {
	t.Helper()
	var coded *orchestrator.Error
	if !errors.As(err, &coded) {
		t.Errorf("got %v, want a coded error", err)
		return
	}
	if code != "" && coded.Code != code {
		t.Errorf("got code %s (%s), want %s", coded.Code, coded.Message, code)
	}
	if coded.Message == "" {
		t.Error("the error says nothing to people")
	}
}

func withKey(call orchestrator.Call, key string) orchestrator.Call {
	call.Key = key + "/" + call.Intent
	call.Args = cloneArgs(call.Args)
	return call
}

func cloneArgs(args map[string]any) map[string]any {
	out := make(map[string]any, len(args))
	for k, v := range args {
		out[k] = v
	}
	return out
}

func catalogOf(t *testing.T, s orchestrator.Service, intent string) (*orchestrator.Catalog, orchestrator.Intent) {
	t.Helper()
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	catalog, _ := orchestrator.NewCatalog([]orchestrator.Offered{{Service: s, Description: d}})
	e := catalog.Intent(intent)
	if e == nil {
		return nil, orchestrator.Intent{}
	}
	return catalog, e.Intent
}

func validate(in orchestrator.Intent, data map[string]any) error {
	if in.Result == nil {
		return nil
	}
	resolved, err := in.Result.CloneSchemas().Resolve(nil)
	if err != nil {
		return err
	}
	return resolved.Validate(data)
}

func mustJSON(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
