package tui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// ErrInterrupted is returned when the program was ended by a signal.
var ErrInterrupted = errors.New("interrupted")

// ErrElsewhere is returned by Open, and then by Run, if the chat is to be shown by
// another process.
var ErrElsewhere = errors.New("the chat goes on elsewhere")

// leaving is how long Run waits at the end for a turn that is being stopped, so
// that it can be stored.
const leaving = 6 * time.Second

// Run shows the chat until the user quits or ctx ends, and returns when nothing
// of it runs any more. It returns nil after a quit, what Open returned if that
// failed (the screen has said so before), ErrInterrupted after SIGINT, and the
// context's error when ctx ended it.
func Run(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	if cfg.Kernel == nil && cfg.Open == nil {
		return errors.New("the chat needs a kernel")
	}
	if cfg.Accessible {
		return runLinear(ctx, cfg)
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	crew := newCrew(inner)
	m := newModel(cfg, crew)
	p := tea.NewProgram(m, cfg.options(ctx)...)
	if cfg.Remote != nil {
		crew.attend(p, *cfg.Remote)
	}
	_, err := p.Run()
	m.stop()
	cancel()
	crew.wait(leaving)
	if m.sub != nil {
		m.sub.Close()
	}
	switch {
	case err == nil:
		return m.failed
	case errors.Is(err, tea.ErrInterrupted):
		return ErrInterrupted
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return fmt.Errorf("run the screen: %w", err)
}

func (c Config) options(ctx context.Context) []tea.ProgramOption {
	// The renderer draws on a clock of its own; the faster one brings the first
	// frame 8 ms earlier.
	opts := []tea.ProgramOption{tea.WithContext(ctx), tea.WithEnvironment(c.Env), tea.WithFPS(120)}
	if c.In != nil {
		opts = append(opts, tea.WithInput(c.In))
	}
	if c.Out != nil {
		opts = append(opts, tea.WithOutput(c.Out))
	}
	if c.Remote != nil {
		opts = append(opts, tea.WithoutSignalHandler(), tea.WithColorProfile(c.Remote.Profile))
	}
	if c.Width > 0 && c.Height > 0 {
		opts = append(opts, tea.WithWindowSize(c.Width, c.Height))
	}
	// The profile library takes only true values of NO_COLOR for a yes; any value
	// that is not empty is one.
	if c.getenv("NO_COLOR") != "" {
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	return opts
}

// attend passes on what comes from a remote terminal beside its keys, until the
// program's context ends.
func (c *crew) attend(p *tea.Program, r Remote) {
	watch := c.do(func(ctx context.Context) tea.Msg {
		for {
			select {
			case size := <-r.Sizes:
				p.Send(tea.WindowSizeMsg{Width: size.Width, Height: size.Height})
			case <-r.Leave:
				p.Quit()
				return nil
			case <-ctx.Done():
				return nil
			}
		}
	})
	go watch()
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Env == nil {
		c.Env = os.Environ()
	}
	if c.getenv("TERM") == "linux" {
		c.ASCII = true
	}
	switch strings.ToLower(c.getenv("ACCESSIBLE")) {
	case "", "0", "false", "no", "off":
	default:
		c.Accessible = true
	}
	return c
}

// getenv returns the last value that the environment gives a variable.
func (c Config) getenv(name string) string {
	for i := len(c.Env) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(c.Env[i], "="); ok && k == name {
			return v
		}
	}
	return ""
}

// light tells whether the environment says that the terminal's background is
// light, for terminals that do not answer when they are asked. COLORFGBG holds
// the numbers of the colours of text and background, the latter last.
func (c Config) light() bool {
	colours := strings.Split(c.getenv("COLORFGBG"), ";")
	switch colours[len(colours)-1] {
	case "7", "15":
		return true
	}
	return false
}
