package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"charm.land/fang/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/google/jsonschema-go/jsonschema"

	"banyan/memory"
	"banyan/orchestrator"
	"banyan/orchestrator/audit"
	"banyan/orchestrator/playbook"
	"banyan/tui"
)

// A sink is a place where text of others leaves the program. show returns what
// arrives there when users, services, models and files say w.payload wherever they
// can. A new sink is one line.
var sinks = []struct {
	name string
	show func(w *hostile) string
}{
	{"answers", func(w *hostile) string { return w.out.String() }},
	{"remarks on standard error", func(w *hostile) string { return w.err.String() }},
	{"answers as JSON", func(w *hostile) string {
		return w.print(func(out io.Writer) error {
			return forAll(w.turns, func(t orchestrator.Turn) error { return writeJSONLine(out, t) })
		})
	}},
	{"streamed deltas", func(w *hostile) string { return w.streamed }},
	{"conversations list", func(w *hostile) string { return w.command(listConversations(w.app.opts, false)) }},
	{"conversations list as JSON", func(w *hostile) string { return w.command(listConversations(w.app.opts, true)) }},
	{"conversations search", func(w *hostile) string { return w.print(func(out io.Writer) error { return printFound(out, w.turns) }) }},
	{"export as Markdown", func(w *hostile) string { return w.export("markdown") }},
	{"export as JSON", func(w *hostile) string { return w.export("json") }},
	{"intents", func(w *hostile) string {
		return w.print(func(out io.Writer) error { return printIntents(out, w.app.kernel.Catalog(), false) })
	}},
	{"intents as JSON", func(w *hostile) string {
		return w.print(func(out io.Writer) error { return printIntents(out, w.app.kernel.Catalog(), true) })
	}},
	{"errors", func(w *hostile) string {
		var b strings.Builder
		for _, err := range slices.Concat(w.errs, w.app.kernel.Problems(), []error{failed(errors.New(w.payload)), wrong("no %q, %s", w.payload, w.payload)}) {
			sayError(&b, fang.Styles{}, err)
		}
		return b.String()
	}},
	{"doctor", func(w *hostile) string {
		var b strings.Builder
		_ = printFindings(&b, []finding{{w.payload, "bad", w.payload, w.payload}, {what: "x", state: w.payload, detail: w.payload}}) // a bad finding is an error
		return b.String()
	}},
	{"log", func(w *hostile) string {
		w.app.logger.Error(w.payload, "cause", w.payload, w.payload, errors.New(w.payload))
		slog.New(slog.NewTextHandler(w.app.log, nil)).Error(w.payload, "cause", w.payload)
		_, _ = w.app.log.Write([]byte(w.payload))
		data, err := os.ReadFile(w.app.log.path)
		if err != nil || len(data) == 0 {
			w.t.Errorf("the log is empty: %v", err)
		}
		return string(data)
	}},
	{"playbook check", func(w *hostile) string {
		set, err := newPlaybooks(&options{Playbooks: w.dir}, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		return w.print(func(out io.Writer) error {
			file := filepath.Join(w.dir, "bad.yaml")
			text := fmt.Sprintf("name: %s\nsummary: %s\nsteps:\n  - intent: %s\n", w.payload, mustJSON(w.payload), mustJSON(w.payload))
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				return err
			}
			_ = checkPlaybooks(context.Background(), out, set, []string{file, filepath.Join(w.dir, strings.NewReplacer("/", "", "\x00", "").Replace(w.payload))})
			sayPlaybookProblems(out, set)
			return nil
		})
	}},
	{"eval verdicts", func(w *hostile) string {
		return w.print(func(out io.Writer) error {
			return writeJSONLine(out, map[string]any{"text": w.payload, w.payload: []string{w.payload}})
		})
	}},
	{"audit", func(w *hostile) string { return w.command(showAudit(auditFilter{})) }},
	{"audit as JSON", func(w *hostile) string { return w.command(showAudit(auditFilter{json: true})) }},
	{"events of the kernel", func(w *hostile) string { return strings.Join(w.said, "\n") }},
	{"the linear chat", func(w *hostile) string { return w.linear() }},
}

