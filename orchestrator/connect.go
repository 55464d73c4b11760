package orchestrator

import (
	"fmt"
	"slices"
)

// connect finds the steps that this one waits for.
func (s *stepRun) connect(step *Step, before []*stepRun, wrong func(string, ...any)) {
	find := func(id string) *stepRun {
		i := slices.IndexFunc(before, func(b *stepRun) bool { return b.step.ID == id })
		if i < 0 {
			return nil
		}
		return before[i]
	}
	add := func(list *[]*stepRun, other *stepRun) {
		if other != nil && !slices.Contains(*list, other) {
			*list = append(*list, other)
		}
	}
	need := func(p *program) {
		for _, id := range p.deps {
			other := find(id)
			if other != nil && other.isPlay() {
				wrong("it reads the result of %q, which is a playbook and has none", id)
			}
			add(&s.needs, other)
		}
	}
	for _, p := range s.refs {
		need(p)
	}
	if s.list != nil {
		need(s.list)
	}
	if s.when != nil {
		need(s.when)
	} else if step.When != nil { // a judge sees whatever there is by then
		for _, b := range before {
			if !b.entry.Changes() {
				add(&s.after, b)
			}
		}
	}
	if step.Otherwise != "" {
		s.unless = find(step.Otherwise)
		switch {
		case s.unless == nil:
			wrong("it is the alternative to %q, which is not a step before it", step.Otherwise)
		case s.unless.list != nil, s.unless.step.When == nil && s.unless.unless == nil:
			wrong("it is the alternative to %q, which has no condition that could be met or not", step.Otherwise)
		default:
			for _, other := range s.unless.needs {
				add(&s.needs, other)
			}
		}
	}
	for _, id := range step.After {
		other := find(id)
		if other == nil {
			wrong("it comes after %q, which is not a step before it", id)
			continue
		}
		add(&s.after, other)
		for _, inner := range before {
			if inner.rec.Playbook == id {
				add(&s.after, inner)
			}
		}
	}
}

// gate marks the steps that wait for the user's yes: the changes that need one,
// and all that waits for such a step. What a change is repeated for must be known
// before the yes, because the user is asked for each.
func gate(steps []*stepRun) (faults []fault) {
	for _, s := range steps {
		s.gated = s.needsYes()
		for _, other := range s.waits() {
			s.gated = s.gated || other.gated
		}
		if s.list == nil || !s.needsYes() {
			continue
		}
		if slices.ContainsFunc(s.needs, func(other *stepRun) bool { return other.gated }) {
			faults = append(faults, fault{what: fmt.Sprintf("step %s: the list that it is repeated for is known only after a change; do the change first and ask again", s.step.ID)})
		}
	}
	return faults
}
