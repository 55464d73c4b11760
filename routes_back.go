package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

func routesUndo(o *options) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "undo INTENT", Short: "Take back the last change of a route, and the one before it the next time", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, true, func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error {
				if route, ok := a.migration.UndoneTo(args[0]); ok {
					if err := mayRetire(ctx, cmd, a, args[0], route, yes); err != nil {
						return err
					}
				}
				return routed(ctx, out, a, args[0], func() (orchestrator.RouteVersion, error) { return a.migration.UndoRoute(ctx, args[0], by) })
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "retire the legacy side again although the report does not call it ready")
	return cmd
}

func routesReset(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "reset [INTENT]", Short: "Put a route back to its default, or all of them", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withMigration(cmd, o, true, func(ctx context.Context, a *app, by orchestrator.Actor, out io.Writer) error {
				names := args
				if len(names) == 0 {
					status, err := a.migration.Status(ctx)
					if err != nil {
						return failed(err)
					}
					for _, st := range status.Intents {
						if st.Version.Version > 0 && st.Version.Cause != "default" {
							names = append(names, st.Intent)
						}
					}
				}
				for _, name := range names {
					if err := routed(ctx, out, a, name, func() (orchestrator.RouteVersion, error) { return a.migration.ResetRoute(ctx, name, by) }); err != nil {
						return err
					}
				}
				if len(names) == 0 {
					return say(out, "All routes are at their defaults already. Nothing was changed.")
				}
				return nil
			})
		},
	}
}