// payloads are the terminal payloads of garak and more of the kind.
func payloads(t testing.TB) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "attacks", "garak_terminal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var all []string
	for s := bufio.NewScanner(f); s.Scan(); {
		var line struct{ Text string }
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		all = append(all, line.Text)
	}
	if len(all) != 21 {
		t.Fatalf("%d payloads of garak, want 21", len(all))
	}
	return append(all,
		"\x1b]52;c;ZXZpbA==\x07", "\x1b]0;title\x07 x", "\x1b]2;title\x1b\\", "\x1b]7;file:///etc\x07", "\x1b]10;?\x07", "\x1b]1337;File=inline=1:AAAA\x07", "\x1b]9;note\x07",
		"\x1b[6n\x1b[c\x1b[>q\x1b[5n\x1b[?996n", "\x1b[2J\x1b[H\x1b[3J", "\x1b[?1049h\x1b[?1000h\x1b[?25l\x1b[?2004h", "\x1bP+q544e\x1b\\", "\x1b_Gf=24;AAAA\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\", "\x1bc\x1b#8\x1b7\x1b8",
		"\u009b6n\u009d0;title\u009c\u0090+q\u009c", "\x9b6n \x9d0;t\x9c", "\xc2\x9b2J", "\x05\x07\x08\x0b\x0c\x0e\x0f\x7f\x00", "over\rwritten", "\xff\xfe\xc0\x80\xed\xa0\x80",
		"\u202egnp.exe\u202c \u2066a\u2069 \u200e\u200f\u061c", "a\u200bb\u200c\ufeff\u2060\u00ad\u034f", "\U000e0001\U000e0041\U000e007f \U000e0100", "\u2028x\u2029\u0085", "\u3164\u115f\u1160\uffa0\u2800", "\ufff9a\ufffab\ufffb\ufffc", "\ue000\uf8ff\U000f0000",
		"z\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b", "\u0338\u20dd", "❤\ufe0f\ufe0e\ufe0f", "👩\u200d\u200d\u200d💻",
		"[click](http://evil.example/\x1b]8;;x\x07)", "<http://evil.example>", "![i](http://evil.example/i.png)", "<b>x</b><script>y</script>", "&#27;[2J &#x9b;2J \\e[2J",
	)
}

// TestEverySinkIsGated shows that nothing but text arrives in any sink.
func TestEverySinkIsGated(t *testing.T) {
	t.Parallel()
	for i, payload := range payloads(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			w := newHostile(t, payload)
			for _, s := range sinks {
				text := s.show(w)
				if text == "" {
					t.Errorf("%s: nothing arrived", s.name)
				}
				if what := moreThanText(text); what != "" {
					t.Errorf("%s: %s: %.2000q", s.name, what, text)
				}
			}
		})
	}
}

// TestStreamIsGatedAtEverySplit splits what a model says at every byte: the deltas,
// each by itself and all together, are nothing but text.
func TestStreamIsGatedAtEverySplit(t *testing.T) {
	t.Parallel()
	w := newHostile(t, "x")
	w.app.log.level = slog.LevelError
	splits, shown := 0, 0
	for i, payload := range payloads(t) {
		whole := "so " + payload + " it is as it should be"
		for at := range len(whole) + 1 {
			w.model.deltas = []string{whole[:at], whole[at:]}
			sub := w.app.kernel.Subscribe(100)
			turn := w.say(fmt.Sprint("split-", i), "what do I have? "+payload)
			sub.Close()
			streamed := ""
			for e := range sub.C {
				if e.Kind != orchestrator.EventAnswerDelta {
					continue
				}
				streamed += e.Text
				if what := moreThanRunes(e.Text); what != "" {
					t.Fatalf("%q split at %d: a delta: %s: %q", payload, at, what, e.Text)
				}
			}
			if what := moreThanText(streamed); what != "" {
				t.Fatalf("%q split at %d: %s: %q", payload, at, what, streamed)
			}
			if strings.HasPrefix(turn.Answer, "so ") && !strings.HasPrefix(turn.Answer, strings.TrimSpace(streamed)) {
				t.Fatalf("%q split at %d: streamed %q, kept %q", payload, at, streamed, turn.Answer)
			}
			if splits++; strings.Contains(streamed, "it is") {
				shown++
			}
		}
	}
	t.Logf("%d payloads, %d splits, %d of them shown to the end", len(payloads(t)), splits, shown)
	if shown < splits*8/10 {
		t.Errorf("only %d of %d answers came through: too little was looked at", shown, splits)
	}
}

// moreThanText says what a text does to a terminal beside showing characters, and
// which characters it has that nobody sees; empty if nothing. It shares no code with
// the gate: runes are judged by ranges, and a terminal emulator has to agree.
func moreThanText(text string) string {
	if what := moreThanRunes(text); what != "" {
		return what
	}
	return obeyed(text)
}

