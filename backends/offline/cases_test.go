package offline

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

var update = flag.Bool("update", false, "write what comes out into the case files")

// TestCases plays the conversations of testdata/cases on a real kernel, whose
// check proves that every plan can be run. A file is named after its catalog. A
// conversation begins with @ and who speaks, a message with >, and below it
// stands the plan. "+1 day" lets a day go by and begins another conversation.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	b := New()
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, b, file, string(raw))
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, string(raw), string(got))
		})
	}
}

// play runs the conversations of a file and returns it with what came out.
func play(t *testing.T, b *Backend, file, text string) []byte {
	t.Helper()
	catalog, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".txt"), "-")
	var out bytes.Buffer
	var w *world
	var user orchestrator.User
	conversation := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "@"):
			w = MustWorld(t, catalog, b)
			user, _ = folk{}.Lookup(t.Context(), strings.TrimPrefix(line, "@")+"@example.com")
			conversation = w.kernel.NewConversation()
		case line == "+1 day":
			w.now = w.now.Add(24 * time.Hour)
			conversation = w.kernel.NewConversation()
		case strings.HasPrefix(line, "> "):
			out.WriteString(line + "\n")
			w.spy.plan, w.spy.problems = orchestrator.Plan{}, nil
			turn, err := w.kernel.Turn(context.Background(), orchestrator.Request{
				Conversation: conversation, User: user, Message: strings.TrimPrefix(line, "> "),
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range w.spy.problems {
				t.Errorf("%s\n the kernel refuses the plan: %s", line, p)
			}
			if w.spy.plan.Kind == "" {
				out.WriteString("   (" + string(turn.Kind) + ")\n")
			}
			for _, l := range write(w.spy.plan) {
				out.WriteString("   " + l + "\n")
			}
			continue
		case strings.HasPrefix(line, "   "):
			continue
		}
		out.WriteString(line + "\n")
	}
	return out.Bytes()
}

// compare reports every message whose plan is another than the file says.
func compare(t *testing.T, want, got string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	if slices.Equal(w, g) {
		return
	}
	split := func(lines []string) [][]string {
		var out [][]string
		for _, l := range lines {
			if !strings.HasPrefix(l, "   ") {
				out = append(out, nil)
			}
			if len(out) > 0 {
				out[len(out)-1] = append(out[len(out)-1], l)
			}
		}
		return out
	}
	ws, gs := split(w), split(g)
	for i := range min(len(ws), len(gs)) {
		if !slices.Equal(ws[i], gs[i]) {
			t.Errorf("want\n%s\ngot\n%s", strings.Join(ws[i], "\n"), strings.Join(gs[i], "\n"))
		}
	}
}
