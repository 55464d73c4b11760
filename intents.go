package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

// intentRow is one intent as `banyan intents --json` prints it, one a line.
type intentRow struct {
	Name    string              `json:"name"`
	Summary string              `json:"summary"`
	Effect  orchestrator.Effect `json:"effect"`
	Route   orchestrator.Era    `json:"route"`
	Offers  []offerRow          `json:"offers"`
}

type offerRow struct {
	Service string           `json:"service"`
	Version string           `json:"version"`
	Era     orchestrator.Era `json:"era"`
}

func intentsCommand(o *options) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "intents",
		Short: "Show the catalog: every intent, who offers it, who serves it now",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.load(cmd); err != nil {
				return err
			}
			app, err := open(cmd.Context(), o, "banyan intents")
			if err != nil {
				return err
			}
			defer func() { _ = app.Close() }()
			for _, p := range app.kernel.Problems() {
				_, _ = fmt.Fprintln(cmd.ErrOrStderr(), "left out: "+orchestrator.PrintableLine(p.Error()))
			}
			return printIntents(cmd.OutOrStdout(), app.kernel.Catalog(), asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return cmd
}

func printIntents(out io.Writer, catalog *orchestrator.Catalog, asJSON bool) error {
	var rows []intentRow
	for _, e := range catalog.Intents() {
		row := intentRow{Name: e.Name, Summary: orchestrator.PrintableLine(e.Summary), Effect: e.Effect, Route: e.Offers[0].Era}
		for _, of := range e.Offers {
			row.Offers = append(row.Offers, offerRow{of.Service, of.Version, of.Era})
		}
		rows = append(rows, row)
	}
	if asJSON {
		for _, row := range rows {
			if err := writeJSONLine(out, row); err != nil {
				return failed(err)
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(w, "INTENT\tEFFECT\tSERVED BY\tALSO ON\tWHAT IT DOES")
	for _, row := range rows {
		also := "–"
		if len(row.Offers) > 1 {
			also = string(row.Offers[1].Era)
		}
		first := row.Offers[0]
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s %s %s\t%s\t%s\n", row.Name, row.Effect, eraSign(row.Route), row.Route,
			orchestrator.PrintableLine(first.Service+" "+first.Version), also, row.Summary)
	}
	if err := w.Flush(); err != nil {
		return failed(err)
	}
	return nil
}

func eraSign(e orchestrator.Era) string {
	if e == orchestrator.Modern {
		return "◆"
	}
	return "▣"
}
