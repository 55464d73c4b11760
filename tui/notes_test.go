package tui

import (
	"strings"
	"testing"

	"banyan/orchestrator"
)

// What a policy did is seen in the panel, once for each event, also when the
// event comes after its turn has ended or the conversation is opened again.
func TestNotes(t *testing.T) {
	d := managed(t, 120, 40)
	d.slow("slow retry")
	d.has("» retry: openai failed", "» fallback: openai failed")
	id, conv := d.m.chat.list.last().turn.ID, d.m.chat.id
	say := func(turn, text string) {
		d.m.chat.apply(orchestrator.Event{Kind: orchestrator.EventBackend, Conversation: conv, Turn: turn, Text: text})
	}
	say(id, "cache: the same was asked before")
	say("turn-99", "STRANGE words")
	d.has("» cache: the same was asked before")
	close(d.k.release)
	d.until("the end", func() bool { return d.m.chat.running() == nil })
	say(id, "breaker: openai is well again")
	say("turn-99", "STRANGE words")
	d.has("» retry: openai failed", "» cache: the same was asked before", "» breaker: openai is well again")
	d.hasNot("STRANGE")
	if n := strings.Count(d.cells(), "» retry"); n != 1 {
		t.Errorf("one retry is shown %d times", n)
	}
	d.run(d.m.enter(""))
	d.settle()
	d.run(d.m.enter(conv))
	d.settle()
	d.has("» retry: openai failed", "» breaker: openai is well again")
}

func TestNotesAreBounded(t *testing.T) {
	e := &entry{turn: orchestrator.Turn{ID: "t"}, run: &running{}}
	for i := range 3 * maxNotes {
		e.noted(orchestrator.Event{Text: grouped(i)})
	}
	if n := len(e.notes); n != maxNotes || e.notes[n-1].text != grouped(3*maxNotes-1) {
		t.Errorf("%d notes, the last %q", n, e.notes[n-1].text)
	}
	var b notebook
	for i := range 2 * maxNoted {
		b.keep(grouped(i), e.notes)
	}
	if len(b.turns) != maxNoted || len(b.order) != maxNoted || b.of("0") != nil || b.of(grouped(2*maxNoted-1)) == nil {
		t.Errorf("%d turns are kept", len(b.turns))
	}
}

func TestNarrowNotes(t *testing.T) {
	d := managed(t, 80, 24)
	d.slow("slow retry")
	d.has("1 step", "2 notes")
	close(d.k.release)
	d.until("the end", func() bool { return d.m.chat.running() == nil })
	d.has("» 2 notes, the last: fallback: openai failed")
	d.press("tab")
	d.has("» retry: openai failed", "no model asked · stored")
}
