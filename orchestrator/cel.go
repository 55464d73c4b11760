package orchestrator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"
)

// Limits on expressions: their length in characters, and the abstract cost of
// one evaluation as cel-go counts it. The cost does not bound the size of the
// strings that an expression builds, which the limit on its length does.
const (
	maxExprLength = 2000
	maxExprCost   = 200_000
	maxPrograms   = 1024 // compiled expressions kept
)

// expressions compiles CEL over the results of a plan's steps and keeps what it
// compiled, because plans repeat.
type expressions struct {
	// once is set for a single catalog, whose version then need not be known.
	once bool

	mu       sync.Mutex // guards what follows
	envs     map[string]*planEnv
	programs map[string]*program
	rules    map[string]cel.Program // of access
}

func newExpressions() *expressions {
	return &expressions{
		envs:     map[string]*planEnv{},
		programs: map[string]*program{},
		rules:    map[string]cel.Program{},
	}
}

// baseEnv is what all environments extend. It is made on first use, because it
// costs about a millisecond, and never changes.
var baseEnv = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("now", cel.TimestampType),
		cel.OptionalTypes(),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxExprLength),
		ext.Strings(), ext.Lists(), ext.Math(),
		cel.Function("days", cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(func(n ref.Val) ref.Val {
				days, ok := n.(types.Int)
				if !ok || days > 100_000 || days < -100_000 {
					return types.NewErr("days(n): n must be a number of days up to 100,000")
				}
				return types.Duration{Duration: time.Duration(days) * 24 * time.Hour}
			}))),
	)
})

// planEnv is the typed environment of one plan: steps.<id> has the fields of
// that step's result schema.
type planEnv struct {
	key   string
	env   *cel.Env
	types *schemaTypes
}

// program is a compiled expression.
type program struct {
	prg  func() (cel.Program, error) // made on first use: many expressions are only checked
	out  *cel.Type
	deps []string // IDs of the steps that it reads
	// checked is what it was compiled from.
	checked *cel.Ast
}

// planEnv returns the environment for steps that stand before the expression.
func (x *expressions) planEnv(catalog *Catalog, steps []Step) (*planEnv, error) {
	var key strings.Builder
	if !x.once {
		key.WriteString(catalog.Version())
	}
	for _, s := range steps {
		key.WriteString("\x00" + s.ID + "\x01" + s.Intent)
		if s.ForEach != "" {
			key.WriteString("\x01each")
		}
	}
	x.mu.Lock()
	env := x.envs[key.String()]
	x.mu.Unlock()
	if env != nil {
		return env, nil
	}
	base, err := baseEnv()
	if err != nil {
		return nil, err
	}
	st := newSchemaTypes(base.CELTypeProvider(), catalog, steps)
	extended, err := base.Extend(
		cel.CustomTypeProvider(st),
		cel.Variable("steps", cel.ObjectType(stepsType)),
		cel.Variable("user", cel.ObjectType(userType)),
	)
	if err != nil {
		return nil, err
	}
	env = &planEnv{key: key.String(), env: extended, types: st}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.envs) >= maxPrograms {
		clear(x.envs)
	}
	x.envs[env.key] = env
	return env, nil
}

// withEach adds the element that a repeated step is for.
func (x *expressions) withEach(env *planEnv, element *cel.Type) (*planEnv, error) {
	key := env.key + "\x03" + element.String()
	x.mu.Lock()
	known := x.envs[key]
	x.mu.Unlock()
	if known != nil {
		return known, nil
	}
	extended, err := env.env.Extend(cel.Variable("each", element))
	if err != nil {
		return nil, err
	}
	known = &planEnv{key: key, env: extended, types: env.types}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.envs[key] = known
	return known, nil
}

