package offline

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"

	"banyan/orchestrator"
)

// skipped says why a step was not done: what the condition looks at and what was
// found there.
func (w *answerWriter) skipped(s *orchestrator.StepRecord) {
	if s.Condition == nil {
		return
	}
	key := "left_out"
	switch {
	case w.changes(s) && w.changedSomething():
		key = "not_done"
	case w.changes(s):
		key = "nothing_participle"
	}
	why := ""
	if facts := w.found(s.Condition.Expr); facts != "" {
		why = w.lang.Answer("found", "facts", facts)
	}
	if said := strings.TrimRight(plain(s.Condition.Text), ". "); said != "" {
		why += w.lang.Answer("condition", "text", said)
	}
	what := w.what(s)
	if said := strings.TrimRight(plain(s.Text), ". "); s.Playbook != "" && said != "" {
		what = said // who wrote the playbook says what the step stands for
	}
	w.sentence(key, "participle", participle(s.Intent), "what", capital(what), "why", why)
}

// alternative tells how a skipped step stands to another that hangs on the same
// results and was not skipped: 1 it is the first choice, 2 the other one, which
// need not be mentioned, 0 there is none.
func (w *answerWriter) alternative(s *orchestrator.StepRecord) int {
	if s.Condition == nil {
		return 0
	}
	mine := stepsNamed(s.Condition.Expr)
	for i := range w.req.Steps {
		o := &w.req.Steps[i]
		if o == s || o.Lookup || o.Condition == nil || o.Condition.Met == nil || !*o.Condition.Met {
			continue
		}
		theirs := stepsNamed(o.Condition.Expr)
		if o.Intent == s.Intent || !slices.ContainsFunc(mine, func(id string) bool { return slices.Contains(theirs, id) }) {
			continue
		}
		if beforeStep(w.req.Steps, o, s) {
			return 2
		}
		return 1
	}
	return 0
}

// beforeStep tells whether a stands before b in the plan.
func beforeStep(steps []orchestrator.StepRecord, a, b *orchestrator.StepRecord) bool {
	for i := range steps {
		switch &steps[i] {
		case a:
			return true
		case b:
			return false
		}
	}
	return false
}

// stepsNamed lists the steps that an expression reads.
func stepsNamed(expr string) []string {
	var ids []string
	for {
		i := strings.Index(expr, "steps.")
		if i < 0 {
			return ids
		}
		expr = expr[i+len("steps."):]
		end := strings.IndexFunc(expr, func(r rune) bool {
			return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
		})
		if end < 0 {
			end = len(expr)
		}
		ids = append(ids, expr[:end])
	}
}

// untyped is the environment in which parts of a condition are looked at again.
// It is made on first use, because that costs about a millisecond.
var untyped = sync.OnceValues(func() (*cel.Env, error) {
	return cel.NewEnv(
		cel.Variable("steps", cel.DynType), cel.Variable("user", cel.DynType), cel.Variable("now", cel.TimestampType),
		cel.OptionalTypes(), cel.CrossTypeNumericComparisons(true),
		ext.Strings(), ext.Lists(), ext.Math(),
		cel.Function("days", cel.Overload("days_int", []*cel.Type{cel.IntType}, cel.DurationType,
			cel.UnaryBinding(func(n ref.Val) ref.Val {
				days, ok := n.(types.Int)
				if !ok {
					return types.NewErr("days(n): n must be a number")
				}
				return types.Duration{Duration: time.Duration(days) * 24 * time.Hour}
			}))),
	)
})

// found says what a condition found: the thing that it looks at, and the fields.
// It is empty if that cannot be told.
func (w *answerWriter) found(expr string) string {
	if expr == "" {
		return ""
	}
	env, err := untyped()
	if err != nil {
		return ""
	}
	parsed, issues := env.Parse(expr)
	if issues.Err() != nil {
		return ""
	}
	vars := w.vars()
	type look struct {
		object shown
		name   string
	}
	var looks []look
	for _, node := range ast.MatchDescendants(ast.NavigateAST(parsed.NativeRep()), ast.KindMatcher(ast.SelectKind)) {
		sel := node.AsSelect()
		prg, err := env.PlanProgram(ast.NewAST(sel.Operand(), parsed.NativeRep().SourceInfo()), cel.CostLimit(100_000))
		if err != nil {
			continue
		}
		out, _, err := prg.Eval(vars)
		if err != nil {
			continue
		}
		data, ok := out.Value().(map[string]any)
		if !ok {
			continue
		}
		o := w.known(data)
		if o == nil {
			continue
		}
		switch o.data[sel.FieldName()].(type) {
		case []any, map[string]any:
			continue
		}
		l := look{*o, sel.FieldName()}
		if !slices.ContainsFunc(looks, func(x look) bool { return x.name == l.name && w.called(x.object) == w.called(*o) }) {
			looks = append(looks, l)
		}
	}
	var facts []string
	called := ""
	for _, l := range looks {
		fact := w.fact(l.object, l.name)
		if fact == "" || len(facts) == 3 {
			continue
		}
		name := w.called(l.object)
		if name == "" {
			name = w.lang.Answer("it")
		}
		if name != called {
			called = name
			fact = name + " " + fact
		}
		facts = append(facts, fact)
	}
	return w.say.Locale.JoinAnd(facts)
}