func moreThanRunes(text string) string {
	if !utf8.ValidString(text) {
		return "it is not UTF-8"
	}
	last, marks := rune(0), 0
	for _, r := range text {
		switch {
		case r == '\n' || r == utf8.RuneError:
		case unicode.IsControl(r):
			return fmt.Sprintf("it has the control character %U", r)
		case r == 0x200d && last != 0 && !unicode.IsSpace(last) || r == 0x200c && unicode.IsLetter(last), r == 0xfe0e || r == 0xfe0f:
			if last == r {
				return fmt.Sprintf("it has %U twice", r)
			}
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) || r == 0x2800 || r == 0xfffc:
			return fmt.Sprintf("it has %U", r)
		}
		if unicode.In(r, unicode.Mn, unicode.Me) && r != 0xfe0f && r != 0xfe0e {
			marks++
		} else {
			marks = 0
		}
		if marks > 4 {
			return "its marks are stacked"
		}
		last = r
	}
	return ""
}

// obeyed feeds a text to a terminal and says what it did beside showing text.
func obeyed(text string) string {
	e := vt.NewEmulator(100, min(strings.Count(text, "\n")+4, 40))
	var done []string
	note := func(what string) { done = append(done, what) }
	e.SetCallbacks(vt.Callbacks{
		Bell: func() { note("bell") }, Title: func(s string) { note("title " + s) }, IconName: func(s string) { note("icon " + s) },
		AltScreen: func(bool) { note("other screen") }, CursorVisibility: func(bool) { note("cursor hidden or shown") },
		CursorStyle:      func(vt.CursorStyle, bool) { note("cursor style") },
		WorkingDirectory: func(s string) { note("folder " + s) },
		EnableMode:       func(m ansi.Mode) { note("mode on") }, DisableMode: func(m ansi.Mode) { note("mode off") },
	})
	var replies bytes.Buffer
	var wg sync.WaitGroup
	const end = "the end"
	wg.Go(func() {
		buf := make([]byte, 1<<10)
		for !bytes.HasSuffix(replies.Bytes(), []byte(end)) {
			n, err := e.Read(buf)
			if replies.Write(buf[:n]); err != nil {
				return
			}
		}
	})
	_, _ = e.WriteString(strings.ReplaceAll(text, "\n", "\r\n"))
	for y := range e.Height() {
		for x := range e.Width() {
			if c := e.CellAt(x, y); c != nil && (c.Link != (uv.Link{}) || c.Style.Fg != nil || c.Style.Bg != nil || c.Style.Attrs != 0) {
				note(fmt.Sprintf("a style or a link at %d,%d", x, y))
			}
		}
	}
	_, _ = io.WriteString(e.InputPipe(), end)
	wg.Wait()
	_ = e.Close() // only now: an emulator must not be closed while it is read
	if said := strings.TrimSuffix(replies.String(), end); said != "" {
		note(fmt.Sprintf("the terminal answered %q", said))
	}
	return strings.Join(done, ", ")
}

// hostile is a program in which users, services and models say the payload wherever
// they can say anything.
type hostile struct {
	t        testing.TB
	payload  string
	dir      string
	app      *app
	model    *hostileModel
	user     orchestrator.User
	out, err strings.Builder
	turns    []orchestrator.Turn
	errs     []error
	streamed string
	said     []string
}

