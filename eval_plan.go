package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"banyan/backends/offline"
	"banyan/orchestrator"
)

// scorer is an optional ability of a backend: it says how likely a message asks for
// an intent, and from which value on the intent is done.
type scorer interface {
	Scores(ctx context.Context, message string, catalog *orchestrator.Catalog) (likeliest []offline.Scored, accept float64, err error)
}

// evaluator plans the messages of cases with a backend, and calls no service.
type evaluator struct {
	backend orchestrator.Backend
	scores  scorer // nil: the backend has none
	catalog *orchestrator.Catalog
	user    orchestrator.User
	// people finds users in a message; nil if there is no directory.
	people func(ctx context.Context, text string) ([]orchestrator.User, error)
	now    func() time.Time
}

// verdict is what became of one case. The exported fields are printed with --json.
type verdict struct {
	Text  string   `json:"text"`
	Group string   `json:"group,omitempty"`
	Want  []string `json:"want"`
	Got   []string `json:"got"`
	// Args are the arguments of the intents in Got: a list for a parameter with
	// several values over several steps, {"ref": …} for one that comes from a result.
	Args map[string]map[string]any `json:"args"`
	// Conditions are the intents that carry a condition, When is what it reads.
	Conditions map[string]bool   `json:"conditions"`
	When       map[string]string `json:"when,omitempty"`
	// OK: the intents, the wanted arguments and the wanted conditions are right.
	OK bool    `json:"ok"`
	MS float64 `json:"ms"`
	// Kind is the kind of plan; empty if there is none.
	Kind orchestrator.PlanKind `json:"kind,omitempty"`
	// Problems are why the kernel refused the plan, Error why there is none.
	Problems []string            `json:"problems,omitempty"`
	Error    string              `json:"error,omitempty"`
	Score    *likelihood         `json:"score,omitempty"`
	Usage    *orchestrator.Usage `json:"usage,omitempty"`

	exact                    bool // the intents are those wanted
	argsWanted, argsRight    int
	conditions, conditionsOK int
	history                  bool
	usage                    orchestrator.Usage // of the history too
}

// likelihood is the likeliest intent before any is rejected.
type likelihood struct {
	Intent string  `json:"intent"`
	Value  float64 `json:"value"`
	Accept float64 `json:"accept"`
}

// evaluate plans the message of a case and compares. The time is that of the
// backend alone, over both tries if the kernel refused the first plan.
func (e *evaluator) evaluate(ctx context.Context, c evalCase) verdict {
	o := verdict{Text: c.Text, Group: c.Group, Want: c.Want, Got: []string{}, Args: map[string]map[string]any{}, Conditions: map[string]bool{}}
	o.history = len(c.History) > 0
	conversation, used := e.remember(ctx, c)
	o.usage = used
	p := e.plan(ctx, e.request(ctx, c.Text, c, conversation))
	o.usage.Add(p.usage)
	o.MS = float64(p.took) / float64(time.Millisecond)
	if o.usage.ModelCalls > 0 {
		o.Usage = &o.usage
		o.Usage.Backend, o.Usage.Model = p.usage.Backend, p.usage.Model
	}
	if p.err != nil {
		o.Error = withCause(p.err)
	} else {
		o.Problems = p.problems
		if len(p.problems) == 0 {
			o.Kind = p.plan.Kind
		}
		o.read(p.understood())
	}
	if e.scores != nil && len(c.History) == 0 {
		if list, accept, err := e.scores.Scores(ctx, c.Text, e.catalog); err == nil {
			o.Score = &likelihood{Accept: accept}
			if len(list) > 0 {
				o.Score.Intent, o.Score.Value = list[0].Intent, list[0].Value
			}
		}
	}
	o.judge(c)
	return o
}

func (e *evaluator) request(ctx context.Context, message string, c evalCase, conversation []orchestrator.Turn) orchestrator.PlanRequest {
	now := c.Now
	if now.IsZero() {
		now = e.now()
	}
	req := orchestrator.PlanRequest{
		Message: message, User: e.user, Conversation: conversation, Catalog: e.catalog, Now: now,
	}
	if !e.user.Staff() {
		req.Subject = e.user
	}
	if e.people != nil {
		req.People, _ = e.people(ctx, message) // without the directory nobody is recognised
	}
	return req
}

