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
	case r.last:
		for _, before := range ids[:i] {
			wait(ids[i], before)
		}
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

// afterChanges makes what is read at the user's wish wait for the changes, of
// earlier requests, to the same thing: "return the boots and tell me the refund
// status". Alternatives are left as they are.
func (p *planner) afterChanges(ids [][]string) {
	for j := range ids {
		for _, id := range ids[j] {
			for _, before := range ids[:j] {
				for _, w := range before {
					p.readAfter(id, w)
				}
			}
		}
	}
}

func (p *planner) readAfter(read, write string) {
	r, w := p.step(read), p.step(write)
	if r == nil || w == nil || read == write || r.For != w.For || r.When != nil && w.When != nil {
		return
	}
	rs, ws := p.k.byName[r.Intent], p.k.byName[w.Intent]
	if rs == nil || ws == nil || rs.Changes() || !ws.Changes() || !touches(rs, *r, ws, *w) || slices.Contains(r.After, write) || slices.Contains(w.After, read) {
		return
	}
	if !p.reaches(write, read, map[string]bool{}) {
		r.After = append(r.After, write)
		return
	}
	// The change itself needs what is read: it is read once more.
	again := *r
	again.ID = p.id(r.Intent)
	again.After = append(slices.Clone(r.After), write)
	r.Lookup, r.Text = true, ""
	p.steps = append(p.steps, again)
}

// touches tells whether the change can show in what is read: both have the same
// object, or the read lists such objects, or neither has one and the read shows what
// the change sets.
func touches(rs *skill, r orchestrator.Step, ws *skill, w orchestrator.Step) bool {
	for _, key := range ws.slots {
		if key.use != useKey {
			continue
		}
		for _, m := range key.makers {
			if m.skill == rs {
				return true
			}
		}
		a, ok := w.Args[key.name]
		b, both := r.Args[key.name]
		if ok && both {
			return a.Ref == b.Ref && (a.Ref != "" || a.Value == b.Value)
		}
	}
	if len(rs.keys) > 0 || len(ws.keys) > 0 {
		return false
	}
	return slices.ContainsFunc(rs.fields, func(f *field) bool { return ws.slot(f.name) != nil })
}
