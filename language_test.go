package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

var writeTranscripts = flag.Bool("write-transcripts", false, "write testdata/languages instead of comparing with it")

// listening keeps the answers as the backend wrote them.
type listening struct {
	orchestrator.Backend
	answer string
}

func (l *listening) Respond(ctx context.Context, req orchestrator.RespondRequest, emit func(string)) (orchestrator.Reply, error) {
	reply, err := l.Backend.Respond(ctx, req, emit)
	l.answer = reply.Text
	return reply, err
}

// TestLanguages plays a conversation in every language but English, and compares
// all that the backend says with testdata/languages. Lines that begin with > are
// what the user says; to change the conversation change them, and write the rest.
// What waits for a yes is shown as the intents that wait.
func TestLanguages(t *testing.T) {
	files, err := filepath.Glob("testdata/languages/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".md"), func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := transcript(t, strings.TrimSuffix(filepath.Base(file), ".md"), string(data))
			if *writeTranscripts {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(data) {
				t.Errorf("got\n%s\nwant\n%s", got, data)
			}
		})
	}
}

// TestLanguagesAreUnderstood scores the requests of testdata/languages, none of
// which is an example of a service.
func TestLanguagesAreUnderstood(t *testing.T) {
	t.Parallel()
	cases, err := filepath.Abs("testdata/languages/de.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	got := banyan(t, t.TempDir(), "", "eval", "--language", "de", "--cases", cases, "--json", "--overlap=false")
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	var last struct {
		Summary struct {
			Before float64 `json:"before_rejection"`
			OOS    float64 `json:"oos_recall"`
			Exact  float64 `json:"exact"`
		} `json:"summary"`
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		t.Fatalf("%v\n%s\n%s", err, got.out, got.err)
	}
	t.Logf("%+v", last.Summary)
	if s := last.Summary; s.Before < 0.85 || s.OOS < 0.7 || s.Exact < 0.65 {
		t.Errorf("German requests: %+v", s)
	}
}

func transcript(t *testing.T, language, script string) string {
	t.Helper()
	now := time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)
	o := &options{Backend: offlineName, Language: language, Data: t.TempDir(), Latency: "0", LogLevel: "warn", Harm: noPace, now: func() time.Time { return now }, noSync: true}
	app, err := open(t.Context(), o, "test")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	}()
	l := &listening{Backend: app.backends.offline}
	if err := app.kernel.Use(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var user orchestrator.User
	conversation := app.kernel.NewConversation()
	for line := range strings.SplitSeq(script, "\n") {
		if who, ok := strings.CutPrefix(line, "# "); ok {
			if user, err = app.shop.Directory().Lookup(t.Context(), who); err != nil {
				t.Fatal(err)
			}
			conversation = app.kernel.NewConversation()
			b.WriteString(line + "\n")
		}
		message, ok := strings.CutPrefix(line, "> ")
		if !ok {
			continue
		}
		l.answer = ""
		turn, err := app.kernel.Turn(t.Context(), orchestrator.Request{User: user, Conversation: conversation, Message: message})
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("\n" + line + "\n\n")
		switch {
		case turn.Kind == orchestrator.KindConfirmation:
			for _, s := range turn.Steps {
				if s.Status == orchestrator.StepWaiting {
					b.WriteString("(waits: " + s.Intent + ")\n")
				}
			}
		case l.answer != "":
			if !strings.HasPrefix(turn.Answer, strings.TrimSpace(l.answer)) {
				t.Errorf("%s\nthe backend wrote\n%s\nand this was said:\n%s", line, l.answer, turn.Answer)
			}
			b.WriteString(l.answer + "\n")
		default:
			b.WriteString(turn.Answer + "\n")
		}
	}
	return b.String()
}
