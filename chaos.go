package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/orchestrator/chaos"
	"banyan/services/control"
)

func chaosCommand(o *options) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "chaos",
		Short: "Break services on purpose, for demos",
		Long:  "Without a subcommand it lists what is broken on purpose, and the bugs there are to choose from.",
		Example: "banyan chaos\nbanyan chaos inject shipping --errors 30\nbanyan chaos inject order --bug off_by_one_date --seed 7\n" +
			"banyan chaos inject user --latency 800ms\nbanyan chaos heal",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withMigration(cmd, o, false, func(ctx context.Context, a *app, _ orchestrator.Actor, out io.Writer) error {
				return printFaults(ctx, out, a.migration, asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	var f orchestrator.Fault
	var errorShare float64
	inject := &cobra.Command{
		Use: "inject SERVICE", Short: "Break a service", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f.Service, f.ErrorRate = args[0], errorShare/100
			if !(errorShare >= 0 && errorShare <= 100) { // not a number as well
				return wrong("--errors is a share of the calls from 0 to 100 percent, so it cannot be %v", errorShare)
			}
			if f == (orchestrator.Fault{Service: f.Service, Seed: f.Seed, Lost: f.Lost}) {
				return wrong("say how it shall be broken: --errors PERCENT, --latency DURATION, --outage or --bug NAME")
			}
			return withMigration(cmd, o, true, func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error {
				if err := a.migration.Inject(ctx, f, by); err != nil {
					return failed(err)
				}
				return say(out, "%s is broken on purpose: %s. \"banyan chaos heal %s\" mends it.", f.Service, control.InWords(f), f.Service)
			})
		},
	}
	flags := inject.Flags()
	flags.Float64Var(&errorShare, "errors", 0, "how many of the calls fail, in percent")
	flags.DurationVar(&f.Latency, "latency", 0, "how much longer every call takes, such as 800ms")
	flags.BoolVar(&f.Outage, "outage", false, "it cannot be reached at all")
	flags.StringVar(&f.Bug, "bug", "", "the name of a wrong answer: "+strings.Join(bugNames(), ", "))
	flags.BoolVar(&f.Lost, "lost", false, "failing calls do their work before they fail")
	flags.Uint64Var(&f.Seed, "seed", 0, "makes it the same every time")
	heal := &cobra.Command{
		Use: "heal [SERVICE]", Short: "Mend a service, or all of them", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, true, func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error {
				service := strings.Join(args, "")
				before, err := a.migration.Status(ctx)
				if err != nil {
					return failed(err)
				}
				if err := a.migration.Heal(ctx, service, by); err != nil {
					return failed(err)
				}
				after, err := a.migration.Status(ctx)
				if err != nil {
					return failed(err)
				}
				for _, line := range mendedInWords(service, before.Faults, after) {
					if err := say(out, "%s", line); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	cmd.AddCommand(inject, heal)
	return cmd
}

// mendedInWords says what mending a service, or all of them, has come to: what was
// broken, and what is held back in spite of it.
func mendedInWords(service string, faults []orchestrator.Fault, after orchestrator.MigrationStatus) (lines []string) {
	faults = slices.DeleteFunc(slices.Clone(faults), func(f orchestrator.Fault) bool { return service != "" && f.Service != service })
	var held []string
	for _, n := range after.Services {
		if (service == "" || n.Service == service) && n.Breaker != "closed" {
			held = append(held, heldBack(n, after.At))
		}
	}
	switch {
	case len(faults) > 0 && service == "":
		lines = append(lines, "All services work again.")
	case len(faults) > 0:
		lines = append(lines, service+" works again.")
	case service == "":
		lines = append(lines, "Nothing was broken on purpose, so there was nothing to mend.")
	default:
		lines = append(lines, service+" was not broken on purpose, so there was nothing to mend.")
	}
	return append(lines, held...)
}

// heldBack says how many calls a service gets whose circuit breaker is not closed.
func heldBack(n orchestrator.NodeStatus, now time.Time) string {
	if n.Breaker == "open" {
		return fmt.Sprintf("%s (%s) kept failing and is left alone for another %s.", n.Service, n.Era, age(n.Until.Sub(now)))
	}
	return fmt.Sprintf("%s (%s) kept failing and gets %.0f %% of its calls, more with every few that go well.", n.Service, n.Era, 100*n.Share)
}

func bugNames() []string {
	var names []string
	for _, b := range chaos.Bugs() {
		names = append(names, b.Name)
	}
	return names
}

func printFaults(ctx context.Context, out io.Writer, m orchestrator.Migration, asJSON bool) error {
	status, err := m.Status(ctx)
	if err != nil {
		return failed(err)
	}
	for _, f := range status.Faults {
		if asJSON {
			err = writeJSONLine(out, f)
		} else {
			err = say(out, "! %s is broken on purpose since %s: %s", f.Service, f.At.Local().Format(time.TimeOnly), control.InWords(f))
		}
		if err != nil {
			return err
		}
	}
	if asJSON {
		return nil
	}
	if len(status.Faults) == 0 {
		if err := say(out, "Nothing is broken on purpose."); err != nil {
			return err
		}
	}
	if err := say(out, "\nBugs to choose from with --bug:"); err != nil {
		return err
	}
	for _, b := range chaos.Bugs() {
		if err := say(out, "  %-18s %s", b.Name, b.Text); err != nil {
			return err
		}
	}
	return nil
}
