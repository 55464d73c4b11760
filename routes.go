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
	"unicode/utf8"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/services/control"
)

// withMigration runs f with everything open and returns how the command ends.
func withMigration(cmd *cobra.Command, o *options, steers bool, f func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error) error {
	if err := o.load(cmd); err != nil {
		return err
	}
	a, err := open(cmd.Context(), o, "banyan "+cmd.Name())
	if err != nil {
		return err
	}
	by := orchestrator.Actor{Email: localActor, Why: "From the command line"}
	if steers && o.Email != "" {
		user, err := a.user(cmd.Context())
		if err == nil && !steersMigration(user) {
			err = failed(fmt.Errorf("%s may look at the migration but not steer it. Nothing was changed. Staff, presenters and admins may", user.Email))
		}
		if err != nil {
			return withClosing(a, err)
		}
		by.Email = user.Email
	}
	return withClosing(a, f(cmd.Context(), a, by, cmd.OutOrStdout()))
}

// localActor is who acts when nobody is named: whoever may use the data folder.
const localActor = "local"

func withClosing(a *app, err error) error {
	if closing := a.Close(); err == nil && closing != nil {
		return failed(closing)
	}
	return err
}

func routesCommand(o *options) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "routes",
		Short: "Show and set who serves which intent",
		Long: "The migration table: every intent, its route, and how both sides do. Routes are legacy,\n" +
			"shadow, canary=N (percent of the users), modern and retired.",
		Example: "banyan routes\nbanyan routes set cancel_order canary=25\nbanyan routes set cancel_order canary=10 --auto\nbanyan routes abort cancel_order",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withMigration(cmd, o, false, func(ctx context.Context, a *app, _ orchestrator.Actor, out io.Writer) error {
				return printRoutes(ctx, out, a.migration, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	cmd.AddCommand(
		routesSet(o), routesHistory(o), routesExplain(o), routesDifferences(o),
		routesChange(o, "promote INTENT", "Move an intent to the next stage", orchestrator.Migration.Promote),
		routesChange(o, "abort INTENT", "Return an intent to its last stable route", orchestrator.Migration.Abort),
		routesUndo(o), routesReset(o),
		routesHold(o, "pause INTENT", "Make a rollout wait where it is", "paused", orchestrator.Migration.Pause),
		routesHold(o, "resume INTENT", "Let a paused rollout go on", "going on", orchestrator.Migration.Resume),
	)
	return cmd
}

func routesSet(o *options) *cobra.Command {
	var auto, manual, force, yes bool
	var steps []int
	var why string
	cmd := &cobra.Command{
		Use: "set INTENT ROUTE", Short: "Set the route of an intent", Args: cobra.RangeArgs(2, 3),
		RunE: func(cmd *cobra.Command, args []string) error {
			route, err := orchestrator.ParseRoute(strings.Join(args[1:], " "))
			if err != nil {
				return wrong("%w", err)
			}
			if n := utf8.RuneCountInString(why); n > longestWhy {
				return wrong("--why has %d characters; a reason has %d at the most", n, longestWhy)
			}
			change := orchestrator.RouteChange{Intent: args[0], Route: route, Steps: steps, Force: force}
			switch {
			case auto:
				change.Rollout = orchestrator.RolloutAuto
			case manual:
				change.Rollout = orchestrator.RolloutManual
			}
			if change.Rollout != "" && route.Kind != orchestrator.RouteCanary {
				return wrong("--auto and --manual are for canaries; the route is %s", route)
			}
			return withMigration(cmd, o, true, func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error {
				if why != "" {
					by.Why = why
				}
				change.By = by
				if err := mayRetire(ctx, cmd, a, change.Intent, route, yes); err != nil {
					return err
				}
				return routed(ctx, out, a, change.Intent, func() (orchestrator.RouteVersion, error) { return a.migration.SetRoute(ctx, change) })
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&auto, "auto", false, "for a canary: the judge promotes and aborts by itself")
	f.BoolVar(&manual, "manual", false, "for a canary: the judge only says what it would do")
	f.IntSliceVar(&steps, "steps", nil, "for a canary with a judge: its steps in percent, such as 10,25,50,100")
	f.BoolVar(&force, "force", false, "route to a modern intent although it breaks the contract of the legacy one")
	f.StringVar(&why, "why", "", "a reason, kept with the change")
	f.BoolVar(&yes, "yes", false, "retire the legacy side although the report does not call it ready")
	cmd.MarkFlagsMutuallyExclusive("auto", "manual")
	return cmd
}

// longestWhy is how long a reason may be, in characters.
const longestWhy = 200

// mayRetire asks before an intent's legacy side is retired that the report does not
// call ready, and says what it thinks. The error says that nobody said yes.
func mayRetire(ctx context.Context, cmd *cobra.Command, a *app, intent string, route orchestrator.Route, yes bool) error {
	if route.Kind != orchestrator.RouteRetired || yes {
		return nil
	}
	report, err := a.migration.Report(ctx)
	if err != nil {
		return failed(err)
	}
	i := slices.IndexFunc(report.Intents, func(r orchestrator.IntentReport) bool { return r.Intent == intent })
	if i < 0 || report.Intents[i].Ready {
		return nil // an unknown intent is refused by who sets the route
	}
	_, _ = fmt.Fprintln(cmd.ErrOrStderr(), orchestrator.Printable(fmt.Sprintf("The report does not call %s ready to be retired:\n  %s", intent, strings.Join(report.Intents[i].Why, "\n  "))))
	sure, err := confirmed(cmd, fmt.Sprintf("Retire the legacy side of %s in spite of that? [y/N] ", intent))
	if err == nil && !sure {
		err = failed(errors.New("nothing was changed"))
	}
	return err
}

// routed makes a change of a route and prints what came of it, also if that is nothing.
func routed(ctx context.Context, out io.Writer, a *app, intent string, do func() (orchestrator.RouteVersion, error)) error {
	before, err := a.migration.History(ctx, intent)
	if err != nil {
		return failed(err)
	}
	v, err := do()
	if err == nil && len(before) > 0 && before[len(before)-1].Version == v.Version || err == nil && v.Version == 0 {
		return say(out, "The route of %s is %s already. Nothing was changed.", v.Intent, v.Route)
	}
	return printVersion(out, v, err)
}

func routesChange(o *options, use, short string, do func(orchestrator.Migration, context.Context, string, orchestrator.Actor) (orchestrator.RouteVersion, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, true, func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error {
				return routed(ctx, out, a, args[0], func() (orchestrator.RouteVersion, error) { return do(a.migration, ctx, args[0], by) })
			})
		},
	}
}

func routesHold(o *options, use, short, state string, do func(orchestrator.Migration, context.Context, string, orchestrator.Actor) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, true, func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error {
				if err := do(a.migration, ctx, args[0], by); err != nil {
					return failed(err)
				}
				return say(out, "The rollout of %s is %s.", args[0], state)
			})
		},
	}
}

