package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/orchestrator/datasync"
)

func syncCommand(o *options) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Show and steer how the data of both sides is kept in step",
		Long: "The monolith and every microservice own their data. Each tells the others of its changes by\n" +
			"events. Without a subcommand this shows what is under way, who decides where two changes are\n" +
			"in conflict, and the last conflicts.",
		Example: "banyan sync\nbanyan sync reconcile --repair\nbanyan sync record order modern\nbanyan sync lag 30s",
		Args:    cobra.NoArgs,
	}
	cmd.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON")
	status := syncStatusCommand(o, &asJSON)
	cmd.RunE = status.RunE
	cmd.AddCommand(status, syncReconcileCommand(o, &asJSON), syncRecordCommand(o, &asJSON), syncLagCommand(o), syncBarrierCommand(o))
	return cmd
}

// withSync opens the program's data and hands over the sync.
func withSync(cmd *cobra.Command, o *options, use func(ctx context.Context, s *datasync.Sync, out io.Writer) error) error {
	if err := o.load(cmd); err != nil {
		return err
	}
	app, err := open(cmd.Context(), o, cmd.CommandPath())
	if err != nil {
		return err
	}
	defer func() { _ = app.Close() }()
	return use(cmd.Context(), app.shop.sync, cmd.OutOrStdout())
}

// steersSync is withSync for what changes something: only those may who steer the
// migration, and it is written down.
func steersSync(cmd *cobra.Command, o *options, what string, use func(ctx context.Context, s *datasync.Sync, out io.Writer) error) error {
	if err := o.load(cmd); err != nil {
		return err
	}
	app, err := open(cmd.Context(), o, cmd.CommandPath())
	if err != nil {
		return err
	}
	by, err := app.steerer(cmd.Context())
	if err == nil {
		err = use(cmd.Context(), app.shop.sync, cmd.OutOrStdout())
	}
	if err == nil {
		err = app.note(cmd.Context(), by, orchestrator.AuditRecord, what)
	}
	return withClosing(app, err)
}

// syncStatus is what `banyan sync status --json` prints.
type syncStatus struct {
	datasync.Status
	LastConflicts []datasync.Conflict `json:"last_conflicts"`
}

func syncStatusCommand(o *options, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show what is under way between the sides, and the last conflicts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withSync(cmd, o, func(ctx context.Context, s *datasync.Sync, out io.Writer) error {
				conflicts, err := s.Conflicts(ctx, 5)
				if err != nil {
					return failed(err)
				}
				st := syncStatus{s.Status(), append([]datasync.Conflict{}, conflicts...)}
				if *asJSON {
					return printJSON(out, st)
				}
				return printSync(out, st)
			})
		},
	}
}

func printJSON(out io.Writer, v any) error {
	if err := json.NewEncoder(out).Encode(v); err != nil {
		return failed(err)
	}
	return nil
}

