package conformance

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"banyan/orchestrator"
)

func storeOrder(t *testing.T, s orchestrator.Store) {
	var all []string
	for i := range 12 {
		next := turn("a", i)
		next.At = noon().Add(-time.Duration(i) * time.Hour) // a clock that was set back changes nothing
		mustAppend(t, s, next, turn("b", i))
		all = append(all, next.ID)
	}
	for n, want := range map[int][]string{1: all[11:], 5: all[7:], 12: all, 13: all, 1000: all, 0: all} {
		wantIDs(t, fmt.Sprintf("the last %d", n), turnIDs(mustTurns(t, s, "a", n)), want...)
	}
}

func storeUnknown(t *testing.T, s orchestrator.Store) {
	mustAppend(t, s, turn("known", 1))
	for _, c := range []string{"", "unknown", "know", "known-1", strings.Repeat("x", 1<<17)} {
		for _, n := range []int{0, 1} {
			if got := mustTurns(t, s, c, n); len(got) != 0 {
				t.Errorf("conversation %.20q has turns: %v", c, turnIDs(got))
			}
		}
	}
	if got := mustConversations(t, s, "nobody@example.com", 0); len(got) != 0 {
		t.Errorf("a stranger has conversations: %v", got)
	}
}

// storeCost counts allocations, which do not depend on the machine: reading ten
// turns must cost the same in a short conversation and in a long one, and with
// many others in the store.
func storeCost(t *testing.T, s orchestrator.Store) {
	for i := range 10 {
		mustAppend(t, s, turn("short", i))
	}
	cost := func(conversation string) float64 {
		return testing.AllocsPerRun(20, func() {
			if got := mustTurns(t, s, conversation, 10); len(got) != 10 {
				t.Fatalf("got %d turns, want 10", len(got))
			}
		})
	}
	before := cost("short")
	for i := range 600 {
		mustAppend(t, s, turn("long", i))
	}
	for i := range 100 {
		mustAppend(t, s, turn(fmt.Sprintf("other%d", i), i))
	}
	if long := cost("long"); long > before*1.5+10 {
		t.Errorf("ten turns of a long conversation cost %.0f allocations, of a short one %.0f", long, before)
	}
	if short := cost("short"); short > before*1.5+10 {
		t.Errorf("ten turns in a full store cost %.0f allocations, in an empty one %.0f", short, before)
	}
}

func storeCopies(t *testing.T, s orchestrator.Store) {
	mustAppend(t, s, fullTurn())
	got := mustTurns(t, s, "full", 1)[0]
	got.Steps[0].Result["total"] = "changed"
	got.Steps[0].Args["order_id"] = "changed"
	got.Plan.Steps[0].ID = "changed"
	got.Pending.Hash = "changed"
	*got.Steps[0].Condition.Met = false
	if again := mustTurns(t, s, "full", 1)[0]; !reflect.DeepEqual(again, fullTurn()) {
		t.Error("a change of a turn that was returned reached the store")
	}
}

func storeOddNames(t *testing.T, s orchestrator.Store) {
	names := []string{"a", "a\x00", "a\x00b", "ab", "A", "a/b", "å", "a\xcc\x8a", "a ", " ", "..", strings.Repeat("long", 60)}
	for i, name := range names {
		for n := range 3 {
			x := turn("c", i*10+n)
			x.Conversation = name
			x.User = "user " + name
			mustAppend(t, s, x)
		}
	}
	for i, name := range names {
		want := []string{fmt.Sprintf("c-%d", i*10), fmt.Sprintf("c-%d", i*10+1), fmt.Sprintf("c-%d", i*10+2)}
		wantIDs(t, fmt.Sprintf("turns of %q", name), turnIDs(mustTurns(t, s, name, 0)), want...)
		wantIDs(t, fmt.Sprintf("the last of %q", name), turnIDs(mustTurns(t, s, name, 1)), want[2])
		wantIDs(t, fmt.Sprintf("conversations of %q", name), conversationIDs(mustConversations(t, s, "user "+name, 0)), name)
	}
}

