package main

import (
	"context"
	"errors"
	"os"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"banyan/tui"
)

// chat opens the terminal chat. The first frame is drawn before the store and
// the shop are opened.
func chat(cmd *cobra.Command, o *options) error {
	if err := o.load(cmd); err != nil {
		return err
	}
	linear := o.Accessible || isTrue(os.Getenv("ACCESSIBLE"))
	if !linear && (!isTerminal(os.Stdin) || !isTerminal(os.Stdout)) {
		return wrong("the chat needs a terminal, and there is none here. To ask from a script: banyan ask --email WHO \"MESSAGE\"")
	}
	var app *app
	goal := o.goalLimits()
	err := tui.Run(cmd.Context(), tui.Config{
		Open: func(ctx context.Context) (tui.Opened, error) {
			var err error
			if app, err = open(ctx, o, "banyan, the chat"); err != nil {
				return tui.Opened{}, err
			}
			return app.forTUI(ctx)
		},
		ASCII: o.ASCII, NoAnimation: o.NoMotion, Accessible: linear,
		Goal: o.Goal, GoalRounds: goal.Rounds, GoalCost: goal.Cost,
	})
	if app != nil {
		if closing := app.Close(); err == nil && closing != nil {
			err = closing
		}
	}
	if errors.Is(err, tui.ErrInterrupted) {
		return &exit{status: exitInterrupted}
	}
	var coded *exit
	if err != nil && !errors.As(err, &coded) && !errors.Is(err, context.Canceled) {
		return failed(err)
	}
	return err
}

// forTUI collects what the screens need.
func (a *app) forTUI(ctx context.Context) (tui.Opened, error) {
	opened := tui.Opened{Kernel: a.kernel, Integrations: a.backends, Notice: a.notice, Lookup: a.shop.Directory().Lookup, Suggestions: a.shop.Suggestions}
	if opened.Notice == "" && a.opts.Backend == "" {
		opened.Notice = ollamaNotice(ctx)
	}
	accounts, err := a.shop.Accounts(ctx)
	if err != nil {
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
	return opened, nil
}

func isTerminal(f *os.File) bool { return term.IsTerminal(f.Fd()) }

// isTrue reads an environment variable that switches something on.
func isTrue(v string) bool {
	switch v {
	case "", "0", "false", "no", "off":
		return false
	}
	return true
}
