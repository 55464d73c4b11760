package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/backends/openai/fake"
	"banyan/orchestrator"
)

// TestNothingPersonalIsSent plays all conversation files through a model that is
// reached as a remote one, and searches every byte that reaches it for everybody's
// emails, phones, addresses and names. The model plans and answers what the offline
// backend would, in terms of the placeholders that it was given, so the conversations
// must come out as the files say.
func TestNothingPersonalIsSent(t *testing.T) {
	var files []string
	for _, glob := range []string{"testdata/conversations/*.txt", "testdata/patterns/*.txt"} {
		found, err := filepath.Glob(glob)
		if err != nil || len(found) == 0 {
			t.Fatalf("no conversations: %v", err)
		}
		files = append(files, found...)
	}
	secrets := mustSecrets(t)
	t.Setenv("OPENAI_API_KEY", canary)
	var mu sync.Mutex
	requests, holders, bytes := 0, 0, 0
	seen := map[string]bool{}
	t.Run("Files", func(t *testing.T) {
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
				t.Parallel()
				p := playPrivately(t, file, privacyOn)
				mu.Lock()
				defer mu.Unlock()
				for _, r := range p.model.Requests() {
					requests++
					bytes += len(r.Body)
					holders += len(placeholders.FindAll(r.Body, -1))
					for _, what := range secrets.search(t, seen, r.Body) {
						t.Error(what)
					}
				}
			})
		}
	})
	t.Logf("%d requests, %d bytes, %d placeholders", requests, bytes, holders)
	if requests < 250 || holders < 1000 {
		t.Errorf("only %d requests with %d placeholders were searched", requests, holders)
	}
}

// placeholders as they stand in a body, where JSON may have escaped the brackets.
var placeholders = regexp.MustCompile(`(?:<|\\u003c)(?:email|phone|address|name|card|text)-\d+(?:\.\d+)?(?:>|\\u003e)`)

// secretsOf are what must not be found: patterns over a text in lower case, with all
// its digits.
type secretsOf struct {
	words  *regexp.Regexp
	phones []string // digits, without the country
}

func mustSecrets(t *testing.T) secretsOf {
	t.Helper()
	data, err := os.ReadFile("testdata/shop.json")
	if err != nil {
		t.Fatal(err)
	}
	var shop struct {
		People []struct{ Email, Name, Phone, Address string }
	}
	if err := json.Unmarshal(data, &shop); err != nil || len(shop.People) < 40 {
		t.Fatalf("%d people: %v", len(shop.People), err)
	}
	var words []string
	var s secretsOf
	for _, p := range shop.People {
		street, _, _ := strings.Cut(p.Address, ",")
		for _, w := range append(strings.Fields(p.Name), p.Email, p.Name, p.Address, street) {
			if w != "" {
				words = append(words, regexp.QuoteMeta(strings.ToLower(w)))
			}
		}
		if digits := onlyDigits(p.Phone); digits != "" {
			s.phones = append(s.phones, digits, digits[len(digits)-8:])
		}
	}
	s.words = regexp.MustCompile(`(?:^|[^\pL\pN])(` + strings.Join(words, "|") + `)(?:[^\pL\pN]|$)`)
	return s
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

var spaced = regexp.MustCompile(`[0-9][0-9 ().+/-]*[0-9]`)

// search returns what stands of the secrets in a body, as it was sent and as it is
// read without the escapes of JSON. Lines that seen has are not searched again.
func (s secretsOf) search(t *testing.T, seen map[string]bool, body []byte) (found []string) {
	t.Helper()
	var fields any
	if err := json.Unmarshal(body, &fields); err != nil {
		t.Fatal(err)
	}
	lines := append(strings.Split(string(body), `\n`), strings.Split(fmt.Sprint(fields), "\n")...)
	for _, line := range lines {
		if seen[line] {
			continue
		}
		seen[line] = true
		in := strings.ToLower(line)
		if at := s.words.FindStringSubmatchIndex(in); at != nil {
			found = append(found, fmt.Sprintf("%q was sent: …%s…", in[at[2]:at[3]], in[max(0, at[2]-80):min(len(in), at[3]+80)]))
		}
		for _, n := range spaced.FindAllString(in, -1) {
			digits := onlyDigits(n)
			for _, p := range s.phones {
				if strings.Contains(digits, p) {
					found = append(found, fmt.Sprintf("the phone number %s was sent: %s", p, n))
				}
			}
		}
	}
	return found
}

// TestSearchFinds shows that the search would find something: it does where
// personal data is sent.
func TestSearchFinds(t *testing.T) {
	secrets := mustSecrets(t)
	t.Setenv("OPENAI_API_KEY", canary)
	p := playPrivately(t, "testdata/conversations/11-first-names.txt", privacyOff)
	found := ""
	for _, r := range p.model.Requests() {
		found += strings.Join(secrets.search(t, map[string]bool{}, r.Body), "\n")
	}
	for _, what := range []string{"ada@example.com", "sam rivera", "ben@example.com", "4740000200"} {
		if !strings.Contains(strings.ToLower(found), what) {
			t.Errorf("%q was not found in what was sent in clear", what)
		}
	}
}

// privatePlay is a conversation file whose turns go through a model.
type privatePlay struct {
	play
	privacy string
	model   *fake.Server
	twin    *twin
}

func playPrivately(t *testing.T, file, privacy string) *privatePlay {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := &privatePlay{privacy: privacy, play: play{t: t, dir: t.TempDir(), now: newHand(time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC))}, twin: &twin{t: t}}
	p.model = fake.New(p.twin.reply)
	t.Cleanup(p.model.Close)
	p.open()
	defer p.stop()
	for n, line := range strings.Split(string(data), "\n") {
		p.where = fmt.Sprintf("%s:%d: %s", filepath.Base(file), n+1, line)
		line = strings.TrimRight(line, " \r")
		verb, rest, _ := strings.Cut(line, " ")
		switch verb {
		case "restart":
			p.stop()
			p.open()
		case "plan":
			plan, err := orchestrator.DecodePlan([]byte(rest))
			if err != nil {
				t.Fatal(p.where, err)
			}
			p.twin.offline.plans = append(p.twin.offline.plans, plan)
		default:
			p.line(line)
		}
	}
	return p
}

