package conformance

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"banyan/orchestrator"
)

// Store tests that an orchestrator.Store keeps its contract. open returns an
// empty store each time it is called and leaves the closing to the cleanup of
// the test that it is given.
func Store(t *testing.T, open func(tb testing.TB) orchestrator.Store) {
	for name, test := range map[string]func(*testing.T, orchestrator.Store){
		"Append/RoundTrip":            storeRoundTrip,
		"Append/SameTurnTwice":        storeSameTwice,
		"Append/ErrConflict":          storeConflict,
		"Append/CancelledContext":     storeCancelled,
		"Append/KeepsNothingOfInput":  storeInputCopied,
		"Append/LargeTurn":            storeLarge,
		"Append/Concurrent":           storeConcurrent,
		"Append/SameTurnConcurrently": storeConcurrentSame,
		"Turns/LastOldestFirst":       storeOrder,
		"Turns/Unknown":               storeUnknown,
		"Turns/CostsWhatItReturns":    storeCost,
		"Turns/AreCopies":             storeCopies,
		"Turns/OddNamesStayApart":     storeOddNames,
		"Conversations/LatestFirst":   storeConversations,
		"Conversations/Info":          storeInfo,
		"Conversations/OfOneUser":     storeUsers,
		"Delete":                      storeDelete,
		"Model":                       storeModel,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// noon is the time of the first turn in these tests.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC) }

// turn makes the nth turn of a conversation of ada.
func turn(conversation string, n int) orchestrator.Turn {
	return orchestrator.Turn{
		Conversation: conversation,
		ID:           fmt.Sprintf("%s-%d", conversation, n),
		User:         "ada@example.com",
		At:           noon().Add(time.Duration(n) * time.Second),
		Message:      fmt.Sprintf("message %d", n),
		Kind:         orchestrator.KindAnswer,
		Answer:       fmt.Sprintf("answer %d", n),
	}
}

// fullTurn makes a turn with something in every field.
func fullTurn() orchestrator.Turn {
	met := true
	t := turn("full", 1)
	t.Subject = "ben@example.com"
	t.Message = "naïve ünïcödé 注文 🧑‍🚀 <b>&amp;</b> \"quoted\" \\ \u2028 line\nnext"
	t.Kind = orchestrator.KindConfirmation
	t.Steps = []orchestrator.StepRecord{{
		ID: "cancel", Intent: "cancel_order", For: "ben@example.com",
		Args:      map[string]any{"order_id": "1004", "quantity": 3.0, "gift": false, "note": nil},
		Condition: &orchestrator.Decided{Text: "it has not shipped", Expr: `steps.o.status != "shipped"`, Met: &met, By: "cel"},
		Status:    orchestrator.StepDone, Route: orchestrator.Legacy, FallbackFrom: orchestrator.Modern,
		Service: "order", Version: "1.0.0",
		Result: map[string]any{
			"total": 45.1, "tiny": 5e-324, "huge": math.MaxFloat64, "third": 1.0 / 3, "odd": 9007199254740993.0,
			"negative": math.Copysign(0, -1), "exponent": 1e21, "list": []any{1.0, "two", nil, true, map[string]any{"": "empty key"}},
			"nothing": map[string]any{}, "none": []any{},
		},
		Error:      &orchestrator.Error{Code: "already_cancelled", Message: "It is cancelled already."},
		DurationMS: 1.25, Lookup: true, Text: "cancel it", Sentence: "Cancel order 1004",
		Changes: []orchestrator.Change{{Field: "status", Old: "processing", New: "cancelled"}},
	}}
	t.Plan = &orchestrator.Plan{
		Kind: orchestrator.PlanQuestion, Text: "Which one?",
		Steps: []orchestrator.Step{{
			ID: "cancel", Intent: "cancel_order", For: "Ben Sato",
			Args:  map[string]orchestrator.Arg{"order_id": {Ref: "steps.o.order_id", Text: "my order"}, "zero": {Value: 0.0}},
			When:  &orchestrator.Condition{Text: "it has not shipped", Expr: "true"},
			After: []string{"o"}, Lookup: true, Text: "cancel it",
		}},
		Missing: &orchestrator.Missing{Step: "cancel", Param: "order_id", Options: []string{"1003", "1004"}},
	}
	t.Pending = &orchestrator.Pending{Hash: "abc", Expires: noon().Add(10 * time.Minute), Steps: []string{"cancel"}}
	t.Settles = "full-0"
	t.Problem = &orchestrator.Error{Code: orchestrator.CodeTimeout, Message: "It took too long."}
	t.Usage = orchestrator.Usage{Backend: "offline", Model: "m", ModelCalls: 1, InputTokens: 2, OutputTokens: 3, CostUSD: 0.0001}
	t.DurationMS = 3.4
	return t
}

func mustAppend(tb testing.TB, s orchestrator.Store, turns ...orchestrator.Turn) {
	tb.Helper()
	for _, t := range turns {
		if err := s.Append(context.Background(), t); err != nil {
			tb.Fatalf("Append(%s): %v", t.ID, err)
		}
	}
}

func mustTurns(tb testing.TB, s orchestrator.Store, conversation string, n int) []orchestrator.Turn {
	tb.Helper()
	turns, err := s.Turns(context.Background(), conversation, n)
	if err != nil {
		tb.Fatalf("Turns(%q, %d): %v", conversation, n, err)
	}
	return turns
}

func mustConversations(tb testing.TB, s orchestrator.Store, user string, n int) []orchestrator.ConversationInfo {
	tb.Helper()
	list, err := s.Conversations(context.Background(), user, n)
	if err != nil {
		tb.Fatalf("Conversations(%q, %d): %v", user, n, err)
	}
	return list
}

func turnIDs(turns []orchestrator.Turn) []string {
	ids := make([]string, len(turns))
	for i, t := range turns {
		ids[i] = t.ID
	}
	return ids
}

func conversationIDs(list []orchestrator.ConversationInfo) []string {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	return ids
}

func wantIDs(tb testing.TB, what string, got []string, want ...string) {
	tb.Helper()
	if len(got) != len(want) || (len(got) > 0 && !reflect.DeepEqual(got, want)) {
		tb.Fatalf("%s: got %q, want %q", what, got, want)
	}
}

func storeRoundTrip(t *testing.T, s orchestrator.Store) {
	want := fullTurn()
	mustAppend(t, s, want)
	got := mustTurns(t, s, "full", 0)
	if len(got) != 1 {
		t.Fatalf("got %d turns, want 1", len(got))
	}
	if !reflect.DeepEqual(got[0], want) {
		t.Errorf("the turn came back changed:\n got %+v\nwant %+v", got[0], want)
	}
}

func storeSameTwice(t *testing.T, s orchestrator.Store) {
	first := fullTurn()
	mustAppend(t, s, first, first)

	// The same moments in another time zone, and with the reading of the monotonic
	// clock that time.Now adds.
	again := fullTurn()
	zone := time.FixedZone("elsewhere", 5*3600+1800)
	again.At = again.At.In(zone)
	again.Pending.Expires = again.Pending.Expires.In(zone)
	mustAppend(t, s, again)
	now := turn("clock", 1)
	now.At = time.Now()
	mustAppend(t, s, now)
	now.At = now.At.Round(0)
	mustAppend(t, s, now)

	// What the JSON form leaves out, or has one form for.
	bare := turn("bare", 1)
	mustAppend(t, s, bare)
	bare.Steps = []orchestrator.StepRecord{}
	bare.Problem = nil
	mustAppend(t, s, bare)
	number := turn("number", 1)
	number.Steps = []orchestrator.StepRecord{{ID: "a", Args: map[string]any{"n": 3}}}
	mustAppend(t, s, number)
	number.Steps = []orchestrator.StepRecord{{ID: "a", Args: map[string]any{"n": 3.0}}}
	mustAppend(t, s, number)

	// A turn that came back is the one that was stored.
	mustAppend(t, s, mustTurns(t, s, "full", 0)...)
	for _, c := range []string{"full", "clock", "bare", "number"} {
		if got := mustTurns(t, s, c, 0); len(got) != 1 {
			t.Errorf("conversation %s has %d turns, want 1", c, len(got))
		}
	}
	for _, c := range mustConversations(t, s, "", 0) {
		if c.Turns != 1 {
			t.Errorf("conversation %s counts %d turns, want 1", c.ID, c.Turns)
		}
	}
}

func storeConflict(t *testing.T, s orchestrator.Store) {
	mustAppend(t, s, turn("a", 1), turn("a", 2))
	before := mustTurns(t, s, "a", 0)
	for what, change := range map[string]func(*orchestrator.Turn){
		"another answer":       func(t *orchestrator.Turn) { t.Answer += "!" },
		"another moment":       func(t *orchestrator.Turn) { t.At = t.At.Add(time.Nanosecond) },
		"another conversation": func(t *orchestrator.Turn) { t.Conversation = "b" },
		"another user":         func(t *orchestrator.Turn) { t.User = "ben@example.com" },
		"another step":         func(t *orchestrator.Turn) { t.Steps = []orchestrator.StepRecord{{ID: "x"}} },
	} {
		other := turn("a", 1)
		change(&other)
		if err := s.Append(context.Background(), other); !errors.Is(err, orchestrator.ErrConflict) {
			t.Errorf("%s: got %v, want ErrConflict", what, err)
		}
	}
	if after := mustTurns(t, s, "a", 0); !reflect.DeepEqual(after, before) {
		t.Errorf("a refused turn changed what is stored: %v", after)
	}
	if got := mustTurns(t, s, "b", 0); len(got) != 0 {
		t.Errorf("a refused turn made a conversation: %v", got)
	}
	wantIDs(t, "conversations", conversationIDs(mustConversations(t, s, "", 0)), "a")
}

func storeCancelled(t *testing.T, s orchestrator.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := s.Append(ctx, turn("a", 1))
	got := mustTurns(t, s, "a", 0)
	switch {
	case err == nil && len(got) != 1:
		t.Error("the turn was acknowledged and is not there")
	case err != nil && !errors.Is(err, context.Canceled):
		t.Errorf("got %v, want the context's error", err)
	}
	mustAppend(t, s, turn("a", 1))
	wantIDs(t, "turns", turnIDs(mustTurns(t, s, "a", 0)), "a-1")
}

func storeInputCopied(t *testing.T, s orchestrator.Store) {
	in := fullTurn()
	mustAppend(t, s, in)
	in.Steps[0].Args["order_id"] = "changed"
	in.Steps[0].Result["list"].([]any)[0] = "changed"
	in.Plan.Text = "changed"
	in.Pending.Steps[0] = "changed"
	if got := mustTurns(t, s, "full", 1); !reflect.DeepEqual(got[0], fullTurn()) {
		t.Error("a change of the turn that was given reached the store")
	}
}

func storeLarge(t *testing.T, s orchestrator.Store) {
	big := turn("big", 1)
	big.Answer = strings.Repeat("all work and no play, 注文 ", 1<<15)
	mustAppend(t, s, turn("big", 0), big, turn("big", 2))
	got := mustTurns(t, s, "big", 2)
	wantIDs(t, "turns", turnIDs(got), "big-1", "big-2")
	if got[0].Answer != big.Answer {
		t.Errorf("a large answer came back changed: %d bytes of %d", len(got[0].Answer), len(big.Answer))
	}
}

func storeConcurrent(t *testing.T, s orchestrator.Store) {
	const writers, each = 8, 25
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			c := fmt.Sprintf("c%d", w/2) // two writers share a conversation
			for i := range each {
				if err := s.Append(context.Background(), turn(c, w%2*each+i)); err != nil {
					t.Errorf("Append: %v", err)
				}
				if got, err := s.Turns(context.Background(), c, 1); err != nil || len(got) != 1 {
					t.Errorf("Turns while others write: %d turns, %v", len(got), err)
				}
				if _, err := s.Conversations(context.Background(), "", 3); err != nil {
					t.Errorf("Conversations while others write: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for c := range writers / 2 {
		seen := map[string]bool{}
		last := [2]int{-1, -1}
		for _, turn := range mustTurns(t, s, fmt.Sprintf("c%d", c), 0) {
			var n int
			if _, err := fmt.Sscanf(turn.Message, "message %d", &n); err != nil || seen[turn.ID] {
				t.Fatalf("turn %s is there twice, or broken: %v", turn.ID, err)
			}
			seen[turn.ID] = true
			if n <= last[n/each] {
				t.Errorf("turn %s stands behind a later one of the same writer", turn.ID)
			}
			last[n/each] = n
		}
		if len(seen) != 2*each {
			t.Errorf("conversation c%d has %d turns, want %d", c, len(seen), 2*each)
		}
	}
}

func storeConcurrentSame(t *testing.T, s orchestrator.Store) {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if err := s.Append(context.Background(), fullTurn()); err != nil {
				t.Errorf("Append: %v", err)
			}
		})
	}
	wg.Wait()
	wantIDs(t, "turns", turnIDs(mustTurns(t, s, "full", 0)), "full-1")
}
