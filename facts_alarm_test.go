package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// observed plays the files of a pattern, and hands over what was published during
// every turn. Before every line, prepare may change what is played on. What the
// lines expect is not looked at.
func observed(t *testing.T, glob string, prepare func(*play), turn func(*play, []orchestrator.Event)) {
	t.Helper()
	files, err := filepath.Glob(glob)
	if err != nil || len(files) == 0 {
		t.Fatalf("no conversations: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p := &play{t: t, dir: t.TempDir(), now: newHand(time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC))}
		p.start()
		for line := range strings.Lines(string(data)) {
			line = strings.TrimRight(line, " \r\n")
			verb, _, _ := strings.Cut(line, " ")
			p.where = filepath.Base(file) + ": " + line
			prepare(p)
			switch verb {
			case "as", "new", "goal", "plan", "restart", "later":
				p.line(line)
			case ">":
				sub := p.app.kernel.Subscribe(10000)
				p.line(line)
				sub.Close()
				var events []orchestrator.Event
				for e := range sub.C {
					events = append(events, e)
				}
				turn(p, events)
			}
		}
		p.stop()
	}
}

// What the offline backend says is true, so the check of facts refuses none of it:
// no answer, and no text that a plan says in place of steps.
func TestFactsRaiseNoFalseAlarm(t *testing.T) {
	for _, folder := range []string{"conversations", "patterns"} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			turns := 0
			observed(t, "testdata/"+folder+"/*.txt", func(*play) {}, func(p *play, events []orchestrator.Event) {
				turns++
				for _, e := range events {
					if e.Kind == orchestrator.EventAnswerDropped || e.Kind == orchestrator.EventPlanRejected && strings.Contains(e.Text, "the text: ") {
						t.Errorf("%s\n  %s: %s", p.where, e.Kind, e.Text)
					}
				}
			})
			if turns == 0 {
				t.Error("no turn was played")
			}
		})
	}
}
