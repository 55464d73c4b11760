package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types/ref"
)

// DefaultAccess is the rule of every intent that states none: customers about
// themselves alone; support and presenters for any customer, but not for each other;
// admins for everybody. An intent that is about nobody may be read by all who are
// signed in; what it changes is for staff.
//
// A rule reads
//
//   - user: who asks, with email, name, role (customer, support, presenter, admin) and
//     staff, which is true for all but customers
//   - subject: whom the call is about, with the same fields; all are empty for an
//     intent without a subject
//   - args: the arguments, typed by the schema of the parameters, the subject among them
//   - intent: its name and effect (read, write, destructive)
//   - now: the time
//
// and has what conditions have, such as days(n). It is checked when the catalog is
// made, and decided when a plan is checked and again right before every call. One
// that reads an argument which was not given is not true; has(args.x) asks whether it
// was.
const DefaultAccess = `subject.email != ""
	? user.email == subject.email || user.role == "admin" || user.staff && subject.role == "customer"
	: user.email != "" && (intent.effect == "read" || user.staff)`

// Names of the object types that access rules see.
const (
	personType = "banyan.person"
	intentType = "banyan.intent"
)

// access is the compiled rule of one offer.
type access struct {
	rule     string
	prg      cel.Program
	readArgs bool
	lists    bool // it goes through lists
}

// CheckAccess tells what is wrong with the access rule of an intent; nil if nothing
// is, or if it states none.
func CheckAccess(in Intent) error {
	_, err := newAccess(newExpressions(), in)
	return err
}

// accessRules compiles the rules of all intents of a description. One that does not
// compile is an error of the whole description: who would offer it without the rule
// that it wanted has no business being called at all.
func accessRules(x *expressions, d Description) ([]*access, error) {
	out := make([]*access, len(d.Intents))
	for i, in := range d.Intents {
		var err error
		if out[i], err = newAccess(x, in); err != nil {
			return nil, fmt.Errorf("service %s is not loaded: the access rule of intent %s: %w", d.Name, in.Name, err)
		}
	}
	return out, nil
}

// newAccess compiles the rule of an intent. Rules that read no arguments are compiled
// once for all intents that state them.
func newAccess(x *expressions, in Intent) (*access, error) {
	rule := strings.TrimSpace(in.Access)
	if rule == "" {
		rule = DefaultAccess
	}
	a := &access{rule: rule}
	var p *program
	env, err := x.accessEnv(nil)
	if err != nil {
		return nil, err
	}
	if p, err = x.compile(env, rule); err != nil {
		a.readArgs = true
		if env, err = x.accessEnv(&in); err != nil {
			return nil, err
		}
		if p, err = x.compile(env, rule); err != nil {
			return nil, fmt.Errorf("%q: %w", rule, err)
		}
	}
	if !p.out.IsExactType(cel.BoolType) {
		return nil, fmt.Errorf("%q has the type %s, it must be bool", rule, p.out)
	}
	a.lists = len(ast.MatchDescendants(ast.NavigateAST(p.checked.NativeRep()), ast.KindMatcher(ast.ComprehensionKind))) > 0
	if a.prg, err = ruleProgram(x, env, p, a); err != nil {
		return nil, fmt.Errorf("%q: %w", rule, err)
	}
	return a, nil
}

// ruleProgram makes a rule ready to run, once for all intents that state it. Its cost is
// bounded by its length, unless it goes through lists: then the cost is counted.
func ruleProgram(x *expressions, env *planEnv, p *program, a *access) (cel.Program, error) {
	key := env.key + "\x02" + a.rule
	x.mu.Lock()
	known := x.rules[key]
	x.mu.Unlock()
	if known != nil {
		return known, nil
	}
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if a.lists {
		options = append(options, cel.CostLimit(maxExprCost), cel.InterruptCheckFrequency(100))
	}
	prg, err := env.env.Program(p.checked, options...)
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rules[key] = prg
	return prg, nil
}

