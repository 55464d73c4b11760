package offline

import (
	"slices"
	"strings"
	"time"

	"banyan/orchestrator"
)

var (
	// afterthoughts end a message that corrects what was said.
	afterthoughts = newPhrases("i mean", "i meant", "instead", "rather", "sorry", "i said", "my mistake", "my bad", "i meant to say", "that is what i meant")
	// instead parts what is meant from what is not, which follows it.
	insteadOf = newPhrases("instead of", "rather than", "and not", "in place of", "not the", "not on", "not at")
)

// correct takes a message such as "no, 1002" or "make it 3" as a change to the
// last plan.
func (p *planner) correct() (orchestrator.Plan, bool) {
	steps, waiting := p.earlier()
	if len(steps) == 0 || len(p.toks) > 20 || p.conditional() {
		return orchestrator.Plan{}, false
	}
	if r := p.confident(p.toks); r != nil && !waiting && r.skill.Changes() && p.starts(p.toks) && corrections.at(p.toks, 0) < 3 && !p.toks[0].is("no", "sorry", "actually", "wait") && !p.changed(steps) {
		return orchestrator.Plan{}, false // make it urgent: something else is to be done with it
	}
	rest, wrong, marked := p.meant(steps, waiting)
	if len(rest) == 0 || !marked && !waiting {
		return orchestrator.Plan{}, false
	}
	if waiting && p.bareValue(steps, rest) {
		return p.replay(steps, rest, true)
	}
	if !marked && !rest[0].is("only", "just") && !p.ellipsis(steps, rest) && !p.givesTime(steps, rest) {
		return orchestrator.Plan{}, false
	}
	if waiting && p.bareShare(rest) {
		return orchestrator.Plan{Kind: orchestrator.PlanQuestion, Text: "I am not sure what you mean by “" + p.words(p.toks) + "”. Could you say all of it once more? Nothing was changed."}, true
	}
	if waiting && len(rest) > 1 && rest[0].is("only", "just") {
		if plan, ok := p.onlyOne(steps, rest[1:]); ok {
			return plan, true
		}
	}
	if r := p.confident(rest); r != nil && (p.starts(rest) || !marked && !p.refines(steps, rest)) && (!waiting || !rest[0].is("only", "just")) {
		return orchestrator.Plan{}, false
	}
	if p.ownVerb(rest) {
		return orchestrator.Plan{}, false
	}
	if plan, ok := p.reworded(steps, wrong, rest, waiting); ok {
		return plan, true
	}
	return p.replay(steps, rest, waiting)
}

// bareShare tells whether the words are "only" and a number or an ordinal alone, which
// may be a part of what waits, or a new value for it.
func (p *planner) bareShare(toks []token) bool {
	w := wordsOnly(toks)
	if len(w) < 2 || !w[0].is("only", "just") {
		return false
	}
	for _, t := range w[1:] {
		if _, ok := numberOf(t.low); !ok && ordinals[t.low] == 0 && !t.is("the", "one", "number", "please") {
			return false
		}
	}
	return true
}

// changed tells whether the steps change anything.
func (p *planner) changed(steps []orchestrator.Step) bool {
	return slices.ContainsFunc(steps, func(st orchestrator.Step) bool {
		s := p.k.byName[st.Intent]
		return s != nil && s.Changes()
	})
}

// meant takes from a message what only says that it is a correction: "no, …", "… i
// mean", "not monday", "instead of brakes", "typo, …". wrong is what the message says
// is not meant; marked tells whether there was any such sign.
func (p *planner) meant(steps []orchestrator.Step, waiting bool) (rest, wrong []token, marked bool) {
	rest = trimPunct(p.toks)
	for len(rest) > 0 {
		n := corrections.at(rest, 0)
		if n == 0 && rest[0].is("and", "but", "oh", "also", "ok", "okay", "hmm", "well", "ah") && len(rest) > 1 && (waiting || corrections.at(rest, 1) > 0) {
			rest = trimPunct(rest[1:])
			continue
		}
		if n == 0 || marked && len(trimPunct(rest[n:])) == 0 {
			break
		}
		marked = true
		rest = trimPunct(rest[n:])
	}
	if n := afterthoughts.endAt(rest, len(rest)); n > 0 && n < len(rest) {
		rest, marked = trimPunct(rest[:len(rest)-n]), true
	}
	for i := 1; i < len(rest); i++ {
		if n := insteadOf.at(rest, i); n > 0 && i+n < len(rest) && (waiting || marked) {
			end := i + n
			for end < len(rest) && rest[end].kind != tokPunct {
				end++
			}
			wrong = rest[i+n : end]
			rest, marked = trimPunct(slices.Concat(rest[:i], rest[end:])), true
			break
		}
	}
	if kept, dropped := withoutNegated(rest); len(dropped) > 0 && (waiting || marked) {
		rest, wrong, marked = trimPunct(kept), dropped, true
	}
	if waiting && !marked {
		for i := len(rest) - 2; i > 0; i-- {
			if rest[i].is(",", ":", "-", "–", ";") && p.refines(steps, rest[i+1:]) && !slices.ContainsFunc(rest[:i], func(t token) bool { return countDigits(t.low) > 0 }) && p.confident(rest[:i]) == nil {
				return trimPunct(rest[i+1:]), nil, true // typo, 15500
			}
		}
	}
	return rest, wrong, marked
}

