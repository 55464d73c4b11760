package offline

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// suiteTopic is one file of the suite.
type suiteTopic struct {
	name  string
	lines []suiteLine
}

// suiteLine is one thing that happens in a conversation, in the order of the
// file.
type suiteLine struct {
	at      int    // the line's number in the file
	catalog string // from here on another catalog
	speaker string // a new conversation of that user
	nextDay bool   // a day goes by and another conversation begins
	message string
	want    []suiteWant // what is right after the message: any of these
}

// suiteWant is one right outcome of a turn.
type suiteWant struct {
	at    int
	kinds []string // of the turn; none: as the steps say
	asks  []string // the parameters that a question may ask for
	says  []string // what the answer must contain
	steps []suiteStep
}

// suiteStep is one step that must be there.
type suiteStep struct {
	text    string
	intents []string // any of these
	args    []suiteArg
	who     string // the customer whom it is about; empty: not looked at
	status  string
	when    string   // "", "met", "not met" or "open"
	reads   []string // fields, one of which the condition must read
	then    bool     // it comes after the step in the line before
	maybe   bool     // it need not be there
}

// suiteArg is what one argument must be.
type suiteArg struct {
	name     string
	values   []string // any of these; none: anything
	contains bool     // the value need only contain it
	optional bool     // the argument may be missing
	absent   bool
}

var (
	suiteKinds    = []string{"answer", "question", "confirmation", "refusal", "error", "done", "declined"}
	suiteStatuses = []string{"done", "failed", "skipped", "waiting", "denied"}
)

// mustSuite reads all topics of a folder.
func mustSuite(tb testing.TB, dir string) []suiteTopic {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("no topics in %s: %v", dir, err)
	}
	var out []suiteTopic
	for _, file := range files {
		out = append(out, mustTopic(tb, file))
	}
	return out
}

func mustTopic(tb testing.TB, file string) suiteTopic {
	tb.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	topic := suiteTopic{name: strings.TrimSuffix(filepath.Base(file), ".txt")}
	at := 0
	for line := range strings.Lines(string(raw)) {
		at++
		line = strings.TrimSpace(line)
		var last *suiteLine
		if n := len(topic.lines); n > 0 {
			last = &topic.lines[n-1]
		}
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "catalog "):
			topic.lines = append(topic.lines, suiteLine{at: at, catalog: strings.TrimPrefix(line, "catalog ")})
		case strings.HasPrefix(line, "@"):
			topic.lines = append(topic.lines, suiteLine{at: at, speaker: line[1:]})
		case line == "+1 day":
			topic.lines = append(topic.lines, suiteLine{at: at, nextDay: true})
		case strings.HasPrefix(line, ">"):
			topic.lines = append(topic.lines, suiteLine{at: at, message: strings.TrimSpace(line[1:]), want: []suiteWant{{at: at}}})
		case last == nil || last.want == nil:
			tb.Fatalf("%s:%d: an expectation stands below a message", file, at)
		case line == "or":
			last.want = append(last.want, suiteWant{at: at})
		default:
			if problem := last.want[len(last.want)-1].add(line); problem != "" {
				tb.Fatalf("%s:%d: %s", file, at, problem)
			}
		}
	}
	for _, l := range topic.lines {
		for _, w := range l.want {
			if len(w.kinds)+len(w.asks)+len(w.steps) == 0 {
				tb.Fatalf("%s:%d: nothing is expected", file, w.at)
			}
		}
	}
	return topic
}

// add reads one line of an expectation. It returns what is wrong with it, or "".
func (w *suiteWant) add(line string) string {
	words := suiteWords(line)
	first, _, _ := strings.Cut(words[0], "|")
	switch {
	case slices.Contains(suiteKinds, first):
		if len(words) > 1 {
			return "a kind stands by itself"
		}
		w.kinds = strings.Split(words[0], "|")
		return ""
	case first == "asks" && len(words) == 2:
		w.kinds, w.asks = []string{"question"}, strings.Split(words[1], "|")
		return ""
	case first == "says":
		w.says = append(w.says, strings.Trim(strings.TrimSpace(strings.TrimPrefix(line, "says")), `"`))
		return ""
	}
	s := suiteStep{text: line}
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case s.intents == nil && word == "then":
			s.then = true
		case s.intents == nil && word == "maybe":
			s.maybe = true
		case s.intents == nil:
			s.intents = strings.Split(word, "|")
		case slices.Contains(suiteStatuses, word):
			s.status = word
		case word == "when" && i+1 < len(words):
			i++
			s.when = words[i]
			if s.when == "not" && i+1 < len(words) && words[i+1] == "met" {
				i++
				s.when = "not met"
			}
			if s.when != "met" && s.when != "not met" && s.when != "open" {
				return "when is followed by met, not met or open"
			}
		case word == "reads" && i+1 < len(words):
			i++
			s.reads = strings.Split(words[i], "|")
		case strings.HasPrefix(word, "for="):
			s.who = word[4:]
		default:
			a, ok := suiteArgOf(word)
			if !ok {
				return "what is " + word + "?"
			}
			s.args = append(s.args, a)
		}
	}
	if s.intents == nil {
		return "no intent is named"
	}
	w.steps = append(w.steps, s)
	return ""
}

// suiteArgOf reads name=value, name~part, name=- and their optional forms with a
// question mark.
func suiteArgOf(word string) (suiteArg, bool) {
	i := strings.IndexAny(word, "=~?")
	if i < 1 {
		return suiteArg{}, false
	}
	a := suiteArg{name: word[:i]}
	rest := word[i:]
	if rest[0] == '?' {
		a.optional, rest = true, rest[1:]
		if rest == "" {
			return a, true
		}
	}
	if rest[0] != '=' && rest[0] != '~' {
		return suiteArg{}, false
	}
	a.contains = rest[0] == '~'
	value := strings.Trim(rest[1:], `"`)
	if value == "-" {
		a.absent = true
		return a, true
	}
	a.values = strings.Split(value, "|")
	return a, true
}

// suiteWords splits at spaces outside of double quotes.
func suiteWords(line string) []string {
	quoted := false
	return strings.FieldsFunc(line, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return unicode.IsSpace(r) && !quoted
	})
}