func routesHistory(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "history INTENT", Short: "Show who set which route when, and why", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, false, func(ctx context.Context, a *app, _ orchestrator.Actor, out io.Writer) error {
				versions, err := a.migration.History(ctx, args[0])
				if err != nil {
					return failed(err)
				}
				w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
				_, _ = fmt.Fprintln(w, "VERSION\tROUTE\tBEFORE\tWHEN\tWHO\tHOW\tWHY")
				for _, v := range versions {
					_, _ = fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", v.Version, v.Route, v.Before, when(v.At),
						orchestrator.PrintableLine(v.By.Email), v.Cause, orchestrator.PrintableLine(v.By.Why))
				}
				return flushed(w)
			})
		},
	}
}

func routesExplain(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "explain INTENT [WHO]", Short: "Say where a call goes now, and why", Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, false, func(ctx context.Context, a *app, _ orchestrator.Actor, out io.Writer) error {
				m, who, err := a.seen(ctx)
				if err != nil {
					return err
				}
				if len(args) > 1 {
					who = args[1]
				}
				e, err := m.Explain(ctx, args[0], who)
				if err != nil {
					return failed(err)
				}
				return say(out, "%s", e.Text)
			})
		},
	}
}

func routesDifferences(o *options) *cobra.Command {
	var most int
	var asJSON bool
	cmd := &cobra.Command{
		Use: "differences [INTENT]", Short: "Show what shadow calls answered differently, newest first", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, false, func(ctx context.Context, a *app, _ orchestrator.Actor, out io.Writer) error {
				seen, _, err := a.seen(ctx)
				if err != nil {
					return err
				}
				found, err := seen.Mismatches(ctx, strings.Join(args, ""), most)
				if err != nil {
					return failed(err)
				}
				if len(found) > 0 && !whole(found) {
					return printCounts(out, counted(found), asJSON)
				}
				for _, m := range found {
					if asJSON {
						if err := writeJSONLine(out, m); err != nil {
							return err
						}
						continue
					}
					if err := say(out, "%s", differenceInWords(m)); err != nil {
						return err
					}
				}
				if len(found) == 0 && !asJSON {
					return say(out, "No differences were found. Shadow calls are made while an intent's route is shadow: banyan routes set INTENT shadow")
				}
				return nil
			})
		},
	}
	cmd.Flags().IntVar(&most, "most", 20, "how many at the most")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line, with both sides")
	return cmd
}

