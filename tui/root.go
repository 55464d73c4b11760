package tui

import (
	"context"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// The smallest window that is drawn.
const (
	minWidth  = 60
	minHeight = 20
)

// page is what fills the window.
type page int

const (
	pageLogin page = iota
	pageChat
)

// model is the root: the one tea.Model. Only the program's own goroutine touches
// it, so nothing in it is locked.
type model struct {
	cfg   Config
	crew  *crew
	keys  keyMap
	signs signs
	st    styles
	paint *painter
	md    *markdown

	w, h    int
	started bool
	page    page
	login   *login
	chat    *chat
	overlay *overlay

	kernel  Kernel
	sub     *orchestrator.Subscription
	opening bool
	failed  error // Open's error
	lookup  func(ctx context.Context, who string) (orchestrator.User, error)
	suggest func(ctx context.Context, user orchestrator.User) []string

	user    orchestrator.User
	acts    string // the email of the customer for whom staff act, or last acted
	backend orchestrator.BackendInfo
	catalog *orchestrator.Catalog

	backends  backends
	migrating board
	demo      demo
	recovered recovered
	notice    string
	draft     string // for the input of the first conversation
	unmarked  bool   // the terminal does not tell a paste from keys

	veil     veil
	status   string // one line at the bottom, until the next key
	armed    time.Time
	lastKey  time.Time
	spinning bool
	spinAt   int
}

// The messages of the root's own Cmds.
type (
	startMsg  struct{}
	warmedMsg struct{}
	spinMsg   struct{}
	openedMsg struct {
		opened Opened
		sub    *orchestrator.Subscription
		info   kernelInfo
		err    error
	}
	catalogMsg struct{ info kernelInfo }
)

// kernelInfo is what the header and the lists show of the kernel.
type kernelInfo struct {
	catalog  *orchestrator.Catalog
	backend  orchestrator.BackendInfo
	backends []Integration
	// switches is how many times the backend had been switched when this was asked
	// for; what was asked for before the last switch is out of date.
	switches int
}

func newModel(cfg Config, crew *crew) *model {
	g := newSigns(cfg.ASCII)
	st := newStyles(true)
	md := newMarkdown(st, g)
	m := &model{
		cfg: cfg, crew: crew, keys: newKeyMap(g), signs: g, st: st, md: md,
		lookup: cfg.Lookup, suggest: cfg.Suggestions, opening: true,
		backends: backends{source: cfg.Integrations}, migrating: board{steers: cfg.CanSteer, bugs: cfg.Bugs}, notice: cfg.Notice,
		veil:     veil{masker: cfg.Masker, on: cfg.Masker != nil && cfg.Masked, ascii: cfg.ASCII},
		unmarked: cfg.getenv("TERM") == "linux",
	}
	m.demo = newDemo(cfg.Demo)
	m.paint = &painter{st: st, signs: g, md: md, now: cfg.Now, spin: g.waiting, keys: m.keys}
	m.chat = newChat(m.paint, m.keys, g)
	m.login = newLogin(cfg.Accounts, g)
	m.restyle(!cfg.light())
	if cfg.User != nil {
		m.user, m.page = *cfg.User, pageChat
	}
	return m
}

// Init asks for what the terminal knows. All else waits for the first frame.
func (m *model) Init() tea.Cmd { return tea.RequestBackgroundColor }

// firstFrame is the time that the first frame has before slower work starts.
const firstFrame = 30 * time.Millisecond

// Update takes one message into account. It does no I/O.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	demo := m.demonstrate(msg)
	return m, tea.Batch(cmd, demo, m.spinner())
}

func (m *model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height-m.demo.rows()
		m.redialog()
		if !m.started {
			m.started = true
			return tea.Tick(firstFrame, func(time.Time) tea.Msg { return startMsg{} })
		}
	case tea.BackgroundColorMsg:
		m.restyle(msg.IsDark())
	case startMsg:
		return tea.Batch(m.open(), m.warm())
	case warmedMsg:
		m.paint.rev++
	case openedMsg:
		return m.opened(msg)
	case catalogMsg:
		m.inform(msg.info)
	case eventsMsg:
		return m.events(msg)
	case spinMsg:
		return m.spin()
	case loginMsg:
		return m.loggedIn(msg)
	case enteredMsg:
		m.entered(msg)
	case turnMsg:
		m.turnEnded(msg)
	case heldMsg:
		if send := m.chat.confirm.release(msg.seq); send != "" {
			return m.send(send)
		}
		m.prefill()
	case heldLineMsg:
		return m.releaseLine(msg.seq)
	case againMsg:
		return m.releaseAgain(msg.seq)
	case conversationsMsg:
		m.listed(msg)
	case refreshMsg:
		return m.refresh(msg)
	case backendsMsg:
		return m.refreshed(msg)
	case usedMsg:
		m.switched(msg)
	case testedMsg:
		m.testEnded(msg)
	case sentMsg:
		m.sent(msg)
	case heldKeyMsg:
		return m.boardKey(msg)
	case askMsg:
		m.migrating.due = false
		return m.askNow()
	case statusMsg:
		return m.informed(msg)
	case steeredMsg:
		return m.steerEnded(msg)
	case differencesMsg:
		m.differed(msg)
	case reportMsg:
		m.reported(msg)
	case explainedMsg:
		m.explained(msg)
	case copiedMsg:
		m.status = msg.text
	case tea.KeyPressMsg:
		if m.demo.on() && !key.Matches(msg, m.keys.quit, m.keys.suspend) {
			return m.pressDemo(msg)
		}
		return m.press(msg)
	case tea.PasteMsg:
		if !m.demo.on() {
			m.pasted(msg.Content)
		}
	case tea.MouseWheelMsg:
		m.wheel(msg)
	}
	return nil
}

