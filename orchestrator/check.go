package orchestrator

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"github.com/google/jsonschema-go/jsonschema"
)

// fault is something wrong with a plan. If asking the user can mend it, ask and
// question say how; a question without ask is about the whole message.
type fault struct {
	what     string
	ask      *Missing
	question string
	refusal  string // what the user is told if the fault stays
}

var stepID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// celReserved are identifiers that CEL does not allow after a dot.
var celReserved = []string{
	"in", "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import",
	"let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
}

// check proves that a plan can be run: every intent exists, every argument fits
// its schema, every reference and condition reads fields that exist of steps
// that stand before it, and the user may ask about whom it is about. It fills
// steps. A sound plan that is not allowed becomes a refusal or a question.
func (r *run) check(ctx context.Context, plan *Plan) []fault {
	r.steps = nil
	switch plan.Kind {
	case PlanQuestion, PlanAnswer, PlanRefusal:
		if strings.TrimSpace(plan.Text) == "" {
			return []fault{{what: fmt.Sprintf("a plan of kind %q needs a text", plan.Kind)}}
		}
		plan.Text = Printable(plan.Text)
		if plan.Kind == PlanQuestion {
			r.permit(ctx, plan, r.bare(plan))
		}
		return nil
	case PlanUndo:
		if !r.planUndo(ctx, plan) {
			return nil
		}
	case PlanSteps:
	default:
		return []fault{{what: fmt.Sprintf("the plan's kind is %q: it must be steps, question, answer, refusal or undo", plan.Kind)}}
	}
	plan.Text = Printable(plan.Text)
	if len(plan.Steps) == 0 {
		return []fault{{what: "the plan has no steps"}}
	}
	if len(plan.Steps) > r.k.cfg.MaxSteps {
		return []fault{{what: fmt.Sprintf("the plan has %d steps, at most %d are allowed", len(plan.Steps), r.k.cfg.MaxSteps)}}
	}
	steps, faults := r.checkSteps(plan)
	if len(faults) > 0 {
		return faults
	}
	if r.permit(ctx, plan, steps) {
		r.bound(steps)
		faults = gate(steps)
		r.steps = steps
	}
	return faults
}

// checkSteps checks the steps of a plan, playbooks opened.
func (r *run) checkSteps(plan *Plan) (steps []*stepRun, faults []fault) {
	for i := range plan.Steps {
		r.takeSubject(&plan.Steps[i])
	}
	open, err := r.catalog.expand(plan.Steps)
	if err != nil {
		return nil, append(faults, fault{what: err.Error()})
	}
	if len(plan.Steps) == 1 { // a playbook by itself says how its changes hang together
		play, _ := r.catalog.playbook(plan.Steps[0].Intent)
		plan.Partly = plan.Partly || play.Plan.Partly
	}
	flat := make([]Step, len(open))
	for i := range open {
		flat[i] = open[i].Step
	}
	for i := range open {
		s, bad := r.checkStep(flat, i, steps)
		s.asks, s.written = open[i].asks, open[i].written
		if open[i].play || s.list != nil {
			s.rec.Group, s.rec.Lookup = true, true
		}
		if len(s.asks.names) > 0 && open[i].inside >= 0 && open[open[i].inside].inside >= 0 {
			faults = append(faults, fault{what: fmt.Sprintf("step %s: %s must be given to the playbook inside the playbook", s.step.ID, strings.Join(s.asks.names, ", "))})
		}
		if in := open[i].inside; in >= 0 {
			s.needs = append(s.needs, steps[in])
			s.rec.Playbook = steps[in].step.ID
		}
		steps = append(steps, s)
		for _, f := range bad {
			if open[i].inside < 0 || f.ask == nil {
				faults = append(faults, f)
				continue
			}
			if len(s.asks.names) == 0 { // what is missing inside a playbook, the user is not asked for by its inner name
				faults = append(faults, fault{what: f.what})
			}
		}
		if open[i].inside < 0 { // literals were brought into the form that services take
			for j := range plan.Steps {
				if plan.Steps[j].ID == flat[i].ID {
					plan.Steps[j].Args = flat[i].Args
				}
			}
		}
	}
	return steps, faults
}

// takeSubject moves the subject from a step's arguments to where it belongs. Whom
// it is about is the session's to say: a name given as an argument only counts as
// the wish to ask about somebody.
func (r *run) takeSubject(step *Step) {
	e := r.catalog.Intent(step.Intent)
	if e == nil || e.Subject == "" {
		return
	}
	if arg, ok := step.Args[e.Subject]; ok {
		delete(step.Args, e.Subject)
		if !r.unasked {
			r.publish(Event{Kind: EventMended, Text: fmt.Sprintf("Step %s named %s as an argument; the session says whom it is about.", PrintableLine(step.ID), e.Subject)})
		}
		if name, ok := arg.Value.(string); ok && step.For == "" && arg.Ref == "" {
			step.For = name
		}
	}
}

