package policy

import (
	"context"
	"fmt"
	"io"

	"banyan/orchestrator"
)

// version is what policies that combine backends state as theirs.
const version = "1.0.0"

// Skill is one of the three things that a backend can do.
type Skill string

// The skills.
const (
	Plan    Skill = "plan"
	Judge   Skill = "judge"
	Respond Skill = "respond"
)

// exchange is one call of one skill: what is asked, and what came of it.
type exchange struct {
	skill Skill

	plan    *orchestrator.PlanRequest
	judge   *orchestrator.JudgeRequest
	respond *orchestrator.RespondRequest
	emit    func(delta string)

	planned orchestrator.PlanReply
	verdict orchestrator.Verdict
	reply   orchestrator.Reply
	emitted bool // a piece of the answer has left
}

// usage points at the usage of what came of the call.
func (x *exchange) usage() *orchestrator.Usage {
	switch x.skill {
	case Plan:
		return &x.planned.Usage
	case Judge:
		return &x.verdict.Usage
	case Respond:
	}
	return &x.reply.Usage
}

// ask makes the call to b and keeps what came of it. A crash becomes an error.
func (x *exchange) ask(ctx context.Context, b orchestrator.Backend) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &orchestrator.Error{
				Code: orchestrator.CodeBackend, Cause: fmt.Errorf("the backend crashed: %v", p),
				Message: "The language backend crashed. Your message is kept. Send it again, or choose another backend with /model or --backend.",
			}
		}
	}()
	switch x.skill {
	case Plan:
		x.planned, err = b.Plan(ctx, *x.plan)
	case Judge:
		x.verdict, err = b.Judge(ctx, *x.judge)
	case Respond:
		x.reply, err = b.Respond(ctx, *x.respond, x.emit)
	}
	return err
}

// tally sums the usage of several attempts of one exchange. The names are those of
// the last attempt.
type tally struct{ sum orchestrator.Usage }

// add counts the usage of the attempt that just ended.
func (t *tally) add(x *exchange) {
	u := x.usage()
	t.sum.Backend, t.sum.Model = u.Backend, u.Model
	t.sum.Add(*u)
}

// layer makes a Backend of a policy that says in do what happens around a call.
// Abilities of the wrapped backend are passed on: Prepare, Check and Close reach
// it if it has them.
type layer struct {
	inner orchestrator.Backend
	do    func(ctx context.Context, x *exchange) error
}

// Unwrap returns the backend inside, see Find.
func (l *layer) Unwrap() orchestrator.Backend { return l.inner }

// Describe returns the description of the backend inside.
func (l *layer) Describe(ctx context.Context) (orchestrator.BackendInfo, error) {
	return l.inner.Describe(ctx)
}

// Plan implements orchestrator.Backend.
func (l *layer) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	x := exchange{skill: Plan, plan: &req}
	err := l.do(ctx, &x)
	return x.planned, err
}

// Judge implements orchestrator.Backend.
func (l *layer) Judge(ctx context.Context, req orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	x := exchange{skill: Judge, judge: &req}
	err := l.do(ctx, &x)
	return x.verdict, err
}

// Respond implements orchestrator.Backend.
func (l *layer) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(delta string)) (orchestrator.Reply, error) {
	x := exchange{skill: Respond, respond: &req}
	x.emit = func(delta string) {
		x.emitted = x.emitted || delta != ""
		emit(delta)
	}
	err := l.do(ctx, &x)
	return x.reply, err
}

// Prepare tells the backend inside of a new catalog, if it wants to know.
func (l *layer) Prepare(ctx context.Context, catalog *orchestrator.Catalog) {
	prepare(ctx, l.inner, catalog)
}

// Check asks the backend inside whether it could work now. One that cannot tell
// counts as able to. No policy applies to a check.
func (l *layer) Check(ctx context.Context) error { return check(ctx, l.inner) }

// Close closes the backend inside, if it can be closed.
func (l *layer) Close() error { return closeBackend(l.inner) }

func prepare(ctx context.Context, b orchestrator.Backend, catalog *orchestrator.Catalog) {
	if p, ok := b.(orchestrator.Preparer); ok {
		p.Prepare(ctx, catalog)
	}
}

func check(ctx context.Context, b orchestrator.Backend) error {
	if c, ok := b.(orchestrator.Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

func closeBackend(b orchestrator.Backend) error {
	if c, ok := b.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Find returns the outermost layer of type T around a backend, the backend itself
// included: Find[*Breaker](b). It does not look into the parts of a Fallback or a
// Cascade.
func Find[T orchestrator.Backend](b orchestrator.Backend) (T, bool) {
	for b != nil {
		if found, ok := b.(T); ok {
			return found, true
		}
		w, ok := b.(interface{ Unwrap() orchestrator.Backend })
		if !ok {
			break
		}
		b = w.Unwrap()
	}
	var none T
	return none, false
}

// nameOf returns what people call a backend: its name, and its model if it has one.
func nameOf(ctx context.Context, b orchestrator.Backend) string {
	info, err := b.Describe(ctx)
	switch {
	case err != nil || info.Name == "":
		return "the backend"
	case info.Model != "" && len(info.Parts) == 0:
		return info.Name + " (" + info.Model + ")"
	}
	return info.Name
}