func storeConversations(t *testing.T, s orchestrator.Store) {
	moment := 0
	say := func(conversations ...string) {
		for _, c := range conversations {
			moment++
			mustAppend(t, s, turn(c, moment))
		}
	}
	list := func(n int) []string { return conversationIDs(mustConversations(t, s, "ada@example.com", n)) }

	say("a", "b", "c")
	wantIDs(t, "all", list(0), "c", "b", "a")
	say("a")
	wantIDs(t, "after a turn of a", list(0), "a", "c", "b")
	wantIDs(t, "the last two", list(2), "a", "c")
	wantIDs(t, "more than there are", list(9), "a", "c", "b")
	wantIDs(t, "everybody's", conversationIDs(mustConversations(t, s, "", 0)), "a", "c", "b")

	// A turn that is stored already does not move its conversation.
	mustAppend(t, s, turn("b", 2))
	wantIDs(t, "after an old turn again", list(0), "a", "c", "b")

	// At the same moment, what was stored last counts as the latest.
	for _, c := range []string{"x", "y", "x"} {
		moment++
		same := turn(c, moment)
		same.At = noon().Add(time.Hour)
		mustAppend(t, s, same)
	}
	wantIDs(t, "with equal times", list(2), "x", "y")
}

func storeInfo(t *testing.T, s orchestrator.Store) {
	zone := time.FixedZone("elsewhere", -7*3600)
	first, last := turn("a", 1), turn("a", 2)
	first.At, last.At = first.At.In(zone), last.At.In(zone)
	mustAppend(t, s, first, last)
	got := mustConversations(t, s, "ada@example.com", 1)[0]
	want := orchestrator.ConversationInfo{
		ID: "a", User: "ada@example.com", Title: "message 1",
		Started: first.At.UTC(), Updated: last.At.UTC(), Turns: 2,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}

	long := turn("long", 3)
	long.Message = strings.Repeat("Where is my kettle? ", 50)
	mustAppend(t, s, long)
	title := mustConversations(t, s, "", 1)[0].Title
	if len(title) > 120 || !strings.HasPrefix(title, "Where is my kettle?") || strings.Contains(title, "\n") {
		t.Errorf("the title of a long message is %q", title)
	}
}

func storeUsers(t *testing.T, s orchestrator.Store) {
	for i, user := range []string{"ada@example.com", "ada@example.co", "ada@example.com.au", "ada", "ben@example.com"} {
		x := turn(fmt.Sprintf("c%d", i), i)
		x.User = user
		mustAppend(t, s, x)
	}
	wantIDs(t, "ada's", conversationIDs(mustConversations(t, s, "ada@example.com", 0)), "c0")
	wantIDs(t, "the short name's", conversationIDs(mustConversations(t, s, "ada", 0)), "c3")
	wantIDs(t, "everybody's", conversationIDs(mustConversations(t, s, "", 0)), "c4", "c3", "c2", "c1", "c0")
	wantIDs(t, "everybody's last two", conversationIDs(mustConversations(t, s, "", 2)), "c4", "c3")
}

func storeDelete(t *testing.T, s orchestrator.Store) {
	for i := range 300 {
		mustAppend(t, s, turn("gone", i))
		if i%100 == 0 {
			mustAppend(t, s, turn("stays", i), turn("gon", i))
		}
	}
	for range 2 { // the second time it is unknown
		if err := s.Delete(context.Background(), "gone"); err != nil {
			t.Fatalf("Delete: %v", err)
		}
		if got := mustTurns(t, s, "gone", 0); len(got) != 0 {
			t.Fatalf("%d turns of a deleted conversation are left", len(got))
		}
		wantIDs(t, "turns of another", turnIDs(mustTurns(t, s, "stays", 0)), "stays-0", "stays-100", "stays-200")
		wantIDs(t, "ada's", conversationIDs(mustConversations(t, s, "ada@example.com", 0)), "gon", "stays")
		wantIDs(t, "everybody's", conversationIDs(mustConversations(t, s, "", 0)), "gon", "stays")
	}
	if err := s.Delete(context.Background(), ""); err != nil {
		t.Errorf("Delete of no name: %v", err)
	}
	mustAppend(t, s, turn("gone", 1000))
	wantIDs(t, "turns of a new one with the old name", turnIDs(mustTurns(t, s, "gone", 0)), "gone-1000")
	if got := mustConversations(t, s, "", 1)[0]; got.Turns != 1 || got.Title != "message 1000" {
		t.Errorf("the new one is listed as %+v", got)
	}
}
