package offline

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"banyan/orchestrator"
)

// suiteTurn is a turn with what is needed to judge it.
type suiteTurn struct {
	orchestrator.Turn
	user    orchestrator.User
	catalog *orchestrator.Catalog
	// asked tells that the turn before asked for a yes.
	asked bool
	// args are the arguments of a step, also of one that was skipped.
	args func(orchestrator.StepRecord) map[string]any
}

// judge says what is wrong with a turn, or "" if it is as one of the wants says.
func (t *suiteTurn) judge(wants []suiteWant) string {
	problem := ""
	for _, w := range wants {
		p := t.misses(w)
		if p == "" {
			return ""
		}
		if problem == "" {
			problem = p
		}
	}
	return problem
}

// misses says what is wrong with a turn by one want, or "".
func (t *suiteTurn) misses(w suiteWant) string {
	kinds := w.kinds
	if len(kinds) == 0 {
		kinds = []string{t.kindOf(w.steps)}
	}
	if !slices.ContainsFunc(kinds, t.is) {
		return "it is no " + strings.Join(kinds, ", no ")
	}
	for _, s := range w.says {
		if !strings.Contains(suiteFold(t.Answer), suiteFold(s)) {
			return "it does not say " + strconv.Quote(s)
		}
	}
	if len(w.asks) > 0 && !slices.ContainsFunc(w.asks, t.asksFor) {
		return "it asks for something else"
	}
	if len(w.steps) == 0 && (t.is("done") || t.is("declined")) {
		return ""
	}
	return t.stepsMiss(w.steps)
}

// is tells whether the turn is of a kind. "done" is the end of a turn that said
// yes and did all that it was for, "declined" of one that left all of it.
func (t *suiteTurn) is(kind string) bool {
	if kind != "done" && kind != "declined" {
		return string(t.Kind) == kind
	}
	if t.Settles == "" {
		// What is left in words of its own ("oh, never mind then") is left as well.
		return kind == "declined" && t.asked && t.Kind == orchestrator.KindAnswer && len(t.Steps) == 0
	}
	did, denied := 0, 0
	for _, s := range t.Steps {
		if e := t.catalog.Intent(s.Intent); e == nil || !e.NeedsYes() {
			continue
		}
		switch s.Status {
		case orchestrator.StepDone:
			did++
		case orchestrator.StepDenied:
			denied++
		case orchestrator.StepFailed, orchestrator.StepWaiting:
			return false
		default:
		}
	}
	if kind == "done" {
		return did > 0 && denied == 0
	}
	return did == 0 && denied > 0
}

// kindOf is the kind of turn that steps make: a confirmation if one of them
// waits for a yes, otherwise an answer.
func (t *suiteTurn) kindOf(steps []suiteStep) string {
	for _, s := range steps {
		e := t.catalog.Intent(s.intents[0])
		if e != nil && e.NeedsYes() && !s.maybe && s.when != "not met" && (s.status == "" || s.status == "waiting") {
			return string(orchestrator.KindConfirmation)
		}
	}
	return string(orchestrator.KindAnswer)
}

// asksFor tells whether the question is about a parameter: "order_id", or
// "cancel_order.order_id" where the intent matters as well.
func (t *suiteTurn) asksFor(param string) bool {
	if t.Plan == nil || t.Plan.Missing == nil {
		return false
	}
	intent, name, ok := strings.Cut(param, ".")
	if !ok {
		return t.Plan.Missing.Param == param
	}
	if t.Plan.Missing.Param != name {
		return false
	}
	return slices.ContainsFunc(t.Plan.Steps, func(s orchestrator.Step) bool {
		return s.ID == t.Plan.Missing.Step && s.Intent == intent
	})
}

// stepsMiss pairs the wanted steps with those of the turn and says which has no
// partner, or "".
func (t *suiteTurn) stepsMiss(want []suiteStep) string {
	var got []int
	for i, s := range t.Steps {
		e := t.catalog.Intent(s.Intent)
		changed := e != nil && e.Changes() && s.Status == orchestrator.StepDone
		if (t.Kind == orchestrator.KindQuestion || t.Kind == orchestrator.KindRefusal) && !changed {
			continue
		}
		if !s.Lookup {
			got = append(got, i)
		}
	}
	taken := make([]int, len(want)) // index into t.Steps, or -1
	problem := ""
	var pair func(n int) bool
	pair = func(n int) bool {
		if n == len(want) {
			for _, i := range got {
				if !slices.Contains(taken[:n], i) {
					problem = firstOf(problem, t.Steps[i].Intent+" is too much")
					return false
				}
			}
			return true
		}
		for _, i := range got {
			if slices.Contains(taken[:n], i) {
				continue
			}
			after := -1
			if n > 0 && want[n].then {
				after = taken[n-1]
			}
			p := t.stepMisses(want[n], i, after)
			if p == "" {
				taken[n] = i
				if pair(n + 1) {
					return true
				}
			} else if slices.Contains(want[n].intents, t.Steps[i].Intent) {
				problem = firstOf(problem, p)
			}
		}
		if want[n].maybe {
			taken[n] = -1
			return pair(n + 1)
		}
		problem = firstOf(problem, "no "+want[n].text)
		return false
	}
	if pair(0) {
		return ""
	}
	return problem
}

// overreaches tells whether the turn makes or proposes a change that none of the
// wants knows: the worst way of being wrong.
func (t *suiteTurn) overreaches(wants []suiteWant) bool {
	return t.Settles == "" && slices.ContainsFunc(t.Steps, func(s orchestrator.StepRecord) bool {
		e := t.catalog.Intent(s.Intent)
		if e == nil || !e.Changes() || (s.Status != orchestrator.StepDone && s.Status != orchestrator.StepWaiting) {
			return false
		}
		return !slices.ContainsFunc(wants, func(w suiteWant) bool {
			return slices.ContainsFunc(w.steps, func(want suiteStep) bool {
				return slices.Contains(want.intents, s.Intent) && conditionMisses(want, s) == "" && argsMiss(want, t.args(s)) == ""
			})
		})
	})
}