// compile checks an expression against the environment. The error is meant for
// whoever wrote the expression: it names the fields that do exist.
func (x *expressions) compile(env *planEnv, expr string) (*program, error) {
	if len(expr) > maxExprLength {
		return nil, fmt.Errorf("the expression is %d characters long, at most %d are allowed", len(expr), maxExprLength)
	}
	key := env.key + "\x02" + expr
	x.mu.Lock()
	p := x.programs[key]
	x.mu.Unlock()
	if p != nil {
		return p, nil
	}
	checked, issues := env.env.Compile(expr)
	if issues != nil && issues.Err() != nil {
		return nil, env.explain(expr, issues)
	}
	prg := sync.OnceValues(func() (cel.Program, error) {
		return env.env.Program(checked, cel.CostLimit(maxExprCost), cel.InterruptCheckFrequency(100))
	})
	p = &program{prg: prg, out: checked.OutputType(), deps: stepsIn(checked), checked: checked}
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.programs) >= maxPrograms {
		clear(x.programs)
	}
	x.programs[key] = p
	return p, nil
}

// explain words a compile error so that a person or a model can mend it.
func (e *planEnv) explain(expr string, issues *cel.Issues) error {
	var what []string
	for _, problem := range issues.Errors() {
		what = append(what, problem.Message)
	}
	msg := strings.Join(what, "; ")
	for _, id := range e.types.stepIDs {
		if strings.Contains(expr, "steps."+id) {
			msg += fmt.Sprintf("; steps.%s has %s", id, e.types.fieldList(id))
		}
	}
	if strings.Contains(msg, "undefined field") && len(e.types.stepIDs) == 0 {
		msg += "; no step stands before this one"
	} else if strings.Contains(msg, "undefined field") {
		msg += "; the steps before this one are " + strings.Join(e.types.stepIDs, ", ")
	}
	return errors.New(msg)
}

// stepsIn finds the step IDs that a checked expression reads.
func stepsIn(checked *cel.Ast) []string {
	root := ast.NavigateAST(checked.NativeRep())
	var ids []string
	for _, e := range ast.MatchDescendants(root, ast.KindMatcher(ast.SelectKind)) {
		sel := e.AsSelect()
		if op := sel.Operand(); op.Kind() == ast.IdentKind && op.AsIdent() == "steps" && !slices.Contains(ids, sel.FieldName()) {
			ids = append(ids, sel.FieldName())
		}
	}
	return ids
}

// errNoSuchElement: an expression looked for an element or a field that the
// results do not have.
var errNoSuchElement = errors.New("no such element")

// eval runs the program over the given values.
func (p *program) eval(ctx context.Context, vars map[string]any) (ref.Val, error) {
	prg, err := p.prg()
	if err != nil {
		return nil, err
	}
	out, _, err := prg.ContextEval(ctx, vars)
	if err == nil {
		return out, nil
	}
	msg := err.Error()
	if strings.Contains(msg, "index out of bounds") || strings.Contains(msg, "no such key") || strings.Contains(msg, "no such attribute") {
		return nil, fmt.Errorf("%w: %s", errNoSuchElement, msg)
	}
	return nil, err
}

// jsonValue turns a CEL value into JSON's shape.
func jsonValue(v ref.Val) (any, error) {
	switch t := v.(type) {
	case types.String:
		return string(t), nil
	case types.Int:
		return float64(t), nil
	case types.Uint:
		return float64(t), nil
	case types.Double:
		return float64(t), nil
	case types.Bool:
		return bool(t), nil
	case types.Null:
		return nil, nil
	case types.Timestamp:
		return t.Format(time.RFC3339), nil
	case *types.Optional:
		if !t.HasValue() {
			return nil, errNoSuchElement
		}
		return jsonValue(t.GetValue())
	}
	if l, ok := v.(interface {
		Get(ref.Val) ref.Val
		Size() ref.Val
	}); ok && v.Type() == types.ListType {
		n, _ := l.Size().(types.Int)
		out := make([]any, 0, n)
		for i := range n {
			e, err := jsonValue(l.Get(i))
			if err != nil {
				return nil, err
			}
			out = append(out, e)
		}
		return out, nil
	}
	if m, ok := v.Value().(map[string]any); ok {
		return m, nil
	}
	return nil, fmt.Errorf("a value of type %s cannot be an argument", v.Type().TypeName())
}