// planned is what came of planning one message.
type planned struct {
	plan     orchestrator.Plan
	problems []string // of the second try: why the kernel would not run the plan
	asks     bool     // but would ask for an argument
	took     time.Duration
	usage    orchestrator.Usage
	err      error
}

// plan does what the kernel does: a plan that fails its check goes back once with
// the problems.
func (e *evaluator) plan(ctx context.Context, req orchestrator.PlanRequest) planned {
	var p planned
	for range 2 {
		start := time.Now()
		reply, err := e.backend.Plan(ctx, req)
		p.took += time.Since(start)
		p.usage.Backend, p.usage.Model = reply.Usage.Backend, reply.Usage.Model
		p.usage.Add(reply.Usage)
		if err != nil {
			p.err = err
			return p
		}
		p.plan = reply.Plan
		if p.problems = orchestrator.CheckPlan(ctx, e.catalog, &p.plan); len(p.problems) == 0 {
			return p
		}
		rejected := p.plan
		req.Rejected, req.Problems = &rejected, p.problems
	}
	p.asks = e.lacksArgument(p.plan)
	return p
}

// lacksArgument tells whether the kernel asks the user for an argument of a plan
// that it refuses: one that is required and not there, or does not fit.
func (e *evaluator) lacksArgument(plan orchestrator.Plan) bool {
	for _, s := range plan.Steps {
		entry := e.catalog.Intent(s.Intent)
		if entry == nil {
			continue
		}
		for _, name := range entry.ParamNames() {
			arg, ok := s.Args[name]
			if !ok && entry.Required(name) {
				return true
			}
			if !ok || arg.Ref != "" {
				continue
			}
			if schema, err := entry.Params.Properties[name].Resolve(nil); err == nil && schema.Validate(arg.Value) != nil {
				return true
			}
		}
	}
	return false
}

// understood returns the steps that stand for what the user asked for: those that
// would run, lookups apart, and those that a question has understood so far. A
// question which of several intents is meant has understood none of them: it has
// several steps for the same words, and asks for no argument.
func (p planned) understood() []orchestrator.Step {
	if len(p.problems) > 0 && !p.asks {
		return nil
	}
	var out []orchestrator.Step
	for _, s := range p.plan.Steps {
		if !s.Lookup {
			out = append(out, s)
		}
	}
	switch p.plan.Kind {
	case orchestrator.PlanSteps:
		return out
	case orchestrator.PlanQuestion:
		if p.plan.Missing != nil {
			return out
		}
		all := slices.Clone(out)
		return slices.DeleteFunc(out, func(s orchestrator.Step) bool {
			return slices.ContainsFunc(all, func(other orchestrator.Step) bool { return other.Intent != s.Intent && other.Text == s.Text })
		})
	case orchestrator.PlanAnswer, orchestrator.PlanRefusal, orchestrator.PlanUndo:
	}
	return nil
}

// read fills what was got from steps.
func (o *verdict) read(steps []orchestrator.Step) {
	values := map[string]map[string][]any{}
	for _, s := range steps {
		if !slices.Contains(o.Got, s.Intent) {
			o.Got = append(o.Got, s.Intent)
			values[s.Intent] = map[string][]any{}
		}
		for name, arg := range s.Args {
			v := arg.Value
			if arg.Ref != "" {
				v = map[string]any{"ref": arg.Ref}
			}
			same := func(other any) bool { return sameValue(v, other) }
			if !slices.ContainsFunc(values[s.Intent][name], same) {
				values[s.Intent][name] = append(values[s.Intent][name], v)
			}
		}
		condition := ""
		switch {
		case s.When != nil && s.When.Expr != "":
			condition = s.When.Expr
		case s.When != nil:
			condition = s.When.Text
		case s.Otherwise != "":
			condition = "otherwise " + s.Otherwise
		default:
			continue
		}
		o.Conditions[s.Intent] = true
		if o.When == nil {
			o.When = map[string]string{}
		}
		if o.When[s.Intent] == "" {
			o.When[s.Intent] = condition
		}
	}
	for intent, params := range values {
		o.Args[intent] = map[string]any{}
		for name, list := range params {
			o.Args[intent][name] = any(list)
			if len(list) == 1 {
				o.Args[intent][name] = list[0]
			}
		}
	}
}

