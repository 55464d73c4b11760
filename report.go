package main

import (
	"context"
	"encoding/json"
	"io"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
	"banyan/orchestrator/rollout"
)

func reportCommand(o *options) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Say what of the monolith can be retired, with evidence",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withMigration(cmd, o, false, func(ctx context.Context, a *app, _ orchestrator.Actor, out io.Writer) error {
				report, err := a.migration.Report(ctx)
				if err != nil {
					return failed(err)
				}
				if asJSON {
					enc := json.NewEncoder(out)
					enc.SetIndent("", "  ")
					if err := enc.Encode(report); err != nil {
						return failed(err)
					}
					return nil
				}
				return say(out, "%s", rollout.Markdown(report))
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