func printSync(out io.Writer, st syncStatus) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(w, "FROM\tTO\tUNDER WAY\tOLDEST\tLAST ARRIVED\tPROBLEM")
	for _, s := range st.Streams {
		oldest, last := "–", "never"
		if s.Pending > 0 {
			oldest = age(s.Waiting)
		}
		if s.Applied > 0 {
			last = age(s.Since) + " ago"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\n", s.Source, s.Target, s.Pending, oldest, last, orchestrator.PrintableLine(s.Problem))
	}
	_, _ = fmt.Fprintln(w, "\t\t\t\t\t\nENTITY\tSYSTEM OF RECORD\t\t\t\t")
	for _, kind := range sortedKinds(st.Records) {
		_, _ = fmt.Fprintf(w, "%s\t%s %s\t\t\t\t\n", kind, eraSign(st.Records[kind]), st.Records[kind])
	}
	if err := w.Flush(); err != nil {
		return failed(err)
	}
	lag := "Changes reach the other side at once."
	if st.Lag > 0 {
		lag = fmt.Sprintf("Changes reach the other side after a lag of %s, or when somebody asks for them.", st.Lag)
	}
	barrier := "Everybody reads their own writes on either side."
	if !st.Barrier {
		barrier = "THE BARRIER IS OFF: what was written on one side may not be read on the other."
	}
	conflicts := "No conflicts were"
	if st.Conflicts > 0 {
		conflicts = fmt.Sprintf("Conflicts were %d times", st.Conflicts)
	}
	_, err := fmt.Fprintf(out, "\n%s %s\n%s found since the shop was seeded.\n", lag, barrier, conflicts)
	for _, c := range st.LastConflicts {
		won := "the change was dropped"
		if c.Won {
			won = "the change won"
		}
		_, err = fmt.Fprintf(out, "- %s, at %s: %s of %s %s by %s; the system of record is %s, so %s\n", c.At.Format(time.RFC3339), c.Node,
			orchestrator.PrintableLine(c.Event.Name), c.Event.Kind, orchestrator.PrintableLine(c.Event.Key), c.Event.Source, c.Record, won)
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

func sortedKinds(records map[datasync.Kind]orchestrator.Era) []datasync.Kind {
	var kinds []datasync.Kind
	for kind := range records {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

// age says a duration as people read it.
func age(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

func syncReconcileCommand(o *options, asJSON *bool) *cobra.Command {
	var repair bool
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "List in what the sides differ, and repair it",
		Long: "Brings everything that is under way to everybody, then compares both sides field by field.\n" +
			"With --repair the system of record of each entity says what is right, and everybody is told\n" +
			"so. The exit status is 1 if a difference is left.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			with := withSync
			if repair {
				with = func(cmd *cobra.Command, o *options, use func(context.Context, *datasync.Sync, io.Writer) error) error {
					return steersSync(cmd, o, "both sides repaired", use)
				}
			}
			return with(cmd, o, func(ctx context.Context, s *datasync.Sync, out io.Writer) error {
				underway := 0
				for _, stream := range s.Status().Streams {
					underway += stream.Pending
				}
				if err := s.Drain(ctx); err != nil {
					return failed(err)
				}
				if underway > 0 && !*asJSON {
					if err := say(out, "Applied first: %s under way.", (orchestrator.Wording{}).Plural(underway, "change")); err != nil {
						return err
					}
				}
				look := s.Compare
				if repair {
					look = s.Repair
				}
				found, err := look(ctx)
				if err != nil {
					return failed(err)
				}
				if err := printDifferences(out, found, *asJSON, repair); err != nil {
					return err
				}
				if len(found) > 0 && !repair {
					return &exit{status: exitFailed}
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&repair, "repair", false, "make the other side say what the system of record says")
	return cmd
}

func printDifferences(out io.Writer, found []datasync.Difference, asJSON, repaired bool) error {
	if asJSON {
		for _, d := range found {
			if err := printJSON(out, d); err != nil {
				return err
			}
		}
		return nil
	}
	for _, d := range found {
		_, _ = fmt.Fprintln(out, orchestrator.PrintableLine(d.String()))
	}
	end := "Both sides agree."
	if n := (orchestrator.Wording{}).Plural(len(found), "difference"); len(found) > 0 && repaired {
		end = n + " repaired. Both sides agree."
	} else if len(found) > 0 {
		end = n + `. "banyan sync reconcile --repair" makes both sides say what the system of record says.`
	}
	if _, err := fmt.Fprintln(out, end); err != nil {
		return failed(err)
	}
	return nil
}

func syncRecordCommand(o *options, asJSON *bool) *cobra.Command {
	return &cobra.Command{
		Use:   "record [ENTITY SIDE]",
		Short: "Show or switch which side decides about an entity: legacy or modern",
		Long: "The system of record decides where two changes are in conflict, and is what a repair goes by.\n" +
			"It can be switched only while both sides agree.",
		Example: "banyan sync record order modern",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 0 && len(args) != 2 {
				return wrong("give an entity and a side, such as order modern, or nothing")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			with := withSync
			if len(args) == 2 {
				with = func(cmd *cobra.Command, o *options, use func(context.Context, *datasync.Sync, io.Writer) error) error {
					return steersSync(cmd, o, "system of record of "+args[0]+": "+args[1], use)
				}
			}
			return with(cmd, o, func(ctx context.Context, s *datasync.Sync, out io.Writer) error {
				if len(args) == 2 {
					if err := setRecord(ctx, s, datasync.Kind(args[0]), orchestrator.Era(args[1])); err != nil {
						return err
					}
				}
				records := s.Status().Records
				if *asJSON {
					return printJSON(out, records)
				}
				for _, kind := range sortedKinds(records) {
					_, _ = fmt.Fprintf(out, "%s: %s\n", kind, records[kind])
				}
				return nil
			})
		},
	}
}

func setRecord(ctx context.Context, s *datasync.Sync, kind datasync.Kind, side orchestrator.Era) error {
	if !slices.Contains(s.Kinds(), kind) {
		return wrong("there is no entity %q; there is: %s", kind, joinKinds(s.Kinds()))
	}
	if side != orchestrator.Legacy && side != orchestrator.Modern {
		return wrong("the side is legacy or modern, not %q", side)
	}
	err := s.SetRecord(ctx, kind, side)
	var differ *datasync.Disagreement
	if errors.As(err, &differ) {
		return failed(fmt.Errorf("%w (\"banyan sync reconcile --repair\" does). Nothing was changed", err))
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

func joinKinds(kinds []datasync.Kind) string {
	var names []string
	for _, kind := range kinds {
		names = append(names, string(kind))
	}
	return strings.Join(names, ", ")
}

func syncLagCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "lag DURATION",
		Short:   "Let changes reach the other side only after a while, to show what a lag is; 0 ends it",
		Example: "banyan sync lag 30s",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			lag, err := time.ParseDuration(args[0])
			if err != nil || lag < 0 || lag > 24*time.Hour {
				return wrong("the lag %q is no duration such as 30s, at most 24h", args[0])
			}
			return steersSync(cmd, o, "lag "+lag.String(), func(_ context.Context, s *datasync.Sync, out io.Writer) error {
				if err := s.SetLag(lag); err != nil {
					return failed(err)
				}
				if lag == 0 {
					_, _ = fmt.Fprintln(out, "Changes reach the other side at once.")
					return nil
				}
				_, _ = fmt.Fprintf(out, "Changes reach the other side after %s, or when somebody asks for them.\n", lag)
				return nil
			})
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { // a lag below zero looks like a flag
		return wrong("%w. A lag is a duration such as 30s, from 0 to 24h", err)
	})
	return cmd
}

func syncBarrierCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "barrier on|off",
		Short: "Let the barrier off, to show what is read without it",
		Long: "The barrier makes everybody read their own writes on whichever side they ask. Without it a\n" +
			"lag is seen by all, and changes of both sides can be in conflict.",
		ValidArgs: []string{"on", "off"},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "on" && args[0] != "off" {
				return wrong("the barrier is on or off, not %q", strings.Join(args, " "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return steersSync(cmd, o, "barrier "+args[0], func(_ context.Context, s *datasync.Sync, out io.Writer) error {
				on := args[0] == "on"
				if err := s.SetBarrier(on); err != nil {
					return failed(err)
				}
				_, _ = fmt.Fprintf(out, "The barrier is %s.\n", args[0])
				return nil
			})
		},
	}
}
