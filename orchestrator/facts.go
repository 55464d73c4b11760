package orchestrator

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// facts are the numbers that an answer may contain: those in the results and
// arguments of the turn, in the user's words and in earlier turns. Numbers of one
// or two digits are not looked at: they are counts, ages and times of day.
type facts struct {
	known map[string]bool
	// more are sources that were not read yet: most answers need only the first.
	more []func()
}

func newFacts(req RespondRequest, digest []Turn) *facts {
	f := &facts{known: map[string]bool{}}
	f.more = append(f.more, func() {
		f.addText(req.Message)
		f.addText(req.Now.Format("2006"))
		f.addSteps(req.Steps)
	})
	for _, turns := range [][]Turn{req.Conversation, digest} {
		for _, t := range slices.Backward(turns) {
			f.more = append(f.more, func() {
				f.addText(t.Message)
				f.addText(t.Answer)
				f.addSteps(t.Steps)
			})
		}
	}
	return f
}

// knows tells whether a number stands in any of the sources.
func (f *facts) knows(n string) bool {
	n = normalNumber(n)
	for !f.known[n] && len(f.more) > 0 {
		f.more[0]()
		f.more = f.more[1:]
	}
	return f.known[n]
}

func (f *facts) addSteps(steps []StepRecord) {
	for _, s := range steps {
		f.add(s.Args)
		f.add(s.Result)
		f.addText(s.Sentence)
		if s.Error != nil {
			f.addText(s.Error.Message)
		}
		if s.Condition != nil {
			f.addText(s.Condition.Text)
			f.addText(s.Condition.Expr)
		}
	}
}

func (f *facts) add(v any) {
	switch t := v.(type) {
	case string:
		f.addText(t)
	case float64:
		f.known[normalNumber(strconv.FormatFloat(t, 'f', -1, 64))] = true
	case []any:
		f.known[strconv.Itoa(len(t))] = true
		for _, e := range t {
			f.add(e)
		}
	case map[string]any:
		for _, e := range t {
			f.add(e)
		}
	}
}

func (f *facts) addText(s string) {
	for n := range numbers(s) {
		f.known[normalNumber(n)] = true
	}
}

// unknown returns the first number in text that is not known, or "".
func (f *facts) unknown(text string) string {
	for n := range numbers(text) {
		if digits := strings.Count(n, "") - 1 - strings.Count(n, ".") - strings.Count(n, ","); digits < 3 {
			continue
		}
		if !f.knows(n) {
			return n
		}
	}
	return ""
}

// numbers yields runs of digits, with points and commas between digits.
func numbers(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i < len(s); {
			if s[i] < '0' || s[i] > '9' {
				i++
				continue
			}
			j := i
			for j < len(s) && (isDigit(s[j]) || ((s[j] == '.' || s[j] == ',') && j+1 < len(s) && isDigit(s[j+1]))) {
				j++
			}
			if !yield(s[i:j]) {
				return
			}
			i = j
		}
	}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// normalNumber brings the ways of writing a number together: 1,234.50 and 1234.5,
// 45.00 and 45.
func normalNumber(n string) string {
	if strings.IndexByte(n, ',') >= 0 {
		n = strings.ReplaceAll(n, ",", "")
	}
	if strings.Count(n, ".") == 1 {
		n = strings.TrimSuffix(strings.TrimRight(n, "0"), ".")
	}
	return n
}

// answerStream lets an answer out as it is written, and stops at the first number
// that no result contains: a number is let out when it is whole. The very last
// character stays back until the turn is stored, so that no answer is ever seen
// whole that could still be lost.
type answerStream struct {
	facts   *facts
	publish func(string)
	held    string
	stopped bool
}

func (a *answerStream) emit(delta string) {
	if a.stopped || delta == "" {
		return
	}
	a.held += delta
	_, last := utf8.DecodeLastRuneInString(a.held)
	cut := len(a.held) - last
	for cut > 0 && (isDigit(a.held[cut-1]) || a.held[cut-1] == '.' || a.held[cut-1] == ',') {
		cut--
	}
	out := a.held[:cut]
	if out == "" {
		return
	}
	if a.facts.unknown(out) != "" {
		a.stopped = true
		return
	}
	a.held = a.held[cut:]
	a.publish(Printable(out))
}
