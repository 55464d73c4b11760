package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// board is what the screens know of the migration, and what is under way with it.
type board struct {
	source orchestrator.Migration
	steers func(orchestrator.User) bool
	// bugs are the wrong answers that a service can be made to give.
	bugs []Bug
	// status is the last snapshot, known tells whether there is one, err is why the
	// last question for it failed.
	status orchestrator.MigrationStatus
	known  bool
	err    error
	// ready holds the intents whose legacy side can be retired, as the last report said;
	// reported is when it was asked for.
	ready    map[string]bool
	reported time.Time
	// asked is when a snapshot was last asked for, asking is set while that is under
	// way; stale is set if something has changed since, due if the next question waits
	// for its time.
	asked              time.Time
	asking, stale, due bool
	// urgent is set if the person has changed something while a snapshot was asked for.
	urgent bool
	feed   feed
	// doing is what is being changed; said is how the last change ended.
	doing string
	said  *told
	// steered counts the changes that were asked for.
	steered int
}

// told is how something ended, in words.
type told struct {
	ok   bool
	text string
}

// Between two questions for a snapshot is at least askEvery, between two for a
// report reportEvery.
const (
	askEvery    = time.Second
	reportEvery = 10 * time.Second
)

// The messages about the migration.
type (
	// askMsg says that it is time to ask for a snapshot.
	askMsg struct{}
	// statusMsg brings one.
	statusMsg struct {
		status orchestrator.MigrationStatus
		ready  map[string]bool // nil if no report was asked for
		err    error
	}
	// steeredMsg is the end of a change.
	steeredMsg struct {
		seq  int
		what string
		text string
		err  error
	}
	differencesMsg struct {
		intent string
		list   []orchestrator.Mismatch
		kinds  []differenceKind // in the place of list
		err    error
	}
	reportMsg struct {
		report orchestrator.MigrationReport
		err    error
	}
	explainedMsg struct {
		intent  string
		text    string
		history []orchestrator.RouteVersion
		err     error
	}
)

// boardOpen tells whether the board is on the screen.
func (m *model) boardOpen() bool {
	if m.overlay == nil {
		return false
	}
	_, ok := m.overlay.screen.(*boardScreen)
	return ok
}

// mayWatch tells why there is no board; empty if there is one.
func (m *model) mayWatch() string {
	if m.kernel == nil {
		return "One moment, the shop is still being opened."
	}
	if m.migrating.source == nil {
		return "Nobody routes calls here, so there is no migration to show. /intents tells who serves what."
	}
	return ""
}

// maySteer tells whether the user may change something about the migration.
func (m *model) maySteer() bool {
	if f := m.migrating.steers; f != nil {
		return f(m.user)
	}
	return m.user.Staff()
}

// onlyStaff is what others are told.
const onlyStaff = "Only staff, presenters and admins steer; you can watch."

// askNow asks for a snapshot, unless one is being asked for: then again afterwards.
func (m *model) askNow() tea.Cmd {
	b := &m.migrating
	if b.source == nil {
		return nil
	}
	if b.asking {
		b.stale = true
		return nil
	}
	now := m.cfg.Now()
	b.asking, b.stale, b.urgent, b.asked = true, false, false, now
	wantsReport := m.boardOpen() && (b.ready == nil || now.Sub(b.reported) >= reportEvery || now.Before(b.reported))
	if wantsReport {
		b.reported = now
	}
	src := b.source
	return m.crew.do(func(ctx context.Context) tea.Msg {
		var msg statusMsg
		if msg.status, msg.err = src.Status(ctx); msg.err != nil || !wantsReport {
			return msg
		}
		msg.ready = map[string]bool{}
		if report, err := src.Report(ctx); err == nil {
			for _, i := range report.Intents {
				msg.ready[i.Intent] = i.Ready
			}
		}
		return msg
	})
}

// askSoon asks for a snapshot when the last one is a second old.
func (m *model) askSoon() tea.Cmd {
	b := &m.migrating
	if b.source == nil || b.due {
		return nil
	}
	if b.asking {
		b.stale = true
		return nil
	}
	wait := askEvery - m.cfg.Now().Sub(b.asked)
	if wait <= 0 || wait > askEvery {
		return m.askNow()
	}
	b.due = true
	return tea.Tick(wait, func(time.Time) tea.Msg { return askMsg{} })
}

