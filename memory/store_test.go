package memory_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/memory"
	"banyan/orchestrator"
	"banyan/orchestrator/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Store(t, func(tb testing.TB) orchestrator.Store {
		return MustOpen(tb, filepath.Join(tb.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	})
}

// MustOpen opens a store; at clean-up it is checked page by page and closed.
func MustOpen(tb testing.TB, path string, opts memory.Options) *memory.Store {
	tb.Helper()
	s, err := memory.Open(path, opts)
	if err != nil {
		tb.Fatalf("Open: %v", err)
	}
	tb.Cleanup(func() { MustClose(tb, s) })
	return s
}

// MustClose checks a store page by page and closes it. A closed one is left
// alone.
func MustClose(tb testing.TB, s *memory.Store) {
	tb.Helper()
	if s.DB().Path() == "" {
		return
	}
	if err := s.Check(); err != nil {
		tb.Errorf("Check: %v", err)
	}
	if err := s.Close(); err != nil {
		tb.Errorf("Close: %v", err)
	}
}

// MustAppend stores turns.
func MustAppend(tb testing.TB, s *memory.Store, turns ...orchestrator.Turn) {
	tb.Helper()
	for _, t := range turns {
		if err := s.Append(context.Background(), t); err != nil {
			tb.Fatalf("Append(%s): %v", t.ID, err)
		}
	}
}

// MustTurns reads the last n turns.
func MustTurns(tb testing.TB, s *memory.Store, conversation string, n int) []orchestrator.Turn {
	tb.Helper()
	turns, err := s.Turns(context.Background(), conversation, n)
	if err != nil {
		tb.Fatalf("Turns(%q, %d): %v", conversation, n, err)
	}
	return turns
}

// newTurn makes the nth turn of a conversation, of the size that real ones have.
func newTurn(conversation string, n int) orchestrator.Turn {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
	return orchestrator.Turn{
		Conversation: conversation,
		ID:           fmt.Sprintf("%s-%06d", conversation, n),
		User:         "ada@example.com",
		At:           at,
		Message:      fmt.Sprintf("what is the status of order %d?", n),
		Kind:         orchestrator.KindAnswer,
		Answer:       fmt.Sprintf("Order **%d** (desk lamp, 45.00 EUR) is being processed.", n),
		Steps: []orchestrator.StepRecord{{
			ID: "order", Intent: "get_order", Args: map[string]any{"order_id": fmt.Sprint(n)},
			Status: orchestrator.StepDone, Route: orchestrator.Modern, Service: "order", Version: "1.0.0",
			Result: map[string]any{
				"order_id": fmt.Sprint(n), "status": "processing", "total": 45.0, "currency": "EUR",
				"items": []any{map[string]any{"name": "desk lamp", "quantity": 1.0, "price": 45.0}},
			},
			DurationMS: 1.25,
		}},
		Usage:      orchestrator.Usage{Backend: "offline"},
		DurationMS: 3.5,
	}
}

