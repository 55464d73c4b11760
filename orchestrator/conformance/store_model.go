package conformance

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"banyan/orchestrator"
)

// storeModel does random things to the store and to a map, and compares. All
// runs share the store; each has conversations and users of its own.
func storeModel(t *testing.T, s orchestrator.Store) {
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m := &model{prefix: fmt.Sprintf("run %d ", run), store: s, turns: map[string][]orchestrator.Turn{}, clock: noon()}
		rt.Repeat(map[string]func(*rapid.T){
			"append": m.append,
			"again":  m.again,
			"delete": m.delete,
			"":       m.compare,
		})
	})
}

// model is what a store should hold.
type model struct {
	prefix string
	store  orchestrator.Store
	turns  map[string][]orchestrator.Turn
	order  []string // conversations, the one with the latest turn last
	count  int
	clock  time.Time
}

func (m *model) conversation(t *rapid.T) string {
	return m.prefix + rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "conversation")
}

func (m *model) user(conversation string) string {
	return m.prefix + []string{"ada", "ben"}[conversation[len(conversation)-1]%2]
}

func (m *model) append(t *rapid.T) {
	c := m.conversation(t)
	m.count++
	m.clock = m.clock.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "seconds")) * time.Second)
	x := orchestrator.Turn{
		Conversation: c, ID: fmt.Sprintf("%s%d", m.prefix, m.count), User: m.user(c), At: m.clock,
		Message: rapid.String().Draw(t, "message"),
		Kind:    rapid.SampledFrom([]orchestrator.TurnKind{orchestrator.KindAnswer, orchestrator.KindError}).Draw(t, "kind"),
		Steps: []orchestrator.StepRecord{{
			ID:     "s",
			Result: map[string]any{"n": rapid.Float64Range(-1e300, 1e300).Draw(t, "number"), "text": rapid.String().Draw(t, "text")},
		}},
	}
	if err := m.store.Append(context.Background(), x); err != nil {
		t.Fatalf("Append: %v", err)
	}
	m.turns[c] = append(m.turns[c], x)
	m.order = slices.DeleteFunc(m.order, func(o string) bool { return o == c })
	m.order = append(m.order, c)
}

func (m *model) again(t *rapid.T) {
	turns := m.turns[m.conversation(t)]
	if len(turns) == 0 {
		return
	}
	x := rapid.SampledFrom(turns).Draw(t, "turn")
	if err := m.store.Append(context.Background(), x); err != nil {
		t.Fatalf("Append again: %v", err)
	}
	x.Answer += "changed"
	if err := m.store.Append(context.Background(), x); !errors.Is(err, orchestrator.ErrConflict) {
		t.Fatalf("Append of a changed turn: got %v, want ErrConflict", err)
	}
}

func (m *model) delete(t *rapid.T) {
	c := m.conversation(t)
	if err := m.store.Delete(context.Background(), c); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	delete(m.turns, c)
	m.order = slices.DeleteFunc(m.order, func(o string) bool { return o == c })
}

func (m *model) compare(t *rapid.T) {
	for _, name := range []string{"a", "b", "c", "d"} {
		c := m.prefix + name
		n := rapid.IntRange(0, 4).Draw(t, "n")
		want := m.turns[c]
		if n > 0 {
			want = want[max(0, len(want)-n):]
		}
		got, err := m.store.Turns(context.Background(), c, n)
		if err != nil || len(got) != len(want) || (len(got) > 0 && !reflect.DeepEqual(got, want)) {
			t.Fatalf("Turns(%q, %d): got %v, %v, want %v", c, n, got, err, want)
		}
	}
	for _, name := range []string{"ada", "ben"} {
		user := m.prefix + name
		var want []string
		for _, c := range slices.Backward(m.order) {
			if m.user(c) == user {
				want = append(want, c)
			}
		}
		list, err := m.store.Conversations(context.Background(), user, 0)
		if err != nil || !slices.Equal(conversationIDs(list), want) {
			t.Fatalf("Conversations(%q): got %q, %v, want %q", user, conversationIDs(list), err, want)
		}
		for _, info := range list {
			if info.Turns != len(m.turns[info.ID]) {
				t.Fatalf("conversation %q counts %d turns, want %d", info.ID, info.Turns, len(m.turns[info.ID]))
			}
		}
	}
}