// withoutNegated drops what a correction says is wrong: "1002, not 1003", "not the
// lamp but the kettle".
func withoutNegated(toks []token) (kept, dropped []token) {
	for i, t := range toks {
		if !t.is("not") || nonNegations.at(toks, i) > 0 {
			continue
		}
		end, next := len(toks), len(toks)
		for j := i + 1; j < len(toks); j++ {
			if toks[j].is("but", ",", ";", ".") {
				end, next = j, j+1
				break
			}
		}
		rest := slices.Concat(toks[:i], toks[next:])
		if len(wordsOnly(rest)) > 0 && end > i+1 {
			return rest, toks[i+1 : end]
		}
	}
	return toks, nil
}

// refines tells whether the words are nothing but new values for the last steps: "for
// 8 people", "only the delivered ones", "15500".
func (p *planner) refines(steps []orchestrator.Step, toks []token) bool {
	toks = trimPunct(toks)
	if len(toks) == 0 || generalVerbs[toks[0].low] && functionWords[toks[0].low] && !nounMarks[toks[0].low] {
		return false
	}
	if len(wordsOnly(toks)) > 8 || toks[0].kind == tokWord && !functionWords[toks[0].low] && countDigits(toks[0].low) == 0 && spellOut[toks[0].low] == 0 && !p.valueOf(steps, toks[0]) {
		return false
	}
	for i := len(steps) - 1; i >= 0; i-- {
		s := p.k.byName[steps[i].Intent]
		if s == nil || steps[i].Lookup {
			continue
		}
		b := newBag(p.req.Message, toks, nil)
		found := p.literals(s, b)
		for name := range found {
			if sl := s.slot(name); sl.use == useProse || sl.use == useName {
				delete(found, name)
			}
		}
		if len(found) == 0 {
			continue
		}
		rest := false
		for k, t := range toks {
			rest = rest || !b.used[k] && t.kind != tokPunct && (!functionWords[t.low] || auxiliaries[t.low] || questionWords[t.low] || subjectPronouns[t.low]) && !s.slotWord(t) && !p.keyNoun(steps, t) && !p.makes(s, t)
		}
		if !rest {
			return true
		}
	}
	return false
}

// valueOf tells whether the word is a value that a step takes: a state, a kind, a day.
func (p *planner) valueOf(steps []orchestrator.Step, t token) bool {
	for _, st := range steps {
		s := p.k.byName[st.Intent]
		if s == nil || st.Lookup {
			continue
		}
		b := newBag(p.req.Message, []token{t}, nil)
		for name := range p.literals(s, b) {
			if sl := s.slot(name); sl.use != useProse && sl.use != useName {
				return true
			}
		}
	}
	return false
}

// slotWord tells whether a parameter of the intent is called so, or measured in it.
func (s *skill) slotWord(t token) bool {
	return slices.ContainsFunc(s.slots, func(sl *slot) bool {
		return sl.words[t.stem] >= inTitle || strings.EqualFold(stem(strings.ToLower(orchestrator.Unit(sl.schema))), t.stem) || currencyOf(t.low) != ""
	})
}

// makes tells whether the word names what the intent lists.
func (p *planner) makes(s *skill, t token) bool {
	return slices.ContainsFunc(s.lists(), func(f *field) bool { return lastStem(f.name) == t.stem })
}

