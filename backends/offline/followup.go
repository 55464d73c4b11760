package offline

import (
	"maps"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// open returns the conversation's last turn if it is a question.
func (p *planner) asking() *orchestrator.Turn {
	if n := len(p.req.Conversation); n > 0 {
		t := &p.req.Conversation[n-1]
		if t.Kind == orchestrator.KindQuestion && t.Plan != nil {
			return t
		}
	}
	return nil
}

func (p *planner) openQuestion() bool { return p.asking() != nil }

// answerQuestion takes the message as the answer to the question that the last
// turn asked, unless it is something else.
func (p *planner) answerQuestion() (orchestrator.Plan, bool) {
	t := p.asking()
	if t == nil || len(t.Plan.Steps) == 0 {
		return orchestrator.Plan{}, false
	}
	if p.wholly(overWords) || p.wholly(undoWords) {
		return orchestrator.Plan{}, false
	}
	if p.wholly(dropWords) || p.dropped() {
		return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "All right, never mind. Nothing was changed."}, true
	}
	p.steps = cloneSteps(t.Plan.Steps)
	if t.Plan.Missing == nil {
		return p.chosen()
	}
	m := t.Plan.Missing
	st := p.step(m.Step)
	if st == nil || p.k.byName[st.Intent] == nil || p.wholly(helpWords) || p.wholly(greetings) {
		return orchestrator.Plan{}, false
	}
	s := p.k.byName[st.Intent]
	if m.Param == s.Subject {
		return p.answerWho(s, st.For)
	}
	sl := s.slot(m.Param)
	if p.conditional() && (sl == nil || sl.use != useProse) {
		return orchestrator.Plan{}, false
	}
	if sl == nil {
		return orchestrator.Plan{}, false
	}
	if p.answerValue(s, sl, m.Step) {
		return p.complete(), true
	}
	if p.confident(p.toks) != nil || p.exampleOf() {
		return orchestrator.Plan{}, false
	}
	text, _ := p.question(sl, m.Step)
	return orchestrator.Plan{
		Kind: orchestrator.PlanQuestion, Steps: p.steps, Missing: m,
		Text: "I did not get that. " + text + " (“never mind” ends it.)",
	}, true
}

// dropped tells whether the message takes back what was asked for, whatever sigh comes
// before it: "oh wait, never mind".
func (p *planner) dropped() bool {
	w := wordsOnly(p.toks)
	for len(w) > 1 && w[0].is("oh", "wait", "hmm", "ah", "sorry", "actually", "no", "ok", "okay", "well", "hold", "on", "um", "hang", "you", "know", "what") {
		w = trimPolite(w[1:])
		if dropWords.at(w, 0) == len(w) {
			return true
		}
	}
	return len(w) > 0 && goBack.at(w, 0) == len(w)
}

var goBack = newPhrases("go back", "back", "take me back", "let us go back", "go back please", "back to the start", "cancel this", "cancel the whole thing", "leave that", "not that")

// conditional tells whether the message makes anything depend on a condition: it is
// then a request of its own, whatever else it could be.
func (p *planner) conditional() bool {
	for _, c := range chunks(p.toks) {
		if c.kind == chunkCondition || c.other || c.same {
			return true
		}
	}
	return false
}

func cloneSteps(steps []orchestrator.Step) []orchestrator.Step {
	out := slices.Clone(steps)
	for i := range out {
		out[i].Args = maps.Clone(out[i].Args)
		out[i].After = slices.Clone(out[i].After)
	}
	return out
}

// answerWho takes the person whom the question asked for.
func (p *planner) answerWho(s *skill, asked string) (orchestrator.Plan, bool) {
	who := p.namedPerson(s, newBag(p.req.Message, p.toks, nil))
	if who != "" && p.asksMore(s) && p.confident(p.toks) != nil {
		return orchestrator.Plan{}, false
	}
	if who == "" {
		w := strip(p.toks)
		n := nameLen(w, 0)
		if p.confident(p.toks) != nil || n == 0 && len(w) > 3 {
			return orchestrator.Plan{}, false
		}
		if n == 0 {
			n = len(w)
		}
		who = p.words(w[:n])
	}
	for i := range p.steps {
		if p.steps[i].For == asked {
			p.steps[i].For = who
		}
	}
	return p.complete(), true
}

