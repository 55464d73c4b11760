package tui

import (
	"banyan/orchestrator"
)

// note is one line about what a backend's policy did during a turn: a retry, a
// fallback, a breaker, a budget, the cache.
type note struct {
	text string
	// early is set if it came before the turn had a plan.
	early bool
}

// maxNotes is how many notes of one turn are kept; a later one replaces the last.
const maxNotes = 40

// notebook keeps the notes of this session's turns, since no store does.
type notebook struct {
	turns map[string][]note
	order []string // turn IDs, oldest first
}

// maxNoted is how many turns' notes are kept.
const maxNoted = 500

func (b *notebook) keep(turn string, notes []note) {
	if turn == "" || len(notes) == 0 {
		return
	}
	if b.turns == nil {
		b.turns = map[string][]note{}
	}
	if _, ok := b.turns[turn]; !ok {
		b.order = append(b.order, turn)
	}
	b.turns[turn] = notes
	for len(b.order) > maxNoted {
		delete(b.turns, b.order[0])
		b.order = b.order[1:]
	}
}

func (b *notebook) of(turn string) []note { return b.turns[turn] }

// noted adds what an event of a backend says.
func (e *entry) noted(ev orchestrator.Event) {
	n := note{text: cleanLine(ev.Text), early: e.run != nil && len(e.turn.Steps) == 0}
	if n.text == "" {
		return
	}
	if len(e.notes) >= maxNotes {
		e.notes = e.notes[:maxNotes-1]
	}
	e.notes = append(e.notes[:len(e.notes):len(e.notes)], n)
	e.rev++
}

// late takes a backend's event that comes after its turn has ended.
func (e *entry) late(ev orchestrator.Event) bool {
	if e.run != nil || ev.Kind != orchestrator.EventBackend || ev.Turn == "" || ev.Turn != e.turn.ID {
		return false
	}
	e.noted(ev)
	return true
}

// traced tells whether there is something to show of what happened.
func (e *entry) traced() bool { return len(e.turn.Steps) > 0 || len(e.notes) > 0 }

// trace draws all that happened in a turn, in its order, in w cells.
func (t tracer) trace(e *entry, w int) []string {
	out := t.notes(e.notes, true, w)
	out = append(out, t.steps(e.turn, w)...)
	return append(out, t.notes(e.notes, false, w)...)
}

// notes draws those that came before the plan, or those after.
func (t tracer) notes(all []note, early bool, w int) []string {
	var out []string
	for _, n := range all {
		if n.early != early {
			continue
		}
		pre := width(t.signs.note) + 1
		for i, l := range wrap(n.text, w-pre) {
			if i == 0 {
				out = append(out, t.st.faint.Render(t.signs.note)+" "+t.st.quiet.Render(l))
				continue
			}
			out = append(out, fillLeft("", pre)+t.st.quiet.Render(l))
		}
	}
	return out
}