// givesTime tells whether the words are a day or a time of day and nothing else, and a
// step has one.
func (p *planner) givesTime(steps []orchestrator.Step, toks []token) bool {
	found := moments(toks, p.req.Now)
	if len(found) != 1 {
		return false
	}
	for i, t := range toks {
		if (i < found[0].at || i >= found[0].at+found[0].n) && t.kind != tokPunct && !functionWords[t.low] {
			return false
		}
	}
	return slices.ContainsFunc(steps, func(st orchestrator.Step) bool {
		s := p.k.byName[st.Intent]
		return s != nil && !st.Lookup && slices.ContainsFunc(s.slots, func(sl *slot) bool { return sl.kind == kindTime && st.Args[sl.name].Value != nil })
	})
}

// shiftTimes puts another day, or another time of day, into the times that a step has
// already: "friday", "actually at 11". It returns false if the words give neither, or
// both, which is then a value of its own.
func (p *planner) shiftTimes(s *skill, b *bag, args map[string]orchestrator.Arg) bool {
	found := moments(b.toks, p.req.Now)
	for i := 1; i < len(b.toks) && len(found) == 0; i++ {
		if b.toks[i-1].is("at", "to", "from", "until", "for") {
			if c, n := clockAt(b.toks, i, true); n > 0 {
				found = append(found, moment{clock: c, hasClock: true, at: i, n: n})
			}
		}
	}
	if len(found) != 1 || !found[0].day.IsZero() && found[0].hasClock {
		return false
	}
	m := found[0]
	if p.shiftDay(s, b, m, args) {
		return true
	}
	var by time.Duration
	done := false
	for _, sl := range s.slots {
		text, ok := args[sl.name].Value.(string)
		if sl.kind != kindTime || sl.dateOnly || !ok {
			continue
		}
		old, err := time.Parse(time.RFC3339, text)
		if err != nil {
			continue
		}
		if !done {
			next := time.Date(m.day.Year(), m.day.Month(), m.day.Day(), old.Hour(), old.Minute(), 0, 0, old.Location())
			if m.day.IsZero() {
				next = atClock(old, clockInstead(b.toks, m, old))
			}
			by, done = next.Sub(old), true
		}
		args[sl.name] = orchestrator.Arg{Value: old.Add(by).Format(time.RFC3339), Text: b.text(m.at, m.at+m.n)}
	}
	if done {
		b.take(m.at, m.n)
	}
	return done
}

// shiftDay puts another day of the same month into the one date that a step has already:
// "make that the 23rd".
func (p *planner) shiftDay(s *skill, b *bag, m moment, args map[string]orchestrator.Arg) bool {
	var only *slot
	for _, sl := range s.slots {
		if sl.kind == kindTime && args[sl.name].Value != nil {
			if only != nil {
				return false
			}
			only = sl
		}
	}
	if only == nil || !only.dateOnly || m.day.IsZero() {
		return false
	}
	text, _ := args[only.name].Value.(string)
	old, err := time.ParseInLocation(time.DateOnly, text, p.req.Now.Location())
	if err != nil {
		return false
	}
	day, ok := dayInstead(b.toks, m, old)
	if !ok || day.Before(p.today()) && !old.Before(p.today()) {
		return false
	}
	args[only.name] = orchestrator.Arg{Value: day.Format(time.DateOnly), Text: b.text(m.at, m.at+m.n)}
	b.take(m.at, m.n)
	return true
}

// reworded puts other words into what the user has to say: "not too small, too big".
func (p *planner) reworded(steps []orchestrator.Step, wrong, right []token, all bool) (orchestrator.Plan, bool) {
	if len(wrong) == 0 || len(right) == 0 {
		return orchestrator.Plan{}, false
	}
	no, yes := p.words(wrong), p.words(right)
	for i := len(steps) - 1; i >= 0; i-- {
		s := p.k.byName[steps[i].Intent]
		if s == nil || steps[i].Lookup {
			continue
		}
		for _, sl := range s.slots {
			old, ok := steps[i].Args[sl.name].Value.(string)
			if !ok || sl.use != useProse || !strings.Contains(strings.ToLower(old), strings.ToLower(no)) {
				continue
			}
			at := strings.Index(strings.ToLower(old), strings.ToLower(no))
			v := old[:at] + yes + old[at+len(no):]
			p.steps = nil
			for j, st := range steps {
				if j == i || all || st.Lookup {
					p.steps = append(p.steps, st)
				}
			}
			p.put(steps[i].ID, sl.name, orchestrator.Arg{Value: capital(v), Text: v})
			p.dropUnknownWaits()
			return p.complete(), true
		}
	}
	return orchestrator.Plan{}, false
}
