package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"banyan/orchestrator/rollout"
	"banyan/tui"
)

// demoScript is one guided demo.
type demoScript struct {
	name, summary, email string
	begin                func(*app) *stage
}

func demoScripts() []demoScript {
	return []demoScript{
		{"strangler", "ten minutes: shadow, canary, abort, falling back, and what can be retired", "pat@example.com", strangler},
	}
}

func demoCommand(o *options) *cobra.Command {
	var unattended bool
	cmd := &cobra.Command{
		Use:   "demo [SCRIPT]",
		Short: "A guided demo that types for you, step by step",
		Long: "It runs in a data folder of its own, offline, and leaves everything as it was. Any key goes on, esc\n" +
			"ends it. With --unattended it waits for nobody, needs no terminal, and fails if what it shows is not so.\n\n" + demoList(),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.load(cmd); err != nil {
				return err
			}
			scripts := demoScripts()
			script := scripts[0]
			if len(args) == 1 && args[0] != script.name {
				return wrong("there is no demo called %q. There is:\n%s", args[0], demoList())
			}
			if !unattended && (!isTerminal(os.Stdin) || !isTerminal(os.Stdout)) {
				return wrong("the demo needs a terminal, and there is none here. --unattended runs it without")
			}
			return runDemo(cmd, o, script, unattended)
		},
	}
	cmd.Flags().BoolVar(&unattended, "unattended", false, "wait for nobody, and fail if what is shown is not so")
	cmd.Flags().BoolVar(&o.ASCII, "ascii", false, "draw with ASCII characters only")
	cmd.Flags().BoolVar(&o.NoMotion, "no-animation", false, "nothing moves by itself")
	return cmd
}

func demoList() string {
	var b strings.Builder
	for _, s := range demoScripts() {
		fmt.Fprintf(&b, "  %-10s %s\n", s.name, s.summary)
	}
	return b.String()
}

// The monolith of a demo is slow enough to be seen, and quick enough for a crowd of
// customers; without anybody watching it need not be slow.
const (
	watchedLatency   = "15ms-40ms"
	unwatchedLatency = "1ms-3ms"
)

// runDemo plays a script on a shop of its own, which is gone afterwards.
func runDemo(cmd *cobra.Command, o *options, script demoScript, unattended bool) (err error) {
	dir, err := os.MkdirTemp("", "banyan-demo-")
	if err != nil {
		return failed(fmt.Errorf("the demo has no place for its shop: %w", err))
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	own := options{
		Data: dir, Backend: offlineName, Email: script.email, LogLevel: o.LogLevel, Latency: watchedLatency,
		ASCII: o.ASCII, NoMotion: o.NoMotion, Harm: o.Harm, judge: rollout.QuickRules(), now: o.now,
	}
	own.judge.MinTime = time.Second
	if unattended {
		own.Latency, own.noSync = unwatchedLatency, true
	}
	var a *app
	defer func() {
		if a != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	play := &playing{}
	cfg := tui.Config{
		Open: func(ctx context.Context) (tui.Opened, error) {
			var err error
			if a, err = open(ctx, &own, "banyan demo"); err != nil {
				return tui.Opened{}, err
			}
			play.stage = script.begin(a)
			return a.forTUI(ctx)
		},
		ASCII: own.ASCII, NoAnimation: own.NoMotion || unattended, Demo: play,
	}
	if !unattended {
		return played(tui.Run(cmd.Context(), cfg))
	}
	err = tui.RunHeadless(cmd.Context(), cfg, func(f tui.Frame) error {
		if f.Action.Caption == "" {
			return nil
		}
		return say(cmd.OutOrStdout(), "· %s", f.Action.Caption)
	})
	if err == nil {
		err = play.err
	}
	if err != nil {
		return failed(err)
	}
	return say(cmd.OutOrStdout(), "Everything that was shown is so.")
}

// played is how a demo ends that somebody watched.
func played(err error) error {
	switch {
	case errors.Is(err, tui.ErrInterrupted):
		return &exit{status: exitInterrupted}
	case err != nil && !errors.Is(err, context.Canceled):
		return failed(err)
	}
	return nil
}

// playing takes a script's scenes one after the other. It is a tui.Demo.
type playing struct {
	stage *stage
	next  int
	err   error // what was shown and is not so
}

// Next implements tui.Demo: a scene does what it does beside the screen, and then says
// what is to be typed and shown.
func (p *playing) Next(ctx context.Context) (tui.Action, bool) {
	if p.stage == nil || p.next >= len(p.stage.scenes) || ctx.Err() != nil {
		return tui.Action{}, false
	}
	s := p.stage.scenes[p.next]
	p.next++
	if s.beside != nil {
		if err := s.beside(ctx); err != nil {
			p.err = fmt.Errorf("scene %d (%q): %w", p.next, s.Caption, err)
			return tui.Action{}, false
		}
	}
	return s.Action, true
}
