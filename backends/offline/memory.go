package offline

import (
	"fmt"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// pastOpeners begin a question after something that was asked for before.
var pastOpeners = newPhrases(
	"did", "was", "were", "has", "have", "had", "what happened", "what became of", "what came of", "how did", "how is", "what about", "any news", "is there any news", "any update", "is there an update", "do you know if", "do you remember", "am i", "is",
	"what is the status of", "status of", "what is up with", "what is going on with", "what is happening with", "so did", "so has", "and did", "are you done with", "what was the result of", "could you check if", "can you check if", "check if", "check whether", "tell me if", "i wonder if", "i was wondering if", "let me know if", "remember",
)

// changeVerbs say that something is altered, and not what: the noun decides.
var changeVerbs = set("update change set edit modify alter switch request get make file create add submit send put ask register post give")

// remembered answers a question after something that was asked for before: what
// was recorded of it, and how things are now.
func (p *planner) remembered() (orchestrator.Plan, bool) {
	w := wordsOnly(p.toks)
	for len(w) > 1 && w[0].is("hi", "hello", "hey", "so", "ok", "and", "well", "please") {
		w = w[1:]
	}
	if pastOpeners.at(w, 0) == 0 || len(w) > 16 || slices.ContainsFunc(w[1:], func(t token) bool { return t.is("and", "unless", "otherwise", "else", "then") }) || len(p.sentences()) > 1 {
		return orchestrator.Plan{}, false
	}
	turn, st, ok := p.deed(w)
	if !ok {
		return orchestrator.Plan{}, false
	}
	if r := p.confident(p.toks); r != nil && !r.skill.Changes() && st.Status != orchestrator.StepDone && slices.ContainsFunc(w, r.skill.keyFits) && !w[0].is("did", "have", "has") {
		return orchestrator.Plan{}, false // how things are tells more than what was not done
	}
	s := p.k.byName[st.Intent]
	text := p.recount(turn, st)
	read, args := p.present(s, st)
	if read == nil {
		return orchestrator.Plan{Kind: orchestrator.PlanAnswer, Text: text}, true
	}
	who := ""
	if p.req.User.Staff() {
		who = st.For
	}
	p.add(orchestrator.Step{Intent: read.Name, For: who, Args: args, Text: p.words(p.toks)})
	return orchestrator.Plan{Kind: orchestrator.PlanSteps, Text: text, Steps: p.steps}, true
}

// sentences returns the message's sentences.
func (p *planner) sentences() [][]token {
	var out [][]token
	for _, c := range chunks(p.toks) {
		if c.hard || c.kind == chunkCondition {
			out = append(out, nil)
		}
		if len(out) > 0 {
			out[len(out)-1] = append(out[len(out)-1], c.toks...)
		}
	}
	return out
}

// deed finds the latest change whose intent the words speak of. One that was done
// comes before a later try at the same thing that was not.
func (p *planner) deed(w []token) (orchestrator.Turn, orchestrator.StepRecord, bool) {
	var turn orchestrator.Turn
	var found orchestrator.StepRecord
	best := 0
	all := append(slices.Clone(p.req.Digest), p.req.Conversation...)
	for i := len(all) - 1; i >= 0; i-- {
		for _, st := range all[i].Steps {
			s := p.k.byName[st.Intent]
			if s == nil || !s.Changes() {
				continue
			}
			n := p.speaksOf(w, s, st)
			better := n > best
			if n > 0 && n == best && found.Status != orchestrator.StepDone && st.Status == orchestrator.StepDone &&
				found.Intent == st.Intent && fmt.Sprint(found.Args) == fmt.Sprint(st.Args) {
				better = true
			}
			if better {
				turn, found, best = all[i], st, n
			}
		}
	}
	if best == 0 && contentless(withoutPast(w)) && hasPast(w) {
		for i := len(p.req.Conversation) - 1; i >= 0; i-- {
			for _, st := range slices.Backward(p.req.Conversation[i].Steps) {
				if s := p.k.byName[st.Intent]; s != nil && s.Changes() {
					return p.req.Conversation[i], st, true
				}
			}
		}
	}
	return turn, found, best > 0
}

// withoutPast drops the words that ask if something worked.
func withoutPast(w []token) []token {
	var out []token
	for _, t := range w {
		if !hasPast([]token{t}) {
			out = append(out, t)
		}
	}
	return out
}

// speaksOf weighs how well the words name the intent of a step that was carried
// out: 0 is not at all.
func (p *planner) speaksOf(w []token, s *skill, st orchestrator.StepRecord) int {
	parts := strings.Split(s.Name, "_")
	verb, nouns := parts[0], parts[1:]
	n, nounHit, verbHit := 0, false, false
	for _, t := range w {
		if t.kind == tokNumber || t.kind == tokWord && countDigits(t.low) > 0 {
			for _, v := range st.Args {
				if strings.EqualFold(fmt.Sprint(v), t.text) {
					n += 3
				}
			}
			continue
		}
		if t.kind != tokWord || functionWords[t.low] && !changeVerbs[t.low] {
			continue
		}
		switch {
		case related(stem(verb), t.stem) && (t.low != verb || w[0].is("did")):
			verbHit = true
		case changeVerbs[verb] && changeVerbs[singular(t)]:
			verbHit = true
		}
		for _, noun := range nouns {
			if related(stem(noun), t.stem) {
				nounHit = true
				n++
			}
		}
	}
	switch {
	case verbHit && !changeVerbs[verb]:
		return n + 4
	case nounHit && changeVerbs[verb] && (verbHit || !objectNoun(s, nouns) || hasPast(w)):
		return n + 2
	}
	return 0
}

// objectNoun tells whether the intent's noun is only the thing that it is done to.
func objectNoun(s *skill, nouns []string) bool {
	for _, sl := range s.keys {
		for _, n := range nouns {
			if stem(sl.noun()) == stem(n) {
				return true
			}
		}
	}
	return false
}

// hasPast tells whether the words ask if something worked.
func hasPast(w []token) bool {
	for _, t := range w {
		if t.is("through", "work", "worked", "succeed", "successful", "happened", "done", "changed", "updated", "saved", "accepted", "go", "went") {
			return true
		}
	}
	return false
}

func singular(t token) string {
	for v := range changeVerbs {
		if stem(v) == t.stem {
			return v
		}
	}
	return ""
}

// recount says what was asked for, when, and what came of it.
func (p *planner) recount(turn orchestrator.Turn, st orchestrator.StepRecord) string {
	what := st.Sentence
	if what == "" {
		what = p.k.byName[st.Intent].Summary
	}
	when := orchestrator.Wording{Now: p.req.Now}.Time(turn.At, true)
	text := "You asked me " + when + " to " + inSentence(what)
	switch st.Status {
	case orchestrator.StepDone:
		return text + ", and it was done."
	case orchestrator.StepUndone:
		return text + "; it was done, and then taken back."
	case orchestrator.StepDenied:
		if st.Error != nil {
			return text + ", but it was refused: " + st.Error.Message
		}
		return text + ", but it was called off, so nothing was changed."
	case orchestrator.StepSkipped:
		return text + ", but the condition was not met, so nothing was changed."
	case orchestrator.StepFailed:
		if st.Error != nil {
			return text + ", but it did not work: " + st.Error.Message
		}
		return text + ", but it did not work."
	default:
		return text + ", but it was never confirmed, so nothing was changed."
	}
}

// present finds the read that shows how things are now: of the same object, or of
// the same customer with the fields that were changed.
func (p *planner) present(s *skill, st orchestrator.StepRecord) (*skill, map[string]orchestrator.Arg) {
	var best *skill
	var args map[string]orchestrator.Arg
	most := 0
	for _, r := range p.k.skills {
		if r.Effect != orchestrator.Read || len(r.fields) == 0 {
			continue
		}
		n := 0
		for _, f := range r.fields {
			if s.slot(f.name) != nil {
				n += 2
			}
			if slices.ContainsFunc(s.fields, func(g *field) bool { return g.name == f.name && f.name != s.Subject }) {
				n++
			}
		}
		var with map[string]orchestrator.Arg
		if key := r.soleKey(); key != nil {
			v := st.Args[key.name]
			if v == nil {
				continue
			}
			with = map[string]orchestrator.Arg{key.name: {Value: v, Text: fmt.Sprint(v)}}
			n += 2
			if r.describes(key) {
				n += 6
			}
		} else if !r.free() || len(r.lists()) > 0 {
			continue
		}
		if n > most {
			best, args, most = r, with, n
		}
	}
	return best, args
}
