package offline

// toldOf remembers the thing that somebody's words are about, "the kettle arrived
// broken", where the intent says of which object they may be: what is asked for next
// is about the same one.
func (p *planner) toldOf(s *skill, b *bag, who string) {
	for _, sl := range s.slots {
		if sl.use != useKey || sl.required || len(sl.makers) == 0 {
			continue
		}
		if _, ok := p.last[sl.name]; ok {
			continue
		}
		for _, prose := range s.slots {
			if prose.use != useProse {
				continue
			}
			_, from, to := p.prose(s, prose, newBag(p.req.Message, b.toks[:b.own], nil))
			subject := subjectOf(b.toks[from:to])
			if len(subject) < 2 || len(subject) > 4 || !nounMarks[subject[0].low] {
				continue
			}
			d := p.describe(s, sl, newBag(p.req.Message, subject, nil))
			if len(d.words) == 0 {
				continue
			}
			if refs, ask := p.resolve(sl, d, who); !ask && len(refs) == 1 {
				p.last[sl.name] = refs[0]
			}
		}
	}
}
