package orchestrator_test

import (
	"context"
	"fmt"
	"testing"

	"banyan/orchestrator"
)

// able is a service with every ability; each counts its calls.
type able struct{ asked map[string]int }

func (a able) Describe(context.Context) (orchestrator.Description, error) {
	a.asked["Describe"]++
	return orchestrator.Description{}, nil
}

func (a able) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	a.asked["Call"]++
	return orchestrator.Result{}, nil
}

func (a able) CanDryRun(string) bool {
	a.asked["CanDryRun"]++
	return true
}

func (a able) Find(context.Context, orchestrator.Call) (orchestrator.Result, bool, error) {
	a.asked["Find"]++
	return orchestrator.Result{}, true, nil
}

func (a able) Play(string) (orchestrator.Play, bool) {
	a.asked["Play"]++
	return orchestrator.Play{}, true
}

func (a able) Close() error {
	a.asked["Close"]++
	return nil
}

func TestWithAbilities(t *testing.T) {
	for has := range 16 {
		t.Run(fmt.Sprintf("%04b", has), func(t *testing.T) {
			inner := able{map[string]int{}}
			var a orchestrator.Abilities
			want := map[string]int{"Describe": 1, "Call": 1}
			if has&1 != 0 {
				a.DryRunner, want["CanDryRun"] = inner, 1
			}
			if has&2 != 0 {
				a.Finder, want["Find"] = inner, 1
			}
			if has&4 != 0 {
				a.Playbook, want["Play"] = inner, 1
			}
			if has&8 != 0 {
				a.Closer, want["Close"] = inner, 1
			}
			s := orchestrator.WithAbilities(inner, a)
			for range 2 { // a second wrapping changes nothing
				s = orchestrator.WithAbilities(s, orchestrator.AbilitiesOf(s))
			}
			_, _ = s.Describe(t.Context())
			_, _ = s.Call(t.Context(), orchestrator.Call{})
			if d, ok := s.(orchestrator.DryRunner); ok {
				d.CanDryRun("")
			}
			if f, ok := s.(orchestrator.Finder); ok {
				_, _, _ = f.Find(t.Context(), orchestrator.Call{})
			}
			if p, ok := s.(orchestrator.Playbook); ok {
				p.Play("")
			}
			if c, ok := s.(orchestrator.Closer); ok {
				_ = c.Close()
			}
			if fmt.Sprint(inner.asked) != fmt.Sprint(want) {
				t.Errorf("asked were %v, want %v", inner.asked, want)
			}
		})
	}
}
