package tui

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/jsonschema-go/jsonschema"

	"banyan/orchestrator"
)

// evil is what a hostile service, model or customer might say.
var evil = []string{
	"\x1b]52;c;ZXZpbA==\x07", "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\", "\x1b[2J\x1b[H", "\x1b[31mred", "\x1b]0;title\x07",
	"\u009b31m\u009d52;c;x\u009c", "\u202egnp.exe", "a\u200bb\u2066c\u2069", "\x07\x08\x7f\x00", "\xff\xfe", "\r\nover", "\x1bP+q\x1b\\", "\ufeff\u00ad",
	"&#27;[31m &#x9b;31m &#x202e; &lrm;&ZeroWidthSpace;&NewLine;", "<b>hidden</b><script>x</script>",
	"[a link](http://evil.example/?a=1&b=2) <http://auto.example> https://bare.example ![i](http://img.example)",
	"| a | b |\n|---|---|\n| [x](http://t.example) | \x1b[5m |\n\n[y](http://t2.example)", "```\n\x1b]52;c;x\x07 & < \u202e\n```", "`\x1b[1m`",
	"\ue000#27;[31m \ue001",
}

var ownStyle = regexp.MustCompile("\x1b\\[[0-9;:]*m")

// onlyText fails if s has anything but printable text, line feeds and our own
// colours.
func onlyText(t *testing.T, what, s string) {
	t.Helper()
	if strings.Contains(s, "\x1b]") {
		t.Errorf("%s has an OSC sequence: %q", what, s)
	}
	for _, r := range ownStyle.ReplaceAllString(s, "") {
		if r == '\n' || r == '\u00a0' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) {
			t.Fatalf("%s has %U: %q", what, r, s)
		}
	}
}

// planted is a driver in which everything that others can say is s.
func planted(t *testing.T, s string, w, h int) *driver {
	t.Helper()
	in := orchestrator.Intent{
		Name: "list_orders", Summary: s, Examples: []string{s}, Effect: orchestrator.Write,
		Result: &jsonschema.Schema{Type: "object", Properties: map[string]*jsonschema.Schema{"status": {Type: "string", Enum: []any{s}}}, PropertyOrder: []string{"status"}},
	}
	var c *clock
	d := newDriver(t, w, h, func(cfg *Config) {
		c = &clock{cfg.Now()}
		cfg.Notice = s
		in := newFakeIntegrations()
		b := Integration{
			Name: s, Model: s, Version: s, State: s, Capabilities: []string{s, s}, LastError: s, Active: true,
			Calls: 3, InputTokens: 9, P50MS: 1, P95MS: 2, Latencies: []float64{1, 2},
		}
		more := b
		more.Name = "more " + s
		in.list = []Integration{b, more}
		in.fail(s, errors.New(s))
		cfg.Integrations = in
		cfg.Accounts = []Account{{orchestrator.User{Email: "x@example.com", Name: s, Role: orchestrator.Role(s)}, s}}
	})
	d.k.catalog = mustCatalog(orchestrator.Description{Name: "x" + s, Version: s, Contract: 1, Era: orchestrator.Modern, Intents: []orchestrator.Intent{in}})
	d.k.infos = []orchestrator.ConversationInfo{{ID: "planted", Title: s, Updated: c.t, Turns: 1}}
	step := orchestrator.StepRecord{
		ID: "a", Intent: "list_orders" + s, For: s, Status: orchestrator.StepFailed, Route: orchestrator.Era(s), FallbackFrom: orchestrator.Modern, Service: s, Version: s,
		Condition: &orchestrator.Decided{Text: s, Expr: s, Met: ptr(true), By: s}, Text: s,
		Error: &orchestrator.Error{Code: s, Message: s},
	}
	write := orchestrator.StepRecord{
		ID: "w", Intent: s, Status: orchestrator.StepWaiting, Sentence: s, For: s, Condition: &orchestrator.Decided{Text: s},
		Changes: []orchestrator.Change{{Field: s, Old: s, New: s}},
	}
	turn := func(kind orchestrator.TurnKind) orchestrator.Turn {
		return orchestrator.Turn{Conversation: "planted", ID: string(kind), Kind: kind, At: c.t, Message: s, Answer: s, Steps: []orchestrator.StepRecord{step}, Usage: orchestrator.Usage{Backend: s, Model: s, ModelCalls: 1, InputTokens: 7}}
	}
	failed, question, confirmation := turn(orchestrator.KindError), turn(orchestrator.KindQuestion), turn(orchestrator.KindConfirmation)
	failed.Problem = &orchestrator.Error{Code: "backend_" + s, Message: s, Cause: orchestrator.Errorf("x", "%s", s)}
	question.Plan = &orchestrator.Plan{Missing: &orchestrator.Missing{Options: []string{s, "other" + s}}}
	confirmation.Steps = append(confirmation.Steps, write)
	confirmation.Pending = &orchestrator.Pending{Expires: c.t.Add(time.Hour), Steps: []string{"w"}}
	d.k.turns["planted"] = []orchestrator.Turn{turn(orchestrator.KindAnswer), failed, question, confirmation}
	return d
}

// walk shows every screen and checks each.
func walk(t *testing.T, d *driver, s string) {
	t.Helper()
	look := func(what string) {
		t.Helper()
		v := d.m.View()
		onlyText(t, what, v.Content)
		onlyText(t, what+" title", v.WindowTitle)
		if did := onScreen(v.Content, d.m.w, d.m.h); did != "" {
			t.Errorf("%s: %s", what, did)
		}
		for i, l := range strings.Split(v.Content, "\n") {
			if width(l) > d.m.w {
				t.Fatalf("%s: row %d is %d cells wide: %q", what, i, width(l), l)
			}
		}
		if n := strings.Count(v.Content, "\n") + 1; n > d.m.h {
			t.Fatalf("%s: %d rows", what, n)
		}
	}
	look("login")
	d.m.loggedIn(loginMsg{who: s, err: orchestrator.ErrUnknownUser})
	look("login of a stranger")
	d.m.loggedIn(loginMsg{who: s, err: orchestrator.Errorf("x", "%s", s)})
	look("failed login")
	d.m.user, d.m.page = orchestrator.User{Email: s, Name: s}, pageChat
	d.m.backend = orchestrator.BackendInfo{Name: s, Version: s, Model: s}
	info := kernelInfo{catalog: d.k.catalog, backend: d.m.backend, backends: d.in.list}
	d.m.entered(enteredMsg{id: "new", tips: []string{s}, info: info})
	look("empty chat")
	d.m.entered(enteredMsg{id: "planted", turns: d.k.turns["planted"], info: info})
	look("chat")
	for range 4 {
		d.press("pgup")
		look("chat, earlier")
		d.press("tab")
		look("chat, opened")
	}
	d.m.openIntents("")
	look("intents")
	source := d.m.backends.source
	d.m.backends.source = nil
	d.m.openModel("")
	look("the one backend")
	d.m.backends.source = source
	d.m.openModel("")
	d.m.informBackends(info)
	look("backends to choose from")
	d.m.switched(usedMsg{name: s, info: info, err: errors.New(s)})
	look("a switch that failed")
	d.m.openIntegrations()
	look("integrations")
	d.m.backends.tested = map[string]*trial{s: {name: s, done: true, err: errors.New(s)}}
	look("a test that failed")
	d.press("enter")
	look("one backend in full")
	for range 30 {
		d.press("down")
	}
	look("one backend in full, its end")
	d.press("esc")
	d.m.backends.tested[s].err = nil
	d.m.backends.using = s
	look("a switch under way")
	d.press("u")
	look("a second switch")
	d.m.backends.using = ""
	d.m.overlay = nil
	d.m.switched(usedMsg{name: s, info: info, err: errors.New(s)})
	look("a switch that failed, in the chat")
	d.m.status = ""
	d.m.overlay = &overlay{picker: &picker{loading: true}}
	d.m.listed(conversationsMsg{infos: d.k.infos})
	look("conversations")
	d.m.overlay = nil
	d.m.pasted(s)
	look("pasted")
	d.m.chat.input.clear()
	d.m.chat.list.entries[3].unstored = orchestrator.Errorf("x", "%s", s)
	d.m.chat.list.entries[3].noted(orchestrator.Event{Text: s})
	d.m.chat.list.entries[2].open = true
	d.m.chat.list.entries[3].rev++
	d.m.chat.list.toEnd()
	look("not stored")
	e := &entry{turn: orchestrator.Turn{Conversation: "planted", Message: s}, run: &running{id: "r", cancel: func() {}}}
	e.noted(orchestrator.Event{Text: s})
	e.run.text.WriteString(s + " more\n\n" + s + " and more")
	d.m.chat.list.add(e)
	look("streaming")
	d.m.failed = orchestrator.Errorf("x", "%s", s)
	look("failed")
}

func TestNothingHostileReachesTheTerminal(t *testing.T) {
	all := append([]string{strings.Join(evil, " ")}, evil...)
	for i, s := range all {
		for _, size := range [][2]int{{60, 20}, {120, 40}} {
			t.Run(fmt.Sprintf("%d-%dx%d", i, size[0], size[1]), func(t *testing.T) {
				t.Parallel()
				walk(t, planted(t, s, size[0], size[1]), s)
			})
		}
	}
}

func TestMarkdownKeepsWhatIsSaid(t *testing.T) {
	md := newMarkdown(newStyles(true), newSigns(false))
	md.prepare(40)
	for _, c := range []struct{ name, in, want string }{
		{"Entity", "a &lt;b&gt; &amp; *c*", "a &lt;b&gt; &amp; c"},
		{"HTML", "x <b>bold</b> *y*", "x <b>bold</b> y"},
		{"Code", "`a < b && c`", "a < b && c"},
		{"Link", "see [the page](https://x.example/?a=1&b=2)", "see the page https://x.example/?a=1&b=2"},
		{"List", "- one\n- two", "• one\n• two"},
		{"Numbers", "1. one\n2. two", "1. one\n2. two"},
		{"Plain", "Order 1003 is on its way and will be there tomorrow.", "Order 1003 is on its way and will be\nthere tomorrow."},
		{"Table", "| a | b |\n|---|---:|\n| x | 1 |\n| yy | 22 |", "a    b\n──────\nx    1\nyy  22"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ownStyle.ReplaceAllString(strings.Join(md.render(c.in, 40), "\n"), "")
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	for _, s := range evil {
		f.Add(s, uint8(40))
	}
	md := newMarkdown(newStyles(true), newSigns(false))
	md.prepare(40)
	f.Fuzz(func(t *testing.T, s string, w8 uint8) {
		w := 20 + int(w8)%57
		for _, l := range md.render(s, w) {
			onlyText(t, "an answer", l)
			if width(l) > w {
				t.Fatalf("%d cells wide of %d: %q", width(l), w, l)
			}
		}
		closed, tail := closedBlocks(s)
		if closed+tail != s {
			t.Fatalf("%q became %q and %q", s, closed, tail)
		}
	})
}

// Glamour's time grows with the power of the nesting; such answers stay plain.
func TestNestingIsBounded(t *testing.T) {
	for _, s := range []string{
		strings.Repeat("> ", 100), strings.Repeat(">", 5), strings.Repeat("- ", 5), strings.Repeat(" ", 16) + "- x",
		strings.Repeat("[", 300), strings.Repeat("a *b*\n", 6000),
	} {
		if !costly(s) {
			t.Errorf("%.20q… goes to Glamour", s)
		}
	}
	for _, s := range []string{"> a\n> b", "- a\n  - b\n    - c", "1. one\n2. two", strings.Repeat("a *b*\n", 100)} {
		if costly(s) {
			t.Errorf("%.20q… does not go to Glamour", s)
		}
	}
}
