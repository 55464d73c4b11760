package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// keepSettings notes the settings that a process can have only once. Who asks, and
// where the data and the config are, is not among them.
func (o *options) keepSettings(cmd *cobra.Command) {
	o.values, o.given = map[string]string{}, map[string]string{}
	cmd.Root().PersistentFlags().VisitAll(func(f *pflag.Flag) {
		switch f.Name {
		case "email", "data", "config":
			return
		}
		o.values[f.Name] = f.Value.String()
		if _, ok := o.elsewhere[f.Name]; ok || f.Changed {
			o.given[f.Name] = f.Value.String()
		}
	})
}

// loadGuest fills what no flag of another process has set with what that process
// has found elsewhere.
func (o *options) loadGuest(cmd *cobra.Command) error {
	for name, value := range o.guest.said.Settings {
		flag := cmd.Flags().Lookup(name)
		if flag == nil || flag.Changed || !slices.Contains(settingNames, name) {
			continue
		}
		if err := setFlag(flag, value); err != nil {
			return wrong("the setting %s is wrong: %w", name, err)
		}
	}
	return o.check()
}
