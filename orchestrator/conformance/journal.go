package conformance

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

// JournalStore is a store with the ability that Journal tests.
type JournalStore interface {
	orchestrator.Store
	orchestrator.Journal
}

// Journal tests that a store keeps the contract of orchestrator.Journal. open
// returns an empty store each time it is called; reopen ends the store that it is
// given, as the end of a process would, and returns another one on what it kept.
// Both leave the closing to the cleanup of the test.
func Journal(t *testing.T, open func(tb testing.TB) JournalStore, reopen func(tb testing.TB, s JournalStore) JournalStore) {
	for name, test := range map[string]func(*testing.T, JournalStore){
		"Empty":                       journalEmpty,
		"Begin/OldestFirst":           journalOrder,
		"Begin/AgainReplaces":         journalReplace,
		"Begin/OfAStoredTurn":         journalStored,
		"Begin/KeepsNothingOfInput":   journalInputCopied,
		"Begin/CancelledContext":      journalCancelled,
		"Begin/Large":                 journalLarge,
		"Begin/OddNamesStayApart":     journalOddNames,
		"Note/OfWhatHasNotBegun":      journalUnknown,
		"Append/EndsATurn":            journalAppend,
		"Append/TwiceIsNothing":       journalAppendTwice,
		"Append/OfAnotherTurn":        journalAppendOther,
		"Drop":                        journalDrop,
		"Drop/BeginAgain":             journalDropAndBegin,
		"Delete/OfTheConversation":    journalDelete,
		"Unfinished/AreCopies":        journalCopies,
		"Concurrent":                  journalConcurrent,
		"Concurrent/TurnsWithinTurns": journalInterleaved,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
	for name, test := range map[string]func(*testing.T, JournalStore, func(JournalStore) JournalStore){
		"Reopen/RoundTrip":          journalReopen,
		"Reopen/WhatHasEnded":       journalReopenEnded,
		"Reopen/DeletedAfterItsEnd": journalReopenDeleted,
		"Reopen/Model":              journalModel,
	} {
		t.Run(name, func(t *testing.T) {
			test(t, open(t), func(s JournalStore) JournalStore { return reopen(t, s) })
		})
	}
}

// openTurn is the nth turn of a conversation as it stands before its changes.
func openTurn(conversation string, n int) orchestrator.OpenTurn {
	t := turn(conversation, n)
	t.Kind, t.Answer = "", ""
	return orchestrator.OpenTurn{
		Turn: t, User: orchestrator.User{Email: "ada@example.com", Name: "Ada Okafor"},
		Key: t.ID, Began: noon().Add(time.Duration(n) * time.Second),
	}
}

// fullOpenTurn has something in every field.
func fullOpenTurn() orchestrator.OpenTurn {
	o := openTurn("full", 1)
	o.Turn = fullTurn()
	o.Notes = []orchestrator.JournalNote{fullNote(orchestrator.NoteCalling, 1)}
	return o
}

func note(kind orchestrator.NoteKind, n int) orchestrator.JournalNote {
	return orchestrator.JournalNote{Kind: kind, Step: &orchestrator.StepRecord{
		ID: fmt.Sprintf("step%d", n), Intent: "cancel_order", Key: fmt.Sprintf("key/%d", n), Status: orchestrator.StepDone,
		Args: map[string]any{"order_id": fmt.Sprint(n)},
	}}
}

func fullNote(kind orchestrator.NoteKind, n int) orchestrator.JournalNote {
	step := fullTurn().Steps[0]
	step.Key, step.Attempts, step.Flag = fmt.Sprintf("key/%d", n), 2, "look at it"
	step.Undo = &orchestrator.Undoing{Intent: "restore_order", Args: map[string]any{"n": 1.5}, Key: "key/undo", Error: step.Error}
	return orchestrator.JournalNote{Kind: kind, Step: &step}
}

func mustBegin(tb testing.TB, s orchestrator.Journal, open ...orchestrator.OpenTurn) {
	tb.Helper()
	for _, o := range open {
		if err := s.Begin(context.Background(), o); err != nil {
			tb.Fatalf("Begin(%s): %v", o.Turn.ID, err)
		}
	}
}

func mustNote(tb testing.TB, s orchestrator.Journal, turn string, notes ...orchestrator.JournalNote) {
	tb.Helper()
	for i, n := range notes {
		if err := s.Note(context.Background(), turn, n, i%2 == 1); err != nil {
			tb.Fatalf("Note(%s): %v", turn, err)
		}
	}
}

func mustDrop(tb testing.TB, s orchestrator.Journal, turns ...string) {
	tb.Helper()
	for _, id := range turns {
		if err := s.Drop(context.Background(), id); err != nil {
			tb.Fatalf("Drop(%s): %v", id, err)
		}
	}
}

// wantUnfinished compares what is unfinished with these turns.
func wantUnfinished(tb testing.TB, s orchestrator.Journal, want ...orchestrator.OpenTurn) {
	tb.Helper()
	got, err := s.Unfinished(context.Background())
	if err != nil {
		tb.Fatalf("Unfinished: %v", err)
	}
	wantIDs(tb, "unfinished turns", openIDs(got), openIDs(want)...)
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			tb.Fatalf("unfinished turn %s:\n got %+v\nwant %+v", want[i].Turn.ID, got[i], want[i])
		}
	}
}

