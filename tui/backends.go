package tui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"banyan/orchestrator"
)

// backends is what the screens know of the language backends, and what is under
// way with them.
type backends struct {
	source Integrations
	list   []Integration
	// using is what is being switched to; empty if nothing is.
	using string
	// used is how the last switch ended, tested how the last test of each backend
	// did; trials that are under way have no end.
	used   *trial
	tested map[string]*trial
	// switches counts the switches that have ended.
	switches int
	// seq is the number of the screen that is open, for its ticks.
	seq int
}

// trial is a switch or a test: under way, or how it ended.
type trial struct {
	name string
	done bool
	took time.Duration
	err  error
	// during is set if a turn ran when it ended.
	during bool
}

// The messages of the screens that show backends.
type (
	// refreshMsg says that the snapshot of screen number seq is a second old.
	refreshMsg struct{ seq int }
	// backendsMsg brings that screen a new one.
	backendsMsg struct {
		seq  int
		info kernelInfo
	}
	usedMsg struct {
		name string
		info kernelInfo
		err  error
	}
	testedMsg struct {
		name string
		took time.Duration
		info kernelInfo
		err  error
	}
)

func (b *backends) busy() bool {
	if b.using != "" {
		return true
	}
	for _, t := range b.tested {
		if !t.done {
			return true
		}
	}
	return false
}

// watch numbers a newly opened screen and fetches what it shows.
func (m *model) watch() tea.Cmd {
	m.backends.seq++
	return m.snapshot(m.backends.seq)
}

func (m *model) snapshot(seq int) tea.Cmd {
	if m.kernel == nil || m.backends.source == nil {
		return nil
	}
	info := m.informer()
	return m.crew.do(func(context.Context) tea.Msg { return backendsMsg{seq, info()} })
}

// watching tells whether screen number seq is still open.
func (m *model) watching(seq int) bool {
	return m.overlay != nil && m.overlay.screen != nil && m.backends.seq == seq
}

func (m *model) refresh(msg refreshMsg) tea.Cmd {
	if !m.watching(msg.seq) {
		return nil
	}
	return m.snapshot(msg.seq)
}

func (m *model) refreshed(msg backendsMsg) tea.Cmd {
	m.informBackends(msg.info)
	if !m.watching(msg.seq) {
		return nil
	}
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return refreshMsg{msg.seq} })
}

// use switches to a backend or a chain.
func (m *model) use(name string) tea.Cmd {
	b := &m.backends
	in := b.source
	switch {
	case m.kernel == nil || in == nil:
		return nil
	case b.using != "":
		m.status = "One moment, " + cleanLine(b.using) + " is still being switched to."
		return nil
	}
	b.using, b.used = name, nil
	info := m.informer()
	return m.crew.do(func(ctx context.Context) tea.Msg {
		err := in.Use(ctx, name)
		return usedMsg{name, info(), err}
	})
}

func (m *model) switched(msg usedMsg) {
	b := &m.backends
	b.using = ""
	b.switches++
	msg.info.switches = b.switches
	b.used = &trial{name: msg.name, done: true, err: msg.err, during: m.chat.running() != nil}
	m.informBackends(msg.info)
	if m.overlay != nil && m.overlay.screen != nil {
		if s, ok := m.overlay.screen.(*modelScreen); !ok || s.wants != msg.name || msg.err != nil {
			return // it is said there
		}
		m.overlay = nil
	}
	m.status = m.outcome(b.used)
}

// test makes one tiny request to a backend.
func (m *model) test(name string) tea.Cmd {
	b := &m.backends
	in, now := b.source, m.cfg.Now
	if t := b.tested[name]; m.kernel == nil || in == nil || (t != nil && !t.done) {
		return nil
	}
	if b.tested == nil {
		b.tested = map[string]*trial{}
	}
	b.tested[name] = &trial{name: name}
	info := m.informer()
	return m.crew.do(func(ctx context.Context) tea.Msg {
		start := now()
		err := in.Test(ctx, name)
		return testedMsg{name, now().Sub(start), info(), err}
	})
}

func (m *model) testEnded(msg testedMsg) {
	m.backends.tested[msg.name] = &trial{name: msg.name, done: true, took: msg.took, err: msg.err}
	m.informBackends(msg.info)
}

// outcome says how a switch ended, in a few short sentences.
func (m *model) outcome(t *trial) string {
	name := cleanLine(t.name)
	if t.err != nil {
		stays := cleanLine(m.backend.Name)
		if stays == "" {
			stays = "The backend before"
		}
		return "Could not switch to " + name + ": " + sentence(t.err) + " " + stays + " stays in use."
	}
	text := name + " plans and answers from the next message on"
	if strings.Contains(name, ",") {
		text = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ',' || r == ' ' }), ", then ") + " plan and answer from the next message on"
	}
	if t.during {
		text += "; the one under way is finished as it began"
	}
	return text + "."
}

// sentence makes the end of a sentence of an error.
func sentence(err error) string {
	s := strings.TrimSpace(cleanLine(err.Error()))
	if s == "" {
		return "no reason was given."
	}
	if r := s[len(s)-1]; r != '.' && r != '!' && r != '?' {
		s += "."
	}
	return s
}

// outcomes draws, below a list, what is under way and how the last switch and the
// last test of a backend ended; nothing if there is nothing to say.
func (m *model) outcomes(name string, w int) []string {
	st, g, b := m.st, m.signs, &m.backends
	running := func(text string) []string {
		return []string{st.waiting.Render(m.paint.spin) + " " + st.faint.Render(cut(text, w-width(m.paint.spin)-1, g.ellipsis))}
	}
	ended := func(ok bool, text string) []string {
		if ok {
			return paint(hang(g.done+" ", text, w), st.good)
		}
		return paint(hang(g.failed+" ", text, w), st.bad)
	}
	var out []string
	switch {
	case b.using != "":
		out = running("switching to " + cleanLine(b.using))
	case b.used != nil:
		out = ended(b.used.err == nil, m.outcome(b.used))
	}
	switch t := b.tested[name]; {
	case t == nil:
	case !t.done:
		out = append(out, running("testing "+cleanLine(name))...)
	case t.err != nil:
		out = append(out, ended(false, "The test of "+cleanLine(name)+" failed: "+sentence(t.err))...)
	default:
		out = append(out, ended(true, cleanLine(name)+" answers. The test took "+orchestrator.Duration(float64(t.took.Microseconds())/1000)+".")...)
	}
	return out
}

// hang wraps text behind a sign, the later lines below the first one's text.
func hang(sign, text string, w int) []string {
	lines := indent(wrap(text, max(min(w, maxText)-width(sign), 1)), strings.Repeat(" ", width(sign)))
	lines[0] = sign + lines[0][width(sign):]
	return lines
}
