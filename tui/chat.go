package tui

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// chat is one conversation on the screen.
type chat struct {
	id      string
	list    *messages
	input   *input
	confirm *confirm
	// complete is the list of slash commands that fit what is being typed.
	complete *completion
	// tips are things to try, for an empty conversation.
	tips     []string
	ready    bool
	hidden   bool // the panel beside the messages is folded away
	panelOff int
	focus    int // index of the turn that the panel shows
	token    int // number of the last turn sent
	again    again
	line     heldLine
	notebook notebook
	spent    spent               // by the turns of this conversation
	goal     bool                // the backend may plan on after the results
	others   []orchestrator.Turn // of this conversation, by other programs, while a turn runs
}

// The answers to the chat's Cmds.
type (
	// enteredMsg brings a conversation to the screen.
	enteredMsg struct {
		id    string
		turns []orchestrator.Turn
		tips  []string
		info  kernelInfo
		// recovered are the user's turns that an earlier process left unfinished.
		recovered []orchestrator.Turn
		err       error
	}
	// turnMsg is a finished turn.
	turnMsg struct {
		token int
		turn  orchestrator.Turn
		err   error
	}
)

func newChat(p *painter, keys keyMap, g signs) *chat {
	return &chat{list: newMessages(p), input: newInput(keys, g), confirm: &confirm{}, complete: &completion{}}
}

// running is the turn that runs now, or nil.
func (c *chat) running() *running {
	if e := c.list.last(); e != nil {
		return e.run
	}
	return nil
}

// apply gives an event to the running turn. Events of other turns and other
// conversations are dropped.
func (c *chat) apply(ev orchestrator.Event) {
	e := c.list.last()
	if e == nil {
		return
	}
	if e.apply(ev) {
		c.list.changed()
	} else if ev.Kind == orchestrator.EventBackend {
		e = c.late(ev)
	} else if ev.Kind == orchestrator.EventShadow {
		c.lateShadow(ev)
	}
	if e != nil && ev.Kind == orchestrator.EventBackend {
		c.notebook.keep(e.turn.ID, e.notes)
	}
}

// late gives a backend's event to a turn that has just ended, for the kernel may
// return a turn before its last events have been read. It returns that turn, or
// nil.
func (c *chat) late(ev orchestrator.Event) *entry {
	all := c.list.entries
	for _, e := range all[max(len(all)-3, 0):] {
		if ev.Conversation == e.turn.Conversation && e.late(ev) {
			return e
		}
	}
	return nil
}

// tally sums up what the conversation's turns consumed, and finds for whom staff act.
func (m *model) tally() {
	var s spent
	turns := make([]orchestrator.Turn, 0, len(m.chat.list.entries))
	for _, e := range m.chat.list.entries {
		s.add(e.turn.Usage, m.paint.prices)
		turns = append(turns, e.turn)
	}
	m.chat.spent, m.acts = s, orchestrator.ActsFor(turns)
}

// enter opens a conversation, or a new one if id is empty.
func (m *model) enter(id string) tea.Cmd {
	m.chat.ready = false
	k, info, user, suggest := m.kernel, m.informer(), m.user, m.suggest
	return m.crew.do(func(ctx context.Context) tea.Msg {
		msg := enteredMsg{id: id, info: info(), recovered: recoveredOf(k, user)}
		if id == "" {
			msg.id = k.NewConversation()
		} else if msg.turns, msg.err = k.Turns(ctx, user, id, 0); msg.err != nil {
			msg.id = k.NewConversation()
		}
		if suggest != nil {
			msg.tips = suggest(ctx, user)
		}
		if len(msg.tips) == 0 {
			msg.tips = suggestions(msg.info.catalog)
		}
		return msg
	})
}

func (m *model) entered(msg enteredMsg) {
	c := m.chat
	m.inform(msg.info)
	m.paint.user = m.user
	c.id, c.tips, c.ready = msg.id, msg.tips, true
	c.list.reset(msg.turns)
	for _, e := range c.list.entries {
		e.notes = c.notebook.of(e.turn.ID)
	}
	c.panelOff, c.again.held, c.others = 0, "", nil
	c.goal = m.cfg.Goal
	m.recovered.take(m.user.Email, msg.recovered)
	m.tally()
	said := make([]string, 0, len(msg.turns))
	for _, t := range msg.turns {
		said = append(said, t.Message)
	}
	c.input.remember(said)
	if m.draft != "" && c.input.blank() {
		c.input.set(m.draft)
		m.status = "Nothing came of your last message: enter sends it again."
	}
	m.draft = ""
	if msg.err != nil {
		m.status = "That conversation could not be opened. Nothing was lost. This is a new one."
	}
	m.ask()
}

