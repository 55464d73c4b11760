package openai

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/template"
	"time"

	oai "github.com/sashabaranov/go-openai"

	"banyan/orchestrator"
)

//go:embed prompts/*.tmpl
var promptFiles embed.FS

// How much of what was said and found goes into a prompt.
const (
	maxSteps       = 20    // of a plan
	maxTurnText    = 1500  // characters of one message or answer
	turnsInFull    = 4     // turns whose results are shown
	maxTurnResult  = 2500  // bytes of the results of one earlier turn
	maxStepResult  = 30000 // bytes of one result to be judged or told
	maxAllResults  = 90000 // bytes of all results to be judged or told
	maxConvMessage = 20000 // characters of the message
)

// prompts writes what a model is told.
type prompts struct {
	t *template.Template

	mu sync.Mutex // guards what follows
	// catalog is the one that was used last; what is known of it need not be written
	// again: its intents, and the whole system prompt of planning if it has all of
	// them.
	catalog *orchestrator.Catalog
	intents map[*orchestrator.Entry]string
	systems map[bool]string // by whether the form is asked for in words
}

func newPrompts() (*prompts, error) {
	t, err := template.New("").Option("missingkey=error").ParseFS(promptFiles, "prompts/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("reading the prompts: %w", err)
	}
	return &prompts{t: t}, nil
}

func (p *prompts) render(name string, data map[string]any) (string, error) {
	var b strings.Builder
	if err := p.t.ExecuteTemplate(&b, name+".tmpl", data); err != nil {
		return "", fmt.Errorf("writing the prompt %s: %w", name, err)
	}
	return strings.TrimSpace(b.String()), nil
}

// talk is a system and a user prompt.
func talk(system, user string) []oai.ChatCompletionMessage {
	return []oai.ChatCompletionMessage{{Role: oai.ChatMessageRoleSystem, Content: system}, {Role: oai.ChatMessageRoleUser, Content: user}}
}

// planSystem writes what a model is told whatever the message is.
func (p *prompts) planSystem(catalog *orchestrator.Catalog, chosen []*orchestrator.Entry, byWords bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.catalog != catalog || p.intents == nil {
		p.catalog, p.intents, p.systems = catalog, map[*orchestrator.Entry]string{}, map[bool]string{}
	}
	total := 0
	if catalog != nil {
		total = len(catalog.Intents())
	}
	if known := p.systems[byWords]; known != "" && len(chosen) == total {
		return known, nil
	}
	intents := make([]string, len(chosen))
	for i, e := range chosen {
		if p.intents[e] == "" {
			p.intents[e] = describe(e)
		}
		intents[i] = p.intents[e]
	}
	text, err := p.render("plan_system", map[string]any{
		"MaxSteps": maxSteps, "Intents": intents, "Total": total, "Chosen": len(chosen) < total, "JSONByWords": byWords,
	})
	if len(chosen) == total {
		p.systems[byWords] = text
	}
	return text, err
}

// plan writes the prompt for planning over the chosen intents.
func (p *prompts) plan(req orchestrator.PlanRequest, chosen []*orchestrator.Entry, f fence, byWords bool) ([]oai.ChatCompletionMessage, error) {
	system, err := p.planSystem(req.Catalog, chosen, byWords)
	if err != nil {
		return nil, err
	}
	var people []string
	for _, u := range tellable(req) {
		people = append(people, person(u))
	}
	user, err := p.render("plan_user", map[string]any{
		"Now": clockTime(req.Now), "User": person(req.User), "Subject": person(req.Subject), "People": strings.Join(people, ", "),
		"Tag":    f.tag,
		"Digest": f.transcript("other conversations, for reference only", req.Digest, 0), "Conversation": f.transcript("conversation", req.Conversation, turnsInFull),
		"Message": f.data("message", cut(req.Message, maxConvMessage)),
	})
	if err == nil && req.Goal {
		user, err = p.goal(user, req.Done, f)
	}
	messages := talk(system, user)
	if err != nil || req.Rejected == nil {
		return messages, err
	}
	return p.mend(messages, encodePlan(req.Rejected), req.Problems, f)
}

// goal adds to the prompt of a message what was done for it, and asks for the rest.
func (p *prompts) goal(user string, done []orchestrator.StepRecord, f fence) (string, error) {
	taken := make([]string, len(done))
	for i, s := range done {
		taken[i] = s.ID
	}
	text, err := p.render("plan_goal", map[string]any{
		"Tag": f.tag, "Done": f.data("done", stepList(done)), "Taken": strings.Join(taken, ", "), "MaxSteps": max(maxSteps-len(done), 1),
	})
	return user + "\n\n" + text, err
}

// mend adds a plan that was refused, with the reasons.
func (p *prompts) mend(messages []oai.ChatCompletionMessage, refused string, problems []string, f fence) ([]oai.ChatCompletionMessage, error) {
	var list strings.Builder
	for _, what := range problems {
		fmt.Fprintf(&list, "- %s\n", line(what, 600))
	}
	text, err := p.render("plan_mend", map[string]any{"Problems": f.data("problems", list.String())})
	if err != nil {
		return nil, err
	}
	return append(slices.Clone(messages),
		oai.ChatCompletionMessage{Role: oai.ChatMessageRoleAssistant, Content: cut(refused, 8000)},
		oai.ChatCompletionMessage{Role: oai.ChatMessageRoleUser, Content: text}), nil
}

