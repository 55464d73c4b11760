package tui

import (
	"slices"

	"banyan/orchestrator"
)

// Other programs may talk in the conversation that is open here. Their turns are
// shown when they have ended, in the order in which they were stored.

// othersTurn takes in a turn that ended in the open conversation and is not known
// here. While a turn of this chat runs it waits for that one's end.
func (m *model) othersTurn(ev orchestrator.Event) {
	c := m.chat
	if (ev.Kind != orchestrator.EventTurnEnded && ev.Kind != orchestrator.EventRecovered) || ev.Ended == nil ||
		!c.ready || ev.Ended.Conversation != c.id || ev.Ended.User != m.user.Email {
		return
	}
	if r := c.running(); r != nil {
		if ev.Ended.ID != r.id {
			c.others = append(c.others, *ev.Ended)
		}
		return
	}
	m.insert(*ev.Ended)
}

// catchUp takes in what has come while a turn ran that has ended now.
func (m *model) catchUp() {
	others := m.chat.others
	m.chat.others = nil
	for _, t := range others {
		m.insert(t)
	}
}

// insert puts a finished turn where it belongs: turn IDs sort by time.
func (m *model) insert(t orchestrator.Turn) {
	l := m.chat.list
	for _, e := range l.entries {
		if e.turn.ID == t.ID {
			return
		}
	}
	at := len(l.entries)
	for at > 0 && l.entries[at-1].turn.ID > t.ID {
		at--
	}
	l.entries = slices.Insert(l.entries, at, &entry{turn: t})
	clear(l.cache)
	l.changed()
	m.tally()
	m.ask()
}
