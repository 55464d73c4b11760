package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

func resetCommand(o *options) *cobra.Command {
	var yes, conversations bool
	cmd := &cobra.Command{
		Use:   "reset",
		Short: "Put the demo shop back as it was",
		Long: "Puts the demo shop's data back as it was on the first day, counted from today.\n" +
			"Routes stay as they are (\"banyan routes reset\" puts them back), and so do conversations, unless\n" +
			"--conversations is given.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.load(cmd); err != nil {
				return err
			}
			what := "the demo shop's data"
			if conversations {
				what += " and ALL conversations"
			}
			if err := o.busyElsewhere(); err != nil {
				return err
			}
			if !yes {
				sure, err := confirmed(cmd, fmt.Sprintf("This puts back %s. Go ahead? [y/N] ", what))
				if err != nil {
					return err
				}
				if !sure {
					_, _ = fmt.Fprintln(cmd.OutOrStdout(), "Nothing was changed.")
					return nil
				}
			}
			return reset(cmd.Context(), cmd.OutOrStdout(), o, conversations)
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&conversations, "conversations", false, "delete all conversations as well")
	return cmd
}

func reset(ctx context.Context, out io.Writer, o *options, conversations bool) error {
	app := &app{opts: o}
	defer func() { _ = app.Close() }()
	if err := app.openStore(ctx, "banyan reset"); err != nil {
		return err
	}
	by, err := resetter(o)
	if err != nil {
		return err
	}
	kept, err := app.resetShop(ctx)
	if err != nil {
		return failed(fmt.Errorf("the shop could not be put back: %w. What was half done is done again at the next start", err))
	}
	if conversations {
		infos, err := app.store.Conversations(ctx, "", 0)
		if err != nil {
			return failed(err)
		}
		for _, c := range infos {
			if err := app.store.Delete(ctx, c.ID); err != nil {
				return failed(err)
			}
		}
		_, _ = fmt.Fprintf(out, "Deleted %d conversations.\n", len(infos))
	}
	what := "the shop was put back"
	if conversations {
		what += ", all conversations were deleted"
	}
	if err := app.note(ctx, by, orchestrator.AuditReset, what); err != nil {
		return err
	}
	if len(kept) > 0 {
		_, _ = fmt.Fprintf(out, "Its files could no longer be used and were made anew. What was there is kept as %s.\n", orchestrator.JoinAnd(kept))
	}
	_, _ = fmt.Fprintln(out, "The demo shop is as it was on the first day. Routes stay as they are; \"banyan routes reset\" puts them back.")
	return nil
}

// resetter is who puts the shop back: whoever owns the data folder, if nobody is
// named, or somebody of the staff. It is decided without the shop's files, which may
// be damaged.
func resetter(o *options) (string, error) {
	if o.Email == "" {
		return localActor, nil
	}
	day, err := readFirstDay(time.Now())
	if err != nil {
		return "", failed(err)
	}
	for _, p := range day.staff {
		if strings.EqualFold(p.Email, o.Email) {
			return p.Email, nil
		}
	}
	return "", failed(fmt.Errorf("%s may not put the shop back. Nothing was changed. Staff, presenters and admins may", o.Email))
}

// resetShop puts the shop back and returns where its files are kept if they had to be
// made anew. While it is in use, those who use it are told.
func (a *app) resetShop(ctx context.Context) (kept []string, err error) {
	if !a.lent {
		return resetShop(filepath.Dir(a.store.Path()))
	}
	if err := a.shop.Reset(ctx); err != nil {
		return nil, err
	}
	a.kernel.Announce("The demo shop was put back as it was on the first day.")
	return nil, nil
}

// confirmed asks on the terminal. Without one nobody can answer, and the program
// ends with the status that says so.
func confirmed(cmd *cobra.Command, question string) (bool, error) {
	in := cmd.InOrStdin()
	if !typed(in) {
		return false, &exit{exitUnconfirmed, fmt.Errorf("this needs a yes, and there is no terminal to ask on. Nothing was changed. Give --yes to do it")}
	}
	_, _ = fmt.Fprint(cmd.ErrOrStderr(), question)
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		return false, nil //nolint:nilerr // the end of input is a no
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}
