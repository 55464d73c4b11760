package offline

import (
	"fmt"
	"slices"
	"strings"

	"banyan/orchestrator"
)

// planner makes one plan.
type planner struct {
	k     *knowledge
	req   orchestrator.PlanRequest
	toks  []token
	ranks map[string][]ranked
	// addressed remembers which stretches of the message hold a postal address.
	addressed map[int]bool
	// part holds the words for the part of an object that a condition speaks of.
	part []token
	// earlierTests are the conditions written so far, by where they stand.
	earlierTests map[[2]int]earlierTest
	lastMeasured measurement
	// lastMoments are the dates and times found where they were looked for last.
	lastMoments struct {
		first *token
		n     int
		found []moment
	}
	// inProse: a clause of the message stands in what somebody is to be told.
	inProse bool
	// setting is the intent whose condition is being written.
	setting *skill

	steps []orchestrator.Step
	// last says how earlier requests of the message filled a key, by its name: what
	// "it" means.
	last map[string]reference
}

func newPlanner(k *knowledge, req orchestrator.PlanRequest) *planner {
	return &planner{
		k: k, req: req, toks: k.mend(apart(tokenize(req.Message), req.People)), ranks: map[string][]ranked{},
		last: map[string]reference{},
	}
}

// reserved are the words that no CEL identifier may be.
var reserved = set("as break const continue else false for function if import in let loop namespace null package return true var void while")

// id makes a step ID from a name that no other step has.
func (p *planner) id(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	base := b.String()
	if base == "" || base[0] >= '0' && base[0] <= '9' || reserved[base] {
		base = "step_" + base
	}
	id := base
	for n := 2; p.step(id) != nil; n++ {
		id = fmt.Sprintf("%s_%d", base, n)
	}
	return id
}

func (p *planner) step(id string) *orchestrator.Step {
	for i := range p.steps {
		if p.steps[i].ID == id {
			return &p.steps[i]
		}
	}
	return nil
}

// lookup returns the ID of a step that reads with these arguments for this
// customer: one that stands in the plan already, or a new one that only serves
// others. A new one stands before the step that needs it.
func (p *planner) lookup(s *skill, name, who string, args map[string]orchestrator.Arg) string {
	for _, st := range p.steps {
		if st.Intent == s.Name && st.For == who && st.When == nil && sameArgs(st.Args, args) {
			return st.ID
		}
	}
	id := p.id(name)
	p.steps = append(p.steps, orchestrator.Step{ID: id, Intent: s.Name, For: who, Args: args, Lookup: true})
	return id
}

func sameArgs(a, b map[string]orchestrator.Arg) bool {
	if len(a) != len(b) {
		return false
	}
	for name, x := range a {
		y, ok := b[name]
		if !ok || x.Ref != y.Ref || x.Ref == "" && fmt.Sprint(x.Value) != fmt.Sprint(y.Value) {
			return false
		}
	}
	return true
}

// add appends the step of a request, unless the plan has it already.
func (p *planner) add(st orchestrator.Step) string {
	for i, old := range p.steps {
		if old.Intent == st.Intent && old.For == st.For && sameArgs(old.Args, st.Args) && sameCondition(old.When, st.When) {
			if old.Lookup {
				p.steps[i].Lookup = false
				p.steps[i].Text = st.Text
			}
			return old.ID
		}
	}
	st.ID = p.id(st.Intent)
	p.steps = append(p.steps, st)
	return st.ID
}

func sameCondition(a, b *orchestrator.Condition) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Expr == b.Expr && a.Expr != ""
}

// sweep drops lookups that no step refers to.
func (p *planner) sweep() {
	for {
		n := len(p.steps)
		p.steps = slices.DeleteFunc(p.steps, func(st orchestrator.Step) bool {
			return st.Lookup && !p.needed(st.ID)
		})
		if len(p.steps) == n {
			return
		}
	}
}

func (p *planner) needed(id string) bool {
	ref := "steps." + id + "."
	for _, st := range p.steps {
		if slices.Contains(st.After, id) || st.When != nil && mentions(st.When.Expr, ref) {
			return true
		}
		for _, a := range st.Args {
			if mentions(a.Ref, ref) {
				return true
			}
		}
	}
	return false
}

// mentions tells whether the expression uses the reference, or the step's whole
// result.
func mentions(expr, ref string) bool {
	return strings.Contains(expr, ref) || strings.Contains(expr, strings.TrimSuffix(ref, ".")+")")
}
