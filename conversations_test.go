package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
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
//	outcome OUTCOME           how the changes of the turn stand
//	goal                      the turns from here on are in goal mode
//	plan JSON                 what a model plans next, in place of the offline backend
//	rounds N                  so many plans were made
func TestConversations(t *testing.T) { playFiles(t, "testdata/conversations/*.txt") }

// hand is a clock that a file moves on, and that the program looks at from anywhere.
type hand struct {
	mu sync.Mutex // guards at
	at time.Time
}

func newHand(at time.Time) *hand { return &hand{at: at} }

func (h *hand) read() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at
}

func (h *hand) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at = h.at.Add(d)
}

// TestPatterns plays the conversations of docs/patterns.md, one for each pattern, in
// the same form.
func TestPatterns(t *testing.T) { playFiles(t, "testdata/patterns/*.txt") }

func playFiles(t *testing.T, glob string) {
	files, err := filepath.Glob(glob)
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
			p := &play{t: t, dir: t.TempDir(), now: newHand(time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC))}
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
	now          *hand
	app          *app
	user         orchestrator.User
	conversation string
	turn         orchestrator.Turn
	goal         bool
	planned      *scripted
	where        string
}

// scripted is a backend that plans what a file says, and leaves the rest to the one
// that it stands before.
type scripted struct {
	orchestrator.Backend
	plans []orchestrator.Plan
}

func (b *scripted) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	if len(b.plans) == 0 {
		return b.Backend.Plan(ctx, req)
	}
	next := b.plans[0]
	b.plans = b.plans[1:]
	return orchestrator.PlanReply{Plan: next}, nil
}

func (p *play) start() {
	o := &options{Backend: offlineName, Data: p.dir, Latency: "0", LogLevel: "warn", Harm: noPace, now: p.now.read, noSync: true}
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
	case verb == "goal":
		p.goal = true
	case verb == "plan":
		plan, err := orchestrator.DecodePlan([]byte(rest))
		if err != nil {
			p.t.Fatal(p.where, err)
		}
		if p.planned == nil {
			offline, _, err := p.app.backends.open(p.t.Context(), offlineName)
			if err != nil {
				p.t.Fatal(p.where, err)
			}
			p.planned = &scripted{Backend: offline}
			if err := p.app.kernel.Use(p.t.Context(), p.planned); err != nil {
				p.t.Fatal(p.where, err)
			}
		}
		p.planned.plans = append(p.planned.plans, plan)
	case verb == "restart":
		p.stop()
		p.start()
	case verb == "later":
		d, err := time.ParseDuration(rest)
		if err != nil {
			p.t.Fatal(p.where, err)
		}
		p.now.move(d)
	case !p.expect(verb, rest, fields):
		p.t.Errorf("%s\n  the turn: %s", p.where, p.describe())
	}
}

func (p *play) say(message string) {
	turn, err := p.app.kernel.Turn(p.t.Context(), orchestrator.Request{Conversation: p.conversation, User: p.user, Message: message, Goal: p.goal})
	if err != nil {
		p.t.Fatal(p.where, err)
	}
	p.turn = turn
	if p.turn.Answer != orchestrator.Printable(p.turn.Answer) || p.turn.Answer == "" {
		p.t.Errorf("%s\n  the answer is empty or not printable: %q", p.where, p.turn.Answer)
	}
	if untrusted(turn) {
		p.t.Errorf("%s\n  an argument was not trusted: %s", p.where, p.describe())
	}
}

// expect tells whether what a line expects is so.
func (p *play) expect(verb, rest string, fields []string) bool {
	answer := strings.ToLower(p.turn.Answer)
	has := func(fits func(orchestrator.StepRecord) bool) bool { return slices.ContainsFunc(p.turn.Steps, fits) }
	switch {
	case verb == "kind":
		return string(p.turn.Kind) == rest
	case verb == "outcome":
		return string(p.turn.Outcome) == rest
	case verb == "rounds":
		return strconv.Itoa(p.turn.Rounds) == rest
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
