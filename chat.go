package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/orchestrator/chaos"
	"banyan/tui"
)

// chat opens the terminal chat. The first frame is drawn before the store and
// the shop are opened.
func chat(cmd *cobra.Command, o *options) error {
	if err := o.load(cmd); err != nil {
		return err
	}
	o.remarks = nil
	linear := o.Accessible || isTrue(o.getenv("ACCESSIBLE"))
	if in, out := o.terminals(); !linear && (!in || !out) {
		return wrong("the chat needs a terminal, and there is none here. To ask from a script: banyan ask --email WHO \"MESSAGE\"")
	}
	if err := o.busyElsewhere(); err != nil {
		return err
	}
	var app *app
	var serving atomic.Pointer[holder]
	goal := o.goalLimits()
	cfg := tui.Config{
		ASCII: o.ASCII, NoAnimation: o.NoMotion, Accessible: linear, Masked: o.Masked,
		Goal: o.Goal, GoalRounds: goal.Rounds, GoalCost: goal.Cost,
	}
	var away *held
	cfg.Open = func(ctx context.Context) (tui.Opened, error) {
		var err error
		app, err = open(ctx, o, "banyan, the chat")
		if errors.As(err, &away) {
			return tui.Opened{}, fmt.Errorf("%w: %w", tui.ErrElsewhere, err)
		}
		if err != nil {
			return tui.Opened{}, err
		}
		serving.Store(app.holder)
		return app.forTUI(ctx)
	}
	cfg.Awake = func() string { return o.awake(serving.Load()) }
	if err := o.chatTerminal(&cfg); err != nil {
		return err
	}
	err := tui.Run(cmd.Context(), cfg)
	if app != nil {
		if closing := app.Close(); err == nil && closing != nil {
			err = closing
		}
	}
	if away != nil {
		return away
	}
	if errors.Is(err, tui.ErrInterrupted) {
		return &exit{status: exitInterrupted}
	}
	var coded *exit
	if err != nil && !errors.As(err, &coded) && !errors.Is(err, context.Canceled) && !errors.Is(err, errMoved) {
		return failed(err)
	}
	return err
}

// chatTerminal says where the chat's terminal is.
func (o *options) chatTerminal(cfg *tui.Config) error {
	g := o.guest
	if g == nil {
		if o.trip != nil && o.trip.input.begun() {
			cfg.In = o.trip.input
		}
		return nil
	}
	out := io.Writer(stream{g.wire, frameOut})
	if !cfg.Accessible {
		out = newlines{out}
	}
	cfg.In, cfg.Out, cfg.Env, cfg.Width, cfg.Height = g.in, out, g.said.Env, g.said.Size.Width, g.said.Size.Height
	cfg.Remote = &tui.Remote{Profile: g.said.Profile, Sizes: g.sizes, Interrupts: g.interrupts, Leave: g.leave}
	return g.becomesChat(!cfg.Accessible)
}

// awake says why a chat must not suspend the process that it runs in.
func (o *options) awake(h *holder) string {
	switch {
	case h == nil:
		return ""
	case o.guest != nil:
		return fmt.Sprintf("this chat runs in process %d, which serves others as well: it is not suspended", os.Getpid())
	case h.count() > 0:
		return orchestrator.Wording{}.Plural(h.count(), "command") + " of other processes run here: this one is not suspended"
	}
	return ""
}

// newlines writes for a terminal in raw mode, which moves the cursor down for a
// newline and not to the left.
type newlines struct{ w io.Writer }

// Write implements io.Writer.
func (n newlines) Write(p []byte) (int, error) {
	if _, err := n.w.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// forTUI collects what the screens need.
func (a *app) forTUI(ctx context.Context) (tui.Opened, error) {
	kernel := &chatKernel{Kernel: a.kernel, opts: a.opts}
	opened := tui.Opened{
		Kernel: kernel, Migration: a.migration, CanSteer: steersMigration,
		Integrations: a.backends, Outbox: a.backends, Notice: a.notice, Lookup: a.shop.Directory().Lookup,
	}
	for _, b := range chaos.Bugs() {
		opened.Bugs = append(opened.Bugs, tui.Bug{Name: b.Name, Does: b.Text})
	}
	opened.Suggestions = func(ctx context.Context, user orchestrator.User) []string {
		kernel.enters(user)
		return a.shop.Suggestions(ctx, user)
	}
	if opened.Notice == "" && a.opts.Backend == "" {
		opened.Notice = ollamaNotice(ctx)
	}
	accounts, err := a.shop.Accounts(ctx)
	if err != nil {
		return opened, failed(err)
	}
	if opened.Masker, err = a.shop.screen(); err != nil {
		return opened, failed(err)
	}
	for _, ac := range accounts {
		opened.Accounts = append(opened.Accounts, tui.Account{User: ac.User, Note: ac.Note})
	}
	if a.opts.Email != "" {
		user, err := a.user(ctx)
		if err != nil {
			return opened, err
		}
		opened.User = &user
	}
	return opened, a.goOn(ctx, &opened)
}

func isTerminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }

// terminals tells whether a command's standard input and output are terminals.
func (o *options) terminals() (in, out bool) {
	if g := o.guest; g != nil {
		return g.said.In, g.said.Out
	}
	return isTerminal(os.Stdin), isTerminal(os.Stdout)
}

// getenv returns a variable that says something about the command's terminal.
func (o *options) getenv(name string) string {
	if g := o.guest; g != nil {
		return g.getenv(name)
	}
	return os.Getenv(name)
}

// isTrue reads an environment variable that switches something on.
func isTrue(v string) bool {
	switch v {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}