// informed takes a snapshot in; while the board is open the next one is asked for in
// a second.
func (m *model) informed(msg statusMsg) tea.Cmd {
	b := &m.migrating
	b.asking, b.err = false, msg.err
	if msg.err == nil {
		b.status, b.known = msg.status, true
		if !slices.IsSortedFunc(b.status.Intents, byIntent) {
			b.status.Intents = slices.Clone(b.status.Intents)
			slices.SortFunc(b.status.Intents, byIntent)
		}
	}
	if msg.ready != nil {
		b.ready = msg.ready
	}
	if b.urgent {
		return m.askNow()
	}
	if (b.stale || m.boardOpen()) && !b.due {
		b.stale, b.due = false, true
		return tea.Tick(askEvery, func(time.Time) tea.Msg { return askMsg{} })
	}
	return nil
}

func byIntent(a, b orchestrator.IntentStatus) int { return strings.Compare(a.Intent, b.Intent) }

// watched takes in what an event says about the migration.
func (m *model) watched(ev orchestrator.Event) tea.Cmd {
	b := &m.migrating
	if b.source == nil {
		return nil
	}
	b.feed.take(ev)
	switch ev.Kind {
	case orchestrator.EventMigration:
		if !m.boardOpen() && ev.Text != "" {
			m.status = cleanLine(ev.Text)
		}
		return m.askSoon()
	case orchestrator.EventCatalog:
		return m.askSoon()
	default:
		return nil
	}
}

// steer starts a change. There is one at a time.
func (m *model) steer(s steering) tea.Cmd {
	b := &m.migrating
	if why := m.mayWatch(); why != "" {
		m.status = why
		return nil
	}
	if !m.maySteer() {
		b.said, m.status = &told{false, onlyStaff}, ""
		if !m.boardOpen() {
			m.status = onlyStaff
		}
		return nil
	}
	if b.doing != "" {
		m.status = "One moment: " + b.doing + " is still under way."
		return nil
	}
	b.steered++
	seq, src := b.steered, b.source
	s.by.Email = m.user.Email
	b.doing, b.said = s.about(), nil
	return m.crew.do(func(ctx context.Context) tea.Msg {
		text, err := s.do(ctx, src)
		return steeredMsg{seq, s.what, text, err}
	})
}

// steerEnded takes in how a change ended.
func (m *model) steerEnded(msg steeredMsg) tea.Cmd {
	b := &m.migrating
	if msg.seq != b.steered {
		return nil
	}
	b.said = &told{msg.err == nil, msg.text}
	if msg.err != nil {
		b.said.text = "Could not " + b.doing + ": " + sentence(msg.err)
	}
	b.doing = ""
	if msg.what == "abort" && b.said.ok && m.boardOpen() {
		b.said.text += " u takes that back."
	}
	if !m.boardOpen() {
		m.status = b.said.text
	}
	b.urgent = b.asking
	return m.askNow()
}

// openBoard shows the board, or does what stands behind the command.
func (m *model) openBoard(arg string) tea.Cmd {
	if why := m.mayWatch(); why != "" {
		m.status = why
		return nil
	}
	if arg == "" {
		return m.showBoard(&boardScreen{})
	}
	order, err := parseOrder(arg)
	if err != nil {
		m.status = sentence(err)
		return nil
	}
	switch order.verb {
	case verbShow:
		return m.showBoard(&boardScreen{mark: order.intent})
	case verbDifferences:
		s := &boardScreen{mark: order.intent}
		return tea.Batch(m.showBoard(s), s.openDifferences(m))
	case verbReport:
		s := &boardScreen{}
		return tea.Batch(m.showBoard(s), s.openReport(m))
	case verbExplain, verbHistory:
		s := &boardScreen{mark: order.intent}
		return tea.Batch(m.showBoard(s), s.openExplanation(m, order.who))
	case verbSteer:
	}
	if order.steering.change.Route.Kind == orchestrator.RouteRetired && m.maySteer() {
		s := &boardScreen{mark: order.intent}
		s.askRetire(m, order.intent)
		return m.showBoard(s)
	}
	return m.steer(order.steering)
}

func (m *model) showBoard(s *boardScreen) tea.Cmd {
	m.overlay = &overlay{screen: s}
	m.migrating.said = nil
	return m.askNow()
}