// vars are the variables of conditions, with times as CEL has them.
func (w *answerWriter) vars() map[string]any {
	steps := map[string]any{}
	for i := range w.req.Steps {
		if s := &w.req.Steps[i]; s.Status == orchestrator.StepDone {
			steps[s.ID] = timed(s.Result)
		}
	}
	return map[string]any{
		"steps": steps, "now": w.req.Now,
		"user": map[string]any{"email": w.req.User.Email, "name": w.req.User.Name, "role": string(w.req.User.Role)},
	}
}

// timed returns v with its moments as time.Time.
func timed(v any) any {
	switch t := v.(type) {
	case string:
		if len(t) >= 10 && isTime(t, nil) {
			for _, layout := range []string{time.RFC3339, time.DateOnly} {
				if at, err := time.Parse(layout, t); err == nil {
					return at
				}
			}
		}
	case map[string]any:
		out := make(map[string]any, len(t))
		for k, e := range t {
			out[k] = timed(e)
		}
		return out
	case []any:
		out := make([]any, len(t))
		for i, e := range t {
			out[i] = timed(e)
		}
		return out
	}
	return v
}

// known finds the object of the results that CEL gave back as data, with its
// schema; nil if it is none.
func (w *answerWriter) known(data map[string]any) *shown {
	for i := range w.req.Steps {
		s := &w.req.Steps[i]
		if s.Status != orchestrator.StepDone {
			continue
		}
		o := objectOf(s.Result, w.entry(s))
		if same(o.data, data) {
			return &o
		}
		for _, n := range o.fieldNames() {
			list, _ := o.data[n].([]any)
			var in shown
			for _, e := range list {
				m, _ := e.(map[string]any)
				if m == nil || !same(m, data) {
					continue
				}
				in = o.inner(m, nil)
				if p := o.property(n); p != nil {
					in.schema = p.Items
				}
				return &in
			}
		}
	}
	return nil
}

// same compares an object with its timed copy by their plain fields.
func same(a, b map[string]any) bool {
	if len(a) != len(b) || len(a) == 0 {
		return false
	}
	for k, v := range a {
		other, ok := b[k]
		if !ok {
			return false
		}
		switch v.(type) {
		case []any, map[string]any:
			continue
		case string:
			if _, isTime := other.(time.Time); !isTime && v != other {
				return false
			}
		default:
			if v != other {
				return false
			}
		}
	}
	return true
}

// fact says one field of an object as the end of a sentence: "is shipped", "was
// shipped 2 days ago", "has a total of 45.00 EUR".
func (w *answerWriter) fact(o shown, name string) string {
	v, p := o.data[name], o.property(name)
	label := w.small(o.label(name))
	text := w.format(o, name, v, p)
	done := strings.HasSuffix(name, "ed") && !strings.Contains(name, "_")
	past := words(name)
	if p != nil && p.Title != "" && w.lang != nil {
		past = label
	}
	switch t := v.(type) {
	case nil:
		if done {
			return w.lang.Answer("has_not_been", "value", past)
		}
		return w.lang.Answer("has_no", "label", label)
	case bool:
		if t {
			return w.lang.Answer("is", "value", past)
		}
		return w.lang.Answer("is_not", "value", past)
	case string:
		switch {
		case isIdentifier(name):
			return ""
		case name == "status", name == "state":
			return w.lang.Answer("is", "value", text)
		case isTime(t, p):
			date := cmp.Or(w.say.Date(t), text)
			switch {
			case done:
				return w.lang.Answer("was_when", "value", past, "date", date)
			case strings.HasSuffix(name, "s") && !strings.Contains(name, "_"): // starts, expires
				return w.lang.Answer("does_when", "value", w.tensed(past, t), "date", date)
			}
			text = date
		}
	case float64:
		if isIdentifier(name) {
			return ""
		}
		if counted := w.counted(o, name); counted != "" {
			return w.lang.Answer("has", "value", counted)
		}
	default:
		return ""
	}
	return w.lang.Answer("has_the", "label", label, "value", text)
}

// tensed puts a label such as "starts" or "expires" in the past, if the moment is
// over: started.
func (w *answerWriter) tensed(label, moment string) string {
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil || !t.Before(w.say.Now) || w.lang != nil || !strings.HasSuffix(label, "s") || strings.Contains(label, " ") {
		return label
	}
	return participle(orchestrator.SingularOf(label))
}

// verbs whose participle does not end in -ed.
var participles = map[string]string{
	"send": "sent", "make": "made", "pay": "paid", "give": "given", "take": "taken", "buy": "bought", "put": "put",
	"set": "set", "reset": "reset", "get": "looked up", "write": "written", "begin": "begun", "withdraw": "withdrawn",
}

// participle returns the past participle of the verb that an intent's name begins
// with: cancelled for cancel_order.
func participle(intent string) string {
	verb, _, _ := strings.Cut(intent, "_")
	if p, ok := participles[verb]; ok {
		return p
	}
	n := len(verb)
	if n < 3 {
		return "done"
	}
	vowel := func(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
	last, mid, first := verb[n-1], verb[n-2], verb[n-3]
	switch {
	case last == 'e':
		return verb + "d"
	case last == 'y' && !vowel(mid):
		return verb[:n-1] + "ied"
	case last == 'l' && mid == 'e', n <= 4 && vowel(mid) && !vowel(first) && !vowel(last) && !strings.ContainsRune("wxy", rune(last)) && verb != "open":
		return verb + string(last) + "ed"
	}
	return verb + "ed"
}
