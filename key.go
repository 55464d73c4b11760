package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"banyan/orchestrator"
)

var keyName = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,63}$`)

// keyCommand keeps keys in the system's keyring.
func keyCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "Keep providers' keys in the system's keyring",
		Long: "Keys come from the environment, from .env in the working directory, or from the system's\n" +
			"keyring, in this order. They are never printed.",
		Example: "banyan key set OPENAI_API_KEY\nbanyan key list\nbanyan key delete OPENAI_API_KEY",
		Args:    cobra.NoArgs,
	}
	check := func(name string) error {
		if !keyName.MatchString(name) {
			return wrong("%q is no name of a key. It is written as in the environment, such as OPENAI_API_KEY; the key itself is asked for, so that no shell remembers it", hideKeys(orchestrator.PrintableLine(name)))
		}
		return nil
	}
	put := func(cmd *cobra.Command, name, value, done string) error {
		if err := o.vault.put(name, value); err != nil {
			return failed(fmt.Errorf("%w. Set %s in the environment or in .env instead", err, name))
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), done+"\n", name)
		return err
	}
	cmd.AddCommand(&cobra.Command{
		Use: "set NAME", Short: "Ask for a key, or read it from standard input, and keep it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := check(args[0]); err != nil {
				return err
			}
			value, err := askKey(cmd, args[0])
			if err != nil {
				return err
			}
			return put(cmd, args[0], value, "%s is in the keyring.")
		},
	}, &cobra.Command{
		Use: "delete NAME", Short: "Take a key out of the keyring", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := check(args[0]); err != nil {
				return err
			}
			return put(cmd, args[0], "", "%s is not in the keyring any more.")
		},
	}, &cobra.Command{
		Use: "list", Short: "List the names of the keys in the keyring", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := o.vault.all()
			if err != nil {
				return failed(err)
			}
			for _, name := range slices.Sorted(maps.Keys(keys)) {
				if _, err := fmt.Fprintln(cmd.OutOrStdout(), orchestrator.PrintableLine(name)); err != nil {
					return failed(err)
				}
			}
			return nil
		},
	})
	return cmd
}

// askKey reads a key without showing it.
func askKey(cmd *cobra.Command, name string) (string, error) {
	var line []byte
	var err error
	if f, ok := cmd.InOrStdin().(*os.File); ok && term.IsTerminal(f.Fd()) {
		_, _ = fmt.Fprintf(cmd.ErrOrStderr(), "%s (it is not shown): ", name)
		line, err = term.ReadPassword(f.Fd())
		_, _ = fmt.Fprintln(cmd.ErrOrStderr())
	} else {
		line, err = bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 8<<10)).ReadBytes('\n')
		if err == io.EOF { //nolint:errorlint // as readers return it
			err = nil
		}
	}
	value := strings.TrimSpace(string(line))
	if err != nil || value == "" {
		return "", wrong("no key was given. Nothing was changed")
	}
	return value, nil
}
