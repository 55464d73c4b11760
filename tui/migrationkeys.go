package tui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// boardBurst is the time between two keys below which they were typed as a word or
// pasted. The keys of the board are letters: such a word must not be taken for orders.
const boardBurst = 60 * time.Millisecond

// heldKey is a letter on the board that waits for whether another follows it at once.
type heldKey struct {
	on   bool
	msg  tea.KeyPressMsg
	last time.Time // when the last letter came
	seq  int
}

// heldKeyMsg says that the hold number seq is over.
type heldKeyMsg struct{ seq int }

// press takes a key: letters after a moment, unless another follows at once; what a
// demo presses, and what goes into a form, at once.
func (s *boardScreen) press(m *model, msg tea.KeyPressMsg) tea.Cmd {
	if _, asks := s.front.(*boardAsk); m.demo.on() || s.front != nil && !asks {
		return s.take(m, msg)
	}
	h, now := &s.held, m.cfg.Now()
	fast := !h.last.IsZero() && now.Sub(h.last) < boardBurst
	text := msg.Text != "" || msg.Code == tea.KeySpace
	if fast && (text || key.Matches(msg, m.keys.details)) {
		h.on, h.last = false, now
		h.seq++
		m.migrating.said = &told{true, "Letters that come so fast are a text and no orders: nothing was changed."}
		return nil
	}
	before := s.release(m)
	if !text {
		return tea.Batch(before, s.pressed(m, msg))
	}
	h.on, h.msg, h.last = true, msg, now
	h.seq++
	seq := h.seq
	return tea.Batch(before, tea.Tick(boardBurst, func(time.Time) tea.Msg { return heldKeyMsg{seq} }))
}

// pressed gives a key to what is on the board now.
func (s *boardScreen) pressed(m *model, msg tea.KeyPressMsg) tea.Cmd {
	if m.overlay == nil || m.overlay.screen != s {
		return nil
	}
	return s.take(m, msg)
}

// release presses the letter that was held, if there is one.
func (s *boardScreen) release(m *model) tea.Cmd {
	if !s.held.on {
		return nil
	}
	s.held.on = false
	return s.pressed(m, s.held.msg)
}

// boardKey ends a hold.
func (m *model) boardKey(msg heldKeyMsg) tea.Cmd {
	if !m.boardOpen() {
		return nil
	}
	if s, _ := m.overlay.screen.(*boardScreen); s.held.seq == msg.seq {
		return s.release(m)
	}
	return nil
}

// modernShare is the percentage of users that modern serves at a route; -1 if that is
// not known.
func modernShare(r orchestrator.Route) int {
	switch r.Kind {
	case orchestrator.RouteLegacy, orchestrator.RouteShadow:
		return 0
	case orchestrator.RouteCanary:
		return r.Percent
	case orchestrator.RouteModern, orchestrator.RouteRetired:
		return 100
	}
	return -1
}

// movesUsers tells how many users an order takes from one side to the other, in a
// sentence; empty if it leaves them where they are.
func movesUsers(i orchestrator.IntentStatus, o steering) string {
	if i.Legacy == nil || i.Modern == nil {
		return ""
	}
	now, then := modernShare(i.Version.Route), -1
	switch o.what {
	case "set":
		then = modernShare(o.change.Route)
	case "undo":
		then = modernShare(i.Version.Before)
	case "promote":
		if i.Version.Route.Kind == orchestrator.RouteLegacy {
			return ""
		}
		return "Modern serves " + grouped(max(now, 0)) + " % of the users now, and more of them at the next stage."
	}
	switch {
	case now == then && now >= 0:
		return ""
	case then < 0:
		return "It may move users from one side to the other."
	}
	return "Modern serves " + grouped(max(now, 0)) + " % of the users now, and " + grouped(then) + " % then."
}

// orMove does what a key orders, after asking with a second key if that takes users
// from one side to the other.
func (s *boardScreen) orMove(m *model, i orchestrator.IntentStatus, k key.Binding, o steering) tea.Cmd {
	why := movesUsers(i, o)
	if why == "" {
		return m.steer(o)
	}
	s.askTwice(m, k, o, why)
	return nil
}

// askTwice asks for the same key again, or y.
func (s *boardScreen) askTwice(m *model, k key.Binding, o steering, why string) {
	again := key.NewBinding(key.WithKeys(append(k.Keys(), "y", "Y")...), key.WithHelp(k.Help().Key+" again, or y", "does it"))
	s.front = &boardAsk{mild: true, title: upperFirst(o.about()) + "?", reasons: []string{why}, order: o, keys: []key.Binding{again}}
	m.migrating.said = nil
}
