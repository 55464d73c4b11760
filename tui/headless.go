package tui

import (
	"context"
	"errors"
	"fmt"
	"io"

	tea "charm.land/bubbletea/v2"
)

// Frame is the screen at the end of one action of a demo, as plain text without
// colours.
type Frame struct {
	Action Action
	Screen string
}

// RunHeadless runs what Run runs, with no terminal and nobody watching, until
// cfg.Demo is at its end: typing is fast, pauses and waits for a person are skipped.
// The window is cfg.Width × cfg.Height, 120 × 40 if they are 0. seen, if not nil, is
// told the screen at the end of each action, in the loop of the screen: an error from
// it ends the run and is returned. What Open returned if that failed, an action that
// waited too long, and ctx ending are errors too.
func RunHeadless(ctx context.Context, cfg Config, seen func(Frame) error) error {
	cfg = cfg.withDefaults()
	switch {
	case cfg.Kernel == nil && cfg.Open == nil:
		return errors.New("the chat needs a kernel")
	case cfg.Demo == nil:
		return errors.New("without a terminal the chat needs a demo that drives it")
	}
	if cfg.Width <= 0 || cfg.Height <= 0 {
		cfg.Width, cfg.Height = 120, 40
	}
	cfg.In, cfg.Out, cfg.NoAnimation = nil, io.Discard, true
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	crew := newCrew(inner)
	m := newModel(cfg, crew)
	if m.demo.seen = seen; seen == nil {
		m.demo.seen = func(Frame) error { return nil }
	}
	opts := append(cfg.options(ctx), tea.WithInput(nil), tea.WithoutSignalHandler(), tea.WithoutRenderer())
	_, err := tea.NewProgram(headless{m}, opts...).Run()
	m.stop()
	cancel()
	crew.wait(leaving)
	if m.sub != nil {
		m.sub.Close()
	}
	switch {
	case m.demo.err != nil:
		return m.demo.err
	case m.failed != nil:
		return m.failed
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("run without a terminal: %w", err)
	case m.demo.on():
		return errors.New("the chat was left before the demo was at its end")
	}
	return nil
}

// headless is the root model, which leaves by itself where a person would read why
// the shop could not be opened.
type headless struct{ *model }

// Init gives the window its size, which no terminal tells.
func (h headless) Init() tea.Cmd {
	size := tea.WindowSizeMsg{Width: h.cfg.Width, Height: h.cfg.Height}
	return func() tea.Msg { return size }
}

// Update is that of the root model.
func (h headless) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := h.model.Update(msg)
	if h.failed != nil {
		cmd = tea.Quit
	}
	return h, cmd
}
