package policy

import (
	"encoding/json"
	"slices"
	"sync"

	"banyan/orchestrator"
)

// Estimator guesses from above how many tokens a call takes, before it is made.
// The zero value is a sensible one.
//
// A token is taken to be two bytes long. English is nearer to four and JSON to
// three; scripts with three bytes a character come to one or two tokens for each.
type Estimator struct {
	// Prompt is the size of the instructions that a backend adds to the request
	// (4,000 tokens), Output the most that it lets the model write (2,000).
	Prompt, Output int
	// Intents is how many intents of the catalog the prompt of a plan shows at most
	// (40); the largest are counted.
	Intents int
	// Func replaces all of this for backends that know better; may be nil. Exactly
	// one of the requests is set.
	Func func(skill Skill, plan *orchestrator.PlanRequest, judge *orchestrator.JudgeRequest, respond *orchestrator.RespondRequest) (input, output int)
}

const bytesPerToken = 2

// estimate is an Estimator at work.
type estimate struct {
	Estimator
	catalogs sizes
}

func newEstimate(e Estimator) *estimate {
	setDefault(&e.Prompt, 4000)
	setDefault(&e.Output, 2000)
	setDefault(&e.Intents, 40)
	return &estimate{Estimator: e}
}

func (e *estimate) size(x *exchange) (input, output int) {
	if e.Func != nil {
		return e.Func(x.skill, x.plan, x.judge, x.respond)
	}
	bytes := 0
	switch x.skill {
	case Plan:
		r := x.plan
		bytes = len(r.Message) + turnsSize(r.Conversation) + turnsSize(r.Digest) + planSize(r.Rejected)
		for _, p := range r.Problems {
			bytes += len(p)
		}
		bytes += e.catalogs.of(r.Catalog, e.Intents)
	case Judge:
		bytes = len(x.judge.Condition) + stepsSize(x.judge.Steps)
	case Respond:
		r := x.respond
		bytes = len(r.Message) + len(r.Preface) + stepsSize(r.Steps) + turnsSize(r.Conversation)
	}
	return e.Prompt + bytes/bytesPerToken + 1, e.Output
}

// frame is what the fields of a turn or step take beside their contents.
const frame = 60

func turnsSize(turns []orchestrator.Turn) int {
	n := 0
	for i := range turns {
		t := &turns[i]
		n += frame + len(t.Message) + len(t.Answer) + stepsSize(t.Steps) + planSize(t.Plan)
	}
	return n
}

func stepsSize(steps []orchestrator.StepRecord) int {
	n := 0
	for i := range steps {
		s := &steps[i]
		n += frame + len(s.ID) + len(s.Intent) + len(s.Text) + len(s.Sentence) + valueSize(s.Args) + valueSize(s.Result)
		if s.Error != nil {
			n += len(s.Error.Code) + len(s.Error.Message)
		}
		if s.Condition != nil {
			n += len(s.Condition.Text) + len(s.Condition.Expr)
		}
	}
	return n
}

func planSize(p *orchestrator.Plan) int {
	if p == nil {
		return 0
	}
	n := frame + len(p.Text)
	for i := range p.Steps {
		s := &p.Steps[i]
		n += frame + len(s.ID) + len(s.Intent) + len(s.For) + len(s.Text)
		for name, a := range s.Args {
			n += len(name) + len(a.Ref) + len(a.Text) + valueSize(a.Value) + 8
		}
		if s.When != nil {
			n += len(s.When.Text) + len(s.When.Expr)
		}
	}
	return n
}

// valueSize is about the length of a value in JSON.
func valueSize(v any) int {
	n := 2
	switch t := v.(type) {
	case string:
		n += len(t)
	case []any:
		for _, e := range t {
			n += 1 + valueSize(e)
		}
	case map[string]any:
		for k, e := range t {
			n += 4 + len(k) + valueSize(e)
		}
	default:
		n += 12
	}
	return n
}

// sizes remembers how large the intents of the last catalog are.
type sizes struct {
	mu      sync.Mutex // guards what follows
	version string
	largest []int // of each intent as JSON, largest first
}

// of returns the size of the n largest intents of a catalog.
func (s *sizes) of(c *orchestrator.Catalog, n int) int {
	if c == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.version != c.Version() {
		s.version, s.largest = c.Version(), s.largest[:0]
		for _, e := range c.Intents() {
			data, _ := json.Marshal(e.Intent) // the catalog has marshalled it before
			s.largest = append(s.largest, len(data))
		}
		slices.SortFunc(s.largest, func(a, b int) int { return b - a })
	}
	sum := 0
	for _, size := range s.largest[:min(n, len(s.largest))] {
		sum += size
	}
	return sum
}
