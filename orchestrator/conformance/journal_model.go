package conformance

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"banyan/orchestrator"
)

func journalReopen(t *testing.T, s JournalStore, reopen func(JournalStore) JournalStore) {
	mustBegin(t, s, openTurn("a", 0), fullOpenTurn(), openTurn("b", 2))
	mustNote(t, s, "full-1", fullNote(orchestrator.NoteEnded, 2), orchestrator.JournalNote{Kind: orchestrator.NoteTakingBack})
	want := fullOpenTurn()
	want.Notes = append(want.Notes, fullNote(orchestrator.NoteEnded, 2), orchestrator.JournalNote{Kind: orchestrator.NoteTakingBack})
	for range 3 {
		s = reopen(s)
		wantUnfinished(t, s, openTurn("a", 0), want, openTurn("b", 2))
	}
	// It goes on where it stood.
	mustNote(t, s, "full-1", note(orchestrator.NoteUndone, 3))
	want.Notes = append(want.Notes, note(orchestrator.NoteUndone, 3))
	mustBegin(t, s, openTurn("c", 3))
	s = reopen(s)
	wantUnfinished(t, s, openTurn("a", 0), want, openTurn("b", 2), openTurn("c", 3))
}

func journalReopenEnded(t *testing.T, s JournalStore, reopen func(JournalStore) JournalStore) {
	mustBegin(t, s, openTurn("a", 1), openTurn("b", 2), openTurn("c", 3), openTurn("d", 4))
	mustNote(t, s, "a-1", note(orchestrator.NoteCalling, 1))
	mustAppend(t, s, turn("a", 1))
	mustDrop(t, s, "b-2")
	if err := s.Delete(context.Background(), "c"); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	s = reopen(s)
	wantUnfinished(t, s, openTurn("d", 4))
	mustAppend(t, s, turn("d", 4))
	s = reopen(s)
	wantUnfinished(t, s)
}

// journalReopenDeleted makes sure that a turn that ended does not come back when
// its conversation, and with it the proof that it ended, is deleted.
func journalReopenDeleted(t *testing.T, s JournalStore, reopen func(JournalStore) JournalStore) {
	mustBegin(t, s, openTurn("a", 1), openTurn("b", 2))
	mustAppend(t, s, turn("a", 1))
	if err := s.Delete(context.Background(), "a"); err != nil {
		t.Fatalf("Delete: %v", err)
	}
	wantUnfinished(t, s, openTurn("b", 2))
	s = reopen(s)
	wantUnfinished(t, s, openTurn("b", 2))
}

// journalModel does random things to the journal and to a list, and compares.
func journalModel(t *testing.T, s JournalStore, reopen func(JournalStore) JournalStore) {
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		m := &journalList{prefix: fmt.Sprintf("run %d ", run), store: s}
		rt.Repeat(map[string]func(*rapid.T){
			"begin":  m.begin,
			"again":  m.again,
			"note":   m.note,
			"append": m.append,
			"drop":   m.drop,
			"delete": m.delete,
			"reopen": func(rt *rapid.T) {
				if rapid.IntRange(0, 9).Draw(rt, "seldom") == 0 {
					s = reopen(s)
					m.store = s
				}
			},
			"": func(rt *rapid.T) { wantUnfinished(t, m.store, m.open...) },
		})
		for len(m.open) > 0 { // the next run starts with nothing open
			m.end(rt, 0)
		}
	})
}

// journalList is what a journal should hold.
type journalList struct {
	prefix string
	store  JournalStore
	open   []orchestrator.OpenTurn
	count  int
}

func (m *journalList) begin(t *rapid.T) {
	m.count++
	o := openTurn(m.prefix+[]string{"a", "b", "c"}[m.count%3], m.count)
	m.open = append(m.open, o)
	m.do(t, m.store.Begin(context.Background(), o))
}

func (m *journalList) again(t *rapid.T) {
	if i := m.pick(t); i >= 0 {
		m.open[i].Notes = nil
		m.open[i].Key = rapid.String().Draw(t, "key")
		m.do(t, m.store.Begin(context.Background(), m.open[i]))
	}
}

func (m *journalList) note(t *rapid.T) {
	if i := m.pick(t); i >= 0 {
		n := note(orchestrator.NoteEnded, len(m.open[i].Notes))
		m.open[i].Notes = append(m.open[i].Notes, n)
		m.do(t, m.store.Note(context.Background(), m.open[i].Turn.ID, n, rapid.Bool().Draw(t, "sync")))
	}
}

func (m *journalList) append(t *rapid.T) {
	if i := m.pick(t); i >= 0 {
		m.end(t, i)
	}
}

func (m *journalList) end(t *rapid.T, i int) {
	o := m.open[i]
	m.open = slices.Delete(m.open, i, i+1)
	m.do(t, m.store.Append(context.Background(), o.Turn))
}

func (m *journalList) drop(t *rapid.T) {
	if i := m.pick(t); i >= 0 {
		id := m.open[i].Turn.ID
		m.open = slices.Delete(m.open, i, i+1)
		m.do(t, m.store.Drop(context.Background(), id))
	}
}

func (m *journalList) delete(t *rapid.T) {
	c := m.prefix + rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "conversation")
	m.open = slices.DeleteFunc(m.open, func(o orchestrator.OpenTurn) bool { return o.Turn.Conversation == c })
	m.do(t, m.store.Delete(context.Background(), c))
}

// pick chooses one of the open turns; -1 if there is none.
func (m *journalList) pick(t *rapid.T) int {
	if len(m.open) == 0 {
		return -1
	}
	return rapid.IntRange(0, len(m.open)-1).Draw(t, "turn")
}

func (m *journalList) do(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}