// press takes a key.
func (m *model) press(msg tea.KeyPressMsg) tea.Cmd {
	now := m.cfg.Now()
	defer func() { m.lastKey = now }()
	if m.failed != nil && key.Matches(msg, m.keys.quit, m.keys.leave) {
		return tea.Quit
	}
	if key.Matches(msg, m.keys.quit) {
		return m.quit(now)
	}
	m.status, m.armed = "", time.Time{}
	if key.Matches(msg, m.keys.suspend) {
		if m.cfg.Awake != nil {
			if m.status = m.cfg.Awake(); m.status != "" {
				return nil
			}
		}
		return tea.Suspend
	}
	switch {
	case m.w < minWidth || m.h < minHeight, m.failed != nil:
		return nil
	case m.overlay != nil:
		return m.pressOverlay(msg)
	case m.page == pageLogin:
		return m.pressLogin(msg)
	}
	return m.pressChat(msg, now)
}

// quit is ctrl+c: the first clears the input and asks, the second within two
// seconds quits.
func (m *model) quit(now time.Time) tea.Cmd {
	const again = 2 * time.Second
	if !m.armed.IsZero() && now.Sub(m.armed) < again {
		m.stop()
		return tea.Quit
	}
	m.armed, m.chat.again.held = now, ""
	m.status = "press ctrl+c again to quit"
	if m.page == pageChat && m.overlay == nil && !m.chat.input.blank() {
		m.chat.input.clear()
		m.redialog()
		m.status = "cleared " + m.signs.dot + " " + m.status
	}
	return nil
}

// stop cancels the running turn.
func (m *model) stop() {
	if r := m.chat.running(); r != nil {
		r.cancel()
		r.stopping = true
	}
}

func (m *model) pasted(text string) {
	m.status = ""
	switch {
	case m.failed != nil:
	case m.overlay != nil && m.overlay.picker != nil:
		m.overlay.picker.set(m.overlay.picker.filter + cleanLine(strings.TrimSpace(breakLines(text))))
	case m.overlay != nil:
	case m.page == pageLogin:
		m.login.picker.set(m.login.picker.filter + cleanLine(strings.TrimSpace(breakLines(text))))
	default:
		m.chat.confirm.typing = true
		m.chat.confirm.held, m.chat.again.held = "", ""
		m.chat.input.paste(text)
		m.redialog()
	}
}

func (m *model) wheel(msg tea.MouseWheelMsg) {
	n := 0
	switch msg.Button {
	case tea.MouseWheelUp:
		n = -3
	case tea.MouseWheelDown:
		n = 3
	default:
		return
	}
	switch {
	case m.overlay != nil:
		m.overlay.scroll(m, n)
	case m.page == pageChat:
		l := m.layout()
		if l.panel > 0 && msg.X > l.main {
			m.chat.panelOff = max(m.chat.panelOff+n, 0)
			return
		}
		m.chat.list.scroll(n, l.text, l.body, l.panel == 0)
	}
}

// restyle takes the terminal's background into account.
func (m *model) restyle(dark bool) {
	m.st = newStyles(dark)
	m.md.restyle(m.st)
	m.paint.st = m.st
	m.paint.rev++
	m.chat.input.restyle(m.st)
}

// next reads on in the feed: one read is outstanding at any time, which keeps
// the order.
func (m *model) next() tea.Cmd {
	c := m.sub.C
	return m.crew.do(func(ctx context.Context) tea.Msg { return readEvents(ctx, c) })
}

func (m *model) events(msg eventsMsg) tea.Cmd {
	cmds := []tea.Cmd{m.next()}
	for _, ev := range msg.events {
		if ev.Kind == orchestrator.EventCatalog {
			info := m.informer()
			cmds = append(cmds, m.crew.do(func(context.Context) tea.Msg { return catalogMsg{info()} }))
		}
		if ev.Kind == orchestrator.EventNotice {
			m.notice, m.status = ev.Text, cleanLine(ev.Text)
		}
		cmds = append(cmds, m.watched(ev))
		m.chat.apply(ev)
		m.othersTurn(ev)
	}
	return tea.Batch(cmds...)
}

// spinner starts the one spinner when something runs.
func (m *model) spinner() tea.Cmd {
	if m.spinning || !m.busy() {
		return nil
	}
	m.spinning = true
	if m.cfg.NoAnimation {
		m.paint.spin = m.signs.waiting
		return nil
	}
	m.paint.spin = m.signs.spinner[m.spinAt]
	return tick()
}

func tick() tea.Cmd {
	return tea.Tick(100*time.Millisecond, func(time.Time) tea.Msg { return spinMsg{} })
}

func (m *model) spin() tea.Cmd {
	if !m.busy() {
		m.spinning = false
		return nil
	}
	m.spinAt = (m.spinAt + 1) % len(m.signs.spinner)
	m.paint.spin = m.signs.spinner[m.spinAt]
	return tick()
}

func (m *model) busy() bool {
	return m.chat.running() != nil || (m.opening && m.started) || m.login.busy || m.backends.busy() || m.migrating.doing != "" ||
		(m.overlay != nil && m.overlay.picker != nil && m.overlay.picker.loading)
}
