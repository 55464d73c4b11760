package replay

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"banyan/orchestrator"
)

// request is what is asked in one exchange, with its personal data masked.
type request struct {
	skill string
	mask  *mask
	// plain is the message masked by what is known of people and by patterns alone,
	// message by everything.
	plain, message string
	hash, said     string
}

// contents is what the hash of a request is taken over: no times, no IDs of turns,
// no durations.
type contents struct {
	Skill        string
	Message      string
	Preface      string
	Roles        [2]orchestrator.Role
	Self         bool // the subject is the user
	People       int
	Catalog      string
	Steps        []step
	Conversation []turn
	Digest       []turn
	Rejected     *orchestrator.Plan
	Problems     []string
	Goal         bool   `json:",omitempty"`
	Done         []step `json:",omitempty"`
	Answered     string `json:",omitempty"` // the answer that was refused
}

type turn struct {
	Message, Answer string
	Kind            orchestrator.TurnKind
	Steps           []step
	Plan            *orchestrator.Plan
}

type step struct {
	ID, Intent, For string
	Status          orchestrator.StepStatus
	Args, Result    any
	Error           *failure
	Condition       *orchestrator.Decided
	Sentence        string
}

func planRequest(see Recogniser, secrets []string, r orchestrator.PlanRequest) *request {
	q := &request{skill: skillPlan, mask: newMask(secrets, r.User, r.Subject, r.People)}
	q.mask.see = see
	q.begin(r.Message, r.Done, r.Conversation, r.Digest)
	q.end(contents{
		Roles: [2]orchestrator.Role{r.User.Role, r.Subject.Role}, Self: r.User.Email == r.Subject.Email, People: len(r.People),
		Catalog: versionOf(r.Catalog), Conversation: q.turns(r.Conversation), Digest: q.turns(r.Digest),
		Rejected: q.planned(r.Rejected), Problems: q.texts(r.Problems), Goal: r.Goal, Done: q.steps(r.Done),
	})
	return q
}

func judgeRequest(see Recogniser, secrets []string, g group, r orchestrator.JudgeRequest) *request {
	q := &request{skill: skillJudge, mask: newMask(secrets, g.user, g.subject, g.others)}
	q.mask.see = see
	q.begin(r.Condition, r.Steps)
	q.end(contents{Steps: q.steps(r.Steps)})
	return q
}

func respondRequest(see Recogniser, secrets []string, r orchestrator.RespondRequest) *request {
	q := &request{skill: skillRespond, mask: newMask(secrets, r.User, r.Subject, nil)}
	q.mask.see = see
	q.begin(r.Message, r.Steps, r.Conversation)
	q.end(contents{
		Preface: q.text(r.Preface), Roles: [2]orchestrator.Role{r.User.Role, r.Subject.Role}, Self: r.User.Email == r.Subject.Email,
		Catalog: versionOf(r.Catalog), Steps: q.steps(r.Steps), Conversation: q.turns(r.Conversation),
		Answered: q.text(r.Rejected), Problems: q.texts(r.Problems),
	})
	return q
}

// begin masks the message by itself, so that its placeholders do not depend on
// anything else, and then learns what stands in the fields of results.
func (q *request) begin(message string, steps []orchestrator.StepRecord, turns ...[]orchestrator.Turn) {
	q.plain = q.mask.text(message)
	q.said = hash(q.skill, q.plain)
	learn := func(steps []orchestrator.StepRecord) {
		for i := range steps {
			q.mask.fields(steps[i].Args)
			q.mask.fields(steps[i].Result)
		}
	}
	learn(steps)
	for _, ts := range turns {
		for i := range ts {
			learn(ts[i].Steps)
		}
	}
}

func (q *request) end(c contents) {
	q.message = q.mask.text(q.mask.restore(q.plain))
	c.Skill, c.Message = q.skill, q.plain
	data, err := json.Marshal(c)
	if err != nil { // a value that is not of JSON's shape: then the message has to do
		data = []byte(q.plain)
	}
	q.hash = hash(q.skill, string(data))
}

func hash(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:12])
}

func versionOf(c *orchestrator.Catalog) string {
	if c == nil {
		return ""
	}
	return c.Version()
}

// moment matches dates and times as services write them.
var moment = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?`)

// text masks a text for the hash, and takes times out.
func (q *request) text(s string) string {
	s = q.mask.text(s)
	if strings.Count(s, "-") < 2 {
		return s
	}
	return moment.ReplaceAllString(s, "<time>")
}

func (q *request) texts(in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, q.text(s))
	}
	return out
}

func (q *request) turns(in []orchestrator.Turn) []turn {
	var out []turn
	for i := range in {
		t := &in[i]
		out = append(out, turn{q.text(t.Message), q.text(t.Answer), t.Kind, q.steps(t.Steps), q.planned(t.Plan)})
	}
	return out
}

func (q *request) steps(in []orchestrator.StepRecord) []step {
	var out []step
	for i := range in {
		s := &in[i]
		one := step{
			ID: s.ID, Intent: s.Intent, For: q.text(s.For), Status: s.Status, Sentence: q.text(s.Sentence),
			Args: value(s.Args, q.text), Result: value(s.Result, q.text),
		}
		if s.Error != nil {
			one.Error = &failure{s.Error.Code, q.text(s.Error.Message)}
		}
		if s.Condition != nil {
			c := *s.Condition
			c.Text, c.Expr = q.text(c.Text), q.text(c.Expr)
			one.Condition = &c
		}
		out = append(out, one)
	}
	return out
}

func (q *request) planned(p *orchestrator.Plan) *orchestrator.Plan {
	if p == nil {
		return nil
	}
	out := plan(*p, q.text)
	return &out
}

// plan returns a copy of a plan with f applied to all its texts.
func plan(p orchestrator.Plan, f func(string) string) orchestrator.Plan {
	p.Text = f(p.Text)
	steps := make([]orchestrator.Step, len(p.Steps))
	for i, s := range p.Steps {
		s.For, s.Text = f(s.For), f(s.Text)
		if s.Args != nil {
			args := make(map[string]orchestrator.Arg, len(s.Args))
			for _, name := range sortedKeys(s.Args) {
				a := s.Args[name]
				args[name] = orchestrator.Arg{Value: value(a.Value, f), Ref: f(a.Ref), Text: f(a.Text)}
			}
			s.Args = args
		}
		if s.When != nil {
			s.When = &orchestrator.Condition{Text: f(s.When.Text), Expr: f(s.When.Expr)}
		}
		steps[i] = s
	}
	if p.Steps != nil {
		p.Steps = steps
	}
	if p.Missing != nil {
		m := *p.Missing
		m.Options = nil
		for _, o := range p.Missing.Options {
			m.Options = append(m.Options, f(o))
		}
		p.Missing = &m
	}
	return p
}