// printCounts prints how often which fields differed.
func printCounts(out io.Writer, list []differenceCount, asJSON bool) error {
	for _, c := range list {
		if asJSON {
			if err := writeJSONLine(out, c); err != nil {
				return err
			}
			continue
		}
		text := fmt.Sprintf("%d × %s: %s", c.Count, c.Intent, c.Class)
		if len(c.Fields) > 0 {
			text += " in " + strings.Join(c.Fields, ", ")
		}
		if err := say(out, "%s", text); err != nil {
			return err
		}
	}
	if asJSON {
		return nil
	}
	return say(out, "What was asked and answered is shown to staff, presenters and admins only.")
}

func differenceInWords(m orchestrator.Mismatch) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s for %s: %s", when(m.At), m.Intent, m.Who, m.Found.Class)
	for _, d := range m.Found.Differences {
		fmt.Fprintf(&b, "\n    %s (%s): %s said %s, %s said %s", d.Path, d.Class, m.Primary.Era, shortJSON(d.Primary), m.Candidate.Era, shortJSON(d.Candidate))
	}
	return b.String()
}

// shortJSON is a value in one short line.
func shortJSON(v any) string {
	if v == nil {
		return "nothing"
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	const most = 80
	if text := []rune(string(raw)); len(text) > most {
		return string(text[:most]) + "…"
	}
	return string(raw)
}

func printVersion(out io.Writer, v orchestrator.RouteVersion, err error) error {
	if err != nil {
		return failed(err)
	}
	return say(out, "%s is routed to %s now; before it was %s (version %d).", v.Intent, v.Route, v.Before, v.Version)
}

func printRoutes(ctx context.Context, out io.Writer, m orchestrator.Migration, asJSON bool) error {
	status, err := m.Status(ctx)
	if err != nil {
		return failed(err)
	}
	if asJSON {
		for _, st := range status.Intents {
			if err := writeJSONLine(out, st); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(w, "INTENT\tROUTE\tLEGACY CALLS\tMODERN CALLS\tMATCH\tERRORS ▣ / ◆\tP95 ▣ / ◆\tLAST LEGACY CALL")
	for _, st := range status.Intents {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s / %s\t%s / %s\t%s\n", st.Intent, routeInWords(st),
			callsOf(st.Legacy), callsOf(st.Modern), matchOf(st.Shadow), errorsOf(st.Legacy), errorsOf(st.Modern), p95Of(st.Legacy), p95Of(st.Modern), lastOf(st.Legacy))
	}
	if err := flushed(w); err != nil {
		return err
	}
	for _, st := range status.Intents {
		for _, problem := range st.Contract {
			if err := say(out, "! %s: %s", st.Intent, problem); err != nil {
				return err
			}
		}
	}
	for _, f := range status.Faults {
		if err := say(out, "! %s is broken on purpose: %s", f.Service, control.InWords(f)); err != nil {
			return err
		}
	}
	return nil
}

func routeInWords(st orchestrator.IntentStatus) string {
	text := st.Version.Route.String()
	if r := st.Rollout; r != nil {
		text += fmt.Sprintf(" (%s, %s)", r.Mode, r.State)
	}
	return text
}

func callsOf(s *orchestrator.SideStatus) string {
	if s == nil {
		return "–"
	}
	return fmt.Sprint(s.Calls)
}

func matchOf(s orchestrator.ShadowStatus) string {
	if s.Compared == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %% of %d", 100*float64(s.Matched)/float64(s.Compared), s.Compared)
}

func errorsOf(s *orchestrator.SideStatus) string {
	if s == nil || s.Recent == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*s.ErrorRate())
}

func p95Of(s *orchestrator.SideStatus) string {
	switch {
	case s == nil || s.P95MS == 0:
		return "–"
	case s.Calls == 0: // it was only asked beside the other side
		return "◇ " + orchestrator.Duration(s.P95MS)
	}
	return orchestrator.Duration(s.P95MS)
}

func lastOf(s *orchestrator.SideStatus) string {
	if s == nil || s.Last.IsZero() {
		return "–"
	}
	return when(s.Last)
}

func when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format("2006-01-02 15:04")
}

// say prints a line of plain text through the gate.
func say(out io.Writer, format string, args ...any) error {
	if _, err := fmt.Fprintln(out, orchestrator.Printable(fmt.Sprintf(format, args...))); err != nil {
		return failed(err)
	}
	return nil
}

func flushed(w *tabwriter.Writer) error {
	if err := w.Flush(); err != nil {
		return failed(err)
	}
	return nil
}
