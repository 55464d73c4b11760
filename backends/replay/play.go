package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"banyan/orchestrator"
)

// CodeNotRecorded is the code of the error for a request that the recording does
// not hold.
const CodeNotRecorded = "backend_not_recorded"

// ErrNotRecorded is the cause of that error.
var ErrNotRecorded = errors.New("the recording does not hold this exchange")

const (
	name    = "replay"
	version = "1.0.0"
)

// Player is a Backend that repeats what a recording holds. It asks no model, so
// nothing it returns has a cost; tokens and model calls are those that were
// recorded. It is safe for concurrent use.
//
// A request gets the reply to the same request, if it was recorded, else that to
// the same message within the same skill. Where there are several, they come in the
// order of the recording, and the last again and again.
type Player struct {
	head   header
	lines  []line
	people people
	see    Recogniser

	mu     sync.Mutex // guards what follows
	byHash map[string]*queue
	bySaid map[string]*queue
	used   []bool // per line
}

// queue holds the numbers of lines that answer the same request, those before next
// are used.
type queue struct {
	lines []int
	next  int
}

// Open reads a recording. The error wraps ErrFormat if it is none.
func Open(r io.Reader) (*Player, error) {
	head, lines, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("opening the recording: %w", err)
	}
	p := &Player{head: head, lines: lines, byHash: map[string]*queue{}, bySaid: map[string]*queue{}, used: make([]bool, len(lines))}
	for i, l := range lines {
		enqueue(p.byHash, l.Skill+l.Hash, i)
		enqueue(p.bySaid, l.Skill+l.Said, i)
	}
	return p, nil
}

// Recognise makes the player look for personal data as the recorder did. It is called
// before the first request.
func (p *Player) Recognise(see Recogniser) *Player {
	p.see = see
	return p
}

func enqueue(queues map[string]*queue, key string, i int) {
	q := queues[key]
	if q == nil {
		q = &queue{}
		queues[key] = q
	}
	q.lines = append(q.lines, i)
}

// Describe says that this is a replay, and of which model.
func (p *Player) Describe(context.Context) (orchestrator.BackendInfo, error) {
	return orchestrator.BackendInfo{
		Name: name, Version: version, Contract: orchestrator.ContractVersion, Model: p.head.Model,
		Local: true, Capabilities: p.head.Capabilities, Price: &orchestrator.Price{},
	}, nil
}

// Plan implements orchestrator.Backend.
func (p *Player) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	p.people.remember(ctx, group{req.User, req.Subject, req.People})
	q := planRequest(p.see, nil, req)
	l, err := p.next(ctx, q)
	if err != nil {
		return orchestrator.PlanReply{}, err
	}
	reply := orchestrator.PlanReply{Usage: p.usage(l)}
	if l.Plan != nil {
		reply.Plan = plan(*l.Plan, q.mask.restore)
	}
	return reply, l.failure(q)
}

// Judge implements orchestrator.Backend.
func (p *Player) Judge(ctx context.Context, req orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	q := judgeRequest(p.see, nil, p.people.recall(ctx), req)
	l, err := p.next(ctx, q)
	if err != nil {
		return orchestrator.Verdict{}, err
	}
	v := orchestrator.Verdict{Usage: p.usage(l)}
	if l.Verdict != nil {
		v.Met, v.Known, v.Why = l.Verdict.Met, l.Verdict.Known, q.mask.restore(l.Verdict.Why)
	}
	return v, l.failure(q)
}

// Respond implements orchestrator.Backend. The answer comes in words.
func (p *Player) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(delta string)) (orchestrator.Reply, error) {
	q := respondRequest(p.see, nil, req)
	l, err := p.next(ctx, q)
	if err != nil {
		return orchestrator.Reply{}, err
	}
	reply := orchestrator.Reply{Text: q.mask.restore(l.Text), Usage: p.usage(l)}
	for word := range strings.SplitAfterSeq(reply.Text, " ") {
		if err := ctx.Err(); err != nil {
			return orchestrator.Reply{Usage: reply.Usage}, err
		}
		if word != "" {
			emit(word)
		}
	}
	return reply, l.failure(q)
}

// next finds the line that answers a request, and lets its mask know what the
// line's spans mean.
func (p *Player) next(ctx context.Context, q *request) (*line, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p.mu.Lock()
	i, ok := p.take(p.byHash[q.skill+q.hash])
	if !ok {
		i, ok = p.take(p.bySaid[q.skill+q.said])
	}
	p.mu.Unlock()
	if !ok {
		return nil, p.missing(q)
	}
	l := &p.lines[i]
	for _, s := range l.Spans {
		if s.At >= 0 && s.Length >= 0 && s.At <= len(q.plain) && s.Length <= len(q.plain)-s.At {
			q.mask.values[s.Name] = q.mask.restore(q.plain[s.At : s.At+s.Length])
		}
	}
	return l, nil
}

// take returns the first line of a queue that was not used, or the last; mu is
// held.
func (p *Player) take(q *queue) (int, bool) {
	if q == nil {
		return 0, false
	}
	for ; q.next < len(q.lines); q.next++ {
		if i := q.lines[q.next]; !p.used[i] {
			p.used[i] = true
			return i, true
		}
	}
	return q.lines[len(q.lines)-1], true
}

func (p *Player) missing(q *request) error {
	n := 0
	for i := range p.lines {
		if p.lines[i].Skill == q.skill {
			n++
		}
	}
	what := map[string]string{skillPlan: "message", skillJudge: "condition", skillRespond: "message"}[q.skill]
	return &orchestrator.Error{
		Code: CodeNotRecorded, Cause: fmt.Errorf("%w: %s %q (%s)", ErrNotRecorded, q.skill, q.message, q.hash),
		Message: fmt.Sprintf("This %s is not in the recording, which holds %d exchanges of the kind %q. Nothing was asked of a model. Say what was said when it was recorded, or choose another backend with /model or --backend.", what, n, q.skill),
	}
}

func (p *Player) usage(l *line) orchestrator.Usage {
	u := l.Usage
	u.Backend, u.CostUSD = name, 0
	return u
}

// failure is the error that was recorded, or nil.
func (l *line) failure(q *request) error {
	if l.Error == nil {
		return nil
	}
	return &orchestrator.Error{Code: l.Error.Code, Message: q.mask.restore(l.Error.Message)}
}