func (p *privatePlay) open() {
	p.t.Helper()
	o := &options{
		Backend: "openai", BaseURL: p.model.URL, Privacy: p.privacy, Data: p.dir, Latency: "0", LogLevel: "warn",
		now: p.now.read, noSync: true,
	}
	app, err := open(p.t.Context(), o, "test")
	if err != nil {
		p.t.Fatal(err)
	}
	offline, _, err := app.backends.open(p.t.Context(), offlineName)
	if err != nil {
		p.t.Fatal(err)
	}
	p.app, p.twin.Backend, p.twin.offline = app, app.backend, &scripted{Backend: offline}
	if err := app.kernel.Use(p.t.Context(), p.twin); err != nil {
		p.t.Fatal(err)
	}
}

// twin stands before the model and knows the request in clear. What the offline
// backend replies to it, the model replies with the placeholders of its prompt.
type twin struct {
	orchestrator.Backend // the model, as the program has made it
	t                    *testing.T
	offline              *scripted

	mu    sync.Mutex // guards what follows
	next  string     // the reply in clear
	clear []pair     // texts that stand in the prompt
}

// pair is a text in clear and where it stands in the prompt.
type pair struct{ real, lead, end string }

func (w *twin) Plan(ctx context.Context, req orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	reply, err := w.offline.Plan(ctx, req)
	if err != nil {
		return reply, err
	}
	w.set(wireText(w.t, reply.Plan), req.User, req.Message, req.Done)
	return w.Backend.Plan(ctx, req)
}

func (w *twin) Judge(ctx context.Context, req orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	v, err := w.offline.Judge(ctx, req)
	if err != nil {
		return v, err
	}
	met := "null"
	if v.Known {
		met = fmt.Sprint(v.Met)
	}
	w.set(`{"met":`+met+`,"why":""}`, orchestrator.User{}, "", nil)
	return w.Backend.Judge(ctx, req)
}

func (w *twin) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	reply, err := w.offline.Respond(ctx, req, func(string) {})
	if err != nil {
		return reply, err
	}
	w.set(reply.Text, req.User, req.Message, req.Steps)
	return w.Backend.Respond(ctx, req, emit)
}