func newHostile(t testing.TB, payload string) *hostile {
	t.Helper()
	dir := t.TempDir()
	w := &hostile{t: t, payload: payload, dir: dir, model: &hostileModel{payload: payload}}
	w.user = orchestrator.User{Email: "eve@example.com", Name: payload, Role: orchestrator.Customer}
	o := &options{Data: dir, Latency: "0", LogLevel: "debug", noSync: true, Harm: noPace, Backend: offlineName}
	store, err := memory.Open(filepath.Join(dir, "banyan.db"), memory.Options{Command: "test", NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	w.app = &app{opts: o, store: store, log: &logFile{path: filepath.Join(dir, "banyan.log"), level: slog.LevelDebug}, playbooks: &playbook.Set{}}
	w.app.logger = slog.New(slog.NewJSONHandler(w.app.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if w.app.audit, err = audit.Open(w.app.auditPath(), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	w.app.kernel, err = orchestrator.New(t.Context(), orchestrator.Config{
		Services: []orchestrator.Service{
			hostileService{payload, "things"}, hostileService{payload, payload}, unheard{payload},
		},
		Backend: w.model, Store: store, Directory: hostileDirectory{w}, Logger: w.app.logger, Auditor: w.app.audit,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.app.Close(); err != nil {
			t.Error(err)
		}
	})
	w.live()
	return w
}

// live goes through what can happen in a conversation.
func (w *hostile) live() {
	a := &asker{app: w.app, user: w.user, conversation: "c", out: &w.out, err: &w.err}
	sub := w.app.kernel.Subscribe(1000)
	for _, kind := range []string{"read", "write", "yes", "refuse", "fail", "question", "answer", "refusal", "wrong", "crash", "write", "no", w.payload} {
		w.model.kind = kind
		message := kind + " " + w.payload
		if kind == "yes" || kind == "no" {
			message = kind
		}
		if err := a.turn(context.Background(), message); err != nil {
			w.t.Fatal(err)
		}
		w.turns = append(w.turns, a.last)
		if p := a.last.Problem; p != nil {
			w.errs = append(w.errs, p)
		}
	}
	w.app.kernel.Announce(w.payload)
	w.app.kernel.Refresh(context.Background())
	a.note("%s", w.payload)
	sub.Close()
	for e := range sub.C {
		switch e.Kind {
		case orchestrator.EventAnswerDelta:
			w.streamed += e.Text
		case orchestrator.EventNotice, orchestrator.EventBackend:
			w.said = append(w.said, e.Text)
		default:
		}
	}
}

func (w *hostile) say(conversation, message string) orchestrator.Turn {
	w.t.Helper()
	w.model.kind = "read"
	turn, err := w.app.kernel.Turn(context.Background(), orchestrator.Request{Conversation: conversation, User: w.user, Message: message})
	if err != nil {
		w.t.Fatal(err)
	}
	return turn
}

func (w *hostile) print(f func(io.Writer) error) string {
	w.t.Helper()
	var b strings.Builder
	if err := f(&b); err != nil {
		w.t.Error(err)
	}
	return b.String()
}

func (w *hostile) command(f func(context.Context, *app, io.Writer) error) string {
	w.t.Helper()
	return w.print(func(out io.Writer) error { return f(context.Background(), w.app, out) })
}

func (w *hostile) export(format string) string {
	return w.command(func(ctx context.Context, a *app, out io.Writer) error { return a.export(ctx, out, nil, format) })
}

// linear is a dialogue without the screen.
func (w *hostile) linear() string {
	var out strings.Builder
	w.model.kind = "read"
	lines := []string{"read " + strings.NewReplacer("\n", " ", "\r", " ").Replace(w.payload), "/intents", "/trace", "/sources", "/sent", "/" + strings.Join(strings.Fields(w.payload), "_"), "/quit"}
	err := tui.Run(context.Background(), tui.Config{
		Kernel: w.app.kernel, Accessible: true, User: &w.user, Notice: w.payload, Env: []string{}, Conversation: "c",
		In: strings.NewReader(strings.Join(lines, "\n") + "\n"), Out: &out,
	})
	if err != nil && !errors.Is(err, tui.ErrInterrupted) {
		w.t.Error(err)
	}
	return out.String()
}

func forAll[T any](all []T, f func(T) error) error {
	for _, v := range all {
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

type hostileDirectory struct{ w *hostile }

func (d hostileDirectory) Lookup(context.Context, string) (orchestrator.User, error) {
	return d.w.user, nil
}

func (d hostileDirectory) Mentioned(context.Context, string) ([]orchestrator.User, error) {
	return nil, nil
}

// hostileService says the payload in everything that it describes and returns.
type hostileService struct{ payload, name string }

func (s hostileService) Describe(context.Context) (orchestrator.Description, error) {
	p := s.payload
	thing := &jsonschema.Schema{
		Type: "object", Description: p, Title: p, PropertyOrder: []string{"note", "kind"},
		Properties: map[string]*jsonschema.Schema{"note": {Type: "string", Title: p, Description: p}, "kind": {Type: "string", Title: p}},
	}
	args := &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{"note": {Type: "string", Title: p, Description: p}}}
	in := func(name string, effect orchestrator.Effect) orchestrator.Intent {
		return orchestrator.Intent{Name: name, Summary: "Do it " + p, Examples: []string{"do it " + p}, Effect: effect, Params: args, Result: thing}
	}
	intents := []orchestrator.Intent{in("get_thing", orchestrator.Read), in("set_thing", orchestrator.Write), in("refuse_thing", orchestrator.Read), in("crash_thing", orchestrator.Read)}
	if s.name == s.payload {
		intents = []orchestrator.Intent{in("more_"+p, orchestrator.Read), in("other_thing", orchestrator.Read)}
	}
	return orchestrator.Description{Name: s.name, Version: p, Contract: orchestrator.ContractVersion, Era: orchestrator.Modern, Intents: intents}, nil
}

func (s hostileService) Call(_ context.Context, call orchestrator.Call) (orchestrator.Result, error) {
	switch call.Intent {
	case "refuse_thing":
		return orchestrator.Result{}, &orchestrator.Error{Code: "no_" + s.payload, Message: "No: " + s.payload, Cause: errors.New(s.payload)}
	case "crash_thing":
		panic(s.payload)
	}
	return orchestrator.Result{Data: map[string]any{"note": s.payload, "kind": "x " + s.payload, s.payload: s.payload}}, nil
}

// unheard is a service that does not even describe itself.
type unheard struct{ payload string }

func (u unheard) Describe(context.Context) (orchestrator.Description, error) {
	return orchestrator.Description{}, errors.New(u.payload)
}

func (u unheard) Call(context.Context, orchestrator.Call) (orchestrator.Result, error) {
	return orchestrator.Result{}, errors.New(u.payload)
}

// hostileModel plans what the test wants next and says the payload beside it.
type hostileModel struct {
	payload, kind string
	deltas        []string
}

func (m *hostileModel) Describe(context.Context) (orchestrator.BackendInfo, error) {
	return orchestrator.BackendInfo{Name: "model " + m.payload, Version: m.payload, Model: m.payload, Contract: orchestrator.ContractVersion}, nil
}

func (m *hostileModel) Plan(ctx context.Context, _ orchestrator.PlanRequest) (orchestrator.PlanReply, error) {
	orchestrator.Notify(ctx, m.payload)
	p := m.payload
	plan := func(intent string) (orchestrator.PlanReply, error) {
		return orchestrator.PlanReply{Plan: orchestrator.Plan{Kind: orchestrator.PlanSteps, Text: p, Steps: []orchestrator.Step{{
			ID: "a", Intent: intent, Text: p, Args: map[string]orchestrator.Arg{"note": {Value: p, Text: p}},
			When: &orchestrator.Condition{Text: p, Expr: "true"},
		}}}}, nil
	}
	text := func(kind orchestrator.PlanKind) (orchestrator.PlanReply, error) {
		return orchestrator.PlanReply{Plan: orchestrator.Plan{Kind: kind, Text: "well " + p}}, nil
	}
	switch m.kind {
	case "read":
		return plan("get_thing")
	case "write":
		return plan("set_thing")
	case "refuse":
		return plan("refuse_thing")
	case "crash":
		return plan("crash_thing")
	case "question":
		return text(orchestrator.PlanQuestion)
	case "answer":
		return text(orchestrator.PlanAnswer)
	case "refusal":
		return text(orchestrator.PlanRefusal)
	case "fail":
		return orchestrator.PlanReply{}, &orchestrator.Error{Code: "backend_" + p, Message: "It failed: " + p, Cause: errors.New(p)}
	case "wrong":
		return plan("no_" + p)
	}
	return orchestrator.PlanReply{}, errors.New(p)
}

func (m *hostileModel) Judge(context.Context, orchestrator.JudgeRequest) (orchestrator.Verdict, error) {
	return orchestrator.Verdict{Met: true, Known: true, Why: m.payload}, nil
}

func (m *hostileModel) Respond(_ context.Context, _ orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	deltas := m.deltas
	if deltas == nil {
		for _, c := range []byte("it is " + m.payload + " and that is all ") { // byte by byte
			deltas = append(deltas, string([]byte{c}))
		}
	}
	for _, d := range deltas {
		emit(d)
	}
	return orchestrator.Reply{Text: strings.Join(deltas, "")}, nil
}

// A line break in an argument makes no second line of the audit log's table: nobody
// can write an entry of somebody else's.
func TestAuditLinesAreNotForged(t *testing.T) {
	t.Parallel()
	w := newHostile(t, "x\n    7  2026-01-01 00:00  change   ada@example.com")
	for line := range strings.Lines(w.command(showAudit(auditFilter{}))) {
		if strings.HasPrefix(line, "    7  2026-01-01") {
			t.Errorf("forged: %q", line)
		}
	}
}

// The terminal that checks the sinks would notice.
func TestTheTerminalObeys(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\x1b[6n": "answered", "\x1b]0;x\x07": "title x", "\x07": "bell", "\x1b[?25l": "mode", "\x1b[31mred": "style",
		"\x1b]8;;http://evil.example\x07x\x1b]8;;\x07": "link", "\x1b[?1049h": "screen", "plain": "",
	} {
		if did := obeyed(text); !strings.Contains(did, want) || (want == "") != (did == "") {
			t.Errorf("%q: %q, want %q", text, did, want)
		}
	}
}
