package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// boardScreen is the board: every intent with who serves it, and what stands in front
// of it.
type boardScreen struct {
	mark string // the chosen intent; it stays chosen when others come and go
	top  int
	// front is what stands in the place of the board; nil if nothing does.
	front boardFront
	held  heldKey
}

// boardFront is what can stand in front of the board: a list of differences, a page, a
// form, a question.
type boardFront interface {
	// press takes a key; done tells that it can go.
	press(m *model, s *boardScreen, msg tea.KeyPressMsg) (cmd tea.Cmd, done bool)
	// view is at most w cells wide. dock tells how many rows it needs below the board,
	// 0 if it takes the whole place.
	view(m *model, w, h int) []string
	dock(m *model, w int) int
	hints(m *model) []key.Binding
	scroll(n int)
}

// at is the row of the chosen intent.
func (s *boardScreen) at(list []orchestrator.IntentStatus) int {
	from, to := 0, len(list)
	for from < to {
		if mid := (from + to) / 2; list[mid].Intent < s.mark {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return max(min(from, len(list)-1), 0)
}

// chosen is the intent under the mark.
func (s *boardScreen) chosen(m *model) (orchestrator.IntentStatus, bool) {
	list := m.migrating.status.Intents
	if len(list) == 0 {
		return orchestrator.IntentStatus{}, false
	}
	return list[s.at(list)], true
}

func (s *boardScreen) move(m *model, n int) {
	if list := m.migrating.status.Intents; len(list) > 0 {
		s.mark = list[max(min(s.at(list)+n, len(list)-1), 0)].Intent
	}
}

func (s *boardScreen) scroll(m *model, n int) {
	if s.front != nil && s.front.dock(m, m.w) == 0 {
		s.front.scroll(n)
		return
	}
	s.move(m, n)
}

// take does what a key says.
func (s *boardScreen) take(m *model, msg tea.KeyPressMsg) tea.Cmd {
	if s.front != nil {
		cmd, done := s.front.press(m, s, msg)
		if done {
			s.front = nil
		}
		return cmd
	}
	k, page := m.keys, max(m.h-14, 1)
	i, ok := s.chosen(m)
	switch {
	case key.Matches(msg, k.back), msg.Text == "q":
		m.overlay = nil
		return nil
	case key.Matches(msg, k.help):
		s.openKeys()
		return nil
	case key.Matches(msg, k.boardReport):
		return s.openReport(m)
	case key.Matches(msg, k.boardHeal):
		return s.heal(m)
	case key.Matches(msg, k.boardBreak):
		s.openBreak(m)
		return nil
	case !ok:
		return nil
	case key.Matches(msg, k.details):
		s.mark = i.Intent
		return s.openDifferences(m)
	case key.Matches(msg, k.up):
		s.move(m, -1)
	case key.Matches(msg, k.down):
		s.move(m, 1)
	case key.Matches(msg, k.pageUp):
		s.move(m, -page)
	case key.Matches(msg, k.pageDown):
		s.move(m, page)
	case key.Matches(msg, k.home):
		s.move(m, -1<<30)
	case key.Matches(msg, k.end):
		s.move(m, 1<<30)
	default:
		s.mark = i.Intent
		return s.order(m, i, msg)
	}
	return nil
}

// order takes the keys that change something about an intent.
func (s *boardScreen) order(m *model, i orchestrator.IntentStatus, msg tea.KeyPressMsg) tea.Cmd {
	k := m.keys
	if key.Matches(msg, k.boardWhy) {
		return s.openExplanation(m, "")
	}
	about := orchestrator.RouteChange{Intent: i.Intent}
	set := func(b key.Binding, kind orchestrator.RouteKind) tea.Cmd {
		c := about
		c.Route.Kind = kind
		if breaksContract(i, c) {
			s.askForce(i, c)
			return nil
		}
		return s.orMove(m, i, b, steering{what: "set", change: c})
	}
	switch {
	case !key.Matches(msg, k.boardShadow, k.boardCanary, k.boardModern, k.boardLegacy, k.boardPause, k.boardRetire, k.boardPromote, k.boardAbort, k.boardUndo):
		return nil
	case !m.maySteer():
		m.migrating.said = &told{false, onlyStaff}
		return nil
	case key.Matches(msg, k.boardAbort):
		return m.steer(steering{what: "abort", change: about})
	case key.Matches(msg, k.boardPromote):
		return s.orMove(m, i, k.boardPromote, steering{what: "promote", change: about})
	case key.Matches(msg, k.boardUndo):
		return s.orMove(m, i, k.boardUndo, steering{what: "undo", change: about})
	case key.Matches(msg, k.boardPause):
		what := "pause"
		if r := i.Rollout; r != nil && r.State == "paused" {
			what = "resume"
		}
		return m.steer(steering{what: what, change: about})
	case key.Matches(msg, k.boardShadow):
		return set(k.boardShadow, orchestrator.RouteShadow)
	case key.Matches(msg, k.boardModern):
		return set(k.boardModern, orchestrator.RouteModern)
	case key.Matches(msg, k.boardLegacy):
		return set(k.boardLegacy, orchestrator.RouteLegacy)
	case key.Matches(msg, k.boardCanary):
		s.openCanary(i)
	case key.Matches(msg, k.boardRetire):
		s.askRetire(m, i.Intent)
	}
	return nil
}

// set gives an intent another route, after asking if that breaks its contract.
func (s *boardScreen) set(m *model, i orchestrator.IntentStatus, c orchestrator.RouteChange) tea.Cmd {
	if breaksContract(i, c) {
		s.askForce(i, c)
		return nil
	}
	return m.steer(steering{what: "set", change: c})
}

// breaksContract tells whether a change lets modern serve what it does not keep.
func breaksContract(i orchestrator.IntentStatus, c orchestrator.RouteChange) bool {
	serves := c.Route.Kind == orchestrator.RouteModern || c.Route.Kind == orchestrator.RouteCanary
	return serves && len(i.Contract) > 0 && !c.Force
}

// heal mends what is broken, after asking with a second key.
func (s *boardScreen) heal(m *model) tea.Cmd {
	if len(m.migrating.status.Faults) == 0 {
		m.migrating.said = &told{true, "Nothing is broken on purpose."}
		return nil
	}
	if !m.maySteer() {
		m.migrating.said = &told{false, onlyStaff}
		return nil
	}
	s.askTwice(m, m.keys.boardHeal, steering{what: "heal"}, "Broken on purpose: "+m.faults()+".")
	return nil
}

func (s *boardScreen) hints(m *model) []key.Binding {
	if s.front != nil {
		return s.front.hints(m)
	}
	k := m.keys
	i, ok := s.chosen(m)
	if !ok {
		return []key.Binding{k.back, k.boardReport}
	}
	if !m.maySteer() {
		return []key.Binding{k.boardDetails, k.boardWhy, k.boardReport, k.up, k.back}
	}
	out := []key.Binding{k.boardDetails}
	both := i.Modern != nil && i.Legacy != nil
	if both {
		out = append(out, k.boardShadow, k.boardCanary, k.boardModern, k.boardLegacy)
	}
	if i.Version.Version > 0 {
		out = append(out, k.boardAbort)
	}
	out = append(out, k.boardBreak)
	if len(m.migrating.status.Faults) > 0 {
		out = append(out, k.boardHeal)
	}
	out = append(out, k.boardReport)
	if i.Rollout != nil && (i.Rollout.State == "running" || i.Rollout.State == "paused") {
		out = append(out, k.boardPause)
	}
	if both {
		out = append(out, k.boardPromote)
	}
	return append(out, k.back, m.boardHelpKey())
}

// boardHelpKey is the key for all keys of the board, which do not fit into one line.
func (m *model) boardHelpKey() key.Binding {
	b := m.keys.help
	b.SetHelp(b.Help().Key, "keys")
	return b
}

// openKeys explains the board and lists its keys.
func (s *boardScreen) openKeys() {
	s.front = &boardPage{title: "the keys of the board", body: func(m *model, w int) []string {
		out := append(wrap("Every intent is a row: its route, who served it in the last hour, how often modern said the same as legacy, and what went wrong on each side. Below stand what is known of the chosen one, the calls that legacy still gets, and the calls as they are routed.", w), "")
		for _, b := range m.keys.ofBoard() {
			for n, line := range wrap(b.Help().Desc, max(w-12, 10)) {
				name := ""
				if n == 0 {
					name = b.Help().Key
				}
				out = append(out, "  "+m.st.key.Render(fill(name, 8, ""))+" "+m.st.quiet.Render(line))
			}
		}
		return append(append(out, ""), paint(wrap("What moves users from one side to the other asks for the same key again. All of it can be typed too, and is done at once: "+orderHelp+".", w), m.st.quiet)...)
	}}
}

// ofBoard are the keys of the board, with all that they do.
func (k keyMap) ofBoard() []key.Binding {
	as := func(b key.Binding, help string) key.Binding {
		b.SetHelp(b.Help().Key, help)
		return b
	}
	return []key.Binding{
		as(k.boardDetails, "where modern answers otherwise than legacy, field by field"),
		as(k.boardShadow, "shadow: legacy answers, modern runs beside it and is compared"),
		as(k.boardCanary, "canary: modern serves a share of the users"),
		as(k.boardModern, "modern serves everybody"), as(k.boardLegacy, "legacy serves everybody"),
		as(k.boardPromote, "on to the next stage"), as(k.boardAbort, "abort: back to the last stable route, at once; u takes it back"),
		as(k.boardUndo, "take back the last change of the route"), as(k.boardPause, "let a rollout wait, or go on"),
		as(k.boardBreak, "break a service on purpose"), as(k.boardHeal, "heal all that is broken on purpose; asks"),
		as(k.boardReport, "what can be retired, and why not"), as(k.boardWhy, "where a call goes, and how the route came to be"),
		as(k.boardRetire, "retired: legacy refuses until u takes it back; asks twice"),
	}
}
