package orchestrator

import (
	"context"
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
)

// undoing is how an intent is taken back, compiled.
type undoing struct {
	Undo
	args map[string]*program
	when *program
}

// newUndoing compiles what a description says of taking an intent back. nil means
// that the intent says nothing.
func newUndoing(x *expressions, d Description, in Intent) (*undoing, error) {
	if in.Undo == nil {
		return nil, nil //nolint:nilnil // nothing is what it says
	}
	i := slices.IndexFunc(d.Intents, func(o Intent) bool { return o.Name == in.Undo.Intent })
	if i < 0 {
		return nil, fmt.Errorf("the service has no intent %q", in.Undo.Intent)
	}
	back := d.Intents[i]
	if !back.Changes() || back.Subject != in.Subject {
		return nil, fmt.Errorf("%s must be a change about the same kind of subject", back.Name)
	}
	env, err := x.undoEnv(in)
	if err != nil {
		return nil, err
	}
	u := &undoing{Undo: *in.Undo, args: map[string]*program{}}
	for name, expr := range in.Undo.Args {
		if back.Params == nil || back.Params.Properties[name] == nil || name == back.Subject {
			return nil, fmt.Errorf("%s has no parameter %q to fill", back.Name, name)
		}
		if u.args[name], err = x.compile(env, expr); err != nil {
			return nil, fmt.Errorf("expression %q for %s: %w", expr, name, err)
		}
		if !refFits(u.args[name].out, back.Params.Properties[name]) {
			return nil, fmt.Errorf("expression %q for %s has the type %s", expr, name, u.args[name].out)
		}
	}
	for _, name := range paramNames(back) {
		if _, ok := in.Undo.Args[name]; !ok && slices.Contains(back.Params.Required, name) {
			return nil, fmt.Errorf("nothing is said for %s, which %s needs", name, back.Name)
		}
	}
	if in.Undo.When != "" {
		if u.when, err = x.compile(env, in.Undo.When); err != nil {
			return nil, fmt.Errorf("condition %q: %w", in.Undo.When, err)
		}
		if !u.when.out.IsExactType(cel.BoolType) {
			return nil, fmt.Errorf("condition %q has the type %s, it must be bool", in.Undo.When, u.when.out)
		}
	}
	return u, nil
}

// undoEnv is what the expressions of an undo may read: args and result, typed by
// their schemas.
func (x *expressions) undoEnv(in Intent) (*planEnv, error) {
	base, err := baseEnv()
	if err != nil {
		return nil, err
	}
	st := newSchemaTypes(base.CELTypeProvider(), &Catalog{}, nil)
	args, result := st.typeOf("banyan.args", in.Params), st.typeOf("banyan.result", in.Result)
	env, err := base.Extend(cel.CustomTypeProvider(st), cel.Variable("args", args), cel.Variable("result", result))
	if err != nil {
		return nil, err
	}
	return &planEnv{key: in.Name, env: env, types: st}, nil
}

// back is the call that takes a change back.
type back struct {
	args   map[string]any
	needed bool // false if there is nothing to take back
}

// plan works out the call that takes a change back from what was called and what
// it returned.
func (u *undoing) plan(ctx context.Context, offer Offer, rec StepRecord) (back, error) {
	vars := map[string]any{
		"args": celValue(offer.Intent.Params, orEmpty(rec.Args)), "result": celValue(offer.Intent.Result, orEmpty(rec.Result)),
	}
	if u.when != nil {
		out, err := u.when.eval(ctx, vars)
		if err != nil {
			return back{}, err
		}
		if out.Value() == false {
			return back{}, nil
		}
	}
	b := back{args: map[string]any{}, needed: true}
	for name, p := range u.args {
		out, err := p.eval(ctx, vars)
		if err != nil {
			return back{}, fmt.Errorf("the %s of %s: %w", name, u.Intent, err)
		}
		if b.args[name], err = jsonValue(out); err != nil {
			return back{}, fmt.Errorf("the %s of %s: %w", name, u.Intent, err)
		}
	}
	return b, nil
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// takeBack undoes changes in reverse order. What cannot be undone is flagged.
func (r *run) takeBack(ctx context.Context, made []*stepRun) {
	ctx, cancel := r.k.detached(uncounted(ctx)) // a stop of the user must not leave half of it
	defer cancel()
	r.note(ctx, NoteTakingBack, nil, true)
	for _, s := range slices.Backward(made) {
		undo, flag := r.undoStep(ctx, s)
		r.set(s, func(rec *StepRecord) {
			rec.Undo, rec.Flag = undo, flag
			if flag == "" {
				rec.Status = StepUndone
			}
		})
		r.note(ctx, NoteUndone, s, false)
		if flag == "" {
			r.publishStep(EventStepUndone, s)
		} else {
			r.publishStep(EventFlagged, s)
		}
	}
}

// undoStep takes one change back, at the service that made it. It returns what a
// person has to do if that did not work.
func (r *run) undoStep(ctx context.Context, s *stepRun) (undo *Undoing, flag string) {
	rec := r.snapshot(s)
	offer, ok := s.madeBy(rec)
	if !ok || offer.undo == nil {
		return nil, fmt.Sprintf("It was done and cannot be taken back by this program: %s. Decide whether it may stand.", s.what())
	}
	u := &Undoing{Intent: offer.undo.Intent, Key: rec.Key + "/undo"}
	fail := func(problem *Error) (*Undoing, string) {
		u.Error = problem
		return u, fmt.Sprintf("It was done and could not be taken back: %s. %s Take it back by hand, or decide that it may stand.", s.what(), problem.Message)
	}
	b, err := offer.undo.plan(ctx, offer, rec)
	if err != nil {
		return fail(&Error{Code: CodeInvalid, Cause: err, Message: "What it takes to undo it is not in its result."})
	}
	u.Args = b.args
	if !b.needed {
		u.Done = true
		return u, ""
	}
	through, ok := r.catalog.offer(u.Intent, offer.Service)
	if !ok {
		return fail(&Error{Code: CodeUnavailable, Message: fmt.Sprintf("The %s service does not offer %s at the moment.", offer.Service, u.Intent)})
	}
	if rec.Undo != nil && !through.keys { // an earlier process was at it
		return fail(&Error{Code: CodeTimeout, Message: "It is not known whether it was taken back."})
	}
	begun := *u
	r.set(s, func(rec *StepRecord) { rec.Undo = &begun })
	r.note(ctx, NoteUndoing, s, false)
	call := r.callFor(s)
	call.Intent, call.Key = u.Intent, u.Key
	call.Args = (&stepRun{entry: r.catalog.Intent(u.Intent), subject: s.subject}).callArgs(b.args)
	t := &attempt{k: r.k, offer: through, call: call, retried: func(problem *Error) {
		rec.Error = problem
		r.publish(Event{Kind: EventStepRetried, Step: &rec})
	}}
	if out := t.outcome(ctx); out.err != nil {
		return fail(out.err)
	}
	u.Done = true
	return u, ""
}

// madeBy returns the offer through which a step was done.
func (s *stepRun) madeBy(rec StepRecord) (Offer, bool) {
	for _, o := range s.entry.Offers {
		if o.Service == rec.Service && o.Era == rec.Route {
			return o, true
		}
	}
	return Offer{}, false
}
