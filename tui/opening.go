package tui

import (
	"context"
	"errors"
	"reflect"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// warm makes the Markdown renderer, which costs some milliseconds.
func (m *model) warm() tea.Cmd {
	md, w := m.md, m.layout().text
	return func() tea.Msg {
		md.prepare(w)
		return warmedMsg{}
	}
}

// open builds the kernel if that is left to do, and subscribes to its events.
func (m *model) open() tea.Cmd {
	cfg := m.cfg
	return m.crew.do(func(ctx context.Context) tea.Msg {
		o := Opened{Kernel: cfg.Kernel}
		if o.Kernel == nil {
			var err error
			if o, err = cfg.Open(ctx); err != nil {
				return openedMsg{err: err}
			}
		}
		if o.Integrations == nil {
			o.Integrations = cfg.Integrations
		}
		if o.Migration == nil {
			o.Migration = cfg.Migration
		}
		return openedMsg{opened: o, sub: o.Kernel.Subscribe(feedBuffer), info: inform(o.Kernel, o.Integrations)}
	})
}

// inform asks for what the screens show of the kernel and of the backends, which
// may be nil.
func inform(k Kernel, in Integrations) kernelInfo {
	info := kernelInfo{catalog: k.Catalog(), backend: k.Backend()}
	if in != nil {
		info.backends = in.Backends()
	}
	return info
}

// informer is inform for a Cmd that is made now.
func (m *model) informer() func() kernelInfo {
	k, in, n := m.kernel, m.backends.source, m.backends.switches
	return func() kernelInfo {
		i := inform(k, in)
		i.switches = n
		return i
	}
}

func (m *model) opened(msg openedMsg) tea.Cmd {
	m.opening = false
	if msg.err != nil {
		m.failed, m.overlay, m.status = msg.err, nil, ""
		m.login.busy, m.login.waiting = false, ""
		if errors.Is(msg.err, ErrElsewhere) {
			return tea.Quit
		}
		return nil
	}
	o := msg.opened
	m.kernel, m.sub, m.backends.source = o.Kernel, msg.sub, o.Integrations
	m.migrating.source = o.Migration
	if o.CanSteer != nil {
		m.migrating.steers = o.CanSteer
	}
	if o.Bugs != nil {
		m.migrating.bugs = o.Bugs
	}
	if o.Notice != "" {
		m.notice = o.Notice
	}
	if o.Outbox != nil {
		m.cfg.Outbox = o.Outbox
	}
	if o.Masker != nil {
		m.veil.masker, m.veil.on = o.Masker, m.veil.on || m.cfg.Masked
	}
	if o.Lookup != nil {
		m.lookup = o.Lookup
	}
	if o.Suggestions != nil {
		m.suggest = o.Suggestions
	}
	if o.Accounts != nil {
		m.login.offer(o.Accounts)
	}
	if o.Conversation != "" {
		m.cfg.Conversation = o.Conversation
		m.status = cleanLine(o.Notice) // the place of the notice is an empty chat
	}
	m.draft = o.Draft
	if o.User != nil {
		m.user, m.page = *o.User, pageChat
	}
	m.inform(msg.info)
	cmds := []tea.Cmd{m.next(), m.askNow()}
	switch {
	case m.page == pageChat:
		cmds = append(cmds, m.enter(m.cfg.Conversation))
	case m.login.waiting != "":
		cmds = append(cmds, m.tryLogin(m.login.waiting))
	}
	return tea.Batch(cmds...)
}

func (m *model) inform(i kernelInfo) {
	m.catalog, m.paint.catalog = i.catalog, i.catalog
	m.paint.rev++
	m.informBackends(i)
}

// informBackends takes in what is new of the backends alone, unless they were
// switched since it was asked for.
func (m *model) informBackends(i kernelInfo) {
	if i.switches < m.backends.switches {
		return
	}
	if !reflect.DeepEqual(m.backend, i.backend) {
		m.paint.rev++
	}
	m.backend, m.backends.list = i.backend, i.backends
	m.paint.prices = prices{backend: i.backend, list: i.backends}
	m.tally()
}

// viewFailed says why the chat could not be opened, in w cells. The error speaks
// in sentences of its own.
func (m *model) viewFailed(w int) []string {
	g := m.signs
	pre := width(g.failed) + 1
	lines := []string{m.st.bad.Render(g.failed + " Banyan could not start."), ""}
	text := strings.TrimSpace(clean(m.failed.Error()))
	return append(lines, indent(wrap(text, w-pre), strings.Repeat(" ", pre))...)
}