// code returns the code of an error that people are told about.
func code(err error) string {
	var e *orchestrator.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func ids(turns []orchestrator.Turn) []string {
	var list []string
	for _, t := range turns {
		list = append(list, t.ID)
	}
	return list
}

func TestSearch(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	say := func(conversation, user string, second int, message, answer string) {
		x := newTurn(conversation, second)
		x.User, x.Message, x.Answer, x.Steps = user, message, answer, nil
		MustAppend(t, s, x)
	}
	say("a", "ada", 1, "Where is my KETTLE?", "On its way.")
	say("b", "ada", 2, "hello", "Hello!")
	say("c", "ben", 3, "and the kettle?", "There is none.")
	say("a", "ada", 4, "thanks", "The kettle is yours.")
	say("b", "ada", 5, "the ÜBERGROSSE Kettle \"2\\3\"", "Not sold.")
	say("a", "ada", 6, "bye", "Bye!")

	for name, tt := range map[string]struct {
		user, text string
		n          int
		want       []string
	}{
		"OfOneNewestFirst": {"ada", "kettle", 0, []string{"b-000005", "a-000004", "a-000001"}},
		"OfEverybody":      {"", "kettle", 0, []string{"b-000005", "a-000004", "c-000003", "a-000001"}},
		"Bounded":          {"", "kettle", 2, []string{"b-000005", "a-000004"}},
		"BoundedToOne":     {"", "kettle", 1, []string{"b-000005"}},
		"CaseAndBlanks":    {"ada", "  übergrosse kETTLE ", 0, []string{"b-000005"}},
		"WhatJSONEscapes":  {"ada", `"2\3"`, 0, []string{"b-000005"}},
		"Answer":           {"ben", "there is none", 0, []string{"c-000003"}},
		"NotFieldNames":    {"", "duration_ms", 0, nil},
		"NoText":           {"", " ", 0, nil},
		"Stranger":         {"cleo", "kettle", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := s.Search(context.Background(), tt.user, tt.text, tt.n)
			if err != nil || !slices.Equal(ids(found), tt.want) {
				t.Errorf("got %q, %v, want %q", ids(found), err, tt.want)
			}
		})
	}
	t.Run("WholeTurn", func(t *testing.T) {
		found, err := s.Search(context.Background(), "", "yours", 1)
		if err != nil || len(found) != 1 || found[0].Message != "thanks" || found[0].Usage.Backend != "offline" {
			t.Errorf("got %+v, %v", found, err)
		}
	})
	t.Run("CancelledContext", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := s.Search(ctx, "", "kettle", 0); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	})
}

func TestAll(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	var want []string
	for i := range 250 {
		x := newTurn("long", i)
		MustAppend(t, s, x)
		want = append(want, x.ID)
	}
	other := newTurn("other", 1000)
	other.User = "ben@example.com"
	MustAppend(t, s, other)

	var got []string
	for x, err := range s.All(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x.ID)
		// Writing from inside the loop must not lock it up, even if the file grows.
		big := newTurn(fmt.Sprintf("new%d", len(got)), len(got))
		big.Answer = strings.Repeat("x", 1<<14)
		MustAppend(t, s, big)
	}
	if !slices.Equal(got, append([]string{"other-001000"}, want...)) {
		t.Errorf("got %d turns in another order", len(got))
	}
	got = nil
	for x, err := range s.All(context.Background(), "ben@example.com") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x.ID)
	}
	if !slices.Equal(got, []string{"other-001000"}) {
		t.Errorf("of one user: got %q", got)
	}
}

func TestAppendRefusesWhatCannotBeKept(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	for name, change := range map[string]func(*orchestrator.Turn){
		"NoID":           func(t *orchestrator.Turn) { t.ID = "" },
		"NoConversation": func(t *orchestrator.Turn) { t.Conversation = "" },
		"EndlessID":      func(t *orchestrator.Turn) { t.ID = strings.Repeat("x", 40_000) },
		"NotText":        func(t *orchestrator.Turn) { t.Conversation = "\xff" },
		"EndlessUser":    func(t *orchestrator.Turn) { t.User = strings.Repeat("x", 40_000) },
		"NotJSON":        func(t *orchestrator.Turn) { t.Steps[0].Result["f"] = func() {} },
		"YearTenThousand": func(t *orchestrator.Turn) {
			t.At = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTurn("a", 1)
			change(&x)
			if err := s.Append(context.Background(), x); code(err) != orchestrator.CodeInvalid {
				t.Errorf("got %v, want the code %s", err, orchestrator.CodeInvalid)
			}
			if list, err := s.Conversations(context.Background(), "", 0); err != nil || len(list) != 0 {
				t.Errorf("something was stored: %v, %v", list, err)
			}
		})
	}
}

