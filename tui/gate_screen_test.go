package tui

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"banyan/orchestrator"
)

// garak are the terminal payloads of a public collection.
func garak(t testing.TB) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "testdata", "attacks", "garak_terminal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []string
	for s := bufio.NewScanner(f); s.Scan(); {
		var line struct{ Text string }
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		out = append(out, line.Text)
	}
	if len(out) != 21 {
		t.Fatalf("%d payloads, want 21", len(out))
	}
	return out
}

// onScreen shows a frame in a terminal and returns what it did beside showing text
// in colours.
func onScreen(content string, w, h int) string {
	e := vt.NewEmulator(w, h)
	var done []string
	note := func(what string) { done = append(done, what) }
	e.SetCallbacks(vt.Callbacks{
		Bell: func() { note("bell") }, Title: func(s string) { note("title " + s) }, IconName: func(s string) { note("icon " + s) },
		AltScreen: func(bool) { note("other screen") }, CursorVisibility: func(bool) { note("cursor hidden or shown") },
		CursorStyle: func(vt.CursorStyle, bool) { note("cursor style") }, WorkingDirectory: func(s string) { note("folder " + s) },
		EnableMode: func(ansi.Mode) { note("mode on") }, DisableMode: func(ansi.Mode) { note("mode off") },
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
	_, _ = e.WriteString(strings.ReplaceAll(content, "\n", "\r\n"))
	for y := range h {
		for x := range w {
			if c := e.CellAt(x, y); c != nil && (c.Link != (uv.Link{}) || c.Style.Attrs&(uv.AttrConceal|uv.AttrBlink|uv.AttrRapidBlink) != 0) {
				note(fmt.Sprintf("a link, or hidden or blinking text at %d,%d", x, y))
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

func TestGarakOnEveryScreen(t *testing.T) {
	for i, s := range garak(t) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			walk(t, planted(t, s, 80, 24), s)
		})
	}
}

// TestStreamOnScreenAtEverySplit shows a growing answer after every delta, wherever
// the model's words are split.
func TestStreamOnScreenAtEverySplit(t *testing.T) {
	const w, h = 60, 20
	for i, s := range append(garak(t), evil...) {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			d := newDriver(t, w, h, as("ada@example.com"))
			whole := "It is " + s + " so"
			for at := range len(whole) + 1 {
				e := &entry{turn: orchestrator.Turn{Conversation: "c", ID: "t", Message: "m"}, run: &running{id: "t", cancel: func() {}}}
				d.m.chat.list.entries = nil
				d.m.chat.list.add(e)
				d.m.page = pageChat
				for _, delta := range []string{whole[:at], whole[at:]} {
					e.apply(orchestrator.Event{Kind: orchestrator.EventAnswerDelta, Conversation: "c", Turn: "t", Text: delta})
					d.m.chat.list.toEnd()
					v := d.m.View()
					onlyText(t, fmt.Sprintf("split at %d", at), v.Content)
				}
				if what := onScreen(d.m.View().Content, w, h); what != "" {
					t.Fatalf("split at %d: %s", at, what)
				}
			}
		})
	}
}

// TestCopyIsGated shows that what is copied is text alone: it may be pasted into a
// terminal.
func TestCopyIsGated(t *testing.T) {
	d := newDriver(t, 80, 24, as("ada@example.com"))
	for _, s := range append(garak(t), evil...) {
		d.copied = nil
		d.run(d.m.copyText(s+" it is", "copied"))
		d.until("the copy", func() bool { return len(d.copied) > 0 })
		if len(d.copied) != 1 || d.copied[0] != orchestrator.Printable(s+" it is") {
			t.Errorf("%q was copied as %q", s, d.copied)
		}
		for _, c := range d.copied {
			onlyText(t, "what is copied", c)
		}
	}
}