// judge writes the prompt for deciding a condition.
func (p *prompts) judge(req orchestrator.JudgeRequest, f fence, byWords bool) ([]oai.ChatCompletionMessage, error) {
	system, err := p.render("judge_system", map[string]any{"JSONByWords": byWords})
	if err != nil {
		return nil, err
	}
	user, err := p.render("judge_user", map[string]any{
		"Now": clockTime(req.Now), "Tag": f.tag,
		"Results":   f.data("results", stepList(req.Steps)),
		"Condition": f.data("condition", cut(req.Condition, maxTurnText)),
	})
	return talk(system, user), err
}

// respond writes the prompt for answering.
func (p *prompts) respond(req orchestrator.RespondRequest, f fence) ([]oai.ChatCompletionMessage, error) {
	preface := ""
	if req.Preface != "" {
		preface = f.data("preface", cut(req.Preface, maxTurnText))
	}
	last := req.Conversation[max(0, len(req.Conversation)-turnsInFull):]
	system, err := p.render("respond_system", nil)
	if err != nil {
		return nil, err
	}
	user, err := p.render("respond_user", map[string]any{
		"Now": clockTime(req.Now), "User": person(req.User), "Subject": person(req.Subject), "Tag": f.tag,
		"Conversation": f.transcript("earlier in the conversation", last, 0),
		"Message":      f.data("message", cut(req.Message, maxConvMessage)),
		"Preface":      preface,
		"Results":      f.data("results", stepList(req.Steps)),
	})
	return talk(system, user), err
}

// transcript writes turns as data; the last few with what they found. It is empty
// if there are none.
func (f fence) transcript(name string, turns []orchestrator.Turn, inFull int) string {
	if len(turns) == 0 {
		return ""
	}
	var b strings.Builder
	for i, t := range turns {
		fmt.Fprintf(&b, "[%s] person: %s\n", t.At.Format("2006-01-02 15:04"), cut(t.Message, maxTurnText))
		fmt.Fprintf(&b, "program (%s): %s\n", t.Kind, cut(t.Answer, maxTurnText))
		if i < len(turns)-inFull {
			continue
		}
		if t.Kind == orchestrator.KindQuestion && t.Plan != nil {
			fmt.Fprintf(&b, "its plan so far: %s\n", encodePlan(t.Plan))
		}
		left := maxTurnResult
		for _, s := range t.Steps {
			said := clip(compact(told(s)), left)
			left = max(0, left-len(said))
			fmt.Fprintf(&b, "did: %s\n", said)
		}
	}
	return f.data(name, b.String())
}

// stepList writes what became of steps, one JSON object a line.
func stepList(steps []orchestrator.StepRecord) string {
	var b strings.Builder
	for _, s := range steps {
		said := clip(compact(told(s)), min(maxStepResult, max(0, maxAllResults-b.Len())))
		b.WriteString(said + "\n")
	}
	if len(steps) == 0 {
		return "(nothing)"
	}
	return b.String()
}

// toldStep is what a model is told of a step.
type toldStep struct {
	ID        string                  `json:"id"`
	Intent    string                  `json:"intent"`
	Status    orchestrator.StepStatus `json:"status"`
	Lookup    bool                    `json:"lookup,omitempty"`
	Asked     string                  `json:"asked,omitempty"`
	Does      string                  `json:"does,omitempty"`
	Condition *toldCondition          `json:"condition,omitempty"`
	Error     string                  `json:"error,omitempty"`
	Args      map[string]any          `json:"args,omitempty"`
	Result    map[string]any          `json:"result,omitempty"`
}

type toldCondition struct {
	Text string `json:"text"`
	Met  *bool  `json:"met,omitempty"`
}

func told(s orchestrator.StepRecord) toldStep {
	t := toldStep{
		ID: s.ID, Intent: s.Intent, Status: s.Status, Lookup: s.Lookup, Asked: cut(s.Text, 300), Does: s.Sentence,
		Args: s.Args, Result: s.Result,
	}
	if s.Error != nil {
		t.Error = s.Error.Message
	}
	if s.Condition != nil {
		t.Condition = &toldCondition{s.Condition.Text, s.Condition.Met}
	}
	return t
}

// compact writes JSON on one line without escaping for HTML.
func compact(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "{}"
	}
	return strings.TrimSpace(b.String())
}

// clip cuts a text to about n bytes and says so.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + " … (cut here: there is more)"
}

// person names a user on one line.
func person(u orchestrator.User) string {
	if u.Email == "" {
		return "nobody yet"
	}
	return line(fmt.Sprintf("%s <%s>, %s", u.Name, u.Email, u.Role), 200)
}

// clockTime writes the time as a model can use it.
func clockTime(t time.Time) string {
	return t.Format("Monday 2 January 2006, 15:04") + " (" + t.Format(time.RFC3339) + ")"
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
