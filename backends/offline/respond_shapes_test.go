package offline

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

// shapes are results of services that nobody here wrote: each file of
// testdata/shapes holds the intents, the steps and who asks; the file of the same
// name that ends in .md holds the answer.
type shapes struct {
	Zone    string                    `json:"zone"` // in hours from UTC
	User    orchestrator.User         `json:"user"`
	Subject orchestrator.User         `json:"subject"`
	Preface string                    `json:"preface"`
	Intents []orchestrator.Intent     `json:"intents"`
	Steps   []orchestrator.StepRecord `json:"steps"`
}

func TestRespondShapes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "shapes", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("no shapes: ", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var s shapes
			if err := json.Unmarshal(data, &s); err != nil {
				t.Fatal(err)
			}
			catalog, errs := orchestrator.NewCatalog([]orchestrator.Offered{{Description: orchestrator.Description{
				Name: "elsewhere", Version: "1", Contract: orchestrator.ContractVersion, Era: orchestrator.Modern, Intents: s.Intents,
			}}})
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			now := answerNow
			if s.Zone != "" {
				at, err := time.Parse("-07:00", s.Zone)
				if err != nil {
					t.Fatal(err)
				}
				now = now.In(at.Location())
			}
			for i := range s.Steps {
				if s.Steps[i].Status == "" {
					s.Steps[i].Status = orchestrator.StepDone
				}
			}
			got := respond(orchestrator.RespondRequest{
				User: s.User, Subject: s.Subject, Preface: s.Preface, Steps: s.Steps, Catalog: catalog, Now: now,
			}, nil).Text + "\n"
			golden(t, strings.TrimSuffix(file, ".json")+".md", got)
		})
	}
}

// golden compares a text with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *writeAnswers {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