func (w *twin) set(next string, user orchestrator.User, message string, steps []orchestrator.StepRecord) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next, w.clear = next, nil
	w.clear = append(w.clear, pair{user.Name + " <" + user.Email + ">, ", "Who asks: ", "\n"}, pair{message, `name="message">` + "\n", "\n</data-"})
	var fields func(v any, key string)
	fields = func(v any, key string) {
		switch t := v.(type) {
		case string:
			w.clear = append(w.clear, pair{t, fmt.Sprintf("%q:\"", key), `"`})
		case []any:
			for _, e := range t {
				fields(e, key)
			}
		case map[string]any:
			for k, e := range t {
				fields(e, k)
			}
		}
	}
	for _, s := range steps {
		fields(s.Args, "")
		fields(s.Result, "")
		if s.Sentence != "" {
			fields(s.Sentence, "does")
		}
	}
}

// reply is what the model says: the reply in clear, with the placeholders that stand
// in the prompt for what is personal in it.
func (w *twin) reply(r fake.Request) fake.Reply {
	w.mu.Lock()
	defer w.mu.Unlock()
	prompt := r.Messages[len(r.Messages)-1].Content
	known := map[string]string{} // in clear → placeholder
	for _, p := range w.clear {
		rest := prompt
		for {
			_, after, ok := strings.Cut(rest, p.lead)
			if !ok {
				break
			}
			rest = after
			masked, _, _ := strings.Cut(after, p.end)
			align(known, p.real, masked)
		}
	}
	var swaps []string
	for real, holder := range known {
		swaps = append(swaps, real, holder)
	}
	pairs := slices.Collect(slices.Chunk(swaps, 2))
	slices.SortFunc(pairs, func(a, b []string) int { return len(b[0]) - len(a[0]) })
	text := w.next
	for i, p := range pairs { // through marks, so that nothing is replaced in a placeholder
		text = regexp.MustCompile(`(^|[^\pL\pN])`+regexp.QuoteMeta(p[0])+`([^\pL\pN]|$)`).ReplaceAllString(text, fmt.Sprintf("${1}\x00%d\x00${2}", i))
	}
	for i, p := range pairs {
		text = strings.ReplaceAll(text, fmt.Sprintf("\x00%d\x00", i), p[1])
	}
	if r.Schema != "" || r.Tool != "" || r.Format != "" {
		return fake.JSON(r, text)
	}
	return fake.Reply{Text: text}
}

// align finds what each placeholder of a masked text stands for.
func align(known map[string]string, real, masked string) {
	found := placeholders.FindAllString(masked, -1)
	if len(found) == 0 {
		return
	}
	parts := placeholders.Split(masked, -1)
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	m := regexp.MustCompile(`(?s)^` + strings.Join(parts, "(.+?)")).FindStringSubmatch(real)
	if len(parts) > 1 && parts[len(parts)-1] == "" {
		m = regexp.MustCompile(`(?s)^` + strings.Join(parts, "(.+?)") + `$`).FindStringSubmatch(real)
	}
	for i := 1; i < len(m); i++ {
		if len(m[i]) > 2 {
			known[m[i]] = found[i-1]
		}
	}
}

// wireText writes a plan in the form in which the model replies.
func wireText(t *testing.T, p orchestrator.Plan) string {
	t.Helper()
	opt := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	steps := []any{}
	for _, s := range p.Steps {
		args := []any{}
		for n, a := range s.Args {
			v := a.Value
			switch v.(type) {
			case []any, map[string]any:
				data, err := json.Marshal(v)
				if err != nil {
					t.Error(err)
				}
				v = string(data)
			}
			args = append(args, map[string]any{"name": n, "value": v, "ref": opt(a.Ref), "text": opt(a.Text)})
		}
		var when any
		if s.When != nil {
			when = map[string]any{"text": s.When.Text, "expr": opt(s.When.Expr)}
		}
		var most any
		if s.Max > 0 {
			most = s.Max
		}
		steps = append(steps, map[string]any{
			"id": s.ID, "intent": s.Intent, "for": opt(s.For), "args": args, "when": when, "otherwise": opt(s.Otherwise), "for_each": opt(s.ForEach),
			"max": most, "after": append([]string{}, s.After...), "lookup": s.Lookup, "text": s.Text,
		})
	}
	var missing any
	if m := p.Missing; m != nil {
		missing = map[string]any{"step": m.Step, "param": m.Param, "options": append([]string{}, m.Options...)}
	}
	out := &strings.Builder{}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(map[string]any{"kind": p.Kind, "text": p.Text, "steps": steps, "missing": missing, "partly": p.Partly}); err != nil {
		t.Error(err)
	}
	return strings.TrimSpace(out.String())
}