// accessEnv is what a rule may read: with the arguments of an intent, or without.
func (x *expressions) accessEnv(in *Intent) (*planEnv, error) {
	key := "\x04access"
	if in == nil {
		x.mu.Lock()
		known := x.envs[key]
		x.mu.Unlock()
		if known != nil {
			return known, nil
		}
	}
	base, err := baseEnv()
	if err != nil {
		return nil, err
	}
	st := newSchemaTypes(base.CELTypeProvider(), &Catalog{}, nil)
	st.fields[personType] = map[string]*cel.Type{"email": cel.StringType, "name": cel.StringType, "role": cel.StringType, "staff": cel.BoolType}
	st.fields[intentType] = map[string]*cel.Type{"name": cel.StringType, "effect": cel.StringType}
	vars := []cel.EnvOption{
		cel.CustomTypeProvider(st),
		cel.Variable("user", cel.ObjectType(personType)), cel.Variable("subject", cel.ObjectType(personType)),
		cel.Variable("intent", cel.ObjectType(intentType)),
	}
	if in != nil {
		key += fmt.Sprintf("\x05%p", in.Params) // both eras may offer a name, with other parameters
		vars = append(vars, cel.Variable("args", st.typeOf("banyan.args", in.Params)))
	}
	extended, err := base.Extend(vars...)
	if err != nil {
		return nil, err
	}
	env := &planEnv{key: key, env: extended, types: st}
	if in == nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.envs[key] = env
	}
	return env, nil
}

// errNotAllowed is the cause of every refusal by a rule.
var errNotAllowed = errors.New("the access rule is not true for this call")

// allows decides the rule for a call: nil means that it may be made. A rule that
// cannot be decided does not allow.
func (o *Offer) allows(ctx context.Context, now time.Time, user, subject User, args map[string]any) error {
	if o.access == nil {
		return fmt.Errorf("%w: there is none", errNotAllowed)
	}
	if o.Intent.Subject == "" {
		subject = User{}
	}
	vars := map[string]any{"user": personVars(user), "subject": personVars(subject), "now": now}
	vars["intent"] = map[string]any{"name": o.Intent.Name, "effect": string(o.Intent.Effect)}
	if o.access.readArgs {
		vars["args"] = celValue(o.Intent.Params, orEmpty(args))
	}
	var out ref.Val
	var err error
	if o.access.lists { // may take long
		out, _, err = o.access.prg.ContextEval(ctx, vars)
	} else {
		out, _, err = o.access.prg.Eval(vars)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errNotAllowed, err)
	case out.Value() != true:
		return errNotAllowed
	}
	return nil
}

func personVars(u User) map[string]any {
	return map[string]any{"email": u.Email, "name": u.Name, "role": string(u.Role), "staff": u.Staff()}
}

// mayCall refuses a call that the rule of the offer does not allow, or whose argument
// for the subject is not the subject. It is asked right before every call, also of
// those that take back, look up or complete.
func (k *Kernel) mayCall(ctx context.Context, offer Offer, call Call) *Error {
	err := offer.allows(ctx, k.cfg.Now(), call.User, call.Subject, call.Args)
	if name := offer.Intent.Subject; err == nil && name != "" && call.Args[name] != call.Subject.Email {
		err = fmt.Errorf("%w: %s is not the subject", errNotAllowed, name)
	}
	if err == nil {
		return nil
	}
	problem := notAllowed(call.User, call.Subject, offer.Intent, err)
	k.publish(Event{Kind: EventDenied, Turn: call.Turn, Text: problem.Message})
	return problem
}

// notAllowed words a refusal by a rule.
func notAllowed(user, subject User, in Intent, cause error) *Error {
	whom := ""
	if in.Subject != "" && subject.Email != user.Email {
		whom = " for " + subject.Email
	}
	return &Error{Code: CodeDenied, Cause: cause, Message: fmt.Sprintf("Your account, %s, may not do this%s: %s. Nothing was done.", user.Email, whom, strings.TrimSuffix(in.Summary, "."))}
}

// allowed decides, once the arguments of a step are known, whether any offer of its
// intent may be called with them. Which one will be called is decided later.
func (r *run) allowed(ctx context.Context, s *stepRun, args map[string]any) *Error {
	if r.unasked {
		return nil
	}
	var first error
	for i := range s.entry.Offers {
		o := &s.entry.Offers[i]
		if o.access != nil && !o.access.readArgs && s.passed { // the check of the plan decided it
			return nil
		}
		err := o.allows(ctx, r.now, r.req.User, s.subject, args)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	problem := notAllowed(r.req.User, s.subject, s.entry.Intent, first)
	r.publish(Event{Kind: EventDenied, Text: problem.Message})
	return problem
}

// refusedAtOnce tells whether no offer of a step's intent may be called whatever the
// arguments are.
func (r *run) refusedAtOnce(ctx context.Context, s *stepRun) *Error {
	for i := range s.entry.Offers {
		if a := s.entry.Offers[i].access; a != nil && a.readArgs {
			return nil
		}
	}
	problem := r.allowed(ctx, s, nil)
	s.passed = problem == nil
	return problem
}