// firstOf keeps the first problem.
func firstOf(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// stepMisses says what is wrong with step i of the turn, or "".
func (t *suiteTurn) stepMisses(w suiteStep, i, after int) string {
	s := t.Steps[i]
	if !slices.Contains(w.intents, s.Intent) {
		return s.Intent + " is another intent"
	}
	if after >= 0 && (i < after || (t.Steps[after].Status == orchestrator.StepWaiting && s.Status == orchestrator.StepDone)) {
		return s.Intent + " comes too early"
	}
	if p := conditionMisses(w, s); p != "" {
		return p
	}
	switch status := string(s.Status); {
	case w.status != "" && w.status != status:
		return s.Intent + " is " + status
	case w.status == "" && w.when == "not met" && status != "skipped":
		return s.Intent + " is " + status
	case w.status == "" && w.when != "not met" && status != "done" && status != "waiting":
		return s.Intent + " is " + status
	}
	switch {
	case w.who != "" && s.For != w.who && !strings.HasPrefix(s.For, w.who+"@"):
		return s.Intent + " is for " + s.For
	case w.who == "" && !t.user.Staff() && s.For != "" && s.For != t.user.Email:
		return s.Intent + " is for " + s.For
	}
	return argsMiss(w, t.args(s))
}

func conditionMisses(w suiteStep, s orchestrator.StepRecord) string {
	c := s.Condition
	switch {
	case w.when == "" && c != nil:
		return s.Intent + " has a condition: " + c.Expr
	case w.when == "":
		return ""
	case c == nil:
		return s.Intent + " has no condition"
	}
	verdict := "open"
	if c.Met != nil {
		verdict = "not met"
		if *c.Met {
			verdict = "met"
		}
	}
	if verdict != w.when {
		return "the condition of " + s.Intent + " is " + verdict + ": " + c.Expr
	}
	if len(w.reads) > 0 && !slices.ContainsFunc(w.reads, func(field string) bool {
		return regexp.MustCompile(`\b` + regexp.QuoteMeta(field) + `\b`).MatchString(c.Expr)
	}) {
		return "the condition of " + s.Intent + " does not read " + strings.Join(w.reads, " or ") + ": " + c.Expr
	}
	return ""
}

// argsMiss compares arguments as values: every argument that is there must be
// wanted, and every wanted one there.
func argsMiss(w suiteStep, got map[string]any) string {
	for _, a := range w.args {
		v, ok := got[a.name]
		switch {
		case !ok && !a.optional && !a.absent:
			return w.intents[0] + " has no " + a.name
		case ok && a.absent:
			return fmt.Sprintf("%s has %s %v", w.intents[0], a.name, v)
		case ok && len(a.values) > 0 && !slices.ContainsFunc(a.values, func(want string) bool { return sameValue(v, want, a.contains) }):
			return fmt.Sprintf("%s has %s %v", w.intents[0], a.name, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !slices.ContainsFunc(w.args, func(a suiteArg) bool { return a.name == name }) {
			return fmt.Sprintf("%s has %s %v", w.intents[0], name, got[name])
		}
	}
	return ""
}

// sameValue compares numbers as numbers and texts by their letters and digits,
// because punctuation, spaces and case are a matter of taste.
func sameValue(got any, want string, contains bool) bool {
	text := fmt.Sprint(got)
	if f, ok := got.(float64); ok {
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	if contains {
		return strings.Contains(" "+suiteFold(text)+" ", suiteFold(want))
	}
	a, errA := strconv.ParseFloat(text, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if errA == nil && errB == nil {
		return a == b
	}
	return strings.ReplaceAll(suiteFold(text), " ", "") == strings.ReplaceAll(suiteFold(want), " ", "")
}

// suiteFold leaves lower-case letters, digits and single spaces.
func suiteFold(s string) string {
	s = strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(s))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// show puts what came out into lines, in the words of the topic files.
func (t *suiteTurn) show() []string {
	line := string(t.Kind)
	if t.Kind == orchestrator.KindQuestion && t.Plan != nil && t.Plan.Missing != nil {
		line += " asks " + t.Plan.Missing.Param
	}
	if t.Settles != "" {
		line += " (settles)"
	}
	if answer, _, _ := strings.Cut(t.Answer, "\n"); answer != "" {
		line += ": " + cutAt(answer, 100)
	}
	out := []string{line}
	for _, s := range t.Steps {
		var b strings.Builder
		b.WriteString(s.Intent)
		args := t.args(s)
		for _, name := range slices.Sorted(maps.Keys(args)) {
			v := fmt.Sprint(args[name])
			if strings.Contains(v, " ") {
				v = strconv.Quote(v)
			}
			b.WriteString(" " + name + "=" + v)
		}
		if s.For != "" && s.For != t.user.Email {
			b.WriteString(" for=" + s.For)
		}
		b.WriteString(" " + string(s.Status))
		if c := s.Condition; c != nil {
			verdict := "open"
			if c.Met != nil {
				verdict = map[bool]string{true: "met", false: "not met"}[*c.Met]
			}
			b.WriteString(" when " + verdict + " {" + c.Expr + "}")
		}
		if s.Lookup {
			b.WriteString(" (lookup)")
		}
		if s.Error != nil {
			b.WriteString(" [" + s.Error.Code + "]")
		}
		out = append(out, b.String())
	}
	return out
}

func cutAt(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
