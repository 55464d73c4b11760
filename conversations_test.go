package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// TestConversations plays the files of testdata/conversations on the real parts.
// Adding a case is adding a file. Its lines:
//
//	# a comment
//	as EMAIL                  who asks from here on, in a new conversation
//	new                       a new conversation of the same user
//	later DURATION            the clock moves on
//	restart                   the program ends and starts again
//	> MESSAGE                 a turn; what follows is expected of it
//	kind KIND
//	says TEXT                 the answer contains TEXT, whatever the case
//	not TEXT                  it does not
//	step INTENT STATUS [ERA] [CODE]   a step ended so
//	nostep INTENT             there is no step that did more than look
//	arg INTENT PARAM VALUE    a step ran, or waits, with this argument
//	met INTENT true|false     the step's condition was decided so, by CEL
func TestConversations(t *testing.T) {
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p := &play{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)}
			p.start()
			defer p.stop()
			for n, line := range strings.Split(string(data), "\n") {
				p.where = fmt.Sprintf("%s:%d: %s", filepath.Base(file), n+1, line)
				p.line(strings.TrimRight(line, " \r"))
			}
		})
	}
}

// play is a conversation file on its way.
type play struct {
	t            *testing.T
	dir          string
	now          time.Time
	app          *app
	user         orchestrator.User
	conversation string
	turn         orchestrator.Turn
	where        string
}

func (p *play) start() {
	o := &options{Backend: offlineName, Data: p.dir, Latency: "0", LogLevel: "warn", now: func() time.Time { return p.now }, noSync: true}
	app, err := open(context.Background(), o, "test")
	if err != nil {
		p.t.Fatal(err)
	}
	p.app = app
}

func (p *play) stop() {
	if err := p.app.Close(); err != nil {
		p.t.Error(err)
	}
}

func (p *play) line(line string) {
	verb, rest, _ := strings.Cut(line, " ")
	fields := strings.Fields(rest)
	switch {
	case line == "" || strings.HasPrefix(line, "#"):
	case strings.HasPrefix(line, ">"):
		p.say(strings.TrimPrefix(strings.TrimPrefix(line, ">"), " "))
	case verb == "as" && len(fields) == 1:
		user, err := p.app.shop.Directory().Lookup(p.t.Context(), rest)
		if err != nil {
			p.t.Fatal(p.where, err)
		}
		p.user, p.conversation = user, p.app.kernel.NewConversation()
	case verb == "new":
		p.conversation = p.app.kernel.NewConversation()
	case verb == "restart":
		p.stop()
		p.start()
	case verb == "later":
		d, err := time.ParseDuration(rest)
		if err != nil {
			p.t.Fatal(p.where, err)
		}
		p.now = p.now.Add(d)
	case !p.expect(verb, rest, fields):
		p.t.Errorf("%s\n  the turn: %s", p.where, p.describe())
	}
}

func (p *play) say(message string) {
	turn, err := p.app.kernel.Turn(p.t.Context(), orchestrator.Request{Conversation: p.conversation, User: p.user, Message: message})
	if err != nil {
		p.t.Fatal(p.where, err)
	}
	p.turn = turn
	if p.turn.Answer != orchestrator.Printable(p.turn.Answer) || p.turn.Answer == "" {
		p.t.Errorf("%s\n  the answer is empty or not printable: %q", p.where, p.turn.Answer)
	}
}

// expect tells whether what a line expects is so.
func (p *play) expect(verb, rest string, fields []string) bool {
	answer := strings.ToLower(p.turn.Answer)
	has := func(fits func(orchestrator.StepRecord) bool) bool { return slices.ContainsFunc(p.turn.Steps, fits) }
	switch {
	case verb == "kind":
		return string(p.turn.Kind) == rest
	case verb == "says":
		return strings.Contains(answer, strings.ToLower(rest))
	case verb == "not":
		return !strings.Contains(answer, strings.ToLower(rest))
	case verb == "step" && len(fields) >= 2:
		return has(func(s orchestrator.StepRecord) bool {
			for _, want := range fields[2:] {
				if string(s.Route) != want && (s.Error == nil || s.Error.Code != want) {
					return false
				}
			}
			return s.Intent == fields[0] && string(s.Status) == fields[1]
		})
	case verb == "nostep":
		return !has(func(s orchestrator.StepRecord) bool { return s.Intent == rest && s.Status != orchestrator.StepSkipped })
	case verb == "arg" && len(fields) >= 3:
		value := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(rest, fields[0])), fields[1]))
		return has(func(s orchestrator.StepRecord) bool {
			return s.Intent == fields[0] && fmt.Sprint(s.Args[fields[1]]) == value
		})
	case verb == "met" && len(fields) == 2:
		return has(func(s orchestrator.StepRecord) bool {
			c := s.Condition
			return s.Intent == fields[0] && c != nil && c.Met != nil && fmt.Sprint(*c.Met) == fields[1] && c.By == "cel" && c.Text != "" && c.Expr != ""
		})
	}
	p.t.Fatalf("%s: no such line is known", p.where)
	return false
}

func (p *play) describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %q", p.turn.Kind, p.turn.Answer)
	for _, s := range p.turn.Steps {
		fmt.Fprintf(&b, "\n    %s %s %s %v", s.Intent, s.Status, s.Route, s.Args)
		if s.Condition != nil {
			fmt.Fprintf(&b, " if %s", s.Condition.Expr)
		}
		if s.Error != nil {
			fmt.Fprintf(&b, " %s", s.Error.Code)
		}
	}
	return b.String()
}
