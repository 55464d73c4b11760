package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"banyan/orchestrator"
)

// state is what a service says when it is asked for everything that the fixture
// knows to ask: by call, the result or the refusal.
type state map[string]string

// stateOf reads a service: its reads as they are, its changes as dry runs, which
// tell of values that no read shows.
func stateOf(t *testing.T, f ServiceFixture, s orchestrator.Service) state {
	t.Helper()
	d, err := s.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := state{}
	for _, call := range f.Calls {
		i := slices.IndexFunc(d.Intents, func(in orchestrator.Intent) bool { return in.Name == call.Intent })
		if i < 0 {
			continue
		}
		for _, c := range asked(d, f, call) {
			key := fmt.Sprintf("%s %v", c.Intent, lineOf(c.Args))
			if _, known := out[key]; known {
				continue
			}
			if d.Intents[i].Changes() {
				dry, ok := s.(orchestrator.DryRunner)
				if !ok || !dry.CanDryRun(c.Intent) {
					continue
				}
				c.DryRun = true
			}
			res, err := s.Call(t.Context(), c)
			out[key] = said(orchestrator.Result{Data: lasting(c, res.Data)}, err)
		}
	}
	return out
}

// asked is a call as the fixture has it and, for a read, once more about everything
// that the fixture's other calls of the same subject are about.
func asked(d orchestrator.Description, f ServiceFixture, call orchestrator.Call) []orchestrator.Call {
	out := []orchestrator.Call{call}
	i := slices.IndexFunc(d.Intents, func(in orchestrator.Intent) bool { return in.Name == call.Intent })
	if d.Intents[i].Changes() {
		return out
	}
	for _, other := range f.Calls {
		c := call
		c.User, c.Subject, c.Args = other.User, other.Subject, cloneArgs(call.Args)
		for name := range c.Args {
			if v, ok := other.Args[name]; ok {
				c.Args[name] = v
			}
		}
		out = append(out, c)
	}
	return out
}

// lasting leaves out the numbers that a dry run would give out next: they are
// another every time.
func lasting(call orchestrator.Call, data map[string]any) map[string]any {
	if !call.DryRun {
		return data
	}
	out := maps.Clone(data)
	for name := range data {
		if _, given := call.Args[name]; !given && (strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_number")) {
			delete(out, name)
		}
	}
	return out
}

// compare reports in what two states differ.
func compare(t *testing.T, what string, want, got state) {
	t.Helper()
	for _, call := range slices.Sorted(maps.Keys(want)) {
		if got[call] != want[call] {
			t.Errorf("%s, %s differs:\n%s\n%s", what, call, want[call], got[call])
		}
	}
}

func lineOf(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}