// judge compares what was got with what was wanted.
func (o *verdict) judge(c evalCase) {
	o.exact = sameSet(c.Want, o.Got)
	for intent, params := range c.Args {
		for name, want := range params {
			o.argsWanted++
			if got, ok := o.Args[intent][name]; ok && want != nil && sameArgument(want, got) || !ok && want == nil && slices.Contains(o.Got, intent) {
				o.argsRight++
			}
		}
	}
	for intent, want := range c.Condition {
		o.conditions++
		if slices.Contains(o.Got, intent) && o.Conditions[intent] == want {
			o.conditionsOK++
		}
	}
	o.OK = o.exact && o.argsRight == o.argsWanted && o.conditionsOK == o.conditions
}

// remember makes turns of what was said before, so that a follow-up has something
// to follow. The same backend plans each earlier message, and its steps count as
// done; nothing is called, so there are no results. What the assistant said is
// taken from the case if it is there.
func (e *evaluator) remember(ctx context.Context, c evalCase) ([]orchestrator.Turn, orchestrator.Usage) {
	var turns []orchestrator.Turn
	var used orchestrator.Usage
	for i, s := range c.History {
		if s.Role == roleAssistant {
			if len(turns) == 0 || i > 0 && c.History[i-1].Role == roleAssistant {
				turns = append(turns, orchestrator.Turn{Kind: orchestrator.KindAnswer})
			}
			turns[len(turns)-1].Answer = s.Text
			continue
		}
		req := e.request(ctx, s.Text, c, turns)
		p := e.plan(ctx, req)
		used.Add(p.usage)
		turn := orchestrator.Turn{
			User: e.user.Email, Subject: req.Subject.Email, At: req.Now, Message: s.Text,
			Kind: orchestrator.KindError, Usage: p.usage,
		}
		if p.err == nil && len(p.problems) == 0 {
			turn.Plan, turn.Answer = &p.plan, p.plan.Text
			switch turn.Kind = orchestrator.KindAnswer; p.plan.Kind {
			case orchestrator.PlanSteps:
				turn.Steps = done(p.plan.Steps)
			case orchestrator.PlanQuestion:
				turn.Kind = orchestrator.KindQuestion
			case orchestrator.PlanRefusal:
				turn.Kind = orchestrator.KindRefusal
			case orchestrator.PlanAnswer, orchestrator.PlanUndo:
			}
		}
		turns = append(turns, turn)
	}
	return turns, used
}

// done makes records of steps as if they had run.
func done(steps []orchestrator.Step) []orchestrator.StepRecord {
	var out []orchestrator.StepRecord
	for _, s := range steps {
		rec := orchestrator.StepRecord{ID: s.ID, Intent: s.Intent, For: s.For, Status: orchestrator.StepDone, Lookup: s.Lookup, Text: s.Text, Args: map[string]any{}}
		for name, arg := range s.Args {
			if arg.Ref == "" {
				rec.Args[name] = arg.Value
			}
		}
		if s.When != nil {
			met := true
			rec.Condition = &orchestrator.Decided{Text: s.When.Text, Expr: s.When.Expr, Met: &met, By: "cel"}
		}
		out = append(out, rec)
	}
	return out
}

// sameSet tells whether two lists of intents name the same ones. How often and in
// which order they stand is not looked at.
func sameSet(a, b []string) bool {
	in := func(list []string) func(string) bool {
		return func(s string) bool { return !slices.Contains(list, s) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// withCause says what went wrong, with the reason that people are not told in the
// chat: here nobody looks into the log.
func withCause(err error) string {
	var coded *orchestrator.Error
	if errors.As(err, &coded) && coded.Cause != nil {
		return fmt.Sprintf("%s (%s)", err, coded.Cause)
	}
	return err.Error()
}

// says shortens a text to one line for a table.
func says(text string, most int) string {
	text = orchestrator.PrintableLine(strings.Join(strings.Fields(text), " "))
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
