package conformance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"banyan/orchestrator"
)

func journalEmpty(t *testing.T, s JournalStore) {
	wantUnfinished(t, s)
	mustAppend(t, s, turn("a", 1))
	wantUnfinished(t, s)
}

func journalOrder(t *testing.T, s JournalStore) {
	var want []orchestrator.OpenTurn
	for i := range 12 {
		o := openTurn(fmt.Sprint("c", i%3), i)
		mustBegin(t, s, o)
		for n := range i % 5 {
			mustNote(t, s, o.Turn.ID, note(orchestrator.NoteCalling, n), note(orchestrator.NoteEnded, n))
			o.Notes = append(o.Notes, note(orchestrator.NoteCalling, n), note(orchestrator.NoteEnded, n))
		}
		want = append(want, o)
	}
	wantUnfinished(t, s, want...)
	wantUnfinished(t, s, want...) // to look changes nothing
}

func journalReplace(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("a", 1), openTurn("b", 2))
	mustNote(t, s, "a-1", note(orchestrator.NoteCalling, 1))
	again := openTurn("a", 1)
	again.Key = "another"
	again.Turn.Recovered = true
	again.Notes = []orchestrator.JournalNote{note(orchestrator.NoteEnded, 7)}
	mustBegin(t, s, again)
	wantUnfinished(t, s, again, openTurn("b", 2))
	mustNote(t, s, "a-1", orchestrator.JournalNote{Kind: orchestrator.NoteTakingBack})
	again.Notes = append(again.Notes, orchestrator.JournalNote{Kind: orchestrator.NoteTakingBack})
	wantUnfinished(t, s, again, openTurn("b", 2))
	mustBegin(t, s, again, again) // the same again is nothing
	wantUnfinished(t, s, again, openTurn("b", 2))
}

func journalStored(t *testing.T, s JournalStore) {
	mustAppend(t, s, turn("a", 1))
	if err := s.Begin(context.Background(), openTurn("a", 1)); !errors.Is(err, orchestrator.ErrConflict) {
		t.Errorf("to begin a turn that is stored: got %v, want ErrConflict", err)
	}
	wantUnfinished(t, s)
}

func journalInputCopied(t *testing.T, s JournalStore) {
	o, n := fullOpenTurn(), fullNote(orchestrator.NoteEnded, 2)
	mustBegin(t, s, o)
	mustNote(t, s, o.Turn.ID, n)
	o.Turn.Steps[0].Args["order_id"] = "changed"
	o.Turn.Plan.Text = "changed"
	o.Notes[0].Step.Key = "changed"
	n.Step.Result["total"] = "changed"
	want := fullOpenTurn()
	want.Notes = append(want.Notes, fullNote(orchestrator.NoteEnded, 2))
	wantUnfinished(t, s, want)
}

func journalCancelled(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("a", 1))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for what, err := range map[string]error{
		"Begin": s.Begin(ctx, openTurn("a", 1)),
		"Note":  s.Note(ctx, "a-1", note(orchestrator.NoteCalling, 1), false),
		"Drop":  s.Drop(ctx, "b-1"),
	} {
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want the context's error", what, err)
		}
	}
}

func journalLarge(t *testing.T, s JournalStore) {
	o := openTurn("big", 1)
	o.Turn.Message = strings.Repeat("all work and no play, 注文 ", 1<<15)
	mustBegin(t, s, openTurn("a", 0), o, openTurn("b", 2))
	mustNote(t, s, "b-2", note(orchestrator.NoteCalling, 1))
	last := openTurn("b", 2)
	last.Notes = []orchestrator.JournalNote{note(orchestrator.NoteCalling, 1)}
	wantUnfinished(t, s, openTurn("a", 0), o, last)
}

func journalOddNames(t *testing.T, s JournalStore) {
	var want []orchestrator.OpenTurn
	for i, name := range []string{"a", "a\x00", "a\x00b", "ab", "A", "a/b", "å", "a\xcc\x8a", "a ", " ", strings.Repeat("long", 60)} {
		o := openTurn("c", i)
		o.Turn.ID, o.Turn.Conversation = name, name
		mustBegin(t, s, o)
		mustNote(t, s, name, note(orchestrator.NoteCalling, i))
		o.Notes = []orchestrator.JournalNote{note(orchestrator.NoteCalling, i)}
		want = append(want, o)
	}
	wantUnfinished(t, s, want...)
}

func journalUnknown(t *testing.T, s JournalStore) {
	mustAppend(t, s, turn("a", 1))
	for _, id := range []string{"unknown", "a-1", ""} {
		if err := s.Note(context.Background(), id, note(orchestrator.NoteCalling, 1), false); err == nil {
			t.Errorf("a note on %q, which has not begun, is no error", id)
		}
	}
	mustDrop(t, s, "unknown", "a-1", "")
	wantUnfinished(t, s)
}

func journalAppend(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("a", 1), openTurn("b", 2))
	mustNote(t, s, "a-1", note(orchestrator.NoteCalling, 1), note(orchestrator.NoteEnded, 1))
	mustAppend(t, s, turn("a", 1))
	wantUnfinished(t, s, openTurn("b", 2))
	if err := s.Note(context.Background(), "a-1", note(orchestrator.NoteUndone, 1), false); err == nil {
		t.Error("a note on a turn that has ended is no error")
	}
	mustAppend(t, s, turn("b", 2))
	wantUnfinished(t, s)
}

func journalAppendTwice(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("a", 1), openTurn("a", 2))
	mustAppend(t, s, turn("a", 1), turn("a", 1))
	wantUnfinished(t, s, openTurn("a", 2))
}

func journalAppendOther(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("a", 1))
	mustAppend(t, s, turn("a", 2), turn("b", 1))
	wantUnfinished(t, s, openTurn("a", 1))
}

func journalDrop(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("a", 1), openTurn("b", 2), openTurn("c", 3))
	mustNote(t, s, "b-2", note(orchestrator.NoteCalling, 1))
	mustDrop(t, s, "b-2", "b-2")
	wantUnfinished(t, s, openTurn("a", 1), openTurn("c", 3))
	mustDrop(t, s, "a-1", "c-3")
	wantUnfinished(t, s)
	mustAppend(t, s, turn("a", 1)) // it may still be stored
}

func journalDropAndBegin(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("a", 1), openTurn("b", 2))
	mustNote(t, s, "a-1", note(orchestrator.NoteCalling, 1))
	mustDrop(t, s, "a-1")
	mustBegin(t, s, openTurn("a", 1))
	wantUnfinished(t, s, openTurn("b", 2), openTurn("a", 1))
}

func journalDelete(t *testing.T, s JournalStore) {
	mustAppend(t, s, turn("a", 0), turn("b", 0))
	mustBegin(t, s, openTurn("a", 1), openTurn("b", 2), openTurn("a", 3), openTurn("new", 4))
	for _, c := range []string{"a", "unknown", "new"} {
		if err := s.Delete(context.Background(), c); err != nil {
			t.Fatalf("Delete(%s): %v", c, err)
		}
	}
	wantUnfinished(t, s, openTurn("b", 2))
}

func journalCopies(t *testing.T, s JournalStore) {
	mustBegin(t, s, fullOpenTurn())
	got, err := s.Unfinished(context.Background())
	if err != nil || len(got) != 1 {
		t.Fatalf("got %d turns, %v, want 1", len(got), err)
	}
	got[0].Turn.Steps[0].Result["total"] = "changed"
	got[0].Notes[0].Step.Args["order_id"] = "changed"
	wantUnfinished(t, s, fullOpenTurn())
}