// asksMore tells whether the message says more than whom it is about.
func (p *planner) asksMore(s *skill) bool {
	b := newBag(p.req.Message, strip(p.toks), nil)
	p.namedPeople(s, b)
	for i, t := range b.toks {
		if t.kind != tokPunct && !b.used[i] && !functionWords[t.low] && !t.is("mean", "meant", "customer", "client", "sorry") {
			return true
		}
	}
	return false
}

// answerValue fills the parameter that the question asked for. It returns false
// if the message holds no value for it, or is a request of its own.
func (p *planner) answerValue(s *skill, sl *slot, step string) bool {
	b := newBag(p.req.Message, strip(p.toks), nil)
	if len(b.toks) == 0 {
		return false
	}
	who := p.step(step).For
	own := p.confident(p.toks)
	request := own != nil && (p.starts(p.toks) || p.questioned(strip(p.toks)) && len(p.toks) > 3) && own.value >= p.accept(own.skill)+0.05
	var arg orchestrator.Arg
	if sl.use == useAddress {
		if v := p.answerAddress(b); v != "" {
			p.put(step, sl.name, orchestrator.Arg{Value: v, Text: v})
			return true
		}
	}
	lits := p.literals(s, b)
	got := lits[sl.name]
	if len(got) > 1 && sl.use == useKey {
		if own != nil && p.starts(p.toks) {
			return false // a request of its own, about several
		}
		for _, more := range got[1:] {
			again := cloneSteps([]orchestrator.Step{*p.step(step)})[0]
			again.ID = p.id(again.Intent)
			p.steps = append(p.steps, again)
			p.put(again.ID, sl.name, more)
		}
	}
	switch {
	case len(got) > 0 && (sl.use != useProse || !request):
		if arg = got[0]; sl.use == useProse && becauseWords.at(b.toks, 0) > 0 {
			v := b.text(0, len(b.toks)) // what was asked for is all that was said: "because I can"
			arg = orchestrator.Arg{Value: capital(v), Text: v}
		}
	case request:
		return false
	case sl.use == useAddress:
		return false
	case sl.use == useProse:
		v := strings.TrimSpace(p.req.Message)
		arg = orchestrator.Arg{Value: v, Text: v}
	case sl.use == useName:
		v, ok := p.fillName(s, sl, b)
		if !ok {
			v = b.text(0, len(b.toks))
		}
		arg = orchestrator.Arg{Value: v, Text: v}
	case sl.use == useKey:
		return p.answerKey(s, sl, b, step, who)
	case p.answerOther(s, lits, step):
		return true
	case sl.kind == kindBool:
		switch {
		case p.wholly(yesWords):
			arg = orchestrator.Arg{Value: true}
		case p.wholly(noWords):
			arg = orchestrator.Arg{Value: false}
		default:
			return false
		}
	default:
		return false
	}
	p.put(step, sl.name, arg)
	for name, args := range lits {
		if _, ok := p.step(step).Args[name]; !ok || s.slot(name).use == useKey {
			p.put(step, name, args[0])
		}
	}
	return true
}

// answerOther takes values for parameters that were not asked for yet; what was asked
// for is asked again.
func (p *planner) answerOther(s *skill, lits filled, step string) bool {
	found := false
	for name, args := range lits {
		sl := s.slot(name)
		if _, ok := p.step(step).Args[name]; ok && sl.use != useKey || sl.use == useProse || sl.use == useName || len(args) != 1 {
			continue
		}
		p.put(step, name, args[0])
		found = true
	}
	return found
}

// answerAddress reads an answer that is nothing but a postal address, "" if it is
// not.
func (p *planner) answerAddress(b *bag) string {
	from, to := addressStart(b), len(b.toks)
	for to > from {
		n := closers.endAt(b.toks[:to], to)
		if n == 0 && b.toks[to-1].kind != tokPunct {
			break
		}
		to -= max(n, 1)
	}
	if from >= to || !p.addressLike(b.toks[from:to]) {
		return ""
	}
	return b.text(from, to)
}

// answerKey fills a key from an answer that describes the object.
func (p *planner) answerKey(s *skill, sl *slot, b *bag, step, who string) bool {
	if sl.pattern == nil && len(b.toks) == 1 && (countDigits(b.toks[0].low) > 0 || len(sl.makers) == 0) {
		p.put(step, sl.name, orchestrator.Arg{Value: b.toks[0].text, Text: b.toks[0].text})
		return true
	}
	d := p.describe(s, sl, b)
	if d.empty() && !d.other && !d.pronoun || len(sl.makers) == 0 {
		return false
	}
	refs, unknown := p.resolve(sl, d, who)
	if unknown || len(refs) == 0 {
		return false
	}
	p.put(step, sl.name, refs[0].arg)
	for _, other := range s.slots {
		if _, ok := p.step(step).Args[other.name]; !ok && refs[0].inner != "" && refs[0].holdsPart(other.name) {
			p.put(step, other.name, orchestrator.Arg{Value: refs[0].inner, Text: refs[0].inner})
		}
	}
	return true
}

