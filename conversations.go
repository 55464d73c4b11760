package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

// withStore runs f with the conversation store open and nothing else.
func withStore(cmd *cobra.Command, o *options, f func(ctx context.Context, a *app, out io.Writer) error) error {
	if err := o.load(cmd); err != nil {
		return err
	}
	a := &app{opts: o}
	if err := a.openStore(cmd.Context(), "banyan "+cmd.Name()); err != nil {
		return err
	}
	err := f(cmd.Context(), a, cmd.OutOrStdout())
	if closing := a.Close(); err == nil && closing != nil {
		return failed(closing)
	}
	return err
}

func conversationsCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "conversations",
		Short: "List, show, search, export and delete what memory holds",
		Long:  "Conversations of --email, or of everybody. Without a subcommand it lists them.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withStore(cmd, o, listConversations(o, false))
		},
	}
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List conversations, the latest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return withStore(cmd, o, listConversations(o, asJSON)) },
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")

	show := &cobra.Command{
		Use: "show ID", Short: "Show one conversation", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStore(cmd, o, func(ctx context.Context, a *app, out io.Writer) error {
				turns, err := a.turnsOf(ctx, args[0])
				if err != nil {
					return err
				}
				return writeMarkdown(out, turns)
			})
		},
	}
	var most int
	search := &cobra.Command{
		Use: "search TEXT…", Short: "Find turns that contain a text", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withStore(cmd, o, func(ctx context.Context, a *app, out io.Writer) error {
				turns, err := a.store.Search(ctx, o.Email, strings.Join(args, " "), most)
				if err != nil {
					return failed(err)
				}
				return printFound(out, turns)
			})
		},
	}
	search.Flags().IntVar(&most, "most", 20, "how many turns at the most")

	var format string
	export := &cobra.Command{
		Use: "export [ID]", Short: "Write conversations to standard output", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if format != "json" && format != "markdown" {
				return wrong("the format %q is neither json nor markdown", format)
			}
			return withStore(cmd, o, func(ctx context.Context, a *app, out io.Writer) error {
				return a.export(ctx, out, args, format)
			})
		},
	}
	export.Flags().StringVar(&format, "format", "markdown", "markdown, or json: one turn a line")

	var yes bool
	remove := &cobra.Command{
		Use: "delete ID…", Short: "Delete conversations for good", Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := errors.Join(o.load(cmd), o.busyElsewhere()); err != nil {
				return err
			}
			if !yes {
				sure, err := confirmed(cmd, fmt.Sprintf("This deletes %d of the stored conversations for good. Go ahead? [y/N] ", len(args)))
				if err != nil || !sure {
					return err
				}
			}
			return withStore(cmd, o, func(ctx context.Context, a *app, out io.Writer) error { return a.remove(ctx, out, args) })
		},
	}
	remove.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.AddCommand(list, show, search, export, remove)
	return cmd
}

func listConversations(o *options, asJSON bool) func(context.Context, *app, io.Writer) error {
	return func(ctx context.Context, a *app, out io.Writer) error {
		infos, err := a.store.Conversations(ctx, o.Email, 0)
		if err != nil {
			return failed(err)
		}
		if asJSON {
			for _, c := range infos {
				if err := writeJSONLine(out, c); err != nil {
					return failed(err)
				}
			}
			return nil
		}
		if len(infos) == 0 {
			_, _ = fmt.Fprintln(out, "There are no conversations yet. Start one with \"banyan\" or \"banyan ask\".")
			return nil
		}
		w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
		_, _ = fmt.Fprintln(w, "ID\tWHO\tLAST\tTURNS\tBEGINS WITH")
		now := time.Now()
		for _, c := range infos {
			_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", orchestrator.PrintableLine(c.ID), orchestrator.PrintableLine(c.User),
				orchestrator.Wording{Now: now}.Time(c.Updated, true), c.Turns, orchestrator.PrintableLine(c.Title))
		}
		if err := w.Flush(); err != nil {
			return failed(err)
		}
		return nil
	}
}

// turnsOf returns the turns of a conversation, of --email if that is given.
func (a *app) turnsOf(ctx context.Context, id string) ([]orchestrator.Turn, error) {
	turns, err := a.store.Turns(ctx, id, 0)
	if err != nil {
		return nil, failed(err)
	}
	if len(turns) == 0 || (a.opts.Email != "" && turns[0].User != a.opts.Email) {
		return nil, failed(fmt.Errorf("there is no conversation %q; \"banyan conversations list\" shows what there is", id))
	}
	return turns, nil
}

