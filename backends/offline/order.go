package offline

import (
	"slices"

	"banyan/orchestrator"
)

// sort puts every step behind those that it waits for, and otherwise leaves the
// order as it is.
func (p *planner) sort() {
	var out []orchestrator.Step
	done := map[string]bool{}
	for len(out) < len(p.steps) {
		n := len(out)
		for _, st := range p.steps {
			if done[st.ID] || !p.ready(st, done) {
				continue
			}
			done[st.ID] = true
			out = append(out, st)
			break
		}
		if len(out) == n {
			return // a circle, which the check refuses
		}
	}
	p.steps = out
}

func (p *planner) ready(st orchestrator.Step, done map[string]bool) bool {
	for _, other := range p.steps {
		if !done[other.ID] && other.ID != st.ID && (slices.Contains(st.After, other.ID) || refers(st, other.ID)) {
			return false
		}
	}
	return true
}

// order makes steps wait for one another where the words say so.
func (p *planner) order(reqs []*request, i int, ids [][]string) {
	wait := func(who, on []string) {
		for _, w := range who {
			st := p.step(w)
			for _, o := range on {
				if st != nil && o != w && !slices.Contains(st.After, o) {
					st.After = append(st.After, o)
				}
			}
		}
	}
	r := reqs[i]
	switch {
	case r.first && i > 0:
		wait(ids[i-1], ids[i])
	case r.then && i > 0:
		wait(ids[i], ids[i-1])
	}
	if i > 0 {
		switch prev := reqs[i-1]; {
		case prev.first && !r.first && i == 1, prev.ahead:
			wait(ids[i], ids[i-1])
		case prev.behind, r.ahead:
			wait(ids[i-1], ids[i])
		case r.behind:
			wait(ids[i], ids[i-1])
		}
	}
}

// dropSelfWaits takes out waits that would close a circle.
func (p *planner) dropSelfWaits() {
	for i := range p.steps {
		st := &p.steps[i]
		st.After = slices.DeleteFunc(st.After, func(id string) bool {
			return p.step(id) == nil || p.reaches(id, st.ID, map[string]bool{})
		})
		if len(st.After) == 0 {
			st.After = nil
		}
	}
}

// reaches tells whether the step waits, directly or not, for the target.
func (p *planner) reaches(id, target string, seen map[string]bool) bool {
	if id == target {
		return true
	}
	if seen[id] {
		return false
	}
	seen[id] = true
	st := p.step(id)
	if st == nil {
		return false
	}
	for _, other := range p.steps {
		if slices.Contains(st.After, other.ID) || refers(*st, other.ID) {
			if p.reaches(other.ID, target, seen) {
				return true
			}
		}
	}
	return false
}

func refers(st orchestrator.Step, id string) bool {
	ref := "steps." + id + "."
	if st.When != nil && mentions(st.When.Expr, ref) {
		return true
	}
	for _, a := range st.Args {
		if mentions(a.Ref, ref) {
			return true
		}
	}
	return false
}