// bare makes unchecked steps of a question, just enough to see whom they are
// about.
func (r *run) bare(plan *Plan) []*stepRun {
	var steps []*stepRun
	for _, s := range plan.Steps {
		if e := r.catalog.Intent(s.Intent); e != nil {
			steps = append(steps, &stepRun{step: s, entry: e})
		}
	}
	return steps
}

func (r *run) checkStep(plan []Step, i int, before []*stepRun) (*stepRun, []fault) {
	step := &plan[i]
	r.takeSubject(step)
	s := &stepRun{refs: map[string]*program{}}
	var faults []fault
	wrong := func(format string, args ...any) {
		faults = append(faults, fault{what: fmt.Sprintf("step %d (%s): ", i+1, step.ID) + fmt.Sprintf(format, args...)})
	}
	if !stepID.MatchString(step.ID) || slices.Contains(celReserved, step.ID) {
		wrong("the id must be a short lower-case identifier")
	}
	for _, b := range plan[:i] {
		if b.ID == step.ID {
			wrong("the id is used twice")
		}
	}
	s.entry = r.catalog.Intent(step.Intent)
	if s.entry == nil {
		wrong("there is no intent %q", step.Intent)
		s.step = *step
		return s, faults
	}
	env, err := r.k.exprs.planEnv(r.catalog, plan[:i])
	if err != nil {
		wrong("%v", err)
		return s, faults
	}
	if step.ForEach != "" {
		if env, err = r.checkList(step, s, env); err != nil {
			wrong("%v", err)
			return s, faults
		}
	}
	faults = append(faults, r.checkArgs(step, s, env, wrong)...)
	if step.When != nil && step.When.Expr != "" {
		p, err := r.k.exprs.compile(env, step.When.Expr)
		switch {
		case err != nil:
			wrong("condition %q: %v", step.When.Expr, err)
		case !p.out.IsExactType(cel.BoolType) && p.out.Kind() != types.DynKind:
			wrong("condition %q has the type %s, it must be bool", step.When.Expr, p.out)
		default:
			s.when = p
		}
	} else if step.When != nil && strings.TrimSpace(step.When.Text) == "" {
		wrong("a condition needs an expression or a text")
	}
	s.connect(step, before, wrong)
	s.step = *step
	s.rec = StepRecord{ID: step.ID, Intent: step.Intent, Status: StepPlanned, Lookup: step.Lookup, Text: Printable(step.Text)}
	switch {
	case step.When != nil:
		s.rec.Condition = &Decided{Text: Printable(step.When.Text), Expr: step.When.Expr}
	case s.unless != nil && s.unless.step.When != nil:
		s.rec.Condition = &Decided{Text: "otherwise, where this is not so: " + Printable(s.unless.step.When.Text)}
	}
	return s, faults
}

// checkList checks what a step is repeated for and returns the environment in which
// its other expressions may read each.
func (r *run) checkList(step *Step, s *stepRun, env *planEnv) (*planEnv, error) {
	if step.Max < 0 || step.Max > maxRepeat {
		return nil, fmt.Errorf("max is %d, it must be from 1 to %d", step.Max, maxRepeat)
	}
	p, err := r.k.exprs.compile(env, step.ForEach)
	if err != nil {
		return nil, fmt.Errorf("for_each %q: %w", step.ForEach, err)
	}
	element := cel.DynType
	switch p.out.Kind() {
	case types.ListKind:
		element = p.out.Parameters()[0]
	case types.DynKind:
	default:
		return nil, fmt.Errorf("for_each %q has the type %s, it must be a list", step.ForEach, p.out)
	}
	s.list = p
	return r.k.exprs.withEach(env, element)
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// label is what people call a parameter.
func label(name string, s *jsonschema.Schema) string {
	if s != nil && s.Title != "" {
		return strings.ToLower(s.Title[:1]) + s.Title[1:]
	}
	return strings.ReplaceAll(name, "_", " ")
}

func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// inWords writes an argument or a result's field as people read it.
func inWords(v any) string {
	switch t := v.(type) {
	case nil:
		return ""
	case string:
		return t
	case bool:
		if t {
			return "yes"
		}
		return "no"
	case float64:
		return Wording{}.Number(t)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

// CheckPlan tells what is wrong with a plan over a catalog, in the words in which
// it would go back to the backend that made it: nothing, if the kernel would run
// it. Whom it is about is not looked at. The plan's literals are brought into the
// form that services take.
func CheckPlan(ctx context.Context, catalog *Catalog, plan *Plan) []string {
	cfg := Config{MaxSteps: 20}
	k := &Kernel{cfg: cfg, exprs: newExpressions()}
	k.exprs.once = true
	r := &run{k: k, catalog: catalog, unasked: true, req: Request{User: User{Email: "anyone", Role: Customer}}}
	whom := make([]string, len(plan.Steps))
	for i := range plan.Steps {
		whom[i], plan.Steps[i].For = plan.Steps[i].For, ""
	}
	faults := r.check(ctx, plan)
	var out []string
	for _, f := range faults {
		out = append(out, f.what)
	}
	for i := range plan.Steps {
		plan.Steps[i].For = whom[i]
	}
	return out
}
