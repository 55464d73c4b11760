package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"banyan/memory"
	"banyan/orchestrator"
)

// TestDamagedJournal changes one bit of the record of a turn that was under way: the
// program says so, and doctor does as long as the damaged file is there.
func TestDamagedJournal(t *testing.T) {
	dir := t.TempDir()
	if got := inFolder(t, dir, "ask", "--email", "ada@example.com", "hello"); got.status != 0 {
		t.Fatal(got)
	}
	store, err := memory.Open(filepath.Join(dir, "banyan.db"), memory.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	ada := orchestrator.User{Email: "ada@example.com", Role: orchestrator.Customer}
	turn := orchestrator.Turn{ID: "t1", Conversation: "c1", User: ada.Email, Message: "cancel it"}
	if err := store.Begin(context.Background(), orchestrator.OpenTurn{Turn: turn, User: ada, Key: "k1", Confirmed: true}); err != nil {
		t.Fatal(err)
	}
	if err := store.Note(context.Background(), "t1", orchestrator.JournalNote{
		Kind: orchestrator.NoteCalling, Step: &orchestrator.StepRecord{ID: "s", Intent: "cancel_order", Sentence: "Cancel the order 1003"},
	}, true); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	journal := filepath.Join(dir, "banyan.journal")
	content, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]int{"The beginning": len("banyan journal") + 60, "The last note": len(content) - 5} {
		t.Run(name, func(t *testing.T) {
			dir := copyFiles(t, dir)
			journal := filepath.Join(dir, "banyan.journal")
			changed := append([]byte(nil), content...)
			changed[at] ^= 4
			mustWriteBytes(t, journal, changed)
			got := inFolder(t, dir, "ask", "--email", "ada@example.com", "hello")
			if got.status != 0 || !strings.Contains(got.err, journal+" is damaged") || !strings.Contains(got.err, journal+".damaged") {
				t.Errorf("it is not said: %+v", got)
			}
			if name == "The beginning" && !strings.Contains(got.err, "Cancel the order 1003") {
				t.Errorf("what could be read of the turn is not said: %+v", got)
			}
			got = inFolder(t, dir, "doctor")
			if got.status != exitFailed || !strings.Contains(got.out, journal+".damaged") {
				t.Errorf("doctor: %+v", got)
			}
			if err := os.Remove(journal + ".damaged"); err != nil {
				t.Fatal(err)
			}
			if got = inFolder(t, dir, "doctor"); got.status != 0 {
				t.Errorf("doctor, when it was dealt with: %+v", got)
			}
		})
	}
}