func (a *app) export(ctx context.Context, out io.Writer, ids []string, format string) error {
	if len(ids) == 0 {
		infos, err := a.store.Conversations(ctx, a.opts.Email, 0)
		if err != nil {
			return failed(err)
		}
		for _, c := range infos {
			ids = append(ids, c.ID)
		}
	}
	for _, id := range ids {
		turns, err := a.turnsOf(ctx, id)
		if err != nil {
			return err
		}
		if format == "markdown" {
			if err := writeMarkdown(out, turns); err != nil {
				return err
			}
			continue
		}
		for _, t := range turns {
			if err := writeJSONLine(out, t); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) remove(ctx context.Context, out io.Writer, ids []string) error {
	for _, id := range ids { // all must be there before any is deleted
		if _, err := a.turnsOf(ctx, id); err != nil {
			return errors.Join(err)
		}
	}
	for _, id := range ids {
		if err := a.store.Delete(ctx, id); err != nil {
			return failed(err)
		}
	}
	by := a.opts.Email
	if by == "" {
		by = localActor
	}
	if err := a.note(ctx, by, orchestrator.AuditDeleted, strings.Join(ids, ", ")); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "Deleted %d.\n", len(ids))
	return nil
}

// writeMarkdown writes a conversation for people.
func writeMarkdown(out io.Writer, turns []orchestrator.Turn) error {
	var b strings.Builder
	first := turns[0]
	fmt.Fprintf(&b, "# Conversation %s\n\n%s, %s\n", first.Conversation, first.User, first.At.Local().Format("2 January 2006 15:04"))
	for _, t := range turns {
		fmt.Fprintf(&b, "\n## %s · turn %s\n\n%s\n\n%s\n", t.At.Local().Format("15:04"), t.ID, quote(t.Message), t.Answer)
		for _, s := range t.Steps {
			b.WriteString("\n- " + describeStep(s))
		}
		for _, line := range describeOutcome(t) {
			b.WriteString("\n- " + line)
		}
		if len(t.Steps) > 0 {
			b.WriteByte('\n')
		}
	}
	if _, err := io.WriteString(out, orchestrator.Printable(b.String())+"\n"); err != nil {
		return failed(err)
	}
	return nil
}

func quote(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") }

func describeStep(s orchestrator.StepRecord) string {
	text := fmt.Sprintf("`%s` %s", s.Intent, s.Status)
	if s.Service != "" {
		text += fmt.Sprintf(" by %s %s %s", s.Service, s.Version, s.Route)
	}
	if c := s.Condition; c != nil && c.Met != nil {
		verdict := "not met"
		if *c.Met {
			verdict = "met"
		}
		text += fmt.Sprintf(", if %s: %s", c.Text, verdict)
	}
	if s.Attempts > 1 {
		text += fmt.Sprintf(", %d attempts", s.Attempts)
	}
	if s.Error != nil {
		text += ": " + s.Error.Message
	}
	if u := s.Undo; u != nil && u.Done {
		text += fmt.Sprintf(", taken back by `%s`", u.Intent)
	}
	if s.Flag != "" {
		text += " **Needs a person:** " + s.Flag
	}
	return text
}

// describeOutcome says how the changes of a turn stand, and what else was special
// about it.
func describeOutcome(t orchestrator.Turn) []string {
	var out []string
	if t.Outcome != "" {
		out = append(out, "outcome: "+string(t.Outcome))
	}
	if t.TakesBack != "" {
		out = append(out, "takes back the turn "+t.TakesBack)
	}
	if t.Recovered {
		out = append(out, "finished after a restart")
	}
	if t.Goal {
		out = append(out, fmt.Sprintf("goal mode, %d plans", t.Rounds))
	}
	return out
}

func printFound(out io.Writer, turns []orchestrator.Turn) error {
	if len(turns) == 0 {
		_, _ = fmt.Fprintln(out, "No turn contains that.")
		return nil
	}
	for _, t := range turns {
		_, err := fmt.Fprintf(out, "%s  %s  %s\n  %s\n  %s\n", t.At.Local().Format("2006-01-02 15:04"), orchestrator.PrintableLine(t.User), orchestrator.PrintableLine(t.Conversation),
			orchestrator.PrintableLine(t.Message), orchestrator.PrintableLine(t.Answer))
		if err != nil {
			return failed(err)
		}
	}
	return nil
}