// ask shows the dialog if the last turn waits for a yes.
func (m *model) ask() {
	c := m.chat
	var t *orchestrator.Turn
	if e := c.list.last(); e != nil && e.run == nil && e.unstored == nil {
		t = &e.turn
	}
	c.confirm.open(t, m.cfg.Now(), !c.input.blank())
	m.redialog()
}

// redialog draws the dialog anew.
func (m *model) redialog() {
	c := m.chat
	m.paint.dialog = nil
	c.confirm.changing = c.confirm.changing && !c.input.blank()
	if c.confirm.active() {
		m.paint.dialog = func(w int) []string { return c.confirm.view(m.paint, w, m.dialogRows()) }
	}
	if e := c.list.last(); e != nil {
		e.rev++
	}
}

// submit sends what stands in the input.
func (m *model) submit() tea.Cmd {
	c := m.chat
	if strings.TrimSpace(c.input.value()) == "" && len(c.input.attachments) == 0 {
		return nil
	}
	if text := strings.TrimSpace(c.input.value()); strings.HasPrefix(text, "/") && len(c.input.attachments) == 0 {
		if cmd, arg, ok := m.command(text); ok {
			c.input.clear()
			return cmd.run(m, arg)
		}
		if !strings.ContainsAny(text[1:], "/ \n") {
			m.status = "There is no command " + cut(cleanLine(text), 24, m.signs.ellipsis) + ". /help lists them."
			return nil
		}
	}
	if why := m.cannotSend(); why != "" {
		m.status = why
		return nil
	}
	return m.send(c.input.take())
}

// cannotSend says why no message can be sent now; empty if one can.
func (m *model) cannotSend() string {
	switch {
	case !m.chat.ready:
		return "One moment, the shop is still being opened."
	case m.chat.running() != nil:
		return "The last message is still being worked on: esc stops it."
	}
	return ""
}

// send starts a turn.
func (m *model) send(text string) tea.Cmd {
	c := m.chat
	if why := m.cannotSend(); why != "" {
		m.status = why
		return nil
	}
	c.token++
	token, k := c.token, m.kernel
	before := ""
	if e := c.list.last(); e != nil {
		before = e.turn.ID
	}
	ctx, cancel := m.crew.scope()
	req := orchestrator.Request{Conversation: c.id, User: m.user, Message: text, Goal: c.goal, Answers: before}
	c.list.add(&entry{
		turn: orchestrator.Turn{Conversation: c.id, User: m.user.Email, At: m.cfg.Now(), Message: text},
		run:  &running{token: token, cancel: cancel, not: before},
	})
	c.panelOff = 0
	c.confirm.open(nil, m.cfg.Now(), false)
	m.redialog()
	return m.crew.do(func(context.Context) tea.Msg {
		defer cancel()
		turn, err := k.Turn(ctx, req)
		return turnMsg{token, turn, err}
	})
}

// turnEnded takes a finished turn in; one that was overtaken is dropped.
func (m *model) turnEnded(msg turnMsg) {
	c := m.chat
	r := c.running()
	if r == nil || r.token != msg.token {
		return
	}
	if r.stopping && msg.err != nil && errors.Is(msg.err, context.Canceled) {
		m.status = "stopped"
	}
	c.list.last().finish(msg.turn, msg.err)
	m.catchUp()
	c.again.ended = m.cfg.Now()
	m.tally()
	c.list.changed()
	m.ask()
}

// layout is how the window of the chat is divided.
type layout struct {
	main  int // width of the left side
	panel int // width of the right side, 0 if there is none
	text  int // width of the text
	body  int // rows of the messages
	input int // rows of the input
	gap   int // blank rows between the input and the keys
}

// sideBySide is the width from which on two columns are drawn.
const sideBySide = 100

func (m *model) layout() layout {
	l := layout{main: m.w}
	if m.w >= sideBySide && !m.chat.hidden {
		l.panel = max(min(m.w-80, 46), 38)
		l.main = m.w - l.panel - 2
	}
	l.text = max(min(l.main-2, maxText), 10)
	if m.h >= 24 {
		l.gap = 1
	}
	m.chat.input.resize(max(m.w-2, 10), max(min(m.h/3, 10), 1))
	l.input = m.chat.input.area.Height() + len(m.chat.input.attachments)
	l.body = max(m.h-4-l.gap-l.input-len(m.banner(l.text)), 1)
	return l
}
