package conformance

import (
	"fmt"
	"slices"
	"testing"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// checkUndo holds the undo of an intent against the schemas: it names an intent of
// the same service that changes something about the same subject, gives all that
// this requires and nothing that it does not know, and its expressions compile and
// read nothing but fields that exist.
func checkUndo(t *testing.T, d orchestrator.Description, in orchestrator.Intent) {
	t.Helper()
	if in.Undo == nil {
		return
	}
	i := slices.IndexFunc(d.Intents, func(other orchestrator.Intent) bool { return other.Name == in.Undo.Intent })
	if i < 0 {
		t.Errorf("%s is undone by %s, which the service does not offer", in.Name, in.Undo.Intent)
		return
	}
	back := d.Intents[i]
	switch {
	case !in.Changes():
		t.Errorf("%s changes nothing and has an undo", in.Name)
	case !back.Changes():
		t.Errorf("%s is undone by %s, which changes nothing", in.Name, back.Name)
	case back.Subject != in.Subject:
		t.Errorf("%s is about its %q, its undo %s about its %q", in.Name, in.Subject, back.Name, back.Subject)
	}
	for name, expr := range in.Undo.Args {
		if back.Params == nil || back.Params.Properties[name] == nil {
			t.Errorf("the undo of %s gives %s, which %s does not take", in.Name, name, back.Name)
		}
		if name == back.Subject {
			t.Errorf("the undo of %s gives the subject", in.Name)
		}
		if _, err := undoProgram(in, expr); err != nil {
			t.Errorf("the undo of %s, %s: %v", in.Name, name, err)
		}
	}
	if back.Params != nil {
		for _, name := range back.Params.Required {
			if _, given := in.Undo.Args[name]; !given && name != back.Subject {
				t.Errorf("the undo of %s does not give %s, which %s requires", in.Name, name, back.Name)
			}
		}
	}
	if in.Undo.When != "" {
		if _, err := undoProgram(in, in.Undo.When); err != nil {
			t.Errorf("the undo of %s, when: %v", in.Name, err)
		}
	}
}

// undoProgram compiles an expression over args and result.
func undoProgram(in orchestrator.Intent, expr string) (cel.Program, error) {
	env, err := cel.NewEnv(cel.Variable("args", cel.DynType), cel.Variable("result", cel.DynType), cel.OptionalTypes(), cel.CrossTypeNumericComparisons(true))
	if err != nil {
		return nil, err
	}
	checked, issues := env.Compile(expr)
	if issues.Err() != nil {
		return nil, issues.Err()
	}
	known := map[string]*jsonschema.Schema{"args": in.Params, "result": in.Result}
	for _, e := range ast.MatchDescendants(ast.NavigateAST(checked.NativeRep()), ast.KindMatcher(ast.SelectKind)) {
		sel := e.AsSelect()
		if op := sel.Operand(); op.Kind() == ast.IdentKind {
			if s, ok := known[op.AsIdent()]; ok && s != nil && s.Properties[sel.FieldName()] == nil {
				return nil, fmt.Errorf("there is no %s.%s", op.AsIdent(), sel.FieldName())
			}
		}
	}
	return env.Program(checked)
}

// undoOf returns the call that takes one back; ok is false if there is nothing to
// take back.
func undoOf(t *testing.T, in orchestrator.Intent, call orchestrator.Call, result map[string]any) (back orchestrator.Call, ok bool) {
	t.Helper()
	eval := func(expr string) any {
		prg, err := undoProgram(in, expr)
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := prg.Eval(map[string]any{"args": call.Args, "result": result})
		if err != nil {
			t.Fatalf("the undo of %s, %s: %v", in.Name, expr, err)
		}
		if n, whole := v.Value().(int64); whole {
			return float64(n)
		}
		return v.Value()
	}
	if in.Undo.When != "" && eval(in.Undo.When) != true {
		return back, false
	}
	back = call
	back.Intent, back.Args = in.Undo.Intent, map[string]any{}
	for name, expr := range in.Undo.Args {
		back.Args[name] = eval(expr)
	}
	return back, true
}

// serviceUndoes takes a change back: everything is as before, however often the
// undo is called with its key. Then it takes the undo back, if that can be done.
func serviceUndoes(t *testing.T, f ServiceFixture, in orchestrator.Intent, call orchestrator.Call) {
	s := f.Open(t)
	before := stateOf(t, f, s)
	call = withKey(call, "k")
	done := mustCall(t, s, call)
	after := stateOf(t, f, s)
	back, ok := undoOf(t, in, call, done.Data)
	if !ok {
		t.Fatal("the fixture's call changes nothing that could be taken back")
	}
	_, undo := catalogOf(t, s, back.Intent)
	if undo.Subject != "" {
		back.Args[undo.Subject] = call.Subject.Email
	}
	back = withKey(back, "undo")
	first := mustCall(t, s, back)
	if again := mustCall(t, s, back); mustJSON(t, again) != mustJSON(t, first) {
		t.Errorf("the undo gives another result the second time:\n%s\n%s", mustJSON(t, first), mustJSON(t, again))
	}
	compare(t, "before the change and after it was taken back", before, stateOf(t, f, s))
	if again := mustCall(t, s, call); mustJSON(t, again) != mustJSON(t, done) {
		t.Errorf("after it was taken back, its key gives %s, want %s", mustJSON(t, again), mustJSON(t, done))
	}
	compare(t, "before the change and after its key was used again", before, stateOf(t, f, s))
	if undo.Undo == nil {
		return
	}
	forth, ok := undoOf(t, undo, back, first.Data)
	if !ok {
		t.Fatalf("there is nothing to take back of %s, which has taken something back", back.Intent)
	}
	if undo.Subject != "" {
		forth.Args[undo.Subject] = call.Subject.Email
	}
	forth = withKey(forth, "redo")
	mustCall(t, s, forth)
	mustCall(t, s, forth)
	compare(t, "after the change and after its undo was taken back", after, stateOf(t, f, s))
}
