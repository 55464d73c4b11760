package conformance

import (
	"errors"
	"sync"
	"testing"

	"banyan/orchestrator"
)

// parallel is how many calls with one key are made at the same time.
const parallel = 100

// serviceSameKey makes a change many times with one key: all calls get the same
// result, and the state is the one after a single call.
func serviceSameKey(t *testing.T, f ServiceFixture, call orchestrator.Call) {
	once := f.Open(t)
	mustCall(t, once, withKey(call, "same"))
	s := f.Open(t)
	results := make([]string, parallel)
	var wg sync.WaitGroup
	for i := range parallel {
		wg.Go(func() {
			res, err := s.Call(t.Context(), withKey(call, "same"))
			results[i] = said(res, err)
		})
	}
	wg.Wait()
	for _, r := range results[1:] {
		if r != results[0] {
			t.Fatalf("calls with one key differ:\n%s\n%s", results[0], r)
		}
	}
	compare(t, "after one call and after many with the same key", stateOf(t, f, once), stateOf(t, f, s))
}

// serviceOtherArguments uses the key of one call for others, which must be refused
// and change nothing.
func serviceOtherArguments(t *testing.T, f ServiceFixture, in orchestrator.Intent, call orchestrator.Call) {
	s := f.Open(t)
	mustCall(t, s, withKey(call, "k"))
	before := stateOf(t, f, s)
	for what, other := range others(f, in, call) {
		if _, err := s.Call(t.Context(), withKey(other, "k")); err == nil {
			t.Errorf("the key of one call was good for another %s", what)
		}
	}
	compare(t, "before and after calls with a key that is taken", before, stateOf(t, f, s))
}

// others are calls that differ from one in a single thing, by its name.
func others(f ServiceFixture, in orchestrator.Intent, call orchestrator.Call) map[string]orchestrator.Call {
	out := map[string]orchestrator.Call{}
	if in.Subject != "" {
		o := call
		o.User, o.Subject, o.Args = f.Stranger, f.Stranger, cloneArgs(call.Args)
		o.Args[in.Subject] = f.Stranger.Email
		out["subject"] = o
	}
	for name, v := range call.Args {
		if name == in.Subject {
			continue
		}
		o := call
		o.Args = cloneArgs(call.Args)
		switch v := v.(type) {
		case string:
			o.Args[name] = v + "0"
		case float64:
			o.Args[name] = v + 1
		case bool:
			o.Args[name] = !v
		default:
			continue
		}
		out[name] = o
	}
	return out
}

// finds tells whether the service can be asked what became of a change.
func finds(t *testing.T, s orchestrator.Service) bool {
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, ok := s.(orchestrator.Finder)
	return ok && d.Keys
}

// serviceFinds asks for a change before and after it, and for others under its key.
func serviceFinds(t *testing.T, f ServiceFixture, in orchestrator.Intent, call orchestrator.Call) {
	s := f.Open(t)
	finder, _ := s.(orchestrator.Finder)
	call = withKey(call, "k")
	missing := func(when string) {
		t.Helper()
		if res, found, err := finder.Find(t.Context(), call); found || err != nil {
			t.Errorf("%s it is found: %v, %v, %v", when, found, res.Data, err)
		}
	}
	before := stateOf(t, f, s)
	missing("before the call")
	if d, ok := s.(orchestrator.DryRunner); ok && d.CanDryRun(in.Name) {
		dry := call
		dry.DryRun = true
		mustCall(t, s, dry)
		missing("after a dry run")
	}
	compare(t, "before and after asking", before, stateOf(t, f, s))
	want := mustCall(t, s, call)
	after := stateOf(t, f, s)
	res, found, err := finder.Find(t.Context(), call)
	if err != nil || !found || mustJSON(t, res.Data) != mustJSON(t, want.Data) {
		t.Errorf("after the call: %v, %v\n%s\nwant\n%s", found, err, mustJSON(t, res.Data), mustJSON(t, want.Data))
	}
	for what, other := range others(f, in, call) {
		other.Key = call.Key
		res, found, err := finder.Find(t.Context(), other)
		if err == nil {
			t.Errorf("another %s under the key: %v, %v and no error", what, found, res.Data)
		}
	}
	stranger := call
	stranger.Key = "of nobody"
	if _, found, err := finder.Find(t.Context(), stranger); found || err != nil {
		t.Errorf("an unknown key: %v, %v", found, err)
	}
	compare(t, "before and after asking for what was done", after, stateOf(t, f, s))
}

// said is a result or an error in one line.
func said(res orchestrator.Result, err error) string {
	var coded *orchestrator.Error
	switch {
	case errors.As(err, &coded):
		return "refused: " + coded.Code
	case err != nil:
		return "failed: " + err.Error()
	}
	return lineOf(res.Data)
}
