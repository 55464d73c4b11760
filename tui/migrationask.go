package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// boardAsk asks whether something that can do harm is to be done, once for each of
// its keys. The keys differ, so that one that is held down says yes to nothing.
type boardAsk struct {
	title   string
	reasons []string
	keys    []key.Binding
	said    int // how many of the keys were pressed
	order   steering
	mild    bool // it does no harm, but moves much
}

func (a *boardAsk) press(m *model, s *boardScreen, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	if !key.Matches(msg, a.keys[a.said]) {
		if !key.Matches(msg, m.keys.up, m.keys.down) {
			m.migrating.said = &told{true, "Nothing was changed."}
			return nil, true
		}
		return nil, false
	}
	if a.said++; a.said < len(a.keys) {
		return nil, false
	}
	s.front = nil
	return m.steer(a.order), true
}

// dock is what the question needs, and no more than leaves the chosen intent in view.
func (a *boardAsk) dock(m *model, w int) int { return min(len(a.text(m, w))+len(a.last(m, w))+1, 12) }

func (a *boardAsk) scroll(int) {}

func (a *boardAsk) view(m *model, w, h int) []string {
	out, last := a.text(m, w), a.last(m, w)
	if room := max(h-len(last), 1); len(out) > room {
		out = append(out[:max(room-1, 1)], m.st.faint.Render(m.signs.ellipsis))
	}
	return append(out, last...)
}

// text is the question with what is to be known before answering it.
func (a *boardAsk) text(m *model, w int) []string {
	st, g := m.st, m.signs
	w = min(w, maxText)
	out := paint(hang(g.failed+" ", a.title, w), st.bad.Bold(true))
	if a.mild {
		out = paint(wrap(a.title, w), st.strong)
	}
	for _, r := range a.reasons {
		out = append(out, hang(g.bullet+" ", cleanLine(r), w)...)
	}
	return out
}

// last says which key goes on.
func (a *boardAsk) last(m *model, w int) []string {
	ask := a.keys[a.said].Help()
	lines := wrap(ask.Key+" "+ask.Desc+"; anything else leaves it.", min(w, maxText))
	out := paint(lines, m.st.quiet)
	if rest, ok := strings.CutPrefix(lines[0], ask.Key+" "); ok {
		out[0] = m.st.key.Render(ask.Key) + " " + m.st.quiet.Render(rest)
	}
	return out
}

func (a *boardAsk) hints(m *model) []key.Binding {
	k := a.keys[a.said]
	return []key.Binding{k, m.keys.back}
}

// askForce asks before a modern intent that breaks the contract serves anybody.
func (s *boardScreen) askForce(i orchestrator.IntentStatus, c orchestrator.RouteChange) {
	c.Force = true
	s.front = &boardAsk{
		title: cleanLine(i.Intent) + ": modern does not keep what legacy promises", reasons: i.Contract, order: steering{what: "set", change: c},
		keys: []key.Binding{key.NewBinding(key.WithKeys("F"), key.WithHelp("F", "sets "+routeWords(c.Route)+" all the same"))},
	}
}

// askRetire asks twice before legacy refuses an intent.
func (s *boardScreen) askRetire(m *model, intent string) {
	a := &boardAsk{
		title:   "Retire " + cleanLine(intent) + ": legacy refuses it until that is taken back (u), and nothing can fall back on it",
		order:   steering{what: "set", change: orchestrator.RouteChange{Intent: intent, Route: orchestrator.Route{Kind: orchestrator.RouteRetired}}},
		keys:    []key.Binding{key.NewBinding(key.WithKeys("y", "Y"), key.WithHelp("y", "goes on")), key.NewBinding(key.WithKeys("R"), key.WithHelp("R", "retires it"))},
		reasons: []string{"The report does not say yet whether legacy can be spared: r shows it."},
	}
	b := &m.migrating
	if ready, ok := b.ready[intent]; ok {
		a.reasons = []string{"The report says that legacy can be spared."}
		if !ready {
			a.reasons = []string{"The report says that legacy cannot be spared yet: r shows why."}
		}
	}
	list := b.status.Intents
	if at := (&boardScreen{mark: intent}).at(list); len(list) > 0 && list[at].Intent == intent {
		i := list[at]
		if i.Modern == nil {
			a.reasons = append(a.reasons, "There is no modern home: nobody would serve it.")
		}
		if i.Legacy != nil && i.Legacy.Recent > 0 {
			a.reasons = append(a.reasons, "Legacy served "+count(i.Legacy.Recent, "call")+" in the last hour.")
		}
		if k := i.Version.Route.Kind; k != orchestrator.RouteModern {
			a.reasons = append(a.reasons, "It is at "+routeWords(i.Version.Route)+", not at modern.")
		}
		a.reasons = append(a.reasons, i.Contract...)
		a.order.change.Force = len(i.Contract) > 0
	}
	s.front = a
}