// One writer's refusal must not touch those who share its transaction.
func TestConflictAmongConcurrentWrites(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	MustAppend(t, s, newTurn("a", 0))
	var wg sync.WaitGroup
	for w := range 32 {
		wg.Go(func() {
			for i := range 20 {
				bad := newTurn("a", 0)
				bad.Answer = fmt.Sprint("another ", w, i)
				if err := s.Append(context.Background(), bad); !errors.Is(err, orchestrator.ErrConflict) {
					t.Errorf("got %v, want ErrConflict", err)
				}
				if err := s.Append(context.Background(), newTurn(fmt.Sprint("c", w), i)); err != nil {
					t.Errorf("Append: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for w := range 32 {
		if got := len(MustTurns(t, s, fmt.Sprint("c", w), 0)); got != 20 {
			t.Errorf("conversation %d has %d turns, want 20", w, got)
		}
	}
	if got := MustTurns(t, s, "a", 0); len(got) != 1 || got[0].Answer != newTurn("a", 0).Answer {
		t.Errorf("the turn in dispute is now %v", got)
	}
}

func TestDeleteForgetsTurnIDs(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	MustAppend(t, s, newTurn("a", 1), newTurn("b", 2))
	if err := s.Delete(context.Background(), "a"); err != nil {
		t.Fatal(err)
	}
	other := newTurn("a", 1)
	other.Conversation = "b"
	MustAppend(t, s, other)
	if got := ids(MustTurns(t, s, "b", 0)); !slices.Equal(got, []string{"b-000002", "a-000001"}) {
		t.Errorf("got %q", got)
	}
}

// Close lets every write that has begun come to its end.
func TestCloseWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "banyan.db")
	s := MustOpen(t, path, memory.Options{})
	var wg sync.WaitGroup
	acknowledged := make([]int, 8)
	started := make(chan struct{}, 1000)
	for w := range acknowledged {
		wg.Go(func() {
			for {
				err := s.Append(context.Background(), newTurn(fmt.Sprint("c", w), acknowledged[w]))
				if err != nil {
					if code(err) != orchestrator.CodeStore {
						t.Errorf("Append: got %v, want the code %s", err, orchestrator.CodeStore)
					}
					return
				}
				acknowledged[w]++
				select {
				case started <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 100 {
		<-started
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	wg.Wait()
	s = MustOpen(t, path, memory.Options{})
	for w, want := range acknowledged {
		if got := len(MustTurns(t, s, fmt.Sprint("c", w), 0)); got != want {
			t.Errorf("conversation %d has %d turns, %d were acknowledged", w, got, want)
		}
	}
}

func TestClosed(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	MustClose(t, s)
	if err := s.Close(); err != nil {
		t.Errorf("the second Close: %v", err)
	}
	if err := s.Append(context.Background(), newTurn("a", 1)); code(err) != orchestrator.CodeStore {
		t.Errorf("Append: got %v, want the code %s", err, orchestrator.CodeStore)
	}
	if _, err := s.Turns(context.Background(), "a", 1); code(err) != orchestrator.CodeStore {
		t.Errorf("Turns: got %v, want the code %s", err, orchestrator.CodeStore)
	}
	if err := s.Check(); code(err) != orchestrator.CodeStore {
		t.Errorf("Check: got %v, want the code %s", err, orchestrator.CodeStore)
	}
}

func TestTitle(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "banyan.db"), memory.Options{NoSync: true})
	for name, tt := range map[string]struct{ message, want string }{
		"Short":       {"Where is my kettle?", "Where is my kettle?"},
		"Lines":       {"  two\n\n lines\tand a tab ", "two lines and a tab"},
		"EndOfWord":   {strings.Repeat("twelve chars ", 9), "twelve chars twelve chars twelve chars twelve chars twelve…"},
		"NoBlanks":    {strings.Repeat("x", 100), strings.Repeat("x", 59) + "…"},
		"Marks":       {strings.Repeat("x", 58) + "e\u0301\u0302\u0303" + strings.Repeat("y", 50), strings.Repeat("x", 58) + "…"},
		"EscapeCodes": {"\x1b[31mred", "␛[31mred"},
		"Wide":        {strings.Repeat("注", 100), strings.Repeat("注", 59) + "…"},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTurn(name, 1)
			x.Message = tt.message
			x.User = name
			MustAppend(t, s, x)
			list, err := s.Conversations(context.Background(), name, 1)
			if err != nil || len(list) != 1 || list[0].Title != tt.want {
				t.Errorf("got %+v, %v, want the title %q", list, err, tt.want)
			}
		})
	}
	t.Run("FirstThatSaysSomething", func(t *testing.T) {
		blank := newTurn("blank", 1)
		blank.Message, blank.User = " ", "blank"
		next := newTurn("blank", 2)
		MustAppend(t, s, blank, next)
		list, err := s.Conversations(context.Background(), "blank", 1)
		if err != nil || len(list) != 1 || list[0].Title != next.Message {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}
