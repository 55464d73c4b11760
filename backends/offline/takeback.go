package offline

import (
	"slices"

	"banyan/orchestrator"
)

// calledOff tells whether the message says, after a request for a change, not to do it:
// "don't cancel it".
func (p *planner) calledOff(r *request) bool {
	s := r.rank[0].skill
	if !s.Changes() || len(r.toks) == 0 || len(r.when) > 0 {
		return false
	}
	end := r.toks[len(r.toks)-1].end
	for i := 1; i+2 < len(p.toks); i++ {
		if p.toks[i].is("not") && p.toks[i-1].is("do") && p.toks[i].start >= end && p.toks[i+1].stem == s.nameStems[0] && p.toks[i+2].is("it", "that", "this", "them") {
			return true
		}
	}
	return false
}

// takeBack drops the steps of earlier requests of the message that a later one says
// not to do: "cancel 1003. No, don't cancel it, tell me when it comes".
func (p *planner) takeBack(s *skill, ids [][]string) {
	for i, list := range ids {
		ids[i] = slices.DeleteFunc(list, func(id string) bool {
			st := p.step(id)
			if st == nil || st.Intent != s.Name {
				return false
			}
			p.steps = slices.DeleteFunc(p.steps, func(o orchestrator.Step) bool { return o.ID == id })
			return true
		})
	}
}