var addressLead = newPhrases("my new address is", "its", "the new address is", "new address is", "the address is", "my address is", "it is", "address is", "to", "at", "it should be", "it should go to", "please send it to", "send it to", "deliver it to", "deliver to", "i live at", "i moved to", "i now live at", "address", "is", "that is", "please use", "use")

// addressStart skips what people say before the address itself.
func addressStart(b *bag) int {
	i := 0
	for i < len(b.toks) {
		n := addressLead.at(b.toks, i)
		if n == 0 && b.toks[i].kind != tokPunct {
			break
		}
		i += max(n, 1)
	}
	return i
}

func (p *planner) put(step, param string, arg orchestrator.Arg) {
	st := p.step(step)
	if st.Args == nil {
		st.Args = map[string]orchestrator.Arg{}
	}
	st.Args[param] = arg
}

// complete makes a plan of the steps so far: the next question if something is
// still missing.
func (p *planner) complete() orchestrator.Plan {
	p.sweep()
	var a assembly
	for _, st := range p.steps {
		s := p.k.byName[st.Intent]
		if s == nil || a.question != "" {
			continue
		}
		if st.When != nil && st.When.Expr == "" {
			a.question = "I cannot check whether “" + st.When.Text + "” by myself. Shall I " + brief(s.Summary) + " anyway?"
			continue
		}
		p.open(s, []string{st.ID}, []map[string]orchestrator.Arg{st.Args}, false, &a)
	}
	return p.finish(&a)
}

var (
	firstChoice  = newPhrases("first", "the first", "the first one", "1", "one", "former", "the former", "first one", "number one", "number 1", "option 1", "a")
	secondChoice = newPhrases("second", "the second", "the second one", "2", "two", "latter", "the latter", "second one", "number two", "number 2", "option 2", "the last one", "the last", "b", "the other", "the other one")
)

// anyway takes the condition with these words off the steps that it stands at. What
// was to be done in the opposite case is left; what hangs on another condition is asked
// for by itself.
func (p *planner) anyway(text string) {
	p.steps = slices.DeleteFunc(p.steps, func(st orchestrator.Step) bool {
		if st.When == nil || st.When.Expr != "" {
			return false
		}
		return st.When.Text == "unless "+text || "unless "+st.When.Text == text
	})
	for i, st := range p.steps {
		if st.When != nil && st.When.Expr == "" && st.When.Text == text {
			p.steps[i].When = nil
		}
	}
	p.dropUnknownWaits()
}

// chosen takes the answer to a question with choices, or to whether something is
// to be done although a condition cannot be checked.
func (p *planner) chosen() (orchestrator.Plan, bool) {
	var open []int
	var main []int
	for i, st := range p.steps {
		if st.When != nil && st.When.Expr == "" {
			open = append(open, i)
		}
		if !st.Lookup {
			main = append(main, i)
		}
	}
	if len(open) > 0 {
		if p.wholly(noWords) {
			return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: "All right. Nothing was changed."}, true
		}
		if !p.wholly(yesWords) {
			return orchestrator.Plan{}, false
		}
		p.anyway(p.steps[open[0]].When.Text)
		return p.complete(), true
	}
	if len(main) != 2 {
		return orchestrator.Plan{}, false
	}
	pick := -1
	switch {
	case p.wholly(firstChoice):
		pick = main[0]
	case p.wholly(secondChoice):
		pick = main[1]
	default:
		for _, r := range p.rank(p.toks) {
			for _, i := range main {
				if p.steps[i].Intent == r.skill.Name && pick < 0 {
					pick = i
				}
			}
			if pick < 0 && r.value >= p.accept(r.skill) {
				return orchestrator.Plan{}, false
			}
		}
	}
	if pick < 0 {
		return orchestrator.Plan{}, false
	}
	drop := main[0] + main[1] - pick
	p.steps = slices.Delete(p.steps, drop, drop+1)
	return p.complete(), true
}