func openIDs(list []orchestrator.OpenTurn) []string {
	ids := make([]string, len(list))
	for i, o := range list {
		ids[i] = o.Turn.ID
	}
	return ids
}

// journalConcurrent lets many turns of many conversations begin, go on and end at
// once; every fourth does not end.
func journalConcurrent(t *testing.T, s JournalStore) {
	const workers, each = 16, 20
	ctx := context.Background()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range each {
				o := openTurn(fmt.Sprint("c", w), i)
				if err := s.Begin(ctx, o); err != nil {
					t.Errorf("Begin: %v", err)
					return
				}
				for n := range 4 {
					if err := s.Note(ctx, o.Turn.ID, note(orchestrator.NoteCalling, n), n == 3); err != nil {
						t.Errorf("Note: %v", err)
					}
				}
				if i%4 == 3 {
					continue
				}
				if err := s.Append(ctx, turn(o.Turn.Conversation, i)); err != nil {
					t.Errorf("Append: %v", err)
				}
				if _, err := s.Unfinished(ctx); err != nil {
					t.Errorf("Unfinished while others write: %v", err)
				}
			}
		})
	}
	wg.Wait()
	got, err := s.Unfinished(ctx)
	if err != nil || len(got) != workers*each/4 {
		t.Fatalf("%d turns are unfinished, %v, want %d", len(got), err, workers*each/4)
	}
	last := map[string]int{}
	for _, o := range got {
		c := o.Turn.Conversation
		var n int
		if _, err := fmt.Sscanf(o.Turn.Message, "message %d", &n); err != nil || n%4 != 3 || n <= last[c] {
			t.Errorf("turn %s of %s is unfinished behind turn %d, %v", o.Turn.ID, c, last[c], err)
		}
		last[c] = n
		if len(o.Notes) != 4 || o.Notes[0].Step.ID != "step0" || o.Notes[3].Step.ID != "step3" {
			t.Errorf("the notes of %s are %+v", o.Turn.ID, o.Notes)
		}
	}
}

// journalInterleaved keeps some turn open all the time.
func journalInterleaved(t *testing.T, s JournalStore) {
	mustBegin(t, s, openTurn("first", 0))
	var open []orchestrator.OpenTurn
	for i := range 300 {
		o := openTurn("a", i)
		mustBegin(t, s, o)
		mustNote(t, s, o.Turn.ID, fullNote(orchestrator.NoteCalling, i))
		o.Notes = []orchestrator.JournalNote{fullNote(orchestrator.NoteCalling, i)}
		open = append(open, o)
		if i >= 3 {
			mustAppend(t, s, turn("a", i-3))
			open = open[1:]
		}
	}
	wantUnfinished(t, s, append([]orchestrator.OpenTurn{openTurn("first", 0)}, open...)...)
}
